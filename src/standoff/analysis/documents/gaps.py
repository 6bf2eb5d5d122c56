"""What a study's evidence lacks: sources of assumptions, tests of claims, claims on passages, agreement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from standoff.evidence.candidates import candidates
from standoff.evidence.claims import Claim, Ledger
from standoff.evidence.opposed import Opposed, opposed_pairs
from standoff.evidence.sources import Sources
from standoff.language.experiments.expectations import read_expectations, represented
from standoff.language.model import Model

__all__ = ["Gaps", "Uncited", "Uncovered", "gaps"]


@dataclass(frozen=True, slots=True)
class Uncited:
    """An assumption that rests on no claim and no fact; `judgement` is the author's sentence, if any."""

    name: str
    kind: str
    judgement: str | None


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A passage that looks like a claim and has none: its place, its text, whom it names, and its signs."""

    document: str
    passage: str
    text: str
    actors: tuple[str, ...]
    signs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gaps:
    """What the evidence lacks.

    Attributes:
        claims: How many claims there are.
        uncited: Assumptions without a claim or fact.
        unrepresented: Claims that nothing in the model represents: no path leads from what they change to what
            must follow, or they bear on nothing.
        untested: Claims that bear on something and expect nothing of the model.
        opposed: Pairs of claims that cannot both be right.
        uncovered: Passages that look like claims, of the documents at hand.
        absent: Documents that are not at hand.
    """

    claims: int
    uncited: tuple[Uncited, ...]
    unrepresented: tuple[str, ...]
    untested: tuple[str, ...]
    opposed: tuple[Opposed, ...]
    uncovered: tuple[Uncovered, ...]
    absent: tuple[str, ...]


def gaps(model: Model, ledger: Ledger, at_hand: Sources) -> Gaps:
    """Look through a study's evidence for what is missing; nothing is run.

    Args:
        model: The study's model.
        ledger: Its documents and claims, checked against the model.
        at_hand: The documents whose text can be read, and where the claims stand in them.
    """
    return Gaps(
        len(ledger.claims),
        tuple(
            Uncited(p.name, p.kind, p.reason.judgement)
            for p in model.parameters
            if not p.reason.cites and not p.reason.facts
        ),
        tuple(claim.name for claim in ledger.claims if not _is_represented(claim, model)),
        tuple(claim.name for claim in ledger.claims if claim.bears_on and not claim.expect),
        opposed=opposed_pairs(ledger, model),
        uncovered=uncovered(model, at_hand),
        absent=tuple(row.name for row in at_hand.rows if not row.is_at_hand),
    )


def uncovered(model: Model, at_hand: Sources) -> tuple[Uncovered, ...]:
    """Passages of the documents at hand that look like claims and have none."""
    actors = [(actor.name, (actor.title, actor.name, *actor.aliases)) for actor in model.actors]
    found: list[Uncovered] = []
    for row in at_hand.rows:
        if row.document is None:
            continue
        covered = [anchor.now for anchor in row.anchors if anchor.now is not None]
        found += (
            Uncovered(row.name, str(one.passage.address), one.passage.text, one.actors, signs=one.signs)
            for one in candidates(row.document, actors, covered)
        )
    return tuple(found)


def _is_represented(claim: Claim, model: Model) -> bool:
    expectations: Sequence[object] = claim.expect
    if not expectations:
        return bool(claim.bears_on)
    return any(represented(model, one) is not None for one in read_expectations(claim.expect, model)[0])
