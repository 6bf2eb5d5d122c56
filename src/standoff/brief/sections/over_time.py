"""The section `Over time`: what was seen, then fans of what may follow under each of the decider's strategies."""

from __future__ import annotations

import json
import math

import numpy as np
from markupsafe import Markup

from standoff.analysis.fans import Band, Fan
from standoff.analysis.findings import Floats
from standoff.analysis.robustness.performance import Performance
from standoff.analysis.robustness.practical import best_settings
from standoff.brief.pictures.charts import FanFrame, FanPanel, fan
from standoff.brief.pictures.drawing.colours import colour_of
from standoff.brief.section import Method, Picture, Section, Table
from standoff.language.model import Model
from standoff.words.amounts import with_unit
from standoff.words.names import family_words, quoted, strategy_words
from standoff.words.numbers import counted, measured, number, percent
from standoff.words.sentences.over_time import fan_name, fan_unit
from standoff.words.text import capital, join, words

__all__ = ["over_time"]

_SELDOM = 2.0
"""Counts that are no larger in 95 of 100 futures are drawn by their mean alone."""
_WAYS = {"up": "up", "down": "down", "level": "about level"}
_FAN_KEY = (
    "Bands hold the middle 50 and 90\u202f% of futures; the line is the median (of counts the mean), thin grey lines "
    "are the other strategies’. The number is the line’s at the end, with the 90\u202f% band."
)


def over_time(model: Model, results: Performance, found: tuple[Fan, ...]) -> Section | None:
    """Fans; one row of panels for each thing, one panel for each family of strategies (its better setting)."""
    if not found:
        return None
    shown = best_settings(results)
    pictures = tuple(_fan_picture(model, one, shown, "" if k else _FAN_KEY) for k, one in enumerate(found))
    apart = [one for one in found if _differs(one, shown)]
    names = join([quoted(model, one.followed.symbol.name) for one in apart])
    count = f"all {len(found)}" if len(apart) == len(found) else f"{len(apart)} of {len(found)}"
    title = f"The strategies part over time in {count} things followed" if apart else (
        "No strategy moves what is followed here by more than chance explains"
    )  # fmt: skip
    ends = [event.name for event in model.events if event.ends]
    as_if = f" as if no {join([words(e) for e in ends], 'or')} had come" if ends else ""
    return Section(
        "over-time",
        "Over time",
        title,
        lead=(
            f"What becomes of it in {counted(found[0].n_futures, 'future')} a strategy{as_if}."
            + (f" They part in: {names}." if apart and len(apart) < len(found) else ""),
        ),
        pictures=pictures,
        sure=(
            "Bands show what assumptions, luck and the others’ strategies together leave open, in this model. They are "
            "no forecast: the weights of the worlds are the study’s ranges, not odds.",
        ),
        method=Method(
            (
                "For each of the decider’s strategies the same worlds, replications and evenly mixed strategies of the "
                "others. The error of a mean at the end is taken over worlds.",
            )
        ),
    )


def _fan_picture(model: Model, one: Fan, shown: tuple[int, ...], key: str) -> Picture:
    bands = [one.bands[s] for s in shown]
    # the median of a count jumps from one whole number to the next, its mean does not
    lines = [band.quantiles[2] if one.kind == "stock" else band.mean for band in bands]
    figures = 2 if len({number(float(line[-1])) for line in lines}) == len(lines) else 3
    dates = [model.clock.label(i) for i in range(model.clock.steps)]
    dates += [f"end {dates[-1]}"] if one.kind != "flow" else []
    frame = _frame(model, one, [*lines, *((band.quantiles for band in bands) if _has_bands(one) else ())], dates)
    panels = [
        fan(
            FanPanel(
                family_words(band.strategy.strategy),
                colour_of(model, band.strategy),
                band.quantiles if _has_bands(one) else None,
                line,
                f"lines-{one.followed.symbol.name}-{one.followed.state}",
                () if s != shown[0] else tuple(lines),
                tuple(_reading(one, band, line, i, figures) for i in range(line.size)),
            ),
            frame,
            f"{fan_name(model, one)} under {strategy_words(band.strategy)}: {_ends(model, one, s)} in {dates[-1]}",
        )
        for s, band, line in zip(shown, bands, lines, strict=True)
    ]
    unit = fan_unit(model, one)
    header = ("Strategy", f"Mean in {dates[-1]}", "5 %", "25 %", "Median", "75 %", "95 %")
    rows = tuple(
        (
            strategy_words(band.strategy),
            _ends(model, one, s),
            *(() if one.kind == "share" else tuple(number(x) for x in band.quantiles[:, -1])),
        )
        for s, band in enumerate(one.bands)
    )
    caption = f"{fan_name(model, one)}{f' [{unit}]' if unit else ''}, {dates[0]} to {dates[-1]}"
    seen = f". Grey, from {frame.dates[0]}: what was seen ({one.past.source})" if one.past and frame.seen.size else ""
    drawn = Markup('<div class="panels" data-dates="{}">{}</div>').format(
        json.dumps(dates, separators=(",", ":")), Markup("").join(panels)
    )
    table = Table(caption, header[: len(rows[0])], rows)
    return Picture(drawn, f"{caption}{seen}.", key, _fan_title(model, one, shown), table)


