"""What reads what within a step, and in which order a step is worked out.

Stocks and modes are settled before a step begins, so they wait for nothing. What looks back (`previous`,
`since`, `count`, `ever`, `age`) reads earlier steps only; `delay` and `smooth` read their argument in the
same step too, because it is what they begin from.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from heapq import heapify, heappop, heappush
from itertools import pairwise

from standoff.base.source import Span
from standoff.language.expressions.tree import Call, Expr, Reference, Symbol, children
from standoff.language.model import (
    Choice,
    Deal,
    Draw,
    Event,
    Expression,
    Mode,
    Model,
    Quantity,
    Report,
    Strategy,
    Weighing,
)

__all__ = [
    "LOOKING_BACK",
    "SAME_STEP",
    "dependencies",
    "evaluation_order",
    "find_cycles",
    "same_step_references",
    "shown_path",
]

_LONGEST_PATH = 12
SAME_STEP = ("quantity", "report", "draw", "event", "move", "choice", "term")
LOOKING_BACK = ("previous", "since", "count", "ever", "age")


def dependencies(model: Model) -> dict[Symbol, tuple[Reference, ...]]:
    """What each thing of a step reads of the same step, in the order of the file.

    A choice reads what any rule of any of its actor's strategies reads for that dimension. The moves of one
    mode share a draw, so each reads what any of them reads.

    Returns:
        For every quantity, report, draw, event, move, choice and term, its references to others of these
        kinds, each symbol once, at the first place where it stands.
    """
    found: list[tuple[Span, Symbol, tuple[Reference, ...]]] = []
    for quantity in model.quantities:
        found.append((quantity.span, Symbol("quantity", quantity.name), _of_quantity(quantity)))
    for report in model.reports:
        found.append((report.span, Symbol("report", report.name), _of_report(report)))
    for draw in model.draws:
        found.append((draw.span, Symbol("draw", draw.name), _of_draw(draw)))
    for event in model.events:
        found.append((event.span, Symbol("event", event.name), _of_event(event)))
    for mode in model.modes:
        shared = _of_moves(mode)
        found.extend((move.span, Symbol("move", move.name), shared) for move in mode.moves)
    strategies: dict[str, list[Strategy]] = {}
    for strategy in model.strategies:
        strategies.setdefault(strategy.actor, []).append(strategy)
    for choice in model.choices:
        read = _of_choice(strategies.get(choice.actor, ()), choice)
        found.append((choice.span, Symbol("choice", choice.family), read))
    for deal in model.deals:
        shared = _of_deal(deal)
        found.extend((term.span, Symbol("term", f"{deal.name}.{term.name}"), shared) for term in deal.terms)
    found.sort(key=lambda entry: entry[0].start)
    return {symbol: _unique(references) for _, symbol, references in found}


def evaluation_order(model: Model) -> tuple[Symbol, ...]:
    """Everything of a step, each after what it reads, ties in the order of the file.

    Choices of a later group of the study's `order` come after all choices of earlier groups.

    Raises:
        ValueError: There is a cycle; the message shows it as a path.

    Reference:
        A. B. Kahn, Topological sorting of large networks, Communications of the ACM 5 (1962), 558-562.
    """
    edges = {symbol: {r.symbol for r in references} for symbol, references in dependencies(model).items()}
    for symbol, before in _earlier_choices(model).items():
        edges[symbol] |= before
    order = _sorted(edges)
    if len(order) < len(edges):
        raise ValueError("; ".join(shown_path(path) for path in _cycles(edges)))
    return order


def find_cycles(model: Model) -> list[tuple[Symbol, ...]]:
    """A shortest cycle of every knot of same-step things, as a path that ends where it began.

    Paths begin at the knot's first thing in the file that lies on a shortest cycle of its own.
    """
    return _cycles({symbol: {r.symbol for r in refs} for symbol, refs in dependencies(model).items()})


def shown_path(path: Iterable[Symbol]) -> str:
    """A path as problems show it: `a → b → a`; a very long one without its middle."""
    names = [symbol.name for symbol in path]
    if len(names) > _LONGEST_PATH:
        left_out = len(names) - _LONGEST_PATH + 2
        names[_LONGEST_PATH - 2 : -1] = [f"{left_out:,} more"]
    return " → ".join(names)


def same_step_references(tree: Expr) -> Iterator[Reference]:
    """The references in a tree that are read in the same step, from left to right."""
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, Reference):
            yield node
        elif not (isinstance(node, Call) and node.function in LOOKING_BACK):
            stack.extend(reversed(children(node)))


def _of_quantity(quantity: Quantity) -> tuple[Reference, ...]:
    return _read(quantity.value)


def _of_report(report: Report) -> tuple[Reference, ...]:
    return (*_kept([Reference(report.span, report.of)]), *_read(report.noise))


def _of_draw(draw: Draw) -> tuple[Reference, ...]:
    return _read(*draw.arguments)


def _of_event(event: Event) -> tuple[Reference, ...]:
    return _read(event.given, event.rate, event.dispersion)


def _of_moves(mode: Mode) -> tuple[Reference, ...]:
    return _read(*(part for move in mode.moves for part in (move.when, move.chance, move.hazard, move.shape)))


def _of_deal(deal: Deal) -> tuple[Reference, ...]:
    return _read(deal.during)


def _of_choice(strategies: Iterable[Strategy], choice: Choice) -> tuple[Reference, ...]:
    found: list[Reference] = []
    for strategy in strategies:
        rules = dict(strategy.rules).get(choice.dimension, ())
        if isinstance(rules, Weighing):
            found += _read(*rules.worths, rules.precision)
        else:
            found += _read(*(part for rule in rules for part in (rule.when, rule.then)))
    return tuple(found)


def _read(*expressions: Expression | None) -> tuple[Reference, ...]:
    given = (expression.tree for expression in expressions if expression is not None)
    return _kept(reference for tree in given for reference in same_step_references(tree))


def _kept(references: Iterable[Reference]) -> tuple[Reference, ...]:
    return tuple(reference for reference in references if reference.symbol.kind in SAME_STEP)


def _unique(references: Iterable[Reference]) -> tuple[Reference, ...]:
    first: dict[Symbol, Reference] = {}
    for reference in references:
        first.setdefault(reference.symbol, reference)
    return tuple(first.values())


def _earlier_choices(model: Model) -> dict[Symbol, set[Symbol]]:
    """For each choice, the choices of the group before its own; transitively that is all earlier ones."""
    groups = [[Symbol("choice", c.family) for c in model.choices if c.actor in group] for group in model.order]
    groups = [group for group in groups if group]
    return {symbol: set(before) for before, after in pairwise(groups) for symbol in after}


def _sorted(edges: Mapping[Symbol, set[Symbol]]) -> tuple[Symbol, ...]:
    place = {symbol: i for i, symbol in enumerate(edges)}
    symbols = list(edges)
    readers: dict[Symbol, list[Symbol]] = {symbol: [] for symbol in edges}
    waiting = {symbol: len(read) for symbol, read in edges.items()}
    for symbol, read in edges.items():
        for other in read:
            readers[other].append(symbol)
    ready = [place[symbol] for symbol, count in waiting.items() if count == 0]
    heapify(ready)
    order: list[Symbol] = []
    while ready:
        symbol = symbols[heappop(ready)]
        order.append(symbol)
        for reader in readers[symbol]:
            waiting[reader] -= 1
            if waiting[reader] == 0:
                heappush(ready, place[reader])
    return tuple(order)


def _cycles(edges: Mapping[Symbol, set[Symbol]]) -> list[tuple[Symbol, ...]]:
    """One cycle of each knot; in a large knot a shortest one through its first symbol."""
    found: list[tuple[Symbol, ...]] = []
    for knot in _knots(edges):
        inside = {symbol: edges[symbol] & knot for symbol in edges if symbol in knot}
        starts = list(inside) if len(inside) <= _MOST_STARTS else list(inside)[:1]
        paths = [path for path in (_shortest_cycle(inside, start) for start in starts) if path]
        if paths:
            found.append(min(paths, key=len))
    return found


_MOST_STARTS = 200  # in a larger knot the search for the shortest cycle would be slow, and any cycle will do


def _shortest_cycle(edges: Mapping[Symbol, set[Symbol]], start: Symbol) -> tuple[Symbol, ...]:
    place = {symbol: i for i, symbol in enumerate(edges)}
    came: dict[Symbol, Symbol] = {}
    queue = deque([start])
    while queue:
        symbol = queue.popleft()
        for other in sorted(edges[symbol], key=place.__getitem__):
            if other == start:
                path = [start, symbol] if symbol != start else [start]
                while path[-1] != start:
                    path.append(came[path[-1]])
                return tuple(reversed(path)) if len(path) > 1 else (start, start)
            if other not in came:
                came[other] = symbol
                queue.append(other)
    return ()


def _knots(edges: Mapping[Symbol, set[Symbol]]) -> list[set[Symbol]]:
    """Sets of symbols that all read one another in the end, in the order of the file.

    Reference:
        S. R. Kosaraju's algorithm, in A. V. Aho, J. E. Hopcroft and J. D. Ullman, Data Structures and
        Algorithms (1983), section 6.7: depth first along the edges, then against them in reverse order of leaving.
    """
    readers: dict[Symbol, set[Symbol]] = {symbol: set() for symbol in edges}
    for symbol, read in edges.items():
        for other in read:
            readers[other].add(symbol)
    left: list[Symbol] = []
    seen: set[Symbol] = set()
    for start in edges:
        left += _reached(edges, start, seen)
    place = {symbol: i for i, symbol in enumerate(edges)}
    seen = set()
    knots = [set(_reached(readers, start, seen)) for start in reversed(left)]
    knots = [knot for knot in knots if len(knot) > 1 or any(symbol in edges[symbol] for symbol in knot)]
    return sorted(knots, key=lambda knot: min(place[symbol] for symbol in knot))


def _reached(edges: Mapping[Symbol, set[Symbol]], start: Symbol, seen: set[Symbol]) -> list[Symbol]:
    """What is reached from `start` and not seen before, in the order of leaving a depth-first walk."""
    if start in seen:
        return []
    seen.add(start)
    left: list[Symbol] = []
    stack = [(start, iter(edges[start]))]
    while stack:
        symbol, rest = stack[-1]
        following = next((other for other in rest if other not in seen), None)
        if following is None:
            stack.pop()
            left.append(symbol)
        else:
            seen.add(following)
            stack.append((following, iter(edges[following])))
    return left
