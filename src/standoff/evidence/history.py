"""What was seen before a study begins: columns of its `history.csv` that are named as things of its model.

The first column holds dates. Where a column is from is said by the rows of `facts.csv` that have its name for a topic.
"""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

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
    """By name, what the study's folder knows of things of the model; empty where it has no history."""
    rows = _rows(model, HISTORY_FILE)
    if not rows:
        return {}
    date, *columns = rows[0]
    things = {thing.name for kind in (model.stocks, model.events, model.quantities) for thing in kind}
    facts = _rows(model, FACTS_FILE)
    found = {}
    for name in (column for column in columns if column in things):
        seen = sorted(_before(model, row[date], row[name]) for row in rows)
        steps, values = np.array([pair for pair in seen if math.isfinite(pair[0] + pair[1])]).reshape(-1, 2).T
        if steps.size:
            sources = dict.fromkeys(row.get("source_title") or "" for row in facts if row.get("topic") == name)
            found[name] = Past(steps, values, "; ".join(filter(None, sources)) or HISTORY_FILE)
    return found


def _rows(model: Model, name: str) -> list[dict[str, str]]:
    files = model.written.files
    return list(csv.DictReader(io.StringIO(files.source(name).text))) if name in files else []


def _before(model: Model, date: str, cell: str) -> tuple[float, float]:
    """A row's step and number, not finite where it has none or lies within the clock."""
    moment = parse_date(date)
    try:
        value = float(cell)
    except ValueError:
        return math.inf, math.nan
    step = math.inf if moment is None else model.clock.place(moment)
    return (step if step < 0.0 else math.inf), value
