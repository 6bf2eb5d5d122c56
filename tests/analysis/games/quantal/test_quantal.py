"""Logit quantal response: published and closed forms, Gambit's answers, degenerate games, invariances."""

from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar
from scipy.special import softmax

from standoff.analysis.games.normalform import strategy_payoffs
from standoff.analysis.games.quantal.responses import branch_limits, quantal_responses

STORED = Path(__file__).parents[3] / "data" / "gambit" / "results.npz"

PENNIES = np.array([[[1.0, -1], [-1, 1]], [[-1, 1], [1, -1]]])
SEXES = np.array([[[2.0, 0], [0, 1]], [[1, 0], [0, 2]]])
STAG_HUNT = np.array([[[4.0, 0], [3, 3]], [[4, 3], [0, 3]]])
DILEMMA = np.array([[[3.0, 0], [5, 1]], [[3, 5], [0, 1]]])
LOPSIDED = np.array([[[9.0, 0], [0, 1]], [[0, 1], [1, 0]]])
COORDINATION = np.array([[[1.0, 0], [0, 1]], [[1, 0], [0, 1]]])
# R. Nau, S. Gomez Canovas and P. Hansen, On the geometry of Nash equilibria and correlated equilibria (2004), section 4
NAU = np.zeros((3, 2, 2, 2))
NAU[:, 0, 0, 0], NAU[:, 1, 0, 0], NAU[:, 0, 1, 0], NAU[:, 1, 1, 0] = (3, 0, 2), (0, 1, 0), (0, 2, 0), (1, 0, 0)
NAU[:, 0, 0, 1], NAU[:, 1, 0, 1], NAU[:, 0, 1, 1], NAU[:, 1, 1, 1] = (1, 0, 0), (0, 3, 0), (0, 1, 0), (2, 0, 3)


def test_benchmark_of_lopsided_matching_pennies() -> None:
    found = quantal_responses(LOPSIDED[None], [0.5, 1, 2, 5], scaled=False)
    np.testing.assert_allclose(found.mixes[0][0, :, 0], [0.830671, 0.893576, 0.860754, 0.701984], atol=5e-7)
    np.testing.assert_allclose(found.mixes[1][0, :, 0], [0.418077, 0.312780, 0.191078, 0.117135], atol=5e-7)
    assert (found.residual < 1e-9).all()


@pytest.mark.parametrize("k", range(7))
def test_agrees_with_gambit_on_stored_games(k: int) -> None:
    stored = np.load(STORED)
    games, expected = stored[f"logit_games_{k}"].astype(float), stored[f"logit_mixes_{k}"]
    precisions = np.array([1.0, 3.0, 10.0])
    for game, mixes in zip(games, expected, strict=True):
        scale = np.ptp(game.reshape(len(game), -1), axis=1).max()
        found = quantal_responses(game[None], precisions / scale, scaled=False)
        assert found.is_reached.all()
        assert (found.residual < 1e-9).all()
        before = ~(found.first_turn[0] < found.precisions)
        assert before[0]
        mine = np.concatenate([mix[0] for mix in found.mixes], axis=-1)
        np.testing.assert_allclose(mine[before], mixes[before], atol=1e-6)


def test_mixes_are_the_logit_of_their_own_payoffs() -> None:
    games = np.random.default_rng(7).normal(size=(20, 4, 5, 4, 3, 3))
    found = quantal_responses(games, [1.0, 4.0, 20.0], scaled=False)
    assert found.is_reached.all()
    for g, game in enumerate(games):
        for k, precision in enumerate(found.precisions):
            mixes = tuple(mix[g, k] for mix in found.mixes)
            for mix, values in zip(mixes, strategy_payoffs(game, mixes), strict=True):
                np.testing.assert_allclose(mix, softmax(precision * values), atol=1e-9)


