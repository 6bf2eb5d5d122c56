"""Where the logit branch of a symmetric game meets others: a pitchfork, which is said and is no failure."""

from __future__ import annotations

import numpy as np
import pytest

from standoff.analysis.games.exchange import NamedGame
from standoff.analysis.games.quantal.crossings import count_crossings
from standoff.analysis.games.solved import solve

COORDINATION = np.array([[[2.0, 0.0], [0.0, 2.0]]] * 2)
DILEMMA = np.array([[[3.0, 0.0], [5.0, 1.0]], [[3.0, 5.0], [0.0, 1.0]]])


def named(payoffs):
    return NamedGame("game", ("row", "column"), (("a", "b"), ("a", "b")), payoffs)


def test_a_symmetric_game_goes_straight_through_the_pitchfork():
    """Both strategies alike to the end, though each pure profile is an equilibrium too; the branch is complete."""
    found = solve(named(COORDINATION))
    assert found.n_bifurcations == 1
    assert found.is_complete
    assert found.mixes[0] == pytest.approx([0.5, 0.5])
    assert len(found.pure) == 2


@pytest.mark.parametrize("n_strategies", [3, 4])
def test_two_branches_that_meet_it_at_once_are_seen(n_strategies):
    """Coordination on one of n alike: at precision n all n - 1 ways to break the symmetry open together."""
    payoffs = np.array([np.eye(n_strategies)] * 2)
    names = tuple("abcd"[:n_strategies])
    found = solve(NamedGame("game", ("row", "column"), (names, names), payoffs))
    assert found.n_bifurcations == 1
    assert found.mixes[0] == pytest.approx([1.0 / n_strategies] * n_strategies)


def test_crossings_are_seen_among_three_players_and_not_without_symmetry():
    alike = np.stack([np.eye(3)[:, :, None] * np.eye(3)[None]] * 3)
    assert count_crossings(alike) == 1
    assert count_crossings(np.array([np.diag([1.0, 2.0, 3.0])] * 2)) == 0
    assert not any(count_crossings(np.random.default_rng(seed).normal(size=(2, 3, 3))) for seed in range(10))


def test_a_game_with_one_branch_meets_no_other():
    found = solve(named(DILEMMA))
    assert found.n_bifurcations == 0
    assert found.mixes[0] == pytest.approx([0.0, 1.0], abs=1e-6)
