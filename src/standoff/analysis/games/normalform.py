"""Games as arrays: what a payoff array must look like, and what a deviation from a profile pays.

One game is an array of shape (n_players, s1, …, sn): players first, then the number of strategies of each.
Many games of one shape carry a leading axis: (n_games, n_players, s1, …, sn).
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]


def checked_game(payoffs: npt.ArrayLike) -> Floats:
    """One game as a contiguous array of doubles.

    Args:
        payoffs: (n_players, s1, …, sn), finite.

    Returns:
        The same numbers, C-contiguous float64.

    Raises:
        ValueError: the axes do not match the number of players, a player has no strategy,
            or a payoff is not finite.
    """
    game: Floats = checked_games(np.asarray(payoffs, dtype=np.float64)[np.newaxis])[0]
    return game


def checked_games(payoffs: npt.ArrayLike) -> Floats:
    """Many games of one shape as a contiguous array of doubles.

    Args:
        payoffs: (n_games, n_players, s1, …, sn), finite.

    Raises:
        ValueError: as for `checked_game`.
    """
    games = np.ascontiguousarray(payoffs, dtype=np.float64)
    n_players = games.shape[1] if games.ndim > 1 else 0
    if n_players < 1 or games.ndim != n_players + 2:
        raise ValueError(
            f"payoffs of {n_players} players need one axis of strategies for each player after the players' axis, "
            f"got shape {games.shape[1:]}"
        )
    if 0 in games.shape[2:]:
        raise ValueError(f"every player needs a strategy, got shape {games.shape[1:]}")
    with np.errstate(over="ignore", invalid="ignore"):
        total = games.sum()  # finite only if all are, and cheaper than asking each; it may overflow for finite ones
    if not np.isfinite(total) and not np.isfinite(games).all():
        raise ValueError("payoffs must be finite: leave out or replace faulty futures before solving")
    return games


def checked_tolerance(epsilon: float) -> float:
    """A tolerance in payoff units.

    Raises:
        ValueError: it is negative, infinite or not a number.
    """
    if not (np.isfinite(epsilon) and epsilon >= 0):
        raise ValueError(f"a tolerance must be a finite number of payoff units, at least 0, got {epsilon}")
    return float(epsilon)


def regrets(game: npt.ArrayLike) -> Floats:
    """What each player forgoes in each profile by not playing its best reply to the others.

    Args:
        game: (n_players, s1, …, sn).

    Returns:
        Same shape, payoff units, never negative; exactly 0 where the player replies best (ties included).
    """
    payoffs = checked_game(game)
    return np.stack([own.max(axis=i, keepdims=True) - own for i, own in enumerate(payoffs)])


def strategy_payoffs(game: Floats, mixes: tuple[Floats, ...]) -> tuple[Floats, ...]:
    """Expected payoff of each pure strategy of each player against the others' mixtures.

    Args:
        game: (n_players, s1, …, sn).
        mixes: for each player its probabilities, (s_i,).

    Returns:
        For each player an array (s_i,) in payoff units.
    """
    found = []
    for i, own in enumerate(game):
        table = np.moveaxis(own, i, 0)
        for mix in reversed([mix for k, mix in enumerate(mixes) if k != i]):
            table = table @ mix
        found.append(table)
    return tuple(found)


def mixed_regrets(game: Floats, mixes: tuple[Floats, ...]) -> Floats:
    """What each player would gain at most by leaving a profile of mixtures.

    Args:
        game: (n_players, s1, …, sn).
        mixes: for each player its probabilities, (s_i,).

    Returns:
        (n_players,) in payoff units; a Nash equilibrium has zeros, up to rounding.
    """
    values = strategy_payoffs(game, mixes)
    return np.array([own.max() - own @ mix for own, mix in zip(values, mixes, strict=True)])
