"""Which way an expression moves with what it reads: interval arithmetic on values and first derivatives.

Each expression has an interval that holds its value and, for each thing it depends on, one that holds its slope.
An interval that does not cross zero proves a direction for every world and state; one that does proves nothing.

Reference:
    Moore, Interval Analysis (1966), chapter 11; Griewank & Walther, Evaluating Derivatives (2008), chapter 3
    (forward accumulation).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

from standoff.language.expressions.tree import (
    Binary,
    Call,
    Conditional,
    Expr,
    Membership,
    Number,
    Option,
    Reference,
    Symbol,
    Unary,
)

__all__ = ["ANY", "TRUTH", "Interval", "Slope", "add", "chain", "multiply", "slope_of"]

Interval = tuple[float, float]

ANY: Interval = (-math.inf, math.inf)
UP: Interval = (0.0, math.inf)
DOWN: Interval = (-math.inf, 0.0)
TRUTH: Interval = (0.0, 1.0)
ZERO: Interval = (0.0, 0.0)
ONE: Interval = (1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Slope:
    """An expression's value and its slopes, as intervals; `through` says by which quantities each was reached."""

    value: Interval
    slopes: dict[Symbol, Interval] = field(default_factory=dict)
    through: dict[Symbol, frozenset[str]] = field(default_factory=dict)


Look = Callable[[Symbol], Slope]


def slope_of(node: Expr, look: Look) -> Slope:
    """Value and slopes of an expression; `look` answers for the symbols it reads."""
    if isinstance(node, Number):
        return Slope((node.value, node.value))
    if isinstance(node, Reference):
        return look(node.symbol)
    if isinstance(node, Option):
        return Slope(ZERO)
    if isinstance(node, Unary):
        inner = slope_of(node.operand, look)
        value = _negative(inner.value) if node.operator == "-" else TRUTH
        return chain(value, (inner, (-1.0, -1.0)))
    if isinstance(node, Conditional):
        return _conditional(*(slope_of(part, look) for part in (node.then, node.test, node.otherwise)))
    if isinstance(node, Membership):
        return chain(TRUTH, *((slope_of(part, look), ANY) for part in (node.item, *node.options)))
    if isinstance(node, Binary):
        return _binary(node, slope_of(node.left, look), slope_of(node.right, look))
    assert isinstance(node, Call)
    return _call(node, [slope_of(argument, look) for argument in node.arguments])


def add(a: Interval, b: Interval) -> Interval:
    """The sum of two intervals."""
    return (a[0] + b[0], a[1] + b[1])


def multiply(a: Interval, b: Interval) -> Interval:
    """The product of two intervals; zero times infinity is zero, since a slope of zero stays zero."""
    products = [0.0 if x == 0.0 or y == 0.0 else x * y for x in a for y in b]
    return (min(products), max(products))


def _negative(a: Interval) -> Interval:
    return (-a[1], -a[0])


def _hull(*intervals: Interval) -> Interval:
    return (min(a[0] for a in intervals), max(a[1] for a in intervals))


def chain(value: Interval, *parts: tuple[Slope, Interval]) -> Slope:
    """Σ outer slope × inner slope for each thing read."""
    slopes: dict[Symbol, Interval] = {}
    through: dict[Symbol, frozenset[str]] = {}
    for inner, outer in parts:
        for symbol, slope in inner.slopes.items():
            slopes[symbol] = add(slopes.get(symbol, ZERO), multiply(outer, slope))
            through[symbol] = through.get(symbol, frozenset()) | inner.through.get(symbol, frozenset())
    return Slope(value, slopes, through)


def _conditional(then: Slope, test: Slope, otherwise: Slope) -> Slope:
    """Either branch's slope, and the jump between them times the way the test moves."""
    jump = add(then.value, _negative(otherwise.value))
    either = chain(_hull(then.value, otherwise.value), (then, TRUTH), (otherwise, TRUTH))
    slopes = {symbol: _hull(*(part.slopes.get(symbol, ZERO) for part in (then, otherwise))) for symbol in either.slopes}
    return chain(either.value, (Slope(either.value, slopes, either.through), ONE), (test, jump))


