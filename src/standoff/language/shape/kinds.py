"""The kinds of a plain value: how messages call each, and what is wrong with a text that is not of the kind."""

from __future__ import annotations

import keyword
import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from standoff.base.problems import Problem
from standoff.base.units import parse_scale, parse_unit
from standoff.language.clock import has_form_of_date, parse_date
from standoff.language.expressions.functions import CLOCK_NAMES, FUNCTIONS
from standoff.language.expressions.parser import KEYWORDS
from standoff.language.shape.misfits import Owner, misfit
from standoff.language.shape.shapes import TextKind
from standoff.language.text.fields import as_number, is_nothing
from standoff.language.text.reader import Scalar

__all__ = ["KINDS", "MOST_IN_NAME", "TRUTH_WORDS", "Kind", "check_name", "is_name"]

MOST_IN_NAME = 60
TRUTH_WORDS = ("yes", "no", "on", "off", "true", "false", "null", "none")
_RESERVED = frozenset({*FUNCTIONS, *CLOCK_NAMES, *KEYWORDS})
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LOOKS_LIKE_NUMBER = re.compile(r"[+-]?[\d.][\d_,. ]*([eE][+-]?\d+)?\s*%?")


def is_name(text: str) -> bool:
    """Whether an expression can hold this name."""
    return _NAME.fullmatch(text) is not None


def check_name(name: Scalar, problems: list[Problem], *, is_option: bool = False) -> None:
    """Report a name that the language, YAML or Python would trip over.

    Options may be named as functions are, or `none`.
    """
    text = name.text
    if text.lower() in TRUTH_WORDS and not (is_option and text == "none"):
        if name.is_quoted:
            problems.append(Problem("reserved-name", name.span, f"`{text}` cannot be a name", "choose another word"))
        else:
            message = f"YAML readers take `{text}` for a truth or for nothing, so it cannot be a name"
            problems.append(Problem("yaml-truth-name", name.span, message, "choose another word"))
    elif not is_name(text):
        fixed = re.sub(r"[^A-Za-z0-9_]+", "_", text).strip("_")
        strange = next((letter for letter in text if letter.isalpha() and not letter.isascii()), None)
        advice = f"write `{fixed}`" if _NAME.fullmatch(fixed) and strange is None else None
        if strange is not None:
            advice = f"`{strange}` is not a plain letter ({unicodedata.name(strange, 'no name').lower()})"
        message = f"`{text}` cannot be a name: a name has plain letters, digits and `_`, and begins with a letter"
        problems.append(Problem("bad-name", name.span, message, advice))
    elif len(text) > MOST_IN_NAME:
        message = f"this name has {len(text)} characters, and at most {MOST_IN_NAME} are read"
        problems.append(Problem("bad-name", name.span, message, "shorten it, and say the rest in `about`"))
    elif keyword.iskeyword(text) or text in KEYWORDS:
        problems.append(
            Problem(
                "reserved-name",
                name.span,
                f"`{text}` is a word of Python's and cannot be a name",
                "choose another word",
            )
        )
    elif text in _RESERVED and not is_option:
        what = "the clock's" if text in CLOCK_NAMES else "a function's"
        problems.append(Problem("reserved-name", name.span, f"`{text}` is {what} name already", "choose another word"))


def _check_text(node: Scalar, owner: Owner, problems: list[Problem]) -> None:
    if not node.style and (node.text.lower() in TRUTH_WORDS or as_number(node) is not None):
        message = f"other YAML readers do not take `{node.text}` for a text"
        problems.append(Problem("yaml-unquoted-truth", node.span, message, "put it in quotation marks"))


def _check_name(node: Scalar, owner: Owner, problems: list[Problem]) -> None:
    check_name(node, problems, is_option=True)


def _check_number(node: Scalar, owner: Owner, problems: list[Problem]) -> None:
    value = as_number(node)
    if value is None:
        misfit(node, "a number", owner, problems, advice=_number_advice(node))
    elif not math.isfinite(value):
        message = f"`{node.text}` is too large a number"
        problems.append(Problem("wrong-value", node.span, message, "choose a larger unit"))


