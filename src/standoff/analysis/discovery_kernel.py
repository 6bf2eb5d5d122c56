"""The loops of PRIM, compiled: peeling over columns sorted once, and pasting.

Inputs of the kernels are column by column: `x` (numeric columns, cases), `codes` (categorical columns, cases).
A step is a row (column, what, value, cases left, sum of y left); categorical columns are numbered after the
numeric ones.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["LENIENT", "LOW", "ORIGINAL", "UP", "WITH", "WITHOUT", "paste", "peel", "settle"]

LENIENT, ORIGINAL = 0, 1
LOW, UP, WITHOUT, WITH = 0, 1, 2, 3

_Array = npt.NDArray[Any]


@njit(cache=True, nogil=True)
def _score(objective: int, n_old: float, sum_old: float, n_new: float, sum_new: float) -> float:
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


@njit(cache=True, nogil=True)
def _is_better(
    score: float, limits: int, size: float, best: float, best_limits: int, best_size: float, largest: bool
) -> bool:
    """Higher score first; ties by the fewest limited columns or by the largest box, then by order."""
    if score != best:
        return score > best
    if largest:
        return size > best_size
    return limits < best_limits


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
def _compact(xs: _Array, order: _Array, inside: _Array, size: int) -> int:
    """Drop the cases outside the box from one sorted column, in place."""
    kept = 0
    for k in range(size):
        # written always and kept sometimes: no branch to guess wrong
        order[kept] = order[k]
        xs[kept] = xs[k]
        kept += inside[order[k]]
    return kept


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
def settle(values: _Array, order: _Array) -> None:
    """Finish sorting a column that is nearly sorted, in place, by insertion."""
    for k in range(1, values.size):
        value, case = values[k], order[k]
        at = k
        while at > 0 and values[at - 1] > value:
            values[at], order[at] = values[at - 1], order[at - 1]
            at -= 1
        values[at], order[at] = value, case


@njit(cache=True, nogil=True)
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
            score = _score(objective, n_in, total, n_in - n_off, total - sum_off)
            limits = n_limited + (0 if limited[j] else 1)
            if _is_better(score, limits, n_in - n_off, best, best_limits, best_size, largest):
                best, best_limits, best_size = score, limits, n_in - n_off
                column, what, value, best_sum = j, side, cut, total - sum_off
    for c in range(counts.shape[0]):
        for level in range(counts.shape[1]):
            n_off, sum_off = counts[c, level], sums[c, level]
            if n_off == 0.0:
                continue
            score = _score(objective, n_in, total, n_in - n_off, total - sum_off)
            limits = n_limited + (0 if limited[d + c] else 1)
            if _is_better(score, limits, n_in - n_off, best, best_limits, best_size, largest):
                best, best_limits, best_size = score, limits, n_in - n_off
                column, what, value, best_sum = d + c, WITHOUT, float(level), total - sum_off
    return best, best_size, column, what, value, best_sum


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
def _widened(data: _Array, alpha: float, from_top: bool) -> float:
    """How far to paste into sorted `data`: halfway between distinct neighbours at the rank next to the box."""
    n = data.size
    rank = (n - 1) * (1.0 - alpha) if from_top else (n - 1) * alpha
    below, above = math.floor(rank), math.ceil(rank)
    while data[below] == data[above] and (below > 0 if from_top else above < n - 1):
        if from_top:
            below -= 1
        else:
            above += 1
    middle: float = (data[below] + data[above]) / 2.0
    return middle


@njit(cache=True, nogil=True)
def _violations(x: _Array, codes: _Array, low: _Array, high: _Array, allowed: _Array) -> _Array:
    """How many of the box's limits each case breaks."""
    broken = np.zeros(x.shape[1], dtype=np.int32)
    for j in range(x.shape[0]):
        if low[j] == -np.inf and high[j] == np.inf:
            continue
        for i in range(x.shape[1]):
            if x[j, i] < low[j] or x[j, i] > high[j]:
                broken[i] += 1
    for c in range(codes.shape[0]):
        for i in range(codes.shape[1]):
            if not allowed[c, codes[c, i]]:
                broken[i] += 1
    return broken


