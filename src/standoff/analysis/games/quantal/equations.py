"""The equations of logit quantal response, compiled.

The unknowns are z, one number for each strategy of each agent, and the precision λ. With π the logit of z,
u the expected payoff of each strategy against the others' π, and ū the agent's average of u under its own π,

    F(z, λ) = z − λ (u(π) − ū(π)) = 0                                                            (1)

says that every agent's odds are the logit of λ times its payoffs. z is the log-probability up to a constant of each
agent, bounded along branches that end in mixtures, and needs no reference strategy that might vanish.
∂F/∂z costs no more than the pairwise expected payoffs.

An agent is a player, or a player at one of its bins of information; a cell is a combination of bins that occurs.
A game of complete information has one cell, and agents are players.

Reference: T. Turocy, A dynamic homotopy interpretation of the logistic quantal response equilibrium correspondence
(2005), section 4.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from standoff.base.numbers.compiled import part

_Floats = npt.NDArray[np.float64]
_Integers = npt.NDArray[np.int64]


class Game(NamedTuple):
    """One game as the kernel sees it.

    Attributes:
        tables: (n_players, n_cells, n_profiles), payoffs weighted by the player's chance of the cell given its bin,
            so that the sum over the cells of a bin is the expectation; ranges near 1 suit the step control.
        strategies: (n_profiles, n_players), the strategy of each player in each profile.
        agent_of: (n_cells, n_players), the agent a player is in a cell.
        offsets: (n_agents + 1,), where each agent's strategies start among all n.
    """

    tables: _Floats
    strategies: _Integers
    agent_of: _Integers
    offsets: _Integers


class Work(NamedTuple):
    """Arrays reused at every point: probabilities, payoffs less their average, pairwise payoffs, and equation (1)."""

    mix: _Floats  # (n,)
    advantage: _Floats  # (n,)
    pairwise: _Floats  # (n, n): payoff of the row's strategy where the column's is played
    error: _Floats  # (n + 1,)
    system: _Floats  # (n + 1, n + 1)
    pivots: _Integers  # (n + 1,)


@part
def linearise(game: Game, work: Work, place: _Floats) -> None:
    """Equation (1) and its derivatives at a place: fills work.error[:n] and the first n rows of work.system."""
    n = len(place) - 1
    precision = place[n]
    set_mix(game, place, work.mix)
    expect(game, work)
    offsets, mix, advantage, system = game.offsets, work.mix, work.advantage, work.system
    n_agents = len(offsets) - 1
    for a in range(n_agents):
        for b in range(n_agents):
            low, high = offsets[b], offsets[b + 1]
            if a == b:
                for j in range(low, high):
                    for k in range(low, high):
                        system[j, k] = precision * mix[k] * advantage[k]
                    system[j, j] += 1.0
                continue
            for j in range(offsets[a], offsets[a + 1]):
                mean = 0.0
                for k in range(low, high):
                    mean += mix[k] * work.pairwise[j, k]
                for k in range(low, high):
                    system[j, k] = -precision * mix[k] * (work.pairwise[j, k] - mean)
            for k in range(low, high):
                mean = 0.0
                for j in range(offsets[a], offsets[a + 1]):
                    mean += mix[j] * system[j, k]
                for j in range(offsets[a], offsets[a + 1]):
                    system[j, k] -= mean
    for j in range(n):
        work.error[j] = place[j] - precision * advantage[j]
        system[j, n] = -advantage[j]


@part
def expect(game: Game, work: Work) -> None:
    """Expected payoffs under work.mix: fills work.advantage and work.pairwise."""
    offsets, mix, payoff, pairwise = game.offsets, work.mix, work.advantage, work.pairwise
    n_cells, n_players = game.agent_of.shape
    row, chance, after = np.empty(n_players, dtype=np.int64), np.empty(n_players), np.ones(n_players + 1)
    payoff[:] = 0.0
    pairwise[:] = 0.0
    for c in range(n_cells):
        for s in range(len(game.strategies)):
            for i in range(n_players - 1, -1, -1):
                row[i] = offsets[game.agent_of[c, i]] + game.strategies[s, i]
                chance[i] = mix[row[i]]
                after[i] = after[i + 1] * chance[i]
            before = 1.0
            for i in range(n_players):
                own = game.tables[i, c, s]
                payoff[row[i]] += own * before * after[i + 1]
                others = before
                for k in range(i + 1, n_players):
                    rest = others * after[k + 1]
                    pairwise[row[i], row[k]] += own * rest
                    pairwise[row[k], row[i]] += game.tables[k, c, s] * rest
                    others *= chance[k]
                before *= chance[i]
    for a in range(len(offsets) - 1):
        mean = 0.0
        for j in range(offsets[a], offsets[a + 1]):
            mean += mix[j] * payoff[j]
        for j in range(offsets[a], offsets[a + 1]):
            payoff[j] -= mean


@part
def set_mix(game: Game, place: _Floats, mix: _Floats) -> None:
    """Probabilities of a place, the logit of its numbers agent by agent."""
    for a in range(len(game.offsets) - 1):
        low, high = game.offsets[a], game.offsets[a + 1]
        top, total = place[low], 0.0
        for j in range(low + 1, high):
            top = max(top, place[j])
        for j in range(low, high):
            mix[j] = np.exp(place[j] - top)
            total += mix[j]
        for j in range(low, high):
            mix[j] /= total


@part
def fixed_point_residual(game: Game, work: Work, precision: float) -> float:
    """Greatest difference of work.mix from the logit of precision times its payoffs."""
    reply = np.empty(len(work.mix))
    for j in range(len(reply)):
        reply[j] = precision * work.advantage[j]
    set_mix(game, reply, reply)
    difference: float = farthest(reply, work.mix)
    return difference


@part
def greatest(values: _Floats) -> float:
    """The greatest of some numbers."""
    top: float = values[0]
    for value in values:
        top = max(top, value)
    return top


@part
def farthest(left: _Floats, right: _Floats) -> float:
    """Greatest difference between two rows of numbers."""
    top: float = 0.0
    for j in range(len(left)):
        top = max(top, abs(left[j] - right[j]))
    return top
