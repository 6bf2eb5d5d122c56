"""Courses of strategies: outcomes as of a date, and futures that change course."""

import numpy as np
import pytest

from standoff.ensemble.design import Design, draw_worlds
from standoff.ensemble.profiles.chosen import all_profiles
from standoff.ensemble.study import Study, load
from standoff.ensemble.watch.ahead import profiles_at_random
from standoff.ensemble.watch.switching import Switching
from standoff.language.expressions.tree import Symbol
from standoff.language.load import patched_model


@pytest.fixture(scope="module")
def switching() -> Switching:
    study = load("rivals")
    design = Design(all_profiles(study.program), draw_worlds(study.model, 8, 1), 2, 1)
    profiles = profiles_at_random(study.program, 16, 1)
    return Switching(
        study.program, design, profiles, ["war", "arms"], symbols=[Symbol("stock", "trust")], marks=[4, 9, 16]
    )


def test_an_outcome_as_of_a_date_is_that_of_a_clock_that_ends_there(switching: Switching) -> None:
    (course,) = switching.hold([1], [])
    short = Study(patched_model(load("rivals").model, "clock: {steps: 9}"))
    design = Design(all_profiles(short.program), draw_worlds(short.model, 8, 1), 2, 1)
    profiles = profiles_at_random(short.program, 16, 1)
    (ended,) = Switching(short.program, design, profiles, ["war", "arms"], symbols=[], marks=[9]).hold([1], [])
    assert course.outcomes[:, 1] == pytest.approx(ended.outcomes[:, 0], abs=1e-12)


def test_a_switch_to_the_same_strategy_is_none(switching: Switching) -> None:
    (course,) = switching.hold([2], [4])
    (again,) = switching.switch(course, 4, [2], [])
    assert again.legs == ((2, 0), (2, 4))
    np.testing.assert_allclose(again.outcomes, course.outcomes, atol=1e-12)
    np.testing.assert_allclose(again.payoff, course.payoff, atol=1e-12)


def test_what_was_before_a_switch_stays(switching: Switching) -> None:
    (course,) = switching.hold([1], [4])
    (turned,) = switching.switch(course, 4, [0], [])
    assert (turned.outcomes[:, 0] == course.outcomes[:, 0]).all() and (turned.seen[:, 0] == course.seen[:, 0]).all()
    assert not np.allclose(turned.outcomes[1, 2], course.outcomes[1, 2])


def test_the_end_is_that_of_a_run(switching: Switching) -> None:
    """Against the run of the same profile, worlds and luck."""
    study = load("rivals")
    profiles = all_profiles(study.program)
    worlds = draw_worlds(study.model, 8, 1)
    one = Switching(
        study.program,
        Design(profiles, worlds, 2, 1),
        np.zeros(16, dtype=np.int64),
        ["war", "arms"],
        symbols=[],
        marks=[16],
    )
    (course,) = one.hold([0], [])
    ran = study.run(8, 2, 1, profile="north=race_on,south=honest", evaluator="reference")
    for k, name in enumerate(("war", "arms")):
        np.testing.assert_allclose(course.outcomes[k, -1], ran.outcome(name)[0], rtol=1e-12)
