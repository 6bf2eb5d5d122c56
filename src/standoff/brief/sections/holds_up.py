"""The sections: what holds up, what the others change, what happens over time, and how the model hangs together."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

from standoff.analysis.robustness.performance import Performance, Standing
from standoff.analysis.robustness.practical import best_settings, leads_over_others
from standoff.analysis.searching.pathways import Pathways
from standoff.analysis.searching.searched import Searched
from standoff.analysis.structure.causal import CausalMap, reach_of
from standoff.brief.pictures.causal_map import draw_map, list_map
from standoff.brief.pictures.charts import DotRow, dots
from standoff.brief.pictures.drawing.colours import colour_of
from standoff.brief.pictures.grid import standing_table
from standoff.brief.pictures.pathways import draw_pathways
from standoff.brief.section import Method, Picture, Section, Table
from standoff.brief.sections.assumptions import assumptions_behind
from standoff.language.model import Model
from standoff.words.amounts import with_unit
from standoff.words.names import family_words, title_of
from standoff.words.numbers import interval, shown
from standoff.words.sections import holds_up as said
from standoff.words.sections.page import CALLED
from standoff.words.sentences.answer import confidence, limits_title, views_title
from standoff.words.sentences.searching.found import FOUND, FOUND_HEAD, found_caption, found_columns, found_title
from standoff.words.sentences.searching.pathways import (
    PATHWAYS,
    PATHWAYS_HEAD,
    PATHWAYS_KEY,
    pathways_caption,
    pathways_rows,
    pathways_title,
)
from standoff.words.text import capital, join, words

__all__ = ["first_picture", "holds_up", "map_section", "views"]


def holds_up(
    model: Model,
    results: Performance,
    grid: tuple[Picture, ...] = (),
    *,
    found: Searched | None = None,
    pathways: Pathways | None = None,
) -> Section:
    """The strategies × outcomes table; `grid` is its picture, none where no world has a result.

    `found` is what a search has found, to stand beside the best that is listed; `pathways` say until when each strategy
    keeps the limits.
    """
    payoffs = [payoff for payoff in model.payoffs if payoff.actor == model.decider]
    beside = (
        *(() if found is None else (_found(model, found),)),
        *(() if pathways is None else (_pathways(model, pathways),)),
    )
    tables = tuple(replace(picture, table=standing_table(model, results, results.standings[0])) for picture in grid)
    return Section(
        "holds-up",
        CALLED["holds-up"],
        limits_title(model, results),
        pictures=(*tables, *beside),
        sure=confidence(model, results),
        why=assumptions_behind(model, payoffs),
        method=Method(said.performance_method(model, results), said.REFERENCES),
    )


def _found(model: Model, found: Searched) -> Picture:
    """The best found beside the best listed, by each aim."""
    rows = tuple(zip(*found_columns(model, found), strict=True))
    table = Table(FOUND, FOUND_HEAD, rows)
    return Picture(Markup(""), found_caption(model, found), title=found_title(model, found), table=table)


def _pathways(model: Model, pathways: Pathways) -> Picture:
    """Until when each strategy keeps the limits, and the ways on."""
    table = Table(PATHWAYS, PATHWAYS_HEAD, pathways_rows(model, pathways))
    drawn, title = draw_pathways(model, pathways), pathways_title(model, pathways)
    return Picture(drawn, pathways_caption(pathways), PATHWAYS_KEY, title, table)


def first_picture(model: Model, results: Performance) -> Picture | None:
    """The picture beside the answer: how far behind the best each strategy is; None where nothing is ranked."""
    main = results.standings[0] if results.standings else None
    if main is None or not main.rankings or main.rankings[0] is None or len(best_settings(results)) < 2:
        return None
    rows = sorted(_view_rows(model, results, main), key=lambda row: -row.lead.value)
    low, high = min(row.lead.low for row in rows), max(row.lead.high for row in rows)
    unit = "points" if results.measures[0].kind == "payoff" else ""
    drawn = dots(rows, (1.06 * low, max(-0.04 * low, 1.04 * high)), unit, f"Mean payoff: {_view_said(rows, unit)}")
    what = "Mean payoff" if results.measures[0].kind == "payoff" else title_of(model, results.measures[0].name)
    return Picture(drawn, said.dots_caption(what), said.DOTS_KEY, instead=(_dots_table(rows, unit),))


def views(model: Model, results: Performance) -> Section | None:
    """The decider's payoff under each named profile of the others; None where there is nothing to compare."""
    ranked = [s for s in results.standings if s.rankings and s.rankings[0] is not None]
    if len(ranked) < 2 or len(best_settings(results)) < 2:
        return None
    rows = {id(s): _view_rows(model, results, s) for s in ranked}
    low = min(row.lead.low for of in rows.values() for row in of)
    domain = (1.06 * low, max(0.04 * -low, 1.04 * max(row.lead.high for of in rows.values() for row in of)))
    unit = "points" if results.measures[0].kind == "payoff" else ""
    pictures = tuple(
        Picture(
            dots(
                rows[id(s)],
                domain,
                unit,
                f"{said.view_title(results, s)}. {_view_said(rows[id(s)], unit)}",
            ),
            caption=capital(s.view.about or said.ALL_OTHERS),
            title=said.view_title(results, s),
            table=standing_table(model, results, s),
            instead=(_dots_table(rows[id(s)], unit),),
        )
        for s in ranked
    )
    return Section(
        "others-play",
        CALLED["others-play"],
        views_title(results),
        lead=(said.VIEWS_LEAD,),
        pictures=pictures,
        sure=(said.VIEWS_SURE,),
        method=Method((said.VIEWS_METHOD,), said.VIEWS_REFERENCES),
    )


def map_section(model: Model, causes: CausalMap) -> Section:
    """The causal map and its links as a table."""
    rows = tuple(
        (
            said.thing_words(model, e.source),
            {"+": "raises", "−": "lowers"}.get(e.sign, "decides on" if e.rule else "moves"),
            said.thing_words(model, e.target),
            ", ".join(map(words, e.through)),
        )
        for e in causes.edges
    )
    table = Table(said.LINKS, said.LINKS_HEAD, rows)
    return Section(
        "map",
        CALLED["map"],
        said.map_title(model, reach_of(causes, model.decider)),
        lead=(said.MAP_LEAD,),
        pictures=(Picture(draw_map(causes, model) + list_map(causes, model), key=said.MAP_KEY, table=table),),
        method=Method((said.MAP_METHOD,), said.MAP_REFERENCES),
    )


def _view_rows(model: Model, results: Performance, standing: Standing) -> list[DotRow]:
    return [
        DotRow(
            family_words(results.strategies[s].strategy),
            colour_of(model, results.strategies[s]),
            lead,
            is_best,
        )
        for s, lead, is_best in leads_over_others(results, standing)
    ]


def _dots_table(rows: list[DotRow], unit: str) -> Table:
    return Table(
        "",
        said.dots_head(unit),
        tuple(
            (
                row.label,
                shown(row.lead),
                interval(row.lead.low, row.lead.high),
                "yes" if row.best else "no",
            )
            for row in sorted(rows, key=lambda row: -row.lead.value)
        ),
    )


def _view_said(rows: list[DotRow], unit: str) -> str:
    return join([with_unit(f"{row.label} {shown(row.lead)}", unit) for row in rows])
