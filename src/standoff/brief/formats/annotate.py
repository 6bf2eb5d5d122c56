"""A page for each document at hand: its text, its claims in the margin, and what looks like a claim and has none.

The pages hold other people's text. They are written for the reader's own disk, and never into a study.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from standoff.analysis.documents.documents import Agreement, ClaimFinding, Tested
from standoff.analysis.documents.gaps import uncovered
from standoff.brief.pictures.drawing.marks import MARKS, Mark, mark_styles
from standoff.ensemble.storing.store import atomic_write
from standoff.evidence.candidates import is_covered
from standoff.evidence.reading.passages import Passage, sentences
from standoff.evidence.sources import AnchorRow, SourceRow, Sources
from standoff.language.model import Model
from standoff.words.sections.documents import anchor_words
from standoff.words.sentences.evidence import effect_words, separated, tested_how

__all__ = ["render_annotated", "write_annotated"]


@dataclass(frozen=True, slots=True)
class Note:
    """A claim in the margin: its number on the page, its mark, what it says, how it was tested, where it stands."""

    number: int
    claim: ClaimFinding
    mark: Mark
    tests: tuple[str, ...]
    place: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with the claims on it; `signs` tell why it looks like a claim, where it has none."""

    address: str
    text: str
    notes: tuple[Note, ...]
    signs: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph with the notes that begin in it, or a heading."""

    number: int | None
    sentences: tuple[Sentence, ...]
    notes: tuple[Note, ...]
    heading: str = ""


def write_annotated(model: Model, found: Agreement, at_hand: Sources, folder: Path) -> tuple[Path, ...]:
    """Write a page for each document at hand.

    Args:
        model: The study's model.
        found: What it makes of the claims.
        at_hand: The documents, with the places of the claims.
        folder: Made where it is missing; not inside the study, which the caller has seen to.
    """
    pages = []
    for row in at_hand.rows:
        if row.document is not None:
            path = folder / f"{row.name}.html"
            atomic_write(path, render_annotated(model, found, at_hand, row).encode())
            pages.append(path)
    return tuple(pages)


def render_annotated(model: Model, found: Agreement, at_hand: Sources, row: SourceRow) -> str:
    """One document's page, as a self-contained file."""
    assert row.document is not None
    grey = {
        one.passage: ", ".join((*one.actors, *one.signs))
        for one in uncovered(model, at_hand)
        if one.document == row.name
    }
    notes = [_note(i, found.claim(anchor.claim), anchor) for i, anchor in enumerate(row.anchors, 1)]
    placed = [(note, anchor) for note, anchor in zip(notes, row.anchors, strict=True) if anchor.now is not None]
    page: dict[str, Any] = {
        "study": model.title,
        "said": row.metadata,
        "name": row.name,
        "file": row.path.name if row.path is not None else "",
        "paragraphs": _paragraphs(row, placed, grey),
        "lost": [note for note, anchor in zip(notes, row.anchors, strict=True) if anchor.now is None],
        "counts": [(answer, MARKS[answer], n) for answer, n in _counts(notes) if n],
        "grey": len(grey),
        "method": tested_how(found),
        "aside": [(block.kind, block.text) for block in row.document.blocks if block.paragraph is None and block.text],
    }
    loader = PackageLoader("standoff.brief", "templates")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("annotate.html.j2").render(styles=Markup(mark_styles()), **page)


def _paragraphs(row: SourceRow, placed: Sequence[tuple[Note, AnchorRow]], grey: dict[str, str]) -> list[Paragraph]:
    assert row.document is not None
    by_paragraph: dict[int, list[Passage]] = {}
    for passage in sentences(row.document):
        assert passage.address is not None
        by_paragraph.setdefault(passage.address.paragraph, []).append(passage)
    found = []
    for block in row.document.blocks:
        if block.paragraph is not None:
            own = tuple(note for note, anchor in placed if anchor.now and anchor.now.paragraph == block.paragraph)
            told = tuple(_sentence(one, placed, grey) for one in by_paragraph.get(block.paragraph, []))
            found.append(Paragraph(block.paragraph, told, own))
        elif block.kind == "heading":
            found.append(Paragraph(None, (), (), block.text))
    return found


def _sentence(passage: Passage, placed: Sequence[tuple[Note, AnchorRow]], grey: dict[str, str]) -> Sentence:
    address = passage.address
    assert address is not None
    on_it = [(note, anchor.now) for note, anchor in placed if anchor.now and is_covered(address, (anchor.now,))]
    on_it.sort(key=lambda pair: pair[1].first is None)  # what is said of the sentence before what is of its paragraph
    return Sentence(str(address), passage.text, tuple(note for note, _ in on_it), grey.get(str(address), ""))


def _note(number: int, claim: ClaimFinding, anchor: AnchorRow) -> Note:
    state = anchor_words(anchor)
    return Note(number, claim, MARKS[claim.answer], tuple(map(_tested, claim.tests)), place=state)


def _tested(test: Tested) -> str:
    parts = (f"{test.says}: {test.answer}", effect_words(test) if test.worlds else "", separated(test))
    return "; ".join(part for part in parts if part).replace("`", "")


def _counts(notes: Sequence[Note]) -> list[tuple[Any, int]]:
    return [(answer, sum(note.claim.answer == answer for note in notes)) for answer in MARKS]
