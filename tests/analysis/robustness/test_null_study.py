"""A study in which nothing matters, run in full: nothing may be called best, nothing worth knowing.

Each strategy has luck of its own, so that the strategies differ in every figure and in no truth. On seeds 2000 to 2039
and 5000 to 5019 regret and the worth of every pair included zero on all sixty, the worth of every assumption on 59, and
none was called best.
"""

from __future__ import annotations

import numpy as np
import pytest

import standoff
from standoff.analysis.linchpins.effort import Effort
from standoff.analysis.linchpins.worth import measure_worths
from standoff.analysis.robustness.metrics import measure_robustness
from standoff.analysis.robustness.satisficing import Bound, Measured, satisficing
from standoff.analysis.runs.decision_table import decision_table

NOTHING = """
standoff: 1
title: Nothing to choose
question: Does anything matter?
decider: us
clock: {start: 2025-01, step: year, steps: 2}
actors: {us: {name: Us}}
uncertainties:
  height: {about: Height, range: [0, 10], judgement: any}
  slope: {about: Slope, range: [0, 1], judgement: any}
  curve: {about: Curve, range: [0, 1], judgement: any}
  level: {about: Level, levels: [0, 1, 2], judgement: any}
choices: {us: [a, b, c, d, e]}
draws:
  of_a: "normal(0, 10)"
  of_b: "normal(0, 10)"
  of_c: "normal(0, 10)"
  of_d: "normal(0, 10)"
  of_e: "normal(0, 10)"
events: {clash: {chance: "0.02 + 0.3 * slope * curve + 0.02 * level"}}
quantities:
  none_yet: {value: "0 if ever(clash) else 1"}
  shock:
    value:
      - {when: "us == a", then: "of_a"}
      - {when: "us == b", then: "of_b"}
      - {when: "us == c", then: "of_c"}
      - {when: "us == d", then: "of_d"}
      - {then: "of_e"}
strategies: {us: {a: {choose: a}, b: {choose: b}, c: {choose: c}, d: {choose: d}, e: {choose: e}}}
payoffs: {us: {each: "height + 5 * slope * curve + level + shock"}}
outcomes:
  clash: {measure: "ever(clash)", better: lower, limit: 0.2, why: known}
  chance_of_clash: {measure: "total(none_yet * chance(clash))", better: lower, limit: 0.2, why: known}
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nothing")
    (folder / "study.yaml").write_text(NOTHING, encoding="utf-8")
    return standoff.load(folder)


@pytest.mark.parametrize("seed", [2000, 2001])
def test_nothing_is_best_and_nothing_is_worth_knowing(study, seed):
    table = decision_table(study.run(worlds=1024, replications=16, seed=seed))
    payoffs = table.payoffs()
    found = measure_robustness(payoffs)
    assert found.ranking.best is None
    assert all(figure.holds_zero for figure in (*found.regret.mean.values(), found.regret.evpi))
    assert min(found.regret.mean_raw.values()) > 3.0
    assert not any(
        pin.is_significant
        for pin in measure_worths(payoffs, effort=Effort(pairs=False, permutations=99, resamples=10)).alone
    )


def miss(study, outcome, seed, replications):
    """By how much the share of worlds within the limit is wrong."""
    table = decision_table(study.run(worlds=1024, replications=replications, seed=seed, profile="us=a"))
    of = table.figures("outcome", outcome)
    bounds = (Bound(outcome, 0.2),)
    found = satisficing(
        table.labels, bounds, Measured(of.mean[None], table.inputs, halves=of.halves[None], stratified=table.stratified)
    )
    world = table.inputs.column
    once = 0.02 + 0.3 * world("slope") * world("curve") + 0.02 * world("level")
    exact = float((1.0 - (1.0 - once) ** 2 <= 0.2).mean())
    return found.together["a"].value - exact, found.together["a"].error


def test_the_share_of_worlds_within_a_limit_is_right_where_the_chance_is_known(study):
    """Events of known chance, counted in sixteen replications.

    A regression of the right form with three parameters, each replication counted by its variance, errs by 0.009 (root
    mean square) on this study, this by 0.013; over 200 seeds 194 were within 0.03.
    """
    away, told = np.array([miss(study, "clash", seed, 16) for seed in range(3000, 3008)]).T
    assert np.abs(away).max() < 0.03
    assert 0.008 < told.mean() < 0.025


def test_the_share_is_sure_where_the_chance_itself_is_added_up(study):
    """Four replications are enough, since only whether it has happened before is left to luck: 200 seeds of 200."""
    away, told = np.array([miss(study, "chance_of_clash", seed, 4) for seed in range(3000, 3004)]).T
    assert np.abs(away).max() < 0.015
    assert told.mean() < 0.015
