"""CART's leaves as boxes."""

from __future__ import annotations

import numpy as np

from standoff.analysis.discovery.cart import find_leaves
from standoff.analysis.findings import Inputs


def mixed_cases():
    """Two continuous columns and one of three levels; a box in all three, and a few cases anywhere."""
    k = np.arange(600)
    a, b, c = (k * 7919 % 600) / 600.0, (k * 104729 % 601) / 601.0, k * 31 % 3
    y = ((a > 0.55) & (c != 1) & (b < 0.7)) | (k % 41 == 0)
    return Inputs(("a", "b", "c"), np.column_stack([a, b, c]), {"c": ("low", "mid", "high")}), y.astype(float)


def test_cart_finds_the_same_region():
    inputs, y = mixed_cases()
    leaves = find_leaves(inputs, y)
    best = leaves[0]
    assert best.density > 0.9
    assert set(best.names) <= {"a", "b", "c"}
    inside = best.holds(inputs)
    assert (inside.sum(), y[inside].sum()) == (best.n, best.n_interest)


def test_cart_says_nothing_about_worlds_that_are_alike():
    assert find_leaves(mixed_cases()[0], np.zeros(600)) == ()
