"""Nodes against shapes: every key known, every value of the kind that belongs there.

What does not fit is reported, and `Broken` stands in its place, so that whoever builds on it meets only what fits.
"""

from __future__ import annotations

import keyword
import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from difflib import get_close_matches

from standoff.base.problems import Problem, suggest
from standoff.base.source import Span
from standoff.base.units import parse_unit
from standoff.language.clock import parse_date
from standoff.language.fields import as_number, is_nothing
from standoff.language.functions import CLOCK_NAMES, FUNCTIONS
from standoff.language.parser import KEYWORDS
from standoff.language.reader import Broken, Mapping, Node, Scalar, Sequence
from standoff.language.shapes import Either, Free, Key, Keyed, ListOf, MapOf, Names, Record, Shape, Text, TextKind

__all__ = ["MOST_IN_NAME", "TRUTH_WORDS", "check_name", "conform", "is_name"]

MOST_IN_NAME = 60
TRUTH_WORDS = ("yes", "no", "on", "off", "true", "false", "null", "none")
RESERVED = frozenset({*FUNCTIONS, *CLOCK_NAMES, *KEYWORDS})
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NUMBERS = re.compile(r"(?<![\d.])-?\d+(?:\.\d+)?")
_LOOKS_LIKE_NUMBER = re.compile(r"[+-]?[\d.][\d_,. ]*([eE][+-]?\d+)?\s*%?")


@dataclass(frozen=True, slots=True)
class _Owner:
    """Whose value is looked at: the name that messages use, and where it stands."""

    name: str
    span: Span


def conform(node: Node, shape: Shape, name: str, span: Span, problems: list[Problem]) -> Node:
    """The node without what does not fit its shape.

    Args:
        node: What stands there.
        shape: What should.
        name: What messages call it, such as the key whose value it is.
        span: Where that name stands.
        problems: What does not fit is added here.

    Returns:
        The node, with `Broken` in place of whatever cannot be used, and unknown keys left out. A key that is
        misspelt counts as the one that was meant.
    """
    return _conform(node, shape, _Owner(name, span), problems)


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
    elif text in RESERVED and not is_option:
        what = "the clock's" if text in CLOCK_NAMES else "a function's"
        problems.append(Problem("reserved-name", name.span, f"`{text}` is {what} name already", "choose another word"))


def _conform(node: Node, shape: Shape, owner: _Owner, problems: list[Problem]) -> Node:
    match shape:
        case Text():
            return _text(node, shape, owner, problems)
        case ListOf():
            return _list(node, shape, owner, problems)
        case MapOf():
            return _map(node, shape, owner, problems)
        case Record():
            return _record(node, shape, owner, problems)
        case Keyed():
            chosen = shape.marked if isinstance(node, Mapping) and node.get(shape.marker) else shape.other
            return _conform(node, chosen, owner, problems)
        case Either():
            chosen_shape = next((one for one in shape.shapes if _accepts(one, node)), None)
            if chosen_shape is None:
                return _misfit(node, " or ".join(_phrase(one) for one in shape.shapes), owner, problems)
            return _conform(node, chosen_shape, owner, problems)
        case Free():
            return node


def _accepts(shape: Shape, node: Node) -> bool:
    if isinstance(shape, Text):
        return isinstance(node, Scalar) and not is_nothing(node)
    if isinstance(shape, ListOf):
        return isinstance(node, Sequence)
    return isinstance(node, Mapping)


def _phrase(shape: Shape) -> str:
    match shape:
        case Text(kind):
            return _KINDS[kind].phrase
        case ListOf():
            return "a list"
        case _:
            return "a mapping"


def _found(node: Node) -> str:
    match node:
        case Sequence():
            return "a list"
        case Mapping():
            return "a mapping"
        case Scalar() if as_number(node) is not None:
            return f"the number {node.text}"
        case Scalar() if not is_nothing(node):
            return f"the text `{node.text[:40]}`"
        case _:
            return "nothing"


def _misfit(node: Node, expected: str, owner: _Owner, problems: list[Problem], advice: str | None = None) -> Broken:
    span = owner.span if is_nothing(node) and node.span.start == node.span.stop else _head(node)
    message = f"`{owner.name}` should be {expected}, and {_found(node)} stands here"
    problems.append(Problem("wrong-shape", span, message, advice))
    return Broken(node.span)


def _head(node: Node) -> Span:
    """A list's or mapping's first line."""
    span = node.span
    end = span.source.text.find("\n", span.start, span.stop)
    return span if end < 0 else Span(span.source, span.start, end)


def _list(node: Node, shape: ListOf, owner: _Owner, problems: list[Problem]) -> Node:
    if not isinstance(node, Sequence):
        return _misfit(node, "a list", owner, problems, _list_advice(node, shape))
    if len(node.items) < shape.least or (shape.most is not None and len(node.items) > shape.most):
        _wrong_length(node, shape, owner, problems)
        return Broken(node.span)
    return Sequence(tuple(_conform(item, shape.item, owner, problems) for item in node.items), node.span)


