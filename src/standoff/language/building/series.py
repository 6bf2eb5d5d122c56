"""Data by date: columns of CSV files in the study's folder, one number for each step of the clock."""

from __future__ import annotations

import csv
import io
import math
from itertools import islice

from standoff.base.problems import Problem, StudyError
from standoff.base.source import Source, Span
from standoff.language.building.draft import Draft
from standoff.language.clock import Clock, parse_date
from standoff.language.model import Series
from standoff.language.text.fields import entries, scalar, text
from standoff.language.text.files import Files
from standoff.language.text.reader import Mapping, Scalar

__all__ = ["build_series", "read_table", "tables_named"]

MOST_ROWS = 20_000
_ABSENT = ("", "na", "nan", "n/a", "null", "none")


def build_series(draft: Draft, files: Files) -> tuple[Series, ...]:
    """Every series, aligned with the clock. Gaps count as mistakes only where something reads the series."""
    found: list[Series] = []
    tables: dict[str, tuple[list[str], list[dict[str, str]]] | None] = {}
    for name, node in entries(draft.study, "series"):
        file, date, column = scalar(node, "file"), scalar(node, "date"), scalar(node, "column")
        if file is None or date is None or column is None:
            continue
        if file.text not in tables:
            tables[file.text] = _table(draft, files, file)
        table = tables[file.text]
        if table is None:
            continue
        header, rows = table
        sentence = f"`{file.text}` has no column {{}}"
        if len(draft.known([date, column], header, "series", sentence, "columns")) < 2:
            continue
        unit = draft.unit(name.text)
        values = _aligned(draft, name, node, rows, is_read=name.text in draft.read_series)
        found.append(Series(name.text, name.span, unit, values, text(node, "about")))
    return tuple(found)


def tables_named(study: Mapping) -> tuple[str, ...]:
    """The files that the series of a study name, in any of its variants; its shape need not be checked."""
    roots = (study, *(patch for _, patch in entries(study, "variants")))
    named = (node.get("file") for root in roots for _, node in entries(root, "series"))
    return tuple(dict.fromkeys(file.text for file in named if isinstance(file, Scalar)))


def read_table(source: Source, shown: str, at: Span) -> tuple[list[str], list[dict[str, str]]]:
    """The header and rows of a CSV file.

    Raises:
        StudyError: It cannot be read.
    """
    try:
        reader = csv.DictReader(io.StringIO(source.text), strict=True)
        read = islice(reader, MOST_ROWS + 1)
        rows = [{key: value or "" for key, value in row.items() if isinstance(key, str)} for row in read]
    except csv.Error as error:
        message = f"`{shown}` cannot be read as a table: {error}"
        raise StudyError([Problem("file-unreadable", at, message, "save it as CSV with commas")]) from None
    if len(rows) > MOST_ROWS:
        message = f"`{shown}` has more than {MOST_ROWS:,} rows"
        raise StudyError([Problem("too-many", at, message, "keep the rows that the study reads")])
    return [name for name in reader.fieldnames or () if name], rows


def _table(draft: Draft, files: Files, file: Scalar) -> tuple[list[str], list[dict[str, str]]] | None:
    try:
        return read_table(files.source(file.text, file.span), file.text, file.span)
    except StudyError as error:
        draft.problems.extend(error.problems)
        return None


def _aligned(
    draft: Draft, name: Scalar, node: Mapping, rows: list[dict[str, str]], *, is_read: bool
) -> tuple[float, ...]:
    """One value for each step, NaN where there is none and nothing reads it."""
    clock = draft.clock
    date, column = scalar(node, "date"), scalar(node, "column")
    assert date is not None and column is not None
    values = [math.nan] * clock.steps
    complaints: list[tuple[Scalar, str]] = []
    for number, row in enumerate(rows, start=2):
        moment = parse_date(row[date.text])
        if moment is None:
            complaints.append((date, f"row {number} of `{date.text}` is `{row[date.text]}`, which is not a date"))
            continue
        step = clock.index(moment)
        if step is None:
            continue
        cell = row[column.text].strip()
        if not math.isnan(values[step]):
            complaints.append((column, f"two rows fall into the step {clock.label(step)}"))
        elif cell.lower() not in _ABSENT:
            value = _number(cell)
            if value is None:
                complaints.append((column, f"row {number} of `{column.text}` is `{cell[:40]}`, which is not a number"))
            values[step] = math.nan if value is None else value
    if is_read:
        complaints += [(column, said) for said in _gaps(clock, name.text, values)] if not complaints else []
        for place, said in complaints[:1]:
            draft.report("series", place.span, said, "correct the file, or change the clock")
    return tuple(values)


def _gaps(clock: Clock, name: str, values: list[float]) -> list[str]:
    gaps = [step for step, value in enumerate(values) if math.isnan(value)]
    if not gaps:
        return []
    others = len(gaps) - 1
    more = "" if others == 0 else f" and {others} more step{'s' * (others > 1)}"
    return [f"`{name}` has no value for {clock.label(gaps[0])}{more}"]


def _number(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
