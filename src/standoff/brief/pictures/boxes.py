"""Boxes of worlds: ranges within each assumption's bar; folded, parallel axes and how pure and how large boxes are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from markupsafe import Markup

from standoff.analysis.discovery.discover import Box
from standoff.analysis.findings import Inputs
from standoff.analysis.linchpins.linchpins import Linchpins
from standoff.analysis.linchpins.regions import Region
from standoff.brief.pictures.drawing.ranges import place_in, range_of
from standoff.brief.pictures.drawing.svg import Scale, framed, line_of, tag
from standoff.brief.section import Picture, Table
from standoff.language.model import Model
from standoff.words.amounts import unit_words, with_unit
from standoff.words.names import title_of
from standoff.words.numbers import exact, interval, percent
from standoff.words.sections import hinges_on as said
from standoff.words.sentences.boxes import dropped_words, opinion_sentence, region_sentence, why_box
from standoff.words.text import shortened

__all__ = ["box_picture"]

_MOST_AXES = 5
_MOST_LINES = 110
_MOST_STEPS = 12
_ROOM = 52
"""Letters over an axis."""
_Point = tuple[float, float]


def box_picture(
    model: Model, found: Linchpins, region: Region, inputs: Inputs, *, names: Sequence[str], has_key: bool
) -> Picture:
    """The recommended box of one kind of worlds, beside CART's leaves.

    Args:
        model: The study's.
        found: What the choice hinges on.
        region: With a box.
        inputs: Of the worlds.
        names: Assumptions to draw axes for besides the box's own.
        has_key: Whether to say how to read it.
    """
    drawn = Markup('<div class="box">{}<details class="more"><summary>{}</summary>{}{}</details></div>').format(
        _bars(model, found, region, inputs), said.BOXES_MORE,
        _axes(model, found, region, inputs, others=names), _trade_off(region),
    )  # fmt: skip
    return Picture(
        drawn,
        f"{opinion_sentence(model, region.opinion)} {why_box(model, region.found)}".rstrip(),
        said.BOXES_KEY if has_key else "",
        region_sentence(model, region),
        table=_table(model, region),
    )


def _bars(model: Model, found: Linchpins, region: Region, inputs: Inputs) -> Markup:
    """A bar an assumption that the box names: its whole range, and within it the part that the box takes."""
    box = region.found.recommended
    assert box is not None
    parameters = {pin.name: pin.parameter for pin in (*found.facts, *found.values)}
    width, step, top = 340.0, 44.0, 16.0
    parts = []
    for a, name in enumerate(dict.fromkeys(box.names)):
        y, (low, high) = top + step * a, range_of(parameters[name], inputs)
        inner = _inner(box, name, (low, high))
        x = Scale((low, high), (0.0, width))
        unit = unit_words(parameters[name].unit)
        shown = with_unit(interval(*inner), unit)
        title = title_of(model, name)
        parts.append(tag("text", f"{shortened(title, _ROOM - len(shown))}: {shown}", title=title, x=0, y=y - 4.0))
        parts.append(tag("rect", kind="whole", x=0, y=y, width=width, height=9))
        at = [x(end) for end in inner]
        parts.append(tag("rect", kind="limits", x=at[0], y=y, width=max(at[1] - at[0], 2.0), height=9))
        parts.append(tag("text", exact(low), kind="tick", x=0, y=y + 20.0))
        parts.append(tag("text", exact(high), kind="tick end", x=width, y=y + 20.0))
    return framed("axes", (width, top + step * len(set(box.names)) - 8.0), region_sentence(model, region), parts)


def _inner(box: Box, name: str, ends: tuple[float, float]) -> tuple[float, float]:
    """The part of an assumption's range that a box takes."""
    limits = [limit for limit in box.limits if limit.name == name]
    low = max((limit.low for limit in limits if limit.low is not None), default=ends[0])
    return low, min((limit.high for limit in limits if limit.high is not None), default=ends[1])


def _axes(model: Model, found: Linchpins, region: Region, inputs: Inputs, *, others: Sequence[str]) -> Markup:
    """Axes side by side, one below the other; a line joins a world's places on them."""
    box = region.found.recommended
    assert box is not None
    names = list(dict.fromkeys((*box.names, *others)))[:_MOST_AXES]
    parameters = {pin.name: pin.parameter for pin in (*found.facts, *found.values)}
    width, left, step, top = 340.0, 8.0, 46.0, 22.0
    plot, height = width - 2 * left, top + step * (len(names) - 1) + 14.0
    ends = {name: range_of(parameters[name], inputs) for name in names}
    parts = _lines(region, inputs, ends, (left, plot), down=(top, step))
    for a, name in enumerate(names):
        y = top + step * a
        low, high = ends[name]
        title, unit = title_of(model, name), unit_words(parameters[name].unit)
        unit = f" ({unit})" if unit else ""
        parts.append(tag("line", kind="axis", x1=left, x2=width - left, y1=y, y2=y))
        if name in box.names:
            inner = _inner(box, name, (low, high))
            at = [left + plot * place_in(end, low, high) / 100.0 for end in inner]
            parts.append(tag("rect", kind="limits", x=at[0], y=y - 4.0, width=max(at[1] - at[0], 1.0), height=8))
        shown = shortened(title, _ROOM - len(unit)) + unit
        parts.append(tag("text", shown, title=title, kind="halo middle", x=width / 2, y=y - 7.0))
        parts.append(tag("text", exact(low), kind="tick halo", x=left, y=y + 13.0))
        parts.append(tag("text", exact(high), kind="tick end halo", x=width - left, y=y + 13.0))
    return framed("axes", (width, height), region_sentence(model, region), parts)


