"""The table of the language: every section and key of a study, its shape, and what it means.

From it come the checks of structure, the JSON Schema for editors (`json_schema`) and the language reference.
"""

from __future__ import annotations

from standoff.language.clock import PER_YEAR
from standoff.language.shape.parts import (
    ABOUT,
    CALLED,
    EXPRESSION,
    FOR_EACH,
    FOR_THE_TIME,
    KNOWN,
    NAME,
    NUMBER,
    ONE_OR_MORE,
    ONE_SPREAD,
    REASON,
    SEEN_BY,
    SPREAD,
    TEXT,
    THE_INDICES,
    THE_UNIT,
    WITHIN,
)
from standoff.language.shape.shapes import Either, Free, Key, Keyed, ListOf, MapOf, Record, Text

__all__ = ["LANGUAGE_VERSION", "STUDY"]

LANGUAGE_VERSION = "1"

BETWEEN = ("exact", "hold", "interpolate")

_PARAMETER = Record(
    (
        CALLED,
        ABOUT,
        FOR_EACH,
        *SPREAD,
        THE_UNIT,
        Key("known_to", ONE_OR_MORE, "the actors that know it; nobody where it is left out"),
        *REASON,
    ),
    exactly_one=ONE_SPREAD,
)
_CONSTANT = Record((Key("value", NUMBER, "the number", required=True), CALLED, ABOUT, FOR_EACH, THE_UNIT, *REASON))

_RULES = ListOf(
    Record(
        (
            Key("when", EXPRESSION, "a truth; a rule without it always applies, and stands last"),
            Key("then", EXPRESSION, "the value where `when` holds and no rule above does", required=True),
        )
    )
)
_RULED = Either((EXPRESSION, _RULES))

_OPTIONS = ListOf(NAME, least=2)
_CHOICE = Record((Key("options", _OPTIONS, "the actions to choose from", required=True), SEEN_BY))
_CHOICES = Either(
    (_OPTIONS, Keyed("options", _CHOICE, MapOf(Either((_OPTIONS, _CHOICE)))))
)  # fmt: skip

