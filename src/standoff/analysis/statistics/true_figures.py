"""The distribution of worlds' true figures, fitted to noisy ones: an exponential family that bends with a prediction.

    g(z | m) ∝ exp(Σ_j α_j q_j(z) + q_1(z) Σ_k β_k p_k(m)),

with q and p orthogonal polynomials on a scale z on which luck spreads figures evenly, and m the prediction of a
regression.

Reference: Efron 2016, Empirical Bayes deconvolution estimates, Biometrika 103, with a covariate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import xlog1py, xlogy

from standoff.analysis.findings import Floats
from standoff.analysis.statistics.shrinkage import smooth
from standoff.analysis.statistics.true_figures_kernel import add_posteriors

__all__ = ["BEND", "RIDGE", "Family", "Seen", "fit_family", "noise_of", "polynomials", "posterior_of", "see"]

_CELLS = 80
_BINS = 64
_SHAPE = 4
BEND = 2
"""Degree of what the prediction does."""
RIDGE = 1e-3
_MOST_STEPS = 60
_LEAST_VARIANCE = 1e-3
"""Of a world's luck, as a part of that of the mean world."""
_FEWEST_IN_GROUP = 50
_LEAST_CHANCE = 0.02
"""A prediction of a chance is kept this far within 0 and 1, in replications."""
_MOST_COUNTED = 512
_AS_COUNTS = 0.2
"""How far, in proportion, batches of counts may differ otherwise than counts do."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Worlds' figures on a scale z on which luck spreads them evenly, and the grid of true figures there.

    Attributes:
        is_chance: z is the arc sine of the root of a chance; else the figure itself.
        own, prediction: (worlds,), in the unit of the figures.
        noise: (worlds,), variance of `own` if the truth is `prediction`.
        log_likelihood: (worlds,), of `own` if the truth is `prediction`, up to a factor that the grid shares.
        edges: (cells + 1,) on z.
        likelihood: (worlds, cells), of `own`, up to the same factor and `scale`.
        scale: (worlds,), logarithm of what `likelihood` was divided by.
    """

    is_chance: bool
    own: Floats
    prediction: Floats
    noise: Floats
    log_likelihood: Floats
    edges: Floats
    likelihood: Floats
    scale: Floats

    def place(self, figures: Floats) -> Floats:
        """Figures on the scale of the grid."""
        return _turn(figures) if self.is_chance else figures

    @property
    def middles(self) -> Floats:
        """(cells,) on z."""
        middles: Floats = (self.edges[1:] + self.edges[:-1]) / 2.0
        return middles

    @property
    def figures(self) -> Floats:
        """(cells,), in the unit of the figures."""
        return np.sin(self.middles) ** 2 if self.is_chance else self.middles


def _turn(chances: Floats) -> Floats:
    """The scale on which a mean of luck of 0 or 1 has the same variance everywhere."""
    turned: Floats = np.arcsin(np.sqrt(np.clip(chances, 0.0, 1.0)))
    return turned


def see(own: Floats, prediction: Floats, batches: Floats) -> Seen:
    """Figures with what luck does to them: counts out of 0 and 1 as such, all else as normal.

    Args:
        own: (worlds,), each world's mean over its replications.
        prediction: (worlds,), of the same from other worlds.
        batches: (worlds, batches), means over disjoint batches of equal size, that do not all agree.
    """
    return _see_chances(own, prediction, batches) or _see_figures(own, prediction, noise_of(batches))


