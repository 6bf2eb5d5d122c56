"""Each function that modules call gives the bits of what NumPy computes from the same text."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import wasmtime

from standoff.base.chance import counts, streams
from standoff.base.numbers import arithmetic
from standoff.program.wasm.parts import PARTS, power_row, reciprocal_table

Array = npt.NDArray[Any]
EDGES = (0.0, 5e-324, 1e-308, 1e-17, 1e-9, 0.3, 0.5, 0.5 + 1e-16, 0.999, 1.0, 1.0 + 2e-16, 1.5, 2.0, 3.0, 7.25, 709.7,
         745.2, 1e10, 1e300, np.inf)  # fmt: skip
RANDOM = np.random.default_rng(1)
NUMBERS = np.array([*EDGES, *(-x for x in EDGES), np.nan, -1e-320, *RANDOM.normal(0, 3, 400),
                    *RANDOM.uniform(0, 1, 400), *np.exp(RANDOM.uniform(-700, 700, 400))])  # fmt: skip


def rows(function: str, name: str, given: Sequence[Array], extra: Sequence[int] = (), results: int = 1) -> list[Array]:
    """What a function of rows makes of rows of one length."""
    n = given[0].size
    width = 8 * (n + 8)
    table = reciprocal_table(counts.MOST_COUNT)
    text = f"""(module (memory (export "memory") 32) (global $reciprocals i32 (i32.const 8))
      (global $end i32 (i32.const {8 * n})) {table} {function} (export "row" (func ${name})))"""
    store = wasmtime.Store()
    module = wasmtime.Module(store.engine, wasmtime.wat2wasm(text))
    exports = wasmtime.Instance(store, module, []).exports(store)
    start = 8192
    places = [start + width * i for i in range(len(given) + results)]
    memory: Any = exports["memory"]
    address = ctypes.addressof(memory.data_ptr(store).contents)
    for place, array in zip(places, given, strict=False):
        ctypes.memmove(address + place, np.ascontiguousarray(array).ctypes.data, 8 * n)
    call: Any = exports["row"]
    call(store, *places[: len(given)], *extra, *places[len(given) :])
    found = [np.frombuffer((ctypes.c_char * (8 * n)).from_address(address + p)).copy() for p in places[len(given) :]]
    store.close()
    return found


def same(a: Array, b: Array) -> bool:
    return bool(
        np.array_equal(np.where(np.isnan(a), np.nan, a).view(np.int64), np.where(np.isnan(b), np.nan, b).view(np.int64))
    )


@pytest.mark.parametrize("name", ["exp", "expm1", "log", "log1p", "logistic", "normal_quantile"])
def test_a_recipe_has_one_result_in_every_bit(name: str) -> None:
    (found,) = rows(PARTS[f"{name}_row"](), f"{name}_row", [NUMBERS])
    assert same(found, getattr(arithmetic, name)(NUMBERS))


def test_powers_have_too_with_exponents_of_each_lane_and_of_all() -> None:
    x, y = np.repeat(NUMBERS[:60], 60), np.tile(NUMBERS[:60], 60)
    (found,) = rows(PARTS["power_row"](), "power_row", [x, y])
    assert same(found, arithmetic.power(x, y))
    for exponent in (0.7, -0.3, 5.0, -2.0, 2.5, 1e300, 3.0, 0.5):
        (found,) = rows(power_row("row_of", exponent), "row_of", [NUMBERS])
        assert same(found, arithmetic.power(NUMBERS, exponent))


def test_luck_is_that_of_the_streams() -> None:
    keys = streams.lane_keys(3, np.arange(500, dtype=np.uint64), np.arange(500, dtype=np.uint64) % 7)
    name = streams.key("event war")
    counter = np.full(500, streams.counter(name, 5), dtype=np.uint64)
    (found,) = rows(PARTS["luck_row"](), "luck_row", [keys, counter])
    assert same(found, streams.uniform(keys, name, 5))


@pytest.mark.parametrize("most", [0, 1, 7, 500])
def test_counts_are_those_of_the_tables_with_where_they_were_clamped(most: int) -> None:
    n = 1003
    u = RANDOM.uniform(0, 1, n)
    mean = np.concatenate([np.exp(RANDOM.normal(0, 2, n - 3)), [0.0, 700.0, np.nan]])
    size = np.exp(RANDOM.normal(0, 2, n))
    for name, given, expected in (
        ("poisson_row", [u, mean], counts.poisson_count(u, mean, most)),
        ("negative_binomial_row", [u, mean, size], counts.negative_binomial_count(u, mean, size, most)),
    ):
        with np.errstate(invalid="ignore"):
            count, clamped = rows(PARTS[name](), name, given, (most,), 2)
        assert same(count, expected[0])
        assert same(clamped, expected[1].astype(np.float64))
