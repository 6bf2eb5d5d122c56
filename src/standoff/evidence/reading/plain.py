"""Plain text to pieces: paragraphs by blank lines, or by lines where the text is not wrapped."""

from __future__ import annotations

import re

from standoff.evidence.reading.blocks import Link, Metadata, RawBlock
from standoff.evidence.reading.kinds import is_prose

__all__ = ["MOST_WRAPPED", "read_plain", "single_spaced"]

MOST_WRAPPED = 120  # characters: no line of a wrapped text is longer
_URL = re.compile(r"https?://[^\s<>\"')\]]+[^\s<>\"')\].,;:!?]")
_HEADER = re.compile(r"(title|author|by|publisher|source|date|published|url|language)\s*:\s*(\S.*)", re.I)
_FIELDS = {
    "title": "title",
    "author": "author",
    "by": "author",
    "publisher": "publisher",
    "source": "publisher",
    "date": "date",
    "published": "date",
    "url": "url",
    "language": "language",
}


def read_plain(text: str) -> tuple[tuple[RawBlock, ...], Metadata]:
    """Cut a text into pieces, and read a header of lines such as `Title: …` where it begins with one.

    Lines are joined where all are short, as in mail; else each line is a piece.
    """
    groups = [[line.strip() for line in group.split("\n")] for group in re.split(r"\n[^\S\n]*\n", text.strip("\n"))]
    groups = [[line for line in group if line] for group in groups]
    groups = [group for group in groups if group]
    metadata = _header(groups[0]) if groups else None
    if metadata is not None:
        groups = groups[1:]
    wrapped = max((len(line) for group in groups for line in group), default=0) <= MOST_WRAPPED
    pieces = [" ".join(group) for group in groups] if wrapped else [line for group in groups for line in group]
    pieces = [single_spaced(piece) for piece in pieces]
    if not metadata and len(pieces) > 1 and not is_prose(pieces[0]):
        metadata = Metadata(title=pieces[0])
    return tuple(RawBlock(piece, _links(piece)) for piece in pieces), metadata or Metadata()


def single_spaced(text: str) -> str:
    """One plain space for each run of white space, of no-break and zero-width spaces."""
    return " ".join(re.sub("[\u200b\u2060\ufeff\u00ad]", "", text).split())


def _header(lines: list[str]) -> Metadata | None:
    found = [_HEADER.fullmatch(line) for line in lines]
    fields = {_FIELDS[match.group(1).lower()]: match.group(2).strip() for match in found if match is not None}
    return Metadata(**fields) if fields and all(found) else None


def _links(text: str) -> tuple[Link, ...]:
    return tuple(Link(match.group(), match.group()) for match in _URL.finditer(text))
