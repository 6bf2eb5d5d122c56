"""Notes on passages, between the forms of other tools and claims: found in the documents by their words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from standoff.base.files import whole_file
from standoff.base.problems import Problem, StudyError
from standoff.evidence.anchors.anchors import fingerprint_document, fingerprint_passage, index_document
from standoff.evidence.claims import CERTAINTIES, Claim, Ledger, Stance
from standoff.evidence.reading.blocks import Metadata
from standoff.evidence.reading.documents import Document, read_document, read_document_text
from standoff.evidence.reading.passages import Address, parse_address, sentences
from standoff.exchange.imported import Imported, quoted
from standoff.exchange.names import Names
from standoff.language.text.files import CLAIMS_FILE, STUDY_FILE

__all__ = ["CodedText", "Note", "Passages", "coded_texts", "study_of_notes"]

_CONTEXT = 40  # characters before and after a quotation
_MOST_NOTES = 20_000
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,59}")


@dataclass(frozen=True, slots=True)
class Note:
    """A note on a passage.

    Attributes:
        document: What the tool calls the document.
        quote, before, after: The passage's words, and those around it as far as they are known.
        says: What the note says.
        codes: Its codes or tags.
        line: Where it stands in the tool's file.
        kept: A claim's own fields, where the tool's file has them: name, passage, stance, certainty.
        start, stop: Where it stands in the text that goes with it, in characters.
    """

    document: str
    quote: str
    before: str = ""
    after: str = ""
    says: str = ""
    codes: tuple[str, ...] = ()
    line: int = 1
    kept: Mapping[str, str] = field(default_factory=dict)
    start: int = 0
    stop: int = 0


@dataclass(frozen=True, slots=True)
class CodedText:
    """A document with its notes: the text of its body, paragraphs apart by an empty line."""

    name: str
    metadata: Metadata
    text: str
    notes: tuple[Note, ...]


class Passages:
    """A document's body as one text, and where each sentence stands in it."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.index = index_document(document)
        starts: dict[int, int] = {}
        parts: list[str] = []
        size = 0
        for block in document.body:
            assert block.paragraph is not None
            starts[block.paragraph] = size
            parts.append(block.text)
            size += len(block.text) + 2
        self.text = "\n\n".join(parts)
        self.places: list[tuple[int, int, Address]] = []
        at, paragraph = 0, 0
        for passage in sentences(document):
            assert passage.address is not None
            if passage.address.paragraph != paragraph:
                paragraph = passage.address.paragraph
                at = starts[paragraph]
            start = max(self.text.find(passage.text, at), at)
            at = start + len(passage.text)
            self.places.append((start, at, passage.address))

    def span(self, address: Address) -> tuple[int, int] | None:
        """Where a passage stands in the text; None where there is none."""
        own = [(a, b) for a, b, place in self.places if place.paragraph == address.paragraph and (
            address.first is None or address.first <= (place.first or 0) <= (address.last or address.first)
        )]  # fmt: skip
        return (own[0][0], own[-1][1]) if own else None

    def address(self, start: int, stop: int) -> Address | None:
        """The sentences that a span touches, those of its first paragraph; the whole of one is its paragraph."""
        touched = [place for a, b, place in self.places if a < stop and start < b]
        if not touched:
            return None
        paragraph = touched[0].paragraph
        own = [place.first or 0 for place in touched if place.paragraph == paragraph]
        size = sum(place.paragraph == paragraph for _, _, place in self.places)
        if len(own) == size and size > 1:
            return Address(paragraph)
        return Address(paragraph, own[0], own[-1])

    def find(self, note: Note) -> tuple[int, int] | None:
        """Where a note's words stand: of several places the one whose surroundings agree most."""
        words = note.quote.split()
        if not words:
            return None
        pattern = re.compile(r"\s+".join(map(re.escape, words)))
        found = [match.span() for _, match in zip(range(1_000), pattern.finditer(self.text), strict=False)]
        return max(found, key=lambda span: self._agreement(span, note), default=None)

    def _agreement(self, span: tuple[int, int], note: Note) -> int:
        before = "".join(self.text[max(0, span[0] - 2 * _CONTEXT) : span[0]].split())[::-1]
        after = "".join(self.text[span[1] : span[1] + 2 * _CONTEXT].split())
        said_before, said_after = "".join(note.before.split())[::-1], "".join(note.after.split())
        return _alike(before, said_before) + _alike(after, said_after)


