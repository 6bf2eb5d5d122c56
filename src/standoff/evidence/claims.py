"""`claims.yaml`: what the documents say, in the study author's words, each tied to its passage.

Checked like the study: every key known, every name looked up, every problem with its place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from standoff.base.files import read_source
from standoff.base.problems import Problem, StudyError, has_errors, suggest
from standoff.base.source import Source, Span
from standoff.evidence.anchors.fingerprints import Fingerprint
from standoff.evidence.reading.blocks import Metadata
from standoff.evidence.reading.passages import Address, parse_address
from standoff.language.checks.tables import is_later
from standoff.language.experiments.expectations import read_expectations
from standoff.language.load import find_study
from standoff.language.model import Model
from standoff.language.shape.claims import CERTAINTIES, CLAIMS, Certainty, Stance
from standoff.language.shape.conform import conform
from standoff.language.text.fields import entries, mapping, nodes, scalar, scalars, text
from standoff.language.text.files import CLAIMS_FILE, Files, read_files
from standoff.language.text.reader import Mapping, Scalar, tree_of

__all__ = [
    "CERTAINTIES",
    "CLAIMS",
    "CLAIMS_FILE",
    "Certainty",
    "Claim",
    "DocumentEntry",
    "Ledger",
    "Named",
    "Stance",
    "check_claims",
    "check_ledger",
    "ledger_of",
    "load_ledger",
    "names_in",
    "parse_ledger",
    "read_ledger",
]

MOST_BYTES = 5_000_000

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class Named:
    """A name, and where it stands."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """A document as the study lists it."""

    name: str
    span: Span
    metadata: Metadata
    file: Named | None = None
    fingerprint: Fingerprint | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """What a passage says, and what in the model it bears on; `expect` is kept as read."""

    name: str
    span: Span
    document: str
    passage: Address
    says: str
    stance: Stance
    certainty: Certainty = "unstated"
    anchor: Fingerprint | None = None
    bears_on: tuple[Named, ...] = ()
    expect: tuple[Mapping, ...] = ()


@dataclass(frozen=True, slots=True)
class Ledger:
    """A study's evidence: its documents and claims, in the order of the file."""

    source: Source = field(repr=False)
    documents: tuple[DocumentEntry, ...] = ()
    claims: tuple[Claim, ...] = ()

    def document(self, name: str) -> DocumentEntry:
        """The document of a name; KeyError where there is none."""
        found = next((document for document in self.documents if document.name == name), None)
        if found is None:
            raise KeyError(name)
        return found

    def claim(self, name: str) -> Claim:
        """The claim of a name; KeyError where there is none."""
        found = next((claim for claim in self.claims if claim.name == name), None)
        if found is None:
            raise KeyError(name)
        return found

    def of(self, document: str) -> tuple[Claim, ...]:
        """A document's claims, in the order of its text."""
        return tuple(sorted((c for c in self.claims if c.document == document), key=_order))


def load_ledger(study: str | Path) -> Ledger:
    """Read a study's claims; an empty ledger where it has none.

    Args:
        study: A folder, the path of its `study.yaml`, or the name of a bundled study.

    Raises:
        StudyError: The claims cannot be used; the error holds every problem.
    """
    return ledger_of(read_files(find_study(study)))


def ledger_of(files: Files) -> Ledger:
    """The claims of a study that was read; an empty ledger where it has none.

    Raises:
        StudyError: The claims cannot be used; the error holds every problem.
    """
    if CLAIMS_FILE not in files:
        return Ledger(Source(f"{files.name}/{CLAIMS_FILE}", ""))
    ledger, problems = parse_ledger(files.source(CLAIMS_FILE))
    if ledger is None or has_errors(problems):
        raise StudyError([problem for problem in problems if problem.severity == "error"])
    return ledger


def read_ledger(path: Path, shown: str | None = None) -> tuple[Ledger | None, tuple[Problem, ...]]:
    """Read a file of claims and collect what is wrong with it; the ledger holds what can be used."""
    try:
        return parse_ledger(read_source(path, shown or path.name, most=MOST_BYTES))
    except StudyError as error:
        return None, error.problems


def parse_ledger(source: Source) -> tuple[Ledger | None, tuple[Problem, ...]]:
    """The ledger of a text, as far as it can be used, and what is wrong with it."""
    problems: list[Problem] = []
    try:
        root, found = tree_of(source)
    except StudyError as error:
        return None, error.problems
    problems += found
    start = Span(source, root.span.start, root.span.start)
    tree = conform(root, CLAIMS, CLAIMS_FILE, start, problems=problems)
    if not isinstance(tree, Mapping):
        return None, tuple(problems)
    documents = tuple(
        document
        for name, node in entries(tree, "documents")
        if (document := _document(name, node, problems)) is not None
    )
    listed = [name.text for name, _ in mapping(root, "documents").items]
    claims = (_claim(name, node, listed, problems) for name, node in entries(tree, "claims"))
    return Ledger(source, documents, tuple(claim for claim in claims if claim is not None)), tuple(problems)


