"""Tasks that read documents and runs: passages and candidates, a claim to be written, two runs compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from standoff.analysis.documents.gaps import uncovered
from standoff.editing.citing import cited
from standoff.editing.problems import check_texts
from standoff.editing.tying import Tie, Titled, tied
from standoff.ensemble.study import open_run
from standoff.evidence.anchors.anchors import fingerprint_document, fingerprint_passage, index_document
from standoff.evidence.candidates import is_covered
from standoff.evidence.claims import ledger_of
from standoff.evidence.reading.documents import read_document
from standoff.evidence.reading.passages import parse_address, sentences
from standoff.evidence.sources import SourceRow, Sources, known_folder
from standoff.evidence.sources import sources as look
from standoff.language.load import load_model
from standoff.language.model import Model
from standoff.language.shape.claims import CERTAINTIES, Stance
from standoff.language.text.files import CLAIMS_FILE, STUDY_FILE
from standoff.questions.answer import answer_run
from standoff.questions.kept import kept_findings
from standoff.questions.question import Unanswered
from standoff.questions.runs import changes_to
from standoff.words.mathematics import equations_text
from standoff.words.sentences.changes import change_sentences, state_words
from standoff.words.unanswered import unanswered_words

__all__ = [
    "CERTAINTIES", "STANCES", "Bearing", "Compared", "Listed", "Passage", "Shown", "compared",
    "documents_of", "is_document", "shown_document", "texts_with",
]  # fmt: skip

STANCES: tuple[Stance, ...] = ("asserts", "doubts", "predicts", "recommends")


@dataclass(frozen=True, slots=True)
class Listed:
    """A document of a study, or one at hand that the study does not list yet.

    Attributes:
        name: As the study lists it; empty where it does not.
        title, file: What it is called, and its file's name; the file is empty where it is not at hand.
        claims: How many rest on it.
        states: Of their passages, in words.
    """

    name: str
    title: str
    file: str
    claims: int
    states: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence: `looks` says why it looks like a claim and has none; `claims` are those that rest on it."""

    address: str
    text: str
    looks: str
    claims: tuple[str, ...]
    begins: bool


