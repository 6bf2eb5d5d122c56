"""A game of a file, solved: dominance, pure equilibria, and where the principal logit branch leads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from standoff.analysis.games.dominance import iterated_dominance
from standoff.analysis.games.exchange import NamedGame
from standoff.analysis.games.normalform import Floats
from standoff.analysis.games.pure import pure_equilibria
from standoff.analysis.games.quantal.crossings import count_crossings
from standoff.analysis.games.quantal.responses import branch_limits, quantal_responses

__all__ = ["Equilibrium", "Solved", "Struck", "solve"]

MOST_CELLS = 20_000  # payoffs of a game whose branch is followed, and whose mixtures are sought

_FAR = 100.0
"""Precision, per unit of payoff range, up to which crossings of the branch are looked for."""


@dataclass(frozen=True, slots=True)
class Equilibrium:
    """A profile that nobody gains by leaving alone: what each plays, and gets."""

    strategies: tuple[str, ...]
    payoffs: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Struck:
    """A strategy that iterated strict dominance strikes out: in which round, and what beats it (name, weight)."""

    player: str
    strategy: str
    round: int
    by: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """What is told of a game.

    Attributes:
        title: of the file.
        players, strategies: names.
        pure: all pure equilibria, in the order of the profiles.
        struck: in order of elimination.
        by_mixtures: whether dominance by mixtures was looked for: not in large games.
        mixes: for each player the probabilities at the end of the principal logit branch; empty for one player alone
            and for large games.
        regret: (players,), what each could still gain there, payoff units.
        is_complete: whether the branch was followed to its end.
        n_bifurcations: how often another branch crosses it on the way, as where a symmetry breaks; it goes straight on.
    """

    title: str
    players: tuple[str, ...]
    strategies: tuple[tuple[str, ...], ...]
    pure: tuple[Equilibrium, ...]
    struck: tuple[Struck, ...]
    by_mixtures: bool
    mixes: tuple[Floats, ...]
    regret: tuple[float, ...]
    is_complete: bool
    n_bifurcations: int = 0


def solve(named: NamedGame) -> Solved:
    """Solve a game as it stands: exact payoffs, so ties are ties and nothing is tolerated.

    Reference:
        R. McKelvey and T. Palfrey, Quantal response equilibria for normal form games (1995), theorem 3.
    """
    game = named.payoffs
    is_small = game.size <= MOST_CELLS
    left = iterated_dominance(game, by_mixtures=is_small)
    pure = tuple(
        Equilibrium(_names(named, found.profile), tuple(float(x) for x in found.payoffs))
        for found in pure_equilibria(game)
    )
    struck = tuple(
        Struck(
            named.players[one.player], named.strategies[one.player][one.strategy], one.round,
            tuple(
                (named.strategies[one.player][k], float(one.dominated_by[k])) for k in np.flatnonzero(one.dominated_by)
            ),
        )
        for one in left.eliminated
    )  # fmt: skip
    mixes: tuple[Floats, ...] = ()
    regret: tuple[float, ...] = ()
    is_complete, crossed = False, 0
    if is_small and len(named.players) > 1:
        end = branch_limits(game[None])
        mixes, regret = tuple(mix[0] for mix in end.mixes), tuple(float(x) for x in end.regret[0])
        is_complete = bool(end.is_complete[0])
        # the end may be an equilibrium at every precision, and then nothing is followed
        along = quantal_responses(game[None], [_FAR])
        crossed = int(max(end.n_bifurcations[0], along.n_bifurcations[0], count_crossings(game)))
    return Solved(
        named.title, named.players, named.strategies, pure, struck=struck, by_mixtures=is_small, mixes=mixes,
        regret=regret, is_complete=is_complete, n_bifurcations=crossed,
    )  # fmt: skip


def _names(named: NamedGame, profile: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(names[k] for names, k in zip(named.strategies, profile, strict=True))
