"""Problems by which searches are measured: DTLZ2 and the shallow lake, as functions of points of the unit cube.

References: K. Deb, L. Thiele, M. Laumanns and E. Zitzler, Scalable multi-objective optimization test problems (2002);
J. Quinn, P. Reed and K. Keller, Direct policy search for robust multi-objective management of deeply uncertain
socio-ecological tipping points (2017), for the lake with a release rule of two radial basis functions.
"""

from __future__ import annotations

import numpy as np

DTLZ2_VARIABLES, LAKE_VARIABLES = 12, 6
DTLZ2_EPSILONS, LAKE_EPSILONS = (0.05, 0.05, 0.05), (0.01, 0.01, 0.01, 0.001)
DTLZ2_REFERENCE, LAKE_REFERENCE = (1.2, 1.2, 1.2), (3.0, 0.0, 0.0, 0.0)
EVALUATIONS = 4_000
_YEARS, _FUTURES = 100, 50


def dtlz2(x):
    """(points, 3), all to be made small, of (points, 12)."""
    g = ((x[:, 2:] - 0.5) ** 2).sum(axis=1)
    a, b = 0.5 * np.pi * x[:, 0], 0.5 * np.pi * x[:, 1]
    return (1.0 + g)[:, None] * np.stack([np.cos(a) * np.cos(b), np.cos(a) * np.sin(b), np.sin(a)], axis=1)


def lake(x):
    """(points, 4), all to be made small, of (points, 6): peak of phosphorus, −utility, −steadiness, −reliability."""
    removal, recycling = 0.42, 2.0
    critical = (1.0 - np.sqrt(1.0 - 4.0 * removal**2)) / (2.0 * removal)
    inflow = np.random.default_rng(1).lognormal(np.log(0.02 / np.sqrt(1.0 + 0.01)), np.sqrt(np.log(1.01)),
                                                (_YEARS, _FUTURES))  # fmt: skip
    centres, radii = 4.0 * x[:, [0, 3]] - 2.0, 2.0 * x[:, [1, 4]] + 1e-9
    weights = x[:, [2, 5]] / np.maximum(x[:, [2, 5]].sum(axis=1, keepdims=True), 1e-9)
    water = np.zeros((len(x), _FUTURES))
    mean, utility = np.zeros((_YEARS, len(x))), np.zeros(len(x))
    reliable, steady, before = np.zeros(len(x)), np.zeros(len(x)), None
    for year in range(_YEARS):
        basis = np.abs((water[:, :, None] - centres[:, None]) / radii[:, None]) ** 3
        release = np.clip((weights[:, None] * basis).sum(axis=2), 0.01, 0.1)
        water = (1.0 - removal) * water + water**recycling / (1.0 + water**recycling) + release + inflow[year][None]
        mean[year] = water.mean(axis=1)
        utility += 0.4 * release.mean(axis=1) * 0.98**year
        reliable += (water < critical).mean(axis=1) / _YEARS
        steady += 0.0 if before is None else (release - before > -0.02).mean(axis=1) / (_YEARS - 1)
        before = release
    return np.stack([mean.max(axis=0), -utility, -steady, -reliable], axis=1)


PROBLEMS = {
    "dtlz2": (dtlz2, DTLZ2_VARIABLES, DTLZ2_EPSILONS, DTLZ2_REFERENCE),
    "lake": (lake, LAKE_VARIABLES, LAKE_EPSILONS, LAKE_REFERENCE),
}
