"""Futures that end: their chance, their weight, and what their last step counts for."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from standoff.ensemble.study import Study

Build = Callable[..., Study]


ENDING = """\
stocks: {tension: {start: 0, next: "tension + 1 if crisis else tension"}}
events:
  crisis: {chance: "0.1 + 0.05 * tension"}
  war: {given: crisis, chance: "0.1 + 0.02 * tension", ends: true, worth: {north: "-100"}}
payoffs: {north: {each: "1 - 0.1 * tension", final: "10", discount: 0.95}}
outcomes:
  war: {measure: "ever(war)", better: lower}
  crises: {measure: "count(crisis)", better: lower}
  ever_crisis: {measure: "ever(crisis)", better: lower}
  lived: {measure: "total(1)", better: higher}
  tension_end: {measure: "final(tension)", better: lower}
  tension_mean: {measure: "mean(tension)", better: lower}
  tension_peak: {measure: "peak(tension)", better: lower}
  war_date: {measure: "first(war)", better: higher}
"""


def test_a_constant_ending_has_the_survival_of_the_geometric_distribution(study_of: Build) -> None:
    study = study_of("""\
        events: {war: {chance: 0.05, ends: true, worth: {north: "-100"}}}
        payoffs: {north: {each: "1"}}
        outcomes: {war: {measure: "ever(war)", better: lower}, lived: {measure: "total(1)", better: higher},
                   first_war: {measure: "first(war)", better: higher}}
        """)
    ensemble = study.run(worlds=1, replications=2)
    lived = (1 - 0.95**8) / 0.05
    assert ensemble.outcome("war")[0, 0] == pytest.approx(1 - 0.95**8, rel=1e-13)
    assert ensemble.outcome("lived")[0, 0] == pytest.approx(lived, rel=1e-13)
    assert ensemble.payoff("north")[0, 0] == pytest.approx(lived - 100 * (1 - 0.95**8), rel=1e-13)
    dates = 2025 + np.arange(8) / 4
    weights = 0.05 * 0.95 ** np.arange(8)
    assert ensemble.outcome("first_war")[0, 0] == pytest.approx(float(dates @ weights / weights.sum()), rel=1e-13)
    assert ensemble.present["first_war"][0, 0] == pytest.approx(1 - 0.95**8, rel=1e-13)


def test_weighted_and_drawn_ends_agree_where_the_given_event_moves_the_state(study_of: Build) -> None:
    study = study_of(ENDING)
    weighted = study.run(worlds=1, replications=30_000, seed=2)
    drawn = study.run(worlds=1, replications=30_000, seed=3, realised=True)
    for name in (*(o.name for o in study.model.outcomes), "north"):
        row = [n for _, n in weighted.measures].index(name) if name != "north" else -1
        difference = weighted.means[row, 0, 0] - drawn.means[row, 0, 0]
        error = math.hypot(weighted.errors[row, 0, 0], drawn.errors[row, 0, 0])
        assert abs(difference) <= 3 * error, name
        assert weighted.errors[row, 0, 0] <= drawn.errors[row, 0, 0] * 1.02, name


def test_the_weight_that_ends_and_the_weight_that_lives_sum_to_one(study_of: Build) -> None:
    study = study_of(ENDING + '  alive: {measure: "final(1)", better: higher}\n')
    assert study.run(worlds=1, replications=50).outcome("alive")[0, 0] == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize("realised", [False, True])
def test_what_is_final_takes_in_the_step_that_ends_as_totals_do(study_of: Build, realised: bool) -> None:
    study = study_of("""\
        stocks: {passed: {start: 0, next: "passed + 1"}}
        events: {war: {chance: 0.25, ends: true, worth: {north: "0"}}}
        payoffs: {north: {each: "1"}}
        outcomes: {passed: {measure: "final(passed)", better: higher}, lived: {measure: "total(1)", better: higher}}
        """)
    ensemble = study.run(worlds=1, replications=400, realised=realised)
    assert ensemble.outcome("passed")[0, 0] == pytest.approx(ensemble.outcome("lived")[0, 0], rel=1e-12)
    if not realised:
        assert ensemble.outcome("passed")[0, 0] == pytest.approx(sum(0.75**t for t in range(8)), rel=1e-13)


def test_the_smallest_over_time_is_of_the_steps_that_were_lived(study_of: Build) -> None:
    study = study_of("""\
        stocks: {level: {start: 5, next: "level - 1 if step < 3 else level + 2"}}
        events: {war: {chance: "1 if step == 1 else 0", ends: true, worth: {north: "0"}}}
        payoffs: {north: {each: "1"}}
        outcomes:
          least: {measure: "minimum(level)", better: higher}
          later: {measure: "minimum(9 - level)", better: higher}
        """)
    ensemble = study.run(worlds=1, replications=1)
    assert ensemble.outcome("least")[0, 0] == 4.0  # of 5 and 4; afterwards it falls to 2
    assert ensemble.outcome("later")[0, 0] == 4.0
