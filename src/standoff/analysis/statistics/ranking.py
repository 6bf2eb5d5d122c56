"""Would more futures change the ranking? Multiple comparisons with the best, from paired worlds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.special import stdtrit

from standoff.analysis.findings import Figure, Floats
from standoff.analysis.statistics.errors import error_of_mean

__all__ = ["Ranking", "rank", "world_weights"]

_SETTLED = 0.998
"""Chance of all intervals at once by which more futures are said not to change the best."""

_ROUNDING = 1e-13
"""Of the largest figure: differences up to this are rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """The strategies from best to worst, and how much of that is sure.

    `against_best[s]` is the difference to the best of the others, with an interval that holds for all strategies
    at once and includes zero where the strategy may be the best. `may_be_best` are the strategies that cannot be
    told from the best; `best` is set only where one is left, and `is_settled` only where that would be so at 99.8 %,
    too, or where strategies do exactly the same: then more futures would not change it. `difference` and `error` have
    shape (strategies, strategies). `worlds_needed` is how many worlds would tell the first two apart if they differ as
    it seems; None where they are told apart, or do not differ. `n_worlds` were looked at.
    """

    order: tuple[str, ...]
    best: str | None
    may_be_best: tuple[str, ...]
    against_best: dict[str, Figure]
    difference: Float[Floats, "strategies strategies"]
    error: Float[Floats, "strategies strategies"]
    worlds_needed: int | None
    is_settled: bool
    n_worlds: int
    method: str
    reference: str = (
        "Hsu 1984, Constrained simultaneous confidence intervals for multiple comparisons with the best, "
        "Annals of Statistics 12; Matejcik & Nelson 1995, Two-stage multiple comparisons with the best for "
        "computer simulation, Operations Research 43 (common random numbers)"
    )


def world_weights(weights: Float[Floats, " worlds"] | None, n_worlds: int) -> Float[Floats, " worlds"]:
    """Weights that sum to one, shape (worlds,); equal where none are given.

    Raises:
        ValueError: weights of another length, negative, or all zero.
    """
    if weights is None:
        return np.full(n_worlds, 1.0 / n_worlds)
    if weights.shape != (n_worlds,) or not (weights >= 0.0).all() or not 0.0 < weights.sum() < np.inf:
        raise ValueError(f"weights must be {n_worlds} numbers, none negative and not all zero")
    normed: Floats = weights / weights.sum()
    return normed


def rank(
    names: Sequence[str],
    figures: Float[Floats, "strategies worlds"],
    weights: Float[Floats, " worlds"] | None = None,
    level: float = 0.97,
    *,
    explained: Float[Floats, "strategies worlds"] | None = None,
    doubt: Float[Floats, " strategies"] | None = None,
) -> Ranking:
    """Rank strategies by the weighted mean over worlds of a figure per world; more is better.

    Each strategy is compared with every other by paired differences, to both sides, and Bonferroni over all pairs
    covers any correlation between them: of strategies that do the same one is called best in at most 1 - `level` of
    studies.

    Args:
        names: of the strategies.
        figures: shape (strategies, worlds); worlds and luck are common to the strategies.
        weights: shape (worlds,).
        level: chance with which all intervals hold at once.
        explained: the part of `figures` that is a sum of functions of single inputs, from other worlds, where each
            input's column is stratified (a Latin hypercube): such a sum is integrated almost without error, so
            that only the rest counts (Owen 1992). For equal weights only.
        doubt: shape (strategies,), standard error of each mean besides that of the worlds and of luck.
    """
    n, n_worlds = figures.shape
    w = world_weights(weights, n_worlds)
    means = figures @ w
    difference = means[:, None] - means[None, :]
    error = np.zeros((n, n))
    for s in range(n):
        error[s] = error_of_mean(figures[s] - figures, w, None if explained is None else explained[s] - explained)
    if doubt is not None:
        error = np.sqrt(error**2 + np.where(np.eye(n, dtype=bool), 0.0, doubt[:, None] ** 2 + doubt[None, :] ** 2))
    # what is within rounding is a tie, and no doubt
    rounding = _ROUNDING * float(np.abs(figures).max(initial=0.0))
    difference[np.abs(difference) <= rounding] = 0.0
    error[error <= rounding] = 0.0
    reach = _reach(level, n, n_worlds)
    upper = difference + reach * error
    others = ~np.eye(n, dtype=bool)
    may = [bool((upper[s][others[s]] >= 0.0).all()) for s in range(n)]
    against = {name: _against(s, difference, error, reach, may=may) for s, name in enumerate(names)}
    # ties in the mean keep the order of the names, so that relabelling does not reorder
    top = int(means.argmax())
    order = sorted(range(n), key=lambda s: (difference[top, s], names[s]))
    left = tuple(names[s] for s in order if may[s])
    best = left[0] if len(left) == 1 else None
    needed = _needed(difference, error, reach, order, n_worlds=n_worlds) if best is None else None
    first = order[0]
    clear = difference[first] - _reach(max(_SETTLED, level), n, n_worlds) * error[first]
    is_settled = bool((clear[others[first]] > 0.0).all()) if best is not None else needed is None
    method = (
        f"multiple comparisons with the best on {n_worlds} worlds, paired differences, {level:.0%} for all at once"
        + ("" if explained is None else "; errors are those of a Latin hypercube (Owen 1992)")
    )
    return Ranking(
        tuple(names[s] for s in order),
        best,
        left,
        against,
        difference=difference,
        error=error,
        worlds_needed=needed,
        is_settled=is_settled,
        n_worlds=n_worlds,
        method=method,
    )


def _reach(level: float, n: int, n_worlds: int) -> float:
    """Errors that a difference of any pair stays within, with this chance for all pairs at once."""
    return -float(stdtrit(max(n_worlds - 1, 1), (1.0 - level) / max(n * (n - 1), 1)))


def _against(s: int, difference: Floats, error: Floats, reach: float, *, may: Sequence[bool]) -> Figure:
    """Difference to the best of the others with Hsu's constrained interval."""
    others = [j for j in range(len(may)) if j != s]
    if not others:
        return Figure(0.0, 0.0, 0.0, 0.0)
    nearest = min(others, key=lambda j: difference[s, j])
    high = max(0.0, min(difference[s, j] + reach * error[s, j] for j in others))
    rivals = [j for j in others if may[j]]
    low = min((difference[s, j] - reach * error[s, j] for j in rivals), default=0.0)
    return Figure(float(difference[s, nearest]), float(error[s, nearest]), float(min(0.0, low)), float(high))


def _needed(difference: Floats, error: Floats, reach: float, order: Sequence[int], *, n_worlds: int) -> int | None:
    """Worlds at which the difference seen between the first two would exceed its margin."""
    if len(order) < 2:
        return None
    gap, spread = difference[order[0], order[1]], error[order[0], order[1]]
    if gap <= 0.0:
        return None
    return int(np.ceil(n_worlds * max(reach * spread / gap, 1.0) ** 2))
