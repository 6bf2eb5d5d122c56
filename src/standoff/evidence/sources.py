"""The documents that are at hand, and where every claim's anchor is in them."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from standoff.base.files import inside
from standoff.base.problems import Problem, StudyError
from standoff.base.source import Source, Span
from standoff.evidence.anchors.anchors import AnchorState, Index, find_anchor, index_document, resemblance
from standoff.evidence.anchors.fingerprints import Fingerprint
from standoff.evidence.claims import Claim, DocumentEntry, Ledger
from standoff.evidence.reading.blocks import Metadata
from standoff.evidence.reading.documents import MOST_DOCUMENT_BYTES, Document, read_document
from standoff.evidence.reading.kinds import squeezed
from standoff.evidence.reading.passages import Address, text_at

__all__ = ["AnchorRow", "SourceRow", "Sources", "check_documents", "known_folder", "sources"]

Status = Literal["found", "moved", "changed", "lost", "unanchored"]

STATUSES: tuple[Status, ...] = ("found", "moved", "changed", "lost", "unanchored")
_SOURCES = "STANDOFF_SOURCES"
_LEAST_RESEMBLANCE = 0.4
_MOST_FILES = 1_000


@dataclass(frozen=True, slots=True)
class AnchorRow:
    """One claim's passage in the document as it is now.

    `unanchored`: the claim has an address and no fingerprint, so `text` is what stands there, unverified.
    """

    claim: str
    status: Status
    was: Address
    now: Address | None
    confidence: float
    text: str | None


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One document: its metadata (the study's word first, gaps filled from the file), its file, its anchors."""

    name: str
    metadata: Metadata
    path: Path | None
    document: Document | None
    anchors: tuple[AnchorRow, ...] = ()

    @property
    def is_at_hand(self) -> bool:
        """Whether the text could be read."""
        return self.document is not None


@dataclass(frozen=True, slots=True)
class Sources:
    """All documents of a study; `problems` says of each file that belongs to one why it could not be read."""

    rows: tuple[SourceRow, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def totals(self) -> dict[Status, int]:
        """How many anchors are in each state; all of one document that is not at hand count in none."""
        counts = Counter(anchor.status for row in self.rows for anchor in row.anchors)
        return {status: counts[status] for status in STATUSES}

    def passage(self, claim: str) -> AnchorRow | None:
        """A claim's passage, where its document is at hand."""
        return next((anchor for row in self.rows for anchor in row.anchors if anchor.claim == claim), None)


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    document: Document
    index: Index


def sources(ledger: Ledger, folder: Path | None) -> Sources:
    """Match a study's documents with the files of a folder, and find every claim's passage.

    A document's file is the one it names, else the one whose text is most like its fingerprint, else the one
    that has its title.

    Args:
        ledger: The study's documents and claims.
        folder: Where the documents' texts are; None, or a folder that is not there, where none are at hand.
    """
    if folder is None or not folder.is_dir():
        return Sources(tuple(SourceRow(entry.name, entry.metadata, None, None) for entry in ledger.documents))
    problems: list[Problem] = []
    named = {entry.name: _named(entry, folder, problems) for entry in ledger.documents if entry.file is not None}
    taken = {file.path for file in named.values() if file is not None}
    others = [] if len(named) == len(ledger.documents) else _others(folder, taken)
    rows: list[SourceRow] = []
    for entry in ledger.documents:
        file = named[entry.name] if entry.name in named else _best(entry, others)
        if file is None:
            rows.append(SourceRow(entry.name, entry.metadata, None, None))
            continue
        anchors = tuple(_anchor(claim, file) for claim in ledger.of(entry.name))
        metadata = entry.metadata.filled(file.document.metadata)
        rows.append(SourceRow(entry.name, metadata, file.path, file.document, anchors=anchors))
    return Sources(tuple(rows), tuple(problems))


def known_folder(study: Path) -> Path | None:
    """Where a study's documents are: `sources` in its folder, else what `STANDOFF_SOURCES` says; None if neither is.

    Raises:
        ValueError: `STANDOFF_SOURCES` names no folder.
    """
    own = study / "sources"
    if own.is_dir():
        return own
    said = os.environ.get(_SOURCES)
    if not said:
        return None
    if not Path(said).is_dir():
        raise ValueError(f"{_SOURCES} says that the documents are in `{said}`, and there is no such folder")
    return Path(said)


def check_documents(ledger: Ledger, folder: Path | None) -> tuple[Problem, ...]:
    """What is wrong with the documents that are at hand, and the passages without a fingerprint that they lack."""
    found = sources(ledger, folder)
    lost = {anchor.claim: row for row in found.rows for anchor in row.anchors if anchor.status == "lost"}
    return (*found.problems, *(_beyond(claim, lost[claim.name]) for claim in ledger.claims
                               if claim.name in lost and claim.anchor is None))  # fmt: skip


def _beyond(claim: Claim, row: SourceRow) -> Problem:
    assert row.document is not None
    message = f"`{row.name}` has no passage `{claim.passage}`: its text ends with paragraph {len(row.document.body)}"
    return Problem("bad-address", claim.span, message, "see `standoff passages FILE`")


def _named(entry: DocumentEntry, folder: Path, problems: list[Problem]) -> _File | None:
    assert entry.file is not None
    try:
        path = inside(folder, entry.file.text, entry.file.span)
        if not path.exists():
            return None
        document = read_document(path, entry.file.text, entry.file.span, entry.metadata.language)
    except StudyError as error:
        problems += error.problems
        return None
    problems += document.problems
    return _File(path, document, index_document(document))


def _others(folder: Path, taken: set[Path]) -> list[_File]:
    """Whatever else can be read; what cannot belongs to no document of the study, as far as can be told."""
    files: list[_File] = []
    for path in sorted(folder.iterdir())[:_MOST_FILES]:
        is_candidate = path.is_file() and not path.name.startswith(".") and path not in taken
        if not is_candidate or path.stat().st_size > MOST_DOCUMENT_BYTES:
            continue
        try:
            document = read_document(path, path.name, Span(Source(path.name, ""), 0, 0))
        except StudyError:
            continue
        files.append(_File(path, document, index_document(document)))
    return files


def _best(entry: DocumentEntry, files: list[_File]) -> _File | None:
    found = _alike(entry.fingerprint, files)
    if found is None:
        title = squeezed(entry.metadata.title or "")
        found = next((f for f in files if title and squeezed(f.document.metadata.title or "") == title), None)
    said = entry.metadata.language
    if found is None or not said or found.document.language == said[:2].lower():
        return found
    document = replace(found.document, stated=said)
    return _File(found.path, document, index_document(document))


def _alike(fingerprint: Fingerprint | None, files: list[_File]) -> _File | None:
    if fingerprint is None or not files:
        return None
    alike = max(files, key=lambda file: resemblance(fingerprint, file.index))
    return alike if resemblance(fingerprint, alike.index) >= _LEAST_RESEMBLANCE else None


def _anchor(claim: Claim, file: _File) -> AnchorRow:
    if claim.anchor is None:
        text = text_at(file.document, claim.passage)
        status: Status = "lost" if text is None else "unanchored"
        return AnchorRow(
            claim.name, status, claim.passage, claim.passage if text is not None else None, confidence=0.0, text=text
        )
    state: AnchorState = find_anchor(file.index, claim.passage, claim.anchor)
    return AnchorRow(
        claim.name, state.state, claim.passage, state.address, confidence=state.confidence, text=state.text
    )
