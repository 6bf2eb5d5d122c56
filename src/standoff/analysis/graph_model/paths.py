"""How actors could get from one profile to another: who must move first, and by which moves.

Of all ways the one with the fewest moves that do not gain who makes them, and then the fewest moves (status quo
analysis: K. W. Li, D. M. Kilgour and K. Hipel, Status quo analysis in the graph model for conflict resolution, 2005).
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush

from standoff.analysis.graph_model.moves import Moves
from standoff.analysis.graph_model.reasons import Board, Step

__all__ = ["Way", "find_way"]


@dataclass(frozen=True, slots=True)
class Way:
    """A path of moves.

    Attributes:
        start, end: Profiles, one strategy for each player.
        steps: The moves; empty where the two are the same.
        first: Who can move first on a path as good as this one.
        n_against: How many of the moves do not gain who makes them.
    """

    start: tuple[str, ...]
    end: tuple[str, ...]
    steps: tuple[Step, ...]
    first: tuple[str, ...]
    n_against: int


def find_way(board: Board, start: int, end: int) -> Way | None:
    """The best path from one profile to another; None where moves are barred so that there is none.

    Dijkstra's algorithm backwards from the end, so that the cost of every first move is known.
    """
    costs: dict[int, tuple[int, int]] = {end: (0, 0)}
    queue: list[tuple[tuple[int, int], int]] = [((0, 0), end)]
    while queue:
        cost, s = heappop(queue)
        if cost > costs[s]:
            continue
        for player, before in _into(board.moves, s):
            further = (cost[0] + (board.gain(player, before, s) <= board.tolerance), cost[1] + 1)
            if before not in costs or further < costs[before]:
                costs[before] = further
                heappush(queue, (further, before))
    if start not in costs:
        return None
    steps: list[Step] = []
    first: list[str] = []
    at = start
    while at != end:
        good = [
            (player, t)
            for player in range(len(board.players))
            for t in board.moves.of(player, at)
            if t in costs
            and costs[at] == (costs[t][0] + (board.gain(player, at, t) <= board.tolerance), costs[t][1] + 1)
        ]
        if not first:
            first = list(dict.fromkeys(board.players[player] for player, _ in good))
        player, t = max(good, key=lambda pair, at=at: board.gain(pair[0], at, pair[1]))  # type: ignore[misc]
        steps.append(board.step(player, at, t))
        at = t
    return Way(board.named(start), board.named(end), tuple(steps), tuple(first), n_against=costs[start][0])


def _into(moves: Moves, s: int) -> list[tuple[int, int]]:
    """Moves that end in a profile, as (player, from)."""
    found = []
    for player, allowed in enumerate(moves.allowed):
        stride = int(moves.strides[player])
        at = s // stride % moves.shape[player]
        for a in range(moves.shape[player]):
            before = s + (a - at) * stride
            if allowed[a, at] and moves.can_be[before]:
                found.append((player, before))
    return found
