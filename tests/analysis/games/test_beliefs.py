"""Shares over draws of beliefs, and worlds solved alone."""

import numpy as np
import pytest

from standoff.analysis.games.bayesian import condition
from standoff.analysis.games.beliefs import equilibria_by_world, rule_shares, stable_shares
from standoff.analysis.games.pure import pure_equilibria

DILEMMA = np.array([[[3.0, 0], [5, 1]], [[3, 5], [0, 1]]])
TRUST = np.array([[[6.0, 0], [5, 1]], [[6, 5], [0, 1]]])
TABLE = np.stack([DILEMMA, TRUST], axis=-1)


def test_share_of_beliefs_follows_the_weight_on_the_world_of_trust() -> None:
    # Cooperating is a best reply to cooperation where 3(1 − w) + 6w ≥ 5, w ≥ 2/3, for both
    trust = np.linspace(0, 1, 301)
    weights = np.stack([1 - trust, trust], axis=-1)
    (found,) = stable_shares(TABLE, np.stack([weights, weights], axis=1), (1e-12,))
    np.testing.assert_array_equal(found.is_equilibrium[:, 0, 0], trust >= 2 / 3 - 1e-9)
    np.testing.assert_allclose(found.share, [[101 / 301, 0], [0, 1]])
    np.testing.assert_array_equal(found.n_equilibria, 1 + (trust >= 2 / 3 - 1e-9))
    np.testing.assert_allclose(found.survival[0], [100 / 301, 1], atol=1.1 / 301)
    np.testing.assert_allclose(found.effective_worlds[150], 2)
    assert (found.error > 0).all()


def test_worlds_alone_are_solved_as_games_alone() -> None:
    table = np.random.default_rng(0).integers(-3, 4, (3, 2, 3, 2, 50)).astype(float)
    stable = equilibria_by_world(table)
    for w in range(50):
        assert [tuple(s) for s in np.argwhere(stable[w])] == [one.profile for one in pure_equilibria(table[..., w])]


def test_rule_shares_count_games() -> None:
    known = np.array([[0, 0], [0, 1]])
    games = [condition(TABLE, np.array([[1 - w, w]] * 2), known) for w in (0.1, 0.4, 0.9)]
    found = rule_shares(games)
    # she defects in the dilemma and answers in kind where there is trust; cooperating then pays him if w ≥ 1/2
    assert found.rules == (((1,), (1, 1)), ((0,), (1, 0)))
    np.testing.assert_allclose(found.shares, [1, 1 / 3])
    assert (found.without, found.unfinished) == (0, 0)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="beliefs must be"):
        stable_shares(TABLE, np.ones((3, 2, 5)))
    with pytest.raises(ValueError, match="no games"):
        rule_shares([])
