"""Ranges whose ends depend on other assumptions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from standoff.analysis.runs.beliefs import belief_weights, draw_belief_worlds
from standoff.ensemble.design import draw_worlds, independent_units
from standoff.ensemble.study import Study

TEXT = """
uncertainties:
  hope: {range: ["0.2 * fear + least", "fear * (1 + need) / 2"], judgement: x}
  fear: {range: [2, 6], judgement: x}
  need: {levels: [1, 3], judgement: x}
  dread: {range: [0, "hope"], judgement: x}
constants: {least: {value: 0.1, judgement: x}}
outcomes: {end: {measure: "final(hope + dread)", better: lower}}
"""
ALONE = TEXT.replace('"0.2 * fear + least", "fear * (1 + need) / 2"', "0, 1").replace('[0, "hope"]', "[0, 1]")


def test_a_world_lies_as_far_between_its_own_ends_as_between_fixed_ones(
    study_of: Callable[..., Study],
) -> None:
    at = draw_worlds(study_of(TEXT).model, 256).columns
    unit = draw_worlds(study_of(ALONE).model, 256).columns
    low, high = 0.2 * at["fear"] + 0.1, at["fear"] * (1 + at["need"]) / 2
    assert at["hope"] == pytest.approx(low + unit["hope"] * (high - low))
    assert at["dread"] == pytest.approx(unit["dread"] * at["hope"])


def test_other_columns_are_as_they_were(study_of: Callable[..., Study]) -> None:
    at, alone = (draw_worlds(study_of(text).model, 64).columns for text in (TEXT, ALONE))
    assert np.array_equal(at["fear"], alone["fear"])
    assert np.array_equal(at["need"], alone["need"])


def test_outer_bounds_are_the_least_and_greatest_over_all_worlds(study_of: Callable[..., Study]) -> None:
    spreads = {p.name: p.spread for p in study_of(TEXT).model.uncertain}
    assert spreads["hope"].arguments == pytest.approx((0.5, 12.0))  # type: ignore[union-attr]
    assert spreads["dread"].arguments == pytest.approx((0.0, 12.0))  # type: ignore[union-attr]


def test_a_range_follows_what_is_held(study_of: Callable[..., Study]) -> None:
    at = draw_worlds(study_of(TEXT).model, 64, fixed={"fear": 2.0, "need": 1.0}).columns
    assert at["hope"].min() >= 0.5 and at["hope"].max() <= 2.0


def test_places_within_ranges_are_independent_of_each_other(study_of: Callable[..., Study]) -> None:
    model = study_of(TEXT).model
    worlds = draw_worlds(model, 512)
    units = independent_units(model, worlds)
    assert set(units) == {"hope", "dread"}
    assert abs(np.corrcoef(units["hope"], worlds.columns["fear"])[0, 1]) < 0.1
    assert abs(np.corrcoef(worlds.columns["hope"], worlds.columns["fear"])[0, 1]) > 0.3


def test_beliefs_about_them_weigh_worlds_by_their_own_ranges(study_of: Callable[..., Study]) -> None:
    belief = 'beliefs: {north: {hope: {range: ["0.5 * fear", "fear"]}}}\n'
    model = study_of(belief + TEXT).model
    worlds = draw_belief_worlds(model, 4000)
    weights = belief_weights(model, worlds, ("north",)).of("north")
    inside = (worlds.columns["hope"] >= 0.5 * worlds.columns["fear"]) & (
        worlds.columns["hope"] <= worlds.columns["fear"]
    )
    assert weights[~inside].max() == 0.0
    assert weights @ (worlds.columns["hope"] / worlds.columns["fear"]) == pytest.approx(0.75, abs=0.02)
