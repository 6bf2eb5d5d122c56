"""W3C Web Annotations as JSON-LD, and what Hypothes.is exports.

Reference: R. Sanderson, P. Ciccarese and B. Young, Web Annotation Data Model, W3C Recommendation (2017).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from standoff.base.files import read_source
from standoff.base.problems import Problem, StudyError
from standoff.base.source import Source, Span
from standoff.exchange.coding.notes import CodedText, Note, study_of_notes
from standoff.exchange.imported import Asked, Imported

__all__ = ["import_web_annotations", "write_web_annotations"]

_MOST_BYTES = 50_000_000
_CONTEXT = "http://www.w3.org/ns/anno.jsonld"
_KEPT = "standoff:"


def write_web_annotations(texts: Sequence[CodedText]) -> str:
    """Notes as a collection of Web Annotations, each with its quotation and its place."""
    items = [_annotation(text, note) for text in texts for note in text.notes]
    page = {"type": "AnnotationPage", "items": items}
    found = {"@context": _CONTEXT, "type": "AnnotationCollection", "total": len(items), "first": page}
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def _annotation(text: CodedText, note: Note) -> dict[str, Any]:
    bodies = [{"type": "TextualBody", "value": note.says, "purpose": "commenting"}]
    tags = [*note.codes, *(f"{_KEPT}{key}={value}" for key, value in note.kept.items())]
    bodies += [{"type": "TextualBody", "value": tag, "purpose": "tagging"} for tag in tags]
    return {
        "id": f"urn:standoff:{note.kept.get('name', '')}", "type": "Annotation", "body": bodies,
        "target": {
            "source": text.metadata.url or f"urn:standoff:document:{text.name}",
            "selector": [
                {"type": "TextQuoteSelector", "exact": note.quote, "prefix": note.before, "suffix": note.after},
                {"type": "TextPositionSelector", "start": note.start, "end": note.stop},
            ],
        },
        "standoff:document": text.name,
    }  # fmt: skip


def import_web_annotations(path: Path, asked: Asked) -> Imported:
    """Web Annotations as claims; they hold no texts, so that the documents must be at hand.

    Raises:
        StudyError: The file is none, or no annotation is found in a document.
    """
    source = read_source(path, path.name, most=_MOST_BYTES)
    try:
        said = json.loads(source.text)
    except json.JSONDecodeError as error:
        message = f"the file is not JSON: {error.msg}"
        raise StudyError([Problem("file-unreadable", Span(source, error.pos, error.pos + 1), message)]) from None
    except RecursionError:
        raise StudyError([Problem("file-unreadable", Span(source, 0, 1), "the file is nested too deep")]) from None
    items = list(_items(said))
    if not items:
        message = "the file holds no Web Annotations"
        raise StudyError([Problem("wrong-shape", Span(source, 0, 1), message, "export them as JSON-LD or JSON")])
    notes = [_note(item, source) for item in items]
    return study_of_notes(path.stem, path, [note for note in notes if note is not None], {}, sources=asked.sources)


def _items(said: Any) -> Iterator[dict[str, Any]]:
    """The annotations in a list, a collection with pages, or an answer of Hypothes.is."""
    if isinstance(said, list):
        yield from (item for item in said if isinstance(item, dict) and "target" in item)
    elif isinstance(said, dict):
        if "target" in said:
            yield said
        for key in ("items", "rows", "annotations", "first", "@graph"):
            if key in said:
                yield from _items(said[key])


def _note(item: dict[str, Any], source: Source) -> Note | None:
    target = _first(item["target"])
    selectors = target.get("selector") if isinstance(target, dict) else None
    quotes = [s for s in _list(selectors) if isinstance(s, dict) and isinstance(s.get("exact"), str)]
    if not isinstance(target, dict) or not quotes:
        return None
    bodies = [b for b in _list(item.get("body")) if isinstance(b, dict)]
    tags = [str(b.get("value", "")) for b in bodies if b.get("purpose") == "tagging"] + [
        str(tag) for tag in _list(item.get("tags"))
    ]
    says = [str(b.get("value", "")) for b in bodies if b.get("purpose") != "tagging"] or [str(item.get("text", ""))]
    kept = dict(tag[len(_KEPT) :].partition("=")[::2] for tag in tags if tag.startswith(_KEPT))
    quote = quotes[0]["exact"]
    at = max(source.text.find(json.dumps(quote, ensure_ascii=False)), 0)
    return Note(
        str(item.get("standoff:document") or target.get("source") or item.get("uri") or ""), quote,
        str(quotes[0].get("prefix") or ""), str(quotes[0].get("suffix") or ""), says=" ".join(says),
        codes=tuple(tag for tag in tags if not tag.startswith(_KEPT) and tag), line=source.text.count("\n", 0, at) + 1,
        kept=kept,
    )  # fmt: skip


def _list(said: Any) -> list[Any]:
    return said if isinstance(said, list) else [] if said is None else [said]


def _first(said: Any) -> Any:
    return next(iter(_list(said)), None)
