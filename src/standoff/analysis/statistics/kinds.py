"""Worlds of a kind, told by figures that luck blurs: the chance that each is, and the share of some that are.

The chance by world rests on what a regression says of it, and the worlds of a box were picked by what moves that
regression, so that the mean of their chances need not be the box's share. It is judged again from the worlds in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from standoff.analysis.findings import Figure, Floats
from standoff.analysis.statistics.deconvolution import judge, times_wanted

__all__ = ["Against", "Kind", "share_figure"]

_SURE = 1.96
_TOLD = 0.2
"""Width of an interval of the share of all worlds that still tells something, as of a share within a limit."""
_FEWEST = 20
"""Worlds that a distribution is fitted to."""


@dataclass(frozen=True, slots=True, eq=False)
class Against:
    """Worlds' figures against a limit, at most it where `sign` is 1, at least where −1.

    Attributes:
        own: (worlds,), means over replications.
        prediction: (worlds,), of the same from other worlds.
        halves: (worlds, 2); None where luck is not known, and the prediction is taken for the truth.
        limit, sign: As for `judge`.
    """

    own: Floats
    prediction: Floats
    halves: Floats | None
    limit: float
    sign: float

    def of(self, rows: npt.NDArray[np.int64]) -> Against:
        """The same of some worlds, each as often as it is named."""
        halves = None if self.halves is None else self.halves[rows]
        return Against(self.own[rows], self.prediction[rows], halves, self.limit, sign=self.sign)

    def judged(self, rows: npt.NDArray[np.int64]) -> tuple[Floats, Floats, float]:
        """Of some worlds the chance that each is within the limit, its influence, and the doubt of their mean."""
        if self.halves is None or rows.size < _FEWEST:
            within = (self.sign * (self.limit - self.prediction[rows]) >= 0.0).astype(np.float64)
            return within, within, 0.0
        found = judge(self.own[rows], self.prediction[rows], self.halves[rows], self.limit, sign=self.sign)
        return np.clip(found.value, 0.0, 1.0), found.influence, found.doubt


@dataclass(frozen=True, eq=False)
class Kind:
    """Worlds within all of some limits, or, where they are `broken`, beyond any."""

    limits: tuple[Against, ...]
    broken: bool = False

    def of(self, rows: npt.NDArray[np.int64]) -> Kind:
        """The same of some worlds."""
        return Kind(tuple(one.of(rows) for one in self.limits), self.broken)

    @cached_property
    def is_told(self) -> bool:
        """Whether luck leaves enough known of which worlds are of the kind."""
        if any(one.halves is not None and times_wanted(one.prediction, one.halves) is not None for one in self.limits):
            return False
        every = self.share(np.arange(self.limits[0].own.size))
        return every.high - every.low <= _TOLD

    def share(self, rows: npt.NDArray[np.int64]) -> Figure:
        """The share of some worlds that are of the kind, judged from these alone."""
        parts = [one.judged(rows) for one in self.limits]
        chance = np.array([part[0] for part in parts])
        besides = np.array([np.delete(chance, o, axis=0).prod(axis=0) for o in range(len(parts))])
        moved = sum(besides[o] * (part[1] - part[0]) for o, part in enumerate(parts))
        doubt = float(np.sqrt(sum((part[2] * besides[o].mean()) ** 2 for o, part in enumerate(parts))))
        value = float(chance.prod(axis=0).mean())
        error = float(np.std(chance.prod(axis=0) + moved, ddof=1)) / np.sqrt(rows.size) if rows.size > 1 else 0.5
        return share_figure(1.0 - value if self.broken else value, rows.size, float(np.hypot(error, doubt)))


def share_figure(value: float, n: float, error: float = 0.0) -> Figure:
    """A share of n worlds, its error at least that of so many independent ones: none and all have one too.

    Reference: Agresti & Coull 1998, Approximate is better than "exact" for interval estimation of binomial proportions.
    """
    adjusted = (value * n + 2.0) / (n + 4.0)
    error = max(error, float(np.sqrt(adjusted * (1.0 - adjusted) / (n + 4.0))))
    low, high = min(value, adjusted) - _SURE * error, max(value, adjusted) + _SURE * error
    return Figure(value, error, max(low, 0.0), min(high, 1.0))
