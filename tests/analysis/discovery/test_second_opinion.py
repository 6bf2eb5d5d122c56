"""CART beside a box: a region that both see, one that only one of them sees, and none."""

from __future__ import annotations

import numpy as np
import pytest

from standoff.analysis.discovery.discover import Box, Limit, discover
from standoff.analysis.discovery.second_opinion import say_box, second_opinion
from standoff.analysis.findings import Floats, Inputs

TITLES = {"a": "“First”", "b": "“Second”", "c": "c"}


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
    found = second_opinion(inputs, corner, box, TITLES)
    assert found.best is not None
    assert (set(found.both), found.prim, found.cart) == ({"a", "b"}, (), ())
    assert found.best.density > 0.95
    assert found.best.coverage > 0.95
    assert found.sentence.endswith("Both methods name the same assumptions.")
    assert "“First” is at least 0.6 a year and “Second” is at most 0.5" in found.sentence


def test_what_only_one_of_them_names_is_said(inputs: Inputs, corner: Floats) -> None:
    shared = second_opinion(inputs, corner, Box((Limit("a", low=0.6), Limit("c", low=0.1)), 1, 1, 1, 1, 1), TITLES)
    assert (shared.both, shared.prim, shared.cart) == (("a",), ("c",), ("b",))
    assert shared.sentence.endswith("Both methods name “First”; the box alone c and CART alone “Second”.")
    apart = second_opinion(inputs, corner, Box((Limit("c", low=0.1),), 1, 1, 1, 1, 1), TITLES)
    assert apart.sentence.endswith(
        "They name different assumptions: the box alone c and CART alone “First” and “Second”."
    )


def test_limits_that_chance_explains_are_left_out(inputs: Inputs, corner: Floats) -> None:
    found = second_opinion(inputs, corner, None, TITLES)
    assert found.best is not None
    assert "c" not in found.best.names
    inside = found.best.holds(inputs)
    assert found.best.density == pytest.approx(corner[inside].mean())


def test_worlds_that_are_alike_have_no_leaf(inputs: Inputs) -> None:
    found = second_opinion(inputs, np.zeros(800), None, TITLES)
    assert (found.leaves, found.best, found.both) == ((), None, ())
    assert "finds no leaf" in found.sentence


def test_the_order_of_the_worlds_does_not_matter(inputs: Inputs, corner: Floats) -> None:
    order = np.random.default_rng(1).permutation(800)
    turned = second_opinion(inputs.rows(order), corner[order], None, TITLES)
    assert turned.sentence == second_opinion(inputs, corner, None, TITLES).sentence


def test_a_box_between_two_limits_in_words(inputs: Inputs) -> None:
    box = Box((Limit("b", low=0.25), Limit("b", high=0.5)), 1, 1, 1, 1, 1)
    assert say_box(inputs, box, TITLES) == "“Second” is at least 0.25 and at most 0.5"
