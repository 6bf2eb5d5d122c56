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
from jaxtyping import Float

from standoff.analysis.findings import Figure, Floats, Inputs
from standoff.analysis.runs.payoffs import figure_within, mean_figure
from standoff.analysis.statistics.brackets import find_hidden, share_above
from standoff.analysis.statistics.deconvolution import Judged, judge, times_wanted
from standoff.analysis.statistics.heaviness import tail_exponent
from standoff.analysis.statistics.ranking import Ranking, rank, world_weights
from standoff.analysis.statistics.regression import assign_folds, predict

__all__ = ["Bound", "Measured", "Satisficing", "Within", "satisficing"]

_SURE = 1.96
_MOST_WORLDS = 0.9
_TOLD = 0.2
"""Width of an interval of a share that still tells something."""
_NO_FOURTH = 4.0
"""Tails that fall no faster than x to this power leave no fourth moment."""


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
    worlds in ten would keep. Where luck is so uneven that a mean over these replications is not normal, the interval of
    the share is what holds of any luck, and `replications_wanted` times as many would do; else None. `is_told` is False
    where that interval is wide.
    """

    outcome: str
    share: Figure
    share_raw: float
    margin: tuple[float, float, float]
    binds: float
    limit_for_most: float
    replications_wanted: float | None = None

    @property
    def is_told(self) -> bool:
        """Whether the share can be told from these replications."""
        return self.replications_wanted is None or self.share.high - self.share.low <= _TOLD


@dataclass(frozen=True, slots=True, eq=False)
class Satisficing:
    """Each outcome alone and all together, for each strategy; `kept` is how many limits a world keeps on average, and
    `chance` that it keeps all, by world, (strategies, worlds); `chances` of each alone, (outcomes, strategies, worlds).
    """

    alone: dict[str, tuple[Within, ...]]
    together: dict[str, Figure]
    together_raw: dict[str, float]
    kept: dict[str, Figure]
    chance: Float[Floats, "strategies worlds"]
    chances: Float[Floats, "outcomes strategies worlds"]
    ranking: Ranking
    method: str
    reference: str = (
        "Simon 1956, Rational choice and the structure of the environment, Psychological Review 63; Lempert et "
        "al. 2003, Shaping the next one hundred years, RAND MR-1626 (domain criterion)"
    )


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Outcomes by world, for strategies with the same worlds and the same luck.

    Attributes:
        outcomes: shape (outcomes, strategies, worlds), means over replications.
        inputs: of the worlds.
        halves: shape (outcomes, strategies, worlds, batches), means over disjoint batches of equal size. Absent:
            only the regression's prediction is judged. Outcomes without luck: give the means twice.
        weights: shape (worlds,).
        stratified: independent columns of which worlds are made, spread evenly; errors are then those of such a design
            (Stein 1987; see `robustness.explain`).
    """

    outcomes: Float[Floats, "outcomes strategies worlds"]
    inputs: Inputs
    halves: Float[Floats, "outcomes strategies worlds batches"] | None = None
    weights: Float[Floats, " worlds"] | None = None
    stratified: Inputs | None = None


