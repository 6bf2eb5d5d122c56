"""Which worlds truly are within a limit, and how low the lowest are, when each figure is a mean over few replications.

The distribution of the worlds' true figures, given what a regression predicts of each, is fitted to all worlds
(`true_figures.py`); a world's own replications then count by Bayes' rule. Where the prediction leaves only luck
unexplained, the fitted distribution adds nothing but its own error: Akaike's weights then give the word to the
prediction itself.

Reference: Efron 2016, Empirical Bayes deconvolution estimates, Biometrika 103; Buckland, Burnham & Augustin 1997, Model
selection: an integral part of inference, Biometrics 53, equation (9).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit, ndtr

from standoff.analysis.findings import Floats
from standoff.analysis.statistics.ranks import rank_values
from standoff.analysis.statistics.shrinkage import smooth
from standoff.analysis.statistics.true_figures import (
    BEND,
    RIDGE,
    Family,
    Seen,
    fit_family,
    noise_of,
    polynomials,
    posterior_of,
    see,
)

__all__ = ["Judged", "judge", "times_wanted", "worst"]

_FEWEST_IN_GROUP = 50
_NEGLIGIBLE = 1e-3
"""Part of the variance of the worlds' figures below which luck is not worth taking out."""
_AS_SMOOTH = 2.0
"""Standard errors of the fitted family that its smoothness may move a share by."""
_HEAVY = 6.0
"""Excess kurtosis of luck, over that of a normal one, beyond which a mean of few replications is not normal."""
_SLIGHT = 0.1
"""Part of the variance of the worlds' figures below which the shape of luck matters little to a share of worlds."""
_TOLD = 1.96
"""Standard errors at which something is told from nothing."""
_APART = 2.81
"""Standard errors at which worlds are told apart: of four signs one errs in a hundredth of studies of equal worlds."""
_CLEAR = 4.0
"""Standard errors of the noisiest world by which all must be on one side to be taken as they are."""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What is known of a function of worlds' true figures, each of shape (worlds,).

    Attributes:
        value: Its posterior mean in each world: for a limit the chance that the world is within it.
        mean: Posterior mean of the true figure itself.
        influence: On the mean of `value` over worlds, whose error is that of the mean of these figures.
        doubt: Standard error of that mean from not knowing whether the prediction leaves anything unexplained.
    """

    value: Floats
    mean: Floats
    influence: Floats
    doubt: float


def judge(own: Floats, prediction: Floats, batches: Floats, limit: float, *, sign: float = 1.0) -> Judged:
    """Take the luck out of worlds' figures and hold them against a limit.

    Args:
        own: (worlds,), each world's mean over its replications.
        prediction: (worlds,), of the same from other worlds.
        batches: (worlds, batches), means over disjoint batches of equal size.
        limit: In the unit of the figures.
        sign: 1 where figures at or below the limit are within it, −1 where those at or above it are.
    """
    noise = noise_of(batches)
    inside = sign * (limit - own)
    is_clear = np.abs(inside).min() > _CLEAR * np.sqrt(noise.max()) and (inside > 0.0).all() == (inside > 0.0).any()
    if is_clear or noise.mean() <= _NEGLIGIBLE * own.var():
        within = (inside >= 0.0).astype(np.float64)
        return Judged(within, own, within, 0.0)
    seen = see(own, prediction, batches)
    family = fit_family(seen)
    edge = float(seen.place(np.array([limit]))[0])
    below = np.clip((edge - seen.edges[:-1]) / np.diff(seen.edges), 0.0, 1.0)
    at = seen.place(seen.prediction)
    found = _weigh(
        seen,
        family,
        _by_family(seen, family, below if sign > 0.0 else 1.0 - below),
        _by_prediction(seen, (sign * (edge - at) >= 0.0).astype(np.float64), -sign * _crowd(seen, limit)),
        blurred=float(ndtr(sign * (limit - prediction) / _most_hidden(prediction, batches)).mean()),
    )
    return replace(found, doubt=max(found.doubt, _if_alike(prediction, batches, inside, float(found.value.mean()))))


def _if_alike(prediction: Floats, batches: Floats, inside: Floats, value: float) -> float:
    """How far a share lies from that of worlds that are all alike, as a standard error; nothing where they are not.

    Then all are within the limit or none is, which their mean tells or not.

    Args:
        prediction, batches: As for `judge`.
        inside: (worlds,), how far within the limit each world's mean is.
        value: The share.
    """
    root = np.sqrt(inside.size)
    of_one, of_rest, mean_of_all = batches[:, 0], batches[:, 1:].mean(axis=1), batches.mean(axis=1)
    # figures as they are tell a few worlds that are far off, ranks the many where a few drown all else
    signs = (_agreement(a, b, f) for f in (np.asarray, rank_values)
             for a, b in ((of_one, of_rest), (mean_of_all, prediction)))  # fmt: skip
    if any(float(sign.mean()) * root > _APART * float(sign.std()) for sign in signs):
        return 0.0
    mean, error = float(inside.mean()), float(inside.std()) / root
    all_or_none = [share for share, sign in ((1.0, 1.0), (0.0, -1.0)) if sign * mean > -_APART * error]
    return max(abs(share - value) for share in all_or_none) / _TOLD


def _agreement(a: Floats, b: Floats, figures: Callable[[Floats], Floats]) -> Floats:
    """(worlds,), products about the means, which are zero on average where two have nothing to do with each other."""
    a, b = figures(a), figures(b)
    found: Floats = (a - a.mean()) * (b - b.mean())
    return found


def _most_hidden(prediction: Floats, batches: Floats) -> float:
    """The spread of true figures about their predictions that chance lets be, a standard error above what it seems.

    Products of two means with luck of their own have none of it on average.
    """
    products = (batches[:, 0] - prediction) * (batches[:, 1:].mean(axis=1) - prediction)
    error = float(products.std()) / np.sqrt(products.size)
    return max(float(np.sqrt(max(float(products.mean()), 0.0) + error)), 1e-300)


def times_wanted(prediction: Floats, batches: Floats) -> float | None:
    """How many times as many replications would make luck normal enough to be taken out; None where it is.

    Luck is judged by how the difference of halves is spread against that of worlds of similar prediction. Means of what
    is 0 or 1 are counts, whose luck is known; and where luck is slight its shape matters little.

    Args:
        prediction: (worlds,), from other worlds.
        batches: (worlds, batches), means over disjoint batches of equal size; of more than two luck is not judged.
    """
    counts = batches.min() >= 0.0 and batches.max() <= 1.0 and ((batches == 0.0) | (batches == 1.0)).any()
    noise = noise_of(batches)
    is_slight = noise.mean() <= _SLIGHT * batches.mean(axis=1).var()
    if counts or batches.shape[1] != 2 or is_slight:
        return None
    expected = np.maximum(smooth(prediction, prediction, noise, _FEWEST_IN_GROUP), 1e-3 * float(noise.mean()))
    # of a normal difference the fourth power is on average three times the square of the second
    excess = float((noise**2).mean() / (expected**2).mean()) - 3.0
    return excess / (_HEAVY / 2.0) if excess > _HEAVY else None


def worst(own: Floats, prediction: Floats, batches: Floats, w: Floats, *, share: float) -> Judged:
    """Take the luck out of worlds' figures and average the lowest: `value` and `influence` have that mean, by `w`.

    Args:
        own, prediction, batches: As for `judge`.
        w: (worlds,), weights that sum to one.
        share: Of all weight, that is counted as lowest.

    Reference: Rockafellar & Uryasev 2000, Optimization of conditional value-at-risk, Journal of Risk 2: the mean of the
    lowest is that of q + min(x − q, 0) / share, with q their upper end.
    """
    if noise_of(batches).mean() <= _NEGLIGIBLE * own.var():
        lowest = _lowest(own, own, w, share)
        return Judged(lowest, own, lowest, 0.0)
    seen = see(own, prediction, batches)
    family = fit_family(seen)
    spread = w @ posterior_of(seen, family)[1]
    plain = _lowest(seen.prediction, seen.prediction, w, share)
    low = plain < plain.max()
    return _weigh(
        seen,
        family,
        _by_family(seen, family, _lowest(seen.figures, seen.figures, spread, share)),
        _by_prediction(seen, plain, low / max(float(w @ low), 1e-300)),
    )


def _lowest(at: Floats, known_at: Floats, w: Floats, share: float) -> Floats:
    """q + min(x − q, 0) / share at the points `at`, with q the quantile of `known_at`."""
    order = np.argsort(known_at, kind="stable")
    place = int(np.searchsorted(np.cumsum(w[order]), share * w.sum()))
    q = known_at[order[min(place, order.size - 1)]]
    lowest: Floats = q + np.minimum(at - q, 0.0) / share
    return lowest


def _weigh(seen: Seen, family: Family, fitted: Judged, plain: Judged, *, blurred: float | None = None) -> Judged:
    """Both answers, by how likely each is to be the nearer to the truth.

    Args:
        seen, family: What the answers rest on.
        fitted, plain: By the family, and by the prediction.
        blurred: The mean that the second would have if as much were hidden from it as chance lets be; None where that
            is not asked.
    """
    # Hurvich & Tsai 1989: the fewer worlds, the more a term must explain
    allowed = family.terms.size * seen.own.size / max(seen.own.size - family.terms.size - 1, 1)
    weight = float(expit(family.log_likelihood - float(seen.log_likelihood.sum()) - allowed))
    between, by_prediction = float(fitted.value.mean()), float(plain.value.mean())
    apart = abs(between - by_prediction)
    # the family is smooth: where the truth jumps with what is predicted it moves the share by what it cannot know,
    # which is not more than this
    spread = float(fitted.influence.std(ddof=1)) / np.sqrt(seen.own.size)
    doubt = max(
        float(np.sqrt(weight * (1.0 - weight))) * apart,
        weight * min(_explained(seen) * apart, _AS_SMOOTH * spread),
        0.0 if blurred is None else (1.0 - weight) * abs(blurred - by_prediction),
    )
    return Judged(
        weight * fitted.value + (1.0 - weight) * plain.value,
        weight * fitted.mean + (1.0 - weight) * plain.mean,
        weight * fitted.influence + (1.0 - weight) * plain.influence,
        doubt,
    )


def _explained(seen: Seen) -> float:
    """The part of the true figures' variance that the prediction explains."""
    true = float(seen.own.var() - seen.noise.mean())
    return min(float(seen.prediction.var()) / true, 1.0) if true > 0.0 else 1.0


