"""What one actor may see of a position, by the study's `seen_by`, `known_to` and `order`; nothing else leaves here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from standoff.language.checks.visibility import Sight
from standoff.language.expressions.tree import Symbol
from standoff.language.model import Model
from standoff.playing.game import Position, choices_of
from standoff.program.lanes import State
from standoff.program.trace import plain_value

__all__ = ["Seen", "Thing", "seen_by"]

_ORDER = ("mode", "stock", "quantity", "report", "term", "series", "choice")
_PAST = ("event", "move", "choice", "draw")


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that is seen.

    Attributes:
        kind, name: What it is.
        value: A number, a truth, or an option's name.
        before: What the actor saw of it a step earlier, or None.
        unit: As the study writes it; empty where there is none.
        about: What the study says of it, if anything.
    """

    kind: str
    name: str
    value: float | bool | str
    before: float | bool | str | None
    unit: str
    about: str | None

    @property
    def changed(self) -> bool:
        """Whether it is not what it was."""
        return self.before is not None and self.before != self.value


@dataclass(frozen=True, slots=True)
class Seen:
    """What an actor sees before it chooses.

    Attributes:
        actor: Who.
        step, date: Of the choice.
        knows: Assumptions of this world that it knows.
        now: The state, what is computed and reported of it, and what was chosen before it in this step.
        happened: What happened in the step before, and what others chose in it.
        options: For each of its choices, the options.
        ended: Whether the game is over.
    """

    actor: str
    step: int
    date: str
    knows: tuple[Thing, ...]
    now: tuple[Thing, ...]
    happened: tuple[Thing, ...]
    options: tuple[tuple[str, tuple[str, ...]], ...]
    ended: bool


def seen_by(position: Position, actor: str, settled: State | None = None) -> Seen:
    """What an actor may see of a position.

    Args:
        position: Before the step.
        actor: Who looks.
        settled: The next state with what others have chosen before it in this step, where they have.
    """
    model, sight = position.model, Sight(position.model)
    last = position.state.seen
    now = dict(position.state.known) if position.ended else dict((settled or position.tentative).seen)
    shown = [symbol for symbol in _settled(model) if symbol in now and _is_seen(sight, actor, symbol)]
    past = [
        symbol for symbol in last
        if symbol.kind in _PAST and sight.objection(actor, symbol, True) is None
    ]  # fmt: skip
    known = {
        Symbol(p.kind, p.name): p for p in model.uncertain if actor in p.known_to
    }  # fmt: skip
    return Seen(
        actor, position.state.step, position.date,
        tuple(_things(position, known, now, {})),
        now=tuple(_things(position, shown, now, last)),
        happened=tuple(one for one in _things(position, past, last, {}) if one.value not in (False, 0.0)),
        options=tuple((choice.family, choice.options) for choice in choices_of(model, actor)),
        ended=position.ended,
    )  # fmt: skip


def _settled(model: Model) -> Iterator[Symbol]:
    """What can be settled before a choice, in the order in which a reader meets it."""
    for mode in model.modes:
        yield Symbol("mode", mode.name)
    for stock in model.stocks:
        yield Symbol("stock", stock.name)
    for quantity in model.quantities:
        yield Symbol("quantity", quantity.name)
    for report in model.reports:
        yield Symbol("report", report.name)
    for deal in model.deals:
        yield from (Symbol("term", f"{deal.name}.{term.name}") for term in deal.terms)
    for series in model.series:
        yield Symbol("series", series.name)
    for choice in model.choices:
        yield Symbol("choice", choice.family)


def _is_seen(sight: Sight, actor: str, symbol: Symbol) -> bool:
    """Whether it is settled and open to an actor before that actor has chosen."""
    if sight.objection(actor, symbol, False) is not None:
        return False
    own = {Symbol("choice", choice.family) for choice in choices_of(sight.model, actor)}
    stack, met = [symbol], {symbol}
    while stack:
        one = stack.pop()
        if one in own:
            return False
        for other, earlier in sight.computed.get(one, ()):
            if not earlier and other not in met:
                met.add(other)
                stack.append(other)
    return True


def _things(position: Position, symbols: Any, values: Any, before: Any) -> Iterator[Thing]:
    model = position.model
    families = model.families()
    described = _described(model)
    for symbol in symbols:
        if symbol in values:
            options = families.get(symbol.name)
            earlier = plain_value(before[symbol], options) if symbol in before else None
            unit, about = described.get((symbol.kind, symbol.name), ("", None))
            yield Thing(symbol.kind, symbol.name, plain_value(values[symbol], options), earlier, unit=unit, about=about)


def _described(model: Model) -> dict[tuple[str, str], tuple[str, str | None]]:
    """Unit and `about` of what has them."""
    found: dict[tuple[str, str], tuple[str, str | None]] = {}
    groups: tuple[tuple[str, Any], ...] = (
        ("stock", model.stocks), ("quantity", model.quantities), ("report", model.reports), ("mode", model.modes),
        ("event", model.events), ("draw", model.draws),
        ("uncertainty", model.uncertain), ("value", model.uncertain),
    )  # fmt: skip
    for kind, things in groups:
        for thing in things:
            unit = getattr(thing, "unit", None)
            shown = "" if unit is None or unit.is_dimensionless else str(unit)
            found[kind, thing.name] = (shown, thing.about)
    return found
