"""Brackets that hold whatever the distribution of what a regression does not see.

Of a world's true figure x there are two estimates with luck of their own, one from each half of its replications. Their
product has the mean x², so that whatever lies below a parabola in x has a mean below one that can be averaged over
worlds without error of luck. For the part of x above a level d, with any c > 0 that other worlds suggest,

    max(x − d, 0) ≤ ((x − d) + ((x − d)² / c + c) / 2) / 2,

the closest where c is near |x − d| (Scarf 1958). For several x and any d,

    max over j of max(x_j, 0) ≤ d + Σ_j max(x_j − d, 0)          for d ≥ 0.

Reference: Scarf 1958, A min-max solution of an inventory problem; Bertsimas, Natarajan & Teo 2006, Tight bounds on
expected order statistics, Probability in the Engineering and Informational Sciences 20 (equation 2). For shares:
Cantelli 1928, Sui confini della probabilità.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from standoff.analysis.findings import Floats

__all__ = ["Hidden", "above_all", "best_level", "find_hidden", "plausible", "reach_of_bracket", "share_above"]

_BISECTIONS = 20
_DRAWS = 8
_LEVEL = 0.95
_SURE = 1.96


def reach_of_bracket(width: float, error: float) -> float:
    """Standard errors beyond either end of a bracket, so that the interval holds what lies in it at 95 %.

    What lies at one end of a wide bracket is missed to one side only; of ends that meet, to both. So wide is only what
    chance does not explain.

    Args:
        width: From the low to the high end.
        error: The larger of the ends' standard errors.

    Reference: Imbens & Manski 2004, Confidence intervals for partially identified parameters, Econometrica 72; Stoye
    2009, More on confidence intervals for partially identified parameters, Econometrica 77 (a width near zero counts
    for none).
    """
    apart = max(width / error - _SURE, 0.0) if error > 0.0 else np.inf
    return float(brentq(lambda c: ndtr(c + apart) - ndtr(-c) - _LEVEL, 1.0, 3.0))


class Hidden:
    """What predictions leave unexplained of several figures, and what luck adds, by worlds' halves.

    Attributes:
        spread: (figures, figures), covariance of the true figures about their predictions, from products of halves.
        luck: (figures, figures), covariance of a world's mean about its truth.
        most: (figures,), variance about the predictions that chance would still let be, one standard error above.
    """

    __slots__ = ("luck", "most", "spread")

    def __init__(self, spread: Floats, luck: Floats, most: Floats) -> None:
        self.spread, self.luck, self.most = spread, luck, most


def find_hidden(prediction: Floats, halves: Floats, w: Floats) -> Hidden:
    """Part the worlds' spread about predictions into truth and luck.

    Args:
        prediction: (figures, worlds), from other worlds.
        halves: (figures, worlds, 2).
        w: (worlds,), weights that sum to one.
    """
    first, second = halves[..., 0] - prediction, halves[..., 1] - prediction
    cross = (first * w) @ second.T
    luck = (first - second) / 2.0
    values, vectors = np.linalg.eigh((cross + cross.T) / 2.0)
    products = first * second
    mean = products @ w
    error = np.sqrt((products - mean[:, None]) ** 2 @ w**2)
    spread = (vectors * np.maximum(values, 0.0)) @ vectors.T
    return Hidden(spread, (luck * w) @ luck.T, np.maximum(mean, 0.0) + error)


def best_level(prediction: Floats, variance: Floats) -> Floats:
    """(worlds,), the d ≥ 0 at which the bound on the largest of zero and these figures is lowest, by bisection.

    Args:
        prediction: (figures, worlds).
        variance: (figures,), about the predictions.
    """
    low = np.zeros(prediction.shape[1])
    high = np.maximum(prediction.max(axis=0), 0.0) + np.sqrt(variance.sum())
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2.0
        away = prediction - middle
        size = np.sqrt(away**2 + variance[:, None])
        share = np.divide(away, size, out=np.zeros_like(away), where=size > 0.0)
        falls = 0.5 * (1.0 + share).sum(axis=0) > 1.0
        low, high = np.where(falls, middle, low), np.where(falls, high, middle)
    level: Floats = low
    return level


def above_all(halves: Floats, prediction: Floats, variance: Floats, level: Floats) -> Floats:
    """(worlds,), figures whose mean is at least that of Σ max(x − level, 0).

    Args:
        halves: (figures, worlds, 2), of x.
        prediction, variance: Of x from other worlds, and about it; they make the bound close, and not valid.
        level: (worlds,), d.
    """
    size = np.maximum(np.sqrt((prediction - level) ** 2 + variance[:, None]), 1e-300)
    first, second = halves[..., 0] - level, halves[..., 1] - level
    above: Floats = (0.25 * (first + second + first * second / size + size)).sum(axis=0)
    return above


def share_above(halves: Floats, prediction: Floats, variance: float) -> tuple[Floats, Floats]:
    """Two figures a world, whose means are at most and at least the share of worlds with a true figure of zero or more.

    Above a parabola that is 1 at zero and never below 1 beyond lies what is counted (Cantelli's inequality).

    Args:
        halves: (worlds, 2), of the figure.
        prediction: (worlds,), from other worlds.
        variance: About it; it makes the bounds close, and not valid.
    """
    away = np.maximum(np.abs(prediction), 1e-9 * np.sqrt(variance) + 1e-300)
    reach = away + variance / away
    sign = np.where(prediction < 0.0, 1.0, -1.0)
    missed = np.prod(1.0 + sign[:, None] * halves / reach[:, None], axis=1)
    return np.where(sign > 0.0, 0.0, 1.0 - missed), np.where(sign > 0.0, missed, 1.0)


def plausible(prediction: Floats, halves: Floats, hidden: Hidden) -> Floats:
    """(draws, figures, worlds), worlds' true figures as they may be if what is hidden is normal.

    Means of draws rest on a lattice of normal scores, so that they take no chance of their own; its points go to worlds
    by the size of the first figure, so that the order in which worlds came changes nothing.

    Reference: Rubin 1987, Multiple imputation for nonresponse in surveys; the lattice: Roberts 2018, generalising the
    golden ratio.
    """
    n, n_worlds = prediction.shape
    gain = hidden.spread @ np.linalg.pinv(hidden.spread + hidden.luck, hermitian=True)
    middle = prediction + gain @ (halves.mean(axis=2) - prediction)
    values, vectors = np.linalg.eigh(hidden.spread - gain @ hidden.spread)
    root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    golden = _golden(n)
    at = (0.5 + np.outer(np.arange(1, _DRAWS * n_worlds + 1), golden ** -np.arange(1.0, n + 1.0))) % 1.0
    scores = np.empty((n_worlds, _DRAWS, n))
    scores[np.argsort(middle[0], kind="stable")] = ndtri(np.clip(at, 1e-12, 1.0 - 1e-12)).reshape(scores.shape)
    drawn: Floats = middle + np.einsum("ij,wkj->kiw", root, scores)
    return drawn


def _golden(n: int) -> float:
    """The root above one of x^(n + 1) = x + 1."""
    x = 1.5
    for _ in range(40):
        x = (1.0 + x) ** (1.0 / (n + 1.0))
    return x
