"""Ranks of figures; importing SciPy's own takes longer than all that is ranked here."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from standoff.analysis.findings import Floats

__all__ = ["rank_values"]


def rank_values(values: npt.NDArray[np.float64]) -> Floats:
    """The rank of each value from 1, equal ones sharing the mean of theirs, shape (values,)."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: Floats = (last - (counts - 1) / 2.0)[place]
    return ranks
