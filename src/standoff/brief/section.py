"""What a brief is made of: sections of one shape, and the tables and pictures in them.

A section states its finding in its title, shows it in pictures, says how sure it is and why, and how it was computed.
A new one is added to `SECTIONS` of `registry.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from standoff.brief.parts import Part

__all__ = ["Chip", "Method", "Picture", "Section", "Table"]


@dataclass(frozen=True, slots=True)
class Table:
    """A plain table, as text."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, its finding where it needs one of its own, and the table behind it.

    Attributes:
        drawn: Markup; empty where the table is all there is.
        caption: What it shows.
        key: How to read the marks; said only where they are drawn.
        title: Its finding.
        table: Every number behind it.
        instead: What stands for it where nothing can be drawn; the table, where this is empty.
    """

    drawn: Markup
    caption: str = ""
    key: str = ""
    title: str = ""
    table: Table | None = None
    instead: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Chip:
    """A link to an assumption."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Method:
    """How a section's figures were computed: paragraphs and references."""

    text: tuple[str, ...]
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One question answered.

    `anchor` is the id that others link to; `short` its name in the contents. A section that `is_live` is there to be
    used, and says nothing that the others do not. `headline` and `sentence` are what its reason says of it, where
    that is not its title and the first of `lead`.
    """

    anchor: str
    short: str
    title: str
    lead: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    sure: tuple[str, ...] = ()
    why: tuple[Chip, ...] = ()
    method: Method | None = None
    parts: tuple[Part, ...] = ()
    is_live: bool = False
    headline: str = ""
    sentence: str = ""
