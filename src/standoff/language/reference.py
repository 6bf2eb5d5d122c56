"""The pages of the documentation that are made from the tables in the code.

Run as `python -m standoff.language.reference problems > docs/problems.md`, and likewise with `language`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any

from standoff.base.chance.distributions import DISTRIBUTIONS
from standoff.base.codes import CODES
from standoff.base.problems import MOST_SHOWN
from standoff.base.tables import MOST_BYTES as MOST_BYTES_OF_TABLES
from standoff.base.tables import MOST_COLUMNS, MOST_ROWS
from standoff.language.building.draft import MOST_STEPS
from standoff.language.building.parameters import MOST_CORRELATED
from standoff.language.building.strategies import MOST_INSTANCES
from standoff.language.checks.usage import MANY_PROFILES, MOST_PROFILES, RARE
from standoff.language.experiments.expectations import EXPECTATION
from standoff.language.expressions.functions import CLOCK_NAMES, FUNCTIONS, Argument, Function
from standoff.language.expressions.parser import MOST_CHARACTERS
from standoff.language.expressions.parser import MOST_DEPTH as MOST_DEPTH_OF_EXPRESSIONS
from standoff.language.expressions.vectors import FOLDS, MOST_TERMS
from standoff.language.meaning.equations import MOST_RULES
from standoff.language.shape.claims import CLAIMS
from standoff.language.shape.columns import FACTS, HISTORY, SEEN
from standoff.language.shape.json_schema import json_schema
from standoff.language.shape.kinds import MOST_IN_NAME
from standoff.language.shape.schema import LANGUAGE_VERSION, STUDY
from standoff.language.shape.shapes import Either, Free, Key, Keyed, ListOf, MapOf, Record, Shape, Text, TextKind
from standoff.language.text.files import FACTS_FILE, HISTORY_FILE, MOST_BYTES
from standoff.language.text.reader import MOST_ENTRIES, MOST_IN_SECTION, MOST_NODES
from standoff.language.text.syntax import MOST_DEPTH

__all__ = ["PAGES", "SCHEMAS", "language_page", "problems_page", "schema_of"]

SCHEMAS = {
    "study": (STUDY, "Standoff study", f"A model of a confrontation, version {LANGUAGE_VERSION} of the language"),
    "claims": (CLAIMS, "Standoff claims", "What the documents behind a study say, each tied to its passage"),
}
"""The files in YAML: the table of each, its title, and what it is."""


def schema_of(file: str) -> dict[str, Any]:
    """The JSON Schema of `study` or `claims`."""
    return json_schema(*SCHEMAS[file], EXPECTATION)


def problems_page() -> str:
    """`docs/problems.md`: every code, how grave it is, and what it means."""
    lines = [
        "# Problems",
        "",
        "What Standoff finds wrong in a study has a place, a sentence, mostly an advice, and a code in brackets.",
        f"Errors stop the work, warnings do not. At most {MOST_SHOWN} are shown; `--json` gives them all.",
        "The folder `tests/problems/` has a small study for every code, and what is printed for it.",
    ]
    for severity, title in (("error", "Errors"), ("warning", "Warnings")):
        lines += ["", f"## {title}", "", "| code | what it means |", "| --- | --- |"]
        lines += [f"| `{code.name}` | {_cell(code.meaning)} |" for code in CODES.values() if code.severity == severity]
    return "\n".join(lines) + "\n"


def language_page() -> str:
    """`docs/language.md`: sections and keys, expressions, functions, distributions and limits."""
    lines = [
        f"# The model language, version {LANGUAGE_VERSION}",
        "",
        "A study's model is one YAML file, `study.yaml`, with expressions in strings. It is data: opening it runs no",
        "code and reads nothing outside its folder. Beside it may stand `claims.yaml`, `facts.csv`, `history.csv` and",
        "the tables of series. This page lists every key and column, function and distribution.",
        "",
        *_sections(),
        *_expectations(),
        *_beside(),
        *_expressions(),
        *_functions(),
        *_conventions(),
        *_distributions(),
        *_limits(),
    ]
    return "\n".join(lines).rstrip() + "\n"


PAGES: dict[str, Callable[[], str]] = {"problems": problems_page, "language": language_page}


def _sections() -> Iterator[str]:
    yield "## Sections"
    yield ""
    yield "| section | what it says | |"
    yield "| --- | --- | --- |"
    for key in STUDY.keys:
        yield f"| `{key.name}` | {_cell(key.doc)} | {'required' if key.required else ''} |"
    for key in STUDY.keys:
        rows = dict.fromkeys(_rows(key.shape, ""))
        if rows:
            yield from ("", f"### `{key.name}`", "", f"{_opening(key.shape)}:", "")
            yield "| key | what stands there | what it means |"
            yield "| --- | --- | --- |"
            yield from rows
    yield ""


def _expectations() -> Iterator[str]:
    yield from ("## Expectations", "", "What `expect` holds, in `mechanisms` and in `claims.yaml`: one, or a list.", "")
    yield from _keyed(EXPECTATION)
    yield ""


def _beside() -> Iterator[str]:
    """The files beside the study."""
    yield from ("## `claims.yaml`", "", "What the documents say, each claim tied to its passage.", "")
    yield from _keyed(CLAIMS)
    for name, columns, about in (
        (FACTS_FILE, FACTS, "What is known, a row each, for `fact` to refer to. No other column is read."),
        (HISTORY_FILE, HISTORY, "What was seen before the study begins, a row for each date."),
        (
            "seen.csv",
            SEEN,
            "What was seen since the study begins, for `watch` and `brief --seen`; in a file of any name.",
        ),
    ):
        yield from ("", f"## `{name}`", "", about, "", "| column | what stands there | what it means |")
        yield from ("| --- | --- | --- |", *(_row(column, "") for column in columns))
    yield ""


def _keyed(shape: Shape) -> Iterator[str]:
    yield from ("| key | what stands there | what it means |", "| --- | --- | --- |", *dict.fromkeys(_rows(shape, "")))


def _opening(shape: Shape) -> str:
    match shape:
        case ListOf():
            return "A list; each entry has these keys"
        case MapOf(value=MapOf()):
            return "For each actor a mapping from names; under each name stand these keys"
        case MapOf():
            return "A mapping from names; under each name stand these keys"
        case _:
            return "A mapping with these keys"


def _rows(shape: Shape, prefix: str) -> Iterator[str]:
    """One row for each key of the language below a shape; the author's names inside are shown as `NAME`."""
    match shape:
        case Record():
            for key in shape.keys:
                if key.shape != Free("section"):
                    yield _row(key, prefix)
                    yield from _rows(key.shape, f"{prefix}{key.name}.")
        case MapOf():
            yield from (_row(key, prefix) for key in shape.extra)
            yield from _rows(shape.value, f"{prefix}NAME." if prefix or shape.extra else "")
        case ListOf():
            yield from _rows(shape.item, prefix)
        case Either():
            for one in shape.shapes:
                yield from _rows(one, prefix)
        case Keyed():
            yield from _rows(shape.marked, prefix)
            yield from _rows(shape.other, prefix)


