"""What each strategy gives up, world by world: strips with the tenth of worlds that hurts, the frontier, the limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from jinja2 import Environment
from markupsafe import Markup

from standoff.analysis.findings import Figure
from standoff.analysis.robustness.metrics import Metrics
from standoff.analysis.robustness.robustness import Robustness
from standoff.analysis.robustness.satisficing import Within
from standoff.brief.pictures.drawing.colours import colour_of, is_second
from standoff.brief.pictures.drawing.svg import nice_ticks
from standoff.brief.section import Method, Picture, Section, Table
from standoff.language.model import Model
from standoff.words.amounts import amount
from standoff.words.names import strategy_words, title_of
from standoff.words.numbers import counted, error, measured, number, percent
from standoff.words.sentences.robustness import robustness_words, weighting_words
from standoff.words.text import capital

__all__ = ["EVENLY", "Strip", "gives_up"]

_TICKS = 160
EVENLY = 0.75
"""Effective part of worlds whose weights fall in a straight line from 2 to 0."""


@dataclass(frozen=True, slots=True)
class Strip:
    """One strategy's regrets; places are per cent of the axis.

    `ticks` are the lines of an SVG path 1,000 wide; `tail` is where the worst tenth begins.
    """

    label: str
    colour: int
    hollow: bool
    ticks: str
    tail: float
    tail_mean: float
    mean: float
    said: str


def gives_up(model: Model, found: Robustness, environment: Environment) -> Section | None:
    """The section; None with one strategy."""
    if len(found.strategies) < 2:
        return None
    robust = found.under[0].metrics
    words = robustness_words(model, found)
    order = [found.labels.index(label) for label in robust.ranking.order]
    top = float(np.quantile(robust.regret.by_world, 0.995)) or 1.0
    strips = [_strip(model, found, s, top) for s in order]
    ticks = [(number(tick), round(100.0 * tick / top, 2)) for tick in nice_ticks((0.0, top), 5)]
    module: Any = environment.get_template("robust.html.j2").module
    drawn = Markup(module.strips_part(strips, ticks))
    pictures = [
        Picture(
            drawn,
            "How many points a strategy falls short, world by world, of the best one there, luck’s part taken out.",
            "A thin line is a world. The dot is the mean; the band begins where the worst tenth of worlds does, and "
            "the bar in it is their mean.",
            table=_regret_table(found, order),
        ),
        Picture(
            _frontier(model, found),
            "Mean payoff against payoff in the worst tenth of a strategy’s worlds, in points.",
            "Up and to the right is better in both. Filled: on the frontier.",
            "On average, and when it goes badly",
            instead=(_frontier_table(found),),
        ),
    ]
    limits = _limits_table(model, found)
    if limits is not None:
        pictures.append(Picture(Markup(""), title="Which limits bind", table=limits))
    pictures.append(Picture(Markup(""), title="If the worlds count otherwise", table=_weightings_table(model, found)))
    return Section(
        "gives-up",
        "What it gives up",
        _title(found, robust),
        lead=_said("" if robust.regret.mean[_least(robust)].holds_zero else words.given_up, words.worst, words.limits),
        pictures=tuple(pictures),
        sure=_said(words.ranked, _errors(robust), words.views, words.weightings),
        method=_method(found, robust),
    )


def _title(found: Robustness, robust: Metrics) -> str:
    mean, least = robust.regret.mean, _least(robust)
    name = capital(_name(found, least))
    if mean[least].holds_zero:
        most = max(mean, key=lambda label: (mean[label].value, label))
        rest = "" if mean[most].holds_zero else f"; {_name(found, most)} gives up most, {_points(mean[most])}"
        return f"{name} is not known to give up anything against knowing the world beforehand{rest}"
    worst = robust.regret.worst_decile[least]
    return (
        f"{name} gives up least: {_points(mean[least])} on average, and {_points(worst)} in the tenth of worlds where "
        "it is most wrong"
    )


def _name(found: Robustness, label: str) -> str:
    return strategy_words(found.strategies[found.labels.index(label)])


def _least(robust: Metrics) -> str:
    """The strategy that gives up least on average."""
    mean = robust.regret.mean
    return min(mean, key=lambda label: (mean[label].value, label))


def _strip(model: Model, found: Robustness, s: int, top: float) -> Strip:
    label, instance = found.labels[s], found.strategies[s]
    regret = found.under[0].metrics.regret
    values = regret.by_world[s]
    places = np.quantile(values, (np.arange(_TICKS) + 0.5) / _TICKS)
    ticks = "".join(f"M{1000.0 * min(v / top, 1.0):.0f} 0v20" for v in places)
    mean, worst = regret.mean[label], regret.worst_decile[label]
    said = f"mean {_points(mean)}, worst tenth of worlds {_points(worst)}"
    tail = float(np.quantile(values, 0.9))
    return Strip(
        strategy_words(instance),
        colour_of(model, instance),
        is_second(instance),
        ticks,
        _place(tail, top),
        _place(max(worst.value, tail), top),
        _place(mean.value, top),
        said,
    )


def _frontier(model: Model, found: Robustness) -> Markup:
    points = found.under[0].metrics.frontier
    named = {instance.label: instance for instance in found.strategies}
    width, height, left, bottom, top, right = 340.0, 250.0, 44.0, 34.0, 10.0, 12.0
    ends = [_domain([p.performance for p in points]), _domain([p.robustness for p in points])]

    def x(value: float) -> float:
        return left + (width - left - right) * (value - ends[0][0]) / (ends[0][1] - ends[0][0])

    def y(value: float) -> float:
        return top + (height - top - bottom) * (ends[1][1] - value) / (ends[1][1] - ends[1][0])

    base = height - bottom
    parts = [f'<line class="axis" x1="{left}" x2="{width - right}" y1="{base}" y2="{base}"/>',
             f'<line class="axis" x1="{left}" x2="{left}" y1="{top}" y2="{base}"/>']  # fmt: skip
    for tick in nice_ticks(ends[0]):
        parts.append(f'<text class="tick middle" x="{x(tick):.1f}" y="{base + 13}">{number(tick, 3)}</text>')
    for tick in nice_ticks(ends[1]):
        parts.append(f'<text class="tick end" x="{left - 4}" y="{y(tick) + 3.5:.1f}">{number(tick, 3)}</text>')
    parts.append(f'<text class="tick end" x="{width - right}" y="{height - 4}">mean payoff, points</text>')
    parts.append(f'<text class="tick" x="{left + 5}" y="{top + 5}">worst tenth of worlds</text>')
    lowest, names = top - 20.0, []
    for point in sorted(points, key=lambda p: -p.robustness):
        kind = " best" if point.on_frontier else ""
        name = strategy_words(named[point.name])
        at = f'cx="{x(point.performance):.1f}" cy="{y(point.robustness):.1f}"'
        parts.append(f'<g class="s{colour_of(model, named[point.name])}{kind}"><circle class="mean" {at} r="5">'
                     f"<title>{escape(name)}</title></circle></g>")  # fmt: skip
        if point.on_frontier:
            lowest = max(y(point.robustness) + 4.0, lowest + 14.0)  # names that stand apart can be read
            names.append(f'<text class="name halo" x="{x(point.performance) - 9:.1f}" y="{lowest:.1f}">'
                         f"{escape(name)}</text>")  # fmt: skip
    said = "; ".join(
        f"{strategy_words(named[p.name])}: {number(p.performance)} on average, {number(p.robustness)} in bad worlds"
        for p in points
    )
    return Markup(
        f'<svg class="frontier" viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{escape(said)}">'
        f"{''.join([*parts, *names])}</svg>"
    )


def _frontier_table(found: Robustness) -> Table:
    named = {instance.label: instance for instance in found.strategies}
    points = sorted(found.under[0].metrics.frontier, key=lambda point: -point.performance)
    return Table(
        "",
        ("Strategy", "Mean payoff", "Worst tenth of worlds", "On the frontier"),
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


def _domain(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    pad = 0.1 * (high - low) or 1.0
    return low - pad, high + pad


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
    return Table(
        "Payoff and regret against all the others’ strategies alike, in points",
        (
            "Strategy", "Mean payoff", "Error from worlds", "Error from luck", "Mean regret", "Regret, worst tenth",
            "Regret, worst world", "Mean regret with luck in it", "Worlds where surely best", "Payoff, worst tenth",
        ),
        tuple(rows),
    )  # fmt: skip


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
        (capital(weighting_words(model, name)), number(each.effective_worlds), "these worlds do not carry it", "")
        for name, each in stated.items()
    ]
    return Table(
        "The ranking under other weightings of the worlds, all the others’ strategies alike",
        ("Where …", "Effective worlds", "Best, or may be", "Lead of the first, in points"),
        tuple(rows),
    )


def _limits_table(model: Model, found: Robustness) -> Table | None:
    """Each limit under the strategy that keeps all of them in most worlds, the one that binds most first."""
    kept = found.under[0].satisficing
    if kept is None or len(found.bounds) < 2:
        return None
    best = max(kept.together, key=lambda label: (kept.together[label].value, label))
    rows = [_limit_row(model, within) for within in sorted(kept.alone[best], key=lambda within: -within.binds)]
    name = strategy_words(found.strategies[found.labels.index(best)])
    together = kept.together[best]
    return Table(
        f"Limits under {name}, which keeps all of them in {percent(together.value, together.error)} of worlds",
        (
            "Outcome", "Worlds within", "Without it, all others kept in so much more", "Margin, 10–50–90 % of worlds",
            "Limit that nine worlds in ten keep",
        ),
        tuple(rows),
    )  # fmt: skip


def _limit_row(model: Model, within: Within) -> tuple[str, ...]:
    return (
        title_of(model, within.outcome),
        percent(within.share.value, within.share.error),
        f"{percent(within.binds)} of worlds",
        " · ".join(number(margin) for margin in within.margin),
        amount(model, within.outcome, within.limit_for_most),
    )


def _errors(robust: Metrics) -> str:
    """The errors of the leading strategy's mean payoff, worlds' and luck's apart."""
    first = robust.expected[robust.ranking.order[0]]
    luck = first.error_of_replications
    parts = f"{error(first.error_of_worlds)} from worlds"
    if luck is not None:
        parts += f" and {error(luck)} from luck"
    return f"The mean payoff of the first is {_points(first.payoff)}: {parts}."