def test_symmetric_two_by_two_has_its_closed_form() -> None:
    # With the same payoffs for both the branch solves p = logistic(λ (u(0, p) − u(1, p)))
    found = quantal_responses(STAG_HUNT[None], [0.2, 0.7], scaled=False)
    for k, precision in enumerate(found.precisions):
        root = brentq(lambda p, lam=precision: p - 1 / (1 + np.exp(-lam * (4 * p - 3))), 0, 1, xtol=1e-15)
        np.testing.assert_allclose(found.mixes[0][0, k, 0], root, atol=1e-12)
        np.testing.assert_allclose(found.mixes[1][0, k, 0], root, atol=1e-12)


def test_dominant_strategy_dilemma_defects_more_and_more() -> None:
    found = quantal_responses(DILEMMA[None], [0, 1, 10, 100])
    share = found.mixes[0][0, :, 1]
    assert share[0] == 0.5
    assert (np.diff(share) > 0).all()
    np.testing.assert_allclose(branch_limits(DILEMMA[None]).mixes[0][0], [0, 1], atol=1e-12)


def test_branch_selects_the_risk_dominant_equilibrium() -> None:
    # T. Turocy (2005), theorem 7: in 2×2 games the principal branch ends in the risk-dominant equilibrium
    found = branch_limits(STAG_HUNT[None])
    np.testing.assert_allclose(found.mixes[0][0], [0, 1], atol=1e-9)
    assert found.is_complete.all()


def test_game_without_pure_equilibrium_ends_in_its_mixture() -> None:
    found = branch_limits(np.stack([PENNIES, LOPSIDED]))
    np.testing.assert_allclose(found.mixes[0], [[0.5, 0.5], [0.5, 0.5]], atol=1e-12)
    np.testing.assert_allclose(found.mixes[1], [[0.5, 0.5], [0.1, 0.9]], atol=1e-12)
    assert (found.regret < 1e-12).all()


def test_three_players_with_a_unique_irrational_equilibrium() -> None:
    # Indifference of all three leaves 2r² + 23r − 9 = 0 for the third player
    r = (np.sqrt(601) - 23) / 4
    found = branch_limits(NAU[None])
    np.testing.assert_allclose(found.mixes[2][0, 0], r, atol=1e-12)
    np.testing.assert_allclose(found.mixes[1][0, 0], (2 - r) / (3 + r), atol=1e-12)
    np.testing.assert_allclose(found.mixes[0][0, 0], (3 - 2 * r) / (4 - r), atol=1e-12)
    assert found.is_settled.all()
    assert found.regret.max() < 1e-12


def test_branch_that_folds_turns_where_its_closed_form_does() -> None:
    # Three identical players; what strategy 0 is worth more than 1 depends on how many others play 0, so that on
    # average it is d(p) = 0.3 + 40 (p − 1/2)²; the symmetric branch is λ(p) = log(p / (1 − p)) / d(p), with one fold.
    advantage = np.array([10.3, -9.7, 10.3])
    game = np.zeros((3, 2, 2, 2))
    for profile in np.ndindex(2, 2, 2):
        for i in range(3):
            if profile[i] == 0:
                others = sum(profile[k] == 0 for k in range(3) if k != i)
                game[(i, *profile)] = advantage[others]

    def precision(p: float) -> float:
        return float(np.log(p / (1 - p)) / (0.3 + 40 * (p - 0.5) ** 2))

    fold = minimize_scalar(lambda p: -precision(p), bounds=(0.5, 0.75), options={"xatol": 1e-12})
    top = precision(fold.x)
    assert precision(0.75) < top
    found = quantal_responses(game[None], [0.3, 0.99 * top, 1.2 * top], scaled=False)
    assert found.is_reached.all()
    assert found.n_turns[0] == 1
    np.testing.assert_allclose(found.first_turn[0], top, rtol=1e-6)
    for k, (low, high) in enumerate(((0.5, fold.x), (0.5, fold.x), (0.9, 1 - 1e-9))):
        root = brentq(lambda p, k=k: precision(p) - found.precisions[k], low, high, xtol=1e-15)
        np.testing.assert_allclose([mix[0, k, 0] for mix in found.mixes], root, atol=1e-9)