def _row(key: Key, prefix: str) -> str:
    required = " (required)" if key.required else ""
    return f"| `{prefix}{key.name}` | {_cell(_said(key.shape))}{required} | {_cell(key.doc)} |"


def _said(shape: Shape) -> str:
    """A shape in words."""
    match shape:
        case Text(words=words) if words:
            return "one of " + ", ".join(f"`{word}`" for word in words)
        case Text(kind):
            return _KINDS[kind]
        case ListOf(item, least, most):
            number = f"{least} " if least == most else ""
            return f"a list of {number}{_PLURALS.get(item.kind, 'entries') if isinstance(item, Text) else 'entries'}"
        case MapOf(keys=keys):
            return "a mapping from numbers" if keys == "number" else "a mapping from names"
        case Either(shapes):
            return " or ".join(dict.fromkeys(_said(one) for one in shapes))
        case Free("expectation"):
            return "an expectation"
        case _:
            return "a mapping"


def _expressions() -> Iterator[str]:
    yield from ("## Expressions", "")
    yield from ("Operators bind as in Python, the tightest first; comparisons do not chain.", "")
    yield from ("| operator | meaning |", "| --- | --- |")
    yield from (f"| {operator} | {meaning} |" for operator, meaning in _OPERATORS)
    yield from ("", "A literal may carry a unit, as in `10 [missile]`. A name may have parts, as in `south.line`.", "")
    yield from _vectors()
    yield from ("| name of the clock | meaning |", "| --- | --- |")
    yield from (f"| `{name}` | {_cell(meaning)} |" for name, meaning in CLOCK_NAMES.items())
    grammar = files("standoff.language.expressions").joinpath("grammar.lark").read_text(encoding="utf-8")
    yield from ("", "The grammar:", "", "```", grammar.strip(), "```", "")


