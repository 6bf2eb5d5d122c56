"""Documents in zip archives: Word's .docx and EPUB."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from standoff.base.xml import local_name, parse_xml, words_in
from standoff.base.zips import Zip
from standoff.evidence.reading.blocks import Kind, Metadata, RawBlock
from standoff.evidence.reading.formats.encoding import decode_as
from standoff.evidence.reading.formats.pages import page_blocks

__all__ = ["read_archive"]

_MOST_CHAPTERS = 1_000
_WORD = "word/document.xml"
_STYLES: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("title", re.compile(r"^(?:sub)?title$", re.I)),
    ("heading", re.compile(r"^(?:heading|berschrift|überschrift|titre|título)\s?\d?", re.I)),
    ("caption", re.compile(r"caption", re.I)),
    ("navigation", re.compile(r"^toc", re.I)),
)


def read_archive(data: bytes) -> tuple[tuple[RawBlock, ...], Metadata] | None:
    """The pieces and metadata of a .docx or EPUB; None where the bytes are no zip archive.

    Raises:
        ValueError: It is another archive, or one that cannot be read.
    """
    if not data.startswith(b"PK\x03\x04"):
        return None
    archive = Zip(data)
    if _WORD in archive.names:
        return _word(archive)
    if "META-INF/container.xml" in archive.names:
        return _epub(archive)
    raise ValueError("it is a zip archive, and neither a .docx nor an EPUB")


def _word(archive: Zip) -> tuple[tuple[RawBlock, ...], Metadata]:
    body = parse_xml(archive.read(_WORD))
    blocks = tuple(_paragraphs(body))
    for name in ("word/footnotes.xml", "word/endnotes.xml"):
        if name in archive.names:
            notes = (words_in(p) for p in parse_xml(archive.read(name)).iter("{*}p"))
            blocks += tuple(RawBlock(note, hint="author note") for note in notes if note)
    core = parse_xml(archive.read("docProps/core.xml")) if "docProps/core.xml" in archive.names else None
    return blocks, Metadata() if core is None else _dublin_core(core, "created")


def _paragraphs(body: Any) -> Iterator[RawBlock]:
    """Paragraphs in order, what was struck out and deleted left out."""
    for paragraph in body.iter("{*}p"):
        text = " ".join("".join(_runs(paragraph)).split())
        if not text:
            continue
        style = next((s.get(f"{{{s.nsmap.get('w')}}}val") or "" for s in paragraph.iter("{*}pStyle")), "")
        hint: Kind | None = next((kind for kind, pattern in _STYLES if pattern.search(style)), None)
        if hint is None and any(local_name(a) == "tbl" for a in paragraph.iterancestors()):
            hint = "table"
        yield RawBlock(text, (), hint, is_item=next(paragraph.iter("{*}numPr"), None) is not None)


def _runs(paragraph: Any) -> Iterator[str]:
    for node in paragraph.iter("{*}t", "{*}tab", "{*}br", "{*}noBreakHyphen"):
        name = local_name(node)
        if any(local_name(a) in ("del", "moveFrom", "txbxContent") for a in node.iterancestors()):
            continue
        if name == "t":
            run = node.getparent()
            struck = run.find("{*}rPr/{*}strike") if run is not None else None
            hidden = run.find("{*}rPr/{*}vanish") if run is not None else None
            if struck is None and hidden is None:
                yield node.text or ""
        else:
            yield "-" if name == "noBreakHyphen" else " "


def _epub(archive: Zip) -> tuple[tuple[RawBlock, ...], Metadata]:
    container = parse_xml(archive.read("META-INF/container.xml"))
    path = next((r.get("full-path") for r in container.iter("{*}rootfile") if r.get("full-path")), None)
    if path is None:
        raise ValueError("it is an EPUB whose container names no package")
    package = parse_xml(archive.read(path))
    items = {i.get("id"): i for i in package.iter("{*}item")}
    blocks: list[RawBlock] = []
    for k, reference in enumerate(package.iter("{*}itemref")):
        item = items.get(reference.get("idref"))
        if item is None or "html" not in (item.get("media-type") or "") or "nav" in (item.get("properties") or ""):
            continue
        if k >= _MOST_CHAPTERS:
            raise ValueError(f"it has more than {_MOST_CHAPTERS:,} chapters")
        name = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(item.get("href") or "")))
        blocks += page_blocks(decode_as(archive.read(name), None).text)
    return tuple(blocks), _dublin_core(package, "date")


def _dublin_core(root: Any, date: str) -> Metadata:
    def said(name: str) -> str | None:
        return next((words for node in root.iter(f"{{*}}{name}") if (words := words_in(node))), None)

    when = re.match(r"\d{4}(?:-\d\d(?:-\d\d)?)?", said(date) or "")
    return Metadata(
        said("title"),
        said("creator"),
        said("publisher"),
        when.group() if when else None,
        url=None,
        language=said("language"),
    )
