"""Look at some of the worlds: choose an outcome, narrow assumptions, and every strategy's figures follow.

What can be dragged is also printed: the page opens with all worlds and their figures.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from jinja2 import Environment
from markupsafe import Markup

from standoff.analysis.findings import Floats
from standoff.analysis.linchpins.hinging import Hinging
from standoff.analysis.robustness.holding import Holding
from standoff.analysis.runs.views import Faced, find_views
from standoff.brief.pictures.boxes import range_of
from standoff.brief.sections.gives_up import is_second
from standoff.brief.sections.grid import Method, Picture, Section, colour_of
from standoff.language.model import Model
from standoff.words.wording import (
    amount,
    capital,
    counted,
    is_chance,
    number,
    strategy_words,
    title_of,
    unit_words,
    who,
)

__all__ = ["Axis", "Shown", "explore"]

_MOST_AXES = 10
_BARS = 20
_STEPS = 65_535
"""Figures are sent as whole numbers of 16 bits between the least and the largest."""


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
    model: Model, faced: Faced, held: Holding, hinged: Hinging, environment: Environment
) -> Section:  # fmt: skip
    """The section."""
    names = _names(hinged)
    measures = _measures(model, faced, held)
    axes = [_axis(model, faced, name) for name in names]
    order = [held.labels.index(label) for label in held.held[0].robustness.ranking.order]
    data = {
        "worlds": int(faced.worlds.size),
        "axes": [
            {
                **_packed(faced.inputs.column(name)),
                "unit": unit_words(_parameter(model, name).unit),
                "ends": range_of(_parameter(model, name), faced.inputs),
            }
            for name in names
        ],
        "measures": [{**about, **_packed(values[order])} for about, values in measures],
        "strategies": len(order),
    }
    strategies = _rows(model, held, order, measures[0])
    text = Markup(json.dumps(data, separators=(",", ":")).replace("<", "\\u003c"))
    titles = [about["title"] for about, _ in measures]
    first = {"count": f"All {counted(faced.worlds.size, 'world')}"}
    module: Any = environment.get_template("robust.html.j2").module
    drawn = Markup(module.explore_part(text, strategies, titles, axes, first))
    return Section(
        "explore",
        "Some of the worlds",
        "Who leads depends on the worlds: narrow them and see",
        lead=("Narrow any assumption, and the figures are those of the worlds that are left.",),
        pictures=(Picture(drawn),),
        is_live=True,
        method=Method((
            f"Means over the {counted(faced.worlds.size, 'world')} of the run, against all the others’ strategies "
            "alike, ± one standard error over the worlds kept. Picking worlds by what they hold is no finding of its "
            "own: few worlds tell little, and boxes found by looking are seldom as pure elsewhere.",
        )),
    )  # fmt: skip


def _names(hinged: Hinging) -> list[str]:
    """The linchpins, then what the boxes name, then what comes next in worth."""
    names = [pin.name for pin in hinged.pins]
    for region in hinged.regions:
        if region.found.recommended is not None:
            names += region.found.recommended.names
    rest = sorted((*hinged.facts, *hinged.values), key=lambda pin: -pin.worth.evppi.value)
    return list(dict.fromkeys([*names, *(pin.name for pin in rest)]))[:_MOST_AXES]


def _measures(model: Model, faced: Faced, held: Holding) -> list[tuple[dict[str, Any], Floats]]:
    """(what it is, (strategies, worlds)): payoff, regret, and every outcome that no future lacks."""
    main = held.held[0]
    uniform = find_views(faced)[0]
    found: list[tuple[dict[str, Any], Floats]] = [
        ({"title": f"Payoff of {who(model, model.decider)}", "unit": "points", "limit": None}, main.payoffs.mean),
        ({"title": "Given up against the best strategy", "unit": "points", "limit": None},
         main.robustness.regret.by_world),
    ]  # fmt: skip
    for outcome in model.outcomes:
        if outcome.name in faced.ensemble.present:
            continue
        unit = "%" if is_chance(model, outcome) else unit_words(outcome.unit)
        about = {"title": title_of(model, outcome.name), "unit": unit, "limit": outcome.limit, "better": outcome.better}
        found.append((about, uniform.average(faced.means("outcome", outcome.name))))
    return found


def _axis(model: Model, faced: Faced, name: str) -> Axis:
    column = faced.inputs.column(name)
    parameter = _parameter(model, name)
    counts = np.histogram(column, bins=_BARS)[0]
    unit = unit_words(parameter.unit)
    ends = [f"{number(end)} {unit}".strip() for end in range_of(parameter, faced.inputs)]
    heights = tuple(round(20.0 * float(c) / float(counts.max()), 1) for c in counts)
    return Axis((parameter.about or capital(name)).rstrip("."), (ends[0], ends[1]), heights)


def _rows(
    model: Model, held: Holding, order: list[int], measure: tuple[dict[str, Any], Floats]
) -> list[Shown]:  # fmt: skip
    _, values = measure
    means = values.mean(axis=1)
    low, high = float(means.min()), float(means.max())
    pad = 0.08 * (high - low) or 1.0
    rows = []
    for s in order:
        instance = held.strategies[s]
        error = float(values[s].std(ddof=1) / np.sqrt(values.shape[1]))
        place = 100.0 * (float(means[s]) - low + pad) / (high - low + 2.0 * pad)
        rows.append(
            Shown(
                strategy_words(instance),
                colour_of(model, instance),
                is_second(instance),
                round(place, 2),
                amount(model, "", float(means[s]), error),
                "",
            )
        )
    return rows


def _packed(values: Floats) -> dict[str, Any]:
    low, high = float(values.min()), float(values.max())
    steps = np.round((values - low) / ((high - low) or 1.0) * _STEPS).astype("<u2")
    return {"low": low, "high": high, "data": base64.b64encode(steps.tobytes()).decode()}


def _parameter(model: Model, name: str) -> Any:
    return next(parameter for parameter in model.uncertain if parameter.name == name)
