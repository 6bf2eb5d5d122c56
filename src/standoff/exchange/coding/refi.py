"""REFI-QDA projects (.qdpx), which ATLAS.ti, MAXQDA, NVivo and Taguette exchange.

Offsets count Unicode code points. A project is a zip with `project.qde`, and the texts in `sources`.

Reference: REFI-QDA Standard, version 1.5 (2019), https://www.qdasoftware.org.
"""

from __future__ import annotations

import io
import uuid
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from standoff.base.xml import parse_xml, words_in
from standoff.base.zips import Zip
from standoff.exchange.coding.cas import read_bytes, refused
from standoff.exchange.coding.notes import CodedText, Note, study_of_notes
from standoff.exchange.imported import Asked, Imported

__all__ = ["import_project", "write_project"]

_CONTEXT = 40
_SPACE = uuid.UUID("5b3f7f0e-8a3c-4a7e-9d52-7f3a6f0d6c11")
_KEPT = "standoff:"
_DAY = (2000, 1, 1, 0, 0, 0)  # so that the same claims give the same bytes


def write_project(title: str, texts: Sequence[CodedText]) -> bytes:
    """A project of the documents' texts, with a coding and a description for each claim."""
    codes = sorted({code for text in texts for note in text.notes for code in (note.codes or ("claim",))})
    book = "".join(f'<Code guid="{_guid("code", code)}" name={quoteattr(code)} isCodable="true"/>' for code in codes)
    sources = "".join(_source(text) for text in texts)
    project = (
        '<?xml version="1.0" encoding="utf-8"?>\n<Project xmlns="urn:QDA-XML:project:1.0" '
        f'name={quoteattr(title)} origin="Standoff"><CodeBook><Codes>{book}</Codes></CodeBook>'
        f"<Sources>{sources}</Sources></Project>\n"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("project.qde", _DAY), project)
        for text in texts:
            archive.writestr(zipfile.ZipInfo(f"sources/{_guid('source', text.name)}.txt", _DAY), text.text)
    return out.getvalue()


def _source(text: CodedText) -> str:
    guid = _guid("source", text.name)
    notes = []
    for k, note in enumerate(text.notes):
        own = _guid(text.name, f"selection {k}")
        kept = " ".join(f"[{_KEPT}{key}={value}]" for key, value in note.kept.items())
        codings = "".join(
            f'<Coding guid="{_guid(own, code)}"><CodeRef targetGUID="{_guid("code", code)}"/></Coding>'
            for code in (note.codes or ("claim",))
        )
        notes.append(
            f'<PlainTextSelection guid="{own}" name={quoteattr(note.kept.get("name", ""))} '
            f'startPosition="{note.start}" endPosition="{note.stop}">'
            f"<Description>{escape(f'{note.says} {kept}')}</Description>{codings}</PlainTextSelection>"
        )
    return (
        f'<TextSource guid="{guid}" name={quoteattr(text.name)} plainTextPath="internal://{guid}.txt">'
        f"{''.join(notes)}</TextSource>"
    )


def _guid(*parts: str) -> str:
    return str(uuid.uuid5(_SPACE, "\x00".join(parts))).upper()


def import_project(path: Path, asked: Asked) -> Imported:
    """A .qdpx project as claims: every coded passage of a text.

    Raises:
        StudyError: It is no such project, or a passage leaves its text.
    """
    try:
        archive = Zip(read_bytes(path))
        name = next((name for name in archive.names if name.lower().endswith(".qde")), None)
        if name is None:
            raise ValueError("line 1: the archive holds no project.qde")
        root = parse_xml(archive.read(name))
        codes = {code.get("guid"): code.get("name") or "" for code in root.iter("{*}Code")}
        texts: dict[str, str] = {}
        notes: list[Note] = []
        for source in root.iter("{*}TextSource"):
            text = _text(archive, source)
            if text is not None:
                title = source.get("name") or "text"
                texts[title] = text
                notes += [_note(node, title, text, codes) for node in source.iter("{*}PlainTextSelection")]
    except ValueError as error:
        raise refused(path, str(error)) from None
    if not notes:
        raise refused(path, "line 1: the project codes no passage of a text")
    return study_of_notes(path.stem, path, notes, texts, sources=asked.sources)


def _text(archive: Zip, source: Any) -> str | None:
    inner = source.find("{*}PlainTextContent")
    if inner is not None:
        return inner.text or ""
    where = source.get("plainTextPath") or ""
    wanted = where.removeprefix("internal://").lower()
    name = next((n for n in archive.names if n.lower().endswith(wanted) and wanted), None)
    return archive.read(name).decode("utf-8-sig", "replace").replace("\r\n", "\n") if name else None


def _note(node: Any, title: str, text: str, codes: dict[str | None, str]) -> Note:
    ends = [node.get(key) or "" for key in ("startPosition", "endPosition")]
    if not all(end.isdecimal() and len(end) < 10 for end in ends) or not 0 <= int(ends[0]) <= int(ends[1]) <= len(text):
        raise ValueError(f"line {node.sourceline}: a passage leaves `{title}`, which has {len(text):,} characters")
    start, stop = map(int, ends)
    description = node.find("{*}Description")
    words = words_in(description) if description is not None else ""
    says, *kept = words.split(f"[{_KEPT}")
    pairs = (part.strip().removesuffix("]").partition("=") for part in kept)
    own = [codes.get(ref.get("targetGUID"), "") for ref in node.iter("{*}CodeRef")]
    return Note(
        title, text[start:stop], text[max(0, start - _CONTEXT) : start], text[stop : stop + _CONTEXT],
        says=says.strip(),
        codes=tuple(code for code in own if code and code != "claim"), line=node.sourceline or 1,
        kept={key: value for key, _, value in pairs},
    )  # fmt: skip
