"""How easy a text is to read: Flesch 1948, A new readability yardstick, Journal of Applied Psychology 32.

Syllables are groups of vowels, without a silent e.
"""

from __future__ import annotations

import re

__all__ = ["reading_ease", "words_of"]

_VOWELS = re.compile(r"[aeiouy]+")


def words_of(text: str) -> list[str]:
    """The words of a text; a number is one."""
    return re.findall(r"[A-Za-z’'\-]*[A-Za-z][A-Za-z’'\-]*|\d[\d.\u202f%]*", text)


def reading_ease(text: str) -> float:
    """206.835 − 1.015 words a sentence − 84.6 syllables a word."""
    words = words_of(text)
    sentences = max(len(re.findall(r"[.?!](?=\s|$)", text)), 1)
    syllables = sum(map(_syllables, words))
    return 206.835 - 1.015 * len(words) / sentences - 84.6 * syllables / len(words)


def _syllables(word: str) -> int:
    plain = re.sub(r"[^a-z]", "", word.lower())
    if not plain:
        return 1
    silent = re.search(r"[^aeiouyl]e$|[^aeiouydt]ed$|[^aeiouyscxz]es$", plain) is not None
    return max(len(_VOWELS.findall(plain)) - silent, 1)
