"""The worst tenth of worlds, the worst world, and the frontier of mean payoff against the worst tenth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from standoff.analysis.findings import Figure, Floats
from standoff.analysis.runs.payoffs import SURE, Payoffs, Posteriors, figure_within, find_posteriors, mean_figure
from standoff.analysis.statistics.brackets import above_all
from standoff.analysis.statistics.deconvolution import times_wanted, worst
from standoff.analysis.statistics.errors import additive_part, error_of_mean

__all__ = [
    "FrontierPoint",
    "Lowest",
    "Tails",
    "find_lowest",
    "frontier",
    "measure_tails",
    "tail_bound",
    "tail_influence",
    "tail_weights",
]

WORST_SHARE = 0.1

_ROUNDING = 1e-12
"""Of the largest figure: strategies that differ by no more do the same."""


@dataclass(frozen=True, slots=True)
class Tails:
    """Payoff in the worst tenth of the worlds (CVaR) and in the worst world, luck taken out; raw beside."""

    worst_decile: dict[str, Figure]
    worst_world: dict[str, Figure]
    worst_decile_raw: dict[str, float]
    worst_world_raw: dict[str, float]
    method: str
    reference: str = "Rockafellar & Uryasev 2000, Optimization of conditional value-at-risk, Journal of Risk 2"


@dataclass(frozen=True, slots=True)
class FrontierPoint:
    """A strategy's place: on the frontier, surely `beaten_by` others in both measures, or cannot tell (neither)."""

    name: str
    performance: float
    robustness: float
    on_frontier: bool
    beaten_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Lowest:
    """The worst tenth of worlds of each strategy, found in two ways that err to either side of the truth.

    Attributes:
        influence: (strategies, worlds), figures whose mean by the worlds' weights is the worst tenth's, with its error.
        lean: (strategies,), half of what lies between the two beyond chance.
        explained: Like `influence`: what an even design integrates almost without error; None without such a design.
    """

    influence: Float[Floats, "strategies worlds"]
    lean: Float[Floats, " strategies"]
    explained: Float[Floats, "strategies worlds"] | None = None


def find_lowest(payoffs: Payoffs, posteriors: Posteriors) -> Lowest:
    """The middle between two answers, so that half of their distance is in doubt.

    Worlds picked by other worlds and other replications are at best the worst tenth: their mean is too high where the
    pick misses some. The fitted distribution (`deconvolution.worst`) is smooth, so that its tail reaches too low where
    the worlds' stops short. Without batches luck is not known, and only the first is to be had; where luck is so uneven
    that it is not normal, which the fit takes it for, the first is given, with the same in doubt.
    """
    w, halves, strategies = payoffs.w, payoffs.halves, range(len(payoffs.names))
    picked = np.array([-tail_influence(-posteriors.valued[:, s], -posteriors.level[:, s], w) for s in strategies])
    if halves is None:
        return Lowest(picked, np.zeros(len(picked)), _explain(payoffs, posteriors, picked))
    found = [worst(payoffs.mean[s], posteriors.foreseen[s], halves[s], w, share=WORST_SHARE) for s in strategies]
    fitted = np.array([each.influence + (each.value - each.influence) @ w for each in found])
    uneven = np.array([times_wanted(posteriors.foreseen[s], halves[s]) is not None for s in strategies])
    told = np.where(uneven[:, None], picked, (picked + fitted) / 2.0)
    half = (picked - fitted) / 2.0
    # as far as chance does not set them apart
    apart = half @ w
    lean = np.sign(apart) * np.sqrt(np.maximum(apart**2 - error_of_mean(half, w) ** 2, 0.0))
    return Lowest(told, lean, _explain(payoffs, posteriors, told))


def _explain(payoffs: Payoffs, posteriors: Posteriors, figures: Floats) -> Floats | None:
    """What of figures an even design integrates almost without error."""
    if payoffs.stratified is None or payoffs.weights is not None:
        return None
    return additive_part(payoffs.stratified, figures, posteriors.folds)


def measure_tails(payoffs: Payoffs, posteriors: Posteriors | None = None, lowest: Lowest | None = None) -> Tails:
    """Mean payoff over the worst tenth of a strategy's worlds, and payoff in its worst world."""
    known = posteriors or find_posteriors(payoffs)
    low = lowest or find_lowest(payoffs, known)
    w, names = payoffs.w, payoffs.names
    deciles, worlds, raw, raw_worst = {}, {}, {}, {}
    for s, name in enumerate(names):
        deciles[name] = _worst_tenth(low, s, w)
        worlds[name] = _worst_world(payoffs, known, s, deciles[name])
        raw[name] = float(payoffs.mean[s] @ tail_weights(-payoffs.mean[s], w))
        raw_worst[name] = float(payoffs.mean[s].min())
    method = (
        "worst worlds are picked from other worlds and other replications and valued on held-out replications, so that "
        "the true tail is at most this; for the worst tenth the middle between this and a fitted distribution of the "
        "worlds' true payoffs is given (the first where luck is too uneven to fit), and half of their distance counts "
        "as error"
    )
    return Tails(deciles, worlds, raw, raw_worst, method=method)


