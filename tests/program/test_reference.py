"""The semantics of a step, against closed forms."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from expected import mean_of, path, within

from standoff.ensemble.study import Study

Build = Callable[..., Study]


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


def test_payoffs_are_discounted_from_the_first_step_and_final_after_the_last(study_of: Build) -> None:
    study = study_of("""\
        payoffs: {north: {each: "3", final: "100", discount: 0.9, per: year}}
        outcomes: {end: {measure: "final(0)", better: lower}}
        """)
    step = 0.9**0.25
    expected = 3 * (1 - step**8) / (1 - step) + 100 * 0.9**2
    assert study.run(worlds=1, replications=1).payoff("north")[0, 0] == pytest.approx(expected, rel=1e-12)


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
