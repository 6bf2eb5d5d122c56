"""The parts of the section on documents: claims as cards, what moves the numbers, what pulls opposite ways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from standoff.analysis.documents.documents import Agreement, ClaimFinding, DocumentFinding, Headline, Mover, Tested
from standoff.brief.parts import Part
from standoff.brief.pictures.drawing.marks import MARKS, Mark
from standoff.evidence.opposed import Opposed
from standoff.evidence.sources import Sources
from standoff.language.model import Model
from standoff.words.amounts import amount
from standoff.words.names import quoted, spelled, title_of
from standoff.words.numbers import counted, measured
from standoff.words.sections import documents as said
from standoff.words.sentences.evidence import answer_words, effect_words, separated
from standoff.words.text import capital, labelled

__all__ = ["Card", "Claims", "Moved", "OpposedClaims", "Uncited", "evidence_parts"]

_MOST_MOVERS = 3


@dataclass(frozen=True, slots=True)
class Card:
    """A claim as the page lists it. `passage` is the document's own sentence, where it was asked for."""

    claim: ClaimFinding
    answer: str
    sign: str
    style: str
    source: str
    url: str
    passage: str
    state: str
    tests: tuple[str, ...]
    assumptions: tuple[tuple[str, str], ...]
    moves: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Claims:
    """Every document's claims under a heading, and what the signs of the answers mean."""

    shape: ClassVar[str] = "claims"
    marks: tuple[tuple[str, Mark], ...]
    documents: tuple[tuple[str, tuple[Card, ...]], ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """Outcomes with the claims that move them most: (title, value, ((mover, how), …)); `none` where there is none."""

    shape: ClassVar[str] = "moved"
    heading: str
    head: tuple[str, str, str]
    rows: tuple[tuple[str, str, tuple[tuple[Mover, str], ...]], ...]
    none: str = said.NONE_MOVES


@dataclass(frozen=True, slots=True)
class OpposedClaims:
    """Groups of (what both speak of, the one claim, the other)."""

    shape: ClassVar[str] = "opposed"
    heading: str
    groups: tuple[tuple[str, tuple[tuple[str, ClaimFinding, ClaimFinding], ...]], ...]


@dataclass(frozen=True, slots=True)
class Uncited:
    """Assumptions (name, title) that rest on judgement alone."""

    shape: ClassVar[str] = "uncited"
    heading: str
    sentence: str
    assumptions: tuple[tuple[str, str], ...]


def evidence_parts(
    model: Model, found: Agreement, headlines: tuple[Headline, ...], at_hand: Sources | None
) -> tuple[Part, ...]:
    """All that the section says besides its picture."""
    cards = {claim.name: _card(model, found, headlines, at_hand, claim=claim) for claim in found.claims}
    documents = []
    for document in found.documents:
        own = tuple(cards[claim.name] for claim in found.claims if claim.document == document.name)
        documents.append((labelled(document.title, f"its {counted(len(own), 'claim')}"), own))
    parts: list[Part] = [
        Claims(tuple((answer, mark) for answer, mark in MARKS.items() if found.counts[answer]), tuple(documents))
    ]
    if headlines:
        parts.append(_moved(model, headlines))
    groups = _opposed(model, found)
    if groups:
        parts.append(OpposedClaims(said.CONTRADICT, groups))
    uncited = _uncited(model, found)
    return (*parts, uncited) if uncited is not None else tuple(parts)


def _card(
    model: Model, found: Agreement, headlines: tuple[Headline, ...], at_hand: Sources | None, *, claim: ClaimFinding
) -> Card:
    document = next(d for d in found.documents if d.name == claim.document)
    row = at_hand.passage(claim.name) if at_hand is not None else None
    state = ""
    if row is not None and row.status != "found":
        state = row.status if row.now in (None, row.was) else f"{row.status}, now {row.now}"
    moved = [(h.outcome, mover) for h in headlines for mover in h.movers if mover.claim == claim.name]
    return Card(
        claim,
        answer_words(claim),
        MARKS[claim.answer].sign,
        MARKS[claim.answer].style,
        source=_source(document),
        url=document.url if document.url.startswith("http") else "",
        passage=(row.text or "") if row is not None else "",
        state=state,
        tests=tuple(_tested(model, test) for test in claim.tests),
        assumptions=tuple((name, title_of(model, name)) for name in claim.assumptions),
        moves=tuple((title_of(model, outcome), _correlation(model, mover)) for outcome, mover in moved),
    )


def _source(document: DocumentFinding) -> str:
    return ", ".join(part for part in (document.author, document.title, document.publisher, document.date) if part)


def _opposed(
    model: Model, found: Agreement
) -> tuple[tuple[str, tuple[tuple[str, ClaimFinding, ClaimFinding], ...]], ...]:
    """Pairs in two lists, those of different documents first."""
    kinds = ((said.IN_DIFFERENT, True), (said.IN_ONE, False))
    outcomes = {f"`{outcome.name}`": title_of(model, outcome.name) for outcome in model.outcomes}

    def measure(pair: Opposed) -> str:
        return outcomes.get(pair.measure, capital(spelled(model, pair.measure)))

    groups = []
    for heading, is_across in kinds:
        pairs = tuple(
            (measure(p), found.claim(p.one), found.claim(p.other)) for p in found.opposed if p.is_across == is_across
        )
        if pairs:
            groups.append((f"{heading}: {len(pairs)}", pairs))
    return tuple(groups)


def _moved(model: Model, headlines: tuple[Headline, ...]) -> Moved:
    instances = {instance.label: instance for instance in model.instances(model.decider)}
    return Moved(
        said.moved_heading(instances[headlines[0].strategy]),
        said.MOVED_HEAD,
        tuple(
            (
                title_of(model, h.outcome),
                amount(model, h.outcome, h.value, h.error),
                tuple((mover, _correlation(model, mover)) for mover in h.movers[:_MOST_MOVERS]),
            )
            for h in headlines
        ),
    )


def _uncited(model: Model, found: Agreement) -> Uncited | None:
    own = tuple((p.name, title_of(model, p.name)) for p in model.uncertain if p.name in found.uncited)
    constants = sum(p.kind == "constant" and p.name in found.uncited for p in model.parameters)
    if not own and not constants:
        return None
    return Uncited(said.UNCITED, said.uncited_sentence(len(own), constants), own)


def _correlation(model: Model, mover: Mover) -> str:
    sign = "+" if mover.correlation.value > 0 else ""
    shown = f"{sign}{measured(mover.correlation.value, mover.correlation.error)}"
    return f"{quoted(model, mover.assumption)} {shown}"


def _tested(model: Model, test: Tested) -> str:
    parts = (f"{test.says}: {test.answer}", effect_words(test) if test.worlds else "", separated(test))
    return spelled(model, "; ".join(part for part in parts if part))