def _list_advice(node: Node, shape: ListOf) -> str | None:
    if not isinstance(node, Scalar) or not node.text or node.is_block:
        return None
    numbers = _NUMBERS.findall(node.text)
    if shape.item in (Text("number"), Text("open")):
        return f"write `[{', '.join(numbers)}]`" if len(numbers) in (shape.least, shape.most) else None
    return f"write `[{node.text}]`"


def _wrong_length(node: Sequence, shape: ListOf, owner: _Owner, problems: list[Problem]) -> None:
    if not node.items:
        problems.append(Problem("empty", node.span, f"`{owner.name}` has no entry", "add one, or leave the key out"))
        return
    expected = str(shape.least) if shape.most == shape.least else f"at least {shape.least}"
    plural = "entry" if shape.least == 1 else "entries"
    found = f"{len(node.items)} stand{'s' if len(node.items) == 1 else ''}"
    problems.append(
        Problem("wrong-shape", _head(node), f"`{owner.name}` has {expected} {plural}, and {found} here", None)
    )


def _map(node: Node, shape: MapOf, owner: _Owner, problems: list[Problem]) -> Node:
    if not isinstance(node, Mapping):
        return _misfit(node, "a mapping", owner, problems)
    if len(node.items) < shape.least:
        problems.append(Problem("empty", owner.span, f"`{owner.name}` has no entry", "add one, or leave the key out"))
        return Broken(node.span)
    items: list[tuple[Scalar, Node]] = []
    for name, value in node.items:
        extra = next((key for key in shape.extra if key.name == name.text), None)
        if extra is not None or _key_fits(name, shape.keys, owner, problems):
            inner = extra.shape if extra else shape.value
            items.append((name, _conform(value, inner, _Owner(name.text, name.span), problems)))
    return Mapping(tuple(items), node.span)


def _key_fits(name: Scalar, keys: Names, owner: _Owner, problems: list[Problem]) -> bool:
    if keys == "name":
        check_name(name, problems)
    elif keys == "number" and as_number(name) is None:
        message = f"the keys of `{owner.name}` are numbers, and `{name.text}` stands here"
        problems.append(Problem("wrong-shape", name.span, message))
        return False
    return True


def _record(node: Node, shape: Record, owner: _Owner, problems: list[Problem]) -> Node:
    if not isinstance(node, Mapping):
        required = [key.name for key in shape.keys if key.required] or [key.name for key in shape.keys]
        advice = f"write `{owner.name}: {{{required[0]}: …}}`" if isinstance(node, Scalar) else None
        return _misfit(node, "a mapping", owner, problems, advice)
    items: list[tuple[Scalar, Node]] = []
    free = {key.name for key in shape.keys} - {name.text for name, _ in node.items}
    for name, value in node.items:
        key = shape.key(name.text)
        if key is None:
            problems.append(_unknown_key(node, name, value, shape, owner))
            key = _meant(name, free, shape)
        if key is not None:
            kept = _conform(value, key.shape, _Owner(name.text, name.span), problems)
            items.append((replace(name, text=key.name), kept))
    _check_keys(items, shape, owner, problems)
    return Mapping(tuple(items), node.span)


def _meant(name: Scalar, free: set[str], shape: Record) -> Key | None:
    """The key of which this one is a misspelling, among those that are not there; it is free no longer."""
    nearest = get_close_matches(name.text, free, n=1, cutoff=0.6)
    free.difference_update(nearest)
    return shape.key(nearest[0]) if nearest else None


def _unknown_key(node: Mapping, name: Scalar, value: Node, shape: Record, owner: _Owner) -> Problem:
    is_bare = isinstance(value, Scalar) and not value.style and value.text == ""
    if is_bare and node.span.source.text[node.span.start] == "{":
        before = next((key for key, _ in reversed(node.items) if key.span.start < name.span.start), None)
        whose = f" of `{before.text}`" if before is not None else ""
        message = f"the comma splits the text{whose}, and `{name.text}` stands as a key"
        return Problem("yaml-split-text", name.span, message, "put the text in quotation marks")
    known = [key.name for key in shape.keys]
    place = "a study" if owner.name == "" else f"`{owner.name}`"
    return Problem(
        "unknown-key", name.span, f"`{name.text}` is not a key of {place}", suggest(name.text, known, "keys")
    )


