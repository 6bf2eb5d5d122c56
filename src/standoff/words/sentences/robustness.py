"""What holds up, in sentences: the ranking, what is given up, limits, other ways to play, other weightings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass

import numpy as np

from standoff.analysis.findings import Figure
from standoff.analysis.robustness.metrics import Metrics, Standing
from standoff.analysis.robustness.robustness import Robustness
from standoff.analysis.runs.views import View
from standoff.analysis.statistics.ranking import Ranking
from standoff.language.model import Instance, Model
from standoff.words.names import level_group, name_labels, quoted, strategy_words, who
from standoff.words.numbers import figure_percent, interval, number, percent, rounded_up, shown, whole
from standoff.words.text import capital, join

__all__ = [
    "RobustnessWords",
    "ranking_sentence",
    "replies_sentence",
    "robustness_words",
    "standing_lines",
    "weighting_words",
]

_RARE = 0.1
_SELDOM = 0.005
_SURE = 1.96
_WEIGHTINGS = {"bad worlds": "bad worlds count more", "good worlds": "good worlds count more"}
_VIEWS = {
    "adversarial": "others who do the decider most harm",
    "replies": "others who reply",
    "uniform": "any others",
}


@dataclass(frozen=True, slots=True)
class RobustnessWords:
    """The answer to "what holds up?", a sentence for each of its parts; one that has nothing to say is empty.

    Attributes:
        ranked: Which strategy is best on average.
        given_up: What the one that gives up least still gives up.
        worst: The same where it is most wrong, and the frontier.
        limits: Which limits are kept.
        views: Under which views of the others another strategy is better.
        weightings: Whether the ranking stays when worlds are weighed otherwise.
    """

    ranked: str
    given_up: str = ""
    worst: str = ""
    limits: str = ""
    views: str = ""
    weightings: str = ""

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of them, most important first."""
        return tuple(sentence for sentence in astuple(self) if sentence)


def robustness_words(model: Model, found: Robustness) -> RobustnessWords:
    """What holds up, in sentences."""
    strategies = found.strategies
    if len(strategies) == 1:
        return RobustnessWords(
            f"There is one strategy, {strategy_words(strategies[0])}, so nothing to compare it with."
        )
    named = {instance.label: instance for instance in strategies}
    main = found.under[0].metrics
    return RobustnessWords(
        _ranked(found, main),
        _given_up(named, main),
        _worst(named, main),
        _limits(model, found),
        views=_views(found),
        weightings=_weightings(model, found, main),
    )


def _ranked(found: Robustness, main: Metrics) -> str:
    ranking = main.ranking
    group = name_labels(ranking.may_be_best, found.strategies)
    if ranking.best is not None:
        gap = ranking.against_best[ranking.best]
        more = "more futures would not change that" if ranking.is_settled else "more futures could still change that"
        return f"{capital(group)} is best on average, by {_points(gap)} over the next; {more}."
    if ranking.worlds_needed is None:
        group = level_group(ranking.may_be_best, found.strategies)
        return f"{capital(group)} do equally well on average, and more futures would not tell them apart."
    n = main.regret.by_world.shape[1]
    if ranking.worlds_needed / n > 100.0:
        more = "a hundred times as many worlds would not tell the first two"
    else:
        more = f"about {rounded_up(ranking.worlds_needed)} worlds, against {whole(n)} here, would tell the first two"
        more += " if they differ as it seems"
    return f"{capital(group)} cannot be told apart as the best on average; {more}."


def _given_up(named: Mapping[str, Instance], main: Metrics) -> str:
    """What the strategy with the least regret gives up, and in how many worlds one is surely best."""
    regret = main.regret
    least = min(regret.mean, key=lambda label: (regret.mean[label].value, label))
    figure = regret.mean[least]
    if figure.holds_zero:
        return (
            f"{capital(strategy_words(named[least]))} is not known to give up anything against choosing with the world "
            "known beforehand."
        )
    sure = max(regret.surely_best, key=lambda label: (regret.surely_best[label], label))
    words = (
        f"Choosing with the world known beforehand would gain {_points(figure)} on average over "
        f"{strategy_words(named[least])}, which gives up least"
    )
    if regret.surely_best[sure] >= _SELDOM:
        words += (
            f"; {strategy_words(named[sure])} is surely best in {percent(regret.surely_best[sure])} of worlds, and in "
            f"{percent(regret.cannot_tell)} none can be told to be"
        )
    if regret.replications_wanted is not None:
        words += (
            f"; luck leaves the gain at {interval(figure.low, figure.high)}, and about "
            f"{number(regret.replications_wanted, 1)} times as many replications would tell it more closely"
        )
    return words + "."


