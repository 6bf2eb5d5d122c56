"""Expressions as nodes of the graph, with a test for each fault that their operations can raise.

A test is a node of its own, which holds where something goes wrong with a value that is needed. What went wrong, and
where, is for the reference to say, so that the order of tests has no meaning.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

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
from standoff.program.lowering.curves import line_through, steps_through, wave
from standoff.program.lowering.graph import MOST, Graph

__all__ = ["Phase", "Values"]

_COMPARED = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le"}
_MIRRORED = {">": "lt", ">=": "le"}
_CALCULATED = {"+": "add", "-": "sub", "*": "mul"}


@dataclass(slots=True)
class Phase:
    """The beginning, a step, or the end: tests for faults (what is bad, and where it counts), and what is written."""

    name: str
    tests: dict[tuple[int, int], None] = field(default_factory=dict)
    writes: dict[str, int] = field(default_factory=dict)


class Values:
    """Lowers trees; `known` says what each symbol is at this point of the phase."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.known: dict[Symbol, int] = {}
        self.phase = Phase("")
        self.shown = ""
        self.clamped: list[tuple[str, int]] = []

    def evaluate(self, node: Expr, where: Expr | None = None) -> int:
        """The value of an equation; 0 where `where` does not hold. What is not finite is a fault."""
        g = self.graph
        return self.evaluate_in(node, g.true if where is None else g.as_truth(self.value(where, g.true)))

    def evaluate_in(self, node: Expr, active: int) -> int:
        """Likewise, 0 where `active` does not hold."""
        g = self.graph
        value = self.value(node, active)
        if not g.truth[value]:
            self._flag_infinite(value, active)
            value = g.known_within(value, -MOST, MOST, active)
        if active == g.true:
            return value
        nothing = g.false if g.truth[value] else g.constant(0.0)
        return g.select(active, value, nothing)

    def value(self, node: Expr, active: int) -> int:
        """The value of a tree where `active` holds; elsewhere anything."""
        return self._BY_TYPE[type(node)](self, node, active)

    def number(self, node: Expr, active: int) -> int:
        """Likewise, a truth as 0 or 1."""
        return self.graph.number(self.value(node, active))

    def _number(self, node: Number, active: int) -> int:
        return self.graph.constant(float(node.value))

    def _option(self, node: Option, active: int) -> int:
        return self.graph.constant(float(node.index))

    def _reference(self, node: Reference, active: int) -> int:
        return self.known[node.symbol]

    def _unary(self, node: Unary, active: int) -> int:
        g, operand = self.graph, self.value(node.operand, active)
        if node.operator == "not":
            return g.no(g.as_truth(operand))
        return g.apply("neg", g.number(operand))

    def _binary(self, node: Binary, active: int) -> int:
        g, operator = self.graph, node.operator
        left = self.value(node.left, active)
        if operator in ("and", "or"):
            left = g.as_truth(left)
            needed = left if operator == "and" else g.no(left)
            right = g.as_truth(self.value(node.right, g.both(active, needed)))
            return g.apply(operator, left, right)
        left, right = g.number(left), self.number(node.right, active)
        if operator in _COMPARED:
            return g.apply(_COMPARED[operator], left, right)
        if operator in _MIRRORED:
            return g.apply(_MIRRORED[operator], right, left)
        if operator in _CALCULATED:
            return g.apply(_CALCULATED[operator], left, right)
        if operator == "/":
            return self._divided(left, right, active)
        result = g.apply("power", left, right)
        self._flag_infinite(result, active)
        return result

    def _divided(self, left: int, right: int, active: int) -> int:
        g = self.graph
        result, bounds = g.apply("div", left, right), g.bounds[right]
        if bounds is None or bounds[0] <= 0.0 <= bounds[1]:
            self._flag_infinite(result, active)
        return result

    def _membership(self, node: Membership, active: int) -> int:
        g = self.graph
        item, found = self.number(node.item, active), g.false
        for option in node.options:
            found = g.apply("or", found, g.apply("eq", item, self.number(option, active)))
        return g.no(found) if node.negated else found

    def _conditional(self, node: Conditional, active: int) -> int:
        g = self.graph
        test = g.as_truth(self.value(node.test, active))
        settled = g.value(test)
        if settled is not None:
            return self.value(node.then if settled else node.otherwise, active)
        then = self.value(node.then, g.both(active, test))
        otherwise = self.value(node.otherwise, g.both(active, g.no(test)))
        return g.select(test, then, otherwise)

    def _call(self, node: Call, active: int) -> int:
        x = [self.number(argument, active) for argument in node.arguments]
        return self._FUNCTIONS[node.function](self, x, active)

    def _min(self, x: list[int], active: int) -> int:
        return self._extreme(x, lambda least, other: (other, least), min)

    def _max(self, x: list[int], active: int) -> int:
        return self._extreme(x, lambda most, other: (most, other), max)

    def _extreme(
        self, x: list[int], order: Callable[[int, int], tuple[int, int]], of: Callable[[float, float], float]
    ) -> int:
        g, found = self.graph, x[0]
        for other in x[1:]:
            a, b = g.bounds[found], g.bounds[other]
            found = g.apply("select", g.apply("lt", *order(found, other)), other, found)
            if a is not None and b is not None:
                found = g.bounded(found, of(a[0], b[0]), of(a[1], b[1]))
        return found

    def _abs(self, x: list[int], active: int) -> int:
        g, bounds = self.graph, self.graph.bounds[x[0]]
        size = g.apply("select", g.apply("lt", x[0], g.constant(0.0)), g.apply("neg", x[0]), x[0])
        return size if bounds is None else g.bounded(size, 0.0, max(-bounds[0], bounds[1], 0.0))

    def _clip(self, x: list[int], active: int) -> int:
        found = self.clipped(*x)
        bounds, low, high = (self.graph.bounds[a] for a in x)
        if bounds is None or low is None or high is None or low[1] > high[0]:
            return found
        return self.graph.bounded(found, max(min(bounds[0], high[0]), low[0]), min(max(bounds[1], low[1]), high[1]))

    def clipped(self, value: int, low: int, high: int) -> int:
        """`value` moved into [low, high]; the lower bound counts first."""
        g = self.graph
        inner = g.apply("select", g.apply("lt", high, value), high, value)
        return g.apply("select", g.apply("lt", value, low), low, inner)

    def _exp(self, x: list[int], active: int) -> int:
        g = self.graph
        result = g.apply("exp", x[0])
        self._flag_infinite(result, active)
        return result

    def _log(self, x: list[int], active: int) -> int:
        g, bounds = self.graph, self.graph.bounds[x[0]]
        result = g.apply("log", x[0])
        if bounds is None or bounds[0] <= 0.0:
            self._flag_infinite(result, active)
        return result

    def _sqrt(self, x: list[int], active: int) -> int:
        result = self.graph.apply("sqrt", x[0])
        self._flag_infinite(result, active)
        return result

    def _logistic(self, x: list[int], active: int) -> int:
        return self.graph.apply("logistic", x[0])

    def _round(self, x: list[int], active: int) -> int:
        g, down = self.graph, self.graph.apply("floor", x[0])
        is_nearer_up = g.apply("le", g.constant(0.5), g.apply("sub", x[0], down))
        return g.apply("select", is_nearer_up, g.apply("add", down, g.constant(1.0)), down)

    def _floor(self, x: list[int], active: int) -> int:
        return self.graph.apply("floor", x[0])

    def _chance(self, x: list[int], active: int) -> int:
        g, bounds = self.graph, self.graph.bounds[x[0]]
        if bounds is not None and bounds[0] >= 0.0 and bounds[1] <= 1.0:
            return x[0]
        inside = g.both(g.apply("le", g.constant(0.0), x[0]), g.apply("le", x[0], g.constant(1.0)))
        self._flag(g.no(inside), active)
        return g.known_within(x[0], 0.0, 1.0, active)

    def _rate(self, x: list[int], active: int) -> int:
        self._flag_unless(x[0], active, strictly=False)
        return self.graph.known_within(x[0], 0.0, MOST, active)

    def _loss_of(self, x: list[int], active: int) -> int:
        return self._loss(self.graph.apply("neg", x[0]))

    def _compound(self, x: list[int], active: int) -> int:
        g, p = self.graph, self._chance(x[:1], active)
        return self._loss(g.apply("mul", x[1], g.apply("log1p", g.apply("neg", p))))

    def _weibull_rate(self, x: list[int], active: int) -> int:
        g, (hazard, shape, spent, length) = self.graph, x
        self._flag_unless(hazard, active, strictly=False)
        self._flag_unless(shape, active, strictly=True)
        later = g.apply("power", g.apply("mul", g.apply("add", spent, length), hazard), shape)
        return g.apply("sub", later, g.apply("power", g.apply("mul", spent, hazard), shape))

    def _loss(self, x: int) -> int:
        g = self.graph
        return g.apply("neg", g.apply("expm1", x))

    def _lognoise(self, x: list[int], active: int) -> int:
        g, spread = self.graph, x[1]
        normal = g.apply("normal_quantile", x[0])
        half = g.apply("mul", g.apply("mul", spread, spread), g.constant(0.5))
        return g.apply("exp", g.apply("sub", g.apply("mul", spread, normal), half))

    def _poisson(self, x: list[int], active: int) -> int:
        uniform, mean, most = x
        self._flag_unless(mean, active, strictly=False)
        return self._count("poisson", (uniform, mean), most, active)

    def _negative_binomial(self, x: list[int], active: int) -> int:
        uniform, mean, dispersion, most = x
        self._flag_unless(mean, active, strictly=False)
        self._flag_unless(dispersion, active, strictly=True)
        return self._count("negative_binomial", (uniform, mean, dispersion), most, active)

    def _count(self, op: str, x: tuple[int, ...], most: int, active: int) -> int:
        """The count, and a note of where it was clamped."""
        g, largest = self.graph, self.graph.value(most)
        assert largest is not None
        count = g.apply(op, *x, data=int(largest))
        clamped = g.as_truth(g.apply("clamped", count))
        self.clamped.append((self.shown, g.both(clamped, active)))
        return g.bounded(count, 0.0, float(largest))

    def _logit(self, x: list[int], active: int) -> int:
        """The first option whose cumulated weight exceeds the uniform's share of the sum."""
        g, (uniform, precision, *pairs) = self.graph, x
        chosen, worths = pairs[::2], [g.apply("mul", precision, worth) for worth in pairs[1::2]]
        best = self._max(worths, active)
        weights = [g.apply("exp", g.apply("sub", worth, best)) for worth in worths]
        total = weights[0]
        for weight in weights[1:]:
            total = g.apply("add", total, weight)
        bar, reached = g.apply("mul", uniform, total), weights[0]
        option, settled = chosen[-1], g.false
        for i, candidate in enumerate(chosen[:-1]):
            here = g.both(g.apply("lt", bar, reached), g.no(settled))
            option = g.apply("select", here, candidate, option)
            settled = g.apply("or", settled, here)
            reached = g.apply("add", reached, weights[i + 1])
        return option

    def _draw_uniform(self, x: list[int], active: int) -> int:
        g, (u, low, high) = self.graph, x
        self._flag_unless_rising(low, high, active)
        return self.clipped(g.apply("add", low, g.apply("mul", u, g.apply("sub", high, low))), low, high)

    def _draw_normal(self, x: list[int], active: int) -> int:
        g, (u, mean, sd) = self.graph, x
        self._flag_unless(sd, active, strictly=False)
        return g.apply("add", mean, g.apply("mul", sd, g.apply("normal_quantile", u)))

    def _draw_lognormal(self, x: list[int], active: int) -> int:
        g, (u, median, sigma) = self.graph, x
        self._flag_unless(median, active, strictly=True)
        self._flag_unless(sigma, active, strictly=False)
        return g.apply("mul", median, g.apply("exp", g.apply("mul", sigma, g.apply("normal_quantile", u))))

    def _draw_triangular(self, x: list[int], active: int) -> int:
        g, (u, low, mode, high) = self.graph, x
        self._flag_unless_rising(low, mode, active)
        self._flag_unless_rising(mode, high, active)
        width = g.apply("sub", high, low)
        before, after = g.apply("sub", mode, low), g.apply("sub", high, mode)
        rest = g.apply("sub", g.constant(1.0), u)
        rising = g.apply("add", low, g.apply("sqrt", g.apply("mul", u, g.apply("mul", width, before))))
        falling = g.apply("sub", high, g.apply("sqrt", g.apply("mul", rest, g.apply("mul", width, after))))
        value = g.apply("select", g.apply("lt", g.apply("mul", u, width), before), rising, falling)
        return self.clipped(value, low, high)

    def _draw_loguniform(self, x: list[int], active: int) -> int:
        g, (u, low, high) = self.graph, x
        self._flag_unless(low, active, strictly=True)
        self._flag_unless_rising(low, high, active)
        ratio = g.apply("log", g.apply("div", high, low))
        return self.clipped(g.apply("mul", low, g.apply("exp", g.apply("mul", u, ratio))), low, high)

    def _draw_exponential(self, x: list[int], active: int) -> int:
        g, (u, mean) = self.graph, x
        self._flag_unless(mean, active, strictly=False)
        return g.apply("mul", g.apply("neg", mean), g.apply("log1p", g.apply("neg", u)))

    def _draw_weibull(self, x: list[int], active: int) -> int:
        g, (u, scale, shape) = self.graph, x
        self._flag_unless(scale, active, strictly=False)
        self._flag_unless(shape, active, strictly=True)
        waited = g.apply("neg", g.apply("log1p", g.apply("neg", u)))
        return g.apply("mul", scale, g.apply("power", waited, g.apply("div", g.constant(1.0), shape)))

    def _flag_unless(self, x: int, active: int, *, strictly: bool) -> None:
        """A fault where x is not above 0 (`strictly`), or not at least 0."""
        g, bounds, zero = self.graph, self.graph.bounds[x], self.graph.constant(0.0)
        if bounds is None or bounds[0] < 0.0 or (strictly and bounds[0] == 0.0):
            self._flag(g.no(g.apply("lt" if strictly else "le", zero, x)), active)

    def _flag_unless_rising(self, low: int, high: int, active: int) -> None:
        """A fault where `low` is above `high`."""
        g, (a, b) = self.graph, (self.graph.bounds[x] for x in (low, high))
        if a is None or b is None or a[1] > b[0]:
            self._flag(g.apply("lt", high, low), active)

    def _flag_infinite(self, x: int, active: int) -> None:
        """A fault where x is not finite: after a division by 0, an overflow, a root or logarithm of less than 0."""
        self._flag(self.graph.apply("infinite", x), active)

    def _flag(self, bad: int, active: int) -> None:
        g = self.graph
        if g.false not in (bad, active) and g.node[g.both(bad, active)] != g.false:
            self.phase.tests[g.node[bad], g.node[active]] = None

    _BY_TYPE: ClassVar[dict[type, Callable[..., int]]] = {
        Number: _number,
        Option: _option,
        Reference: _reference,
        Unary: _unary,
        Binary: _binary,
        Membership: _membership,
        Conditional: _conditional,
        Call: _call,
    }

    _FUNCTIONS: ClassVar[dict[str, Callable[..., int]]] = {
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
        "table": lambda self, x, active: line_through(self.graph, x, flat=True),
        "table_extended": lambda self, x, active: line_through(self.graph, x, flat=False),
        "table_stepped": lambda self, x, active: steps_through(self.graph, x),
        "sin": lambda self, x, active: wave(self.graph, x[0], 0.0),
        "cos": lambda self, x, active: wave(self.graph, x[0], 1.0),
        "$chance": _chance,
        "$rate": _rate,
        "$loss": _loss_of,
        "$compound": _compound,
        "$weibull_rate": _weibull_rate,
        "$poisson": _poisson,
        "$negative_binomial": _negative_binomial,
        "$logit": _logit,
        "$lognoise": _lognoise,
        "$uniform": _draw_uniform,
        "$normal": _draw_normal,
        "$lognormal": _draw_lognormal,
        "$triangular": _draw_triangular,
        "$loguniform": _draw_loguniform,
        "$exponential": _draw_exponential,
        "$weibull": _draw_weibull,
    }
