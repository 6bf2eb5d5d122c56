"""Fans: what is followed, which futures, and quantiles of paths set by hand."""

from __future__ import annotations

import numpy as np
import pytest

from standoff.analysis.fans import LEVELS, fans, plan_fans
from standoff.ensemble.run import Paths, run_paths
from standoff.ensemble.study import load


def test_outcomes_name_what_is_followed_first() -> None:
    study = load("korea")
    plan = plan_fans(study.program, study.design(16, 2), 32)
    names = [followed.symbol.name for followed in plan.followed]
    assert names == ["warheads", "reach", "launches", "economy", "assurance", "channel"]
    assert plan.followed[5].state == 2
    rivals = load("rivals")
    plan = plan_fans(rivals.program, rivals.design(16, 2), 32)
    assert [followed.symbol.name for followed in plan.followed] == ["arms_north", "arms_south", "trust"]


def test_every_strategy_meets_the_same_worlds_luck_and_others() -> None:
    study = load("rivals")
    design = study.design(16, 2)
    plan = plan_fans(study.program, design, 90)
    of = design.profiles[plan.profiles, 0]
    others = design.profiles[plan.profiles, 1]
    for j in range(3):
        here = of == j
        assert here.sum() == 90
        np.testing.assert_array_equal(plan.worlds[here], plan.worlds[of == 0])
        np.testing.assert_array_equal(others[here], others[of == 0])
        assert np.bincount(others[here], minlength=3).min() > 15


def test_quantiles_and_the_difference_at_the_end() -> None:
    study = load("rivals")
    design = study.design(50, 1)
    plan = plan_fans(study.program, design, 50)
    paths = run_paths(
        study.program, design, plan.symbols, plan.profiles, worlds=plan.worlds, replications=plan.replications
    )
    ramp = np.arange(50.0)
    of = design.profiles[plan.profiles, 0]
    values = np.tile((ramp[plan.worlds] + 10.0 * of)[None, None, :], (3, study.program.n_steps + 1, 1))
    by_hand = Paths(paths.names, values, plan.profiles, plan.worlds, plan.replications)
    fan = fans(study.program, design, plan, by_hand)[0]
    np.testing.assert_allclose(fan.bands[1].quantiles[:, 3], 10.0 + np.quantile(ramp, LEVELS))
    assert fan.bands[2].end.value == pytest.approx(44.5)
    assert fan.bands[2].end.error == pytest.approx(ramp.std(ddof=1) / np.sqrt(50))
    assert fan.kind == "stock"
    assert fan.steps[-1] == 16


def test_futures_with_a_fault_are_left_out() -> None:
    study = load("rivals")
    design = study.design(20, 1)
    plan = plan_fans(study.program, design, 20)
    values = np.ones((3, study.program.n_steps + 1, plan.profiles.size))
    values[:, 5:, 3] = np.nan
    names = tuple(symbol.name for symbol in plan.symbols)
    fan = fans(study.program, design, plan, Paths(names, values, plan.profiles, plan.worlds, plan.replications))[0]
    assert np.isfinite(fan.bands[0].quantiles).all()
    values[:] = np.nan
    fan = fans(study.program, design, plan, Paths(names, values, plan.profiles, plan.worlds, plan.replications))[0]
    assert np.isnan(fan.bands[0].end.value)


def test_what_happens_or_not_is_followed_as_a_share(study_of) -> None:
    study = study_of("""
    events: {raid: {count: 0.3, at_most: 1}, shots: {count: 5}}
    payoffs: {north: {each: "1 if north == act else 0"}}
    outcomes:
      raids: {measure: "total(raid)", unit: "1", better: lower}
      fired: {measure: "total(shots)", unit: "1", better: lower}
    """)
    design = study.design(16, 4)
    plan = plan_fans(study.program, design, 64)
    paths = run_paths(
        study.program, design, plan.symbols, plan.profiles, worlds=plan.worlds, replications=plan.replications
    )
    found = {fan.followed.symbol.name: fan for fan in fans(study.program, design, plan, paths)}
    assert (found["raid"].kind, found["shots"].kind) == ("share", "flow")
    assert found["raid"].bands[0].mean.mean() == pytest.approx(1 - np.exp(-0.3), abs=0.05)
