"""What the page says of itself: what its sections are called, what words of certainty mean, who made it."""

from __future__ import annotations

from standoff.words.amounts import certainty_words
from standoff.words.language import ENGLISH

__all__ = ["CALLED", "certainty_line"]

CALLED = {key.removeprefix("section."): text for key, text in ENGLISH.texts.items() if key.startswith("section.")}
"""What each section is called in the contents, by its anchor; a page in another language renames them."""


def certainty_line() -> str:
    """What the words of certainty mean, once for the page."""
    return f"{certainty_words()}. A share of worlds is not a chance."
