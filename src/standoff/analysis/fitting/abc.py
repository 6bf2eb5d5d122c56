"""Approximate Bayesian computation: parameters whose futures look like the data, by a few summary statistics.

A population moves through falling tolerances; each round proposes from the last, keeps what comes within the median
distance of it, and weighs by prior over proposal. A last step takes out, by a local regression, what is left of the
distance. It needs nothing but futures, so it serves where no likelihood can be written down; where one can,
`standoff watch` is sharper.

Reference:
    M. Beaumont, J.-M. Cornuet, J.-M. Marin and C. Robert, Adaptive approximate Bayesian computation, Biometrika 96
    (2009), 983-990.
    M. Beaumont, W. Zhang and D. Balding, Approximate Bayesian computation in population genetics, Genetics 162 (2002),
    2025-2035 (regression adjustment).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from standoff.analysis.findings import Floats
from standoff.base.chance import streams
from standoff.base.numbers.arithmetic import normal_quantile

__all__ = ["Fitted", "Simulate", "fit_parameters"]

Simulate = Callable[[Floats, int], Floats]
"""(candidates, parameters) and a number for the luck → (candidates, statistics), NaN where a future faults."""

_FEWEST_ACCEPTED = 0.03
_MOST_BATCHES = 40


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A population.

    Attributes:
        values: (particles, parameters), adjusted by the regression.
        weights: (particles,) summing to 1.
        statistics: (particles, statistics) of their futures.
        tolerance: The last distance that was let in, in spreads of the statistics.
        accepted: Share of the candidates that came within it.
        rounds, simulated: How many rounds, and futures in all.
    """

    values: Floats
    weights: Floats
    statistics: Floats
    tolerance: float
    accepted: float
    rounds: int
    simulated: int

    def quantile(self, j: int, level: float) -> float:
        """Of one parameter."""
        order = np.argsort(self.values[:, j], kind="stable")
        summed = np.cumsum(self.weights[order]) - 0.5 * self.weights[order]
        return float(np.interp(level, summed, self.values[order, j]))


def fit_parameters(
    simulate: Simulate, seen: Floats, bounds: Floats, *, particles: int = 256, rounds: int = 5, seed: int = 1
) -> Fitted:
    """Fit parameters that are alike beforehand within bounds.

    Args:
        simulate: Statistics of futures with given parameters.
        seen: (statistics,) of the data.
        bounds: (parameters, 2).
        particles: Kept in each round.
        rounds: At most; fewer where hardly anything is accepted any more.
        seed: Of proposals and luck.

    Raises:
        ValueError: Hardly any future is sound, or a statistic never varies.
    """
    draws = _Draws(seed)
    low, width = bounds[:, 0], bounds[:, 1] - bounds[:, 0]
    values = low + width * draws.uniform((4 * particles, len(bounds)))
    found = simulate(values, 0)
    sound = np.isfinite(found).all(axis=1)
    if sound.sum() < particles:
        raise ValueError(f"only {int(sound.sum())} of {len(values)} futures are sound: fit within narrower bounds")
    values, found = values[sound], found[sound]
    scale = np.median(np.abs(found - np.median(found, axis=0)), axis=0)
    scale = np.where(scale > 0.0, scale, found.std(axis=0))
    if (scale == 0.0).any():
        raise ValueError("a statistic is the same in every future, and so tells nothing: choose others")
    distance = _distance(found, seen, scale)
    kept = np.argsort(distance, kind="stable")[:particles]
    values, found, distance = values[kept], found[kept], distance[kept]
    weights = np.full(particles, 1.0 / particles)
    simulated, accepted, done = int(sound.size), particles / sound.size, 1
    for k in range(1, rounds):
        tolerance = float(np.median(distance))
        nearer = _nearer(
            simulate, draws, (values, weights), (seen, scale, tolerance), bounds=bounds, size=(particles, k)
        )
        simulated += nearer.tried
        accepted = nearer.values.shape[0] / max(nearer.tried, 1)
        if nearer.values.shape[0] < particles:
            break
        values, found, weights, done = nearer.values, nearer.statistics, nearer.weights, k + 1
        distance = _distance(found, seen, scale)
        if accepted < _FEWEST_ACCEPTED:
            break
    adjusted = _adjusted(values, found, seen, scale, weights=weights)
    values = np.clip(adjusted, low, low + width)
    return Fitted(values, weights, found, float(distance.max()), accepted=accepted, rounds=done, simulated=simulated)


