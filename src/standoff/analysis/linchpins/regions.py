"""Boxes of worlds in which the leading strategy breaks a limit, or another strategy is better."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from standoff.analysis.discovery.discover import Discovery, discover
from standoff.analysis.discovery.second_opinion import SecondOpinion, second_opinion
from standoff.analysis.findings import Floats
from standoff.analysis.robustness.satisficing import Bound, satisficing
from standoff.analysis.runs.payoffs import Payoffs, Posteriors
from standoff.analysis.runs.views import DecisionTable
from standoff.analysis.statistics.regression import one_thread

__all__ = ["Region", "find_regions"]

_MOST_RIVALS = 2
_MOST_FAILING = 3
_SELDOM, _MOSTLY = 0.05, 0.95
_RESAMPLES = 10


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """Worlds of one kind as a box: where the leading strategy breaks a limit, or another strategy is better.

    Attributes:
        kind: `fails` or `better`.
        subject: The outcome whose limit breaks, empty for any of all; or the label of the strategy that is better.
        leader: The label of the strategy that fails or is beaten.
        n_limits: How many limits were held against the outcomes.
        share: Of worlds that are of this kind.
        chance: (worlds,) chance that each world is.
        found: The boxes, the one recommended, and why.
        opinion: CART's view of the same worlds.
    """

    kind: str
    subject: str
    leader: str
    n_limits: int
    share: float
    chance: Floats
    found: Discovery
    opinion: SecondOpinion


def find_regions(
    table: DecisionTable,
    payoffs: Payoffs,
    known: Posteriors,
    leader: str,
    outcomes: dict[str, tuple[Floats, Floats | None]],
    seed: int,
) -> tuple[Region, ...]:
    """Boxes of worlds in which the leader breaks a limit that binds, and in which a rival is better.

    Args:
        table: The arranged ensemble.
        payoffs: Under the view looked at.
        known: What `find_posteriors` made of them.
        leader: Label of the strategy.
        outcomes: By name, (strategies, worlds) and the same by half of the replications, under that view.
        seed: Of folds and random halves.
    """
    s = payoffs.names.index(leader)
    n_limits = sum(o.limit is not None and o.name in outcomes for o in table.ensemble.model.outcomes)
    wanted = [("fails", outcome, chance) for outcome, chance in _failing(table, leader, s, outcomes, seed)]
    wanted += [("better", payoffs.names[r], chance) for r, chance in _rivals(payoffs, known, s)]

    def look(kind: str, subject: str, chance: Floats) -> Region:
        found = discover(table.inputs, chance, resamples=_RESAMPLES, seed=seed)
        opinion = second_opinion(table.inputs, chance, found.recommended)
        return Region(kind, subject, leader, n_limits, float(chance.mean()), chance, found, opinion)

    with one_thread(), ThreadPoolExecutor(os.cpu_count()) as threads:
        return tuple(threads.map(lambda one: look(*one), wanted))


def _failing(
    table: DecisionTable, leader: str, s: int, outcomes: Mapping[str, tuple[Floats, Floats | None]], seed: int
) -> list[tuple[str, Floats]]:
    """The limits that bind the leader most, and all at once, each with the chance by world that it breaks."""
    limited = [o for o in table.ensemble.model.outcomes if o.limit is not None and o.name in outcomes]
    if not limited:
        return []
    bounds = tuple(Bound(o.name, float(o.limit or 0.0), o.better) for o in limited)
    means = np.stack([outcomes[b.outcome][0][s : s + 1] for b in bounds])
    batches = [outcomes[b.outcome][1] for b in bounds]
    own = (
        None if any(batch is None for batch in batches) else np.stack([b[s : s + 1] for b in batches if b is not None])
    )
    kept = satisficing((leader,), bounds, means, table.inputs, own, seed=seed)
    failing = [("", 1.0 - kept.chance[0])] if len(bounds) > 1 else []
    binding = np.argsort([-within.binds for within in kept.alone[leader]], kind="stable")[:_MOST_FAILING].tolist()
    for o in binding:
        batch = None if own is None else own[o : o + 1]
        one = satisficing((leader,), bounds[o : o + 1], means[o : o + 1], table.inputs, batch, seed=seed)
        failing.append((bounds[o].outcome, 1.0 - one.chance[0]))
    return [(outcome, np.clip(chance, 0.0, 1.0)) for outcome, chance in failing if _SELDOM <= chance.mean() <= _MOSTLY]


def _rivals(payoffs: Payoffs, known: Posteriors, leader: int) -> list[tuple[int, Floats]]:
    """The strategies that are best in most worlds besides the leader, with the chance that they beat it there."""
    best = np.bincount(known.difference.argmax(axis=0), payoffs.w, minlength=len(payoffs.names))
    best[leader] = 0.0
    rivals = []
    for r in np.argsort(-best, kind="stable")[:_MOST_RIVALS].tolist():
        gap = known.difference[r] - known.difference[leader]
        spread = np.sqrt(known.variance[r] + known.variance[leader])
        z = np.divide(gap, spread, out=np.where(gap > 0.0, np.inf, -np.inf), where=spread > 0.0)
        chance = np.asarray(ndtr(z))
        if best[r] > 0.0 and _SELDOM <= chance.mean() <= _MOSTLY:
            rivals.append((r, chance))
    return rivals
