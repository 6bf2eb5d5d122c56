"""Scenario discovery: the worlds of one kind (a strategy fails, another is better) as boxes in plain words.

`prim.py` finds a trajectory of boxes; one of them is recommended by a rule that is told in words; `cart.py` gives a
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
    """The trajectory from all cases to the smallest box (the trade-off), and the box recommended, with reasons."""

    trajectory: tuple[Box, ...]
    recommended: Box | None
    words: str
    reasons: tuple[str, ...]
    resampling: Resampling | None
    base_rate: float
    method: str
    references: tuple[str, ...] = _REFERENCES


def discover(
    inputs: Inputs,
    y: Floats,
    rules: PrimRules | None = None,
    *,
    kind: str = "of this kind",
    resamples: int = 20,
    seed: int = 0,
) -> Discovery:
    """Find the worlds of one kind as a box, and say why that box.

    The rule: limits that chance explains (quasi-p above 0.05) are dropped; among what is left with at most four
    inputs, the best balance of coverage and density, and a further input must raise it by 0.03.

    Args:
        inputs: worlds by uncertainties.
        y: shape (worlds,), in [0, 1]: 1 where the world is of the kind, or the chance that it is.
        rules: how PRIM searches; by default peeling 5 %.
        kind: how the reasons call such worlds.
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
    best, reasons = _recommend(inputs, y, trajectory, kind)
    if best is None:
        return Discovery(trajectory, None, reasons[0], tuple(reasons), None, base, method)
    resampling = None
    if resamples > 0:
        resampling = _resample(inputs, y, rules, resamples, seed)
        often = ", ".join(f"{name} in {resampling.named.get(name, 0.0):.0%}" for name in best.names)
        reasons.append(
            f"Searching again on {resamples} random halves named {often}; on the other halves such boxes had "
            f"coverage {resampling.coverage:.0%} and density {resampling.density:.0%}."
        )
    return Discovery(trajectory, best, best.in_words(inputs), tuple(reasons), resampling, base, method)


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


def _recommend(inputs: Inputs, y: Floats, trajectory: Sequence[Box], kind: str) -> tuple[Box | None, list[str]]:
    """The recommended box with the reasons in words; None with the reason why there is none."""
    total = float(y.sum())
    if total == 0.0:
        return None, [f"No world is {kind}."]
    if total == y.size:
        return None, [f"Every world is {kind}."]
    box, by_count, dropped = _choose(inputs, y, trajectory)
    if box is None:
        return None, [f"No few assumptions set apart the worlds that are {kind}."]
    k = len(box.names)
    reasons = [
        f"Of the {total:.0f} worlds that are {kind}, it holds {box.n_interest:.0f} ({box.coverage:.0%}).",
        f"Of the {box.n} worlds in it, {box.density:.0%} are {kind}, against {y.mean():.0%} of all worlds.",
    ]
    more = [other for count, other in by_count.items() if count > k]
    if more:
        richer = max(more, key=lambda other: other.balance)
        added = " and ".join(name for name in richer.names if name not in box.names)
        reasons.append(
            f"Naming {len(richer.names)} assumptions instead of {k}{f' ({added} too)' if added else ''} would give "
            f"coverage {richer.coverage:.0%} and density {richer.density:.0%}: too little gain for a longer story."
        )
    fewer = [other for count, other in by_count.items() if count < k]
    if fewer:
        plainer = max(fewer, key=lambda other: other.balance)
        reasons.append(
            f"With {len(plainer.names)} instead of {k}, coverage would be {plainer.coverage:.0%} "
            f"and density {plainer.density:.0%}."
        )
    for limit in dropped:
        reasons.append(
            f"That {limit.in_words(inputs)} was left out: chance alone would do as well with probability "
            f"{limit.quasi_p:.2f}."
        )
    return box, reasons


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
