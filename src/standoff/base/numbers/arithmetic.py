"""Elementary functions as fixed sequences of IEEE operations, equal bit for bit on every processor.

NumPy's own `exp`, `log` and `power` change their last bits with the processor's features. The recipes here
use only + - * /, square root, floor, comparison and moves of bits, all of which IEEE 754 fixes exactly.

Each recipe `exp_recipe`, `log_recipe`, ... is a straight line: no branch, no loop that depends on data, only
`select`. It is evaluated in two ways. `exp`, `log`, ... run it over NumPy arrays of any shape, with warnings
off. `standoff.program.lowering.symbolic` makes text for compilers of it. A twin in another language
transcribes a recipe so:

* every + - * / is one rounding, in the order of the brackets: no fused multiply-add, no reassociation;
* `polynomial(x, (c0, c1, ..., cn))` is Horner's rule from the top: `p = cn`, then `p = p * x + ck` down to c0;
* `select(c, a, b)` is a if c else b, with a and b both computed; a comparison with NaN is false;
* `to_bits` and `from_bits` reinterpret a double as a signed 64-bit integer and back; `>>` keeps the sign;
* every NaN returned is the one quiet NaN 0x7ff8000000000000.

Largest errors in units in the last place (ulp), against 100-bit values; `tests/base/test_arithmetic.py`
bounds them: exp 0.9, log 0.9, log1p 1.5, expm1 1.5, logistic 2.1, power 0.9, normal_cdf 6, normal_quantile 6
(10 in the far tails).

The logarithm and the power follow fdlibm's `e_log.c` and `e_pow.c`, whose coefficients they use:
Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed at SunSoft, a Sun Microsystems,
Inc. business. Permission to use, copy, modify, and distribute this software is freely granted, provided that
this notice is preserved.
"""
# ruff: noqa: PLR0124 - x == x is how a recipe asks whether x is a number

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Bits = npt.NDArray[np.int64]
Truth = npt.NDArray[np.bool_]

INF = math.inf
NAN = math.nan

LOG2_E = 1.4426950408889634
LN2_HIGH = 6.93147180369123816490e-01  # 33 bits, so a whole number below 2^20 times it is exact
LN2_LOW = 1.90821492927058770002e-10
EXP_TAIL = tuple(1.0 / math.factorial(n) for n in range(2, 14))  # exp(r) - 1 - r, over r^2

MANTISSA = 0x000FFFFFFFFFFFFF
HIGH_WORD = -0x100000000
ONE_BITS = 0x3FF0000000000000
TWO52 = 4503599627370496.0
TWO52_BITS = 0x4330000000000000
LOG_OFFSET = (1022 << 52) - 0x3FE6A09E667F3BCD  # moves the steps of the exponent to sqrt(1/2) 2^k
SMALLEST_NORMAL = 2.2250738585072014e-308
TWO54 = 18014398509481984.0

# fmt: off
LOG_TAIL = (
    6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01, 2.222219843214978396e-01,
    1.818357216161805012e-01, 1.531383769920937332e-01, 1.479819860511658591e-01,
)

# Power (fdlibm e_pow.c): log2 in two parts, then 2^z.
POW_LOG = (
    5.99999999999994648725e-01, 4.28571428578550184252e-01, 3.33333329818377432918e-01,
    2.72728123808534006489e-01, 2.30660745775561754067e-01, 2.06975017800338417784e-01,
)
POW_EXP = (
    1.66666666666666019037e-01, -2.77777777770155933842e-03, 6.61375632143793436117e-05,
    -1.65339022054652515390e-06, 4.13813679705723846039e-08,
)
SQRT_3_2 = 1.2247448713915890
SQRT_3 = 1.7320508075688772
LOG2_3_2_HIGH = 5.84962487220764160156e-01
LOG2_3_2_LOW = 1.35003920212974897128e-08
TWO_THIRDS_LOG2_E = 9.61796693925975554329e-01  # 2 / (3 ln 2), and its two parts
TWO_THIRDS_LOG2_E_HIGH = 9.61796700954437255859e-01
TWO_THIRDS_LOG2_E_LOW = -7.02846165095275826516e-09
LN2 = 6.93147180559945286227e-01
LN2_FLOAT = 6.93147182464599609375e-01  # 24 bits, and the rest
LN2_REST = -1.90465429995776804525e-09

