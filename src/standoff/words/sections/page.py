"""What the page says of itself: what its sections are called, what words of certainty mean, who made it."""

from __future__ import annotations

from standoff.words.amounts import certainty_words

__all__ = ["CALLED", "certainty_line", "footer_line"]

CALLED = {
    "since": "What was seen",
    "holds-up": "What holds up",
    "gives-up": "What it gives up",
    "hinges-on": "What it hinges on",
    "explore": "Some of the worlds",
    "what-if": "What if",
    "others-play": "If the others play so",
    "others": "What the others do",
    "deals": "Is there a deal?",
    "watch": "What to watch",
    "documents": "Do the documents agree?",
    "over-time": "Over time",
    "map": "How it hangs together",
    "assumptions": "Assumptions",
    "leaves-out": "What is left out",
    "run": "What was run",
}
"""What each section is called in the contents, by its anchor."""


def certainty_line() -> str:
    """What the words of certainty mean, once for the page."""
    return f"{certainty_words()}. A share of worlds is not a chance."


def footer_line(version: str, title: str) -> str:
    """The last word."""
    return (
        f"Made by Standoff {version} from the study “{title}”. Every number is conditional on this model: it explores "
        "what assumptions lead to, and predicts nothing."
    )
