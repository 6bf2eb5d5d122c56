"""The section `Over time`: what was seen, then fans of what may follow under each of the decider's strategies."""

from __future__ import annotations

import json
import math

import numpy as np
from markupsafe import Markup

from standoff.analysis.fans import Fan
from standoff.analysis.findings import Floats
from standoff.analysis.robustness.performance import Performance
from standoff.analysis.robustness.practical import best_settings
from standoff.brief.pictures.charts import FanFrame, FanPanel, fan
from standoff.brief.pictures.drawing.colours import colour_of
from standoff.brief.section import Method, Picture, Section, Table
from standoff.language.model import Model
from standoff.words.names import family_words, strategy_words
from standoff.words.numbers import number
from standoff.words.sections import over_time as said
from standoff.words.sections.page import CALLED

__all__ = ["over_time"]

_SELDOM = 2.0
"""Counts that are no larger in 95 of 100 futures are drawn by their mean alone."""


def over_time(model: Model, results: Performance, found: tuple[Fan, ...]) -> Section | None:
    """Fans; one row of panels for each thing, one panel for each family of strategies (its better setting)."""
    if not found:
        return None
    shown = best_settings(results)
    pictures = tuple(_fan_picture(model, one, shown, "" if k else said.FAN_KEY) for k, one in enumerate(found))
    return Section(
        "over-time",
        CALLED["over-time"],
        said.over_time_title(found, shown),
        lead=(said.over_time_lead(model, found, shown),),
        pictures=pictures,
        sure=(said.SURE,),
        method=Method((said.METHOD,)),
    )


def _fan_picture(model: Model, one: Fan, shown: tuple[int, ...], key: str) -> Picture:
    bands = [one.bands[s] for s in shown]
    # the median of a count jumps from one whole number to the next, its mean does not
    lines = [band.quantiles[2] if one.kind == "stock" else band.mean for band in bands]
    figures = 2 if len({number(float(line[-1])) for line in lines}) == len(lines) else 3
    dates = [model.clock.label(i) for i in range(model.clock.steps)]
    dates += [f"end of {dates[-1]}"] if one.kind != "flow" else []
    frame = _frame(model, one, [*lines, *((band.quantiles for band in bands) if _has_bands(one) else ())], dates)
    panels = [
        fan(
            FanPanel(
                family_words(band.strategy.strategy),
                colour_of(model, band.strategy),
                band.quantiles if _has_bands(one) else None,
                line,
                others=() if s != shown[0] else tuple(lines),
                readings=tuple(said.reading_words(one, band, line, i, figures=figures) for i in range(line.size)),
                lines=f"lines-{one.followed.symbol.name}-{one.followed.state}",
            ),
            frame,
            said.fan_words(model, one, s, dates[-1]),
        )
        for s, band, line in zip(shown, bands, lines, strict=True)
    ]
    at = "at" if one.kind != "flow" else "on" if model.clock.is_by_day else "in"
    header = ("Strategy", f"Mean {at} {dates[-1]}", "5 %", "25 %", "Median", "75 %", "95 %")
    rows = tuple(
        (
            strategy_words(band.strategy),
            said.end_words(model, one, s),
            *(() if one.kind == "share" else tuple(number(x) for x in band.quantiles[:, -1])),
        )
        for s, band in enumerate(one.bands)
    )
    seen_from = frame.dates[0] if frame.seen.size else ""
    caption, seen = said.fan_caption(model, one, (dates[0], dates[-1]), seen_from)
    drawn = Markup('<div class="panels" data-dates="{}">{}</div>').format(
        json.dumps(dates, separators=(",", ":")), Markup("").join(panels)
    )
    table = Table(caption, header[: len(rows[0])], rows)
    return Picture(drawn, f"{caption}{seen}.", key, said.fan_title(model, one, shown), table=table)


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
