"""Errors of means: of independent worlds, of an evenly spread design, and where tails are heavy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from standoff.analysis.findings import Inputs
from standoff.analysis.statistics.errors import ends_of_mean, error_of_mean, without_additive
from standoff.analysis.statistics.regression import assign_folds, predict
from standoff.analysis.statistics.resampling import resample_worlds
from standoff.base.chance.sampling import unit_columns


def column(seed, n_worlds=1024):
    (units,) = unit_columns(["x"], n_worlds, seed, "latin hypercube")
    return units


def even(n_worlds=1024):
    return np.full(n_worlds, 1.0 / n_worlds)


def test_of_independent_worlds_it_is_the_spread_over_the_root_of_their_number():
    values = np.random.default_rng(1).normal(0.0, 3.0, 1024)
    assert error_of_mean(values, even()) == pytest.approx(values.std(ddof=1) / 32.0)


@pytest.mark.parametrize("shape", [lambda u: u, norm.ppf, lambda u: -np.log1p(-u)])
def test_a_light_function_of_one_input_errs_within_what_is_said(shape):
    """Even where nothing is left beside it: the error is small, and not zero."""
    errors = [error_of_mean(shape(column(s)), even(), shape(column(s))) for s in range(200)]
    means = [shape(column(s)).mean() for s in range(200)]
    assert np.std(means) <= 1.1 * np.mean(errors)
    assert np.mean(errors) < 0.05 * error_of_mean(shape(column(0)), even())


def test_a_heavy_function_of_one_input_has_the_error_of_independent_worlds():
    """Lognormal, 1.5."""
    truth, covered = np.exp(1.125), 0
    for seed in range(200):
        values = np.exp(1.5 * norm.ppf(column(seed)))
        error = error_of_mean(values, even(), values)
        assert error == error_of_mean(values, even())
        covered += abs(values.mean() - truth) <= 1.96 * error
    assert covered >= 190


def test_worlds_drawn_again_spread_as_other_designs_do():
    """A sum of functions of single inputs, and a product: the spread of means over 100 designs, by resampling one."""

    def figures(seed):
        columns = unit_columns(["x", "y"], 256, seed, "latin hypercube")
        return Inputs(("x", "y"), columns.T), 4.0 * columns[0] + columns[1] ** 2 + 6.0 * np.prod(columns - 0.5, axis=0)

    means = [figures(seed)[1].mean() for seed in range(100)]
    inputs, one = figures(0)
    counts = resample_worlds(256, 200, 1)
    again, plain = (
        (counts @ values / 256.0).std()
        for values in (without_additive(inputs, one[None], assign_folds(inputs))[0], one)
    )
    assert again == pytest.approx(np.std(means), rel=0.25)
    assert plain > 2.0 * again


def test_figures_of_one_family_are_foreseen_alike_so_that_their_differences_are_too():
    """Each by itself may be foreseen more or less richly than its sibling; then their difference is none of theirs."""
    columns = unit_columns(["x", "y"], 256, 1, "latin hypercube")
    inputs = Inputs(("x", "y"), columns.T)
    noise = np.random.default_rng(1).normal(size=(2, 256))
    first = 2.0 * columns[0] + np.cos(9.0 * columns[1]) + noise[0]
    second = 2.1 * columns[0] + 2.0 * noise[1]
    figures, folds = np.array([first, second, first - second]), assign_folds(inputs)
    alone = predict(inputs, figures, folds, kind="additive")
    family = predict(inputs, figures, folds, kind="additive", families=np.zeros(3, dtype=np.int64), settled_on=2)
    assert family[0] - family[1] == pytest.approx(family[2], abs=1e-9)
    assert np.abs(alone[0] - alone[1] - alone[2]).max() > 0.01


def test_ends_of_a_skewed_mean_cover_where_even_ones_do_not():
    """Means of 400 lognormal figures; an interval even to both sides misses the truth on one of them."""
    truth, held, plain = np.exp(0.5 * 1.2**2), 0, 0
    for seed in range(400):
        figures = np.exp(1.2 * np.random.default_rng(seed).normal(size=400))
        error = float(error_of_mean(figures, even(400)))
        low, high = ends_of_mean(figures.mean(), error, figures, even(400), reach=1.96)
        held += low <= truth <= high
        plain += abs(figures.mean() - truth) <= 1.96 * error
    assert plain < 0.92 * 400 < 0.925 * 400 < held


def test_of_even_figures_ends_are_even():
    figures = np.r_[-np.arange(50.0), np.arange(50.0)]
    assert ends_of_mean(0.0, 2.0, figures, even(100), reach=1.96) == pytest.approx((-3.92, 3.92))
