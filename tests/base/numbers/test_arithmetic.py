"""Elementary functions: accuracy against 100-bit values, IEEE's special cases, and equal bits in both evaluators."""

import hashlib
import math
from collections.abc import Callable

import mpmath
import numpy as np
import numpy.typing as npt
import pytest

from standoff.base.chance import streams
from standoff.base.numbers import arithmetic

Array = npt.NDArray[np.float64]
INF, NAN = math.inf, math.nan


def ulp_error(got: Array, exact: Callable[..., mpmath.mpf], *arguments: Array) -> float:
    """Largest distance from the exact value, in spacings of doubles there."""
    worst = 0.0
    with mpmath.workprec(110):
        for value, *row in zip(got.tolist(), *(a.tolist() for a in arguments), strict=True):
            truth = exact(*map(mpmath.mpf, row))
            worst = max(worst, float(abs(value - truth) / math.ulp(float(truth))))
    return worst


def upper_tail(z: mpmath.mpf) -> mpmath.mpf:
    return mpmath.erfc(z / mpmath.sqrt(2)) / 2


def exact_quantile(p: mpmath.mpf) -> mpmath.mpf:
    if p > 0.5:
        return -exact_quantile(1 - p)
    z = mpmath.mpf(float(arithmetic.normal_quantile(float(p))))
    for _ in range(2):  # Newton's steps square the error of a start good to 1e-12
        density = mpmath.exp(-z * z / 2) / mpmath.sqrt(2 * mpmath.pi)
        z -= (upper_tail(-z) - p) / density
    return z


def spread(seed: int, *parts: Callable[[np.random.Generator], Array]) -> Array:
    generator = np.random.default_rng(seed)
    return np.concatenate([part(generator) for part in parts])


def test_exp_is_within_one_ulp_everywhere() -> None:
    x = spread(
        1,
        lambda g: g.uniform(-708, 709.78, 25_000),
        lambda g: g.uniform(-1, 1, 20_000),
        lambda g: g.normal(0, 1e-8, 5000),
    )
    assert ulp_error(arithmetic.exp(x), mpmath.exp, x) <= 1.0


def test_exp_rounds_once_into_the_subnormals() -> None:
    x = spread(2, lambda g: g.uniform(-745.13, -708.4, 5000))
    assert ulp_error(arithmetic.exp(x), mpmath.exp, x) <= 1.0


def test_log_is_within_one_ulp_everywhere() -> None:
    x = spread(
        3,
        lambda g: g.uniform(0.5, 2, 20_000),
        lambda g: g.integers(1, 0x7FF << 52, 20_000).view(np.float64),
        lambda g: 1 + g.normal(0, 1e-6, 5000),
        lambda g: g.integers(1, 1 << 52, 5000).view(np.float64),
    )
    assert ulp_error(arithmetic.log(x), mpmath.log, x) <= 1.0


@pytest.mark.parametrize(
    ("name", "exact", "low", "high", "bound"),
    [
        ("expm1", mpmath.expm1, -40, 300, 1.5),
        ("expm1", mpmath.expm1, -1, 1, 1.5),
        ("expm1", mpmath.expm1, -1e-9, 1e-9, 1.5),
        ("log1p", mpmath.log1p, -0.999, 2, 1.7),
        ("log1p", mpmath.log1p, -1e-9, 1e-9, 1.7),
        ("log1p", mpmath.log1p, 1, 1e17, 1.7),
        ("logistic", lambda x: 1 / (1 + mpmath.exp(-x)), -700, 700, 2.5),
        ("logistic", lambda x: 1 / (1 + mpmath.exp(-x)), -5, 5, 2.5),
        ("normal_cdf", lambda z: upper_tail(-z), -37.5, 0, 6),
        ("normal_cdf", lambda z: upper_tail(-z), -3, 9, 6),
        ("normal_quantile", exact_quantile, 0, 1, 6),
        ("normal_quantile", exact_quantile, 0.45, 0.55, 6),
    ],
)
def test_error_bound(name: str, exact: Callable[..., mpmath.mpf], low: float, high: float, bound: float) -> None:
    x = spread(4, lambda g: g.uniform(low, high, 3000))
    assert ulp_error(getattr(arithmetic, name)(x), exact, x) <= bound


def test_normal_quantile_in_far_tails() -> None:
    p = np.exp(spread(5, lambda g: g.uniform(-740, -2, 3000)))
    assert ulp_error(arithmetic.normal_quantile(p), exact_quantile, p) <= 10


def test_chance_of_a_step_keeps_its_digits_for_a_small_hazard() -> None:
    hazard = np.array([1e-18, 1e-12, 1e-3])
    exact = [float(-mpmath.expm1(-mpmath.mpf(h))) for h in hazard.tolist()]
    np.testing.assert_allclose(-arithmetic.expm1(-hazard), exact, rtol=3e-16)


@pytest.mark.parametrize(("size", "most"), [(1, 20), (0.1, 7000), (5, 140), (300, 2)])
def test_power_is_within_one_ulp(size: float, most: float) -> None:
    x = np.exp(spread(6, lambda g: g.uniform(-size, size, 3000)))
    y = spread(7, lambda g: g.uniform(-most, most, 3000))
    assert ulp_error(arithmetic.power(x, y), mpmath.power, x, y) <= 1.0