_MOVE = Record(
    (
        Key("name", NAME, "the move's name, which is an event", required=True),
        Key("from", ONE_OR_MORE, "the state or states that it leaves", required=True),
        Key("to", KNOWN, "the state that it leads to", required=True),
        Key("when", EXPRESSION, "a truth without which it does not happen"),
        Key(
            "chance",
            EXPRESSION,
            "its chance as it stands; 1 where neither chance nor hazard is given. Chances out of one state add, and are"
            " scaled where they sum above 1",
        ),
        Key(
            "hazard",
            EXPRESSION,
            "its rate: alone its chance is 1 − exp(−hazard · time). Hazards out of one state compete: one of them"
            " happens with chance 1 − exp(−sum · time), each in proportion to its own; they share what chances leave",
        ),
        Key("shape", EXPRESSION, "with a hazard h, the cumulated hazard after a time t in the state is (h·t)^shape"),
        FOR_THE_TIME,
    ),
    at_most_one=(("chance", "hazard"),),
)
_MODE = Record(
    (
        ABOUT,
        FOR_EACH,
        Key("states", ListOf(NAME, least=2), "the states, of which one holds at a time", required=True),
        Key("start", KNOWN, "the state in the first step", required=True),
        Key("moves", ListOf(_MOVE), "how one state follows another", required=True),
        Key("final", ONE_OR_MORE, "the states that are not left"),
        SEEN_BY,
    )
)
_STOCK = Record(
    (
        ABOUT,
        FOR_EACH,
        Key("start", EXPRESSION, "its value in the first step: a number, or an expression of parameters",
            required=True),
        THE_UNIT,
        Key("next", EXPRESSION, "its value in the next step"),
        Key("growth", EXPRESSION, "its growth: a step multiplies it by (1 + growth)^time"),
        FOR_THE_TIME,
        WITHIN,
        SEEN_BY,
    ),
    exactly_one=(("next", "growth"),),
)  # fmt: skip
_REPORT = Record(
    (
        Key("of", KNOWN, "the stock or quantity that is seen dimly", required=True),
        Key("noise", EXPRESSION, "the standard error of the logarithm of what is seen"),
        Key("lag", Text("whole"), "how many steps old the news is"),
    )
)
_QUANTITY = Record(
    (
        ABOUT,
        FOR_EACH,
        THE_UNIT,
        Key("value", _RULED, "its value in a step: an expression, or rules"),
        Key("report", _REPORT, "instead of a value: what others see of a stock or quantity"),
        SEEN_BY,
    ),
    exactly_one=(("value", "report"),),
)
_DRAW = Either(
    (
        Text("distribution"),
        Record(
            (
                ABOUT,
                FOR_EACH,
                Key("distribution", Text("distribution"), "the distribution of each step's draw", required=True),
                THE_UNIT,
                SEEN_BY,
            )
        ),
    )
)
_EVENT = Record(
    (
        ABOUT,
        FOR_EACH,
        Key("given", EXPRESSION, "an event or a truth without which it does not happen"),
        Key("chance", EXPRESSION, "its chance, in a step or in the time of `per`"),
        Key("hazard", EXPRESSION, "its rate: the chance is 1 − exp(−hazard · time)"),
        Key("count", EXPRESSION, "the mean of how often it happens"),
        FOR_THE_TIME,
        Key("dispersion", EXPRESSION, "of a count: negative binomial of this size; Poisson where it is left out"),
        Key("at_most", Text("whole"), "of a count: the largest number in a step"),
        Key("ends", Text("truth"), "whether it ends the future; of several in one step the first in the file does"),
        Key("worth", MapOf(EXPRESSION, keys="known"), "of an event that ends: what that is worth to an actor"),
        SEEN_BY,
    ),
    exactly_one=(("chance", "hazard", "count"),),
)
_LEVELS = ListOf(Either((Text("known"),)))
_SETTING = Record(
    (
        CALLED,
        ABOUT,
        Key("levels", Either((_LEVELS, MapOf(TEXT, keys="known"))),
            "the levels; or a mapping from each to what a strategy with it is called, in at most four words",
            required=True),
        THE_UNIT,
    )
)  # fmt: skip
_STRATEGY = Record(
    (
        CALLED,
        ABOUT,
        Key("settings", MapOf(Either((_LEVELS, _SETTING))), "levels that are tried, each in every combination"),
        Key("choose", Either((EXPRESSION, _RULES, MapOf(_RULED, keys="known"))),
            "an option, or rules; a mapping where the actor chooses several things"),
        Key("weigh", MapOf(Either((EXPRESSION, MapOf(EXPRESSION, keys="known"))), keys="known"),
            "the worth of each option: a logit choice; options that are not named are not chosen"),
        Key("precision", EXPRESSION, "of a logit choice: how sharply it follows the worths; 1 where it is left out"),
    ),
    at_least_one=(("choose", "weigh"),),
)  # fmt: skip
_PAYOFF = Record(
    (
        Key("each", EXPRESSION, "paid in each step"),
        Key("final", EXPRESSION, "paid on the state after the last step"),
        Key("discount", EXPRESSION, "what a payment is worth that comes a time of `per` later"),
        FOR_THE_TIME,
    ),
    at_least_one=(("each", "final"),),
)
_OUTCOME = Record(
    (
        CALLED,
        ABOUT,
        FOR_EACH,
        Key("measure", EXPRESSION,
            "an expression of `final`, `mean`, `total`, `peak`, `minimum`, `ever`, `count`, `first`", required=True),
        THE_UNIT,
        Key("better", Text("word", ("lower", "higher")), "the direction", required=True),
        Key("limit", NUMBER, "what would be tolerable, as a world's mean"),
        Key("why", TEXT, "why that limit"),
        Key("matters", NUMBER, "the least difference that matters, in the outcome's unit"),
        Key("asked", Text("truth"), "whether the question is about it: the brief then answers by it first"),
    )
)  # fmt: skip
_MOVES = Record(
    (
        Key("irreversible", ONE_OR_MORE, "the strategies of this actor that are not given up for any but one another"),
        Key(
            "barred",
            ListOf(
                Record(
                    (
                        Key("from", ONE_OR_MORE, "strategies that cannot be left for those of `to`", required=True),
                        Key("to", ONE_OR_MORE, "strategies that cannot follow on those of `from`", required=True),
                    )
                )
            ),
            "changes of strategy that this actor cannot make",
        ),
    ),
    at_least_one=(("irreversible", "barred"),),
)
_SEARCH = Record(
    (
        Key("strategy", KNOWN, "a strategy of the actor with settings, which are sought in the ranges of `within`"),
        Key(
            "within",
            MapOf(ListOf(NUMBER, least=2, most=2), keys="known"),
            "for each setting that is sought, the least and the largest value; the others keep their levels",
        ),
        Key("whole", ONE_OR_MORE, "the settings of which only whole numbers are taken"),
        Key(
            "reads",
            MapOf(ListOf(NUMBER, least=2, most=2), keys="known"),
            "instead: small decision trees that ask whether these stocks or quantities lie below a value in the range",
        ),
        Key("depth", Text("whole"), "how many questions a tree asks: 1, where it is left out, or 2"),
        Key("dimension", KNOWN, "the dimension that a tree chooses, where the actor has several"),
        Key("options", ListOf(KNOWN, least=2), "the options that a tree chooses among; all where it is left out"),
        Key("rest", MapOf(KNOWN, keys="known"), "what is chosen in the other dimensions"),
    ),
    exactly_one=(("strategy", "reads"),),
)
_TODAY = Key("today", MapOf(KNOWN, keys="known"), "for each actor, the strategy that it plays now")
_TERM = Record(
    (
        ABOUT,
        Key("levels", ListOf(NUMBER), "the values that can be agreed", required=True),
        Key("usual", NUMBER, "the value in ordinary runs; the middle level where it is left out"),
        THE_UNIT,
    )
)
_DEAL = Record(
    (
        ABOUT,
        Key("parties", ListOf(KNOWN, least=2), "the actors that would agree", required=True),
        Key("during", EXPRESSION, "a truth: the deal is in force", required=True),
        Key(
            "terms",
            MapOf(_TERM),
            "what is agreed: `deal.term`, 0 when not in force; `deal.offered.term`, the level on the table",
            required=True,
        ),
        Key("keeps", MapOf(EXPRESSION, keys="known"), "for a party, a truth: it keeps its word"),
        Key("breach", MapOf(ONE_OR_MORE, keys="known"), "for a party, the strategies that break it"),
        Key("without", ONE_OR_MORE, "the variants that say what no deal means"),
    )
)
_EXPECTATION = Free("expectation")
_EXPECTATIONS = Either((ListOf(_EXPECTATION), _EXPECTATION))
_MECHANISM = Record(
    (
        Key("title", TEXT, "what it says, in a few words", required=True),
        ABOUT,
        Key("cites", ONE_OR_MORE, "the claims that describe it"),
        Key("equation", ONE_OR_MORE, "the equations in which it lives"),
        Key("expect", _EXPECTATIONS, "what must follow in the model", required=True),
    )
)
_SERIES = Record(
    (
        ABOUT,
        Key("file", Text("path"), "a CSV file in the study's folder", required=True),
        Key("date", KNOWN, "the column of dates", required=True),
        Key("column", KNOWN, "the column of numbers", required=True),
        Key("between", Text("word", BETWEEN),
            "what a step's value is: `exact` (where it is left out), that of its own row; `hold`, the last up to its "
            "start; `interpolate`, on the straight line between those around its start"),
        THE_UNIT,
    )
)  # fmt: skip
_OBSERVED = Record(
    (
        ABOUT,
        Key("source", TEXT, "who tells of it: a body, a newspaper, a satellite", required=True),
        Key("lag", Text("whole"), "how many steps after it is so one hears of it; 0 where it is left out"),
        Key("noise", NUMBER, "of a number: the standard error of what is seen, in the number's unit"),
        Key("log_noise", NUMBER, "of a number above 0: the standard error of the logarithm of what is seen"),
    ),
    at_most_one=(("noise", "log_noise"),),
)
_CORRELATION = Record(
    (
        Key("of", ListOf(KNOWN, least=2, most=2), "two uncertainties", required=True),
        Key("rank", NUMBER, "their rank correlation, between −1 and 1", required=True),
    )
)
_BELIEF = Either((Text("distribution"), Record(SPREAD, exactly_one=ONE_SPREAD)))
_ACTOR = Record(
    (
        Key("name", TEXT, "its name in prose"),
        Key("aliases", ListOf(TEXT), "other names that documents use"),
        ABOUT,
    )
)
_CLOCK = Record(
    (
        Key("start", Text("date"), "the first step: a year-month or date", required=True),
        Key("step", Text("word", tuple(PER_YEAR)), "the length of a step", required=True),
        Key("steps", Text("whole"), "how many steps", required=True),
        Key(
            "substeps",
            Text("whole"),
            "into how many equal parts a step is cut, 1 where it is left out. Each part is then a step for all that "
            "this page says of one: everything is worked out in it, and `step`, `since`, `age`, `delay` and `smooth` "
            "count parts",
        ),
    )
)

