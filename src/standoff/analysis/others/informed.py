"""The game when each actor may let what it knows decide: rules from bins of private facts to strategies.

Reference: J. Harsanyi, Games with incomplete information played by "Bayesian" players, part II (1968).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from standoff.analysis.findings import Floats, Inputs
from standoff.analysis.games.bayesian import BayesianGame, bayesian_equilibria, condition, rule_regrets
from standoff.analysis.games.beliefs import rule_shares
from standoff.analysis.games.quantal.responses import branch_limits
from standoff.analysis.others.information import Fact, Stretch, find_information
from standoff.analysis.runs.game_table import GameTable
from standoff.language.model import Model

__all__ = ["Believing", "Informed", "RuleEquilibrium", "solve_informed"]

_NODES = 3_000
_RESAMPLES = 12
_RESAMPLED_NODES = 1_000
_MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class RuleEquilibrium:
    """Rules that no player would leave.

    Attributes:
        rules: for each player the strategy at each of its bins.
        regret: for each player the gain of its best other rule, payoff units.
        probability: share of resamples in which the search found it to be one.
    """

    rules: tuple[tuple[str, ...], ...]
    regret: tuple[float, ...]
    probability: float


@dataclass(frozen=True, slots=True, eq=False)
class Informed:
    """What private knowledge changes.

    Attributes:
        facts: what each actor knows, what choosing by it is worth, and whether strategies respond to it.
        bins: for each player what each of its bins stands for, as in `Information`.
        equilibria: in pure rules, the likeliest first.
        is_complete: whether the search ended; if not, there may be more equilibria.
        without: share of resamples in which there is none, the search having ended.
        unfinished: share of resamples in which it did not end.
        limit: for each player (bins, strategies), the end of the branch of logit responses.
        limit_regret: for each player its regret there, payoff units.
    """

    facts: tuple[Fact, ...]
    bins: tuple[tuple[tuple[Stretch, ...], ...], ...]
    equilibria: tuple[RuleEquilibrium, ...]
    is_complete: bool
    without: float
    unfinished: float
    limit: tuple[Floats, ...]
    limit_regret: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Believing:
    """What players believe and play who know no fact.

    Attributes:
        inputs: of the worlds.
        beliefs: (players, worlds).
        mixes: for each player its probabilities, against which facts are judged.
        counts: (resamples, worlds).
    """

    inputs: Inputs
    beliefs: Floats
    mixes: tuple[Floats, ...]
    counts: Floats


def solve_informed(model: Model, table: GameTable, by: Believing, seed: int = 0) -> Informed | None:
    """Solve the game of rules; None where no player's strategies respond to what it knows and no fact is known.

    Args:
        model: the study.
        table: the game in each world.
        by: what the players believe.
        seed: of the folds.
    """
    beliefs, mixes, counts = by.beliefs, by.mixes, by.counts
    values = [_against(table.payoffs[i], i, mixes) for i in range(len(table.players))]
    known = find_information(model, table.players, values, beliefs, inputs=by.inputs, seed=seed)
    if not known.facts:
        return None
    game = condition(table.payoffs, beliefs, known.bins)
    if not any(fact.is_used for fact in known.facts):
        limit = branch_limits(game)
        return Informed(
            known.facts,
            known.stretches,
            (),
            True,
            without=0.0,
            unfinished=0.0,
            limit=_by_player(game, limit.mixes),
            limit_regret=limit.regret[0],
        )
    found = bayesian_equilibria(game, max_nodes=_NODES)
    resampled = rule_shares(
        (condition(table.payoffs, beliefs * row, known.bins) for row in counts[:_RESAMPLES]),
        max_nodes=_RESAMPLED_NODES,
    )
    likely = dict(zip(resampled.rules, resampled.shares, strict=True))
    limit = branch_limits(game)
    equilibria = [
        RuleEquilibrium(
            tuple(tuple(names[k] for k in rule) for names, rule in zip(table.strategies, one.rules, strict=True)),
            tuple(float(x) for x in rule_regrets(game, one.rules)[0]),
            float(likely.get(one.rules, 0.0)),
        )
        for one in found.equilibria
    ]
    equilibria.sort(key=lambda one: -one.probability)
    return Informed(
        known.facts,
        known.stretches,
        tuple(equilibria[:_MOST_SHOWN]),
        found.is_complete,
        without=resampled.without,
        unfinished=resampled.unfinished,
        limit=_by_player(game, limit.mixes),
        limit_regret=limit.regret[0],
    )


def _against(own: Floats, player: int, mixes: tuple[Floats, ...]) -> Floats:
    """(strategies, worlds): a player's payoffs against the others' mixtures."""
    values = np.moveaxis(own, player, 0)
    for mix in (mix for k, mix in enumerate(mixes) if k != player):
        values = np.moveaxis(values, 1, -1) @ mix
    return values


def _by_player(game: BayesianGame, mixes: tuple[Floats, ...]) -> tuple[Floats, ...]:
    """Agents' mixtures gathered by player: (bins, strategies) each."""
    found, start = [], 0
    for names in game.labels:
        found.append(np.array([mixes[start + b][0] for b in range(len(names))]))
        start += len(names)
    return tuple(found)
