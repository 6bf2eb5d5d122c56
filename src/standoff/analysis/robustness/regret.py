"""Regret against the best strategy of each world, with its noise taken out: what is sure to be lost, and what may be.

No figure is the largest of the numbers that also value it: what is best in a world is picked from other worlds
(`regression.py`) and other replications, and valued on replications that had no part in the pick. What is picked so is
at most the best: that gives the low ends. The high ends come from figures that are at least as large on average, the
raw ones (Jensen) and a bound by second moments (`brackets.py`). Neither end takes the hidden to have any shape; the
figure in between does (normal, `plausible`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.special import ndtr, ndtri

from standoff.analysis.findings import Figure, Floats
from standoff.analysis.robustness.tails import tail_bound, tail_influence, tail_weights
from standoff.analysis.runs.payoffs import SURE, Payoffs, Posteriors, figure_within, find_posteriors, mean_figure
from standoff.analysis.statistics.brackets import (
    Hidden,
    above_all,
    best_level,
    find_hidden,
    plausible,
    reach_of_bracket,
)
from standoff.analysis.statistics.errors import additive_part

__all__ = ["Lost", "Regret", "find_lost", "measure_regret"]

_LEVEL = 0.95
_CLOSE = 0.5
"""Part of the figure that an interval from luck may be wide."""


@dataclass(frozen=True, slots=True, eq=False)
class Regret:
    """Savage's regret, world by world, with the noise taken out, and as it looks before that.

    Intervals of `mean`, `worst_decile` and `worst` hold whatever the regression does not see, each by itself, and are
    above zero only where that holds for all strategies at once; never is one of them above the next. `evpi`, the gain
    from knowing the world, is the least mean. `by_world` has shape (strategies, worlds). `worst` is the regret in the
    worst world, `worst_decile` the mean over the worst tenth. `surely_best` is the share of worlds in which a strategy
    is best beyond the noise; `cannot_tell` the share in which none is. `replications_wanted` is how many times as many
    replications would let luck leave a mean regret no more in doubt than by half; None where it leaves it less.
    """

    mean: dict[str, Figure]
    worst: dict[str, Figure]
    worst_decile: dict[str, Figure]
    mean_raw: dict[str, float]
    worst_raw: dict[str, float]
    by_world: Float[Floats, "strategies worlds"]
    by_world_raw: Float[Floats, "strategies worlds"]
    surely_best: dict[str, float]
    cannot_tell: float
    evpi: Figure
    replications_wanted: float | None
    method: str
    reference: str = (
        "Savage 1951, The theory of statistical decision, Journal of the American Statistical Association 46"
    )


def measure_regret(payoffs: Payoffs, posteriors: Posteriors | None = None) -> Regret:
    """Regret of each strategy in each world against the best strategy there.

    Raw regret takes the largest of noisy payoffs and is biased upwards. Here the best strategy of a world is
    picked by the posterior that left out a batch, and valued on that batch; batches are averaged.
    """
    known = posteriors or find_posteriors(payoffs)
    w, names = payoffs.w, payoffs.names
    lost = find_lost(payoffs, known)
    ends = [_ends_of(payoffs, known, s, lost) for s in range(len(names))]
    mean, decile, worst = (dict(zip(names, column, strict=True)) for column in zip(*ends, strict=True))
    raw = payoffs.mean.max(axis=0) - payoffs.mean
    surely, cannot = _surely_best(names, known, w)
    evpi = Figure(
        *(min(getattr(figure, part) for figure in mean.values()) for part in ("value", "error", "low", "high"))
    )
    return Regret(
        mean,
        worst,
        decile,
        {name: float(raw[s] @ w) for s, name in enumerate(names)},
        worst_raw={name: float(raw[s].max()) for s, name in enumerate(names)},
        by_world=known.difference.max(axis=0) - known.difference,
        by_world_raw=raw,
        surely_best=surely,
        cannot_tell=cannot,
        evpi=_figure(evpi.value, evpi.low, evpi.high),
        replications_wanted=_wanted(payoffs, known, evpi),
        method=f"low ends: best strategy of each world picked by a regression over the other {known.folds.max() + 1} "
        "folds' worlds and by the other replications, valued on held-out replications "
        f"({known.valued.shape[0]} batches); "
        "high ends: the lower of raw regret and a bound by second moments of two halves; in between, figures of worlds "
        "whose hidden part is normal; 95 % for each",
    )


@dataclass(frozen=True, slots=True, eq=False)
class Lost:
    """What is lost to the best strategy, at least and at most.

    At least what is lost to the strategy that is picked by other worlds and other replications and valued on the rest.

    Attributes:
        by_batch, foreseen: As valued, and as picked by.
        figures: At least and at most; their means are those of all worlds, and of the worst
            tenth.
        explained: Like `figures`: what an even design integrates almost without error; None without such a design.
        rivals: (strategies), what the others bring over each.
    """

    by_batch: Float[Floats, "strategies batches worlds"]
    foreseen: Float[Floats, "strategies batches worlds"]
    figures: Float[Floats, "2 strategies 2 worlds"]
    explained: Float[Floats, "2 strategies 2 worlds"] | None
    rivals: Sequence[_Rivals | None]

    def least(self, s: int, of: int, w: Floats, reach: float = SURE) -> Figure:
        """Of a strategy over all worlds (0), or over the worst tenth (1)."""
        return self._figure((0, s, of), w, reach)

    def most(self, s: int, of: int, w: Floats) -> Figure:
        """Like `least`."""
        return self._figure((1, s, of), w, SURE)

    def _figure(self, at: tuple[int, int, int], w: Floats, reach: float) -> Figure:
        return mean_figure(self.figures[at], w, reach, None if self.explained is None else self.explained[at])


def find_lost(payoffs: Payoffs, known: Posteriors) -> Lost:
    """The two ends between which mean regrets, and those of worst tenths, lie whatever is hidden."""
    w, rivals = payoffs.w, [_rivals_of(payoffs, known, s) for s in range(len(payoffs.names))]
    best = np.take_along_axis(known.valued, known.picked.argmax(axis=1)[:, None, :], axis=1)
    lost = np.moveaxis(best - known.valued, 1, 0)
    foreseen = np.moveaxis(known.picked.max(axis=1, keepdims=True) - known.picked, 1, 0)
    least = [[own.mean(axis=0), tail_influence(own, by, w)] for own, by in zip(lost, foreseen, strict=True)]
    raw = payoffs.mean.max(axis=0) - payoffs.mean
    most = [_most_lost(own, among, w) for own, among in zip(raw, rivals, strict=True)]
    figures = np.array([least, most])
    explained = None
    if payoffs.stratified is not None and payoffs.weights is None:
        explained = additive_part(payoffs.stratified, figures.reshape(-1, figures.shape[-1]), known.folds)
    explained = None if explained is None else explained.reshape(figures.shape)
    return Lost(lost, foreseen, figures, explained, rivals=rivals)


@dataclass(frozen=True, slots=True, eq=False)
class _Rivals:
    """What the other strategies bring over one: (others, worlds, 2) of halves, (others, worlds) as predicted, and what
    that leaves.
    """

    halves: Floats
    prediction: Floats
    hidden: Hidden


def _rivals_of(payoffs: Payoffs, known: Posteriors, s: int) -> _Rivals | None:
    """None where luck is not known by two halves, or there are none."""
    if payoffs.halves is None or payoffs.halves.shape[2] != 2 or len(payoffs.names) == 1:
        return None
    # in an order that the names have no part in
    others = np.array([j for j in np.argsort(payoffs.mean @ payoffs.w) if j != s], dtype=np.int64)
    halves = payoffs.halves[others] - payoffs.halves[s]
    prediction = known.between[others] - known.between[s]
    return _Rivals(halves, prediction, find_hidden(prediction, halves, payoffs.w))


def _ends_of(payoffs: Payoffs, known: Posteriors, s: int, lost: Lost) -> tuple[Figure, Figure, Figure]:
    """Of one strategy the mean regret, that of its worst tenth, and that in its worst world."""
    w, n, among = payoffs.w, len(payoffs.names), lost.rivals[s]
    raw = payoffs.mean.max(axis=0) - payoffs.mean[s]
    noise = np.zeros_like(raw)
    drawn = known.difference.max(axis=0)[None] - known.difference[s]
    if among is not None:
        halves, luck = among.halves, np.diag(among.hidden.luck)
        drawn = np.maximum(plausible(among.prediction, halves, among.hidden).max(axis=1), 0.0)
        noise = np.sqrt(np.maximum((halves[..., 0] - halves[..., 1]) ** 2 / 4.0, luck[:, None])).max(axis=0)
    high = [lost.most(s, of, w) for of in (0, 1)]
    at_once = -float(ndtri((1.0 - _LEVEL) / (2.0 * n)))
    own = [_low(lost, (s, of), w, high=high[of], at_once=at_once) for of in (0, 1)]
    own.append(max(_lowest_worst(lost.by_batch[s], lost.foreseen[s], noise, at_once), 0.0))
    lows = np.maximum.accumulate(own)
    highest = float((raw + SURE * noise).max())
    reached = [f.value + (f.high - f.value) * _reach(lost.least(s, of, w), f) / SURE for of, f in enumerate(high)]
    highs = np.minimum.accumulate([highest, *reached[::-1]])[::-1]
    # where chance puts a low end above its high end, both are the high one
    lows = np.minimum(lows, highs)
    tails = [float(each @ tail_weights(each, w)) for each in drawn]
    values = np.maximum.accumulate([np.mean(drawn @ w), np.mean(tails), drawn.max(axis=1).mean()])
    return tuple(_figure(v, lo, hi) for v, lo, hi in zip(values, lows, highs, strict=True))  # type: ignore[return-value]


def _low(lost: Lost, which: tuple[int, int], w: Floats, *, high: Figure, at_once: float) -> float:
    """Low end of a mean regret by itself; zero unless it is above zero for all strategies at once."""
    if lost.least(*which, w, at_once).low <= 0.0:
        return 0.0
    return lost.least(*which, w, _reach(lost.least(*which, w), high)).low


def _reach(low: Figure, high: Figure) -> float:
    """Standard errors beyond two ends that hold the truth between them on average."""
    return reach_of_bracket(high.value - low.value, max(low.error, high.error))


def _most_lost(raw: Floats, among: _Rivals | None, w: Floats) -> tuple[Floats, Floats]:
    """Two figures a world whose means are at least the mean regret, and that of its worst tenth.

    Raw regret's, or by second moments: chosen by what they come to, and not by their ends, which would choose the
    luckier.
    """
    plain = (raw, tail_influence(raw[None], raw[None], w))
    if among is None:
        return plain
    halves, prediction, variance = among.halves, among.prediction, among.hidden.most
    level = best_level(prediction, variance)
    bounds = (level + above_all(halves, prediction, variance, level), tail_bound(halves, prediction, variance, w))
    mean, tenth = (min(pair, key=lambda figures: float(figures @ w)) for pair in zip(plain, bounds, strict=True))
    return mean, tenth


def _lowest_worst(lost: Floats, foreseen: Floats, noise: Floats, reach: float) -> float:
    """Low end of the regret in the worst world: that in the worlds that are picked as worst by the other batches."""
    worlds = foreseen.argmax(axis=1)
    batches = np.arange(len(worlds))
    # a batch is noisier than their mean by the root of their number, and as many are averaged
    return float(lost[batches, worlds].mean() - reach * noise[worlds].max())


def _figure(value: float, low: float, high: float) -> Figure:
    """A regret is never negative."""
    return figure_within(value, max(float(low), 0.0), max(float(high), 0.0))


def _wanted(payoffs: Payoffs, known: Posteriors, evpi: Figure) -> float | None:
    """Times as many replications, at which luck's variance would be a quarter of what is hidden, or of the gain's."""
    if payoffs.halves is None or len(payoffs.names) == 1 or evpi.high - evpi.low <= _CLOSE * evpi.value:
        return None
    others = np.delete(np.arange(len(payoffs.names)), int(np.argmax(payoffs.mean @ payoffs.w)))
    first = np.setdiff1d(np.arange(len(payoffs.names)), others)[0]
    halves = payoffs.halves[others] - payoffs.halves[first]
    hidden = find_hidden(known.between[others] - known.between[first], halves, payoffs.w)
    luck, spread = np.diag(hidden.luck), np.maximum(np.diag(hidden.spread), hidden.most)
    times = float((4.0 * luck / np.maximum(spread, 1e-300)).max())
    return times if times > 1.0 else None


def _surely_best(names: tuple[str, ...], known: Posteriors, w: Floats) -> tuple[dict[str, float], float]:
    """Share of worlds in which each strategy is best beyond the noise, and of none.

    Of the worlds called at most one in twenty is wrong, on average over studies: where few stand out, chance alone
    would make some do so.

    Reference: Benjamini & Hochberg 1995, Controlling the false discovery rate, Journal of the Royal Statistical Society
    B 57.
    """
    if len(names) == 1:
        return {names[0]: 1.0}, 0.0
    top = known.difference.argmax(axis=0)
    worlds = np.arange(top.size)
    gap = known.difference[top, worlds] - known.difference
    spread = np.sqrt(known.variance + known.variance[top, worlds])
    away = np.divide(gap, spread, out=np.where(gap > 0.0, np.inf, 0.0), where=spread > 0.0)
    away[top, worlds] = np.inf
    chance = np.minimum(2.0 * (len(names) - 1) * ndtr(-away.min(axis=0)), 1.0)
    sure = _discovered(chance) <= 1.0 - _LEVEL
    shares = {name: float(w[sure & (top == s)].sum()) for s, name in enumerate(names)}
    return shares, float(w[~sure].sum())


def _discovered(chance: Floats) -> Floats:
    """p-values adjusted so that, of those called true, at most that share is false.

    Reference: Benjamini & Hochberg 1995, Controlling the false discovery rate, Journal of the Royal Statistical
    Society B 57.
    """
    order = np.argsort(chance)
    scaled = chance[order] * chance.size / np.arange(1, chance.size + 1)
    adjusted = np.empty_like(chance)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return adjusted
