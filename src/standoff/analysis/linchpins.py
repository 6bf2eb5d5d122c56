"""What it hinges on: the value of knowing an uncertainty before choosing (EVPPI), one and two at a time.

The strategy that is best given an uncertainty is picked by a regression over the other folds' worlds and valued in
this fold's, so an uncertainty that does not matter has a value of zero on average, not the largest of its noise.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy.stats import norm, rankdata

from standoff.analysis.findings import Figure, Floats, Inputs
from standoff.analysis.flips import Flips, find_flips
from standoff.analysis.linchpins_kernel import sum_folds
from standoff.analysis.regression import N_FOLDS, assign_folds, one_thread, spline_basis
from standoff.analysis.robustness import Payoffs, champions, measure_regret

__all__ = ["Cells", "Linchpin", "Linchpins", "cut_cells", "linchpins", "measure_effects"]

_CELLS_ALONE = 24
_CELLS_PAIRED = 12
_DEGREE_PAIRED = 4
_RIDGE = 1e-3
_WORLDS_A_KNOT = 2000
_CHANCE = 0.01
_CHANCE_PAIRED = 0.025
_VISIBLE = 0.02
_FEWEST_PERMUTATIONS, _FEWEST_PAIRED = 99, 39


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Worlds sorted into cells of one or two inputs, and the smoother over cells.

    `cell` has shape (worlds,); `smoother` (cells, cells) turns cell means into fitted cell means.
    """

    cell: npt.NDArray[np.int64]
    n_cells: int
    smoother: Floats


