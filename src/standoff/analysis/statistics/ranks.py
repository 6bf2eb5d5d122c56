"""Ranks of figures; importing SciPy's own takes longer than all that is ranked here."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from standoff.analysis.findings import Floats

__all__ = ["rank_values"]


def rank_values(values: npt.NDArray[np.float64], weights: Floats | None = None) -> Floats:
    """The rank of each value from 1, equal ones sharing the mean of theirs, shape (values,).

    With weights (that sum to one, shape (values,)) each value takes up as many ranks as its weight's share of all.
    """
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    taken = counts if weights is None else np.bincount(place, weights) * values.size
    ranks: Floats = (np.cumsum(taken) - (taken - 1) / 2.0)[place]
    return ranks
