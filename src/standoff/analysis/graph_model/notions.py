"""Which profiles are stable, by what actors foresee.

A profile is stable for an actor by *Nash* if no move of its own gains it anything. By *general metarationality* (GMR)
if the others could answer every gain with moves, whatever these cost them, that leave it no better than before; by
*symmetric metarationality* (SMR) if its own next move cannot mend that either; by *sequential stability* (SEQ) if the
others' answers are moves from which each mover gains. By *limited foresight* of h moves: looking h moves ahead, its own
and others' by turns, it does best to stay. A profile that is stable for every actor is stable. By *coalitions* it is
stable if nobody, alone or with others, has a move that pleases all who make it.

The others answer in any order, nobody twice running. A gain is one above the tolerance; what is no gain over the start
sanctions. With more than two actors the textbook's limited foresight leaves open who replies: here an actor expects,
of those who would, the reply that is worst for itself. Among replies that are equally good for who makes them, the
first in the order of profiles is taken.

Reference: L. Fang, K. Hipel and D. M. Kilgour, Interactive Decision Making (1993), chapter 3, definitions 3.2 to 3.9;
D. M. Kilgour, K. Hipel, L. Fang and X. Peng, Coalition analysis in group decision support (2001), for coalitions.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from standoff.analysis.games.normalform import checked_games, checked_tolerance
from standoff.analysis.graph_model.moves import Moves, free_moves

__all__ = ["NOTIONS", "Notion", "stable_for_each"]

Truths = npt.NDArray[np.bool_]


class Notion(StrEnum):
    """What actors foresee."""

    NASH = "nash"
    SEQ = "seq"
    GMR = "gmr"
    SMR = "smr"
    TWO_MOVES = "two moves"
    THREE_MOVES = "three moves"
    COALITIONS = "coalitions"


NOTIONS: tuple[Notion, ...] = tuple(Notion)
"""In the order of the arrays."""


def stable_for_each(
    games: npt.ArrayLike, moves: Moves | None = None, tolerance: float = 0.0, threads: int = 1
) -> Truths:
    """For whom each profile is stable, by every notion.

    Args:
        games: (games, players, s1, …, sn) payoffs.
        moves: Who can change to what; anything by default.
        tolerance: Payoff units; gains up to it are none.
        threads: Games are shared out; the answer does not depend on it.

    Returns:
        (games, notions, players, profiles) in the order of `NOTIONS`, profiles flat; for coalitions the same for every
        player.

    Raises:
        ValueError: The array holds no games, its shape is not that of the moves, or the tolerance is negative.

    Example:
        >>> dilemma = [[[3, 1], [4, 2]], [[3, 4], [1, 2]]]
        >>> found = stable_for_each([dilemma]).all(axis=2)[0]
        >>> dict(zip(NOTIONS, found.astype(int).tolist()))[Notion.SEQ]
        [1, 0, 0, 1]
    """
    from standoff.analysis.graph_model.notions_kernel import mark_stable  # noqa: PLC0415 - Numba takes a while

    payoffs = checked_games(games)
    shape = payoffs.shape[2:]
    moves = free_moves(shape) if moves is None else moves
    if moves.shape != shape:
        raise ValueError(f"moves for {moves.shape} strategies beside games of {shape}")
    flat = payoffs.reshape(len(payoffs), payoffs.shape[1], -1)
    stable = np.empty((len(flat), len(NOTIONS), *flat.shape[1:]), dtype=np.bool_)
    ends, n_ends = moves.lists
    cuts = [len(flat) * k // threads for k in range(threads + 1)]

    def mark(k: int) -> None:
        part = slice(cuts[k], cuts[k + 1])
        mark_stable(
            flat[part],
            ends,
            n_ends,
            moves.digits,
            moves.padded,
            moves.chain,
            checked_tolerance(tolerance),
            stable[part],
        )

    if threads == 1:
        mark(0)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(mark, range(threads)))
    return stable
