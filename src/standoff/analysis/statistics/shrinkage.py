"""Shrinkage: a world's own figure weighed against what other worlds predict of it (empirical Bayes)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from standoff.analysis.findings import Floats

__all__ = ["Posterior", "shrink", "smooth"]

_FEWEST_IN_GROUP = 50
_MOST_GROUPS = 20
_FEWEST_FOR_SPREAD = 250
_DOUBT = 1.5
"""A spread that chance explains would let a world's luck speak: it must exceed this many standard errors."""


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """What is known of a figure in each world: mean and variance, shape (worlds,).

    `cautious` is the variance if the regression errs by as much as chance would let it hide.
    """

    mean: Floats
    variance: Floats
    cautious: Floats


def shrink(
    prediction: Floats, own: Floats, noise: Floats, folds: npt.NDArray[np.int64], *, share: float = 1.0
) -> Posterior:
    """Weigh a world's own figure against its prediction.

    The spread of the truth about the prediction and the noise of the figures are both smoothed over worlds of
    similar prediction, since a variance from few batches says little (and is zero where a rare event did not
    happen), and taken from the other folds: worlds whose batches agree by luck must not be trusted for it.

    Args:
        prediction: from other worlds, shape (worlds,).
        own: the world's own mean over replications, shape (worlds,).
        noise: the variance of `own`, unbiased if noisy, shape (worlds,).
        folds: shape (worlds,).
        share: part of the replications behind `own` when some are held out; `noise` is that of all of them.

    Returns:
        the normal posterior of each world's true figure.

    Reference: Efron & Morris 1975, Data analysis using Stein's estimator, Journal of the American Statistical
    Association 70, with the prior mean from the regression.
    """
    noise_of, spread, hidden = (np.empty(prediction.size) for _ in range(3))
    missed = (own - prediction) ** 2 - noise / share
    for k in range(int(folds.max()) + 1):
        here, there = prediction[folds == k], prediction[folds != k]
        noise_of[folds == k] = smooth(here, there, noise[folds != k] / share, _FEWEST_IN_GROUP)
        spread[folds == k] = smooth(here, there, missed[folds != k], _FEWEST_FOR_SPREAD, doubt=_DOUBT)
        hidden[folds == k] = smooth(here, there, missed[folds != k], _FEWEST_FOR_SPREAD, doubt=-_DOUBT)
    # figures without noise are taken as they are
    trust = _part(spread, noise_of, np.where(noise == 0.0, 1.0, 0.0))
    cautious = _part(hidden, noise_of, np.zeros(prediction.size)) * noise_of
    return Posterior(prediction + trust * (own - prediction), trust * noise_of, cautious)


def _part(one: Floats, other: Floats, otherwise: Floats) -> Floats:
    """`one` as a part of both."""
    part: Floats = np.divide(one, one + other, out=otherwise, where=one + other > 0.0)
    return part


def smooth(at: Floats, known_at: Floats, values: Floats, fewest: int, *, doubt: float = 0.0) -> Floats:
    """Means over groups of neighbours less `doubt` standard errors, straight lines between, not below zero.

    With a negative doubt, that much above the means, or above zero where these are below it.

    Args:
        at: Where wanted.
        known_at: (worlds,), where `values` are known.
        values: (worlds,).
        fewest: Worlds in a group.
        doubt: In standard errors of a group's mean.
    """
    order = np.argsort(known_at, kind="stable")
    n_groups = int(np.clip(order.size // fewest, 1, _MOST_GROUPS))
    size, larger = divmod(order.size, n_groups)
    sizes = np.where(np.arange(n_groups) < larger, size + 1, size)
    starts = np.cumsum(sizes) - sizes
    centres = np.maximum.accumulate(np.add.reduceat(known_at[order], starts) / sizes)
    means = np.add.reduceat(values[order], starts) / sizes
    if doubt != 0.0:
        apart = values[order] - np.repeat(means, sizes)
        # a mean that chance put below zero is no reason to take less than chance for hidden
        means = (np.maximum(means, 0.0) if doubt < 0.0 else means) - doubt * np.sqrt(
            np.add.reduceat(apart**2, starts)
        ) / sizes
    smooth: Floats = np.maximum(np.interp(at, centres, means), 0.0)
    return smooth
