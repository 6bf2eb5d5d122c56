"""The loops of the linchpin analysis, compiled: sums over cells of worlds."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["sum_folds", "sum_resampled"]

_Array = npt.NDArray[Any]


@njit(cache=True, nogil=True)
def sum_folds(cell: _Array, n_cells: int, fold: _Array, figures: _Array) -> tuple[_Array, _Array]:
    """Sums by cell: of all worlds, and of the worlds of the fold that is held out.

    Args:
        cell: of each world.
        n_cells: how many there are.
        fold: of each world.
        figures: shape (worlds, folds, columns): for each fold, the weighted figures used when it is held out.

    Returns:
        two of shape (cells, folds, columns): over all worlds, and over the held-out fold's.
    """
    n_worlds, n_folds, n = figures.shape
    everything = np.zeros((n_cells, n_folds * n))
    held_out = np.zeros((n_cells, n_folds * n))
    flat = figures.reshape(n_worlds, n_folds * n)
    for i in range(n_worlds):
        c, start = cell[i], fold[i] * n
        for t in range(n_folds * n):
            everything[c, t] += flat[i, t]
        for t in range(start, start + n):
            held_out[c, t] += flat[i, t]
    return everything.reshape(n_cells, n_folds, n), held_out.reshape(n_cells, n_folds, n)


@njit(cache=True, nogil=True)
def sum_resampled(cell: _Array, n_cells: int, copies: _Array, w: _Array, figures: _Array) -> _Array:
    """Weighted sums by cell for every resample of the worlds.

    Args:
        cell: of each world.
        n_cells: how many there are.
        copies: how often each world is in each resample, shape (resamples, worlds).
        w: weight of each world.
        figures: shape (worlds, strategies).

    Returns:
        shape (resamples, cells, strategies + 1), weights in the last column.
    """
    n_worlds, n = figures.shape
    sums = np.zeros((copies.shape[0], n_cells, n + 1))
    for b in range(copies.shape[0]):
        for i in range(n_worlds):
            weight = w[i] * copies[b, i]
            if weight > 0.0:
                for s in range(n):
                    sums[b, cell[i], s] += weight * figures[i, s]
                sums[b, cell[i], n] += weight
    return sums
