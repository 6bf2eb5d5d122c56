"""Data by date: columns of CSV files in the study's folder, one number for each step of the clock."""

from __future__ import annotations

import datetime
import math

import numpy as np

from standoff.base.problems import Problem, StudyError
from standoff.base.tables import Row, Table, not_a
from standoff.language.building.draft import Draft
from standoff.language.clock import Clock, parse_date
from standoff.language.model import Series
from standoff.language.text.fields import entries, scalar, text
from standoff.language.text.files import Files
from standoff.language.text.reader import Mapping, Scalar

__all__ = ["build_series", "tables_named"]


def build_series(draft: Draft, files: Files) -> tuple[Series, ...]:
    """Every series, aligned with the clock. Gaps count as mistakes only where something reads the series."""
    found: list[Series] = []
    tables: dict[str, Table | None] = {}
    for name, node in entries(draft.study, "series"):
        file, date, column = scalar(node, "file"), scalar(node, "date"), scalar(node, "column")
        if file is None or date is None or column is None:
            continue
        if file.text not in tables:
            tables[file.text] = _table(draft, files, file)
        table = tables[file.text]
        if table is None:
            continue
        sentence = f"`{file.text}` has no column {{}}"
        if len(draft.known([date, column], table.columns, "series", sentence, kind="columns")) < 2:
            continue
        unit = draft.unit(name.text)
        how = text(node, "between") or "exact"
        if how == "exact":
            values = _aligned(draft, name, node, table, is_read=name.text in draft.read_series)
        else:
            values = _between(draft, name, node, table, how=how)
        found.append(Series(name.text, name.span, unit, values, about=text(node, "about")))
    return tuple(found)


def tables_named(study: Mapping) -> tuple[str, ...]:
    """The files that the series of a study name, in any of its variants; its shape need not be checked."""
    roots = (study, *(patch for _, patch in entries(study, "variants")))
    named = (node.get("file") for root in roots for _, node in entries(root, "series"))
    return tuple(dict.fromkeys(file.text for file in named if isinstance(file, Scalar)))


def _table(draft: Draft, files: Files, file: Scalar) -> Table | None:
    try:
        return files.table(file.text, file.span)
    except StudyError as error:
        draft.problems.extend(error.problems)
        return None


def _between(draft: Draft, name: Scalar, node: Mapping, table: Table, *, how: str) -> tuple[float, ...]:
    """One value for each step: the last at or before its start, or on the straight line between those around it."""
    clock = draft.clock
    date, column = scalar(node, "date"), scalar(node, "column")
    assert date is not None and column is not None
    known: dict[datetime.date, float] = {}
    complaints: list[Problem] = []
    for row in table.rows:
        moment = _moment(row, date.text, complaints)
        if moment in known:
            said = f"another row is of {row[date.text].text} already"
            complaints.append(Problem("series", row[date.text].span, said, "keep one row for each date"))
        elif moment is not None:
            value = row.number_of(column.text, complaints)
            if not math.isnan(value):
                known[moment] = value
    days = sorted(known)
    begins = [clock.begins(step) for step in range(clock.steps)]
    at = [day.toordinal() for day in begins]
    places = [day.toordinal() for day in days]
    values = np.full(clock.steps, math.nan)
    if days and how == "interpolate":
        values = np.interp(at, places, [known[day] for day in days], math.nan, math.nan)
    elif days:
        last = np.searchsorted(places, at, side="right") - 1
        values = np.where(last >= 0, np.array([known[day] for day in days])[last], math.nan)
    if not complaints:
        advice = "correct the file, or change the clock"
        found = _gaps(clock, name.text, values.tolist())
        complaints += [Problem("series", column.span, said, advice) for said in found]
    if name.text in draft.read_series:
        draft.problems.extend(complaints)
    return tuple(values.tolist())


def _moment(row: Row, date: str, problems: list[Problem]) -> datetime.date | None:
    moment = parse_date(row[date].text)
    if moment is None:
        problems.append(not_a(row, date, "a date", "write it as 2025-03, 2025-Q1 or 2025-03-14"))
    return moment


def _aligned(draft: Draft, name: Scalar, node: Mapping, table: Table, *, is_read: bool) -> tuple[float, ...]:
    """One value for each step, NaN where there is none and nothing reads it."""
    clock = draft.clock.whole
    date, column = scalar(node, "date"), scalar(node, "column")
    assert date is not None and column is not None
    values = [math.nan] * clock.steps
    complaints: list[Problem] = []
    for row in table.rows:
        moment = _moment(row, date.text, complaints)
        step = None if moment is None else clock.index(moment)
        if step is not None and not math.isnan(values[step]):
            said = f"two rows fall into the step {clock.label(step)}"
            complaints.append(Problem("series", row[date.text].span, said, "keep one row for each step"))
        elif step is not None:
            values[step] = row.number_of(column.text, complaints)
    if is_read and not complaints:
        advice = "correct the file, or change the clock"
        complaints += [Problem("series", column.span, said, advice) for said in _gaps(clock, name.text, values)]
    if is_read:
        draft.problems.extend(complaints)
    parts = draft.clock.substeps
    return tuple(value for value in values for _ in range(parts))[: draft.clock.steps]


def _gaps(clock: Clock, name: str, values: list[float]) -> list[str]:
    gaps = [step for step, value in enumerate(values) if math.isnan(value)]
    if not gaps:
        return []
    others = len(gaps) - 1
    more = "" if others == 0 else f" and {others} more step{'s' * (others > 1)}"
    return [f"`{name}` has no value for {clock.label(gaps[0])}{more}"]
