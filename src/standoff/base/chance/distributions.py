"""The distributions a model may name, and the counts of its events.

`DISTRIBUTIONS` is the one table that the checker, the reference, the emitter and the language reference read. A
quantile turns a uniform number into a value, so a draw is one number and neighbouring worlds share their luck.
Where an entry has a `recipe`, it is a straight line in the sense of `standoff.base.numbers.arithmetic` and may be drawn
in every step; the others are solved by iteration and serve worlds only.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from standoff.base.numbers import incomplete
from standoff.base.numbers.arithmetic import (
    evaluated,
    exp,
    exp_recipe,
    expm1,
    log,
    log1p_recipe,
    log_recipe,
    normal_cdf,
    normal_quantile_recipe,
    power,
    power_recipe,
    select,
    sqrt,
)

Array = npt.NDArray[np.float64]
Check = Callable[[dict[str, float]], str | None]

INF = np.inf
SQRT_2_PI = 2.5066282746310002
GRID_ENDS = (2.0**-53, 1.0 - 2.0**-53)
LEAST_SHARE = 1e-6
LEAST_SHAPE, MOST_SHAPE = 0.01, 1e5  # where the iterations are accurate and quick


@dataclass(frozen=True, slots=True)
class Distribution:
    """A distribution a model may name.

    Attributes:
        name: As written in a model.
        parameters: Names of the parameters in order.
        in_unit: For each parameter, whether it is in the unit of the quantity; the others are plain numbers.
        about: One line for the language reference.
        checks: What must hold of the parameters.
        quantile: The value at u in (0, 1): `quantile(u, *parameters)`, arrays that broadcast.
        cdf: The share at or below x: `cdf(x, *parameters)`.
        density: Chance per unit of x: `density(x, *parameters)`.
        support: Lowest and highest value: `support(*parameters)`.
        mean: `mean(*parameters)`.
        recipe: The quantile as a straight line, or None where it takes iteration.
    """

    name: str
    parameters: tuple[str, ...]
    in_unit: tuple[bool, ...]
    about: str
    checks: tuple[Check, ...]
    quantile: Callable[..., Array]
    cdf: Callable[..., Array]
    density: Callable[..., Array]
    support: Callable[..., tuple[float, float]]
    mean: Callable[..., float]
    recipe: Callable[..., Array] | None = None

    def problem(self, *values: float) -> str | None:
        """What is wrong with these parameters, in plain words, or None.

        >>> DISTRIBUTIONS["uniform"].problem(3.0, 2.0)
        'low (3) is not below high (2)'
        """
        if len(values) != len(self.parameters):
            wanted = ", ".join(self.parameters)
            return f"{self.name} has {len(self.parameters)} parameters ({wanted}), and {len(values)} are given"
        named = dict(zip(self.parameters, values, strict=True))
        for name, value in named.items():
            if not np.isfinite(value):
                return f"{name} ({value:g}) is not a finite number"
        return next((said for check in self.checks if (said := check(named)) is not None), None)


def truncation_problem(distribution: Distribution, parameters: Sequence[float], low: float, high: float) -> str | None:
    """Why `within: [low, high]` cannot cut this distribution, in plain words, or None."""
    if not low < high:
        return f"the lower bound ({low:g}) is not below the upper bound ({high:g})"
    share = float(distribution.cdf(high, *parameters) - distribution.cdf(low, *parameters))
    if not share >= LEAST_SHARE:
        return f"between {low:g} and {high:g} lies less than a millionth of the distribution"
    return None


def truncated_quantile(
    distribution: Distribution,
    u: Array,
    parameters: Sequence[npt.ArrayLike],
    within: tuple[npt.ArrayLike, npt.ArrayLike],
) -> Array:
    """The quantile of the distribution given that the value lies within two bounds, which may be infinite."""
    low, high = within
    below, above = distribution.cdf(low, *parameters), distribution.cdf(high, *parameters)
    inner = np.clip(below + u * (above - below), *GRID_ENDS)
    return np.clip(distribution.quantile(inner, *parameters), low, high)


def level_index(u: Array, weights: Sequence[float]) -> npt.NDArray[np.int64]:
    """The index of each u's level: the number of cumulative shares, summed in order, that u exceeds."""
    total = 0.0
    for weight in weights:
        total += weight
    last = max(index for index, weight in enumerate(weights) if weight > 0)
    index = np.zeros(np.shape(u), dtype=np.int64)
    cumulative = 0.0
    for weight in weights[:last]:
        cumulative += weight
        index += u > cumulative / total
    return index