def _method(found: Robustness, robust: Metrics) -> Method:
    kept = found.under[0].satisficing
    text = [
        f"Regret in world w of strategy s is max over s′ of u(s′, w) − u(s, w), with u the mean payoff over luck. "
        f"{capital(robust.regret.method)}.",
        "The largest of noisy figures is biased: the column “with luck in it” shows what plain maxima would say.",
        "Errors of means are those of a Latin hypercube: what is a sum over single assumptions is integrated almost "
        "exactly, so only the rest of the spread counts.",
        f"Worst tenth: {robust.tails.method}.",
        f"{counted(found.n_worlds, 'world')}, {counted(found.replications, 'replication')} each.",
    ]
    references = [robust.regret.reference, robust.tails.reference, robust.ranking.reference,
                  "Owen 1992, A central limit theorem for Latin hypercube sampling"]  # fmt: skip
    if kept is not None:
        text.append(f"Limits: {kept.method}.")
        references.append(kept.reference)
    return Method(tuple(text), tuple(references))


def _said(*sentences: str) -> tuple[str, ...]:
    return tuple(sentence for sentence in sentences if sentence)


def _place(value: float, top: float) -> float:
    return round(100.0 * min(max(value / top, 0.0), 1.0), 2)


def _shown(figure: Figure) -> str:
    return measured(figure.value, figure.error)


def _points(figure: Figure) -> str:
    return f"{measured(figure.value, figure.error)} points"
