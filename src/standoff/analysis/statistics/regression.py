"""What the worlds' inputs say about a figure per world: a cross-fitted regression.

A figure per world is an estimate from few replications. The regression over all other worlds predicts it without
having seen it; the world's own replications then count by how far they can be trusted (`shrinkage.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import combinations, pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve
from threadpoolctl import ThreadpoolController

from standoff.analysis.findings import Floats, Inputs
from standoff.analysis.statistics.jumps import Along, add_jumps, look_along
from standoff.base.chance import streams

__all__ = ["assign_folds", "one_thread", "predict", "spline_basis"]

N_FOLDS = 5
_KNOTS = 4
_MOST_TERMS = 600
_MOST_ADAPTIVE = 200
_MOST_COLUMNS = 1_000
_COLUMNS_A_WORLD = 4
_FEW_COLUMNS = 600
_MOST_ALONG = 100
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


def assign_folds(inputs: Inputs, n_folds: int = N_FOLDS, seed: int = 0) -> npt.NDArray[np.int64]:
    """The fold of each world, shape (worlds,).

    It depends on the world's inputs and not on its place, so that reordering the worlds changes nothing.
    """
    made: npt.NDArray[np.int64] = inputs.once(("folds", n_folds, seed), lambda: _assign_folds(inputs, n_folds, seed))
    return made


def _assign_folds(inputs: Inputs, n_folds: int, seed: int) -> npt.NDArray[np.int64]:
    folds = np.empty(inputs.values.shape[0], dtype=np.int64)
    folds[inputs.canonical] = streams.permutation(folds.size, seed, "folds of worlds") % n_folds
    return folds


def one_thread() -> AbstractContextManager[object]:
    """Keep linear algebra to one thread while it lasts.

    The matrices are small; on a busy machine the library's threads wait for each other twenty times as long as
    one takes for the work.
    """
    limits: AbstractContextManager[object] = _libraries().limit(limits=1, user_api="blas")
    return limits


@cache
def _libraries() -> ThreadpoolController:
    """The libraries that are loaded: to look for them takes longer than most that is asked of them."""
    return ThreadpoolController()


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
    """Straight lines (0), curves (1) and, unless additive, products of two lines (2) if the worlds can bear them.

    Of very many inputs, or many more than worlds could tell apart, straight lines alone, by their principal components,
    of which there are no more than worlds: a ridge on these is the ridge on the lines (Hastie, Tibshirani & Friedman
    2009, section 18.3.5).
    """
    n_worlds, n_inputs = inputs.values.shape
    if n_inputs * (_KNOTS + 3) > min(_MOST_COLUMNS, max(_FEW_COLUMNS, _COLUMNS_A_WORLD * n_worlds)):
        u, s, _ = np.linalg.svd(_standardised(inputs.values), full_matrices=False)
        solid = s > 1e-9 * s[0]
        columns = np.column_stack([np.ones((n_worlds, 1)), u[:, solid] * s[solid]])
        own = np.arange(-1, columns.shape[1] - 1)
        return _Terms(columns, own, np.zeros(own.size, dtype=np.int64))
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


def _standardised(values: Floats) -> Floats:
    """Columns of mean 0 and deviation 1; constant ones stay 0."""
    spread = values.std(axis=0)
    return np.asarray((values - values.mean(axis=0)) / np.where(spread > 0.0, spread, 1.0))


def predict(
    inputs: Inputs,
    targets: Floats,
    folds: npt.NDArray[np.int64],
    *,
    kind: Literal["additive", "smooth", "jumping"] = "smooth",
    families: npt.NDArray[np.int64] | None = None,
    settled_on: int | None = None,
) -> Floats:
    """Each world's targets as the other folds' worlds predict them from its inputs.

    Ridge on lines, curves and products, plain or with penalties that fall on the inputs that matter little. How
    rich and how strong is settled within the other folds, for each target, so that a world's own figures have no
    part in it. What depends on the inputs alone is made once for all calls with the same inputs.

    Args:
        inputs: worlds by uncertainties.
        targets: shape (targets, worlds).
        folds: shape (worlds,).
        kind: smooth; or without products of inputs; or with jumps along single inputs (`jumps.py`).
        families: shape (targets,); targets of one family share what is found of the strength of their inputs. Absent:
            all are of one.
        settled_on: how rich and how strong is settled for a family as a whole, on so many of its targets; for each
            target by itself without it.

    Returns:
        shape (targets, worlds).

    Reference: Strong, Oakley & Brennan 2014, Estimating multiparameter partial expected value of perfect
    information, Medical Decision Making 34 (regression of net benefits on inputs); cross-fitting as in
    Chernozhukov et al. 2018, Double/debiased machine learning, Econometrics Journal 21.
    """
    spread = targets.std(axis=1)
    used = spread > 0.0
    out = targets.copy()
    if not used.any():
        return out
    middle = targets[used].mean(axis=1)
    y = (targets[used] - middle[:, None]) / spread[used][:, None]
    kin = (np.zeros(len(targets), dtype=np.int64) if families is None else families)[used]
    of = tuple(np.flatnonzero(kin == family) for family in np.unique(kin))
    additive = kind == "additive"
    fit: _CrossFit = inputs.once(
        ("cross-fit", additive, folds.tobytes()), lambda: _CrossFit(_terms(inputs, additive=additive), folds)
    )
    with one_thread():
        along = inputs.once(("along", folds.tobytes()), lambda: _look_along(inputs, folds)) if kind == "jumping" else ()
        out[used] = fit.predict(y, of, settled_on, along) * spread[used][:, None] + middle[:, None]
    return out


def _look_along(inputs: Inputs, folds: npt.NDArray[np.int64]) -> list[Along]:
    """Of each fold, worlds along every input that is not discrete; none where there is none, or very many inputs."""
    seen = [j for j in range(len(inputs.names)) if not inputs.is_discrete(j)]
    if not seen or len(inputs.names) > _MOST_ALONG:
        return []
    columns = [np.ascontiguousarray(inputs.values[:, j]) for j in seen]
    bases, n_folds = [spline_basis(column) for column in columns], int(folds.max()) + 1
    of = [np.flatnonzero(folds == k) for k in range(n_folds)]
    rest = [np.concatenate([worlds for j, worlds in enumerate(of) if j != k]) for k in range(n_folds)]
    return [look_along(columns, bases, rest[k], of[k]) for k in range(n_folds)]


@dataclass(frozen=True, eq=False)
class _CrossFit:
    """A design split into folds, with the factors of its plain ridges, which are the same for all targets."""

    terms: _Terms
    folds: npt.NDArray[np.int64]
    factors: dict[tuple[tuple[int, ...], int, float], Floats] = field(default_factory=dict)

    @cached_property
    def n_folds(self) -> int:
        return int(self.folds.max()) + 1

    def predict(
        self, y: Floats, of: Sequence[npt.NDArray[np.int64]], settled_on: int | None = None,
        along: Sequence[Along] = (),
    ) -> Floats:  # fmt: skip
        """(targets, worlds) of standardised targets in the same shape; `of` lists the targets of each family."""
        members = [np.ascontiguousarray(y[:, self.folds == k]) for k in range(self.n_folds)]
        crosses = [design @ member.T for design, member in zip(self.designs, members, strict=True)]
        misses = self._inner_misses(members, crosses, of) if settled_on is None else self._settle(y, of, settled_on)
        predicted = np.empty_like(y)
        for k in range(self.n_folds):
            rest = _sum_without(crosses, k)
            here, designs = np.flatnonzero(self.folds == k), [d for j, d in enumerate(self.designs) if j != k]
            others = [member for j, member in enumerate(members) if j != k]
            left = np.concatenate(others, axis=1) if along else np.empty((0, 0))
            chosen = misses[k].argmin(axis=0)
            for shape in np.unique(chosen):
                concerned = [targets for targets in of if (chosen[targets] == shape).any()]
                for fit in self._fits((k,), rest, concerned, int(shape))[0]:
                    wanted = chosen[fit.targets] == shape
                    targets, slopes = fit.targets[wanted], fit.slopes[:, wanted].T
                    predicted[np.ix_(targets, here)] = slopes @ _rows(self.designs[k], fit.kept)
                    if along:
                        left[targets] -= np.hstack([slopes @ _rows(design, fit.kept) for design in designs])
            if along:
                predicted[:, here] += add_jumps(along[k], left)
        return predicted

    @cached_property
    def designs(self) -> list[Floats]:
        """(terms, worlds) of each fold."""
        return [np.ascontiguousarray(self.terms.columns[self.folds == k].T) for k in range(self.n_folds)]

    @cached_property
    def squares(self) -> dict[tuple[int, ...], Floats]:
        """(terms, terms), sums over the worlds of all folds but one, or two."""
        each = [design @ design.T for design in self.designs]
        outs = [*combinations(range(self.n_folds), 1), *combinations(range(self.n_folds), 2)]
        return {out: _sum_without(each, *out) for out in outs}

    @cached_property
    def shapes(self) -> tuple[tuple[int, float, bool], ...]:
        """The shapes that differ: without products the richest is the one before it."""
        return tuple(shape for shape in _SHAPES if shape[0] <= int(self.terms.richness.max()))

    def _inner_misses(
        self, members: Sequence[Floats], crosses: Sequence[Floats], of: Sequence[npt.NDArray[np.int64]]
    ) -> Floats:
        """How far each shape misses within the folds other than k, shape (folds, shapes, targets).

        Fold j is predicted from all but j and k.
        """
        misses = np.zeros((self.n_folds, len(self.shapes), len(members[0])))
        for pair in combinations(range(self.n_folds), 2) if self.n_folds > 2 else ():
            rest = _sum_without(crosses, *pair)
            for c, fits in enumerate(self._fits(pair, rest, of)):
                for fit in fits:
                    for held, scored in (pair, pair[::-1]):
                        away = _rows(members[held], fit.targets) - fit.slopes.T @ _rows(self.designs[held], fit.kept)
                        misses[scored, c, fit.targets] += np.einsum("tw,tw->t", away, away)
        return misses

    def _settle(self, y: Floats, of: Sequence[npt.NDArray[np.int64]], most: int) -> Floats:
        """Like `_inner_misses`, of each family's targets together, as some of them, evenly spread, have it."""
        some = [targets[np.linspace(0, targets.size - 1, min(most, targets.size)).astype(int)] for targets in of]
        rows = np.concatenate(some)
        members = [np.ascontiguousarray(y[np.ix_(rows, self.folds == k)]) for k in range(self.n_folds)]
        crosses = [design @ member.T for design, member in zip(self.designs, members, strict=True)]
        ends = np.cumsum([0, *(one.size for one in some)])
        places = [np.arange(first, end) for first, end in pairwise(ends.tolist())]
        found = self._inner_misses(members, crosses, places)
        misses = np.empty((*found.shape[:2], len(y)))
        for targets, place in zip(of, places, strict=True):
            misses[:, :, targets] = found[:, :, place].sum(axis=2, keepdims=True)
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
        square, n = self.squares[without], int((~np.isin(self.folds, without)).sum())
        answer: list[tuple[_Fit, ...]] = []
        plain: _Fit | None = None
        for richness, penalty, adaptive in self.shapes if only is None else (self.shapes[only],):
            if plain is None or not adaptive or only is not None:
                kept = np.flatnonzero(self.terms.richness <= richness) if richness >= 0 else np.array([0])
                factor = self._factor(without, square, n, richness, penalty=penalty)
                plain = _Fit(everything, kept, cho_solve((factor, True), _rows(cross, kept), check_finite=False))
            if not adaptive:
                answer.append((plain,))
                continue
            sums = _Sums(square, cross, n)
            answer.append(tuple(_adapt(self.terms, sums, plain, targets, penalty=penalty) for targets in of))
        return answer

    def _factor(self, without: tuple[int, ...], square: Floats, n: int, richness: int, *, penalty: float) -> Floats:
        """Cholesky's factor of a plain ridge, which is the same for all targets."""
        key = (without, richness, penalty)
        if key not in self.factors:
            kept = np.flatnonzero(self.terms.richness <= richness) if richness >= 0 else np.array([0])
            weights = np.where(self.terms.group[kept] < 0, 0.0, penalty)
            self.factors[key] = _factorise(square, kept, n * weights)
        return self.factors[key]


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """Slopes (kept terms, targets) of some targets; all other terms have none."""

    targets: npt.NDArray[np.int64]
    kept: npt.NDArray[np.int64]
    slopes: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """Cross products over the `n` worlds that are learned from: (terms, terms) and (terms, targets)."""

    square: Floats
    cross: Floats
    n: int


