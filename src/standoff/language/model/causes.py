"""The discrete chance of a step that something hangs on, and the branches in which it can turn out.

An end's chance is a conditional expectation: over the events and moves of its own step that it hangs on, each branch
with its chance. Here is which ones those are, and which branches there are; `standoff.program.branches` gives each
its chance.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from standoff.language.expressions.tree import Binary, Call, Conditional, Expr, Reference, Symbol, Unary, walk
from standoff.language.model import Model
from standoff.language.model.imposed import Impositions
from standoff.language.model.order import dependencies, evaluation_order, same_step_references

__all__ = ["MOST_BRANCHES", "NONE", "Branch", "Cause", "Causes", "branches", "holds", "is_too_many", "settled"]

MOST_BRANCHES = 256
NONE = -1  # the outcome of a cause in which nothing happens

Branch = tuple[tuple["Cause", int], ...]  # causes in the order of a step, each with the index of what happens, or NONE

_OF_ENDS = ("ever", "count", "first")  # reducers that go by an end's chance


@dataclass(frozen=True, slots=True, eq=False)
class Cause:
    """One draw of a step: an event, or the moves of a mode. One of its symbols happens, or none.

    Attributes:
        symbols: What can happen.
        conditions: For each, a truth without which it does not happen, or None.
    """

    symbols: tuple[Symbol, ...]
    conditions: tuple[Expr | None, ...]

    def outcomes(self, truths: Mapping[Symbol, bool]) -> tuple[int, ...]:
        """Indices of what can happen where these truths are settled, and NONE."""
        possible = (i for i, c in enumerate(self.conditions) if c is None or holds(c, truths) is not False)
        return (*possible, NONE)


class Causes:
    """The causes in a model whose steps are free of cycles."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._read = {symbol: {r.symbol for r in references} for symbol, references in dependencies(model).items()}

    def of_event(self, symbol: Symbol) -> tuple[Cause, ...]:
        """What the chance of an event or move hangs on, besides its own draw."""
        return self._above(self._read[symbol])

    @cached_property
    def of_ends(self) -> tuple[Cause, ...]:
        """What any end of the model hangs on: its chance, its `given`, and what it is worth.

        An end that a payoff or an outcome reads is a cause itself.
        """
        ends = {Symbol("event", event.name): event for event in self.model.events if event.ends}
        if not ends:
            return ()
        paid = self._reached(_paid(self.model) | self._moving())
        worths = [worth.tree for event in ends.values() for _, worth in event.worth]
        read = {symbol for end in ends for symbol in self._read[end]}
        return self._above(read | _symbols(worths) | {end for end in ends if end in paid})

    def _moving(self) -> set[Symbol]:
        """What moves the stocks, modes and memories that `final` reads."""
        trees = [
            node.arguments[0] for outcome in self.model.outcomes for node in walk(outcome.measure.tree)
            if isinstance(node, Call) and node.function == "final"
        ]  # fmt: skip
        reached = self._reached(node.symbol for tree in trees for node in walk(tree) if isinstance(node, Reference))
        quantities = [q.value.tree for q in self.model.quantities if Symbol("quantity", q.name) in reached]
        reached |= {node.symbol for tree in quantities for node in walk(tree) if isinstance(node, Reference)}
        nexts = [
            part.tree for stock in self.model.stocks if Symbol("stock", stock.name) in reached
            for part in (stock.next, stock.growth) if part is not None
        ]  # fmt: skip
        moves = {
            Symbol("move", move.name) for mode in self.model.modes if Symbol("mode", mode.name) in reached
            for move in mode.moves
        }  # fmt: skip
        return reached | _symbols(nexts) | moves

    def _above(self, symbols: Iterable[Symbol]) -> tuple[Cause, ...]:
        reached = self._reached(symbols)
        found = dict.fromkeys(self._cause_of[s] for s in self._order if s in reached and s in self._cause_of)
        return tuple(found)

    def _reached(self, symbols: Iterable[Symbol]) -> set[Symbol]:
        reached = set(symbols)
        stack = list(reached)
        while stack:
            following = self._read.get(stack.pop(), set()) - reached
            reached |= following
            stack += following
        return reached

    @cached_property
    def _order(self) -> tuple[Symbol, ...]:
        return evaluation_order(self.model)

    @cached_property
    def _cause_of(self) -> dict[Symbol, Cause]:
        """What is imposed is no chance, but an end: what reads it must see it in the branch that it ends."""
        model, found = self.model, dict[Symbol, Cause]()
        held = Impositions(model)
        imposed, either = held.whole, {*held.whole, *held.columns}  # what is held needs no condition
        for event in model.events:
            symbol = Symbol("event", event.name)
            if event.kind != "count" and (event.ends or symbol not in imposed):
                given = None if event.given is None or symbol in either else event.given.tree
                found[symbol] = Cause((symbol,), (given,))
        for mode in model.modes:
            if Symbol("mode", mode.name) not in imposed:
                symbols = tuple(Symbol("move", move.name) for move in mode.moves)
                whens = (move.when if s not in either else None for s, move in zip(symbols, mode.moves, strict=True))
                cause = Cause(symbols, tuple(None if when is None else when.tree for when in whens))
                found |= dict.fromkeys(symbols, cause)
        return found


