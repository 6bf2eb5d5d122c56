"""Iterated strict dominance: textbook games, order, mixtures, and agreement with brute force."""

import numpy as np
import pytest

from standoff.analysis.games.dominance import iterated_dominance, undominated
from standoff.analysis.games.pure import pure_equilibria

# R. Gibbons, A Primer in Game Theory (1992), figure 1.1.1: right goes, then down, then left
GIBBONS = [[[1, 1, 0], [0, 0, 2]], [[0, 2, 1], [3, 1, 0]]]


def test_textbook_game_in_its_order() -> None:
    found = iterated_dominance(GIBBONS)
    assert found.strategies == ((0,), (1,))
    assert [(one.round, one.player, one.strategy) for one in found.eliminated] == [(1, 1, 2), (2, 0, 1), (3, 1, 0)]
    np.testing.assert_array_equal(found.eliminated[0].dominated_by, [0, 1, 0])
    assert found.eliminated[0].margin == 1


def test_a_mixture_dominates_what_no_pure_strategy_does() -> None:
    # M. Osborne and A. Rubinstein (1994), figure 61.1: half top and half middle beat bottom
    game = np.array([[[3.0, 0], [0, 3], [1, 1]], [[0, 0], [0, 0], [0, 0]]])
    assert iterated_dominance(game, by_mixtures=False).strategies == ((0, 1, 2), (0, 1))
    found = iterated_dominance(game)
    assert found.strategies == ((0, 1), (0, 1))
    np.testing.assert_allclose(found.eliminated[0].dominated_by, [0.5, 0.5, 0], atol=1e-9)
    np.testing.assert_allclose(found.eliminated[0].margin, 0.5, atol=1e-9)


def test_weak_dominance_and_equal_mixtures_strike_nothing() -> None:
    weak = [[[1, 1], [1, 0]], [[0, 0], [0, 0]]]
    assert iterated_dominance(weak).eliminated == ()
    level = np.array([[[2.0, 0], [0, 2], [1, 1]], [[0, 0], [0, 0], [0, 0]]])
    assert iterated_dominance(level).eliminated == ()


def test_no_equilibrium_is_ever_struck_out() -> None:
    games = np.random.default_rng(2).integers(-5, 6, (40, 3, 3, 3, 2)).astype(float)
    struck = 0
    for game in games:
        found = iterated_dominance(game)
        struck += len(found.eliminated)
        for one in pure_equilibria(game):
            assert all(s in kept for s, kept in zip(one.profile, found.strategies, strict=True))
    assert struck > 10


def test_many_games_at_once_agree_with_one_by_one() -> None:
    games = np.random.default_rng(3).integers(-3, 4, (60, 3, 3, 2, 3)).astype(float)
    alive = undominated(games)
    assert not all(own.all() for own in alive)
    for g, game in enumerate(games):
        expected = iterated_dominance(game, by_mixtures=False).strategies
        assert tuple(tuple(np.flatnonzero(own[g])) for own in alive) == expected


def test_relabelling_players_relabels_the_answer() -> None:
    game = np.random.default_rng(5).integers(-3, 4, (2, 4, 3)).astype(float)
    turned = np.transpose(game[::-1], (0, 2, 1))
    assert iterated_dominance(turned).strategies == iterated_dominance(game).strategies[::-1]


def test_what_is_not_a_game_is_refused() -> None:
    with pytest.raises(ValueError, match="one axis of strategies"):
        iterated_dominance(np.zeros((3, 2, 2)))