def test_power_of_special_values_is_that_of_ieee() -> None:
    values = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        2.0,
        -2.0,
        3.0,
        -3.0,
        0.5,
        -0.5,
        2.5,
        1e300,
        -1e300,
        9007199254740993.0,
        INF,
        -INF,
        NAN,
    ]
    for x in values:
        for y in values:
            got = float(arithmetic.power(x, y))
            try:
                expected = math.pow(x, y)
            except ValueError:  # Python raises where IEEE 754 has a NaN, or an infinity for a zero base
                expected = math.copysign(INF, x) if x == 0 and y % 2 == 1 else INF if x == 0 else NAN
            except OverflowError:
                expected = -INF if x < 0 and y % 2 == 1 else INF
            np.testing.assert_array_max_ulp(got, expected, 1)
            assert math.isnan(got) or math.copysign(1, got) == math.copysign(1, expected), (x, y)


def test_small_whole_powers_are_products() -> None:
    x = spread(8, lambda g: g.normal(0, 3, 1000))
    products = {0: np.ones_like(x), 1: x, 2: x * x, 3: x * x * x, 4: (x * x) * (x * x), -1: 1 / x}
    for n, product in products.items():
        np.testing.assert_array_equal(arithmetic.power(x, float(n)), product)


@pytest.mark.parametrize(
    ("name", "argument", "value"),
    [
        ("exp", INF, INF),
        ("exp", -INF, 0.0),
        ("exp", 710.0, INF),
        ("exp", -746.0, 0.0),
        ("exp", -745.0, 5e-324),
        ("exp", 0.0, 1.0),
        ("expm1", -INF, -1.0),
        ("expm1", INF, INF),
        ("expm1", 5e-324, 5e-324),
        ("expm1", -0.0, -0.0),
        ("log", 0.0, -INF),
        ("log", -0.0, -INF),
        ("log", INF, INF),
        ("log", -1.0, NAN),
        ("log", -INF, NAN),
        ("log", 1.0, 0.0),
        ("log1p", -1.0, -INF),
        ("log1p", -1.5, NAN),
        ("log1p", INF, INF),
        ("log1p", -0.0, -0.0),
        ("logistic", -1e308, 0.0),
        ("logistic", 1e308, 1.0),
        ("logistic", 0.0, 0.5),
        ("normal_cdf", 0.0, 0.5),
        ("normal_cdf", -INF, 0.0),
        ("normal_cdf", INF, 1.0),
        ("normal_quantile", 0.0, -INF),
        ("normal_quantile", 1.0, INF),
        ("normal_quantile", 0.5, 0.0),
        ("normal_quantile", -0.1, NAN),
        ("normal_quantile", 1.1, NAN),
    ],
)
def test_special_value(name: str, argument: float, value: float) -> None:
    got = getattr(arithmetic, name)(argument)
    assert got.shape == ()
    assert got.tobytes() == np.float64(value).tobytes() or (value == 0 == got and argument != 0)


@pytest.mark.parametrize("name", [n for n in arithmetic.RECIPES if n != "power"])
def test_every_nan_gives_the_one_quiet_nan(name: str) -> None:
    nans = np.array([0x7FF8000000000000, -0x8000000000000, 0x7FF0000000000001, 0x7FFFFFFFFFFFFFFF]).view(np.float64)
    assert set(getattr(arithmetic, name)(nans).view(np.int64).tolist()) == {0x7FF8000000000000}


def test_normal_quantile_is_odd_about_one_half() -> None:
    p = (spread(9, lambda g: g.integers(1, 1 << 51, 2000).astype(np.float64)) + 0.5) / 2.0**52
    np.testing.assert_array_equal(arithmetic.normal_quantile(1 - p), -arithmetic.normal_quantile(p))


def test_shape_and_neighbours_do_not_matter() -> None:
    x = spread(10, lambda g: g.normal(0, 20, 60))
    whole = arithmetic.exp(x)
    np.testing.assert_array_equal(arithmetic.exp(x.reshape(3, 4, 5)).ravel(), whole)
    np.testing.assert_array_equal(arithmetic.exp(x[::3]), whole[::3])
    np.testing.assert_array_equal([float(arithmetic.exp(v)) for v in x.tolist()], whole)


REGIMES: dict[str, Callable[[np.random.Generator, int], Array]] = {
    "ordinary": lambda g, n: g.normal(0, 3, n),
    "wide": lambda g, n: g.uniform(-800, 800, n),
    "chances": lambda g, n: g.uniform(0, 1, n),
    "any bits": lambda g, n: g.integers(-(1 << 63), 1 << 63, n).view(np.float64),
}


def arguments(n: int) -> Array:
    generator = np.random.default_rng(11)
    return np.concatenate([regime(generator, n // len(REGIMES)) for regime in REGIMES.values()])


def test_bits_are_those_of_every_processor() -> None:
    """The digest was made once; a processor, NumPy or compiler that changes a bit changes it."""
    bits = streams.lane_keys(11, np.arange(10_000, dtype=np.uint64), np.zeros(10_000, dtype=np.uint64))
    chances = streams.uniform(bits, streams.key("digest"), 0)
    x = np.concatenate([bits.view(np.float64), chances, 1600 * (chances - 0.5), 8 * (chances - 0.5)])
    hasher = hashlib.blake2b(digest_size=8)
    for name in arithmetic.RECIPES:
        got = arithmetic.power(x, x[::-1]) if name == "power" else getattr(arithmetic, name)(x)
        hasher.update(got.tobytes())
    assert hasher.hexdigest() == "f790015056796eb6"
