"""Each function that kernels call gives the bits of what NumPy computes from the same text."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from llvmlite import binding as llvm

from standoff.base.chance import counts, streams
from standoff.base.numbers import arithmetic
from standoff.program.llvm.instructions import ONE, SIDE, types
from standoff.program.llvm.kernel import machine
from standoff.program.llvm.parts import AT_ONCE, PARTS, power_row, scalar_function

Array = npt.NDArray[Any]
EDGES = (0.0, 5e-324, 1e-308, 1e-17, 1e-9, 0.3, 0.5, 0.5 + 1e-16, 0.999, 1.0, 1.0 + 2e-16, 1.5, 2.0, 3.0, 7.25, 709.7,
         745.2, 1e10, 1e300, np.inf)  # fmt: skip
RANDOM = np.random.default_rng(1)
NUMBERS = np.array([*EDGES, *(-x for x in EDGES), np.nan, -1e-320, *RANDOM.normal(0, 3, 40_000),
                    *RANDOM.uniform(0, 1, 40_000), *RANDOM.uniform(-800, 800, 40_000)])  # fmt: skip
ANY_BITS = RANDOM.integers(-(1 << 63), 1 << 63, 40_000).view(np.float64)
NUMBERS = np.concatenate([NUMBERS, ANY_BITS])[: (NUMBERS.size + ANY_BITS.size) // AT_ONCE * AT_ONCE]


def compiled(text: str) -> tuple[Any, Any]:
    """A module of functions, and the engine that holds it."""
    declared = [
        f"declare {of.number} @llvm.{one}.{suffix}({of.number})"
        for of, suffix in ((ONE, "f64"), (types(SIDE), f"v{SIDE}f64"))
        for one in ("floor", "sqrt")
    ]
    module = llvm.parse_assembly("\n".join([*declared, text.replace("define internal", "define")]))
    engine = llvm.create_mcjit_compiler(module, machine())
    engine.finalize_object()
    return module, engine


def call(text: str, name: str, *arguments: Array | int) -> None:
    """Call a function of rows."""
    module, engine = compiled(text)
    given = [x.ctypes.data if isinstance(x, np.ndarray) else int(x) for x in arguments]
    size = next(x.size for x in arguments if isinstance(x, np.ndarray))
    function = ctypes.CFUNCTYPE(None, *[ctypes.c_int64] * (len(given) + 1))(engine.get_function_address(name))
    function(*given, size)
    assert module is not None


def row(text: str, name: str, *given: Array | int) -> Array:
    """What a function of rows makes of rows."""
    size = next(x.size for x in given if isinstance(x, np.ndarray))
    out = np.full(size, 7.0)
    rows = [x for x in given if isinstance(x, np.ndarray)]
    call(text, name, *rows, out, *(x for x in given if not isinstance(x, np.ndarray)))
    return out


def same(a: Array, b: Array) -> bool:
    return bool(np.array_equal(a.view(np.int64), b.view(np.int64)))


@pytest.mark.parametrize("name", ["exp", "expm1", "log", "log1p", "logistic", "normal_quantile"])
def test_a_recipe_has_one_result_in_every_bit(name: str) -> None:
    assert same(row(PARTS[f"{name}_row"](), f"{name}_row", NUMBERS), getattr(arithmetic, name)(NUMBERS))


@pytest.mark.parametrize("name", ["exp", "normal_quantile"])
def test_a_recipe_of_one_number_has_the_same_bits(name: str) -> None:
    _, engine = compiled(scalar_function(name))
    function = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)(engine.get_function_address(name))
    x = NUMBERS[:500]
    assert same(np.array([function(one) for one in x]), getattr(arithmetic, name)(x))


def test_powers_have_one_result_in_every_bit() -> None:
    y = np.roll(NUMBERS, 40_017)
    assert same(row(PARTS["power_row"](), "power_row", NUMBERS, y), arithmetic.power(NUMBERS, y))


@pytest.mark.parametrize("exponent", [0.5, -1.7, 3.0])
def test_powers_to_one_number_have_the_same_bits(exponent: float) -> None:
    found = row(power_row("power_row_0", exponent), "power_row_0", NUMBERS)
    assert same(found, arithmetic.power(NUMBERS, np.full(NUMBERS.size, exponent)))


def test_luck_has_one_result_in_every_bit() -> None:
    keys = RANDOM.integers(0, 1 << 64, 10 * AT_ONCE, dtype=np.uint64)
    counter = int(streams.counter(streams.key("storm"), 3))
    signed = counter - (1 << 64) if counter >= 1 << 63 else counter
    assert same(row(PARTS["luck_row"](), "luck_row", keys, signed), streams.uniform(keys, streams.key("storm"), 3))


@pytest.mark.parametrize("most", [0, 1, 12, 500])
@pytest.mark.parametrize("name", ["poisson", "negative_binomial"])
def test_counts_have_one_result_in_every_bit(name: str, most: int) -> None:
    n = 20 * AT_ONCE
    u, mean, size = RANDOM.uniform(0, 1, n), 30 * RANDOM.uniform(0, 1, n), 0.1 + 5 * RANDOM.uniform(0, 1, n)
    mean[:3], u[3] = (0.0, np.nan, 1e300), 1 - 2.0**-53
    count, clamped = np.empty(n), np.empty(n)
    operands: Sequence[Array] = (mean,) if name == "poisson" else (mean, size)
    call(PARTS[f"{name}_row"](), f"{name}_row", u, *operands, count, clamped, most)
    with np.errstate(all="ignore"):
        expected, over = getattr(counts, f"{name}_count")(u, *operands, most)
    assert same(count, expected)
    assert same(clamped, over.astype(np.float64))


def test_no_product_and_sum_are_made_one() -> None:
    module = llvm.parse_assembly(PARTS["exp_row"]().replace("define internal", "define"))
    assembly = machine().emit_assembly(module)
    assert "mulpd" in assembly
    assert "fmadd" not in assembly
