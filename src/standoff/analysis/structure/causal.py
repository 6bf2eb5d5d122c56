"""The causal map: which part of the state moves which, read off the equations.

Nodes are stocks, modes, events, moves and choices. Quantities, reports and memories are folded into the links
that pass through them. A link has a sign only where the equations prove one for every world and state.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from standoff.analysis.structure.slopes import ANY, TRUTH, Interval, Slope, chain, multiply, slope_of
from standoff.base.chance.distributions import DISTRIBUTIONS
from standoff.language.expressions.tree import Expr, Reference, Symbol
from standoff.language.model import Mode, Model, Parameter, Stock, Weighing

__all__ = ["CausalMap", "Edge", "Node", "Reach", "causal_map", "reach_of"]

NodeKind = Literal["stock", "mode", "event", "move", "choice"]
Sign = Literal["+", "−", ""]

_NODES = ("stock", "mode", "event", "move", "choice")


@dataclass(frozen=True, slots=True)
class Node:
    """A part of the state; `about` is the study's word on it, `actor` whose choice it is."""

    name: str
    kind: NodeKind
    about: str | None = None
    actor: str | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """`source` moves `target`.

    Attributes:
        sign: `+` where more of one never means less of the other, `−` where never more, empty where neither is
            proved (or where a mode or choice, which has no more or less, is the source).
        through: Quantities that the link passes through.
        rule: Whether the link is what a strategy looks at rather than what the world does.
    """

    source: str
    target: str
    sign: Sign
    through: tuple[str, ...] = ()
    rule: bool = False


@dataclass(frozen=True, slots=True)
class CausalMap:
    """Nodes in the order of the study, links in the order of their targets."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """How much of a map an actor moves directly, and which part of the state passes on most.

    Attributes:
        things, links: Of the map as it is drawn: links that rules look along left out, and what only these link.
        moved, movable: Things that the actor's choices move without another between, of all that are no choices.
        top: The part of the state with most links to others, None where none has any; `passed_on` is how many.
    """

    things: int
    links: int
    moved: int
    movable: int
    top: str | None
    passed_on: int


def reach_of(causes: CausalMap, actor: str) -> Reach:
    """What an actor moves."""
    links = [edge for edge in causes.edges if not edge.rule]
    choices = {node.name for node in causes.nodes if node.kind == "choice"}
    out = Counter(edge.source for edge in links if edge.source not in choices)
    top = max(out, key=lambda name: out[name], default=None)
    moved = {edge.target for edge in links if edge.source.split(".")[0] == actor}
    linked = {name for edge in links for name in (edge.source, edge.target)}
    return Reach(
        len(linked), len(links), len(moved), len(causes.nodes) - len(choices), top, passed_on=out[top] if top else 0
    )  # fmt: skip


def causal_map(model: Model) -> CausalMap:
    """Read the map off a model's equations."""
    look = _Look(model)
    nodes = tuple(_nodes(model))
    place = {node.name: i for i, node in enumerate(nodes)}
    kinds = {node.name: node.kind for node in nodes}
    found: dict[tuple[str, str, bool], list[tuple[Interval, frozenset[str]]]] = {}
    for target, tree, is_rule in _equations(model):
        slope = slope_of(tree, look)
        for symbol, interval in slope.slopes.items():
            if symbol.name != target and interval != (0.0, 0.0):
                key = (symbol.name, target, is_rule)
                found.setdefault(key, []).append((interval, slope.through.get(symbol, frozenset())))
    edges = [
        Edge(source, target, _sign(parts, kinds[source], kinds[target]), _names(parts), rule=is_rule)
        for (source, target, is_rule), parts in found.items()
    ]
    edges.sort(key=lambda e: (place[e.target], place[e.source], e.rule))
    return CausalMap(nodes, tuple(edges))


def _nodes(model: Model) -> Iterator[Node]:
    for choice in model.choices:
        yield Node(choice.family, "choice", None, choice.actor)
    for stock in model.stocks:
        yield Node(stock.name, "stock", stock.about)
    for mode in model.modes:
        yield Node(mode.name, "mode", mode.about)
        for move in mode.moves:
            route = f"{' or '.join(mode.states[i] for i in move.sources)} → {mode.states[move.target]}"
            yield Node(move.name, "move", f"{mode.name}: {route}")
    for event in model.events:
        yield Node(event.name, "event", event.about)


def _equations(model: Model) -> Iterator[tuple[str, Expr, bool]]:
    """Every equation that moves a node: its target, its tree, and whether it is a strategy's rule."""
    for stock in model.stocks:
        for part in (stock.next, stock.growth):
            if part is not None:
                yield stock.name, part.tree, False
    for mode in model.modes:
        yield from _moves(mode)
    for event in model.events:
        for part in (event.rate, event.given):
            if part is not None:
                yield event.name, part.tree, False
    for strategy in model.strategies:
        for dimension, rules in strategy.rules:
            target = f"{strategy.actor}.{dimension}" if dimension else strategy.actor
            parts = rules.worths if isinstance(rules, Weighing) else tuple(p for r in rules for p in (r.when, r.then))
            for worth in parts:
                if worth is not None:
                    yield target, worth.tree, True


