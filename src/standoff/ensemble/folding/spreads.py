"""How futures spread: quantiles of each cell's replications, and histograms over all worlds of a profile.

Both are exact and do not depend on how a run was cut. A cell's replications are all in one block, so its quantiles
are those of its sorted numbers. A histogram adds up weights as whole numbers, in any order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
import numpy.typing as npt

from standoff.base.problems import suggest
from standoff.program.program import Program

__all__ = [
    "NOTHING",
    "NO_SPREADS",
    "Bins",
    "Histogram",
    "Histograms",
    "Spreads",
    "Wanted",
    "cell_quantiles",
    "histogram_of",
    "want",
]

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

UNIT = 2**32  # what weight 1 counts: a sum of whole numbers has no order, and 2^31 futures fit in a bin


@dataclass(frozen=True, slots=True)
class Bins:
    """What a histogram counts.

    Attributes:
        kind, name: An outcome, or the payoff of an actor.
        edges: Ascending. A bin holds its lower edge; the last one its upper edge too.
    """

    kind: str
    name: str
    edges: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a run keeps besides means and errors.

    Attributes:
        levels: Of quantiles, ascending, from 0 to 1.
        bins: Of histograms.
        futures: Whether every single future's measures are kept.
    """

    levels: tuple[float, ...] = ()
    bins: tuple[Bins, ...] = ()
    futures: bool = False

    @property
    def is_any(self) -> bool:
        """Whether anything is that all of a cell's futures are needed for."""
        return bool(self.levels or self.bins)


NOTHING = Wanted()


@dataclass(frozen=True, slots=True, eq=False)
class Spreads:
    """What was wanted of a run, and found.

    Attributes:
        wanted: What the rest holds.
        quantiles: (levels, measures, profiles, worlds): of each cell's replications.
        counts: For each of the bins wanted (profiles, bins + 2): weight below, in each bin and above, in units of
            2^-32.
        futures: (measures, profiles, worlds, replications), NaN where a future has a fault; None where not wanted.
    """

    wanted: Wanted
    quantiles: Floats
    counts: tuple[Counts, ...]
    futures: Floats | None = None


NO_SPREADS = Spreads(NOTHING, np.empty((0, 0, 0, 0)), ())


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """Where a measure's futures lie, over all worlds and replications.

    Attributes:
        edges: (bins + 1).
        shares: (profiles, bins): of weight, NaN for a profile in which nothing has weight.
        below, above: (profiles): of weight outside the edges.
    """

    edges: Floats
    shares: Floats
    below: Floats
    above: Floats


def want(
    program: Program, quantiles: Sequence[float] = (), histogram: Mapping[str, Sequence[float]] | None = None
) -> Wanted:
    """Check what is wanted of a run.

    Args:
        program: The study.
        quantiles: Levels from 0 to 1.
        histogram: Outcome, or actor for its payoff → edges of bins.

    Raises:
        ValueError: A level outside 0 to 1, edges that do not ascend, or an unknown name.
    """
    for level in quantiles:
        if not 0.0 <= level <= 1.0:
            raise ValueError(f"a quantile's level lies from 0 to 1, not at {level:g}")
    return Wanted(
        tuple(sorted({float(level) for level in quantiles})),
        tuple(_bins(program, name, edges) for name, edges in (histogram or {}).items()),
    )


def cell_quantiles(values: Floats, weights: Floats, levels: Sequence[float]) -> Floats:
    """(levels, …): weighted quantiles over the last axis, NaN where nothing has weight.

    The quantile of level p is the smallest value at or below which lies a share of weight of at least p: the inverse
    of the empirical distribution function, type 1 of Hyndman & Fan, always one of the values.

    Args:
        values, weights: (…, replications); a NaN counts for nothing.
        levels: From 0 to 1.

    Reference:
        R. J. Hyndman, Y. Fan, Sample quantiles in statistical packages, The American Statistician 50 (1996), 361-365.
    """
    weights = np.where(np.isnan(values), 0.0, weights)
    order = np.argsort(values, axis=-1, kind="stable")
    values = np.take_along_axis(values, order, axis=-1)
    below = np.cumsum(np.take_along_axis(weights, order, axis=-1), axis=-1)
    total = below[..., -1:]
    with np.errstate(invalid="ignore"):
        share = below / total
    found = np.empty((len(levels), *values.shape[:-1]))
    for i, level in enumerate(levels):
        first = np.argmax((share >= level) & (share > 0.0), axis=-1)
        found[i] = np.take_along_axis(values, first[..., None], axis=-1)[..., 0]
    found[:, total[..., 0] <= 0.0] = np.nan
    return found


class Histograms:
    """Histograms of profiles while a run's blocks come, in any order and from any thread."""

    def __init__(self, bins: Sequence[Bins], rows: Sequence[int], n_profiles: int) -> None:
        self.rows = rows
        self.edges = [np.array(b.edges) for b in bins]
        self.counts: list[Counts] = [np.zeros((n_profiles, len(b.edges) + 1), dtype=np.int64) for b in bins]
        self.lock = Lock()

    def take(self, profiles: npt.NDArray[np.int64], values: Floats, weights: Floats) -> None:
        """Take in values and weights (measures, cells, replications) of cells with these profiles."""
        first, n = int(profiles[0]), int(profiles[-1] - profiles[0]) + 1
        for row, edges, counts in zip(self.rows, self.edges, self.counts, strict=True):
            x, w = values[row], np.where(np.isnan(values[row]), 0.0, weights[row])
            place = np.searchsorted(edges, x, side="right")
            place[x == edges[-1]] = edges.size - 1
            place += (profiles[:, None] - first) * (edges.size + 1)
            # Doubles hold whole numbers up to 2^53, 2^21 futures of a block.
            found = np.bincount(place.ravel(), np.rint(w * UNIT).ravel(), n * (edges.size + 1)).astype(np.int64)
            with self.lock:
                counts[first : first + n] += found.reshape(n, -1)


def histogram_of(edges: Sequence[float], counts: Counts) -> Histogram:
    """A histogram of what was counted, (profiles, bins + 2): below, in each bin, above."""
    with np.errstate(invalid="ignore"):
        shares = counts / counts.sum(axis=1, keepdims=True)
    return Histogram(np.array(edges), shares[:, 1:-1], shares[:, 0], shares[:, -1])


def _bins(program: Program, name: str, edges: Sequence[float]) -> Bins:
    kinds = [kind for kind, known in program.measures if known == name]
    if not kinds:
        known = [n for _, n in program.measures]
        raise ValueError(
            f"nothing to count is named `{name}`; {suggest(name, known, 'outcomes and payoffs') or ''}".rstrip("; ")
        )
    numbers = np.array(edges, dtype=np.float64)
    if numbers.size < 2 or not np.isfinite(numbers).all() or (np.diff(numbers) <= 0.0).any():
        raise ValueError(f"the bins of `{name}` take two edges or more, each above the last")
    return Bins(kinds[0], name, tuple(numbers.tolist()))
