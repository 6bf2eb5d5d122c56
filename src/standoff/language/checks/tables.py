"""The tables beside a study, row by row: what cannot be used is named."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator

from standoff.base.problems import Problem, StudyError, suggest
from standoff.base.tables import Cell, Row, Table, not_a
from standoff.language.clock import parse_date
from standoff.language.model import Model
from standoff.language.shape.columns import FACTS
from standoff.language.shape.shapes import Key, Text
from standoff.language.text.fields import entries, text
from standoff.language.text.files import FACTS_FILE, HISTORY_FILE

__all__ = ["check_facts", "check_history", "is_later"]

_A_DATE = "write it as 2025-03, 2025-Q1 or 2025-03-14"


def check_facts(model: Model) -> Iterator[Problem]:
    """Every row of `facts.csv` has an id of its own, and dates and numbers where they belong."""
    files = model.written.files
    if model.applied or FACTS_FILE not in files:
        return
    try:
        table = files.table(FACTS_FILE, needs=("id",))
    except StudyError:
        return  # said where the study's references are read
    known = {key.name: key for key in FACTS}
    yield from _unread(table, tuple(known), "is no column of facts")
    seen: dict[str, int] = {}
    for row in table.rows:
        name = row["id"]
        if not name.text:
            yield not_a(row, "id", "a name", "give the row an id of its own")
        elif name.text in seen:
            message = f"row {seen[name.text]} has the id `{name.text[:40]}` already"
            yield Problem("table-cell", name.span, message, "give one of the two another id")
        seen.setdefault(name.text, row.number)
        for column, cell in row.items():
            if column in known:
                yield from _misfits(row, cell, known[column], model.as_of)
        yield from _reversed(row)


def check_history(model: Model) -> Iterator[Problem]:
    """Every row of `history.csv` has a date of its own before the clock's start, and numbers of what it is about."""
    files = model.written.files
    if model.applied or HISTORY_FILE not in files:
        return
    try:
        table = files.table(HISTORY_FILE)
    except StudyError as error:
        yield from error.problems
        return
    date, *others = table.columns
    root = model.written.root
    series = (node for part in (root, *(patch for _, patch in entries(root, "variants")))
              for _, node in entries(part, "series"))  # fmt: skip
    read = {text(node, key) for node in series if text(node, "file") == HISTORY_FILE for key in ("date", "column")}
    things = [thing.name for kind in (model.stocks, model.events, model.quantities) for thing in kind]
    yield from _unread(table, (date, *things, *(name for name in read if name)), "is no stock, event or quantity")
    drawn = [name for name in others if name in things]
    seen: dict[datetime.date, int] = {}
    inside: list[Row] = []
    for row in table.rows:
        moment = parse_date(row[date].text)
        if moment is None:
            yield not_a(row, date, "a date", _A_DATE)
        elif moment in seen:
            message = f"row {seen[moment]} is of {row[date].text} already"
            yield Problem("table-cell", row[date].span, message, "keep one row for each date")
        else:
            seen[moment] = row.number
            inside += [row] if moment >= model.clock.first else []
        for name in drawn:
            yield from _misfits(row, row[name], Key(name, Text("number"), ""), None)
    if inside and not read:
        more = "" if len(inside) == 1 else f", and {len(inside) - 1} more like it"
        message = f"row {inside[0].number} lies within the clock{more}, and only what was seen before it is read"
        yield Problem("unread", inside[0][date].span, message, "remove it, or read it as a series")


def is_later(date: str, than: str | None) -> bool:
    """Whether a date begins after the last day that another stands for; False where either is none."""
    first, other = parse_date(date), None if than is None else parse_date(than)
    if first is None or other is None or than is None:
        return False
    begins = first.isoformat()
    return begins[: len(than)] > than if len(than) in (4, 7) and "Q" not in than.upper() else first > other


def _unread(table: Table, known: tuple[str, ...], what: str) -> Iterator[Problem]:
    for name, cell in table.columns.items():
        if name not in known:
            advice = suggest(name, known, "columns") if len(known) <= len(FACTS) else None
            yield Problem("unread", cell.span, f"`{name[:40]}` {what}, so that nothing reads it", advice)


def _misfits(row: Row, cell: Cell, key: Key, as_of: str | None) -> Iterator[Problem]:
    kind = key.shape.kind if isinstance(key.shape, Text) else "text"
    if cell.is_absent:
        return
    if kind == "number":
        try:
            cell.number()
        except ValueError:
            yield not_a(row, key.name, "a number", "write it with digits and a point, such as 1234.5")
    elif kind == "date" and parse_date(cell.text) is None:
        yield not_a(row, key.name, "a date", _A_DATE)
    elif kind == "date" and is_later(cell.text, as_of):
        message = f"this is as of {cell.text}, and the study as of {as_of}"
        yield Problem("later", cell.span, message, "leave it out, or move the study's `as_of`")


def _reversed(row: Row) -> Iterator[Problem]:
    try:
        low, high = (row[name].number() if name in row else math.nan for name in ("low", "high"))
    except ValueError:
        return
    if low > high:
        message = f"`low` is {low:g} and `high` is {high:g}"
        yield Problem("range-reversed", row["low"].span, message, "write the smaller one as `low`")
