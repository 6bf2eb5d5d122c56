"""TEI: texts with their apparatus, by the guidelines of the Text Encoding Initiative (P5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from standoff.base.xml import local_name, parse_xml, words_in
from standoff.evidence.reading.blocks import Kind, Metadata, RawBlock

__all__ = ["looks_like_tei", "read_tei"]

_TEI = re.compile(rb"<(?:\w+:)?TEI(?:\.2)?[\s>]")
_HINTS: dict[str, Kind | None] = {
    "p": None, "ab": None, "l": None, "item": None, "said": None, "head": "heading", "note": "author note",
    "figDesc": "caption", "cell": "table", "byline": "byline", "dateline": "byline", "docTitle": "title",
    "titlePart": "title", "trailer": "navigation", "fw": "navigation",
}  # fmt: skip
_DAY = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")
_LEFT_OUT = ("note", "fw", "del", "orig", "sic", "abbr", "surplus", "figDesc")
_PAIRED = {"orig": "reg", "sic": "corr", "abbr": "expan"}  # what an editor writes for it, beside it in a choice


def looks_like_tei(data: bytes) -> bool:
    """Whether bytes begin as a TEI document does."""
    return _TEI.search(data[:4_000]) is not None


def read_tei(data: bytes) -> tuple[tuple[RawBlock, ...], Metadata]:
    """Cut a TEI document into pieces: paragraphs and lines as they are read, notes set aside.

    Raises:
        ValueError: It is not well formed, or declares entities.
    """
    root = parse_xml(data)
    texts = [node for node in root.iter("{*}text") if not any(local_name(a) == "text" for a in node.iterancestors())]
    return tuple(block for text in texts for block in _pieces(text)), _metadata(root)


def _pieces(text: Any) -> Iterator[RawBlock]:
    for node in text.iter(*(f"{{*}}{name}" for name in _HINTS)):
        name = local_name(node)
        inner = any(local_name(child) in _HINTS and local_name(child) not in ("note", "said") for child in node)
        if inner or (name == "said" and _is_in_piece(node)):
            continue  # what stands in it is cut by itself
        words = " ".join("".join(_words(node)).split())
        if words:
            yield RawBlock(words, (), _HINTS[name], is_item=name == "item")


def _is_in_piece(node: Any) -> bool:
    return any(local_name(a) in ("p", "ab", "l", "item") for a in node.iterancestors())


def _words(node: Any) -> Iterator[str]:
    """The text of a piece as an editor would have it read; without notes, page marks and what was deleted."""
    yield node.text or ""
    for child in node:
        name = local_name(child)
        paired = name in _PAIRED and (local_name(node) != "choice" or node.find(f"{{*}}{_PAIRED[name]}") is None)
        if name in ("lb", "pb", "cb", "space"):
            yield "" if child.get("break") == "no" else " "
        elif name and (name not in _LEFT_OUT or paired):
            yield from _words(child)
        yield child.tail or ""


def _metadata(root: Any) -> Metadata:
    head = root.find("{*}teiHeader")
    if head is None:
        return Metadata()

    def said(*paths: str) -> str | None:
        found = (node for path in paths for node in head.iterfind(path))
        return next((words for node in found if (words := words_in(node))), None)

    dates = (d for path in (".//{*}sourceDesc//{*}date", ".//{*}publicationStmt/{*}date") for d in head.iterfind(path))
    written = (d.get("when") or words_in(d) for d in dates)
    when = next((found.group() for text in written if (found := _DAY.search(text))), None)
    language = next((node.get("ident") for node in head.iter("{*}language") if node.get("ident")), None)
    return Metadata(
        said(".//{*}titleStmt/{*}title"), said(".//{*}titleStmt/{*}author"), said(".//{*}publicationStmt/{*}publisher"),
        when, url=None, language=language or root.get("{http://www.w3.org/XML/1998/namespace}lang"),
    )  # fmt: skip
