"""What happens by chance follows its distribution: moves, hazards, counts and given events."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from expected import mean_of, within

from standoff.ensemble.study import Study

Build = Callable[..., Study]


@pytest.mark.parametrize(("shape", "k"), [("", 1.0), (", shape: 0.7", 0.7), (", shape: 2", 2.0)])
def test_time_in_a_state_is_weibull(study_of: Build, shape: str, k: float) -> None:
    study = study_of(f"""\
        clock: {{start: 2025-01, step: quarter, steps: 12}}
        modes:
          calm: {{states: [held, lost], start: held, final: [lost],
                 moves: [{{name: lapse, from: held, to: lost, hazard: 0.4, per: year{shape}}}]}}
        outcomes: {{held_end: {{measure: "final(1 if calm == held else 0)", better: higher}}}}
        """)
    found, error = mean_of(study.run(worlds=1, replications=40_000), "held_end")
    assert within(found, math.exp(-((0.4 * 3.0) ** k)), error)


def test_the_mean_lifetime_of_a_mode_is_that_of_the_geometric_distribution(study_of: Build) -> None:
    study = study_of("""\
        clock: {start: 2025-01, step: year, steps: 200}
        modes:
          calm: {states: [held, lost], start: held, final: [lost],
                 moves: [{name: lapse, from: held, to: lost, chance: 0.2}]}
        outcomes: {life: {measure: "total(calm == held)", better: higher}}
        """)
    found, error = mean_of(study.run(worlds=1, replications=20_000), "life")
    assert within(found, 5.0, error)


def test_competing_moves_share_one_draw_and_are_scaled_above_one(study_of: Build) -> None:
    study = study_of("""\
        clock: {start: 2025-01, step: year, steps: 1}
        modes:
          fate: {states: [start, left, right], start: start, final: [left, right], moves: [
                 {name: go_left, from: start, to: left, chance: 0.9},
                 {name: go_right, from: start, to: right, chance: 0.6}]}
        outcomes:
          left_end: {measure: "final(fate == left)", better: higher}
          stayed: {measure: "final(fate == start)", better: higher}
        """)
    ensemble = study.run(worlds=1, replications=40_000)
    found, error = mean_of(ensemble, "left_end")
    assert within(found, 0.9 / 1.5, error)
    assert ensemble.outcome("stayed")[0, 0] == 0.0


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        ("chance: 0.3", 0.3),
        ("chance: 0.3, per: year", 1 - 0.7**0.25),
        ("hazard: 0.3, per: year", 1 - math.exp(-0.075)),
        ('hazard: "0.3 [1/year]"', 1 - math.exp(-0.075)),
        ("hazard: 0.3", 1 - math.exp(-0.3)),
    ],
)
def test_chances_and_hazards_are_converted_by_the_clock(study_of: Build, rate: str, expected: float) -> None:
    study = study_of(f"""\
        events: {{storm: {{{rate}}}}}
        outcomes: {{chance_of_storm: {{measure: "mean(chance(storm))", better: lower}},
                   storms: {{measure: "count(storm)", better: lower}}}}
        """)
    ensemble = study.run(worlds=1, replications=20_000)
    assert ensemble.outcome("chance_of_storm")[0, 0] == pytest.approx(expected, rel=1e-14)
    found, error = mean_of(ensemble, "storms")
    assert within(found, 8 * expected, error)


def test_counts_have_the_moments_of_the_negative_binomial(study_of: Build) -> None:
    study = study_of("""\
        clock: {start: 2025-01, step: quarter, steps: 1}
        events: {launches: {count: 12, per: year, dispersion: 1.5, at_most: 400}}
        outcomes: {n: {measure: "total(launches)", better: lower},
                   squares: {measure: "total(launches * launches)", better: lower},
                   none_at_all: {measure: "final(0) + total(launches == 0)", better: lower}}
        """)
    ensemble = study.run(worlds=1, replications=60_000)
    for name, expected in (("n", 3.0), ("squares", 3 + 9 / 1.5 + 9), ("none_at_all", (1.5 / 4.5) ** 1.5)):
        found, error = mean_of(ensemble, name)
        assert within(found, expected, error), name


def test_given_multiplies_chances_through(study_of: Build) -> None:
    study = study_of("""\
        events: {crisis: {chance: 0.5}, clash: {given: "crisis and step >= 4", chance: 0.25},
                 war: {given: clash, chance: 0.1}}
        outcomes: {w: {measure: "total(chance(war))", better: lower}, n: {measure: "count(war)", better: lower}}
        """)
    ensemble = study.run(worlds=1, replications=40_000)
    assert ensemble.outcome("w")[0, 0] == pytest.approx(4 * 0.5 * 0.25 * 0.1, rel=1e-14)
    found, error = mean_of(ensemble, "n")
    assert within(found, 4 * 0.5 * 0.25 * 0.1, error)


def test_logit_shares_are_those_of_the_formula(study_of: Build) -> None:
    study = study_of("""\
        clock: {start: 2025-01, step: year, steps: 1}
        choices: {north: [act, rest, wait]}
        strategies: {north: {weighs: {weigh: {act: "1", wait: "0.5"}, precision: 2}}}
        outcomes: {acts: {measure: "total(north == act)", better: higher},
                   rests: {measure: "total(north == rest)", better: higher}}
        """)
    ensemble = study.run(worlds=1, replications=40_000)
    found, error = mean_of(ensemble, "acts")
    assert within(found, math.exp(2) / (math.exp(2) + math.exp(1)), error)
    assert ensemble.outcome("rests")[0, 0] == 0.0


def test_hazards_out_of_one_state_compete(study_of: Build) -> None:
    study = study_of("""\
        clock: {start: 2025-01, step: year, steps: 1}
        modes:
          fate: {states: [start, left, right], start: start, final: [left, right], moves: [
                 {name: go_left, from: start, to: left, hazard: 0.5},
                 {name: go_right, from: start, to: right, hazard: 0.3}]}
        outcomes:
          stayed: {measure: "final(fate == start)", better: higher}
          left_end: {measure: "final(fate == left)", better: higher}
          left_chance: {measure: "total(chance(go_left))", better: higher}
        """)
    ensemble = study.run(worlds=1, replications=40_000)
    left = (1 - math.exp(-0.8)) * 5 / 8
    assert ensemble.outcome("left_chance")[0, 0] == pytest.approx(left, rel=1e-14)
    for name, expected in (("stayed", math.exp(-0.8)), ("left_end", left)):
        found, error = mean_of(ensemble, name)
        assert within(found, expected, error), name


def test_hazards_share_what_chances_leave(study_of: Build) -> None:
    study = study_of("""\
        clock: {start: 2025-01, step: year, steps: 1}
        modes:
          fate: {states: [start, left, right, up], start: start, final: [left, right, up], moves: [
                 {name: go_left, from: start, to: left, chance: 0.3},
                 {name: go_right, from: start, to: right, hazard: 0.5},
                 {name: go_up, from: start, to: up, hazard: 0.3, shape: 2}]}
        outcomes:
          lefts: {measure: "total(chance(go_left))", better: higher}
          rights: {measure: "total(chance(go_right))", better: higher}
          ups: {measure: "total(chance(go_up))", better: higher}
        """)
    found = study.run(worlds=1, replications=1)
    total = 0.5 + 0.3**2
    gone = 0.7 * (1 - math.exp(-total))
    for name, expected in (("lefts", 0.3), ("rights", gone * 0.5 / total), ("ups", gone * 0.09 / total)):
        assert found.outcome(name)[0, 0] == pytest.approx(expected, rel=1e-14), name


def test_what_is_imposed_on_a_move_leaves_nothing_to_hazards(study_of: Build) -> None:
    study = study_of(
        """\
        clock: {start: 2025-01, step: year, steps: 1}
        modes:
          fate: {states: [start, left, right], start: start, final: [left, right], moves: [
                 {name: go_left, from: start, to: left, hazard: 0.5},
                 {name: go_right, from: start, to: right, hazard: 0.3}]}
        outcomes: {left_end: {measure: "final(fate == left)", better: higher}}
        variants: {pushed: {impose: {go_left: always}}}
        """,
        "pushed",
    )
    assert study.run(worlds=1, replications=200).outcome("left_end")[0, 0] == 1.0
