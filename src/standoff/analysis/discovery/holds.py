"""What a box holds, with intervals: of worlds like those it was found in, and not of these alone.

A box is where worlds of a kind stood out, so that it holds more of them than other worlds would put there. By how much
is told by random halves: what a box of one half holds there, less what it holds of the other. Found on twice as many
worlds the box itself gains about half of that; the low ends are lower by it. Where luck blurs the figures that the kind
is told by, the worlds in the box and those outside are judged again by themselves, and intervals hold both answers.

Reference: Efron 1983, Estimating the error rate of a prediction rule, Journal of the American Statistical Association
78 (optimism).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from standoff.analysis.findings import Figure, Floats
from standoff.analysis.statistics.kinds import Kind, share_figure

__all__ = ["Holds", "Optimism", "holds_of"]

_SURE = 1.96


@dataclass(frozen=True, slots=True)
class Holds:
    """The share of a box's worlds that are of the kind, and the share of all worlds of the kind that it holds."""

    density: Figure
    coverage: Figure


@dataclass(frozen=True, slots=True)
class Optimism:
    """By how much a search flatters what it finds, as shares."""

    density: float = 0.0
    coverage: float = 0.0


def holds_of(y: Floats, inside: npt.NDArray[np.bool_], optimism: Optimism, kind: Kind | None = None) -> Holds:
    """Density and coverage of a box.

    Args:
        y: (worlds,), the chance that each is of the kind.
        inside: (worlds,), those that the box holds.
        optimism: Of the search that found it.
        kind: How worlds of the kind are told; None where y is known.
    """
    density = share_figure(float(y[inside].mean()) if inside.any() else 0.0, float(inside.sum()))
    coverage = share_figure(float(y[inside].sum()) / max(float(y.sum()), 1e-300), float(y.sum()))
    again = (density, coverage)
    if kind is not None and inside.any() and not inside.all():
        again = _judged(kind, inside)
    return Holds(_around(density, again[0], optimism.density), _around(coverage, again[1], optimism.coverage))


def _judged(kind: Kind, inside: npt.NDArray[np.bool_]) -> tuple[Figure, Figure]:
    """Density and coverage, the worlds in the box and those outside each judged by themselves.

    The ends of the coverage come from those of both shares, each as far as it reaches to its own side: of worlds
    outside that are hardly of the kind there may be none, and not fewer.

    Reference: Zou & Donner 2008, Construction of confidence limits about effect measures: a general approach,
    Statistics in Medicine 27.
    """
    here, there = (kind.share(np.flatnonzero(rows)) for rows in (inside, ~inside))
    n_here, n_there = float(inside.sum()), float((~inside).sum())

    def coverage(within: float, without: float) -> float:
        return n_here * within / max(n_here * within + n_there * without, 1e-300)

    value = coverage(here.value, there.value)
    high = value + np.hypot(coverage(here.high, there.value) - value, coverage(here.value, there.low) - value)
    low = value - np.hypot(value - coverage(here.low, there.value), value - coverage(here.value, there.high))
    alone = share_figure(value, n_here * here.value + n_there * there.value)
    low, high = max(min(alone.low, float(low)), 0.0), min(max(alone.high, float(high)), 1.0)
    return here, Figure(value, max(high - value, value - low) / _SURE, low, high)


def _around(figure: Figure, again: Figure, optimism: float) -> Figure:
    """The figure, with an interval that holds those of both answers, and as far beyond the second as they are apart.

    The low end is lower by the optimism.
    """
    beyond = again.value - figure.value
    low = max(min(figure.low, again.low + min(beyond, 0.0)) - optimism, 0.0)
    high = min(max(figure.high, again.high + max(beyond, 0.0)), 1.0)
    return Figure(figure.value, max(figure.value - low, high - figure.value) / _SURE, low, high)
