"""A game in lines: what an actor sees, what it may choose, and how it went."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from standoff.language.model import Model
from standoff.playing.debrief import Debrief, Judged
from standoff.playing.sight import Seen, Thing
from standoff.words.amounts import came_to, drawn_words, value_words
from standoff.words.names import title_of, who
from standoff.words.numbers import exact, measured
from standoff.words.terminal import CAME_TO, SINCE, judged_words, undecided_words
from standoff.words.text import capital, labelled, words

__all__ = ["as_data", "debrief_lines", "seen_lines"]

_NOTHING = 1e-9
"""An error that is nothing but rounding, as a part of what it is of."""


def seen_lines(model: Model, seen: Seen) -> Iterator[str]:
    """What an actor sees before it chooses."""
    yield f"\n{seen.date}" + (f"  (step {seen.step + 1} of {model.clock.steps})" if not seen.ended else "  the end")
    if seen.step == 0 and seen.knows:
        yield "You know"
        yield from (f"  {_thing(model, one)}" for one in seen.knows)
    if seen.happened:
        yield SINCE + "; ".join(_happened(model, one) for one in seen.happened)
    changed = [one for one in seen.now if one.changed]
    same = [one for one in seen.now if not one.changed]
    if changed:
        yield "What moved"
        yield from (f"  {_thing(model, one)}" for one in changed)
    if same and seen.step == 0:
        yield "What you see"
        yield from (f"  {_thing(model, one)}" for one in same)


def _thing(model: Model, one: Thing) -> str:
    before = f" (was {value_words(one.before, one.unit)})" if one.before is not None and one.changed else ""
    title = title_of(model, one.name)
    about = f"  {one.about}" if one.about and capital(one.about).rstrip(".") != title else ""
    return f"{labelled(title, value_words(one.value, one.unit))}{before}{about}"


def _happened(model: Model, one: Thing) -> str:
    if one.value is True:
        return title_of(model, one.name)
    actor, _, dimension = one.name.partition(".")
    title = title_of(model, one.name)
    if one.kind == "choice":
        title = model.title_of(actor) + (f", {words(dimension)}" if dimension else "")
    return labelled(title, value_words(one.value, one.unit))


def debrief_lines(model: Model, found: Debrief, actor: str) -> Iterator[str]:
    """What the game came to, and what each of an actor's choices was worth."""
    yield f"\n{CAME_TO}"
    for name, value in found.outcomes.items():
        yield f"  {labelled(title_of(model, name), came_to(model, name, value))}"
    if actor in found.payoffs:
        yield f"  payoff of {who(model, actor)}: {exact(found.payoffs[actor])}"
    yield f"\n{judged_words(found.lucks)}"
    for one in found.judged[actor]:
        yield f"  {one.date}: {_options(one.taken)}. {_verdict(one)}"
        agreed = [label for label, options in one.advised.items() if options == one.taken]
        yield "    as " + (", ".join(agreed[:4]) if agreed else "no listed strategy") + " would have"
    yield "\nThe world was"
    drawn = {parameter.name: parameter for parameter in model.uncertain}
    for name, value in found.world.items():
        parameter = drawn[name]
        known = ", as you knew" if actor in parameter.known_to else ""
        yield f"  {labelled(title_of(model, name), drawn_words(parameter, value))}{known}"


def _options(chosen: dict[str, str]) -> str:
    return ", ".join(f"{family.partition('.')[2]} {option}".strip() for family, option in chosen.items())


def _verdict(one: Judged) -> str:
    if one.regret == 0.0:
        return "Nothing did better"
    is_told = one.error <= _NOTHING * abs(one.regret)
    gain = exact(one.regret) if is_told else measured(one.regret, one.error)
    if one.best == one.taken:
        return undecided_words(gain)
    return f"{_options(one.best).capitalize()} would have gained {gain}"


def as_data(found: Any) -> dict[str, Any]:
    """A game, what is seen of it, or its debrief as plain data."""
    data: dict[str, Any] = msgspec.to_builtins(found)
    return data
