"""What it hinges on: the value of knowing an uncertainty before choosing (EVPPI), one and two at a time.

The strategy that is best given an uncertainty is picked by a regression over the other folds' worlds and valued in
this fold's, so an uncertainty that does not matter has a value of zero on average, not the largest of its noise.

What it is valued over is the strategy that is best without knowing. That of all worlds is best partly by its luck,
which makes the gain too low; that of the other folds' worlds need not be the best, which makes it too high (under a
Latin hypercube the more so: what is low in one fold is high in the rest). The low end is that of the first, the high
end the higher of both. Picking by other worlds falls short of picking by the truth by about as much as picking and
valuing by the same worlds flatters (Efron 1983), so half of what lies between these two is added to the high end.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from standoff.analysis.findings import Figure, Floats, Inputs
from standoff.analysis.linchpins.effort import FEWEST_PERMUTATIONS, Effort
from standoff.analysis.linchpins.flips import Flips, Resampled, find_flips
from standoff.analysis.linchpins.residuals import Residuals, take_out_others
from standoff.analysis.linchpins.worth_kernel import sum_folds, value_orders
from standoff.analysis.robustness.regret import measure_regret
from standoff.analysis.runs.payoffs import SURE, Payoffs, Posteriors, champions
from standoff.analysis.statistics.cells import (
    CELLS_ALONE,
    CELLS_PAIRED,
    Cells,
    cut_cells,
    fit_cells,
    let_break,
    missed_at_changes,
    weigh,
)
from standoff.analysis.statistics.errors import ends_of_mean, error_of_mean
from standoff.analysis.statistics.regression import N_FOLDS, assign_folds, one_thread
from standoff.analysis.statistics.resampling import resample_worlds
from standoff.base.chance import streams

__all__ = ["Worth", "Worths", "measure_effects", "measure_signals", "measure_worths"]

_CHANCE = 0.01
_CHANCE_PAIRED = 0.025
_VISIBLE = 0.02


@dataclass(frozen=True, slots=True)
class Worth:
    """The value of knowing one uncertainty, or two, before choosing.

    `evppi` is in units of payoff, `share` of the value of knowing everything (None where that may be zero). The
    interval holds by itself; its low end is zero unless the permutation test of all together agrees. `p_value` is that
    of the largest of all standardised values under permutation, so it needs no further correction. `beyond` is for
    pairs: what the two together add to the better one of them.
    """

    names: tuple[str, ...]
    evppi: Figure
    share: float | None
    p_value: float
    beyond: Figure | None = None

    @property
    def is_significant(self) -> bool:
        """Whether the value is above zero beyond doubt."""
        return self.evppi.low > 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Worths:
    """Uncertainties and pairs by value, largest first; what flips; and what moves outcomes but not the choice.

    `effects[outcome][input]` is the share of the outcome's variance over worlds that the input explains.
    """

    alone: tuple[Worth, ...]
    pairs: tuple[Worth, ...]
    evpi: Figure
    flips: dict[str, Flips]
    effects: dict[str, dict[str, float]]
    state_only: tuple[str, ...]
    method: str
    references: tuple[str, ...] = (
        "Strong, Oakley & Brennan 2014, Estimating multiparameter partial expected value of perfect information, "
        "Medical Decision Making 34",
        "Westfall & Young 1993, Resampling-based multiple testing (single-step maximum)",
    )


def measure_worths(
    payoffs: Payoffs,
    posteriors: Posteriors | None = None,
    *,
    outcomes: dict[str, Floats] | None = None,
    effort: Effort = Effort(),
) -> Worths:
    """Answer "what does it hinge on?".

    Inputs that are not correlated are taken as independent: what they explain is removed before another input is
    judged, which narrows its interval and moves its value by nothing on average.

    Args:
        payoffs: of the decider's strategies.
        posteriors: what `find_posteriors` made of them, where it was asked before.
        outcomes: name to shape (strategies, worlds), to tell what moves the state but not the choice.
        effort: how much is drawn to judge by.
    """
    inputs, w = payoffs.inputs, payoffs.w
    n = len(inputs.names)
    folds = assign_folds(inputs, N_FOLDS, effort.seed)
    champion = champions(payoffs.mean, w, folds)
    with one_thread():
        left = take_out_others(payoffs, folds)
        evpi = measure_regret(payoffs, posteriors).evpi
        even = _evenly_spread(payoffs, left)
        single = [cut_cells(inputs, (j,)) for j in range(n)]
        shuffles = _shuffles(inputs, effort.permutations, effort.seed, "shuffles")
        by = _Judging(left, folds, w, champion, threads=effort.threads, even=even)
        alone = _judge(by, single, [(j,) for j in range(n)], shuffles)
        lone = _report(inputs, alone, evpi, w)
        double: list[Worth] = []
        if effort.pairs and n > 1:
            standing = np.argsort(-alone.standing, kind="stable")[: effort.most_paired or n]
            couples: list[tuple[int, ...]] = list(combinations(sorted(standing.tolist()), 2))
            cells = [cut_cells(inputs, couple) for couple in couples]
            shuffles = _shuffles(inputs, effort.pair_permutations, effort.seed, "shuffles of pairs")
            both = _judge(by, cells, couples, shuffles)
            double = _report(inputs, both, evpi, w, alone=alone)
        copies = np.empty((effort.resamples, w.size))
        copies[:, inputs.canonical] = resample_worlds(w.size, effort.resamples, effort.seed)
        again = Resampled(inputs, payoffs.names, w, copies)
        flips = {
            name: find_flips(again, j, left.of(j).mean(axis=1), single[j].cell) for j, name in enumerate(inputs.names)
        }
        effects = measure_effects(inputs, outcomes or {}, int(np.argmax(payoffs.mean @ w)), folds, w=w)
    told = {pin.names[0] for pin in lone if pin.is_significant}
    moving = [name for name in inputs.names if any(of[name] >= _VISIBLE for of in effects.values())]
    method = (
        f"cross-fitted regression of payoff differences on {CELLS_ALONE} bins (pairs: {CELLS_PAIRED} by "
        f"{CELLS_PAIRED}), {N_FOLDS} folds; permutation null ({effort.permutations} and {effort.pair_permutations}); "
        "intervals 95 % for each, above zero only by a test of all at once"
    )
    return Worths(
        tuple(sorted(lone, key=lambda pin: (-pin.evppi.value, pin.p_value, pin.names))),
        tuple(sorted(double, key=lambda pin: (-pin.evppi.value, pin.p_value, pin.names))),
        evpi,
        flips,
        effects=effects,
        state_only=tuple(name for name in moving if name not in told),
        method=method,
    )


def measure_signals(
    payoffs: Payoffs, *, permutations: int = 199, chance: float = _CHANCE, seed: int = 0, threads: int | None = None
) -> tuple[Worth, ...]:
    """The value of seeing each signal before choosing (EVSI), in the order of the inputs.

    As the value of knowing an uncertainty (EVPPI), with the signals in the place of inputs: the strategy that is best
    given a signal is picked by the other folds' futures and valued in this fold's. Signals hang together, so nothing
    that the others explain is taken out.

    Args:
        payoffs: of the decider's strategies, where the choice falls after the signals; the inputs are the signals.
        permutations: of the futures against the signals, for the null; at least 99.
        chance: with which any signal may be told from nothing where none is worth anything.
        seed: of folds and permutations.
        threads: at most so many at once; all cores by default.

    Raises:
        ValueError: too few permutations for the null to tell anything.

    Reference: Strong, Oakley, Brennan & Breeze 2015, Estimating the expected value of sample information using the
    probabilistic sensitivity analysis sample, Medical Decision Making 35.
    """
    if permutations < FEWEST_PERMUTATIONS:
        raise ValueError(f"the null needs at least {FEWEST_PERMUTATIONS} permutations")
    inputs, n = payoffs.inputs, len(payoffs.inputs.names)
    folds = assign_folds(inputs, N_FOLDS, seed)
    champion = champions(payoffs.mean, payoffs.w, folds)
    apart = (payoffs.mean - payoffs.mean.mean(axis=0)).T
    left = Residuals(np.repeat(apart[:, None, :], int(folds.max()) + 1, axis=1), np.zeros((n, 1, 1, 1)), np.arange(n))
    uneven = np.zeros(n, dtype=bool)
    which: list[tuple[int, ...]] = [(j,) for j in range(n)]
    with one_thread():
        cells = [cut_cells(inputs, one) for one in which]
        shuffles = _shuffles(inputs, permutations, seed, "shuffles")
        by = _Judging(left, folds, payoffs.w, champion, threads=threads, even=uneven)
        judged = _judge(by, cells, which, shuffles)
    return tuple(_report(inputs, judged, Figure(0.0, 0.0, 0.0, 0.0), payoffs.w, chance=chance))


def _shuffles(inputs: Inputs, times: int, seed: int, name: str) -> npt.NDArray[np.int64]:
    """(times, worlds), orders of the worlds that keep the result free of the order they came in."""
    canonical = inputs.canonical
    shuffles = np.empty((times, canonical.size), dtype=np.int64)
    for p in range(times):
        shuffles[p, canonical] = canonical[streams.permutation(canonical.size, seed, name, p)]
    return shuffles


def _evenly_spread(payoffs: Payoffs, left: Residuals) -> npt.NDArray[np.bool_]:
    """(inputs,), whether worlds are spread evenly along each, so that a function of it alone has hardly an error."""
    names = payoffs.inputs.names
    if payoffs.stratified is None or payoffs.weights is not None:
        return np.zeros(len(names), dtype=bool)
    is_alone = np.bincount(left.block, minlength=len(names))[left.block] == 1
    even: npt.NDArray[np.bool_] = is_alone & np.isin(names, payoffs.stratified.names)
    return even


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    """Each candidate's gains, its value standardised by its null, and its p-value.

    Attributes:
        gain: (candidates, worlds), over the strategy that is best in all worlds.
        explained: Like `gain`, the part that an even spread of worlds integrates; zero elsewhere.
        over_champion: Like `gain`, over the strategy that is best in the other folds.
        standing, value, p_value: (candidates,).
        short: (candidates,), what picking by cells and by other worlds may fall short of.
    """

    which: Sequence[tuple[int, ...]]
    gain: Floats
    explained: Floats
    over_champion: Floats
    standing: Floats
    value: Floats
    p_value: Floats
    short: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Judging:
    """What every candidate is judged by: what others leave of the payoffs, folds, weights, and the best without it;
    and along which inputs worlds are spread evenly.
    """

    left: Residuals
    folds: npt.NDArray[np.int64]
    w: Floats
    champion: npt.NDArray[np.int64]
    threads: int | None
    even: npt.NDArray[np.bool_]


def _judge(by: _Judging, cells: list[Cells], which: list[tuple[int, ...]], shuffles: npt.NDArray[np.int64]) -> _Judged:
    """Value each candidate, and the same with the worlds shuffled against the inputs."""
    left, folds, w, champion = by.left, by.folds, by.w, by.champion
    first = np.array([int(np.flatnonzero(folds == k)[0]) for k in range(int(folds.max()) + 1)])
    champion_of_fold = champion[first]
    worlds = np.arange(w.size)
    orders = np.vstack([worlds, shuffles])
    gain, over_champion, explained = (np.zeros((len(cells), w.size)) for _ in range(3))
    null = np.empty((len(shuffles), len(cells)))
    short = np.zeros(len(cells))

    def judge(c: int) -> None:
        cut, figures = cells[c], left.of(*which[c])
        weighted = weigh(figures, w)
        sums = sum_folds(cut.cell, cut.n_cells, folds, weighted)
        cut = let_break(cut, *sums)
        gains, pick = value_orders(
            orders, cut.cell, np.ascontiguousarray(cut.smoother), folds, weighted, champion_of_fold
        )
        own = figures[worlds, folds]
        picked = own[worlds, pick[cut.cell, folds]]
        best = int(np.argmax(own.T @ w))
        gain[c], over_champion[c] = picked - own[:, best], picked - own[worlds, champion]
        null[:, c] = gains[1:]
        if len(which[c]) == 1 and by.even[which[c][0]]:
            explained[c] = _along(gain[c], cut, w)
        short[c] = max(_flattered(cut, sums[1], best) - float(gain[c] @ w), 0.0) / 2.0
        if cut.breaking is not None:
            weight = sums[0][:, 0, -1]
            means = sums[0][:, 0, :-1] / np.maximum(weight[:, None], 1e-300)
            short[c] += missed_at_changes(means, weight, pick[:, 0])

    with ThreadPoolExecutor(by.threads or os.cpu_count()) as pool:
        list(pool.map(judge, range(len(cells))))
    crossed = over_champion @ w
    scale = np.maximum(null.std(axis=0), 1e-12 * (np.abs(crossed) + np.abs(null).max(axis=0)) + 1e-300)
    middle = null.mean(axis=0)
    largest = ((null - middle) / scale).max(axis=1, initial=-np.inf)
    standard = (crossed - middle) / scale
    p_value = (1.0 + (largest[:, None] >= standard[None, :]).sum(axis=0)) / (1.0 + len(shuffles))
    return _Judged(
        which, gain, explained, over_champion, standing=standard, value=gain @ w, p_value=p_value, short=short
    )


def _along(gain: Floats, cut: Cells, w: Floats) -> Floats:
    """(worlds,), the mean gain of each world's cell."""
    weight = np.bincount(cut.cell, w, cut.n_cells)
    along: Floats = (np.bincount(cut.cell, w * gain, cut.n_cells) / np.maximum(weight, 1e-300))[cut.cell]
    return along


