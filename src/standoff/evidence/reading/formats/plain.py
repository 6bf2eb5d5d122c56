"""Plain text to pieces: paragraphs by blank lines, or by lines where the text is not wrapped."""

from __future__ import annotations

import re
import unicodedata

from standoff.evidence.reading.blocks import Link, Metadata, RawBlock
from standoff.evidence.reading.kinds import is_dated, is_prose

__all__ = ["MOST_WRAPPED", "read_plain", "single_spaced"]

MOST_WRAPPED = 120  # characters: no line of a wrapped text is longer
_URL = re.compile(r"https?://[^\s<>\"')\]]+[^\s<>\"')\].,;:!?]")
_FIELDS = {
    word: field
    for field, words in (
        (
            "title",
            "title headline titel titre título titolo tytuł заголовок название 标题 標題 题目 タイトル 題名 제목",
        ),
        ("author", "author by autor auteur autore автор 作者 著者 記者 저자 글쓴이 기자"),
        (
            "publisher",
            "publisher source quelle verlag éditeur fuente fonte źródło издание источник 来源 來源 出典 출처",
        ),
        ("date", "date published datum fecha data дата 日期 日付 날짜"),
        ("url", "url link ссылка 网址 링크"),
        ("language", "language lang sprache langue idioma lingua język язык 语言 言語 언어"),
    )
    for word in words.split()
}
_HEADER = re.compile(rf"({'|'.join(sorted(_FIELDS, key=len, reverse=True))})\s*[:：]\s*(\S.*)", re.I)


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
    if not metadata and len(pieces) > 1 and _is_title(pieces):
        metadata = Metadata(title=pieces[0])
    return tuple(RawBlock(piece, _links(piece)) for piece in pieces), metadata or Metadata()


def _is_title(pieces: list[str]) -> bool:
    """Whether a text begins with its title: a line without an end, or a short sentence that is asked or signed."""
    first, after = pieces[0], pieces[1]
    if not is_prose(first):
        return True
    is_short = len(first.split()) <= _LONGEST_TITLE and len(first) <= 120 and len(_SIGNS.findall(first)) == 1
    is_asked = first.rstrip("\"'”’»").endswith(("?", "？")) and len(after) > len(first)
    return is_short and (is_asked or is_dated(after))


_LONGEST_TITLE = 20  # words
_SIGNS = re.compile(r"[.!?…。！？]+(?=[\"'”’»)\]]*(?:\s|$))|[。！？]")


def single_spaced(text: str) -> str:
    """One plain space for each run of white space, without zero-width spaces; in one Unicode form, the composed."""
    plain = " ".join(re.sub("[\u200b\u2060\ufeff\u00ad]", "", text).split())
    return plain if plain.isascii() else unicodedata.normalize("NFC", plain)


def _header(lines: list[str]) -> Metadata | None:
    found = [_HEADER.fullmatch(line) for line in lines]
    fields = {_FIELDS[match.group(1).lower()]: match.group(2).strip() for match in found if match is not None}
    return Metadata(**fields) if fields and all(found) else None


def _links(text: str) -> tuple[Link, ...]:
    return tuple(Link(match.group(), match.group()) for match in _URL.finditer(text))
