"""Counts of events in a step, from one uniform number each.

A count is the inverse distribution function at u, computed in this order of operations:

    Poisson:            p(0) = exp(-mean)
                        p(k+1) = p(k) (mean * R(k))
    negative binomial:  p(0) = exp(-dispersion * log1p(mean / dispersion)), ratio = mean / (dispersion + mean)
                        p(k+1) = p(k) (((dispersion + k) ratio) * R(k))

with R(k) the double nearest 1 / (k + 1) and F(0) = p(0), F(k+1) = F(k) + p(k+1). The count is the number of k below
`at_most` with u > F(k), and it is clamped where u > F(at_most). F never falls, so a loop over k may stop once no
lane has u > F(k). The negative binomial's variance is mean + mean^2 / dispersion.

Rounding can keep F some 1e-16 below 1, so a number u within that of 1 may count on to `at_most`.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from standoff.base.numbers.arithmetic import exp, log1p

Array = npt.NDArray[np.float64]

MOST_COUNT = 500  # exp(-mean) is a normal number wherever a count up to this one is possible
RECIPROCALS = tuple(1.0 / (k + 1) for k in range(MOST_COUNT))


def poisson_count(u: Array, mean: npt.ArrayLike, at_most: int) -> tuple[Array, npt.NDArray[np.bool_]]:
    """The Poisson count at u, and whether it was clamped at `at_most`.

    Args:
        u: Uniform numbers in (0, 1), any shape.
        mean: Expected count, not negative (the caller's to check), broadcast with u.
        at_most: Largest count, 0 to `MOST_COUNT`.

    Returns:
        Counts as doubles, and truths, both in the broadcast shape.

    Raises:
        ValueError: if `at_most` is out of range.
    """
    average = np.asarray(mean, dtype=np.float64)
    return _count(u, exp(-average), lambda k: average * RECIPROCALS[k], at_most)


def negative_binomial_count(
    u: Array, mean: npt.ArrayLike, dispersion: npt.ArrayLike, at_most: int
) -> tuple[Array, npt.NDArray[np.bool_]]:
    """The negative binomial count at u, of variance mean + mean^2 / dispersion; otherwise as `poisson_count`.

    Args:
        u: Uniform numbers in (0, 1), any shape.
        mean: Expected count, not negative, broadcast with u.
        dispersion: Above 0; the larger, the nearer to Poisson.
        at_most: Largest count, 0 to `MOST_COUNT`.

    Returns:
        Counts as doubles, and truths, both in the broadcast shape.

    Raises:
        ValueError: if `at_most` is out of range.
    """
    average, size = np.asarray(mean, dtype=np.float64), np.asarray(dispersion, dtype=np.float64)
    first = exp(-size * log1p(average / size))
    ratio = average / (size + average)
    return _count(u, first, lambda k: ((size + k) * ratio) * RECIPROCALS[k], at_most)


def _count(u: Array, first: Array, factor: Callable[[int], Array], at_most: int) -> tuple[Array, npt.NDArray[np.bool_]]:
    if not 0 <= at_most <= MOST_COUNT:
        raise ValueError(f"a count's largest value is from 0 to {MOST_COUNT}, not {at_most}")
    p = cumulative = np.asarray(first)
    count = np.zeros(np.broadcast_shapes(np.shape(u), cumulative.shape))
    for k in range(at_most):
        beyond = u > cumulative
        if not beyond.any():
            break
        count += beyond
        p = p * factor(k)
        cumulative = cumulative + p
    return count, np.broadcast_to(u > cumulative, count.shape).copy()
