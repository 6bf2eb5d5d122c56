"""What every generated kernel calls: selections without branches, and loops over one row of the workspace.

A row holds one number for each of a block's `LANES` futures. Truths stand in rows as 0 and 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import binding, ir
from numba import types
from numba.extending import intrinsic

from standoff.base.chance import distributions_lanes, streams_lanes
from standoff.base.numbers import arithmetic_lanes
from standoff.base.numbers.compiled import compiled

LANES = 128  # futures side by side: enough to hide a loop's cost, few enough that rows stay in the cache
INF = float(np.inf)
NAN = float(np.nan)


def _primitive(definition: Any) -> Any:
    return intrinsic(definition)


@_primitive
def select(_context: Any, condition: Any, if_true: Any, if_false: Any) -> Any:
    """`if_true` where the condition holds, without a branch."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.select(*arguments)

    return types.float64(types.boolean, types.float64, types.float64), generate


@_primitive
def floor(_context: Any, x: Any) -> Any:
    """The largest whole number not above x."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.call(builder.module.declare_intrinsic("llvm.floor", [ir.DoubleType()]), arguments)

    return types.float64(types.float64), generate


@_primitive
def sqrt(_context: Any, x: Any) -> Any:
    """The square root."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.call(builder.module.declare_intrinsic("llvm.sqrt", [ir.DoubleType()]), arguments)

    return types.float64(types.float64), generate


exp, expm1 = arithmetic_lanes.exp, arithmetic_lanes.expm1
log, log1p = arithmetic_lanes.log, arithmetic_lanes.log1p
logistic, power = arithmetic_lanes.logistic, arithmetic_lanes.power
normal_quantile = arithmetic_lanes.normal_quantile
uniform = streams_lanes.uniform
poisson_counts = distributions_lanes.poisson_counts
negative_binomial_counts = distributions_lanes.negative_binomial_counts


# A recipe is a long chain of operations, each of which waits for the last: four vectors side by side keep the processor
# busy meanwhile. Loops of few operations are left to LLVM.
binding.set_option("", "-force-vector-interleave=4")


@compiled("void(float64[::1], int64, int64)", error_model="numpy", nogil=True)
def exp_row(w: Any, source: int, target: int) -> None:
    """`exp` of a row."""
    x, y = w[source : source + LANES], w[target : target + LANES]
    for i in range(LANES):
        y[i] = exp(x[i])


@compiled("void(float64[::1], int64, int64)", error_model="numpy", nogil=True)
def expm1_row(w: Any, source: int, target: int) -> None:
    """`expm1` of a row."""
    x, y = w[source : source + LANES], w[target : target + LANES]
    for i in range(LANES):
        y[i] = expm1(x[i])


@compiled("void(float64[::1], int64, int64)", error_model="numpy", nogil=True)
def log_row(w: Any, source: int, target: int) -> None:
    """`log` of a row."""
    x, y = w[source : source + LANES], w[target : target + LANES]
    for i in range(LANES):
        y[i] = log(x[i])


@compiled("void(float64[::1], int64, int64)", error_model="numpy", nogil=True)
def log1p_row(w: Any, source: int, target: int) -> None:
    """`log1p` of a row."""
    x, y = w[source : source + LANES], w[target : target + LANES]
    for i in range(LANES):
        y[i] = log1p(x[i])


@compiled("void(float64[::1], int64, int64)", error_model="numpy", nogil=True)
def logistic_row(w: Any, source: int, target: int) -> None:
    """`logistic` of a row."""
    x, y = w[source : source + LANES], w[target : target + LANES]
    for i in range(LANES):
        y[i] = logistic(x[i])


@compiled("void(float64[::1], int64, int64)", error_model="numpy", nogil=True)
def normal_quantile_row(w: Any, source: int, target: int) -> None:
    """`normal_quantile` of a row."""
    x, y = w[source : source + LANES], w[target : target + LANES]
    for i in range(LANES):
        y[i] = normal_quantile(x[i])


@compiled("void(float64[::1], int64, int64, int64)", error_model="numpy", nogil=True)
def power_row(w: Any, base: int, exponent: int, target: int) -> None:
    """Powers of one row to another."""
    x, y, z = w[base : base + LANES], w[exponent : exponent + LANES], w[target : target + LANES]
    for i in range(LANES):
        z[i] = power(x[i], y[i])