# (w + 4) Q(w) exp(w^2 / 2) in t = (w - 4) / (w + 4), w >= 0, Q the upper tail of the normal distribution:
# Chebyshev interpolation with 50 digits, in the manner of Shepherd & Laframboise, "Chebyshev approximation
# of (1 + 2x) exp(x^2) erfc(x) in 0 <= x < infinity", Mathematics of Computation 36 (1981). Error 4e-17.
NORMAL_TAIL = (
    0.7552851304157515, -0.6078966419718921, 0.3871374007422149, -0.18652185795965484,
    0.060396574890917876, -0.00754018896682524, -0.0034796923670479736, 0.001630818459394586,
    0.00013334430941183256, -0.00023109495324019437, -1.908246351414571e-06, 3.514479478753355e-05,
    7.166587641195121e-07, -5.920586519556891e-06, -6.298367338492369e-07, 1.0225604158296038e-06,
    2.7246296951145873e-07, -1.5650236461993106e-07, -8.686647015997893e-08, 1.4630727405651175e-08,
    2.1427603843452355e-08, 1.4329918401088613e-09, -3.73064508186837e-09, -8.546521899880147e-10,
    3.403312308649495e-10, 1.175478991480774e-10,
)
EXP_SMALL = (1.0, -1.0, 1 / 2, -1 / 6, 1 / 24, -1 / 120)  # exp(-d) for d below 0.0015

# Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37 (1988),
# PPND16: numerator and denominator near the middle, in the tails, and in the far tails.
QUANTILE_MIDDLE = (
    (
        3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
        4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3,
    ),
    (
        1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
        2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3,
    ),
)
QUANTILE_TAIL = (
    (
        1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
        3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
        2.27238449892691845833e-2, 7.74545014278341407640e-4,
    ),
    (
        1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
        1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
        1.05075007164441684324e-9,
    ),
)
QUANTILE_FAR = (
    (
        6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
        2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
        2.71155556874348757815e-5, 2.01033439929228813265e-7,
    ),
    (
        1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
        7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
        2.04426310338993978564e-15,
    ),
)
# fmt: on


def select(condition: Truth, if_true: Array | float, if_false: Array | float) -> Array:
    """`if_true` where the condition holds, else `if_false`."""
    return np.where(condition, if_true, if_false)


def floor(x: Array) -> Array:
    """The largest whole number not above x."""
    return np.floor(x)


def sqrt(x: Array) -> Array:
    """The square root, exactly rounded."""
    return np.sqrt(x)


def to_bits(x: Array) -> Bits:
    """The bits of a double as a signed integer."""
    return x.view(np.int64)


def from_bits(bits: Bits) -> Array:
    """The double that has these bits."""
    return bits.view(np.float64)


def polynomial(x: Array, coefficients: tuple[float, ...]) -> Array:
    """c0 + c1 x + c2 x^2 + ... by Horner's rule, the highest power first."""
    total: Array | float = coefficients[-1]
    for coefficient in coefficients[-2::-1]:
        total = total * x + coefficient
    return np.asarray(total)


def exp_recipe(x: Array) -> Array:
    """e^x: overflow is infinity, underflow goes through the subnormals to 0."""
    k, tail = _reduced(select(x > 710.0, 710.0, select(x < -746.0, -746.0, x)))
    return select(x == x, _scaled(1.0 + tail, k), NAN)


def expm1_recipe(x: Array) -> Array:
    """e^x - 1 with full relative accuracy near 0."""
    k, tail = _reduced(select(x > 710.0, 710.0, select(x < -40.0, -40.0, x)))
    scale = _two_to(select(k > 60.0, 60.0, k))
    small = scale * tail + (scale - 1.0)
    result = select(k > 60.0, _scaled(1.0 + tail, k), small)
    return select(x == x, select(x == 0.0, x, result), NAN)


def log_recipe(x: Array) -> Array:
    """Natural logarithm: 0 gives -infinity, a negative number NaN."""
    tiny = x < SMALLEST_NORMAL
    bits = to_bits(select(tiny, x * TWO54, x))
    steps = (bits + LOG_OFFSET) >> 52  # 1022 + k, where x = m 2^k and sqrt(1/2) <= m < sqrt(2)
    m = from_bits(bits - ((steps - 1022) << 52))
    k = from_bits((steps & 0xFFF) | TWO52_BITS) - select(tiny, TWO52 + 1076.0, TWO52 + 1022.0)
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    half = 0.5 * f * f
    tail = s * (half + z * polynomial(z, LOG_TAIL))
    result = k * LN2_HIGH - ((half - (tail + k * LN2_LOW)) - f)
    return select(x > 0.0, select(x < INF, result, INF), select(x == 0.0, -INF, NAN))


