"""The shapes that a part of a study can have; the table of the language is made of them.

A shape says what kind of node stands somewhere. `standoff.language.shape.conform` checks nodes against shapes,
and `standoff.language.shape.schema` prints the same shapes as a JSON Schema.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Either", "Free", "Key", "Keyed", "ListOf", "MapOf", "Names", "Record", "Shape", "Text", "TextKind"]

TextKind = Literal[
    "text",  # prose
    "name",  # plain letters, digits and `_`; the thing that is named here
    "word",  # one of a few fixed words
    "known",  # the name of something that stands elsewhere: an actor, a claim, a variant
    "expression",
    "distribution",
    "number",
    "open",  # a number, or null for no end
    "end",  # a number, or an expression of other assumptions
    "bound",  # likewise, or the name of a constant
    "whole",
    "truth",
    "unit",
    "scale",  # what one of a unit is in another: `1e6 EUR`
    "date",
    "path",
]
Names = Literal["name", "known", "number"]


@dataclass(frozen=True, slots=True)
class Text:
    """One value: prose, a name, a number, an expression. `words` are the fixed words of kind `word`."""

    kind: TextKind
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list with at least `least` entries, and at most `most`."""

    item: Shape
    least: int = 1
    most: int | None = None


@dataclass(frozen=True, slots=True)
class MapOf:
    """A mapping from names of the author's to values of one shape; `extra` keys are the language's."""

    value: Shape
    keys: Names = "name"
    least: int = 1
    extra: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping whose keys are the language's.

    Of each group in `exactly_one` one key must stand, of each in `at_least_one` one or more, of each in
    `at_most_one` at most one.
    """

    keys: tuple[Key, ...]
    exactly_one: tuple[tuple[str, ...], ...] = ()
    at_least_one: tuple[tuple[str, ...], ...] = ()
    at_most_one: tuple[tuple[str, ...], ...] = ()

    def key(self, name: str) -> Key | None:
        """The key of that name, or None."""
        return next((key for key in self.keys if key.name == name), None)


@dataclass(frozen=True, slots=True)
class Either:
    """One of several shapes, told apart by whether a text, a list or a mapping stands there."""

    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Keyed:
    """A mapping: `marked` where it has the key `marker`, else `other`."""

    marker: str
    marked: Record
    other: MapOf


@dataclass(frozen=True, slots=True)
class Free:
    """A mapping that is checked elsewhere, once it is laid over the study or read with the expectations.

    `kind` names the table that it is checked against, where there is one.
    """

    kind: Literal["", "expectation", "section"] = ""


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the language: its shape, whether it must be there, and what it means."""

    name: str
    shape: Shape
    doc: str
    required: bool = False


Shape = Text | ListOf | MapOf | Record | Either | Keyed | Free