def check_claims(study: str | Path, model: Model | None) -> tuple[Problem, ...]:
    """All that is wrong in a study's `claims.yaml`; nothing where it has none.

    Args:
        study: A folder, the path of its `study.yaml`, or the name of a bundled study.
        model: What its names and expectations are checked against; None where the study has no sound model.
    """
    path = find_study(study).parent / CLAIMS_FILE
    if not path.exists():
        return ()
    ledger, problems = read_ledger(path, f"{path.parent.resolve().name}/{CLAIMS_FILE}")
    if ledger is None or model is None:
        return problems
    return (*problems, *check_ledger(ledger, model))


def check_ledger(ledger: Ledger, model: Model) -> list[Problem]:
    """Names that claims bear on and the model does not have, and expectations that it cannot evaluate."""
    known = names_in(model)
    later = [
        Problem("later", document.span, f"`{document.name}` is of {document.metadata.date}, and the study as of "
                f"{model.as_of}", "leave it out, or move the study's `as_of`")
        for document in ledger.documents
        if document.metadata.date is not None and is_later(document.metadata.date, model.as_of)
    ]  # fmt: skip
    problems = [*later] + [
        Problem("unknown-name", name.span, f"nothing in the model is named `{name.text}`", suggest(name.text, known))
        for claim in ledger.claims
        for name in claim.bears_on
        if name.text not in known
    ]
    return problems + [found for claim in ledger.claims for found in read_expectations(claim.expect, model)[1]]


def names_in(model: Model) -> frozenset[str]:
    """Every name of the model that a claim can bear on."""
    things = (
        *(model.actors, model.parameters, model.modes, model.stocks, model.quantities, model.reports, model.draws),
        *(model.events, model.outcomes, model.deals, model.mechanisms, model.series, model.variants, model.profiles),
        *(model.strategies,),
    )
    names = {thing.name for group in things for thing in group}
    names |= {move.name for mode in model.modes for move in mode.moves}
    names |= {choice.family for choice in model.choices}
    names |= {option for options in model.families().values() for option in options}
    names |= {f"{deal.name}.{term.name}" for deal in model.deals for term in deal.terms}
    return frozenset(names | {f"payoff({actor.name})" for actor in model.actors})


def _document(name: Scalar, node: Mapping, problems: list[Problem]) -> DocumentEntry | None:
    if not _check_name(name, problems):
        return None
    said = (text(node, key) for key in ("title", "author", "publisher", "date", "url", "language"))
    file = scalar(node, "file")
    if file is not None and (Path(file.text).is_absolute() or ".." in Path(file.text).parts):
        message = f"`{file.text}` leads out of the folder of sources"
        problems.append(Problem("file-outside", file.span, message, "give the name of a file inside it"))
        file = None
    return DocumentEntry(
        name.text,
        name.span,
        Metadata(*said),
        None if file is None else Named(file.text, file.span),
        fingerprint=_fingerprint(scalar(node, "fingerprint"), problems),
    )


def _claim(name: Scalar, node: Mapping, listed: list[str], problems: list[Problem]) -> Claim | None:
    document, passage = scalar(node, "document"), scalar(node, "passage")
    says, stance = text(node, "says"), text(node, "stance")
    if not _check_name(name, problems) or document is None or passage is None or says is None or stance is None:
        return None
    if document.text not in listed:
        message = f"no document is named `{document.text}`"
        problems.append(
            Problem("document-unknown", document.span, message, suggest(document.text, listed, "documents"))
        )
        return None
    try:
        address = parse_address(passage.text)
    except ValueError as error:
        problems.append(Problem("bad-address", passage.span, str(error), "see `standoff passages FILE`"))
        return None
    return Claim(
        name.text,
        name.span,
        document.text,
        address,
        says=says,
        stance=next(word for word in get_args(Stance) if word == stance),
        certainty=next((word for word in CERTAINTIES if word == text(node, "certainty")), "unstated"),
        anchor=_fingerprint(scalar(node, "anchor"), problems),
        bears_on=tuple(Named(entry.text, entry.span) for entry in scalars(node, "bears_on")),
        expect=tuple(entry for entry in nodes(node.get("expect")) if isinstance(entry, Mapping)),
    )


def _check_name(name: Scalar, problems: list[Problem]) -> bool:
    if _NAME.fullmatch(name.text):
        return True
    message = f"`{name.text}` cannot be a name: a name has plain letters, digits, `-` and `_`, and begins with a letter"
    problems.append(Problem("bad-name", name.span, message))
    return False


def _fingerprint(node: Scalar | None, problems: list[Problem]) -> Fingerprint | None:
    if node is None:
        return None
    try:
        return Fingerprint.parse(node.text)
    except ValueError as error:
        message = f"this is not a fingerprint: {error}"
        problems.append(
            Problem("bad-fingerprint", node.span, message, "delete it; `standoff sources --anchor` writes it")
        )
        return None


def _order(claim: Claim) -> tuple[int, int, str]:
    return claim.passage.paragraph, claim.passage.first or 0, claim.name
