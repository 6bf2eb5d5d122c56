"""The pictures of the section on deals: the terms mapped, the zone under what changes it, what moves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import numpy as np
from markupsafe import Markup

from standoff.analysis.deals.agreement import Zone
from standoff.analysis.deals.deals import Deals
from standoff.analysis.deals.hinges import Contrast, Part
from standoff.brief.pictures.drawing.colours import COLOURS
from standoff.brief.pictures.drawing.svg import framed, tag
from standoff.brief.pictures.zone_maps import (
    Axes,
    MapCells,
    as_grid,
    draw_cases,
    draw_map_of,
    draw_movers,
    draw_sizes,
    gain_fill,
    share_fill,
    word_mark,
)
from standoff.brief.section import Picture, Table
from standoff.language.model import Deal, Model
from standoff.words.names import title_of, who
from standoff.words.numbers import measured, percent, plain
from standoff.words.sections import deals as said
from standoff.words.text import capital, words

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
                said.MAP,
                said.map_words(zone, float(np.nanmin(share)), float(np.nanmax(share))),
                [[share_fill(float(v)) for v in row] for row in share],
                [
                    [f"{percent(float(v))} {m}".rstrip() for v, m in zip(row, line, strict=True)]
                    for row, line in zip(share, marks, strict=True)
                ],
                zone=zoned, shown=shown,
            ),
        )
    ]  # fmt: skip
    for i, party in enumerate(found.parties):
        own = _Gains(party, as_grid(zone.gains[i]), as_grid(zone.errors[i]), zoned, shown=shown)
        maps.append(_gains_map(model, axes, own))
    map_table = _map_table(axes, share, marks, zoned)
    return Picture(
        parts.zone_part(maps), said.space_caption(model, zone), said.SPACE_KEY, said.space_title(model, found),
        table=_space_table(model, deal, found), instead=(map_table,),
    )  # fmt: skip


def _map_table(axes: Axes, share: Any, marks: Any, zone: Any) -> Table:
    """The first map as text: a row a level of the first term, a column a level of the second."""
    return Table(
        said.MAP_TABLE,
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
    title, told = said.gains_words(model, party, float(gains.min()), float(gains.max()))
    return draw_map_of(
        axes,
        MapCells(
            title,
            told,
            [[gain_fill(float(v), scale) for v in row] for row in gains],
            [
                [measured(float(v), float(e)).replace("\u00a0", "") for v, e in zip(row, noise, strict=True)]
                for row, noise in zip(gains, errors, strict=True)
            ],
            zone=zone, shown=shown,
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
        "All gain", said.MAP, *(f"Word of {who(model, k.party)}" for k in found.keeping),
    )  # fmt: skip
    return Table(said.SPACE, head, tuple(rows))


def multiples_picture(model: Model, deal: Deal, found: Deals, parts: Any) -> Picture:
    """The zone again by what no deal means, by the course of a stock, and under imposed circumstances."""
    shown = _shown_contrasts(found)
    cases: list[tuple[str, list[tuple[str, Zone | Part]]]] = []
    if len(found.zones) > 1:
        cases.append((said.BY_MEANING[0], [(said.variant_words(model, z.without), z) for z in found.zones]))
    for contrast in shown:
        parted: list[tuple[str, Zone | Part]] = [(said.part_words(model, contrast, p), p) for p in contrast.parts]
        cases.append((said.group_words(model, contrast), parted))
    drawn = draw_cases(
        _axes(deal, found),
        [as_grid(zone.zone) for _, each in cases for _, zone in each],
        " ".join(_case_words(title, zone) for _, each in cases for title, zone in each),
    )
    rows = [
        (words(z.without), said.BY_MEANING[1], said.variant_words(model, z.without), str(found.n_worlds),
         percent(z.area.value, z.area.error), z.verdict)
        for z in found.zones
    ]  # fmt: skip
    rows += [
        (words(c.without), said.group_words(model, c), said.part_words(model, c, part), str(part.n_worlds),
         percent(part.area.value, part.area.error), part.verdict)
        for c in found.contrasts for part in c.parts
    ]  # fmt: skip
    return Picture(
        drawn + parts.groups_part(_legend(cases)),
        said.multiples_caption(model, shown),
        said.MULTIPLES_KEY,
        said.multiples_title(model, shown),
        table=Table(said.ZONE_CHANGED, said.MULTIPLES_HEAD, tuple(rows)),
    )


def _shown_contrasts(found: Deals) -> list[Contrast]:
    """Against the first meaning of no deal: the first stock, and circumstances."""
    first = [c for c in found.contrasts if c.without == found.zones[0].without]
    stocks = [c for c in first if c.by != "circumstances"]
    return stocks[:1] + [c for c in first if c.by == "circumstances"]


def _case_words(title: str, zone: Zone | Part) -> str:
    inside = as_grid(zone.zone)
    return said.mini_words(title, percent(zone.area.value, zone.area.error), int(inside.sum()), inside.size)


def _legend(cases: Sequence[tuple[str, Sequence[tuple[str, Zone | Part]]]]) -> list[tuple[str, Markup, list[Any]]]:
    """For each group the sizes of its cases on one line, and of each case its title, size and outline."""
    colours, found = cycle(COLOURS), []
    for heading, each in cases:
        own = [next(colours) for _ in each]
        sizes = [percent(zone.area.value, zone.area.error) for _, zone in each]
        told = said.sizes_words(heading, [title for title, _ in each], sizes)
        drawn = draw_sizes([zone.area for _, zone in each], own, told)
        rows = [(title, size, _swatch(c)) for (title, _), size, c in zip(each, sizes, own, strict=True)]
        found.append((heading, drawn, rows))
    return found


def _swatch(colour: str) -> Markup:
    return framed("swatch", (26.0, 6.0), "", [tag("path", kind="case", d="M1 3H25", stroke=colour)])


def movers_picture(model: Model, found: Deals) -> Picture:
    """The size of the zone where an assumption is low and where it is high."""
    rows = tuple(
        (title_of(model, m.assumption), percent(m.low.value, m.low.error), percent(m.high.value, m.high.error),
         "yes" if m.is_significant else "no")
        for m in found.movers
    )  # fmt: skip
    return Picture(
        draw_movers(
            found.movers, [title_of(model, m.assumption) for m in found.movers], said.movers_words(model, found)
        ),
        said.movers_caption(model, found),
        said.MOVERS_KEY,
        said.movers_title(model, found),
        table=Table(said.MOVERS, said.MOVERS_HEAD, rows),
    )


def _axes(deal: Deal, found: Deals) -> Axes:
    if len(found.terms) == 1:
        return Axes(_term_words(deal, found.terms[0]), found.levels[0], "", (0.0,))
    return Axes(_term_words(deal, found.terms[1]), found.levels[1], _term_words(deal, found.terms[0]), found.levels[0])


def _term_words(deal: Deal, name: str) -> str:
    term = next(t for t in deal.terms if t.name == name)
    return capital((term.about or words(name)).rstrip("."))
