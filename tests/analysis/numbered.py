"""Games with numbers for names, for tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy.typing as npt

from standoff.analysis.games.exchange import NamedGame
from standoff.analysis.games.normalform import checked_game


def named_game(payoffs: npt.ArrayLike, title: str = "", players: Sequence[str] = ()) -> NamedGame:
    """A game with numbers for names: players and strategies counted from 1.

    Raises:
        ValueError: The array is not a game.
    """
    game = checked_game(payoffs)
    strategies = tuple(tuple(str(k + 1) for k in range(size)) for size in game.shape[1:])
    return NamedGame(title, tuple(players) or tuple(f"Player {k + 1}" for k in range(len(game))), strategies, game)
