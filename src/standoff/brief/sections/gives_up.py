"""The section on what each strategy gives up: strips with the tenth of worlds that hurts, the frontier, the limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from standoff.analysis.findings import Figure
from standoff.analysis.robustness.robustness import Robustness
from standoff.analysis.robustness.satisficing import Within
from standoff.brief.pictures.regret import draw_frontier, strips_of
from standoff.brief.section import Method, Picture, Section, Table
from standoff.language.model import Model
from standoff.words.amounts import amount
from standoff.words.names import strategy_words, title_of
from standoff.words.numbers import error, measured, number, percent
from standoff.words.sections import gives_up as said
from standoff.words.sections.page import CALLED
from standoff.words.sentences.robustness import robustness_words, weighting_words
from standoff.words.text import capital

__all__ = ["EVENLY", "gives_up"]

EVENLY = 0.75
"""Effective part of worlds whose weights fall in a straight line from 2 to 0."""


def gives_up(model: Model, found: Robustness, environment: Environment) -> Section | None:
    """The section; None with one strategy."""
    if len(found.strategies) < 2:
        return None
    robust = found.under[0].metrics
    words = robustness_words(model, found)
    order = [found.labels.index(label) for label in robust.ranking.order]
    module: Any = environment.get_template("robust.html.j2").module
    drawn = Markup(module.strips_part(*strips_of(model, found, order)))
    pictures = [
        Picture(drawn, said.STRIPS_CAPTION, said.STRIPS_KEY, table=_regret_table(found, order)),
        Picture(
            draw_frontier(model, found),
            said.FRONTIER_CAPTION,
            said.FRONTIER_KEY,
            said.FRONTIER,
            instead=(_frontier_table(found),),
        ),
    ]
    limits = _limits_table(model, found)
    if limits is not None:
        pictures.append(Picture(Markup(""), title=said.BIND, table=limits))
    pictures.append(Picture(Markup(""), title=said.OTHERWISE, table=_weightings_table(model, found)))
    is_none_known = robust.regret.mean[said.least_given_up(robust)].holds_zero
    return Section(
        "gives-up",
        CALLED["gives-up"],
        said.gives_up_title(found),
        lead=_told("" if is_none_known else words.given_up, words.worst, words.limits),
        pictures=tuple(pictures),
        sure=_told(words.ranked, said.errors_sentence(robust), words.views, words.weightings),
        method=Method(*said.gives_up_method(found)),
    )


def _frontier_table(found: Robustness) -> Table:
    named = {instance.label: instance for instance in found.strategies}
    points = sorted(found.under[0].metrics.frontier, key=lambda point: -point.performance)
    return Table(
        "",
        said.FRONTIER_HEAD,
        tuple(
            (
                strategy_words(named[point.name]),
                number(point.performance),
                number(point.robustness),
                "yes" if point.on_frontier else "no",
            )
            for point in points
        ),
    )


def _regret_table(found: Robustness, order: Sequence[int]) -> Table:
    robust = found.under[0].metrics
    regret, tails = robust.regret, robust.tails
    rows = []
    for s in order:
        label = found.labels[s]
        luck = robust.expected[label].error_of_replications
        rows.append((
            strategy_words(found.strategies[s]),
            _shown(robust.expected[label].payoff),
            error(robust.expected[label].error_of_worlds),
            "not known" if luck is None else error(luck),
            _shown(regret.mean[label]), _shown(regret.worst_decile[label]), _shown(regret.worst[label]),
            number(regret.mean_raw[label]), percent(regret.surely_best[label]), _shown(tails.worst_decile[label]),
        ))  # fmt: skip
    return Table(said.REGRET, said.REGRET_HEAD, tuple(rows))


def _weightings_table(model: Model, found: Robustness) -> Table:
    """Who may be best under each other weighting of the worlds, and by how much the first leads."""
    named = {instance.label: instance for instance in found.strategies}
    stated = {each.name: each for each in found.weightings}
    rows = []
    for name, ranking in found.under[0].metrics.weightings.items():
        first = ranking.order[0]
        rest = stated.pop(name).effective_worlds if name in stated else found.n_worlds * EVENLY
        who = " or ".join(strategy_words(named[label]) for label in ranking.may_be_best)
        rows.append((capital(weighting_words(model, name)), number(rest), who, _shown(ranking.against_best[first])))
    rows += [
        (capital(weighting_words(model, name)), number(each.effective_worlds), said.NOT_CARRIED, "")
        for name, each in stated.items()
    ]
    return Table(said.WEIGHTINGS, said.WEIGHTINGS_HEAD, tuple(rows))


def _limits_table(model: Model, found: Robustness) -> Table | None:
    """Each limit under the strategy that keeps all of them in most worlds, the one that binds most first."""
    kept = found.under[0].satisficing
    if kept is None or len(found.bounds) < 2:
        return None
    best = max(kept.together, key=lambda label: (kept.together[label].value, label))
    rows = [_limit_row(model, within) for within in sorted(kept.alone[best], key=lambda within: -within.binds)]
    return Table(said.limits_caption(found, best, kept.together[best]), said.LIMITS_HEAD, tuple(rows))


def _limit_row(model: Model, within: Within) -> tuple[str, ...]:
    return (
        title_of(model, within.outcome),
        percent(within.share.value, within.share.error),
        f"{percent(within.binds)} of worlds",
        " · ".join(number(margin) for margin in within.margin),
        amount(model, within.outcome, within.limit_for_most),
    )


def _told(*sentences: str) -> tuple[str, ...]:
    return tuple(sentence for sentence in sentences if sentence)


def _shown(figure: Figure) -> str:
    return measured(figure.value, figure.error)
