"""The error of a mean over sampled profiles, on gains of known sum."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from standoff.analysis.deals.plan import _sample
from standoff.analysis.deals.sampling import sampling_error

SIZES = (3, 5, 4)
CHANCES = tuple(np.full(size, 1.0 / size) for size in SIZES)


class Players:
    players = ("a", "b", "c")


def gains(seed, together):
    """A figure a profile: what each strategy adds, and what they add together."""
    random = np.random.default_rng(seed)
    alone = [random.normal(0.0, 30.0, size) for size in SIZES]
    joint = random.normal(0.0, together, SIZES)
    return np.array(
        [sum(own[k] for own, k in zip(alone, p, strict=True)) + joint[p] for p in product(*map(range, SIZES))]
    )


@pytest.mark.parametrize("together", [3.0, 30.0])
def test_the_interval_covers_the_mean_of_all_profiles(together):
    every = np.array(list(product(*map(range, SIZES))))
    held = 0
    for seed in range(200):
        figures = gains(seed, together)
        profiles = _sample(Players, CHANCES, 16, seed)  # type: ignore[arg-type]
        own = figures[[int(np.flatnonzero((every == row).all(axis=1))[0]) for row in profiles]]
        error = float(sampling_error(own, profiles, CHANCES))
        held += abs(own.mean() - figures.mean()) <= 1.96 * error
    assert held >= 170


def test_with_every_profile_run_there_is_none():
    every = np.array(list(product(*map(range, SIZES))))
    assert float(sampling_error(gains(1, 30.0), every, CHANCES)) == pytest.approx(0.0, abs=1e-9)
    assert len(_sample(Players, CHANCES, 60, 1)) == 60  # type: ignore[arg-type]
