"""What the worlds' inputs say about a figure per world: a cross-fitted regression, and shrinkage towards it.

A figure per world is an estimate from few replications. The regression over all other worlds predicts it without
having seen it; the world's own replications then count by how far they can be trusted (empirical Bayes).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve
from threadpoolctl import threadpool_limits

from standoff.analysis.findings import Floats, Inputs

__all__ = ["CrossFit", "Posterior", "assign_folds", "one_thread", "predict", "shrink", "smooth", "spline_basis"]

N_FOLDS = 5
_KNOTS = 4
_MOST_TERMS = 600
_MOST_ADAPTIVE = 200
_SHAPES: tuple[tuple[int, float, bool], ...] = (
    (-1, 0.0, False),
    *(
        (richness, penalty, adaptive)
        for richness in (0, 1, 2)
        for penalty in (3e-3, 3e-2, 3e-1)
        for adaptive in (False, True)
    ),
)
"""How rich (-1: only the mean), how strong a penalty, whether penalties follow the inputs' strength."""
_FEWEST_IN_GROUP = 50
_MOST_GROUPS = 20
_FEWEST_FOR_SPREAD = 250
_DOUBT = 1.5
"""A spread that chance explains would let a world's luck speak: it must exceed this many standard errors."""


def assign_folds(inputs: Inputs, n_folds: int = N_FOLDS, seed: int = 0) -> npt.NDArray[np.int64]:
    """The fold of each world, shape (worlds,).

    It depends on the world's inputs and not on its place, so that reordering the worlds changes nothing.
    """
    values = inputs.values
    canonical = np.lexsort(values.T[::-1]) if values.shape[1] else np.arange(values.shape[0])
    folds = np.empty(values.shape[0], dtype=np.int64)
    folds[canonical] = np.random.default_rng(seed).permutation(values.shape[0]) % n_folds
    return folds


def one_thread() -> AbstractContextManager[object]:
    """Keep linear algebra to one thread while it lasts.

    The matrices are small; on a busy machine the library's threads wait for each other twenty times as long as
    one takes for the work.
    """
    limits: AbstractContextManager[object] = threadpool_limits(limits=1, user_api="blas")
    return limits


def spline_basis(column: Floats, n_knots: int = _KNOTS) -> Floats:
    """A cubic spline with knots at quantiles, without the constant, shape (worlds, terms).

    Truncated powers, each standardised: enough for a ridge; a linear relation is reproduced exactly.
    """
    spread = float(column.std())
    if spread == 0.0:
        return np.empty((column.size, 0))
    x = (column - column.mean()) / spread
    knots = np.unique(np.quantile(x, np.linspace(0.0, 1.0, n_knots + 2)[1:-1]))
    terms = [x, x**2, x**3, *(np.maximum(x - knot, 0.0) ** 3 for knot in knots)]
    basis = np.column_stack(terms)
    # orthonormal columns, smoothest first: the penalty then falls evenly on shape and not on the choice of powers
    basis -= basis.mean(axis=0)
    q, r = np.linalg.qr(basis)
    solid = np.abs(np.diag(r)) > 1e-9 * np.abs(r[0, 0])
    orthonormal: Floats = q[:, solid] * np.sqrt(column.size)
    return orthonormal


def _level_basis(column: Floats) -> Floats:
    """One indicator a level, centred, shape (worlds, levels)."""
    indicators = (column[:, None] == np.unique(column)[None, :]).astype(np.float64)
    centred: Floats = indicators - indicators.mean(axis=0)
    return centred


@dataclass(frozen=True, slots=True, eq=False)
class _Terms:
    """Columns of the regression, the first constant; for each its input (or pair), and its degree of richness."""

    columns: Floats
    group: npt.NDArray[np.int64]
    richness: npt.NDArray[np.int64]


