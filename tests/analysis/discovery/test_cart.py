"""CART's leaves as boxes."""

from __future__ import annotations

import numpy as np
import pytest

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


@pytest.mark.parametrize("seed", range(4))
def test_the_leaves_are_those_of_scikit_learn(seed):
    from sklearn.tree import DecisionTreeRegressor  # noqa: PLC0415 - half a second that few tests need

    random = np.random.default_rng(seed)
    x = random.random((400, 5))
    y = np.clip(x[:, 0] * x[:, 1] + 0.3 * (x[:, 2] > 0.6) + 0.05 * random.normal(size=400), 0.0, 1.0)
    tree = DecisionTreeRegressor(max_depth=4, min_samples_leaf=20, random_state=0).fit(x, y)
    where = tree.apply(x)
    theirs = {(int((where == leaf).sum()), round(float(y[where == leaf].mean()), 12)) for leaf in np.unique(where)}
    ours = find_leaves(Inputs(tuple("abcde"), x), y)
    dense = {(n, mean) for n, mean in theirs if mean > y.mean()}
    assert {(leaf.n, round(leaf.density, 12)) for leaf in ours} == dense


def test_levels_are_parted_into_two_sets():
    codes = np.repeat(np.arange(4.0), 100)
    y = np.isin(codes, (0, 2)).astype(float)
    (leaf,) = find_leaves(Inputs(("kind",), codes[:, None], {"kind": ("w", "x", "y", "z")}), y)
    assert [limit.levels for limit in leaf.limits] == [(0, 2)]
    assert (leaf.density, leaf.coverage) == (1.0, 1.0)
