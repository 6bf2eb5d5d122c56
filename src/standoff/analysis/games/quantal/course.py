"""A stretch of the quantal branch between two of its points, compiled: where it crosses a precision, and its turn."""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from standoff.base.numbers.compiled import part

__all__ = ["Course", "highest_precision", "place_at", "straight_length"]

_Floats = npt.NDArray[np.float64]


class Course(NamedTuple):
    """A stretch of the curve between two points with their unit tangents."""

    place: _Floats
    tangent: _Floats
    next_place: _Floats
    next_tangent: _Floats


@part
def highest_precision(course: Course) -> float:
    """The greatest precision on a stretch that turns back."""
    n = len(course.place) - 1
    low, high = 0.0, 1.0
    for _ in range(40):
        left, right = low + (high - low) / 3, high - (high - low) / 3
        if _at(course, left, n) < _at(course, right, n):
            low = left
        else:
            high = right
    top: float = _at(course, low, n)
    return top


@part
def place_at(course: Course, target: float, top: float) -> _Floats:
    """The place on a stretch where the precision first reaches the target."""
    n = len(course.place) - 1
    low, high = 0.0, 1.0
    if top > course.next_place[n]:  # the stretch turns back: look before its highest point
        while _at(course, high, n) < target and high > 1e-3:
            high *= 0.95
    for _ in range(50):
        middle = 0.5 * (low + high)
        if _at(course, middle, n) < target:
            low = middle
        else:
            high = middle
    found = np.empty(n + 1)
    for j in range(n):
        found[j] = _at(course, high, j)
    found[n] = target
    return found


@part
def straight_length(course: Course) -> float:
    """Straight length of a stretch."""
    total = 0.0
    for j in range(len(course.place)):
        total += (course.next_place[j] - course.place[j]) ** 2
    return math.sqrt(total)


@part
def _at(course: Course, share: float, j: int) -> float:
    """Cubic Hermite interpolation of a coordinate along a stretch, share 0 at its start and 1 at its end."""
    start, end, length = course.place[j], course.next_place[j], straight_length(course)
    rest = 1.0 - share
    value: float = (
        start
        + (end - start) * (share * share * (3.0 - 2.0 * share))
        + length * share * rest * (rest * course.tangent[j] - share * course.next_tangent[j])
    )
    return value
