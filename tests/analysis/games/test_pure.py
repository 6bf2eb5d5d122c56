"""Pure equilibria and ε-equilibria: known games, ties, invariances, and Gambit's answers."""

from pathlib import Path

import numpy as np
import pytest

from standoff.analysis.games.pure import pure_equilibria, stable_profiles

STORED = Path(__file__).parents[2] / "data" / "gambit" / "results.npz"
RNG = np.random.default_rng(1951)

PENNIES = [[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]]
SEXES = [[[2, 0], [0, 1]], [[1, 0], [0, 2]]]
STAG_HUNT = [[[4, 0], [3, 3]], [[4, 3], [0, 3]]]
DILEMMA = [[[3, 0], [5, 1]], [[3, 5], [0, 1]]]
# B. von Stengel, New maximal numbers of equilibria in bimatrix games (1999): 75 equilibria, two of them pure
STENGEL = [
    [
        [9504, -660, 19976, -20526, 1776, -8976],
        [-111771, 31680, -130944, 168124, -8514, 52764],
        [397584, -113850, 451176, -586476, 29216, -178761],
        [171204, -45936, 208626, -263076, 14124, -84436],
        [1303104, -453420, 1227336, -1718376, 72336, -461736],
        [737154, -227040, 774576, -1039236, 48081, -300036],
    ],
    [
        [72336, 48081, 29216, 14124, 1776, -8514],
        [-461736, -300036, -178761, -84436, -8976, 52764],
        [1227336, 774576, 451176, 208626, 19976, -130944],
        [-1718376, -1039236, -586476, -263076, -20526, 168124],
        [1303104, 737154, 397584, 171204, 9504, -111771],
        [-453420, -227040, -113850, -45936, -660, 31680],
    ],
]


@pytest.mark.parametrize(
    ("game", "expected"),
    [
        (PENNIES, []),
        (SEXES, [(0, 0), (1, 1)]),
        (STAG_HUNT, [(0, 0), (1, 1)]),
        (DILEMMA, [(1, 1)]),
        (STENGEL, [(1, 5), (4, 0)]),
    ],
)
def test_known_games(game: list, expected: list) -> None:
    assert [found.profile for found in pure_equilibria(game)] == expected


@pytest.mark.parametrize("k", range(12))
def test_agrees_with_gambit_on_stored_games(k: int) -> None:
    stored = np.load(STORED)
    games = stored[f"pure_games_{k}"].astype(float)
    shape = (len(games), *games.shape[2:])
    expected = np.unpackbits(stored[f"pure_stable_{k}"])[: np.prod(shape)].reshape(shape).astype(bool)
    np.testing.assert_array_equal(stable_profiles(games), expected)


def test_stored_games_are_300_and_some_have_ties() -> None:
    stored = np.load(STORED)
    counts = [len(stored[f"pure_games_{k}"]) for k in range(12)]
    assert sum(counts) == 300
    assert np.unpackbits(stored["pure_stable_11"])[:36].all()  # nothing but ties


def test_one_game_and_many_agree_whatever_the_threads() -> None:
    games = RNG.integers(-3, 4, (50, 4, 3, 2, 4, 2)).astype(float)
    for epsilon in (0.0, 1.0, 2.5):
        stable = stable_profiles(games, epsilon)
        np.testing.assert_array_equal(stable, stable_profiles(games, epsilon, threads=3))
        for game, mark in zip(games, stable, strict=True):
            assert [found.profile for found in pure_equilibria(game, epsilon)] == [tuple(s) for s in np.argwhere(mark)]


def test_epsilon_equilibria_are_those_with_regret_within_it() -> None:
    # In the dilemma mutual cooperation leaves each 2 short; one sucker's profile leaves one 1 short, the other nothing
    assert [found.profile for found in pure_equilibria(DILEMMA, 1.0)] == [(0, 1), (1, 0), (1, 1)]
    found = pure_equilibria(DILEMMA, 2.0)
    assert len(found) == 4
    np.testing.assert_array_equal(found[0].regret, [2, 2])
    np.testing.assert_array_equal(found[1].regret, [1, 0])
    np.testing.assert_array_equal(found[1].payoffs, [0, 5])
    assert all((one.regret <= 2).all() for one in found)


def test_next_double_above_the_tolerance_is_no_equilibrium() -> None:
    game = [[[0.0, 0.0], [np.nextafter(1.0, 2.0), 0.0]], [[0.0, 0.0], [0.0, 0.0]]]
    assert (0, 0) not in [found.profile for found in pure_equilibria(game, 1.0)]
    game[0][1][0] = 1.0
    assert (0, 0) in [found.profile for found in pure_equilibria(game, 1.0)]


def test_relabelled_rescaled_and_reordered_games_have_the_same_equilibria() -> None:
    game = RNG.integers(-4, 5, (3, 3, 4, 2)).astype(float)
    stable = stable_profiles(game[None])[0]
    order = RNG.permutation(4)
    np.testing.assert_array_equal(stable_profiles(game[None, :, :, order])[0], stable[:, order])
    scaled = game * np.array([0.5, 8.0, 2.0])[:, None, None, None] + np.array([3.0, -64.0, 1.0])[:, None, None, None]
    np.testing.assert_array_equal(stable_profiles(scaled[None])[0], stable)
    turned = np.transpose(game[[2, 0, 1]], (0, 3, 1, 2))
    np.testing.assert_array_equal(stable_profiles(turned[None])[0], np.transpose(stable, (2, 0, 1)))


def test_a_single_player_takes_its_best_strategies() -> None:
    assert [found.profile for found in pure_equilibria([[1.0, 3.0, 3.0]])] == [(1,), (2,)]


@pytest.mark.parametrize(
    ("game", "message"),
    [
        (np.zeros((2, 3)), "one axis of strategies for each player"),
        (np.zeros((2, 3, 0)), "every player needs a strategy"),
        (np.array([[[np.nan]], [[0.0]]]), "must be finite"),
        (np.array([[[np.inf]], [[-np.inf]]]), "must be finite"),
    ],
)
def test_what_is_not_a_game_is_refused(game: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        pure_equilibria(game)


@pytest.mark.parametrize("epsilon", [-1.0, np.nan, np.inf])
def test_a_meaningless_tolerance_is_refused(epsilon: float) -> None:
    with pytest.raises(ValueError, match="a tolerance must be"):
        pure_equilibria(DILEMMA, epsilon)


def test_payoffs_whose_sum_overflows_are_still_finite() -> None:
    assert [found.profile for found in pure_equilibria([[1e308, 1.5e308]])] == [(1,)]
