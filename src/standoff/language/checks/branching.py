"""Chances that can be worked out: what an end or a `chance(…)` hangs on can turn out in few ways."""

from __future__ import annotations

from collections.abc import Iterator

from standoff.base.problems import Problem
from standoff.base.source import Span
from standoff.language.expressions.tree import Call, Reference, Symbol, walk
from standoff.language.model import Model
from standoff.language.model.causes import MOST_BRANCHES, Cause, Causes, is_too_many
from standoff.language.model.contents import entries_of
from standoff.language.model.order import find_cycles

__all__ = ["check_branches"]


def check_branches(model: Model) -> Iterator[Problem]:
    """What ends hang on in a step, or a chance that is asked for, turns out in at most `MOST_BRANCHES` ways."""
    if find_cycles(model):
        return
    causes = Causes(model)
    ends = [event for event in model.events if event.ends]
    if ends and is_too_many(causes.of_ends):
        names = " and ".join(f"`{event.name}`" for event in ends)
        verb = "hangs" if len(ends) == 1 else "hang"
        yield _problem(ends[-1].span, f"{names} {verb}", causes.of_ends)
    asked: dict[Symbol, Span] = {}
    for entry in entries_of(model):
        for node in walk(entry.expression.tree):
            if isinstance(node, Call) and node.function == "chance" and isinstance(node.arguments[0], Reference):
                asked.setdefault(node.arguments[0].symbol, node.span)
    for symbol, span in asked.items():
        found = causes.of_event(symbol)
        if is_too_many(found):
            yield _problem(span, f"the chance of `{symbol.name}` hangs", found)


def _problem(span: Span, what: str, causes: tuple[Cause, ...]) -> Problem:
    first = causes[0].symbols[0].name
    return Problem(
        "too-many-branches",
        span,
        f"{what} on {len(causes)} things that happen or not in the same step, which can turn out in more than"
        f" {MOST_BRANCHES} ways",
        f"let it read some of them as of the step before, such as `previous({first})`, or one event stand for several",
    )
