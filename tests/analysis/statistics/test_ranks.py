"""Ranks, beside SciPy's."""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

from standoff.analysis.statistics.ranks import rank_values


def test_equal_values_share_the_mean_of_their_ranks():
    values = np.random.default_rng(1).integers(0, 20, 100).astype(float)
    np.testing.assert_array_equal(rank_values(values), rankdata(values))
