"""The measures of a table: what heads their columns, and their figures, limits and errors in the column's unit."""

from __future__ import annotations

from standoff.analysis.findings import Figure
from standoff.analysis.robustness.performance import Measure, Performance
from standoff.language.model import Model, Outcome
from standoff.words.amounts import amount, difference, is_chance, is_date, unit_words, with_unit
from standoff.words.names import title_of, who
from standoff.words.numbers import error, in_short, interval, measured, plain

__all__ = [
    "ends_of",
    "error_of",
    "figure_of",
    "limit_words",
    "measure_title",
    "outcome_figure",
    "unit_of",
]


def _outcome(model: Model, measure: Measure) -> Outcome | None:
    return next((o for o in model.outcomes if o.name == measure.name), None) if measure.kind == "outcome" else None


def measure_title(model: Model, measure: Measure) -> str:
    """An outcome as the study calls it, or whose payoff it is."""
    return title_of(model, measure.name) if measure.kind == "outcome" else f"Payoff of {who(model, measure.name)}"


def unit_of(model: Model, measure: Measure) -> str:
    """A measure's unit as it heads a column, in the plural; empty for chances and dates, which are written with it."""
    outcome = _outcome(model, measure)
    if outcome is None:
        return "points"
    unit = "" if is_chance(model, outcome) or is_date(outcome) else unit_words(outcome.unit)
    return with_unit("", unit).strip()


def limit_words(model: Model, measure: Measure, limit: float) -> str:
    """A limit as the study's author wrote it, without its unit."""
    outcome = _outcome(model, measure)
    if outcome is None or not (is_chance(model, outcome) or is_date(outcome)):
        return plain(limit)
    return amount(model, outcome.name, limit)


def error_of(model: Model, measure: Measure, value: float) -> str:
    """An error without its unit, which stands in the column's head; those of dates are in years."""
    outcome = _outcome(model, measure)
    if outcome is None or not (is_chance(model, outcome) or is_date(outcome)):
        return error(value)
    return difference(model, outcome.name, value)


def ends_of(model: Model, measure: Measure, low: float, high: float) -> str:
    """Two ends of a range, without their unit."""
    outcome = _outcome(model, measure)
    if outcome is None or not (is_chance(model, outcome) or is_date(outcome)):
        return interval(low, high)
    return f"{amount(model, outcome.name, low)} to {amount(model, outcome.name, high)}"


def figure_of(model: Model, measure: Measure, figure: Figure) -> str:
    """A measure's figure with its error, without its unit, which stands in the column's head."""
    outcome = _outcome(model, measure)
    if outcome is None or not (is_chance(model, outcome) or is_date(outcome)):
        return measured(figure.value, figure.error)
    return amount(model, outcome.name, figure.value, figure.error)


def outcome_figure(model: Model, results: Performance, s: int, m: int, *, unit: bool = True) -> str:
    """A strategy's mean of a measure as the first screen shows it: without its error, of at most three digits.

    Fewer where the error leaves fewer; whole digits are never cut.
    """
    figure = results.standings[0].cells[s][m].figure
    outcome = _outcome(model, results.measures[m])
    if outcome is not None and is_date(outcome):
        return amount(model, outcome.name, figure.value, figure.error).partition("±")[0].rstrip()
    is_share = outcome is not None and is_chance(model, outcome)
    times = 100.0 if is_share else 1.0
    shown = in_short(times * figure.value, times * figure.error)
    if is_share:
        return f"{shown}\u202f%"
    return with_unit(shown, "points" if outcome is None else unit_words(outcome.unit)) if unit else shown
