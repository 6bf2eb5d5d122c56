"""Distributions and counts: against SciPy and closed forms, at their edges, and with equal bits in lanes."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from scipy import special, stats

from standoff.base.chance import counts, distributions, streams
from standoff.base.chance.distributions import DISTRIBUTIONS
from standoff.base.numbers import incomplete

Array = npt.NDArray[np.float64]

# A frozen SciPy distribution for each entry, at two settings of its parameters.
CASES = [
    ("uniform", (2.0, 5.0), stats.uniform(2, 3)),
    ("uniform", (-1.0, 1.0), stats.uniform(-1, 2)),
    ("normal", (10.0, 2.0), stats.norm(10, 2)),
    ("normal", (-3.0, 0.1), stats.norm(-3, 0.1)),
    ("lognormal", (3.0, 0.5), stats.lognorm(0.5, scale=3)),
    ("lognormal", (0.1, 2.0), stats.lognorm(2, scale=0.1)),
    ("triangular", (1.0, 2.0, 4.0), stats.triang(1 / 3, 1, 3)),
    ("triangular", (0.0, 1.0, 1.0), stats.triang(1, 0, 1)),
    ("triangular", (0.0, 0.0, 1.0), stats.triang(0, 0, 1)),
    ("pert", (0.0, 1.0, 4.0), stats.beta(2, 4, scale=4)),
    ("pert", (1.0, 1.0, 2.0), stats.beta(1, 5, loc=1)),
    ("loguniform", (0.1, 100.0), stats.loguniform(0.1, 100)),
    ("loguniform", (1.0, 2.0), stats.loguniform(1, 2)),
    ("exponential", (4.0,), stats.expon(scale=4)),
    ("exponential", (0.01,), stats.expon(scale=0.01)),
    ("gamma", (2.5, 3.0), stats.gamma(2.5, scale=3)),
    ("gamma", (0.2, 1.0), stats.gamma(0.2)),
    ("beta", (2.0, 5.0), stats.beta(2, 5)),
    ("beta", (0.5, 0.5), stats.beta(0.5, 0.5)),
    ("weibull", (2.0, 0.7), stats.weibull_min(0.7, scale=2)),
    ("weibull", (5.0, 3.0), stats.weibull_min(3, scale=5)),
]
each_case = pytest.mark.parametrize(("name", "parameters", "truth"), CASES)
Parameters = tuple[float, ...]


def chances(n: int, seed: int = 1) -> Array:
    """Numbers in (0, 1): everywhere, and a quarter each near 0 and near 1."""
    u = streams.uniform(streams.lane_keys(seed, np.arange(n), np.zeros(n, dtype=np.uint64)), streams.key("u"), 0)
    u[: n // 4] *= 1e-9
    u[n // 4 : n // 2] = 1 - u[n // 4 : n // 2] * 1e-9
    return np.clip(u, 2.0**-53, 1 - 2.0**-53)


def evenly(n: int) -> Array:
    return np.asarray((np.arange(n) + 0.5) / n)


def test_every_distribution_is_tested() -> None:
    assert {name for name, _, _ in CASES} == set(DISTRIBUTIONS)


@each_case
def test_quantile_is_scipys(name: str, parameters: Parameters, truth: Any) -> None:
    u = chances(2000)
    exact = np.where(u <= 0.5, truth.ppf(u), truth.isf(1 - u))
    np.testing.assert_allclose(DISTRIBUTIONS[name].quantile(u, *parameters), exact, rtol=1e-10, atol=1e-15)


@each_case
def test_cdf_and_density_are_scipys(name: str, parameters: Parameters, truth: Any) -> None:
    x = np.concatenate([truth.ppf(evenly(200)), truth.ppf(evenly(20)) + 3 * truth.std(), [-1e3, -0.5, 1e3]])
    np.testing.assert_allclose(DISTRIBUTIONS[name].cdf(x, *parameters), truth.cdf(x), rtol=1e-11, atol=1e-15)
    np.testing.assert_allclose(DISTRIBUTIONS[name].density(x, *parameters), truth.pdf(x), rtol=1e-10, atol=1e-15)


@each_case
def test_support_and_mean_are_scipys(name: str, parameters: Parameters, truth: Any) -> None:
    entry = DISTRIBUTIONS[name]
    assert entry.support(*parameters) == truth.support()
    assert entry.mean(*parameters) == pytest.approx(truth.mean(), rel=1e-12)
    ends = entry.quantile(np.array([2.0**-53, 1 - 2.0**-53]), *parameters)
    assert truth.support()[0] <= ends[0] < ends[1] <= truth.support()[1]


@each_case
def test_quantile_inverts_cdf_and_never_falls(name: str, parameters: Parameters, truth: Any) -> None:
    u = evenly(500)
    x = DISTRIBUTIONS[name].quantile(u, *parameters)
    np.testing.assert_allclose(DISTRIBUTIONS[name].cdf(x, *parameters), u, rtol=1e-12)
    assert (np.diff(x) >= 0).all()


@each_case
def test_a_value_depends_on_its_own_lane_only(name: str, parameters: Parameters, truth: Any) -> None:
    """Iterations of a block end together; an element that settled early must not have moved since."""
    u = chances(60)
    rows = [np.full(60, p) * (1 + 0.01 * np.arange(60) / 60) for p in parameters]
    together = DISTRIBUTIONS[name].quantile(u, *rows)
    alone = [DISTRIBUTIONS[name].quantile(u[i : i + 1], *(r[i : i + 1] for r in rows))[0] for i in range(60)]
    np.testing.assert_array_equal(together, alone)


@pytest.mark.parametrize(("low", "high"), [(0.01, 0.1), (0.1, 1), (1, 30), (30, 1000), (1e4, 1e5)])
def test_gamma_and_beta_quantiles_over_their_range_of_shapes(low: float, high: float) -> None:
    n = 40 if low == 1e4 else 1000
    u, a = chances(n), low * (high / low) ** chances(n, seed=2)
    b = low * (high / low) ** chances(n, seed=3)
    exact = np.where(u <= 0.5, special.gammaincinv(a, u), special.gammainccinv(a, 1 - u))
    np.testing.assert_allclose(incomplete.gamma_quantile(a, u), exact, rtol=1e-10, atol=1e-290)
    np.testing.assert_allclose(incomplete.beta_quantile(a, b, u), special.betaincinv(a, b, u), rtol=1e-10, atol=1e-290)


def test_beta_and_gamma_in_closed_form() -> None:
    """Beta(1, b) is 1 - (1 - u)^(1/b), beta(1/2, 1/2) is sin^2(pi u / 2) and gamma(1) is exponential."""
    u = evenly(101)
    ones, halves = np.ones(101), np.full(101, 0.5)
    np.testing.assert_allclose(incomplete.beta_quantile(ones, 3 * ones, u), 1 - np.cbrt(1 - u), rtol=1e-13)
    np.testing.assert_allclose(incomplete.beta_quantile(halves, halves, u), np.sin(np.pi * u / 2) ** 2, rtol=1e-13)
    np.testing.assert_allclose(incomplete.gamma_quantile(ones, u), -np.log1p(-u), rtol=1e-13)


def test_beta_is_symmetric() -> None:
    """X from beta(a, b) is 1 - X from beta(b, a)."""
    u = (np.arange(64) + 0.5) / 64  # on the grid, so that 1 - u is exact
    a, b = np.full(64, 2.5), np.full(64, 0.8)
    np.testing.assert_allclose(1 - incomplete.beta_quantile(a, b, u), incomplete.beta_quantile(b, a, 1 - u), rtol=1e-13)


@pytest.mark.parametrize(
    ("name", "parameters", "complaint"),
    [
        ("uniform", (3, 2), "low (3) is not below high (2)"),
        ("uniform", (2, 2), "low (2) is not below high (2)"),
        ("uniform", (1,), "uniform has 2 parameters (low, high), and 1 are given"),
        ("normal", (0, 0), "sd (0) is not above 0"),
        ("normal", (float("inf"), 1), "mean (inf) is not a finite number"),
        ("lognormal", (-1, 1), "median (-1) is not above 0"),
        ("triangular", (0, 3, 2), "mode (3) is not between low (0) and high (2)"),
        ("pert", (0, -1, 2), "mode (-1) is not between low (0) and high (2)"),
        ("loguniform", (0, 1), "low (0) is not above 0"),
        ("exponential", (float("nan"),), "mean (nan) is not a finite number"),
        ("gamma", (1e9, 1), "shape (1e+09) is not between 0.01 and 100,000"),
        ("beta", (0, 1), "a (0) is not between 0.01 and 100,000"),
        ("weibull", (1, 0), "shape (0) is not between 0.01 and 100,000"),
    ],
)
def test_wrong_parameters_are_named(name: str, parameters: Sequence[float], complaint: str) -> None:
    assert DISTRIBUTIONS[name].problem(*parameters) == complaint


@each_case
def test_right_parameters_pass(name: str, parameters: Parameters, truth: Any) -> None:
    assert DISTRIBUTIONS[name].problem(*parameters) is None
    assert len(DISTRIBUTIONS[name].in_unit) == len(parameters)


def test_truncation_keeps_shape_inside_the_bounds() -> None:
    entry, u = DISTRIBUTIONS["normal"], chances(2000)
    got = distributions.truncated_quantile(entry, u, (10.0, 2.0), (9.0, 14.0))
    np.testing.assert_allclose(got, stats.truncnorm(-0.5, 2, 10, 2).ppf(u), rtol=1e-12)
    assert got.min() >= 9 and got.max() <= 14


def test_truncation_on_one_side_stays_finite() -> None:
    entry = DISTRIBUTIONS["exponential"]
    ends = np.array([2.0**-53, 1 - 2.0**-53])
    got = distributions.truncated_quantile(entry, ends, (1.0,), (2.0, float("inf")))
    assert got[0] >= 2 and np.isfinite(got[1])


@pytest.mark.parametrize(
    ("low", "high", "complaint"),
    [
        (2, 1, "the lower bound (2) is not below the upper bound (1)"),
        (90, 99, "between 90 and 99 lies less than a millionth of the distribution"),
        (0, 1, None),
    ],
)
def test_impossible_truncation_is_named(low: float, high: float, complaint: str | None) -> None:
    assert distributions.truncation_problem(DISTRIBUTIONS["normal"], (0.0, 1.0), low, high) == complaint


def test_levels_have_their_shares() -> None:
    index = distributions.level_index(evenly(1000), [1, 0, 3, 4, 0])
    np.testing.assert_array_equal(np.bincount(index, minlength=5), [125, 0, 375, 500, 0])


@pytest.mark.parametrize("mean", [0.01, 0.7, 5.0, 80.0])
def test_poisson_count_is_the_inverse_distribution_function(mean: float) -> None:
    u = chances(4000)
    count, clamped = counts.poisson_count(u, mean, 300)
    np.testing.assert_array_equal(count, stats.poisson(mean).ppf(u))
    assert not clamped.any()


@pytest.mark.parametrize(("mean", "dispersion"), [(0.3, 4.0), (5.0, 0.5), (20.0, 7.0), (3.0, 1e9)])
def test_negative_binomial_count_has_the_stated_variance(mean: float, dispersion: float) -> None:
    """Mean m and variance m + m^2 / k; against SciPy's, which counts failures before k successes."""
    u = chances(4000)
    count, _ = counts.negative_binomial_count(u, mean, dispersion, 500)
    truth = stats.nbinom(dispersion, dispersion / (dispersion + mean))
    np.testing.assert_array_equal(count, truth.ppf(u))
    even, _ = counts.negative_binomial_count(evenly(200_000), mean, dispersion, 500)
    assert even.mean() == pytest.approx(mean, rel=1e-3)
    assert even.var() == pytest.approx(mean + mean * mean / dispersion, rel=1e-2)


def test_counts_are_clamped_and_say_so() -> None:
    count, clamped = counts.poisson_count(np.array([0.1, 0.5, 0.999]), 2.0, 3)
    np.testing.assert_array_equal(count, [0, 2, 3])
    np.testing.assert_array_equal(clamped, [False, False, True])
    count, clamped = counts.poisson_count(np.array([0.5]), 5000.0, 500)
    assert count[0] == 500 and clamped[0]


def test_counts_of_nothing() -> None:
    count, clamped = counts.poisson_count(np.array([1 - 2.0**-53]), 0.0, 30)
    assert count[0] == 0 and not clamped[0]
    count, clamped = counts.negative_binomial_count(np.array([1 - 2.0**-53, 0.5]), np.array([0.0, 3.0]), 2.0, 0)
    np.testing.assert_array_equal(count, [0, 0])
    np.testing.assert_array_equal(clamped, [False, True])


@pytest.mark.parametrize("at_most", [-1, 501])
def test_a_largest_count_out_of_range_is_refused(at_most: int) -> None:
    with pytest.raises(ValueError, match="largest value is from 0 to 500"):
        counts.poisson_count(np.array([0.5]), 1.0, at_most)
