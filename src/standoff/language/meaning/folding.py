"""What an expression comes to before anything is run: constants folded, with the faults that must happen."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from standoff.base.source import Span
from standoff.language.expressions.functions import FUNCTIONS
from standoff.language.expressions.tree import (
    Binary,
    Call,
    Conditional,
    Expr,
    Membership,
    Number,
    Option,
    Reference,
    Unary,
)
from standoff.language.model import Model

__all__ = ["Fault", "Folded", "constants_of", "fold"]

Value = float | bool | tuple[str, int]
"""A number, a truth, or an option as its family and index."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A part of an expression that has no finite value, whatever the future."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Folded:
    """`value` is None where the expression depends on more than constants.

    `settled` are the tests of conditionals inside that are always true or always false.
    """

    value: Value | None
    faults: tuple[Fault, ...] = ()
    settled: tuple[tuple[Expr, bool], ...] = ()


def constants_of(model: Model) -> dict[str, float]:
    """The model's constants by name."""
    return {p.name: p.value for p in model.parameters if p.value is not None}


def fold(tree: Expr, constants: Mapping[str, float]) -> Folded:
    """Fold what is constant; a branch that is never taken is not looked at, as in a run.

    Args:
        tree: A resolved tree.
        constants: Values by name; other references stay open.
    """
    folder = _Folder(constants)
    value = folder.value(tree)
    return Folded(value, tuple(folder.faults), tuple(folder.settled))


@dataclass(slots=True)
class _Folder:
    constants: Mapping[str, float]
    faults: list[Fault] = field(default_factory=list)
    settled: list[tuple[Expr, bool]] = field(default_factory=list)

    def value(self, node: Expr) -> Value | None:
        method = _METHODS.get(type(node))
        return None if method is None else method(self, node)

    def _number(self, node: Number) -> Value | None:
        return self._finite(node, node.value)

    def _reference(self, node: Reference) -> Value | None:
        return self.constants.get(node.symbol.name) if node.symbol.kind == "constant" else None

    def _option(self, node: Option) -> Value | None:
        return (node.family, node.index)

    def _unary(self, node: Unary) -> Value | None:
        operand = self.value(node.operand)
        if operand is None or isinstance(operand, tuple):
            return None
        return not operand if node.operator == "not" else -operand

    def _logic(self, node: Binary) -> Value | None:
        decisive = node.operator == "or"
        left = self.value(node.left)
        if isinstance(left, bool) and left is decisive:
            return decisive
        right = self.value(node.right)
        if isinstance(right, bool) and (right is decisive or left is not None):
            return right
        return left if isinstance(left, bool) and right is not None else None

    def _binary(self, node: Binary) -> Value | None:
        if node.operator in ("and", "or"):
            return self._logic(node)
        left, right = self.value(node.left), self.value(node.right)
        if node.operator == "/" and right == 0:
            return self._fault(node, f"`{_short(node.right)}` is 0 and divides")
        if left is None or right is None:
            return None
        if isinstance(left, tuple) or isinstance(right, tuple):
            return (left == right) is (node.operator == "==")
        if node.operator in _COMPARISONS:
            return _COMPARISONS[node.operator](left, right)
        return self._arithmetic(node, float(left), float(right))

    def _arithmetic(self, node: Binary, left: float, right: float) -> Value | None:
        try:
            result = _ARITHMETIC[node.operator](left, right)
        except (OverflowError, ZeroDivisionError):
            return self._fault(node, f"`{_short(node)}` has no finite value")
        if isinstance(result, complex):
            return self._fault(node, f"`{_short(node)}` is a power that is no number")
        return self._finite(node, result)

    def _conditional(self, node: Conditional) -> Value | None:
        test = self.value(node.test)
        if isinstance(test, bool):
            self.settled.append((node.test, test))
            return self.value(node.then if test else node.otherwise)
        then, otherwise = self.value(node.then), self.value(node.otherwise)
        return then if then == otherwise and type(then) is type(otherwise) else None

    def _membership(self, node: Membership) -> Value | None:
        item = self.value(node.item)
        options = [self.value(option) for option in node.options]
        if item is None or None in options:
            return None
        return (item in options) is not node.negated

    def _call(self, node: Call) -> Value | None:
        family = FUNCTIONS[node.function].family if node.function in FUNCTIONS else None
        values = [self.value(argument) for argument in node.arguments]
        function = _FUNCTIONS.get(node.function)
        if family != "arithmetic" or function is None:
            return None
        numbers = [float(value) for value in values if value is not None and not isinstance(value, tuple)]
        if len(numbers) < len(node.arguments):
            return None
        try:
            return self._finite(node, function(*numbers))
        except (OverflowError, ValueError):
            return self._fault(node, f"`{_short(node)}` has no finite value")

    def _finite(self, node: Expr, number: float) -> Value | None:
        if math.isfinite(number):
            return number
        return self._fault(node, f"`{_short(node)}` has no finite value")

    def _fault(self, node: Expr, message: str) -> Value | None:
        self.faults.append(Fault(node.span, message))
        return None


_METHODS: dict[type, Callable[..., Value | None]] = {
    Number: _Folder._number,
    Reference: _Folder._reference,
    Option: _Folder._option,
    Unary: _Folder._unary,
    Binary: _Folder._binary,
    Conditional: _Folder._conditional,
    Membership: _Folder._membership,
    Call: _Folder._call,
}


_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
_ARITHMETIC: dict[str, Callable[[float, float], float | complex]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "**": lambda a, b: a**b,
}


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


_FUNCTIONS: dict[str, Callable[..., float]] = {
    "min": min,
    "max": max,
    "abs": abs,
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "sin": math.sin,
    "cos": math.cos,
    "logistic": _logistic,
    "clip": lambda x, low, high: min(max(x, low), high),
    "round": lambda x: math.floor(x) + float(x - math.floor(x) >= 0.5),
    "floor": lambda x: float(math.floor(x)),
}

_WIDEST = 40


def _short(node: Expr) -> str:
    text = " ".join(node.span.text.split())
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"
