"""What holds up, under each way the others play, and how it hangs together, in words."""

from __future__ import annotations

from standoff.analysis.robustness.performance import Performance, Standing
from standoff.analysis.structure.causal import Reach
from standoff.language.model import Model
from standoff.words.names import family_words, quoted, title_of, who
from standoff.words.numbers import counted
from standoff.words.text import capital, few, join, labelled, words

__all__ = [
    "ALL_OTHERS", "DOTS_KEY", "LINKS", "LINKS_HEAD", "MAP_KEY", "MAP_LEAD", "MAP_METHOD", "MAP_REFERENCES",
    "NOT_TOLD", "REFERENCES", "STANDING_HEAD", "VIEWS_LEAD", "VIEWS_METHOD", "VIEWS_REFERENCES", "VIEWS_SURE",
    "dots_caption", "dots_head", "grid_caption", "map_title", "map_words", "performance_method",
    "standing_caption", "thing_words", "view_title",
]  # fmt: skip

ALL_OTHERS = "All the others’ strategies with equal weight"
DOTS_KEY = "Filled: may be best."
NOT_TOLD = "within: not told"
_HSU = "Hsu 1984, Constrained simultaneous confidence intervals for multiple comparisons with the best"
REFERENCES = (
    _HSU,
    "Louis 1984, Estimating a population of parameter values using Bayes and empirical Bayes methods",
    "Savage 1951, The theory of statistical decision",
)
STANDING_HEAD = (
    "Strategy", "Measure", "Unit", "Mean", "Error from worlds", "Error from luck", "10–90 % of worlds",
    "Worlds within limit",
)  # fmt: skip
VIEWS_LEAD = (
    "Each part shows how far each strategy’s mean payoff lies below or above that of the best of the others, each "
    "strategy in its better setting, with an interval that holds for all strategies at once at 97\u202f%. Where "
    "intervals touch zero the model cannot tell."
)
VIEWS_SURE = "The intervals are those of sampling worlds and luck. Which profile comes true is not weighed here."
VIEWS_METHOD = (
    "A named profile settles some actors’ strategies; the rest play all theirs with equal weight. Worlds and luck are "
    "the same for all strategies, so differences are taken world by world."
)
VIEWS_REFERENCES = (_HSU,)
MAP_KEY = (
    "Blue raises, orange and dashed lowers, grey moves one way or the other. Shaded boxes are choices, plain ones "
    "stocks, thick ones states, rounded ones events. Point at a box to see only its links, or tab there and use the "
    "arrows."
)
MAP_LEAD = "What moves what, directly or through what is computed on the way, as the equations have it."
MAP_METHOD = (
    "Drawn from the equations: one thing is linked to another where its equation reads it, directly or through "
    "quantities. A link is signed only where interval arithmetic on the first derivatives proves the direction for "
    "every world and state. What strategies look at is in the table, not in the picture."
)
MAP_REFERENCES = ("Moore 1966, Interval Analysis", "MacKay, Johnson & Sansom 2020, How directed is a directed network?")
LINKS, LINKS_HEAD = "Every link of the map", ("From", "does", "to", "through")


def grid_caption(band: int, n_bands: int) -> str:
    """The table of strategies, or a part of it."""
    return "The decider’s strategies by measure" + (f", part {band}" if n_bands > 1 else "")


def standing_caption(standing: Standing) -> str:
    """Against whom the figures are."""
    view = "all strategies of the others" if standing.view.kind == "uniform" else f"“{standing.view.title}”"
    return f"Against {view} ({counted(round(standing.view.n_profiles), 'profile')}, equal weights)"


def dots_caption(what: str) -> str:
    """What the picture beside the answer shows."""
    return (
        f"{what} below or above the best of the others, each in its better setting, with an interval for all at once."
    )


def dots_head(unit: str) -> tuple[str, ...]:
    """The heads of the table of differences."""
    return ("Strategy", f"Difference ({unit})" if unit else "Difference", "Interval, all at once", "May be best")


def view_title(results: Performance, standing: Standing) -> str:
    """Which strategies may be best if the others play so."""
    ranking = standing.rankings[0]
    assert ranking is not None
    name = "All their strategies" if standing.view.kind == "uniform" else capital(standing.view.title)
    instances = [results.strategies[results.labels.index(label)] for label in ranking.may_be_best]
    named = list(dict.fromkeys(family_words(instance.strategy) for instance in instances))
    if len(named) < 4:
        return labelled(name, f"{join(named)}{' level' if len(named) > 1 else ''}")
    return labelled(name, f"{len(named)} level")


def performance_method(model: Model, results: Performance) -> tuple[str, ...]:
    """How the table of strategies was computed."""
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
        text.append("A point is one unit of the decider’s payoff equation, which adds up over time what is wanted.")
    if results.n_dropped:
        text.append(f"{counted(results.n_dropped, 'world')} without a sound future for some profile are left out.")
    return tuple(text)


def map_title(model: Model, reach: Reach) -> str:
    """How much the decider moves directly, and what passes on most."""
    decider = capital(who(model, model.decider))
    own = f"{decider}{'’' if decider.endswith('s') else '’s'} choices"
    title = f"{own} move {reach.moved} of {reach.movable} things directly"
    if reach.top is None:
        return title
    return f"{title}; {quoted(model, reach.top)} passes on most, to {few(reach.passed_on)}"


def map_words(model: Model, n_things: int, n_links: int) -> str:
    """What the map shows."""
    return f"Causal map of {model.title}: {n_things} things and {n_links} links; the text below lists them all."


def thing_words(model: Model, name: str) -> str:
    """A box of the map: a choice by its actor, anything else by what the study calls it."""
    actor, _, dimension = name.partition(".")
    if actor in {one.name for one in model.actors}:
        return model.title_of(actor) + (f": {words(dimension)}" if dimension else "")
    return title_of(model, name)