def log1p_recipe(x: Array) -> Array:
    """log(1 + x) with full relative accuracy near 0: the rounding of 1 + x is put back."""
    u = 1.0 + x
    lost = select(x < 1.0, x - (u - 1.0), 1.0 - (u - x))
    result = log_recipe(u) + lost / u
    return select(x > -1.0, select(x < INF, select(x == 0.0, x, result), INF), select(x == -1.0, -INF, NAN))


def logistic_recipe(x: Array) -> Array:
    """1 / (1 + e^-x), from the exponential of -|x| so that nothing overflows."""
    small = exp_recipe(select(x > 0.0, -x, x))
    return select(x > 0.0, 1.0, small) / (1.0 + small)


def power_recipe(x: Array, y: Array) -> Array:
    """x^y as IEEE 754's pow, and for y = 2, 3, 4 and -1 the products x x, (x x) x, (x x) (x x) and 1 / x."""
    size = select(x < 0.0, -x, select(x == 0.0, 0.0, x))
    result = _power_of_positive(size, y)
    rises = (y > 0.0) == (size > 1.0)
    result = select((size == 0.0) | (size == INF) | (y == INF) | (y == -INF), select(rises, INF, 0.0), result)
    result = select(size == 1.0, 1.0, result)
    whole = floor(y) == y
    odd = whole & (floor(0.5 * y) * 2.0 != y) & (y - y == 0.0)
    result = select((to_bits(x) < 0) & odd, -result, result)
    result = select((x < 0.0) & (x > -INF) & (floor(y) != y), NAN, result)
    square = x * x
    result = select(y == 1.0, x, select(y == -1.0, 1.0 / x, result))
    result = select(y == 2.0, square, select(y == 3.0, square * x, select(y == 4.0, square * square, result)))
    result = select((x == x) & (y == y), result, NAN)
    return select((y == 0.0) | (x == 1.0), 1.0, result)


def normal_cdf_recipe(z: Array) -> Array:
    """The standard normal distribution function, with small relative error in the lower tail too."""
    w = select(z < 0.0, -z, z)
    w = select(w > 39.0, 39.0, w)
    short = from_bits(to_bits(w) & HIGH_WORD)  # 21 bits, so that its square is exact
    rest = 0.5 * ((w - short) * (w + short))
    inverse = 1.0 / (w + 4.0)
    tail = polynomial((w - 4.0) * inverse, NORMAL_TAIL) * inverse
    tail = exp_recipe(-0.5 * (short * short)) * (polynomial(rest, EXP_SMALL) * tail)
    return select(z == z, select(z < 0.0, tail, 1.0 - tail), NAN)


def normal_quantile_recipe(p: Array) -> Array:
    """The inverse of the standard normal distribution function; 0 and 1 give infinities, outside NaN."""
    q = p - 0.5
    middle = 0.180625 - q * q
    r = sqrt(-log_recipe(select(q < 0.0, p, 1.0 - p)))
    near = r <= 5.0
    tail, far = r - 1.6, r - 5.0
    is_middle = middle >= 0.0
    above = select(
        is_middle,
        q * polynomial(middle, QUANTILE_MIDDLE[0]),
        select(near, polynomial(tail, QUANTILE_TAIL[0]), polynomial(far, QUANTILE_FAR[0])),
    )
    below = select(
        is_middle,
        polynomial(middle, QUANTILE_MIDDLE[1]),
        select(near, polynomial(tail, QUANTILE_TAIL[1]), polynomial(far, QUANTILE_FAR[1])),
    )
    ratio = above / below
    result = select((q < 0.0) & (middle < 0.0), -ratio, ratio)
    result = select(p == 0.0, -INF, select(p == 1.0, INF, result))
    return select((p >= 0.0) & (p <= 1.0), result, NAN)


def _reduced(x: Array) -> tuple[Array, Array]:
    """k and e^r - 1, where x = k ln 2 + r and |r| <= ln 2 / 2 (Cody and Waite's reduction)."""
    k = floor(x * LOG2_E + 0.5)
    high = x - k * LN2_HIGH
    low = k * LN2_LOW
    r = high - low
    lost = (high - r) - low
    return k, r + (r * r * polynomial(r, EXP_TAIL) + lost)


def _two_to(k: Array) -> Array:
    """2^k for whole k from -1022 to 1023, by its bits."""
    return from_bits(to_bits(k + (TWO52 + 1023.0)) << 52)


def _scaled(x: Array, k: Array) -> Array:
    """x 2^k in two steps, of which the first is exact: one rounding where the result is subnormal."""
    half = floor(0.5 * k)
    return x * _two_to(half) * _two_to(k - half)