def _check_keys(items: list[tuple[Scalar, Node]], shape: Record, owner: _Owner, problems: list[Problem]) -> None:
    whose = f"`{owner.name}`" if owner.name else "the study"
    present = [name.text for name, _ in items]
    for key in shape.keys:
        if key.required and key.name not in present:
            problems.append(Problem("missing-key", owner.span, f"{whose} has no `{key.name}`", _say(key)))
    for group in (*shape.exactly_one, *shape.at_least_one):
        if not any(name in present for name in group):
            listed = " or ".join(", ".join(f"`{name}`" for name in part) for part in (group[:-1], group[-1:]))
            problems.append(Problem("missing-key", owner.span, f"{whose} has no {listed}", "add one of them"))
    for group in (*shape.exactly_one, *shape.at_most_one):
        found = [name for name, _ in items if name.text in group]
        if len(found) > 1:
            message = f"`{found[1].text}` and `{found[0].text}` exclude each other"
            problems.append(Problem("keys-together", found[1].span, message, "keep one of the two"))


def _say(key: Key) -> str:
    return f"add `{key.name}`: {key.doc}"


def _text(node: Node, shape: Text, owner: _Owner, problems: list[Problem]) -> Node:
    kind = _KINDS[shape.kind]
    if isinstance(node, Mapping) and shape.kind in ("expression", "distribution", "text"):
        message = f"`{owner.name}` should be {kind.phrase}, and a mapping stands here"
        problems.append(Problem("wrong-shape", _head(node), message, "put the text in quotation marks"))
        return Broken(node.span)
    if not isinstance(node, Scalar) or (is_nothing(node) and shape.kind != "open"):
        return _misfit(node, kind.phrase, owner, problems)
    if shape.kind == "word" and node.text not in shape.words:
        _wrong_word(node, shape, owner, problems)
        return Broken(node.span)
    found = len(problems)
    kind.check(node, owner, problems)
    is_usable = len(problems) == found or shape.kind in ("text", "name")
    return node if is_usable else Broken(node.span)


def _wrong_word(node: Scalar, shape: Text, owner: _Owner, problems: list[Problem]) -> None:
    message = f"`{owner.name}` cannot be `{node.text}`"
    problems.append(Problem("wrong-value", node.span, message, suggest(node.text, shape.words, "words")))


def _check_text(node: Scalar, owner: _Owner, problems: list[Problem]) -> None:
    if not node.style and (node.text.lower() in TRUTH_WORDS or as_number(node) is not None):
        message = f"other YAML readers do not take `{node.text}` for a text"
        problems.append(Problem("yaml-unquoted-truth", node.span, message, "put it in quotation marks"))


def _check_name(node: Scalar, owner: _Owner, problems: list[Problem]) -> None:
    check_name(node, problems, is_option=True)


def _check_number(node: Scalar, owner: _Owner, problems: list[Problem]) -> None:
    value = as_number(node)
    if value is None:
        _misfit(node, "a number", owner, problems, _number_advice(node))
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


def _check_open(node: Scalar, owner: _Owner, problems: list[Problem]) -> None:
    if not is_nothing(node):
        _check_number(node, owner, problems)


def _check_whole(node: Scalar, owner: _Owner, problems: list[Problem]) -> None:
    value = as_number(node)
    if value is None or not value.is_integer() or not 0 <= value <= 1_000_000:
        advice = None if value is not None else _number_advice(node)
        _misfit(node, "a whole number, at least 0", owner, problems, advice)


def _check_truth(node: Scalar, owner: _Owner, problems: list[Problem]) -> None:
    if node.text not in ("true", "false"):
        means = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(node.text.lower(), node.text.lower())
        advice = f"write `{means}`" if means in ("true", "false") else None
        _misfit(node, "`true` or `false`", owner, problems, advice)


def _check_unit(node: Scalar, owner: _Owner, problems: list[Problem]) -> None:
    try:
        parse_unit(node.text)
    except ValueError as error:
        problems.append(
            Problem("unknown-unit", node.span, str(error), "write a unit as `missile`, `USD/year` or `km^2`")
        )


def _check_date(node: Scalar, owner: _Owner, problems: list[Problem]) -> None:
    if parse_date(node.text) is None:
        message = f"`{node.text}` is not a date"
        problems.append(Problem("date", node.span, message, "write it as `2025-04` or `2025-04-30`"))


def _check_nothing_more(node: Scalar, owner: _Owner, problems: list[Problem]) -> None:
    """The text is read by whoever knows what it refers to."""


@dataclass(frozen=True, slots=True)
class _Kind:
    phrase: str
    check: Callable[[Scalar, _Owner, list[Problem]], None]


_KINDS: dict[TextKind, _Kind] = {
    "text": _Kind("a text", _check_text),
    "name": _Kind("a name", _check_name),
    "word": _Kind("a word", _check_nothing_more),
    "known": _Kind("a name", _check_nothing_more),
    "expression": _Kind("an expression", _check_nothing_more),
    "distribution": _Kind("a distribution", _check_nothing_more),
    "number": _Kind("a number", _check_number),
    "open": _Kind("a number", _check_open),
    "whole": _Kind("a whole number", _check_whole),
    "truth": _Kind("`true` or `false`", _check_truth),
    "unit": _Kind("a unit", _check_unit),
    "date": _Kind("a date", _check_date),
    "path": _Kind("a file's path", _check_nothing_more),
}
