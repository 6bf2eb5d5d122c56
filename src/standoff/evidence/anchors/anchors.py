"""Anchors: how a claim points at a passage, and how the passage is found again when the file has changed.

An anchor is an address and a fingerprint. Every run of sentences of about the anchor's length is a candidate.
Its weight is a likelihood ratio: the bits of the passage agree as those of a lightly edited text would, against
as those of an unrelated one would; the sentences around it likewise, but neighbours may come and go, so they
count for little. The confidence is the best candidate's share of all weight, that of "it is gone" included.
Below `LEAST_CONFIDENCE` nothing is pointed at and the anchor is lost: better lost than wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log
from typing import Literal

import numpy as np
import numpy.typing as npt

from standoff.evidence.anchors.fingerprints import (
    MOST_NEIGHBOUR_BITS,
    Fingerprint,
    Minima,
    Signature,
    bits_of,
    kept_bits,
    minima,
    signature,
)
from standoff.evidence.reading.documents import Document
from standoff.evidence.reading.passages import Address, Passage, sentences

__all__ = [
    "LEAST_CONFIDENCE",
    "AnchorState",
    "Index",
    "find_anchor",
    "fingerprint_document",
    "fingerprint_passage",
    "index_document",
    "resemblance",
]

State = Literal["found", "moved", "changed", "lost"]

LEAST_CONFIDENCE = 0.95

_SAME, _OTHER = 0.94, 0.53  # the chance that a bit agrees: in a text edited lightly (J = 0.88), in another (0.06)
_AGREES, _DIFFERS = log(_SAME / _OTHER), log((1 - _SAME) / (1 - _OTHER))
_UNTOUCHED = 0.7  # the chance that a passage keeps its words
_COPIED = 0.001  # the chance that an edited passage's old words stand elsewhere, word for word
_KEPT_NEIGHBOUR = 0.8  # the chance that an edit leaves a neighbour where it is
_MOST_FROM_NEIGHBOUR = 6.0
_NEIGHBOUR_AGREES = 2.0  # of a neighbour's weight, from which on it is the same sentence
_FEW_BITS, _VERY_FEW_BITS = 24, 8  # of a short passage, and of one that its own bits hardly tell from others
_EDITED = 0.8  # similarity that a short passage must keep
_GONE = 0.1  # the chance beforehand that a passage is gone
_AT_HOME = 10.0  # how much likelier a passage is at its address than elsewhere


@dataclass(frozen=True, slots=True)
class AnchorState:
    """Where an anchor is in a document as it is now.

    `found`: at its address, unchanged. `moved`: unchanged, elsewhere. `changed`: its words differ. `lost`: no
    passage is it with enough confidence; `address` is None and the confidence 0. `similarity` is that of the
    likeliest passage, pointed at or not.
    """

    state: State
    address: Address | None
    confidence: float
    similarity: float
    text: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """A document's sentences with their hashes, made once for all its anchors. `smallest`: (sentences, 128)."""

    passages: tuple[Passage, ...]
    addresses: tuple[Address, ...]
    smallest: npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Sentences `start` to `stop` (half open) of the index."""

    start: int
    stop: int
    weight: float
    similarity: float
    exact: bool
    is_home: bool


def index_document(document: Document) -> Index:
    """Hash every sentence of a document."""
    found = tuple(passage for passage in sentences(document) if passage.address is not None)
    hashes = np.array([minima(passage.text) for passage in found], dtype=np.uint64).reshape(len(found), -1)
    return Index(found, tuple(p.address for p in found if p.address is not None), hashes)


def fingerprint_passage(index: Index, address: Address) -> Fingerprint | None:
    """The fingerprint of the passage at an address; None where there is no such passage."""
    place = _place(index, address)
    if place is None:
        return None
    start, stop = place
    before = index.passages[start - 1].text if start > 0 else ""
    after = index.passages[stop].text if stop < len(index.passages) else ""
    return Fingerprint(
        signature(_text(index, start, stop)),
        signature(before, MOST_NEIGHBOUR_BITS),
        signature(after, MOST_NEIGHBOUR_BITS),
    )


def fingerprint_document(index: Index) -> Fingerprint:
    """A fingerprint of a whole text, by which its file is known: 128 bits, without neighbours."""
    smallest = index.smallest.min(axis=0)
    bits = np.packbits(bits_of(smallest)).tobytes().hex()
    return Fingerprint(Signature(bits), Signature(""), Signature(""))


def resemblance(kept: Fingerprint, index: Index) -> float:
    """The estimated share of its runs of characters that a document has in common with a fingerprint's, 0 to 1."""
    share = float((kept.passage.bits == bits_of(index.smallest.min(axis=0))[: kept.passage.size]).mean())
    return max(0.0, 2.0 * share - 1.0)


