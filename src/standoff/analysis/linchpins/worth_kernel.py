"""The loops of the linchpin analysis, compiled: sums over cells of worlds."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.base.numbers.compiled import compiled

__all__ = ["sum_folds", "sum_resampled", "value_orders"]

_Array = npt.NDArray[Any]


@compiled(nogil=True)
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


@compiled(nogil=True)
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


@compiled(nogil=True)
def value_orders(
    orders: _Array, cell: _Array, smoother: _Array, fold: _Array, figures: _Array, champion: _Array
) -> tuple[_Array, _Array]:
    """The gain of choosing by cell over choosing once, with the worlds in several orders.

    Args:
        orders: shape (orders, worlds), whose cell each world is taken to be in.
        cell: of each world.
        smoother: shape (cells, cells), from cell means to fitted ones.
        fold: of each world.
        figures: shape (worlds, folds, strategies + 1): for each fold, the weighted figures used when it is held out,
            and the weights.
        champion: of each fold, the strategy that is best where one is chosen once.

    Returns:
        the gain in each order; and the choice in the first of them, shape (cells, folds).
    """
    n_cells, n_folds, n = smoother.shape[0], figures.shape[1], figures.shape[2] - 1
    gains = np.zeros(orders.shape[0])
    choice = np.zeros((n_cells, n_folds), dtype=np.int64)
    means = np.empty((n_cells, n_folds * n))
    for p in range(orders.shape[0]):
        everything, held_out = sum_folds(cell[orders[p]], n_cells, fold, figures)
        for c in range(n_cells):
            for k in range(n_folds):
                # a cell without worlds to fit has no say: its sums are zero up to rounding
                weight = everything[c, k, n] - held_out[c, k, n]
                for s in range(n):
                    apart = everything[c, k, s] - held_out[c, k, s]
                    means[c, k * n + s] = apart / weight if weight > 1e-12 else 0.0
        fitted = np.dot(smoother, means)
        for c in range(n_cells):
            for k in range(n_folds):
                best = 0
                for s in range(1, n):
                    if fitted[c, k * n + s] > fitted[c, k * n + best]:
                        best = s
                gains[p] += held_out[c, k, best] - held_out[c, k, champion[k]]
                if p == 0:
                    choice[c, k] = best
    return gains, choice
