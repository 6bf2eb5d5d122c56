import numpy as np
from conflicts import Conflict, by_definition, random_games

from standoff.analysis.graph_model.moves import Moves, free_moves
from standoff.analysis.graph_model.paths import find_way
from standoff.analysis.graph_model.reasons import Board, dilemmas_at, temptations_at
from standoff.analysis.graph_model.standing import Differences


def board(game, moves=None, players="abcd"):
    payoffs = game.reshape(len(game), -1).astype(float)
    moves = free_moves(game.shape[1:]) if moves is None else moves
    errors = np.zeros((*payoffs.shape, payoffs.shape[1]), dtype=np.float32)
    names = tuple(tuple(f"{player}{k}" for k in range(n)) for player, n in zip(players, moves.shape, strict=False))
    return Board(tuple(players[: len(game)]), names, moves, Differences(payoffs, errors, 1.0), np.ones(len(game)), 0.0)


def test_the_prisoners_stay_because_each_would_be_answered():
    found = temptations_at(board(Conflict("prisoners").game), 0)
    assert [(one.move.actor, one.move.after) for one in found] == [("a", "a1"), ("b", "b1")]
    for one in found:
        assert one.is_credible and one.is_shown and one.loss.value == -1.0 and len(one.answer) == 1


def test_a_profile_is_sequentially_stable_where_every_temptation_meets_a_credible_answer():
    for game, moves in random_games(60, seed=6):
        stable = by_definition(game, moves)
        for s in range(game[0].size):
            found = temptations_at(board(game, moves), s)
            assert all(one.is_credible for one in found) == (s in stable["seq"])
            assert all(one.answer != () for one in found) == (s in stable["gmr"])


def test_chicken_has_a_threat_that_is_not_believed_and_a_promise_that_is_not_trusted():
    found = dilemmas_at(board(Conflict("chicken").game), 0)
    assert {(one.kind, one.who, one.other) for one in found} == {
        ("promise", "a", "b"), ("threat", "b", "a"), ("promise", "b", "a"), ("threat", "a", "b")
    }  # fmt: skip
    threat = next(one for one in found if one.kind == "threat" and one.who == "b")
    assert threat.answer.gain.value == -1.0 and threat.harm.value == -2.0
    assert dilemmas_at(board(Conflict("prisoners").game), 0) == ()


def test_the_way_has_the_fewest_moves_against_their_movers_and_then_the_fewest_moves():
    game = np.array([[[0, 5, 1], [2, 0, 0]], [[0, 1, 2], [3, 0, 0]]])
    found = find_way(board(game), 0, 1)
    assert found.first == ("b",) and found.n_against == 0 and [step.after for step in found.steps] == ["b1"]
    found = find_way(board(game), 1, 3)
    assert found.n_against == 1 and len(found.steps) == 2


def test_no_way_leads_where_moves_are_barred():
    moves = Moves((np.zeros((2, 2), dtype=bool), ~np.eye(2, dtype=bool)))
    assert find_way(board(Conflict("prisoners").game, moves), 0, 3) is None
    assert find_way(board(Conflict("prisoners").game, moves), 0, 1).first == ("b",)
