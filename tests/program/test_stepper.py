"""A step as a function: states are values, and what is held holds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from comparison import differences

import standoff
from standoff.ensemble.run import lanes_of, trace_cell
from standoff.ensemble.study import Study
from standoff.language.expressions.tree import Symbol
from standoff.program.lanes import Lanes
from standoff.program.reference import run_lanes
from standoff.program.stepper import advance, begin, finish

Build = Callable[..., Study]

GAME = """\
choices: {north: [act, rest]}
strategies: {north: {rests: {choose: rest}}}
stocks: {x: {start: 0, next: "x + (north == act) + 10 * storm + 100 * (door == open)"}}
modes:
  door: {states: [shut, open, broken], start: shut, final: [broken], moves: [{name: opens, from: shut, to: open,
         chance: 0.5}, {name: breaks, from: shut, to: broken, chance: 0.5}, {name: shuts, from: open, to: shut,
         hazard: 0.2}]}
events:
  storm: {chance: 0.01}
  war: {given: storm, chance: 0.5, ends: true, worth: {north: "-8"}}
outcomes: {x_end: {measure: "final(x)", better: lower}, war: {measure: "ever(war)", better: lower}}
"""
CHOICE, STORM, OPENS = Symbol("choice", "north"), Symbol("event", "storm"), Symbol("move", "opens")


def lanes(study: Study, n: int) -> Lanes:
    replications = np.arange(n, dtype=np.int64)
    nothing = np.zeros(n, dtype=np.int64)
    return lanes_of(study.program, study.design(1, n), nothing, nothing, replications=replications)


@pytest.mark.parametrize("realised", [False, True])
def test_the_reference_is_a_fold_over_steps(realised: bool) -> None:
    study = standoff.load("rivals")
    some = lanes(study, 40)
    state = begin(study.program, some, realised=realised)
    for _ in range(study.program.n_steps):
        state = advance(study.program, state)
    assert differences(finish(study.program, state), run_lanes(study.program, some, realised=realised)) == []


def test_to_advance_a_state_changes_nothing_in_it(study_of: Build) -> None:
    study = study_of(GAME + 'quantities: {late: {value: "delay(x, 2) + smooth(x, 3)"}}\n'
                     'payoffs: {north: {each: late, discount: 0.9}}\n')  # fmt: skip
    some = lanes(study, 30)
    state = begin(study.program, some)
    for _ in range(3):
        state = advance(study.program, state)
    first = advance(study.program, state)
    other = advance(study.program, state, {CHOICE: 0})
    again = advance(study.program, state)
    for name in ("survival", "fault"):
        assert np.array_equal(getattr(first, name), getattr(again, name))
    assert np.array_equal(first.payoffs[0], again.payoffs[0])
    assert np.array_equal(first.known[Symbol("stock", "x")] + 1.0, other.known[Symbol("stock", "x")])


def test_a_held_choice_event_and_move_happen(study_of: Build) -> None:
    study = study_of(GAME)
    state = begin(study.program, lanes(study, 20), realised=True)
    state = advance(study.program, state, {CHOICE: np.int64(0), STORM: np.bool_(False), OPENS: np.bool_(True)})
    assert np.all(state.known[Symbol("stock", "x")] == 1.0)
    assert np.all(state.known[Symbol("mode", "door")] == 1)
    assert np.all(state.seen[Symbol("move", "breaks")] == False)  # noqa: E712 - a truth of all lanes
    state = advance(study.program, state, {STORM: np.bool_(True)})
    assert np.all(state.known[Symbol("stock", "x")] == 111.0)


def test_a_held_event_is_certain_in_every_branch(study_of: Build) -> None:
    study = study_of(GAME)
    state = begin(study.program, lanes(study, 20))
    assert advance(study.program, state, {STORM: np.bool_(True)}).survival == pytest.approx(0.5)
    assert advance(study.program, state, {STORM: np.bool_(False)}).survival == pytest.approx(1.0)


def test_only_choices_events_and_moves_are_held(study_of: Build) -> None:
    study = study_of(GAME)
    state = begin(study.program, lanes(study, 1))
    with pytest.raises(ValueError, match="no choice, event or move of a step is named 'x'"):
        advance(study.program, state, {Symbol("stock", "x"): 1.0})


def test_a_trace_is_what_the_steps_saw(study_of: Build) -> None:
    study = study_of(GAME)
    trace = trace_cell(study.program, study.design(1, 1), 0, 0, replication=0)
    state = begin(study.program, lanes(study, 1))
    for step in trace.steps[:-1]:
        state = advance(study.program, state)
        assert step.things["stock"]["x"] == np.ravel(state.seen[Symbol("stock", "x")])[0]
    assert trace.steps[-1].things["stock"]["x"] == np.ravel(state.known[Symbol("stock", "x")])[0]