def branches(causes: tuple[Cause, ...]) -> Iterator[Branch]:
    """Every branch that conditions leave open, causes in the order of a step."""
    yield from _grown((), causes)


def is_too_many(causes: tuple[Cause, ...]) -> bool:
    """Whether there are more branches than are enumerated."""
    return len(list(islice(branches(causes), MOST_BRANCHES + 1))) > MOST_BRANCHES


def settled(branch: Branch) -> dict[Symbol, bool]:
    """What happened in a branch and what did not."""
    return {symbol: i == outcome for cause, outcome in branch for i, symbol in enumerate(cause.symbols)}


def holds(node: Expr, truths: Mapping[Symbol, bool]) -> bool | None:
    """Whether a condition holds where some truths are settled; None where they leave it open."""
    match node:
        case Reference():
            return truths.get(node.symbol)
        case Unary(operator="not"):
            inside = holds(node.operand, truths)
            return None if inside is None else not inside
        case Binary(operator="and" | "or"):
            settling = node.operator == "or"
            sides = holds(node.left, truths), holds(node.right, truths)
            if settling in sides:
                return settling
            return None if None in sides else not settling
        case Conditional():
            test = holds(node.test, truths)
            return None if test is None else holds(node.then if test else node.otherwise, truths)
    return None


def _grown(branch: Branch, left: tuple[Cause, ...]) -> Iterator[Branch]:
    if not left:
        yield branch
        return
    for outcome in left[0].outcomes(settled(branch)):
        yield from _grown((*branch, (left[0], outcome)), left[1:])


def _paid(model: Model) -> set[Symbol]:
    """What payoffs and outcomes read of a step as drawn: not behind `chance`, nor an end that its chance stands for."""
    trees = [payoff.each.tree for payoff in model.payoffs if payoff.each is not None]
    ends = {Symbol("event", event.name) for event in model.events if event.ends}
    for outcome in model.outcomes:
        for node in walk(outcome.measure.tree):
            if isinstance(node, Call) and node.function in ("mean", "total", "peak", "minimum", *_OF_ENDS):
                argument = node.arguments[0]
                is_end = isinstance(argument, Reference) and argument.symbol in ends
                if not (is_end and node.function in _OF_ENDS):
                    trees.append(argument)
    return _symbols(trees)


def _symbols(trees: Iterable[Expr]) -> set[Symbol]:
    behind = {
        id(inside) for tree in trees for node in walk(tree)
        if isinstance(node, Call) and node.function == "chance" for inside in walk(node)
    }  # fmt: skip
    return {r.symbol for tree in trees for r in same_step_references(tree) if id(r) not in behind}
