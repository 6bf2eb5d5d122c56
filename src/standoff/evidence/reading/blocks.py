"""The pieces that a document is cut into, before and after it is known what each is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Block", "Kind", "Link", "Metadata", "RawBlock"]

Kind = Literal[
    "body",
    "title",
    "heading",
    "caption",
    "picture",
    "pull quote",
    "byline",
    "author note",
    "advert",
    "comment box",
    "navigation",
    "link",
    "copyright",
    "table",
    "code",
]


@dataclass(frozen=True, slots=True)
class Link:
    """A reference that the document makes: the words that carry it, and where it leads."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class RawBlock:
    """A piece as its format gives it; `hint` is its kind where the format's own marks say so.

    `is_item` marks an entry of a list, `is_emphasised` a piece that is wholly in italics or bold.
    """

    text: str
    links: tuple[Link, ...] = ()
    hint: Kind | None = None
    is_item: bool = False
    is_emphasised: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A piece whose kind is settled; `paragraph` counts the body's pieces from 1 and is None for all others."""

    kind: Kind
    text: str
    links: tuple[Link, ...] = ()
    paragraph: int | None = None


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a document says of itself; None where it does not say. `date` is `2025`, `2025-02` or `2025-02-13`."""

    title: str | None = None
    author: str | None = None
    publisher: str | None = None
    date: str | None = None
    url: str | None = None
    language: str | None = None

    def filled(self, other: Metadata) -> Metadata:
        """This, with the gaps filled from another."""
        return Metadata(*(getattr(self, name) or getattr(other, name) for name in self.__slots__))
