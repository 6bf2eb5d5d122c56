"""What holds up? The decider's strategies under every view of the others, and the ranking of each.

For each view: expected payoff, regret, the worst tenth of worlds, the frontier, satisficing (`metrics.py`,
`satisficing.py`), and the ranking under other weightings of the worlds. Nothing is run here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from standoff.analysis.findings import Floats
from standoff.analysis.robustness.metrics import Metrics, measure_robustness
from standoff.analysis.robustness.satisficing import Bound, Satisficing, satisficing
from standoff.analysis.runs.payoffs import Payoffs
from standoff.analysis.runs.views import DecisionTable, View, decision_table, find_views
from standoff.analysis.runs.weighings import Weighting, state_weightings, weigh_worlds
from standoff.analysis.statistics.regression import one_thread
from standoff.ensemble.ensemble import Ensemble
from standoff.language.model import Instance

__all__ = ["Robustness", "UnderView", "robustness"]


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
