"""How the answers to claims look: a colour, a sign that stands for it without colour, and what it means."""

from __future__ import annotations

from dataclasses import dataclass

from standoff.analysis.documents.documents import ClaimAnswer

__all__ = ["MARKS", "Mark", "mark_styles"]


@dataclass(frozen=True, slots=True)
class Mark:
    """An answer's style class, sign and colour (of Okabe & Ito), whether its lines are dashed, and its meaning."""

    style: str
    sign: str
    colour: str
    dashes: str
    meaning: str


MARKS: dict[ClaimAnswer, Mark] = {
    "borne out": Mark("borne", "●", "#0072B2", "", "the model does what must follow if the claim is right"),
    "contradicted": Mark("contra", "✕", "#D55E00", "7 3", "the model does the opposite"),
    "mixed": Mark("mixed", "◐", "#8F5F00", "2 3", "it depends on an assumption"),
    "no visible effect": Mark("unseen-effect", "○", "#009E73", "1 4", "any effect is too small to be seen"),
    "not represented": Mark("absent", "□", "#666666", "1 6", "nothing in the model could show it"),
    "open": Mark("open", "?", "#CC79A7", "4 4", "nothing is expected of the model that would test it"),
}


def mark_styles() -> str:
    """The style rules of the marks: `--m` is the answer's colour."""
    return "".join(f".m-{mark.style}{{--m:{mark.colour};--d:{mark.dashes or 'none'}}}" for mark in MARKS.values())
