"""Look at some of the worlds: choose an outcome, narrow assumptions, and every strategy's figures follow.

What can be dragged is also printed: the page opens with all worlds and their figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from jinja2 import Environment
from markupsafe import Markup

from standoff.analysis.findings import Floats
from standoff.analysis.linchpins.linchpins import Linchpins
from standoff.analysis.robustness.performance import Performance
from standoff.analysis.robustness.robustness import Robustness
from standoff.analysis.runs.decision_table import DecisionTable
from standoff.brief.cargo import COARSE, EXACT, Cargo
from standoff.brief.pictures.drawing.colours import colour_of, is_second
from standoff.brief.pictures.drawing.ranges import range_of
from standoff.brief.section import Method, Picture, Section
from standoff.language.model import Model
from standoff.questions.results import Robust
from standoff.words.amounts import amount, is_chance, outcome_unit, unit_words, with_unit
from standoff.words.names import strategy_words, title_of, who
from standoff.words.numbers import counted, exact, percent
from standoff.words.sections import explore as said
from standoff.words.sections.page import CALLED

__all__ = ["Axis", "Shown", "explore"]

_MOST_AXES = 10
_BARS = 20
_GIVEN_UP = "given up"


@dataclass(frozen=True, slots=True)
class Axis:
    """An assumption to narrow: its title, ends, and how many worlds lie in each twentieth (of 20)."""

    title: str
    ends: tuple[str, str]
    heights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A strategy's row as it is with all worlds."""

    label: str
    colour: int
    hollow: bool
    place: float
    mean: str
    within: str


def explore(
    model: Model, robust: Robust, results: Performance, environment: Environment
) -> Section:  # fmt: skip
    """The section; with all worlds its figures are those of the tables."""
    table, linchpins = robust.table, robust.linchpins
    names = _names(linchpins)
    measures = _measures(model, table, robust.robustness)
    axes = [_axis(model, table, name) for name in names]
    main = robust.robustness.under[0].metrics
    order = [robust.robustness.labels.index(label) for label in main.ranking.order]
    every = [_with_all_worlds(model, robust.robustness, results, about["name"]) for about, _ in measures]
    cargo = Cargo()
    data = {
        "worlds": int(table.worlds.size),
        "axes": [
            {
                **cargo.put_rows(table.inputs.column(name)[None], EXACT),
                "unit": unit_words(_parameter(model, name).unit),
                "ends": range_of(_parameter(model, name), table.inputs),
            }
            for name in names
        ],
        "measures": [
            {
                **about,
                **cargo.put_rows(values[order]),
                **_kept(robust.robustness, about["name"], order, cargo),
                "all": [texts[s] for s in order],
            }
            for (about, values), texts in zip(measures, every, strict=True)
        ],
        "strategies": len(order),
    }
    strategies = _rows(model, robust.robustness, order, measures[0][1], texts=every[0])
    text = Markup(cargo.packed(data))
    titles = [about["title"] for about, _ in measures]
    first = {"count": f"All {counted(table.worlds.size, 'world')}"}
    module: Any = environment.get_template("robust.html.j2").module
    drawn = Markup(module.explore_part(text, strategies, titles, axes, first))
    return Section(
        "explore",
        CALLED["explore"],
        said.EXPLORE_TITLE,
        lead=(said.EXPLORE_LEAD,),
        pictures=(Picture(drawn),),
        is_live=True,
        method=Method((said.explore_method(table.worlds.size),)),
    )  # fmt: skip


def _names(linchpins: Linchpins) -> list[str]:
    """The linchpins, then what the boxes name, then what comes next in worth."""
    names = [pin.name for pin in linchpins.linchpins]
    for region in linchpins.regions:
        if region.found.recommended is not None:
            names += region.found.recommended.names
    rest = sorted((*linchpins.facts, *linchpins.values), key=lambda pin: -pin.worth.evppi.value)
    return list(dict.fromkeys([*names, *(pin.name for pin in rest)]))[:_MOST_AXES]


def _measures(model: Model, table: DecisionTable, robust: Robustness) -> list[tuple[dict[str, Any], Floats]]:
    """(what it is, (strategies, worlds)): payoff, regret, and every outcome that no future lacks."""
    main = robust.under[0]
    found: list[tuple[dict[str, Any], Floats]] = [
        ({"name": "", "title": f"Payoff of {who(model, model.decider)}", "unit": "points"}, table.payoffs().mean),
        ({"name": _GIVEN_UP, "title": said.GIVEN_UP, "unit": "points"},
         main.metrics.regret.by_world),
    ]  # fmt: skip
    for outcome in model.outcomes:
        if outcome.name in table.ensemble.present:
            continue
        unit = "%" if is_chance(model, outcome) else with_unit("", outcome_unit(model, outcome)).strip()
        about = {"name": outcome.name, "title": title_of(model, outcome.name), "unit": unit}
        found.append((about, table.figures("outcome", outcome.name).mean))
    return found


def _kept(robust: Robustness, outcome: str, order: list[int], cargo: Cargo) -> dict[str, Any]:
    """The chance by world that the limit on an outcome is kept, as the tables count it; nothing without a limit."""
    kept = robust.under[0].satisficing
    places = {bound.outcome: o for o, bound in enumerate(robust.bounds)}
    return (
        {}
        if kept is None or outcome not in places
        else {"kept": cargo.put_rows(kept.chances[places[outcome]][order], COARSE)}
    )


def _with_all_worlds(model: Model, robust: Robustness, results: Performance, name: str) -> list[tuple[str, str]]:
    """For each strategy its figure and the share of worlds within a limit, as the tables have them."""
    main = robust.under[0].metrics
    if name == _GIVEN_UP:
        return [(amount(model, "", main.regret.mean[label].value, main.regret.mean[label].error), "")
                for label in robust.labels]  # fmt: skip
    kinds = [(measure.kind == "payoff", measure.name) for measure in results.measures]
    column = kinds.index((True, model.decider) if not name else (False, name))
    cells = [results.standings[0].cells[results.labels.index(label)][column] for label in robust.labels]
    return [
        (amount(model, name, cell.figure.value, cell.figure.error),
         "" if cell.within is None else percent(cell.within.value, cell.within.error))
        for cell in cells
    ]  # fmt: skip


def _axis(model: Model, table: DecisionTable, name: str) -> Axis:
    column = table.inputs.column(name)
    parameter = _parameter(model, name)
    counts = np.histogram(column, bins=_BARS)[0]
    unit = unit_words(parameter.unit)
    ends = [f"{exact(end)} {unit}".strip() for end in range_of(parameter, table.inputs)]
    heights = tuple(round(20.0 * float(c) / float(counts.max()), 1) for c in counts)
    return Axis(title_of(model, name), (ends[0], ends[1]), heights)


def _rows(
    model: Model, robust: Robustness, order: list[int], values: Floats, *, texts: list[tuple[str, str]]
) -> list[Shown]:  # fmt: skip
    means = values.mean(axis=1)
    low, high = float(means.min()), float(means.max())
    pad = 0.08 * (high - low) or 1.0
    rows = []
    for s in order:
        instance = robust.strategies[s]
        place = 100.0 * (float(means[s]) - low + pad) / (high - low + 2.0 * pad)
        rows.append(
            Shown(
                strategy_words(instance),
                colour_of(model, instance),
                is_second(instance),
                round(place, 2),
                *texts[s],
            )
        )
    return rows


def _parameter(model: Model, name: str) -> Any:
    return next(parameter for parameter in model.uncertain if parameter.name == name)
