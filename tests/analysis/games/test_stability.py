"""Stability under noise: clear games, null games, ties, and equilibria closer than their error."""

import numpy as np
import pytest

from standoff.analysis.games.stability import Verdict, bootstrap_counts, stability, weighted_games

DILEMMA = np.array([[[3.0, 0], [5, 1]], [[3, 5], [0, 1]]])
SEXES = np.array([[[2.0, 0], [0, 1]], [[1, 0], [0, 2]]])


def _worlds(game: np.ndarray, noise: float, n_worlds: int, seed: int) -> np.ndarray:
    return game[..., None] + noise * np.random.default_rng(seed).normal(size=(*game.shape, n_worlds))


def _counts(n_worlds: int, seed: int = 99, n_resamples: int = 200) -> np.ndarray:
    return bootstrap_counts(np.random.default_rng(seed).uniform(size=(n_resamples, n_worlds)))


def test_a_clear_game_has_one_stable_profile() -> None:
    found = stability(_worlds(DILEMMA, 1.0, 300, 0), np.ones((2, 300)), _counts(300))
    assert found.verdict is Verdict.UNIQUE
    assert found.is_stable.tolist() == [[False, False], [False, True]]
    np.testing.assert_array_equal(found.probability, [[0, 0], [0, 1]])
    assert found.indistinct == ()
    # standard error of a difference of two means of 300 draws each
    np.testing.assert_allclose(found.error, np.sqrt(2 / 300), rtol=0.25)


def test_two_clear_equilibria_are_several() -> None:
    found = stability(_worlds(SEXES, 0.5, 300, 1), np.ones((2, 300)), _counts(300))
    assert found.verdict is Verdict.SEVERAL
    np.testing.assert_array_equal(found.is_stable, [[True, False], [False, True]])


def test_two_profiles_closer_than_their_error_cannot_be_told_apart() -> None:
    game = DILEMMA.copy()
    game[0, 0, 1] = 1.02  # the first player loses almost nothing by cooperating against a defector
    found = stability(_worlds(game, 1.0, 200, 2), np.ones((2, 200)), _counts(200))
    assert found.verdict is Verdict.OPEN
    assert found.indistinct == (((0, 1), (1, 1)),)
    assert 0 < found.probability[1, 1] < 1
    np.testing.assert_allclose(found.probability[0, 1] + found.probability[1, 1], 1)


def test_a_tolerance_wider_than_the_error_makes_both_stable() -> None:
    game = DILEMMA.copy()
    game[0, 0, 1] = 1.02
    found = stability(_worlds(game, 1.0, 200, 2), np.ones((2, 200)), _counts(200), epsilon=0.6)
    assert found.verdict is Verdict.SEVERAL
    np.testing.assert_array_equal(found.tolerant, [[0, 1], [0, 1]])


@pytest.mark.parametrize("shape", [(2,), (5,), (2, 2), (4, 3, 3)])
def test_null_games_have_no_unique_stable_profile(shape: tuple[int, ...]) -> None:
    # strategies differ by luck alone: at most one seed in 20 may say otherwise
    null = np.zeros((len(shape), *shape))
    verdicts = [
        stability(_worlds(null, 1.0, 60, seed), np.ones((len(shape), 60)), _counts(60, seed)).verdict
        for seed in range(20)
    ]
    assert sum(verdict is Verdict.UNIQUE for verdict in verdicts) <= 1


def test_exact_ties_under_common_luck_are_stable_all() -> None:
    luck = np.random.default_rng(3).normal(size=(2, 1, 1, 50))
    table = np.broadcast_to(luck, (2, 2, 3, 50))
    found = stability(table, np.random.default_rng(4).uniform(size=(2, 50)), _counts(50))
    assert found.verdict is Verdict.SEVERAL
    assert found.is_stable.all()


def test_band_covers_all_comparisons_together() -> None:
    null = np.zeros((2, 3, 3))
    wrong = 0
    for seed in range(100):
        found = stability(_worlds(null, 1.0, 100, seed), np.ones((2, 100)), _counts(100, seed + 1000), confidence=0.95)
        wrong += bool(found.is_unstable.any())
    assert wrong <= 11  # nominal 5 in 100; 12 or more would happen by chance less than once in 200


def test_relabelling_players_relabels_the_answer() -> None:
    table, belief, drawn = _worlds(SEXES, 1.0, 80, 5), np.random.default_rng(6).uniform(size=(2, 80)), _counts(80)
    found = stability(table, belief, drawn)
    turned = stability(np.transpose(table[::-1], (0, 2, 1, 3)), belief[::-1], drawn)
    np.testing.assert_allclose(turned.probability, found.probability.T)
    np.testing.assert_allclose(turned.error[::-1].transpose(0, 2, 1), found.error)
    assert turned.verdict is found.verdict


def test_bootstrap_draws_as_many_worlds_as_there_are() -> None:
    drawn = _counts(37, n_resamples=50)
    assert (drawn.sum(axis=1) == 37).all()
    np.testing.assert_array_equal(bootstrap_counts([[0.0, 0.99, 0.5, 0.51]]), [[1, 0, 2, 1]])


def test_weighted_games_are_expectations() -> None:
    table, weights = _worlds(DILEMMA, 1.0, 9, 7), np.random.default_rng(8).uniform(size=(4, 2, 9))
    games = weighted_games(table, weights)
    for k in range(4):
        for i in range(2):
            np.testing.assert_allclose(games[k, i], np.average(table[i], axis=-1, weights=weights[k, i]))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"weights": np.ones((2, 4))}, "weights must be"),
        ({"counts": np.ones((5, 30))}, "at least 20"),
        ({"counts": np.zeros((30, 30))}, "no weight to any world"),
        ({"confidence": 1.0}, "confidence must be"),
        ({"epsilon": -1.0}, "a tolerance must be"),
    ],
)
def test_what_does_not_fit_is_refused(change: dict, message: str) -> None:
    given = {"payoffs": _worlds(DILEMMA, 1.0, 30, 0), "weights": np.ones((2, 30)), "counts": _counts(30)} | change
    with pytest.raises(ValueError, match=message):
        stability(**given)
