"""The table of the first screen: the decider's strategies, settings folded, by the outcomes that differ most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from standoff.analysis.robustness.performance import Performance
from standoff.analysis.robustness.practical import best_settings, is_practically_level, practically_best, spread_of
from standoff.brief.pictures.charts import squares
from standoff.brief.pictures.drawing.colours import colour_of
from standoff.brief.section import Table
from standoff.language.model import Model
from standoff.words.amounts import is_chance
from standoff.words.language import ENGLISH, Language
from standoff.words.measures import unit_of
from standoff.words.names import family_words, title_of
from standoff.words.sentences.opening import outcome_figure
from standoff.words.text import capital

__all__ = ["Glance", "GlanceCell", "GlanceColumn", "GlanceRow", "glance", "glance_table"]

_MOST_COLUMNS = 6


@dataclass(frozen=True, slots=True)
class GlanceColumn:
    """An outcome: its name, its unit, and a word where its differences do not matter."""

    name: str
    title: str
    unit: str
    level: str


@dataclass(frozen=True, slots=True)
class GlanceCell:
    """A figure in its own unit; `drawn` are squares out of a hundred where it is a chance."""

    value: str
    drawn: Markup
    best: bool


@dataclass(frozen=True, slots=True)
class GlanceRow:
    """A family of strategies in its better setting."""

    label: str
    colour: int
    cells: tuple[GlanceCell, ...]


@dataclass(frozen=True, slots=True)
class Glance:
    """The table; columns that differ most come first."""

    columns: tuple[GlanceColumn, ...]
    rows: tuple[GlanceRow, ...]


def glance(model: Model, results: Performance, language: Language = ENGLISH) -> Glance | None:
    """The table, or None where no world has a result or the study names no outcome."""
    if not results.standings:
        return None
    main, shown = results.standings[0], best_settings(results)
    outcomes = {outcome.name: outcome for outcome in model.outcomes}
    measured = [m for m, measure in enumerate(results.measures) if measure.kind == "outcome"]
    if not measured:
        return None
    ranked = sorted(measured, key=lambda m: -_apart(results, m, shown))
    first = {
        measured[0],
        *[m for m in ranked if m != measured[0]][: _MOST_COLUMNS - 1],
    }  # the study's first is its head
    chosen = [m for m in ranked if m in first]
    columns = tuple(
        GlanceColumn(
            results.measures[m].name,
            title_of(model, results.measures[m].name),
            unit_of(model, results.measures[m]),
            language.part("page.level_column") if is_practically_level(results, main, m, shown) else "",
        )
        for m in chosen
    )
    best = {m: practically_best(results, main, m) for m in chosen}
    place = {s: k for k, s in enumerate(results.order)}
    rows = []
    for s in sorted(shown, key=lambda s: place[s]):
        instance = results.strategies[s]
        cells = []
        for m in chosen:
            value = main.cells[s][m].figure.value
            is_square = is_chance(model, outcomes[results.measures[m].name]) and np.isfinite(value)
            cells.append(
                GlanceCell(
                    outcome_figure(model, results, s, m, unit=False),
                    squares(value) if is_square else Markup(""),
                    len(shown) > 1 and instance.label in best[m],
                )
            )
        rows.append(GlanceRow(capital(family_words(instance.strategy)), colour_of(model, instance), tuple(cells)))
    return Glance(columns, tuple(rows))


def glance_table(found: Glance, language: Language = ENGLISH) -> Table:
    """The same as text."""
    heads = (f"{column.title} ({column.unit})" if column.unit else column.title for column in found.columns)
    rows = tuple((row.label, *(cell.value for cell in row.cells)) for row in found.rows)
    return Table(language.say("page.table"), (language.say("page.approach"), *heads), rows)


def _apart(results: Performance, m: int, shown: tuple[int, ...]) -> float:
    """How far apart the strategies' means are, in what matters or else in the spread over worlds."""
    main = results.standings[0]
    means = [main.cells[s][m].figure.value for s in shown]
    if not np.isfinite(means).all():
        return 0.0
    gap = float(np.ptp(means))
    scale = results.measures[m].matters or spread_of(main, m, shown)
    return gap / scale if scale > 0.0 else float(gap > 0.0)
