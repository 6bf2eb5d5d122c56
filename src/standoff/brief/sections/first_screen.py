"""The table of the first screen: the decider's strategies, settings folded, by the outcomes that differ most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from standoff.analysis.robustness.metrics import Metrics
from standoff.analysis.robustness.performance import Performance
from standoff.analysis.robustness.practical import best_settings, is_practically_level, practically_best, spread_of
from standoff.brief.pictures.charts import squares
from standoff.brief.pictures.drawing.colours import colour_of
from standoff.brief.section import Table
from standoff.language.model import Instance, Model
from standoff.language.model.reads import symbols_read
from standoff.words.amounts import is_chance, is_chance_of_event, is_date, likelihood, likelihood_span
from standoff.words.language import ENGLISH, Language
from standoff.words.measures import outcome_figure, scale_words, unit_of
from standoff.words.names import decider_words, family_words, setting_words, title_of, view_words
from standoff.words.numbers import percent, rounded
from standoff.words.sentences.deals import breaching, broken_by_some
from standoff.words.sentences.opening import Sides, replying_leaders
from standoff.words.text import capital, closed, words
from standoff.words.turning import families, meaning_of

__all__ = ["Glance", "GlanceCell", "GlanceColumn", "GlanceRow", "column_meanings", "glance", "glance_table"]

_FEW_ROWS, _FEW_WORDS = 5, 12
"""Up to so many strategies, each told in up to so many words, say what they are where they stand."""
_MOST_COLUMNS = 6
"""Of outcomes and of what the decider wants, together."""


@dataclass(frozen=True, slots=True)
class GlanceColumn:
    """An outcome, or all that the decider wants, whose name is empty.

    A note says which way is better, how likely it is, or that it does not matter.
    """

    name: str
    title: str
    unit: str
    note: str


@dataclass(frozen=True, slots=True)
class GlanceCell:
    """A figure in its own unit; `drawn` are squares out of a hundred where it is a chance."""

    value: str
    drawn: Markup
    best: bool


@dataclass(frozen=True, slots=True)
class GlanceRow:
    """A family of strategies in its better setting, which is named beside it, and below what it does, if few."""

    label: str
    about: str
    setting: str
    colour: int
    cells: tuple[GlanceCell, ...]


@dataclass(frozen=True, slots=True)
class Glance:
    """The table; columns that differ most come first. `key` says how to read it, and `marks` what is drawn in it."""

    columns: tuple[GlanceColumn, ...]
    rows: tuple[GlanceRow, ...]
    key: str
    marks: str


def glance(
    model: Model,
    results: Performance,
    sides: Sides,
    language: Language = ENGLISH,
    *,
    told: Sequence[str] = (),
) -> Glance | None:
    """The table, or None where no world has a result or the study names no outcome.

    Args:
        model: The study's.
        results: Of the run.
        sides: What else was found.
        language: Of the page's own words.
        told: The sentences beside it; what a setting is stands in its key where it does not stand there.
    """
    if not results.standings:
        return None
    main, shown = results.standings[0], best_settings(results)
    outcomes = {outcome.name: outcome for outcome in model.outcomes}
    measured = [m for m, measure in enumerate(results.measures) if measure.kind == "outcome"]
    if not measured:
        return None
    wants = _wants(model, results, sides, language) if len(results.strategies) > 1 else ()
    ranked = sorted(measured, key=lambda m: -_apart(results, m, shown))
    first = {
        measured[0],
        *[m for m in ranked if m != measured[0]][: _MOST_COLUMNS - 1 - len(wants)],
    }  # the study's first is its head
    chosen = [m for m in ranked if m in first]
    columns = tuple(want.column for want in wants) + tuple(
        GlanceColumn(
            results.measures[m].name,
            title_of(model, results.measures[m].name),
            unit_of(model, results.measures[m]) or scale_words(model, outcomes[results.measures[m].name], language),
            _note(model, results, m, shown, language=language),
        )
        for m in chosen
    )
    best = {m: practically_best(results, main, m) for m in chosen}
    order = _order(results, sides)
    shared = _shared_setting([results.strategies[s] for s in shown]) if len(shown) > 1 else None
    abouts = _abouts([results.strategies[s] for s in shown])
    rows = []
    for s in sorted(shown, key=lambda s: order.index(results.strategies[s].strategy.name)):
        instance = results.strategies[s]
        cells = [want.cell(instance) for want in wants]
        for m in chosen:
            value = main.cells[s][m].figure.value
            is_square = is_chance_of_event(model, outcomes[results.measures[m].name]) and np.isfinite(value)
            cells.append(
                GlanceCell(
                    _with_share(outcome_figure(model, results, s, m, unit=False), main.cells[s][m].present),
                    squares(value) if is_square else Markup(""),
                    len(shown) > 1 and instance.label in best[m],
                )
            )
        name, setting = family_words(instance.strategy), "" if shared else setting_words(instance)
        about = abouts.get(instance.strategy.name, "")
        rows.append(GlanceRow(capital(name), about, setting, colour_of(model, instance), tuple(cells)))
    key = _Key(model, results, sides, language, told=" ".join((*told, *abouts.values())))
    is_drawn = any(cell.drawn for row in rows for cell in row.cells)
    return Glance(
        columns, tuple(rows), key.said(columns, rows, shared), language.say("page.squares") if is_drawn else ""
    )


def column_meanings(model: Model, found: Glance | None) -> tuple[tuple[str, str], ...]:
    """The outcomes of the table, each with what the study says it is, where that is more than its name."""
    abouts = {outcome.name: (outcome.about or "").strip().rstrip(".") for outcome in model.outcomes}
    columns = () if found is None else found.columns
    return tuple((c.title, closed(abouts[c.name])) for c in columns if abouts.get(c.name, "") not in ("", c.title))


def glance_table(found: Glance, language: Language = ENGLISH) -> Table:
    """The same as text."""
    heads = (_head(column) for column in found.columns)
    rows = tuple(
        (f"{row.label} ({row.setting})" if row.setting else row.label, *(cell.value for cell in row.cells))
        for row in found.rows
    )
    return Table(language.say("page.table"), (language.say("page.approach"), *heads), rows)


def _with_share(figure: str, present: float) -> str:
    """A date with the share of futures in which the event comes, where it is not all."""
    return f"{figure} ({percent(present)})" if 0.0 < present < 1.0 else figure


def _head(column: GlanceColumn) -> str:
    beside = "; ".join(text for text in (column.unit, column.note) if text)
    return f"{column.title} ({beside})" if beside else column.title


def _note(model: Model, results: Performance, m: int, shown: tuple[int, ...], *, language: Language) -> str:
    """Which way is better, how likely an event is, if equally so under every approach, and what does not matter."""
    main, outcome = results.standings[0], next(o for o in model.outcomes if o.name == results.measures[m].name)
    notes = [language.part(f"page.better_{outcome.better}")]
    if is_chance_of_event(model, outcome):
        found = {likelihood(main.cells[s][m].figure.value) for s in shown}
        word = found.pop() if len(found) == 1 else None
        notes += [f"{language.part(f'likelihood.{word}')}, {likelihood_span(word)}"] if word else []
    if any(0.0 < main.cells[s][m].present < 1.0 for s in shown):
        notes.append(language.part("page.dates_share"))
    if is_practically_level(results, main, m, shown):
        notes.append(language.part("page.level_column"))
    return "; ".join(notes)


def _is_an_outcome(results: Performance) -> bool:
    """Whether what the decider wants is one of the outcomes and nothing else."""
    means = np.array([[cell.figure.value for cell in row] for row in results.standings[0].cells])
    outcomes = [m for m, measure in enumerate(results.measures) if measure.kind == "outcome"]
    return any(np.allclose(means[:, m], means[:, 0], rtol=1e-9, atol=0.0) for m in outcomes)


@dataclass(frozen=True, slots=True, eq=False)
class _Want:
    """A column of all that the decider wants, in one figure: its mean payoff under a view of the others."""

    column: GlanceColumn
    metrics: Metrics
    results: Performance

    def cell(self, instance: Instance) -> GlanceCell:
        """Of an approach, in the setting that does best under this view."""
        family = {each.label for each in self.results.strategies if each.strategy.name == instance.strategy.name}
        ranking = self.metrics.ranking
        payoff = self.metrics.expected[next(label for label in ranking.order if label in family)].payoff
        shown = rounded(payoff.value, payoff.error)
        return GlanceCell(shown, Markup(""), not family.isdisjoint(ranking.may_be_best))


def _wants(model: Model, results: Performance, sides: Sides, language: Language) -> tuple[_Want, ...]:
    """What orders the table: payoffs on average over all that the others could do, and as they would answer.

    The first is left out where an outcome's column says the same.
    """
    under = () if sides.robust is None or results.measures[0].kind != "payoff" else sides.robust.under
    kinds = ("uniform", "replies") if len(model.players) > 1 else ("uniform",)
    metrics = {each.view.kind: each.metrics for each in under if each.view.kind in kinds}
    heads = {
        "uniform": language.part("page.wants_uniform" if len(kinds) > 1 else "page.wants"),
        "replies": language.part("page.wants_replies", interest=view_words(model, language)["interest"]),
    }
    kinds = kinds[::-1] if _leads_by_replies(results, sides) else kinds
    note = language.part("page.better_higher")
    return tuple(
        _Want(GlanceColumn("", heads[kind], unit_of(model, results.measures[0]), note), metrics[kind], results)
        for kind in kinds
        if kind in metrics and not (kind == "uniform" and _is_an_outcome(results))
    )


def _leads_by_replies(results: Performance, sides: Sides) -> bool:
    """Whether others that act in their own interest put others first than those that do anything."""
    best = families(results, practically_best(results, results.standings[0], 0))
    return not set(families(results, replying_leaders(sides.robust) or ())) <= set(best)


def _order(results: Performance, sides: Sides) -> list[str]:
    """Families of strategies, best first: against others that act in their own interest, where that differs."""
    labels = [results.labels[s] for s in results.order]
    if _leads_by_replies(results, sides) and sides.robust is not None:
        under = next(each for each in sides.robust.under if each.view.kind == "replies")
        labels = list(under.metrics.ranking.order)
    named = {instance.label: instance.strategy.name for instance in results.strategies}
    return list(dict.fromkeys(named[label] for label in labels))


def _abouts(instances: Sequence[Instance]) -> dict[str, str]:
    """What each strategy is, by name, where there are few and all are told in few words; else nothing."""
    told = {each.strategy.name: (each.strategy.about or "").strip().rstrip(".") for each in instances}
    if len(told) > _FEW_ROWS or max(len(text.split()) for text in told.values()) > _FEW_WORDS:
        return {}
    return told


def _shared_setting(instances: Sequence[Instance]) -> str | None:
    """The setting that all strategies have, if it is one and the same: `guarantee: firm`."""
    first = instances[0]
    if not first.settings or any(each.settings != first.settings for each in instances):
        return None
    titles = {each.name: each.title for each in first.strategy.named}
    return ", ".join(f"{titles.get(name) or words(name)}: {words(str(level))}" for name, level in first.settings)


@dataclass(frozen=True, slots=True, eq=False)
class _Key:
    """How to read the table: its order, its settings, and its marks, where they are there."""

    model: Model
    results: Performance
    sides: Sides
    language: Language
    told: str

    def said(self, columns: Sequence[GlanceColumn], rows: Sequence[GlanceRow], shared: str | None) -> str:
        """All of it; `shared` is the setting that all rows have."""
        say, results = self.language.say, self.results
        said = []
        if len(rows) > 1 and results.measures[0].kind == "payoff":
            who = decider_words(self.model, self.language)
            views = view_words(self.model, self.language)
            has_replies = _leads_by_replies(results, self.sides)
            said.append(say(f"page.{'ordered_replies' if has_replies else 'ordered'}", who=who, **views))
            if len(self.model.players) > 1:
                said.append(say(f"page.{'averages' if has_replies else 'outcomes_average'}", **views))
            if columns[0].name == "":
                said.append(say("page.differences"))
        if shared is not None:
            said.append(say("page.settings_same", setting=shared))
        elif len(results.strategies) > len(rows):
            said.append(say("page.settings_best"))
        said += [*self._scales(columns), *self._meanings()]
        if any(cell.best for row in rows for cell in row.cells):
            said.append(say("page.may_be_best"))
        if kept := self._kept_anyway(columns):
            said.append(say("page.kept_anyway", outcome=f"“{kept}”"))
        return " ".join(said)

    def _scales(self, columns: Sequence[GlanceColumn]) -> list[str]:
        """What the outcomes are whose figures have no unit and no scale to be read by."""
        outcomes = {outcome.name: outcome for outcome in self.model.outcomes}
        bare = [outcomes[column.name] for column in columns if column.name and not column.unit]
        return [
            self.language.say("opening.means", thing=title_of(self.model, outcome.name), means=about)
            for outcome in bare
            if not is_chance(self.model, outcome) and not is_date(outcome)
            if (about := (outcome.about or "").strip().rstrip(".")) not in ("", outcome.title)
        ]

    def _meanings(self) -> list[str]:
        """What settings are."""
        shown = best_settings(self.results)
        instances = [self.results.strategies[s] for s in shown]
        told = dict.fromkeys(
            means
            for each in instances
            for name, _ in each.settings
            if (means := meaning_of(each, name, is_bare=False)) is not None
        )
        said = {means: self.language.say("opening.means", thing=thing, means=means) for thing, means in told}
        return [text for means, text in said.items() if means not in self.told]

    def _kept_anyway(self, columns: Sequence[GlanceColumn]) -> str:
        """The column on a deal that stands in some futures, though it would pay a party to break it; or nothing."""
        deals = self.sides.deals
        if not deals or deals[0] is None or not self.model.deals:
            return ""
        found, zone = deals[0], deals[0].zones[0]
        if not breaching(self.model, found, zone) and not broken_by_some(found, zone):
            return ""
        deal = next(each for each in self.model.deals if each.name == found.deal)
        reads, shown = symbols_read(deal.during), {column.name: column.title for column in columns}
        return next((shown[o.name] for o in self.model.outcomes
                     if o.name in shown and symbols_read(o.measure) == reads), "")  # fmt: skip


def _apart(results: Performance, m: int, shown: tuple[int, ...]) -> float:
    """How far apart the strategies' means are, in what matters or else in the spread over worlds."""
    main = results.standings[0]
    means = [main.cells[s][m].figure.value for s in shown]
    if not np.isfinite(means).all():
        return 0.0
    gap = float(np.ptp(means))
    scale = results.measures[m].matters or spread_of(main, m, shown)
    return gap / scale if scale > 0.0 else float(gap > 0.0)