def _number_advice(node: Scalar) -> str | None:
    text = node.text.strip()
    if not _LOOKS_LIKE_NUMBER.fullmatch(text):
        return None
    plain = text.replace(",", "").replace("_", "").replace(" ", "").rstrip("%")
    try:
        value = float(plain)
    except ValueError:
        return None
    if text.endswith("%"):
        return f"write the share, {value / 100:g}"
    return f"write {plain} without quotation marks" if node.is_quoted else f"write {value:.15g}"


def _check_open(node: Scalar, owner: Owner, problems: list[Problem]) -> None:
    if not is_nothing(node):
        _check_number(node, owner, problems)


def _check_bound(node: Scalar, owner: Owner, problems: list[Problem]) -> None:
    if not is_nothing(node) and not is_name(node.text):
        _check_number(node, owner, problems)


def _check_end(node: Scalar, owner: Owner, problems: list[Problem]) -> None:
    if as_number(node) is not None or not any(letter.isalpha() for letter in node.text.replace("e", "")):
        _check_number(node, owner, problems)


def _check_whole(node: Scalar, owner: Owner, problems: list[Problem]) -> None:
    value = as_number(node)
    if value is None or not value.is_integer() or not 0 <= value <= 1_000_000:
        advice = None if value is not None else _number_advice(node)
        misfit(node, "a whole number, at least 0", owner, problems, advice=advice)


def _check_truth(node: Scalar, owner: Owner, problems: list[Problem]) -> None:
    if node.text not in ("true", "false"):
        means = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(node.text.lower(), node.text.lower())
        advice = f"write `{means}`" if means in ("true", "false") else None
        misfit(node, "`true` or `false`", owner, problems, advice=advice)


def _check_unit(node: Scalar, owner: Owner, problems: list[Problem]) -> None:
    try:
        parse_unit(node.text)
    except ValueError as error:
        problems.append(
            Problem("unknown-unit", node.span, str(error), "write a unit as `missile`, `USD/year` or `km^2`")
        )


def _check_scale(node: Scalar, owner: Owner, problems: list[Problem]) -> None:
    try:
        parse_scale(node.text)
    except ValueError as error:
        problems.append(Problem("unit-scale", node.span, str(error), "write it as `1e6 EUR`, or `0.01` alone"))


def _check_date(node: Scalar, owner: Owner, problems: list[Problem]) -> None:
    if parse_date(node.text) is None:
        is_missing = has_form_of_date(node.text)
        message = f"the calendar has no `{node.text}`" if is_missing else f"`{node.text}` is not a date"
        problems.append(Problem("date", node.span, message, "write it as `2025-04` or `2025-04-30`"))


def _check_nothing_more(node: Scalar, owner: Owner, problems: list[Problem]) -> None:
    """The text is read by whoever knows what it refers to."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How messages call a kind of value, and what reports a text that is none."""

    phrase: str
    check: Callable[[Scalar, Owner, list[Problem]], None]


KINDS: dict[TextKind, Kind] = {
    "text": Kind("a text", _check_text),
    "name": Kind("a name", _check_name),
    "word": Kind("a word", _check_nothing_more),
    "known": Kind("a name", _check_nothing_more),
    "expression": Kind("an expression", _check_nothing_more),
    "distribution": Kind("a distribution", _check_nothing_more),
    "number": Kind("a number", _check_number),
    "open": Kind("a number", _check_open),
    "end": Kind("a number, or an expression of other assumptions", _check_end),
    "bound": Kind("a number or the name of a constant", _check_bound),
    "whole": Kind("a whole number", _check_whole),
    "truth": Kind("`true` or `false`", _check_truth),
    "unit": Kind("a unit", _check_unit),
    "scale": Kind("a number and a unit", _check_scale),
    "date": Kind("a date", _check_date),
    "path": Kind("a file's path", _check_nothing_more),
}
