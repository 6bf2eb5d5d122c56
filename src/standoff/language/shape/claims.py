"""The table of `claims.yaml`: every key, its shape, and what it means."""

from __future__ import annotations

from typing import Literal, get_args

from standoff.language.shape.shapes import Either, Free, Key, ListOf, MapOf, Record, Text

__all__ = ["CERTAINTIES", "CLAIMS", "Certainty", "Stance"]

Stance = Literal["asserts", "doubts", "predicts", "recommends"]
Certainty = Literal[
    "almost certain", "very likely", "likely", "even chance", "unlikely", "very unlikely", "remote", "unstated"
]
CERTAINTIES: dict[Certainty, tuple[float, float] | None] = {
    "almost certain": (0.95, 0.99),
    "very likely": (0.80, 0.95),
    "likely": (0.55, 0.80),
    "even chance": (0.45, 0.55),
    "unlikely": (0.20, 0.45),
    "very unlikely": (0.05, 0.20),
    "remote": (0.01, 0.05),
    "unstated": None,
}
"""What the words of certainty mean, as ranges of probability; None where the author does not say."""

_TEXT = Text("text")
_DOCUMENT = Record(
    (
        Key("title", _TEXT, "its title", required=True),
        Key("author", _TEXT, "who wrote it"),
        Key("publisher", _TEXT, "who published it"),
        Key("date", Text("date"), "when it was published"),
        Key("url", _TEXT, "its address on the web"),
        Key("language", _TEXT, "its language, in two letters"),
        Key("file", Text("path"), "the name of its file in the folder of sources; else it is known by its fingerprint"),
        Key("fingerprint", Text("known"), "of its whole text; `standoff sources --anchor` writes it"),
    )
)
_CLAIM = Record(
    (
        Key("document", Text("known"), "the document that makes it", required=True),
        Key("passage", Text("known"), "where it stands: `p12.s2` is sentence 2 of paragraph 12", required=True),
        Key("anchor", Text("known"), "the passage's fingerprint; `standoff sources --anchor` writes it"),
        Key("says", _TEXT, "what it says, in the study author's own words", required=True),
        Key("stance", Text("word", get_args(Stance)), "what the author does", required=True),
        Key("certainty", Text("word", get_args(Certainty)), "how sure the author is; `unstated` where it is left out"),
        Key("bears_on", Either((Text("known"), ListOf(Text("known")))), "what in the model it is about"),
        Key(
            "expect",
            Either((ListOf(Free("expectation")), Free("expectation"))),
            "what must follow in the model if what it says is right: `test` judges it as written, whatever the stance; "
            "in contradictions a claim that `doubts` denies it",
        ),
    )
)
CLAIMS = Record(
    (
        Key("standoff", Text("word", ("1",)), "the version of the language"),
        Key("documents", MapOf(_DOCUMENT, keys="known"), "the source texts", required=True),
        Key("claims", MapOf(_CLAIM, keys="known"), "what they say"),
    )
)
"""The table of `claims.yaml`: every key, its shape, and what it means."""
