"""Is the decider's ranking settled by an ensemble? What a growing run asks after each round."""

from __future__ import annotations

from dataclasses import dataclass

from standoff.analysis.findings import FEWEST_WORLDS
from standoff.analysis.robustness.metrics import explain
from standoff.analysis.runs.decision_table import decision_table
from standoff.analysis.statistics.ranking import Ranking, rank
from standoff.analysis.statistics.regression import assign_folds
from standoff.ensemble.ensemble import Ensemble
from standoff.language.model import Instance

__all__ = ["RankingSettled", "is_ranking_settled"]


@dataclass(frozen=True, slots=True, eq=False)
class RankingSettled:
    """Whether the decider's ranking is settled.

    Attributes:
        strategies: Of the decider.
        ranking: None where too few worlds are sound to rank by.
        n_worlds: In how many no profile went wrong.
    """

    strategies: tuple[Instance, ...]
    ranking: Ranking | None
    n_worlds: int

    @property
    def is_settled(self) -> bool:
        """Whether one is the best, or more futures would not tell which is."""
        return self.ranking is not None and self.ranking.is_settled


def is_ranking_settled(ensemble: Ensemble) -> RankingSettled:
    """Whether one of the decider's strategies is surely the best, over worlds, against the others' mean strategy.

    It is the ranking of `robustness` under uniform others, which the brief prints: paired differences, with the errors
    of the design. It is settled, too, where more futures would not tell the best apart because they do equally well.

    Raises:
        ValueError: The decider has no payoff, or its strategies were not run against the same profiles of the others.
    """
    if ("payoff", ensemble.model.decider) not in ensemble.measures:
        raise ValueError(f"`{ensemble.model.decider}` has no payoff to rank strategies by")
    sound = int((ensemble.counts > 0).all(axis=0).sum())
    if sound < FEWEST_WORLDS:
        return RankingSettled(ensemble.model.instances(ensemble.model.decider), None, sound)
    table = decision_table(ensemble)
    payoffs = table.payoffs()
    ranking = rank(payoffs.names, payoffs.mean, explained=explain(payoffs, assign_folds(payoffs.inputs)))
    return RankingSettled(table.strategies, ranking, sound)
