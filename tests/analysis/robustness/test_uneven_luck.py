"""Limits where luck is so uneven that a mean over few replications is not normal."""

from __future__ import annotations

import numpy as np
import pytest
from shapes import SHAPES, draw
from truths import truth_of

from standoff.analysis.findings import Inputs
from standoff.analysis.robustness.satisficing import Bound, Measured, satisficing
from standoff.analysis.robustness.tails import measure_tails


def judged(luck, seed, limit=1.5, replications=4, n_worlds=1024):
    """Worlds that truly bring 1 or less, with luck of mean zero on each replication; all are within the limit."""
    random = np.random.default_rng(seed)
    x = random.random((n_worlds, 2))
    halves = x[:, :1] + luck(random, (n_worlds, 2, replications // 2)).mean(axis=2)
    found = satisficing(
        ("a",),
        (Bound("u", limit),),
        Measured(halves.mean(axis=1)[None, None], Inputs(("x", "y"), x), halves=halves[None, None]),
    )
    return found.alone["a"][0], found.together["a"]


def lognormal(random, size):
    return 3.0 * (np.exp(1.5 * random.normal(0.0, 1.0, size) - 1.125) - 1.0)


@pytest.mark.parametrize("seed", range(5))
def test_what_cannot_be_told_is_said_with_how_many_replications_would_do(seed):
    alone, together = judged(lognormal, seed)
    assert alone.is_told == (alone.share.low >= 0.8)
    assert alone.replications_wanted > 2.0
    assert alone.share.high == 1.0
    assert (together.low, together.high) == pytest.approx((alone.share.low, alone.share.high))


def test_nothing_is_told_where_the_bounds_have_no_error_of_their_own():
    alone, _ = judged(lognormal, 7, limit=0.7)
    assert (alone.share.low, alone.share.high) == (0.0, 1.0)
    assert not alone.is_told


def test_normal_luck_is_taken_out():
    alone, _ = judged(lambda random, size: random.normal(0.0, 1.0, size), 1)
    assert alone.is_told
    assert alone.replications_wanted is None
    assert alone.share.low > 0.9


def test_counts_of_rare_events_are_no_uneven_luck():
    random = np.random.default_rng(2)
    x = random.random((1024, 2))
    halves = random.binomial(2, 0.02 + 0.05 * x[:, :1], (1024, 2)) / 2.0
    found = satisficing(
        ("a",),
        (Bound("u", 0.05),),
        Measured(halves.mean(axis=1)[None, None], Inputs(("x", "y"), x), halves=halves[None, None]),
    )
    assert found.alone["a"][0].replications_wanted is None


def test_the_worst_tenth_is_covered_where_luck_is_uneven():
    """What a normal fit makes of lognormal luck is no part of it: the middle covered in 88 of 100, this in 95."""
    shape = next(shape for shape in SHAPES if shape.name == "lognormal luck")
    truth = truth_of(shape).worst_tenth
    found = [measure_tails(draw(shape, seed).payoffs).worst_decile for seed in range(8)]
    held = [low.low <= own <= low.high for each in found for low, own in zip(each.values(), truth, strict=True)]
    assert sum(held) >= 14
