"""Tables: cut as the standard library cuts them, and every fault told at its cell."""

from __future__ import annotations

import csv
import io
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standoff.base.problems import Problem, StudyError
from standoff.base.source import Source
from standoff.base.tables import MOST_COLUMNS, MOST_LETTERS, MOST_ROWS, Table, read_table


def table(text: str, *needs: str) -> Table:
    return read_table(Source("case/table.csv", text), needs=needs)


def refusals(text: str, *needs: str) -> list[tuple[str, int, int, str]]:
    with pytest.raises(StudyError) as refused:
        table(text, *needs)
    return [(p.code, p.span.line, p.span.column, p.message) for p in refused.value.problems]


@given(st.lists(st.lists(st.text('ab",\n é'), min_size=2, max_size=2), max_size=4), st.sampled_from(["\n", "\r\n"]))
def test_what_the_standard_library_writes_is_read_back(rows: list[list[str]], end: str) -> None:
    written = io.StringIO()
    csv.writer(written, lineterminator=end).writerows([["x", "y"], *rows])
    text = written.getvalue().replace("\r\n", "\n")
    read = [[cell.text for cell in row.values()] for row in table(text).rows]
    assert read == [[cell.strip() for cell in row] for row in rows]


@given(st.text('a",\n'))
def test_the_standard_library_refuses_and_cuts_alike(text: str) -> None:
    text = f"x,y\n{text}"
    try:
        theirs: list[list[str]] | None = [row for row in csv.reader(io.StringIO(text), strict=True) if row]
    except csv.Error:
        theirs = None
    if theirs is None or any(len(row) != 2 for row in theirs):
        assert refusals(text)
    else:
        rows = table(text).rows
        assert [[cell.text for cell in row.values()] for row in rows] == [[c.strip() for c in r] for r in theirs[1:]]


def test_a_cell_knows_its_row_its_column_and_its_place() -> None:
    row = table('day,"the price"\n2025-01,3\n\n2025-02,"4"\n').rows[1]
    assert (row.number, list(row)) == (4, ["day", "the price"])
    cell = row["the price"]
    assert (cell.text, cell.span.text, cell.span.line, cell.span.column) == ("4", '"4"', 4, 9)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [("table", 1, 1, "`case/table.csv` is empty")]),
        ("\n1,2\n", [("table", 1, 1, "`case/table.csv` has no header")]),
        ("a;b\n1;2\n", [("table", 1, 1, "the columns are parted by semicolons")]),
        ("a\tb\n1\t2\n", [("table", 1, 1, "the columns are parted by tabs")]),
        ("a,b,a\n", [("table", 1, 5, "two columns are named `a`")]),
        ("a,b\n1\n1,2,3\n", [("table", 2, 1, "row 2 has 1 cell, and the header has 2"),
                              ("table", 3, 5, "row 3 has 3 cells, and the header has 2")]),
        ('a,b\n1,"2\n', [("table", 2, 3, "a quotation mark is opened and not closed")]),
        ('a,b\n"1" x,2\n', [("table", 2, 4, "a quotation mark closes the cell, and more stands behind it")]),
        ("a,b\n1," + "x" * (MOST_LETTERS + 1),
         [("table", 2, 3, "a cell has 10,001 characters, and at most 10,000 are read")]),
        ("a" + "," * MOST_COLUMNS, [("too-many", 1, 502, "a row has more than 500 columns")]),
        ("a\n" + "1\n" * (MOST_ROWS + 1), [("too-many", 20_002, 1, "`case/table.csv` has more than 20,000 rows")]),
    ],
)  # fmt: skip
def test_a_faulty_table_is_refused_at_its_place(text: str, expected: list[tuple[str, int, int, str]]) -> None:
    assert refusals(text) == expected


def test_a_column_that_must_be_there_is_missed_by_name() -> None:
    assert refusals("idd,b\n1,2\n", "id") == [("table", 1, 1, "the table has no column `id`")]


@pytest.mark.parametrize("cell", ["1_000", "١", "1e999", "inf", "0x10", "3.5%", "1 000", "1" * 400, "--1", "1e", "."])
def test_what_is_not_a_finite_number_is_told_by_row_and_column(cell: str) -> None:
    found = table(f"x\n1\n{cell}\n")
    problems: list[Problem] = []
    values = found.numbers("x", problems)
    assert values[0] == 1.0 and math.isnan(values[1])
    assert [(p.code, p.span.line) for p in problems] == [("table-cell", 3)]
    assert problems[0].message.startswith("row 3 of `x` is `")
    assert len(problems[0].message) < 100


@pytest.mark.parametrize(("cell", "value"), [("1", 1.0), ("-.5", -0.5), ("+2.", 2.0), (" 1e-3 ", 1e-3), ('"7"', 7.0)])
def test_numbers_are_read(cell: str, value: float) -> None:
    assert table(f"x\n{cell}\n").numbers("x", []).tolist() == [value]


@pytest.mark.parametrize("cell", ["NA", "n/a", "NaN", "none", '""', " na "])
def test_an_absent_number_is_not_a_fault(cell: str) -> None:
    problems: list[Problem] = []
    assert math.isnan(table(f"x,y\n{cell},1\n").numbers("x", problems)[0]) and not problems
