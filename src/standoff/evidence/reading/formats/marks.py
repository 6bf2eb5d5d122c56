"""What stands raised, lowered, quoted or struck in a text, written in plain characters."""

from __future__ import annotations

import re

__all__ = ["lowered", "quoted", "raised"]

_UP = str.maketrans("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
_DOWN = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_UPPER, _LOWER = re.compile(r"[0-9+\-−=()n]+"), re.compile(r"[0-9+\-−=()]+")
_ORDINAL = re.compile(r"(?:st|nd|rd|th|er|re|ère|e|ème|o|a|os|as|º|ª|TM|SM|®|™)\.?", re.I)
_QUOTES: dict[str, tuple[str, str, str, str]] = {
    "de": ("„", "“", "‚", "‘"),
    "pl": ("„", "”", "«", "»"),
    "fr": ("«\u00a0", "\u00a0»", "“", "”"),
    "es": ("«", "»", "“", "”"),
    "it": ("«", "»", "“", "”"),
    "ru": ("«", "»", "„", "“"),
    "ja": ("「", "」", "『", "』"),
}


def raised(text: str, *, is_note: bool) -> str:
    """A superscript: a note's mark in brackets, a power in raised digits, an ordinal's letters as they are."""
    bare = text.strip()
    if is_note or (bare and not bare[0].isalnum() and bare.strip("*†‡§¶#") == ""):
        return bare if bare.startswith(("[", "(")) or not bare else f"[{bare}]"
    if _UPPER.fullmatch(bare):
        return bare.translate(_UP)
    return text if not bare or _ORDINAL.fullmatch(bare) or bare.startswith("[") else f"^{bare}"


def lowered(text: str) -> str:
    """A subscript in lowered digits; what has none as it is."""
    bare = text.strip()
    return bare.translate(_DOWN) if _LOWER.fullmatch(bare) else text


def quoted(language: str, depth: int) -> tuple[str, str]:
    """The marks that a language sets around a quotation; within another one at `depth` 1, 3, …"""
    marks = _QUOTES.get(language, ("“", "”", "‘", "’"))
    return (marks[2], marks[3]) if depth % 2 else (marks[0], marks[1])
