"""An adaptation-pathways map: a row for each strategy over time, where it leaves which limit, and the ways on."""

from __future__ import annotations

from markupsafe import Markup

from standoff.analysis.searching.pathways import Leg, Pathways
from standoff.brief.pictures.drawing.colours import COLOURS, colour_of
from standoff.brief.pictures.drawing.svg import Scale, framed, group, tag
from standoff.language.model import Instance, Model
from standoff.words.names import strategy_words, title_of
from standoff.words.sentences.searching.pathways import change_words, first_left, limit_words, pathways_title
from standoff.words.text import capital

__all__ = ["draw_pathways"]

_LEFT, _RIGHT, _TOP, _ROW, _WAY, _FOOT = 210.0, 16.0, 26.0, 30.0, 12.0, 34.0
_WIDTH = 760.0
_GREY = "#666"


def draw_pathways(model: Model, found: Pathways) -> Markup:
    """The map as SVG that stands alone.

    A strategy's line is whole until the first limit is left in the median world, and broken from then on; strokes stand
    where each limit is left in the median world. A ring is a change of course, and the line that begins there is the
    way on.
    """
    named = {i.label: i for i in model.instances(found.actor)}
    ways = [one for one in found.pathways if len(one.legs) > 1]
    rows: dict[str, float] = {}
    y = _TOP
    for label in (one.legs[0].strategy for one in found.pathways if len(one.legs) == 1):
        rows[label] = y + _ROW / 2.0
        y += _ROW + _WAY * sum(leg.strategy == label and leg.since > 0 for one in ways for leg in one.legs)
    x = Scale((0.0, float(found.n_steps)), (_LEFT, _WIDTH - _RIGHT))
    parts = [_dates(model, found, x, y)]
    for one in found.pathways:
        if len(one.legs) == 1:
            leg = one.legs[0]
            name = capital(strategy_words(named[leg.strategy]))
            parts.append(tag("text", name, x=_LEFT - 8.0, y=rows[leg.strategy] + 4.0, text_anchor="end", fill="#222"))
            parts += _line(model, leg, named[leg.strategy], x, y=rows[leg.strategy])
    taken: dict[str, int] = {}
    for k, one in enumerate(ways):
        at = rows[one.legs[0].strategy]
        for leg in one.legs[1:]:
            taken[leg.strategy] = taken.get(leg.strategy, 0) + 1
            to, turn = rows[leg.strategy] + _WAY * taken[leg.strategy], x(leg.since) + 3.0 * (k - len(ways) / 2.0)
            colour = COLOURS[colour_of(model, named[leg.strategy])]
            told = change_words(model, found.actor, leg)
            parts.append(tag("line", x1=turn, x2=turn, y1=at, y2=to, stroke=colour, stroke_width=1.5))
            parts += _line(model, leg, named[leg.strategy], x, y=to, width=2.0)
            parts.append(tag("circle", cx=turn, cy=at, r=4.0, fill="#fff", stroke=colour, stroke_width=2.0, title=told))
            at = to
    said = f"Adaptation pathways: {pathways_title(model, found)}"
    return framed("pathways", (_WIDTH, y + _FOOT), said, parts, xmlns="http://www.w3.org/2000/svg",
                  font_family="sans-serif", font_size=11.0)  # fmt: skip


def _dates(model: Model, found: Pathways, x: Scale, foot: float) -> str:
    """Dates along the foot, and a thin line up from each."""
    shown = sorted({0, *found.dates, found.n_steps})
    parts, last = [], -1e9
    for step in shown:
        parts.append(tag("line", x1=x(step), x2=x(step), y1=_TOP - 8.0, y2=foot, stroke="#ddd", stroke_width=1.0))
        if x(step) - last > 74.0 or step == found.n_steps:
            label = model.clock.label(step) if step < found.n_steps else f"end of {model.clock.label(step - 1)}"
            anchor = "end" if step == found.n_steps else "start" if step == 0 else "middle"
            parts.append(tag("text", label, x=x(step), y=foot + 16.0, text_anchor=anchor, fill=_GREY))
            last = x(step)
    return group(parts)


def _line(model: Model, leg: Leg, instance: Instance, x: Scale, *, y: float, width: float = 4.0) -> list[str]:
    """A strategy from its step on: whole until the first limit is left, then broken; a stroke for each limit."""
    colour = COLOURS[colour_of(model, instance)]
    end = x.domain[1]
    middle = leg.tipping.dates[1]
    until = end if middle is None else max(float(middle), float(leg.since))
    told = first_left(model, instance, leg.tipping)
    parts = [tag("line", x1=x(leg.since), x2=x(until), y1=y, y2=y, stroke=colour, stroke_width=width, title=told)]
    if until < end:
        parts.append(tag("line", x1=x(until), x2=x(end), y1=y, y2=y, stroke=colour, stroke_width=width / 2.0,
                         stroke_dasharray="3 4", title=told))  # fmt: skip
    for k, one in enumerate(leg.tipping.limits):
        date = one.dates[1]
        if date is not None and date >= leg.since:
            parts.append(tag("line", x1=x(date), x2=x(date), y1=y - width - 2.0, y2=y + width + 2.0, stroke="#222",
                             stroke_width=1.5, title=limit_words(model, one)))  # fmt: skip
            if width > 2.0:
                name, raised = title_of(model, one.outcome), 8.0 if k % 2 else -8.0
                anchor = "end" if date > 0.9 * end else "middle"
                place = y + raised + max(0.0, 0.75 * raised)
                parts.append(tag("text", name, x=x(date), y=place, text_anchor=anchor, font_size=7.0, fill=_GREY))
    return parts
