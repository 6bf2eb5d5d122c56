"""What an actor may read when it chooses.

An actor sees stocks, modes, reports, events and others' choices unless `seen_by` hides them, uncertainties
and values only where `known_to` says so, and a quantity where it sees all that the quantity is computed
from in the step. Of the same step it reads no chance (events, moves, draws) and no choice of another
actor but those of earlier groups of `order`; what looks back is free of that.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from standoff.base.problems import Problem
from standoff.language.expressions.tree import Call, Expr, Reference, Symbol, children
from standoff.language.model import Expression, Model, Strategy
from standoff.language.model.contents import entries_of_strategy
from standoff.language.model.order import LOOKING_BACK, shown_path

__all__ = ["Objection", "Sight", "check_visibility", "hidden_path"]

Code = Literal["hidden", "not-known", "not-yet-chosen", "same-step"]


@dataclass(frozen=True, slots=True)
class Objection:
    """Why an actor may not read something: the path to what it cannot read, and the problem's code."""

    code: Code
    path: tuple[Symbol, ...]


def hidden_path(model: Model, actor: str, symbol: Symbol, *, looking_back: bool = False) -> Objection | None:
    """The shortest path from a symbol to something that the actor cannot read, or None where it may.

    Args:
        model: The study's model.
        actor: Who reads.
        symbol: What is read; the path begins with it.
        looking_back: Whether it is read of earlier steps only.
    """
    return Sight(model).objection(actor, symbol, looking_back)


def check_visibility(model: Model) -> Iterator[Problem]:
    """Every strategy reads only what its actor can see, know and has seen chosen."""
    sight = Sight(model)
    for strategy in model.strategies:
        seen: set[Symbol] = set()
        for entry in entries_of_strategy(strategy):
            for reference, looking_back in _reads(entry.expression.tree):
                objection = sight.objection(strategy.actor, reference.symbol, looking_back)
                if objection is not None and reference.symbol not in seen:
                    seen.add(reference.symbol)
                    yield _problem(model, sight, strategy, reference, objection=objection)


