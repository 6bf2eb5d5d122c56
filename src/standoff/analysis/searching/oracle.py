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

__all__ = ["Grown", "Until", "against", "double_oracle"]

Strategy = TypeVar("Strategy")
Payoffs = Callable[[Sequence[tuple[Strategy, ...]]], Floats]
"""(profiles, players, draws) of profiles; a game that is known exactly has one draw."""
Reply = Callable[[int, Sequence[Sequence[Strategy]], Sequence[Floats]], Strategy]
"""A player's best reply to the others' strategies and how they mix them."""
Solve = Callable[[Floats], Sequence[Floats]]
"""(players, s1, …, sn) payoffs to each player's mix."""
Mean = Callable[[int, Floats], tuple[float, float]]
"""A player's mean over draws, and the error of it."""


_REACH = 2.576
"""Standard errors of a 99 % interval."""


@dataclass(frozen=True, slots=True, eq=False)
class Grown(Generic[Strategy]):
    """The game as it has grown.

    Attributes:
        strategies: By player, those at hand in the end.
        mixes: By player, how it mixes them.
        values: (players,), what each gets.
        replies: By player, its best reply in the end.
        regret, errors: (players,), what each would gain by that or by one at hand, in payoff units; standard errors.
        rounds: How often the game was solved.
        is_ended: Whether no gain is shown to be above the tolerance.
    """

    strategies: tuple[tuple[Strategy, ...], ...]
    mixes: tuple[Floats, ...]
    values: Floats
    replies: tuple[Strategy, ...]
    regret: Floats
    errors: Floats
    rounds: int
    is_ended: bool


@dataclass(frozen=True, slots=True)
class Until:
    """When a game has grown enough.

    Attributes:
        tolerance: Gains up to it are none, nor are those within 2.6 standard errors of it.
        rounds, profiles: At most so many.
    """

    tolerance: float = 0.0
    rounds: int = 100
    profiles: int = 100_000


def double_oracle(
    payoffs: Payoffs[Strategy],
    reply: Reply[Strategy],
    start: Sequence[Sequence[Strategy]],
    until: Until = Until(),
    *,
    mean: Mean | None = None,
    solve: Solve | None = None,
) -> Grown[Strategy]:
    """Let a game grow by best replies.

    Args:
        payoffs: What each player gets at profiles; asked once for each.
        reply: A best reply; it need not be one at hand.
        start: By player, strategies to begin with, at least one each.
        until: When it has grown enough.
        mean: Of a player's draws, with its standard error; the plain mean, and no error, where it is left out.
        solve: How a game is solved; by default the end of the path of logit responses.

    Raises:
        ValueError: A player begins with no strategy, or the tolerance is negative.
    """
    if not start or not all(start):
        raise ValueError("every player needs a strategy to begin with")
    if until.tolerance < 0.0:
        raise ValueError(f"the tolerance is {until.tolerance:g}, and cannot be negative")
    solve, mean = solve or _path_end, mean or _plain
    table = _Table(payoffs, mean, [list(own) for own in start])
    players = range(len(start))
    for rounds in range(1, until.rounds + 1):
        game = table.game()
        mixes = tuple(np.asarray(mix) for mix in solve(game))
        values = np.array([_expected(own, mixes) for own in game])
        replies = [reply(i, table.at_hand, mixes) for i in players]
        gains = [max(table.gain(i, replies[i], mixes), table.best_at_hand(game, i, mixes)) for i in players]
        regret, errors = np.array(gains).T
        gaining = regret - _REACH * errors > until.tolerance
        is_ended = not gaining.any()
        fresh = [i for i in np.flatnonzero(gaining).tolist() if replies[i] not in table.at_hand[i]]
        size = int(np.prod([len(own) + (i in fresh) for i, own in enumerate(table.at_hand)]))
        if is_ended or not fresh or rounds == until.rounds or size > until.profiles:
            break
        for i in fresh:
            table.at_hand[i].append(replies[i])
    at_hand = tuple(map(tuple, table.at_hand))
    return Grown(
        at_hand,
        mixes,
        values,
        tuple(replies),
        regret=np.maximum(regret, 0.0),
        errors=errors,
        rounds=rounds,
        is_ended=is_ended,
    )


