"""Ends that share causes: closed forms, and every discrete outcome walked."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from comparison import differences_on_random_futures
from enumerated import expectation
from small_ends import small_study, walk_all

from standoff.ensemble.study import Study
from standoff.language.changed import Imposed, changed
from standoff.language.expressions.tree import Symbol
from standoff.program.llvm.kernel import load_kernel
from standoff.program.program import Program
from standoff.program.wasm.module import load_module

Build = Callable[..., Study]

MEASURED = """
outcomes:
  war: {measure: "ever(war)", better: lower}
  expected: {measure: "total(chance(war))", better: lower}
"""
BOTH = MEASURED + '  coup: {measure: "ever(coup)", better: lower}\n'
ONE_STEP = "clock: {start: 2025-01, step: year, steps: 1}\n"

# What events there are, and what it comes to: the share that ends in `war`, the chance of `war`, the share that ends in
# `coup`, and the payoff. Worked out by hand.
CLOSED = {
    "two ends of one crisis": (
        "events: {crisis: {chance: 0.5}, war: {given: crisis, chance: 0.5, ends: true, worth: {north: '-4'}},"
        " coup: {given: crisis, chance: 0.5, ends: true, worth: {north: '-4'}}}",
        (0.25, 0.25, 0.125, -1.5),
    ),
    "given an event and its cause": (
        "events: {spark: {chance: 0.5}, crisis: {given: spark, chance: 0.5},"
        " war: {given: 'spark and crisis', chance: 0.5, ends: true, worth: {north: '-4'}}}",
        (0.125, 0.125, None, -0.5),
    ),
    "given two events of one cause": (
        "events: {cause: {chance: 0.1}, raid: {given: cause, chance: 0.5}, riot: {given: cause, chance: 0.5},"
        " war: {given: 'raid and riot', chance: 1, ends: true, worth: {north: '-4'}}}",
        (0.025, 0.025, None, -0.1),
    ),
    "worth depends on the event": (
        "events: {crisis: {chance: 0.1}, war: {given: crisis, chance: 1, ends: true,"
        " worth: {north: '-10 if crisis else -2'}}}",
        (0.1, 0.1, None, -1.0),
    ),
    "chance depends on the event": (
        "events: {crisis: {chance: 0.2}, war: {given: crisis, chance: '0.5 if crisis else 0.18', ends: true,"
        " worth: {north: '-10'}}}",
        (0.1, 0.1, None, -1.0),
    ),
    "given a move of a mode whose chances sum above one": (
        "modes: {m: {states: [a, b, c], start: a, final: [b, c], moves: [{name: to_b, from: a, to: b, chance: 0.9},"
        " {name: to_c, from: a, to: c, chance: 0.9}]}}\n"
        "events: {war: {given: to_b, chance: 0.5, ends: true, worth: {north: '-4'}}}",
        (0.25, 0.25, None, -1.0),
    ),
    "given a move by one of two hazards": (
        "modes: {m: {states: [a, b, c], start: a, final: [b, c], moves: [{name: to_b, from: a, to: b, hazard: 0.5},"
        " {name: to_c, from: a, to: c, hazard: 0.3}]}}\n"
        "events: {war: {given: to_b, chance: 0.5, ends: true, worth: {north: '-8'}}}",
        (*(0.5 * (1 - math.exp(-0.8)) * 5 / 8,) * 2, None, -2.5 * (1 - math.exp(-0.8))),
    ),
    "either of two events": (
        "events: {raid: {chance: 0.2}, riot: {chance: 0.5},"
        " war: {given: 'raid or riot', chance: 0.5, ends: true, worth: {north: '-10'}}}",
        (0.3, 0.3, None, -3.0),
    ),
    "one end where an event is, the other where it is not": (
        "events: {crisis: {chance: 0.4}, war: {given: crisis, chance: 0.5, ends: true, worth: {north: '-1'}},"
        " coup: {given: 'not crisis', chance: 0.25, ends: true, worth: {north: '-2'}}}",
        (0.2, 0.2, 0.15, -0.5),
    ),
    "one end given the other": (
        "events: {war: {chance: 0.5, ends: true, worth: {north: '-1'}},"
        " coup: {given: 'not war', chance: 0.5, ends: true, worth: {north: '-2'}}}",
        (0.5, 0.5, 0.25, -1.0),
    ),
    "a later end given an earlier one never ends": (
        "events: {war: {chance: 0.5, ends: true, worth: {north: '-1'}},"
        " coup: {given: war, chance: 0.5, ends: true, worth: {north: '-2'}}}",
        (0.5, 0.5, 0.0, -0.5),
    ),
    "through a quantity": (
        "events: {crisis: {chance: 0.5}, war: {chance: heat, ends: true, worth: {north: '-10 * heat'}}}\n"
        "quantities: {heat: {value: '0.8 if crisis else 0.2'}}",
        (0.5, 0.5, None, -5 * (0.64 + 0.04)),
    ),
    "three causes that share a root": (
        "events: {root: {chance: 0.5}, a: {given: root, chance: 0.5}, b: {given: root, chance: 0.5},"
        " c: {given: root, chance: 0.5},"
        " war: {given: 'a and b and c', chance: 0.8, ends: true, worth: {north: '-10'}}}",
        (0.05, 0.05, None, -0.5),
    ),
    "an end worth nothing that stands before one that costs": (
        "events: {crisis: {chance: 0.5}, war: {given: crisis, chance: 1, ends: true},"
        " coup: {given: crisis, chance: 1, ends: true, worth: {north: '-10'}}}",
        (0.5, 0.5, 0.0, 0.0),
    ),
    "a payoff that reads an event": (
        "events: {crisis: {chance: 0.5}, war: {given: crisis, chance: 0.5, ends: true, worth: {north: '-10'}}}\n"
        "payoffs: {north: {each: '3 if crisis else 1', final: '0'}}",
        (0.25, 0.25, None, 2 - 2.5),
    ),
    "a payoff that reads the end": (
        "events: {war: {chance: 0.25, ends: true, worth: {north: '-10'}}}\n"
        "payoffs: {north: {each: '-4 if war else 1'}}",
        (0.25, 0.25, None, -2.5 - 1 + 0.75),
    ),
    "worth of a chain": (
        "events: {spark: {chance: 0.5}, crisis: {given: spark, chance: 0.5}, war: {given: spark, chance: 0.2,"
        " ends: true, worth: {north: '-10 if crisis else -2'}}}",
        (0.1, 0.1, None, -0.6),
    ),
    "three ends of one crisis": (
        "events: {crisis: {chance: 0.4}, war: {given: crisis, chance: 0.5, ends: true, worth: {north: '-1'}},"
        " coup: {given: crisis, chance: 0.5, ends: true, worth: {north: '-2'}},"
        " fall: {given: crisis, chance: 0.5, ends: true, worth: {north: '-4'}}}",
        (0.2, 0.2, 0.1, -0.6),
    ),
    "two ends that share one of two causes": (
        "events: {a: {chance: 0.5}, b: {chance: 0.4},"
        " war: {given: 'a and b', chance: 0.5, ends: true, worth: {north: '-10'}},"
        " coup: {given: b, chance: 0.5, ends: true, worth: {north: '-2'}}}",
        (0.1, 0.1, 0.15, -1.3),
    ),
    "worth depends on an event beside the given one": (
        "events: {a: {chance: 0.5}, b: {given: a, chance: 0.4},"
        " war: {given: a, chance: 0.2, ends: true, worth: {north: '-10 if b else -5'}}}",
        (0.1, 0.1, None, -0.7),
    ),
    "chance depends on how many of two events of one root": (
        "events: {root: {chance: 0.5}, a: {given: root, chance: 0.6}, b: {given: root, chance: 0.5},"
        " war: {given: 'a or b', chance: '0.8 if a and b else 0.1', ends: true, worth: {north: '-10'}}}",
        (0.145, 0.145, None, -1.45),
    ),
    "one end where a cause went further, the other where it did not": (
        "events: {raid: {chance: 0.6}, riot: {given: raid, chance: 0.5},"
        " war: {given: 'raid and not riot', chance: 0.5, ends: true, worth: {north: '-2'}},"
        " coup: {given: riot, chance: 0.2, ends: true, worth: {north: '-5'}}}",
        (0.15, 0.15, 0.06, -0.6),
    ),
    "ends given two of three competing hazards": (
        "modes: {m: {states: [a, b, c, d], start: a, final: [b, c, d], moves:"
        " [{name: to_b, from: a, to: b, hazard: 0.2}, {name: to_c, from: a, to: c, hazard: 0.3},"
        " {name: to_d, from: a, to: d, hazard: 0.5}]}}\n"
        "events: {war: {given: to_b, chance: 0.5, ends: true, worth: {north: '-10'}},"
        " coup: {given: to_c, chance: 1, ends: true, worth: {north: '-1'}}}",
        (*(0.1 * (1 - math.exp(-1.0)),) * 2, 0.3 * (1 - math.exp(-1.0)), -1.3 * (1 - math.exp(-1.0))),
    ),
    "two hazards as events": (
        "events: {crisis: {hazard: 0.5}, war: {given: crisis, hazard: 0.3, ends: true, worth: {north: '-1'}},"
        " coup: {given: crisis, hazard: 0.7, ends: true, worth: {north: '-1'}}}",
        (
            *((1 - math.exp(-0.5)) * (1 - math.exp(-0.3)),) * 2,
            (1 - math.exp(-0.5)) * math.exp(-0.3) * (1 - math.exp(-0.7)),
            -(1 - math.exp(-0.5)) * (1 - math.exp(-1.0)),
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CLOSED)
def test_ends_with_shared_causes_have_their_closed_form(study_of: Build, case: str) -> None:
    text, (war, chance, coup, payoff) = CLOSED[case]
    study = study_of(f"{ONE_STEP}{text}{BOTH if coup is not None else MEASURED}")
    expected = {"war": war, "expected": chance, "north": payoff} | ({} if coup is None else {"coup": coup})
    for realised in (False, True):
        found, _ = expectation(study, realised=realised)
        assert {name: found[name] for name in expected} == pytest.approx(expected, abs=1e-14), realised


@pytest.mark.parametrize("case", ["two ends of one crisis", "worth depends on the event", "through a quantity"])
def test_nothing_of_them_is_left_to_luck(study_of: Build, case: str) -> None:
    text, (war, *_, payoff) = CLOSED[case]
    ensemble = study_of(f"{ONE_STEP}{text}{MEASURED}").run(worlds=1, replications=20)
    assert ensemble.outcome("war")[0, 0] == pytest.approx(war, abs=1e-14)
    assert ensemble.payoff("north")[0, 0] == pytest.approx(payoff, abs=1e-14)
    assert ensemble.error("war")[0, 0] < 1e-15


@pytest.mark.parametrize("seed", range(12))
def test_small_studies_come_to_what_walking_every_outcome_gives(seed: int, tmp_path: Path) -> None:
    small = small_study(seed)
    expected, shares = walk_all(small)
    study = small.load(tmp_path)
    for realised in (False, True):
        found, found_shares = expectation(study, realised=realised)
        assert found == pytest.approx(expected, rel=1e-12, abs=1e-12)
        assert {name: found_shares[name] for name in shares} == pytest.approx(shares, abs=1e-12)


@pytest.mark.parametrize("seed", range(12))
def test_kernels_of_small_studies_equal_the_reference(seed: int, tmp_path: Path) -> None:
    study = small_study(seed).load(tmp_path)
    found, codes = differences_on_random_futures(
        study, (load_kernel(study.program), load_module(study.program)), 200, seed
    )
    assert (found, codes) == ([], set())


def test_the_small_studies_have_everything_that_can_differ_in_branches(tmp_path: Path) -> None:
    differing: set[str] = set()
    for seed in range(12):
        differing |= _differing(small_study(seed).load(tmp_path / str(seed)).program)
    assert differing == {"each", "worth", "mean", "total", "peak", "minimum", "count", "ever", "first", "final"}


def _differing(program: Program) -> set[str]:
    found = {reduced.kind for reduced in program.reduced if reduced.argument.branches}
    found |= {"each" for paid in program.payoffs if paid.each is not None and paid.each.branches}
    found |= {"final" for reduced in program.reduced if reduced.in_branches}
    return {*found, *("worth" for ending in program.endings for _, worth in ending.worth if worth.branches)}


CERTAIN = """\
events:
  crisis: {chance: 0.5}
  war: {given: crisis, chance: 1, ends: true}
