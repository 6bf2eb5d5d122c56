"""PRIM, which peels and pastes a box until it holds little but worlds of one kind.

Reference: J. Friedman & N. Fisher 1999, Bump hunting in high-dimensional data, Statistics and Computing 9.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from standoff.analysis.discovery.boxes import Box, Limit, make_box
from standoff.analysis.discovery.pasting_kernel import paste
from standoff.analysis.discovery.peeling_kernel import LENIENT, LOW, ORIGINAL, UP, WITHOUT, peel, settle
from standoff.analysis.findings import Floats, Inputs

__all__ = ["PrimRules", "find_trajectory", "sort_columns"]

_OBJECTIVES = {"lenient1": LENIENT, "original": ORIGINAL}
_TIES = {"fewest_limits": False, "largest_box": True}


@dataclass(frozen=True, slots=True)
class PrimRules:
    """How PRIM searches.

    Args:
        peel_alpha: share of the box cut off at a step, in (0, 0.5].
        paste_alpha: share of the cases beyond a limit taken in at a step, in (0, 0.5].
        mass_min: smallest share of all cases that a box may hold.
        objective: `lenient1` divides the gain in mean by the cases given up, so that coarse columns are not
            favoured (EMA Workbench's default); `original` takes the new mean (Friedman & Fisher 1999, section 8).
        ties: of equally good steps, that with the `fewest_limits` or with the `largest_box`.
    """

    peel_alpha: float = 0.05
    paste_alpha: float = 0.05
    mass_min: float = 0.05
    objective: Literal["lenient1", "original"] = "lenient1"
    ties: Literal["fewest_limits", "largest_box"] = "fewest_limits"

    def __post_init__(self) -> None:
        for name in ("peel_alpha", "paste_alpha"):
            if not 0.0 < getattr(self, name) <= 0.5:
                raise ValueError(f"{name} must be above 0 and at most 0.5")
        if not 0.0 < self.mass_min < 1.0:
            raise ValueError("mass_min must be between 0 and 1")
        if self.objective not in _OBJECTIVES or self.ties not in _TIES:
            raise ValueError(f"objective is one of {list(_OBJECTIVES)}, ties one of {list(_TIES)}")


def find_trajectory(
    inputs: Inputs,
    y: Floats,
    rules: PrimRules,
    available: npt.NDArray[np.bool_] | None = None,
) -> tuple[Box, ...]:
    """PRIM's boxes from all cases to the last: peeled, then pasted (Friedman & Fisher 1999, sections 8.1, 8.2).

    Args:
        inputs: worlds by uncertainties.
        y: shape (worlds,), in [0, 1].
        rules: how to search.
        available: cases still in play, to find a second box after taking out the first; coverage and mass
            remain shares of all cases.

    Returns:
        boxes, the first without limits; limits without quasi-p.
    """
    y = np.ascontiguousarray(y, dtype=np.float64)
    n_worlds = inputs.values.shape[0]
    if y.shape != (n_worlds,) or not ((y >= 0.0) & (y <= 1.0)).all():
        raise ValueError(f"y must hold {n_worlds} values between 0 and 1, one a world")
    names = inputs.names
    numeric = [j for j, name in enumerate(names) if name not in inputs.levels]
    categorical = [j for j, name in enumerate(names) if name in inputs.levels]
    x = np.ascontiguousarray(inputs.values[:, numeric].T)
    codes = np.ascontiguousarray(inputs.values[:, categorical].T.astype(np.int32))
    n_levels = max((len(inputs.levels[names[j]]) for j in categorical), default=1)
    start = np.ones(n_worlds, dtype=bool) if available is None else available
    xs, order = sort_columns(x)
    n_least, objective, largest = rules.mass_min * n_worlds, _OBJECTIVES[rules.objective], _TIES[rules.ties]
    peeled = peel(
        xs, order, codes, n_levels, y, start.astype(np.uint8), rules.peel_alpha, n_least, objective, largest
    )  # fmt: skip
    columns = [names[j] for j in numeric + categorical]
    low, high, allowed = np.full(len(numeric), -np.inf), np.full(len(numeric), np.inf), _all_levels(inputs)
    totals = (n_worlds, float(y.sum()))
    boxes = [make_box((), int(start.sum()), float(y[start].sum()), totals)]
    course = _Course(columns, inputs, totals, low, high=high, allowed=allowed)
    boxes += _follow(course, peeled)
    mask = np.array([[code in allowed[names[j]] for code in range(n_levels)] for j in categorical], dtype=bool)
    ends = (x.min(axis=1), x.max(axis=1)) if numeric else (low, high)
    pasted = paste(
        x, codes, y, start.astype(np.uint8), low.copy(), high.copy(), mask.reshape(-1, n_levels), ends[0], ends[1],
        rules.paste_alpha, n_least, objective, largest,
    )  # fmt: skip
    boxes += _follow(course, pasted, ends)
    return tuple(boxes)


def sort_columns(x: Floats) -> tuple[Floats, npt.NDArray[np.int32]]:
    """Each column sorted, and the case of each entry; columns side by side in threads.

    Sorting plain integers is several times as fast as sorting indirectly: a double's bits, turned so that their
    order is the number's, give way in the lowest places to the case; what that leaves out of order is settled
    after.
    """
    xs, order = np.empty_like(x), np.empty(x.shape, dtype=np.int32)
    places = np.uint64(max(x.shape[1] - 1, 1).bit_length())
    cases = np.arange(x.shape[1], dtype=np.uint64)
    low_bits = (np.uint64(1) << places) - np.uint64(1)

    def sort(j: int) -> None:
        bits = (x[j] + 0.0).view(np.int64)
        keys = np.where(bits < 0, ~bits, bits | np.int64(-(2**63))).view(np.uint64)
        keys = (keys & ~low_bits) | cases
        keys.sort()
        order[j] = keys & low_bits
        np.take(x[j], order[j], out=xs[j], mode="clip")
        if np.count_nonzero(xs[j, 1:] < xs[j, :-1]) > x.shape[1] // 64:
            # values that differ only in the lowest places: insertion would take the square of their number
            order[j] = np.argsort(x[j])
            np.take(x[j], order[j], out=xs[j], mode="clip")
        settle(xs[j], order[j])

    for j in range(len(x)):  # boxes are looked for side by side
        sort(j)
    return xs, order


def _all_levels(inputs: Inputs) -> dict[str, set[int]]:
    return {name: set(range(len(words))) for name, words in inputs.levels.items()}


@dataclass(frozen=True, slots=True, eq=False)
class _Course:
    """The box that steps change: each column's ends, the levels allowed, and the totals of all cases."""

    columns: Sequence[str]
    inputs: Inputs
    totals: tuple[int, float]
    low: Floats
    high: Floats
    allowed: dict[str, set[int]]


def _follow(course: _Course, steps: Floats, ends: tuple[Floats, Floats] | None = None) -> list[Box]:
    """The boxes after each step; the course ends as the last box."""
    columns, inputs, low, high, allowed = course.columns, course.inputs, course.low, course.high, course.allowed
    boxes = []
    for row in steps:
        column, what, value = int(row[0]), int(row[1]), float(row[2])
        if what == LOW:
            low[column] = value if ends is None or value > ends[0][column] else -np.inf
        elif what == UP:
            high[column] = value if ends is None or value < ends[1][column] else np.inf
        elif what == WITHOUT:
            allowed[columns[column]] = allowed[columns[column]] - {int(value)}
        else:
            allowed[columns[column]] = allowed[columns[column]] | {int(value)}
        limits = []
        for j, name in enumerate(columns):
            if name in allowed:
                if len(allowed[name]) < len(inputs.levels[name]):
                    limits.append(Limit(name, levels=tuple(sorted(allowed[name]))))
                continue
            if np.isfinite(low[j]):
                limits.append(Limit(name, low=float(low[j])))
            if np.isfinite(high[j]):
                limits.append(Limit(name, high=float(high[j])))
        boxes.append(make_box(tuple(limits), int(row[3]), float(row[4]), course.totals))
    return boxes
