"""Pairs of claims that pull the same thing opposite ways, within a document or across documents."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from standoff.evidence.claims import Claim, Ledger
from standoff.language.experiments.expectations import Expectation, read_expectations
from standoff.language.model import Model

__all__ = ["Opposed", "opposed_pairs"]

_DIRECTIONS = {"raises": 1, "lowers": -1}


@dataclass(frozen=True, slots=True)
class Opposed:
    """Two claims on one measure: `raising` says that something raises it, `lowering` that something lowers it.

    `is_contradiction` where both change the same thing, so that not both can be right.
    """

    measure: str
    raising: str
    lowering: str
    is_contradiction: bool
    is_across: bool


def opposed_pairs(ledger: Ledger, model: Model) -> tuple[Opposed, ...]:
    """All such pairs, contradictions first, then in the order of the file."""
    pulls = [pull for claim in ledger.claims for pull in _pulls(claim, model)]
    found: dict[tuple[str, str, str], Opposed] = {}
    for one, other in combinations(pulls, 2):
        if one.measure != other.measure or one.direction == other.direction or one.claim.name == other.claim.name:
            continue
        up, down = (one, other) if one.direction > 0 else (other, one)
        pair = Opposed(
            one.says,
            up.claim.name,
            down.claim.name,
            one.cause == other.cause,
            one.claim.document != other.claim.document,
        )
        found.setdefault((pair.measure, pair.raising, pair.lowering), pair)
    return tuple(sorted(found.values(), key=lambda pair: not pair.is_contradiction))


@dataclass(frozen=True, slots=True)
class _Pull:
    claim: Claim
    cause: str
    measure: str
    says: str
    direction: int


def _pulls(claim: Claim, model: Model) -> list[_Pull]:
    """The directions of a claim's plain effects, as of raising their cause."""
    expectations, _ = read_expectations(claim.expect, model)
    return [pull for expectation in expectations if (pull := _pull(claim, expectation)) is not None]


def _pull(claim: Claim, expectation: Expectation) -> _Pull | None:
    contrast, direction = expectation.contrast, _DIRECTIONS.get(expectation.verb)
    if contrast is None or direction is None:
        return None
    sides = (contrast.before, contrast.after)
    lowered = contrast.says.startswith("lowering")
    cause = sides[0].name if sides[0].symbol is not None else " ".join(sorted(str(side.value) for side in sides))
    measure = expectation.measure
    return _Pull(claim, cause, f"{measure.kind} {measure.name}", measure.says, -direction if lowered else direction)
