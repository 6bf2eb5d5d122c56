"""Draws of beliefs: the exponential tilt, and which assumptions lean."""

from __future__ import annotations

import numpy as np
import pytest

from standoff.analysis.findings import Inputs
from standoff.analysis.others.draws import draw_beliefs, rank_movers, tilt


@pytest.mark.parametrize("mean", [0.05, 0.25, 0.5, 0.5000001, 0.75, 0.99])
def test_a_tilt_has_the_mean_asked_for(mean: float) -> None:
    """The mean of the density κ exp(κu)/(exp(κ) − 1) on (0, 1), by Gauss-Legendre quadrature (Efron 1981)."""
    u, weight = np.polynomial.legendre.leggauss(200)
    density = np.exp(tilt(mean) * (u + 1.0) / 2.0) * weight
    assert density @ (u + 1.0) / 2.0 / density.sum() == pytest.approx(mean, abs=1e-9)


def _game(n_worlds: int) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.float64]], Inputs]:
    """Two players; the first's choice hangs on `one`, the second's on nothing."""
    one, two = (np.arange(n_worlds) + 0.5) / n_worlds, np.random.default_rng(1).permutation(n_worlds) / n_worlds
    payoffs = np.zeros((2, 2, 2, n_worlds))
    payoffs[0, 1] = one - 0.5
    payoffs[1, :, 1] = 0.1
    return payoffs + 3.0 * two, Inputs(("one", "two"), np.column_stack([one, two]))


def test_only_what_moves_differences_between_strategies_leans() -> None:
    payoffs, inputs = _game(300)
    explained = rank_movers(payoffs, inputs)
    assert explained[0, 0] == pytest.approx(8 / 9, abs=0.01)  # terciles of a straight line
    assert abs(explained[1, 0]) < 0.02
    assert explained[:, 1] == pytest.approx([0.0, 0.0], abs=0.02)
    drawn = draw_beliefs(payoffs, np.full((2, 300), 1 / 300), inputs, 64)
    assert drawn.names == ("one",)
    # described by the player it concerns, whose believed mean of a uniform assumption is its lean
    assert drawn.means.values[:, 0] == pytest.approx(drawn.weights[:, 0] @ inputs.column("one"))
    assert drawn.means.values[:, 0] == pytest.approx(drawn.leans[:, 0], abs=0.005)
    assert 0.25 <= drawn.leans.min() < 0.35 and 0.65 < drawn.leans.max() <= 0.75
    assert np.allclose(drawn.weights.sum(axis=2), 1.0)


def test_a_game_in_which_nothing_matters_leaves_beliefs_alone() -> None:
    payoffs, inputs = _game(64)
    drawn = draw_beliefs(np.zeros_like(payoffs), np.full((2, 64), 1 / 64), inputs, 8)
    assert drawn.names == ()
    assert np.allclose(drawn.weights, 1 / 64)
    assert np.allclose(drawn.effective_worlds, 64)
