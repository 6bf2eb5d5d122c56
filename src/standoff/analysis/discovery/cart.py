"""CART: the worlds of one kind as the leaves of a tree, a second opinion beside PRIM's box.

Reference: Breiman, Friedman, Olshen & Stone 1984, Classification and Regression Trees, chapter 8 (least squares, which
for 0/1 equals the Gini index) and theorem 4.5 (the best split of levels into two sets parts them by their means).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from standoff.analysis.discovery.boxes import Box, Limit, make_box, with_quasi_p
from standoff.analysis.findings import Floats, Inputs

__all__ = ["best_leaf", "find_leaves"]

_BY_CHANCE = 0.05

_LEAST_GAIN = 1e-12
"""Of the sum of squares, that a split must take away: less is rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class _Node:
    """Worlds, and the limits that lead to them."""

    worlds: npt.NDArray[np.int64]
    limits: tuple[Limit, ...] = ()


def find_leaves(inputs: Inputs, y: Floats, *, mass_min: float = 0.05, depth: int = 4) -> tuple[Box, ...]:
    """CART's leaves that hold more than the base rate, densest first, as boxes.

    Of equally good splits that of the first input, and there the lowest, is taken.

    Args:
        inputs: worlds by uncertainties; categorical columns are split into two sets of levels.
        y: shape (worlds,), in [0, 1].
        mass_min: smallest share of the worlds in a leaf.
        depth: most splits from the root to a leaf.
    """
    least = max(1, int(np.ceil(mass_min * y.size)))
    leaves = [_box(inputs, y, node) for node in _grow(inputs, y, _Node(np.arange(y.size)), least, depth=depth)]
    dense = [leaf for leaf in leaves if leaf.limits and leaf.density > y.mean()]
    return tuple(sorted(dense, key=lambda leaf: (-leaf.density, -leaf.coverage)))


def best_leaf(inputs: Inputs, y: Floats, leaves: tuple[Box, ...] | None = None) -> Box | None:
    """The leaf with the best balance of coverage and density, without the limits that chance explains.

    Args:
        inputs, y: As for `find_leaves`.
        leaves: Its answer, where it is known.
    """
    told = [_told(inputs, y, leaf) for leaf in (find_leaves(inputs, y) if leaves is None else leaves)]
    return max((leaf for leaf in told if leaf.limits), key=lambda leaf: leaf.balance, default=None)


def _told(inputs: Inputs, y: Floats, leaf: Box) -> Box:
    """The leaf without the limits that chance explains, and what it then holds."""
    limits = tuple(limit for limit in leaf.limits if limit.quasi_p is not None and limit.quasi_p <= _BY_CHANCE)
    inside = Box(limits, 0, 0.0, 0.0, density=0.0, mass=0.0).holds(inputs)
    return make_box(limits, int(inside.sum()), float(y[inside].sum()), (y.size, float(y.sum())))


def _grow(inputs: Inputs, y: Floats, node: _Node, least: int, *, depth: int) -> Iterator[_Node]:
    """The leaves under a node."""
    parted = _split(inputs, y, node, least) if depth > 0 and node.worlds.size >= 2 * least else None
    if parted is None:
        yield node
        return
    for side in parted:
        yield from _grow(inputs, y, side, least, depth=depth - 1)


def _split(inputs: Inputs, y: Floats, node: _Node, least: int) -> tuple[_Node, _Node] | None:
    """The two sides of the split that takes away most of the sum of squares; None where none takes any."""
    own, n = y[node.worlds] - y[node.worlds].mean(), node.worlds.size
    values = inputs.values[node.worlds].copy()
    for j, name in enumerate(inputs.names):
        if name in inputs.levels:
            values[:, j] = _by_mean(values[:, j].astype(np.int64), own)
    order = np.argsort(values, axis=0, kind="stable")
    placed = np.take_along_axis(values, order, axis=0)
    before = np.cumsum(own[order], axis=0)[:-1]
    size = np.arange(1, n)[:, None]
    gain = before**2 / size + before**2 / (n - size)
    gain[(placed[1:] == placed[:-1]) | (size < least) | (n - size < least)] = 0.0
    place, j = divmod(int(gain.T.ravel().argmax()), n - 1)[::-1]
    if gain.size == 0 or gain[place, j] <= _LEAST_GAIN * max(float(own @ own), 1e-300):
        return None
    is_low = np.zeros(n, dtype=bool)
    is_low[order[: place + 1, j]] = True
    limits = _limits(inputs, inputs.names[j], node.worlds, is_low)
    sides = (node.worlds[is_low], node.worlds[~is_low])
    low, high = (_Node(side, _narrow(node.limits, limit)) for side, limit in zip(sides, limits, strict=True))
    return low, high


def _by_mean(codes: npt.NDArray[np.int64], y: Floats) -> Floats:
    """The place of each world's level when levels are sorted by their mean; levels of one mean share a place."""
    counts = np.bincount(codes)
    means = np.bincount(codes, y) / np.maximum(counts, 1)
    return np.searchsorted(np.unique(means), means)[codes].astype(np.float64)


def _limits(
    inputs: Inputs, name: str, worlds: npt.NDArray[np.int64], is_low: npt.NDArray[np.bool_]
) -> tuple[Limit, Limit]:
    """What is true of either side: a bound midway between the nearest worlds, or a set of levels."""
    column = inputs.column(name)[worlds]
    if name not in inputs.levels:
        cut = float((column[is_low].max() + column[~is_low].min()) / 2.0)
        return Limit(name, high=cut), Limit(name, low=cut)
    first, second = (tuple(np.unique(column[side]).astype(int).tolist()) for side in (is_low, ~is_low))
    return Limit(name, levels=first), Limit(name, levels=second)


def _narrow(limits: tuple[Limit, ...], new: Limit) -> tuple[Limit, ...]:
    """Limits with one more, which takes the place of a wider one of its kind."""
    kind = (new.name, new.low is None, new.high is None)
    return (*(each for each in limits if (each.name, each.low is None, each.high is None) != kind), new)


def _box(inputs: Inputs, y: Floats, node: _Node) -> Box:
    place = {name: j for j, name in enumerate(inputs.names)}
    limits = tuple(sorted(node.limits, key=lambda limit: (place[limit.name], limit.low is None)))
    inside = Box(limits, 0, 0.0, 0.0, density=0.0, mass=0.0).holds(inputs)
    counted = make_box(limits, int(inside.sum()), float(y[inside].sum()), (y.size, float(y.sum())))
    return with_quasi_p(inputs, y, counted)
