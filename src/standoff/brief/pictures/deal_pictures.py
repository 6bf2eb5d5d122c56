"""The pictures of the section on deals: the terms mapped, the zone under what changes it, what moves it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from markupsafe import Markup

from standoff.analysis.deals.agreement import Zone
from standoff.analysis.deals.deals import Deals
from standoff.analysis.deals.hinges import Contrast, Part
from standoff.brief.pictures.zone_maps import (
    Axes,
    MapCells,
    as_grid,
    draw_map_of,
    draw_movers,
    gain_fill,
    share_fill,
    word_mark,
)
from standoff.brief.section import Picture, Table
from standoff.language.model import Deal, Model
from standoff.words.names import quoted, title_of, who
from standoff.words.numbers import measured, number, percent, plain
from standoff.words.sentences.deals import small, without_words
from standoff.words.text import capital, join, words

__all__ = ["movers_picture", "multiples_picture", "space_picture"]


def space_picture(model: Model, deal: Deal, found: Deals, parts: Any) -> Picture:
    """The share of worlds in which all gain over the terms, the zone outlined, and each party's gain beside it."""
    zone, axes = found.zones[0], _axes(deal, found)
    share, zoned, shown = as_grid(zone.all_gain), as_grid(zone.zone), as_grid(zone.is_shown)
    cells = list(np.ndindex(*zone.zone.shape))
    marks = np.array([word_mark([one.word(cell) for one in found.keeping]) for cell in cells], dtype=object)
    marks = marks.reshape(share.shape)
    maps = [
        draw_map_of(
            axes,
            MapCells(
                "Worlds in which all gain",
                f"Of {zone.zone.size} combinations of terms, every party gains in {int(zone.zone.sum())}, beyond doubt "
                f"in {int(zone.is_shown.sum())}; the share of worlds in which all gain is between "
                f"{percent(float(np.nanmin(share)))} and {percent(float(np.nanmax(share)))}.",
                [[share_fill(float(v)) for v in row] for row in share],
                [
                    [f"{percent(float(v))} {m}".rstrip() for v, m in zip(row, line, strict=True)]
                    for row, line in zip(share, marks, strict=True)
                ],
                zoned, shown,
            ),
        )
    ]  # fmt: skip
    for i, party in enumerate(found.parties):
        own = _Gains(party, as_grid(zone.gains[i]), as_grid(zone.errors[i]), zoned, shown)
        maps.append(_gains_map(model, axes, own))
    caption = (
        f"Share of worlds in which all gain, against {without_words(model, zone.without)}. ● all would keep their "
        "word, × someone would break it, no sign: cannot tell."
    )
    key = (
        "Full outline: every party is shown to gain, 95 % for the whole map; dashed: they gain as estimated. Beside it "
        "what each party expects to gain, in points, ± one standard error."
    )
    title = "Where all parties gain"
    if len(found.parties) == 2:
        title = f"Where {join([who(model, p) for p in found.parties])} both gain"
    map_table = _map_table(axes, share, marks, zoned)
    return Picture(parts.zone_part(maps), caption, key, title, _space_table(model, deal, found), (map_table,))


