"""Regret where luck is large against differences, where the regression sees nothing, and on impossible pairs."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from shapes import SHAPES, draw

from standoff.analysis.robustness.metrics import measure_robustness
from standoff.analysis.robustness.regret import measure_regret

BY_NAME = {shape.name: shape for shape in SHAPES}


def test_what_the_regression_does_not_see_is_covered():
    """Two strategies apart by two or minus two, told by nothing that is given: truly 0.95 are lost on average."""
    for seed in range(5):
        drawn = draw(BY_NAME["hidden"], seed)
        regret = (drawn.truth.max(axis=0) - drawn.truth)[0]
        found = measure_regret(drawn.payoffs)
        assert found.mean["a"].low <= regret.mean() <= found.mean["a"].high
        assert found.worst_decile["a"].low <= np.sort(regret)[-102:].mean() <= found.worst_decile["a"].high
        assert found.worst["a"].low <= regret.max() <= found.worst["a"].high
        assert found.replications_wanted > 1.0


@pytest.mark.parametrize("name", [shape.name for shape in SHAPES])
def test_no_pair_is_impossible(name):
    found = measure_robustness(draw(BY_NAME[name], 1).payoffs)
    for s in found.names:
        regrets = found.regret.mean[s], found.regret.worst_decile[s], found.regret.worst[s]
        payoffs = found.tails.worst_world[s], found.tails.worst_decile[s], found.expected[s].payoff
        for one, other in (*pairwise(regrets), *pairwise(payoffs)):
            assert one.value <= other.value
        for one, other in (*pairwise(regrets), payoffs[:2]):
            assert one.low <= other.low
            assert one.high <= other.high


def test_without_luck_regret_is_what_it_is():
    drawn = draw(BY_NAME["interaction"], 1)
    exact = np.stack([drawn.truth, drawn.truth], axis=-1)
    payoffs = type(drawn.payoffs)(drawn.payoffs.names, drawn.truth, drawn.payoffs.inputs, exact)
    regret = drawn.truth.max(axis=0) - drawn.truth
    found = measure_regret(payoffs)
    for s, name in enumerate(payoffs.names):
        assert found.mean[name].value == pytest.approx(regret[s].mean(), rel=1e-6)
        assert found.worst[name].value == pytest.approx(regret[s].max(), rel=1e-6)
    assert found.replications_wanted is None


@pytest.mark.parametrize("seed", [80_011, 80_025, 80_046])
def test_near_ties_are_not_surely_best_in_any_world(seed):
    """Studies in which a regression seemed by chance to leave nothing unexplained, so that worlds were sure."""
    assert measure_regret(draw(BY_NAME["near ties"], seed).payoffs).cannot_tell == 1.0


def test_errors_of_regret_and_of_the_worst_tenth_are_those_of_an_even_design():
    """On a kink of one input: over 12 studies the low ends miss about as often as they say, and not never."""
    found = [measure_robustness(draw(BY_NAME["kink"], seed).payoffs) for seed in range(12)]
    even = np.mean([one.regret.mean["a"].value - one.regret.mean["a"].low for one in found])
    # of independent worlds 0.046 each way, by 2 standard errors
    assert even < 0.08
    assert sum(one.regret.mean["a"].low <= 0.72 <= one.regret.mean["a"].high for one in found) >= 10
