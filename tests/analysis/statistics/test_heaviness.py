"""Tails that a few figures rule."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from standoff.analysis.statistics.heaviness import is_heavy, tail_exponent
from standoff.base.chance.sampling import unit_columns


def column(seed, n_worlds=1024):
    (units,) = unit_columns(["x"], n_worlds, seed, "latin hypercube")
    return units


@pytest.mark.parametrize(
    ("shape", "heavy"),
    [
        (lambda u: u, False),
        (norm.ppf, False),
        (lambda u: -np.log1p(-u), False),
        (lambda u: np.exp(1.2 * norm.ppf(u)), True),
        (lambda u: -np.exp(1.5 * norm.ppf(u)), True),
    ],
)
def test_a_tail_is_heavy_beyond_an_exponential_one(shape, heavy):
    assert abs(np.mean([is_heavy(shape(column(seed))) for seed in range(50)]) - heavy) <= 0.06


def test_tails_fall_as_pareto_has_it():
    exponents = [tail_exponent(np.random.default_rng(seed).pareto(2.0, 4096) + 1.0) for seed in range(40)]
    assert np.mean(exponents) == pytest.approx(2.0, rel=0.1)
    assert tail_exponent(np.random.default_rng(1).normal(size=4096)) > 4.0
    assert tail_exponent(np.repeat([0.05, 0.95], [950, 50])) == np.inf
