"""What happens over time, in words: what is followed, which way it goes, and where the strategies part."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from standoff.analysis.fans import Band, Fan
from standoff.analysis.findings import Floats
from standoff.language.model import Model
from standoff.words.amounts import unit_words, with_unit
from standoff.words.names import family_words, quoted, strategy_words, title_of
from standoff.words.numbers import counted, measured, number, percent
from standoff.words.text import join, labelled, words

__all__ = [
    "COURSES_CAPTION", "ENDS", "ENDS_HEAD", "FAN_KEY", "METHOD", "SURE", "apart_words", "end_words", "fan_caption",
    "fan_name", "fan_title", "fan_unit", "fan_words", "is_apart", "over_time_lead", "over_time_title",
    "reading_words",
]  # fmt: skip

FAN_KEY = (
    "Bands hold the middle 50 and 90\u202f% of futures; the line is the median (of counts the mean), thin grey lines "
    "are the other strategies’. The number is the line’s at the end, with the 90\u202f% band."
)
SURE = (
    "Bands show what assumptions, luck and the others’ strategies together leave open, in this model. They are no "
    "forecast: the weights of the worlds are the study’s ranges, not odds."
)
METHOD = (
    "For each of the decider’s strategies the same worlds, replications and evenly mixed strategies of the others. The "
    "error of a mean at the end is taken over worlds."
)
ENDS, ENDS_HEAD = "Difference from the leader at the end", ("What", "Approach", "Difference")
COURSES_CAPTION = (
    "Left: the median under each approach, and the middle half of futures under the one that leads. Right: how far "
    "each mean is from the leader’s, in the same worlds with the same luck."
)
_WAYS = {"up": "up", "down": "down", "level": "about level"}


def over_time_title(found: Sequence[Fan], shown: tuple[int, ...]) -> str:
    """In how many of the things followed the strategies part."""
    apart = [one for one in found if is_apart(one, shown)]
    if not apart:
        return "No strategy moves what is followed here by more than chance explains"
    count = f"all {len(found)}" if len(apart) == len(found) else f"{len(apart)} of {len(found)}"
    return f"The strategies part over time in {count} things followed"


def over_time_lead(model: Model, found: Sequence[Fan], shown: tuple[int, ...]) -> str:
    """What is drawn, and in what the strategies part."""
    apart = [one for one in found if is_apart(one, shown)]
    ends = [event.name for event in model.events if event.ends]
    as_if = f", as if {join([quoted(model, e) for e in ends], 'or')} could not come" if ends else ""
    names = join([quoted(model, one.followed.symbol.name) for one in apart])
    part = f" They part in: {names}." if apart and len(apart) < len(found) else ""
    return f"What becomes of it in {counted(found[0].n_futures, 'future')} a strategy{as_if}.{part}"


def is_apart(one: Fan, shown: tuple[int, ...]) -> bool:
    """Whether the highest and lowest of those shown differ by more than three standard errors at the end."""
    return bool(np.nanmax(np.abs(one.apart[np.ix_(shown, shown)])) > 3.0) if len(shown) > 1 else False


def fan_title(model: Model, one: Fan, shown: tuple[int, ...]) -> str:
    """Which way it goes from start to end, and what the strategies make of it."""
    name = fan_name(model, one)
    ends = [one.bands[s].end.value for s in shown]
    if not all(map(math.isfinite, ends)):
        return labelled(name, "not known, every future followed has a fault")
    moves = {_direction(*_alike_in_season(model, one.bands[s].mean)) for s in shown}
    under = " under every strategy" if len(shown) > 1 else ""
    trend = f"{_WAYS[moves.pop()]}{under}" if len(moves) == 1 else "up or down with the strategy"
    if len(shown) == 1:
        return labelled(name, f"{trend}, to {end_words(model, one, shown[0])}")
    if not is_apart(one, shown):
        return labelled(name, f"{trend}; the strategies cannot be told apart")
    top, bottom = max(shown, key=lambda s: one.bands[s].end.value), min(shown, key=lambda s: one.bands[s].end.value)
    a, b = (family_words(one.bands[s].strategy.strategy) for s in (top, bottom))
    most, least = (end_words(model, one, s) for s in (top, bottom))
    return labelled(name, f"{trend}; at the end highest under {a} ({most}), lowest under {b} ({least})")


def fan_caption(model: Model, one: Fan, dates: tuple[str, str], seen_from: str) -> tuple[str, str]:
    """What is drawn, in what unit and from when to when; and what was seen before, from its date, empty for none."""
    unit = fan_unit(model, one)
    source = one.past.source if one.past else ""
    seen = f". Grey, from {seen_from}: what was seen ({source})" if seen_from else ""
    return f"{fan_name(model, one)}{f' [{unit}]' if unit else ''}, {dates[0]} to {dates[1]}", seen


def fan_words(model: Model, one: Fan, s: int, end: str) -> str:
    """One panel as a sentence."""
    return f"{fan_name(model, one)} under {strategy_words(one.bands[s].strategy)}: {end_words(model, one, s)} in {end}"


def reading_words(one: Fan, band: Band, line: Floats, i: int, *, figures: int) -> str:
    """A panel's number at one date: `79 (60 to 95)`; a figure more where the strategies end alike otherwise."""
    if one.kind == "share":
        return percent(float(line[i]))
    low, high = (number(float(band.quantiles[q, i])) for q in (0, -1))
    return f"{number(float(line[i]), figures)} ({low} to {high})"


def end_words(model: Model, one: Fan, s: int) -> str:
    """Where a strategy ends, with its error and unit."""
    end = one.bands[s].end
    if one.kind == "share":
        return percent(end.value, end.error)
    return with_unit(measured(end.value, end.error), fan_unit(model, one))


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


def apart_words(name: str, first: str) -> tuple[str, str]:
    """Above the panel of differences, and what it shows in a sentence."""
    return f"… from {first}’s", f"{name}: how far each approach is from {first}"


def _alike_in_season(model: Model, line: Floats) -> tuple[float, float]:
    """Start and end of a line where neither is another season's: means of a year where it has two, else as far apart.

    A year that is not whole is compared with the same part of the first.
    """
    year = round(1.0 / model.clock.years_per_step)
    if year <= 1 or line.size <= year:
        return float(line[0]), float(line[-1])
    if line.size >= 2 * year:
        return float(line[:year].mean()), float(line[-year:].mean())
    rest = line.size - year
    return float(line[:rest].mean()), float(line[-rest:].mean())


def _direction(start: float, end: float) -> str:
    size = max(abs(start), abs(end), 1e-12)
    return "level" if abs(end - start) < 0.03 * size else "up" if end > start else "down"
