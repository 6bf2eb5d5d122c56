"""Whether figures have tails that a few of them rule."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from jaxtyping import Bool, Float

from standoff.analysis.findings import Floats

__all__ = ["is_heavy", "tail_exponent"]

_AS_EXPONENTIAL = 2.0
"""Of the square of ln n: how far from the mean, in variances, the most extreme of n worlds may be; for an exponential
tail it is 0.9 of it, for a normal one 0.3."""


def is_heavy(values: Float[Floats, "*rows worlds"]) -> Bool[npt.NDArray[np.bool_], "*rows"]:
    """Whether the most extreme world holds more of the variance than an exponential tail explains, by row.

    Args:
        values: Of one row or more; of one alone the answer has no axis.
    """
    away = (values - values.mean(axis=-1, keepdims=True)) ** 2
    most = _AS_EXPONENTIAL * np.log(values.shape[-1]) ** 2 * away.mean(axis=-1)
    return np.asarray(away.max(axis=-1) > most)


def tail_exponent(away: Floats) -> float:
    """How fast the tails of figures fall, by the largest of them, as many as the root of all: 2 if like x⁻².

    Moments of a higher order do not exist. Endless where the largest are alike, as of counts.

    Args:
        away: (worlds,), from their middle.

    Reference: Hill 1975, A simple general approach to inference about the tail of a distribution, Annals of Statistics
    3.
    """
    k = max(int(np.sqrt(away.size)), 2)
    largest = np.sort(np.abs(away))[-k - 1 :]
    if np.unique(largest).size <= k // 2:
        return np.inf
    logs = np.log(np.maximum(largest, 1e-300))
    mean = float((logs[1:] - logs[0]).mean())
    return 1.0 / mean
