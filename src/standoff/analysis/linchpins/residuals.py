"""Payoff differences with what the other inputs explain taken out, so that one input stands out from less noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse.csgraph import connected_components

from standoff.analysis.findings import Floats, Inputs
from standoff.analysis.runs.payoffs import Payoffs
from standoff.analysis.statistics.ranks import rank_values
from standoff.analysis.statistics.regression import spline_basis

__all__ = ["Residuals", "take_out_others"]


@dataclass(frozen=True, slots=True, eq=False)
class Residuals:
    """Payoff differences with what the other inputs explain taken out, ready for any input.

    `rest` has shape (worlds, folds, strategies), `part` (inputs, worlds, folds, strategies): the figures for an
    input are `rest` plus the parts of its block of correlated inputs.
    """

    rest: Floats
    part: Floats
    block: npt.NDArray[np.int64]

    def of(self, *inputs: int) -> Floats:
        """Figures in which only these inputs' effect (and their correlates') and noise are left."""
        blocks = {int(self.block[j]) for j in inputs}
        figures = self.rest.copy()
        for j in np.flatnonzero(np.isin(self.block, list(blocks))):
            figures += self.part[j]
        return figures


def take_out_others(payoffs: Payoffs, folds: npt.NDArray[np.int64]) -> Residuals:
    """Fit additive parts without each fold in turn, and take them out of the payoff differences.

    A part is centred over all worlds, which needs inputs only. That leaves the mean given one input as it is where
    the other input is independent of it; correlated inputs form blocks, whose parts stay in together.
    """
    inputs = payoffs.inputs
    y = (payoffs.mean - payoffs.mean.mean(axis=0)).T
    n_worlds, n = inputs.values.shape
    n_folds = int(folds.max()) + 1
    bases = [_additive_basis(inputs, j) for j in range(n)]
    start = np.cumsum([0] + [basis.shape[1] for basis in bases])
    design = np.column_stack(bases) if bases else np.empty((n_worlds, 0))
    part = np.zeros((n, n_worlds, n_folds, y.shape[1]))
    rest = np.repeat(y[:, None, :], n_folds, axis=1)
    for k in range(n_folds if n else 0):
        fit = folds != k
        mean = y[fit].mean(axis=0)
        # one added world for each ten terms or so of penalty: enough to keep small studies calm
        slopes = _ridge(design[fit], y[fit] - mean, 1.0 + design.shape[1])
        for j in range(n):
            part[j, :, k] = bases[j] @ slopes[start[j] : start[j + 1]]
            rest[:, k] -= part[j, :, k]
    return Residuals(rest, part, _blocks(inputs))


def _ridge(design: Floats, y: Floats, penalty: float) -> Floats:
    """Slopes (terms, strategies); solved over terms or over worlds, whichever are fewer: both are the same ridge.

    Reference: Hastie, Tibshirani & Friedman 2009, The Elements of Statistical Learning, section 18.3.5.
    """
    n_worlds, n_terms = design.shape
    if n_terms <= n_worlds:
        square = design.T @ design + penalty * np.eye(n_terms)
        return np.asarray(np.linalg.solve(square, design.T @ y))
    square = design @ design.T + penalty * np.eye(n_worlds)
    return np.asarray(design.T @ np.linalg.solve(square, y))


def _additive_basis(inputs: Inputs, j: int) -> Floats:
    column = np.ascontiguousarray(inputs.values[:, j])
    if not inputs.is_discrete(j):
        return spline_basis(rank_values(column) / column.size, 3)
    indicators = (column[:, None] == np.unique(column)[None, :]).astype(np.float64)
    centred: Floats = indicators - indicators.mean(axis=0)
    return centred


def _blocks(inputs: Inputs) -> npt.NDArray[np.int64]:
    """The block of each input: inputs whose rank correlation chance cannot explain are joined."""
    n_worlds, n = inputs.values.shape
    if n < 2:
        return np.arange(n)
    ranks = np.column_stack([rank_values(inputs.values[:, j]) for j in range(n)])
    ranks = ranks - ranks.mean(axis=0)
    scale = np.sqrt((ranks**2).sum(axis=0))
    together = np.abs(ranks.T @ ranks) / np.maximum(np.outer(scale, scale), 1e-300) > 4.0 / np.sqrt(n_worlds)
    return np.asarray(connected_components(together, directed=False)[1], dtype=np.int64)