_PATCHED = (
    Key("title", TEXT, "the study's title", required=True),
    Key("question", TEXT, "what it asks", required=True),
    Key("about", TEXT, "more about it"),
    Key("as_of", Text("date"), "the date of what was known"),
    Key("leaves_out", ListOf(TEXT), "what it leaves out on purpose"),
    Key("decider", KNOWN, "the actor whose choice is studied", required=True),
    Key("clock", _CLOCK, "the steps", required=True),
    Key("order", ListOf(ListOf(KNOWN)), "who moves first within a step: groups of actors; all at once if left out"),
    Key("actors", MapOf(_ACTOR), "who acts", required=True),
    Key("constants", MapOf(_CONSTANT), "numbers that are taken as known"),
    Key("uncertainties", MapOf(_PARAMETER), "numbers that nobody knows"),
    Key("values", MapOf(_PARAMETER), "weights of what someone wants"),
    Key("correlated", ListOf(_CORRELATION), "rank correlations between uncertainties (a Gaussian copula)"),
    Key("beliefs", MapOf(MapOf(_BELIEF, keys="known"), keys="known"),
        "for an actor, how its view of an uncertainty differs from the study's"),
    Key("choices", MapOf(_CHOICES, keys="known"), "what each actor chooses in a step", required=True),
    Key("modes", MapOf(_MODE), "exclusive states, with moves between them"),
    Key("stocks", MapOf(_STOCK), "numbers that are carried from step to step"),
    Key("quantities", MapOf(_QUANTITY), "what is computed anew in each step"),
    Key("draws", MapOf(_DRAW), "a continuous draw in each step"),
    Key("events", MapOf(_EVENT), "what may happen in a step"),
    Key("strategies", MapOf(MapOf(_STRATEGY), keys="known"), "for each actor, its named rules", required=True),
    Key("profiles", MapOf(MapOf(ONE_OR_MORE, keys="known", extra=(CALLED, ABOUT))), "names for part of a profile"),
    Key("payoffs", MapOf(_PAYOFF, keys="known"), "what each actor wants", required=True),
    Key("outcomes", MapOf(_OUTCOME), "what the brief reports", required=True),
    Key("deals", MapOf(_DEAL), "what could be agreed"),
    Key("moves", MapOf(_MOVES, keys="known", extra=(_TODAY,)),
        "for an actor, which changes of strategy cannot be made or undone; and what is played today"),
    Key("search", MapOf(MapOf(_SEARCH), keys="known"), "for an actor, strategies to be found rather than listed"),
    Key("mechanisms", MapOf(_MECHANISM), "what the model is meant to do, as tests of it"),
    Key("checks", MapOf(EXPRESSION), "truths that must hold in every step of every future"),
    Key("series", MapOf(_SERIES), "data by date from a file in the folder"),
    Key("report", ListOf(EXPRESSION),
        "what the brief draws over time, in this order: stocks, quantities, counts, a mode's state as `mode == state`, "
        "or what an outcome is made of, by its name; what outcomes name, then other stocks, where it is left out"),
    Key("observed", MapOf(_OBSERVED, keys="known"),
        "which events, counts, modes, stocks and quantities the decider's side can see, and how"),
)  # fmt: skip

IMPOSE = MapOf(Text("known"), keys="known")
_SECTIONS_OF_A_VARIANT = tuple(Key(key.name, Free("section"), key.doc) for key in _PATCHED if key.name != "about")
_VARIANT = Record(
    (
        ABOUT,
        Key("impose", IMPOSE, "what is held by hand: `never`, `always`, `at 2026-01`, an option, a number, a series"),
        *_SECTIONS_OF_A_VARIANT,
    )
)

STUDY = Record(
    (
        Key("standoff", Text("word", (LANGUAGE_VERSION,)), "the version of the language", required=True),
        Key(
            "units",
            MapOf(Text("scale")),
            "what one of a unit is in another, as `MEUR: 1e6 EUR`, or `percent: 0.01`: the two then mix in equations",
        ),
        THE_INDICES,
        *_PATCHED,
        Key("variants", MapOf(_VARIANT), "named changes to any part"),
    )
)
