"""The recipes of `standoff.base.numbers.arithmetic` compiled for one lane, for loops over lanes that vectorise.

Numba compiles the very text of each recipe; only the six primitives have a body of their own here, so a lane
has the bits of the array. Without fast-math neither Numba nor LLVM contracts or reorders, and `select` is
LLVM's `select`, so a loop over lanes has no branch. Everything is inlined (`forceinline`), which is what lets
LLVM vectorise the loop that calls it. Call these from functions compiled with `error_model="numpy"`; the
default model puts a branch before each division.

Numba's cache on disk looks at a caller's own file only: a kernel that is cached has to carry the version of
Standoff in its text.
"""

# ruff: noqa: PLW0108 - Numba takes the body of a function only as a Python function

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic, overload

from standoff.base.numbers import arithmetic

OPTIONS: Any = {"error_model": "numpy", "fastmath": False, "forceinline": True}


def lane(function: Callable[..., Any]) -> Any:
    """Compile a function of one lane, to be inlined where it is called."""
    return njit(error_model="numpy", fastmath=False, forceinline=True)(function)


def _primitive(definition: Callable[..., Any]) -> Any:
    """Numba's `intrinsic`; its declared type would ask callers for the typing context as well."""
    return intrinsic(definition)


@_primitive
def _select(_context: Any, condition: Any, if_true: Any, if_false: Any) -> Any:
    signature = types.float64(condition, types.float64, types.float64)

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.select(*arguments)

    return (signature, generate) if condition == types.boolean else None


@_primitive
def _to_bits(_context: Any, x: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(x), generate


@_primitive
def _from_bits(_context: Any, bits: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(bits), generate


@_primitive
def _polynomial(_context: Any, x: Any, coefficients: Any) -> Any:
    def generate(_context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        x, packed = arguments
        last = len(signature.args[1]) - 1
        total = builder.extract_value(packed, last)
        for index in range(last - 1, -1, -1):
            total = builder.fadd(builder.fmul(total, x), builder.extract_value(packed, index))
        return total

    return types.float64(x, coefficients), generate


@_primitive
def _floor(_context: Any, x: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.call(builder.module.declare_intrinsic("llvm.floor", [ir.DoubleType()]), arguments)

    return types.float64(x), generate


@_primitive
def _sqrt(_context: Any, x: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.call(builder.module.declare_intrinsic("llvm.sqrt", [ir.DoubleType()]), arguments)

    return types.float64(x), generate


def let_compiled_code_call(function: Callable[..., Any], body: Callable[..., Any]) -> None:
    """Make `body`, which has the same parameters, what compiled code runs for `function`."""
    overload(function, jit_options=OPTIONS, strict=False)(lambda *_types: body)


let_compiled_code_call(arithmetic.select, lambda condition, if_true, if_false: _select(condition, if_true, if_false))
let_compiled_code_call(arithmetic.floor, lambda x: _floor(x))
let_compiled_code_call(arithmetic.sqrt, lambda x: _sqrt(x))
let_compiled_code_call(arithmetic.to_bits, lambda x: _to_bits(x))
let_compiled_code_call(arithmetic.from_bits, lambda bits: _from_bits(bits))
let_compiled_code_call(arithmetic.polynomial, lambda x, coefficients: _polynomial(x, coefficients))
for _part in (*arithmetic.PARTS, *arithmetic.RECIPES.values()):
    let_compiled_code_call(_part, _part)

exp = lane(arithmetic.exp_recipe)
expm1 = lane(arithmetic.expm1_recipe)
log = lane(arithmetic.log_recipe)
log1p = lane(arithmetic.log1p_recipe)
logistic = lane(arithmetic.logistic_recipe)
power = lane(arithmetic.power_recipe)
normal_cdf = lane(arithmetic.normal_cdf_recipe)
normal_quantile = lane(arithmetic.normal_quantile_recipe)
