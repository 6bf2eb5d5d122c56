"""Writing fingerprints into `claims.yaml`, and nothing else: every other character stays as it was."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from standoff.base.problems import Problem, StudyError, has_errors
from standoff.evidence.anchors.anchors import Index, fingerprint_document, fingerprint_passage, index_document
from standoff.evidence.claims import Ledger, read_ledger
from standoff.evidence.sources import sources
from standoff.language.text.fields import mapping, scalar
from standoff.language.text.reader import Mapping, Scalar, parse_yaml

__all__ = ["Filled", "fill_anchors"]


@dataclass(frozen=True, slots=True)
class Filled:
    """What was written: names of claims and documents; and claims whose address no passage has, by name."""

    claims: tuple[str, ...]
    documents: tuple[str, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Edit:
    start: int
    stop: int
    text: str


def fill_anchors(claims_path: Path, sources_dir: Path, *, renew: bool = False) -> Filled:
    """Write the fingerprints of all passages at hand into a file of claims, in place and all at once.

    The passage is the one that stands at the claim's address now, so look at the passages first.

    Args:
        claims_path: The file.
        sources_dir: The folder of documents.
        renew: Whether to replace fingerprints that are there already.

    Raises:
        StudyError: The file of claims has errors; then nothing is written.
    """
    ledger, problems = read_ledger(claims_path)
    if ledger is None or has_errors(problems):
        raise StudyError(problems)
    indices = {
        row.name: index_document(row.document) for row in sources(ledger, sources_dir).rows if row.document is not None
    }
    root, _ = parse_yaml(ledger.source)
    documents = _document_edits(ledger, mapping(root, "documents"), indices, renew)
    claims, missing = _claim_edits(ledger, mapping(root, "claims"), indices, renew)
    text = ledger.source.text
    for edit in sorted((*documents.values(), *claims.values()), key=lambda edit: -edit.start):
        text = text[: edit.start] + edit.text + text[edit.stop :]
    if documents or claims:
        _write(claims_path, text)
    return Filled(tuple(claims), tuple(documents), tuple(missing))


def _document_edits(ledger: Ledger, root: Mapping, indices: dict[str, Index], renew: bool) -> dict[str, _Edit]:
    edits: dict[str, _Edit] = {}
    for entry in ledger.documents:
        node = root.get(entry.name)
        if entry.name not in indices or not isinstance(node, Mapping) or (entry.fingerprint and not renew):
            continue
        written = str(fingerprint_document(indices[entry.name]))
        if (edit := _edit(node, "fingerprint", "title", written)) is not None:
            edits[entry.name] = edit
    return edits


def _claim_edits(
    ledger: Ledger, root: Mapping, indices: dict[str, Index], renew: bool
) -> tuple[dict[str, _Edit], list[Problem]]:
    edits: dict[str, _Edit] = {}
    missing: list[Problem] = []
    for claim in ledger.claims:
        node = root.get(claim.name)
        if claim.document not in indices or not isinstance(node, Mapping) or (claim.anchor and not renew):
            continue
        fingerprint = fingerprint_passage(indices[claim.document], claim.passage)
        passage = scalar(node, "passage")
        if fingerprint is None:
            message = f"`{claim.document}` has no passage `{claim.passage}`"
            span = claim.span if passage is None else passage.span
            missing.append(Problem("bad-address", span, message, "see `standoff passages FILE`"))
        elif (edit := _edit(node, "anchor", "passage", str(fingerprint))) is not None:
            edits[claim.name] = edit
    return edits, missing


def _edit(node: Mapping, key: str, after: str, written: str) -> _Edit | None:
    """Replace the value of a key, or add the key behind another one; None where it says so already."""
    there = node.get(key)
    if isinstance(there, Scalar):
        return None if there.text == written else _Edit(there.span.start, there.span.stop, written)
    name, value = node.key(after), node.get(after)
    if name is None or value is None:
        return None
    text = value.span.source.text
    if text[node.span.start] == "{":
        return _Edit(value.span.stop, value.span.stop, f", {key}: {written}")
    end = text.find("\n", value.span.stop)
    end = len(text) if end < 0 else end
    return _Edit(end, end, f"\n{' ' * (name.span.column - 1)}{key}: {written}")


def _write(path: Path, text: str) -> None:
    """Replace a file at once, with the line ends and the byte-order mark it had."""
    before = path.read_bytes()
    if b"\r\n" in before:
        text = text.replace("\n", "\r\n")
    mark = b"\xef\xbb\xbf" if before.startswith(b"\xef\xbb\xbf") else b""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(mark + text.encode("utf-8"))
        Path(name).chmod(path.stat().st_mode)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
