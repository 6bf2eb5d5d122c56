"""Writing a claim and its document into a text of `claims.yaml`: at the end of their sections, all else as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from standoff.base.problems import StudyError, has_errors
from standoff.base.source import Source
from standoff.editing.citing import end_of, end_of_line
from standoff.evidence.claims import check_ledger, parse_ledger
from standoff.language.model import Model
from standoff.language.text.files import CLAIMS_FILE
from standoff.language.text.reader import Mapping, parse_yaml

__all__ = ["Tie", "Titled", "tied"]

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class Titled:
    """A document that is not listed yet: what is known of it, and the fingerprint of its whole text."""

    title: str
    author: str
    date: str
    url: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Tie:
    """A claim: see `standoff.evidence.claims.Claim`; `anchor` is the passage's fingerprint as it is written."""

    name: str
    document: str
    passage: str
    anchor: str
    says: str
    stance: str
    certainty: str
    bears_on: tuple[str, ...]


def tied(text: str, claim: Tie, document: Titled | None, model: Model) -> str:
    """The text with a claim more, and its document where that is not listed yet.

    Raises:
        ValueError: The claim says nothing, its name is none or taken, or the text would have errors with it.
    """
    if not claim.says.strip():
        raise ValueError("say in your own words what the passage says")
    for name in (claim.name, claim.document):
        if not _NAME.fullmatch(name):
            raise ValueError(f"`{name}` is no name: letters, digits, - and _, a letter first")
    ledger, _ = parse_ledger(Source(CLAIMS_FILE, text)) if _says_something(text) else (None, ())
    if ledger is not None and any(one.name == claim.name for one in ledger.claims):
        raise ValueError(f"there is a claim `{claim.name}` already: choose another name")
    if document is not None:
        text = _appended(text, "documents", claim.document, list(_document_lines(document)))
    text = _appended(text, "claims", claim.name, list(_claim_lines(claim)))
    ledger, problems = parse_ledger(Source(CLAIMS_FILE, text))
    if ledger is not None:
        problems = (*problems, *check_ledger(ledger, model))
    if ledger is None or has_errors(problems):
        first = next(problem for problem in problems if problem.severity == "error")
        raise ValueError(f"{CLAIMS_FILE} would have an error with it: line {first.span.line}: {first.message}")
    return text


def _document_lines(document: Titled) -> Iterator[str]:
    yield f"title: {_quoted(document.title)}"
    for key in ("author", "date", "url"):
        value = getattr(document, key)
        if value:
            yield f"{key}: {value if key == 'date' else _quoted(value)}"
    yield f"fingerprint: {document.fingerprint}"


def _claim_lines(claim: Tie) -> Iterator[str]:
    yield f"document: {claim.document}"
    yield f"passage: {claim.passage}"
    yield f"anchor: {claim.anchor}"
    yield f"says: {_quoted(' '.join(claim.says.split()))}"
    yield f"stance: {claim.stance}"
    yield f"certainty: {claim.certainty}"
    if claim.bears_on:
        yield f"bears_on: [{', '.join(claim.bears_on)}]"


def _quoted(text: str) -> str:
    """A text as YAML: what JSON writes is read as the same."""
    return json.dumps(text, ensure_ascii=False)


def _appended(text: str, section: str, name: str, lines: list[str]) -> str:
    """A text with an entry more at the end of one of its sections."""
    try:
        root = parse_yaml(Source(CLAIMS_FILE, text))[0] if _says_something(text) else None
    except StudyError as error:
        raise ValueError(f"{CLAIMS_FILE} cannot be read: {error.problems[0].message}") from None
    node = root.get(section) if isinstance(root, Mapping) else None
    if node is None:
        before = text.rstrip("\n") + "\n\n" if text.strip() else ""
        return f"{before}{section}:\n{_entry(name, lines, 2)}\n"
    if not isinstance(node, Mapping) or not node.items:
        return text[: node.span.start].rstrip(" ") + f"\n{_entry(name, lines, 2)}" + text[node.span.stop :]
    if text[node.span.start] == "{":
        raise ValueError(
            f"the entries of `{section}` in {CLAIMS_FILE} stand in one pair of brackets: write each on lines of its own"
        )
    first = node.items[0][0]
    end = end_of_line(text, end_of(node))
    return f"{text[:end]}\n{_entry(name, lines, first.span.column - 1)}{text[end:]}"


def _says_something(text: str) -> bool:
    return any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines())


def _entry(name: str, lines: list[str], indent: int) -> str:
    return "\n".join([f"{' ' * indent}{name}:", *(f"{' ' * 2 * indent}{line}" for line in lines)])
