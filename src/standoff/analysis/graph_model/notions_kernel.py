"""Compiled search for the profiles that are stable by each notion, over many games at once.

Moves come as lists: `ends[i, s, :n_ends[i, s]]` are the profiles to which player i can move from profile s.
"""

import numpy as np
import numpy.typing as npt

from standoff.base.numbers.compiled import compiled, part

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int32]
Truths = npt.NDArray[np.bool_]


@compiled(nogil=True, error_model="numpy")
def mark_stable(
    games: Floats, ends: Places, n_ends: Places, digits: Places, allowed: Truths, chain: bool, tolerance: float,
    stable: Truths,
) -> None:  # fmt: skip
    """Mark what is stable for each player by Nash, SEQ, GMR, SMR, and by two and three moves of foresight.

    Args:
        games: (games, players, profiles).
        ends, n_ends: (players, profiles, most) and (players, profiles), moves.
        digits: (players, profiles), each player's strategy.
        allowed: (players, s, s), moves between strategies.
        chain: whether two moves of one player in a row are one move.
        tolerance: gains up to it are none.
        stable: (games, 7, players, profiles), written: Nash, SEQ, GMR, SMR, two moves, three moves, and, the same
            for all players, whether nobody alone or with others has a move that pleases all who make it.
    """
    n_games, n_players, n_profiles = games.shape
    worst = np.empty((n_profiles, 1 if chain else n_players))
    value = np.empty(n_profiles)
    gains = np.empty_like(ends)
    n_gains = np.empty_like(n_ends)
    for g in range(n_games):
        game = games[g]
        _list_gains(game, ends, n_ends, tolerance, gains, n_gains)
        for i in range(n_players):
            for s in range(n_profiles):
                stable[g, 0, i, s] = n_gains[i, s] == 0
            _worst_reached(i, game[i], gains, n_gains, worst)
            _mark_sanctioned(i, game[i], worst, gains, n_gains, tolerance, stable[g, 1, i])
            _worst_reached(i, game[i], ends, n_ends, worst)
            _mark_sanctioned(i, game[i], worst, gains, n_gains, tolerance, stable[g, 2, i])
            for s in range(n_profiles):  # what a profile is worth to who may still move from it
                value[s] = game[i, s]
                for k in range(n_ends[i, s]):
                    value[s] = max(value[s], game[i, ends[i, s, k]])
            _worst_reached(i, value, ends, n_ends, worst)
            _mark_sanctioned(i, game[i], worst, gains, n_gains, tolerance, stable[g, 3, i])
        _mark_limited(game, ends, n_ends, tolerance, stable[g, 4:6])
        _mark_united(game, digits, allowed, tolerance, stable[g])


@part
def _list_gains(game: Floats, ends: Places, n_ends: Places, tolerance: float, gains: Places, n_gains: Places) -> None:
    """Of the moves those that gain their mover more than the tolerance."""
    for i in range(ends.shape[0]):
        for s in range(ends.shape[1]):
            n = 0
            for k in range(n_ends[i, s]):
                t = ends[i, s, k]
                gains[i, s, n] = t
                n += game[i, t] - game[i, s] > tolerance
            n_gains[i, s] = n


@part
def _worst_reached(i: int, value: Floats, ends: Places, n_ends: Places, worst: Floats) -> None:
    """The least value to which the others can lead from each profile, by who moved last (nobody moves twice running).

    Sweeps until nothing falls further, in turns up and down, as in Gauss and Seidel's method; of one player after the
    other, so that where each can change to anything the first sweep finds all.
    """
    n_players, n_profiles, _ = ends.shape
    n_last = worst.shape[1]
    for s in range(n_profiles):
        worst[s, :] = value[s]
    changed, upwards = True, True
    while changed:
        changed = False
        for j in range(n_players):
            if j == i:
                continue
            by = j if n_last > 1 else 0
            for at in range(n_profiles):
                s = at if upwards else n_profiles - 1 - at
                least = np.inf
                for k in range(n_ends[j, s]):
                    least = min(least, worst[ends[j, s, k], by])
                for last in range(n_last):
                    if (n_last == 1 or last != j) and least < worst[s, last]:
                        worst[s, last] = least
                        changed = True
        upwards = not upwards


@part
def _mark_sanctioned(
    i: int, own: Floats, worst: Floats, gains: Places, n_gains: Places, tolerance: float, stable: Truths
) -> None:
    """After every gain of the player the others can lead to what is no better for it than where it was."""
    last = i if worst.shape[1] > 1 else 0
    for s in range(own.size):
        stable[s] = True
        for k in range(n_gains[i, s]):
            if worst[gains[i, s, k], last] - own[s] > tolerance:
                stable[s] = False
                break


@part
def _mark_limited(game: Floats, ends: Places, n_ends: Places, tolerance: float, stable: Truths) -> None:
    """Backward induction over two and three moves; among those who would reply, each expects the worst for itself."""
    n_players, n_profiles = game.shape
    final = np.empty((n_players, n_profiles), dtype=np.int32)
    further = np.empty((n_players, n_profiles), dtype=np.int32)
    expected = np.empty(n_profiles, dtype=np.int32)
    for j in range(n_players):
        final[j] = np.arange(n_profiles)
    for depth in range(3):
        for i in range(n_players):
            for t in range(n_profiles):
                worst = t
                for j in range(n_players):
                    reply = final[j, t]
                    if j != i and reply != t and (worst == t or game[i, reply] < game[i, worst]):
                        worst = reply
                expected[t] = worst
            for s in range(n_profiles):
                best = s
                for k in range(n_ends[i, s]):
                    end = expected[ends[i, s, k]]
                    if k == 0 or game[i, end] > game[i, best]:
                        best = end
                further[i, s] = best if game[i, best] - game[i, s] > tolerance else s
                if depth > 0:
                    stable[depth - 1, i, s] = further[i, s] == s
        final[:] = further


@part
def _mark_united(game: Floats, digits: Places, allowed: Truths, tolerance: float, stable: Truths) -> None:
    """Of the Nash stable profiles those from which no players together can go where each of them gains."""
    n_players, n_profiles = game.shape
    for s in range(n_profiles):
        holds = True
        for i in range(n_players):
            holds &= stable[0, i, s]
        if holds:
            for t in range(n_profiles):
                pleased = t != s
                for i in range(n_players):
                    a, b = digits[i, s], digits[i, t]
                    if a != b and not (allowed[i, a, b] and game[i, t] - game[i, s] > tolerance):
                        pleased = False
                        break
                if pleased and digits[0, t] >= 0:
                    holds = False
                    break
        for i in range(n_players):
            stable[6, i, s] = holds
