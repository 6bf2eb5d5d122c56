"""The end of the quantal branch, taken to the equilibrium next to it, compiled."""

import numpy as np
import numpy.typing as npt

from standoff.analysis.games.quantal.elimination_kernel import back_substitute, factorise
from standoff.analysis.games.quantal.equations import Game, Work, expect, farthest, greatest
from standoff.base.numbers.compiled import part

__all__ = ["settle_limit"]

_Floats = npt.NDArray[np.float64]


@part
def settle_limit(game: Game, work: Work, limit: _Floats) -> bool:
    """Replace the end of the branch by the equilibrium of the same support next to it, if that has less regret.

    Where the branch ends in a mixture, probabilities near the end are off by about 1/λ; on the support the
    equilibrium solves u = v for all strategies played, which Newton's method takes to rounding.
    """
    start = limit.copy()
    work.mix[:] = start
    expect(game, work)
    least = greatest(work.advantage)
    settled = False
    for threshold in (1e-2, 1e-4, 1e-6):
        if _equalise(game, work, start, threshold) and farthest(work.mix, start) < 0.05:
            regret = greatest(work.advantage)
            if regret < least:
                least = regret
                limit[:] = work.mix
                settled = True
    return settled


@part
def _equalise(game: Game, work: Work, start: _Floats, threshold: float) -> bool:
    """Look for the mixture near start, on the strategies above the threshold, that makes every agent indifferent.

    Returns:
        Whether there is one; it is left in work.mix and its payoffs in work.advantage.
    """
    offsets, mix = game.offsets, work.mix
    n, n_agents = len(start), len(offsets) - 1
    size = n + n_agents
    system, error = np.empty((size, size)), np.empty(size)
    pivots = np.empty(size, dtype=np.int64)
    for j in range(n):
        mix[j] = start[j] if start[j] > threshold else 0.0
    for _ in range(8):
        expect(game, work)
        system[:] = 0.0
        for a in range(n_agents):
            error[n + a] = -1.0
            for j in range(offsets[a], offsets[a + 1]):
                error[n + a] += mix[j]
                error[j] = 0.0
                if start[j] > threshold:
                    for k in range(n):
                        system[j, k] = work.pairwise[j, k] if start[k] > threshold else 0.0
                    system[j, n + a] = -1.0  # the unknown here is how far the common payoff lies from the average
                    error[j] = work.advantage[j]
                    system[n + a, j] = 1.0
                else:
                    system[j, j] = 1.0
        if factorise(system, pivots) == 0.0:
            return False
        back_substitute(system, pivots, error)
        for j in range(n):
            mix[j] -= error[j]
    total = 0.0
    for j in range(n):
        if not mix[j] >= 0.0:
            return False
        total += mix[j]
    expect(game, work)
    return abs(total - n_agents) < 1e-12 * n