def _alike(a: str, b: str) -> int:
    n = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        n += 1
    return n


@dataclass(frozen=True, slots=True)
class _At:
    document: str
    address: Address
    passages: Passages


def coded_texts(ledger: Ledger, documents: Mapping[str, Document]) -> tuple[CodedText, ...]:
    """Claims as notes on the texts of their documents; documents that are not at hand are left out."""
    found = []
    for entry in ledger.documents:
        document = documents.get(entry.name)
        if document is None:
            continue
        passages = Passages(document)
        notes = [note for claim in ledger.of(entry.name) if (note := _note(claim, passages)) is not None]
        found.append(CodedText(entry.name, entry.metadata, passages.text, tuple(notes)))
    return tuple(found)


def _note(claim: Claim, passages: Passages) -> Note | None:
    span = passages.span(claim.passage)
    if span is None:
        return None
    start, stop = span
    kept = {"name": claim.name, "passage": str(claim.passage), "stance": claim.stance, "certainty": claim.certainty}
    text = passages.text
    return Note(
        claim.document, text[start:stop], text[max(0, start - _CONTEXT) : start], text[stop : stop + _CONTEXT],
        says=claim.says, codes=tuple(name.text for name in claim.bears_on), line=1, kept=kept, start=start, stop=stop,
    )  # fmt: skip


def study_of_notes(
    title: str, path: Path, notes: Sequence[Note], texts: Mapping[str, str], *, sources: Path | None
) -> Imported:
    """Notes as claims of a new study, each at the passage that holds its words.

    Args:
        title: Of the study.
        path: The tool's file, for messages.
        notes: What it holds.
        texts: The documents' texts as the tool's file has them, by its names.
        sources: Where the documents are; where they are not at hand, the tool's texts stand for them.

    Raises:
        StudyError: No note can be found in a document.
    """
    if len(notes) > _MOST_NOTES:
        message = f"`{path.name}` holds {len(notes):,} notes, and at most {_MOST_NOTES:,} are read"
        raise StudyError([Problem("too-many", whole_file(path.name), message)])
    at_hand = _at_hand(sources)
    own = {name: Passages(document) for name, text in texts.items() if (document := _as_document(text, name)).body}
    names, documents, codes = Names("claim"), Names("document"), Names("code")
    entries: dict[str, Passages] = {}
    lines: list[str] = []
    lost: list[str] = []
    for k, note in enumerate(notes):
        found = _find(note, at_hand, own)
        if found is None:
            lost.append(f"line {note.line}: {note.quote[:40]!r} stands in no document that is at hand")
            continue
        passages, span = found
        address = _address(note, passages, span)
        if address is None:
            lost.append(f"line {note.line}: {note.quote[:40]!r} touches no sentence")
            continue
        name = documents.of(id(passages), note.document or passages.document.path)
        entries[name] = passages
        lines += _claim(note, k, _At(name, address, passages), names, codes=codes)
    if not lines:
        advice = "give --sources, the folder of the documents" if sources is None else None
        message = f"none of the {len(notes)} notes in `{path.name}` can be found in a document"
        raise StudyError([Problem("document-unknown", whole_file(path.name), message, advice)])
    head = ["standoff: 1", "documents:"]
    for name, passages in entries.items():
        head += _document(name, passages)
    files = {CLAIMS_FILE: "\n".join([*head, "claims:", *lines]) + "\n", STUDY_FILE: _study(title, codes.given.values())}
    told = [
        f"{len(notes) - len(lost)} of {len(notes)} notes became claims; their stance and certainty are to be judged"
    ]
    return Imported(files, (*told, *lost[:50], *([f"and {len(lost) - 50} more"] if len(lost) > 50 else [])))


