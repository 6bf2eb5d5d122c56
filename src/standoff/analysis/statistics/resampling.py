"""Worlds drawn again with replacement, from the project's own streams (Efron 1979, Bootstrap methods)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from standoff.analysis.games.stability import bootstrap_counts
from standoff.base.chance import streams

__all__ = ["resample_worlds"]


def resample_worlds(n_worlds: int, resamples: int, seed: int) -> npt.NDArray[np.int64]:
    """(resamples, worlds), how often each world is in each resample of as many with replacement."""
    keys = streams.lane_keys(seed, np.arange(resamples, dtype=np.uint64)[:, None], np.arange(n_worlds, dtype=np.uint64))
    return bootstrap_counts(streams.uniform(keys, streams.key("resampled worlds"), 0))
