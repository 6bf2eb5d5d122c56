import numpy as np
import pytest

from standoff.analysis.findings import Inputs
from standoff.analysis.graph_model.courses import Setting
from standoff.analysis.graph_model.moves import free_moves
from standoff.analysis.graph_model.notions import NOTIONS, Notion, stable_for_each
from standoff.analysis.graph_model.reasons import Board
from standoff.analysis.graph_model.standing import paired_differences
from standoff.analysis.graph_model.wished import find_wish, nearest

WORLDS = 200


def setting(seed=1):
    """A game in which the first player's gain by leaving (0, 0) is 2x − 0.2, x uniform, and nobody else's changes."""
    x = (np.arange(WORLDS) + 0.5) / WORLDS
    idle = np.random.default_rng(seed).permutation(x)
    payoffs = np.zeros((2, 4, WORLDS))
    payoffs[0, 2] = 2.0 * x - 0.2  # (1, 0)
    payoffs[1, 1] = payoffs[1, 3] = -1.0
    weights = np.full((2, WORLDS), 1.0 / WORLDS)
    names = (("stay", "leave"), ("calm", "harsh"))
    board = Board(("a", "b"), names, free_moves((2, 2)), paired_differences(payoffs, weights), np.ones(2), 0.0)
    return Setting(board, payoffs, weights, Inputs(("x", "idle"), np.stack([x, idle], axis=1)))


def test_the_want_that_must_change_is_found_and_makes_the_profile_hold():
    found = find_wish(setting(), 0, Notion.NASH, {"a": {"x"}}, start=3)
    need = found.needs[0]
    assert not need.holds and found.needs[1].holds and found.holds_after
    assert need.want.name == "x" and need.want.towards == "low" and need.belief is None
    assert (need.want.now, need.want.needed) == pytest.approx((0.5, 0.1), abs=1e-6)
    assert need.want.error < 0.05
    assert found.way.first == ("a", "b") and found.way.n_against == 1


def test_a_profile_that_holds_asks_nothing():
    found = find_wish(setting(), 2, Notion.SEQ, {})
    assert all(need.holds for need in found.needs) and found.way is None


def test_of_several_wished_profiles_the_nearest_to_holding_is_taken():
    made = setting()
    assert nearest(made, [0, 1, 2], Notion.NASH) == 2
    game = made.board.differences.payoffs.reshape(1, 2, 2, 2)
    assert stable_for_each(game)[0, NOTIONS.index(Notion.NASH)].all(axis=0).tolist() == [False, False, True, False]
