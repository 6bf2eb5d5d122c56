"""Where other branches meet the principal one, also those that meet it two at a time.

The kernel sees a bifurcation by a change of sign of the bordered determinant, which crossings of an even number of
branches at one point leave as it was: a symmetric game of three strategies has two. There the derivatives of the
equations by all unknowns, the precision among them, lose rank, and at no other point (at a turning point they keep it).

Reference: E. Allgower and K. Georg, Introduction to Numerical Continuation Methods (2003), chapter 8.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from standoff.analysis.games.normalform import Floats
from standoff.analysis.games.quantal.responses import quantal_responses

__all__ = ["count_crossings"]

_GRID = np.geomspace(0.1, 1000.0, 80)
_FINE = 13
_ZOOMS = 5
_LOST = 1e-3
"""Of the least singular value on the grid, what is left at a true zero, which falls sixfold a zoom."""


def count_crossings(game: Floats) -> int:
    """How many points of the principal branch others meet, up to a precision of 1,000 per unit of payoff range.

    Args:
        game: (players, s1, …, sn), two players or more.
    """
    at, least = _least(game, _GRID)
    found = 0
    for i in range(1, at.size - 1):
        if least[i] > least[i - 1] or least[i] >= least[i + 1]:
            continue
        low, high, now = at[i - 1], at[i + 1], least[i]
        for _ in range(_ZOOMS):
            fine, values = _least(game, np.linspace(low, high, _FINE))
            if values.size < _FINE:
                break
            k = int(values.argmin())
            low, high, now = fine[max(k - 1, 0)], fine[min(k + 1, _FINE - 1)], min(now, values[k])
        found += bool(now < _LOST * least[i - 1])
    return found


def _least(game: Floats, precisions: Floats) -> tuple[Floats, Floats]:
    """The precisions that the branch reaches, and the least singular value of the derivatives there."""
    found = quantal_responses(game[None], precisions)
    reached = np.flatnonzero(found.is_reached[0])
    spans = np.ptp(game.reshape(len(game), -1), axis=1)
    scaled = game / np.where(spans > 0.0, spans, 1.0).reshape(-1, *(1,) * (game.ndim - 1))
    values = [
        np.linalg.svd(_derivatives(scaled, [mix[0, k] for mix in found.mixes], found.precisions[k]), compute_uv=False)[
            -1
        ]
        for k in reached
    ]
    return found.precisions[reached], np.array(values)


def _derivatives(game: Floats, mixes: Sequence[Floats], precision: float) -> Floats:
    """Of z − λ (u − ū) by z and λ, shape (strategies, strategies + 1), as `equations.py` has them."""
    sizes = [mix.size for mix in mixes]
    starts = np.cumsum([0, *sizes])
    blocks = [slice(starts[i], starts[i + 1]) for i in range(len(sizes))]
    by_mix, advantage = np.zeros((starts[-1], starts[-1])), np.zeros(starts[-1])
    by_odds = np.zeros_like(by_mix)
    for i, own in enumerate(blocks):
        payoff = _expected(game[i], mixes, (i,))
        advantage[own] = payoff - mixes[i] @ payoff
        by_mix[own, own] -= payoff
        by_odds[own, own] = np.diag(mixes[i]) - np.outer(mixes[i], mixes[i])
        for k, other in enumerate(blocks):
            if k != i:
                pairwise = _expected(game[i], mixes, (i, k))
                pairwise = pairwise if i < k else pairwise.T
                by_mix[own, other] += pairwise - mixes[i] @ pairwise
    return np.column_stack([np.eye(starts[-1]) - precision * by_mix @ by_odds, -advantage])


def _expected(table: Floats, mixes: Sequence[Floats], kept: tuple[int, ...]) -> Floats:
    """A player's payoffs averaged over what all but some players play."""
    for m in reversed(range(len(mixes))):
        if m not in kept:
            table = np.tensordot(table, mixes[m], axes=([m], [0]))
    return table