outcomes:
  war: {measure: "ever(war)", better: lower}
  crisis: {measure: "ever(crisis)", better: lower}
  first_war: {measure: "first(war)", better: higher}
"""


def test_a_share_of_futures_lies_between_none_and_all_in_every_world(study_of: Build) -> None:
    ensemble = study_of(CERTAIN).run(worlds=200, replications=1)
    for name in ("war", "crisis"):
        shares = ensemble.outcome(name)
        assert shares.min() >= 0.0
        assert shares.max() <= 1.0
    assert ensemble.outcome("war") == pytest.approx(np.full((1, 200), 1 - 0.5**8), abs=1e-14)
    assert ensemble.present["first_war"].max() <= 1.0


def test_what_goes_on_has_had_no_end(study_of: Build) -> None:
    study = study_of(CERTAIN + '  left: {measure: "final(crises)", better: lower}\n'
                     'stocks: {crises: {start: 0, next: "crises + crisis + 10 * war"}}\n')  # fmt: skip
    ensemble = study.run(worlds=1, replications=50)
    assert ensemble.outcome("left")[0, 0] == pytest.approx(11 * (1 - 0.5**8), abs=1e-13)  # only what ends has had one


@pytest.mark.parametrize(("how", "paid"), [("always", -14.0), ("never", 2.0)])
def test_a_payoff_reads_an_end_that_is_imposed(study_of: Build, how: str, paid: float) -> None:
    study = study_of(ONE_STEP + "events: {war: {chance: 0.25, ends: true, worth: {north: '-10'}}}\n"
                     "payoffs: {north: {each: '-4 if war else 2', final: '0'}}\n" + MEASURED)  # fmt: skip
    model = changed(study.model, [Imposed(Symbol("event", "war"), how)])
    assert Study(model).run(worlds=1, replications=2).payoff("north") == pytest.approx(paid, abs=1e-14)


def test_an_impossible_branch_cannot_fault(study_of: Build) -> None:
    study = study_of("""\
        stocks: {x: {start: 0, next: "x + 1"}}
        events:
          crisis: {chance: "0.5 if x > 0 else 0"}
          war: {given: crisis, chance: "0.5 / x", ends: true, worth: {north: "-1 / x"}}
        outcomes: {war: {measure: "ever(war)", better: lower}}
        """)
    ensemble = study.run(worlds=1, replications=20)
    assert ensemble.diagnostics.faults == ()
    found, _ = expectation(study_of("""\
        clock: {start: 2025-01, step: year, steps: 2}
        stocks: {x: {start: 0, next: "x + 1"}}
        events:
          crisis: {chance: "0.5 if x > 0 else 0"}
          war: {given: crisis, chance: "0.5 / x", ends: true, worth: {north: "-1 / x"}}
        outcomes: {war: {measure: "ever(war)", better: lower}}
        """), realised=False)  # fmt: skip
    assert found["war"] == pytest.approx(0.25, abs=1e-14)


def test_a_fault_in_a_branch_is_told_with_the_branch(study_of: Build) -> None:
    study = study_of("""\
        events: {crisis: {chance: 0.5}, war: {given: crisis, chance: "2 if crisis else 0.1", ends: true}}
        outcomes: {war: {measure: "ever(war)", better: lower}}
        """)
    (fault,) = study.run(worlds=3, replications=1).diagnostics.faults
    assert (fault.equation, fault.kind, fault.futures) == ("chance of war, where crisis", "chance", 3)


def test_branches_count_no_clamped_counts(study_of: Build) -> None:
    study = study_of("""\
        events: {crisis: {chance: 0.5}, raids: {given: crisis, count: 9, at_most: 1},
                 war: {chance: "0.1 * raids", ends: true}}
        outcomes: {war: {measure: "ever(war)", better: lower}}
        """)
    share = study.run(worlds=1, replications=4000).diagnostics.clamped["raids"]
    assert 0.3 < share < 0.5  # of the steps that go on, the part with a crisis; never more than there are steps


@pytest.mark.parametrize(
    "measure",
    ["final(1 if ever(crisis) else 0)", "final(previous(heat))", "final(count(crisis))",
     "final(x)", "final(level)", "final(mood == bad)"],
)  # fmt: skip
def test_what_is_final_of_an_ended_future_is_what_the_branch_made_of_it(study_of: Build, measure: str) -> None:
    study = study_of(f"""\
        {ONE_STEP.strip()}
        events: {{crisis: {{chance: 0.5}}, war: {{given: crisis, chance: 0.5, ends: true}}}}
        stocks: {{x: {{start: 0, within: [0, 1], next: "x + 3 * crisis"}}}}
        modes: {{mood: {{states: [good, bad], start: good, final: [bad], moves: [
                {{name: sours, from: good, to: bad, when: crisis}}]}}}}
        quantities: {{heat: {{value: "1 if crisis else 0"}}, level: {{value: "x * x"}}}}
        outcomes: {{last: {{measure: "{measure}", better: lower}}}}
        """)
    for realised in (False, True):
        found, _ = expectation(study, realised=realised)
        assert found["last"] == pytest.approx(0.5, abs=1e-14)
    differing, _ = differences_on_random_futures(study, (load_kernel(study.program), load_module(study.program)), 200)
    assert differing == []


@pytest.mark.parametrize("realised", [False, True])
def test_the_calendar_at_an_early_end_is_that_of_the_next_step(study_of: Build, realised: bool) -> None:
    study = study_of("""\
        clock: {start: 2025-01, step: month, steps: 6}
        stocks: {months: {start: 0, next: "months + month()"}}
        events: {war: {chance: "1 if step == 2 else 0", ends: true}}
        outcomes:
          last: {measure: "final(month() + 100 * year())", better: higher}
          summed: {measure: "final(months)", better: higher}
    """)
    ensemble = study.run(worlds=2, replications=2, realised=realised)
    assert ensemble.outcome("last").tolist() == [[202504.0, 202504.0]]  # after March's step
    assert ensemble.outcome("summed").tolist() == [[6.0, 6.0]]