def _flattered(cut: Cells, held_out: Floats, best: int) -> float:
    """The value if the same worlds pick and value.

    Args:
        cut: The cells.
        held_out: (cells, folds, strategies + 1), sums over each fold's worlds, with weights last.
        best: The strategy that is best in all worlds.
    """
    own = held_out.sum(axis=1, keepdims=True)
    pick = fit_cells(cut, own)[:, 0].argmax(axis=1)
    return float((own[np.arange(pick.size), 0, pick] - own[:, 0, best]).sum())


def _report(
    inputs: Inputs,
    judged: _Judged,
    evpi: Figure,
    w: Floats,
    *,
    alone: _Judged | None = None,
    chance: float = _CHANCE,
) -> list[Worth]:
    """Findings with intervals, each by itself; for pairs, what they add to the better one, for all pairs at once."""
    reach = -float(ndtri(0.025 / max(len(judged.which), 1)))
    chance = chance if alone is None else _CHANCE_PAIRED
    found = []
    n_worlds = judged.gain.shape[1]
    for c, members in enumerate(judged.which):
        value, p = float(judged.value[c]), float(judged.p_value[c])
        error, low, high = _ends(judged.gain[c], judged.explained[c], w)
        high = max(high, _ends(judged.over_champion[c], judged.explained[c], w)[2]) + float(judged.short[c])
        low = low if p <= chance else 0.0
        figure = Figure(max(value, 0.0), error, max(low, 0.0), max(high, 0.0))
        share = min(figure.value / evpi.value, 1.0) if evpi.low > 0.0 else None
        beyond = None
        if alone is not None:
            better = max(members, key=lambda j: float(alone.value[j]))
            more = judged.gain[c] - alone.gain[better]
            extra = value - float(alone.value[better])
            spread = float(more.std(ddof=1) / np.sqrt(n_worlds))
            beyond = Figure(max(extra, 0.0), spread, max(extra - reach * spread, 0.0), max(extra + reach * spread, 0.0))
        found.append(Worth(tuple(inputs.names[j] for j in members), figure, share, p, beyond=beyond))
    return found


