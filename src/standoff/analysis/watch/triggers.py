"""Triggers: `if seen X by D then switch to B`, and what that adds to a strategy.

A trigger is picked on four fifths of the futures and valued on the rest, in turn, against the strategy alone in the
same worlds and with the same luck; so the best of many triggers that add nothing adds nothing on average. Fifths that
picked the same trigger are high together, so the gain varies more than futures by themselves would say: the interval is
as wide as it takes to hold 0 in 95 of 100 draws of a multiplier bootstrap in which no trigger adds anything. Its low
end is above 0 only where the largest gain of all strategies, each in its errors, is so large in one of twenty draws.

Reference:
    V. Chernozhukov, D. Chetverikov and K. Kato, Gaussian approximations and multiplier bootstrap for maxima of sums of
    high-dimensional random vectors, Annals of Statistics 41 (2013), 2786-2819.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from standoff.analysis.findings import Figure, Floats
from standoff.analysis.watch.signs import Sign, Split, signs_by, splits_of
from standoff.base.chance import streams
from standoff.ensemble.watch.ahead import Ahead, Continuation

__all__ = ["Trigger", "Waiting", "best_triggers", "costs_of_waiting", "folds_of", "lateness_cost"]

_FOLDS = 5
_SURE = 1.96
_DRAWS = 400
_LEVEL = 0.95
_ONE_SIDED = 0.975


@dataclass(frozen=True, slots=True)
class Trigger:
    """A strategy with its best trigger.

    Attributes:
        strategy: Whose trigger it is, by label.
        alone: What it is worth without.
        gain: What its best trigger adds, on futures that did not pick it.
        observable, date, how, at, holds: The trigger picked on all futures: if the observable is (or is not, where
            `holds` is false) at least, or just, `at` by the date.
        to: The strategy that one switches to.
        share: How often one switches.
    """

    strategy: str
    alone: Figure
    gain: Figure
    observable: str
    date: int
    how: str
    at: float
    holds: bool
    to: str
    share: float

    @property
    def is_told(self) -> bool:
        """Whether it adds something beyond doubt."""
        return self.gain.low > 0.0


@dataclass(frozen=True, slots=True)
class Waiting:
    """What it costs to hold a strategy until a date and to choose then, without having seen anything."""

    strategy: str
    date: int
    cost: Figure


def folds_of(n: int, seed: int) -> npt.NDArray[np.int64]:
    """(n,) the fold of each future."""
    return streams.permutation(n, seed, "folds of triggers") % _FOLDS


def best_triggers(ahead: Ahead, seed: int = 0) -> tuple[Trigger, ...]:
    """The best trigger of each strategy that was held, in the order of what it comes to; none where none can be."""
    found = [one for held in ahead.held if (one := _best(ahead, held, seed)) is not None]
    if not found:
        return ()
    bar = float(np.quantile(np.max([by_chance for _, by_chance in found], axis=0), _LEVEL, method="weibull"))
    told = [
        one
        if one.gain.value > bar * one.gain.error
        else replace(one, gain=replace(one.gain, low=min(one.gain.low, 0.0)))
        for one, _ in found
    ]
    return tuple(sorted(told, key=lambda one: -(one.alone.value + one.gain.value)))


@dataclass(frozen=True, slots=True)
class _Option:
    sign: Sign
    split: Split
    holds: bool
    to: int


def _best(ahead: Ahead, held: Continuation, seed: int) -> tuple[Trigger, Floats] | None:
    """The best trigger of a strategy, and the gains in their errors that chance alone would find, by draw."""
    own = held.payoffs[0][held.strategy]
    options: list[_Option] = []
    gains: list[Floats] = []
    for date in ahead.dates:
        apart = held.payoffs[date] - own
        for sign in signs_by(ahead, held, date):
            for split in splits_of(sign):
                side = split.holds(sign.values)
                for holds in (True, False):
                    where = side if holds else ~side
                    for to in range(len(apart)):
                        if to != held.strategy:
                            options.append(_Option(sign, split, holds, to))
                            gains.append(np.where(where, apart[to], 0.0).astype(np.float32))
    sound = np.isfinite(own) & np.isfinite(np.concatenate(list(held.payoffs.values()))).all(axis=0)
    if not options or sound.sum() < _FOLDS * 4:
        return None
    table = np.stack(gains)[:, sound]
    folds = folds_of(ahead.n_futures, seed)[sound]
    value = np.zeros(int(sound.sum()))
    for k in range(_FOLDS):
        mean = table[:, folds != k].mean(axis=1)
        pick = int(np.argmax(mean))
        if mean[pick] > 0.0:  # else the strategy is best left alone
            value[folds == k] = table[pick, folds == k]
    by_chance = _by_chance(table, folds, seed)
    gain = figure_of(value, max(_SURE, float(np.quantile(by_chance, _ONE_SIDED, method="weibull"))))
    chosen = options[int(np.argmax(table.mean(axis=1)))]
    side = chosen.split.holds(chosen.sign.values)
    labels = ahead.labels
    trigger = Trigger(
        labels[held.strategy], figure_of(own[sound]), gain, chosen.sign.of.name, date=chosen.sign.date,
        how=chosen.split.how, at=chosen.split.at, holds=chosen.holds, to=labels[chosen.to],
        share=float((side if chosen.holds else ~side).mean()),
    )  # fmt: skip
    return trigger, by_chance


def _by_chance(table: npt.NDArray[np.floating], folds: npt.NDArray[np.int64], seed: int) -> Floats:
    """(draws,), gains of the trigger picked, in their errors, where none adds anything; the same futures turn in all.

    Args:
        table: (options, futures) what each adds in each.
        folds: (futures,) of each.
        seed: Of the draws.
    """
    n = table.shape[1]
    apart = table - table.mean(axis=1, keepdims=True)
    lanes = streams.lane_keys(seed, np.arange(n, dtype=np.uint64), np.zeros(1, dtype=np.uint64))
    name = streams.key("null of triggers")
    signs = np.stack([streams.words(lanes, name, draw) & np.uint64(1) for draw in range(_DRAWS)], axis=1)
    flips = 2.0 * signs.astype(np.float32) - 1.0
    parts = [apart[:, folds == k] @ flips[folds == k] for k in range(_FOLDS)]  # each (options, draws)
    whole, draws = np.sum(parts, axis=0), np.arange(_DRAWS)
    gain, square = np.zeros(_DRAWS), np.zeros(_DRAWS)
    for k, part in enumerate(parts):
        rest = whole - part
        pick = rest.argmax(axis=0)
        taken = rest[pick, draws] > 0.0
        gain += np.where(taken, part[pick, draws], 0.0)
        square += np.where(taken, (apart[:, folds == k] ** 2).sum(axis=1)[pick], 0.0)
    spread = (square - gain**2 / n) * n / (n - 1)
    return gain / np.sqrt(np.where(spread > 0.0, spread, np.inf))


def costs_of_waiting(ahead: Ahead, seed: int = 0) -> tuple[Waiting, ...]:
    """For each strategy that was held and each date, what it costs to hold it until then, against choosing now.

    Choices are picked on other futures than those that value them; a cost below 0 is chance.
    """
    folds = folds_of(ahead.n_futures, seed)
    now = _chosen(ahead.held[0].payoffs[0], folds)
    return tuple(
        Waiting(ahead.labels[held.strategy], date, figure_of(now - _chosen(held.payoffs[date], folds)))
        for held in ahead.held
        for date in ahead.dates
    )


def lateness_cost(held: Continuation, date: int, side: npt.NDArray[np.bool_], seed: int = 0) -> Figure:
    """What a sign loses by coming at a date: the worth of a choice by it now, were it known, less that of one then.

    Args:
        held: Under which strategy one waits.
        date: When the sign is seen.
        side: (futures,) which side of it comes.
        seed: Of the folds.
    """
    folds = folds_of(side.size, seed)
    now, then = np.full(side.size, np.nan), np.full(side.size, np.nan)
    for part in (side, ~side):
        if part.sum() >= _FOLDS:
            now[part] = _chosen(held.payoffs[0][:, part], folds[part])
            then[part] = _chosen(held.payoffs[date][:, part], folds[part])
    return figure_of(now - then)


def _chosen(payoffs: Floats, folds: npt.NDArray[np.int64]) -> Floats:
    """(futures,) the payoff of the strategy that is best on the other folds."""
    found = np.empty(payoffs.shape[1])
    for k in range(_FOLDS):
        rest = payoffs[:, folds != k]
        means = np.where(np.isfinite(rest), rest, 0.0).sum(axis=1) / np.maximum(np.isfinite(rest).sum(axis=1), 1)
        found[folds == k] = payoffs[int(np.argmax(means)), folds == k]
    return found


def figure_of(x: Floats, reach: float = _SURE) -> Figure:
    """A mean over futures with its error, and an interval of `reach` errors to each side."""
    known = x[np.isfinite(x)]
    mean = float(known.mean()) if known.size else float("nan")
    error = float(known.std(ddof=1) / np.sqrt(known.size)) if known.size > 1 else float("nan")
    return Figure(mean, error, mean - reach * error, mean + reach * error)
