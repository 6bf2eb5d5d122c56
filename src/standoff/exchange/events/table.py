"""A table of events, counted by steps as it streams by: never more than a few blocks of it in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.base.files import open_plain, whole_file
from standoff.base.problems import Problem, StudyError, suggest
from standoff.base.source import Source, Span
from standoff.exchange.events.mapping import EventMapping, Series

__all__ = ["Counted", "count_events", "step_numbers"]

Integers = npt.NDArray[np.int64]
_BLOCK = 8_000_000  # bytes
_DATES = (
    (r"^\d{4}-\d\d-\d\d", "%Y-%m-%d"),
    (r"^\d{1,2} [A-Za-z]+ \d{4}$", "%d %B %Y"),
    (r"^\d{1,2}-[A-Za-z]+-\d{4}$", "%d-%B-%Y"),
    (r"^\d{1,2}/\d{1,2}/\d{4}", "%m/%d/%Y"),
)
_FIRST, _LAST = np.datetime64("1000-01-01", "D"), np.datetime64("2200-01-01", "D")


@dataclass(slots=True)
class Counted:
    """What a table of events says, by the number of the step since 1970.

    Attributes:
        rows: How many rows there are.
        any: For a step, the rows of whatever kind.
        rows_of: For each series, how many rows met what it asks.
        totals: For each series and step, what was counted or added up.
        undated: Rows without a date that can be read, and the line of the first.
        vague: Rows whose date is known no better than to the year.
        unnumbered: For each series, rows that meet what it asks, and have no number in its column.
    """

    rows: int = 0
    any: dict[int, int] = field(default_factory=dict)
    rows_of: dict[str, int] = field(default_factory=dict)
    totals: dict[str, dict[int, float]] = field(default_factory=dict)
    undated: int = 0
    first_undated: int = 0
    vague: int = 0
    unnumbered: dict[str, int] = field(default_factory=dict)


def count_events(path: Path, mapping: EventMapping) -> Counted:
    """Count a table's events by step.

    Raises:
        StudyError: The file is no such table, lacks a column, or has a broken row; with its line.
    """
    found = Counted()
    for one in mapping.series:
        found.rows_of[one.name] = found.unnumbered[one.name] = 0
        found.totals[one.name] = {}
    for batch in _batches(path, mapping):
        steps, known = _steps(batch, mapping)
        n_bad = int((~known).sum())
        if n_bad and not found.undated:
            found.first_undated = found.rows + int(np.argmin(known)) + (1 if mapping.kind.headers else 2)
        found.undated += n_bad
        found.vague += _vague(batch, mapping)
        found.rows += batch.num_rows
        _add(found.any, steps[known], None)
        for one in mapping.series:
            _count(found, one, batch, steps, known=known)
    return found


def _count(found: Counted, one: Series, batch: Any, steps: Integers, *, known: npt.NDArray[np.bool_]) -> None:
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    met = known.copy()
    for name, values in one.where:
        is_one = pc.is_in(pc.utf8_trim_whitespace(batch.column(name)), pa.array(values, pa.string()))
        met &= is_one.to_numpy(zero_copy_only=False)
    found.rows_of[one.name] += int(met.sum())
    if one.sum is None:
        _add(found.totals[one.name], steps[met], None)
        return
    numbers = _numbers(batch.column(one.sum).filter(pa.array(met)))
    is_number = np.isfinite(numbers)
    found.unnumbered[one.name] += int((~is_number).sum())
    _add(found.totals[one.name], steps[met][is_number], numbers[is_number])


def _add(totals: dict[int, Any], steps: Integers, numbers: npt.NDArray[np.float64] | None) -> None:
    if not steps.size:
        return
    low = int(steps.min())
    sums = np.bincount(steps - low, weights=numbers)
    seen = np.bincount(steps - low)
    for k in np.flatnonzero(seen):
        totals[low + int(k)] = totals.get(low + int(k), 0) + sums[k].item()


def _batches(path: Path, mapping: EventMapping) -> Iterator[Any]:
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import csv  # noqa: PLC0415

    place = whole_file(path.name)
    if not path.is_file():
        raise StudyError([Problem("file-missing", place, f"there is no file `{path.name}`")])
    head, names = _header(path, mapping)
    needed = [*mapping.columns]
    precision = mapping.kind.precision
    if precision and precision[0] in head:
        needed.append(precision[0])
    broken: list[tuple[int, int, int]] = []

    def refuse(row: Any) -> str:
        broken.append((row.number or 0, row.expected_columns, row.actual_columns))
        return "error"

    try:
        reader = csv.open_csv(
            path,
            csv.ReadOptions(use_threads=False, block_size=_BLOCK, column_names=names),
            csv.ParseOptions(delimiter=mapping.kind.separator, newlines_in_values=not mapping.kind.headers,
                             quote_char=False if mapping.kind.headers else '"', invalid_row_handler=refuse),
            csv.ConvertOptions(include_columns=list(dict.fromkeys(needed)), strings_can_be_null=False,
                               column_types={name: pa.string() for name in needed}),
        )  # fmt: skip
        yield from reader
    except (pa.ArrowInvalid, pa.ArrowKeyError, OSError) as error:
        if broken:
            number, expected, actual = broken[0]
            message = f"row {number:,} has {actual} cells, where {expected} are expected"
        elif "UTF8" in str(error):
            message = f"the table is not UTF-8 text: {_first(error)}"
        else:
            message = f"the table cannot be read: {_first(error)}"
        raise StudyError([_at_row(path, broken[0][0] if broken else 1, message)]) from None


def _at_row(path: Path, row: int, message: str) -> Problem:
    return Problem("file-unreadable", Span(Source(path.name, "\n" * (row - 1) + " "), row - 1, row), message)


def _first(error: Exception) -> str:
    return str(error).split("\n")[0][:200]


def _header(path: Path, mapping: EventMapping) -> tuple[list[str], list[str] | None]:
    """The columns' names, and those to give where the file has none; every column that is asked for is there."""
    with open_plain(path) as file:
        line = file.readline(100_000).decode("utf-8-sig", "replace").rstrip("\r\n")
    cells = [cell.strip('" ') for cell in line.split(mapping.kind.separator)]
    names: list[str] | None = None
    if mapping.kind.headers and "SQLDATE" not in cells:
        names = next((list(head) for head in mapping.kind.headers if len(head) == len(cells)), None)
        if names is None:
            sizes = ", ".join(str(len(head)) for head in mapping.kind.headers)
            raise StudyError([_at_row(path, 1, f"a row has {len(cells)} cells, where {sizes} are expected")])
        cells = names
    problems = []
    places = {name: one.span for one in mapping.series for name in (*(n for n, _ in one.where), one.sum or "")}
    for name in mapping.columns:
        if name not in cells:
            span = places.get(name, whole_file(path.name))
            message = f"the table has no column `{name}`"
            problems.append(Problem("unknown-name", span, message, suggest(name, cells, "columns")))
    if problems:
        raise StudyError(problems)
    return cells, names


