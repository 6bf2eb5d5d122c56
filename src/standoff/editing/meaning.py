"""What the word at the cursor means: a name of the study, a key, a function of the language."""

from __future__ import annotations

import re
from dataclasses import dataclass

from standoff.base.source import Span
from standoff.editing.cursor import cursor_at
from standoff.editing.mentions import Index, Mention, Named
from standoff.language.expressions.functions import CLOCK_NAMES, FUNCTIONS
from standoff.language.model import Model
from standoff.language.shape.shapes import Either, Keyed, ListOf, MapOf, Record, Shape
from standoff.language.text.fields import text
from standoff.language.text.reader import Mapping
from standoff.words.mathematics import equations_text

__all__ = ["Meaning", "definition", "meaning"]

_WORD = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What stands at a place, in lines of plain text, the first a heading."""

    lines: tuple[str, ...]
    start: int
    stop: int


def definition(index: Index, path: str, offset: int) -> Span | None:
    """Where the thing at a place is named first, or None."""
    mention = index.at(path, offset)
    return None if mention is None else index.declared.get(mention.of)


def meaning(index: Index | None, source: tuple[str, str], offset: int, model: Model | None = None) -> Meaning | None:
    """What the word at a place means.

    Args:
        index: The names of the study, or None where it could not be read.
        source: The path by which the index knows the file, and its text.
        offset: The place, in characters.
        model: Of which equations are shown, where there is one.
    """
    path, written = source
    mention = None if index is None else index.at(path, offset)
    if index is not None and mention is not None and written[mention.span.start : mention.span.stop] == mention.of.name:
        return Meaning(_of_name(mention, index, model), mention.span.start, mention.span.stop)
    word = next((m for m in _WORD.finditer(written) if m.start() <= offset <= m.end()), None)
    if word is None:
        return None
    about = _of_word(word.group(), written, word.end())
    return None if about is None else Meaning(about, word.start(), word.end())


def _of_name(mention: Mention, index: Index, model: Model | None) -> tuple[str, ...]:
    named = mention.of
    lines = [_heading(named, index)]
    about = _about(named, index)
    if about is not None:
        lines.append(about)
    if model is not None and named.category == "name":
        lines += [f"{name} = {right}" for name, right in equations_text(model) if name.split(" ")[0] == named.name]
    return tuple(lines)


def _heading(named: Named, index: Index) -> str:
    if named.category != "name":
        whose = f" of `{named.owner}`" if named.owner else ""
        return f"`{named.name}`: {named.category}{whose}"
    axes = index.names.vectors.axes.get(named.name)
    if axes is not None:
        return f"`{named.name}`: vector over {' and '.join(axes)}"
    declared = index.names.find(named.name)
    if declared is None:
        return f"`{named.name}`: actor"
    unit = "" if declared.unit is None or declared.unit.is_dimensionless else f" in {declared.unit}"
    return f"`{named.name}`: {declared.what.removeprefix('a ').removeprefix('an ')}{unit}"


def _about(named: Named, index: Index) -> str | None:
    """The `about` of what is named, or the text of a claim."""
    place = index.declared.get(named)
    if place is None:
        return None
    for node in index.trees:
        found = _entry(node, place)
        if found is not None:
            return text(found, "about") or text(found, "says") or text(found, "title")
    return None


def _entry(node: object, place: Span) -> Mapping | None:
    """The mapping of the key that stands at a place."""
    if isinstance(node, Mapping):
        for name, value in node.items:
            if name.span == place:
                return value if isinstance(value, Mapping) else None
            found = _entry(value, place)
            if found is not None:
                return found
    return None


def _of_word(word: str, written: str, end: int) -> tuple[str, ...] | None:
    """What a key, a function or a word of the clock means."""
    is_called = written[end : end + 1] == "("
    if is_called and word in FUNCTIONS:
        function = FUNCTIONS[word]
        return (f"`{word}`: function", function.meaning)
    if written[end:].lstrip(" ").startswith(":"):
        cursor = cursor_at(written, end)
        doc = None if cursor is None else _doc(cursor.shape, word)
        return None if doc is None else (f"`{word}`: key", doc)
    return (f"`{word}`: the clock's", CLOCK_NAMES[word]) if word in CLOCK_NAMES else None


def _doc(shape: Shape | None, word: str) -> str | None:
    match shape:
        case Record():
            key = shape.key(word)
            return None if key is None else key.doc
        case MapOf():
            return next((key.doc for key in shape.extra if key.name == word), None)
        case Either():
            return next((doc for one in shape.shapes if (doc := _doc(one, word)) is not None), None)
        case Keyed():
            return _doc(shape.marked, word) or _doc(shape.other, word)
        case ListOf():
            return _doc(shape.item, word)
    return None
