"""What actors know, in bins: cuts, and whether responding to it pays."""

from __future__ import annotations

import numpy as np
import pytest

from standoff.analysis.others.information import conditional_gain, cut_fact


def test_a_fact_is_cut_into_three_bins_of_equal_belief() -> None:
    column = (np.arange(90) + 0.5) / 90
    bins, cuts = cut_fact(column, np.ones(90))
    assert np.bincount(bins).tolist() == [30, 30, 30]
    assert cuts == pytest.approx((1 / 3, 2 / 3))
    weights = np.where(column < 0.5, 3.0, 1.0)  # three quarters of the belief lie below a half
    assert cut_fact(column, weights)[1] == pytest.approx((2 / 9, 4 / 9))


def test_few_levels_are_kept_apart() -> None:
    bins, cuts = cut_fact(np.array([1.0, 5.0, 1.0, 2.0]), np.ones(4))
    assert bins.tolist() == [0, 2, 0, 1]
    assert cuts == (1.5, 3.5)


def test_choosing_by_a_fact_is_worth_what_it_is_worth() -> None:
    """Half the worlds reward each strategy by 1: knowing which is worth 1/2 (Raiffa & Schlaifer 1961, section 4.5)."""
    bins = np.arange(200) % 2
    values = np.stack([bins == 0, bins == 1]).astype(np.float64)
    folds = np.arange(200) // 2 % 5
    gain = conditional_gain(values, np.ones(200), bins, folds)
    assert gain.value == pytest.approx(0.5)
    assert gain.low > 0.0


def test_noise_is_not_worth_knowing() -> None:
    """Of 200 facts that say nothing, no more than 1 in 50 is taken in."""
    random = np.random.default_rng(3)
    shown, gains = 0, []
    for _ in range(200):
        gain = conditional_gain(
            random.normal(size=(3, 120)), np.ones(120), random.integers(0, 3, 120), np.arange(120) % 5
        )
        shown += gain.low > 0.0
        gains.append(gain.value)
    assert shown <= 4
    assert np.mean(gains) < 0.02
