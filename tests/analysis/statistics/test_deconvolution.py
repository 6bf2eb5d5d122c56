"""True shares behind noisy figures: chances that are known, seen or hidden, and whatever the order, unit or side."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import beta

from standoff.analysis.statistics.deconvolution import judge

TRIALS = 16


def counted(chances, seed, trials=TRIALS):
    """Two halves of the replications, (worlds, 2)."""
    random = np.random.default_rng(seed)
    return random.binomial(trials // 2, np.repeat(chances[:, None], 2, axis=1)) / (trials // 2)


def share(halves, prediction, limit, sign=1.0):
    """The share, and its standard error over independent worlds."""
    found = judge(halves.mean(axis=1), prediction, halves, limit, sign=sign)
    error = np.hypot(found.influence.std(ddof=1) / np.sqrt(len(halves)), found.doubt)
    return found.value.mean(), error


def uniform(seed, n=1024):
    return 0.4 * np.random.default_rng(1000 + seed).random(n)


def test_figures_without_luck_are_counted_as_they_are():
    own = np.array([0.1, 0.2, 0.3, 0.4])
    found = judge(own, np.zeros(4), np.stack([own, own], axis=1), 0.2)
    np.testing.assert_array_equal(found.value, [1.0, 1.0, 0.0, 0.0])
    found = judge(own, np.zeros(4), np.stack([own, own], axis=1), 0.2, sign=-1.0)
    np.testing.assert_array_equal(found.value, [0.0, 1.0, 1.0, 1.0])


@pytest.mark.parametrize("limit", [0.1, 0.4])
def test_two_kinds_of_world_that_the_prediction_does_not_tell_apart(limit):
    """The mixture of two binomials of Efron 2016, section 3, with its atoms far apart."""
    away, raw = [], []
    for seed in range(10):
        chances = np.where(np.random.default_rng(seed).random(1024) < 0.5, 0.3, 0.02)
        halves = counted(chances, seed)
        prediction = np.full(1024, halves.mean())
        away.append(share(halves, prediction, limit)[0] - (chances <= limit).mean())
        raw.append((halves.mean(axis=1) <= limit).mean() - (chances <= limit).mean())
    assert np.abs(away).max() < 0.03
    assert limit < 0.4 or np.mean(raw) < -0.08


def test_a_kind_that_the_prediction_tells_is_told():
    chances = np.where(np.arange(1024) < 400, 0.3, 0.02)
    halves = counted(chances, 1)
    prediction = chances + np.random.default_rng(2).normal(0.0, 0.05, 1024)
    assert share(halves, prediction, 0.1)[0] == pytest.approx(624 / 1024, abs=0.003)


def test_shares_of_a_hidden_chance_and_their_intervals():
    """Chances of a beta distribution, unseen by the prediction: beta-binomial counts, the share its distribution's."""
    hidden, covered = beta(2.0, 8.0), []
    for limit in (0.05, 0.1, 0.2, 0.3):
        found = []
        for seed in range(60):
            chances = hidden.ppf(np.random.default_rng(1000 + seed).random(1024))
            found.append(share(counted(chances, seed), np.full(1024, 0.2), limit))
        away, told = np.array(found).T - np.array([[hidden.cdf(limit)], [0.0]])
        assert abs(away.mean()) < 0.015
        assert told.mean() == pytest.approx(np.sqrt((away**2).mean()), rel=0.25)
        covered.append((np.abs(away) < 1.645 * told).mean())
    assert 0.85 <= np.mean(covered) <= 0.97


def test_worlds_that_are_not_told_apart_are_all_within_or_none_as_far_as_is_known():
    """Every world gains 0.03 under luck of one: which share of them does is not known, and the error says so."""
    for seed in range(6):
        random = np.random.default_rng(seed)
        halves = 0.03 + random.normal(0.0, np.sqrt(2.0), (1024, 2))
        prediction = 0.03 + random.normal(0.0, 0.05, 1024)
        value, error = share(halves, prediction, 0.0, -1.0)
        assert value + 1.96 * error > 1.0 - 1e-9


def test_the_prediction_is_taken_where_only_luck_is_left():
    """A level fitted to 16,384 replications at a chance of a half misses by 0.004, and the share by that of 0.8."""
    away, told = [], []
    for seed in range(40):
        chances = 0.1 + 0.8 * (np.arange(1024) + 0.5) / 1024.0
        halves = counted(chances, seed)
        line = np.polynomial.Polynomial.fit(chances, halves.mean(axis=1), 1)
        value, error = share(halves, line(chances), 0.5)
        away.append(value - 0.5)
        told.append(error)
    assert np.sqrt(np.mean(np.square(away))) < 0.008
    assert np.abs(away).max() < 0.03
    # what the error adds to this is the sample of worlds, which is even here
    assert np.mean(told) == pytest.approx(0.5 / np.sqrt(1024), rel=0.2)


def test_a_chance_that_is_the_same_everywhere_is_not_spread_out():
    for seed in range(8):
        halves = counted(np.full(1024, 0.05), seed)
        value, error = share(halves, np.full(1024, halves.mean()), 0.08)
        assert value > 0.9
        assert 1.0 - value < 2.0 * error + 1e-9
        assert (halves.mean(axis=1) <= 0.08).mean() < 0.85


def test_normal_luck_is_taken_out_too():
    """A half of the worlds at 0, a half at 3, luck of one: seen raw at 1.5, 7 % are on the wrong side."""
    random = np.random.default_rng(5)
    truth = np.repeat([0.0, 3.0], 512)
    halves = truth[:, None] + random.normal(0.0, 1.0, (1024, 2)) * np.sqrt(2.0)
    prediction = np.full(1024, 1.5)
    for limit, exact in ((1.5, 0.5), (-1.0, 0.0), (4.5, 1.0)):
        value, error = share(halves, prediction, limit)
        assert value == pytest.approx(exact, abs=0.03)
        assert abs(value - exact) < 3.0 * error
    assert (halves.mean(axis=1) <= -1.0).mean() > 0.07


def test_the_other_side_unit_and_order_change_nothing():
    halves = counted(uniform(3), 3)
    prediction = np.clip(uniform(3) + np.random.default_rng(9).normal(0.0, 0.1, 1024), 0.0, 1.0)
    value, error = share(halves, prediction, 0.15)
    assert share(1.0 - halves, 1.0 - prediction, 0.85, -1.0) == pytest.approx((value, error), abs=1e-3)
    order = np.random.default_rng(0).permutation(1024)
    assert share(halves[order], prediction[order], 0.15) == pytest.approx((value, error), rel=1e-6)
    luck = halves + np.random.default_rng(1).normal(0.0, 0.1, halves.shape)
    scaled = share(4.0 * luck + 7.0, 4.0 * prediction + 7.0, 7.6)
    assert scaled == pytest.approx(share(luck, prediction, 0.15), abs=1e-4)


def test_profiles_that_share_their_luck_count_as_what_they_are_worth():
    """A mean over four profiles with luck of their own is worth four times the replications."""
    p = uniform(4)
    halves = np.mean([counted(p, seed) for seed in range(4)], axis=0)
    one, four = (np.mean([abs(share(h, np.full(1024, 0.2), 0.1)[0] - (p <= 0.1).mean()) for h in many])
                 for many in ([counted(p, 0), counted(p, 1)], [halves]))  # fmt: skip
    assert four < max(one, 0.02)
