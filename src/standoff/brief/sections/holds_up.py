"""The sections: what holds up, what the others change, what happens over time, and how the model hangs together."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

from standoff.analysis.robustness.performance import Performance, Standing
from standoff.analysis.robustness.practical import best_settings
from standoff.analysis.structure.causal import CausalMap
from standoff.brief.pictures.causal_map import draw_map, list_map
from standoff.brief.pictures.charts import DotRow, dots
from standoff.brief.pictures.drawing.colours import colour_of
from standoff.brief.pictures.grid import standing_table
from standoff.brief.section import Method, Picture, Section, Table
from standoff.brief.sections.assumptions import assumptions_behind
from standoff.language.model import Model
from standoff.words.amounts import with_unit
from standoff.words.names import family_words, quoted, title_of, who
from standoff.words.numbers import counted, interval, measured
from standoff.words.sentences.answer import confidence, limits_title, views_title
from standoff.words.text import capital, few, join, words

__all__ = ["first_picture", "holds_up", "map_section", "views"]

_TOLD = 1.96
_MAP_KEY = (
    "Blue raises, orange and dashed lowers, grey moves one way or the other. Shaded boxes are choices, plain ones "
    "stocks, thick ones states, rounded ones events. Point at a box to see only its links, or tab there and use the "
    "arrows."
)


def holds_up(model: Model, results: Performance, grid: tuple[Picture, ...] = ()) -> Section:
    """The strategies × outcomes table; `grid` is its picture, none where no world has a result."""
    payoffs = [payoff for payoff in model.payoffs if payoff.actor == model.decider]
    tables = tuple(replace(picture, table=standing_table(model, results, results.standings[0])) for picture in grid)
    return Section(
        "holds-up",
        "What holds up",
        limits_title(model, results),
        pictures=tables,
        sure=confidence(model, results),
        why=assumptions_behind(model, payoffs),
        method=_performance_method(model, results),
    )


def first_picture(model: Model, results: Performance) -> Picture | None:
    """The picture beside the answer: how far behind the best each strategy is; None where nothing is ranked."""
    main = results.standings[0] if results.standings else None
    if main is None or not main.rankings or main.rankings[0] is None or len(best_settings(results)) < 2:
        return None
    rows = sorted(_view_rows(model, results, main), key=lambda row: -row.value)
    low, high = min(row.low for row in rows), max(row.high for row in rows)
    unit = "points" if results.measures[0].kind == "payoff" else ""
    drawn = dots(rows, (1.06 * low, max(-0.04 * low, 1.04 * high)), unit, f"Mean payoff: {_view_said(rows, unit)}")
    what = "Mean payoff" if results.measures[0].kind == "payoff" else title_of(model, results.measures[0].name)
    said = f"{what} below or above the best of the others, each in its better setting, with an interval for all at once"
    return Picture(drawn, f"{said}.", "Filled: may be best.", instead=(_dots_table(rows, unit),))


def views(model: Model, results: Performance) -> Section | None:
    """The decider's payoff under each named profile of the others; None where there is nothing to compare."""
    ranked = [s for s in results.standings if s.rankings and s.rankings[0] is not None]
    if len(ranked) < 2 or len(best_settings(results)) < 2:
        return None
    rows = {id(s): _view_rows(model, results, s) for s in ranked}
    low = min(row.low for of in rows.values() for row in of)
    domain = (1.06 * low, max(0.04 * -low, 1.04 * max(row.high for of in rows.values() for row in of)))
    unit = "points" if results.measures[0].kind == "payoff" else ""
    pictures = tuple(
        Picture(
            dots(rows[id(s)], domain, unit, _view_title(results, s) + ". " + _view_said(rows[id(s)], unit)),
            caption=capital(s.view.about or "All the others’ strategies with equal weight"),
            title=_view_title(results, s),
            table=standing_table(model, results, s),
            instead=(_dots_table(rows[id(s)], unit),),
        )
        for s in ranked
    )
    return Section(
        "others-play",
        "If the others play so",
        views_title(results),
        lead=(
            "Each part shows how far each strategy’s mean payoff lies below or above that of the best of the others, "
            "each strategy in its better setting, with an interval that holds for all strategies at once at "
            "97\u202f%. Where intervals touch zero the model cannot tell.",
        ),
        pictures=pictures,
        sure=("The intervals are those of sampling worlds and luck. Which profile comes true is not weighed here.",),
        method=Method(
            (
                "A named profile settles some actors’ strategies; the rest play all theirs with equal weight. Worlds "
                "and luck are the same for all strategies, so differences are taken world by world.",
            ),
            ("Hsu 1984, Constrained simultaneous confidence intervals for multiple comparisons with the best",),
        ),
    )


