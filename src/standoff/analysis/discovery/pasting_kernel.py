"""The pasting of PRIM, compiled; inputs and steps are as in `peeling_kernel`.

Numba's cache of a kernel knows its own file only: after a change of `score_step` or `is_better`, delete this one's.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.analysis.discovery.peeling_kernel import LOW, UP, WITH, is_better, score_step
from standoff.base.numbers.compiled import compiled, part

__all__ = ["paste"]

_Array = npt.NDArray[Any]


@part
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


@part
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


@part
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
            score = score_step(objective, n_in, total, n_new, sum_new)
            other = high[j] < greatest[j] if side == LOW else low[j] > least[j]
            end = wider <= least[j] if side == LOW else wider >= greatest[j]
            limits = limited - (1 if end and not other else 0)
            if is_better(score, limits, n_new, best, best_limits, best_size, largest):
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
            score = score_step(objective, n_in, total, n_new, sum_new)
            if is_better(score, limited, n_new, best, best_limits, best_size, largest):
                best, best_limits, best_size = score, limited, n_new
                column, what, value, best_sum = d + c, WITH, float(level), sum_new
    return best, best_size, column, what, value, best_sum, total / max(n_in, 1)


@compiled(nogil=True)
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