def _ends(gain: Floats, explained: Floats, w: Floats) -> tuple[float, float, float]:
    """Standard error of a mean gain, and its ends; a gain below zero is only below by chance."""
    value, error = float(gain @ w), float(error_of_mean(gain, w, explained))
    low, high = ends_of_mean(value, error, gain - explained, w, reach=SURE)
    return error, low, high + max(-value, 0.0)


def measure_effects(
    inputs: Inputs, outcomes: dict[str, Floats], strategy: int, folds: npt.NDArray[np.int64], *, w: Floats
) -> dict[str, dict[str, float]]:
    """Share of each outcome's variance over worlds that each input alone explains, under one strategy.

    Cross-fitted: an input that explains nothing comes out at or below zero, and is given as zero.

    Args:
        inputs: of the worlds.
        outcomes: name to shape (strategies, worlds).
        strategy: under which.
        folds: shape (worlds,).
        w: weights that sum to one.
    """
    n_folds = int(folds.max()) + 1
    effects: dict[str, dict[str, float]] = {name: {} for name in outcomes}
    cuts = [cut_cells(inputs, (j,)) for j in range(len(inputs.names))]
    for name, values in outcomes.items():
        y = values[strategy] - float(values[strategy] @ w)
        total = float(w @ y**2)
        for of, cut in zip(inputs.names, cuts, strict=True):
            weighted = weigh(np.repeat(y[:, None, None], n_folds, axis=1), w)
            everything, held_out = sum_folds(cut.cell, cut.n_cells, folds, weighted)
            fitted = fit_cells(cut, everything - held_out)[..., 0]
            missed = float(w @ (y - fitted[cut.cell, folds]) ** 2)
            effects[name][of] = max(1.0 - missed / total, 0.0) if total > 0.0 else 0.0
    return effects