class Sight:
    """Who sees what in a model; the answers are remembered."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._known: dict[tuple[str, Symbol, bool], Objection | None] = {}

    def objection(self, actor: str, symbol: Symbol, looking_back: bool) -> Objection | None:
        """As `hidden_path`."""
        key = (actor, symbol, looking_back)
        if key not in self._known:
            self._known[key] = self._search(actor, symbol, looking_back)
        return self._known[key]

    @cached_property
    def seen_by(self) -> dict[Symbol, tuple[str, ...]]:
        """The actors that see a thing, for what does not everybody see."""
        model = self.model
        groups = (
            ("stock", model.stocks),
            ("mode", model.modes),
            ("quantity", model.quantities),
            ("report", model.reports),
            ("draw", model.draws),
            ("event", model.events),
        )
        found = {
            Symbol(kind, thing.name): thing.seen_by  # type: ignore[arg-type]
            for kind, things in groups
            for thing in things
            if thing.seen_by is not None
        }
        for choice in model.choices:
            if choice.seen_by is not None:
                found[Symbol("choice", choice.family)] = tuple(dict.fromkeys((*choice.seen_by, choice.actor)))
        for mode in model.modes:
            if mode.seen_by is not None:
                found |= {Symbol("move", move.name): mode.seen_by for move in mode.moves}
        found |= {Symbol(p.kind, p.name): p.known_to for p in model.uncertain}
        return found

    @cached_property
    def computed(self) -> dict[Symbol, tuple[tuple[Symbol, bool], ...]]:
        """What quantities, terms and undelayed reports are computed from, and whether of earlier steps only."""
        model = self.model
        found: dict[Symbol, tuple[tuple[Symbol, bool], ...]] = {}
        for quantity in model.quantities:
            found[Symbol("quantity", quantity.name)] = _symbols(quantity.value)
        for report in model.reports:
            found[Symbol("report", report.name)] = () if report.lag else ((report.of, False),)
        for deal in model.deals:
            found |= {Symbol("term", f"{deal.name}.{term.name}"): _symbols(deal.during) for term in deal.terms}
        return found

    def _search(self, actor: str, start: Symbol, looking_back: bool) -> Objection | None:
        """Breadth first; behind a report or a term nothing is hidden, but the step is still the same."""
        first = (start, looking_back, False)
        came: dict[tuple[Symbol, bool, bool], tuple[Symbol, bool, bool] | None] = {first: None}
        queue = deque([first])
        while queue:
            place = queue.popleft()
            symbol, back, open_to_all = place
            code = self._code(actor, symbol, back, open_to_all)
            if code is not None:
                path = [symbol]
                while (before := came[place]) is not None:
                    place = before
                    path.append(place[0])
                return Objection(code, tuple(reversed(path)))
            public = open_to_all or symbol.kind in ("report", "term", "offered")
            for other, earlier in self.computed.get(symbol, ()):
                following = (other, back or earlier, public)
                if following not in came:
                    came[following] = place
                    queue.append(following)
        return None

    def _code(self, actor: str, symbol: Symbol, back: bool, open_to_all: bool) -> Code | None:
        if symbol.kind == "choice" and self._chooser[symbol] == actor:
            return None
        seers = None if open_to_all else self.seen_by.get(symbol)
        if seers is not None and actor not in seers:
            return "not-known" if symbol.kind in ("uncertainty", "value") else "hidden"
        if back:
            return None
        if symbol.kind in ("event", "move", "draw"):
            return "same-step"
        if symbol.kind == "choice" and not self._is_earlier(self._chooser[symbol], actor):
            return "not-yet-chosen"
        return None

    @cached_property
    def _chooser(self) -> dict[Symbol, str]:
        return {Symbol("choice", choice.family): choice.actor for choice in self.model.choices}

    def _is_earlier(self, one: str, other: str) -> bool:
        group = {actor: i for i, actors in enumerate(self.model.order) for actor in actors}
        return one in group and other in group and group[one] < group[other]


def _reads(tree: Expr) -> Iterator[tuple[Reference, bool]]:
    """The references of a tree from left to right, and whether they are read of earlier steps only."""
    stack = [(tree, False)]
    while stack:
        node, back = stack.pop()
        if isinstance(node, Reference):
            yield node, back
        back = back or (isinstance(node, Call) and node.function in LOOKING_BACK)
        stack.extend((child, back) for child in reversed(children(node)))


def _symbols(expression: Expression) -> tuple[tuple[Symbol, bool], ...]:
    return tuple(dict.fromkeys((reference.symbol, back) for reference, back in _reads(expression.tree)))


def _problem(model: Model, sight: Sight, strategy: Strategy, reference: Reference, *, objection: Objection) -> Problem:
    read, hidden = objection.path[0], objection.path[-1]
    reader = model.title_of(strategy.actor)
    name = _WORDS.get(hidden.kind, "{}").format(f"`{hidden.name}`")
    seers = ", ".join(f"`{seer}`" for seer in sight.seen_by.get(hidden, ())) or "nobody"
    fact, advice = _REASONS[objection.code]
    fact = fact.format(seers=seers).replace("only by nobody", "by nobody").replace("only to nobody", "to nobody")
    if read == hidden:
        said = f"{name}, which {fact}"
    else:
        said = f"`{read.name}`, but {name} behind it ({shown_path(objection.path)}) {fact}"
    message = f"`{strategy.name}` of {reader} reads {said}"
    if objection.code == "hidden" and hidden.kind in ("stock", "quantity"):
        advice += ", or let the strategy read a `report` of it"
    advice = advice.format(actor=strategy.actor, name=hidden.name, read=read.name)
    return Problem(objection.code, reference.span, message, advice)


_WORDS = {
    "event": "the event {}",
    "move": "the move {}",
    "draw": "the draw {}",
    "mode": "the mode {}",
    "choice": "the choice {}",
}
_REASONS: dict[Code, tuple[str, str]] = {
    "hidden": (
        "is seen only by {seers}",
        "add `{actor}` to `seen_by` of `{name}`",
    ),
    "not-known": (
        "is known only to {seers}",
        "let the strategy go by what it sees or by a setting, or add `known_to: [{actor}]` to `{name}`",
    ),
    "not-yet-chosen": (
        "is chosen at the same time or later",
        "read `previous({read})`, or put its actor into an earlier group of `order`",
    ),
    "same-step": (
        "is settled by chance only after the choice",
        "look back at earlier steps, with `previous({read})`, `since` or `count`",
    ),
}
