"""The semantics of a step, against closed forms."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.run import trace_cell
from standoff.ensemble.study import Study

Build = Callable[..., Study]


def within(found: float, expected: float, error: float, n_errors: float = 4.0) -> bool:
    """Whether an estimate lies within so many standard errors; the seeds are fixed, so this cannot flicker."""
    return abs(found - expected) <= n_errors * error


def mean_of(ensemble: Ensemble, name: str) -> tuple[float, float]:
    """One world's mean and standard error of an outcome."""
    return float(ensemble.outcome(name)[0, 0]), float(ensemble.error(name)[0, 0])


def path(study: Study, kind: str, name: str) -> list[object]:
    """What something was in each step of the first future."""
    trace = trace_cell(study.program, study.design(1, 1), 0, 0, replication=0)
    return [step.things[kind][name] for step in trace.steps if name in step.things[kind]]


LOOKING_BACK = """\
stocks: {level: {start: 1, next: "2 * level"}}
modes:
  door: {states: [shut, open], start: shut, moves: [{name: opens, from: shut, to: open, when: "step == 2"},
         {name: shuts, from: open, to: shut, when: "step == 5"}]}
quantities: {seen: {value: "EXPRESSION"}}
outcomes: {end: {measure: "final(level) + mean(seen)", better: lower}}
"""


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("previous(level)", [0, 1, 2, 4, 8, 16, 32, 64]),
        ("previous(level, 5)", [5, 1, 2, 4, 8, 16, 32, 64]),
        ("previous(seen, 1) + 1", [2, 3, 4, 5, 6, 7, 8, 9]),
        ("since(opens)", [8, 9, 10, 1, 2, 3, 4, 5]),
        ("since(level > 3)", [8, 9, 10, 1, 1, 1, 1, 1]),
        ("count(opens)", [0, 0, 0, 1, 1, 1, 1, 1]),
        ("1 if ever(opens) else 0", [0, 0, 0, 1, 1, 1, 1, 1]),
        ("age(door)", [0, 1, 2, 0, 1, 2, 0, 1]),
        ("delay(level, 3)", [1, 1, 1, 1, 2, 4, 8, 16]),
        ("delay(level, 0)", [1, 2, 4, 8, 16, 32, 64, 128]),
        ("delay(level, 99)", [1] * 8),
        ("smooth(step, 2)", [0, 0, 0.5, 1.25, 2.125, 3.0625, 4.03125, 5.015625]),
        ("1 if previous(door) == open else 0", [0, 0, 0, 0, 1, 1, 1, 0]),
        ("step + years(4) / 1 [year] + (date - 2025)", [1 + 1.25 * n for n in range(8)]),
        ("table(level, 2, 10, 4, 20, 8, 0)", [10, 10, 20, 0, 0, 0, 0, 0]),
        ("table_extended(level, 2, 10, 4, 20, 8, 0)", [5, 10, 20, 0, -40, -120, -280, -600]),
        ("table_stepped(level, 2, 10, 4, 20, 8, 0)", [10, 10, 20, 0, 0, 0, 0, 0]),
        ("sin(level)", [math.sin(2**n) for n in range(8)]),
        ("cos(1 - level)", [math.cos(1 - 2**n) for n in range(8)]),
        ("smooth(1, 4, 0, 2)", [0, 0, 0.25, 0.5, 0.6875, 0.8125, 0.890625, 0.9375]),
        ("clip(level, 2, 4) + min(level, 3, 2) + max(level, 5)", [8, 9, 11, 14, 22, 38, 70, 134]),
        ("round(level / 4) + floor(level / 3) + abs(1 - level)", [0, 2, 5, 11, 24, 49, 100, 201]),
        ("sqrt(level) ** 2 - 3 ** 2", [-8, -7, -5, -1, 7, 23, 55, 119]),
        ("1 if door in [open] or not north in [rest] and door not in [shut, open] else 0", [0, 0, 0, 1, 1, 1, 0, 0]),
    ],
)
def test_functions_and_memories_follow_their_definitions(
    study_of: Build, expression: str, expected: list[float]
) -> None:
    study = study_of(LOOKING_BACK.replace("EXPRESSION", expression))
    assert path(study, "quantity", "seen") == pytest.approx(expected, abs=1e-12)


def test_parts_of_a_step_are_steps_for_all_that_is_worked_out(study_of: Build) -> None:
    study = study_of("""\
        clock: {start: 2025-01, step: year, steps: 2, substeps: 4}
        stocks: {a: {start: 1, growth: 1, per: year}}
        quantities: {at: {value: "date + step + years(1) / 1 [year]"}, when: {value: "month()"}}
        outcomes: {end: {measure: "final(a)", better: lower}}
        """)
    assert path(study, "stock", "a") == pytest.approx([2 ** (n / 4) for n in range(9)])
    assert path(study, "quantity", "at") == pytest.approx([2025.25 + 1.25 * n for n in range(8)])
    assert path(study, "quantity", "when") == [1, 4, 7, 10] * 2


def test_stocks_and_modes_move_together_from_the_state_at_the_start(study_of: Build) -> None:
    study = study_of("""\
        stocks: {a: {start: 1, next: "b"}, b: {start: 2, next: "a"}}
        outcomes: {end: {measure: "final(a)", better: lower}}
        """)
    assert path(study, "stock", "a") == [1, 2, 1, 2, 1, 2, 1, 2, 1]


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


def test_payoffs_are_discounted_from_the_first_step_and_final_after_the_last(study_of: Build) -> None:
    study = study_of("""\
        payoffs: {north: {each: "3", final: "100", discount: 0.9, per: year}}
        outcomes: {end: {measure: "final(0)", better: lower}}
        """)
    step = 0.9**0.25
    expected = 3 * (1 - step**8) / (1 - step) + 100 * 0.9**2
    assert study.run(worlds=1, replications=1).payoff("north")[0, 0] == pytest.approx(expected, rel=1e-12)


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


