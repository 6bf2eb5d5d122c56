"""A fit whose posterior is known: the mean of a normal sample, by its own mean as the statistic."""

import numpy as np
import pytest

from standoff.analysis.fitting.abc import fit_parameters

N = 25


def simulate(values, luck: int):
    return np.random.default_rng(luck).normal(values, 1.0 / np.sqrt(N))


def test_the_posterior_of_a_mean_is_normal() -> None:
    found = fit_parameters(simulate, np.array([0.4]), np.array([[-3.0, 3.0]]), particles=400, seed=2)
    x, w = found.values[:, 0], found.weights
    mean = float(w @ x)
    assert mean == pytest.approx(0.4, abs=0.05)
    assert np.sqrt(w @ (x - mean) ** 2) == pytest.approx(0.2, rel=0.2)
    assert found.quantile(0, 0.05) < 0.4 < found.quantile(0, 0.95)


def test_what_never_varies_tells_nothing() -> None:
    with pytest.raises(ValueError, match="the same in every future"):
        fit_parameters(lambda values, _: np.ones((len(values), 1)), np.array([1.0]), np.array([[0.0, 1.0]]))


def test_futures_that_fault_are_left_out() -> None:
    def faulty(values, luck: int):
        return np.where(values > 0.0, simulate(values, luck), np.nan)

    found = fit_parameters(faulty, np.array([0.4]), np.array([[-1.0, 3.0]]), particles=200, seed=2)
    assert (found.weights @ (found.values[:, 0] > -0.2)) > 0.99
