"""What was seen before a study begins: columns of its `history.csv` that are named as things of its model.

The first column holds dates. Where a column is from is said by the rows of `facts.csv` that have its name for a topic.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from standoff.base.problems import Problem, StudyError
from standoff.language.clock import parse_date
from standoff.language.model import Model
from standoff.language.text.files import FACTS_FILE, HISTORY_FILE

__all__ = ["Past", "read_past"]


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """What was seen of one thing.

    Attributes:
        steps: (points,) places on the clock, below 0 and rising; −1 is the step before the first.
        values: (points,) in the thing's unit.
        source: Where they are from; the file's name where no fact says so.
    """

    steps: npt.NDArray[np.float64]
    values: npt.NDArray[np.float64]
    source: str


def read_past(model: Model) -> dict[str, Past]:
    """By name, what the study's folder knows of things of the model; empty where it has no history.

    Raises:
        StudyError: The history is not a table, or a cell of a column that is asked for is not a number.
    """
    files = model.written.files
    if HISTORY_FILE not in files:
        return {}
    table = files.table(HISTORY_FILE)
    date, *columns = table.columns
    things = {thing.name for kind in (model.stocks, model.events, model.quantities) for thing in kind}
    facts = files.table(FACTS_FILE).rows if FACTS_FILE in files else ()
    before = np.array([_step(model, row[date].text) for row in table.rows])
    problems: list[Problem] = []
    found = {}
    for name in (column for column in columns if column in things):
        seen = table.numbers(name, problems)
        order = np.lexsort((seen, before))
        kept = order[np.isfinite(before + seen)[order]]
        steps, values = before[kept], seen[kept]
        if steps.size:
            sources = dict.fromkeys(row.text("source_title") for row in facts if row.text("topic") == name)
            found[name] = Past(steps, values, "; ".join(filter(None, sources)) or HISTORY_FILE)
    if problems:
        raise StudyError(problems)
    return found


def _step(model: Model, date: str) -> float:
    """Where a date lies on the clock, not finite where it is none or not before the first step."""
    moment = parse_date(date)
    step = math.inf if moment is None else model.clock.place(moment)
    return step if step < 0.0 else math.inf
