"""How the answers to claims look: a colour, a sign that stands for it without colour, and what it means."""

from __future__ import annotations

from dataclasses import dataclass

from standoff.analysis.documents.documents import ClaimAnswer
from standoff.words.sections.documents import MEANINGS

__all__ = ["MARKS", "Mark", "mark_styles"]


@dataclass(frozen=True, slots=True)
class Mark:
    """An answer's style class, sign and colour (of Okabe & Ito), whether its lines are dashed, and its meaning."""

    style: str
    sign: str
    colour: str
    dashes: str
    meaning: str


_DRAWN: dict[ClaimAnswer, tuple[str, str, str, str]] = {
    "borne out": ("borne", "●", "#0072B2", ""),
    "contradicted": ("contra", "✕", "#D55E00", "7 3"),
    "mixed": ("mixed", "◐", "#8F5F00", "2 3"),
    "no visible effect": ("unseen-effect", "○", "#009E73", "1 4"),
    "not represented": ("absent", "□", "#666666", "1 6"),
    "open": ("open", "?", "#CC79A7", "4 4"),
}
MARKS = {answer: Mark(*drawn, MEANINGS[answer]) for answer, drawn in _DRAWN.items()}


def mark_styles() -> str:
    """The style rules of the marks: `--m` is the answer's colour."""
    return "".join(f".m-{mark.style}{{--m:{mark.colour};--d:{mark.dashes or 'none'}}}" for mark in MARKS.values())
