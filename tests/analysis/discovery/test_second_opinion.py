"""CART beside a box: a region that both see, one that only one of them sees, and none."""

from __future__ import annotations

import numpy as np
import pytest

from standoff.analysis.discovery.discover import Box, Limit, discover
from standoff.analysis.discovery.second_opinion import second_opinion
from standoff.analysis.findings import Floats, Inputs


@pytest.fixture(scope="module")
def inputs() -> Inputs:
    return Inputs(("a", "b", "c"), np.random.default_rng(5).random((800, 3)), {}, {"a": "1/year"})


@pytest.fixture(scope="module")
def corner(inputs: Inputs) -> Floats:
    """Of interest where a is above 0.6 and b below 0.5."""
    return ((inputs.column("a") > 0.6) & (inputs.column("b") < 0.5)).astype(float)


def test_both_methods_name_what_makes_the_corner(inputs: Inputs, corner: Floats) -> None:
    box = discover(inputs, corner, resamples=0).recommended
    assert box is not None
    found = second_opinion(inputs, corner, box)
    assert found.best is not None
    assert (set(found.both), found.prim, found.cart) == ({"a", "b"}, (), ())
    assert found.best.density > 0.95
    assert found.best.coverage > 0.95


def test_what_only_one_of_them_names_is_said(inputs: Inputs, corner: Floats) -> None:
    shared = second_opinion(inputs, corner, Box((Limit("a", low=0.6), Limit("c", low=0.1)), 1, 1, 1, 1, 1))
    assert (shared.both, shared.prim, shared.cart) == (("a",), ("c",), ("b",))
    apart = second_opinion(inputs, corner, Box((Limit("c", low=0.1),), 1, 1, 1, 1, 1))
    assert (apart.both, apart.prim, set(apart.cart)) == ((), ("c",), {"a", "b"})


def test_limits_that_chance_explains_are_left_out(inputs: Inputs, corner: Floats) -> None:
    found = second_opinion(inputs, corner, None)
    assert found.best is not None
    assert "c" not in found.best.names
    inside = found.best.holds(inputs)
    assert found.best.density == pytest.approx(corner[inside].mean())


def test_worlds_that_are_alike_have_no_leaf(inputs: Inputs) -> None:
    found = second_opinion(inputs, np.zeros(800), None)
    assert (found.leaves, found.best, found.both) == ((), None, ())


def test_the_order_of_the_worlds_does_not_matter(inputs: Inputs, corner: Floats) -> None:
    order = np.random.default_rng(1).permutation(800)
    turned = second_opinion(inputs.rows(order), corner[order], None)
    assert turned == second_opinion(inputs, corner, None)
