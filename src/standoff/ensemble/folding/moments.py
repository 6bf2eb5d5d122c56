"""Weighted means and squared deviations of cells, kept up as replications come.

A cell (profile × world) takes its replications in their order, so that its figures do not depend on how a run was
cut. `update` is the one definition: NumPy runs it over all cells of a block here, and `moments_kernel` compiles the
same text for a cell at a time.

Reference:
    D. H. D. West, Updating mean and variance estimates, Communications of the ACM 22 (1979), 532-535.
    L. Kish, Survey Sampling (1965), section 8.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from standoff.base.numbers.arithmetic import select

__all__ = ["Fold", "Moments", "fold_arrays", "update"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """What is kept of cells while their replications come.

    Attributes:
        running: (4, measures, cells): mean, sum of squared deviations, sum of weights, sum of squared weights.
    """

    running: Floats

    @staticmethod
    def of(n_measures: int, n_cells: int) -> Moments:
        """Of nothing yet."""
        return Moments(np.zeros((4, n_measures, n_cells)))

    @property
    def weight(self) -> Floats:
        """(measures, cells): sum of weights."""
        weight: Floats = self.running[2]
        return weight

    def means(self) -> Floats:
        """(measures, cells): weighted means, NaN where nothing has weight."""
        return np.where(self.weight > 0.0, self.running[0], np.nan)

    def errors(self) -> Floats:
        """(measures, cells): standard errors of the means, NaN where fewer than two replications count.

        The root of the weighted variance over n − 1, n being Kish's effective number of replications (all of them,
        unless an outcome can be missing).
        """
        _, squares, weight, weight2 = self.running
        with np.errstate(invalid="ignore", divide="ignore"):
            effective = (weight * weight) / weight2
            error = np.sqrt(np.maximum(squares, 0.0) / weight / (effective - 1.0))
        return np.where((weight > 0.0) & (effective > 1.0), error, np.nan)


class Fold(Protocol):
    """How a block's replications are taken in."""

    def __call__(self, running: Floats, values: Floats, weights: Floats) -> None:
        """Take in values and weights (measures, cells, replications); a NaN counts for nothing."""


def update(mean: Any, squares: Any, weight: Any, weight2: Any, *, x: Any, w: Any) -> Any:
    """The running figures with one more number x of weight w."""
    sound = x == x  # noqa: PLR0124 - not NaN
    w = select(sound, w, 0.0)
    x = select(sound, x, 0.0)
    weight = weight + w
    delta = x - mean
    mean = mean + select(weight > 0.0, w / weight, 0.0) * delta
    return mean, squares + w * (delta * (x - mean)), weight, weight2 + w * w


def fold_arrays(running: Floats, values: Floats, weights: Floats) -> None:
    """`Fold` in NumPy: all cells at once, a replication at a time."""
    with np.errstate(invalid="ignore", divide="ignore"):
        for r in range(values.shape[2]):
            mean, squares, weight, weight2 = running
            running[:] = update(mean, squares, weight, weight2, x=values[:, :, r], w=weights[:, :, r])
