"""The tables beside a study: the columns of each, and what they mean."""

from __future__ import annotations

from standoff.language.shape.shapes import Key, Text

__all__ = ["FACTS", "HISTORY"]

FACTS = (
    Key("id", Text("known"), "the name by which `fact` refers to the row, each once", required=True),
    Key("topic", Text("text"), "what it is about; where it is a column of `history.csv`, that column's source"),
    Key("quantity", Text("text"), "what was measured"),
    Key("value", Text("text"), "what was found: a number, a date or words"),
    Key("low", Text("number"), "the least that is claimed"),
    Key("high", Text("number"), "the most that is claimed"),
    Key("unit", Text("text"), "the unit of these numbers"),
    Key("as_of", Text("date"), "when that was so"),
    Key("source_title", Text("text"), "who says so"),
    Key("source_url", Text("text"), "where, on the web"),
)
"""`facts.csv`: what is known, a row each."""

HISTORY = (
    Key("the first column", Text("date"), "the date of each row, before the clock's start; each date once",
        required=True),
    Key("NAME", Text("number"), "what was seen of the stock, event or quantity of that name; drawn before its fan"),
)  # fmt: skip
"""`history.csv`: what was seen before the study begins, a row for each date."""
