"""Stationary strategies, in words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from standoff.analysis.games.markov import MarkovPlay
from standoff.ensemble.stepping import StepTable
from standoff.language.model import Model
from standoff.words.names import who
from standoff.words.numbers import counted, number, percent
from standoff.words.text import join

__all__ = ["markov_sentences"]

_LEAST = 0.005


def markov_sentences(model: Model, table: StepTable, play: MarkovPlay) -> Iterator[str]:
    """What each actor chooses in each state, what that is worth, and how far it can be trusted."""
    for s, state in enumerate(table.states):
        where = join(
            [f"{mode.name} is {name}".replace("_", " ") for mode, name in zip(model.modes, state, strict=True)]
        )
        does = []
        for i, actor in enumerate(table.actors):
            chances = play.strategies[i][s]
            shown = [
                f"{' and '.join(table.actions[i][a]).replace('_', ' ')} ({percent(float(chances[a]))})"
                for a in np.argsort(-chances, kind="stable")
                if chances[a] >= _LEAST
            ]
            does.append(f"{who(model, actor)} chooses {join(shown, 'or')}, worth {number(float(play.values[s, i]))}")
        yield f"Where {where}, {join(does)}."
    if not play.is_reached:
        yield f"The path could be followed only to a precision of {number(play.precision)}: this is no equilibrium."
    yield (
        f"By any other strategy nobody gains more than {number(float(play.regret.max()))}; the equations fail by at "
        f"most {number(play.residual)}. A step's chances are from {counted(table.draws, 'future')} for each state and "
        "choice, over what nobody knows; there can be other equilibria."
    )
