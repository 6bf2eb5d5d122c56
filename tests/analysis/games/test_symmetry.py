"""Where the logit branch of a symmetric game meets others: a pitchfork, which is said and is no failure."""

from __future__ import annotations

import numpy as np
import pytest

from standoff.analysis.games.exchange import NamedGame
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


def test_a_game_with_one_branch_meets_no_other():
    found = solve(named(DILEMMA))
    assert found.n_bifurcations == 0
    assert found.mixes[0] == pytest.approx([0.0, 1.0], abs=1e-6)
