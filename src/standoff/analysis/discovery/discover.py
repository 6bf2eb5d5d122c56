"""Scenario discovery: the worlds of one kind (a strategy fails, another is better) as boxes.

`prim.py` finds a trajectory of boxes; one of them is recommended by a rule; `cart.py` gives a
second opinion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from standoff.analysis.discovery.boxes import Box, Limit, make_box, with_quasi_p
from standoff.analysis.discovery.prim import PrimRules, find_trajectory
from standoff.analysis.findings import Floats, Inputs

__all__ = ["Box", "Discovery", "Limit", "PrimRules", "Resampling", "discover", "find_trajectory"]

_BY_CHANCE = 0.05
_MOST_INPUTS = 4
_WORTH_AN_INPUT = 0.03
_REFERENCES = (
    "Friedman & Fisher 1999, Bump hunting in high-dimensional data, Statistics and Computing 9",
    "Bryant & Lempert 2010, Thinking inside the box, Technological Forecasting and Social Change 77",
)


@dataclass(frozen=True, slots=True)
class Resampling:
    """The search repeated on random halves (Bryant & Lempert 2010, section 3.3), valued on the other halves.

    `named` is the share of the halves whose box limits each input; `coverage` and `density` are means over the
    other half of the cases, so they don't profit from the search.
    """

    times: int
    named: dict[str, float]
    coverage: float
    density: float


@dataclass(frozen=True, slots=True)
class Discovery:
    """The boxes of a search.

    Attributes:
        trajectory: From all cases to the smallest box: the trade-off.
        recommended: None where all cases or none are of the kind, or no few inputs set them apart.
        richer, plainer: The best box with more inputs than the one recommended, and with fewer; None without one.
        dropped: Limits that were left out, as chance alone would do as well.
        resampling: Of the search; None where it was not repeated.
        base_rate: The share of all cases that are of the kind.
        method: How the search went.
        references: Of the method.
    """

    trajectory: tuple[Box, ...]
    recommended: Box | None
    richer: Box | None
    plainer: Box | None
    dropped: tuple[Limit, ...]
    resampling: Resampling | None
    base_rate: float
    method: str
    references: tuple[str, ...] = _REFERENCES


def discover(
    inputs: Inputs,
    y: Floats,
    rules: PrimRules | None = None,
    *,
    resamples: int = 20,
    seed: int = 0,
) -> Discovery:
    """Find the worlds of one kind as a box, and what speaks for that box.

    The rule: limits that chance explains (quasi-p above 0.05) are dropped; among what is left with at most four
    inputs, the best balance of coverage and density, and a further input must raise it by 0.03.

    Args:
        inputs: worlds by uncertainties.
        y: shape (worlds,), in [0, 1]: 1 where the world is of the kind, or the chance that it is.
        rules: how PRIM searches; by default peeling 5 %.
        resamples: random halves for the resampling test; 0 leaves it out.
        seed: of the halves.

    Raises:
        ValueError: y of another length or outside [0, 1].
    """
    rules = rules or PrimRules()
    trajectory = find_trajectory(inputs, y, rules)
    base = float(np.mean(y))
    n_worlds = y.size
    method = (
        f"PRIM on {n_worlds} worlds, peeling {rules.peel_alpha:g} and pasting {rules.paste_alpha:g} at a step, "
        f"objective {rules.objective}; limits with quasi-p above {_BY_CHANCE:g} dropped"
    )
    if base in (0.0, 1.0):
        return Discovery(trajectory, None, None, None, (), None, base, method)
    best, by_count, dropped = _choose(inputs, y, trajectory)
    if best is None:
        return Discovery(trajectory, None, None, None, (), None, base, method)
    k = len(best.names)
    richer = max((box for n, box in by_count.items() if n > k), key=lambda box: box.balance, default=None)
    plainer = max((box for n, box in by_count.items() if n < k), key=lambda box: box.balance, default=None)
    resampling = _resample(inputs, y, rules, resamples, seed) if resamples > 0 else None
    return Discovery(trajectory, best, richer, plainer, dropped, resampling, base, method)


def _simplify(inputs: Inputs, y: Floats, box: Box) -> tuple[Box, tuple[Limit, ...]]:
    """Drop the limit that chance best explains until none is above 0.05."""
    dropped: list[Limit] = []
    box = with_quasi_p(inputs, y, box)
    while box.limits:
        worst = max(box.limits, key=lambda limit: limit.quasi_p or 0.0)
        if (worst.quasi_p or 0.0) <= _BY_CHANCE:
            break
        dropped.append(worst)
        kept = tuple(limit for limit in box.limits if limit is not worst)
        inside = Box(kept, 0, 0.0, 0.0, 0.0, 0.0).holds(inputs)
        fewer = make_box(kept, int(inside.sum()), float(y[inside].sum()), (y.size, float(y.sum())))
        box = with_quasi_p(inputs, y, fewer)
    return box, tuple(dropped)


def _choose(
    inputs: Inputs, y: Floats, trajectory: Sequence[Box]
) -> tuple[Box | None, dict[int, Box], tuple[Limit, ...]]:
    """The recommended box, the best box for each number of inputs, and the limits dropped on the way."""
    best: dict[int, tuple[Box, tuple[Limit, ...]]] = {}
    for raw in trajectory[1:]:
        box, dropped = _simplify(inputs, y, raw)
        k = len(box.names)
        if 1 <= k <= _MOST_INPUTS and (k not in best or box.balance > best[k][0].balance):
            best[k] = (box, dropped)
    if not best:
        return None, {}, ()
    top = max(box.balance for box, _ in best.values())
    k = min(k for k, (box, _) in best.items() if box.balance >= top - _WORTH_AN_INPUT)
    return best[k][0], {k: box for k, (box, _) in sorted(best.items())}, best[k][1]


def _resample(inputs: Inputs, y: Floats, rules: PrimRules, times: int, seed: int) -> Resampling:
    """Search on random halves, value on the other halves."""
    random = np.random.default_rng(seed)
    named = dict.fromkeys(inputs.names, 0.0)
    coverage, density = [], []
    for _ in range(times):
        shuffled = random.permutation(y.size)
        half, other = np.sort(shuffled[: y.size // 2]), np.sort(shuffled[y.size // 2 :])
        trajectory = find_trajectory(inputs.rows(half), y[half], rules)
        box, _, _ = _choose(inputs.rows(half), y[half], trajectory)
        inside = box.holds(inputs.rows(other)) if box else np.ones(other.size, dtype=bool)
        for name in box.names if box else ():
            named[name] += 1.0 / times
        interest = float(y[other][inside].sum())
        coverage.append(interest / max(float(y[other].sum()), 1e-300))
        density.append(interest / max(int(inside.sum()), 1))
    return Resampling(times, named, float(np.mean(coverage)), float(np.mean(density)))