def _numbers(column: Any) -> npt.NDArray[np.float64]:
    """Numbers of texts, NaN where there is none."""
    import pyarrow.compute as pc  # noqa: PLC0415

    column = pc.utf8_trim_whitespace(column)
    sound = pc.match_substring_regex(column, r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?$")
    found = pc.cast(pc.if_else(sound, column, None), "float64").to_numpy(zero_copy_only=False)
    return np.asarray(found, dtype=np.float64)


def _days(batch: Any, mapping: EventMapping) -> npt.NDArray[np.datetime64]:
    """The day of each row, not a time where none can be read."""
    import pyarrow.compute as pc  # noqa: PLC0415

    names = mapping.kind.date
    if len(names) > 1:
        parts = [_numbers(batch.column(name)) for name in names]
        year = parts[0]
        month = np.where((parts[1] >= 1) & (parts[1] <= 12), parts[1], np.nan)
        sound = np.isfinite(year) & np.isfinite(month) & (np.abs(year) < 10_000)
        months = np.where(sound, (year - 1970) * 12 + month - 1, 0).astype(np.int64)
        found = months.astype("datetime64[M]").astype("datetime64[D]")
        if len(parts) > 2:
            day = np.where((parts[2] >= 1) & (parts[2] <= 31), parts[2], 1)
            found = found + (day - 1).astype(np.int64)
        found[~sound] = np.datetime64("NaT")
        return found
    column = pc.utf8_trim_whitespace(batch.column(names[0]))
    if mapping.kind.headers:
        column = pc.replace_substring_regex(column, r"^(\d{4})(\d\d)(\d\d)$", r"\1-\2-\3")
    found = np.full(len(column), np.datetime64("NaT"), dtype="datetime64[D]")
    for pattern, form in _DATES:
        fits = pc.match_substring_regex(column, pattern)
        if not pc.any(fits).as_py():
            continue
        text = pc.utf8_slice_codeunits(column, 0, 10) if form == "%Y-%m-%d" else column
        text = pc.list_element(pc.split_pattern(text, " "), 0) if "/" in form else text
        read = pc.strptime(pc.if_else(fits, text, None), format=form, unit="s", error_is_null=True)
        days = read.to_numpy(zero_copy_only=False).astype("datetime64[D]")
        found = np.where(np.isnat(days), found, days)
    return found


def _steps(batch: Any, mapping: EventMapping) -> tuple[Integers, npt.NDArray[np.bool_]]:
    days = _days(batch, mapping)
    known = ~np.isnat(days) & (days >= _FIRST) & (days <= _LAST)
    days = np.where(known, days, np.datetime64("1970-01-01"))
    return step_numbers(days, mapping.step), known


def step_numbers(days: npt.NDArray[np.datetime64], step: str) -> Integers:
    """The number of the step in which each day lies, counted from 1970; weeks begin on Mondays."""
    if step == "day":
        return days.astype("datetime64[D]").astype(np.int64)
    if step == "week":
        return (days.astype("datetime64[D]").astype(np.int64) + 3) // 7
    months = days.astype("datetime64[M]").astype(np.int64)
    return months // {"month": 1, "quarter": 3, "year": 12}[step]


def _vague(batch: Any, mapping: EventMapping) -> int:
    precision = mapping.kind.precision
    if precision is None or precision[0] not in batch.schema.names:
        return 0
    with np.errstate(invalid="ignore"):
        return int((_numbers(batch.column(precision[0])) >= precision[1]).sum())
