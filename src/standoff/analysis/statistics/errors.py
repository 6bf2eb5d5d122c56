"""Standard errors of means over worlds, of independent worlds and of a design that is spread evenly.

A Latin hypercube integrates a sum of functions of single inputs almost without error, so that only the rest counts
(Stein 1987, equation 6; Owen 1992). Almost: within the stratum of its most extreme world such a function still varies,
and where its tail is heavy that is most of its variance. So a function that one world moves more than an exponential
tail would let it has the error of independent worlds, which is never too small (McKay, Beckman & Conover 1979), and all
others that of one stratum of exponential spread.

Reference: Stein 1987, Large sample properties of simulations using Latin hypercube sampling, Technometrics 29; Owen
1992, A central limit theorem for Latin hypercube sampling, Journal of the Royal Statistical Society B 54.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from jaxtyping import Float

from standoff.analysis.findings import Floats, Inputs
from standoff.analysis.statistics.heaviness import is_heavy
from standoff.analysis.statistics.regression import predict

__all__ = ["additive_part", "ends_of_mean", "error_of_mean", "without_additive"]

_SETTLED_ON = 64
"""Figures of a family, of thousands that hang on the same columns."""
_EVEN = 1e-6
"""Skewness of which no account is taken."""


def additive_part(
    even: Inputs, figures: Floats, folds: npt.NDArray[np.int64], families: npt.NDArray[np.int64] | None = None,
    *, settled_on: int | None = _SETTLED_ON,
) -> Floats | None:  # fmt: skip
    """What is a sum of functions of single columns that a design spreads evenly, as other worlds predict it.

    Columns with heavy tails stay out of it, since their strata differ by too much within; None if all do.

    Args:
        even: Independent columns of which worlds are made.
        figures: (figures, worlds).
        folds: (worlds,).
        families: (figures,), of those that share what is found of the strength of their columns.
        settled_on: On how many of a family's figures it is settled how they hang on the columns; for each by itself
            where it is None or there are no families.

    Returns:
        shape (figures, worlds).
    """
    light = [name for name in even.names if not is_heavy(even.column(name))]
    if not light:
        return None
    settled = None if families is None else settled_on
    return predict(even.only(light), figures, folds, kind="additive", families=families, settled_on=settled)


def without_additive(
    even: Inputs | None, figures: Floats, folds: npt.NDArray[np.int64], families: npt.NDArray[np.int64] | None = None
) -> Floats:
    """Figures of the same means that spread over worlds as if these were independent: to be drawn again.

    Worlds of a stratified design, resampled as independent ones, differ by what every such design has alike. That is
    put at its mean here, but for what a stratum leaves of it (a part in √n), where it is not heavy-tailed and explains
    more than is lost by learning it.

    Args:
        even: As for `additive_part`; None for worlds that are independent.
        figures: (…, worlds).
        folds: (worlds,).
        families: Of the figures in their order, as for `additive_part`.
    """
    flat = figures.reshape(-1, figures.shape[-1])
    part = None if even is None else additive_part(even, flat, folds, families)
    if part is None:
        return figures
    left = flat - (1.0 - flat.shape[1] ** -0.5) * (part - part.mean(axis=1, keepdims=True))
    kept = is_heavy(part) | (left.var(axis=1) >= flat.var(axis=1))
    # of equal means to rounding, so that ties stay ties
    left += (flat.mean(axis=1) - left.mean(axis=1))[:, None]
    return np.where(kept[:, None], flat, left).reshape(figures.shape)


def ends_of_mean(value: float, error: float, figures: Floats, w: Floats, *, reach: float) -> tuple[float, float]:
    """Two ends of a mean's interval, the farther out on the side to which its figures are skewed.

    Of skewed figures a mean that is too low comes with a spread that is too low, so that an interval even to both sides
    misses on one. A cubic transformation of Student's ratio takes that out to the first order.

    Args:
        value, error: The mean and its standard error.
        figures: (worlds,), that the error rests on.
        w: (worlds,), weights that sum to one.
        reach: Standard errors to either end if figures were even.

    Reference: Hall 1992, On the removal of skewness by transformation, Journal of the Royal Statistical Society B 54.
    """
    away = figures - figures @ w
    spread = float(np.sqrt(away**2 @ w))
    n = 1.0 / float((w**2).sum())
    skew = float(away**3 @ w) / spread**3 if spread > 0.0 else 0.0
    if abs(skew) < _EVEN:
        return value - reach * error, value + reach * error

    def turned(x: float) -> float:
        return 3.0 / skew * float(np.cbrt(1.0 + skew * (x - skew / (6.0 * n))) - 1.0)

    size, x = error * np.sqrt(n), reach / np.sqrt(n)
    return min(float(value - size * turned(x)), value), max(float(value - size * turned(-x)), value)


def error_of_mean(
    figures: Float[Floats, "*rows worlds"],
    w: Float[Floats, " worlds"],
    explained: Float[Floats, "*rows worlds"] | None = None,
) -> Float[Floats, "*rows"]:
    """Standard errors of weighted means over worlds (the ratio estimator's).

    Args:
        figures: Of one row or more; of one alone the answer has no axis.
        w: Weights that sum to one.
        explained: Like `figures`: the part that is a sum of functions of single inputs whose columns are spread evenly,
            as other worlds predict it. For equal weights only.
    """
    independent = _independent(figures, w)
    if explained is None:
        return independent
    left = np.sqrt(_independent(figures - explained, w) ** 2 + explained.var(axis=-1) / w.size**2)
    return np.where(is_heavy(explained), independent, np.minimum(left, independent))


def _independent(figures: Float[Floats, "*rows worlds"], w: Float[Floats, " worlds"]) -> Float[Floats, "*rows"]:
    apart = figures - (figures @ w)[..., None]
    return np.asarray(np.sqrt(apart**2 @ w**2 * w.size / max(w.size - 1, 1)))