def map_section(model: Model, causes: CausalMap) -> Section:
    """The causal map and its links as a table."""
    links = [e for e in causes.edges if not e.rule]
    out: dict[str, int] = {}
    for e in links:
        out[e.source] = out.get(e.source, 0) + 1
    own = {e.target for e in links if e.source.split(".")[0] == model.decider}
    kinds = {node.name: node.kind for node in causes.nodes}
    state = {name: n for name, n in out.items() if kinds[name] != "choice"}
    moved = len([n for n in causes.nodes if n.kind != "choice"])
    decider = capital(who(model, model.decider))
    title = f"{decider}{'’' if decider.endswith('s') else '’s'} choices move {len(own)} of {moved} things directly"
    if state:
        top = max(state, key=lambda name: state[name])
        title += f"; {quoted(model, top)} passes on most, to {few(state[top])}"
    rows = tuple(
        (
            _thing_words(model, e.source),
            {"+": "raises", "−": "lowers"}.get(e.sign, "decides on" if e.rule else "moves"),
            _thing_words(model, e.target),
            ", ".join(map(words, e.through)),
        )
        for e in causes.edges
    )
    table = Table("Every link of the map", ("From", "does", "to", "through"), rows)
    return Section(
        "map",
        "How it hangs together",
        title,
        lead=("What moves what, directly or through what is computed on the way, as the equations have it.",),
        pictures=(Picture(Markup(draw_map(causes, model)) + list_map(causes, model), key=_MAP_KEY, table=table),),
        method=Method(
            (
                "Drawn from the equations: one thing is linked to another where its equation reads it, directly or "
                "through quantities. A link is signed only where interval arithmetic on the first derivatives proves "
                "the direction for every world and state. What strategies look at is in the table, not in the picture.",
            ),
            ("Moore 1966, Interval Analysis", "MacKay, Johnson & Sansom 2020, How directed is a directed network?"),
        ),
    )


def _thing_words(model: Model, name: str) -> str:
    """A box of the map: a choice by its actor, anything else by what the study calls it."""
    actor, _, dimension = name.partition(".")
    if actor in {one.name for one in model.actors}:
        return model.title_of(actor) + (f": {words(dimension)}" if dimension else "")
    return title_of(model, name)


def _performance_method(model: Model, results: Performance) -> Method:
    text = [
        f"Averages over {counted(results.n_worlds, 'world')} with {counted(results.replications, 'replication')} each. "
        "± is one standard error of each figure by itself, over worlds, which holds luck’s part; the table below it "
        "gives both parts apart.",
        "A world is one draw of everything uncertain. The share of worlds within a limit judges each world’s mean over "
        "luck, after pulling world means together until they vary no more than their true means do; it is not a "
        "probability. The spread is the 10th to the 90th percentile of worlds, treated likewise.",
        "Comparisons are paired: all strategies meet the same worlds and the same luck. Dark marks are strategies that "
        "may be the best of their column at 97 % for all comparisons at once, not each by itself.",
    ]
    if any(payoff.actor == model.decider for payoff in model.payoffs):
        text.append("A point is one unit of the decider’s payoff equation, which adds up what it wants over time.")
    if results.n_dropped:
        text.append(f"{counted(results.n_dropped, 'world')} without a sound future for some profile are left out.")
    return Method(
        tuple(text),
        (
            "Hsu 1984, Constrained simultaneous confidence intervals for multiple comparisons with the best",
            "Louis 1984, Estimating a population of parameter values using Bayes and empirical Bayes methods",
            "Savage 1951, The theory of statistical decision",
        ),
    )


def _view_rows(model: Model, results: Performance, standing: Standing) -> list[DotRow]:
    ranking = standing.rankings[0]
    assert ranking is not None
    shown = best_settings(results, standing)
    rows = []
    for s in shown:
        instance = results.strategies[s]
        # against the other families: its own other setting is no rival of a family
        rival = min((other for other in shown if other != s), key=lambda other: float(ranking.difference[s, other]))
        value, error = float(ranking.difference[s, rival]), float(ranking.error[s, rival])
        rows.append(
            DotRow(
                family_words(instance.strategy),
                colour_of(model, instance),
                value,
                value - _TOLD * error,
                value + _TOLD * error,
                results.labels[s] in ranking.may_be_best,
            )
        )
    return rows


def _view_title(results: Performance, standing: Standing) -> str:
    ranking = standing.rankings[0]
    assert ranking is not None
    name = "All their strategies" if standing.view.kind == "uniform" else capital(words(standing.view.name))
    instances = [results.strategies[results.labels.index(label)] for label in ranking.may_be_best]
    named = list(dict.fromkeys(family_words(instance.strategy) for instance in instances))
    if len(named) < 4:
        return f"{name}: {join(named)}{' level' if len(named) > 1 else ''}"
    return f"{name}: {len(named)} level"


def _dots_table(rows: list[DotRow], unit: str) -> Table:
    return Table(
        "",
        ("Strategy", f"Difference ({unit})" if unit else "Difference", "Interval, all at once", "May be best"),
        tuple(
            (
                row.label,
                measured(row.value, (row.high - row.low) / 2 / _TOLD),
                interval(row.low, row.high),
                "yes" if row.best else "no",
            )
            for row in sorted(rows, key=lambda row: -row.value)
        ),
    )


def _view_said(rows: list[DotRow], unit: str) -> str:
    return join(
        [with_unit(f"{row.label} {measured(row.value, (row.high - row.low) / 2 / _TOLD)}", unit) for row in rows]
    )