@dataclass(frozen=True, slots=True)
class Linchpin:
    """The value of knowing one uncertainty, or two, before choosing.

    `evppi` is in units of payoff, `share` of the value of knowing everything (None where that may be zero). The
    interval holds for all uncertainties (or all pairs) at once; its low end is zero unless the permutation test
    agrees. `p_value` is that of the largest of all standardised values under permutation, so it needs no further
    correction. `beyond` is for pairs: what the two together add to the better one of them.
    """

    names: tuple[str, ...]
    evppi: Figure
    share: float | None
    p_value: float
    beyond: Figure | None = None

    @property
    def is_told(self) -> bool:
        """Whether the value is above zero beyond doubt."""
        return self.evppi.low > 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Linchpins:
    """Uncertainties and pairs by value, largest first; what flips; and what moves outcomes but not the choice.

    `effects[outcome][input]` is the share of the outcome's variance over worlds that the input explains.
    """

    alone: tuple[Linchpin, ...]
    pairs: tuple[Linchpin, ...]
    evpi: Figure
    flips: dict[str, Flips]
    effects: dict[str, dict[str, float]]
    state_only: tuple[str, ...]
    method: str
    references: tuple[str, ...] = (
        "Strong, Oakley & Brennan 2014, Estimating multiparameter partial expected value of perfect information, "
        "Medical Decision Making 34",
        "Westfall & Young 1993, Resampling-based multiple testing (single-step maximum)",
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Residuals:
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
        for j in range(self.block.size):
            if int(self.block[j]) in blocks:
                figures += self.part[j]
        return figures


def linchpins(
    payoffs: Payoffs,
    *,
    outcomes: dict[str, Floats] | None = None,
    pairs: bool = True,
    permutations: int = 199,
    pair_permutations: int = 39,
    most_paired: int | None = None,
    resamples: int = 200,
    seed: int = 0,
) -> Linchpins:
    """Answer "what does it hinge on?".

    Inputs that are not correlated are taken as independent: what they explain is removed before another input is
    judged, which narrows its interval and moves its value by nothing on average.

    Args:
        payoffs: of the decider's strategies.
        outcomes: name to shape (strategies, worlds), to tell what moves the state but not the choice.
        pairs: whether to judge pairs too.
        permutations: of the worlds against all inputs together, for the null; at least 99.
        pair_permutations: the same for pairs; at least 39.
        most_paired: pair only so many inputs, those whose values alone stand out most against their null; all by
            default. A pair whose members matter only together can then be missed.
        resamples: of the worlds, for the flip points.
        seed: of folds, permutations and resamples.

    Raises:
        ValueError: too few permutations for the null to tell anything.
    """
    if permutations < _FEWEST_PERMUTATIONS or pair_permutations < _FEWEST_PAIRED:
        raise ValueError(f"the null needs at least {_FEWEST_PERMUTATIONS} permutations, and {_FEWEST_PAIRED} for pairs")
    inputs, w = payoffs.inputs, payoffs.w
    n = len(inputs.names)
    folds = assign_folds(inputs, N_FOLDS, seed)
    champion = champions(payoffs.mean, w, folds)
    with one_thread():
        left = _residuals(payoffs, folds)
        random = np.random.default_rng(seed)
        # permuting the worlds in the order of their inputs keeps the result free of the order they came in
        canonical = np.lexsort(inputs.values.T[::-1]) if n else np.arange(w.size)
        evpi = measure_regret(payoffs).evpi
        single = [cut_cells(inputs, (j,)) for j in range(n)]
        shuffles = [_shuffle(random, canonical) for _ in range(permutations)]
        alone = _judge(single, [(j,) for j in range(n)], left, folds, w, champion, shuffles)
        lone = _report(inputs, alone, [(j,) for j in range(n)], evpi)
        double: list[Linchpin] = []
        if pairs and n > 1:
            standing = np.argsort(-alone.standing, kind="stable")[: most_paired or n]
            couples: list[tuple[int, ...]] = list(combinations(sorted(standing.tolist()), 2))
            cells = [cut_cells(inputs, couple) for couple in couples]
            shuffles = [_shuffle(random, canonical) for _ in range(pair_permutations)]
            both = _judge(cells, couples, left, folds, w, champion, shuffles)
            double = _report(inputs, both, couples, evpi, alone)
        copies = np.empty((resamples, w.size))
        copies[:, canonical] = random.poisson(1.0, (resamples, w.size))
        flips = {
            name: find_flips(inputs, j, left.of(j).mean(axis=1), w, payoffs.names, copies, single[j].cell)
            for j, name in enumerate(inputs.names)
        }
        effects = measure_effects(inputs, outcomes or {}, int(np.argmax(payoffs.mean @ w)), folds, w)
    told = {pin.names[0] for pin in lone if pin.is_told}
    moving = [name for name in inputs.names if any(of[name] >= _VISIBLE for of in effects.values())]
    return Linchpins(
        tuple(sorted(lone, key=lambda pin: (-pin.evppi.value, pin.p_value, pin.names))),
        tuple(sorted(double, key=lambda pin: (-pin.evppi.value, pin.p_value, pin.names))),
        evpi,
        flips,
        effects,
        tuple(name for name in moving if name not in told),
        f"cross-fitted regression of payoff differences on {_CELLS_ALONE} bins (pairs: {_CELLS_PAIRED} by "
        f"{_CELLS_PAIRED}), {N_FOLDS} folds; permutation null ({permutations} and {pair_permutations}); "
        "intervals 95 % for all at once",
    )


def _shuffle(random: np.random.Generator, canonical: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    shuffle = np.empty_like(canonical)
    shuffle[canonical] = canonical[random.permutation(canonical.size)]
    return shuffle


def cut_cells(inputs: Inputs, which: tuple[int, ...]) -> Cells:
    """Sort worlds into cells of one or two inputs: quantile bins, or levels; with the smoother over cells.

    One input: a cubic spline over ranks. Two: products of polynomials of total degree 4. Levels are kept apart.
    """
    n_bins = _CELLS_ALONE if len(which) == 1 else _CELLS_PAIRED
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
    return Cells(cell, basis.shape[0], basis @ np.linalg.solve(square, (basis * count[:, None]).T))


def _cut_axis(inputs: Inputs, j: int, n_bins: int, alone: bool) -> tuple[npt.NDArray[np.int64], Floats, Floats]:
    """The bin of each world, a basis over the bins (constant first) and the degree of its columns."""
    column = inputs.values[:, j]
    if inputs.is_discrete(j):
        levels, cell = np.unique(column, return_inverse=True)
        indicators = np.eye(levels.size)[:, 1:]
        return cell, np.column_stack([np.ones(levels.size), indicators]), np.r_[0.0, np.ones(levels.size - 1)]
    rank = (rankdata(column, method="average") - 0.5) / column.size
    cell = np.minimum((rank * n_bins).astype(np.int64), n_bins - 1)
    middle = (np.arange(n_bins) + 0.5) / n_bins
    if alone:
        basis = spline_basis(middle, int(np.clip(column.size // _WORLDS_A_KNOT, 1, 4)))
        return cell, np.column_stack([np.ones(n_bins), basis]), np.r_[0.0, np.ones(basis.shape[1])]
    powers = np.polynomial.legendre.legvander(2.0 * middle - 1.0, _DEGREE_PAIRED)
    powers *= np.sqrt(2.0 * np.arange(_DEGREE_PAIRED + 1) + 1.0)
    return cell, powers.astype(np.float64), np.arange(_DEGREE_PAIRED + 1, dtype=np.float64)


def _residuals(payoffs: Payoffs, folds: npt.NDArray[np.int64]) -> _Residuals:
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
        square = design[fit].T @ design[fit] + (1.0 + design.shape[1]) * np.eye(design.shape[1])
        slopes = np.linalg.solve(square, design[fit].T @ (y[fit] - mean))
        for j in range(n):
            part[j, :, k] = bases[j] @ slopes[start[j] : start[j + 1]]
            rest[:, k] -= part[j, :, k]
    return _Residuals(rest, part, _blocks(inputs))


def _additive_basis(inputs: Inputs, j: int) -> Floats:
    column = np.ascontiguousarray(inputs.values[:, j])
    if not inputs.is_discrete(j):
        return spline_basis(rankdata(column) / column.size, 3)
    indicators = (column[:, None] == np.unique(column)[None, :]).astype(np.float64)
    centred: Floats = indicators - indicators.mean(axis=0)
    return centred


def _blocks(inputs: Inputs) -> npt.NDArray[np.int64]:
    """The block of each input: inputs whose rank correlation chance cannot explain are joined."""
    n_worlds, n = inputs.values.shape
    block = np.arange(n)
    if n < 2:
        return block
    ranks = np.column_stack([rankdata(inputs.values[:, j]) for j in range(n)])
    ranks = ranks - ranks.mean(axis=0)
    scale = np.sqrt((ranks**2).sum(axis=0))
    together = np.abs(ranks.T @ ranks) / np.maximum(np.outer(scale, scale), 1e-300) > 4.0 / np.sqrt(n_worlds)
    for a, b in combinations(range(n), 2):
        if together[a, b]:
            block[block == block[b]] = block[a]
    return block


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    """Gains by world (candidates, worlds), and each candidate's value, standardised by its null, with its p-value."""

    gain: Floats
    standing: Floats
    value: Floats
    error: Floats
    p_value: Floats


def _judge(
    cells: list[Cells],
    which: list[tuple[int, ...]],
    left: _Residuals,
    folds: npt.NDArray[np.int64],
    w: Floats,
    champion: npt.NDArray[np.int64],
    shuffles: list[npt.NDArray[np.int64]],
) -> _Judged:
    """Value each candidate, and the same with the worlds shuffled against the inputs."""
    first = np.array([int(np.flatnonzero(folds == k)[0]) for k in range(int(folds.max()) + 1)])
    champion_of_fold = champion[first]
    worlds = np.arange(w.size)
    gain = np.empty((len(cells), w.size))
    null = np.empty((len(shuffles), len(cells)))

    def judge(c: int) -> None:
        cut, figures = cells[c], left.of(*which[c])
        weighted = _weigh(figures, w)
        _, pick = _value(cut, cut.cell, weighted, folds, champion_of_fold)
        own = figures[worlds, folds]
        gain[c] = own[worlds, pick[cut.cell, folds]] - own[worlds, champion]
        for p, shuffle in enumerate(shuffles):
            null[p, c], _ = _value(cut, cut.cell[shuffle], weighted, folds, champion_of_fold)

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        list(threads.map(judge, range(len(cells))))
    value = gain @ w
    error = np.sqrt(((gain - value[:, None]) ** 2) @ w**2 * w.size / (w.size - 1))
    scale = np.maximum(null.std(axis=0), 1e-12 * (np.abs(value) + np.abs(null).max(axis=0)) + 1e-300)
    middle = null.mean(axis=0)
    largest = ((null - middle) / scale).max(axis=1) if len(shuffles) else np.empty(0)
    standard = (value - middle) / scale
    p_value = (1.0 + (largest[:, None] >= standard[None, :]).sum(axis=0)) / (1.0 + len(shuffles))
    return _Judged(gain, standard, value, error, p_value)


def _value(
    cut: Cells,
    cell: npt.NDArray[np.int64],
    weighted: Floats,
    folds: npt.NDArray[np.int64],
    champion_of_fold: npt.NDArray[np.int64],
) -> tuple[float, npt.NDArray[np.int64]]:
    """The mean gain of choosing by cell over choosing once, and the choice, shape (cells, folds).

    `weighted` are figures times weights with the weights as last column, shape (worlds, folds, strategies + 1).
    """
    everything, valuing = sum_folds(cell, cut.n_cells, folds, weighted)
    pick = _fit(cut, everything - valuing).argmax(axis=2)
    chosen = np.take_along_axis(valuing, pick[:, :, None], axis=2)[:, :, 0]
    settled = valuing[:, np.arange(champion_of_fold.size), champion_of_fold]
    return float((chosen - settled).sum()), pick


def _weigh(figures: Floats, w: Floats) -> Floats:
    """Figures times weights, the weights as one more column."""
    weighted = np.empty((*figures.shape[:2], figures.shape[2] + 1))
    np.multiply(figures, w[:, None, None], out=weighted[..., :-1])
    weighted[..., -1] = w[:, None]
    return weighted


def _fit(cut: Cells, sums: Floats) -> Floats:
    """Smoothed cell means, shape (cells, folds, strategies)."""
    weight = sums[..., -1:]
    # a cell without worlds to fit has no say: its sums are zero up to rounding
    means = np.divide(sums[..., :-1], weight, out=np.zeros_like(sums[..., :-1]), where=weight > 1e-12)
    fitted: Floats = (cut.smoother @ means.reshape(cut.n_cells, -1)).reshape(means.shape)
    return fitted


def _report(
    inputs: Inputs,
    judged: _Judged,
    which: list[tuple[int, ...]],
    evpi: Figure,
    alone: _Judged | None = None,
) -> list[Linchpin]:
    """Findings with intervals that hold for all candidates at once; for pairs, what they add to the better one."""
    reach = float(norm.ppf(1.0 - 0.025 / max(len(which), 1)))
    chance = _CHANCE if alone is None else _CHANCE_PAIRED
    found = []
    n_worlds = judged.gain.shape[1]
    for c, members in enumerate(which):
        value, error, p = float(judged.value[c]), float(judged.error[c]), float(judged.p_value[c])
        low = value - reach * error if p <= chance else 0.0
        figure = Figure(max(value, 0.0), error, max(low, 0.0), max(value + reach * error, 0.0))
        share = min(figure.value / evpi.value, 1.0) if evpi.low > 0.0 else None
        beyond = None
        if alone is not None:
            better = max(members, key=lambda j: float(alone.value[j]))
            more = judged.gain[c] - alone.gain[better]
            extra = value - float(alone.value[better])
            spread = float(more.std(ddof=1) / np.sqrt(n_worlds))
            beyond = Figure(max(extra, 0.0), spread, max(extra - reach * spread, 0.0), max(extra + reach * spread, 0.0))
        found.append(Linchpin(tuple(inputs.names[j] for j in members), figure, share, p, beyond))
    return found


def measure_effects(
    inputs: Inputs, outcomes: dict[str, Floats], strategy: int, folds: npt.NDArray[np.int64], w: Floats
) -> dict[str, dict[str, float]]:
    """Share of each outcome's variance over worlds that each input alone explains, under one strategy.

    Cross-fitted: an input that explains nothing comes out at or below zero, and is given as zero.

    Args:
        inputs: of the worlds.
        outcomes: name to shape (strategies, worlds).
        strategy: under which.
        folds: shape (worlds,).
        w: weights that sum to one.
    """
    n_folds = int(folds.max()) + 1
    effects: dict[str, dict[str, float]] = {name: {} for name in outcomes}
    for name, values in outcomes.items():
        y = values[strategy] - float(values[strategy] @ w)
        total = float(w @ y**2)
        for j, of in enumerate(inputs.names):
            cut = cut_cells(inputs, (j,))
            weighted = _weigh(np.repeat(y[:, None, None], n_folds, axis=1), w)
            everything, held_out = sum_folds(cut.cell, cut.n_cells, folds, weighted)
            fitted = _fit(cut, everything - held_out)[..., 0]
            missed = float(w @ (y - fitted[cut.cell, folds]) ** 2)
            effects[name][of] = max(1.0 - missed / total, 0.0) if total > 0.0 else 0.0
    return effects