IMPOSED = """\
stocks: {x: {start: 0, next: "x + (1 if storm else 0)"}}
modes: {door: {states: [shut, open], start: shut, final: [open],
               moves: [{name: opens, from: shut, to: open, chance: 0.5}]}}
events: {storm: {chance: 0.5}, hail: {count: 2}}
strategies: {north: {acts: {choose: act}}}
outcomes: {storms: {measure: "count(storm)", better: lower}, x_end: {measure: "final(x)", better: lower},
           hails: {measure: "total(hail)", better: lower}, acts: {measure: "total(north == act)", better: lower},
           open_steps: {measure: "total(door == open)", better: lower}}
variants:
  storms_never: {impose: {storm: never}}
  storms_always: {impose: {storm: always}}
  storm_once: {impose: {storm: at 2025-10}}
  hail_three: {impose: {hail: 3}}
  door_shut: {impose: {opens: never}}
  door_opens: {impose: {opens: always}}
  door_held: {impose: {door: open}}
  rests: {impose: {north: rest}}
  x_seven: {impose: {x: 7}}
"""


@pytest.mark.parametrize(
    ("variant", "outcome", "expected"),
    [
        ("storms_never", "storms", 0),
        ("storms_always", "storms", 8),
        ("storms_always", "x_end", 8),
        ("storm_once", "storms", 1),
        ("hail_three", "hails", 24),
        ("door_shut", "open_steps", 0),
        ("door_opens", "open_steps", 7),
        ("door_held", "open_steps", 8),
        ("rests", "acts", 0),
        ("x_seven", "x_end", 7),
    ],
)
def test_what_is_imposed_holds(study_of: Build, variant: str, outcome: str, expected: float) -> None:
    ensemble = study_of(IMPOSED, variant).run(worlds=1, replications=20)
    assert ensemble.outcome(outcome)[0, 0] == expected
    assert ensemble.error(outcome)[0, 0] == 0.0


def test_imposing_moves_no_other_luck(study_of: Build) -> None:
    free = study_of(IMPOSED).run(worlds=4, replications=5)
    held = study_of(IMPOSED, "storms_never").run(worlds=4, replications=5)
    assert np.array_equal(free.outcome("hails"), held.outcome("hails"))
    assert np.array_equal(free.outcome("open_steps"), held.outcome("open_steps"))


def test_a_report_is_late_and_dim(study_of: Build) -> None:
    study = study_of("""\
        stocks: {x: {start: 1, next: "2 * x"}}
        quantities: {late: {report: {of: x, lag: 2}}, dim: {report: {of: x, noise: 0.3, lag: 0}}}
        outcomes: {ratio: {measure: "mean(dim / x)", better: lower}, end: {measure: "mean(late)", better: lower}}
        """)
    assert path(study, "report", "late") == [1, 1, 1, 2, 4, 8, 16, 32]
    found, error = mean_of(study.run(worlds=1, replications=5_000), "ratio")
    assert within(found, 1.0, error)


def test_growth_compounds_by_the_clock(study_of: Build) -> None:
    study = study_of("""\
        stocks: {x: {start: 100, growth: 0.1, per: year}}
        outcomes: {end: {measure: "final(x)", better: lower}}
        """)
    assert study.run(worlds=1, replications=1).outcome("end")[0, 0] == pytest.approx(121.0, rel=1e-12)


@pytest.mark.parametrize(
    ("term", "expected"),
    [("freeze.depth", [0, 0, 0, 0, 1, 1, 1, 1]), ("freeze.offered.depth", [1, 1, 1, 1, 1, 1, 1, 1])],
    ids=["0 unless in force", "on the table always"],
)
def test_a_deals_terms_are_read_as_agreed_or_as_offered(study_of: Build, term: str, expected: list[int]) -> None:
    study = study_of(
        """\
        actors: {north: {name: North}, south: {name: South}}
        choices: {north: [act, rest], south: [act, rest]}
        strategies: {north: {acts: {choose: act}}, south: {acts: {choose: act}}}
        payoffs: {north: {each: "0", final: "0"}, south: {each: "0", final: "0"}}
        modes: {channel: {states: [talks, deal], start: talks, final: [deal],
                moves: [{name: struck, from: talks, to: deal, when: "step == 3"}]}}
        deals: {freeze: {parties: [north, south], during: "channel == deal", keeps: {north: "north == act"},
                terms: {depth: {levels: [0, 0.5, 1], usual: 0.5}}, without: [no_deal]}}
        quantities: {relief: {value: "2 * TERM"}}
        variants: {no_deal: {impose: {struck: never}}}
        outcomes: {total_relief: {measure: "total(relief)", better: lower}}
        """.replace("TERM", term)
    )
    assert path(study, "quantity", "relief") == expected
    without = study.run(worlds=1, replications=1).outcome("total_relief")[0, 0]
    assert without == sum(expected)


def test_what_remembers_a_delayed_value_keeps_it_when_the_delay_line_moves_on(study_of: Build) -> None:
    study = study_of(LOOKING_BACK.replace('seen: {value: "EXPRESSION"}', 'late: {value: "delay(level, 2)"}, '
                                          'seen: {value: "previous(late)"}'))  # fmt: skip
    assert path(study, "quantity", "late") == [1, 1, 1, 2, 4, 8, 16, 32]
    assert path(study, "quantity", "seen") == [0, 1, 1, 1, 2, 4, 8, 16]


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