def _moves(mode: Mode) -> Iterator[tuple[str, Expr, bool]]:
    for move in mode.moves:
        yield mode.name, Reference(move.span, Symbol("move", move.name)), False
        for part in (move.when, move.chance, move.hazard):
            if part is not None:
                yield move.name, part.tree, False


def _sign(parts: list[tuple[Interval, frozenset[str]]], source: str, target: str) -> Sign:
    if source in ("mode", "choice") or target in ("mode", "choice"):
        return ""
    low, high = min(interval[0] for interval, _ in parts), max(interval[1] for interval, _ in parts)
    return "+" if low >= 0.0 else "−" if high <= 0.0 else ""


def _names(parts: list[tuple[Interval, frozenset[str]]]) -> tuple[str, ...]:
    return tuple(sorted({name for _, names in parts for name in names}))


class _Look:
    """What symbols are worth and depend on; quantities are worked out once."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.known: dict[Symbol, Slope] = {}
        self.quantities = {quantity.name: quantity.value.tree for quantity in model.quantities}
        self.reports = {report.name: report.of for report in model.reports}
        self.during = {f"{d.name}.{t.name}": d.during.tree for d in model.deals for t in d.terms}
        self.bounds = dict(_bounds(model))
        self._bound_stocks()

    def __call__(self, symbol: Symbol) -> Slope:
        if symbol not in self.known:
            self.known[symbol] = self._find(symbol)
        return self.known[symbol]

    def _find(self, symbol: Symbol) -> Slope:
        if symbol.kind == "quantity":
            inner = slope_of(self.quantities[symbol.name], self)
            return _passed(inner, symbol.name)
        if symbol.kind == "report":
            inner = self(self.reports[symbol.name])
            # a lag and a noise that is a positive factor leave the direction as it is
            slopes = {of: multiply((0.0, math.inf), slope) for of, slope in inner.slopes.items()}
            return _passed(Slope(multiply((0.0, math.inf), inner.value), slopes, inner.through), symbol.name)
        value = self.bounds.get(symbol, ANY)
        if symbol.kind == "term":  # zero while the deal is not in force
            return _passed(chain(value, (slope_of(self.during[symbol.name], self), value)), symbol.name)
        if symbol.kind not in _NODES:
            return Slope(value)
        slope = ANY if symbol.kind in ("mode", "choice") else (1.0, 1.0)
        return Slope(value, {symbol: slope}, {symbol: frozenset()})

    def _bound_stocks(self) -> None:
        """Stocks without a lower bound are not negative if none of them can become so first (by induction)."""
        free = [s for s in self.model.stocks if s.within[0] is None]
        hopeful = [s for s in free if slope_of(s.start.tree, self).value[0] >= 0.0]
        while True:
            for stock in free:
                symbol = Symbol("stock", stock.name)
                low = 0.0 if stock in hopeful else -math.inf
                self.bounds[symbol] = (low, self.bounds[symbol][1])
            self.known.clear()
            kept = [s for s in hopeful if self._stays(s)]
            if kept == hopeful:
                return
            hopeful = kept

    def _stays(self, stock: Stock) -> bool:
        if stock.next is None:
            return True
        return slope_of(stock.next.tree, self).value[0] >= 0.0


def _passed(inner: Slope, name: str) -> Slope:
    return Slope(inner.value, inner.slopes, {of: names | {name} for of, names in inner.through.items()})


def _bounds(model: Model) -> Iterator[tuple[Symbol, Interval]]:
    for parameter in model.parameters:
        yield Symbol(parameter.kind, parameter.name), _spread(parameter)
    for stock in model.stocks:
        low, high = stock.within
        yield Symbol("stock", stock.name), (-math.inf if low is None else low, math.inf if high is None else high)
    for event in model.events:
        yield Symbol("event", event.name), (0.0, float(event.at_most)) if event.kind == "count" else TRUTH
    for mode in model.modes:
        for move in mode.moves:
            yield Symbol("move", move.name), TRUTH
    for series in model.series:
        yield Symbol("series", series.name), (min(series.values, default=0.0), max(series.values, default=0.0))
    for deal in model.deals:
        for term in deal.terms:
            yield Symbol("term", f"{deal.name}.{term.name}"), (min(0.0, *term.levels), max(0.0, *term.levels))
    for strategy in model.strategies:
        for name, levels in strategy.settings:
            numbers = [level for level in levels if not isinstance(level, str)]
            yield (
                Symbol("setting", f"{strategy.actor}.{strategy.name}.{name}"),
                (min(numbers, default=0.0), max(numbers, default=0.0)),
            )
    yield Symbol("clock", "step"), (0.0, math.inf)
    yield Symbol("clock", "date"), (model.clock.start, math.inf)


def _spread(parameter: Parameter) -> Interval:
    spread = parameter.spread
    if spread is None:
        value = parameter.value if parameter.value is not None else 0.0
        return (value, value)
    if spread.levels:
        return (min(spread.levels), max(spread.levels))
    low, high = DISTRIBUTIONS[spread.distribution].support(*spread.arguments)
    within = spread.within
    return (low if within[0] is None else max(low, within[0]), high if within[1] is None else min(high, within[1]))
