"""The measures of a table: what heads their columns, and their figures, limits and errors in the column's unit."""

from __future__ import annotations

from collections.abc import Sequence

from standoff.analysis.findings import Figure
from standoff.analysis.robustness.performance import Measure, Performance
from standoff.language.expressions.tree import Call, Reference
from standoff.language.model import Model, Outcome
from standoff.words.amounts import amount, difference, is_chance, is_date, outcome_unit, with_unit
from standoff.words.language import ENGLISH, Language
from standoff.words.names import title_of, who
from standoff.words.numbers import error, interval, measured, plain, rounded

__all__ = [
    "ends_of",
    "error_of",
    "figure_of",
    "limit_words",
    "measure_title",
    "outcome_figure",
    "scale_of",
    "scale_words",
    "unit_of",
]


_SCALES = (1.0, 10.0, 100.0)
"""Upper ends of scales that begin at 0."""


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
    unit = "" if is_chance(model, outcome) or is_date(outcome) else outcome_unit(model, outcome)
    return with_unit("", unit).strip()


def scale_of(model: Model, outcome: Outcome) -> tuple[float, float] | None:
    """Between which ends an outcome without unit lies: those of the stock that it is of, where they are a scale's.

    Other ends only keep a stock in bounds.
    """
    of = _measured(model, outcome, but=("total",))
    low, high = next((stock.within for stock in model.stocks if stock.name == of), (None, None))
    return (0.0, high) if low == 0.0 and high is not None and high in _SCALES else None


def scale_words(model: Model, outcome: Outcome, language: Language) -> str:
    """What heads the column of an outcome without unit: `0 to 1`, or that it is a count."""
    scale = scale_of(model, outcome)
    if scale is not None:
        return language.part("page.scale", low=plain(scale[0]), high=plain(scale[1]))
    counted = _measured(model, outcome, but=("final", "mean", "peak"))
    return language.part("page.scale_count") if any(event.name == counted for event in model.events) else ""


def _measured(model: Model, outcome: Outcome, *, but: Sequence[str]) -> str:
    """The one thing that an outcome without unit is of, as `x` in `final(x)`; nothing for some functions."""
    tree = outcome.measure.tree
    if not isinstance(tree, Call) or not outcome.unit.is_dimensionless or tree.function in but:
        return ""
    of = tree.arguments[0]
    is_figure = not (is_chance(model, outcome) or is_date(outcome))
    return of.symbol.name if isinstance(of, Reference) and is_figure else ""


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


def outcome_figure(
    model: Model, results: Performance, s: int, m: int, *, unit: bool = True, language: Language = ENGLISH
) -> str:  # fmt: skip
    """A strategy's mean of a measure as the first screen shows it: the tables' figure without its error.

    Its `unit` stands with it if asked, where the outcome's name does not say it; or what it is out of: `0.58 of 1`.
    """
    figure = results.standings[0].cells[s][m].figure
    outcome = _outcome(model, results.measures[m])
    if outcome is not None and (is_chance(model, outcome) or is_date(outcome)):
        value, sign, rest = amount(model, outcome.name, figure.value, figure.error).partition("±")
        is_share = sign and rest.endswith("%")
        return f"{value.rstrip()}\u202f%" if is_share else value.rstrip()
    shown = rounded(figure.value, figure.error)
    if not unit or outcome is None:
        return with_unit(shown, "points") if unit else shown
    scale, named = scale_of(model, outcome), outcome_unit(model, outcome)
    if scale is not None:
        return f"{shown} {language.part('page.scale_of', high=plain(scale[1]))}"
    is_said = named.isalpha() and named in title_of(model, outcome.name).lower()
    return shown if is_said else with_unit(shown, named)