@njit(cache=True, nogil=True)
def _search_wider(
    x: _Array,
    codes: _Array,
    y: _Array,
    available: _Array,
    low: _Array,
    high: _Array,
    allowed: _Array,
    least: _Array,
    greatest: _Array,
    alpha: float,
    objective: int,
    largest: bool,
) -> tuple[float, float, int, int, float, float, float]:
    """The best paste: score, cases then in the box, column, what, value, sum of y then; and the mean now."""
    d, n_cases = x.shape
    broken = _violations(x, codes, low, high, allowed)
    n_in, total = 0, 0.0
    for i in range(n_cases):
        if available[i] != 0 and broken[i] == 0:
            n_in += 1
            total += y[i]
    limited = 0
    for j in range(d):
        limited += 1 if low[j] > least[j] or high[j] < greatest[j] else 0
    best, best_limits, best_size = -np.inf, 0, 0.0
    column, what, value, best_sum = -1, LOW, 0.0, 0.0
    for j in range(d):
        for side in (LOW, UP):
            limit = low[j] if side == LOW else high[j]
            if (side == LOW and limit <= least[j]) or (side == UP and limit >= greatest[j]):
                continue
            outer = np.empty(n_cases)
            n_outer = 0
            for i in range(n_cases):
                outside = x[j, i] < low[j] or x[j, i] > high[j]
                beyond = x[j, i] <= limit if side == LOW else x[j, i] >= limit
                if beyond and available[i] != 0 and broken[i] == (1 if outside else 0):
                    outer[n_outer] = x[j, i]
                    n_outer += 1
            wider = least[j] if side == LOW else greatest[j]
            if n_outer > 0:
                wider = _widened(np.sort(outer[:n_outer]), alpha, side == LOW)
            n_new, sum_new = n_in, total
            for i in range(n_cases):
                taken = wider <= x[j, i] < limit if side == LOW else limit < x[j, i] <= wider
                if taken and available[i] != 0 and broken[i] == 1:
                    n_new += 1
                    sum_new += y[i]
            if n_new == n_in:
                continue
            score = _score(objective, n_in, total, n_new, sum_new)
            other = high[j] < greatest[j] if side == LOW else low[j] > least[j]
            end = wider <= least[j] if side == LOW else wider >= greatest[j]
            limits = limited - (1 if end and not other else 0)
            if _is_better(score, limits, n_new, best, best_limits, best_size, largest):
                best, best_limits, best_size = score, limits, n_new
                column, what, value, best_sum = j, side, wider, sum_new
    for c in range(codes.shape[0]):
        for level in range(allowed.shape[1]):
            if allowed[c, level]:
                continue
            n_new, sum_new = n_in, total
            for i in range(n_cases):
                if available[i] != 0 and broken[i] == 1 and codes[c, i] == level:
                    n_new += 1
                    sum_new += y[i]
            if n_new == n_in:
                continue
            score = _score(objective, n_in, total, n_new, sum_new)
            if _is_better(score, limited, n_new, best, best_limits, best_size, largest):
                best, best_limits, best_size = score, limited, n_new
                column, what, value, best_sum = d + c, WITH, float(level), sum_new
    return best, best_size, column, what, value, best_sum, total / max(n_in, 1)


@njit(cache=True, nogil=True)
def paste(
    x: _Array,
    codes: _Array,
    y: _Array,
    available: _Array,
    low: _Array,
    high: _Array,
    allowed: _Array,
    least: _Array,
    greatest: _Array,
    alpha: float,
    n_least: float,
    objective: int,
    largest: bool,
) -> _Array:
    """Widen the box a side or a level at a time while its mean rises; `low`, `high`, `allowed` are changed.

    Args:
        x: numeric columns as they came, unsorted.
        codes: categorical columns.
        y: what is looked for.
        available: 1 for the cases in play.
        low, high: the box's limits, columns; infinite where there is none.
        allowed: levels in the box, (categorical columns, levels).
        least, greatest: ends of each numeric column over all cases.
        alpha: share of the cases beyond a limit that a step takes in.
        n_least, objective, largest: as in `peel`.

    Returns:
        steps, shape (steps, 5).
    """
    d, n_cases = x.shape
    steps = np.empty((n_cases + 1, 5))
    n_steps = 0
    while n_steps < n_cases:
        best, best_size, column, what, value, best_sum, mean = _search_wider(
            x, codes, y, available, low, high, allowed, least, greatest, alpha, objective, largest
        )
        if column < 0 or best <= 0.0 or best_size < n_least or best_sum / best_size <= mean:
            break
        if what == LOW:
            low[column] = value
        elif what == UP:
            high[column] = value
        else:
            allowed[column - d, int(value)] = True
        steps[n_steps, 0], steps[n_steps, 1], steps[n_steps, 2] = column, what, value
        steps[n_steps, 3], steps[n_steps, 4] = best_size, best_sum
        n_steps += 1
    return steps[:n_steps].copy()
