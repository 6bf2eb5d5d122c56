"""Tables beside a study: CSV with a header, of which every cell knows its row, its column and its place.

The form is RFC 4180 with commas. The standard library's reader gives no places, so cells are cut here;
a test holds the cutting to it on random texts.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from standoff.base.problems import Collected, Problem, StudyError, suggest
from standoff.base.source import Source, Span

__all__ = [
    "ABSENT",
    "MOST_BYTES",
    "MOST_CELLS",
    "MOST_COLUMNS",
    "MOST_ROWS",
    "Cell",
    "Row",
    "Table",
    "not_a",
    "read_table",
]

MOST_BYTES = 2_000_000
MOST_ROWS = 20_000
MOST_COLUMNS = 500
MOST_CELLS = 200_000
MOST_LETTERS = 10_000
ABSENT = ("", "na", "nan", "n/a", "null", "none")
"""What a cell without a value holds, in any case."""
_QUOTED = re.compile(r'"(?:[^"]++|"")*+"')
_PLAIN = re.compile(r"[^,\n]*+")
_NUMBER = re.compile(r"[+-]?(?:\d++\.?\d*+|\.\d++)(?:[eE][+-]?\d++)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text without quotation marks and without blanks around it."""

    text: str
    span: Span

    @property
    def is_absent(self) -> bool:
        """Whether it holds no value."""
        return self.text.lower() in ABSENT

    def number(self) -> float:
        """The cell as a finite number, NaN where it is absent.

        Raises:
            ValueError: It is neither.
        """
        if self.is_absent:
            return math.nan
        value = float(self.text) if _NUMBER.fullmatch(self.text) else math.inf
        if math.isinf(value):
            raise ValueError(f"{self.text[:40]!r} is not a finite number")
        return value


@dataclass(frozen=True, slots=True, eq=False)
class Row(Mapping[str, Cell]):
    """The cells of a row by the names of their columns, and its number: the header is row 1."""

    number: int
    cells: Mapping[str, Cell]

    def __getitem__(self, column: str) -> Cell:
        return self.cells[column]

    def __iter__(self) -> Iterator[str]:
        return iter(self.cells)

    def __len__(self) -> int:
        return len(self.cells)

    def number_of(self, column: str, problems: list[Problem]) -> float:
        """A cell as a number, NaN where there is none; what is not a number is added to the problems."""
        try:
            return self[column].number()
        except ValueError:
            problems.append(not_a(self, column, "a number", "write it with digits and a point, such as 1234.5"))
            return math.nan

    def text(self, column: str) -> str:
        """The text of a cell, empty where the table has no such column."""
        return self.cells[column].text if column in self.cells else ""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table that was read: its named columns in the file's order, and its rows.

    Attributes:
        source: The file.
        columns: By name, the cell of the header.
        rows: Those that are not empty lines.
    """

    source: Source
    columns: Mapping[str, Cell]
    rows: tuple[Row, ...]

    def require(self, *columns: str) -> None:
        """Insist on columns.

        Raises:
            StudyError: One or more are absent.
        """
        place = Span(self.source, 0, max(1, len(self.source.line(1))))
        missing = [name for name in columns if name not in self.columns]
        if missing:
            raise StudyError(
                [Problem("table", place, f"the table has no column `{name}`", suggest(name, self.columns, "columns"))
                 for name in missing]
            )  # fmt: skip

    def numbers(self, column: str, problems: list[Problem]) -> npt.NDArray[np.float64]:
        """(rows,) a column's numbers, NaN where there is none; what is not a number is added to the problems."""
        return np.array([row.number_of(column, problems) for row in self.rows], np.float64)


def not_a(row: Row, column: str, what: str, advice: str | None = None) -> Problem:
    """The problem of a cell that does not hold what its column should."""
    text = row[column].text
    shown = text if len(text) <= 40 else text[:39] + "…"
    found = f"is `{shown}`, which is not {what}" if text else f"is empty, where {what} is expected"
    return Problem("table-cell", row[column].span, f"row {row.number} of `{column}` {found}", advice)


