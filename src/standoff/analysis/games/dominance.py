"""Iterated strict dominance, by pure strategies and by mixtures.

A strategy is strictly dominated if some other strategy, or mixture of strategies, pays its player more against
everything the others can still do. What survives the elimination does not depend on its order.
Dominance by mixtures is the linear programme: maximise d such that Σ_k w_k u(k, t) − u(s, t) ≥ d for all t,
Σ w = 1, w ≥ 0; s is dominated if d > 0 (solved by HiGHS through SciPy; d must exceed 1e-9 of the payoff range).

Reference: M. Osborne and A. Rubinstein, A Course in Game Theory (1994), definition 59.1, lemma 60.1, proposition 61.2.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

from standoff.analysis.games.normalform import Floats, Truths, checked_game, checked_games

_ROUNDING = 1e-9  # of the payoff range, what the solver may be off by


@dataclass(frozen=True, slots=True)
class Elimination:
    """One strategy struck out.

    Attributes:
        round: counted from 1; strategies of a round are struck out together.
        player, strategy: whose, and which.
        dominated_by: (s_player,), weights of the dominating mixture; a single 1 where a pure strategy dominates.
        margin: by how much at least, payoff units.
    """

    round: int
    player: int
    strategy: int
    dominated_by: Floats
    margin: float


@dataclass(frozen=True, slots=True)
class Survivors:
    """What iterated strict dominance leaves.

    Attributes:
        strategies: for each player the indices that survive.
        eliminated: in order of elimination.
    """

    strategies: tuple[tuple[int, ...], ...]
    eliminated: tuple[Elimination, ...]


def iterated_dominance(game: npt.ArrayLike, *, by_mixtures: bool = True, rounding: float = 0.0) -> Survivors:
    """Strike out strictly dominated strategies, round by round, until none is left.

    Args:
        game: (n_players, s1, …, sn) payoffs.
        by_mixtures: look for dominating mixtures too, where no pure strategy dominates.
        rounding: payoff units; smaller margins are ties.

    Raises:
        ValueError: the array is not a game.

    Example:
        >>> dilemma = [[[3, 0], [5, 1]], [[3, 5], [0, 1]]]
        >>> iterated_dominance(dilemma).strategies
        ((1,), (1,))
    """
    payoffs = checked_game(game)
    left = [list(range(size)) for size in payoffs.shape[1:]]
    struck: list[Elimination] = []
    number = 0
    while True:
        number += 1
        found = [
            one
            for i in range(len(left))
            for one in _dominated(payoffs, left, i, (number, rounding), by_mixtures=by_mixtures)
        ]
        if not found:
            return Survivors(tuple(tuple(kept) for kept in left), tuple(struck))
        for one in found:
            left[one.player].remove(one.strategy)
        struck += found


def undominated(games: npt.ArrayLike, rounding: float = 0.0) -> tuple[Truths, ...]:
    """Strategies that survive iterated strict dominance by pure strategies, in many games at once.

    Args:
        games: (n_games, n_players, s1, …, sn) payoffs.
        rounding: payoff units; smaller differences are ties.

    Returns:
        For each player (n_games, s_i), true where the strategy survives.

    Raises:
        ValueError: the array holds no games.
    """
    payoffs = checked_games(games)
    n_games, n_players = payoffs.shape[:2]
    alive = [np.ones((n_games, size), dtype=np.bool_) for size in payoffs.shape[2:]]
    changed = True
    while changed:
        changed = False
        for i in range(n_players):
            table = np.moveaxis(payoffs[:, i], i + 1, 1).reshape(n_games, len(alive[i][0]), -1)
            others = _together([alive[k] for k in range(n_players) if k != i], n_games)
            for a in range(table.shape[1]):
                for b in range(table.shape[1]):
                    worse = (
                        ((table[:, b] > table[:, a] + rounding) | ~others).all(axis=1) & alive[i][:, a] & alive[i][:, b]
                    )
                    if a != b and worse.any():
                        alive[i][worse, a] = False
                        changed = True
    return tuple(alive)


def _together(alive: list[Truths], n_games: int) -> Truths:
    """(n_games, profiles of these players), true where all their strategies are alive."""
    together = np.ones((n_games, 1), dtype=np.bool_)
    for own in alive:
        together = (together[:, :, None] & own[:, None, :]).reshape(n_games, -1)
    return together


def _dominated(
    payoffs: Floats, left: list[list[int]], player: int, at: tuple[int, float], *, by_mixtures: bool
) -> list[Elimination]:
    """The strategies of a player that are dominated among those left."""
    number, rounding = at
    open_ = left[player]
    kept = payoffs[player][np.ix_(*left)]
    table = np.moveaxis(kept, player, 0).reshape(len(open_), -1)
    size = payoffs.shape[1 + player]
    found = []
    for row, strategy in enumerate(open_):
        margins = (table - table[row]).min(axis=1)
        weights = np.zeros(size)
        margin = float(margins.max())
        if margin > rounding:
            weights[open_[int(margins.argmax())]] = 1.0
        elif by_mixtures and len(open_) > 2:
            margin, mixture = _best_margin(table, row)
            weights[open_] = mixture
            if margin <= max(rounding, _ROUNDING * float(np.ptp(table))):
                continue
        else:
            continue
        found.append(Elimination(number, player, strategy, weights, margin=margin))
    return found


def _best_margin(table: Floats, row: int) -> tuple[float, Floats]:
    """The mixture of the other rows that beats this one by most in its worst column, and by how much.

    The solver's tolerances are absolute, so it sees payoffs of a range of 1.
    """
    n_rows, n_columns = table.shape
    gains = (table - table[row]) / (float(np.ptp(table)) or 1.0)
    answer = linprog(
        c=np.append(np.zeros(n_rows), -1.0),
        A_ub=np.column_stack([-gains.T, np.ones(n_columns)]),
        b_ub=np.zeros(n_columns),
        A_eq=np.append(np.ones(n_rows), 0.0)[None],
        b_eq=[1.0],
        bounds=[(0.0, 0.0 if k == row else 1.0) for k in range(n_rows)] + [(None, None)],
    )
    if not answer.success:
        return -np.inf, np.zeros(n_rows)
    mixture = np.maximum(answer.x[:-1], 0.0)
    mixture = mixture / mixture.sum()
    return float((mixture @ (table - table[row])).min()), mixture