def _terms(inputs: Inputs, *, additive: bool) -> _Terms:
    """Straight lines (0), curves (1) and, unless additive, products of two lines (2) if the worlds can bear them."""
    n_worlds, n_inputs = inputs.values.shape
    blocks, group, richness = [np.ones((n_worlds, 1))], [-1], [0]
    lines: list[tuple[int, Floats]] = []
    for j in range(n_inputs):
        column = np.ascontiguousarray(inputs.values[:, j])
        block = _level_basis(column) if inputs.is_discrete(j) else spline_basis(column)
        blocks.append(block)
        group += [j] * block.shape[1]
        richness += [0] * block.shape[1] if inputs.is_discrete(j) else ([0] + [1] * block.shape[1])[: block.shape[1]]
        if column.std() > 0.0 and inputs.names[j] not in inputs.levels:
            lines.append((j, (column - column.mean()) / column.std()))
    pairs = [(a, b) for a in range(len(lines)) for b in range(a + 1, len(lines))]
    if not additive and pairs and len(pairs) + len(group) <= min(_MOST_TERMS, n_worlds // 2):
        crossed = np.column_stack([lines[a][1] * lines[b][1] for a, b in pairs])
        blocks.append((crossed - crossed.mean(axis=0)) / np.maximum(crossed.std(axis=0), 1e-12))
        group += list(range(n_inputs, n_inputs + len(pairs)))
        richness += [2] * len(pairs)
    return _Terms(np.column_stack(blocks), np.array(group), np.array(richness))


def predict(
    inputs: Inputs,
    targets: Floats,
    folds: npt.NDArray[np.int64],
    *,
    additive: bool = False,
    families: npt.NDArray[np.int64] | None = None,
) -> Floats:
    """Each world's targets as the other folds' worlds predict them from its inputs: `CrossFit.predict`, once."""
    return CrossFit(inputs, folds, additive).predict(targets, families)


@dataclass(frozen=True, eq=False)
class CrossFit:
    """A regression over the other folds' worlds; what depends on the inputs alone is made once for all targets.

    Ridge on lines, curves and products, plain or with penalties that fall on the inputs that matter little. How
    rich and how strong is settled within the other folds, for each target, so that a world's own figures have no
    part in it.

    Attributes:
        inputs: worlds by uncertainties.
        folds: shape (worlds,).
        additive: leave out products of inputs.
        threads: at most so many at once; all cores by default.

    Reference: Strong, Oakley & Brennan 2014, Estimating multiparameter partial expected value of perfect
    information, Medical Decision Making 34 (regression of net benefits on inputs); cross-fitting as in
    Chernozhukov et al. 2018, Double/debiased machine learning, Econometrics Journal 21.
    """

    inputs: Inputs
    folds: npt.NDArray[np.int64]
    additive: bool = False
    threads: int | None = None
    _factors: dict[tuple[tuple[int, ...], int, float], Floats] = field(default_factory=dict, repr=False)

    @cached_property
    def n_folds(self) -> int:
        """How many folds there are."""
        return int(self.folds.max()) + 1

    def predict(self, targets: Floats, families: npt.NDArray[np.int64] | None = None) -> Floats:
        """Each world's targets as the other folds' worlds predict them from its inputs.

        Args:
            targets: shape (targets, worlds).
            families: shape (targets,); targets of one family share what is found of the strength of their inputs.
                Absent: all are of one.

        Returns:
            shape (targets, worlds).
        """
        spread = targets.std(axis=1)
        used = spread > 0.0
        out = targets.copy()
        if not used.any():
            return out
        y = np.ascontiguousarray((targets[used].T - targets[used].mean(axis=1)) / spread[used])
        members = [y[self.folds == k] for k in range(self.n_folds)]
        crosses = [x.T @ member for x, member in zip(self._designs, members, strict=True)]
        kin = (np.zeros(len(targets), dtype=np.int64) if families is None else families)[used]
        of = tuple(np.flatnonzero(kin == family) for family in np.unique(kin))
        predicted = np.empty_like(y)
        with one_thread(), ThreadPoolExecutor(self.threads or os.cpu_count()) as pool:
            misses = self._inner_misses(members, crosses, of, pool)

            def fit(k: int) -> None:
                rest = np.sum([cross for j, cross in enumerate(crosses) if j != k], axis=0)
                here = np.flatnonzero(self.folds == k)
                chosen = misses[k].argmin(axis=0)
                for shape in np.unique(chosen):
                    for one in self._fits((k,), rest, of, int(shape))[0]:
                        wanted = chosen[one.targets] == shape
                        rows = np.ix_(here, one.targets[wanted])
                        predicted[rows] = self._designs[k][:, one.kept] @ one.slopes[:, wanted]

            list(pool.map(fit, range(self.n_folds)))
        out[used] = (predicted * spread[used] + targets[used].mean(axis=1)).T
        return out

    @cached_property
    def _terms(self) -> _Terms:
        return _terms(self.inputs, additive=self.additive)

    @cached_property
    def _designs(self) -> list[Floats]:
        """The columns of each fold's worlds."""
        return [self._terms.columns[self.folds == k] for k in range(self.n_folds)]

    @cached_property
    def _squares(self) -> list[Floats]:
        return [x.T @ x for x in self._designs]

    @cached_property
    def _shapes(self) -> tuple[tuple[int, float, bool], ...]:
        """The shapes that differ: without products the richest is the one before it."""
        return tuple(shape for shape in _SHAPES if shape[0] <= int(self._terms.richness.max()))

    def _inner_misses(
        self,
        members: Sequence[Floats],
        crosses: Sequence[Floats],
        of: Sequence[npt.NDArray[np.int64]],
        pool: ThreadPoolExecutor,
    ) -> Floats:
        """How far each shape misses within the folds other than k, shape (folds, shapes, targets).

        Fold j is predicted from all but j and k.
        """
        n_folds, n_targets = self.n_folds, members[0].shape[1]
        pairs = list(combinations(range(n_folds), 2)) if n_folds > 2 else []

        def miss(pair: tuple[int, int]) -> Floats:
            rest = np.sum([cross for i, cross in enumerate(crosses) if i not in pair], axis=0)
            missed = np.zeros((2, len(self._shapes), n_targets))
            for c, fits in enumerate(self._fits(pair, rest, of)):
                for fit in fits:
                    for side, held in enumerate(pair):
                        away = members[held][:, fit.targets] - self._designs[held][:, fit.kept] @ fit.slopes
                        missed[side, c, fit.targets] = np.einsum("wt,wt->t", away, away)
            return missed

        misses = np.zeros((n_folds, len(self._shapes), n_targets))
        for (j, k), missed in zip(pairs, pool.map(miss, pairs), strict=True):
            misses[k] += missed[0]
            misses[j] += missed[1]
        return misses

    def _fits(
        self,
        without: tuple[int, ...],
        cross: Floats,
        of: Sequence[npt.NDArray[np.int64]],
        only: int | None = None,
    ) -> list[tuple[_Fit, ...]]:
        """For every shape (or one) the fits of all targets, learned without some folds."""
        everything = np.arange(cross.shape[1])
        square = np.sum([s for k, s in enumerate(self._squares) if k not in without], axis=0)
        n = int(sum(len(x) for k, x in enumerate(self._designs) if k not in without))
        answer: list[tuple[_Fit, ...]] = []
        plain: _Fit | None = None
        for richness, penalty, adaptive in self._shapes if only is None else (self._shapes[only],):
            if plain is None or not adaptive or only is not None:
                kept = np.flatnonzero(self._terms.richness <= richness) if richness >= 0 else np.array([0])
                factor = self._factor(without, square, n, richness, penalty)
                plain = _Fit(everything, kept, cho_solve((factor, True), cross[kept], check_finite=False))
            if not adaptive:
                answer.append((plain,))
                continue
            answer.append(tuple(_adapt(self._terms, square, cross, n, plain, targets, penalty) for targets in of))
        return answer

    def _factor(self, without: tuple[int, ...], square: Floats, n: int, richness: int, penalty: float) -> Floats:
        """Cholesky's factor of a plain ridge, which is the same for all targets."""
        key = (without, richness, penalty)
        if key not in self._factors:
            kept = np.flatnonzero(self._terms.richness <= richness) if richness >= 0 else np.array([0])
            weights = np.where(self._terms.group[kept] < 0, 0.0, penalty)
            self._factors[key] = _factorise(square[np.ix_(kept, kept)], n * weights)
        return self._factors[key]


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """Slopes (kept terms, targets) of some targets; all other terms have none."""

    targets: npt.NDArray[np.int64]
    kept: npt.NDArray[np.int64]
    slopes: Floats


def _adapt(
    terms: _Terms, square: Floats, cross: Floats, n: int, plain: _Fit, targets: npt.NDArray[np.int64], penalty: float
) -> _Fit:
    """Fit again with penalties that fall on the inputs that matter little to these targets, the least left out."""
    group = terms.group[plain.kept]
    strength = np.bincount(group + 1, (plain.slopes[:, targets] ** 2).mean(axis=1))
    mean = max(float(strength[1:].sum()) / max(int(np.count_nonzero(strength[1:])), 1), 1e-300)
    by_strength = np.argsort(-strength[1:], kind="stable")
    sizes = np.bincount(group + 1, minlength=strength.size)[1:][by_strength]
    strong = np.zeros(strength.size, dtype=bool)
    strong[0] = True
    strong[1:][by_strength[np.cumsum(sizes) <= _MOST_ADAPTIVE]] = True
    chosen = strong[group + 1]
    kept, group = plain.kept[chosen], group[chosen]
    weights = np.where(group < 0, 0.0, penalty * mean / (strength[group + 1] + 0.02 * mean))
    factor = _factorise(square[np.ix_(kept, kept)], n * weights)
    found: Floats = cho_solve((factor, True), cross[np.ix_(kept, targets)], check_finite=False)
    return _Fit(targets, kept, found)


def _factorise(square: Floats, penalties: Floats) -> Floats:
    """Cholesky's lower factor of a ridge, in the place of `square`."""
    # the small addition keeps a constant or repeated column from making the matrix singular
    square[np.diag_indices_from(square)] += penalties + 1e-9 * square[0, 0]
    factor: Floats = cho_factor(square.T, lower=True, overwrite_a=True, check_finite=False)[0]
    return factor


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """What is known of a figure in each world: mean and variance, shape (worlds,).

    `cautious` is the variance if the regression errs by as much as chance would let it hide.
    """

    mean: Floats
    variance: Floats
    cautious: Floats


def shrink(
    prediction: Floats, own: Floats, noise: Floats, folds: npt.NDArray[np.int64], share: float = 1.0
) -> Posterior:
    """Weigh a world's own figure against its prediction.

    The spread of the truth about the prediction and the noise of the figures are both smoothed over worlds of
    similar prediction, since a variance from few batches says little (and is zero where a rare event did not
    happen), and taken from the other folds: worlds whose batches agree by luck must not be trusted for it.

    Args:
        prediction: from other worlds, shape (worlds,).
        own: the world's own mean over replications, shape (worlds,).
        noise: the variance of `own`, unbiased if noisy, shape (worlds,).
        folds: shape (worlds,).
        share: part of the replications behind `own` when some are held out; `noise` is that of all of them.

    Returns:
        the normal posterior of each world's true figure.

    Reference: Efron & Morris 1975, Data analysis using Stein's estimator, Journal of the American Statistical
    Association 70, with the prior mean from the regression.
    """
    noise_of, spread, hidden = (np.empty(prediction.size) for _ in range(3))
    missed = (own - prediction) ** 2 - noise / share
    for k in range(int(folds.max()) + 1):
        here, there = prediction[folds == k], prediction[folds != k]
        noise_of[folds == k] = smooth(here, there, noise[folds != k] / share, _FEWEST_IN_GROUP)
        spread[folds == k] = smooth(here, there, missed[folds != k], _FEWEST_FOR_SPREAD, _DOUBT)
        hidden[folds == k] = smooth(here, there, missed[folds != k], _FEWEST_FOR_SPREAD, -_DOUBT)
    # figures without noise are taken as they are
    trust = _part(spread, noise_of, np.where(noise == 0.0, 1.0, 0.0))
    cautious = _part(hidden, noise_of, np.zeros(prediction.size)) * noise_of
    return Posterior(prediction + trust * (own - prediction), trust * noise_of, cautious)


def _part(one: Floats, other: Floats, otherwise: Floats) -> Floats:
    """`one` as a part of both."""
    part: Floats = np.divide(one, one + other, out=otherwise, where=one + other > 0.0)
    return part


def smooth(at: Floats, known_at: Floats, values: Floats, fewest: int, doubt: float = 0.0) -> Floats:
    """Means over groups of neighbours less `doubt` standard errors, straight lines between, not below zero.

    Args:
        at: Where wanted.
        known_at: (worlds,), where `values` are known.
        values: (worlds,).
        fewest: Worlds in a group.
        doubt: In standard errors of a group's mean.
    """
    order = np.argsort(known_at, kind="stable")
    n_groups = int(np.clip(order.size // fewest, 1, _MOST_GROUPS))
    size, larger = divmod(order.size, n_groups)
    sizes = np.where(np.arange(n_groups) < larger, size + 1, size)
    starts = np.cumsum(sizes) - sizes
    centres = np.maximum.accumulate(np.add.reduceat(known_at[order], starts) / sizes)
    means = np.add.reduceat(values[order], starts) / sizes
    if doubt != 0.0:
        apart = values[order] - np.repeat(means, sizes)
        means = means - doubt * np.sqrt(np.add.reduceat(apart**2, starts)) / sizes
    smooth: Floats = np.maximum(np.interp(at, centres, means), 0.0)
    return smooth
