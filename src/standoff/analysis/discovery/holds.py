"""What a box holds, with intervals: of worlds like those it was found in, and not of these alone.

A box is where worlds of a kind stood out, so that it holds more of them than other worlds would put there. By how much
is told by random halves: what a box of one half holds there, less what it holds of the other. Found on twice as many
worlds the box itself gains about half of that. The low ends are lower by it. Else errors are those of shares of
independent worlds, adjusted so that a share of all or none has one too.

Reference: Efron 1983, Estimating the error rate of a prediction rule, Journal of the American Statistical Association
78 (optimism); Agresti & Coull 1998, Approximate is better than "exact" for interval estimation of binomial proportions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from standoff.analysis.findings import Figure, Floats

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


def holds_of(y: Floats, inside: npt.NDArray[np.bool_], optimism: Optimism) -> Holds:
    """Density and coverage of a box.

    Args:
        y: (worlds,), the chance that each is of the kind.
        inside: (worlds,), those that the box holds.
        optimism: Of the search that found it.
    """
    return Holds(
        _share(y, inside.astype(np.float64), optimism.density), _share(inside.astype(np.float64), y, optimism.coverage)
    )


def _share(y: Floats, weight: Floats, optimism: float) -> Figure:
    """A mean of y by weights, each from 0 to 1: the number of worlds that it rests on is the sum of weights."""
    n = float(weight.sum())
    value = float(y @ weight) / max(n, 1e-300)
    adjusted = (value * n + 2.0) / (n + 4.0)
    error = float(np.sqrt(adjusted * (1.0 - adjusted) / (n + 4.0)))
    low, high = min(value, adjusted) - _SURE * error - optimism, max(value, adjusted) + _SURE * error
    return Figure(value, float(np.hypot(error, optimism / _SURE)), max(low, 0.0), min(high, 1.0))