def _by_family(seen: Seen, family: Family, function: Floats) -> Judged:
    """A function of the truth, given at the cells; influence by the delta method (Efron 2016, theorem 1)."""
    prior, posterior = posterior_of(seen, family)
    value = posterior @ function
    after = posterior @ family.shape
    score = _with_bend(after - prior @ family.shape, family.bend)
    slopes = _with_bend((posterior * function) @ family.shape - value[:, None] * after, family.bend).mean(axis=0)
    # the information as the sum of squared scores (Berndt, Hall, Hall & Hausman 1974): never negative
    information = score.T @ score + RIDGE * np.eye(family.terms.size)
    influence = value + value.size * (score @ np.linalg.solve(information, slopes))
    return Judged(value, posterior @ seen.figures, influence, 0.0)


def _with_bend(by_shape: Floats, bend: Floats) -> Floats:
    return np.column_stack([by_shape, by_shape[:, :1] * bend])


def _by_prediction(seen: Seen, value: Floats, slope: Floats) -> Judged:
    """The prediction taken for the truth; influence as if its level came from a parabola in it.

    `value` is the function at the prediction, `slope` its slope there.
    """
    known, basis = _parabola(seen)
    level = (basis @ known @ (slope @ basis)) * (seen.own - seen.prediction) / seen.noise
    return Judged(value, seen.prediction, value + level, 0.0)


def _parabola(seen: Seen) -> tuple[Floats, Floats]:
    """Covariance of the coefficients of a parabola in the prediction, and its terms in each world."""
    at = seen.place(seen.prediction)
    basis = np.column_stack([np.ones(at.size), polynomials(at, BEND)])
    return np.asarray(np.linalg.pinv((basis.T / seen.noise) @ basis, hermitian=True), dtype=np.float64), basis


def _crowd(seen: Seen, limit: float) -> Floats:
    """(worlds,), how fast the share below a limit falls with the prediction: by the tenth of worlds nearest to it."""
    known, basis = _parabola(seen)
    away = np.abs(seen.prediction - limit)
    near = np.argsort(away, kind="stable")[: max(away.size // 10, 2)]
    here = basis[near[0]]
    reach = max(float(away[near].max()), float(np.sqrt(here @ known @ here)))
    crowd = np.zeros(away.size)
    crowd[near] = 1.0 / (2.0 * reach)
    return crowd