def _worst(named: Mapping[str, Instance], main: Metrics) -> str:
    """The tenth of worlds that hurts most, and the frontier."""
    worst = main.regret.worst_decile
    least = min(worst, key=lambda label: (worst[label].value, label))
    front = [named[point.name] for point in main.frontier if point.on_frontier]
    lead = (
        f"In the tenth of its worlds where it is most wrong, {strategy_words(named[least])} gives up least, "
        f"{_points(worst[least])}"
    )
    if worst[least].holds_zero:
        lead = f"No loss is known even in the tenth of worlds where {strategy_words(named[least])} is most wrong"
    if len(front) == 1:
        return f"{lead}; {strategy_words(front[0])} leads both on average and in its worst tenth of worlds."
    group = level_group([instance.label for instance in front], list(named.values()))
    return f"{lead}; on the frontier of mean payoff against payoff in the worst tenth stand {group}."


def _limits(model: Model, found: Robustness) -> str:
    """How often all limits are kept, which is hardest to keep, and which binds most."""
    kept = found.under[0].satisficing
    if kept is None:
        return ""
    best = max(kept.together, key=lambda label: (kept.together[label].value, label))
    name, share = name_labels([best], found.strategies), kept.together[best]
    alone = kept.alone[best]
    hardest = min(alone, key=lambda within: within.share.value)
    limit = f"the limit on {quoted(model, hardest.outcome)}"
    if len(alone) == 1 and alone[0].is_told:
        every = {(figure.value, figure.error) for figure in kept.together.values()}
        if every == {(1.0, 0.0)}:
            return f"Every strategy keeps {limit} in every world."
        if every == {(0.0, 0.0)}:
            return f"No strategy keeps {limit} in any world."
        return f"{capital(name)} keeps {limit} in {figure_percent(share)} of worlds, {_most(kept.together, best)}."
    untold = [within for within in alone if not within.is_told]
    if untold:
        hard = max(untold, key=lambda within: within.replications_wanted or 0.0)
        times = rounded_up(round(hard.replications_wanted or 0.0))
        return (
            f"In how many worlds {name} keeps its limits cannot be told: luck in {quoted(model, hard.outcome)} is too "
            f"uneven for a mean over so few replications, and about {times} times as many would do."
        )
    what = "both limits" if len(alone) == 2 else f"all {len(alone)} limits"
    said = f"{capital(name)} keeps {what} in {figure_percent(share)} of worlds, {_most(kept.together, best)}"
    if share.value < _RARE:
        said = f"Hardly any world keeps {what} at once: {figure_percent(share)} at best, under {name}"
    if hardest.share.value >= 1.0:
        return f"{said}."
    said += f"; hardest to keep is {limit}, in {figure_percent(hardest.share)} of worlds"
    binds = max(alone, key=lambda within: within.binds)
    if binds.binds > 0.01:
        said += f", and without that on {quoted(model, binds.outcome)} it would be {percent(share.value + binds.binds)}"
    return f"{said}."


def _most(shares: Mapping[str, Figure], best: str) -> str:
    """Whether the others keep limits in fewer worlds, by more than their errors."""
    first = shares[best]
    level = [
        other for label, other in shares.items()
        if label != best and first.value - other.value <= _SURE * float(np.hypot(first.error, other.error))
    ]  # fmt: skip
    return "and no other is known to keep more" if level else "the most of any"