# Quantiles as straight lines.


def clipped(x: Array, low: Array, high: Array) -> Array:
    """x moved into [low, high], by selection."""
    return select(x < low, low, select(x > high, high, x))


def _uniform(u: Array, low: Array, high: Array) -> Array:
    return clipped(low + u * (high - low), low, high)


def _normal(u: Array, mean: Array, sd: Array) -> Array:
    return mean + sd * normal_quantile_recipe(u)


def _lognormal(u: Array, median: Array, sigma: Array) -> Array:
    return median * exp_recipe(sigma * normal_quantile_recipe(u))


def _triangular(u: Array, low: Array, mode: Array, high: Array) -> Array:
    width = high - low
    rising = low + sqrt(u * (width * (mode - low)))
    falling = high - sqrt((1.0 - u) * (width * (high - mode)))
    return clipped(select(u * width < mode - low, rising, falling), low, high)


def _loguniform(u: Array, low: Array, high: Array) -> Array:
    return clipped(low * exp_recipe(u * log_recipe(high / low)), low, high)


def _exponential(u: Array, mean: Array) -> Array:
    return -mean * log1p_recipe(-u)


def _weibull(u: Array, scale: Array, shape: Array) -> Array:
    return scale * power_recipe(-log1p_recipe(-u), 1.0 / shape)


# Distribution functions and densities.


def _share(x: npt.ArrayLike, low: npt.ArrayLike, high: npt.ArrayLike) -> Array:
    """x in [low, high], for functions that are flat outside."""
    return np.clip(np.asarray(x, dtype=np.float64), low, high)


def _inside(x: Array, low: Array | float, high: Array | float, density: Array) -> Array:
    return np.where((x >= low) & (x <= high), density, 0.0)


def _uniform_cdf(x: Array, low: Array, high: Array) -> Array:
    return (_share(x, low, high) - low) / (high - low)


def _uniform_density(x: Array, low: Array, high: Array) -> Array:
    return _inside(x, low, high, 1.0 / (high - low) + 0.0 * np.asarray(x))


def _normal_cdf(x: Array, mean: Array, sd: Array) -> Array:
    return normal_cdf((x - mean) / sd)


def _normal_density(x: Array, mean: Array | float, sd: Array) -> Array:
    z = (x - mean) / sd
    return exp(-0.5 * (z * z)) / (sd * SQRT_2_PI)


def _lognormal_cdf(x: Array, median: Array, sigma: Array) -> Array:
    return normal_cdf(log(_share(x, 0.0, INF) / median) / sigma)


def _lognormal_density(x: Array, median: Array, sigma: Array) -> Array:
    positive = np.where(np.asarray(x) > 0.0, x, 1.0)
    return np.where(np.asarray(x) > 0.0, _normal_density(log(positive / median), 0.0, sigma) / positive, 0.0)


def _triangular_cdf(x: Array, low: Array, mode: Array, high: Array) -> Array:
    at, width = _share(x, low, high), high - low
    with np.errstate(invalid="ignore", divide="ignore"):  # mode at an end: the other side is taken
        rising = (at - low) * (at - low) / (width * (mode - low))
        falling = 1.0 - (high - at) * (high - at) / (width * (high - mode))
    return np.where(at < mode, rising, np.where(at < high, falling, 1.0))


def _triangular_density(x: Array, low: Array, mode: Array, high: Array) -> Array:
    at, top = _share(x, low, high), 2.0 / (high - low)
    with np.errstate(invalid="ignore", divide="ignore"):
        rising, falling = top * ((at - low) / (mode - low)), top * ((high - at) / (high - mode))
    return _inside(x, low, high, np.where(at < mode, rising, np.where(at > mode, falling, top)))


def _loguniform_cdf(x: Array, low: Array, high: Array) -> Array:
    return log(_share(x, low, high) / low) / log(high / low)


def _loguniform_density(x: Array, low: Array, high: Array) -> Array:
    return _inside(x, low, high, 1.0 / (_share(x, low, high) * log(high / low)))


def _exponential_cdf(x: Array, mean: Array) -> Array:
    return -expm1(-_share(x, 0.0, INF) / mean)


def _exponential_density(x: Array, mean: Array) -> Array:
    return _inside(x, 0.0, INF, exp(-_share(x, 0.0, INF) / mean) / mean)


