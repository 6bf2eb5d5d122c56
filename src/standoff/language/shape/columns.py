"""The tables beside a study: the columns of each, and what they mean."""

from __future__ import annotations

from standoff.language.shape.shapes import Key, Text

__all__ = ["ASKED", "FACTS", "HISTORY", "SEEN"]

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

SEEN = (
    Key("date", Text("date"), "when it was so: a year-month, a quarter such as `2025-Q3`, or a date", required=True),
    Key("name", Text("known"), "of the thing, as `observed` lists it", required=True),
    Key("value", Text("text"),
        "`yes` or `no` of an event, how often, which state, or how much; `none` where nothing was seen by that date",
        required=True),
    Key("source", Text("text"), "who says so"),
    Key("reliability", Text("number"),
        "the chance, from 0 to 1, that the report goes by what is so and by nothing else; 1 where it is left out"),
)  # fmt: skip
"""A file of what was seen: CSV, or YAML with the same keys in a list under `seen`."""

ASKED = (
    Key("asks", Text("text"), "the question as one would put it", required=True),
    Key("name", Text("known"), "the event, move, mode, stock, quantity or report that it is about", required=True),
    Key("ask", Text("word", ("happens", "total", "number", "is")),
        "whether it `happens` by a date; the `total` of a count by it; the `number` in its step; whether a mode `is`",
        required=True),
    Key("by", Text("date"), "the date: of `happens` and `total` the step's end", required=True),
    Key("from", Text("date"), "of `happens` and `total`: from this step on; the first where it is left out"),
    Key("at_least", Text("number"), "of `total` and `number`: asks for the chance of at least so much"),
    Key("state", Text("known"), "of `is`: the mode's state"),
)  # fmt: skip
"""A question of a file of questions, in YAML under `questions` by its name."""
