"""What recurs in the table of the language: kinds of texts, and keys that many sections share."""

from __future__ import annotations

from standoff.language.clock import PER_YEAR
from standoff.language.shape.shapes import Either, Key, ListOf, MapOf, Text

__all__ = [
    "ABOUT",
    "CALLED",
    "ENDS",
    "EXPRESSION",
    "FOR_EACH",
    "FOR_THE_TIME",
    "INDICES",
    "KNOWN",
    "NAME",
    "NUMBER",
    "ONE_OR_MORE",
    "ONE_SPREAD",
    "PER",
    "REASON",
    "SEEN_BY",
    "SPREAD",
    "TEXT",
    "THE_INDICES",
    "THE_UNIT",
    "UNIT",
    "VECTORS",
    "WITHIN",
]

PER = ("step", *PER_YEAR)

TEXT = Text("text")
NAME = Text("name")
KNOWN = Text("known")
NUMBER = Text("number")
EXPRESSION = Text("expression")
UNIT = Text("unit")
ONE_OR_MORE = Either((KNOWN, ListOf(KNOWN)))
ENDS = ListOf(Text("bound"), least=2, most=2)

ABOUT = Key("about", TEXT, "what it is, in a sentence")
CALLED = Key("name", TEXT, "what it is called in prose, in at most four words; its own name where it is left out")
THE_UNIT = Key("unit", UNIT, "its unit, such as `missile` or `USD/year`; none where it is left out")
SEEN_BY = Key("seen_by", ONE_OR_MORE, "the actors that see it; all where it is left out")
INDICES = "indices"
VECTORS = ("constants", "uncertainties", "values", "modes", "stocks", "quantities", "draws", "events", "outcomes")
"""The sections whose entries may stand for one thing of each element of an index."""
THE_INDICES = Key(
    INDICES,
    MapOf(Either((ListOf(NAME), MapOf(TEXT)))),
    "what vectors run over, such as `region: [north, south]`: names of elements, or a mapping from each to what it is "
    "called in prose",
)
FOR_EACH = Key(
    "for",
    Either((KNOWN, ListOf(KNOWN), MapOf(KNOWN))),
    "the index or indices that it is a vector over: an entry for each element, called `x[north]` in equations and "
    "`x_north` elsewhere; a mapping names the variable of each, as `{origin: region, target: region}`. Any key that "
    "takes no mapping may give a value for each element, and an entry called `x_north` is laid over that element's",
)
FOR_THE_TIME = Key("per", Text("word", PER), "the time that the rate is for; a step where it is left out")
WITHIN = Key("within", ENDS, "the least and the largest value: numbers, names of constants, or `null` for an open end")
REASON = (
    Key("cites", ONE_OR_MORE, "the claims, by their names in `claims.yaml`, that it rests on"),
    Key("fact", ONE_OR_MORE, "the rows of `facts.csv`, by their `id`, that it rests on"),
    Key("judgement", TEXT, "the author's reason, in a sentence, where there is no source"),
)
SPREAD = (
    Key("range", ListOf(Text("end"), least=2, most=2),
        "two numbers; nobody claims less or more. An end may depend on others, as `0.2 * other + 1`: sums and products "
        "of numbers, constants, uncertainties and values, each bounded"),
    Key("low", TEXT, "what the lower end of the range means, in words"),
    Key("high", TEXT, "what the upper end of the range means, in words"),
    Key("distribution", Text("distribution"), "a distribution with its arguments, such as `beta(2, 5)`"),
    Key("levels", Either((ListOf(NUMBER), MapOf(NUMBER, keys="number"))),
        "numbers that are equally likely, or a weight for each"),
    Key("kinds", Either((ListOf(NAME, least=2), MapOf(NUMBER, least=2))),
        "names without an order, equally likely or with a weight each; compared as options are"),
    Key("within", ENDS, "cuts the distribution off: numbers, names of constants, or `null` for an open end"),
)  # fmt: skip
ONE_SPREAD = (("range", "distribution", "levels", "kinds"),)