def find_anchor(index: Index, address: Address, fingerprint: Fingerprint) -> AnchorState:
    """Find a passage again.

    Args:
        index: The document as it is now.
        address: Where the passage stood when the claim was made.
        fingerprint: Of the passage as it stood then.
    """
    candidates = _candidates(index, address, fingerprint)
    if not candidates:
        return AnchorState("lost", None, 0.0, 0.0)
    same = [c for c in candidates if c.exact] if fingerprint.passage.size >= _FEW_BITS else []
    best = max(same or candidates, key=lambda candidate: candidate.weight)
    confidence = _share(best, candidates)
    sure = _share(best, same) if same else confidence  # a look-alike is no reason to leave the very words unfound
    if sure < LEAST_CONFIDENCE or not _is_vouched(index, best, fingerprint):
        return AnchorState("lost", None, 0.0, best.similarity)
    now = _address(index, address, best)
    state: State = "changed" if not best.exact else ("found" if now == address else "moved")
    return AnchorState(state, now, confidence, best.similarity, text=_text(index, best.start, best.stop))


def _candidates(index: Index, address: Address, fingerprint: Fingerprint) -> list[_Candidate]:
    """Screened by the hashes of single sentences put together, then weighed by their own."""
    home = _place(index, address)
    kept = fingerprint.passage.bits
    found: list[_Candidate] = []
    for start, stop in _windows(index, address):
        together: Minima = index.smallest[start:stop].min(axis=0)
        agree = int((kept == bits_of(together)[: kept.size]).sum())
        if stop - start > 1 and agree * _AGREES + (kept.size - agree) * _DIFFERS > -_SCREEN:
            agree = int((kept == bits_of(minima(_text(index, start, stop)))[: kept.size]).sum())
        weight = _own_weight(agree, kept.size)
        weight += _neighbour(index, start - 1, fingerprint.before)[0] + _neighbour(index, stop, fingerprint.after)[0]
        weight += log(_AT_HOME) if home == (start, stop) else 0.0
        alike = max(0.0, 2 * agree / kept.size - 1)
        found.append(_Candidate(start, stop, weight, alike, exact=agree == kept.size, is_home=home == (start, stop)))
    return found


def _own_weight(agree: int, size: int) -> float:
    """The log weight of a passage's own bits: it was kept word for word, or edited."""
    if agree == size:
        return log(_UNTOUCHED) - size * log(_OTHER)
    return log(1 - _UNTOUCHED) + agree * _AGREES + (size - agree) * _DIFFERS


_SCREEN = 25.0  # in log weight: how far below an even chance the exact bits are still looked at


def _windows(index: Index, address: Address) -> list[tuple[int, int]]:
    """Runs of sentences of one paragraph: whole paragraphs, or about as many sentences as the anchor has."""
    bounds = _paragraphs(index)
    if address.first is None:
        return bounds
    size = (address.last or address.first) - address.first + 1
    sizes = [n for n in (size - 1, size, size + 1) if n >= 1]
    return [(i, i + n) for start, stop in bounds for n in sizes for i in range(start, stop - n + 1)]


