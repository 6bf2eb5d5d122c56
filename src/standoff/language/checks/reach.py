"""What can be reached: cycles in a step, states of modes, and what is still known after the last step."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import pairwise

from standoff.base.problems import Problem
from standoff.language.checks.visibility import Sight
from standoff.language.expressions.functions import FUNCTIONS
from standoff.language.expressions.tree import Call, Expr, Reference, Symbol, walk
from standoff.language.model import Mode, Model
from standoff.language.model.contents import entries_of
from standoff.language.model.order import dependencies, find_cycles, same_step_references, shown_path

__all__ = ["check_after_the_end", "check_before_the_start", "check_cycles", "check_states"]


def check_cycles(model: Model) -> Iterator[Problem]:
    """Nothing of a step waits for itself.

    A circle through a choice that reads what it may not see is left to the check of visibility.
    """
    cycles = find_cycles(model)
    if not cycles:
        return
    sight = Sight(model)
    chooser = {Symbol("choice", choice.family): choice.actor for choice in model.choices}
    references = dependencies(model)
    for path in cycles:
        blind = (
            symbol in chooser and sight.objection(chooser[symbol], read, looking_back=False)
            for symbol, read in pairwise(path)
        )
        if any(blind):
            continue
        place = next(reference for reference in references[path[0]] if reference.symbol == path[1])
        message = f"these wait for each other within a step: {shown_path(path)}"
        if len(path) == 2 and path[0].kind == "move":
            message = f"a move of its own mode reads `{path[0].name}`, and one draw settles all moves of a mode"
        elif len(path) == 2:
            message = f"`{path[0].name}` waits for itself within a step: {shown_path(path)}"
        yield Problem(
            "cycle",
            place.span,
            message,
            f"read the step before at one of them, as `previous({path[1].name})`, or make it a stock",
        )


def check_states(model: Model) -> Iterator[Problem]:
    """Every state of a mode can be reached, and left unless it is listed as final."""
    for mode in model.modes:
        reached = _reached(mode)
        for index, state in enumerate(mode.states):
            leaves = any(index in move.sources for move in mode.moves)
            if index not in reached:
                message = f"no move of `{mode.name}` leads to the state `{state}`"
                yield Problem("state-unreachable", mode.span, message, f"add a move to `{state}`, or remove the state")
            elif not leaves and index not in mode.final:
                message = f"no move of `{mode.name}` leaves the state `{state}`"
                advice = f"add a move from `{state}`, or say `final: [{state}]`"
                yield Problem("state-forever", mode.span, message, advice)


def check_after_the_end(model: Model) -> Iterator[Problem]:
    """`final` payoffs and `final(…)` in outcomes read what there is after the last step."""
    read = dependencies(model)
    for payoff in model.payoffs:
        if payoff.final is not None:
            yield from _after(payoff.final.tree, "a final payoff", read)
    for outcome in model.outcomes:
        for node in walk(outcome.measure.tree):
            if isinstance(node, Call) and node.function == "final":
                yield from _after(node, "`final(…)`", read)


def check_before_the_start(model: Model) -> Iterator[Problem]:
    """What `previous` and stocks start from rests on parameters and data alone."""
    draws = {draw.name: draw for draw in model.draws}
    for stock in model.stocks:
        for node in walk(stock.start.tree):
            if isinstance(node, Reference) and node.symbol.kind == "draw":
                for argument in draws[node.symbol.name].arguments:
                    yield from _before(argument.tree, f"`{stock.name}` starts from `{node.symbol.name}`, which")
    for entry in entries_of(model):
        for node in walk(entry.expression.tree):
            if isinstance(node, Call) and node.function == "previous" and len(node.arguments) == 2:
                yield from _before(node.arguments[1])


def _reached(mode: Mode) -> set[int]:
    reached = {mode.start}
    queue = deque([mode.start])
    while queue:
        state = queue.popleft()
        for move in mode.moves:
            if state in move.sources and move.target not in reached:
                reached.add(move.target)
                queue.append(move.target)
    return reached


def _after(tree: Expr, where: str, read: dict[Symbol, tuple[Reference, ...]]) -> Iterator[Problem]:
    """One problem for each reference that leads to something of a step that is over."""
    seen: set[Symbol] = set()
    for reference in same_step_references(tree):
        path = _to_the_step(reference.symbol, read)
        if path is None or reference.symbol in seen or (len(path) == 1 and path[0].kind != "report"):
            continue  # a name that cannot stand here at all was reported when it was resolved
        seen.add(reference.symbol)
        what = f"{_WORDS[path[-1].kind]} `{path[-1].name}`"
        message = f"{where} reads {what}, and after the last step there is none"
        if len(path) > 1:
            behind = f"`{path[0].name}`, which rests on {what} ({shown_path(path)})"
            message = f"{where} reads {behind}, and after the last step there is none"
        advice = f"read `previous({path[0].name})` for the last step's, or carry it in a stock"
        yield Problem("wrong-place", reference.span, message, advice)


def _to_the_step(start: Symbol, read: dict[Symbol, tuple[Reference, ...]]) -> tuple[Symbol, ...] | None:
    came: dict[Symbol, Symbol | None] = {start: None}
    queue = deque([start])
    while queue:
        symbol = queue.popleft()
        if symbol.kind in _WORDS:
            path = [symbol]
            while (before := came[path[-1]]) is not None:
                path.append(before)
            return tuple(reversed(path))
        for reference in read.get(symbol, ()):
            if reference.symbol not in came:
                came[reference.symbol] = symbol
                queue.append(reference.symbol)
    return None


def _before(start: Expr, whose: str = "`previous`") -> Iterator[Problem]:
    for node in walk(start):
        if isinstance(node, Reference) and node.symbol.kind not in _SETTLED:
            message = f"{whose} starts from `{node.symbol.name}`, which has no value before the first step"
            yield Problem("wrong-place", node.span, message, "start from numbers, constants, uncertainties or series")
        elif isinstance(node, Call) and FUNCTIONS[node.function].family != "arithmetic":
            message = f"{whose} starts from `{node.function}`, and before the first step there is nothing to look at"
            yield Problem("wrong-place", node.span, message, "start from numbers, constants, uncertainties or series")


_WORDS = {
    "choice": "the choice",
    "event": "the event",
    "move": "the move",
    "draw": "the draw",
    "report": "the report",
}
_SETTLED = ("constant", "uncertainty", "value", "series", "setting", "clock")
