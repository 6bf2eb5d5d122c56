"""Boxes of worlds in which the leading strategy breaks a limit, or another strategy is better."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from standoff.analysis.discovery.discover import Discovery, discover
from standoff.analysis.discovery.second_opinion import SecondOpinion, second_opinion
from standoff.analysis.findings import Floats
from standoff.analysis.robustness.limits import find_bounds, hold_limits
from standoff.analysis.robustness.satisficing import Satisficing
from standoff.analysis.runs.decision_table import DecisionTable
from standoff.analysis.runs.payoffs import Payoffs, Posteriors
from standoff.analysis.runs.views import View
from standoff.analysis.statistics.kinds import Against, Kind
from standoff.analysis.statistics.regression import assign_folds, one_thread, predict

__all__ = ["Region", "find_regions"]

_MOST_RIVALS = 2
_MOST_FAILING = 3
_SELDOM, _MOSTLY = 0.05, 0.95
_RESAMPLES = 10
_SOMETHING = float(np.finfo(np.float64).tiny)
"""A lead of exactly nothing is none."""


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


def find_regions(table: DecisionTable, view: View, leader: str, threads: int | None = None) -> tuple[Region, ...]:
    """Boxes of worlds in which the leader breaks a limit that binds, and in which a rival is better.

    Args:
        table: Of the run.
        view: What the others play.
        leader: Label of the strategy.
        threads: At most so many at once; all cores by default.
    """
    s = table.labels.index(leader)
    kept = hold_limits(table, view)
    wanted = [] if kept is None else [("fails", *one) for one in _failing(table, view, kept, s)]
    rivals = _rivals(table.payoffs(view), table.posteriors(view), s)
    wanted += [("better", table.labels[r], chance, kind) for r, chance, kind in rivals]
    n_limits = 0 if kept is None else len(kept.chances)

    drawn = np.arange(table.worlds.size) if table.weights is None else _drawn(table.weights)
    inputs = table.inputs if table.weights is None else table.inputs.rows(drawn)

    def look(name: str, subject: str, chance: Floats, kind: Kind) -> Region:
        found = discover(inputs, chance[drawn], resamples=_RESAMPLES, seed=table.seed, kind=kind.of(drawn))
        opinion = second_opinion(inputs, chance[drawn], found.recommended)
        return Region(
            name, subject, leader, n_limits, share=float(chance @ table.w), chance=chance, found=found, opinion=opinion
        )

    with one_thread(), ThreadPoolExecutor(threads or os.cpu_count()) as pool:
        return tuple(pool.map(lambda one: look(*one), [one for one in wanted if _is_divided(one[2], table.w)]))


def _drawn(weights: Floats) -> npt.NDArray[np.int64]:
    """Worlds, each as often as it counts, and as many as their weights are worth: boxes count worlds alike.

    Reference: Kitagawa 1996, Monte Carlo filter and smoother for non-Gaussian nonlinear state space models, Journal of
    Computational and Graphical Statistics 5 (systematic resampling).
    """
    n = max(1, int(1.0 / float(weights @ weights)))
    places = np.searchsorted(np.cumsum(weights), (np.arange(n) + 0.5) / n)
    return np.minimum(places, weights.size - 1)


def _is_divided(chance: Floats, w: Floats) -> bool:
    """Whether a part of the worlds is of the kind, and a part is not."""
    return bool(_SELDOM <= chance @ w <= _MOSTLY)


def _failing(table: DecisionTable, view: View, kept: Satisficing, s: int) -> list[tuple[str, Floats, Kind]]:
    """The limits that bind the leader most, and all at once, each with the chance by world that it breaks."""
    alone, bounds = kept.alone[table.labels[s]], find_bounds(table)
    figures = [table.figures("outcome", bound.outcome, view) for bound in bounds]
    means = np.stack([each.mean[s] for each in figures])
    foreseen = predict(table.inputs, means, assign_folds(table.inputs, seed=table.seed))
    limits = [
        Against(
            means[o], foreseen[o], None if each.halves is None else each.halves[s], bounds[o].limit, sign=bounds[o].sign
        )
        for o, each in enumerate(figures)
    ]
    failing = [("", 1.0 - kept.chance[s], Kind(tuple(limits), broken=True))] if len(alone) > 1 else []
    binding = np.argsort([-within.binds for within in alone], kind="stable")[:_MOST_FAILING].tolist()
    failing += [(alone[o].outcome, 1.0 - kept.chances[o, s], Kind((limits[o],), broken=True)) for o in binding]
    return [(outcome, np.clip(chance, 0.0, 1.0), kind) for outcome, chance, kind in failing]


def _rivals(payoffs: Payoffs, known: Posteriors, leader: int) -> list[tuple[int, Floats, Kind]]:
    """The strategies that are best in most worlds besides the leader, with the chance that they beat it there."""
    best = np.bincount(known.difference.argmax(axis=0), payoffs.w, minlength=len(payoffs.names))
    best[leader] = 0.0
    rivals = []
    for r in np.argsort(-best, kind="stable")[:_MOST_RIVALS].tolist():
        if best[r] <= 0.0:
            continue
        lead, prediction = (each[r] - each[leader] for each in (payoffs.mean, known.between))
        halves = None if payoffs.halves is None else payoffs.halves[r] - payoffs.halves[leader]
        ahead = Against(lead, prediction, halves, _SOMETHING, sign=-1.0)
        rivals.append((r, ahead.judged(np.arange(lead.size))[0], Kind((ahead,))))
    return rivals
