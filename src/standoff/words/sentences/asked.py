"""What the study's own question is answered by: an outcome, who is best and worst in it, and whether a limit holds.

And the price of the strategy that leads: the outcomes in which it gives up most.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from standoff.analysis.robustness.performance import Performance
from standoff.analysis.robustness.practical import best_settings, is_practically_level, practically_best, spread_of
from standoff.language.model import Model
from standoff.words.amounts import is_chance, is_date, outcome_unit, with_unit
from standoff.words.language import Language
from standoff.words.measures import limit_words, outcome_figure
from standoff.words.names import family_quoted, quoted
from standoff.words.numbers import figure_percent, percent

__all__ = ["Asked", "Price", "asked_of", "asked_sentence", "prices"]

_TOLD, _LITTLE = 3.0, 0.1
"""Standard errors beyond which a strategy gives something up in an outcome, and how much of what matters in it."""
_MOST_PRICES, _MOST_NAMED = 2, 3


@dataclass(frozen=True, slots=True)
class Asked:
    """What the study's question is answered by.

    Attributes:
        measure: Index of the outcome.
        best: Strategies that may be best in it, each in its best setting; `worst` is the last.
        keeping: Strategies whose mean keeps its limit, in whatever setting; empty where it has none.
    """

    measure: int
    best: tuple[int, ...]
    worst: int
    keeping: tuple[int, ...]


def asked_of(model: Model, results: Performance, *, is_named: bool) -> Asked | None:
    """Who is best and worst in what is asked, and who keeps its limit; None where this cannot be said.

    Args:
        model: Its question is about the outcome that is so marked, else about the first.
        results: Of the run; strategies are told in their best setting, as on the table.
        is_named: Whether only an outcome that is so marked counts.
    """
    m = _asked_measure(model, results, is_named=is_named)
    main, shown = results.standings[0], best_settings(results)
    if m is None or main.rankings[m] is None or len(shown) < 2:
        return None
    if any(not np.isfinite(main.cells[s][m].figure.value) for s in shown):
        return None
    if is_practically_level(results, main, m, range(len(results.strategies))):
        return None
    measure, sign = results.measures[m], 1.0 if results.measures[m].better == "higher" else -1.0
    ordered = sorted(shown, key=lambda s: -sign * main.cells[s][m].figure.value)
    may = set(practically_best(results, main, m))
    best = [s for s in ordered if results.strategies[s].label in may] or ordered[:1]
    if len(best) == len(shown) or len(best) > _MOST_NAMED:
        return None
    limit = measure.limit
    keeping = () if limit is None else tuple(
        s for s in range(len(results.strategies)) if sign * (main.cells[s][m].figure.value - limit) >= 0.0
    )  # fmt: skip
    return Asked(m, tuple(best), ordered[-1], keeping)


def _asked_measure(model: Model, results: Performance, *, is_named: bool) -> int | None:
    """Index of the outcome that is asked, else of the first; None where only a marked one counts and none is."""
    asked = next((o.name for o in model.outcomes if o.is_asked), None)
    if asked is None and is_named:
        return None
    measured = [m for m, each in enumerate(results.measures) if each.kind == "outcome"]
    return next((k for k in measured if results.measures[k].name == asked), measured[0] if measured else None)


def asked_sentence(
    model: Model, results: Performance, language: Language, *, is_named: bool, is_short: bool = False
) -> str:
    """Who is best and worst in what is asked, who keeps its limit on average, and unless it is to be short in how many
    worlds; or nothing."""
    asked = asked_of(model, results, is_named=is_named)
    if asked is None:
        return _how_often(model, results, language, is_named=is_named)
    m, best, measure = asked.measure, asked.best, results.measures[asked.measure]
    names = [family_quoted(instance.strategy) for instance in results.strategies]
    places = {
        "outcome": quoted(model, measure.name),
        "best": language.join([names[s] for s in best], "or"),
        "x": outcome_figure(model, results, best[0], m, language=language),
        "worst": names[asked.worst],
        "y": outcome_figure(model, results, asked.worst, m, unit=False),
    }
    if measure.limit is None:
        return language.say("opening.asked", **places)
    keeping, families = dict.fromkeys(names[s] for s in asked.keeping), set(names)
    cell = results.standings[0].cells[best[0]][m]
    is_known = cell.within is not None and cell.wanted is None and len(best) == 1 and not is_short
    share = figure_percent(cell.within, told=False) if cell.within is not None and is_known else ""
    places |= {
        "limit": with_unit(limit_words(model, measure, measure.limit), _unit(model, measure.name)),
        "kept": language.part("opening.kept", share=share) if share else "",
        "keepers": language.join(list(keeping)),
    }
    key = "asked_some" if keeping else "asked_none"
    if len(keeping) == len(families):
        key = "asked_all"
    elif list(keeping) == [names[best[0]]] and len(best) == 1:
        key = "asked_limit"
    return language.say(f"opening.{key}", **places)


def _unit(model: Model, name: str) -> str:
    """An outcome's unit in words; empty for chances and dates, which are written with it."""
    outcome = next(o for o in model.outcomes if o.name == name)
    return "" if is_chance(model, outcome) or is_date(outcome) else outcome_unit(model, outcome)


def _how_often(model: Model, results: Performance, language: Language, *, is_named: bool) -> str:
    """With whom an event comes most and least often, where what is asked is its date and it does not always come."""
    m = _asked_measure(model, results, is_named=is_named)
    main, shown = results.standings[0], best_settings(results)
    if m is None or main.rankings[m] is not None or len(shown) < 2:
        return ""
    ordered = sorted(shown, key=lambda s: -main.cells[s][m].present)
    most, least = main.cells[ordered[0]][m].present, main.cells[ordered[-1]][m].present
    if percent(most) == percent(least):
        return ""
    names = [family_quoted(results.strategies[s].strategy) for s in (ordered[0], ordered[-1])]
    return language.say(
        "opening.asked_comes", outcome=quoted(model, results.measures[m].name),
        most=names[0], x=percent(most), least=names[1], y=percent(least),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Price:
    """What a family gives up in an outcome: indices of the outcome and of the strategies set side by side."""

    measure: int
    own: int
    best: int


def prices(results: Performance, leader: str) -> list[Price]:
    """The outcomes in which a family gives up most against the best there, beyond chance and by more than little.

    At most two, the largest first: by the least difference that matters in the outcome, else by its spread over worlds.
    """
    main, shown = results.standings[0], best_settings(results)
    own = next((s for s in shown if family_quoted(results.strategies[s].strategy) == leader), None)
    if own is None:
        return []
    found = []
    for m, measure in enumerate(results.measures):
        ranking, sign = main.rankings[m], 1.0 if measure.better == "higher" else -1.0
        values = {s: sign * main.cells[s][m].figure.value for s in shown}
        if measure.kind == "payoff" or ranking is None or not np.isfinite(list(values.values())).all():
            continue
        best = max(values, key=lambda s: values[s])
        gap, least = values[best] - values[own], measure.matters or spread_of(main, m, shown)
        if gap > _TOLD * float(ranking.error[best, own]) and gap > _LITTLE * least:
            found.append((gap / (least or 1.0), Price(m, own, best)))
    found.sort(key=lambda each: -each[0])
    return [price for _, price in found[:_MOST_PRICES]]
