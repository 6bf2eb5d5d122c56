"""CART: the worlds of one kind as the leaves of a tree, a second opinion beside PRIM's box."""

from __future__ import annotations

import numpy as np
from sklearn.tree import DecisionTreeRegressor

from standoff.analysis.discovery.boxes import Box, Limit, make_box, with_quasi_p
from standoff.analysis.findings import Floats, Inputs

__all__ = ["find_leaves"]


def find_leaves(inputs: Inputs, y: Floats, *, mass_min: float = 0.05, depth: int = 4) -> tuple[Box, ...]:
    """CART's leaves that hold more than the base rate, densest first, as boxes.

    Args:
        inputs: worlds by uncertainties; categorical columns are split a level at a time.
        y: shape (worlds,), in [0, 1].
        mass_min: smallest share of the worlds in a leaf.
        depth: most splits from the root to a leaf.

    Reference: Breiman, Friedman, Olshen & Stone 1984, Classification and Regression Trees, chapter 8 (least
    squares, which for 0/1 equals the Gini index); fitted by scikit-learn.
    """
    columns: list[tuple[str, int | None]] = []
    data = []
    for name in inputs.names:
        column = inputs.column(name)
        parts = range(len(inputs.levels[name])) if name in inputs.levels else (None,)
        for part in parts:
            columns.append((name, part))
            data.append(column if part is None else (column == part).astype(np.float64))
    # scikit-learn compares in single precision; ranks keep distinct values distinct
    distinct = [np.unique(column) for column in data]
    ranks = np.column_stack([np.searchsorted(d, c) for d, c in zip(distinct, data, strict=True)])
    tree = DecisionTreeRegressor(
        max_depth=depth, min_samples_leaf=max(1, int(np.ceil(mass_min * y.size))), random_state=0
    ).fit(ranks, y).tree_  # fmt: skip
    leaves: list[Box] = []
    stack: list[tuple[int, dict[str, tuple[float, float]], dict[str, set[int]]]] = [
        (0, {}, {name: set(range(len(words))) for name, words in inputs.levels.items()})
    ]
    while stack:
        node, bounds, allowed = stack.pop()
        if tree.children_left[node] < 0:
            leaves.append(_leaf(inputs, y, bounds, allowed))
            continue
        name, part = columns[tree.feature[node]]
        if part is not None:
            stack.append((tree.children_left[node], bounds, {**allowed, name: allowed[name] - {part}}))
            stack.append((tree.children_right[node], bounds, {**allowed, name: {part} & allowed[name]}))
            continue
        at = int(np.floor(tree.threshold[node]))
        cut = float(distinct[tree.feature[node]][at : at + 2].mean())
        low, high = bounds.get(name, (-np.inf, np.inf))
        stack.append((tree.children_left[node], {**bounds, name: (low, cut)}, allowed))
        stack.append((tree.children_right[node], {**bounds, name: (cut, high)}, allowed))
    dense = [leaf for leaf in leaves if leaf.limits and leaf.density > y.mean()]
    return tuple(sorted(dense, key=lambda leaf: (-leaf.density, -leaf.coverage)))


def _leaf(inputs: Inputs, y: Floats, bounds: dict[str, tuple[float, float]], allowed: dict[str, set[int]]) -> Box:
    limits: list[Limit] = []
    for name in inputs.names:
        if name in bounds:
            low, high = bounds[name]
            limits += [Limit(name, low=low)] if np.isfinite(low) else []
            limits += [Limit(name, high=high)] if np.isfinite(high) else []
        elif name in allowed and len(allowed[name]) < len(inputs.levels[name]):
            limits.append(Limit(name, levels=tuple(sorted(allowed[name]))))
    inside = Box(tuple(limits), 0, 0.0, 0.0, 0.0, 0.0).holds(inputs)
    counted = make_box(tuple(limits), int(inside.sum()), float(y[inside].sum()), (y.size, float(y.sum())))
    return with_quasi_p(inputs, y, counted)
