"""What is listed as observed can be seen by the decider's side."""

from __future__ import annotations

from collections.abc import Iterator

from standoff.base.problems import Problem
from standoff.language.checks.visibility import Sight
from standoff.language.expressions.tree import Symbol
from standoff.language.model import Model
from standoff.language.model.order import shown_path

__all__ = ["check_observed"]


def check_observed(model: Model) -> Iterator[Problem]:
    """Nothing is observed that `seen_by` hides from the decider, or that is computed from such a thing.

    That it hangs on assumptions that nobody knows is no objection: that is why it is watched.
    """
    sight = Sight(model)
    decider = model.title_of(model.decider)
    for one in model.observed:
        path = _hidden(sight, model.decider, one.symbol)
        if not path:
            continue
        which = f"`{path[-1].name}` behind it ({shown_path(path)})" if len(path) > 1 else "it"
        message = f"`{one.name}` cannot be observed by {decider}: {which} is hidden from it by `seen_by`"
        advice = "list a `report` of it, or something open that follows from it"
        yield Problem("unobservable", one.span, message, advice)


def _hidden(sight: Sight, actor: str, start: Symbol) -> tuple[Symbol, ...]:
    """The shortest path to a thing that the actor cannot see, assumptions apart; empty where there is none."""
    paths: list[tuple[Symbol, ...]] = [(start,)]
    met = {start}
    for path in paths:
        symbol = path[-1]
        seers = None if symbol.kind in ("uncertainty", "value") else sight.seen_by.get(symbol)
        if seers is not None and actor not in seers:
            return path
        if symbol.kind in ("report", "term", "offered"):
            continue  # behind these nothing is hidden
        for other, _ in sight.computed.get(symbol, ()):
            if other not in met:
                met.add(other)
                paths.append((*path, other))
    return ()
