"""Expressions over lanes: the operators and functions of the language, and where they fault.

A fault counts only in lanes that need the value: `active` is the mask of those, or None for all.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from standoff.base.chance import counts, distributions
from standoff.base.numbers import arithmetic
from standoff.base.numbers.trigonometry import wave
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
from standoff.program.program import FAULTS, Fault, Program

__all__ = ["Evaluator", "Mask", "Value", "as_number"]

Value = Any  # a number, truth or option index: one for all lanes, or an array with one per lane
Mask = npt.NDArray[np.bool_] | None

_KINDS = {name: i for i, (name, _) in enumerate(FAULTS)}

# Which arguments of a draw (0 is the uniform number, None is zero) may not exceed which, or (True) be equal either.
_RISING: dict[str, tuple[tuple[int | None, int, bool], ...]] = {
    "uniform": ((1, 2, False),),
    "normal": ((None, 2, False),),
    "lognormal": ((None, 1, True), (None, 2, False)),
    "triangular": ((1, 2, False), (2, 3, False)),
    "loguniform": ((None, 1, True), (1, 2, False)),
    "exponential": ((None, 1, False),),
    "weibull": ((None, 1, False), (None, 2, True)),
}

_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def as_number(x: Value) -> Value:
    """A truth as 0 or 1; a number as it is."""
    if isinstance(x, np.ndarray):
        return x.astype(np.float64) if x.dtype == np.bool_ else x
    return float(x)


class Evaluator:
    """Evaluates trees for one block of lanes; holds what is known by symbol, and the lanes' first faults."""

    def __init__(self, size: int, program: Program) -> None:
        self.size = size
        self.step = 0
        self.equation = 0
        self.known: dict[Symbol, Value] = {}
        self.fault = np.zeros(size, dtype=np.int32)
        self.fault_step = np.full(size, -1, dtype=np.int32)
        self.counts = tuple(e.name for e in program.model.events if e.kind == "count")
        self.clamped = dict.fromkeys(self.counts, 0)
        self.names = [shown for shown, _ in program.equations]

    def evaluate(self, node: Expr, equation: int, where: Expr | None = None) -> Value:
        """The value of an equation; 0 where `where` does not hold. Not finite is a fault of this equation."""
        self.equation = equation
        return self.evaluate_in(node, equation, None if where is None else self._mask(self.value(where, None)))

    def evaluate_in(self, node: Expr, equation: int, active: Mask) -> Value:
        """Likewise, 0 in lanes that are not active."""
        self.equation = equation
        value = self.value(node, active)
        if np.asarray(value).dtype == np.float64:
            self._flag("overflow", ~np.isfinite(value), active)
        if active is None:
            return value
        return np.where(active, value, np.zeros((), dtype=np.asarray(value).dtype))

    def value(self, node: Expr, active: Mask) -> Value:
        """The value of a tree in the active lanes; elsewhere anything."""
        return self._BY_TYPE[type(node)](self, node, active)

    def _number(self, node: Number, active: Mask) -> Value:
        return node.value

    def _option(self, node: Option, active: Mask) -> Value:
        return np.int64(node.index)

    def _reference(self, node: Reference, active: Mask) -> Value:
        return self.known[node.symbol]

    def _unary(self, node: Unary, active: Mask) -> Value:
        operand = self.value(node.operand, active)
        return np.logical_not(operand) if node.operator == "not" else -as_number(operand)

    def _binary(self, node: Binary, active: Mask) -> Value:
        operator = node.operator
        left = self.value(node.left, active)
        if operator in ("and", "or"):
            return self._logic(node, left, active)
        right = self.value(node.right, active)
        if operator in _COMPARISONS:
            return _COMPARISONS[operator](left, right)
        return self._arithmetic(operator, as_number(left), as_number(right), active)

    def _logic(self, node: Binary, left: Value, active: Mask) -> Value:
        """The right side counts only where the left does not settle it."""
        needed = left if node.operator == "and" else np.logical_not(left)
        right = self.value(node.right, self._narrow(active, needed))
        return np.logical_and(left, right) if node.operator == "and" else np.logical_or(left, right)

    def _arithmetic(self, operator: str, left: Value, right: Value, active: Mask) -> Value:
        if operator == "+":
            return left + right
        if operator == "-":
            return left - right
        if operator == "*":
            return left * right
        if operator == "/":
            self._flag("division", np.equal(right, 0.0), active)
            return np.divide(left, right)
        result = arithmetic.power(np.asarray(left, dtype=np.float64), np.asarray(right, dtype=np.float64))
        self._flag("power", np.isnan(result), active)
        return result

    def _membership(self, node: Membership, active: Mask) -> Value:
        item = self.value(node.item, active)
        found: Value = np.bool_(False)
        for option in node.options:
            found = np.logical_or(found, item == self.value(option, active))
        return np.logical_not(found) if node.negated else found

    def _conditional(self, node: Conditional, active: Mask) -> Value:
        test = self.value(node.test, active)
        yes, no = self._narrow(active, test), self._narrow(active, np.logical_not(test))
        if no is not None and not no.any():
            return self.value(node.then, active)
        if yes is not None and not yes.any():
            return self.value(node.otherwise, active)
        then, otherwise = self.value(node.then, yes), self.value(node.otherwise, no)
        if np.asarray(then).dtype != np.asarray(otherwise).dtype:
            then, otherwise = as_number(then), as_number(otherwise)
        return np.where(test, then, otherwise)

    def _call(self, node: Call, active: Mask) -> Value:
        arguments = [self.value(argument, active) for argument in node.arguments]
        if node.function in ("$poisson", "$negative_binomial"):
            return self._count(node, arguments, active)
        if node.function == "$logit":
            return self._logit(arguments)
        numbers = [as_number(argument) for argument in arguments]
        function = self._FUNCTIONS.get(node.function)
        if function is not None:
            return function(self, numbers, active)
        name = node.function.removeprefix("$")
        for smaller, larger, strictly in _RISING[name]:
            low, high = (0.0 if i is None else numbers[i] for i in (smaller, larger))
            self._flag("arguments", np.less_equal(high, low) if strictly else np.less(high, low), active)
        quantile = distributions.DISTRIBUTIONS[name].quantile
        return quantile(*(np.asarray(x, dtype=np.float64) for x in numbers))

    def _min(self, x: list[Value], active: Mask) -> Value:
        least = x[0]
        for other in x[1:]:
            least = np.where(np.less(other, least), other, least)
        return least

    def _max(self, x: list[Value], active: Mask) -> Value:
        most = x[0]
        for other in x[1:]:
            most = np.where(np.greater(other, most), other, most)
        return most

    def _abs(self, x: list[Value], active: Mask) -> Value:
        return np.where(np.less(x[0], 0.0), -x[0], x[0])

    def _clip(self, x: list[Value], active: Mask) -> Value:
        value, low, high = x
        return np.where(np.less(value, low), low, np.where(np.greater(value, high), high, value))

    def _exp(self, x: list[Value], active: Mask) -> Value:
        result = arithmetic.exp(_array(x[0]))
        self._flag("overflow", np.isinf(result), active)
        return result

    def _log(self, x: list[Value], active: Mask) -> Value:
        self._flag("logarithm", np.less_equal(x[0], 0.0), active)
        return arithmetic.log(_array(x[0]))

    def _sqrt(self, x: list[Value], active: Mask) -> Value:
        self._flag("root", np.less(x[0], 0.0), active)
        return np.sqrt(_array(x[0]))

    def _logistic(self, x: list[Value], active: Mask) -> Value:
        return arithmetic.logistic(_array(x[0]))

    def _round(self, x: list[Value], active: Mask) -> Value:
        # not floor(x + 0.5), whose sum is rounded itself: it fails just below a half and above 2^52
        down = np.floor(_array(x[0]))
        return np.where(np.greater_equal(x[0] - down, 0.5), down + 1.0, down)

    def _floor(self, x: list[Value], active: Mask) -> Value:
        return np.floor(_array(x[0]))

    def _table(self, x: list[Value], active: Mask) -> Value:
        at, points = x[0], x[1:]
        pairs = list(zip(points[::2], points[1::2], strict=True))
        value: Value = pairs[0][1]
        for (x0, y0), (x1, y1) in pairwise(pairs):
            slope = np.divide(y1 - y0, x1 - x0)
            value = np.where(np.greater_equal(at, x0), y0 + (at - x0) * slope, value)
        return np.where(np.greater_equal(at, pairs[-1][0]), pairs[-1][1], value)

    def _table_extended(self, x: list[Value], active: Mask) -> Value:
        at, points = x[0], x[1:]
        pairs = list(zip(points[::2], points[1::2], strict=True))
        value: Value = None
        for (x0, y0), (x1, y1) in pairwise(pairs):
            line = y0 + (at - x0) * np.divide(y1 - y0, x1 - x0)
            value = line if value is None else np.where(np.greater_equal(at, x0), line, value)
        return value

    def _table_stepped(self, x: list[Value], active: Mask) -> Value:
        at, value = x[0], x[2]
        for x0, y0 in zip(x[3::2], x[4::2], strict=True):
            value = np.where(np.greater_equal(at, x0), y0, value)
        return value

    def _sin(self, x: list[Value], active: Mask) -> Value:
        return wave(_array(x[0]), 0.0)

    def _cos(self, x: list[Value], active: Mask) -> Value:
        return wave(_array(x[0]), 1.0)

    def _chance(self, x: list[Value], active: Mask) -> Value:
        self._flag("chance", ~(np.greater_equal(x[0], 0.0) & np.less_equal(x[0], 1.0)), active)
        return x[0]

    def _rate(self, x: list[Value], active: Mask) -> Value:
        self._flag("chance", np.less(x[0], 0.0), active)
        return x[0]

    def _loss(self, x: list[Value], active: Mask) -> Value:
        return -arithmetic.expm1(_array(-x[0]))

    def _compound(self, x: list[Value], active: Mask) -> Value:
        p, periods = self._chance(x[:1], active), x[1]
        return -arithmetic.expm1(_array(periods * arithmetic.log1p(_array(-p))))

    def _weibull_rate(self, x: list[Value], active: Mask) -> Value:
        hazard, shape, spent, length = (_array(v) for v in x)
        self._flag("chance", np.less(hazard, 0.0), active)
        self._flag("power", ~np.greater(shape, 0.0), active)
        later = arithmetic.power(np.asarray((spent + length) * hazard), shape)
        return later - arithmetic.power(np.asarray(spent * hazard), shape)

    def _lognoise(self, x: list[Value], active: Mask) -> Value:
        normal, spread = arithmetic.normal_quantile(_array(x[0])), x[1]
        return arithmetic.exp(_array(spread * normal - (spread * spread) * 0.5))

    def _count(self, node: Call, arguments: list[Value], active: Mask) -> Value:
        uniform, mean, *rest = (_array(as_number(argument)) for argument in arguments)
        self._flag("mean", ~np.greater_equal(mean, 0.0), active)
        if node.function == "$negative_binomial":
            self._flag("mean", ~np.greater(rest[0], 0.0), active)
            count, clamped = counts.negative_binomial_count(uniform, mean, rest[0], int(rest[1]))
        else:
            count, clamped = counts.poisson_count(uniform, mean, int(rest[0]))
        live = clamped & (self.fault == 0) if active is None else clamped & active & (self.fault == 0)
        if self.names[self.equation] in self.clamped:  # not in a branch, which is none of what is drawn
            self.clamped[self.names[self.equation]] += int(np.count_nonzero(live))
        return count

    def _logit(self, arguments: list[Value]) -> Value:
        """The first option whose cumulated weight exceeds the uniform's share of the sum (McFadden's logit)."""
        uniform, precision, *pairs = arguments
        chosen, worths = pairs[::2], [precision * as_number(worth) for worth in pairs[1::2]]
        best = self._max(worths, None)
        weights = [arithmetic.exp(_array(worth - best)) for worth in worths]
        total = weights[0]
        for weight in weights[1:]:
            total = total + weight
        bar, reached = uniform * total, weights[0]
        option: Value = chosen[-1]
        settled: Value = np.bool_(False)
        for i, candidate in enumerate(chosen[:-1]):
            here = np.logical_and(np.less(bar, reached), np.logical_not(settled))
            option = np.where(here, candidate, option)
            settled = np.logical_or(settled, here)
            reached = reached + weights[i + 1]
        return option

    def _mask(self, truth: Value) -> npt.NDArray[np.bool_]:
        return np.broadcast_to(np.asarray(truth, dtype=np.bool_), self.size)

    def _narrow(self, active: Mask, truth: Value) -> npt.NDArray[np.bool_]:
        mask = self._mask(truth)
        return mask if active is None else active & mask

    def _flag(self, kind: Fault, bad: Value, active: Mask) -> None:
        if not np.any(bad):
            return
        where = self._narrow(active, bad) & (self.fault == 0)
        self.fault[where] = 1 + self.equation * len(FAULTS) + _KINDS[kind]
        self.fault_step[where] = self.step

    _BY_TYPE: ClassVar[dict[type, Callable[..., Value]]] = {
        Number: _number,
        Option: _option,
        Reference: _reference,
        Unary: _unary,
        Binary: _binary,
        Membership: _membership,
        Conditional: _conditional,
        Call: _call,
    }

    _FUNCTIONS: ClassVar[dict[str, Callable[..., Value]]] = {
        "min": _min,
        "max": _max,
        "abs": _abs,
        "clip": _clip,
        "exp": _exp,
        "log": _log,
        "sqrt": _sqrt,
        "logistic": _logistic,
        "round": _round,
        "floor": _floor,
        "table": _table,
        "table_extended": _table_extended,
        "table_stepped": _table_stepped,
        "sin": _sin,
        "cos": _cos,
        "$chance": _chance,
        "$rate": _rate,
        "$loss": _loss,
        "$compound": _compound,
        "$weibull_rate": _weibull_rate,
        "$lognoise": _lognoise,
    }


def _array(x: Value) -> npt.NDArray[np.float64]:
    return np.asarray(x, dtype=np.float64)
