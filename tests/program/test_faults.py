"""Faults, bounds and broken checks are counted where they happen, and told."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from standoff.ensemble.study import Study

Build = Callable[..., Study]


FAULTY = """\
uncertainties: {x: {about: A test, range: [-1, 1], judgement: a test}}
quantities: {y: {value: "EXPRESSION"}}
outcomes: {end: {measure: "mean(y)", better: lower}}
"""


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("1 / max(0, x)", "division"),
        ("log(x)", "logarithm"),
        ("sqrt(x)", "root"),
        ("x ** 0.5", "power"),
        ("exp(2000 * x)", "overflow"),
    ],
)
def test_a_fault_is_counted_where_it_happens_and_left_out(study_of: Build, expression: str, kind: str) -> None:
    ensemble = study_of(FAULTY.replace("EXPRESSION", expression)).run(worlds=200, replications=2)
    bad = (ensemble.worlds["x"] > 0.3548914 if kind == "overflow" else ensemble.worlds["x"] <= 0).to_numpy()
    (fault,) = ensemble.diagnostics.faults
    assert (fault.equation, fault.kind, fault.futures) == ("y", kind, 2 * bad.sum())
    assert (fault.world, fault.step) == (int(np.flatnonzero(bad)[0]), 0)
    assert np.array_equal(np.isnan(ensemble.outcome("end")[0]), bad)


@pytest.mark.parametrize(
    "expression",
    [
        "1 / x if x != 0 else 0",
        "log(x) if x > 0 else (log(-x) if x < 0 else 0)",
        "1 if x > 0 and log(x) < 0 else 0",
        "1 if x <= 0 or sqrt(x) > 0.5 else 0",
    ],
)
def test_a_branch_that_is_not_taken_cannot_fault(study_of: Build, expression: str) -> None:
    ensemble = study_of(FAULTY.replace("EXPRESSION", expression)).run(worlds=200, replications=1)
    assert ensemble.diagnostics.faults == ()


def test_a_strategy_that_is_not_played_cannot_fault(study_of: Build) -> None:
    study = study_of("""\
        stocks: {x: {start: 0, next: "x"}}
        strategies: {north: {acts: {choose: act}, divides: {choose: [{when: "1 / x > 1", then: act}, {then: rest}]}}}
        outcomes: {n: {measure: "total(north == act)", better: lower}}
        """)
    ensemble = study.run(worlds=2, replications=1)
    assert np.isnan(ensemble.outcome("n")).tolist() == [[False, False], [True, True]]


def test_a_chance_outside_its_range_and_a_negative_mean_are_faults(study_of: Build) -> None:
    study = study_of("""\
        uncertainties: {x: {about: A test, range: [-1, 2], judgement: a test}}
        stocks: {y: {start: x, next: y}}
        events: {storm: {chance: "y + 0.5"}, hail: {count: y}}
        outcomes: {n: {measure: "count(storm) + total(hail)", better: lower}}
        """)
    ensemble = study.run(worlds=300, replications=1)
    x = ensemble.worlds["x"]
    no_chance = (x < -0.5) | (x > 0.5)
    found = {(f.equation, f.kind): f.futures for f in ensemble.diagnostics.faults}
    assert found == {
        ("chance of storm", "chance"): no_chance.sum(),
        ("hail", "mean"): ((x < 0) & ~no_chance).sum(),
    }


def test_bounds_clip_and_say_how_often(study_of: Build) -> None:
    study = study_of("""\
        stocks: {x: {start: 0, within: [0, 3], next: "x + 1"}}
        outcomes: {end: {measure: "final(x)", better: lower}}
        """)
    ensemble = study.run(worlds=1, replications=1)
    assert ensemble.outcome("end")[0, 0] == 3.0
    assert ensemble.diagnostics.clipped == {"x": 5 / 8}


def test_a_broken_check_is_reported_with_its_first_world_and_step(study_of: Build) -> None:
    study = study_of("""\
        stocks: {x: {start: 0, next: "x + 1"}}
        checks: {small: "x < 4"}
        outcomes: {end: {measure: "final(x)", better: lower}}
        """)
    assert study.run(worlds=3, replications=2).diagnostics.broken == {"small": (6, 0, 4)}
