"""Uncertainties held at a number or a kind: in every run, those of deals and of tests of claims included."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import standoff
from standoff.ensemble.claims import collect_expectations, plan_tests
from standoff.ensemble.design import held_numbers
from standoff.ensemble.running import Size
from standoff.ensemble.study import Study
from standoff.questions.deals import plan_deals

KINDS = """
uncertainties:
  regime: {kinds: [frozen, warm], judgement: x}
  fear: {range: [0, 1], judgement: x}
outcomes: {end: {measure: "final(fear if regime == warm else 2)", better: lower}}
mechanisms:
  m: {title: T, expect: [{raise: fear, raises: end}, {stays: end, within: [0, 1]}]}
"""


def test_a_kind_is_held_by_its_name(study_of: Callable[..., Study]) -> None:
    study = study_of(KINDS)
    assert held_numbers(study.model, {"regime": "warm", "fear": 0.5}) == {"regime": 1.0, "fear": 0.5}
    assert study.run(worlds=4, replications=1, set={"regime": "frozen"}).outcome("end").tolist() == [[2.0] * 4]


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ({"regime": "warn"}, "`regime` has no kind `warn`; did you mean `warm`?"),
        ({"regime": 2}, "`regime` has the kinds frozen, warm: name one of them"),
        ({"fear": "warm"}, "`fear` has no kind `warm`; it is held at a number"),
    ],
)
def test_what_cannot_be_held_is_refused(study_of: Callable[..., Study], held: dict[str, float], said: str) -> None:
    with pytest.raises(ValueError, match=r".") as error:
        held_numbers(study_of(KINDS).model, held)
    assert str(error.value) == said


def test_tests_of_claims_hold_it_but_where_they_are_about_it(study_of: Callable[..., Study]) -> None:
    model = study_of(KINDS).model
    expectations, _ = collect_expectations(model)
    plan = plan_tests(model, expectations, Size(4, 2), {"regime": "warm", "fear": 0.4})
    (job,) = plan.jobs
    assert set(job.design.worlds.columns["regime"].tolist()) == {1.0}
    assert set(job.design.worlds.columns["fear"].tolist()) == {
        0.25,
        0.75,
        0.4,
    }  # raised from one to the other, and as held


def test_every_arm_of_a_deal_holds_it() -> None:
    model = standoff.load("korea").model
    ranged = next(p for p in model.uncertain if p.spread is not None and p.spread.arguments)
    assert ranged.spread is not None
    value = ranged.spread.arguments[0]
    for plan in plan_deals(model, Size(16, 2), {ranged.name: value}):
        assert all(set(arm.design.worlds.columns[ranged.name].tolist()) == {value} for arm in plan.arms)
