"""What strategies give up, drawn: a strip of worlds for each, and the frontier of mean and bad worlds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from standoff.analysis.robustness.robustness import Robustness
from standoff.brief.pictures.drawing.colours import colour_of, is_second
from standoff.brief.pictures.drawing.svg import Scale, framed, group, nice_ticks, tag
from standoff.language.model import Model
from standoff.words.names import strategy_words
from standoff.words.numbers import number
from standoff.words.sections.gives_up import MEAN_PAYOFF, WORST_TENTH, frontier_words, strip_words

__all__ = ["Strip", "draw_frontier", "strips_of"]

_TICKS = 160
_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _FOOT = 340.0, 250.0, 44.0, 12.0, 10.0, 34.0


@dataclass(frozen=True, slots=True)
class Strip:
    """One strategy's regrets; places are per cent of the axis.

    `ticks` are the lines of an SVG path 1,000 wide; `tail` is where the worst tenth begins.
    """

    label: str
    colour: int
    hollow: bool
    ticks: str
    tail: float
    tail_mean: float
    mean: float
    said: str


def strips_of(
    model: Model, found: Robustness, order: Sequence[int]
) -> tuple[list[Strip], list[tuple[str, float]]]:  # fmt: skip
    """A strip for each strategy in order, and the ticks of their axis with their places in per cent."""
    top = float(np.quantile(found.under[0].metrics.regret.by_world, 0.995)) or 1.0
    ticks = [(number(tick), round(100.0 * tick / top, 2)) for tick in nice_ticks((0.0, top), 5)]
    return [_strip(model, found, s, top) for s in order], ticks


def _strip(model: Model, found: Robustness, s: int, top: float) -> Strip:
    label, instance = found.labels[s], found.strategies[s]
    regret = found.under[0].metrics.regret
    values = regret.by_world[s]
    places = np.quantile(values, (np.arange(_TICKS) + 0.5) / _TICKS)
    tail = float(np.quantile(values, 0.9))
    place = Scale((0.0, top), (0.0, 100.0))
    return Strip(
        strategy_words(instance),
        colour_of(model, instance),
        is_second(instance),
        "".join(f"M{1000.0 * min(v / top, 1.0):.0f} 0v20" for v in places),
        tail=round(place(tail), 2),
        tail_mean=round(place(max(regret.worst_decile[label].value, tail)), 2),
        mean=round(place(regret.mean[label].value), 2),
        said=strip_words(found, label),
    )


def draw_frontier(model: Model, found: Robustness) -> Markup:
    """Each strategy's mean payoff across and its payoff in the worst tenth of worlds up; names on the frontier."""
    points = found.under[0].metrics.frontier
    named = {instance.label: instance for instance in found.strategies}
    base, right = _HEIGHT - _FOOT, _WIDTH - _RIGHT
    x = Scale(_domain([p.performance for p in points]), (_LEFT, right))
    y = Scale(_domain([p.robustness for p in points]), (base, _TOP))
    parts = [
        tag("line", kind="axis", x1=_LEFT, x2=right, y1=base, y2=base),
        tag("line", kind="axis", x1=_LEFT, x2=_LEFT, y1=_TOP, y2=base),
    ]
    for tick in nice_ticks(x.domain):
        parts.append(tag("text", number(tick, 3), kind="tick middle", x=x(tick), y=base + 13.0))
    for tick in nice_ticks(y.domain):
        parts.append(tag("text", number(tick, 3), kind="tick end", x=_LEFT - 4.0, y=y(tick) + 3.5))
    parts.append(tag("text", MEAN_PAYOFF, kind="tick end", x=right, y=_HEIGHT - 4.0))
    parts.append(tag("text", WORST_TENTH, kind="tick", x=_LEFT + 5.0, y=_TOP + 5.0))
    lowest, names = _TOP - 20.0, []
    for point in sorted(points, key=lambda p: -p.robustness):
        kind = " best" if point.on_frontier else ""
        name, across, up = strategy_words(named[point.name]), x(point.performance), y(point.robustness)
        dot = tag("circle", title=name, kind="mean", cx=across, cy=up, r=5.0)
        parts.append(group([dot], kind=f"s{colour_of(model, named[point.name])}{kind}"))
        if point.on_frontier:
            lowest = max(up + 4.0, lowest + 14.0)  # names that stand apart can be read
            names.append(tag("text", name, kind="name halo", x=across - 9.0, y=lowest))
    return framed("frontier", (_WIDTH, _HEIGHT), frontier_words(found), [*parts, *names])


def _domain(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    pad = 0.1 * (high - low) or 1.0
    return low - pad, high + pad
