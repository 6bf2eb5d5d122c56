"""The shallow-lake study against the closed forms of the published problem.

S. R. Carpenter, D. Ludwig & W. A. Brock, Management of eutrophication for lakes subject to potentially irreversible
change, Ecological Applications 9 (1999); D. Hadka, J. Herman, P. Reed & K. Keller, An open source framework for
many-objective robust decision making, Environmental Modelling & Software 74 (2015).
"""

from __future__ import annotations

import numpy as np
import pytest

import standoff
from standoff.ensemble.run import run_paths
from standoff.ensemble.study import Study
from standoff.language.expressions.tree import Symbol

BENCHMARK = {"removal": 0.42, "inflow_mean": 0.02, "inflow_sd": 0.001, "patience": 0.98}


@pytest.fixture(scope="module")
def lake() -> Study:
    return standoff.load("lake")


def test_a_constant_release_has_the_closed_form_of_its_utility(lake: Study) -> None:
    run = lake.run(worlds=4, replications=2, set=BENCHMARK, profile="town=steady")
    utility = 0.4 * 0.02 * (1 - 0.98**100) / (1 - 0.98)
    assert utility == pytest.approx(0.34695218, abs=5e-9)
    assert run.outcome("utility") == pytest.approx(np.full((1, 4), utility), abs=1e-12)
    assert run.payoff("town") == pytest.approx(run.outcome("utility"), abs=1e-12)
    assert np.all(run.outcome("reliability") == 1.0)


@pytest.mark.parametrize(("removal", "critical"), [(0.42, 0.54454), (0.2, None), (0.45, None)])
def test_the_critical_level_is_the_unstable_rest_point(lake: Study, removal: float, critical: float | None) -> None:
    design = lake.design(1, 1, set=BENCHMARK | {"removal": removal})
    one = np.zeros(1, dtype=np.int64)
    level = float(
        run_paths(lake.program, design, [Symbol("quantity", "critical")], one, worlds=one, replications=one).values[
            0, 0, 0
        ]
    )
    assert level == pytest.approx((1 - np.sqrt(1 - 4 * removal**2)) / (2 * removal), rel=1e-14)
    assert level**2 / (1 + level**2) == pytest.approx(removal * level, rel=1e-12)
    if critical is not None:
        assert level == pytest.approx(critical, abs=5e-6)


def test_what_comes_from_the_land_has_the_stated_mean_and_spread(lake: Study) -> None:
    design = lake.design(1, 400, set=BENCHMARK)
    zeros = np.zeros(400, dtype=np.int64)
    drawn = run_paths(
        lake.program, design, [Symbol("draw", "inflow")], zeros, worlds=zeros, replications=np.arange(400)
    ).values[0, :100]
    assert drawn.mean() == pytest.approx(0.02, abs=4 * 0.001 / 200)
    assert drawn.std() == pytest.approx(0.001, rel=0.02)


def test_all_out_release_tips_the_lake_and_abstaining_does_not(lake: Study) -> None:
    run = lake.run(worlds=64, replications=2, set={"removal": 0.3, "inflow_mean": 0.015})
    reliability = dict(zip(run.profiles["town"], run.outcome("reliability").mean(axis=1), strict=True))
    assert reliability["abstain"] == 1.0
    assert reliability["all_out"] < 0.5
    levels = [reliability[f"stop_at(level={x})"] for x in ("0.1", "0.2", "0.4")]
    assert levels == sorted(levels, reverse=True)