def _vectors() -> Iterator[str]:
    """What stands for a thing of each element of an index."""
    yield from ("### Vectors", "", *_OF_VECTORS, "", "```yaml", *_A_VECTOR, "```", "")
    yield from ("| of a vector | meaning |", "| --- | --- |")
    yield "| `force[region]` `force[north]` | the element of this entry's own `region`; that of `north` |"
    for name in FOLDS:
        yield f"| `{name}(x[r] for r in region if r != north)` | {_OF_FOLDS[name]} the elements for which `if` holds |"
    yield ""


def _functions() -> Iterator[str]:
    yield "## Functions"
    for family, sentence in _FAMILIES.items():
        yield from ("", sentence, "", "| function | value |", "| --- | --- |")
        for function in FUNCTIONS.values():
            if function.family == family:
                yield f"| `{_signature(function)}` | {_cell(function.meaning)} |"
    yield ""


def _signature(function: Function) -> str:
    arguments = [_ARGUMENTS[kind] for kind in function.arguments]
    if len(arguments) > 1 and len(set(arguments)) < len(arguments):
        arguments = list("xyz"[: len(arguments)])
    arguments += [f"{_ARGUMENTS[kind]}?" for kind in function.optional]
    return f"{function.name}({', '.join(arguments)}{', …' if function.repeats else ''})"


def _conventions() -> Iterator[str]:
    yield from ("## Time, ends and units", "")
    yield from (f"* {sentence}" for sentence in _CONVENTIONS)
    yield ""


def _distributions() -> Iterator[str]:
    yield from ("## Distributions", "", "Those marked can be drawn in every step; the others are for worlds only.", "")
    yield from ("| distribution | what it is | in `draws` |", "| --- | --- | --- |")
    for row in DISTRIBUTIONS.values():
        drawn = "yes" if row.recipe is not None else ""
        yield f"| `{row.name}({', '.join(row.parameters)})` | {_cell(row.about)} | {drawn} |"
    yield ""


def _limits() -> Iterator[str]:
    yield from ("## Limits", "", "| what | limit |", "| --- | --- |")
    yield f"| the file | {MOST_BYTES:,} bytes, nested {MOST_DEPTH} deep |"
    yield f"| keys and values of a file | {MOST_NODES:,} |"
    yield f"| a list or mapping | {MOST_ENTRIES:,} entries; a section of the study {MOST_IN_SECTION:,} |"
    yield f"| a list of rules | {MOST_RULES} |"
    yield f"| the strategies that settings make of one | {MOST_INSTANCES:,} |"
    yield f"| correlated uncertainties | {MOST_CORRELATED} |"
    yield f"| a table of data | {MOST_BYTES_OF_TABLES:,} bytes, {MOST_ROWS:,} rows, {MOST_COLUMNS} columns |"
    yield f"| a clock | {MOST_STEPS:,} steps |"
    yield f"| an expression | {MOST_CHARACTERS:,} characters, nested {MOST_DEPTH_OF_EXPRESSIONS} deep |"
    yield f"| vectors | {MOST_IN_SECTION:,} entries in all; {MOST_TERMS:,} terms that `for` stands for |"
    yield f"| a name | {MOST_IN_NAME} characters: plain letters, digits and `_` |"
    yield f"| profiles | {MOST_PROFILES:,}; a warning above {MANY_PROFILES:,} |"
    yield f"| a rare event, for warnings | a chance of {RARE:g} a step or less |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


