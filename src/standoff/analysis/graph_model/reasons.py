"""Why an actor stays: what it would gain by leaving, and how the others would answer.

And where an answer would cost who gives it, or nothing stands in the way, the dilemma that follows for the parties: a
threat that is not believed, a promise that is not trusted.

Reference: N. Howard, Confrontation analysis: how to win operations other than war (1999), chapter 5; N. Howard and
P. Murray-Jones, Drama theory (2002), for the threat and trust dilemmas.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from standoff.analysis.findings import Floats
from standoff.analysis.graph_model.moves import Moves
from standoff.analysis.graph_model.standing import Differences

__all__ = ["Amount", "Board", "Dilemma", "Step", "Temptation", "dilemmas_at", "temptations_at"]


@dataclass(frozen=True, slots=True)
class Amount:
    """A payoff difference in payoff units, its standard error, and whether its sign is shown."""

    value: float
    error: float
    is_shown: bool


@dataclass(frozen=True, slots=True)
class Step:
    """A change of one actor's strategy, and what it brings that actor."""

    actor: str
    before: str
    after: str
    gain: Amount


@dataclass(frozen=True, slots=True)
class Temptation:
    """An actor's move away from a profile that gains it something, and the answer.

    Attributes:
        move: What it would do.
        answer: Steps of others that leave it no better than before; empty where there are none.
        loss: What it then has over the profile (below zero: worse off); None without an answer.
        is_credible: Whether every step of the answer gains who makes it.
        is_shown: Whether these steps' gains and the loss are beyond their error.
    """

    move: Step
    answer: tuple[Step, ...]
    loss: Amount | None
    is_credible: bool
    is_shown: bool


@dataclass(frozen=True, slots=True)
class Dilemma:
    """What stands between two parties at a profile.

    Attributes:
        kind: `threat`: `who` could answer `other`'s move, at a cost to itself, so that its threat is not believed.
            `promise`: `who` gains by leaving, and nothing that gains its doer answers, so that `other`, which it would
            hurt, does not trust it to stay.
        who, other: The parties.
        move: The move that is threatened against, or that breaks the promise.
        answer: The step that would carry out the threat; None for a promise.
        harm: To `other`: by the answer over the profile, or by the move.
    """

    kind: Literal["threat", "promise"]
    who: str
    other: str
    move: Step
    answer: Step | None
    harm: Amount


@dataclass(frozen=True, slots=True, eq=False)
class Board:
    """One estimated game and its moves.

    Attributes:
        players, strategies: Whose game, with the labels of what each may play.
        moves: Who can change to what.
        differences: Of payoffs, in units of what is in play.
        units: (players,), that unit in payoff units.
        tolerance: In the same units as `differences`; gains up to it are none.
    """

    players: tuple[str, ...]
    strategies: tuple[tuple[str, ...], ...]
    moves: Moves
    differences: Differences
    units: Floats
    tolerance: float

    def gain(self, player: int, start: int, end: int) -> float:
        """What a player has more in one profile than in another."""
        own = self.differences.payoffs[player]
        return float(own[end] - own[start])

    def gains(self, player: int, start: int) -> list[int]:
        """Where a player can go that gains it something."""
        return [t for t in self.moves.of(player, start) if self.gain(player, start, t) > self.tolerance]

    def amount(self, player: int, start: int, end: int) -> Amount:
        """The same in payoff units, with its error."""
        gain, error = self.gain(player, start, end), float(self.differences.errors[player, start, end])
        unit = float(self.units[player])
        return Amount(gain * unit, error * unit, abs(gain) > self.differences.band * error)

    def label(self, player: int, profile: int) -> str:
        """What a player plays in a profile."""
        at = profile // int(self.moves.strides[player]) % self.moves.shape[player]
        return self.strategies[player][at]

    def named(self, profile: int) -> tuple[str, ...]:
        """A profile by its labels."""
        return tuple(self.label(i, profile) for i in range(len(self.players)))

    def step(self, player: int, start: int, end: int) -> Step:
        """A move with its gain."""
        return Step(
            self.players[player], self.label(player, start), self.label(player, end), self.amount(player, start, end)
        )


def temptations_at(board: Board, profile: int) -> tuple[Temptation, ...]:
    """For each actor the moves away that gain it something, the most tempting first, and how the others would answer.

    An answer of moves that each gain who makes it comes before one that costs; of those, the shortest, and then the one
    that leaves the actor worst.
    """
    found = []
    for i in range(len(board.players)):
        for end in sorted(board.gains(i, profile), key=lambda t: -board.gain(i, profile, t)):
            found.append(_tempted(board, i, profile, end))
    return tuple(found)


def dilemmas_at(board: Board, profile: int) -> tuple[Dilemma, ...]:
    """Threats that are not believed and promises that are not trusted, where the parties might settle on a profile."""
    found: list[Dilemma] = []
    for i, player in enumerate(board.players):
        for end in sorted(board.gains(i, profile), key=lambda t: -board.gain(i, profile, t)):
            if _tempted(board, i, profile, end).is_credible:
                continue
            move = board.step(i, profile, end)
            for j, other in enumerate(board.players):
                if j == i:
                    continue
                if board.gain(j, profile, end) < -board.tolerance:
                    found.append(
                        Dilemma("promise", player, other, move, answer=None, harm=board.amount(j, profile, end))
                    )
                harms = [t for t in board.moves.of(j, end) if board.gain(i, profile, t) <= board.tolerance]
                if harms:
                    cheapest = max(harms, key=lambda t, j=j, end=end: board.gain(j, end, t))  # type: ignore[misc]
                    harm = board.amount(i, profile, cheapest)
                    found.append(Dilemma("threat", other, player, move, answer=board.step(j, end, cheapest), harm=harm))
            break  # the most tempting move says it
    return tuple(found)


def _tempted(board: Board, i: int, profile: int, end: int) -> Temptation:
    move = board.step(i, profile, end)
    for is_credible, steps in ((True, board.gains), (False, board.moves.of)):
        path = _answer(board, i, profile, end, steps=steps)
        if path:
            answer = tuple(board.step(j, start, stop) for j, start, stop in path)
            loss = board.amount(i, profile, path[-1][2])
            is_shown = loss.is_shown and loss.value < 0.0 and (
                not is_credible or all(one.gain.is_shown for one in answer)
            )  # fmt: skip
            return Temptation(move, answer, loss, is_credible, is_shown=is_shown)
    return Temptation(move, (), None, False, is_shown=False)


def _answer(
    board: Board, i: int, profile: int, end: int, *, steps: Callable[[int, int], list[int]]
) -> list[tuple[int, int, int]]:
    """The shortest steps of the others after which the actor is no better off; of equally short ones the hardest."""
    came: dict[tuple[int, int], tuple[int, int]] = {}
    level = deque([(end, i)])
    while level:
        following: deque[tuple[int, int]] = deque()
        hits: list[tuple[float, tuple[int, int]]] = []
        for s, last in level:
            for j in range(len(board.players)):
                if j in (i, last):
                    continue
                for t in steps(j, s):
                    node = (t, j)
                    if node in came or node == (end, i):
                        continue
                    came[node] = (s, last)
                    following.append(node)
                    if board.gain(i, profile, t) <= board.tolerance:
                        hits.append((board.gain(i, profile, t), node))
        if hits:
            node = min(hits)[1]
            path = []
            while node in came:
                before = came[node]
                path.append((node[1], before[0], node[0]))
                node = before
            return path[::-1]
        level = following
    return []
