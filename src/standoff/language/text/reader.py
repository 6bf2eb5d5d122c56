"""YAML text to nodes that know their place.

PyYAML's parser supplies events; the nodes are built here, because a study must not run constructors,
may not use aliases (which can exhaust memory), and every character of an equation must keep its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from standoff.base.problems import Problem, StudyError
from standoff.base.source import Source, Span
from standoff.language.text.syntax import LOADER, MOST_DEPTH, syntax_problem, too_deep

__all__ = [
    "Broken",
    "Mapping",
    "Node",
    "Scalar",
    "Sequence",
    "parse_yaml",
    "tree_of",
]

MOST_ENTRIES = 2_000
MOST_IN_SECTION = 10_000
MOST_NODES = 500_000
_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|\r?\n[ \t]*|.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text as it stands: `places[i]` is where its i-th character stands in the file.

    `bound` is, in an entry that stands for many, the element that each variable of its `for` has here.
    """

    text: str
    span: Span
    style: str
    places: tuple[int, ...] | None = None
    bound: tuple[tuple[str, str], ...] = ()

    def part(self, start: int, stop: int) -> Span:
        """The span in the file of characters `start` to `stop` of the text."""
        first = self._place(start)
        last = self._place(stop - 1) + 1 if stop > start else first
        return Span(self.span.source, first, max(first, last))

    def _place(self, index: int) -> int:
        if self.places is not None:
            return self.places[index] if index < len(self.places) else self.span.stop
        return self.span.start + (self.style in ("'", '"')) + index

    @property
    def is_quoted(self) -> bool:
        """Whether it stands in quotation marks."""
        return self.style in ("'", '"')

    @property
    def is_block(self) -> bool:
        """Whether it is a folded (`>`) or literal (`|`) block."""
        return self.style in ("|", ">")


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values in the order of the file; a repeated key keeps its first value."""

    items: tuple[tuple[Scalar, Node], ...]
    span: Span

    def get(self, key: str) -> Node | None:
        """The value of a key, or None."""
        return next((value for name, value in self.items if name.text == key), None)

    def key(self, key: str) -> Scalar | None:
        """The key itself, with its place, or None."""
        return next((name for name, _ in self.items if name.text == key), None)


@dataclass(frozen=True, slots=True)
class Broken:
    """Stands for a value that was reported and cannot be used, so that nobody takes it for absent."""

    span: Span


Node = Scalar | Sequence | Mapping | Broken


def parse_yaml(source: Source) -> tuple[Mapping, list[Problem]]:
    """Build the tree of one YAML document.

    Returns:
        The top mapping, and problems that leave the tree usable (such as a repeated key).

    Raises:
        StudyError: The text does not parse, or uses what a study may not.
    """
    builder = _Builder(source)
    try:
        root = builder.document()
    except yaml.YAMLError as error:
        raise StudyError([*builder.problems, syntax_problem(source, error)]) from None
    if not isinstance(root, Mapping):
        message = "a study is a mapping of sections, such as `clock:` and `actors:`"
        raise StudyError([*builder.problems, Problem("wrong-shape", root.span, message)])
    return root, builder.problems


@lru_cache(maxsize=4)  # of a study's files only one changes at a time, while somebody writes
def tree_of(source: Source) -> tuple[Mapping, tuple[Problem, ...]]:
    """As `parse_yaml`, of a source that is asked for again."""
    root, problems = parse_yaml(source)
    return root, tuple(problems)


class _Builder:
    """Walks the parser's events once; depth is bounded, so neither stack nor memory can run away."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.n_nodes = 0
        self.room = MOST_ENTRIES
        self.shift = 1 if source.text.startswith("\ufeff") else 0
        self.events: Iterator[Any] = self._parse()

    def _parse(self) -> Iterator[Any]:
        loader = LOADER(self.source.text)
        try:
            while loader.check_event():
                yield loader.get_event()
        finally:
            loader.dispose()

    def document(self) -> Node:
        root: Node | None = None
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    message = "a second document begins here, and a study is one"
                    self._stop("yaml-documents", self._span(event), message, "remove the `---`")
            elif not isinstance(event, (yaml.StreamStartEvent, yaml.StreamEndEvent, yaml.DocumentEndEvent)):
                root = self._node(event, 0)
        if root is None:
            self._stop("yaml-documents", Span(self.source, 0, 0), "the file is empty", "see `standoff new`")
        assert root is not None
        return root

    def _node(self, event: Any, depth: int) -> Node:
        span = self._span(event)
        self.n_nodes += 1
        if self.n_nodes > MOST_NODES:
            message = f"more than {MOST_NODES:,} keys and values stand in this file"
            self._stop("too-many", span, message, "keep those that matter")
        if isinstance(event, yaml.AliasEvent):
            self._stop("yaml-alias", span, f"`*{event.anchor}` repeats another part of the file",
                       "write the part out, or use a named quantity")  # fmt: skip
        if event.anchor is not None:
            self._stop("yaml-alias", span, f"`&{event.anchor}` names a part of the file to repeat it",
                       "write the part out, or use a named quantity")  # fmt: skip
        if event.tag is not None and event.tag != "!":
            self._stop("yaml-tag", span, "`!` begins a YAML tag, and a study has none",
                       "put the text in quotation marks")  # fmt: skip
        if depth > MOST_DEPTH:
            raise StudyError([*self.problems, too_deep(span)])
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, span)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Node] = []
            for inner in self.events:
                if isinstance(inner, yaml.SequenceEndEvent):
                    return Sequence(tuple(items), span.to(self._span(inner)))
                items.append(self._node(inner, depth + 1))
                self._check_room(len(items), items[-1].span, MOST_ENTRIES)
        return self._mapping(span, depth)

    def _mapping(self, span: Span, depth: int) -> Mapping:
        items: dict[str, tuple[Scalar, Node]] = {}
        for count, event in enumerate(self.events):
            if isinstance(event, yaml.MappingEndEvent):
                return Mapping(tuple(items.values()), span.to(self._span(event)))
            self._check_room(count + 1, self._span(event), self.room if depth == 1 else MOST_ENTRIES)
            key = self._node(event, depth + 1)
            if not isinstance(key, Scalar):
                self._stop("wrong-shape", key.span, "a list or mapping stands as a key", "put it in quotation marks")
            assert isinstance(key, Scalar)
            if key.text == "<<":
                self._stop("yaml-alias", key.span, "`<<` merges another part of the file", "write the part out")
            if depth == 0:
                self.room = MOST_IN_SECTION
            value = self._node(next(self.events), depth + 1)
            if key.text in items:
                line = items[key.text][0].span.line
                message = f"`{key.text}` stands here again (first on line {line})"
                self.problems.append(Problem("duplicate-key", key.span, message, "remove one of the two"))
            else:
                items[key.text] = (key, value)
        raise AssertionError("the parser ends every mapping")

    def _check_room(self, count: int, span: Span, room: int) -> None:
        if count > room:
            message = f"more than {room:,} entries stand in one list or mapping"
            self._stop("too-many", span, message, "keep those that matter")

    def _scalar(self, event: Any, span: Span) -> Scalar:
        style = event.style or ""
        if style in ("|", ">"):
            return Scalar(event.value, span, style)
        raw = span.text
        inner = raw[1:-1] if style in ("'", '"') else raw
        if inner == event.value:
            return Scalar(event.value, span, style)
        return Scalar(event.value, span, style, _places(raw, style, span.start, event.value))

    def _span(self, event: Any) -> Span:
        return Span(self.source, event.start_mark.index + self.shift, event.end_mark.index + self.shift)

    def _stop(self, code: str, span: Span, message: str, advice: str) -> None:
        raise StudyError([*self.problems, Problem(code, span, message, advice)])


def _places(raw: str, style: str, start: int, value: str) -> tuple[int, ...]:
    """Where each character of a scalar's value stands, through escapes, doubled quotes and line folds."""
    places: list[int] = []
    i = 1 if style else 0
    stop = len(raw) - i
    while i < stop and len(places) < len(value):
        fold = re.compile(r"[ \t]*\n\s*").match(raw, i, stop)
        escape = _ESCAPE.match(raw, i, stop) if style == '"' else None
        if fold is not None:
            breaks = max(1, fold.group().count("\n") - 1)
            places += [start + i] * breaks
            i = fold.end()
        elif escape is not None:
            width = 0 if "\n" in escape.group() else 1
            places += [start + i] * width
            i = escape.end()
        else:
            places.append(start + i)
            i += 2 if style == "'" and raw.startswith("''", i) else 1
    places += [start + max(0, stop - 1)] * (len(value) - len(places))
    return tuple(places[: len(value)])