def _views(found: Robustness) -> str:
    """Under which views the leaders of the first are not among those that may be best, and who is instead."""
    under = found.under
    if len(under) == 1:
        return ""
    leaders = set(under[0].metrics.ranking.may_be_best)
    beaten: dict[str, list[str]] = {}
    for each in under[1:]:
        may = each.metrics.ranking.may_be_best
        if leaders.isdisjoint(may):
            beaten.setdefault(name_labels(may, found.strategies, "or"), []).append(_view(each.view))
    who = level_group(under[0].metrics.ranking.may_be_best, found.strategies)
    ways = join([_view(each.view) for each in under[1:]]) if len(under) < 4 else f"each of {len(under) - 1} other views"
    if not beaten and len(leaders) == 1:
        return f"Under {ways}, {who} is best too, or may be."
    if not beaten:
        return f"Under {ways}, {'one' if len(leaders) > 2 else 'one or both'} of {who} may be best too."
    parts = [f"{name} under {join(views)}" for name, views in beaten.items()]
    return f"It depends on the others. Better than {who}: {'; '.join(parts)}."


def replies_sentence(model: Model, found: Robustness) -> str:
    """Who leads if the others answer in their own interest; empty where that is not known, or the same may lead."""
    replying = next((each for each in found.under if each.view.kind == "replies"), None)
    if replying is None:
        return ""
    leaders, then = (each.metrics.ranking.may_be_best for each in (found.under[0], replying))
    if not set(leaders).isdisjoint(then):
        return ""
    return (
        f"That is against all the others’ strategies alike. If they answer in their own interest, "
        f"{name_labels(then, found.strategies, 'or')} leads instead."
    )


def ranking_sentence(ranking: Ranking, strategies: Sequence[Instance]) -> str:
    """Whether more futures could change which strategy is best."""
    group = name_labels(ranking.may_be_best, strategies)
    if ranking.best is not None:
        if not ranking.is_settled:
            return f"{capital(group)} leads by more than chance explains, but more futures could still change that."
        return f"More futures would not change which is best: {group} leads by more than chance explains."
    if ranking.worlds_needed is None:
        group = level_group(ranking.may_be_best, strategies)
        return f"{capital(group)} cannot be told apart, and more futures would not tell them: they do equally well."
    if ranking.worlds_needed > 100 * ranking.n_worlds:
        return (
            f"{capital(group)} cannot be told apart, and a hundred times as many worlds would not tell the first two."
        )
    return (
        f"More futures could change which is best: {group} cannot be told apart on {whole(ranking.n_worlds)} worlds. "
        f"If the first two differ as it seems, about {rounded_up(ranking.worlds_needed)} worlds would tell them."
    )


def standing_lines(standing: Standing, strategies: Sequence[Instance]) -> tuple[str, ...]:
    """The ranking with each strategy's mean payoff, and who may be the best."""
    named = {instance.label: instance for instance in strategies}
    return tuple(
        f"{place}. {strategy_words(named[label])}: {shown(standing.payoffs[label])}"
        + (", not told from the best" if label in standing.ranking.may_be_best and place > 1 else "")
        for place, label in enumerate(standing.ranking.order, start=1)
    )


def weighting_words(model: Model, name: str) -> str:
    """A weighting of the worlds as it can follow "where"."""
    for actor in model.actors:
        if name == f"beliefs of {actor.name}":
            return f"the beliefs of {who(model, actor.name)} hold"
    return _WEIGHTINGS.get(name, name)


def _view(view: View) -> str:
    return _VIEWS.get(view.kind, f"“{view.title}”")


def _weightings(model: Model, found: Robustness, main: Metrics) -> str:
    """Under which weightings others lead, and by which too few worlds can say."""
    leaders = set(main.ranking.may_be_best)
    resting = {each.name: f", on {whole(round(each.effective_worlds))} effective worlds" for each in found.weightings}
    words = {name: f"{weighting_words(model, name)}{resting.get(name, '')}" for name in main.weightings}
    changed = [
        f"where {words[name]}, {name_labels(ranking.may_be_best, found.strategies, 'or')} leads"
        for name, ranking in main.weightings.items()
        if leaders.isdisjoint(ranking.may_be_best)
    ]
    said = f"Weighing the worlds otherwise changes who leads: {join(changed)}."
    if not changed:
        said = f"Weighing the worlds otherwise ({join(list(words.values()))}) does not change who leads."
    few = [
        f"{weighting_words(model, each.name)} ({whole(round(each.effective_worlds))} effective worlds, "
        f"{percent(each.covered)} of it covered)"
        for each in found.weightings
        if not each.is_carried
    ]
    return f"{said} These worlds do not carry what would follow where {join(few)}." if few else said


def _points(figure: Figure) -> str:
    return f"{shown(figure)} points"