def satisficing(names: Sequence[str], bounds: Sequence[Bound], measured: Measured, seed: int = 0) -> Satisficing:
    """Share of worlds within limits.

    Args:
        names: of the strategies.
        bounds: a limit for each outcome.
        measured: the outcomes.
        seed: of the folds.

    Raises:
        ValueError: shapes that do not agree, or values that are not finite.
    """
    outcomes, inputs, halves = measured.outcomes, measured.inputs, measured.halves
    weights, stratified = measured.weights, measured.stratified
    shape = (len(bounds), len(names), inputs.values.shape[0])
    if outcomes.shape != shape or not bounds:
        raise ValueError(f"outcomes of shape {outcomes.shape}; expected (outcomes, strategies, worlds) = {shape}")
    if halves is not None and (halves.ndim != 4 or halves.shape[:3] != shape or halves.shape[3] < 2):
        raise ValueError(f"halves of shape {halves.shape} beside outcomes of shape {shape}")
    if not np.isfinite(outcomes).all():
        raise ValueError("outcomes must be finite: leave out the worlds with faults first")
    w, strategies = world_weights(weights, shape[2]), range(len(names))
    folds = assign_folds(inputs, seed=seed)
    families = np.repeat(np.arange(len(bounds)), len(names))
    foreseen = predict(inputs, outcomes.reshape(-1, shape[2]), folds, families=families, kind="jumping").reshape(shape)
    judged = [
        [_judge(bound, foreseen[o, s], outcomes[o, s], None if halves is None else halves[o, s]) for s in strategies]
        for o, bound in enumerate(bounds)
    ]
    chance = np.array([[each.value for each in row] for row in judged])
    influence = np.array([[each.influence for each in row] for row in judged])
    doubt = np.array([[each.doubt for each in row] for row in judged])
    raw = np.array([b.sign * (b.limit - outcomes[o]) >= 0.0 for o, b in enumerate(bounds)])
    together = chance.prod(axis=0)
    # a world at one limit matters to all limits together as far as it keeps the others
    besides = np.array([np.delete(chance, o, axis=0).prod(axis=0) for o in range(len(bounds))])
    all_influence = together + (besides * (influence - chance)).sum(axis=0)
    all_doubt = np.maximum(np.sqrt(((doubt * (besides @ w)) ** 2).sum(axis=0)), _doubt_of_all(chance, doubt, w))
    every = np.concatenate([influence, all_influence[None], influence.sum(axis=0)[None]])
    in_doubt = np.concatenate([doubt, all_doubt[None], np.linalg.norm(doubt, axis=0)[None]])
    error = np.hypot(_errors(every, w, weights, stratified, folds=folds), in_doubt)
    uneven = [[_uneven(bound, foreseen[o, s], None if halves is None else halves[o, s], w) for s in strategies]
              for o, bound in enumerate(bounds)]  # fmt: skip
    alone = {}
    for s, name in enumerate(names):
        alone[name] = tuple(
            Within(
                bound.outcome,
                _widened(_share(chance[o, s], w, error[o, s]), uneven[o][s]),
                float(raw[o, s] @ w),
                _margin(bound, judged[o][s].mean, w),
                binds=float((besides[o, s] - together[s]) @ w),
                limit_for_most=bound.sign * _quantile(bound.sign * judged[o][s].mean, w, _MOST_WORLDS),
                replications_wanted=uneven[o][s].times,
            )
            for o, bound in enumerate(bounds)
        )
    method = (
        "chance that a world's true mean is within the limit, from its own replications, a regression over other "
        "worlds and the distribution that all worlds show; what is left in doubt about two outcomes of a world is "
        "taken as independent"
    )
    all_of = [_all([alone[name][o] for o in range(len(bounds))]) for name in names]
    return Satisficing(
        alone,
        {name: _widened(_share(together[s], w, error[-2, s]), all_of[s][0]) for s, name in enumerate(names)},
        {name: float(raw[:, s].all(axis=0) @ w) for s, name in enumerate(names)},
        {
            name: _widened(_share(chance[:, s].sum(axis=0), w, error[-1, s], float(len(bounds))), all_of[s][1])
            for s, name in enumerate(names)
        },
        chance=together,
        chances=chance,
        ranking=rank(names, together, weights),
        method=method,
    )


def _doubt_of_all(chance: Floats, doubt: Floats, w: Floats) -> Floats:
    """(strategies,), how far doubts move a product of chances where they are not small beside these.

    Args:
        chance: (outcomes, strategies, worlds).
        doubt: (outcomes, strategies), standard errors, taken as independent.
        w: (worlds,).
    """
    shift = _SURE * doubt[..., None] / np.sqrt(len(chance))
    most, least = (np.clip(chance + sign * shift, 0.0, 1.0).prod(axis=0) @ w for sign in (1.0, -1.0))
    middle = chance.prod(axis=0) @ w
    moved: Floats = np.maximum(most - middle, middle - least) / _SURE
    return moved


