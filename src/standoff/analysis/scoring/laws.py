"""Predictive laws and what they score: a chance, chances of 0, 1, …, or equally likely numbers.

Lower is better of each score. All are strictly proper.

Reference:
    T. Gneiting and A. Raftery, Strictly proper scoring rules, prediction, and estimation, JASA 102 (2007), 359-378.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from msgspec import Struct
from scipy import stats

from standoff.analysis.findings import Floats

__all__ = ["Law", "Score", "chance_law", "count_law", "moments_law", "number_law", "score"]

_MEMBERS = 999
_POINTS = (np.arange(_MEMBERS) + 0.5) / _MEMBERS
_LEAST = 1e-13  # what a tail that is left out may weigh: scores are then right to 1e-9
_MOST_COUNTED = 20_000
SPAN = 0.90


class Law(Struct, frozen=True, forbid_unknown_fields=True):
    """What is forecast.

    `kind` says what `numbers` are: one `chance`; chances of the `counts` 0, 1, …; or equally likely `members`, rising.
    """

    kind: Literal["chance", "counts", "members"]
    numbers: tuple[float, ...]

    def at_least(self, least: float) -> Law:
        """The chance of at least so much."""
        if self.kind == "counts":
            below = sum(self.numbers[: max(0, math.ceil(least))])
            return Law("chance", (min(max(1.0 - below, 0.0), 1.0),))
        return Law("chance", (float(np.mean(np.array(self.numbers) >= least)),))

    @property
    def mean(self) -> float:
        """Of what it says."""
        x = np.array(self.numbers)
        return float(x @ np.arange(x.size)) if self.kind == "counts" else float(x.mean())

    def interval(self, span: float = SPAN) -> tuple[float, float]:
        """The central interval that holds so much."""
        tail = (1.0 - span) / 2.0
        if self.kind == "counts":
            summed = np.cumsum(self.numbers)
            low, high = (int(np.searchsorted(summed, p)) for p in (tail, 1.0 - tail))
            return float(low), float(min(high, summed.size - 1))
        return float(np.quantile(self.numbers, tail)), float(np.quantile(self.numbers, 1.0 - tail))


class Score(Struct, frozen=True):
    """How a law did: log score, and Brier score of a chance or else CRPS; for distributions place and cover."""

    log: float
    quadratic: float
    pit: float | None = None
    covered: bool | None = None


def chance_law(happened: Floats, weights: Floats) -> Law:
    """The chance that something is so, with half a future added on each side, so that nothing is impossible."""
    n = float(1.0 / (weights @ weights))
    return Law("chance", ((n * float(weights @ happened) + 0.5) / (n + 1.0),))


def count_law(counts: Floats, weights: Floats) -> Law:
    """Chances of 0, 1, …: as often as in the futures, with one future of the same mean and variance added."""
    n = float(1.0 / (weights @ weights))
    mean = float(weights @ counts)
    variance = float(weights @ (counts - mean) ** 2)
    spread = moments_law(mean, max(variance, mean))
    if spread.kind == "members":
        return number_law(counts, weights)
    smooth = np.array(spread.numbers)
    size = max(smooth.size, int(counts.max()) + 1)
    found = np.bincount(counts.astype(np.int64), weights, minlength=size)
    smooth = np.pad(smooth, (0, found.size - smooth.size)) if smooth.size < found.size else smooth
    return _counts((n * found + smooth[: found.size]) / (n + 1.0))


def moments_law(mean: float, variance: float) -> Law:
    """A negative binomial of this mean and variance; Poisson where the variance is no more than the mean.

    Counts that run into tens of thousands are told by their quantiles instead of one by one.
    """
    mean = max(mean, 1e-3)
    if variance <= mean * (1.0 + 1e-9):
        law = stats.poisson(mean)
    else:
        size = mean**2 / (variance - mean)
        law = stats.nbinom(size, size / (size + mean))
    most = int(max(law.isf(_LEAST), 5))
    if most > _MOST_COUNTED:
        return Law("members", tuple(float(x) for x in law.ppf(_POINTS)))
    return _counts(law.pmf(np.arange(most + 1)))


def number_law(values: Floats, weights: Floats) -> Law:
    """Equally likely numbers: the quantiles of the futures."""
    order = np.argsort(values, kind="stable")
    summed = np.cumsum(weights[order]) - 0.5 * weights[order]
    return Law("members", tuple(float(x) for x in np.interp(_POINTS, summed, values[order])))


def score(law: Law, seen: float) -> Score:
    """How a law did, once it is known what was."""
    if law.kind == "chance":
        p = min(max(law.numbers[0], 1e-12), 1.0 - 1e-12)
        return Score(-math.log(p if seen else 1.0 - p), (p - seen) ** 2)
    low, high = law.interval()
    covered = low <= seen <= high
    if law.kind == "counts":
        return _score_counts(np.array(law.numbers), int(seen), covered)
    import scoringrules as sr  # noqa: PLC0415 - it takes a second to import

    members = np.array(law.numbers)
    crps = float(sr.crps_ensemble(seen, members, estimator="qd"))
    log = float(sr.logs_ensemble(seen, members)) if np.ptp(members) > 0.0 else math.inf
    return Score(log, crps, (float((members < seen).sum()) + 0.5) / (members.size + 1.0), covered)


def _score_counts(chances: Floats, seen: int, covered: bool) -> Score:
    chances = np.pad(chances, (0, max(0, seen + 1 - chances.size)))
    below = np.cumsum(chances)
    crps = float(((below - (np.arange(chances.size) >= seen)) ** 2).sum())
    before = float(below[seen - 1]) if seen else 0.0
    return Score(-math.log(max(float(chances[seen]), 1e-12)), crps, before + 0.5 * float(chances[seen]), covered)


def _counts(chances: Floats) -> Law:
    return Law("counts", tuple(float(x) for x in chances / chances.sum()))
