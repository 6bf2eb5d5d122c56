"""A program's operations as a graph in which equal parts are one node, simplified exactly.

Nothing here changes a bit of a result: constants are folded with the arithmetic that would have run, `x * 1` is
`x`, and an operation on the same operands is done once. Each node knows what it depends on, so that what hangs on
the profile or the world alone can be taken out of the loop over steps, and within which bounds it lies, so that a
test for a fault that cannot happen is dropped.

Bounds hold where a value is needed and nothing has gone wrong before; they serve no other purpose than tests.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from typing import Any

import numpy as np

from standoff.base.numbers import arithmetic

__all__ = ["BLOCK", "HEAVY", "LANE", "STEP", "WORLD", "Graph"]

# What a node depends on, as bits: the profile, the world, the step, and the future itself.
BLOCK, WORLD, STEP, LANE = 1, 2, 4, 8

Bounds = tuple[float, float] | None

MOST = 1.7976931348623157e308
SLACK = 1e-9

# Operations that run as loops of their own, over one operand each or, for powers, two.
HEAVY = frozenset(
    ("exp", "expm1", "log", "log1p", "logistic", "normal_quantile", "power", "poisson", "negative_binomial")
)


def _divide(a: float, b: float) -> float:
    with np.errstate(all="ignore"):
        return float(np.divide(a, b))


_FOLDED: dict[str, Callable[..., float | bool]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": _divide,
    "neg": lambda a: -a,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "and": lambda a, b: a and b,
    "or": lambda a, b: a or b,
    "not": lambda a: not a,
    "num": lambda a: 1.0 if a else 0.0,
    "infinite": lambda a: not math.isfinite(a),
    "floor": lambda a: float(np.floor(a)),
    "sqrt": lambda a: float(np.sqrt(a)) if a >= 0.0 else math.nan,
    "exp": lambda a: float(arithmetic.exp(a)),
    "expm1": lambda a: float(arithmetic.expm1(a)),
    "log": lambda a: float(arithmetic.log(a)),
    "log1p": lambda a: float(arithmetic.log1p(a)),
    "logistic": lambda a: float(arithmetic.logistic(a)),
    "normal_quantile": lambda a: float(arithmetic.normal_quantile(a)),
    "power": lambda a, b: float(arithmetic.power(a, b)),
}
_TRUTHS = frozenset(("lt", "le", "eq", "ne", "and", "or", "not", "infinite"))
_COMMUTES = frozenset(("add", "mul", "eq", "ne", "and", "or"))
_PUSHED = frozenset(("add", "sub", "mul", "div", "lt", "le", "eq", "ne", "neg"))


class Graph:
    """Nodes by number. A node may have several numbers, which differ in their bounds only: `node` tells it."""

    def __init__(self) -> None:
        self.op: list[str] = []
        self.args: list[tuple[int, ...]] = []
        self.data: list[Any] = []
        self.truth: list[bool] = []
        self.needs: list[int] = []
        self.bounds: list[Bounds] = []
        self.node: list[int] = []
        self._known: dict[Hashable, int] = {}
        self.true, self.false = self.constant(True), self.constant(False)

    def constant(self, value: float | bool) -> int:
        """A number or truth."""
        if isinstance(value, (bool, np.bool_)):
            return self._new("const", (), bool(value), truth=True, needs=0, bounds=None)
        number = float(value)
        bounds = (number, number) if math.isfinite(number) else None
        return self._new("const", (), number, truth=False, needs=0, bounds=bounds)

    def input(self, name: Hashable, needs: int, *, truth: bool = False, bounds: Bounds = None) -> int:
        """Something given: a column, a strategy, luck, a state."""
        return self._new("input", (), name, truth=truth, needs=needs, bounds=bounds)

    def known_within(self, a: int, low: float, high: float, where: int) -> int:
        """The node after a test that it lies in [low, high] where `where` holds."""
        old = self.bounds[a]
        new = (low, high) if old is None else (max(low, old[0]), min(high, old[1]))
        return a if old == new else self._alias(self.node[a], new, ("within", self.node[where]))

    def value(self, a: int) -> float | bool | None:
        """The constant that a node is, or None."""
        found: float | bool | None = self.data[a] if self.op[a] == "const" else None
        return found

    def apply(self, op: str, *args: int, data: Hashable = None) -> int:
        """The node for an operation on others."""
        values = [self.value(a) for a in args]
        if op in _FOLDED and all(v is not None for v in values):
            return self.constant(_FOLDED[op](*values))
        simple = _SIMPLER[op](self, *args) if op in _SIMPLER else None
        if simple is None and op in _PUSHED:
            simple = self._pushed(op, args)
        if simple is not None:
            return simple
        bounds = _BOUNDS[op](self, *args) if op in _BOUNDS else None
        nodes = tuple(self.node[a] for a in args)
        if op in _COMMUTES:
            nodes = tuple(sorted(nodes))
        needs = 0
        for a in nodes:
            needs |= self.needs[a]
        return self._new(op, nodes, data, truth=op in _TRUTHS, needs=needs, bounds=bounds)

    def select(self, test: int, then: int, otherwise: int) -> int:
        """`then` where the test holds, else `otherwise`; a truth where both are."""
        if self.truth[then] and self.truth[otherwise]:
            return self._either(test, then, otherwise)
        return self.apply("select", test, self.number(then), self.number(otherwise))

    def number(self, a: int) -> int:
        """A truth as 0 or 1; a number as it is."""
        return self.apply("num", a) if self.truth[a] else a

    def as_truth(self, a: int) -> int:
        """A number that stands for a truth as one."""
        return a if self.truth[a] else self.apply("ne", a, self.constant(0.0))

    def both(self, a: int, b: int) -> int:
        """a and b."""
        return self.apply("and", a, b)

    def no(self, a: int) -> int:
        """not a."""
        return self.apply("not", a)

    def bounded(self, a: int, low: float, high: float) -> int:
        """The node with bounds that its maker knows of."""
        return a if self.bounds[a] == (low, high) else self._alias(self.node[a], (low, high), "made")

    def _either(self, test: int, then: int, otherwise: int) -> int:
        settled = self.value(test)
        if settled is not None:
            return then if settled else otherwise
        yes, no = self.both(test, then), self.both(self.no(test), otherwise)
        return self.apply("or", yes, no)

    def _new(self, op: str, args: tuple[int, ...], data: Any, *, truth: bool, needs: int, bounds: Bounds) -> int:
        key = (op, args, data.hex() if isinstance(data, float) else data, truth)
        found = self._known.get(key)
        if found is not None:
            if bounds is not None and self.bounds[found] is None:
                return self._alias(found, bounds, "again")
            return found
        number = self._add(op, args, data, truth, needs=needs, bounds=bounds)
        self.node.append(number)
        self._known[key] = number
        return number

    def _alias(self, node: int, bounds: Bounds, why: Hashable) -> int:
        key = ("alias", node, bounds, why)
        if key not in self._known:
            self._known[key] = self._add(
                self.op[node], self.args[node], self.data[node], self.truth[node], needs=self.needs[node], bounds=bounds
            )
            self.node.append(node)
        return self._known[key]

    def _add(self, op: str, args: tuple[int, ...], data: Any, truth: bool, *, needs: int, bounds: Bounds) -> int:
        self.op.append(op)
        self.args.append(args)
        self.data.append(data)
        self.truth.append(truth)
        self.needs.append(needs)
        self.bounds.append(bounds)
        return len(self.op) - 1

    def _pushed(self, op: str, args: tuple[int, ...]) -> int | None:
        """An operation on a choice between two constants and a constant is a choice between two constants."""
        chosen = [i for i, a in enumerate(args) if self._choice(a) is not None]
        if len(chosen) != 1 or any(self.value(a) is None for i, a in enumerate(args) if i not in chosen):
            return None
        found = self._choice(args[chosen[0]])
        assert found is not None
        test, *leaves = found
        ends = [self.apply(op, *(leaf if i == chosen[0] else a for i, a in enumerate(args))) for leaf in leaves]
        return self.select(test, *ends)

    def _choice(self, a: int) -> tuple[int, int, int] | None:
        if self.op[a] == "num":
            return self.args[a][0], self.constant(1.0), self.constant(0.0)
        if self.op[a] == "select" and all(self.value(x) is not None for x in self.args[a][1:]):
            test, then, otherwise = self.args[a]
            return test, then, otherwise
        return None


Rule = Callable[..., int | None]


def _is(g: Graph, a: int, value: float) -> bool:
    found = g.value(a)
    return found is not None and float(found).hex() == value.hex()


def _mul(g: Graph, a: int, b: int) -> int | None:
    return a if _is(g, b, 1.0) else b if _is(g, a, 1.0) else None


def _and(g: Graph, a: int, b: int) -> int | None:
    if g.node[a] == g.node[b] or b == g.true or a == g.false:
        return a
    if a == g.true or b == g.false:
        return b
    if g.apply("not", a) == g.node[b]:
        return g.false
    if g.op[b] == "and" and g.node[a] in g.args[b]:
        return b
    return a if g.op[a] == "and" and g.node[b] in g.args[a] else None


def _or(g: Graph, a: int, b: int) -> int | None:
    if g.node[a] == g.node[b] or b == g.false or a == g.true:
        return a
    if a == g.false or b == g.true:
        return b
    return g.true if g.apply("not", a) == g.node[b] else None


def _select(g: Graph, test: int, then: int, otherwise: int) -> int | None:
    settled = g.value(test)
    if settled is not None:
        return then if settled else otherwise
    if g.node[then] == g.node[otherwise]:
        return then
    if _is(g, then, 1.0) and _is(g, otherwise, 0.0):
        return g.apply("num", test)
    if g.op[test] == "not":
        return g.apply("select", g.args[test][0], otherwise, then)
    return None


def _ne(g: Graph, a: int, b: int) -> int | None:
    for x, y in ((a, b), (b, a)):
        if g.op[x] == "num" and _is(g, y, 0.0):
            return g.args[x][0]
    return None


def _power(g: Graph, x: int, y: int) -> int | None:
    """By definition: 1 / x, 1, x, x x, (x x) x, (x x) (x x) for y = -1, 0, 1, 2, 3, 4."""
    exponent = g.value(y)
    if exponent == -1.0:
        return g.apply("div", g.constant(1.0), x)
    if exponent == 0.0:
        return g.constant(1.0)
    if exponent not in (1.0, 2.0, 3.0, 4.0):
        return None
    square = x if exponent == 1.0 else g.apply("mul", x, x)
    return square if exponent in (1.0, 2.0) else g.apply("mul", square, x if exponent == 3.0 else square)


_SIMPLER: dict[str, Rule] = {
    "mul": _mul,
    "div": lambda g, a, b: a if _is(g, b, 1.0) else None,
    "sub": lambda g, a, b: a if _is(g, b, 0.0) else None,
    "neg": lambda g, a: g.args[a][0] if g.op[a] == "neg" else None,
    "not": lambda g, a: g.args[a][0] if g.op[a] == "not" else None,
    "and": _and,
    "or": _or,
    "select": _select,
    "ne": _ne,
    "power": _power,
    "infinite": lambda g, a: g.false if g.bounds[a] is not None else None,
}


def _hull(low: float, high: float) -> Bounds:
    return (low, high) if math.isfinite(low) and math.isfinite(high) else None


def _corners(f: Callable[[float, float], float]) -> Callable[..., Bounds]:
    """Bounds of an operation that is monotone in each operand, as rounding is."""

    def bound(g: Graph, a: int, b: int) -> Bounds:
        x, y = g.bounds[a], g.bounds[b]
        if x is None or y is None:
            return None
        ends = [f(i, j) for i in x for j in y]
        return None if any(math.isnan(end) for end in ends) else _hull(min(ends), max(ends))

    return bound


def _monotone(f: Callable[[float], float], low: float, high: float) -> Callable[..., Bounds]:
    """Bounds of a function that rises, for operands within [low, high]; with slack for its last bits."""

    def bound(g: Graph, a: int) -> Bounds:
        x = g.bounds[a]
        if x is None or x[0] < low or x[1] > high:
            return None
        at, to = f(x[0]), f(x[1])
        return at - SLACK * (1.0 + abs(at)), to + SLACK * (1.0 + abs(to))

    return bound


def _quotient(g: Graph, a: int, b: int) -> Bounds:
    y = g.bounds[b]
    return None if y is None or y[0] <= 0.0 <= y[1] else _corners(_divide)(g, a, b)


def _selected(g: Graph, _test: int, then: int, otherwise: int) -> Bounds:
    x, y = g.bounds[then], g.bounds[otherwise]
    return None if x is None or y is None else (min(x[0], y[0]), max(x[1], y[1]))


def _negated(g: Graph, a: int) -> Bounds:
    x = g.bounds[a]
    return None if x is None else (-x[1], -x[0])


def _rooted(g: Graph, a: int) -> Bounds:
    x = g.bounds[a]
    return None if x is None or x[0] < 0.0 else (math.sqrt(x[0]), math.sqrt(x[1]))


def _floored(g: Graph, a: int) -> Bounds:
    x = g.bounds[a]
    return None if x is None else (float(np.floor(x[0])), float(np.floor(x[1])))


_BOUNDS: dict[str, Callable[..., Bounds]] = {
    "add": _corners(lambda x, y: x + y),
    "sub": _corners(lambda x, y: x - y),
    "mul": _corners(lambda x, y: x * y),
    "div": _quotient,
    "neg": _negated,
    "select": _selected,
    "num": lambda g, a: (0.0, 1.0),
    "sqrt": _rooted,
    "floor": _floored,
    "exp": _monotone(math.exp, -MOST, 709.0),
    "expm1": _monotone(math.expm1, -MOST, 709.0),
    "log": _monotone(math.log, 1e-300, MOST),
    "log1p": _monotone(math.log1p, -1.0 + 2.0**-53, MOST),
    "logistic": lambda g, a: None if g.bounds[a] is None else (0.0, 1.0),
    "normal_quantile": lambda g, a: (-9.0, 9.0) if _is_luck(g.bounds[a]) else None,
}


def _is_luck(bounds: Bounds) -> bool:
    return bounds is not None and bounds[0] >= 2.0**-53 and bounds[1] <= 1.0 - 2.0**-53
