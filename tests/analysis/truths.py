"""What is true of the shapes: figures of all worlds, from closed forms or many scrambled Sobol points."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.stats import qmc
from shapes import Floats, Shape

__all__ = ["ZERO", "Truth", "sobol_truth", "truth_of", "units_of"]

ZERO = 1e-3
"""A worth of knowing below this is none: it is what the points miss."""
LIMIT_AT = 0.7
_POINTS = 18
_ALONG, _ACROSS = 600, 9
REPLICATIONS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """Of all worlds.

    Attributes:
        mean, regret, worst_tenth, regret_tenth: (strategies,).
        evpi: The gain from knowing the world.
        evppi: (seen inputs,), from knowing one.
        limit: A payoff that seven in ten worlds of the first strategy keep under.
        within: (strategies,), the share of worlds that do.
        all_gain: The share in which all strategies bring more than the first.
    """

    mean: Floats
    regret: Floats
    worst_tenth: Floats
    regret_tenth: Floats
    evpi: float
    evppi: Floats
    limit: float
    within: Floats
    all_gain: float


@cache
def units_of(n: int, exponent: int = _POINTS) -> Floats:
    """Scrambled Sobol points, (points, n)."""
    return np.asarray(qmc.Sobol(n, seed=1).random_base2(exponent))


@cache
def truth_of(shape: Shape) -> Truth:
    """Of one shape."""
    u = shape.truth(shape.inputs(units_of(shape.n_inputs)))
    regret = u.max(axis=0) - u
    tenth = u.shape[1] // 10
    limit = float(np.quantile(u[0], LIMIT_AT))
    return Truth(
        u.mean(axis=1), regret.mean(axis=1), np.sort(u, axis=1)[:, :tenth].mean(axis=1),
        np.sort(regret, axis=1)[:, -tenth:].mean(axis=1), float(regret.mean(axis=1).min()),
        np.array([_worth(shape, j) for j in range(shape.n_inputs - shape.n_hidden)]),
        limit, (u <= limit).mean(axis=1), float((u[1:] > u[0]).all(axis=0).mean()),
    )  # fmt: skip


def _worth(shape: Shape, j: int) -> float:
    """EVPPI: over a grid of one column the best of means over the others.

    Of correlated inputs only the first is a column by itself, and the others here change no choice.
    """
    if shape.is_tied and j > 0:
        return 0.0
    others = units_of(shape.n_inputs, _ACROSS)
    means = []
    for at in (np.arange(_ALONG) + 0.5) / _ALONG:
        units = others.copy()
        units[:, j] = at
        u = shape.truth(shape.inputs(units))
        # what all strategies share moves no choice
        means.append((u - u[0]).mean(axis=1))
    along = np.array(means)
    return float(along.max(axis=1).mean() - along.mean(axis=0).max())


@cache
def sobol_truth(shape: Shape) -> tuple[Floats, Floats]:
    """First and total indices of the second strategy's payoff by seen input; luck is what the rows of a base share."""
    units = units_of(2 * shape.n_inputs, _POINTS - 2)
    a, b = units[:, : shape.n_inputs], units[:, shape.n_inputs :]
    seen = shape.n_inputs - shape.n_hidden
    # what is hidden is luck to the design: the rows of a base have it in common
    b = np.where(np.arange(shape.n_inputs) < seen, b, a)

    def payoff(units: Floats) -> Floats:
        return np.asarray(shape.truth(shape.inputs(units))[1])

    base, other = payoff(a), payoff(b)
    luck = shape.spread**2 * float(shape.luck(np.random.default_rng(1), (1 << 22,)).var()) / REPLICATIONS
    variance = float(np.concatenate([base, other]).var()) + luck
    moved = [payoff(np.where(np.arange(shape.n_inputs) == j, b, a)) for j in range(seen)]
    return (
        np.array([float(((other - other.mean()) * (y - base)).mean()) / variance for y in moved]),
        np.array([0.5 * float(((base - y) ** 2).mean()) / variance for y in moved]),
    )
