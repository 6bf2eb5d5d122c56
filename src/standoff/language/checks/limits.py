"""Limits of outcomes that no future can miss, or none can keep."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from standoff.base.problems import Problem
from standoff.language.checks.ranges import support
from standoff.language.expressions.tree import Binary, Call, Conditional, Expr, Membership, Number, Reference, Unary
from standoff.language.meaning.folding import constants_of, fold
from standoff.language.model import Model

__all__ = ["check_limits"]

Bounds = tuple[float, float]
_ALL: Bounds = (-math.inf, math.inf)
_TRUTH: Bounds = (0.0, 1.0)


def check_limits(model: Model) -> Iterator[Problem]:
    """A limit parts what is tolerable from what is not, so some worlds may keep it and some miss it."""
    if model.applied:
        return
    reading = _Reading(model)
    for outcome in model.outcomes:
        if outcome.limit is None:
            continue
        low, high = reading.bounds(outcome.measure.tree)
        best, worst = (low, high) if outcome.better == "lower" else (-high, -low)
        limit = outcome.limit if outcome.better == "lower" else -outcome.limit
        if best > limit or worst <= limit:
            how = "never" if best > limit else "always"
            message = f"the limit of `{outcome.name}`, {outcome.limit:g}, is {how} kept: it lies {_said((low, high))}"
            yield Problem("limit-settled", outcome.span, message, "change the limit, or leave it out")


def _said(bounds: Bounds) -> str:
    low, high = bounds
    if math.isinf(high):
        return f"at {low:g} or above"
    return f"at {high:g} or below" if math.isinf(low) else f"between {low:g} and {high:g}"


class _Reading:
    """What values an outcome can have, as far as its equation and the bounds of what it reads tell."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.steps = float(model.clock.steps)
        self.constants = constants_of(model)
        self.truths = {e.name for e in model.events if e.kind != "count"}
        self.parameters = {p.name: p for p in model.parameters}
        self.stocks = {s.name: s for s in model.stocks}
        self.quantities = {q.name: q for q in model.quantities}

    def bounds(self, node: Expr) -> Bounds:
        """The least and the greatest value; infinite where there is no telling."""
        folded = fold(node, self.constants).value
        if isinstance(folded, float):
            return (folded, folded)
        match node:
            case Number():
                return (node.value, node.value)
            case Reference():
                return self._reference(node)
            case Membership() | Unary(operator="not"):
                return _TRUTH
            case Unary():
                low, high = self.bounds(node.operand)
                return (-high, -low)
            case Conditional():
                ends = (*self.bounds(node.then), *self.bounds(node.otherwise))
                return (min(ends), max(ends))
            case Binary():
                return self._binary(node)
            case Call():
                return self._call(node)
            case _:
                return _ALL

    def _reference(self, node: Reference) -> Bounds:
        name, kind = node.symbol.name, node.symbol.kind
        if kind in ("uncertainty", "value"):
            return support(self.parameters[name]) or _ALL
        if kind == "stock":
            low, high = self.stocks[name].within
            return (-math.inf if low is None else low, math.inf if high is None else high)
        if kind == "move" or (kind == "event" and name in self.truths):
            return _TRUTH
        if kind == "event":
            return (0.0, math.inf)
        if kind == "quantity" and self.quantities[name].value.type.kind == "truth":
            return _TRUTH
        return _ALL

    def _binary(self, node: Binary) -> Bounds:
        if node.operator not in _EXACT:
            return _TRUTH if node.operator not in ("/", "**") else _ALL
        left, right = self.bounds(node.left), self.bounds(node.right)
        ends = [_EXACT[node.operator](a, b) for a in left for b in right]
        return _ALL if any(math.isnan(end) for end in ends) else (min(ends), max(ends))

    def _call(self, node: Call) -> Bounds:
        if node.function in ("ever", "chance", "logistic"):
            return _TRUTH
        if node.function == "first":
            clock = self.model.clock
            return (clock.date(0), clock.date(clock.steps - 1))
        if node.function not in ("final", "mean", "peak", "minimum", "total", "count", "abs", "min", "max"):
            return _ALL
        low, high = self.bounds(node.arguments[0])
        if node.function in ("total", "count"):  # a future may end before the clock does
            return (min(low, low * self.steps), max(high, high * self.steps))
        if node.function in ("min", "max", "abs"):
            return (0.0, math.inf) if node.function == "abs" else _ALL
        return (low, high)


_EXACT: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: 0.0 if 0.0 in (a, b) else a * b,
}