_CONVENTIONS = (
    "Steps begin on dates of the Gregorian calendar, and last until the next begins: a date lies in one step. A "
    "step that would begin on a day that its month lacks begins on the month's last.",
    "`date` is a decimal year in which a month is a twelfth of a year and a day an equal part of its month: April "
    "2025 is 2025.25 in every year.",
    "Rates know one length for all steps of a kind: 12 months and 4 quarters make a year, a day is a part of the "
    "mean Gregorian year of 365.2425 days, and a week seven of them.",
    "`year()`, `quarter()`, `month()`, `weekday()` and `seasonal(…)` are those of the day on which a step begins; "
    "weekdays count from Monday, 1.",
    "`final(x)` is judged on the state after the last step, and in a future that ends on the state that the "
    "ending step led to; a function of the calendar in it is then that of the day on which the next step would "
    "begin.",
    "Nothing is converted silently: two units are one where their names and powers are. A unit that `units` "
    "defines by another mixes with it: equations read both in the unit that has no scale, each thing is kept, "
    "held against its bounds and shown in its own, and a bare number is in that of the thing it is the start, "
    "bound or range of.",
    "A range whose end depends on other assumptions is drawn after them: a world lies as far between its own two "
    "ends as it would between fixed ones, so that no other column moves. What `--set` holds moves the ranges that "
    "depend on it; an experiment of a claim changes one thing, with all else as it was drawn.",
)
_KINDS: dict[TextKind, str] = {
    "text": "a text",
    "name": "a name",
    "word": "a word",
    "known": "a name",
    "expression": "an expression",
    "distribution": "a distribution",
    "number": "a number",
    "open": "a number or `null`",
    "end": "a number or an expression",
    "bound": "a number, a name or `null`",
    "whole": "a whole number",
    "truth": "`true` or `false`",
    "unit": "a unit",
    "scale": "a number and a unit",
    "date": "a date",
    "path": "a file's path",
}
_PLURALS: dict[TextKind, str] = {
    "text": "texts",
    "name": "names",
    "known": "names",
    "number": "numbers",
    "open": "numbers or `null`",
    "end": "numbers or expressions",
    "bound": "numbers, names or `null`",
    "expression": "expressions",
}
_OPERATORS = (
    ("`**`", "power"),
    ("`-x`", "minus"),
    ("`*` `/`", "times, divided by"),
    ("`+` `-`", "plus, minus"),
    ("`==` `!=` `<` `<=` `>` `>=`", "comparisons; options with `==` and `!=` only"),
    ("`in [a, b]` `not in [a, b]`", "one of several options"),
    ("`not`", "of a truth"),
    ("`and`", "both; the second is looked at only where the first holds"),
    ("`or`", "one or both; the second is looked at only where the first does not hold"),
    ("`a if test else b`", "`a` where `test` holds, else `b`; only the one taken is looked at"),
)
_OF_VECTORS = (
    "`indices` names what there are several of; an entry with `for` is one equation for all of them. Before anything",
    "else it is written out: `force_north`, `force_south`, … are things of their own, by which outcomes, the tables of",
    "worlds, variants and claims know them. In prose `{region}` becomes the element's name. `if` compares elements.",
    "Where a variant names the vector, all its elements change. The moves of a mode that is a vector are vectors too.",
)
_A_VECTOR = (
    "indices:",
    "  region: [north, south]",
    "stocks:",
    '  force: {for: region, start: {north: 10, south: 4}, next: "force[region] + sent[region]"}',
    "quantities:",
    '  road: {for: {a: region, b: region}, value: "0.1 * (force[a] - force[b])"}',
    '  sent: {for: region, value: "sum(road[other, region] for other in region if other != region)"}',
    '  road_north_south: {value: "0"}   # laid over what the equation says',
)
_OF_FOLDS = {
    "sum": "the sum over",
    "product": "the product over",
    "min": "the smallest of",
    "max": "the largest of",
    "any": "whether a truth holds of one of",
    "all": "whether a truth holds of all of",
}
_FAMILIES = {
    "arithmetic": "Arithmetic, everywhere:",
    "calendar": "What the calendar says of a step, in equations of a step:",
    "memory": "What looks back over earlier steps, in equations of a step:",
    "chance": "Chance, in payoffs and outcomes:",
    "reducer": "What makes one number of a future, in outcomes (as do `ever` and `count`, over all steps):",
}
_ARGUMENTS: dict[Argument, str] = {
    "number": "x",
    "same": "x",
    "plain": "x",
    "whole": "n",
    "points": "x0, y0, …",
    "truth": "truth",
    "event": "event",
    "happening": "event or truth",
    "mode": "mode",
    "any": "x",
    "like": "start",
}

if __name__ == "__main__":
    sys.stdout.write(PAGES[sys.argv[1]]())
