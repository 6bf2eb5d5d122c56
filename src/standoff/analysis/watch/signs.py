"""Signs: what will have been seen of each observable by a date, as one number a future."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from standoff.analysis.findings import Floats
from standoff.ensemble.watch.ahead import Ahead, Continuation
from standoff.language.model import Observable

__all__ = ["Sign", "Split", "best_split", "signs_by", "splits_of"]

_FEWEST = 20
"""Futures on each side of a split."""
_MOST_SPLITS = 12


@dataclass(frozen=True, slots=True, eq=False)
class Sign:
    """What will have been seen of an observable by a date.

    Attributes:
        of: What.
        date: The step before which one can choose, having seen it.
        values: (futures,): whether an event happened, how often in all, the state, or the last number.
    """

    of: Observable
    date: int
    values: Floats


@dataclass(frozen=True, slots=True)
class Split:
    """Two sides of a sign: at least so much against less, or one state against the others."""

    how: Literal["least", "is"]
    at: float

    def holds(self, values: Floats) -> npt.NDArray[np.bool_]:
        """(futures,) whether it does."""
        held: npt.NDArray[np.bool_] = values >= self.at if self.how == "least" else values == self.at
        return held


def signs_by(ahead: Ahead, held: Continuation, date: int) -> tuple[Sign, ...]:
    """What will have been seen before a date, of all that one will have heard of and that differs between futures."""
    found = []
    for of, seen in zip(ahead.observables, held.seen, strict=True):
        steps = date - of.lag
        if steps < 1:
            continue
        if of.kind == "count":
            values = seen[:steps].sum(axis=0)
        elif of.kind == "event":
            values = (seen[:steps] > 0.0).any(axis=0).astype(np.float64)
        else:
            values = seen[steps - 1]
        known = values[np.isfinite(values)]
        if known.size and np.ptp(known) > 0.0:
            found.append(Sign(of, date, values))
    return tuple(found)


def splits_of(sign: Sign) -> tuple[Split, ...]:
    """Where a sign can be split with futures enough on both sides."""
    values = sign.values
    if sign.of.kind == "mode":
        tried = [Split("is", float(v)) for v in np.unique(values)]
    elif sign.of.kind == "event":
        tried = [Split("least", 1.0)]
    else:
        cuts = np.quantile(values, np.linspace(0.0, 1.0, _MOST_SPLITS + 2)[1:-1])
        cuts = np.unique(np.ceil(cuts) if sign.of.kind == "count" else cuts)
        tried = [Split("least", float(v)) for v in cuts]
    fits = []
    for split in tried:
        n = int(split.holds(values).sum())
        if _FEWEST <= n <= values.size - _FEWEST:
            fits.append(split)
    return tuple(fits)


def best_split(sign: Sign, payoffs: Floats) -> Split | None:
    """The split after which choosing anew on each side is worth most.

    Args:
        sign: The sign.
        payoffs: (strategies, futures).
    """
    found: list[tuple[float, Split]] = []
    for split in splits_of(sign):
        side = split.holds(sign.values)
        found.append((float((payoffs[:, side].sum(axis=1)).max() + payoffs[:, ~side].sum(axis=1).max()), split))
    return max(found, key=lambda one: one[0])[1] if found else None