def _see_chances(own: Floats, prediction: Floats, batches: Floats) -> Seen | None:
    """Figures that are means of luck between 0 and 1; None where they are not seen to be.

    How many replications of 0 or 1 they are worth is found from how far batches differ: a mean over profiles that
    share their luck is worth more than a single one.
    """
    if batches.min() < 0.0 or batches.max() > 1.0 or not ((batches == 0.0) | (batches == 1.0)).any():
        return None
    worth = _count(batches)
    low, high = _turn(np.array([own.min() - 2.0 / worth, own.max() + 2.0 / worth]))
    edges = np.linspace(low, high, _CELLS + 1)
    cells = np.sin((edges[1:] + edges[:-1]) / 2.0) ** 2
    least = min(_LEAST_CHANCE / worth, 0.5)
    inner = np.clip(prediction, least, 1.0 - least)
    log = worth * (np.outer(own, np.log(cells)) + np.outer(1.0 - own, np.log1p(-cells)))
    plain = worth * (xlogy(own, inner) + xlog1py(1.0 - own, -inner))
    top = log.max(axis=1)
    noise = inner * (1.0 - inner) / worth
    return Seen(
        True, own, inner, noise, log_likelihood=plain, edges=edges, likelihood=np.exp(log - top[:, None]), scale=top
    )


def _count(batches: Floats) -> float:
    """How many replications of 0 or 1 a mean over batches is worth, by how far the batches differ.

    A whole number where all batches are counts out of one number and differ as counts do.
    """
    n = batches.shape[1]
    total, square = batches.sum(axis=1), (batches**2).sum(axis=1)
    # the mean of p (1 − p), from pairs of different batches
    spread = float((total / n - (total**2 - square) / (n * (n - 1))).mean())
    seen = spread / float((batches.var(axis=1, ddof=1) / n).mean())
    shares = np.unique(batches)
    for k in range(1, _MOST_COUNTED + 1):
        if np.abs(shares * k - np.round(shares * k)).max() < 1e-9:
            return float(n * k) if abs(seen / (n * k) - 1.0) < _AS_COUNTS else seen
    return seen


