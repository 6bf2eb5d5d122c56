"""Boxes of worlds: a few bounds on assumptions, and what lies inside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import bdtrc

from standoff.analysis.findings import Floats, Inputs

__all__ = ["Box", "Limit", "broken_by", "make_box", "quasi_p", "with_quasi_p"]


@dataclass(frozen=True, slots=True)
class Limit:
    """One bound of a box: at least `low`, at most `high`, or one of `levels` (codes); quasi-p where computed.

    `quasi_p` is the chance of as many cases of interest in the box if this bound made no difference
    (Bryant & Lempert 2010, section 3.3): a binomial tail, not adjusted for the search that found the box.
    """

    name: str
    low: float | None = None
    high: float | None = None
    levels: tuple[int, ...] | None = None
    quasi_p: float | None = None

    def breaks(self, inputs: Inputs) -> npt.NDArray[np.bool_]:
        """The cases outside this bound, shape (worlds,)."""
        column = inputs.column(self.name)
        if self.levels is not None:
            return ~np.isin(column, self.levels)
        outside = np.zeros(column.size, dtype=bool)
        if self.low is not None:
            outside |= column < self.low
        if self.high is not None:
            outside |= column > self.high
        return outside


@dataclass(frozen=True, slots=True)
class Box:
    """A box and what it holds.

    `n` cases, of which `n_interest` of interest; `coverage` is the share of all cases of interest that it holds,
    `density` the share of its cases that are of interest, `mass` its share of all cases.
    """

    limits: tuple[Limit, ...]
    n: int
    n_interest: float
    coverage: float
    density: float
    mass: float

    @property
    def names(self) -> tuple[str, ...]:
        """The inputs it limits, each once, in the order of the limits."""
        return tuple(dict.fromkeys(limit.name for limit in self.limits))

    @property
    def balance(self) -> float:
        """Harmonic mean of coverage and density."""
        both = self.coverage + self.density
        return 2.0 * self.coverage * self.density / both if both > 0.0 else 0.0

    def holds(self, inputs: Inputs) -> npt.NDArray[np.bool_]:
        """The cases in the box, shape (worlds,)."""
        inside = np.ones(inputs.values.shape[0], dtype=bool)
        for limit in self.limits:
            inside &= ~limit.breaks(inputs)
        return inside


def make_box(limits: tuple[Limit, ...], n: int, n_interest: float, totals: tuple[int, float]) -> Box:
    """A box from what it holds; `totals` are the number of all cases and of all cases of interest."""
    n_all, all_interest = totals
    return Box(
        limits,
        n,
        n_interest,
        coverage=n_interest / all_interest if all_interest > 0.0 else 0.0,
        density=n_interest / n if n > 0 else 0.0,
        mass=n / n_all,
    )


def with_quasi_p(inputs: Inputs, y: Floats, box: Box) -> Box:
    """The same box with the quasi-p value of every limit, from `quasi_p`."""
    p = quasi_p(broken_by(inputs, box.limits), y, box.n, box.n_interest)
    limits = tuple(replace(limit, quasi_p=float(own)) for limit, own in zip(box.limits, p, strict=True))
    return replace(box, limits=limits)


def broken_by(inputs: Inputs, limits: Sequence[Limit]) -> npt.NDArray[np.bool_]:
    """Which cases are outside which bound, shape (limits, worlds)."""
    rows = [limit.breaks(inputs) for limit in limits]
    return np.array(rows, dtype=bool).reshape(len(rows), inputs.values.shape[0])


def quasi_p(breaks: npt.NDArray[np.bool_], y: Floats, n: int, n_interest: float) -> Floats:
    """The chance of as many cases of interest in a box if each of its bounds made no difference, shape (limits,).

    Args:
        breaks: from `broken_by`.
        y: shape (worlds,), in [0, 1].
        n, n_interest: cases in the box, and of interest.

    Reference: Bryant & Lempert 2010, section 3.3: a one-sided binomial test of the box against the box without
    the limit. Where y is a chance, the number of cases of interest is its sum, rounded.
    """
    broken = np.count_nonzero(breaks, axis=0)
    inside, once = broken == 0, broken == 1
    more = breaks[:, once].astype(np.float64)
    size = np.count_nonzero(inside) + more.sum(axis=1)
    rate = (y[inside].sum() + more @ y[once]) / np.maximum(size, 1.0)
    chance: Floats = bdtrc(round(n_interest) - 1, n, np.clip(rate, 0.0, 1.0))
    return chance