@dataclass(frozen=True, slots=True)
class Bearing:
    """What a claim may bear on: a name of the study, and its equation where it has one."""

    name: str
    equation: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A document to be marked: what it is called, its sentences, and what claims may bear on."""

    name: str
    title: str
    passages: tuple[Passage, ...]
    bearings: tuple[Bearing, ...]
    suggested: str


@dataclass(frozen=True, slots=True)
class Compared:
    """Two runs side by side: what changed, in sentences, and each changed thing before and after."""

    sentences: tuple[str, ...]
    changes: tuple[tuple[str, str, str], ...]


def is_document(path: Path) -> str:
    """The title of a file that can be read as a document, or the file's name.

    Raises:
        StudyError: It cannot be.
    """
    return read_document(path).metadata.title or path.name


def documents_of(study: str, dropped: Path) -> tuple[Listed, ...]:
    """The documents of a study and, after them, the files at hand that it does not list."""
    model = load_model(study)
    rows = _at_hand(model, dropped).rows
    found = []
    for row in rows:
        counts: dict[str, int] = {}
        for anchor in row.anchors:
            counts[anchor.status] = counts.get(anchor.status, 0) + 1
        states = ", ".join(f"{n} {status}" for status, n in counts.items())
        n = len(ledger_of(model.written.files).of(row.name))
        found.append(
            Listed(row.name, row.metadata.title or row.name, row.path.name if row.path else "", n, states=states)
        )
    taken = {row.path.name for row in rows if row.path is not None and row.path.parent == dropped}
    for path in _files(dropped):
        if path.name not in taken:
            found.append(Listed("", is_document(path), path.name, 0, states=""))
    return tuple(found)


def shown_document(study: str, dropped: Path, file: str) -> Shown:
    """A document at hand with its candidates.

    Raises:
        ValueError: There is no such file.
    """
    model = load_model(study)
    row = _row(model, dropped, file)
    assert row.document is not None
    looks = {
        one.passage: ", ".join((*one.actors, *one.signs))
        for one in uncovered(model, Sources((row,)))
    }  # fmt: skip
    passages, last = [], None
    for one in sentences(row.document):
        if one.address is None:
            continue
        address = str(one.address)
        claims = tuple(
            anchor.claim for anchor in row.anchors
            if anchor.now is not None and is_covered(one.address, (anchor.now,))
        )  # fmt: skip
        passages.append(
            Passage(address, one.text, looks.get(address, ""), claims, begins=one.address.paragraph != last)
        )
        last = one.address.paragraph
    named = {name.split(" ")[0]: f"{name} = {right}" for name, right in reversed(tuple(equations_text(model)))}
    names = [
        *(thing.name for group in (model.uncertain, model.stocks, model.quantities, model.events, model.modes)
          for thing in group),
        *(mechanism.name for mechanism in model.mechanisms),
    ]  # fmt: skip
    bearings = tuple(Bearing(name, named.get(name, "")) for name in dict.fromkeys(names))
    return Shown(row.name, row.metadata.title or file, tuple(passages), bearings, suggested=_suggested(file))


def texts_with(study: str, dropped: Path, file: str, tie: Tie, *, texts: Mapping[str, str]) -> dict[str, str]:
    """The study's texts that change with a claim more: `claims.yaml`, and `study.yaml` where something in it cites it.

    Args:
        study: Its folder.
        dropped: Where its documents are.
        file: The document; it is listed too, where it was not.
        tie: The claim.
        texts: The text of `claims.yaml`, and that of `study.yaml` where the claim is to be cited in it.

    Raises:
        ValueError: The claim cannot be written; the message says why.
    """
    model = load_model(study)
    row = _row(model, dropped, file)
    assert row.document is not None
    index = index_document(row.document)
    anchor = fingerprint_passage(index, parse_address(tie.passage))
    if anchor is None:
        raise ValueError(f"the document has no passage `{tie.passage}`")
    said = row.metadata
    document = None if row.name else Titled(
        said.title or file, said.author or "", said.date or "", said.url or "",
        fingerprint=str(fingerprint_document(index))
    )  # fmt: skip
    tie = replace(tie, anchor=str(anchor), document=row.name or tie.document)
    new = {CLAIMS_FILE: tied(texts[CLAIMS_FILE], tie, document, model)}
    citing = cited(texts[STUDY_FILE], tie.name, tie.bears_on) if STUDY_FILE in texts else ""
    if citing and citing != texts[STUDY_FILE]:
        new[STUDY_FILE] = citing
        for problem in check_texts(model.folder, new, every_variant=False).problems:
            if problem.severity == "error":
                raise ValueError(
                    f"{STUDY_FILE} would have an error with it: line {problem.span.line}: {problem.message}"
                )
    return new


def compared(before: Path, after: Path) -> Compared:
    """What changed from one kept run to another.

    Raises:
        ValueError: They cannot be compared.
    """
    later = open_run(after)
    question = changes_to(later)
    found = answer_run(open_run(before), (question,), None, kept_findings()).of(question)
    if isinstance(found, Unanswered):
        raise ValueError(unanswered_words(found.reason, found.data, later.model))
    rows = ((one.name, state_words(one.before), state_words(one.after)) for one in found.changes)
    return Compared(
        change_sentences(later.model, found),
        tuple((name, was or "not there", now or "not there") for name, was, now in rows),
    )


def _row(model: Model, dropped: Path, file: str) -> SourceRow:
    for row in _at_hand(model, dropped).rows:
        if row.path is not None and row.path.name == file:
            return row
    for path in _files(dropped):
        if path.name == file:
            document = read_document(path)
            return SourceRow("", document.metadata, path, document, anchors=())
    raise ValueError("no such document is at hand")


def _at_hand(model: Model, dropped: Path) -> Sources:
    """The study's documents: those that were dropped here, and those of its own folder of documents."""
    ledger = ledger_of(model.written.files)
    own = known_folder(model.folder)
    if own is not None and own.parent == model.folder and not own.resolve().is_relative_to(model.folder.resolve()):
        own = None  # a link out of a stranger's study
    here = look(ledger, dropped)
    there = look(ledger, own)
    rows = tuple(one if one.is_at_hand else other for one, other in zip(here.rows, there.rows, strict=True))
    return Sources(rows, (*here.problems, *there.problems))


def _files(dropped: Path) -> list[Path]:
    return sorted(path for path in dropped.iterdir() if path.is_file()) if dropped.is_dir() else []


def _suggested(file: str) -> str:
    """A name for a document that is not listed yet."""
    stem = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in Path(file).stem.lower()).strip("-")
    return stem if stem[:1].isalpha() else f"document-{stem}".strip("-")