def _as_document(text: str, name: str) -> Document:
    return read_document_text(text, name)


def _at_hand(sources: Path | None) -> list[Passages]:
    found = []
    for path in sorted(sources.iterdir())[:1_000] if sources is not None and sources.is_dir() else ():
        if path.is_file() and not path.name.startswith("."):
            try:
                found.append(Passages(read_document(path)))
            except StudyError:
                continue
    return found


def _find(
    note: Note, at_hand: Iterable[Passages], own: Mapping[str, Passages]
) -> tuple[Passages, tuple[int, int]] | None:
    for passages in (*at_hand, *([own[note.document]] if note.document in own else [])):
        span = passages.find(note)
        if span is not None:
            return passages, span
    return None


def _address(note: Note, passages: Passages, span: tuple[int, int]) -> Address | None:
    """The passage of a span; as the note says it where it says the same."""
    try:
        said = parse_address(note.kept.get("passage", ""))
    except ValueError:
        said = None
    return said if said is not None and passages.span(said) == span else passages.address(*span)


def _claim(note: Note, k: int, at: _At, names: Names, *, codes: Names) -> list[str]:
    document, address, passages = at.document, at.address, at.passages
    written = note.kept.get("name", "")
    name = (
        written if _NAME.fullmatch(written) and written not in names.given.values() else names.fresh(f"claim_{k + 1}")
    )
    names.given[k] = name
    stance = note.kept.get("stance", "")
    certainty = note.kept.get("certainty", "")
    bears = [codes.of(code, code) for code in dict.fromkeys(note.codes)]
    says = " ".join(note.says.split()) or f"is coded as {', '.join(note.codes) or 'noteworthy'}"
    lines = [
        f"  {name}:", f"    document: {document}", f"    passage: {address}",
        f"    anchor: {fingerprint_passage(passages.index, address)}", f"    says: {quoted(says[:2_000])}",
        f"    stance: {stance if stance in get_args(Stance) else 'asserts'}",
    ]  # fmt: skip
    if certainty in CERTAINTIES and certainty != "unstated":
        lines.append(f"    certainty: {certainty}")
    if bears:
        lines.append(f"    bears_on: [{', '.join(bears)}]")
    return lines


def _document(name: str, passages: Passages) -> list[str]:
    metadata = passages.document.metadata
    lines = [f"  {name}:", f"    title: {quoted(metadata.title or name)}"]
    for key in ("author", "publisher", "date", "url", "language"):
        if value := getattr(metadata, key):
            lines.append(f"    {key}: {value if key == 'date' else quoted(value)}")
    return [*lines, f"    fingerprint: {fingerprint_document(passages.index)}"]


def _study(title: str, codes: Iterable[str]) -> str:
    lines = [
        "standoff: 1", f"title: {quoted(title)}", f"question: {quoted('What do the documents say?')}",
        "decider: modeller", "clock: {start: 2000-01, step: month, steps: 12}",
        "actors: {modeller: {name: Modeller, about: stands here until the study has actors}}",
        "choices: {modeller: [as_imported, to_be_written]}",
        "strategies: {modeller: {as_imported: {choose: as_imported}}}", 'payoffs: {modeller: {final: "0"}}',
        'outcomes: {in_the_end: {measure: "final(step)", better: higher}}',
    ]  # fmt: skip
    codes = list(codes)
    if codes:
        lines.append("constants:")
        lines += [
            f"  {code}: {{value: 0, judgement: a code of the notes; the model does not have it yet}}" for code in codes
        ]
    return "\n".join(lines) + "\n"