def _map_table(axes: Axes, share: Any, marks: Any, zone: Any) -> Table:
    """The first map as text: a row a level of the first term, a column a level of the second."""
    return Table(
        "Worlds in which all gain; * where all gain on average",
        (f"{axes.up} ↓ {axes.across} →".lstrip(" ↓"), *(plain(column) for column in axes.columns)),
        tuple(
            (
                plain(level) if axes.up else "all gain in",
                *(
                    f"{percent(float(v))} {m}{'*' if gains else ''}".rstrip()
                    for v, m, gains in zip(row, signs, gaining, strict=True)
                ),
            )
            for level, row, signs, gaining in zip(axes.rows, share, marks, zone, strict=True)
        ),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Gains:
    """A party's gains with their errors, and the zone with what of it is shown: one of each for a cell of the map."""

    party: str
    gains: Any
    errors: Any
    zone: Any
    shown: Any


def _gains_map(model: Model, axes: Axes, of: _Gains) -> Markup:
    party, gains, errors, zone, shown = of.party, of.gains, of.errors, of.zone, of.shown
    scale = float(np.abs(gains).max())
    whose = who(model, party)
    return draw_map_of(
        axes,
        MapCells(
            f"Gain of {whose}",
            f"Expected gain of {whose} over no deal, from {number(float(gains.min()))} to {number(float(gains.max()))} "
            "points over the terms.",
            [[gain_fill(float(v), scale) for v in row] for row in gains],
            [
                [measured(float(v), float(e)).replace("\u00a0", "") for v, e in zip(row, noise, strict=True)]
                for row, noise in zip(gains, errors, strict=True)
            ],
            zone, shown,
        ),
    )  # fmt: skip


def _space_table(model: Model, deal: Deal, found: Deals) -> Table:
    rows = []
    for zone in found.zones:
        for cell in np.ndindex(*zone.zone.shape):
            state = "shown" if zone.is_shown[cell] else "shown not" if zone.is_excluded[cell] else (
                "as estimated" if zone.zone[cell] else "not as estimated"
            )  # fmt: skip
            rows.append(
                (
                    words(zone.without),
                    *(plain(levels[k]) for levels, k in zip(found.levels, cell, strict=True)),
                    *(
                        measured(float(gain[cell]), float(error[cell]))
                        for gain, error in zip(zone.gains, zone.errors, strict=True)
                    ),
                    state,
                    percent(float(zone.all_gain[cell]), float(zone.all_gain_error[cell])),
                    *(one.word(cell) for one in found.keeping),
                )
            )
    head = (
        "No deal means", *(_term_words(deal, t) for t in found.terms),
        *(f"Gain of {who(model, p)}" for p in found.parties),
        "All gain", "Worlds in which all gain", *(f"Word of {who(model, k.party)}" for k in found.keeping),
    )  # fmt: skip
    return Table("Every combination of the main terms; gains in points", head, tuple(rows))


def multiples_picture(model: Model, deal: Deal, found: Deals, parts: Any) -> Picture:
    """The zone again by what no deal means, by the course of a stock, and under imposed circumstances."""
    axes = _axes(deal, found)
    across, up = (found.terms[0], "") if len(found.terms) == 1 else (found.terms[1], found.terms[0])
    bare = replace(axes, across=words(across), up=words(up))
    shown = _shown_contrasts(found)
    groups = []
    if len(found.zones) > 1:
        groups.append(
            ("By what no deal means", [_mini(bare, _variant(model, z.without), z) for z in found.zones])
        )  # fmt: skip
    for contrast in shown:
        groups.append(
            (_group(model, contrast), [_mini(bare, _part_name(model, contrast, p), p) for p in contrast.parts])
        )
    rows = [
        (words(z.without), "what no deal means", _variant(model, z.without), str(found.n_worlds),
         percent(z.area.value, z.area.error), z.verdict)
        for z in found.zones
    ]  # fmt: skip
    rows += [
        (words(c.without), _group(model, c), _part_name(model, c, part), str(part.n_worlds),
         percent(part.area.value, part.area.error), part.verdict)
        for c in found.contrasts for part in c.parts
    ]  # fmt: skip
    header = ("No deal means", "Changed", "How", "Worlds", "Size of the zone", "Verdict")
    said = " ".join(_contrast_words(model, c) for c in shown)
    return Picture(
        parts.groups_part(groups),
        f"{said} The size is the share of the range of the terms, ± one standard error.".lstrip(),
        "Blue: every party is shown to gain; pale: they gain as estimated.",
        _multiples_title(model, shown),
        Table("The zone, changed", header, tuple(rows)),
    )


def _shown_contrasts(found: Deals) -> list[Contrast]:
    """Against the first meaning of no deal: the first stock, and circumstances."""
    first = [c for c in found.contrasts if c.without == found.zones[0].without]
    stocks = [c for c in first if c.by != "circumstances"]
    return stocks[:1] + [c for c in first if c.by == "circumstances"]


def _multiples_title(model: Model, shown: list[Contrast]) -> str:
    told = [c for c in shown if not c.change.holds_zero]
    if not told:
        return "The size of the zone changes with none of these beyond doubt"
    said = []
    for c in told:
        way = "smaller" if c.change.value < 0 else "larger"
        first, last = _ends_words(model, c)
        said.append(f"{way} where {last} than where {first}")
    return f"The zone is {join(said)}"


def _ends_words(model: Model, contrast: Contrast) -> tuple[str, str]:
    """What sets the first and the last part apart, to stand after “where”; what they share is said with the last."""
    first, last = contrast.parts[0], contrast.parts[-1]
    if contrast.by == "circumstances":
        return small(_variant(model, first.label)), small(_variant(model, last.label))
    ends = [f"{_THIRDS[part.label]} ({number(part.middle)})" for part in (first, last)]
    return f"it is {ends[0]}", f"{quoted(model, contrast.by)} is {ends[1]}"


def _contrast_words(model: Model, contrast: Contrast) -> str:
    change = measured(100 * contrast.change.value, 100 * contrast.change.error)
    told = ", which is not beyond doubt" if contrast.change.holds_zero else ""
    first, last = _ends_words(model, contrast)
    return f"Where {last}, its size differs by {change} percentage points from where {first}{told}."


def _group(model: Model, contrast: Contrast) -> str:
    if contrast.by == "circumstances":
        return "By circumstances"
    return f"By “{title_of(model, contrast.by)}” without the deal"


def _part_name(model: Model, contrast: Contrast, part: Part) -> str:
    if contrast.by == "circumstances":
        return _variant(model, part.label)
    return f"{capital(_THIRDS[part.label])} ({number(part.middle)})"


_THIRDS = {"low": "in its lowest third", "middle": "in its middle third", "high": "in its highest third"}


def _variant(model: Model, name: str) -> str:
    """A variant in the study's words."""
    about = next((v.about for v in model.variants if v.name == name), None)
    return capital((about or words(name)).rstrip("."))


def _mini(axes: Axes, title: str, zone: Zone | Part) -> tuple[str, str, Markup]:
    """A title, the size and a small map without outline or text."""
    inside, shown = as_grid(zone.zone), as_grid(zone.is_shown)
    fills = [
        ["#2f8fc7" if sure else "#bfe0f5" if may else "#ededeb" for may, sure in zip(*pair, strict=True)]
        for pair in zip(inside, shown, strict=True)
    ]
    size = percent(zone.area.value, zone.area.error)
    nothing = np.zeros_like(inside)
    said = f"{title}: the zone covers {size} of the terms, {int(inside.sum())} of {inside.size} combinations."
    return title, size, draw_map_of(axes, MapCells("", said, fills, (), nothing, nothing), cell=(32.0, 20.0))


def movers_picture(model: Model, found: Deals) -> Picture:
    """The size of the zone where an assumption is low and where it is high."""
    told = [m for m in found.movers if m.is_significant]
    ways = [
        f"{quoted(model, m.assumption)} {'opens' if m.change.value > 0 else 'closes'} it" for m in told[:3]
    ]  # fmt: skip
    title = f"What moves the zone: {join(ways)}" if ways else "No one assumption moves the zone beyond doubt"
    rows = tuple(
        (title_of(model, m.assumption), percent(m.low.value, m.low.error), percent(m.high.value, m.high.error),
         "yes" if m.is_significant else "no")
        for m in found.movers
    )  # fmt: skip
    return Picture(
        draw_movers(found.movers, [title_of(model, m.assumption) for m in found.movers]),
        f"Size of the zone against {without_words(model, found.zones[0].without)} in the third of worlds where the "
        "assumption is lowest and where it is highest.",
        "Open: lowest, filled: highest, with 95 % intervals; bold: the change is beyond doubt for all assumptions at "
        "once.",
        title,
        Table("Size of the zone, share of the range of the terms",
              ("Assumption", "Lowest third", "Highest third", "Beyond doubt"), rows),
    )  # fmt: skip


def _axes(deal: Deal, found: Deals) -> Axes:
    if len(found.terms) == 1:
        return Axes(_term_words(deal, found.terms[0]), found.levels[0], "", (0.0,))
    return Axes(_term_words(deal, found.terms[1]), found.levels[1], _term_words(deal, found.terms[0]), found.levels[0])


def _term_words(deal: Deal, name: str) -> str:
    term = next(t for t in deal.terms if t.name == name)
    return capital((term.about or words(name)).rstrip("."))
