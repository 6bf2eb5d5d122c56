"""Other weightings of the worlds under which the ranking is looked at again, and how many worlds each rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from jaxtyping import Float

from standoff.analysis.findings import Floats
from standoff.analysis.runs.beliefs import belief_weights
from standoff.analysis.runs.payoffs import Payoffs
from standoff.analysis.statistics.ranking import world_weights
from standoff.analysis.statistics.ranks import rank_values
from standoff.base.files import read_source, whole_file
from standoff.base.problems import Collected, Problem, StudyError
from standoff.base.tables import MOST_BYTES, Table, not_a, read_table
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
    weights: Float[Floats, " worlds"]
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


def read_weightings(path: Path, n_worlds: int | None = None) -> dict[str, Floats]:
    """Weightings from a CSV file: a row a world, in the run's order, and a column a weighting, headed by its name.

    Args:
        path: Of the file.
        n_worlds: Of the run; any number of rows where it is not known.

    Returns:
        By name, (worlds,), summing to 1.

    Raises:
        StudyError: It is not such a table, has another number of rows, or a column cannot weigh.
    """
    table = read_table(read_source(path, path.name, most=MOST_BYTES))
    if not table.rows or (n_worlds is not None and len(table.rows) != n_worlds):
        place = whole_file(path.name) if not table.rows else next(iter(table.rows[-1].values())).span
        worlds = "one or more" if n_worlds is None else f"{n_worlds:,}"
        message = f"the table has {len(table.rows):,} rows, and the run {worlds} worlds"
        raise StudyError([Problem("table", place, message, "give a row for each world, in the run's order")])
    problems = Collected()
    found = {name: _weights_of(table, name, problems) for name in table.columns}
    if problems:
        raise StudyError(problems)
    return found


def weigh_worlds(payoffs: Payoffs) -> dict[str, Floats]:
    """Two other weightings of the worlds: bad ones count more, or good ones, in a straight line from 0 to 2.

    How bad a world is goes by its mean payoff over all strategies, so that no strategy picks its own worlds.
    """
    place = (rank_values(payoffs.mean.mean(axis=0)) - 0.5) / payoffs.mean.shape[1]
    return {"bad worlds": 2.0 * (1.0 - place), "good worlds": 2.0 * place}


def _believed(ensemble: Ensemble, worlds: npt.NDArray[np.int64], actor: str, name: str) -> Weighting:
    try:
        beliefs = belief_weights(ensemble.model, ensemble.design.worlds, (actor,))
    except ValueError:  # no world of the run lies where the actor believes to be
        return _weighting(name, np.zeros(worlds.size), 0.0)
    covered = float(np.prod([belief.covered for belief in beliefs.dissent]))
    return _weighting(name, beliefs.of(actor)[worlds], covered)


def _weights_of(table: Table, name: str, problems: list[Problem]) -> Floats:
    known = len(problems)
    weights = table.numbers(name, problems)
    for row, weight in zip(table.rows, weights, strict=True):
        if not weight >= 0.0 and len(problems) == known:
            problems.append(not_a(row, name, "a weight of 0 or more"))
    if len(problems) == known and weights.max() == 0.0:
        message = f"all weights of `{name[:40]}` are 0"
        problems.append(Problem("table-cell", table.columns[name].span, message, "weigh at least one world"))
    if len(problems) > known:
        return weights
    shares = weights / weights.max()
    return np.asarray(shares / shares.sum())


def _weighting(name: str, weights: Floats, covered: float) -> Weighting:
    total = float(weights.sum())
    if total == 0.0:
        return Weighting(name, weights, 0.0, covered)
    return Weighting(name, weights / total, total**2 / float(weights @ weights), covered)