def read_table(read: Source, *, needs: tuple[str, ...] = ()) -> Table:
    """The rows and columns of a CSV file.

    Args:
        read: The file, of at most `MOST_BYTES`.
        needs: Columns that must be there.

    Raises:
        StudyError: All that is wrong with its form: a quotation mark is not closed, a row has more or fewer cells
            than the header, a column is named twice or missing, or there is more than is read.
    """
    source = Source(read.path, read.text.replace("\r", "\n")) if "\r" in read.text else read
    lines = _lines(source)
    header = next(lines, [])
    columns = _columns(source, header)
    rows: list[Row] = []
    problems = Collected()
    for number, cells in enumerate(lines, start=2):
        if len(rows) >= MOST_ROWS or (number - 1) * len(header) > MOST_CELLS:
            most = f"{MOST_ROWS:,} rows" if len(rows) >= MOST_ROWS else f"{MOST_CELLS:,} cells"
            message = f"`{source.path}` has more than {most}"
            raise StudyError([Problem("too-many", cells[0].span, message, "keep the rows that the study reads")])
        if len(cells) == 1 and cells[0].span.start == cells[0].span.stop:
            continue
        if len(cells) != len(header):
            problems.append(_uneven(number, cells, len(header)))
        else:
            named = {name.text: cell for name, cell in zip(header, cells, strict=True) if name.text}
            rows.append(Row(number, named))
    if problems:
        raise StudyError(problems)
    table = Table(source, columns, tuple(rows))
    table.require(*needs)
    return table


def _columns(source: Source, header: list[Cell]) -> dict[str, Cell]:
    columns: dict[str, Cell] = {}
    for cell in header:
        if cell.text in columns:
            message = f"two columns are named `{cell.text[:40]}`"
            raise StudyError([Problem("table", cell.span, message, "rename one, or remove it")])
        if cell.text:
            columns[cell.text] = cell
    if not columns:
        place = Span(source, 0, min(1, len(source.text)))
        message = f"`{source.path}` has no header" if source.text.strip() else f"`{source.path}` is empty"
        raise StudyError([Problem("table", place, message, "name the columns in the first line, with commas between")])
    for sign, name in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) == 1 and sign in header[0].text:
            message = f"the columns are parted by {name}"
            raise StudyError([Problem("table", header[0].span, message, "save it as CSV with commas")])
    return columns


def _uneven(number: int, cells: list[Cell], expected: int) -> Problem:
    span = cells[expected].span.to(cells[-1].span) if len(cells) > expected else cells[0].span.to(cells[-1].span)
    found = f"{len(cells)} cell{'s' * (len(cells) > 1)}"
    message = f"row {number} has {found}, and the header has {expected}"
    few, many = "fill it up with commas", "put texts that hold commas in quotation marks"
    return Problem("table", span, message, many if len(cells) > expected else few)


def _lines(source: Source) -> Iterator[list[Cell]]:
    """The cells of each row in turn; empty lines hold one empty cell."""
    text = source.text
    at, stop = 0, len(text)
    cells: list[Cell] = []
    while at < stop or cells:  # behind a last comma stands one more cell, empty
        is_quoted = text.startswith('"', at)
        found = (_QUOTED if is_quoted else _PLAIN).match(text, at)
        if found is None:
            message = "a quotation mark is opened and not closed"
            raise StudyError([Problem("table", Span(source, at, at + 1), message, "close it, and double those inside")])
        span = Span(source, *found.span())
        if len(found.group()) > MOST_LETTERS:
            message = f"a cell has {len(found.group()):,} characters, and at most {MOST_LETTERS:,} are read"
            raise StudyError([Problem("table", Span(source, at, at + 1), message, "shorten it")])
        inner = found.group()[1:-1].replace('""', '"') if is_quoted else found.group()
        cells.append(Cell(inner.strip(), span))
        at = found.end()
        if text[at : at + 1] not in ("", ",", "\n"):
            message = "a quotation mark closes the cell, and more stands behind it"
            raise StudyError([Problem("table", Span(source, at, at + 1), message, "double the marks inside a cell")])
        if len(cells) > MOST_COLUMNS:
            message = f"a row has more than {MOST_COLUMNS} columns"
            raise StudyError([Problem("too-many", span, message, "keep the columns that the study reads")])
        if text[at : at + 1] != ",":
            yield cells
            cells = []
        at += 1