def _weibull_cdf(x: Array, scale: Array, shape: Array) -> Array:
    return -expm1(-power(_share(x, 0.0, INF) / scale, shape))


def _weibull_density(x: Array, scale: Array, shape: Array) -> Array:
    at = _share(x, 0.0, INF) / scale
    return _inside(x, 0.0, INF, shape / scale * power(at, np.asarray(shape) - 1.0) * exp(-power(at, shape)))


def _gamma_quantile(u: Array, shape: Array, scale: Array) -> Array:
    chance, a = _doubles(u, shape)
    return scale * incomplete.gamma_quantile(a, chance)


def _gamma_cdf(x: Array, shape: Array, scale: Array) -> Array:
    at, a = _doubles(_share(x, 0.0, INF) / scale, shape)
    inside = (at > 0.0) & (at < INF)
    return np.where(inside, incomplete.gamma_tails(a, np.where(inside, at, 1.0))[0], np.where(at > 0.0, 1.0, 0.0))


def _gamma_density(x: Array, shape: Array, scale: Array) -> Array:
    at, a = _doubles(np.asarray(x) / scale, shape)
    return np.where(at > 0.0, incomplete.gamma_density(a, np.where(at > 0.0, at, 1.0)) / scale, 0.0)


def _beta_quantile(u: Array, a: Array, b: Array) -> Array:
    chance, first, second = _doubles(u, a, b)
    return incomplete.beta_quantile(first, second, chance)


def _beta_cdf(x: Array, a: Array, b: Array) -> Array:
    at, first, second = _doubles(x, a, b)
    inside = (at > 0.0) & (at < 1.0)
    return np.where(inside, incomplete.beta_tails(first, second, np.where(inside, at, 0.5))[0], at >= 1.0)


def _beta_density(x: Array, a: Array, b: Array) -> Array:
    at, first, second = _doubles(x, a, b)
    inside = (at > 0.0) & (at < 1.0)
    return np.where(inside, incomplete.beta_density(first, second, np.where(inside, at, 0.5)), 0.0)


def _pert_shapes(low: Array, mode: Array, high: Array) -> tuple[Array, Array]:
    """Malcolm, Roseboom, Clark & Fazar (1959): a beta distribution with mean (low + 4 mode + high) / 6."""
    return 1.0 + 4.0 * ((mode - low) / (high - low)), 1.0 + 4.0 * ((high - mode) / (high - low))


def _pert_quantile(u: Array, low: Array, mode: Array, high: Array) -> Array:
    return np.clip(low + (high - low) * _beta_quantile(u, *_pert_shapes(low, mode, high)), low, high)


def _pert_cdf(x: Array, low: Array, mode: Array, high: Array) -> Array:
    return _beta_cdf((_share(x, low, high) - low) / (high - low), *_pert_shapes(low, mode, high))


def _pert_density(x: Array, low: Array, mode: Array, high: Array) -> Array:
    at = (np.asarray(x) - low) / (high - low)
    return _beta_density(at, *_pert_shapes(low, mode, high)) / (high - low)


def _doubles(*values: npt.ArrayLike) -> tuple[Array, ...]:
    return tuple(np.broadcast_arrays(*(np.asarray(v, dtype=np.float64) for v in values)))


# Checks of parameters.


def _above_zero(*names: str) -> tuple[Check, ...]:
    return tuple(
        (lambda given, name=name: None if given[name] > 0 else f"{name} ({given[name]:g}) is not above 0")
        for name in names
    )


def _shape(*names: str) -> tuple[Check, ...]:
    def outside(given: dict[str, float], name: str) -> str | None:
        if LEAST_SHAPE <= given[name] <= MOST_SHAPE:
            return None
        return f"{name} ({given[name]:g}) is not between {LEAST_SHAPE:g} and {MOST_SHAPE:,.0f}"

    return tuple((lambda given, name=name: outside(given, name)) for name in names)


def _ordered(given: dict[str, float]) -> str | None:
    low, high = given["low"], given["high"]
    return None if low < high else f"low ({low:g}) is not below high ({high:g})"


def _mode_between(given: dict[str, float]) -> str | None:
    low, mode, high = given["low"], given["mode"], given["high"]
    return None if low <= mode <= high else f"mode ({mode:g}) is not between low ({low:g}) and high ({high:g})"


