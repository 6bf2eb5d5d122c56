"""Worlds sorted into cells of one or two inputs, and a smoother over the cells."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from standoff.analysis.findings import Floats, Inputs
from standoff.analysis.statistics.ranks import rank_values
from standoff.analysis.statistics.regression import spline_basis

__all__ = ["CELLS_ALONE", "CELLS_PAIRED", "Cells", "cut_cells", "fit_cells", "let_break", "missed_at_changes", "weigh"]

CELLS_ALONE = 24
CELLS_PAIRED = 12
_DEGREE_PAIRED = 4
_RIDGE = 1e-3
_WORLDS_A_KNOT = 2000


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Worlds sorted into cells of one or two inputs, and the smoother over cells.

    `cell` has shape (worlds,); `smoother` (cells, cells) turns cell means into fitted cell means; so does `breaking`,
    of one continuous input, which follows a jump within a cell and a half where the other would bend.
    """

    cell: npt.NDArray[np.int64]
    n_cells: int
    smoother: Floats
    breaking: Floats | None = None


def cut_cells(inputs: Inputs, which: tuple[int, ...]) -> Cells:
    """Sort worlds into cells of one or two inputs: quantile bins, or levels; with the smoother over cells.

    One input: a cubic spline over ranks. Two: products of polynomials of total degree 4. Levels are kept apart.
    """
    n_bins = CELLS_ALONE if len(which) == 1 else CELLS_PAIRED
    axes = [_cut_axis(inputs, j, n_bins, len(which) == 1) for j in which]
    cell, basis, degree = axes[0]
    for other, other_basis, other_degree in axes[1:]:
        cell = cell * other_basis.shape[0] + other
        basis = np.einsum("ap,bq->abpq", basis, other_basis).reshape(-1, degree.size * other_degree.size)
        degree = (degree[:, None] + other_degree[None, :]).ravel()
        basis = basis[:, degree <= _DEGREE_PAIRED]
    count = np.bincount(cell, minlength=basis.shape[0]).astype(np.float64)
    count /= count.sum()
    square = basis.T @ (basis * count[:, None]) + _RIDGE * np.diag(np.r_[0.0, np.ones(basis.shape[1] - 1)])
    square[np.diag_indices_from(square)] += 1e-12
    breaking = _running(n_bins) if len(which) == 1 and not inputs.is_discrete(which[0]) else None
    return Cells(cell, basis.shape[0], basis @ np.linalg.solve(square, (basis * count[:, None]).T), breaking)


def _running(n: int) -> Floats:
    """Means over three cells, the middle one counting twice."""
    near = 2.0 * np.eye(n) + np.eye(n, k=1) + np.eye(n, k=-1)
    running: Floats = near / near.sum(axis=1, keepdims=True)
    return running


def let_break(cut: Cells, everything: Floats, held_out: Floats) -> Cells:
    """The same cells with the smoother that misses the held-out worlds by less.

    Args:
        cut: The cells.
        everything, held_out: (cells, folds, strategies + 1), sums over all worlds and over the fold's, with weights
            last.
    """
    if cut.breaking is None:
        return cut
    other = replace(cut, smoother=cut.breaking)
    weight = held_out[..., -1:]
    means = np.divide(held_out[..., :-1], weight, out=np.zeros_like(held_out[..., :-1]), where=weight > 1e-12)
    # only differences between strategies choose
    means = means - means.mean(axis=2, keepdims=True)
    missed = []
    for one in (cut, other):
        fitted = fit_cells(one, everything - held_out)
        missed.append(float((weight * (means - (fitted - fitted.mean(axis=2, keepdims=True))) ** 2).sum()))
    return cut if missed[0] <= missed[1] else other


def missed_at_changes(means: Floats, weight: Floats, pick: npt.NDArray[np.int64]) -> float:
    """What choosing by cells may fall short of choosing by the input itself, where the best changes within a cell.

    If it is one strategy up to some place within the cell and another beyond, each by what it leads by a cell away, the
    better of the two for the whole cell loses most where they lose alike.

    Args:
        means: (cells, strategies), along one continuous input.
        weight: (cells,), shares of all weight.
        pick: (cells,), the strategy chosen.
    """
    missed, last = 0.0, len(pick) - 1
    for c in np.flatnonzero(pick[1:] != pick[:-1]).tolist():
        first, then = int(pick[c]), int(pick[c + 1])
        before, after = means[max(c - 1, 0)], means[min(c + 2, last)]
        leads = max(float(before[first] - before[then]), 0.0), max(float(after[then] - after[first]), 0.0)
        if min(leads) > 0.0:
            missed += float(max(weight[c], weight[c + 1])) * leads[0] * leads[1] / (leads[0] + leads[1])
    return missed


def _cut_axis(inputs: Inputs, j: int, n_bins: int, alone: bool) -> tuple[npt.NDArray[np.int64], Floats, Floats]:
    """The bin of each world, a basis over the bins (constant first) and the degree of its columns."""
    column = inputs.values[:, j]
    if inputs.is_discrete(j):
        levels, cell = np.unique(column, return_inverse=True)
        indicators = np.eye(levels.size)[:, 1:]
        return cell, np.column_stack([np.ones(levels.size), indicators]), np.r_[0.0, np.ones(levels.size - 1)]
    rank = (rank_values(column) - 0.5) / column.size
    cell = np.minimum((rank * n_bins).astype(np.int64), n_bins - 1)
    middle = (np.arange(n_bins) + 0.5) / n_bins
    if alone:
        basis = spline_basis(middle, int(np.clip(column.size // _WORLDS_A_KNOT, 1, 4)))
        return cell, np.column_stack([np.ones(n_bins), basis]), np.r_[0.0, np.ones(basis.shape[1])]
    powers = np.polynomial.legendre.legvander(2.0 * middle - 1.0, _DEGREE_PAIRED)
    powers *= np.sqrt(2.0 * np.arange(_DEGREE_PAIRED + 1) + 1.0)
    return cell, powers.astype(np.float64), np.arange(_DEGREE_PAIRED + 1, dtype=np.float64)


def weigh(figures: Floats, w: Floats) -> Floats:
    """Figures times weights, the weights as one more column."""
    weighted = np.empty((*figures.shape[:2], figures.shape[2] + 1))
    np.multiply(figures, w[:, None, None], out=weighted[..., :-1])
    weighted[..., -1] = w[:, None]
    return weighted


def fit_cells(cut: Cells, sums: Floats) -> Floats:
    """Smoothed cell means, shape (cells, folds, strategies)."""
    weight = sums[..., -1:]
    # a cell without worlds to fit has no say: its sums are zero up to rounding
    means = np.divide(sums[..., :-1], weight, out=np.zeros_like(sums[..., :-1]), where=weight > 1e-12)
    fitted: Floats = (cut.smoother @ means.reshape(cut.n_cells, -1)).reshape(means.shape)
    return fitted
