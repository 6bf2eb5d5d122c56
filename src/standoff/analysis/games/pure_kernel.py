"""Compiled search for pure equilibria over many games at once."""

import numpy as np
import numpy.typing as npt

from standoff.base.numbers.compiled import compiled, part


@compiled(nogil=True, error_model="numpy")
def mark_equilibria(
    games: npt.NDArray[np.float64],
    shape: npt.NDArray[np.int64],
    epsilon: float,
    stable: npt.NDArray[np.bool_],
) -> None:
    """Mark the profiles in which nobody's best deviation gains more than epsilon.

    The first player's best replies are found in one sweep over all profiles; each later player is asked only
    about the profiles that are still marked, which spares most of the reading.

    Args:
        games: (n_games, n_players, n_profiles), profiles in C order.
        shape: (n_players,), the number of strategies of each player.
        epsilon: tolerance in payoff units.
        stable: (n_games, n_profiles), written.
    """
    n_games, n_players, n_profiles = games.shape
    inner = n_profiles // shape[0]
    best = np.empty(inner)
    marked = np.empty(n_profiles, dtype=np.int64)
    for g in range(n_games):
        mark = stable[g]
        own = games[g, 0]
        for q in range(inner):
            best[q] = own[q]
        for start in range(inner, n_profiles, inner):
            for q in range(inner):
                best[q] = max(best[q], own[start + q])
        n_marked = 0
        for start in range(0, n_profiles, inner):
            for q in range(inner):
                mark[start + q] = False
                marked[n_marked] = start + q
                n_marked += best[q] - own[start + q] <= epsilon
        stride = inner
        for i in range(1, n_players):
            stride //= shape[i]
            n_marked = _keep_best_replies(games[g, i], marked, n_marked, stride, shape[i], epsilon)
        for k in range(n_marked):
            mark[marked[k]] = True


@part
def _keep_best_replies(
    own: npt.NDArray[np.float64],
    marked: npt.NDArray[np.int64],
    n_marked: int,
    stride: int,
    size: int,
    epsilon: float,
) -> int:
    """Drop from the marked profiles those in which this player gains more than epsilon; return how many stay."""
    kept = 0
    for k in range(n_marked):
        profile = marked[k]
        first = profile - (profile // stride) % size * stride
        top = own[first]
        for a in range(1, size):
            top = max(top, own[first + a * stride])
        marked[kept] = profile
        kept += top - own[profile] <= epsilon
    return kept