def _high(x: Array) -> Array:
    """x without its low word, so that products of two such numbers are exact or nearly so."""
    return from_bits(to_bits(x) & HIGH_WORD)


def _log2_in_two(x: Array) -> tuple[Array, Array]:
    """log2 x for positive finite x as a 21-bit number and the rest, together good to about 2^-67."""
    tiny = x < SMALLEST_NORMAL
    bits = to_bits(select(tiny, x * TWO54, x))
    m = from_bits((bits & MANTISSA) | ONE_BITS)
    upper = m >= SQRT_3
    middle = (m >= SQRT_3_2) & (m < SQRT_3)
    k = from_bits(((bits >> 52) & 0x7FF) | TWO52_BITS) - select(tiny, TWO52 + 1077.0, TWO52 + 1023.0)
    k = select(upper, k + 1.0, k)
    m = select(upper, 0.5 * m, m)
    base = select(middle, 1.5, 1.0)
    base_high = select(middle, LOG2_3_2_HIGH, 0.0)
    base_low = select(middle, LOG2_3_2_LOW, 0.0)
    # s = (m - base) / (m + base) in two parts
    u = m - base
    v = 1.0 / (m + base)
    s = u * v
    s_high = _high(s)
    t_high = _high(m + base)
    t_low = m - (t_high - base)
    s_low = v * ((u - s_high * t_high) - s_high * t_low)
    # log(m / base) = 2 s + 2/3 s^3 + ..., as 2/3 s (3 + s^2 + ...)
    z = s * s
    r = z * z * polynomial(z, POW_LOG) + s_low * (s_high + s)
    z = s_high * s_high
    t_high = _high(3.0 + z + r)
    t_low = r - ((t_high - 3.0) - z)
    u = s_high * t_high
    v = s_low * t_high + t_low * s
    p_high = _high(u + v)
    p_low = v - (p_high - u)
    z_high = TWO_THIRDS_LOG2_E_HIGH * p_high
    z_low = TWO_THIRDS_LOG2_E_LOW * p_high + p_low * TWO_THIRDS_LOG2_E + base_low
    log_high = _high(((z_high + z_low) + base_high) + k)
    return log_high, z_low - (((log_high - k) - base_high) - z_high)


def _power_of_positive(x: Array, y: Array) -> Array:
    """x^y for x > 0, both finite."""
    log_high, log_low = _log2_in_two(x)
    y_high = _high(y)
    low = (y - y_high) * log_high + y * log_low
    high = y_high * log_high
    z = low + high
    outside = (z > 1025.0) | (z < -1080.0)
    high = select(z > 1025.0, 1025.0, select(z < -1080.0, -1080.0, high))
    low = select(outside, 0.0, low)
    n = floor((low + high) + 0.5)
    high = high - n
    t = _high(low + high)
    u = t * LN2_FLOAT
    v = (low - (t - high)) * LN2 + t * LN2_REST
    z = u + v
    w = v - (z - u)
    t = z * z
    t1 = z - t * polynomial(t, POW_EXP)
    r = z * t1 / (t1 - 2.0) - (w + z * w)
    return _scaled(1.0 - (r - z), n)


def evaluated(recipe: Callable[..., Array]) -> Callable[..., Array]:
    """The recipe over NumPy arrays: arguments made doubles and broadcast, floating-point warnings off."""

    @functools.wraps(recipe)
    def evaluate(*arguments: npt.ArrayLike) -> Array:
        with np.errstate(all="ignore"):
            doubles = np.broadcast_arrays(*(np.asarray(a, dtype=np.float64) for a in arguments))
            return np.asarray(recipe(*(np.ascontiguousarray(d).reshape(d.shape) for d in doubles)))

    return evaluate


# What compiled code may call: the parts of recipes, and the recipes by the name a model uses.
PARTS: tuple[Callable[..., Any], ...] = (_two_to, _scaled, _reduced, _high, _log2_in_two, _power_of_positive)
RECIPES: dict[str, Callable[..., Array]] = {
    "exp": exp_recipe,
    "expm1": expm1_recipe,
    "log": log_recipe,
    "log1p": log1p_recipe,
    "logistic": logistic_recipe,
    "power": power_recipe,
    "normal_cdf": normal_cdf_recipe,
    "normal_quantile": normal_quantile_recipe,
}

exp = evaluated(exp_recipe)
expm1 = evaluated(expm1_recipe)
log = evaluated(log_recipe)
log1p = evaluated(log1p_recipe)
logistic = evaluated(logistic_recipe)
power = evaluated(power_recipe)
normal_cdf = evaluated(normal_cdf_recipe)
normal_quantile = evaluated(normal_quantile_recipe)