def _weibull_mean(scale: float, shape: float) -> float:
    return scale * incomplete.gamma_function(1.0 + 1.0 / shape)


def _table(*entries: Distribution) -> dict[str, Distribution]:
    return {entry.name: entry for entry in entries}


DISTRIBUTIONS = _table(
    Distribution(
        "uniform", ("low", "high"), (True, True), "Every value between low and high is as likely as any other.",
        checks=(_ordered,), quantile=evaluated(_uniform), cdf=_uniform_cdf, density=_uniform_density,
        support=lambda low, high: (low, high), mean=lambda low, high: 0.5 * (low + high), recipe=_uniform,
    ),
    Distribution(
        "normal", ("mean", "sd"), (True, True), "The bell curve, by its mean and standard deviation.",
        checks=_above_zero("sd"), quantile=evaluated(_normal), cdf=_normal_cdf, density=_normal_density,
        support=lambda mean, sd: (-INF, INF), mean=lambda mean, sd: mean, recipe=_normal,
    ),
    Distribution(
        "lognormal", ("median", "sigma"), (True, False),
        "Positive and skewed: half of it lies below the median, two thirds within a factor exp(sigma) of it.",
        checks=_above_zero("median", "sigma"), quantile=evaluated(_lognormal), cdf=_lognormal_cdf,
        density=_lognormal_density,
        support=lambda median, sigma: (0.0, INF), mean=lambda median, sigma: median * float(exp(0.5 * sigma * sigma)),
        recipe=_lognormal,
    ),
    Distribution(
        "triangular", ("low", "mode", "high"), (True, True, True),
        "Rises in a straight line from low to mode and falls in one to high.",
        checks=(_ordered, _mode_between), quantile=evaluated(_triangular), cdf=_triangular_cdf,
        density=_triangular_density,
        support=lambda low, mode, high: (low, high), mean=lambda low, mode, high: (low + mode + high) / 3.0,
        recipe=_triangular,
    ),
    Distribution(
        "pert", ("low", "mode", "high"), (True, True, True),
        "A smooth bump from low to high with its top at mode and the mean (low + 4 mode + high) / 6.",
        checks=(_ordered, _mode_between), quantile=_pert_quantile, cdf=_pert_cdf, density=_pert_density,
        support=lambda low, mode, high: (low, high), mean=lambda low, mode, high: (low + 4.0 * mode + high) / 6.0,
    ),
    Distribution(
        "loguniform", ("low", "high"), (True, True), "Every factor between low and high is as likely as any other.",
        checks=(*_above_zero("low"), _ordered), quantile=evaluated(_loguniform), cdf=_loguniform_cdf,
        density=_loguniform_density,
        support=lambda low, high: (low, high), mean=lambda low, high: (high - low) / float(log(high / low)),
        recipe=_loguniform,
    ),
    Distribution(
        "exponential", ("mean",), (True,), "The wait for something that comes at a steady rate, by its mean.",
        checks=_above_zero("mean"), quantile=evaluated(_exponential), cdf=_exponential_cdf,
        density=_exponential_density,
        support=lambda mean: (0.0, INF), mean=lambda mean: mean, recipe=_exponential,
    ),
    Distribution(
        "gamma", ("shape", "scale"), (False, True),
        "Positive, with mean shape times scale; the more shape, the less skew.",
        checks=(*_shape("shape"), *_above_zero("scale")), quantile=_gamma_quantile, cdf=_gamma_cdf,
        density=_gamma_density,
        support=lambda shape, scale: (0.0, INF), mean=lambda shape, scale: shape * scale,
    ),
    Distribution(
        "beta", ("a", "b"), (False, False),
        "A share between 0 and 1 with mean a / (a + b), as after seeing a - 1 for and b - 1 against.",
        checks=_shape("a", "b"), quantile=_beta_quantile, cdf=_beta_cdf, density=_beta_density,
        support=lambda a, b: (0.0, 1.0), mean=lambda a, b: a / (a + b),
    ),
    Distribution(
        "weibull", ("scale", "shape"), (True, False),
        "A wait whose rate falls with time for a shape below 1 and rises above; 63 % come before the scale.",
        checks=(*_above_zero("scale"), *_shape("shape")), quantile=evaluated(_weibull), cdf=_weibull_cdf,
        density=_weibull_density,
        support=lambda scale, shape: (0.0, INF), mean=_weibull_mean, recipe=_weibull,
    ),
)  # fmt: skip
