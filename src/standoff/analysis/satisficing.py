"""Satisficing: the share of worlds in which outcomes stay within their limits, with the noise taken out.

A world's mean over a few replications crosses a limit by luck, most of all a rare event's. The share is therefore
the mean chance, over worlds, that the world's true mean is within the limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from standoff.analysis.findings import Figure, Floats, Inputs
from standoff.analysis.ranking import Ranking, rank, world_weights
from standoff.analysis.regression import assign_folds, predict, shrink

__all__ = ["Bound", "Satisficing", "Within", "satisficing"]

_SURE = 1.96
_MOST_WORLDS = 0.9


@dataclass(frozen=True, slots=True)
class Bound:
    """An outcome's limit: at most `limit` where lower is better, at least where higher is."""

    outcome: str
    limit: float
    better: Literal["lower", "higher"] = "lower"

    def __post_init__(self) -> None:
        if self.better not in ("lower", "higher"):
            raise ValueError(f"`{self.outcome}`: better is `lower` or `higher`, not {self.better!r}")

    @property
    def sign(self) -> float:
        """+1 where lower is better."""
        return 1.0 if self.better == "lower" else -1.0


@dataclass(frozen=True, slots=True)
class Within:
    """One outcome of one strategy against its limit.

    `share` of worlds within it, `share_raw` by the noisy means; `margin` is how far within the limit the outcome
    is, in its unit, at the 10th, 50th and 90th percentile of worlds (negative: beyond); `binds` is by how much
    the share of worlds within all limits would grow without this one; `limit_for_most` is the limit that nine
    worlds in ten would keep.
    """

    outcome: str
    share: Figure
    share_raw: float
    margin: tuple[float, float, float]
    binds: float
    limit_for_most: float


@dataclass(frozen=True, slots=True, eq=False)
class Satisficing:
    """Each outcome alone and all together, for each strategy; `chance` is by world, (strategies, worlds)."""

    alone: dict[str, tuple[Within, ...]]
    together: dict[str, Figure]
    together_raw: dict[str, float]
    chance: Floats
    ranking: Ranking
    method: str
    reference: str = (
        "Simon 1956, Rational choice and the structure of the environment, Psychological Review 63; Lempert et "
        "al. 2003, Shaping the next one hundred years, RAND MR-1626 (domain criterion)"
    )


def satisficing(
    names: Sequence[str],
    bounds: Sequence[Bound],
    outcomes: Floats,
    inputs: Inputs,
    halves: Floats | None = None,
    weights: Floats | None = None,
    seed: int = 0,
) -> Satisficing:
    """Share of worlds within limits.

    Args:
        names: of the strategies.
        bounds: a limit for each outcome.
        outcomes: shape (outcomes, strategies, worlds), means over replications.
        inputs: of the worlds.
        halves: shape (outcomes, strategies, worlds, batches), means over disjoint batches of equal size. Absent:
            only the regression's prediction is judged. Outcomes without luck: give the means twice.
        weights: shape (worlds,).
        seed: of the folds.

    Raises:
        ValueError: shapes that do not agree, or values that are not finite.
    """
    shape = (len(bounds), len(names), inputs.values.shape[0])
    if outcomes.shape != shape or not bounds:
        raise ValueError(f"outcomes of shape {outcomes.shape}; expected (outcomes, strategies, worlds) = {shape}")
    if halves is not None and (halves.ndim != 4 or halves.shape[:3] != shape or halves.shape[3] < 2):
        raise ValueError(f"halves of shape {halves.shape} beside outcomes of shape {shape}")
    if not np.isfinite(outcomes).all():
        raise ValueError("outcomes must be finite: leave out the worlds with faults first")
    w = world_weights(weights, shape[2])
    folds = assign_folds(inputs, seed=seed)
    chance, middle, near = np.empty(shape), np.empty(shape), np.empty(shape, dtype=bool)
    families = np.repeat(np.arange(len(bounds)), len(names))
    foreseen = predict(inputs, outcomes.reshape(-1, shape[2]), folds, families=families).reshape(shape)
    for o, bound in enumerate(bounds):
        for s in range(len(names)):
            own = None if halves is None else halves[o, s]
            chance[o, s], middle[o, s], near[o, s] = _judge(bound, foreseen[o, s], outcomes[o, s], own, folds)
    raw = np.array([b.sign * (b.limit - outcomes[o]) >= 0.0 for o, b in enumerate(bounds)])
    together = chance.prod(axis=0)
    # a world at one limit matters to all limits together as far as it keeps the others
    besides = np.array([np.delete(chance, o, axis=0).prod(axis=0) for o in range(len(bounds))])
    alone = {}
    for s, name in enumerate(names):
        alone[name] = tuple(
            Within(
                bound.outcome,
                _share(chance[o, s], w, near[o, s] @ w / 2.0),
                float(raw[o, s] @ w),
                _margin(bound, middle[o, s], w),
                float((besides[o, s] - together[s]) @ w),
                bound.sign * _quantile(bound.sign * middle[o, s], w, _MOST_WORLDS),
            )
            for o, bound in enumerate(bounds)
        )
    return Satisficing(
        alone,
        {
            name: _share(together[s], w, float(np.linalg.norm((near[:, s] * besides[:, s]) @ w / 2.0)))
            for s, name in enumerate(names)
        },
        {name: float(raw[:, s].all(axis=0) @ w) for s, name in enumerate(names)},
        together,
        rank(names, together, weights),
        "chance that a world's true mean is within the limit, from its own replications and a regression over "
        "other worlds; what is left in doubt about two outcomes of a world is taken as independent",
    )


def _judge(
    bound: Bound, foreseen: Floats, mean: Floats, batches: Floats | None, folds: npt.NDArray[np.int64]
) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """Chance within the limit and posterior mean by world, and whether the regression may err across the limit."""
    if batches is None:
        middle, spread = foreseen, np.zeros(mean.size)
    else:
        noise = batches.var(axis=1, ddof=1) / batches.shape[1]
        posterior = shrink(foreseen, mean, noise, folds)
        middle, spread = posterior.mean, np.sqrt(posterior.variance)
    inside = bound.sign * (bound.limit - middle)
    sure = np.where(inside >= 0.0, 1.0, 0.0)
    z = np.divide(inside, spread, out=np.zeros(mean.size), where=spread > 0.0)
    chance = np.where(spread > 0.0, ndtr(z), sure)
    # as if a twentieth of the worlds had fixed the level of the regression at the limit
    miss = float(np.sqrt(((mean - middle) ** 2).mean() * 20.0 / mean.size))
    return chance, middle, (np.abs(inside) <= miss) & (miss > 0.0)


def _share(chance: Floats, w: Floats, doubt: float) -> Figure:
    value = float(chance @ w)
    error = float(np.sqrt(((chance - value) ** 2) @ w**2 + doubt**2))
    return Figure(value, error, max(value - _SURE * error, 0.0), min(value + _SURE * error, 1.0))


def _margin(bound: Bound, middle: Floats, w: Floats) -> tuple[float, float, float]:
    inside = bound.sign * (bound.limit - middle)
    return _quantile(inside, w, 0.1), _quantile(inside, w, 0.5), _quantile(inside, w, 0.9)


def _quantile(values: Floats, w: Floats, share: float) -> float:
    """Weighted quantile: the least value that at least `share` of the weight does not exceed."""
    order = np.argsort(values, kind="stable")
    place = np.searchsorted(np.cumsum(w[order]), share - 1e-12)
    return float(values[order[min(int(place), values.size - 1)]])
