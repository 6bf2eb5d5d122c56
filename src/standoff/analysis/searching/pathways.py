"""Adaptation pathways: strategies in turn, and the date and state at which each stops keeping the limits.

A course leaves a limit in a world at the first date from which on its outcome, as of that date, keeps it no more, and
tips when it leaves the first. From each strategy the best way on, by how many limits are kept to the end, is picked on
half of the worlds and told by the other half; of dates at which a switch does about as well, the last is told: it is
the date to switch by.

Reference:
    M. Haasnoot, J. Kwakkel, W. Walker and J. ter Maat, Dynamic adaptive policy pathways: a method for crafting robust
    decisions for a deeply uncertain world, Global Environmental Change 23 (2013), 485-498.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from standoff.analysis.findings import Figure, Floats

__all__ = [
    "Leg",
    "Limited",
    "Pathway",
    "Pathways",
    "Tipping",
    "figure_of",
    "kept_at",
    "tipping",
    "tips_of",
]

Truths = npt.NDArray[np.bool_]

_QUANTILES = (0.05, 0.5, 0.95)
_REACH = 1.96


@dataclass(frozen=True, slots=True)
class Limited:
    """When a course stops keeping one limit.

    Attributes:
        outcome: Whose.
        kept: Share of worlds in which it is kept to the end.
        dates: The 5th, 50th and 95th percentile over worlds of the step after which it is so no more; None beyond the
            end.
    """

    outcome: str
    kept: Figure
    dates: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Tipping:
    """When a course stops keeping all limits; `kept` and `dates` as of one.

    Attributes:
        limits: Each alone.
        states: For each thing that is followed, these percentiles of it where the limits are left, over the worlds in
            which they are.
    """

    kept: Figure
    dates: tuple[int | None, ...]
    limits: tuple[Limited, ...]
    states: tuple[tuple[str, tuple[float, ...]], ...]


@dataclass(frozen=True, slots=True)
class Leg:
    """A strategy that is taken up before a step; `tipping` is that of holding it from then on."""

    strategy: str
    since: int
    tipping: Tipping


@dataclass(frozen=True, slots=True)
class Pathway:
    """Strategies in turn.

    Attributes:
        legs: The last is held to the end.
        more_kept: How many more limits are kept to the end, on average, than by the first strategy alone; None of one
            leg.
        payoff: Of the actor; None where it has none.
        gain: In payoff over the first strategy alone; None of one leg, or without a payoff.
    """

    legs: tuple[Leg, ...]
    more_kept: Figure | None
    payoff: Figure | None
    gain: Figure | None


@dataclass(frozen=True, slots=True)
class Pathways:
    """The map.

    Attributes:
        actor: Whose strategies.
        outcomes: Those with limits.
        n_steps: Of the clock.
        marks: Steps after which the limits were looked at.
        dates: Steps before which a strategy could be changed.
        n_worlds, replications: Behind what is told, and futures of each.
        tried: How many courses were followed.
        pathways: Each strategy alone and, where one is shown to keep more limits, the best way on.
    """

    actor: str
    outcomes: tuple[str, ...]
    n_steps: int
    marks: tuple[int, ...]
    dates: tuple[int, ...]
    n_worlds: int
    replications: int
    tried: int
    pathways: tuple[Pathway, ...]


def kept_at(outcomes: Floats, limits: Sequence[float], signs: Sequence[float]) -> Truths:
    """(outcomes, marks, worlds), whether limits are kept; signs are 1 where more is better. What is not known is."""
    shape = (-1, 1, 1)
    gap = np.reshape(signs, shape) * (outcomes - np.reshape(limits, shape))
    return np.asarray(~(gap < 0.0))


def tips_of(kept: Truths) -> npt.NDArray[np.int64]:
    """(…, worlds), the first mark, as an index, from which on a limit is kept no more; how many there are where never.

    Args:
        kept: (…, marks, worlds).
    """
    n = kept.shape[-2]
    last = n - 1 - kept[..., ::-1, :].argmax(axis=-2)
    return np.asarray(np.where(kept.any(axis=-2), last + 1, 0), dtype=np.int64)


def tipping(tips: npt.NDArray[np.int64], outcomes: Sequence[str], marks: Sequence[int],
            seen: Mapping[str, Floats]) -> Tipping:  # fmt: skip
    """What is told of a course.

    Args:
        tips: (outcomes, worlds), from `tips_of`.
        outcomes: Names.
        marks: Steps.
        seen: (marks, worlds) of what is followed, by name.
    """
    first = tips.min(axis=0)
    left = np.flatnonzero(first < len(marks))
    states = []
    for name, rows in seen.items():
        there = rows[first[left], left]
        there = there[np.isfinite(there)]
        if there.size:
            states.append((name, tuple(float(x) for x in np.quantile(there, _QUANTILES))))
    limits = tuple(Limited(name, *_when(own, marks)) for name, own in zip(outcomes, tips, strict=True))
    return Tipping(*_when(first, marks), limits, tuple(states))


def _when(tips: npt.NDArray[np.int64], marks: Sequence[int]) -> tuple[Figure, tuple[int | None, ...]]:
    ranked = np.sort(tips)
    places = [int(ranked[min(int(q * ranked.size), ranked.size - 1)]) for q in _QUANTILES]
    dates = tuple(None if place == len(marks) else int(marks[place]) for place in places)
    return figure_of((tips == len(marks)).astype(np.float64)), dates


def figure_of(values: Floats) -> Figure:
    """A mean over worlds with its 95 % interval; of shares of none or all, by Agresti and Coull (1998)."""
    values = values[np.isfinite(values)]
    mean, n = float(values.mean()), values.size
    error = float(values.std(ddof=1) / np.sqrt(n)) if n > 1 else float("nan")
    if error == 0.0 and mean in (0.0, 1.0):
        error = float(np.sqrt(2.0 * (n + 2.0)) / (n + 4.0) ** 1.5)
    low, high = mean - _REACH * error, mean + _REACH * error
    return Figure(mean, error, low, high)