def _worst_tenth(lowest: Lowest, s: int, w: Floats) -> Figure:
    """Payoff in the worst tenth of worlds, with the error of the worlds drawn and of not knowing which answer holds."""
    told = mean_figure(lowest.influence[s], w, SURE, None if lowest.explained is None else lowest.explained[s])
    lean = SURE * float(lowest.lean[s])
    return figure_within(
        told.value, told.value - np.hypot(told.value - told.low, lean),
        told.value + np.hypot(told.high - told.value, lean),
    )  # fmt: skip


def frontier(payoffs: Payoffs, lowest: Lowest) -> tuple[FrontierPoint, ...]:
    """Performance (expected payoff) against robustness (mean payoff in the worst tenth of the worlds).

    A strategy is beaten where another is at least as good in both and better in one by two standard errors of
    the paired difference; it is on the frontier where none is at least as good in both.
    """
    w = payoffs.w
    measures = np.array([payoffs.mean, lowest.influence])
    means = measures @ w
    points = []
    for s, name in enumerate(payoffs.names):
        gap = means - means[:, s : s + 1]
        gap[np.abs(gap) <= _ROUNDING * np.abs(measures).max(initial=0.0)] = 0.0
        apart = measures - measures[:, s : s + 1] - gap[:, :, None]
        error = np.sqrt(apart**2 @ w**2)
        error[1] = np.hypot(error[1], lowest.lean - lowest.lean[s])
        as_good = (gap >= 0.0).all(axis=0) & (gap > 0.0).any(axis=0)
        surely = as_good & (gap > SURE * error).any(axis=0)
        beaten = tuple(other for j, other in enumerate(payoffs.names) if surely[j])
        points.append(FrontierPoint(name, float(means[0, s]), float(means[1, s]), not as_good.any(), beaten_by=beaten))
    return tuple(points)


def _worst_world(payoffs: Payoffs, known: Posteriors, s: int, decile: Figure) -> Figure:
    """Payoff in the worst world, never above the worst tenth's.

    At least the lowest that luck lets a world's own mean be, at most that of worlds picked by the other batches.
    """
    noise = np.zeros(payoffs.mean.shape[1])
    if payoffs.halves is not None:
        batches = payoffs.halves[s]
        own = batches.var(axis=1, ddof=1) / batches.shape[1]
        noise = np.sqrt(np.maximum(own, own.mean()))
    picked = known.level[:, s].argmin(axis=1)
    valued = known.valued[np.arange(len(picked)), s, picked].mean() + SURE * noise[picked].max()
    low = min(float((payoffs.mean[s] - SURE * noise).min()), decile.low)
    high = min(float(valued), decile.high)
    return figure_within(min(float(known.level[:, s].min(axis=1).mean()), decile.value), min(low, high), high)


def tail_weights(foreseen: Floats, w: Floats) -> Floats:
    """Weights of the worlds with the largest `foreseen`, a tenth of all weight, scaled to sum to one."""
    order = np.argsort(-foreseen, kind="stable")
    before = np.cumsum(w[order]) - w[order]
    kept = np.empty_like(w)
    kept[order] = np.clip(WORST_SHARE - before, 0.0, w[order])
    scaled: Floats = kept / kept.sum()
    return scaled


def tail_influence(valued: Floats, foreseen: Floats, w: Floats) -> Floats:
    """A figure per world whose weighted mean is the tail mean, with the tail mean's error; shape (worlds,)."""
    figures = np.zeros(w.size)
    for value, guess in zip(valued, foreseen, strict=True):
        tail = tail_weights(guess, w)
        inside = np.divide(tail, w, out=np.zeros_like(w), where=w > 0.0)
        edge = _edge(value, guess, w)
        figures += ((value - edge) * inside + edge) / len(valued)
    return figures


def _edge(value: Floats, guess: Floats, w: Floats) -> float:
    """Level at the edge of the tail: the mean of the worlds foreseen nearest to it."""
    order = np.argsort(-guess, kind="stable")
    place = int(np.searchsorted(np.cumsum(w[order]), WORST_SHARE))
    width = max(w.size // 100, 1)
    near = order[max(place - width, 0) : place + width + 1]
    return float(value[near].mean())


def tail_bound(halves: Floats, prediction: Floats, variance: Floats, w: Floats) -> Floats:
    """(worlds,), figures whose mean is at least that, over the worst tenth, of the largest of zero and several.

    For every q ≥ 0 that mean is at most q + mean of Σ max(x − q, 0), divided by the share (Rockafellar & Uryasev 2000);
    the q is that at which it would be least if predictions held.

    Args:
        halves, prediction, variance: As for `brackets.above_all`.
        w: (worlds,), weights that sum to one.
    """
    largest = np.sqrt(np.maximum(prediction, 0.0) ** 2 + variance[:, None]).max(axis=0)
    tried = np.unique(
        np.r_[0.0, np.quantile(largest, np.linspace(0.5, 1.0, 11)), largest.max() * np.array([1.5, 2.0, 3.0])]
    )
    best = np.inf, 0.0
    for q in tried.tolist():
        away = prediction - q
        above = 0.5 * (away + np.sqrt(away**2 + variance[:, None])).sum(axis=0)
        best = min(best, (q + float(above @ w) / WORST_SHARE, q))
    level = np.full(w.size, best[1])
    bound: Floats = best[1] + above_all(halves, prediction, variance, level) / WORST_SHARE
    return bound
