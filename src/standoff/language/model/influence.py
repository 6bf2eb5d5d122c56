"""What bears on what in a model: paths along which a change of one thing can reach another."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

from standoff.language.expressions.tree import Symbol
from standoff.language.model import Model, Weighing
from standoff.language.model.reads import symbols_read

__all__ = ["Reads", "influences", "path_between", "read_by_outcome", "read_by_payoff"]

Reads = Mapping[Symbol, frozenset[Symbol]]


def influences(model: Model) -> dict[Symbol, frozenset[Symbol]]:
    """For each thing of the model, what its equations read, in any step: the same one or earlier ones.

    A choice reads what any rule of any strategy of its actor reads; a mode reads its moves, and each move the
    mode that it leaves.
    """
    reads: dict[Symbol, frozenset[Symbol]] = {}
    for stock in model.stocks:
        reads[Symbol("stock", stock.name)] = symbols_read(stock)
    for quantity in model.quantities:
        reads[Symbol("quantity", quantity.name)] = symbols_read(quantity)
    for report in model.reports:
        reads[Symbol("report", report.name)] = symbols_read(report) | {report.of}
    for draw in model.draws:
        reads[Symbol("draw", draw.name)] = symbols_read(draw)
    for event in model.events:
        own = (event.rate, event.given, event.dispersion)
        reads[Symbol("event", event.name)] = symbols_read(own)
    for mode in model.modes:
        here = Symbol("mode", mode.name)
        reads[here] = frozenset(Symbol("move", move.name) for move in mode.moves)
        for move in mode.moves:
            reads[Symbol("move", move.name)] = symbols_read(mode.moves) | {here}
    for deal in model.deals:
        for term in deal.terms:
            here = Symbol("term", f"{deal.name}.{term.name}")
            reads[here] = symbols_read(deal.during)
            reads[Symbol("offered", here.name)] = frozenset((here,))
    for choice in model.choices:
        reads[Symbol("choice", choice.family)] = _read_by_choice(model, choice.actor, choice.dimension)
    return reads


def read_by_outcome(model: Model, name: str) -> frozenset[Symbol]:
    """What an outcome is made of; an event that ends a future bears on every outcome."""
    outcome = next(outcome for outcome in model.outcomes if outcome.name == name)
    return symbols_read(outcome) | _endings(model)


def read_by_payoff(model: Model, actor: str) -> frozenset[Symbol]:
    """What an actor's payoff is made of."""
    payoff = next(payoff for payoff in model.payoffs if payoff.actor == actor)
    worths = tuple(worth for event in model.events for who, worth in event.worth if who == actor)
    return symbols_read(payoff) | symbols_read(worths) | _endings(model)


def path_between(reads: Reads, sources: Iterable[Symbol], targets: Iterable[Symbol]) -> tuple[Symbol, ...] | None:
    """A shortest path of influence, from one of the sources to one of the targets; None where there is none."""
    wanted = frozenset(sources)
    came: dict[Symbol, Symbol | None] = {}
    queue: deque[Symbol] = deque()
    for target in sorted(targets, key=_order):
        came[target] = None
        queue.append(target)
    while queue:
        symbol = queue.popleft()
        if symbol in wanted:
            path = [symbol]
            while (after := came[path[-1]]) is not None:
                path.append(after)
            return tuple(path)
        for other in sorted(reads.get(symbol, frozenset()), key=_order):
            if other not in came:
                came[other] = symbol
                queue.append(other)
    return None


def _read_by_choice(model: Model, actor: str, dimension: str) -> frozenset[Symbol]:
    found: frozenset[Symbol] = frozenset()
    for strategy in model.strategies:
        rules = dict(strategy.rules).get(dimension, ()) if strategy.actor == actor else ()
        parts = (*rules.worths, rules.precision) if isinstance(rules, Weighing) else rules
        found |= symbols_read(parts)
    return found


def _endings(model: Model) -> frozenset[Symbol]:
    return frozenset(Symbol("event", event.name) for event in model.events if event.ends)


def _order(symbol: Symbol) -> tuple[str, str]:
    return symbol.kind, symbol.name
