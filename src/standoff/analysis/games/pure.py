"""Pure equilibria and ε-equilibria, exactly, one game or many thousands at once.

A profile is an ε-equilibrium if no player gains more than ε, in its own payoff units, by playing another strategy
while the others keep theirs. With ε = 0 this is Nash's definition, and ties count: a player that is indifferent
has no reason to leave.

Reference: J. Nash, Non-cooperative games (1951), section 1; R. Radner, Collusive behavior in noncooperative
epsilon-equilibria of oligopolies with long but finite lives (1980), definition 1.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from standoff.analysis.games.normalform import (
    Floats,
    Integers,
    Truths,
    checked_game,
    checked_games,
    checked_tolerance,
    regrets,
)
from standoff.analysis.games.pure_kernel import mark_equilibria


@dataclass(frozen=True, slots=True)
class PureEquilibrium:
    """A profile that is stable within the tolerance it was sought with.

    Attributes:
        profile: the index of each player's strategy.
        regret: (n_players,), what each player would gain by its best deviation, in payoff units.
        payoffs: (n_players,), what each gets.
    """

    profile: tuple[int, ...]
    regret: Floats
    payoffs: Floats


def pure_equilibria(game: npt.ArrayLike, epsilon: float = 0.0) -> tuple[PureEquilibrium, ...]:
    """All pure ε-equilibria of one game, in the order of the profiles.

    Args:
        game: (n_players, s1, …, sn) payoffs.
        epsilon: tolerance in payoff units.

    Raises:
        ValueError: the array is not a game or the tolerance is negative.

    Example:
        >>> chicken = [[[0, 7], [2, 6]], [[0, 2], [7, 6]]]
        >>> [found.profile for found in pure_equilibria(chicken)]
        [(0, 1), (1, 0)]
    """
    payoffs = checked_game(game)
    regret = regrets(payoffs)
    stable = (regret <= checked_tolerance(epsilon)).all(axis=0)
    return tuple(
        PureEquilibrium(
            profile=tuple(int(k) for k in profile), regret=regret[:, *profile], payoffs=payoffs[:, *profile]
        )
        for profile in np.argwhere(stable)
    )


def stable_profiles(games: npt.ArrayLike, epsilon: float = 0.0, threads: int = 1) -> Truths:
    """Which profiles of many games are pure ε-equilibria.

    Args:
        games: (n_games, n_players, s1, …, sn) payoffs.
        epsilon: tolerance in payoff units.
        threads: games are shared out among this many threads; the answer does not depend on it.

    Returns:
        (n_games, s1, …, sn), true where the profile is one.

    Raises:
        ValueError: the array holds no games or the tolerance is negative.
    """
    return mark_checked(checked_games(games), checked_tolerance(epsilon), threads)


def mark_checked(games: Floats, epsilon: float, threads: int = 1) -> Truths:
    """`stable_profiles` of games that `checked_games` has already passed."""
    shape = games.shape[2:]
    flat = games.reshape(len(games), games.shape[1], -1)
    stable = np.empty((len(games), flat.shape[2]), dtype=np.bool_)
    sizes: Integers = np.array(shape, dtype=np.int64)
    cuts = [len(games) * k // threads for k in range(threads + 1)]

    def mark(k: int) -> None:
        part = slice(cuts[k], cuts[k + 1])
        mark_equilibria(flat[part], sizes, epsilon, stable[part])

    if threads == 1:
        mark(0)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(mark, range(threads)))
    return stable.reshape(len(games), *shape)