binding.set_option("", "-force-vector-interleave=0")


@compiled("void(uint64[::1], uint64, float64[::1], int64)", error_model="numpy", nogil=True)
def luck_row(keys: Any, counter: Any, w: Any, target: int) -> None:
    """A draw's uniform numbers."""
    u = w[target : target + LANES]
    for i in range(LANES):
        u[i] = uniform(keys[i], counter)


@compiled("void(float64[::1], int64, float64)", error_model="numpy", nogil=True)
def fill_row(w: Any, target: int, value: float) -> None:
    """One number for all lanes."""
    x = w[target : target + LANES]
    for i in range(LANES):
        x[i] = value


@compiled("void(float64[::1], int64, int64)", error_model="numpy", nogil=True)
def copy_row(w: Any, source: int, target: int) -> None:
    """A row as it is."""
    x, y = w[source : source + LANES], w[target : target + LANES]
    for i in range(LANES):
        y[i] = x[i]


@compiled(
    "void(float64[:,::1], int64, int64[::1], int64, int64, float64[::1], int64)",
    error_model="numpy",
    nogil=True,
)
def gather_row(columns: Any, column: int, worlds: Any, first: int, count: int, w: Any, target: int) -> None:
    """A column of the table of worlds; what is left of the row repeats the last future."""
    table, index, x = columns[column], worlds[first : first + count], w[target : target + LANES]
    for i in range(count):
        x[i] = table[index[i]]
    for i in range(count, LANES):
        x[i] = x[count - 1]


@compiled("void(uint64[::1], int64, int64, uint64[::1])", error_model="numpy", nogil=True)
def take_keys(keys: Any, first: int, count: int, here: Any) -> None:
    """The block's keys of luck; what is left repeats the last future."""
    taken = keys[first : first + count]
    for i in range(count):
        here[i] = taken[i]
    for i in range(count, LANES):
        here[i] = here[count - 1]


@compiled("void(float64[::1], int64, float64[:,::1], int64, int64, int64)", error_model="numpy", nogil=True)
def give_row(w: Any, source: int, out: Any, row: int, first: int, count: int) -> None:
    """A row's futures to the results."""
    x, y = w[source : source + LANES], out[row, first : first + count]
    for i in range(count):
        y[i] = x[i]


@compiled("void(float64[::1], int64, int64, int64, int64)", error_model="numpy", nogil=True)
def enter_line(w: Any, source: int, line: int, length: int, step: int) -> None:
    """What enters a delay line in a step; the first fills it."""
    if step == 0:
        for place in range(length):
            copy_row(w, source, line + place * LANES)
    else:
        copy_row(w, source, line + (step % length) * LANES)


@compiled("void(float64[::1], int64, int64, int64, int64)", error_model="numpy", nogil=True)
def leave_line(w: Any, line: int, length: int, step: int, target: int) -> None:
    """What leaves a delay line in a step after the first."""
    if step > 0:
        copy_row(w, line + (step % length) * LANES, target)


@compiled("void(float64[::1], int64, int64, int64, int64, int64, int64)", error_model="numpy", nogil=True)
def poisson_row(w: Any, u: int, mean: int, at_most: int, target: int, clamped: int, scratch: int) -> None:
    """Poisson counts, and where they were clamped."""
    poisson_counts(
        w[u : u + LANES], w[mean : mean + LANES], at_most, w[target : target + LANES], w[clamped : clamped + LANES],
        w[scratch : scratch + LANES], w[scratch + LANES : scratch + 2 * LANES],
    )  # fmt: skip


@compiled("void(float64[::1], int64, int64, int64, int64, int64, int64, int64)", error_model="numpy", nogil=True)
def negative_binomial_row(
    w: Any, u: int, mean: int, dispersion: int, at_most: int, target: int, clamped: int, scratch: int
) -> None:
    """Negative binomial counts, and where they were clamped."""
    negative_binomial_counts(
        w[u : u + LANES], w[mean : mean + LANES], w[dispersion : dispersion + LANES], at_most,
        w[target : target + LANES], w[clamped : clamped + LANES], w[scratch : scratch + LANES],
        w[scratch + LANES : scratch + 2 * LANES], w[scratch + 2 * LANES : scratch + 3 * LANES],
    )  # fmt: skip
