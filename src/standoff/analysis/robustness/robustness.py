"""What holds up? The decider's strategies under every view of the others, and the answer in sentences.

For each view: expected payoff, regret, the worst tenth of worlds, the frontier, satisficing (`metrics.py`,
`satisficing.py`), and the ranking under other weightings of the worlds. Nothing is run here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from standoff.analysis.findings import Figure, Floats
from standoff.analysis.naming import amount, capital, join, name_group, name_strategy, per_cent, plain, quoted, whole
from standoff.analysis.robustness.metrics import Metrics, measure_robustness
from standoff.analysis.robustness.satisficing import Bound, Satisficing, satisficing
from standoff.analysis.runs.payoffs import Payoffs
from standoff.analysis.runs.views import DecisionTable, View, decision_table, find_views
from standoff.analysis.runs.weighings import Weighting, state_weightings, weigh_worlds
from standoff.analysis.statistics.regression import one_thread
from standoff.ensemble.ensemble import Ensemble
from standoff.language.model import Instance

__all__ = ["Robustness", "UnderView", "robustness"]

_RARE = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class UnderView:
    """The answer under one view of the others.

    Attributes:
        view: What the others play.
        payoffs: Of the decider, as they were judged.
        metrics: Of these payoffs.
        satisficing: Of the outcomes with limits; None without any.
    """

    view: View
    payoffs: Payoffs
    metrics: Metrics
    satisficing: Satisficing | None


@dataclass(frozen=True, slots=True, eq=False)
class Robustness:
    """The answer to "what holds up?".

    Attributes:
        decider: The actor.
        strategies: Of the decider, in the order of every array.
        bounds: Limits that the study states.
        unbounded: Outcomes with a limit that can be missing (dates of a first event) and so are not judged.
        under: Uniform others first, then named profiles, replies if given, adversarial others.
        n_worlds, n_dropped, replications: What it rests on; worlds without a sound future were left out.
        weightings: Stated ones under which the ranking was looked at again, besides those of `weigh_worlds`.
        sentences: The answer, most important first.
    """

    decider: str
    strategies: tuple[Instance, ...]
    bounds: tuple[Bound, ...]
    unbounded: tuple[str, ...]
    under: tuple[UnderView, ...]
    n_worlds: int
    n_dropped: int
    replications: int
    weightings: tuple[Weighting, ...]
    sentences: tuple[str, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """Of the strategies."""
        return tuple(instance.label for instance in self.strategies)


def robustness(
    ensemble: Ensemble,
    *,
    replies: Floats | None = None,
    weightings: Mapping[str, Floats] | None = None,
    seed: int = 0,
    limits_under_all: bool = True,
) -> Robustness:
    """Answer "what holds up?" from a run of all the decider's strategies.

    Args:
        ensemble: Every strategy of the decider against the same profiles of the others.
        replies: (profiles of the ensemble,), the view in which the others reply; see `find_views`.
        weightings: More weightings of the design's worlds, by name (shape (worlds,)), besides the actors' beliefs and
            those of `weigh_worlds`. One that rests on too few worlds is named, and not ranked by.
        seed: Of the folds.
        limits_under_all: Hold outcomes against their limits under every view, which takes most of the time; else
            under the first alone, and `satisficing` of the others is None.

    Raises:
        ValueError: The decider has no payoff, or the run does not serve (see `decision_table`, `find_views`), or
            weights are not one a world, none negative and not all zero.

    Example:
        >>> import standoff
        >>> found = robustness(standoff.load("rivals").run(worlds=64, replications=4))
        >>> found.under[0].metrics.ranking.order[0]
        'reciprocate(patience=2)'
    """
    table = decision_table(ensemble)
    if not table.is_paid:
        raise ValueError(f"`{table.decider}` has no payoff, so nothing can be said about its regret")
    limited = [o for o in ensemble.model.outcomes if o.limit is not None]
    bounds = {o.name: Bound(o.name, float(o.limit or 0.0), o.better) for o in limited if o.name not in ensemble.present}
    views = find_views(table, replies)
    told = {name: table.averages("outcome", name, views) for name in bounds}
    paid = table.averages("payoff", table.decider, views)
    stated = state_weightings(ensemble, table.worlds, weightings)
    carried = {each.name: each.weights for each in stated if each.is_carried}

    def judge(v: int) -> UnderView:
        payoffs = Payoffs(table.labels, paid[v][0], table.inputs, paid[v][1], None, table.stratified)
        is_judged = limits_under_all or v == 0
        kept = _satisfice(table, bounds, [told[name][v] for name in bounds], seed) if is_judged else None
        return UnderView(views[v], payoffs, measure_robustness(payoffs, weigh_worlds(payoffs) | carried, seed), kept)

    with one_thread(), ThreadPoolExecutor(os.cpu_count()) as threads:
        held = list(threads.map(judge, range(len(views))))
    return Robustness(
        table.decider,
        table.strategies,
        tuple(bounds.values()),
        tuple(o.name for o in limited if o.name not in bounds),
        tuple(held),
        table.worlds.size,
        ensemble.design.worlds.size - table.worlds.size,
        ensemble.design.replications,
        stated,
        _sentences(table.strategies, held, {o.name: quoted(o) for o in limited}, stated),
    )


def _satisfice(
    table: DecisionTable, bounds: Mapping[str, Bound], told: Sequence[tuple[Floats, Floats | None]], seed: int
) -> Satisficing | None:
    if not bounds:
        return None
    means = np.stack([mean for mean, _ in told])
    batches = [batch for _, batch in told if batch is not None]
    halves = np.stack(batches) if len(batches) == len(told) else None
    return satisficing(table.labels, tuple(bounds.values()), means, table.inputs, halves, None, seed, table.stratified)


def _sentences(
    strategies: tuple[Instance, ...], held: list[UnderView], titles: Mapping[str, str], stated: Sequence[Weighting]
) -> tuple[str, ...]:  # fmt: skip
    named = {instance.label: instance for instance in strategies}
    main = held[0]
    if len(strategies) == 1:
        return (f"There is one strategy, {name_strategy(strategies[0])}, so nothing to compare it with.",)
    said = (
        _ranked(named, main.metrics),
        _regretted(named, main.metrics),
        _hurts(named, main.metrics),
        _satisficed(named, main.satisficing, titles),
        _viewed(named, held),
        _reweighed(named, main.metrics, stated),
    )
    return tuple(sentence for sentence in said if sentence)


def _ranked(named: Mapping[str, Instance], found: Metrics) -> str:
    ranking = found.ranking
    group = name_group([named[label] for label in ranking.may_be_best], list(named.values()))
    if ranking.best is not None:
        gap = ranking.against_best[ranking.best]
        more = "more futures would not change that" if ranking.is_settled else "more futures could still change that"
        return f"{capital(group)} is best on average, by {_measured(gap)} over the next; {more}."
    if ranking.worlds_needed is None:
        return f"{capital(group)} do equally well on average, and more futures would not tell them apart."
    n = found.regret.by_world.shape[1]
    times = ranking.worlds_needed / n
    if times > 100.0:
        more = "a hundred times as many worlds would not tell the first two"
    else:
        more = f"about {_rounded(ranking.worlds_needed)} worlds, against {whole(n)} here, would tell the first two"
        more += " if they differ as it seems"
    return f"{capital(group)} cannot be told apart as the best on average; {more}."


def _regretted(named: Mapping[str, Instance], found: Metrics) -> str:
    """What the strategy with the least regret gives up, and in how many worlds one is surely best."""
    regret = found.regret
    least = min(regret.mean, key=lambda label: (regret.mean[label].value, label))
    figure = regret.mean[least]
    if figure.holds_zero:
        return "No strategy is known to give up anything against choosing with the world known beforehand."
    sure = max(regret.surely_best, key=lambda label: (regret.surely_best[label], label))
    words = (
        f"Choosing with the world known beforehand would gain {_measured(figure)} on average over "
        f"{name_strategy(named[least])}, which gives up least"
    )
    if regret.cannot_tell < 1.0:
        words += (
            f"; {name_strategy(named[sure])} is surely best in {per_cent(regret.surely_best[sure])} of worlds, and in "
            f"{per_cent(regret.cannot_tell)} none can be told to be"
        )
    return words + "."


def _hurts(named: Mapping[str, Instance], found: Metrics) -> str:
    """The tenth of worlds that hurts most, and the frontier."""
    worst = found.regret.worst_decile
    least = min(worst, key=lambda label: (worst[label].value, label))
    front = [named[point.name] for point in found.frontier if point.on_frontier]
    lead = (
        f"In the tenth of its worlds where it is most wrong, {name_strategy(named[least])} gives up least, "
        f"{_measured(worst[least])}"
    )
    if worst[least].holds_zero:
        lead = f"No loss is known even in the tenth of worlds where {name_strategy(named[least])} is most wrong"
    if len(front) == 1:
        return f"{lead}; {name_strategy(front[0])} leads both on average and in its worst tenth of worlds."
    group = name_group(front, list(named.values()))
    return f"{lead}; on the frontier of mean payoff against payoff in the worst tenth stand {group}."


def _satisficed(named: Mapping[str, Instance], found: Satisficing | None, titles: Mapping[str, str]) -> str:
    if found is None:
        return ""
    best = max(found.together, key=lambda label: (found.together[label].value, label))
    share = found.together[best]
    n_bounds = len(found.alone[best])
    what = f"all {n_bounds} limits"
    hardest = min(found.alone[best], key=lambda within: within.share.value)
    if n_bounds == 1:
        return (
            f"{capital(name_strategy(named[best]))} keeps the limit on {titles[hardest.outcome]} in {_share(share)} of "
            "worlds, the most of any."
        )
    if share.value < _RARE:
        lead = f"Hardly any world keeps {what} at once: {_share(share)} at best, under {name_strategy(named[best])}"
    else:
        lead = f"{capital(name_strategy(named[best]))} keeps {what} in {_share(share)} of worlds, the most of any"
    binds = max(found.alone[best], key=lambda within: within.binds)
    words = f"{lead}; hardest to keep is the limit on {titles[hardest.outcome]}, in {_share(hardest.share)} of them"
    if binds.binds > 0.01:
        words += f", and without that on {titles[binds.outcome]} it would be {per_cent(share.value + binds.binds)}"
    return words + "."


def _viewed(named: Mapping[str, Instance], held: list[UnderView]) -> str:
    """Under which views the leaders of the first are not among those that may be best, and who is instead."""
    leaders = set(held[0].metrics.ranking.may_be_best)
    beaten: dict[str, list[str]] = {}
    for each in held[1:]:
        may = each.metrics.ranking.may_be_best
        if leaders.isdisjoint(may):
            beaten.setdefault(name_group([named[label] for label in may], list(named.values()), "or"), []).append(
                _view_words(each.view)
            )
    if len(held) == 1:
        return ""
    who = name_group([named[label] for label in held[0].metrics.ranking.may_be_best], list(named.values()))
    ways = (
        join([_view_words(each.view) for each in held[1:]]) if len(held) < 4 else f"each of {len(held) - 1} other views"
    )
    if not beaten:
        return f"Under {ways}, {who} {'is' if len(leaders) == 1 else 'or one of them is'} or may be best too."
    parts = [f"{name} under {join(views)}" for name, views in beaten.items()]
    return f"It depends on the others: better than {who} does {join(parts)}."


def _view_words(view: View) -> str:
    return {
        "adversarial": "others who do the decider most harm",
        "replies": "others who reply",
        "uniform": "any others",
    }.get(view.kind, f"“{plain(view.name)}”")


def _reweighed(named: Mapping[str, Instance], found: Metrics, stated: Sequence[Weighting]) -> str:
    """Under which weightings others lead, and by which too few worlds can say."""
    leaders = set(found.ranking.may_be_best)
    resting = {each.name: f" ({whole(round(each.effective_worlds))} effective worlds)" for each in stated}
    words = {name: f"{name}{resting.get(name, '')}" for name in found.weightings}
    changed = []
    for name, ranking in found.weightings.items():
        if leaders.isdisjoint(ranking.may_be_best):
            who = name_group([named[label] for label in ranking.may_be_best], list(named.values()), "or")
            changed.append(f"where {words[name]}, {who} leads")
    said = f"Weighing the worlds otherwise changes who leads: {join(changed)}."
    if not changed:
        said = f"Weighing the worlds otherwise ({join(list(words.values()))}) does not change who leads."
    few = [
        f"{each.name} ({whole(round(each.effective_worlds))} effective worlds, {per_cent(each.covered)} of it covered)"
        for each in stated
        if not each.is_carried
    ]
    return f"{said} These worlds do not carry what would follow where {join(few)}." if few else said


def _measured(figure: Figure) -> str:
    return f"{amount(figure.value)} ± {amount(figure.error, digits=1)} points"


def _share(figure: Figure) -> str:
    return f"{per_cent(figure.value)} (± {max(100.0 * figure.error, 0.1):.1g})"


def _rounded(n: int) -> str:
    unit = 10 ** max(len(str(n)) - 2, 0)
    return whole(-(-n // unit) * unit)