@pytest.mark.parametrize("scaled", [True, False])
def test_nothing_but_ties_stays_even(scaled: bool) -> None:
    found = quantal_responses(np.zeros((1, 3, 2, 3, 2)), [0, 1, 100], scaled=scaled)
    assert found.is_reached.all()
    np.testing.assert_array_equal(found.mixes[1][0], np.full((3, 3), 1 / 3))
    assert branch_limits(np.zeros((1, 3, 2, 3, 2)), scaled=scaled).regret.max() == 0


def test_symmetric_coordination_goes_straight_through_its_bifurcation() -> None:
    found = quantal_responses(COORDINATION[None], [1, 3, 10], scaled=False)
    np.testing.assert_allclose(found.mixes[0][0, :, 0], 0.5, atol=1e-12)
    assert found.n_bifurcations[0] == 1


def test_budget_gives_a_partial_answer() -> None:
    found = quantal_responses(LOPSIDED[None], [0.1, 1000.0], scaled=False, max_steps=6)
    assert found.is_reached.tolist() == [[True, False]]
    assert np.isnan(found.mixes[0][0, 1]).all()
    late = branch_limits(LOPSIDED[None], max_steps=3)
    assert not late.is_complete[0]
    assert late.regret.max() > 0
    spent = quantal_responses(LOPSIDED[None], [1.0], seconds=0.0)
    assert not spent.is_attempted.any()
    assert not spent.is_reached.any()


def test_scaled_precision_ignores_units_and_player_order() -> None:
    game = np.random.default_rng(3).normal(size=(3, 3, 2, 4))
    found = quantal_responses(game[None], [2.0, 9.0])
    other = game * np.array([0.01, 5.0, 300.0])[:, None, None, None] + np.array([4.0, 0.0, -7.0])[:, None, None, None]
    again = quantal_responses(other[None], [2.0, 9.0])
    turned = quantal_responses(np.transpose(game[[2, 0, 1]], (0, 3, 1, 2))[None], [2.0, 9.0])
    for i, k in enumerate((1, 2, 0)):
        np.testing.assert_allclose(again.mixes[i], found.mixes[i], atol=1e-10)
        np.testing.assert_allclose(turned.mixes[k], found.mixes[i], atol=1e-10)


def test_relabelled_strategies_are_relabelled_in_the_answer() -> None:
    game = np.random.default_rng(4).normal(size=(2, 5, 3))
    order = np.array([3, 1, 4, 0, 2])
    found, other = (quantal_responses(one[None], [6.0]) for one in (game, game[:, order]))
    np.testing.assert_allclose(other.mixes[0], found.mixes[0][:, :, order], atol=1e-10)


def test_threads_do_not_change_the_answer() -> None:
    games = np.random.default_rng(5).normal(size=(70, 3, 3, 3, 2))
    alone, shared = (quantal_responses(games, [1.0, 8.0], threads=k) for k in (1, 3))
    for left, right in zip(alone.mixes, shared.mixes, strict=True):
        np.testing.assert_array_equal(left, right)


@pytest.mark.parametrize("shape", [(2, 2), (3, 3), (4, 3, 3), (2, 2, 2, 2, 2)])
def test_games_full_of_ties_end_within_the_regret_they_tell(shape: tuple[int, ...]) -> None:
    games = np.random.default_rng(5).integers(0, 2, (100, len(shape), *shape)).astype(float)
    found = branch_limits(games)
    assert found.is_complete.all()
    assert found.regret.max() <= 1e-6
    for g, game in enumerate(games):
        values = strategy_payoffs(game, tuple(mix[g] for mix in found.mixes))
        regret = [(own.max() - own @ mix[g]) for own, mix in zip(values, found.mixes, strict=True)]
        np.testing.assert_allclose(found.regret[g], np.maximum(regret, 0), atol=1e-15)


def test_six_players() -> None:
    found = branch_limits(np.random.default_rng(6).normal(size=(3, 6, 2, 2, 2, 2, 2, 2)))
    assert found.is_complete.all()
    assert found.regret.max() < 1e-6


@pytest.mark.parametrize("precision", [-1.0, np.nan, np.inf])
def test_a_meaningless_precision_is_refused(precision: float) -> None:
    with pytest.raises(ValueError, match="precisions must be finite and at least 0"):
        quantal_responses(PENNIES[None], [precision])