def _lines(
    region: Region, inputs: Inputs, ends: Mapping[str, tuple[float, float]], across: _Point, *, down: _Point
) -> list[str]:
    """Some worlds as lines over the axes; those of the kind drawn last."""
    places = np.array([(inputs.column(name) - end[0]) / ((end[1] - end[0]) or 1.0) for name, end in ends.items()])
    chosen = np.unique(np.linspace(0, places.shape[1] - 1, _MOST_LINES).astype(int))
    lines: dict[bool, list[str]] = {False: [], True: []}
    for w in chosen:
        points = "L".join(
            f"{across[0] + across[1] * place:.0f} {down[0] + down[1] * a:.0f}" for a, place in enumerate(places[:, w])
        )
        lines[bool(region.chance[w] > 0.5)].append(f"M{points}")
    return [tag("path", kind=kind, d="".join(lines[of])) for kind, of in (("other", False), ("kind", True))]


def _trade_off(region: Region) -> Markup:
    """How pure boxes are against how many of the worlds of this kind they hold: PRIM's on their way, CART's leaves."""
    box = region.found.recommended
    assert box is not None
    width, height, left, top = 340.0, 204.0, 44.0, 26.0
    across, up = width - left - 14.0, height - top - 34.0

    def at(one: Box) -> _Point:
        return left + across * one.coverage, top + up * (1.0 - one.density)

    way = [at(one) for one in region.found.trajectory]
    leaves = [at(leaf) for leaf in region.opinion.leaves]
    best = [at(region.opinion.best)] if region.opinion.best is not None else []
    base, rate = top + up, top + up * (1.0 - region.found.base_rate)
    parts = [tag("path", kind="axis", d=f"M{left} {top}V{base}H{left + across}")]
    for y, told in ((top, 100), (top + up / 2, 50), (base, 0)):
        parts.append(tag("text", f"{told} %", kind="tick end", x=left - 4.0, y=y + 4.0))
    for part, where in ((0.0, "middle"), (0.5, "middle"), (1.0, "end")):
        parts.append(tag("text", f"{100 * part:.0f} %", kind=f"tick {where}", x=left + across * part, y=base + 13.0))
    parts.append(tag("text", said.COVERAGE, kind="tick end", x=left + across, y=height - 6.0))
    parts.append(tag("text", said.DENSITY, kind="tick", x=2, y=12))
    parts.append(tag("line", kind="rate", x1=left, x2=left + across, y1=rate, y2=rate))
    parts.append(tag("path", kind="way", d=line_of(way)))
    parts += [tag("circle", kind="prim", cx=x, cy=y, r=2) for x, y in way]
    for size, spots in ((4.5, leaves), (6.5, best)):
        turn = f"l{size} {size}-{size} {size}-{size}-{size}z"
        parts += [tag("path", kind="leaf", d=f"M{x:.1f} {y - size:.1f}{turn}") for x, y in spots]
    x, y = at(box)
    taken = [*way, *leaves, *best, (x, y)]
    frame = (left + 2.0, top + 8.0, left + across, base - 2.0)
    written: list[_Point] = []
    for text, style, near in (
        ("recommended", "chosen", [(x, y)]),
        ("CART", "leaf", best or leaves),
        ("PRIM", "prim", way),
    ):
        label = _label(text, near, taken, written, frame=frame)
        if label is not None:
            written += [(label[0] + 7.0 * k, label[1] - 4.0) for k in range(len(text) + 1)]
            parts.append(tag("text", text, kind=f"halo {style}", x=label[0], y=label[1]))
    parts.append(tag("circle", kind="chosen", cx=x, cy=y, r=5))
    return framed("trade", (width, height), said.trade_off_words(region), parts)


def _label(
    text: str,
    near: Sequence[_Point],
    taken: Sequence[_Point],
    written: Sequence[_Point],
    *,
    frame: tuple[float, float, float, float],
) -> _Point | None:
    """Where a label stands beside one of its marks with the most room about it; None where it would hit another."""
    long = 8.0 * len(text)
    spots = [
        (px + dx, py + dy)
        for px, py in near
        for dx, dy in ((9.0, 4.0), (-11.0 - long, 4.0), (-long / 2, -10.0), (-long / 2, 18.0))
        if frame[0] <= px + dx and px + dx + long <= frame[2] and frame[1] <= py + dy <= frame[3]
    ]
    free = [(x, y) for x, y in spots if not any(x - 4 < a < x + long + 4 and abs(y - 4 - b) < 14 for a, b in written)]

    def room(spot: _Point) -> float:
        along = [(spot[0] + long * part, spot[1] - 4.0) for part in (0.0, 0.25, 0.5, 0.75, 1.0)]
        return min((ax - tx) ** 2 + (ay - ty) ** 2 for ax, ay in along for tx, ty in (*taken, *written))

    return max(free, key=room, default=None)


def _table(model: Model, region: Region) -> Table:
    """The boxes on PRIM's way, the one recommended, and CART's leaves."""
    way = region.found.trajectory
    on_way, chosen, leaf, left_out = said.BOX_KINDS
    rows = [(on_way, box) for box in way[1 :: max(1, len(way) // _MOST_STEPS)]]
    rows += [(chosen, region.found.recommended)] if region.found.recommended is not None else []
    rows += [(leaf, one) for one in region.opinion.leaves]
    left = tuple((left_out, reason, "", "", "") for reason in dropped_words(model, region.found))
    return Table(
        said.BOXES,
        said.BOXES_HEAD,
        tuple(
            (
                kind,
                "; ".join(title_of(model, name) for name in box.names) or "none",
                percent(box.coverage),
                percent(box.density),
                percent(box.mass),
            )
            for kind, box in rows
        )
        + left,
    )