@dataclass(frozen=True, slots=True)
class _Uneven:
    """An interval that holds of any luck, and how many times as many replications would do, None if not needed."""

    low: float = 0.0
    high: float = 1.0
    times: float | None = None


def _uneven(bound: Bound, foreseen: Floats, batches: Floats | None, w: Floats) -> _Uneven:
    times = None if batches is None else times_wanted(foreseen, batches)
    if batches is None or times is None:
        return _Uneven()
    if tail_exponent(batches[:, 0] - batches[:, 1]) <= _NO_FOURTH:
        return _Uneven(times=times)  # what the bounds are means of has no spread that these worlds tell
    halves, prediction = bound.sign * (bound.limit - batches), bound.sign * (bound.limit - foreseen)
    variance = float(find_hidden(prediction[None], halves[None], w).most[0])
    least, most = share_above(halves, prediction, variance)
    return _Uneven(max(mean_figure(least, w).low, 0.0), min(mean_figure(most, w).high, 1.0), times)


def _all(each: Sequence[Within]) -> tuple[_Uneven, _Uneven]:
    """Of all limits together (Fréchet 1935), and of how many are kept, where the luck of some is uneven."""
    times = max((one.replications_wanted or 0.0 for one in each), default=0.0) or None
    lows, highs = [one.share.low for one in each], [one.share.high for one in each]
    return (
        _Uneven(max(sum(lows) - len(lows) + 1.0, 0.0), min(highs), times),
        _Uneven(sum(lows), sum(highs), times),
    )


def _widened(share: Figure, uneven: _Uneven) -> Figure:
    """The share, with the interval that holds of any luck where that is needed."""
    return share if uneven.times is None else figure_within(share.value, uneven.low, uneven.high)


def _judge(bound: Bound, foreseen: Floats, mean: Floats, batches: Floats | None) -> Judged:
    """Of one outcome of one strategy, by world: the chance is that of being within the limit."""
    if batches is None:
        within = (bound.sign * (bound.limit - foreseen) >= 0.0).astype(np.float64)
        return Judged(within, foreseen, within, 0.0)
    return judge(mean, foreseen, batches, bound.limit, sign=bound.sign)


def _errors(
    influence: Floats, w: Floats, weights: Floats | None, stratified: Inputs | None, *, folds: npt.NDArray[np.int64]
) -> Floats:
    """Standard errors of weighted means over worlds, shape (outcomes and all, strategies).

    What is a sum of functions of single stratified inputs has none.
    """
    rest = influence
    if stratified is not None and stratified.names and weights is None:
        flat = influence.reshape(-1, influence.shape[-1])
        rest = influence - predict(stratified, flat, folds, kind="additive").reshape(influence.shape)
    rest = rest - (rest @ w)[..., None]
    error: Floats = np.sqrt(rest**2 @ w**2 * w.size / (w.size - 1))
    return error


def _share(chance: Floats, w: Floats, error: float, most: float = 1.0) -> Figure:
    value, error = float(chance @ w), float(error)
    return Figure(value, error, max(value - _SURE * error, 0.0), min(value + _SURE * error, most))


def _margin(bound: Bound, middle: Floats, w: Floats) -> tuple[float, float, float]:
    inside = bound.sign * (bound.limit - middle)
    return _quantile(inside, w, 0.1), _quantile(inside, w, 0.5), _quantile(inside, w, 0.9)


def _quantile(values: Floats, w: Floats, share: float) -> float:
    """Weighted quantile: the least value that at least `share` of the weight does not exceed."""
    order = np.argsort(values, kind="stable")
    place = np.searchsorted(np.cumsum(w[order]), share - 1e-12)
    return float(values[order[min(int(place), values.size - 1)]])
