"""The double oracle: a game grows by best replies until nobody gains by one more.

The game is solved with the strategies at hand; each player in turn adds the best reply to what the others then play,
where that gains it more than an error; and again. What a player could still gain at the end is told.

Reference:
    H. McMahan, G. Gordon and A. Blum, Planning in the presence of cost functions controlled by an adversary, ICML 2003,
    536-543. M. Lanctot et al., A unified game-theoretic approach to multiagent reinforcement learning, NIPS 2017.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Generic, TypeVar

import numpy as np

from standoff.analysis.findings import Floats

__all__ = ["Grown", "double_oracle"]

Strategy = TypeVar("Strategy")
Payoffs = Callable[[tuple[Strategy, ...]], Floats]
"""(players,) of a profile."""
Reply = Callable[[int, Sequence[Sequence[Strategy]], Sequence[Floats]], Strategy]
"""A player's best reply to the others' strategies and how they mix them."""
Solve = Callable[[Floats], Sequence[Floats]]
"""(players, s1, …, sn) payoffs to each player's mix."""


@dataclass(frozen=True, slots=True, eq=False)
class Grown(Generic[Strategy]):
    """The game as it has grown.

    Attributes:
        strategies: By player, those at hand in the end.
        mixes: By player, how it mixes them.
        values: (players,), what each gets.
        regret: (players,), what each would gain by its best reply in the end, in payoff units.
        rounds: How often the game was solved.
        is_ended: Whether no regret is above the tolerance.
    """

    strategies: tuple[tuple[Strategy, ...], ...]
    mixes: tuple[Floats, ...]
    values: Floats
    regret: Floats
    rounds: int
    is_ended: bool


def double_oracle(
    payoffs: Payoffs[Strategy],
    reply: Reply[Strategy],
    start: Sequence[Sequence[Strategy]],
    tolerance: float,
    *,
    solve: Solve | None = None,
    most: int = 100,
) -> Grown[Strategy]:
    """Let a game grow by best replies.

    Args:
        payoffs: What each player gets at a profile; asked once for each.
        reply: A best reply; it need not be one at hand.
        start: By player, strategies to begin with, at least one each.
        tolerance: Gains up to it are none: the error of the payoffs.
        solve: How a game is solved; by default the end of the path of logit responses.
        most: Rounds at most.

    Raises:
        ValueError: A player begins with no strategy, or the tolerance is negative.
    """
    if not start or not all(start):
        raise ValueError("every player needs a strategy to begin with")
    if tolerance < 0.0:
        raise ValueError(f"the tolerance is {tolerance:g}, and cannot be negative")
    solve = _path_end if solve is None else solve
    at_hand = [list(own) for own in start]
    known: dict[tuple[int, ...], Floats] = {}
    players = range(len(at_hand))
    for rounds in range(1, most + 1):
        for places in product(*(range(len(own)) for own in at_hand)):
            if places not in known:
                known[places] = payoffs(tuple(own[k] for own, k in zip(at_hand, places, strict=True)))
        shape = tuple(len(own) for own in at_hand)
        game = np.array([known[places] for places in np.ndindex(*shape)]).T.reshape(-1, *shape)
        mixes = tuple(np.asarray(mix) for mix in solve(game))
        values = np.array([_expected(table, mixes) for table in game])
        replies = [reply(i, at_hand, mixes) for i in players]
        regret = np.array([
            max(_against(payoffs, i, replies[i], at_hand, mixes), float(_by_own(game[i], i, mixes).max())) - values[i]
            for i in players
        ])  # fmt: skip
        fresh = [i for i in players if regret[i] > tolerance and replies[i] not in at_hand[i]]
        if not fresh or rounds == most:
            break
        for i in fresh:
            at_hand[i].append(replies[i])
    return Grown(
        tuple(map(tuple, at_hand)), mixes, values, np.maximum(regret, 0.0), rounds, bool((regret <= tolerance).all())
    )


def _expected(table: Floats, mixes: Sequence[Floats]) -> float:
    for mix in reversed(mixes):
        table = table @ mix
    return float(table)


def _by_own(table: Floats, i: int, mixes: Sequence[Floats]) -> Floats:
    """What each of a player's strategies at hand gets."""
    table = np.moveaxis(table, i, 0)
    for mix in reversed([mix for j, mix in enumerate(mixes) if j != i]):
        table = table @ mix
    return table


def _against(
    payoffs: Payoffs[Strategy], i: int, own: Strategy, at_hand: Sequence[Sequence[Strategy]], mixes: Sequence[Floats]
) -> float:
    """What a strategy gets against what the others play; profiles that are never played are not asked for."""
    total = 0.0
    rest = [j for j in range(len(mixes)) if j != i]
    for places in product(*(np.flatnonzero(mixes[j] > 0.0).tolist() for j in rest)):
        profile = [own] * len(mixes)
        chance = 1.0
        for j, k in zip(rest, places, strict=True):
            profile[j] = at_hand[j][k]
            chance *= float(mixes[j][k])
        total += chance * float(payoffs(tuple(profile))[i])
    return total


def _path_end(game: Floats) -> Sequence[Floats]:
    from standoff.analysis.games.quantal.responses import branch_limits  # noqa: PLC0415 - Numba is slow to import

    return [mix[0] for mix in branch_limits(game[None]).mixes]
