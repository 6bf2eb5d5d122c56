"""Stationary strategies of a study's own steps, against the game written down by hand."""

from pathlib import Path

import numba
import numpy as np
import pytest

import standoff
from standoff.analysis.games.markov import StochasticGame, follow_logit
from standoff.ensemble.stepping import tabulate_step
from standoff.ensemble.study import Study, load
from standoff.questions.markov import find_markov
from standoff.words.sentences.games.markov import markov_sentences

STUDY = """\
standoff: 1
title: A border
question: Who provokes when?
decider: north
clock: {start: 2025-01, step: year, steps: 4}
actors: {north: {name: North}, south: {name: South}}
choices: {north: [provoke, wait], south: [arm, rest]}
modes:
  mood:
    states: [calm, angry]
    start: calm
    moves:
      - {name: turn, from: calm, to: angry, chance: "0.75 if north == provoke else 0.25"}
      - {name: back, from: angry, to: calm, chance: "0.5 if south == rest else 0.125"}
strategies: {north: {waiting: {choose: wait}}, south: {resting: {choose: rest}}}
payoffs:
  north: {each: "(1 if north == provoke else 0) - (3 if mood == angry and south == arm else 0)", discount: 0.5}
  south: {each: "(2 if mood == angry and south == arm else 0) - (1 if south == arm else 0)", discount: 0.75}
outcomes: {angry: {measure: "mean(1 if mood == angry else 0)", better: lower}}
"""


@pytest.fixture(scope="module", autouse=True)
def as_python():
    """Without a compiler: it takes longer than this game."""
    before, numba.config.DISABLE_JIT = numba.config.DISABLE_JIT, True
    import standoff.analysis.games.markov_kernel  # noqa: F401, PLC0415

    yield
    numba.config.DISABLE_JIT = before


def study_of(folder: Path, text: str = STUDY) -> Study:
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    return load(folder)


def by_hand() -> StochasticGame:
    payoffs, moves = np.zeros((2, 2, 2, 2)), np.zeros((2, 2, 2, 2))
    for s, n, r in np.ndindex(2, 2, 2):  # angry, waits, rests
        arms = r == 0
        payoffs[s, :, n, r] = (n == 0) - 3.0 * (s and arms), 2.0 * (s and arms) - arms
        other = (0.75 if n == 0 else 0.25) if s == 0 else (0.125 if arms else 0.5)
        moves[s, n, r] = (1.0 - other, other) if s == 0 else (other, 1.0 - other)
    return StochasticGame(payoffs, moves, np.array([0.5, 0.75]))


def test_a_step_is_the_game_written_by_hand(tmp_path: Path) -> None:
    table, game = tabulate_step(study_of(tmp_path), 4096), by_hand()
    assert table.states == (("calm",), ("angry",))
    np.testing.assert_array_equal(table.payoffs, game.payoffs)
    np.testing.assert_array_equal(table.discounts, game.discounts)
    error = np.sqrt(game.transitions * (1.0 - game.transitions) / 4096)
    assert (np.abs(table.transitions - game.transitions) <= 4.0 * error).all()


def test_strategies_are_those_of_the_game_written_by_hand(tmp_path: Path) -> None:
    study, exact = study_of(tmp_path), follow_logit(by_hand())
    found = find_markov(study, 4096)
    assert found.play.is_reached
    for own, other in zip(found.play.strategies, exact.strategies, strict=True):
        np.testing.assert_allclose(own, other, atol=0.02)
    np.testing.assert_allclose(found.play.values, exact.values, atol=0.1)
    first, *_, last = markov_sentences(study.model, found.table, found.play)
    assert first.startswith("Where mood is calm, North chooses")
    assert "4 096 futures" in last.replace("\u202f", " ").replace("\u00a0", " ").replace(",", " ")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [("strategies:", "stocks: {arms: {start: 1, next: arms}}\nstrategies:", "keeps `arms` too"),
     (", discount: 0.5", "", "discounts what comes later")],
)  # fmt: skip
def test_a_study_that_is_no_such_game_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        tabulate_step(study_of(tmp_path, STUDY.replace(old, new)))


def test_from_python_a_row_stands_for_each_action_in_each_state(tmp_path: Path) -> None:
    study_of(tmp_path)
    found = standoff.load(tmp_path).markov(draws=64)
    frame = found.frame()
    assert list(frame["state"]) == ["calm"] * 4 + ["angry"] * 4
    assert frame.groupby(["state", "actor"])["chance"].sum().to_numpy() == pytest.approx(1.0)
    assert "calm" in found.sentences[0]
    assert found.to_dict()["play"]["is_reached"]
