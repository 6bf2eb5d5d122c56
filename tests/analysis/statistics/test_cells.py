"""Choosing by cells: what a change within one costs."""

from __future__ import annotations

import numpy as np
import pytest

from standoff.analysis.statistics.cells import missed_at_changes


def test_a_change_within_a_cell_costs_at_most_what_both_leads_lose_alike():
    """Leads of 3 before and of 1 after, cells of a tenth: 0.1 · 3 · 1 / 4, at a quarter of the cell."""
    means = np.array([[3.0, 0.0]] * 4 + [[0.0, 1.0]] * 6)
    weight = np.full(10, 0.1)
    pick = np.r_[np.zeros(4), np.ones(6)].astype(np.int64)
    assert missed_at_changes(means, weight, pick) == pytest.approx(0.075)
    assert missed_at_changes(means, weight, np.zeros(10, dtype=np.int64)) == 0.0
