"""Is the decider's ranking settled by an ensemble? What a growing run asks after each round."""

from __future__ import annotations

import numpy as np

from standoff.analysis.ranking import rank
from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.until import Settled

__all__ = ["is_ranking_settled"]


def is_ranking_settled(ensemble: Ensemble) -> Settled:
    """Whether one of the decider's strategies is surely the best, over worlds, against the others' mean strategy.

    It is settled, too, where more futures would not tell the best apart because they do equally well.

    Raises:
        ValueError: The decider has no payoff.
    """
    program, decider = ensemble.program, ensemble.model.decider
    if ("payoff", decider) not in ensemble.measures:
        raise ValueError(f"`{decider}` has no payoff to rank strategies by")
    player = program.players.index(decider)
    payoff, played = ensemble.payoff(decider), ensemble.design.profiles[:, player]
    names = {int(j): program.instances[player][j].label for j in np.unique(played)}
    figures = np.stack([payoff[played == j].mean(axis=0) for j in names])
    sound = np.isfinite(figures).all(axis=0)
    if not sound.any():
        return Settled(False, "in every world some future went wrong, so that there is nothing to rank")
    ranking = rank(list(names.values()), figures[:, sound])
    return Settled(ranking.best is not None or ranking.worlds_needed is None, ranking.statement)
