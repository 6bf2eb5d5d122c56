"""The small file that says what of a table of events becomes what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from standoff.base.files import read_source
from standoff.base.problems import Problem, StudyError, has_errors
from standoff.base.source import Span
from standoff.exchange.events.kinds import KINDS, DataSet
from standoff.language.clock import parse_date
from standoff.language.shape.conform import conform
from standoff.language.shape.shapes import Either, Key, ListOf, MapOf, Record, Text
from standoff.language.text.fields import entries, number, scalar, scalars, text
from standoff.language.text.reader import Mapping, Scalar, parse_yaml

__all__ = ["STEPS", "EventMapping", "Series", "read_mapping"]

STEPS = ("day", "week", "month", "quarter", "year")
_VALUES = Either((Text("text"), ListOf(Text("text"))))
_SERIES = Record(
    (
        Key("where", MapOf(_VALUES, keys="known"), "for a column, the value or values that a row has to have"),
        Key("sum", Text("text"), "the column that is added up; rows are counted where it is left out"),
        Key("about", Text("text"), "what it is, in a sentence"),
    )
)
_MAPPING = Record(
    (
        Key("format", Text("word", tuple(KINDS)), "which data set it is", required=True),
        Key("step", Text("word", STEPS), "the length of a step; a month where it is left out"),
        Key("start", Text("date"), "where the study begins: what was before is history, what follows was seen"),
        Key("steps", Text("number"), "how many steps the study has; 12 where it is left out"),
        Key("covered", ListOf(Text("date")), "from when to when the data are complete; else from first to last row"),
        Key("series", MapOf(_SERIES, keys="known"), "what is counted or added up, by name", required=True),
    )
)


@dataclass(frozen=True, slots=True)
class Series:
    """One thing that is counted, or added up: its name, what a row has to have, the column, and where it is asked."""

    name: str
    where: tuple[tuple[str, tuple[str, ...]], ...]
    sum: str | None
    about: str
    span: Span


@dataclass(frozen=True, slots=True)
class EventMapping:
    """A mapping as read."""

    kind: DataSet
    step: str
    start: date | None
    steps: int
    covered: tuple[date, date] | None
    series: tuple[Series, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is needed."""
        found = [*self.kind.date]
        for one in self.series:
            found += [name for name, _ in one.where] + ([one.sum] if one.sum else [])
        return tuple(dict.fromkeys(found))


def read_mapping(path: Path) -> EventMapping:
    """Read a mapping.

    Raises:
        StudyError: All that is wrong in it, with its places.
    """
    source = read_source(path, path.name)
    root, found = parse_yaml(source)
    problems = list(found)
    tree = conform(root, _MAPPING, "the mapping", Span(source, 0, 0), problems=problems)
    if has_errors(problems) or not isinstance(tree, Mapping):
        raise StudyError([p for p in problems if p.severity == "error"])
    covered = [parse_date(one.text) for one in scalars(tree, "covered")]
    ends = [day for day in covered if day is not None]
    if covered and (len(ends) != 2 or ends[0] > ends[1]):
        node = scalars(tree, "covered")[0]
        raise StudyError([Problem("date", node.span, "`covered` is no span of time", "write [2010-01, 2024-12]")])
    written = text(tree, "start")
    series = tuple(_series(name, node) for name, node in entries(tree, "series"))
    if not series:
        raise StudyError([Problem("empty", Span(source, 0, 0), "the mapping has no series", "name what is counted")])
    start = parse_date(written) if written else None
    place = scalar(tree, "start")
    if written and start is None and place is not None:
        raise StudyError([Problem("date", place.span, f"`{written}` is not a date", "write it as 2025-01")])
    steps = number(tree, "steps")
    return EventMapping(
        KINDS[text(tree, "format") or ""], text(tree, "step") or "month", start, int(steps or 12),
        covered=(ends[0], ends[1]) if ends else None, series=series,
    )  # fmt: skip


def _series(name: Scalar, node: Mapping) -> Series:
    asked = node.get("where")
    where = []
    for key, _ in asked.items if isinstance(asked, Mapping) else ():
        assert isinstance(asked, Mapping)
        where.append((key.text, tuple(one.text for one in scalars(asked, key.text))))
    return Series(name.text, tuple(where), text(node, "sum"), text(node, "about") or "", span=name.span)
