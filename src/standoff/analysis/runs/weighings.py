"""Other weightings of the worlds under which the ranking is looked at again, and how many worlds each rests on."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from standoff.analysis.findings import Floats
from standoff.analysis.runs.beliefs import belief_weights
from standoff.analysis.runs.payoffs import Payoffs
from standoff.analysis.statistics.ranking import world_weights
from standoff.ensemble.ensemble import Ensemble

__all__ = ["FEWEST_EFFECTIVE", "Weighting", "read_weightings", "state_weightings", "weigh_worlds"]

FEWEST_EFFECTIVE = 50.0
"""With fewer effective worlds a ranking says more of the few heavy worlds than of the weighting."""
_MOSTLY_COVERED = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Weighting:
    """A weighting of the worlds that was stated beforehand.

    Attributes:
        name: As given; `beliefs of <actor>` where it is an actor's.
        weights: (sound worlds,), summing to 1; all zero where the run has no world for it.
        effective_worlds: (Σw)²/Σw², how many worlds it rests on (Kish 1965).
        covered: Share of it that lies where worlds were drawn, as far as known; the rest has no say.
    """

    name: str
    weights: Floats
    effective_worlds: float
    covered: float

    @property
    def is_carried(self) -> bool:
        """Whether the run's worlds are enough to judge by it."""
        return self.effective_worlds >= FEWEST_EFFECTIVE and self.covered >= _MOSTLY_COVERED


def state_weightings(
    ensemble: Ensemble, worlds: npt.NDArray[np.int64], given: Mapping[str, Floats] | None = None
) -> tuple[Weighting, ...]:
    """The beliefs of each actor that sees something differently from the study, then those given.

    Args:
        ensemble: Of the run.
        worlds: Those that count, as indices.
        given: By name, (worlds of the design,).

    Raises:
        ValueError: Weights of another length, negative, or all zero.
    """
    found = []
    model = ensemble.model
    for actor in model.actors:
        dissent = [name for of, name, _ in model.beliefs if of == actor.name]
        if dissent:
            found.append(_believed(ensemble, worlds, actor.name, f"beliefs of {actor.name}"))
    for name, weights in (given or {}).items():
        own = world_weights(weights, ensemble.design.worlds.size)[worlds]
        found.append(_weighting(name, own, 1.0))
    return tuple(found)


def read_weightings(path: Path) -> dict[str, Floats]:
    """Weightings from a CSV file: a row a world, in the run's order, and a column a weighting, headed by its name.

    Raises:
        ValueError: No columns, or a cell that is not a number.
    """
    with path.open(newline="", encoding="utf-8") as file:
        head, *rows = list(csv.reader(file)) or [[]]
    if not head or any(len(row) != len(head) for row in rows):
        raise ValueError(f"{path.name} must have a named column a weighting and a number in every cell")
    columns = zip(*rows, strict=True)
    return {
        name.strip(): np.array([float(cell) for cell in column]) for name, column in zip(head, columns, strict=True)
    }


def weigh_worlds(payoffs: Payoffs) -> dict[str, Floats]:
    """Two other weightings of the worlds: bad ones count more, or good ones, in a straight line from 0 to 2.

    How bad a world is goes by its mean payoff over all strategies, so that no strategy picks its own worlds.
    """
    place = (rankdata(payoffs.mean.mean(axis=0)) - 0.5) / payoffs.mean.shape[1]
    return {"bad worlds": 2.0 * (1.0 - place), "good worlds": 2.0 * place}


def _believed(ensemble: Ensemble, worlds: npt.NDArray[np.int64], actor: str, name: str) -> Weighting:
    try:
        beliefs = belief_weights(ensemble.model, ensemble.design.worlds, (actor,))
    except ValueError:  # no world of the run lies where the actor believes to be
        return _weighting(name, np.zeros(worlds.size), 0.0)
    covered = float(np.prod([belief.covered for belief in beliefs.dissent]))
    return _weighting(name, beliefs.of(actor)[worlds], covered)


def _weighting(name: str, weights: Floats, covered: float) -> Weighting:
    total = float(weights.sum())
    if total == 0.0:
        return Weighting(name, weights, 0.0, covered)
    return Weighting(name, weights / total, total**2 / float(weights @ weights), covered)