def _see_figures(own: Floats, prediction: Floats, noise: Floats) -> Seen:
    """Figures with normal luck, whose variance is that of worlds of similar prediction."""
    variance = smooth(prediction, prediction, noise, _FEWEST_IN_GROUP)
    variance = np.maximum(variance, _LEAST_VARIANCE * float(noise.mean()))
    pad = 0.01 * float(np.sqrt(variance.max()))
    edges = np.linspace(own.min() - pad, own.max() + pad, _CELLS + 1)
    away = own[:, None] - (edges[1:] + edges[:-1]) / 2.0
    log = -(away**2) / (2.0 * variance[:, None])
    top = log.max(axis=1)
    plain = -((own - prediction) ** 2) / (2.0 * variance)
    return Seen(
        False,
        own,
        prediction,
        variance,
        log_likelihood=plain,
        edges=edges,
        likelihood=np.exp(log - top[:, None]),
        scale=top,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """The fitted distribution of true figures.

    Attributes:
        shape: (cells, shape terms), the polynomials q.
        bend: (worlds, bend terms), the polynomials p.
        terms: (shape + bend terms,), α and β.
        log_likelihood: Of all worlds.
    """

    shape: Floats
    bend: Floats
    terms: Floats
    log_likelihood: float


def polynomials(x: Floats, degree: int) -> Floats:
    """Orthogonal polynomials at x without the constant, each of mean square 1, shape (points, terms)."""
    spread = float(x.std())
    if spread <= 1e-12 * max(float(np.abs(x).max()), 1e-300):
        return np.empty((x.size, 0))
    powers = np.vander((x - x.mean()) / spread, degree + 1, increasing=True)
    q, r = np.linalg.qr(powers)
    solid = np.abs(np.diag(r)) > 1e-9 * abs(r[0, 0])
    solid[0] = False
    polynomials: Floats = q[:, solid] * np.sqrt(x.size) * np.sign(np.diag(r))[solid]
    return polynomials


def fit_family(seen: Seen) -> Family:
    """Maximum likelihood by Newton's method with a damping that adapts (Marquardt 1963).

    Worlds of nearly the same prediction share a prior: `_BINS` bins of even width.
    """
    shape = polynomials(seen.middles, _SHAPE)
    at = seen.place(seen.prediction)
    bend = polynomials(at, BEND)
    bins = np.minimum(((at - at.min()) / max(float(np.ptp(at)), 1e-300) * _BINS).astype(np.int64), _BINS - 1)
    order = np.argsort(bins, kind="stable")
    _, starts, sizes = np.unique(bins[order], return_index=True, return_counts=True)
    bends = np.add.reduceat(bend[order], starts) / sizes[:, None]
    grouped = _Grouped(shape, bends, seen.likelihood[order], sizes, squares=_products(shape))
    terms = np.zeros(shape.shape[1] + bend.shape[1])
    state, damping = grouped.at(terms), 1.0
    for _ in range(_MOST_STEPS):
        slope, curvature = grouped.derivatives(terms, state)
        gain = 0.0
        while damping < 1e8:
            step = np.linalg.solve(curvature + damping * np.diag(np.abs(np.diag(curvature)) + RIDGE), slope)
            after = grouped.at(terms + step)
            gain = after.value - state.value
            if slope @ step > 0.0 and gain >= 0.0:
                terms, state, damping = terms + step, after, damping / 5.0
                break
            damping *= 4.0
        if gain < 1e-3:
            break
    return Family(shape, bend, terms, state.fit + float(seen.scale.sum()))


@dataclass(frozen=True, slots=True, eq=False)
class _State:
    """At some terms: the groups' priors (groups, cells), the fit, and what `add_posteriors` adds up."""

    prior: Floats
    fit: float
    value: float
    posterior: Floats
    mean: Floats
    inner: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Grouped:
    """Worlds in the order of their groups, which share a prior; `squares` are the products of the shape's terms."""

    shape: Floats
    bend: Floats
    likelihood: Floats
    sizes: npt.NDArray[np.int64]
    squares: Floats

    def at(self, terms: Floats) -> _State:
        prior = _prior(self.shape, self.bend, terms)
        fit, posterior, mean, inner = add_posteriors(prior, self.likelihood, self.sizes, self.shape)
        return _State(prior, fit, fit - 0.5 * RIDGE * float(terms @ terms), posterior, mean=mean, inner=inner)

    def derivatives(self, terms: Floats, state: _State) -> tuple[Floats, Floats]:
        """Slope of the penalised log likelihood, and its curvature with the sign turned."""
        n = self.shape.shape[1]
        before = state.prior @ self.shape
        apart = state.mean - self.sizes[:, None] * before
        spread = state.posterior @ self.squares - state.inner
        bent = (self.sizes[:, None] * (state.prior @ self.squares - _products(before)) - spread).reshape(-1, n, n)
        slope = np.concatenate([apart.sum(axis=0), apart[:, 0] @ self.bend]) - RIDGE * terms
        curvature = np.empty((terms.size, terms.size))
        curvature[:n, :n] = bent.sum(axis=0)
        curvature[:n, n:] = bent[:, :, 0].T @ self.bend
        curvature[n:, :n] = curvature[:n, n:].T
        curvature[n:, n:] = (self.bend * bent[:, :1, 0]).T @ self.bend
        curvature[np.diag_indices_from(curvature)] += RIDGE
        return slope, curvature


def _products(rows: Floats) -> Floats:
    """(rows, terms²), the products of the terms of each row by pairs."""
    products: Floats = (rows[:, :, None] * rows[:, None, :]).reshape(len(rows), -1)
    return products


def _prior(shape: Floats, bend: Floats, terms: Floats) -> Floats:
    """(worlds or groups, cells)."""
    n = shape.shape[1]
    log = shape @ terms[:n] + np.outer(bend @ terms[n:], shape[:, 0])
    prior = np.exp(log - log.max(axis=1, keepdims=True))
    scaled: Floats = prior / prior.sum(axis=1, keepdims=True)
    return scaled


def posterior_of(seen: Seen, family: Family) -> tuple[Floats, Floats]:
    """What each world's prediction says, and what its own replications add, each (worlds, cells)."""
    prior = _prior(family.shape, family.bend, family.terms)
    joint = prior * seen.likelihood
    return prior, joint / np.maximum(joint.sum(axis=1, keepdims=True), 1e-300)


def noise_of(batches: Floats) -> Floats:
    """(worlds,), variance of the mean over batches."""
    noise: Floats = batches.var(axis=1, ddof=1) / batches.shape[1]
    return noise
