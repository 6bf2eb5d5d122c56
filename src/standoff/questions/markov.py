"""What each would choose in each state: a stationary equilibrium of the study's own steps."""

from __future__ import annotations

from dataclasses import dataclass

from standoff.analysis.games.markov import MarkovPlay, StochasticGame, follow_logit
from standoff.ensemble.stepping import StepTable, tabulate_step
from standoff.ensemble.study import Study

__all__ = ["InState", "Markov", "find_markov"]


@dataclass(frozen=True, slots=True)
class InState:
    """How often an actor chooses an action in a state, and what the actor gets from there on.

    Attributes:
        state: Of each mode, by name, in the order of the study's modes.
        value: Discounted, in points.
        regret: What it could gain from there on by any other strategy.
    """

    state: str
    actor: str
    action: str
    chance: float
    value: float
    regret: float


@dataclass(frozen=True, slots=True, eq=False)
class Markov:
    """The stationary equilibrium at the end of the path of logit responses, and the steps that it is of."""

    table: StepTable
    play: MarkovPlay

    @property
    def rows(self) -> tuple[InState, ...]:
        """A row for each state, actor and action."""
        table, play = self.table, self.play
        return tuple(
            InState(", ".join(state), actor, ", ".join(action), float(play.strategies[i][s, a]),
                    float(play.values[s, i]), float(play.regret[s, i]))
            for s, state in enumerate(table.states)
            for i, actor in enumerate(table.actors)
            for a, action in enumerate(table.actions[i])
        )  # fmt: skip


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
