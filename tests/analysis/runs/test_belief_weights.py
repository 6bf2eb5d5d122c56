"""Weights of worlds under beliefs, and worlds drawn wide enough to carry them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import norm, spearmanr

from standoff.analysis.runs.beliefs import STUDY_AND_BELIEFS, belief_weights, draw_belief_worlds
from standoff.ensemble.design import draw_worlds
from standoff.ensemble.study import Study

Build = Callable[..., Study]

TWO = """
actors: {north: {name: North}, south: {name: South}}
choices: {north: [act, rest], south: [act, rest]}
outcomes: {calls: {measure: "mean(step)", better: lower}}
strategies: {north: {acts: {choose: act}}, south: {acts: {choose: act}}}
"""
OUTSIDE = f"""{TWO}
uncertainties:
  fear: {{about: Fear, range: [0, 1], judgement: none}}
  hope: {{about: Hope, levels: {{1: 0.5, 2: 0.3, 3: 0.2}}, judgement: none}}
beliefs: {{south: {{fear: "uniform(0.5, 2)", hope: {{levels: {{2: 0.5, 3: 0.5}}}}}}}}
payoffs: {{north: {{each: "fear"}}, south: {{each: "hope"}}}}
"""


def test_an_actor_without_beliefs_of_its_own_has_the_studys(study_of: Build) -> None:
    model = study_of(OUTSIDE).model
    found = belief_weights(model, draw_worlds(model, 64))
    assert np.array_equal(found.of("north"), np.full(64, 1 / 64))
    assert np.array_equal(found.study, found.of("north"))
    assert found.effective_worlds[0] == pytest.approx(64)


def test_weights_are_ratios_of_densities(study_of: Build) -> None:
    model = study_of(OUTSIDE).model
    worlds = draw_worlds(model, 4096)
    found = belief_weights(model, worlds)
    south, fear, hope = found.of("south"), worlds.columns["fear"], worlds.columns["hope"]
    assert south[fear < 0.5].sum() == 0.0
    assert south[hope == 1].sum() == 0.0
    # where fear passes, weights go as 0.5/0.3 for level 2 and 0.5/0.2 for level 3
    two, three = (south[(fear >= 0.5) & (hope == level)] for level in (2, 3))
    assert three[0] / two[0] == pytest.approx((0.5 / 0.2) / (0.5 / 0.3))
    by_name = {one.uncertainty: one for one in found.dissent}
    assert by_name["fear"].covered == pytest.approx(1 / 3)
    assert by_name["hope"].covered == pytest.approx(1.0)


def test_worlds_of_study_and_beliefs_carry_both(study_of: Build) -> None:
    model = study_of(OUTSIDE).model
    worlds = draw_belief_worlds(model, 4096, 3)
    assert worlds.method == STUDY_AND_BELIEFS
    assert np.unique(worlds.streams).size == 4096
    found = belief_weights(model, worlds)
    fear, hope = worlds.columns["fear"], worlds.columns["hope"]
    assert found.of("south") @ fear == pytest.approx(1.25, abs=0.01)
    assert found.study @ fear == pytest.approx(0.5, abs=0.01)
    assert found.study @ hope == pytest.approx(1.7, abs=0.02)
    assert found.study[fear > 1.0].sum() == 0.0
    assert [one.covered for one in found.dissent] == [1.0, 1.0]


def test_a_belief_outside_all_worlds_is_refused(study_of: Build) -> None:
    model = study_of(OUTSIDE.replace("uniform(0.5, 2)", "uniform(1.5, 2)")).model
    with pytest.raises(ValueError, match="beliefs outside: actor=south, worlds=32"):
        belief_weights(model, draw_worlds(model, 32))


def test_a_study_without_beliefs_has_its_ordinary_worlds(study_of: Build) -> None:
    text = OUTSIDE.replace("beliefs:", "# beliefs:")
    model = study_of(text).model
    here, there = draw_belief_worlds(model, 32, 5), draw_worlds(model, 32, 5)
    assert all(np.array_equal(here.columns[name], there.columns[name]) for name in here.columns)


def test_held_columns_tell_nothing(study_of: Build) -> None:
    model = study_of(OUTSIDE).model
    found = belief_weights(model, draw_worlds(model, 64, fixed={"fear": 0.1, "hope": 1.0}))
    assert np.allclose(found.of("south"), 1 / 64)


def test_rank_correlations_hold_under_beliefs_too(study_of: Build) -> None:
    """Weights reproduce the copula around the new marginals: compared with draws from it (Nelsen 2006, section 2.3)."""
    model = study_of(f"""{TWO}
uncertainties:
  fear: {{about: Fear, distribution: "normal(0, 1)", judgement: none}}
  hope: {{about: Hope, distribution: "normal(0, 1)", judgement: none}}
correlated: [{{of: [fear, hope], rank: 0.6}}]
beliefs: {{south: {{fear: "normal(0.5, 1)"}}}}
payoffs: {{north: {{each: "fear"}}, south: {{each: "hope"}}}}
""").model
    worlds = draw_worlds(model, 20_000, method="plain")
    fear, hope = worlds.columns["fear"], worlds.columns["hope"]
    south = belief_weights(model, worlds).of("south")
    # under the belief: fear ~ N(0.5, 1), hope ~ N(0, 1), still with the same copula
    assert south @ fear == pytest.approx(0.5, abs=0.03)
    assert south @ hope == pytest.approx(0.0, abs=0.03)
    expected = float(spearmanr(fear, hope).statistic)
    scores = norm.cdf(fear - 0.5), norm.cdf(hope)
    product = float(south @ ((scores[0] - 0.5) * (scores[1] - 0.5)))
    assert 12.0 * product == pytest.approx(expected, abs=0.05)
