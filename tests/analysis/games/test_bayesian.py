"""Games of private information: textbook solutions, the whole table of rules, limits, and budgets."""

from itertools import product

import numpy as np
import pytest

from standoff.analysis.games.bayesian import (
    BayesianGame,
    bayesian_equilibria,
    condition,
)
from standoff.analysis.games.pure import pure_equilibria
from standoff.analysis.games.quantal.responses import branch_limits, quantal_responses

# M. Osborne, An Introduction to Game Theory (2004), example 273.1: does she wish to meet him, or to avoid him?
MEET = np.array([[[2.0, 0], [0, 1]], [[1, 0], [0, 2]]])
AVOID = np.array([[[2.0, 0], [0, 1]], [[0, 2], [1, 0]]])
SEXES = np.stack([MEET, AVOID], axis=-1)
# Osborne (2004), section 9.3.1: being informed, and known to be, hurts the second player
SMALL = 0.25
FIRST = np.array([[[1, 1, 1], [2, 0, 0]], [[2 * SMALL, 0, 3 * SMALL], [2, 0, 3]]])
SECOND = np.array([[[1, 1, 1], [2, 0, 0]], [[2 * SMALL, 3 * SMALL, 0], [2, 3, 0]]])
HURTS = np.stack([FIRST, SECOND], axis=-1)
INFORMED = np.array([[0, 0], [0, 1]])
EVEN = np.ones((2, 2))


def test_meet_or_avoid_has_its_one_pure_equilibrium() -> None:
    found = bayesian_equilibria(condition(SEXES, EVEN, INFORMED))
    assert found.is_complete
    assert [one.rules for one in found.equilibria] == [((0,), (0, 1))]
    np.testing.assert_array_equal(found.equilibria[0].regret, [0, 0])
    np.testing.assert_allclose(found.equilibria[0].payoffs, [1.0, 1.5])


def test_more_information_may_hurt() -> None:
    ignorant = bayesian_equilibria(condition(HURTS, EVEN))
    assert [one.rules for one in ignorant.equilibria] == [((1,), (0,))]
    np.testing.assert_allclose(ignorant.equilibria[0].payoffs, [2, 2])
    informed = bayesian_equilibria(condition(HURTS, EVEN, INFORMED))
    assert [one.rules for one in informed.equilibria] == [((0,), (2, 1))]
    np.testing.assert_allclose(informed.equilibria[0].payoffs, [1, 3 * SMALL])


def test_quantal_branch_of_the_informed_game_ends_there_too() -> None:
    limit = branch_limits(condition(HURTS, EVEN, INFORMED))
    for mix, played in zip(limit.mixes, ([1, 0], [0, 0, 1], [0, 1, 0]), strict=True):
        np.testing.assert_allclose(mix[0], played, atol=1e-9)
    assert limit.regret.max() < 1e-9


def test_without_information_it_is_the_average_game() -> None:
    rng = np.random.default_rng(1)
    table, belief = rng.normal(size=(3, 2, 3, 2, 40)), rng.uniform(size=(3, 40))
    game = condition(table, belief)
    average = np.stack([own @ (w / w.sum()) for own, w in zip(table, belief, strict=True)])
    found = [tuple(rule[0] for rule in one.rules) for one in bayesian_equilibria(game).equilibria]
    assert found == [one.profile for one in pure_equilibria(average)]
    plain, agent = quantal_responses(average[None], [3.0]), quantal_responses(game, [3.0])
    for left, right in zip(plain.mixes, agent.mixes, strict=True):
        np.testing.assert_allclose(left, right, atol=1e-10)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("epsilon", [0.0, 0.15])
def test_agrees_with_the_whole_table_of_rules(seed: int, epsilon: float) -> None:
    rng = np.random.default_rng(seed)
    table, belief = rng.normal(size=(3, 2, 2, 2, 12)), rng.uniform(size=(3, 12))
    known = np.stack([rng.integers(0, 3, 12), rng.integers(0, 2, 12), np.zeros(12, dtype=int)])
    game = condition(table, belief, known)
    rules = [list(product(range(2), repeat=len(names))) for names in game.labels]
    whole = np.array([_expected(table, belief, known, game, choice) for choice in product(*rules)])
    whole = whole.T.reshape(3, *map(len, rules))
    expected = [tuple(rules[i][k] for i, k in enumerate(one.profile)) for one in pure_equilibria(whole, epsilon)]
    found = bayesian_equilibria(game, epsilon)
    assert found.is_complete
    assert [one.rules for one in found.equilibria] == expected
    for one in found.equilibria:
        at = tuple(rules[i].index(rule) for i, rule in enumerate(one.rules))
        np.testing.assert_allclose(one.payoffs, whole[:, *at], atol=1e-12)
        assert (one.regret <= epsilon).all()


def test_large_games_of_rules_are_solved_without_their_table() -> None:
    # four actors with four strategies and nine bins each: 4^36 profiles of rules
    rng = np.random.default_rng(12)
    table = rng.normal(size=(4, 4, 4, 4, 4, 60)) * 0.05
    for i in range(4):
        best = rng.integers(0, 4, 60)
        view = np.moveaxis(table[i], i, 0)
        view[best, ..., np.arange(60)] += 2.0  # in each world one strategy is best whatever the others do
    known = np.stack([np.arange(60) % 9] * 4)
    found = bayesian_equilibria(condition(table, np.ones((4, 60)), known), max_nodes=500)
    assert found.is_complete
    for one in found.equilibria:
        assert (one.regret == 0).all()


def test_a_spent_budget_is_told() -> None:
    ties = condition(np.zeros((2, 3, 3, 8)), np.ones((2, 8)), np.stack([np.arange(8) % 4] * 2))
    found = bayesian_equilibria(ties, max_nodes=20)
    assert not found.is_complete
    assert len(found.equilibria) <= 20
    assert not bayesian_equilibria(ties, seconds=0.0).is_complete


def test_beliefs_may_differ() -> None:
    # Each is sure of the other world: the first thinks her willing to meet, she knows better
    certain = condition(SEXES, [[1, 0], [0, 1]], INFORMED)
    rules = {one.rules for one in bayesian_equilibria(certain).equilibria}
    assert ((0,), (0, 1)) in rules
    assert all(rule[0] == (0,) or rule[1][0] == 1 for rule in rules)


@pytest.mark.parametrize(
    ("weights", "known", "message"),
    [
        (np.ones((2, 3)), None, "weights must be"),
        ([[1, 1], [0, 0]], None, "above 0 in some world"),
        ([[1, -1], [1, 1]], None, "at least 0"),
        (EVEN, np.zeros((2, 3), dtype=int), "information must be"),
        (EVEN, np.zeros((2, 2)), "information must be"),
    ],
)
def test_what_does_not_fit_is_refused(weights: np.ndarray, known: np.ndarray | None, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        condition(SEXES, weights, known)


def _expected(table: np.ndarray, belief: np.ndarray, known: np.ndarray, game: BayesianGame, choice: tuple) -> list:
    """Payoffs of a profile of rules, world by world."""
    total = np.zeros(len(table))
    for w in range(table.shape[-1]):
        bins = [game.labels[i].index(known[i, w]) for i in range(len(table))]
        played = tuple(choice[i][b] for i, b in enumerate(bins))
        total += belief[:, w] / belief.sum(axis=1) * table[(slice(None), *played, w)]
    return total.tolist()
