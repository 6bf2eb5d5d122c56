"""The decider's payoff by world, and what other worlds and other replications say about it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from jaxtyping import Float, Int

from standoff.analysis.findings import Figure, Floats, Inputs
from standoff.analysis.statistics.errors import ends_of_mean, error_of_mean
from standoff.analysis.statistics.ranking import world_weights
from standoff.analysis.statistics.regression import assign_folds, predict
from standoff.analysis.statistics.shrinkage import shrink

__all__ = ["SURE", "Payoffs", "Posteriors", "champions", "figure_within", "find_posteriors", "mean_figure"]

SURE = 1.96
"""Standard errors of a 95 % interval."""


@dataclass(frozen=True, slots=True, eq=False)
class Payoffs:
    """The decider's payoff in each world, for strategies with the same worlds and the same luck.

    Args:
        names: of the strategies.
        mean: shape (strategies, worlds), over all replications.
        inputs: what differs between the worlds.
        halves: shape (strategies, worlds, batches), means over disjoint batches of equal size, two or more. Absent:
            the noise is not known, and a world's own figure only values, never picks. Figures without luck:
            give the means twice.
        weights: shape (worlds,); absent: all the same.
        stratified: independent columns of which worlds are made, spread evenly as a Latin hypercube's are; errors of
            means are then those of such a design.
        doubt: shape (strategies,), standard error of a mean payoff from not knowing what the others play.

    Raises:
        ValueError: shapes that do not agree, fewer than two worlds, or values that are not finite.
    """

    names: tuple[str, ...]
    mean: Float[Floats, "strategies worlds"]
    inputs: Inputs
    halves: Float[Floats, "strategies worlds batches"] | None = None
    weights: Float[Floats, " worlds"] | None = None
    stratified: Inputs | None = None
    doubt: Float[Floats, " strategies"] | None = None

    def __post_init__(self) -> None:
        n_worlds = self.inputs.values.shape[0]
        if self.mean.shape != (len(self.names), n_worlds) or n_worlds < 2 or not self.names:
            raise ValueError(
                f"payoffs of shape {self.mean.shape} for {len(self.names)} strategies and {n_worlds} worlds"
            )
        halves = self.halves
        if halves is not None and (halves.shape[:2] != self.mean.shape or halves.ndim != 3 or halves.shape[2] < 2):
            raise ValueError(f"halves of shape {halves.shape} beside payoffs of shape {self.mean.shape}")
        if not np.isfinite(self.mean).all() or (halves is not None and not np.isfinite(halves).all()):
            raise ValueError("payoffs must be finite: leave out the worlds with faults first")
        world_weights(self.weights, n_worlds)

    @property
    def w(self) -> Float[Floats, " worlds"]:
        """Weights that sum to one."""
        return world_weights(self.weights, self.mean.shape[1])


@dataclass(frozen=True, slots=True, eq=False)
class Posteriors:
    """What other worlds and other replications say about each world.

    `picked[b]` are posterior means of payoff differences to one reference strategy that leave out batch b, shape
    (batches, strategies, worlds); `valued` the batch means they are to be valued on, in the same shape;
    `difference` and `variance` (cautious) the posterior from all replications, shape (strategies, worlds); `level` as
    `picked`, of payoffs themselves; `foreseen` what other worlds alone say of them, and `between` of differences to
    the reference, shape (strategies, worlds).
    """

    folds: Int[npt.NDArray[np.int64], " worlds"]
    picked: Float[Floats, "batches strategies worlds"]
    valued: Float[Floats, "batches strategies worlds"]
    level: Float[Floats, "batches strategies worlds"]
    foreseen: Float[Floats, "strategies worlds"]
    between: Float[Floats, "strategies worlds"]
    difference: Float[Floats, "strategies worlds"]
    variance: Float[Floats, "strategies worlds"]


def find_posteriors(payoffs: Payoffs, seed: int = 0) -> Posteriors:
    """Fit the cross-fitted regression and hold out each batch in turn."""
    mean, halves = payoffs.mean, payoffs.halves
    folds = assign_folds(payoffs.inputs, seed=seed)
    # centred on all strategies the common part of payoffs cancels; which strategy is the reference cannot matter
    between = predict(payoffs.inputs, mean - mean.mean(axis=0), folds, kind="jumping")
    level = predict(payoffs.inputs, mean, folds, kind="jumping")
    reference = int(np.argmax(mean @ payoffs.w))
    between = between - between[reference]
    if halves is None:
        return Posteriors(
            folds,
            between[None],
            mean[None],
            level[None],
            foreseen=level,
            between=between,
            difference=between,
            variance=np.zeros_like(between),
        )
    n = halves.shape[2]
    apart = halves - halves[reference]
    posterior = [shrink(between[s], apart[s].mean(axis=1), _noise(apart[s]), folds) for s in range(len(mean))]
    held_out = (n - 1) / n
    picked = np.empty((n, *mean.shape))
    levels = np.empty((n, *mean.shape))
    for b in range(n):
        rest = [k for k in range(n) if k != b]
        for s in range(len(mean)):
            own = apart[s][:, rest].mean(axis=1)
            picked[b, s] = shrink(between[s], own, _noise(apart[s]), folds, share=held_out).mean
            own = halves[s][:, rest].mean(axis=1)
            levels[b, s] = shrink(level[s], own, _noise(halves[s]), folds, share=held_out).mean
    return Posteriors(
        folds,
        picked,
        np.moveaxis(halves, 2, 0),
        levels,
        foreseen=level,
        between=between,
        difference=np.array([p.mean for p in posterior]),
        variance=np.array([p.cautious for p in posterior]),
    )


def _noise(batches: Float[Floats, "worlds batches"]) -> Float[Floats, " worlds"]:
    """Variance of the mean over batches."""
    noise: Floats = batches.var(axis=1, ddof=1) / batches.shape[1]
    return noise


def champions(
    mean: Float[Floats, "strategies worlds"], w: Float[Floats, " worlds"], folds: Int[npt.NDArray[np.int64], " worlds"]
) -> Int[npt.NDArray[np.int64], " worlds"]:
    """For each world, the strategy that is best on average over the other folds' worlds."""
    champion = np.empty(folds.size, dtype=np.int64)
    for k in range(int(folds.max()) + 1):
        others = folds != k
        champion[~others] = int(np.argmax(mean[:, others] @ w[others]))
    return champion


def mean_figure(
    figures: Float[Floats, " worlds"], w: Float[Floats, " worlds"], reach: float = SURE,
    explained: Float[Floats, " worlds"] | None = None,
) -> Figure:  # fmt: skip
    """Weighted mean over worlds with its standard error (the ratio estimator's), a `reach`th of the way to the farther
    end of its interval.

    Args:
        figures: (worlds,).
        w: (worlds,), weights that sum to one.
        reach: Standard errors to either end.
        explained: (worlds,), the part that an even design integrates almost without error (`errors.additive_part`).
    """
    value, left = float(figures @ w), figures
    error = float(error_of_mean(figures, w))
    if explained is not None and (less := float(error_of_mean(figures, w, explained))) < error:
        error, left = less, figures - explained
    low, high = ends_of_mean(value, error, left, w, reach=reach)
    return Figure(value, max(high - value, value - low) / reach, low, high)


def figure_within(value: float, low: float, high: float) -> Figure:
    """A figure within an interval, its error such that 1.96 of them reach both ends."""
    value = min(max(float(value), float(low)), float(high))
    return Figure(value, max(high - value, value - low) / SURE, float(low), float(high))
