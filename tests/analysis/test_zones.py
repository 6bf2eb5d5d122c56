"""Sentences about flips: below, above, between, and where nothing can be told."""

from __future__ import annotations

import numpy as np
import pytest

import standoff
from standoff.analysis.findings import Inputs
from standoff.analysis.linchpins.flips import Zone
from standoff.analysis.zones import say_zones

RACE, TWO, SIX = "race_on", "reciprocate(patience=2)", "reciprocate(patience=6)"
INPUTS = Inputs(("fear",), np.linspace(0.0, 1.0, 101)[:, None], {}, {"fear": "1/year"})


@pytest.fixture(scope="module")
def strategies():
    return standoff.load("rivals").model.instances("north")


def zones(*parts):
    ends = np.linspace(0.0, 1.0, len(parts) + 1)
    return [Zone(float(a), float(b), part) for a, b, part in zip(ends[:-1], ends[1:], parts, strict=True)]


def test_below_above_and_between(strategies):
    said = say_zones(INPUTS, "fear", zones((RACE,), (RACE, TWO), (TWO,), (TWO,)), strategies)
    assert said == "Below 0.25 a year, race on; above 0.5 a year, reciprocate (patience 2); between, cannot tell."


def test_strategies_that_cannot_be_told_apart_flip_together(strategies):
    said = say_zones(INPUTS, "fear", zones((RACE,), (RACE, TWO, SIX), (TWO, SIX)), strategies)
    assert said.startswith(
        "Below 0.33 a year, race on; above 0.67 a year, reciprocate (whatever its settings); between"
    )


def test_the_ends_are_told_in_their_own_words(strategies):
    ends = ("nobody fears", "all fear")
    said = say_zones(INPUTS, "fear", zones((RACE,), (RACE, TWO), (TWO,), (TWO,)), strategies, ends=ends)
    assert said == (
        "Below 0.25 a year, towards “nobody fears”, race on; above 0.5 a year, towards “all fear”, reciprocate "
        "(patience 2); between, cannot tell."
    )
    wide = say_zones(INPUTS, "fear", zones((RACE,), (TWO,), (TWO,)), strategies, ends=ends)
    assert wide.startswith("Below 0.33 a year, towards “nobody fears”, race on; above 0.33 a year, reciprocate")


def test_a_flip_is_seen_between_ends_that_tell_nothing(strategies):
    every = (RACE, TWO, SIX)
    said = say_zones(INPUTS, "fear", zones(every, (RACE,), (TWO,), every), strategies)
    assert said == (
        "From 0.25 a year to 0.5 a year, race on; from 0.5 a year to 0.75 a year, reciprocate (patience 2); elsewhere, "
        "cannot tell."
    )


def test_the_flip_told_is_that_whose_sides_reach_furthest(strategies):
    parts = ((SIX,), (SIX,), (TWO, SIX), (SIX,), (TWO, SIX), (TWO,), (TWO,), (TWO,))
    said = say_zones(INPUTS, "fear", zones(*parts), strategies)
    assert said == (
        "Below 0.25 a year, reciprocate (patience 6); above 0.62 a year, reciprocate (patience 2); between, cannot "
        "tell."
    )


def test_three_stretches_in_turn(strategies):
    said = say_zones(INPUTS, "fear", zones((RACE,), (TWO,), (RACE,)), strategies)
    assert said == (
        "Below 0.33 a year, race on; from 0.33 a year to 0.67 a year, reciprocate (patience 2); above 0.67 a year, "
        "race on."
    )


def test_no_flip_where_one_may_be_best_throughout(strategies):
    assert say_zones(INPUTS, "fear", zones((RACE,), (RACE,)), strategies) == "Whatever fear is, race on is best."
    said = say_zones(INPUTS, "fear", zones((RACE, TWO), (RACE,)), strategies)
    assert said == "Whatever fear is, race on may be best: no flip can be told."
    said = say_zones(INPUTS, "fear", zones((RACE, TWO), (TWO, SIX), (SIX, RACE)), strategies)
    assert said == "Where along fear the choice flips: cannot tell."


def test_levels_are_told_one_by_one(strategies):
    few = Inputs(("fear",), np.tile([0.0, 1.0, 2.0], 10)[:, None])
    levels = [Zone(0.0, 1.0, (RACE,)), Zone(2.0, 2.0, (TWO, SIX))]
    assert (
        say_zones(few, "fear", levels, strategies) == "At 0 or 1, race on; at 2, reciprocate (whatever its settings)."
    )
    same = [Zone(0.0, 2.0, (RACE,))]
    assert say_zones(few, "fear", same, strategies) == "Whatever fear is, race on is best."