def _binary(node: Binary, left: Slope, right: Slope) -> Slope:
    a, b = left.value, right.value
    if node.operator == "+":
        return chain(add(a, b), (left, ONE), (right, ONE))
    if node.operator == "-":
        return chain(add(a, _negative(b)), (left, ONE), (right, (-1.0, -1.0)))
    if node.operator == "*":
        return chain(multiply(a, b), (left, b), (right, a))
    if node.operator == "/":
        inverse = _inverse(b)
        return chain(multiply(a, inverse), (left, inverse), (right, _negative(multiply(a, multiply(inverse, inverse)))))
    if node.operator == "**":
        return _power(left, right)
    if node.operator in ("and", "or"):
        return chain(TRUTH, (left, UP), (right, UP))
    if node.operator in (">", ">="):
        return chain(TRUTH, (left, UP), (right, DOWN))
    if node.operator in ("<", "<="):
        return chain(TRUTH, (left, DOWN), (right, UP))
    return chain(TRUTH, (left, ANY), (right, ANY))


def _inverse(b: Interval) -> Interval:
    if b[0] < 0.0 < b[1]:
        return ANY
    low = 1.0 / b[1] if b[1] != 0.0 else -math.inf
    high = 1.0 / b[0] if b[0] != 0.0 else math.inf
    return (low, high)


def _power(left: Slope, right: Slope) -> Slope:
    if left.value[0] < 0.0:
        return chain(ANY, (left, ANY), (right, ANY))
    base = UP if right.value[0] >= 0.0 else DOWN if right.value[1] <= 0.0 else ANY
    exponent = UP if left.value[0] >= 1.0 else DOWN if left.value[1] <= 1.0 else ANY
    return chain(UP, (left, base), (right, exponent))


def _call(node: Call, parts: list[Slope]) -> Slope:
    name = node.function
    if name in _RISING:
        value = _RISING[name](parts[0].value)
        return chain(value, (parts[0], UP), *((part, ANY) for part in parts[1:]))
    if name in ("min", "max"):
        pick = min if name == "min" else max
        bounds = (pick(p.value[0] for p in parts), pick(p.value[1] for p in parts))
        return chain(bounds, *((part, TRUTH) for part in parts))
    if name == "clip":
        x, low, high = (part.value for part in parts)
        value = (min(max(x[0], low[0]), high[1]), min(max(x[1], low[0]), high[1]))
        return chain(value, *((part, TRUTH) for part in parts))
    if name == "abs":
        x = parts[0].value
        outer = UP if x[0] >= 0.0 else DOWN if x[1] <= 0.0 else ANY
        return chain((0.0, max(abs(x[0]), abs(x[1]))), (parts[0], outer))
    if name in ("sin", "cos"):
        return chain((-1.0, 1.0), (parts[0], ANY))
    if name == "since":
        return chain(UP, (parts[0], DOWN))
    if name == "age":
        return chain(UP, (parts[0], ANY))
    if name in ("table", "table_stepped"):
        return _table(node, parts)
    return chain(ANY, *((part, ANY) for part in parts))


def _table(node: Call, parts: list[Slope]) -> Slope:
    heights = [part.value for part in parts[2::2]]
    rises = all(b[0] >= a[1] for a, b in pairwise(heights))
    falls = all(b[1] <= a[0] for a, b in pairwise(heights))
    return chain(_hull(*heights), (parts[0], UP if rises else DOWN if falls else ANY))


def _exp(x: Interval) -> Interval:
    return tuple(0.0 if v == -math.inf else math.inf if v > 700.0 else math.exp(v) for v in x)  # type: ignore[return-value]


def _log(x: Interval) -> Interval:
    return tuple(-math.inf if v <= 0.0 else math.log(v) for v in x)  # type: ignore[return-value]


def _whole(x: Interval) -> Interval:
    return (x[0] - 1.0, x[1] + 1.0)


_RISING: dict[str, Callable[[Interval], Interval]] = {
    "exp": _exp,
    "log": _log,
    "logistic": lambda _: TRUTH,
    "sqrt": lambda x: (math.sqrt(max(x[0], 0.0)), math.sqrt(max(x[1], 0.0))),
    "years": lambda x: x,
    "round": _whole,
    "floor": _whole,
    "previous": lambda x: (min(x[0], 0.0), max(x[1], 0.0)),
    "delay": lambda x: x,
    "smooth": lambda x: x,
    "count": lambda _: UP,
    "ever": lambda _: TRUTH,
    "chance": lambda _: TRUTH,
}
"""Functions that never fall in their first argument, with the interval of their value."""
