"""What the double oracle has found in a study: the game that grew, and what each could still gain."""

from __future__ import annotations

from dataclasses import dataclass

from standoff.analysis.findings import Figure

__all__ = ["GrownGame", "Side", "Taken"]


@dataclass(frozen=True, slots=True)
class Taken:
    """A strategy that is played in the end.

    Attributes:
        label: As a listed one is labelled, or as a found one is named in the text.
        title: What it is called in prose; a found tree as it is named in the text.
        share: How often it is played.
        is_found: Whether the study does not list it.
        settings: Of a found one, in numbers and words.
    """

    label: str
    title: str
    share: float
    is_found: bool
    settings: tuple[tuple[str, float | str], ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """One actor in the end.

    Attributes:
        actor: Who.
        plays: What it mixes, the likeliest first.
        at_hand: How many strategies it has come to choose from.
        payoff: What it gets, on fresh worlds and luck.
        regret: What it would gain there by the best reply that was found, or by one at hand.
        reply: What that reply is called in prose.
    """

    actor: str
    plays: tuple[Taken, ...]
    at_hand: int
    payoff: Figure
    regret: Figure
    reply: str


@dataclass(frozen=True, slots=True)
class GrownGame:
    """The game as it has grown.

    Attributes:
        sides: The actors that want something.
        rounds: How often the game was solved.
        evaluations: How many strategies were looked at.
        is_ended: Whether nobody gained more than the error any longer; else rounds or profiles ran out.
        text: All found strategies that are played, as they can be pasted into the study; empty where there are none.
    """

    sides: tuple[Side, ...]
    rounds: int
    evaluations: int
    is_ended: bool
    text: str