def _paragraphs(index: Index) -> list[tuple[int, int]]:
    numbers = [address.paragraph for address in index.addresses]
    starts = [i for i, number in enumerate(numbers) if i == 0 or numbers[i - 1] != number]
    return list(zip(starts, [*starts[1:], len(numbers)], strict=True))


def _place(index: Index, address: Address) -> tuple[int, int] | None:
    found = next((b for b in _paragraphs(index) if index.addresses[b[0]].paragraph == address.paragraph), None)
    if found is None or address.first is None:
        return found
    start, stop = found[0] + address.first - 1, found[0] + (address.last or address.first)
    return (start, stop) if stop <= found[1] else None


def _address(index: Index, asked: Address, found: _Candidate) -> Address:
    first = index.addresses[found.start]
    if asked.first is None:
        return Address(first.paragraph)
    return Address(first.paragraph, first.first, index.addresses[found.stop - 1].last)


def _text(index: Index, start: int, stop: int) -> str:
    return " ".join(passage.text for passage in index.passages[start:stop])


def _neighbour(index: Index, i: int, kept: Signature) -> tuple[float, bool]:
    """The log weight that the sentence at `i` adds as the neighbour it was, and whether it is that sentence."""
    absent = not 0 <= i < len(index.passages)
    if absent or kept.size == 0:
        return (1.0, True) if absent and kept.size == 0 else (log(1 - _KEPT_NEIGHBOUR), False)
    agree = int((kept.bits == bits_of(index.smallest[i])[: kept.size]).sum())
    alone = agree * _AGREES + (kept.size - agree) * _DIFFERS
    mixed = log(_KEPT_NEIGHBOUR * exp(min(alone, 50.0)) + 1 - _KEPT_NEIGHBOUR)
    return min(mixed, _MOST_FROM_NEIGHBOUR), alone > _NEIGHBOUR_AGREES


def _is_vouched(index: Index, best: _Candidate, fingerprint: Fingerprint) -> bool:
    """Whether enough speaks for a candidate besides its weight.

    When a sentence is deleted, the next one stands after the same sentence as it did: one neighbour proves
    little. And many a text says of one side what it says of the other, in nearly the same words: bits alone
    cannot tell an edited passage from such a look-alike. So one whose words differ needs both neighbours, or one
    at its own address, and must not be one of the neighbours. A short one must be as short as it was (its bits
    tell its length) and needs one neighbour, a very short one both.
    """
    around = [
        _neighbour(index, best.start - 1, fingerprint.before)[1],
        _neighbour(index, best.stop, fingerprint.after)[1],
    ]
    if fingerprint.passage.size < _FEW_BITS:
        as_short = abs(kept_bits(_text(index, best.start, best.stop)) - fingerprint.passage.size) <= 4
        enough = any(around) if fingerprint.passage.size >= _VERY_FEW_BITS else all(around)
        return enough and as_short and best.similarity >= _EDITED
    if best.exact:
        return True
    was_beside = any(_is_itself(index, best, kept) for kept in (fingerprint.before, fingerprint.after))
    return not was_beside and (all(around) or (any(around) and best.is_home))


def _is_itself(index: Index, found: _Candidate, kept: Signature) -> bool:
    """Whether a single sentence is, bit for bit, the neighbour whose signature was kept."""
    if found.stop - found.start != 1 or kept.size < _FEW_BITS:
        return False
    return bool((kept.bits == bits_of(index.smallest[found.start])[: kept.size]).all())


def _share(best: _Candidate, among: list[_Candidate]) -> float:
    """The share of one candidate in the weight of all that do not overlap it, and of "it is gone"."""
    apart = [c for c in among if c.stop <= best.start or c.start >= best.stop]
    rivals = [c.weight + (log(_COPIED) if best.exact and not c.exact else 0.0) for c in apart]
    prior = log((1 - _GONE) / (len(rivals) + _AT_HOME))
    terms = [best.weight + prior, *(weight + prior for weight in rivals), log(_GONE)]
    top = max(terms)
    return exp(terms[0] - top) / sum(exp(term - top) for term in terms)
