"""What is followed over time, and which way it goes, in words."""

from __future__ import annotations

from standoff.analysis.fans import Fan
from standoff.language.model import Model
from standoff.words.amounts import unit_words
from standoff.words.names import quoted, title_of
from standoff.words.text import words

__all__ = ["fan_name", "fan_unit"]


def fan_name(model: Model, one: Fan) -> str:
    """What is followed, in words."""
    symbol, state = one.followed.symbol, one.followed.state
    if state is None and one.kind == "share":
        return f"Share of futures with {quoted(model, symbol.name)} in a {model.clock.length}"
    if state is None:
        return title_of(model, symbol.name)
    mode = next(m for m in model.modes if m.name == symbol.name)
    return f"Share of futures with {words(mode.name)} at {words(mode.states[state])}"


def fan_unit(model: Model, one: Fan) -> str:
    """The unit of what is followed; empty for shares."""
    symbol = one.followed.symbol
    if one.followed.state is not None:
        return ""
    units = {thing.name: unit_words(thing.unit) for group in (model.stocks, model.quantities) for thing in group}
    return f"a {model.clock.length}" if symbol.kind == "event" and one.kind != "share" else units.get(symbol.name, "")
