"""Scenario discovery: the worlds of one kind (a strategy fails, another is better) as boxes.

`prim.py` finds a trajectory of boxes; one of them is recommended by a rule; `cart.py` gives a
second opinion.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from standoff.analysis.discovery.boxes import Box, Limit, broken_by, make_box, quasi_p
from standoff.analysis.discovery.cart import best_leaf
from standoff.analysis.discovery.holds import Holds, Optimism, holds_of
from standoff.analysis.discovery.prim import PrimRules, find_trajectory
from standoff.analysis.findings import Floats, Inputs
from standoff.analysis.statistics.kinds import Kind
from standoff.base.chance import streams

__all__ = ["Box", "Discovery", "Limit", "PrimRules", "Resampling", "discover", "find_trajectory"]

_BY_CHANCE = 0.05
_MOST_INPUTS = 4
_WORTH_AN_INPUT = 0.03
_CLEARLY = 0.1
"""Balance by which a leaf must be better than PRIM's box: where two boxes lie far apart PRIM may find half of each."""
_MOST_FURTHER = 2
_LEAST_FURTHER = 0.1
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
        recommended: PRIM's, or the best of CART's leaves where that is clearly better or PRIM finds none; None where
            all cases or none are of the kind, or no few inputs set them apart.
        further: Boxes of what is left, found in the same way; what they hold is counted without the boxes before.
        is_leaf: Whether `recommended` is a leaf of CART's.
        holds: What `recommended` holds, then what each of `further` does, with intervals.
        is_told: Whether luck leaves enough known of which cases are of the kind; else nothing is recommended.
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
    further: tuple[Box, ...] = ()
    is_leaf: bool = False
    holds: tuple[Holds, ...] = ()
    is_told: bool = True
    references: tuple[str, ...] = _REFERENCES


