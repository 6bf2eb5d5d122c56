"""The game again for many beliefs, and world by world.

Nobody knows what the actors believe. The share of beliefs in which a profile is an equilibrium says how much its
stability owes to one weighting of the worlds. Solving each world alone answers another question: what if everyone
knew the world.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from standoff.analysis.games.bayesian import BayesianGame, Rules, bayesian_equilibria
from standoff.analysis.games.dominance import undominated
from standoff.analysis.games.normalform import Floats, Integers, Truths, checked_games, checked_tolerance
from standoff.analysis.games.pure import mark_checked
from standoff.analysis.games.stability import weighted_games

_BLOCK = 4096  # worlds solved at a time, to bound memory


@dataclass(frozen=True, slots=True)
class BeliefShares:
    """Stability over draws of beliefs.

    Attributes:
        share: (s1, …, sn), share of draws in which the profile is an ε-equilibrium.
        error: same, its standard error from the number of draws, by Agresti and Coull's (1998) adjusted count.
        is_equilibrium: (n_draws, s1, …, sn), for discovery of what makes a profile stable.
        n_equilibria: (n_draws,), 0 where no profile is.
        survival: for each player (s_i,), share of draws in which the strategy survives iterated strict dominance by
            pure strategies.
        effective_worlds: (n_draws, n_players), (Σw)²/Σw²: how many worlds a belief really rests on.
    """

    share: Floats
    error: Floats
    is_equilibrium: Truths
    n_equilibria: Integers
    survival: tuple[Floats, ...]
    effective_worlds: Floats


@dataclass(frozen=True, slots=True)
class RuleShares:
    """Stability of rules over several Bayesian games.

    Attributes:
        rules: rules that are an equilibrium in some game, most frequent first.
        shares: (n_rules,), share of the games in which they are.
        without: share of games in which no rules are an equilibrium, the search having ended.
        unfinished: share of games whose search did not end; there the shares are lower bounds.
    """

    rules: tuple[Rules, ...]
    shares: Floats
    without: float
    unfinished: float


def stable_shares(
    payoffs: npt.ArrayLike, beliefs: npt.ArrayLike, epsilons: Sequence[float] = (0.0,), rounding: float = 0.0
) -> tuple[BeliefShares, ...]:
    """In what share of beliefs each profile is an equilibrium, by tolerance.

    Args:
        payoffs: (n_players, s1, …, sn, n_worlds), means over luck.
        beliefs: (n_draws, n_players, n_worlds), weights of the worlds, at least 0.
        epsilons: tolerances in payoff units.
        rounding: payoff units; smaller margins of dominance are ties.

    Raises:
        ValueError: shapes disagree, or a belief is negative or gives no world any weight.
    """
    table, weights = np.asarray(payoffs, dtype=np.float64), np.asarray(beliefs, dtype=np.float64)
    if weights.ndim != 3 or weights.shape[1:] != (table.shape[0], table.shape[-1]) or not (weights >= 0).all():
        raise ValueError(
            f"beliefs must be (draws, players, worlds) = (…, {table.shape[0]}, {table.shape[-1]}), at least 0, "
            f"got {weights.shape}"
        )
    games = checked_games(weighted_games(table, weights))
    survival = tuple(alive.mean(axis=0) for alive in undominated(games, rounding))
    effective = weights.sum(axis=2) ** 2 / (weights**2).sum(axis=2)
    return tuple(_shares(mark_checked(games, checked_tolerance(one)), survival, effective) for one in epsilons)


def _shares(stable: Truths, survival: tuple[Floats, ...], effective_worlds: Floats) -> BeliefShares:
    n_draws = len(stable)
    adjusted = (stable.sum(axis=0) + 2) / (n_draws + 4)
    return BeliefShares(
        share=stable.mean(axis=0),
        error=np.sqrt(adjusted * (1 - adjusted) / (n_draws + 4)),
        is_equilibrium=stable,
        n_equilibria=stable.reshape(n_draws, -1).sum(axis=1),
        survival=survival,
        effective_worlds=effective_worlds,
    )


def rule_shares(games: Iterable[BayesianGame], epsilon: float = 0.0, max_nodes: int = 20_000) -> RuleShares:
    """In what share of games, one for each draw of beliefs or resample, each set of rules is an equilibrium.

    Args:
        games: from `condition`, with the same information in all.
        epsilon: tolerance in payoff units.
        max_nodes: see `bayesian_equilibria`.

    Raises:
        ValueError: there are no games.
    """
    solutions = [bayesian_equilibria(game, epsilon, max_nodes) for game in games]
    if not solutions:
        raise ValueError("there are no games to solve")
    counts = Counter(found.rules for solution in solutions for found in solution.equilibria)
    ordered = sorted(counts, key=lambda rules: (-counts[rules], rules))
    return RuleShares(
        rules=tuple(ordered),
        shares=np.array([counts[rules] for rules in ordered], dtype=np.float64) / len(solutions),
        without=sum(one.is_complete and not one.equilibria for one in solutions) / len(solutions),
        unfinished=sum(not one.is_complete for one in solutions) / len(solutions),
    )


def equilibria_by_world(payoffs: npt.ArrayLike, epsilon: float = 0.0, threads: int = 1) -> Truths:
    """Each world solved alone, as if everyone knew it.

    Args:
        payoffs: (n_players, s1, …, sn, n_worlds), means over luck.
        epsilon: tolerance in payoff units; at 0 the noise of few replications decides ties.
        threads: see `stable_profiles`.

    Returns:
        (n_worlds, s1, …, sn), true where the profile is an equilibrium of that world.

    Raises:
        ValueError: the array holds no games or the tolerance is negative.
    """
    table = np.asarray(payoffs, dtype=np.float64)
    tolerance = checked_tolerance(epsilon)
    found = [
        mark_checked(checked_games(np.moveaxis(table[..., k : k + _BLOCK], -1, 0)), tolerance, threads)
        for k in range(0, table.shape[-1], _BLOCK)
    ]
    return np.concatenate(found)
