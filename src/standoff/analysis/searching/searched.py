"""What a search for strategies has found."""

from __future__ import annotations

from dataclasses import dataclass

from standoff.analysis.searching.valued import Aim, Valued

__all__ = ["Candidate", "Searched"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A strategy that was found, or is listed.

    Attributes:
        label: Its label.
        title: What it is called in prose.
        text: As it can be pasted into the study; empty for a listed one.
        values: What it is worth on fresh worlds and luck.
        ranges: For each setting that was sought in a range, the least and largest value of those looked at that are no
            worse than it in any aim by more than twice its error.
    """

    label: str
    title: str
    text: str
    values: tuple[Valued, ...]
    ranges: tuple[tuple[str, float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Searched:
    """What a search has found.

    Attributes:
        actor: Whose strategies.
        aims: What they were to be good at.
        views: Under which play of the others.
        evaluations: How many strategies were looked at, of all spaces.
        found: Those that no other dominates, the best first.
        listed: The best of those that the study lists, by the same measure.
        gains: What the best found has over the best listed, pair by pair on fresh worlds and luck.
    """

    actor: str
    aims: tuple[Aim, ...]
    views: tuple[str, ...]
    evaluations: int
    found: tuple[Candidate, ...]
    listed: Candidate
    gains: tuple[Valued, ...]
