"""Worlds with the weights that what was seen gives them, and how far these can be trusted.

Weights of worlds are smoothed where a few are much larger than the rest, and the shape k of their tail tells whether
a mean over them means anything: above 0.7 it does not.

Reference:
    A. Vehtari, D. Simpson, A. Gelman, Y. Yao and J. Gabry, Pareto smoothed importance sampling, JMLR 25 (2024), 1-58.
    L. Kish, Survey Sampling, 1965 (effective sample size).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from standoff.analysis.findings import Floats
from standoff.ensemble.design import Worlds
from standoff.ensemble.watch.watching import Weighed

__all__ = ["Weighted", "smooth_weights", "weigh_worlds_by"]

_FEWEST_EFFECTIVE = 16.0
_FEWEST_SMOOTHED = 25
_MOST_K = 0.7


@dataclass(frozen=True, slots=True, eq=False)
class Weighted:
    """Worlds from the posterior.

    Attributes:
        worlds: The table.
        weights: (worlds,), summing to 1.
        strategies: Of the decider, by label.
        payoffs: (strategies, worlds) of the decider, given what was seen; NaN where a strategy cannot make it.
        before: (strategies,) its mean payoff before anything was seen.
        plays: Actor → (its strategies, worlds), how likely each is in a world, summing to 1 over strategies.
        log_evidence: Of what was seen; `evidence_error` is its standard error.
        k: Of the tail of the weights; NaN where they were not smoothed.
        effective: How many worlds carry it (Kish).
        how: `weights` of worlds drawn beforehand, or worlds `drawn` afresh near those that fit.
        failed: Why these are no posterior, as `standoff.ensemble.watch.tempering` has it; empty where they are.
    """

    worlds: Worlds
    weights: Floats
    strategies: tuple[str, ...]
    payoffs: Floats
    before: Floats
    plays: Mapping[str, Floats]
    log_evidence: float
    k: float
    effective: float
    how: Literal["weights", "drawn"]
    failed: str = ""
    evidence_error: float = math.nan

    @property
    def has_collapsed(self) -> bool:
        """Whether too few worlds carry the weight for anything to be said."""
        n = max(self.weights.size, 2)
        most = min(1.0 - 1.0 / math.log10(n), _MOST_K) if n > 10 else _MOST_K
        return self.effective < _FEWEST_EFFECTIVE or (not math.isnan(self.k) and self.k > most)


def smooth_weights(log_weights: Floats) -> tuple[Floats, float]:
    """Weights that sum to one, Pareto-smoothed, and the shape of their tail.

    Args:
        log_weights: (n,), −inf where there is none.

    Returns:
        (n,) weights, all 0 where there is none at all; k, NaN where the weights are too few or all alike to fit one.
    """
    from arviz_stats.base.array import array_stats  # noqa: PLC0415 - it takes a second to import

    known = np.isfinite(log_weights)
    weights = np.zeros(log_weights.shape)
    if not known.any():
        return weights, math.inf
    own = log_weights[known] - log_weights[known].max()
    k = math.nan
    if own.size >= _FEWEST_SMOOTHED and np.ptp(own) > 1e-9:
        smoothed, found = array_stats.psislw(-own)  # type: ignore[no-untyped-call]  # it takes log ratios of the opposite sign
        k = math.inf if not math.isfinite(float(found)) and _is_ragged(own) else float(found)
        own = np.where(np.isfinite(smoothed), smoothed, own)
    shares = np.exp(own - own.max())
    weights[known] = shares / shares.sum()
    return weights, k


def _is_ragged(own: Floats) -> bool:
    """Whether a fit without a result is for want of large weights, and not for a tail that has none."""
    shares = np.exp(own)
    return float(shares.sum() ** 2 / (shares @ shares)) < _FEWEST_EFFECTIVE


def weigh_worlds_by(weighed: Weighed, before: Floats, played: str | None = None) -> Weighted:
    """The posterior over the worlds of a design.

    The others' profiles are alike beforehand, and so are the decider's strategies unless it is known which it played:
    what it is thought to have done is no choice of worlds.

    Args:
        weighed: Every strategy of the decider against the same profiles of the others.
        before: (profiles, worlds) the decider's payoff before anything was seen.
        played: The decider's strategy while this was seen, by label.

    Raises:
        ValueError: The decider has no such strategy.
    """
    program, design = weighed.program, weighed.design
    decider = program.players.index(program.model.decider)
    own = design.profiles[:, decider]
    which = np.unique(own)
    labels = tuple(program.instances[decider][j].label for j in which)
    if played is not None and played not in labels:
        raise ValueError(f"`{program.model.decider}` has no strategy `{played}`; there are {', '.join(labels)}")
    others, member = np.unique(np.delete(design.profiles, decider, axis=1), axis=0, return_inverse=True)
    place = np.full((which.size, len(others)), -1)
    place[np.searchsorted(which, own), member.ravel()] = np.arange(own.size)
    likely = weighed.log_likelihood[place]  # (strategies, others, worlds)
    chosen = likely if played is None else likely[[labels.index(played)]]
    of_others = _log_mean(chosen)
    of_worlds = _log_mean(of_others)
    weights, k = smooth_weights(of_worlds)
    total = float(weights.sum())
    shares = _shares(of_others)
    payoff = weighed.means[_payoff_row(weighed)][place]
    values = np.stack([_mean_over(payoff[s], np.where(np.isfinite(likely[s]), shares, 0.0)) for s in range(len(place))])
    plays = {}
    for i, actor in enumerate(a for a in program.players if a != program.model.decider):
        n = len(program.instances[program.players.index(actor)])
        plays[actor] = np.stack([shares[others[:, i] == j].sum(axis=0) for j in range(n)])
    return Weighted(
        design.worlds, weights, labels, values, before=np.stack([before[place[s]].mean() for s in range(len(place))]),
        plays=plays,
        log_evidence=float(_log_mean(of_worlds)), k=k, effective=total**2 / float(weights @ weights) if total else 0.0,
        how="weights",
        failed="" if total else "impossible", evidence_error=_spread(of_worlds),
    )  # fmt: skip


def _payoff_row(weighed: Weighed) -> int:
    """Of the decider among the measures of the cells, which lack the tally of what was seen."""
    program = weighed.program
    measures = [m for m in program.measures if m != ("outcome", "seen so far")]
    return measures.index(("payoff", program.model.decider))


def _log_mean(x: Floats) -> Floats:
    """Over the first axis, of what is given as logarithms."""
    most = x.max(axis=0)
    safe = np.where(np.isfinite(most), most, 0.0)
    with np.errstate(divide="ignore"):
        found: Floats = safe + np.log(np.exp(x - safe).mean(axis=0))
    return found


def _spread(x: Floats) -> float:
    """The standard error of the logarithm of a mean over worlds, of what is given as logarithms."""
    shares = np.exp(x - x.max()) if np.isfinite(x.max()) else np.zeros(0)
    if shares.size < 2:
        return math.nan
    return float(shares.std(ddof=1) / math.sqrt(shares.size) / shares.mean())


def _shares(x: Floats) -> Floats:
    """Over the first axis, of what is given as logarithms; all alike where there is none."""
    most = x.max(axis=0)
    shares = np.exp(x - np.where(np.isfinite(most), most, 0.0))
    total = shares.sum(axis=0)
    found: Floats = np.where(total > 0.0, shares / np.where(total > 0.0, total, 1.0), 1.0 / len(x))
    return found


def _mean_over(values: Floats, shares: Floats) -> Floats:
    total = shares.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = (np.where(shares > 0.0, values, 0.0) * shares).sum(axis=0) / total
    return found
