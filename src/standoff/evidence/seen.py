"""What was seen since a study was written: a file of dated observations of the things that it lists as observed."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from standoff.base.files import read_source
from standoff.base.problems import Collected, Problem, StudyError, has_errors, suggest
from standoff.base.source import Source, Span
from standoff.base.tables import MOST_BYTES, read_table
from standoff.language.clock import parse_date
from standoff.language.model import Event, Model, Observable
from standoff.language.shape.columns import SEEN
from standoff.language.shape.conform import conform
from standoff.language.shape.shapes import Key, ListOf, Record
from standoff.language.text.reader import Mapping as MappingNode
from standoff.language.text.reader import Scalar, Sequence, parse_yaml

__all__ = ["Seen", "Sighting", "read_seen"]

_YES, _NO, _NONE = ("yes", "true", "1"), ("no", "false", "0"), "none"
_FILE = Record((Key("seen", ListOf(Record(SEEN)), "what was seen, an entry each", required=True),))
_KNOWN = tuple(key.name for key in SEEN)


@dataclass(frozen=True, slots=True)
class Sighting:
    """One thing in one step, as it was seen.

    Attributes:
        of: What.
        step: The step in which it was so.
        value: 1 or 0 of an event, how often, the state's place in its mode, or how much.
        reliability: The chance that the report goes by what is so.
        source: Who says so, where the file tells; else who tells of such things.
        span: Where it stands in the file.
    """

    of: Observable
    step: int
    value: float
    reliability: float
    source: str
    span: Span


@dataclass(frozen=True, slots=True)
class Seen:
    """All that a file tells, in the order of the steps.

    Attributes:
        sightings: Each of another thing or another step.
        until: The first step of which nothing is known any more.
        file: The file's name.
    """

    sightings: tuple[Sighting, ...]
    until: int
    file: str = ""


def read_seen(path: Path, model: Model) -> Seen:
    """Read a file of observations.

    Args:
        path: CSV with the columns of `SEEN`, or YAML (`.yaml`, `.yml`) with a list of such entries under `seen`.
        model: The study's; what is seen is one of its `observed`, in a step of its clock.

    Raises:
        StudyError: All that is wrong: a name, date, value or reliability that cannot be, or one thing told twice.
    """
    source = read_source(path, path.name, most=MOST_BYTES)
    problems = Collected()
    rows = _of_yaml(source, problems) if path.suffix.lower() in (".yaml", ".yml") else _of_csv(source, problems)
    reader = _Reader(model, problems)
    for row in rows:
        reader.take(row)
    if has_errors(problems):
        raise StudyError(problems)
    found = sorted(reader.found.values(), key=lambda one: one.step)
    if not found:
        raise StudyError([Problem("empty", Span(source, 0, 0), f"`{path.name}` tells of nothing", "add what was seen")])
    until = max(one.step + (0 if one.of.kind == "mode" else 1) for one in found)
    return Seen(tuple(found), until, path.name)


Row = Mapping[str, tuple[str, Span]]


def _of_csv(source: Source, problems: list[Problem]) -> Iterator[Row]:
    table = read_table(source, needs=tuple(key.name for key in SEEN if key.required))
    for name, cell in table.columns.items():
        if name not in _KNOWN:
            advice = suggest(name, _KNOWN, "columns")
            problems.append(
                Problem("unknown-key", cell.span, f"a file of what was seen has no column `{name}`", advice)
            )
    for row in table.rows:
        yield {name: (cell.text, cell.span) for name, cell in row.items() if cell.text}


def _of_yaml(source: Source, problems: list[Problem]) -> Iterator[Row]:
    root, found = parse_yaml(source)
    problems += found
    told = conform(root, _FILE, "", Span(source, 0, 0), problems=problems)
    entries = told.get("seen") if isinstance(told, MappingNode) else None
    for node in entries.items if isinstance(entries, Sequence) else ():
        if isinstance(node, MappingNode):
            yield {name.text: (value.text, value.span) for name, value in node.items if isinstance(value, Scalar)}


class _Reader:
    """Rows into sightings."""

    def __init__(self, model: Model, problems: list[Problem]) -> None:
        self.model = model
        self.problems = problems
        self.known = {one.name: one for one in model.observed}
        self.found: dict[tuple[str, int], Sighting] = {}
        self.told_until: dict[str, int] = {}

    def take(self, row: Row) -> None:
        """Add what a row tells, or what is wrong with it."""
        if not {"date", "name", "value"} <= row.keys():
            self._missing(row)
            return
        name, at = row["name"]
        of = self.known.get(name)
        if of is None:
            message = f"the study lists nothing named `{name}` under `observed`"
            self.problems.append(Problem("unknown-name", at, message, suggest(name, self.known, "observables")))
            return
        reliability = self._reliability(row)
        source = row["source"][0] if "source" in row else of.source
        if row["value"][0].lower() == _NONE:
            steps = self._silent(of, row)
            value: float | None = 0.0
        else:
            steps = self._step(row)
            value = self._value(of, *row["value"], step=steps[0] if steps else None)
        for step in steps:
            if value is None:
                continue
            if (name, step) in self.found:
                label = self.model.clock.label(step)
                message = f"`{name}` in {label} is told twice"
                self.problems.append(Problem("duplicate-name", at, message, "keep the row that you trust more"))
                return
            self.found[name, step] = Sighting(of, step, value, reliability, source=source, span=at)
            self.told_until[name] = max(self.told_until.get(name, 0), step + 1)

    def _missing(self, row: Row) -> None:
        place = next((span for _, span in row.values()), None)
        lacking = next(name for name in ("date", "name", "value") if name not in row)
        if place is not None:
            message = f"the row has no `{lacking}`"
            self.problems.append(Problem("missing-key", place, message, "a row has a date, a name and a value"))

    def _reliability(self, row: Row) -> float:
        if "reliability" not in row:
            return 1.0
        text, span = row["reliability"]
        number = _number(text)
        if number is None or not 0.0 <= number <= 1.0:
            message = f"the reliability is `{text}`, where a number from 0 to 1 is expected"
            advice = "1 for a report that is always right, 0 for one that tells nothing"
            self.problems.append(Problem("wrong-value", span, message, advice))
            return 1.0
        return number

    def _step(self, row: Row) -> tuple[int, ...]:
        text, span = row["date"]
        day = parse_date(text)
        clock = self.model.clock
        if day is None:
            self.problems.append(Problem("date", span, f"`{text}` is not a date", "write it as 2025-07 or 2025-Q3"))
            return ()
        step = clock.index(day)
        if step is None:
            message = (
                f"{text} lies outside the clock, which runs from {clock.label(0)} to {clock.label(clock.steps - 1)}"
            )
            advice = f"what was before {clock.label(0)} belongs in the study's starts" if day < clock.first else None
            self.problems.append(Problem("date", span, message, advice))
            return ()
        return (step,)

    def _silent(self, of: Observable, row: Row) -> tuple[int, ...]:
        """The steps over by a date, and heard of by then, of which nothing was told before: none was seen in them."""
        text, span = row["date"]
        if of.kind not in ("event", "count"):
            what = "a state" if of.kind == "mode" else "a number"
            message = f"`{of.name}` is {what} and always there: `none` tells nothing of it"
            self.problems.append(Problem("wrong-value", row["value"][1], message, "write what was seen, or no row"))
            return ()
        end = _end_of(text)
        if end is None:
            self.problems.append(Problem("date", span, f"`{text}` is not a date", "write it as 2025-07 or 2025-Q3"))
            return ()
        clock = self.model.clock
        over = sum(clock.begins(step + 1) <= end for step in range(clock.steps)) - of.lag
        first = self.told_until.get(of.name, 0)
        if over <= first:
            message = f"no step of which one would have heard is over by {text}"
            advice = (
                f"one hears of `{of.name}` {of.lag} step{'s' if of.lag > 1 else ''} late"
                if of.lag
                else "give a later date"
            )
            self.problems.append(Problem("date", span, message, advice))
        return tuple(range(first, over))

    def _value(self, of: Observable, text: str, span: Span, *, step: int | None) -> float | None:
        if of.kind == "event":
            if text.lower() in (*_YES, *_NO):
                return float(text.lower() in _YES)
            self._wrong(of, text, span, "`yes`, `no` or `none`")
            return None
        if of.kind == "mode":
            mode = next(m for m in self.model.modes if m.name == of.name)
            if text in mode.states and step == 0 and mode.states.index(text) != mode.start:
                message = f"the study starts with `{of.name}` at `{mode.states[mode.start]}`, and `{text}` was seen"
                advice = "give the study the start that was, or the observation the date that it has"
                self.problems.append(Problem("wrong-value", span, message, advice))
                return None
            if text in mode.states:
                return float(mode.states.index(text))
            message = f"`{of.name}` has no state `{text}`"
            self.problems.append(Problem("unknown-option", span, message, suggest(text, mode.states, "states")))
            return None
        number = _number(text)
        if number is None:
            self._wrong(of, text, span, "a number")
            return None
        if of.kind == "count":
            event = next(e for e in self.model.events if e.name == of.name)
            return self._count(event, number, text, span)
        is_positive = of.is_log or of.symbol.kind == "report"
        if is_positive and number <= 0.0:
            self._wrong(of, text, span, "a number above 0")
            return None
        return number

    def _count(self, event: Event, number: float, text: str, span: Span) -> float | None:
        if number < 0.0 or number != int(number):
            message = f"`{event.name}` is counted, and `{text}` is no whole number of 0 or more"
            self.problems.append(Problem("wrong-value", span, message))
            return None
        if number >= event.at_most:
            message = f"the study counts less than {event.at_most:,} of `{event.name}` in a step, and {text} were seen"
            self.problems.append(Problem("wrong-value", span, message, "raise `at_most` of the event"))
            return None
        return number

    def _wrong(self, of: Observable, text: str, span: Span, expected: str) -> None:
        message = f"`{text}` stands for `{of.name}`, where {expected} is expected"
        self.problems.append(Problem("wrong-value", span, message))


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < 1e12 else None


def _end_of(text: str) -> date | None:
    """The first day after a year, quarter, month or day."""
    day = parse_date(text)
    if day is None:
        return None
    written = text.strip()
    months = 12 if len(written) == 4 else 3 if "q" in written.lower() else 1 if len(written) == 7 else 0
    if not months:
        return day + timedelta(days=1)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
