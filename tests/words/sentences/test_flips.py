"""Sentences about flips: below, above, between, and where nothing can be told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import standoff
from standoff.analysis.linchpins.flips import Flips, Zone
from standoff.base.units import DIMENSIONLESS, parse_unit
from standoff.words.sentences.flips import level_words, say_zones

RACE, TWO, SIX = "race_on", "reciprocate(patience=2)", "reciprocate(patience=6)"


@pytest.fixture(scope="module")
def strategies():
    return standoff.load("rivals").model.instances("north")


@pytest.fixture(scope="module")
def say(strategies):
    fear = next(p for p in standoff.load("rivals").model.uncertain if p.name == "fear")

    def say(*parts, ends=(None, None)):
        edges = np.linspace(0.0, 1.0, len(parts) + 1)
        zones = tuple(Zone(float(a), float(b), part) for a, b, part in zip(edges[:-1], edges[1:], parts, strict=True))
        spread = replace(fear.spread, low_words=ends[0], high_words=ends[1])
        return say_zones(
            replace(fear, spread=spread, unit=parse_unit("1/year")), Flips("fear", zones, ()), strategies, "fear"
        )

    return say


def test_below_above_and_between(say):
    said = say((RACE,), (RACE, TWO), (TWO,), (TWO,))
    assert (
        said == "Below 0.25 a year, race on; above 0.50 a year, reciprocate (grudge 2); between, the model cannot tell."
    )


def test_strategies_that_cannot_be_told_apart_flip_together(say):
    said = say((RACE,), (RACE, TWO, SIX), (TWO, SIX))
    assert said.startswith(
        "Below 0.33 a year, race on; above 0.67 a year, reciprocate (whatever its settings); between"
    )


def test_the_ends_are_told_in_their_own_words(say):
    ends = ("nobody fears", "all fear")
    said = say((RACE,), (RACE, TWO), (TWO,), (TWO,), ends=ends)
    assert said == (
        "Below 0.25 a year, towards “nobody fears”, race on; above 0.50 a year, towards “all fear”, reciprocate "
        "(grudge 2); between, the model cannot tell."
    )
    wide = say((RACE,), (TWO,), (TWO,), ends=ends)
    assert wide.startswith("Below 0.33 a year, towards “nobody fears”, race on; above 0.33 a year, reciprocate")


def test_a_flip_is_seen_between_ends_that_tell_nothing(say):
    every = (RACE, TWO, SIX)
    said = say(every, (RACE,), (TWO,), every)
    assert said == (
        "From 0.25 a year to 0.50 a year, race on; from 0.50 a year to 0.75 a year, reciprocate (grudge 2); "
        "elsewhere, the model cannot tell."
    )


def test_the_flip_told_is_that_whose_sides_reach_furthest(say):
    parts = ((SIX,), (SIX,), (TWO, SIX), (SIX,), (TWO, SIX), (TWO,), (TWO,), (TWO,))
    said = say(*parts)
    assert said == (
        "Below 0.25 a year, reciprocate (grudge 6); above 0.62 a year, reciprocate (grudge 2); between, the "
        "model cannot tell."
    )


def test_three_stretches_in_turn(say):
    said = say((RACE,), (TWO,), (RACE,))
    assert said == (
        "Below 0.33 a year, race on; from 0.33 a year to 0.67 a year, reciprocate (grudge 2); above 0.67 a year, "
        "race on."
    )


def test_no_flip_where_one_may_be_best_throughout(say):
    assert say((RACE,), (RACE,)) == "Whatever fear is, race on is best."
    said = say((RACE, TWO), (RACE,))
    assert said == "Whatever fear is, race on may be best: no flip can be told."
    said = say((RACE, TWO), (TWO, SIX), (SIX, RACE))
    assert said == "Where along fear the choice flips: the model cannot tell."


def test_levels_are_told_one_by_one(strategies):
    few = next(p for p in standoff.load("rivals").model.uncertain if p.name == "fear")
    few = replace(few, unit=DIMENSIONLESS)
    levels = Flips("fear", (Zone(0.0, 1.0, (RACE,)), Zone(2.0, 2.0, (TWO, SIX))), (), (0.0, 1.0, 2.0))
    assert say_zones(few, levels, strategies) == "At 0 or 1, race on; at 2, reciprocate (whatever its settings)."
    same = Flips("fear", (Zone(0.0, 2.0, (RACE,)),), (), (0.0, 1.0, 2.0))
    assert say_zones(few, same, strategies) == "Whatever it is, race on is best."


def test_levels_and_kinds_are_told_in_their_units_and_names(study_of) -> None:
    odd = study_of("""
    uncertainties:
      days: {name: "How long?", levels: [1, 7], unit: day, judgement: any}
      which: {name: "Who comes.", kinds: [iron_dome, nobody], judgement: any}
    payoffs: {north: {each: "days / 1 [day] + (which == nobody)"}}
    outcomes: {long: {measure: "mean(step)", better: lower}}
    """).model
    days, which = odd.uncertain
    assert [level_words(days, level) for level in (1.0, 7.0)] == ["1 day", "7 days"]
    assert [level_words(which, level) for level in (0.0, 1.0)] == ["iron dome", "nobody"]
