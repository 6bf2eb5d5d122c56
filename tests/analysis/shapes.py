"""Response shapes of known truth, as the arrays that estimators take: for `make coverage` and for tests.

Each shape says how inputs follow from a point of the unit cube, what each strategy truly brings there, and how luck
moves a single replication. Nothing is simulated, so that thousands of studies take minutes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from standoff.analysis.findings import Inputs
from standoff.analysis.runs.payoffs import Payoffs

__all__ = ["SHAPES", "Drawn", "Shape", "draw", "equal_strategies", "points"]

Floats = npt.NDArray[np.float64]
_SPREAD = 2.0
"""Standard deviation of one replication's luck, of each strategy by itself."""


def _as_drawn(units: Floats) -> Floats:
    return units


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A response with known truth.

    Attributes:
        name: Of the row in the table.
        n_inputs: Columns of the unit cube, hidden ones last.
        gain: What strategies b, c, … bring over a, by the inputs: (worlds, inputs) to (strategies − 1, worlds).
        inputs: From points of the unit cube.
        level: What all bring alike.
        luck: What one replication adds, of mean zero: generator and shape to values.
        n_hidden: Inputs that the estimators are not given.
        flips: By input, where the best strategy truly changes.
        spread: Factor on luck.
        is_tied: Whether inputs are correlated, made of several columns of the unit cube.
    """

    name: str
    n_inputs: int
    gain: Callable[[Floats], Floats]
    inputs: Callable[[Floats], Floats] = _as_drawn
    level: Callable[[Floats], Floats] = lambda x: 4.0 * x[:, 1]
    luck: Callable[[np.random.Generator, tuple[int, ...]], Floats] = lambda random, size: random.normal(0.0, 1.0, size)
    n_hidden: int = 0
    flips: dict[int, tuple[float, ...]] = field(default_factory=dict)
    spread: float = _SPREAD
    is_tied: bool = False

    def truth(self, x: Floats) -> Floats:
        """(strategies, worlds), what each strategy brings on average over luck."""
        return self.level(x) + np.vstack([np.zeros(len(x)), self.gain(x)])


def _with(*rows: Floats) -> Floats:
    return np.vstack(rows)


def _lognormal(sigma: float) -> Callable[[Floats], Floats]:
    def inputs(units: Floats) -> Floats:
        return np.column_stack([np.exp(sigma * norm.ppf(units[:, 0])), units[:, 1:]])

    return inputs


def _tied(units: Floats) -> Floats:
    z = norm.ppf(units)
    return np.column_stack([z[:, 0], 0.7 * z[:, 0] + np.sqrt(0.51) * z[:, 1], z[:, 2]])


def _levels(units: Floats) -> Floats:
    return np.column_stack([np.floor(3.0 * units[:, 0]), units[:, 1:]])


def _heavy(random: np.random.Generator, size: tuple[int, ...]) -> Floats:
    """Lognormal luck with a logarithm of standard deviation 1.5, scaled to the mean it has left out."""
    return np.exp(1.5 * random.normal(0.0, 1.0, size)) / np.exp(1.125) - 1.0


def _zigzag(x: Floats) -> Floats:
    return 6.0 * (np.abs(((2.0 * x[:, 0] + 0.25) % 1.0) - 0.5) - 0.25)


SHAPES: tuple[Shape, ...] = (
    Shape("linear", 4, lambda x: _with(4.0 * (x[:, 0] - 0.45), 1.0 * x[:, 2] - 1.5), flips={0: (0.45,)}),
    Shape("kink", 4, lambda x: _with(9.0 * np.maximum(x[:, 0] - 0.5, 0.0) - 0.9), flips={0: (0.6,)}),
    Shape("step", 4, lambda x: _with(np.where(x[:, 0] > 0.62, 1.0, -1.0)), flips={0: (0.62,)}),
    Shape("unequal step", 4, lambda x: _with(np.where(x[:, 0] > 0.3, -1.0, 3.0)), flips={0: (0.3,)}),
    Shape("zigzag", 4, lambda x: _with(_zigzag(x)), flips={0: (0.25, 0.5, 0.75)}, spread=1.0),
    Shape("interaction", 4, lambda x: _with(12.0 * (x[:, 0] - 0.5) * (x[:, 2] - 0.5), x[:, 3] - 0.8)),
    Shape("hidden", 4, lambda x: _with(x[:, 0] - 0.6 + 2.0 * np.sign(x[:, 3] - 0.5)), n_hidden=1),
    Shape("levels", 3, lambda x: _with(np.array([-1.0, 0.5, 2.0])[x[:, 0].astype(int)]), inputs=_levels),
    Shape("correlated", 3, lambda x: _with(x[:, 0] - 0.3), inputs=_tied, flips={0: (0.3,)}, is_tied=True),
    Shape("lognormal inputs", 3, lambda x: _with(1.5 - 0.5 * x[:, 0]), inputs=_lognormal(1.5),
          level=lambda x: x[:, 0], flips={0: (3.0,)}),
    Shape("lognormal luck", 3, lambda x: _with(2.0 * (x[:, 0] - 0.4)), luck=_heavy, flips={0: (0.4,)}, spread=1.0),
    Shape("30 nuisances", 32, lambda x: _with(3.0 * (x[:, 0] - 0.45)), level=lambda x: 3.0 * x[:, 1:].sum(axis=1),
          flips={0: (0.45,)}),
    Shape("ties", 4, lambda x: _with(0.0 * x[:, 0], 0.0 * x[:, 0])),
    Shape("near ties", 4, lambda x: _with(0.03 + 0.0 * x[:, 0], 0.2 * x[:, 2] - 0.1)),
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """One study: what an estimator is given, and the true payoffs of its worlds, (strategies, worlds)."""

    payoffs: Payoffs
    truth: Floats


def points(random: np.random.Generator, n_worlds: int, n_inputs: int) -> Floats:
    """A Latin hypercube (McKay, Beckman & Conover 1979), (worlds, inputs)."""
    order = np.argsort(random.random((n_worlds, n_inputs)), axis=0)
    return np.asarray((order + random.random((n_worlds, n_inputs))) / n_worlds)


def draw(shape: Shape, seed: int, n_worlds: int = 1024, replications: int = 4) -> Drawn:
    """A study of one shape."""
    random = np.random.default_rng([seed, *shape.name.encode()])
    seen = shape.n_inputs - shape.n_hidden
    # what is hidden from the estimators is hidden from the design too: as luck, or what inputs do together
    units = np.column_stack([points(random, n_worlds, seen), random.random((n_worlds, shape.n_hidden))])
    x = shape.inputs(units)
    truth = shape.truth(x)
    luck = shape.spread * shape.luck(random, (*truth.shape, 2, replications // 2)).mean(axis=3)
    halves = truth[:, :, None] + luck
    names = tuple(f"x{j}" for j in range(seen))
    inputs = Inputs(names, x[:, :seen])
    even = Inputs(names, norm.ppf(units[:, :seen])) if shape.is_tied else Inputs(names, x[:, :seen])
    return Drawn(Payoffs(tuple("abcdef"[: len(truth)]), halves.mean(axis=2), inputs, halves, None, even), truth)


def equal_strategies(n_strategies: int, seed: int, n_worlds: int = 1024) -> Payoffs:
    """Strategies of one effect, each with luck of its own."""
    same = Shape(f"null of {n_strategies}", 4, lambda x: np.zeros((n_strategies - 1, len(x))))
    return draw(same, seed, n_worlds).payoffs
