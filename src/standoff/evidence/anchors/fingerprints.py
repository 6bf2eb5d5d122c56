"""Fingerprints of passages: few bits, by which similar texts are known and from which none can be read.

A passage's small letters and digits, with single spaces, are cut into runs of four characters. For each of
128 hash functions the run with the smallest hash is found, and one bit of that hash is kept. Two texts whose
sets of runs have the share J in common (Jaccard) agree in each bit with probability (1 + J) / 2.

Why no text can be recovered. Of a passage of n characters at most n / 2 bits are kept, and never more than
128. English carries between 0.6 and 1.3 bits a character (Shannon), so a fingerprint holds less than the
passage does: very many other sentences of its length have the same one. What is kept of a neighbour is the
first bits of that sentence's own fingerprint, so claims on neighbouring sentences add nothing to what is known
of it; a sentence and its paragraph, both claimed, come to less than a bit a character. A fingerprint can
confirm a guess, as any checksum can; it cannot be read.

Reference:
    A. Z. Broder, On the resemblance and containment of documents, SEQUENCES 1997, 21-29 (minhash);
    P. Li and A. C. König, b-bit minwise hashing, WWW 2010, theorem 1, with b = 1;
    C. E. Shannon, Prediction and entropy of printed English, Bell System Technical Journal 30 (1951), 50-64.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from standoff.evidence.reading.kinds import squeezed

__all__ = [
    "MOST_BITS",
    "MOST_NEIGHBOUR_BITS",
    "Fingerprint",
    "Minima",
    "Signature",
    "bits_of",
    "kept_bits",
    "minima",
    "signature",
    "similarity",
]

Bits = npt.NDArray[np.bool_]
Hashes = npt.NDArray[np.uint64]
Minima = npt.NDArray[np.uint64]

RUN = 4  # characters
MOST_BITS = 128
MOST_NEIGHBOUR_BITS = 64
CHARACTERS_PER_BIT = 2
_VERSION = "f1"
_GOLDEN = 0x9E3779B97F4A7C15


@dataclass(frozen=True, slots=True)
class Signature:
    """Bits of one text as hexadecimal digits, four bits each; empty for no text."""

    digits: str

    @property
    def size(self) -> int:
        """How many bits."""
        return 4 * len(self.digits)

    @property
    def bits(self) -> Bits:
        """The bits, first to last. Shape (size,)."""
        padded = self.digits + "0" * (len(self.digits) % 2)
        raw = np.frombuffer(bytes.fromhex(padded), dtype=np.uint8)
        return np.unpackbits(raw)[: self.size].astype(np.bool_)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A passage's bits, and the first bits of the sentences before and after it (none at the document's ends)."""

    passage: Signature
    before: Signature
    after: Signature

    def __str__(self) -> str:
        return ".".join((_VERSION, self.passage.digits, self.before.digits, self.after.digits))

    @classmethod
    def parse(cls, text: str) -> Fingerprint:
        """Read a fingerprint as `str` writes it.

        Raises:
            ValueError: It is none.
        """
        parts = text.strip().split(".")
        digits = "".join(parts[1:])
        if parts[0] != _VERSION or len(parts) != 4 or not parts[1] or not set(digits) <= set("0123456789abcdef"):
            raise ValueError(f"expected `{_VERSION}.` and three groups of hexadecimal digits between full stops")
        if 4 * len(parts[1]) > MOST_BITS or 4 * max(len(parts[2]), len(parts[3])) > MOST_NEIGHBOUR_BITS:
            raise ValueError(f"it has more than {MOST_BITS} bits, or {MOST_NEIGHBOUR_BITS} for a neighbour")
        return cls(*(Signature(part) for part in parts[1:]))


def signature(text: str, most: int = MOST_BITS) -> Signature:
    """As many bits of a text as may be kept, at most `most`; at least 4 of any text that has a letter."""
    n_bits = min(most, kept_bits(text))
    return Signature(_digits(bits_of(minima(text))[:n_bits])) if n_bits else Signature("")


def kept_bits(text: str) -> int:
    """How many bits of a text may be kept: a multiple of 4."""
    plain = squeezed(text)
    if not plain:
        return 0
    return max(4, min(MOST_BITS, len(plain) // CHARACTERS_PER_BIT) // 4 * 4)


def minima(text: str) -> Minima:
    """The smallest hash of each function over a text's runs; of two texts together, the smaller. Shape (128,)."""
    hashes = _run_hashes(squeezed(text))
    smallest: Minima = _mixed(hashes[:, None] ^ _KEYS[None, :]).min(axis=0)
    return smallest


def bits_of(smallest: Minima) -> Bits:
    """One bit of each hash. The same shape, as truths."""
    return (smallest & np.uint64(1)).astype(np.bool_)


def similarity(kept: Signature, other: Minima) -> float:
    """The estimated share of runs in common with the text of which the bits were kept, 0 to 1."""
    if kept.size == 0:
        return 0.0
    share = float((kept.bits == bits_of(other)[: kept.size]).mean())
    return max(0.0, 2.0 * share - 1.0)


def _run_hashes(plain: str) -> Hashes:
    """One hash for each run of characters; a shorter text is one run."""
    codes = np.frombuffer(plain.ljust(RUN).encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    n_runs = len(codes) - RUN + 1
    hashes = np.zeros(n_runs, dtype=np.uint64)
    for i in range(RUN):
        hashes = _mixed(hashes + codes[i : i + n_runs] + np.uint64(_GOLDEN))
    unique: Hashes = np.unique(hashes)
    return unique


def _mixed(x: Hashes) -> Hashes:
    """The finalizer of SplitMix64 (Steele, Lea & Flood, Fast splittable pseudorandom number generators, 2014)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def _keys() -> Hashes:
    counters = np.arange(1, MOST_BITS + 1, dtype=np.uint64) * np.uint64(_GOLDEN)
    return _mixed(counters)


_KEYS = _keys()


def _digits(bits: Bits) -> str:
    packed = np.packbits(bits.astype(np.uint8)).tobytes().hex()
    return packed[: len(bits) // 4]
