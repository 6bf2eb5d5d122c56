"""What was seen, and what follows: assumptions that moved, strategies of the others that fit, the ranking now."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from standoff.analysis.findings import Figure, Floats
from standoff.analysis.statistics.ranking import Ranking, rank
from standoff.analysis.watch.weighted import Weighted
from standoff.ensemble.design import Worlds
from standoff.evidence.seen import Seen, Sighting
from standoff.language.model import Model, Parameter

__all__ = ["Fit", "Moved", "Posterior", "posterior"]

_LEVELS = (0.05, 0.5, 0.95)
_ALL_AT_ONCE = 0.05
_FEWEST_PRESENT = 0.5
"""Share of the weight in which a strategy must be able to make what was seen, to be ranked."""


@dataclass(frozen=True, slots=True)
class Moved:
    """An assumption before and after what was seen.

    Attributes:
        name: Of the uncertainty or value.
        before, after: Its 5 %, 50 % and 95 % quantiles.
        shift: Of its mean, in standard deviations that it had before, with an interval that holds for all at once.
        narrowed: Share of its spread that is gone; below 0 where it grew.
        kinds: Of one with kinds: how likely each is before and after.
    """

    name: str
    before: tuple[float, ...]
    after: tuple[float, ...]
    shift: Figure
    narrowed: float
    kinds: tuple[tuple[str, float, float], ...] = ()

    @property
    def is_told(self) -> bool:
        """Whether it moved beyond chance."""
        return not self.shift.holds_zero


@dataclass(frozen=True, slots=True)
class Fit:
    """How likely an actor is to play a strategy, given what was seen; all of its strategies were alike before."""

    actor: str
    strategy: str
    before: float
    after: Figure


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """What follows from what was seen.

    Attributes:
        sightings: What was seen.
        moved: Assumptions, those that moved most first.
        fits: The others' strategies, by actor, those that fit best first.
        values: The decider's strategies in the ranking's order: before, and after.
        ranking: Of the decider's strategies, now; None where fewer than two can have made what was seen.
        left_out: The decider's strategies that hardly can have made what was seen.
        effective: Worlds that carry it, of `worlds`.
        heaviest: Share of the one that weighs most.
        k: Of the tail of the weights; NaN where they were not smoothed.
        how: `weights`, or `drawn` afresh.
        log_evidence: Of what was seen.
        failed: Why there is no posterior: all else is then empty. As of the weights, or `collapsed` on few worlds.
    """

    sightings: tuple[Sighting, ...]
    moved: tuple[Moved, ...]
    fits: tuple[Fit, ...]
    values: tuple[tuple[str, float, Figure], ...]
    ranking: Ranking | None
    left_out: tuple[str, ...]
    worlds: int
    effective: float
    heaviest: float
    k: float
    how: str
    log_evidence: float
    failed: str = ""
    method: str = (
        "exact likelihoods of what was seen given the path, by a particle filter in each world and profile; "
        "Pareto-smoothed weights of worlds"
    )
    references: tuple[str, ...] = (
        "Gordon, Salmond & Smith 1993, IEE Proceedings F 140 (bootstrap filter)",
        "Vehtari, Simpson, Gelman, Yao & Gabry 2024, JMLR 25 (Pareto-smoothed weights)",
        "Del Moral, Doucet & Jasra 2006, JRSS B 68 (tempering)",
    )


def posterior(model: Model, seen: Seen, weighted: Weighted, prior: Worlds) -> Posterior:
    """What follows from what was seen.

    Args:
        model: The study's.
        seen: What was.
        weighted: Worlds with their weights.
        prior: Worlds as they were drawn beforehand.
    """
    failed = weighted.failed or ("collapsed" if weighted.has_collapsed else "")
    heaviest = float(weighted.weights.max(initial=0.0))
    if failed:
        return Posterior(
            seen.sightings, (), (), (), ranking=None, left_out=(), worlds=weighted.weights.size,
            effective=weighted.effective, heaviest=heaviest, k=weighted.k,
            how=weighted.how, log_evidence=weighted.log_evidence, failed=failed,
        )  # fmt: skip
    parameters = [p for p in model.uncertain if p.name in weighted.worlds.columns]
    moved = [_moved(p, weighted, prior, len(parameters)) for p in parameters]
    moved.sort(key=lambda one: (not one.is_told, -abs(one.shift.value)))
    ranking, values, left_out = _ranked(weighted)
    return Posterior(
        seen.sightings, tuple(moved), _fits(model, weighted), values, ranking=ranking, left_out=left_out,
        worlds=weighted.weights.size,
        effective=weighted.effective, heaviest=heaviest, k=weighted.k, how=weighted.how,
        log_evidence=weighted.log_evidence,
    )  # fmt: skip


def _moved(parameter: Parameter, weighted: Weighted, prior: Worlds, n: int) -> Moved:
    name, w = parameter.name, weighted.weights
    x, old = weighted.worlds.columns[name], prior.columns[name]
    spread = float(old.std()) or 1.0
    mean = float(w @ x)
    drawn = 0.0 if weighted.how == "weights" else float(old.std() / np.sqrt(old.size))
    error = math.sqrt(float(w**2 @ (x - mean) ** 2) + drawn**2) / spread
    away = (mean - float(old.mean())) / spread
    reach = -float(ndtri(_ALL_AT_ONCE / 2.0 / max(n, 1)))
    kinds: tuple[tuple[str, float, float], ...] = ()
    if parameter.spread is not None and parameter.spread.kinds:
        kinds = tuple(
            (kind, float((old == j).mean()), float(w @ (x == j))) for j, kind in enumerate(parameter.spread.kinds)
        )
    narrowed = 1.0 - math.sqrt(max(float(w @ (x - mean) ** 2), 0.0)) / spread
    even = np.full(old.size, 1.0 / old.size)
    return Moved(
        name, _quantiles(old, even), _quantiles(x, w),
        Figure(away, error, away - reach * error, away + reach * error), narrowed=narrowed, kinds=kinds,
    )  # fmt: skip


def _quantiles(x: Floats, w: Floats) -> tuple[float, ...]:
    order = np.argsort(x, kind="stable")
    summed = np.cumsum(w[order]) - 0.5 * w[order]
    return tuple(float(v) for v in np.interp(_LEVELS, summed, x[order]))


def _fits(model: Model, weighted: Weighted) -> tuple[Fit, ...]:
    found = []
    for actor, shares in weighted.plays.items():
        labels = [instance.label for instance in model.instances(actor)]
        own = []
        for label, share in zip(labels, shares, strict=True):
            after = _figure(share, weighted.weights)
            own.append(Fit(actor, label, 1.0 / len(labels), after))
        found += sorted(own, key=lambda one: -one.after.value)
    return tuple(found)


def _figure(x: Floats, w: Floats) -> Figure:
    mean = float(w @ x)
    error = math.sqrt(float(w**2 @ (x - mean) ** 2))
    return Figure(mean, error, mean - 1.96 * error, mean + 1.96 * error)


def _ranked(weighted: Weighted) -> tuple[Ranking | None, tuple[tuple[str, float, Figure], ...], tuple[str, ...]]:
    w = weighted.weights
    present = np.isfinite(weighted.payoffs)
    kept = [s for s in range(len(weighted.strategies)) if float(w @ present[s]) >= _FEWEST_PRESENT]
    out = tuple(label for s, label in enumerate(weighted.strategies) if s not in kept)
    common = present[kept].all(axis=0) & (w > 0.0)
    if len(kept) < 2 or common.sum() < 2:
        return None, (), out
    own, figures = w[common] / w[common].sum(), weighted.payoffs[kept][:, common]
    names: Sequence[str] = [weighted.strategies[s] for s in kept]
    ranking = rank(names, figures, own)
    values = {
        name: (name, float(weighted.before[s]), _figure(figures[i], own))
        for i, (s, name) in enumerate(zip(kept, names, strict=True))
    }
    return ranking, tuple(values[name] for name in ranking.order), out
