"""The peeling of PRIM, compiled, over columns sorted once; and the worth of a step.

Inputs of the kernels are column by column: `x` (numeric columns, cases), `codes` (categorical columns, cases).
A step is a row (column, what, value, cases left, sum of y left); categorical columns are numbered after the
numeric ones.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.base.numbers.compiled import compiled, part

__all__ = ["LENIENT", "LOW", "ORIGINAL", "UP", "WITH", "WITHOUT", "is_better", "peel", "score_step", "settle"]

LENIENT, ORIGINAL = 0, 1
LOW, UP, WITHOUT, WITH = 0, 1, 2, 3

_Array = npt.NDArray[Any]


@part
def score_step(objective: int, n_old: float, sum_old: float, n_new: float, sum_new: float) -> float:
    """The worth of a step: gain in mean per case given up (lenient), or the new mean (original)."""
    if n_new == 0.0:
        return -1.0
    mean_new = sum_new / n_new
    if objective == ORIGINAL:
        return mean_new
    mean_old = sum_old / n_old
    if mean_new == mean_old:
        return 0.0
    return (mean_new - mean_old) / abs(n_old - n_new)


@part
def is_better(
    score: float, limits: int, size: float, best: float, best_limits: int, best_size: float, largest: bool
) -> bool:
    """Higher score first; ties by the fewest limited columns or by the largest box, then by order."""
    if score != best:
        return score > best
    if largest:
        return size > best_size
    return limits < best_limits


@part
def _cut(
    xs: _Array, order: _Array, inside: _Array, y: _Array, n_in: int, alpha: float, from_top: bool
) -> tuple[float, int, float]:
    """The limit that peels a share `alpha`, with the cases beyond it and the sum of their y.

    The limit is halfway between two distinct neighbours at that rank; ties go together.
    """
    rank = (n_in - 1) * (1.0 - alpha) if from_top else (n_in - 1) * alpha
    near, far = math.floor(rank), math.ceil(rank)
    start, stop, stride = 0, xs.size, 1
    if from_top:
        near, far = n_in - 1 - far, n_in - 1 - near
        start, stop, stride = xs.size - 1, -1, -1
    seen, total = -1, 0.0
    at_near, at_far = 0.0, 0.0
    for k in range(start, stop, stride):
        if inside[order[k]] == 0:
            continue
        seen += 1
        if seen >= near:
            if seen == near:
                at_near = xs[k]
            at_far = xs[k]
            if seen >= far and at_far != at_near:
                cut = (at_near + at_far) / 2.0
                if cut != at_near:
                    return cut, seen, total
                break
        total += y[order[k]]
    # all the rest are tied (or nothing lies between the neighbours): only what is strictly beyond goes
    n, total = 0, 0.0
    for k in range(start, stop, stride):
        if (from_top and xs[k] <= at_near) or (not from_top and xs[k] >= at_near):
            break
        if inside[order[k]] != 0:
            n += 1
            total += y[order[k]]
    return at_near, n, total


@part
def _compact(xs: _Array, order: _Array, inside: _Array, size: int) -> int:
    """Drop the cases outside the box from one sorted column, in place."""
    kept = 0
    for k in range(size):
        # written always and kept sometimes: no branch to guess wrong
        order[kept] = order[k]
        xs[kept] = xs[k]
        kept += inside[order[k]]
    return kept


@part
def _tally(codes: _Array, inside: _Array, y: _Array, n_levels: int) -> tuple[_Array, _Array]:
    """Cases and sum of y in the box for every level of every categorical column."""
    counts = np.zeros((codes.shape[0], n_levels))
    sums = np.zeros((codes.shape[0], n_levels))
    for c in range(codes.shape[0]):
        for i in range(y.size):
            if inside[i] != 0:
                counts[c, codes[c, i]] += 1.0
                sums[c, codes[c, i]] += y[i]
    return counts, sums


@compiled(nogil=True)
def settle(values: _Array, order: _Array) -> None:
    """Finish sorting a column that is nearly sorted, in place, by insertion."""
    for k in range(1, values.size):
        value, case = values[k], order[k]
        at = k
        while at > 0 and values[at - 1] > value:
            values[at], order[at] = values[at - 1], order[at - 1]
            at -= 1
        values[at], order[at] = value, case


@part
def _search(
    xs: _Array,
    order: _Array,
    sizes: _Array,
    inside: _Array,
    y: _Array,
    n_in: int,
    total: float,
    counts: _Array,
    sums: _Array,
    limited: _Array,
    alpha: float,
    objective: int,
    largest: bool,
) -> tuple[float, float, int, int, float, float]:
    """The best peel: its score, the cases it leaves, column, what, value, and the sum of y it leaves."""
    d = xs.shape[0]
    n_limited = limited.sum()
    best, best_limits, best_size = -np.inf, 0, 0.0
    column, what, value, best_sum = -1, LOW, 0.0, 0.0
    for j in range(d):
        column_xs, column_order = xs[j, : sizes[j]], order[j, : sizes[j]]
        for side in (UP, LOW):
            cut, n_off, sum_off = _cut(column_xs, column_order, inside, y, n_in, alpha, side == UP)
            if n_off == 0:
                continue
            score = score_step(objective, n_in, total, n_in - n_off, total - sum_off)
            limits = n_limited + (0 if limited[j] else 1)
            if is_better(score, limits, n_in - n_off, best, best_limits, best_size, largest):
                best, best_limits, best_size = score, limits, n_in - n_off
                column, what, value, best_sum = j, side, cut, total - sum_off
    for c in range(counts.shape[0]):
        for level in range(counts.shape[1]):
            n_off, sum_off = counts[c, level], sums[c, level]
            if n_off == 0.0:
                continue
            score = score_step(objective, n_in, total, n_in - n_off, total - sum_off)
            limits = n_limited + (0 if limited[d + c] else 1)
            if is_better(score, limits, n_in - n_off, best, best_limits, best_size, largest):
                best, best_limits, best_size = score, limits, n_in - n_off
                column, what, value, best_sum = d + c, WITHOUT, float(level), total - sum_off
    return best, best_size, column, what, value, best_sum


@compiled(nogil=True)
def peel(
    xs: _Array,
    order: _Array,
    codes: _Array,
    n_levels: int,
    y: _Array,
    inside: _Array,
    alpha: float,
    n_least: float,
    objective: int,
    largest: bool,
) -> _Array:
    """Peel until no step gains or the box would get too small; `xs`, `order` and `inside` are consumed.

    Args:
        xs: numeric columns, each sorted.
        order: the case of each entry of `xs`.
        codes: categorical columns; `n_levels` is the largest number of levels.
        y: what is looked for, in [0, 1].
        inside: 1 for the cases in play; on return, those in the last box.
        alpha: share of the box peeled at a step.
        n_least: fewest cases in a box.
        objective: LENIENT or ORIGINAL.
        largest: break ties by the largest box (else by the fewest limited columns).

    Returns:
        steps, shape (steps, 5).
    """
    d, n_cases = xs.shape
    n_in, total = 0, 0.0
    for i in range(n_cases):
        if inside[i] != 0:
            n_in += 1
            total += y[i]
    sizes = np.full(d, n_cases)
    limited = np.zeros(d + codes.shape[0], dtype=np.bool_)
    counts, sums = _tally(codes, inside, y, n_levels)
    steps = np.empty((n_in + 1, 5))
    n_steps = 0
    n_compact = n_cases + 1
    while n_in > 0:
        if n_in < 0.8 * n_compact:
            for j in range(d):
                sizes[j] = _compact(xs[j], order[j], inside, sizes[j])
            n_compact = n_in
        best, best_size, column, what, value, best_sum = _search(
            xs, order, sizes, inside, y, n_in, total, counts, sums, limited, alpha, objective, largest
        )
        if column < 0 or best <= 0.0 or best_size < n_least:
            break
        if what == WITHOUT:
            for i in range(n_cases):
                if inside[i] != 0 and codes[column - d, i] == value:
                    inside[i] = 0
        else:
            for k in range(sizes[column]):
                beyond = xs[column, k] > value if what == UP else xs[column, k] < value
                if beyond:
                    inside[order[column, k]] = 0
        if codes.shape[0] > 0:
            counts, sums = _tally(codes, inside, y, n_levels)
        n_in, total = int(best_size), best_sum
        limited[column] = True
        steps[n_steps, 0], steps[n_steps, 1], steps[n_steps, 2] = column, what, value
        steps[n_steps, 3], steps[n_steps, 4] = n_in, total
        n_steps += 1
    return steps[:n_steps].copy()
