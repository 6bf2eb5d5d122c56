"""Boxes of worlds in which the leading strategy breaks a limit, or another strategy is better."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from standoff.analysis.discovery.discover import Discovery, discover
from standoff.analysis.discovery.second_opinion import SecondOpinion, say_box, second_opinion
from standoff.analysis.findings import Floats
from standoff.analysis.naming import capital, name_strategy, per_cent, quoted
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
        subject: The outcome whose limit breaks, or the label of the strategy that is better.
        share: Of worlds that are of this kind.
        chance: (worlds,) chance that each world is.
        found: The boxes, the one recommended, and why.
        opinion: CART's view of the same worlds.
        sentence: The recommended one in words.
    """

    kind: str
    subject: str
    share: float
    chance: Floats
    found: Discovery
    opinion: SecondOpinion
    sentence: str


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
    name = name_strategy(table.strategies[s])
    wanted = [
        ("fails", outcome, chance, f"worlds where {name} breaks {what}")
        for outcome, what, chance in _failing(table, leader, s, outcomes, seed)
    ]
    wanted += [
        (
            "better",
            payoffs.names[r],
            chance,
            f"worlds where {name_strategy(table.strategies[r])} does better than {name}",
        )
        for r, chance in _rivals(payoffs, known, s)
    ]
    with one_thread(), ThreadPoolExecutor(os.cpu_count()) as threads:
        return tuple(threads.map(lambda one: _region(table, one[0], one[1], one[2], one[3], seed), wanted))


def _failing(
    table: DecisionTable, leader: str, s: int, outcomes: Mapping[str, tuple[Floats, Floats | None]], seed: int
) -> list[tuple[str, str, Floats]]:
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
    failing = [("", f"a limit of the {len(bounds)}", 1.0 - kept.chance[0])] if len(bounds) > 1 else []
    binding = np.argsort([-within.binds for within in kept.alone[leader]], kind="stable")[:_MOST_FAILING].tolist()
    for o in binding:
        batch = None if own is None else own[o : o + 1]
        one = satisficing((leader,), bounds[o : o + 1], means[o : o + 1], table.inputs, batch, seed=seed)
        failing.append((bounds[o].outcome, f"the limit on {quoted(limited[o])}", 1.0 - one.chance[0]))
    return [(outcome, what, np.clip(chance, 0.0, 1.0)) for outcome, what, chance in failing
            if _SELDOM <= chance.mean() <= _MOSTLY]  # fmt: skip


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


def _region(table: DecisionTable, kind: str, subject: str, chance: Floats, of: str, seed: int) -> Region:
    share = float(chance.mean())
    found = discover(table.inputs, chance, kind="of this kind", resamples=_RESAMPLES, seed=seed)
    box = found.recommended
    titles = {p.name: quoted(p) for p in table.ensemble.model.uncertain}
    opinion = second_opinion(table.inputs, chance, box, titles)
    start = f"{capital(of)} ({per_cent(share)} of all)"
    if box is None:
        sentence = f"{start} are not set apart by a few assumptions."
    else:
        words = say_box(table.inputs, box, titles)
        sentence = (
            f"{start} lie mostly where {words}: there {per_cent(box.density)} are of this kind, and "
            f"{per_cent(box.coverage)} of them lie there."
        )
    return Region(kind, subject, share, chance, found, opinion, sentence)
