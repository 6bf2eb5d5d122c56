"""Quantiles and counts for lanes, with the bits of `distributions` and `counts` beside it."""

from typing import Any

from numba import njit

from standoff.base.chance.counts import RECIPROCALS
from standoff.base.chance.distributions import DISTRIBUTIONS, clipped
from standoff.base.numbers.arithmetic_lanes import exp, lane, let_compiled_code_call, log1p

let_compiled_code_call(clipped, clipped)

# The quantile of one lane, `QUANTILES[name](u, *parameters)`, for the distributions that are straight lines.
QUANTILES: dict[str, Any] = {
    name: lane(distribution.recipe) for name, distribution in DISTRIBUTIONS.items() if distribution.recipe is not None
}


@njit(error_model="numpy", nogil=True)
def poisson_counts(u: Any, mean: Any, at_most: int, count: Any, clamped: Any, p: Any, cumulative: Any) -> None:
    """`counts.poisson_count` over the lanes of a block, in short loops so that LLVM vectorises each.

    Args:
        u: Uniform numbers, shape (lanes,), as are all arrays here.
        mean: Expected counts.
        at_most: Largest count.
        count: Written: the counts, doubles.
        clamped: Written: 1.0 where the count was clamped, else 0.0.
        p: Scratch.
        cumulative: Scratch.
    """
    for i in range(u.size):
        p[i] = exp(-mean[i])
    _begin(count, p, cumulative)
    for k in range(at_most):
        if _count_beyond(u, cumulative, count) == 0:
            break
        reciprocal = RECIPROCALS[k]
        for i in range(u.size):
            p[i] = p[i] * (mean[i] * reciprocal)
        _add(p, cumulative)
    clamped[:] = 0.0
    _count_beyond(u, cumulative, clamped)


@njit(error_model="numpy", nogil=True)
def negative_binomial_counts(
    u: Any, mean: Any, dispersion: Any, at_most: int, count: Any, clamped: Any, p: Any, cumulative: Any, ratio: Any
) -> None:
    """`counts.negative_binomial_count` over the lanes of a block.

    Args:
        u: Uniform numbers, shape (lanes,), as are all arrays here.
        mean: Expected counts.
        dispersion: The variance is mean + mean^2 / dispersion.
        at_most: Largest count.
        count: Written: the counts, doubles.
        clamped: Written: 1.0 where the count was clamped, else 0.0.
        p: Scratch.
        cumulative: Scratch.
        ratio: Scratch.
    """
    for i in range(u.size):
        p[i] = exp(-dispersion[i] * log1p(mean[i] / dispersion[i]))
    for i in range(u.size):
        ratio[i] = mean[i] / (dispersion[i] + mean[i])
    _begin(count, p, cumulative)
    for k in range(at_most):
        if _count_beyond(u, cumulative, count) == 0:
            break
        before, reciprocal = float(k), RECIPROCALS[k]
        for i in range(u.size):
            p[i] = p[i] * (((dispersion[i] + before) * ratio[i]) * reciprocal)
        _add(p, cumulative)
    clamped[:] = 0.0
    _count_beyond(u, cumulative, clamped)


@njit
def _begin(count: Any, p: Any, cumulative: Any) -> None:
    for i in range(p.size):
        cumulative[i] = p[i]
    for i in range(p.size):
        count[i] = 0.0


@njit
def _add(p: Any, cumulative: Any) -> None:
    for i in range(p.size):
        cumulative[i] = cumulative[i] + p[i]


@njit
def _count_beyond(u: Any, cumulative: Any, count: Any) -> int:
    """Add 1 to the count where u is above, and say how many lanes that was."""
    beyond = 0
    for i in range(u.size):
        more = 1 if u[i] > cumulative[i] else 0
        count[i] += more
        beyond += more
    return beyond