def _has_bands(one: Fan) -> bool:
    """Whether quantiles say something: those of what happens or not, or seldom more than once a step, jump between
    whole numbers, and the mean says more."""
    seldom = one.followed.symbol.kind == "event" and all(np.nanmax(band.quantiles) <= _SELDOM for band in one.bands)
    return one.kind != "share" and not seldom


def _frame(model: Model, one: Fan, edges: list[Floats], dates: list[str]) -> FanFrame:
    """The common axes: of what was seen, no more than as many steps as the clock has."""
    seen = np.empty((0, 2))
    if one.past is not None:
        near = one.past.steps >= -model.clock.steps
        seen = np.column_stack([one.past.steps[near], one.past.values[near]])
    finite = [x for edge in [*edges, seen[:, 1]] for x in np.ravel(edge) if math.isfinite(x)]
    low, high = (min(finite), max(finite)) if finite else (0.0, 1.0)
    low = 0.0 if one.kind == "share" or (low > 0.0 and low < 0.4 * high) else low
    first = float(seen[0, 0]) if seen.size else 0.0
    return FanFrame(
        (low, high + 0.04 * (high - low) + (0.0 if high > low else 1.0)),
        first,
        (model.clock.label(math.floor(first)), dates[0], dates[-1]),
        seen,
        per_cent=one.kind == "share",
    )


def _reading(one: Fan, band: Band, line: Floats, i: int, figures: int) -> str:
    """A panel's number at one date: `79 (60 to 95)`; a figure more where the strategies end alike otherwise."""
    if one.kind == "share":
        return percent(float(line[i]))
    low, high = (number(float(band.quantiles[q, i])) for q in (0, -1))
    return f"{number(float(line[i]), figures)} ({low} to {high})"


def _fan_title(model: Model, one: Fan, shown: tuple[int, ...]) -> str:
    """Which way it goes from start to end, and what the strategies make of it."""
    name = fan_name(model, one)
    ends = [one.bands[s].end.value for s in shown]
    if not all(map(math.isfinite, ends)):
        return _labelled(name, "not known, every future followed has a fault")
    moves = {_direction(*_alike_in_season(model, one.bands[s].mean)) for s in shown}
    under = " under every strategy" if len(shown) > 1 else ""
    trend = f"{_WAYS[moves.pop()]}{under}" if len(moves) == 1 else "up or down with the strategy"
    if len(shown) == 1:
        return _labelled(name, f"{trend}, to {_ends(model, one, shown[0])}")
    if not _differs(one, shown):
        return _labelled(name, f"{trend}; the strategies cannot be told apart")
    top, bottom = max(shown, key=lambda s: one.bands[s].end.value), min(shown, key=lambda s: one.bands[s].end.value)
    a, b = (family_words(one.bands[s].strategy.strategy) for s in (top, bottom))
    most, least = (_ends(model, one, s) for s in (top, bottom))
    return _labelled(name, f"{trend}; at the end highest under {a} ({most}), lowest under {b} ({least})")


def _labelled(name: str, said: str) -> str:
    """A finding after the name of what it is about, which may be a question."""
    return f"{name} {capital(said)}" if name.endswith(("?", "!")) else f"{name}: {said}"


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


def _differs(one: Fan, shown: tuple[int, ...]) -> bool:
    """Whether the highest and lowest of those shown differ by more than three standard errors at the end."""
    return bool(np.nanmax(np.abs(one.apart[np.ix_(shown, shown)])) > 3.0) if len(shown) > 1 else False


def _ends(model: Model, one: Fan, s: int) -> str:
    end = one.bands[s].end
    if one.kind == "share":
        return percent(end.value, end.error)
    return with_unit(measured(end.value, end.error), fan_unit(model, one))