def discover(
    inputs: Inputs,
    y: Floats,
    rules: PrimRules | None = None,
    *,
    resamples: int = 20,
    seed: int = 0,
    kind: Kind | None = None,
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
        kind: how worlds of the kind are told, where luck blurs that.

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
    nothing = Discovery(trajectory, None, None, None, dropped=(), resampling=None, base_rate=base, method=method)
    if base in (0.0, 1.0):
        return nothing
    if kind is not None and not kind.is_told:
        return replace(nothing, is_told=False)
    best, by_count, dropped = _choose(inputs, y, trajectory)
    leaf = _sure_leaf(inputs, y, seed, best)
    if leaf is not None:
        further, again = _cover(inputs, y, rules, leaf, seed=seed), _repeat(inputs, y, best_leaf, resamples, seed=seed)
        held = _holds(inputs, y, (leaf, *further), again, kind=kind)
        return replace(nothing, recommended=leaf, further=further, is_leaf=True, holds=held)
    if best is None:
        return nothing
    k = len(best.names)
    richer = max((box for n, box in by_count.items() if n > k), key=lambda box: box.balance, default=None)
    plainer = max((box for n, box in by_count.items() if n < k), key=lambda box: box.balance, default=None)

    def search(inputs: Inputs, y: Floats) -> Box | None:
        return _choose(inputs, y, find_trajectory(inputs, y, rules))[0]

    again, further = _repeat(inputs, y, search, resamples, seed=seed), _cover(inputs, y, rules, best, seed=seed)
    resampling = _summed(inputs.names, again) if again else None
    held = _holds(inputs, y, (best, *further), again, kind=kind)
    return replace(
        nothing,
        recommended=best,
        richer=richer,
        plainer=plainer,
        dropped=dropped,
        resampling=resampling,
        further=further,
        holds=held,
    )


def _holds(
    inputs: Inputs, y: Floats, boxes: Sequence[Box], again: Sequence[_Half], *, kind: Kind | None
) -> tuple[Holds, ...]:
    """What boxes hold, each without those before it."""
    gained = Optimism(
        *(max(float(np.mean([getattr(h, f"{part}_here") - getattr(h, part) for h in again])), 0.0) / 2.0
          for part in ("density", "coverage"))
    ) if again else Optimism()  # fmt: skip
    left, held = np.ones(y.size, dtype=bool), []
    for box in boxes:
        inside = box.holds(inputs) & left
        held.append(holds_of(y, inside, gained, kind))
        left &= ~inside
    return tuple(held)


def _cover(inputs: Inputs, y: Floats, rules: PrimRules, first: Box, *, seed: int) -> tuple[Box, ...]:
    """Further boxes: the search again on the cases that no box holds, while what it finds is as told as the first.

    A further box must hold a tenth of all cases of interest, and be twice as dense as what was left.

    Reference: Friedman & Fisher 1999, section 9 (covering).
    """
    found: list[Box] = []
    left = ~first.holds(inputs)
    while len(found) < _MOST_FURTHER and y[left].sum() >= _LEAST_FURTHER * y.sum():
        rest, own = inputs.rows(np.flatnonzero(left)), y[left]
        box = _choose(rest, own, find_trajectory(rest, own, rules))[0]
        box = _sure_leaf(rest, own, seed, box) or box
        if box is None:
            break
        inside = box.holds(inputs)
        n, new = int(np.count_nonzero(inside & left)), float(y[inside & left].sum())
        if new < _LEAST_FURTHER * y.sum() or new < 2.0 * float(own.mean()) * n:
            break
        found.append(make_box(box.limits, n, new, (y.size, float(y.sum()))))
        left &= ~inside
    return tuple(found)


def _sure_leaf(inputs: Inputs, y: Floats, seed: int, box: Box | None) -> Box | None:
    """CART's best leaf, if it is clearly better than a box, or there is none.

    And if such leaves of one half of the worlds keep half of what they stand out by on the other half.
    """
    leaf = best_leaf(inputs, y)
    if leaf is None or (box is not None and leaf.balance < box.balance + _CLEARLY):
        return None
    shuffled = streams.permutation(y.size, seed, "leaves")
    kept = []
    for half, other in ((shuffled[::2], shuffled[1::2]), (shuffled[1::2], shuffled[::2])):
        own = best_leaf(inputs.rows(half), y[half])
        inside = own.holds(inputs.rows(other)) if own is not None else np.zeros(other.size, dtype=bool)
        kept.append(float(y[other][inside].mean()) if inside.any() else 0.0)
    return leaf if min(kept) >= (leaf.density + float(y.mean())) / 2.0 else None


def _simplify(inputs: Inputs, y: Floats, box: Box) -> tuple[Box, tuple[Limit, ...]]:
    """Drop the limit that chance best explains until none is above 0.05."""
    limits, dropped = list(box.limits), []
    breaks, n, n_interest = broken_by(inputs, limits), box.n, box.n_interest
    p = quasi_p(breaks, y, n, n_interest)
    while limits and p.max() > _BY_CHANCE:
        worst = int(p.argmax())
        dropped.append(replace(limits.pop(worst), quasi_p=float(p[worst])))
        breaks = np.delete(breaks, worst, axis=0)
        inside = ~breaks.any(axis=0)
        n, n_interest = int(np.count_nonzero(inside)), float(y[inside].sum())
        p = quasi_p(breaks, y, n, n_interest)
    left = tuple(replace(limit, quasi_p=float(own)) for limit, own in zip(limits, p, strict=True))
    return make_box(left, n, n_interest, (y.size, float(y.sum()))), tuple(dropped)


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


@dataclass(frozen=True, slots=True)
class _Half:
    """A box of a random half: what it limits, what it holds of that half, and of the other."""

    names: tuple[str, ...]
    density_here: float
    coverage_here: float
    density: float
    coverage: float


def _repeat(
    inputs: Inputs, y: Floats, search: Callable[[Inputs, Floats], Box | None], times: int, *, seed: int
) -> list[_Half]:
    """Search on random halves, value on the other halves; all worlds of a half where nothing is found."""
    found = []
    for time in range(times):
        shuffled = streams.permutation(y.size, seed, "halves", time)
        halves = np.sort(shuffled[: y.size // 2]), np.sort(shuffled[y.size // 2 :])
        box = search(inputs.rows(halves[0]), y[halves[0]])
        held = []
        for rows in halves:
            inside = box.holds(inputs.rows(rows)) if box else np.ones(rows.size, dtype=bool)
            interest = float(y[rows][inside].sum())
            held += [interest / max(int(inside.sum()), 1), interest / max(float(y[rows].sum()), 1e-300)]
        found.append(_Half(box.names if box else (), *held))
    return found


def _summed(names: Sequence[str], again: Sequence[_Half]) -> Resampling:
    named = {name: sum(name in half.names for half in again) / len(again) for name in names}
    density, coverage = (float(np.mean([getattr(half, part) for half in again])) for part in ("density", "coverage"))
    return Resampling(len(again), named, coverage, density)
