"""Sine and cosine from + − × and floor alone, so that every evaluator has the same bits.

An argument is reduced to within π/4 of a multiple of π/2, which is taken away in three parts (Cody & Waite, Software
Manual for the Elementary Functions, 1980, chapter 8); the polynomials are those of Sun's fdlibm. The error is below
1e-15 for arguments up to a million.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from standoff.base.numbers.arithmetic import polynomial

__all__ = ["COSINE", "HALF_PI", "SINE", "TWO_OVER_PI", "wave"]

TWO_OVER_PI = 0.6366197723675814
HALF_PI = (1.57079632673412561417, 6.07710050630396597660e-11, 2.02226624871116645580e-21)
SINE = (
    -1.66666666666666324348e-01, 8.33333333332248946124e-03, -1.98412698298579493134e-04, 2.75573137070700676789e-06,
    -2.50507602534068634195e-08, 1.58969099521155010221e-10,
)  # fmt: skip
COSINE = (
    4.16666666666666019037e-02, -1.38888888888741095749e-03, 2.48015872894767294178e-05, -2.75573143513906633035e-07,
    2.08757232129817482790e-09, -1.13596475577881948265e-11,
)  # fmt: skip


def wave(x: npt.NDArray[np.float64], quarter: float) -> npt.NDArray[np.float64]:
    """The sine of x, in radians, after so many quarters of a turn: 1 makes it the cosine."""
    n = np.floor(x * TWO_OVER_PI + 0.5)
    r = x
    for part in HALF_PI:
        r = r - n * part
    z = r * r
    sine = r + r * z * polynomial(z, SINE)
    cosine = (1.0 - 0.5 * z) + z * z * polynomial(z, COSINE)
    n = n + quarter
    turn = n - 4.0 * np.floor(n * 0.25)
    size = np.where(turn - 2.0 * np.floor(turn * 0.5) == 1.0, cosine, sine)
    return np.where(turn >= 2.0, -size, size)
