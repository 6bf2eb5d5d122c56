"""A kernel's source run without compiling: each loop over lanes as one operation on a row.

Compiling a kernel takes seconds, so that the suite runs the sources of many random studies in this way and compiles
a few. `make verify` compiles them all.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from standoff.base.chance import counts, streams
from standoff.base.numbers import arithmetic
from standoff.program.numba.kernel import Kernel, tables_of
from standoff.program.numba.writer import LANES, emit_kernel
from standoff.program.program import Program

__all__ = ["interpreted_kernel"]


def interpreted_kernel(program: Program) -> Kernel:
    """The kernel of a program, its source interpreted."""
    source = emit_kernel(program)
    lines = [_rewritten(line) for line in source.text.splitlines() if not line.startswith(("from ", "import "))]
    space: dict[str, Any] = {"np": np, "njit": lambda *_, **__: lambda function: function, **_ROWS}
    exec(compile("\n".join(lines), "kernel", "exec"), space)

    def run(*arguments: Any) -> None:
        with np.errstate(all="ignore"):
            space["run"](*arguments)

    return Kernel(program, source, run, *tables_of(program, source))


def _rewritten(line: str) -> str:
    line = line.split("  #", maxsplit=1)[0].replace("for i in range(LANES):", "for i in (0,):")
    store = re.match(r"(\s+w\[)(\d+) \+ i\] = (.*)", line)
    if store:
        head, start, value = store.groups()
        return f"{head}{start}:{int(start) + LANES}] = {_loads(value)}"
    return re.sub(r"= not (.*)$", r"= np.logical_not(\1)", _loads(line))


def _loads(text: str) -> str:
    return re.sub(r"w\[(\d+) \+ i\]", lambda m: f"w[{m[1]}:{int(m[1]) + LANES}].copy()", text)


def _row(function: Callable[..., Any]) -> Callable[..., None]:
    def over(w: Any, *places: int) -> None:
        *sources, target = places
        w[target : target + LANES] = function(*(w[s : s + LANES] for s in sources))

    return over


def _luck(keys: Any, counter: Any, w: Any, target: int) -> None:
    with np.errstate(over="ignore"):
        w[target : target + LANES] = streams.unit(streams._mix_words(keys + counter))


def _fill(w: Any, target: int, value: float) -> None:
    w[target : target + LANES] = value


def _gather(columns: Any, column: int, worlds: Any, first: int, count: int, w: Any, target: int) -> None:
    w[target : target + LANES] = columns[column, worlds[first + count - 1]]
    w[target : target + count] = columns[column, worlds[first : first + count]]


def _keys(keys: Any, first: int, count: int, here: Any) -> None:
    here[:] = keys[first + count - 1]
    here[:count] = keys[first : first + count]


def _give(w: Any, source: int, out: Any, row: int, first: int, count: int) -> None:
    out[row, first : first + count] = w[source : source + count]


def _enter(w: Any, source: int, line: int, length: int, step: int) -> None:
    for place in range(length) if step == 0 else (step % length,):
        start = line + place * LANES
        w[start : start + LANES] = w[source : source + LANES]


def _leave(w: Any, line: int, length: int, step: int, target: int) -> None:
    if step > 0:
        start = line + (step % length) * LANES
        w[target : target + LANES] = w[start : start + LANES]


def _poisson(w: Any, u: int, mean: int, most: int, target: int, clamped: int, _scratch: int) -> None:
    found = counts.poisson_count(w[u : u + LANES], w[mean : mean + LANES], most)
    w[target : target + LANES], w[clamped : clamped + LANES] = found


def _negative_binomial(
    w: Any, u: int, mean: int, dispersion: int, most: int, target: int, clamped: int, _scratch: int
) -> None:
    parts = (w[x : x + LANES] for x in (u, mean, dispersion))
    w[target : target + LANES], w[clamped : clamped + LANES] = counts.negative_binomial_count(*parts, most)


_ROWS: dict[str, Any] = {
    **{f"{name}_row": _row(getattr(arithmetic, name)) for name in arithmetic.RECIPES},
    "exp": arithmetic.exp, "expm1": arithmetic.expm1, "log": arithmetic.log, "log1p": arithmetic.log1p,
    "logistic": arithmetic.logistic, "power": arithmetic.power, "normal_quantile": arithmetic.normal_quantile,
    "floor": np.floor, "sqrt": np.sqrt, "select": np.where, "INF": np.inf, "NAN": np.nan, "luck_row": _luck,
    "fill_row": _fill, "gather_row": _gather, "take_keys": _keys, "give_row": _give, "enter_line": _enter,
    "leave_line": _leave, "poisson_row": _poisson, "negative_binomial_row": _negative_binomial,
}  # fmt: skip
