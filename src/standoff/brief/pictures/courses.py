"""Over time, a row for each thing followed: all medians with the leader's band, and how far each is from the leader.

Differences are of means over the same worlds and luck, so that what all strategies share is gone from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from standoff.analysis.fans import Fan
from standoff.analysis.findings import Figure, Floats
from standoff.analysis.robustness.performance import Performance
from standoff.analysis.robustness.practical import best_settings
from standoff.brief.pictures.drawing.colours import colour_of
from standoff.brief.pictures.drawing.svg import Scale, framed, group, nice_ticks, path_of, tag
from standoff.brief.section import Picture, Table
from standoff.language.model import Model
from standoff.words.names import family_words
from standoff.words.numbers import plain, shown
from standoff.words.sections import over_time as said
from standoff.words.sections.over_time import fan_name

__all__ = ["Course", "Line", "courses_picture", "draw_course", "end_differences"]

_WIDTH, _HEIGHT, _LEFT, _TOP, _FOOT = 320.0, 150.0, 40.0, 20.0, 18.0
_LONGEST, _SURE = 44, 1.96


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A strategy's course: its colour, (points,) values, and whether it leads."""

    label: str
    colour: int
    values: Floats
    leads: bool


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """One panel.

    Attributes:
        title: Over it.
        said: What it shows, in a sentence.
        dates: At the start and the end.
        lines: One a strategy.
        band: (2, points) low and high edge about the leader's line; None where there is none.
        has_zero: Whether nothing is drawn as a line across.
        per_cent: Whether values are shares.
    """

    title: str
    said: str
    dates: tuple[str, str]
    lines: tuple[Line, ...]
    band: Floats | None = None
    has_zero: bool = False
    per_cent: bool = False


def courses_picture(model: Model, results: Performance, found: Sequence[Fan]) -> Picture | None:
    """The panels of all that is followed; None with one strategy, or where nothing is followed."""
    if not found or not results.standings or len(best_settings(results)) < 2:
        return None
    families, leader = best_settings(results), results.order[0]
    key = Markup("").join(
        Markup('<span class="s{}"><i class="chip"></i>{}</span> ').format(
            colour_of(model, results.strategies[s]), family_words(results.strategies[s].strategy)
        )
        for s in families
    )
    rows = [
        Markup('<div class="course">{}{}</div>').format(*map(draw_course, _courses(model, one, families, leader)))
        for one in found
    ]
    drawn = Markup('<p class="pinkey">{}</p><div class="courses">{}</div>').format(key, Markup("").join(rows))
    return Picture(drawn, said.COURSES_CAPTION, table=_ends_table(model, results, found))


def draw_course(course: Course) -> Markup:
    """A panel as SVG."""
    values = np.concatenate([line.values for line in course.lines] + ([] if course.band is None else [*course.band]))
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    low, high = (min(low, 0.0), max(high, 0.0)) if course.has_zero else (low, high)
    pad = 0.05 * (high - low) or 0.5
    steps = list(range(course.lines[0].values.size))
    x = Scale((0.0, max(float(len(steps) - 1), 1.0)), (_LEFT, _WIDTH - 4.0))
    y = Scale((low - pad, high + pad), (_HEIGHT - _FOOT, _TOP))
    parts = [tag("text", course.title, kind="name", x=0.0, y=12.0)]
    for tick in nice_ticks(y.domain):
        parts.append(tag("line", kind="grid", x1=_LEFT, x2=_WIDTH - 4.0, y1=y(tick), y2=y(tick)))
        text = f"{100.0 * tick:.3g} %" if course.per_cent else plain(tick)
        parts.append(tag("text", text, kind="tick end", x=_LEFT - 4.0, y=y(tick) + 3.5))
    if course.has_zero:
        parts.append(tag("line", kind="zero", x1=_LEFT, x2=_WIDTH - 4.0, y1=y(0.0), y2=y(0.0)))
    if course.band is not None:
        there = path_of(steps, course.band[1], x, y)
        back = path_of(steps[::-1], course.band[0][::-1], x, y)
        colour = next(line.colour for line in course.lines if line.leads)
        parts.append(group([tag("path", kind="band", d=f"{there}L{back[1:]}Z")], kind=f"s{colour}"))
    for line in sorted(course.lines, key=lambda line: line.leads):
        kind = "line leads" if line.leads else "line"
        drawn = tag("path", kind=kind, d=path_of(steps, line.values, x, y))
        parts.append(group([drawn], kind=f"s{line.colour}", title=line.label))
    parts.append(tag("text", course.dates[0], kind="tick", x=_LEFT, y=_HEIGHT - 4.0))
    parts.append(tag("text", course.dates[1], kind="tick end", x=_WIDTH - 2.0, y=_HEIGHT - 4.0))
    return framed("panel", (_WIDTH, _HEIGHT), course.said, parts)


def _courses(model: Model, one: Fan, families: Sequence[int], leader: int) -> tuple[Course, Course]:
    """The medians and, beside them, the differences from the leader."""
    bands = {s: one.bands[s] for s in families}
    middle = {s: band.quantiles[2] if one.kind == "stock" else band.mean for s, band in bands.items()}
    dates = (model.clock.label(0), model.clock.label(model.clock.steps - 1))
    name = fan_name(model, one)
    first = family_words(bands[leader].strategy.strategy)

    def lines(of: dict[int, Floats]) -> tuple[Line, ...]:
        return tuple(
            Line(family_words(bands[s].strategy.strategy), colour_of(model, bands[s].strategy), values, s == leader)
            for s, values in of.items()
        )

    is_share = one.kind == "share"
    edges = None if one.kind != "stock" else bands[leader].quantiles[[1, 3]]
    gaps = {s: band.mean - bands[leader].mean for s, band in bands.items()}
    whole = Course(_cut(name), f"{name}, under each approach", dates, lines(middle), band=edges, per_cent=is_share)
    title, told = said.apart_words(name, first)
    apart = Course(_cut(title), told, dates, lines(gaps), has_zero=True, per_cent=is_share)
    return whole, apart


def end_differences(results: Performance, found: Sequence[Fan]) -> tuple[tuple[Fan, int, Figure], ...]:
    """(thing, strategy, how far its mean is from the leader's at the end), of every family but the leader's own."""
    leader = results.order[0]
    told = []
    for one in found:
        for s in best_settings(results):
            if s == leader:
                continue
            gap = one.bands[s].end.value - one.bands[leader].end.value
            times = abs(float(one.apart[s, leader]))
            error = abs(gap) / times if times else 0.0
            told.append((one, s, Figure(gap, error, gap - _SURE * error, gap + _SURE * error)))
    return tuple(told)


def _ends_table(model: Model, results: Performance, found: Sequence[Fan]) -> Table:
    rows = [
        (fan_name(model, one), family_words(results.strategies[s].strategy), shown(gap))
        for one, s, gap in end_differences(results, found)
    ]
    return Table(said.ENDS, said.ENDS_HEAD, tuple(rows))


def _cut(title: str) -> str:
    return title if len(title) <= _LONGEST else f"{title[:_LONGEST].rsplit(' ', 1)[0]}…"
