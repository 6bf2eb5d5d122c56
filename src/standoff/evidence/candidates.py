"""Passages that look like claims: someone acts or something changes, and the author says what follows or may."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from standoff.evidence.reading.documents import Document
from standoff.evidence.reading.passages import Address, Passage, sentences

__all__ = ["Candidate", "candidates", "is_covered"]

_MODAL = (
    "will would could may might must should cannot likely unlikely probably possibly possibility perhaps chance risk"
    " risks certain certainly expected inevitable inevitably virtually potential potentially if unless"
)
_CAUSAL = (
    "because since due therefore thus hence lead* led cause* causing result* drive* driving allow* enabl* prevent*"
    " deter* spark* dash* left hand* leverag* bolster*"
)
_CAUSAL_PHRASES = (
    "due to",
    "thanks to",
    "so that",
    "in order to",
    "in exchange for",
    r"the (?:longer|more|less)\b.*\bthe",
)
_CHANGE = (
    "rais* lower* increas* decreas* reduc* rise* rising rose fall* fell grow* grew shrink* weaken* strengthen*"
    " heighten* escalat* intensif* expand* advanc* lose* losing loss gain* erod* nullif* solidif* more less fewer"
    " harder easier better worse"
)


def _any_of(words: str, *phrases: str) -> re.Pattern[str]:
    """Whole words; `*` stands for any ending."""
    return re.compile(rf"\b(?:{'|'.join((*words.replace('*', '[a-z]*').split(), *phrases))})\b", re.I)


_SIGNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("modal", _any_of(_MODAL)),
    ("causal", _any_of(_CAUSAL, *_CAUSAL_PHRASES)),
    ("change", _any_of(_CHANGE)),
)
_FEWEST_SIGNS = 2  # of an actor's name, a modal, a causal and a changing word


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that looks like a claim: which actors it names, and which signs it has."""

    passage: Passage
    actors: tuple[str, ...]
    signs: tuple[str, ...]


def candidates(
    document: Document, actors: Iterable[tuple[str, Iterable[str]]], covered: Iterable[Address] = ()
) -> tuple[Candidate, ...]:
    """The passages of a document that look like claims and have none.

    A passage counts that names an actor and has a modal, causal or changing word, or that has two of the three.

    Args:
        document: The document.
        actors: For each actor its name and what documents call it.
        covered: Where the claims are now; a claim on a paragraph covers all its sentences.
    """
    names = [(actor, _pattern(words)) for actor, words in actors]
    taken = tuple(covered)
    found: list[Candidate] = []
    for passage in sentences(document):
        if passage.address is None or is_covered(passage.address, taken):
            continue
        named = tuple(actor for actor, pattern in names if pattern is not None and pattern.search(passage.text))
        signs = tuple(sign for sign, pattern in _SIGNS if pattern.search(passage.text))
        if signs and len(signs) + bool(named) >= _FEWEST_SIGNS:
            found.append(Candidate(passage, named, signs))
    return tuple(found)


def is_covered(address: Address, covered: Iterable[Address]) -> bool:
    """Whether a sentence lies in one of some passages."""
    return any(
        other.paragraph == address.paragraph
        and (other.first is None or other.first <= (address.first or 0) <= (other.last or other.first))
        for other in covered
    )


def _pattern(words: Iterable[str]) -> re.Pattern[str] | None:
    """Whole words; an abbreviation keeps its capitals, so that `US` is not `us`."""
    parts = [re.escape(word) if word.isupper() else f"(?i:{re.escape(word)})" for word in words if word.strip()]
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)") if parts else None
