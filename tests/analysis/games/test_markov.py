"""Stationary equilibria, beside sgamesolver's and by hand. The path's kernel is run as plain Python here."""

import json
from pathlib import Path

import numba
import numpy as np
import pytest

from standoff.analysis.games.markov import StochasticGame, follow_logit, gains

STORED = json.loads((Path(__file__).parents[2] / "data" / "markov" / "logit.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module", autouse=True)
def as_python():
    """Without a compiler: it takes longer than all of these games."""
    before, numba.config.DISABLE_JIT = numba.config.DISABLE_JIT, True
    import standoff.analysis.games.markov_kernel  # noqa: F401, PLC0415

    yield
    numba.config.DISABLE_JIT = before


def game_of(stored) -> StochasticGame:
    return StochasticGame(*(np.array(stored[key]) for key in ("payoffs", "transitions", "discounts")))


@pytest.mark.parametrize("stored", STORED, ids=lambda stored: str(np.array(stored["payoffs"]).shape))
def test_logit_equilibria_are_those_of_sgamesolver(stored) -> None:
    game = game_of(stored)
    for play in stored["play"]:
        if play["precision"] is None:
            continue
        found = follow_logit(game, 0.0, play["precision"])
        assert found.is_reached
        assert found.residual < 1e-10
        for i, own in enumerate(found.strategies):
            np.testing.assert_allclose(own, [state[i] for state in play["chances"]], atol=1e-7)
        np.testing.assert_allclose(found.values, play["values"], atol=1e-7)


@pytest.mark.parametrize("stored", STORED, ids=lambda stored: str(np.array(stored["payoffs"]).shape))
def test_the_end_of_the_path_is_that_of_sgamesolver(stored) -> None:
    """Both stop at some λ, from which what is left to gain falls as 1/λ."""
    game, play = game_of(stored), stored["play"][-1]
    found = follow_logit(game)
    assert found.is_reached
    assert found.regret.max() <= 1e-6
    for i, own in enumerate(found.strategies):
        np.testing.assert_allclose(own, [state[i] for state in play["chances"]], atol=2e-3)


def test_at_no_precision_all_play_evenly() -> None:
    found = follow_logit(game_of(STORED[1]), 0.0, 1e-9)
    np.testing.assert_allclose(found.strategies[0], 1 / 3, atol=1e-6)
    np.testing.assert_allclose(found.strategies[1], 1 / 2, atol=1e-6)


def test_prisoners_who_meet_again_defect_whenever_the_state_is_none_of_their_doing() -> None:
    """Stationary strategies that may hang on nothing else leave each meeting as the first (values: 1 / (1 − δ))."""
    dilemma = np.array([[[3.0, 0.0], [5.0, 1.0]], [[3.0, 5.0], [0.0, 1.0]]])
    game = StochasticGame(np.stack([dilemma, dilemma]), np.full((2, 2, 2, 2), 0.5), np.array([0.9, 0.5]))
    found = follow_logit(game)
    for own in found.strategies:
        np.testing.assert_allclose(own, [[0.0, 1.0]] * 2, atol=1e-5)
    np.testing.assert_allclose(found.values, [[10.0, 2.0]] * 2, rtol=1e-4)


def test_what_could_be_gained_is_a_best_reply_over_all_states() -> None:
    """Who may leave a bad state for a good one for ever, and stays: a thousandth a step against 1."""
    payoffs = np.zeros((2, 2, 2, 1))
    payoffs[1, 0] = 1.0
    moves = np.zeros((2, 2, 1, 2))
    moves[0, 0, 0, 0] = moves[0, 1, 0, 1] = moves[1, :, 0, 1] = 1.0
    game = StochasticGame(payoffs, moves, np.array([0.9, 0.0]))
    stays = (np.array([[1.0, 0.0], [1.0, 0.0]]), np.ones((2, 1)))
    np.testing.assert_allclose(gains(game, stays), [[9.0, 0.0], [0.0, 0.0]], atol=1e-12)


@pytest.mark.parametrize(
    ("change", "words"),
    [({"discounts": np.array([1.0, 0.5])}, "below 1"), ({"transitions": np.ones((2, 2, 2, 2))}, "sum to 1"),
     ({"payoffs": np.full((2, 2, 2, 2), np.nan)}, "finite"), ({"transitions": np.ones((2, 2, 2))}, "shape")],
)  # fmt: skip
def test_what_is_no_game_is_refused(change, words: str) -> None:
    good = {"payoffs": np.zeros((2, 2, 2, 2)), "transitions": np.full((2, 2, 2, 2), 0.5), "discounts": np.zeros(2)}
    with pytest.raises(ValueError, match=words):
        StochasticGame(**{**good, **change})
