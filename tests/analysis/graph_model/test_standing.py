import numpy as np
import pytest
from conflicts import Conflict, random_games

from standoff.analysis.graph_model.moves import free_moves
from standoff.analysis.graph_model.notions import NOTIONS, stable_for_each
from standoff.analysis.graph_model.standing import JUDGED, Differences, find_standing, paired_differences


def without_error(game):
    payoffs = game.reshape(len(game), -1)
    return Differences(payoffs, np.zeros((*payoffs.shape, payoffs.shape[1]), dtype=np.float32), 5.0)


def test_without_error_everything_is_shown_and_as_the_notions_have_it():
    for game, moves in [*random_games(60, seed=4), *((c.game, c.moves) for c in map(Conflict, ("elmira", "garrison")))]:
        found = find_standing(without_error(game), moves).each
        exact = stable_for_each(game[None], moves)[0]
        for n, notion in enumerate(JUDGED):
            expected = np.where(exact[NOTIONS.index(notion)], 1, -1)
            assert (found[n] == expected)[:, moves.can_be].all(), notion


def test_what_is_shown_is_so_and_the_more_error_the_less_is_shown():
    for game, moves in random_games(30, seed=5):
        payoffs = game.reshape(len(game), -1)
        exact = stable_for_each(game[None], moves)[0]
        before = None
        for error in (0.05, 0.3, 3.0):
            errors = np.full((*payoffs.shape, payoffs.shape[1]), error, dtype=np.float32)
            found = find_standing(Differences(payoffs, errors, 1.0), moves).each
            for n, notion in enumerate(JUDGED):
                truth = exact[NOTIONS.index(notion)]
                assert not ((found[n] == 1) & ~truth).any() and not ((found[n] == -1) & truth).any()
            assert before is None or not ((found != 0) & (before == 0)).any()
            before = found


@pytest.mark.parametrize("tolerance", [0.0, 0.01])
def test_the_null_study_shows_no_sanction(tolerance):
    shown = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        common = rng.normal(size=(2, 1, 64))
        payoffs = common + rng.normal(size=(2, 9, 64))
        found = find_standing(paired_differences(payoffs, np.full((2, 64), 1 / 64)), free_moves((3, 3)), tolerance)
        shown += any(found.n_sanctions)
    assert shown <= 1


def test_a_sanction_beyond_the_error_is_shown():
    conflict = Conflict("prisoners")
    rng = np.random.default_rng(1)
    payoffs = conflict.game.reshape(2, 4, 1) + 0.1 * rng.normal(size=(2, 4, 64))
    found = find_standing(paired_differences(payoffs, np.full((2, 64), 1 / 64)), free_moves((2, 2)))
    assert found.of_all[JUDGED.index("seq")].tolist() == [1, -1, -1, 1]
    assert found.n_sanctions[JUDGED.index("seq")] == 2


def test_errors_are_those_of_paired_differences():
    rng = np.random.default_rng(2)
    payoffs, weights = rng.normal(size=(1, 3, 50)), np.full((1, 50), 0.02)
    found = paired_differences(payoffs, weights)
    expected = (payoffs[0, 2] - payoffs[0, 0]).std(ddof=1) / np.sqrt(50)
    assert found.errors[0, 0, 2] == pytest.approx(expected, rel=1e-6)
