"""Where a lead changes hands: jumps, lines, and what cannot be told."""

from __future__ import annotations

import numpy as np
import pytest
from shapes import SHAPES, draw

from standoff.analysis.linchpins.breaks import find_break, has_heavy_luck
from standoff.analysis.linchpins.effort import Effort
from standoff.analysis.linchpins.worth import measure_worths

BY_NAME = {shape.name: shape for shape in SHAPES}
N = 1024
X = (np.arange(N) + 0.5) / N


def study(lead, luck, seed):
    return lead + np.random.default_rng(seed).normal(0.0, luck, N)


@pytest.mark.parametrize(
    ("lead", "truth"),
    [
        (np.where(X < 0.62, 1.0, -1.0), 0.62),
        (np.where(X < 0.30, 3.0, -1.0), 0.30),
        (0.45 - X, 0.45),
        (np.where(X < 0.5, 1.0, -9.0 * (X - 0.6)), 0.6),
    ],
)
@pytest.mark.parametrize("luck", [0.2, 1.5])
def test_the_interval_covers(lead, truth, luck):
    found = [find_break(study(lead, luck, seed), np.full(N, 1.0 / N)) for seed in range(100)]
    assert sum(low / N - 1e-3 <= truth <= high / N + 1e-3 for _, low, high in found) >= 92


def test_a_jump_is_told_to_a_few_worlds():
    at, low, high = find_break(study(np.where(X < 0.3, 3.0, -1.0), 0.5, 1), np.full(N, 1.0 / N))
    assert at == pytest.approx(0.3 * N, abs=3)
    assert high - low < 20


def test_without_a_lead_nothing_is_ruled_out_but_by_chance():
    spans = [find_break(study(0.0 * X, 1.0, seed), np.full(N, 1.0 / N)) for seed in range(40)]
    assert np.median([high - low for _, low, high in spans]) > 0.8 * N


def test_without_luck_the_interval_is_the_place():
    assert find_break(np.where(X < 0.25, 1.0, -1.0), np.full(N, 1.0 / N))[0] == 256


@pytest.mark.parametrize("name", ["step", "unequal step", "zigzag", "lognormal inputs"])
def test_along_an_input_the_best_is_told_rightly_and_the_flip_is_covered(name):
    shape = BY_NAME[name]
    for seed in range(3):
        drawn = draw(shape, seed)
        flips = measure_worths(drawn.payoffs, effort=Effort(pairs=False, permutations=99, resamples=50)).flips["x0"]
        told = [flip for flip in flips.flips if flip.is_significant]
        assert told
        for flip in told:
            assert any(flip.at.low <= at <= flip.at.high for at in shape.flips[0])
        for zone in flips.zones:
            if len(zone.strategies) == 1:
                at = np.full((21, shape.n_inputs), 0.5)
                at[:, 0] = np.linspace(zone.low, zone.high, 21)
                truth = shape.truth(at)
                assert (truth["ab".index(zone.strategies[0])] >= truth.max(axis=0) - 1e-9).all()


def test_one_world_alone_rules_no_place_out() -> None:
    assert find_break(np.array([1.0]), np.ones(1)) == (1, 0, 1)


@pytest.mark.parametrize(("name", "heavy"), [("lognormal luck", True), ("linear", False), ("30 nuisances", False)])
def test_only_luck_with_heavy_tails_is_called_so(name, heavy):
    """Among 400 other seeds the fourth moments of lognormal luck were 6.5 and more, of normal luck 3.7 and less."""
    for seed in range(30):
        payoffs = draw(BY_NAME[name], seed).payoffs
        order = np.argsort(payoffs.inputs.values[:, 0])
        assert has_heavy_luck((payoffs.mean[0] - payoffs.mean[1])[order]) is heavy