@dataclass(frozen=True, slots=True, eq=False)
class _Nearer:
    values: Floats
    statistics: Floats
    weights: Floats
    tried: int


def _nearer(
    simulate: Simulate, draws: _Draws, before: tuple[Floats, Floats], goal: tuple[Floats, Floats, float],
    *, bounds: Floats, size: tuple[int, int],
) -> _Nearer:  # fmt: skip
    """A population within a tolerance, proposed from the one before by normal steps of twice its covariance."""
    (old, w), (seen, scale, tolerance), (particles, k) = before, goal, size
    cover = 2.0 * np.atleast_2d(np.cov(old.T, aweights=w)) + 1e-12 * np.diag(np.ptp(bounds, axis=1) ** 2)
    factor = np.linalg.cholesky(cover)
    values, found, tried = [], [], 0
    for batch in range(_MOST_BATCHES):
        n = 2 * particles
        order = np.minimum(np.searchsorted(np.cumsum(w), draws.uniform((n,))), len(w) - 1)
        proposed = old[order] + draws.normal((n, old.shape[1])) @ factor.T
        inside = ((proposed >= bounds[:, 0]) & (proposed <= bounds[:, 1])).all(axis=1)
        proposed = proposed[inside]
        if not len(proposed):
            continue
        made = simulate(proposed, 1000 * k + batch)
        near = np.isfinite(made).all(axis=1)
        near &= _distance(np.where(np.isfinite(made), made, 0.0), seen, scale) <= tolerance
        tried += len(proposed)
        values.append(proposed[near])
        found.append(made[near])
        if sum(map(len, values)) >= particles:
            break
    new, statistics = np.concatenate(values)[:particles], np.concatenate(found)[:particles]
    apart = np.linalg.solve(factor, (new[:, None, :] - old[None, :, :]).reshape(-1, old.shape[1]).T)
    kernel = np.exp(-0.5 * (apart**2).sum(axis=0)).reshape(len(new), len(old))
    weights = 1.0 / np.maximum(kernel @ w, 1e-300)
    return _Nearer(new, statistics, weights / weights.sum(), tried)


def _adjusted(values: Floats, found: Floats, seen: Floats, scale: Floats, *, weights: Floats) -> Floats:
    """Parameters moved to where their statistics would be those of the data, by a weighted linear regression."""
    x = (found - seen) / scale
    nearness = np.maximum(
        1.0 - (_distance(found, seen, scale) / (_distance(found, seen, scale).max() * 1.01)) ** 2, 0.0
    )
    w = np.sqrt(weights * nearness)[:, None]
    design = np.column_stack([np.ones(len(x)), x])
    slopes, *_ = np.linalg.lstsq(design * w, values * w, rcond=None)
    return np.asarray(values - x @ slopes[1:])


def _distance(found: Floats, seen: Floats, scale: Floats) -> Floats:
    return np.asarray(np.sqrt((((found - seen) / scale) ** 2).mean(axis=1)))


class _Draws:
    """Fresh numbers, the same on any machine."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.used = 0

    def uniform(self, shape: tuple[int, ...]) -> Floats:
        """Between 0 and 1."""
        n = int(np.prod(shape))
        keys = streams.lane_keys(self.seed, np.arange(n, dtype=np.uint64), np.zeros(1, dtype=np.uint64))
        self.used += 1
        return streams.uniform(keys, streams.key("fitting"), self.used).reshape(shape)

    def normal(self, shape: tuple[int, ...]) -> Floats:
        """Normal."""
        return np.asarray(normal_quantile(self.uniform(shape)))
