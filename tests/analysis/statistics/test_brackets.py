"""Brackets by second moments: against closed forms, and whatever the distribution of what is hidden."""

from __future__ import annotations

import numpy as np
import pytest

from standoff.analysis.statistics.brackets import above_all, best_level, find_hidden, plausible, reach_of_bracket

N = 20_000
EVEN = np.full(N, 1.0 / N)


def noisy(truth, luck, seed=1):
    """(figures, worlds, 2): halves with luck of their own."""
    return truth[..., None] + np.random.default_rng(seed).normal(0.0, luck, (*truth.shape, 2))


HIDDEN = {
    "normal": lambda random: random.normal(0.0, 1.0, N),
    "two points": lambda random: np.sign(random.random(N) - 0.5),
    "rare": lambda random: np.where(random.random(N) < 0.02, 7.0, -0.143),
    "skewed": lambda random: random.exponential(1.0, N) - 1.0,
}


@pytest.mark.parametrize("kind", HIDDEN)
def test_the_bound_lies_above_the_truth_whatever_is_hidden(kind):
    truth = HIDDEN[kind](np.random.default_rng(2))[None] - 0.3
    prediction = np.full_like(truth, -0.3)
    halves = noisy(truth, 2.0)
    most = find_hidden(prediction, halves, EVEN).most
    above = above_all(halves, prediction, most, np.zeros(N))
    error = above.std() / np.sqrt(N)
    assert above.mean() > np.maximum(truth, 0.0).mean() - 2.0 * error
    # Scarf's closed form is the least that can be said
    assert above.mean() == pytest.approx(0.5 * (np.sqrt(0.09 + 1.0) - 0.3), abs=4.0 * error)


def test_for_two_points_the_bound_is_the_truth():
    truth = np.sign(np.random.default_rng(3).random(N) - 0.5)[None]
    halves = noisy(truth, 0.5)
    prediction = np.zeros_like(truth)
    above = above_all(halves, prediction, np.ones(1), np.zeros(N))
    assert above.mean() == pytest.approx(0.5, abs=0.02)


def test_hidden_spread_and_luck_are_told_apart():
    random = np.random.default_rng(4)
    common = random.normal(0.0, 1.0, N)
    truth = np.stack([common, common + random.normal(0.0, 1.0, N)])
    found = find_hidden(np.zeros_like(truth), noisy(truth, 3.0), EVEN)
    np.testing.assert_allclose(found.spread, [[1.0, 1.0], [1.0, 2.0]], atol=0.25)
    np.testing.assert_allclose(np.diag(found.luck), 4.5, rtol=0.05)


def test_plausible_worlds_have_the_spread_of_the_true_ones():
    truth = np.random.default_rng(5).normal(0.0, 1.0, (2, N))
    halves = noisy(truth, 2.0)
    prediction = np.zeros_like(truth)
    drawn = plausible(prediction, halves, find_hidden(prediction, halves, EVEN))
    assert drawn.std() == pytest.approx(1.0, abs=0.06)
    assert drawn.max(axis=1).mean() == pytest.approx(1.0 / np.sqrt(np.pi), abs=0.05)


def test_the_level_is_that_at_which_the_bound_on_the_largest_is_least():
    """Two figures of mean zero and spread one beside zero: by trying all."""
    prediction, variance = np.zeros((2, 1)), np.ones(2)
    tried = np.linspace(0.0, 3.0, 3001)
    bound = tried + (np.sqrt(tried**2 + 1.0) - tried)
    assert best_level(prediction, variance)[0] == pytest.approx(tried[bound.argmin()], abs=2e-3)


def test_what_lies_at_one_end_of_a_wide_bracket_is_missed_to_one_side_only():
    # two-sided and one-sided 95 % of a normal distribution
    assert reach_of_bracket(0.0, 0.3) == pytest.approx(1.95996, abs=1e-4)
    assert reach_of_bracket(0.5, 0.3) == pytest.approx(1.95996, abs=1e-4)
    assert reach_of_bracket(9.0, 0.3) == pytest.approx(1.64485, abs=1e-4)
    assert reach_of_bracket(1.0, 0.0) == pytest.approx(1.64485, abs=1e-4)


@pytest.mark.parametrize("at", [0.0, 0.5, 1.0])
def test_an_interval_about_a_bracket_holds_any_place_in_it(at):
    """Imbens & Manski 2004: ends with errors of their own, the truth at either end or between."""
    random = np.random.default_rng(4)
    for width in (0.0, 1.0, 3.0, 8.0):
        low, high = random.normal(0.0, 1.0, 4000), width + random.normal(0.0, 1.0, 4000)
        reach = np.array([reach_of_bracket(gap, 1.0) for gap in high - low])
        assert ((low - reach <= at * width) & (at * width <= high + reach)).mean() > 0.94 - 0.05 * (width == 0.0)
