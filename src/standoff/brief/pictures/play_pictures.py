"""What the pictures of who plays what are made of."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from standoff.brief.pictures.drawing.svg import Scale, framed, tag

__all__ = ["LeadRow", "PlayCell", "PlayColumn", "ReplyCell", "reach"]

_WIDTH = 120.0


@dataclass(frozen=True, slots=True)
class PlayCell:
    """A strategy of an actor: in what share of stable profiles it is played, and whether it never pays."""

    name: str
    colour: int | None
    share: float
    shown: str
    is_gone: bool


@dataclass(frozen=True, slots=True)
class PlayColumn:
    """An actor and its strategies."""

    actor: str
    cells: tuple[PlayCell, ...]


@dataclass(frozen=True, slots=True)
class ReplyCell:
    """What one of the others replies, and whether that departs from its usual reply."""

    name: str
    departs: bool


@dataclass(frozen=True, slots=True)
class LeadRow:
    """A strategy of the decider, the likeliest reply and what it comes to."""

    family: str
    label: str
    colour: int
    replies: tuple[ReplyCell, ...]
    chance: str
    value: str
    drawn: Markup


def reach(interval: tuple[float, float], ends: tuple[float, float], dot: float, domain: tuple[float, float]) -> Markup:
    """A payoff: a thin line for the 95 % interval, a thick one from the worst to the best reply, a dot between."""
    x = Scale(domain, (4.0, _WIDTH - 4.0))
    parts = [
        tag("line", kind="error", x1=x(interval[0]), x2=x(interval[1]), y1=7, y2=7),
        tag("line", kind="span", x1=x(ends[0]), x2=x(ends[1]), y1=7, y2=7),
        tag("circle", kind="mean", cx=x(dot), cy=7, r=3.8),
    ]
    return framed("reach", (_WIDTH, 14.0), "", parts)