def _adapt(terms: _Terms, of: _Sums, plain: _Fit, targets: npt.NDArray[np.int64], *, penalty: float) -> _Fit:
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
    factor = _factorise(of.square, kept, of.n * weights)
    found: Floats = cho_solve((factor, True), of.cross[np.ix_(kept, targets)], check_finite=False)
    return _Fit(targets, kept, found)


def _factorise(square: Floats, kept: npt.NDArray[np.int64], penalties: Floats) -> Floats:
    """Cholesky's lower factor of a ridge on some terms."""
    ridge = square.take(kept, axis=0).take(kept, axis=1)
    # the small addition keeps a constant or repeated column from making the matrix singular
    ridge[np.diag_indices_from(ridge)] += penalties + 1e-9 * ridge[0, 0]
    factor: Floats = cho_factor(ridge.T, lower=True, overwrite_a=True, check_finite=False)[0]
    return factor


def _sum_without(arrays: Sequence[Floats], *left_out: int) -> Floats:
    """The sum of all but some."""
    return sum((one for k, one in enumerate(arrays) if k not in left_out), np.zeros_like(arrays[0]))


def _rows(values: Floats, kept: npt.NDArray[np.int64]) -> Floats:
    """Some rows, without a copy where they are all."""
    return values if kept.size == len(values) else values.take(kept, axis=0)