def against(
    payoffs: Payoffs[Strategy],
    i: int,
    own: Sequence[Strategy],
    at_hand: Sequence[Sequence[Strategy]],
    *,
    mixes: Sequence[Floats],
) -> Floats:
    """(strategies, draws), what each of a player's gets against what the others play, all asked for together.

    What is never played is not asked for.
    """
    rest = [j for j in range(len(mixes)) if j != i]
    profiles: list[tuple[Strategy, ...]] = []
    chances: list[float] = []
    for places in product(*(np.flatnonzero(mixes[j] > 0.0).tolist() for j in rest)):
        played = dict(zip(rest, places, strict=True))
        chances.append(float(np.prod([mixes[j][k] for j, k in played.items()])))
        profiles += [tuple(at_hand[j][played[j]] if j in played else one for j in range(len(mixes))) for one in own]
    ran = payoffs(profiles)[:, i].reshape(len(chances), len(own), -1)
    found: Floats = np.tensordot(np.array(chances), ran, axes=1)
    return found


class _Table(Generic[Strategy]):
    """Payoffs so far: each profile is asked for once."""

    def __init__(self, payoffs: Payoffs[Strategy], mean: Mean, at_hand: list[list[Strategy]]) -> None:
        self.ask, self.mean, self.at_hand = payoffs, mean, at_hand
        self.known: dict[tuple[int, ...], Floats] = {}

    def game(self) -> Floats:
        """(players, s1, …, sn) with the strategies at hand."""
        shape = tuple(len(own) for own in self.at_hand)
        open_ones = [places for places in np.ndindex(*shape) if places not in self.known]
        if open_ones:
            profiles = [tuple(own[k] for own, k in zip(self.at_hand, places, strict=True)) for places in open_ones]
            self.known |= dict(zip(open_ones, self.ask(profiles), strict=True))
        means = [[self.mean(i, x)[0] for i, x in enumerate(self.known[places])] for places in np.ndindex(*shape)]
        return np.array(means).T.reshape(-1, *shape)

    def gain(self, i: int, own: Strategy, mixes: Sequence[Floats]) -> tuple[float, float]:
        """What a player gains by a strategy, draw by draw, and its error."""
        if own in self.at_hand[i]:
            return -np.inf, 0.0
        return self.mean(i, against(self.ask, i, [own], self.at_hand, mixes=mixes)[0] - self._played(i, mixes))

    def best_at_hand(self, game: Floats, i: int, mixes: Sequence[Floats]) -> tuple[float, float]:
        """The same by the best of those at hand."""
        k = int(_by_own(game[i], i, mixes).argmax())
        alone = [np.eye(mix.size)[k] if j == i else mix for j, mix in enumerate(mixes)]
        return self.mean(i, self._played(i, alone) - self._played(i, mixes))

    def _played(self, i: int, mixes: Sequence[Floats]) -> Floats:
        """(draws,), what a player gets."""
        at = list(product(*(np.flatnonzero(mix > 0.0).tolist() for mix in mixes)))
        chances = [float(np.prod([mix[k] for mix, k in zip(mixes, places, strict=True)])) for places in at]
        found: Floats = np.array(chances) @ np.array([self.known[places][i] for places in at])
        return found


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


def _plain(_: int, draws: Floats) -> tuple[float, float]:
    return float(draws.mean()), 0.0


def _path_end(game: Floats) -> Sequence[Floats]:
    from standoff.analysis.games.quantal.responses import branch_limits  # noqa: PLC0415 - Numba is slow to import

    return [mix[0] for mix in branch_limits(game[None]).mixes]
