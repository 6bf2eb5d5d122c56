"""Summary statistics of a path by which futures are held against data."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from standoff.analysis.findings import Floats

__all__ = ["STATISTICS", "of_paths", "usual"]


def _correlation(path: Floats) -> Floats:
    """Of a step with the one before, (futures,); 0 where nothing moves."""
    apart = path - path.mean(axis=0)
    square = (apart**2).sum(axis=0)
    found: Floats = np.where(
        square > 0.0, (apart[1:] * apart[:-1]).sum(axis=0) / np.where(square > 0.0, square, 1.0), 0.0
    )
    return found


STATISTICS: Mapping[str, Callable[[Floats], Floats]] = {
    "mean": lambda path: path.mean(axis=0),
    "variance": lambda path: path.var(axis=0, ddof=1),
    "zeros": lambda path: (path == 0.0).mean(axis=0),
    "correlation": _correlation,
    "peak": lambda path: path.max(axis=0),
    "last": lambda path: path[-1],
}
"""By name, from (steps, futures) to (futures,)."""


def usual(kind: str) -> tuple[str, ...]:
    """The statistics that are taken where none are named: of a `count`, an `event`, or a `number`."""
    return {"count": ("mean", "variance", "zeros"), "event": ("mean",)}.get(kind, ("mean", "variance", "correlation"))


def of_paths(path: Floats, names: tuple[str, ...]) -> Floats:
    """(futures, statistics) of (steps, futures)."""
    return np.column_stack([STATISTICS[name](path) for name in names])
