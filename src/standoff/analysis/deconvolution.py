"""Which worlds truly are within a limit, when each world's figure is a mean over few replications.

The worlds' true figures have a distribution that luck hides. Given the regression's prediction m it is taken as the
exponential family

    g(z | m) ∝ exp(Σ_j α_j q_j(z) + q_1(z) Σ_k β_k p_k(m)),

with q and p orthogonal polynomials, fitted by maximum likelihood to all worlds. A world's own replications then count
by Bayes' rule. Where the prediction leaves only luck unexplained, the family adds nothing but its own error: Akaike's
weights then give the word to the prediction itself.

Reference: Efron 2016, Empirical Bayes deconvolution estimates, Biometrika 103, with a covariate; Buckland, Burnham &
Augustin 1997, Model selection: an integral part of inference, Biometrics 53, equation (9).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit, xlog1py, xlogy

from standoff.analysis.findings import Floats
from standoff.analysis.regression import smooth

__all__ = ["Judged", "judge"]

_CELLS = 80
_BINS = 64
_SHAPE = 4
_BEND = 2
_RIDGE = 1e-3
_MOST_STEPS = 60
_NEGLIGIBLE = 1e-3
"""Part of the variance of the worlds' figures below which luck is not worth taking out."""
_CLEAR = 4.0
"""Standard errors of the noisiest world by which all must be on one side to be taken as they are."""
_FEWEST_IN_GROUP = 50
_LEAST_CHANCE = 0.02
"""A prediction of a chance is kept this far within 0 and 1, in replications."""
_MOST_COUNTED = 512
_AS_COUNTS = 0.2
"""How far, in proportion, batches of counts may differ otherwise than counts do."""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What is known of each world against a limit, each of shape (worlds,).

    Attributes:
        chance: That its true figure is within the limit.
        mean: Of its true figure.
        influence: On the share of worlds within the limit: the share's error is that of the mean of these figures.
        doubt: Standard error of the share from not knowing whether the prediction leaves anything unexplained.
    """

    chance: Floats
    mean: Floats
    influence: Floats
    doubt: float


def judge(own: Floats, prediction: Floats, batches: Floats, limit: float, sign: float = 1.0) -> Judged:
    """Take the luck out of worlds' figures and hold them against a limit.

    Args:
        own: (worlds,), each world's mean over its replications.
        prediction: (worlds,), of the same from other worlds.
        batches: (worlds, batches), means over disjoint batches of equal size.
        limit: In the unit of the figures.
        sign: 1 where figures at or below the limit are within it, −1 where those at or above it are.
    """
    noise = batches.var(axis=1, ddof=1) / batches.shape[1]
    inside = sign * (limit - own)
    is_clear = np.abs(inside).min() > _CLEAR * np.sqrt(noise.max()) and (inside > 0.0).all() == (inside > 0.0).any()
    if is_clear or noise.mean() <= _NEGLIGIBLE * own.var():
        within = (inside >= 0.0).astype(np.float64)
        return Judged(within, own, within, 0.0)
    seen = _see_chances(own, prediction, batches) or _see_figures(own, prediction, noise)
    edge = float(seen.place(np.array([limit]))[0])
    family = _fit(seen)
    fitted, plain = _by_family(seen, family, edge, sign), _by_prediction(seen, edge, sign)
    # Hurvich & Tsai 1989: the fewer worlds, the more a term must explain
    allowed = family.terms.size * own.size / max(own.size - family.terms.size - 1, 1)
    weight = float(expit(family.log_likelihood - float(seen.log_likelihood.sum()) - allowed))
    apart = float(fitted.chance.mean() - plain.chance.mean())
    return Judged(
        weight * fitted.chance + (1.0 - weight) * plain.chance,
        weight * fitted.mean + (1.0 - weight) * plain.mean,
        weight * fitted.influence + (1.0 - weight) * plain.influence,
        float(np.sqrt(weight * (1.0 - weight))) * abs(apart),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
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


def _see_chances(own: Floats, prediction: Floats, batches: Floats) -> _Seen | None:
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
    return _Seen(True, own, inner, noise, plain, edges, np.exp(log - top[:, None]), top)


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


def _see_figures(own: Floats, prediction: Floats, noise: Floats) -> _Seen:
    """Figures with normal luck, whose variance is that of worlds of similar prediction."""
    variance = smooth(prediction, prediction, noise, _FEWEST_IN_GROUP)
    variance = np.maximum(variance, _NEGLIGIBLE * float(noise.mean()))
    edges = np.linspace(own.min(), own.max(), _CELLS + 1)
    away = own[:, None] - (edges[1:] + edges[:-1]) / 2.0
    log = -(away**2) / (2.0 * variance[:, None])
    top = log.max(axis=1)
    plain = -((own - prediction) ** 2) / (2.0 * variance)
    return _Seen(False, own, prediction, variance, plain, edges, np.exp(log - top[:, None]), top)


@dataclass(frozen=True, slots=True, eq=False)
class _Family:
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


def _polynomials(x: Floats, degree: int) -> Floats:
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


def _fit(seen: _Seen) -> _Family:
    """Maximum likelihood by Newton's method with a damping that adapts (Marquardt 1963).

    Worlds of nearly the same prediction share a prior: `_BINS` bins of even width.
    """
    shape = _polynomials(seen.middles, _SHAPE)
    at = seen.place(seen.prediction)
    bend = _polynomials(at, _BEND)
    bins = np.minimum(((at - at.min()) / max(float(np.ptp(at)), 1e-300) * _BINS).astype(np.int64), _BINS - 1)
    order = np.argsort(bins, kind="stable")
    _, starts, sizes = np.unique(bins[order], return_index=True, return_counts=True)
    grouped = _Grouped(
        shape, np.add.reduceat(bend[order], starts) / sizes[:, None], seen.likelihood[order], starts, sizes
    )
    terms = np.zeros(shape.shape[1] + bend.shape[1])
    state, damping = grouped.at(terms), 1.0
    for _ in range(_MOST_STEPS):
        slope, curvature = grouped.derivatives(terms, state)
        gain = 0.0
        while damping < 1e8:
            step = np.linalg.solve(curvature + damping * np.diag(np.abs(np.diag(curvature)) + _RIDGE), slope)
            after = grouped.at(terms + step)
            gain = after.value - state.value
            if slope @ step > 0.0 and gain >= 0.0:
                terms, state, damping = terms + step, after, damping / 5.0
                break
            damping *= 4.0
        if gain < 1e-3:
            break
    return _Family(shape, bend, terms, state.fit + float(seen.scale.sum()))


@dataclass(frozen=True, slots=True, eq=False)
class _State:
    """At some terms: the groups' priors (groups, cells), the worlds' posteriors (worlds, cells), and the fit."""

    prior: Floats
    posterior: Floats
    fit: float
    value: float


@dataclass(frozen=True, slots=True, eq=False)
class _Grouped:
    """Worlds in the order of their groups, which share a prior."""

    shape: Floats
    bend: Floats
    likelihood: Floats
    starts: npt.NDArray[np.int64]
    sizes: npt.NDArray[np.int64]

    def at(self, terms: Floats) -> _State:
        prior = _prior(self.shape, self.bend, terms)
        joint = np.repeat(prior, self.sizes, axis=0) * self.likelihood
        evidence = np.maximum(joint.sum(axis=1), 1e-300)
        fit = float(np.log(evidence).sum())
        return _State(prior, joint / evidence[:, None], fit, fit - 0.5 * _RIDGE * float(terms @ terms))

    def derivatives(self, terms: Floats, state: _State) -> tuple[Floats, Floats]:
        """Slope of the penalised log likelihood, and its curvature with the sign turned."""
        n = self.shape.shape[1]
        squares = (self.shape[:, :, None] * self.shape[:, None, :]).reshape(-1, n * n)
        before, after = state.prior @ self.shape, state.posterior @ self.shape
        summed = np.add.reduceat(state.posterior, self.starts)
        apart = np.add.reduceat(after, self.starts) - self.sizes[:, None] * before
        inner = (after[:, :, None] * after[:, None, :]).reshape(-1, n * n)
        spread = summed @ squares - np.add.reduceat(inner, self.starts)
        outer = (before[:, :, None] * before[:, None, :]).reshape(-1, n * n)
        bent = (self.sizes[:, None] * (state.prior @ squares - outer) - spread).reshape(-1, n, n)
        slope = np.concatenate([apart.sum(axis=0), apart[:, 0] @ self.bend]) - _RIDGE * terms
        cross = bent[:, :, 0].T @ self.bend
        corner = (self.bend * bent[:, :1, 0]).T @ self.bend
        curvature = np.block([[bent.sum(axis=0), cross], [cross.T, corner]])
        return slope, curvature + _RIDGE * np.eye(terms.size)


def _prior(shape: Floats, bend: Floats, terms: Floats) -> Floats:
    """(worlds or groups, cells)."""
    n = shape.shape[1]
    log = shape @ terms[:n] + np.outer(bend @ terms[n:], shape[:, 0])
    prior = np.exp(log - log.max(axis=1, keepdims=True))
    scaled: Floats = prior / prior.sum(axis=1, keepdims=True)
    return scaled


def _by_family(seen: _Seen, family: _Family, edge: float, sign: float) -> Judged:
    """Posterior of each world under the fitted family; influence by the delta method (Efron 2016, theorem 1)."""
    prior = _prior(family.shape, family.bend, family.terms)
    joint = prior * seen.likelihood
    posterior = joint / np.maximum(joint.sum(axis=1, keepdims=True), 1e-300)
    below = np.clip((edge - seen.edges[:-1]) / np.diff(seen.edges), 0.0, 1.0)
    inside = below if sign > 0.0 else 1.0 - below
    chance = posterior @ inside
    after = posterior @ family.shape
    score = _with_bend(after - prior @ family.shape, family.bend)
    slopes = _with_bend((posterior * inside) @ family.shape - chance[:, None] * after, family.bend).mean(axis=0)
    # the information as the sum of squared scores (Berndt, Hall, Hall & Hausman 1974): never negative
    information = score.T @ score + _RIDGE * np.eye(family.terms.size)
    influence = chance + chance.size * (score @ np.linalg.solve(information, slopes))
    return Judged(chance, posterior @ seen.figures, influence, 0.0)


def _with_bend(by_shape: Floats, bend: Floats) -> Floats:
    return np.column_stack([by_shape, by_shape[:, :1] * bend])


def _by_prediction(seen: _Seen, edge: float, sign: float) -> Judged:
    """The prediction taken for the truth; influence as if its level at the limit came from a parabola in it.

    A share moves with that level as fast as predictions crowd at the limit: those of the tenth of worlds nearest to it.
    """
    at = seen.place(seen.prediction)
    chance = (sign * (edge - at) >= 0.0).astype(np.float64)
    near = np.argsort(np.abs(at - edge), kind="stable")[: max(at.size // 10, 2)]
    limit = float(np.sin(edge) ** 2) if seen.is_chance else edge
    basis = np.column_stack([np.ones(at.size), _polynomials(at, _BEND)])
    known = np.linalg.pinv((basis.T / seen.noise) @ basis, hermitian=True)
    here = basis[near[0]]
    level = (basis @ known @ here) * (seen.own - seen.prediction) / seen.noise
    reach = max(float(np.abs(seen.prediction[near] - limit).max()), float(np.sqrt(here @ known @ here)))
    crowd = near.size / (2.0 * reach * at.size)
    return Judged(chance, seen.prediction, chance - sign * at.size * crowd * level, 0.0)
