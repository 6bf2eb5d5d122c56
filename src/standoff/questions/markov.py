"""What each would choose in each state: a stationary equilibrium of the study's own steps."""

from __future__ import annotations

from dataclasses import dataclass

from standoff.analysis.games.markov import MarkovPlay, StochasticGame, follow_logit
from standoff.ensemble.stepping import StepTable, tabulate_step
from standoff.ensemble.study import Study

__all__ = ["Markov", "find_markov"]


@dataclass(frozen=True, slots=True, eq=False)
class Markov:
    """The stationary equilibrium at the end of the path of logit responses, and the steps that it is of."""

    table: StepTable
    play: MarkovPlay


def find_markov(study: Study, draws: int = 1024, seed: int = 1) -> Markov:
    """Stationary strategies of everybody, for a study whose state is a few modes.

    Args:
        study: The study.
        draws: Futures by which each state and joint choice is stepped.
        seed: Of worlds and luck.

    Raises:
        ValueError: The study's state is more than its modes, it can end, or an actor is not paid or does not discount.
    """
    table = tabulate_step(study, draws, seed)
    return Markov(table, follow_logit(StochasticGame(table.payoffs, table.transitions, table.discounts)))
