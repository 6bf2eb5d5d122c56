"""UIMA CAS as XMI, as INCEpTION exports it: offsets count UTF-16 units, whatever the language of the text.

Reference: OASIS, Unstructured Information Management Architecture Version 1.0 (2009), XMI.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import numpy as np
import numpy.typing as npt

from standoff.base.files import whole_file
from standoff.base.problems import Problem, StudyError
from standoff.base.source import Source, Span
from standoff.base.xml import local_name, parse_xml
from standoff.base.zips import Zip
from standoff.exchange.coding.notes import CodedText, Note, study_of_notes
from standoff.exchange.imported import Asked, Imported

__all__ = ["TYPE_SYSTEM", "import_cas", "read_bytes", "refused", "write_cas"]

_MOST_BYTES = 50_000_000
_CONTEXT = 40
_XMI = "http://www.omg.org/XMI"
_FEATURES = ("label", "says", "name", "passage", "stance", "certainty")
_NO_NOTES = ("Sofa", "View", "NULL", "DocumentMetaData", "Sentence", "Token", "TagsetDescription", "TagDescription",
             "DocumentAnnotation", "Lemma", "POS")  # fmt: skip


def _type_system() -> str:
    features = "".join(
        f"<featureDescription><name>{name}</name><description/><rangeTypeName>uima.cas.String</rangeTypeName>"
        "</featureDescription>"
        for name in _FEATURES
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<typeSystemDescription '
        'xmlns="http://uima.apache.org/resourceSpecifier"><types><typeDescription><name>webanno.custom.Claim</name>'
        "<description/><supertypeName>uima.tcas.Annotation</supertypeName><features>"
        f"{features}</features></typeDescription></types></typeSystemDescription>\n"
    )


TYPE_SYSTEM = _type_system()
"""The types that `write_cas` uses, for the file TypeSystem.xml beside it."""


def write_cas(text: CodedText) -> str:
    """A document and its notes as XMI: spans of the type `webanno.custom.Claim`."""
    units = _units(text.text)
    spans, members = [], []
    for k, note in enumerate(text.notes, 3):
        members.append(str(k))
        said = {"label": ";".join(note.codes), "says": note.says, **note.kept}
        fields = " ".join(f"{name}={_attribute(said[name])}" for name in _FEATURES if said.get(name))
        spans.append(
            f'<custom:Claim xmi:id="{k}" sofa="1" begin="{units[note.start]}" end="{units[note.stop]}" {fields}/>'
        )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<xmi:XMI xmlns:xmi="{_XMI}" xmlns:cas="http:///uima/cas.ecore" '
        'xmlns:custom="http:///webanno/custom.ecore" xmlns:tcas="http:///uima/tcas.ecore" xmi:version="2.0">'
        '<cas:NULL xmi:id="0"/>' + "\n".join(spans) + '\n<cas:Sofa xmi:id="1" sofaNum="1" sofaID="_InitialView" '
        f'mimeType="text" sofaString={_attribute(text.text)}/><cas:View sofa="1" members="{" ".join(members)}"/>'
        "</xmi:XMI>\n"
    )


def _attribute(text: str) -> str:
    clean = "".join(c if c in "\t\n" or c >= " " else " " for c in text)
    return quoteattr(clean, {"\n": "&#10;", "\t": "&#9;"})


def _units(text: str) -> npt.NDArray[np.int64]:
    """For each character, and the end, how many UTF-16 units stand before it."""
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32)
    return np.concatenate(([0], np.cumsum(1 + (codes > 0xFFFF)))).astype(np.int64)


def import_cas(path: Path, asked: Asked) -> Imported:
    """An .xmi file, or a .zip of INCEpTION with one, as claims.

    Raises:
        StudyError: It is no such file, or an offset lies outside the text.
    """
    data = read_bytes(path)
    try:
        if data.startswith(b"PK"):
            archive = Zip(data)
            name = next((name for name in archive.names if name.endswith(".xmi")), None)
            if name is None:
                raise ValueError("line 1: the archive holds no .xmi file")
            data = archive.read(name)
        root = parse_xml(data)
    except ValueError as error:
        raise refused(path, str(error)) from None
    texts = {node.get(f"{{{_XMI}}}id"): node.get("sofaString") for node in root.iter("{*}Sofa")}
    if not any(texts.values()):
        raise refused(path, "line 1: it is no UIMA CAS in XMI with a text")
    shared = {node.get(f"{{{_XMI}}}id"): node for node in root}
    notes = []
    units = {key: _units(text or "") for key, text in texts.items()}
    for node in root:
        text, places = texts.get(node.get("sofa")), units.get(node.get("sofa"))
        if local_name(node) in _NO_NOTES or node.get("begin") is None or text is None or places is None:
            continue
        start, stop = (_character(places, _whole(node.get(key))) for key in ("begin", "end"))
        if start is None or stop is None or stop < start:
            raise refused(path, f"line {node.sourceline}: a span leaves the text, which has {places[-1]:,} units")
        if start < stop:
            notes.append(_note(path, node, text, (start, stop), shared=shared))
    if not notes:
        raise refused(path, "line 1: it holds no spans but words and sentences")
    own = "\n\n".join(text for text in texts.values() if text)
    return study_of_notes(path.stem, path, notes, {path.stem: own}, sources=asked.sources)


def _note(path: Path, node: Any, text: str, span: tuple[int, int], *, shared: dict[str, Any]) -> Note:
    start, stop = span
    skipped = {f"{{{_XMI}}}id", "sofa", "begin", "end"}
    said = {key: value for key, value in node.attrib.items() if key not in skipped and value not in shared}
    says = said.pop("says", "") or said.pop("comment", "")
    kept = {key: said.pop(key) for key in ("name", "passage", "stance", "certainty") if key in said}
    codes = [c for key in ("label", "value", "code") for c in said.pop(key, "").split(";") if c] or list(said.values())
    return Note(
        path.stem, text[start:stop], text[max(0, start - _CONTEXT) : start], text[stop : stop + _CONTEXT], says=says,
        codes=tuple(codes), line=node.sourceline or 1, kept=kept,
    )  # fmt: skip


def _character(units: npt.NDArray[np.int64], at: int) -> int | None:
    """The character that begins at so many units; None where none does."""
    k = int(np.searchsorted(units, at))
    return k if k < len(units) and units[k] == at else None


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else -1


def read_bytes(path: Path) -> bytes:
    """A file's bytes, of bounded size.

    Raises:
        StudyError: It is missing, no plain file, or too large.
    """
    if not path.is_file():
        raise StudyError([Problem("file-missing", whole_file(path.name), f"there is no file `{path.name}`")])
    if path.stat().st_size > _MOST_BYTES:
        message = f"`{path.name}` has {path.stat().st_size:,} bytes, and at most {_MOST_BYTES:,} are read"
        raise StudyError([Problem("file-too-large", whole_file(path.name), message)])
    return path.read_bytes()


def refused(path: Path, message: str) -> StudyError:
    """An error at the line that a message begins with."""
    head, _, said = message.partition(": ")
    number = head.removeprefix("line ")
    is_placed = head.startswith("line ") and number.isdecimal()
    line, words = (int(number), said) if is_placed else (1, message)
    source = Source(path.name, "\n" * (line - 1) + " ")
    return StudyError([Problem("file-unreadable", Span(source, line - 1, line), words)])
