"""What could be written at the cursor: keys, fixed words, names of the study, functions and units."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from standoff.base.chance.distributions import DISTRIBUTIONS
from standoff.editing.cursor import Cursor, cursor_at
from standoff.editing.mentions import ORDER, Index, Named
from standoff.editing.slots import KEY, slot_of
from standoff.language.expressions.functions import CLOCK_NAMES, FUNCTIONS
from standoff.language.expressions.parser import KEYWORDS
from standoff.language.meaning.names import WHAT
from standoff.language.shape.shapes import Either, Free, Key, Keyed, ListOf, MapOf, Record, Shape, Text
from standoff.language.text.reader import Mapping

__all__ = ["Completion", "complete"]

_SUBSCRIPT = re.compile(r"(\w+)\[[^\[\]]*$")
Kind = Literal["key", "word", "name", "function", "option"]


@dataclass(frozen=True, slots=True)
class Completion:
    """One way to go on: the text that stands for the word at the cursor, its kind, and what it means."""

    text: str
    kind: Kind
    detail: str
    start: int


def complete(text: str, offset: int, index: Index | None, *, claims: bool = False) -> tuple[Completion, ...]:
    """What could stand at the cursor, the keys that must be there first.

    Args:
        text: The file's text, which need not parse.
        offset: The cursor, in characters.
        index: The names of the study as it could last be read, or None.
        claims: Whether the file is `claims.yaml`.
    """
    cursor = cursor_at(text, offset, claims=claims)
    if cursor is None:
        return ()
    found: dict[str, Completion] = {}
    for one in _offered(cursor, index):
        if one.text.lower().startswith(cursor.typed.lower()) or "." in cursor.typed:
            found.setdefault(one.text, one)
    return tuple(found.values())


def _offered(cursor: Cursor, index: Index | None) -> Iterator[Completion]:
    for shape in _shapes(cursor.shape):
        match shape:
            case Record():
                yield from _keys(shape.keys, cursor)
            case MapOf():
                yield from _keys(shape.extra, cursor)
                if shape.keys == "known" and index is not None:
                    yield from _names((*_without_key(cursor.path), KEY), cursor, index)
            case Text(kind="word"):
                yield from (Completion(word, "word", "", cursor.start) for word in shape.words)
            case Text(kind="truth"):
                yield from (Completion(word, "word", "", cursor.start) for word in ("true", "false"))
            case Text(kind="expression") if index is not None:
                yield from _of_expression(cursor, index)
            case Text(kind="distribution"):
                yield from (Completion(name, "function", "a distribution", cursor.start) for name in DISTRIBUTIONS)
            case Text(kind="known" | "bound") if index is not None:
                yield from _names(cursor.path, cursor, index)
            case Text(kind="unit") if index is not None:
                yield from (Completion(unit, "word", "a unit of this study", cursor.start) for unit in _units(index))
            case Free() if index is not None:
                yield from _names(cursor.path, cursor, index)


def _shapes(shape: Shape | None) -> Iterator[Shape]:
    match shape:
        case None:
            return
        case Either():
            for one in shape.shapes:
                yield from _shapes(one)
        case ListOf():
            yield from _shapes(shape.item)
        case Keyed():
            yield shape.marked
            yield shape.other
        case _:
            yield shape


def _keys(keys: Iterable[Key], cursor: Cursor) -> Iterator[Completion]:
    for key in sorted(keys, key=lambda key: not key.required):
        if key.name not in cursor.keys:
            yield Completion(key.name, "key", key.doc, cursor.start)


def _without_key(path: tuple[str, ...]) -> tuple[str, ...]:
    return path[:-1] if path[-1:] == (KEY,) else path


def _names(path: tuple[str, ...], cursor: Cursor, index: Index) -> Iterator[Completion]:
    """Names that fit a place: of its category, and its owner's where it has one."""
    slot = slot_of(path)
    if slot is None or slot.declares:
        return
    wanted = ORDER if slot.category == "any" else (slot.category,)
    for named in index.declared:
        if named.category in wanted and slot.owner in ("", named.owner) and _fits(path, named, index):
            yield Completion(named.name, "name", _what(named, index), cursor.start)


def _fits(path: tuple[str, ...], named: Named, index: Index) -> bool:
    """Of the one space of names, those of the kind that a key takes: actors, or parameters."""
    if named.category != "name":
        return True
    is_actor = named.name in index.names.actors
    if path[-1] in ("within",) or path[0] in ("correlated",) or path[-1:] == ("of",):
        return not is_actor
    return is_actor or path[0] in ("expectation", "mechanisms", "variants", "claims", "beliefs")


def _of_expression(cursor: Cursor, index: Index) -> Iterator[Completion]:
    vectors, subscript = index.names.vectors, _SUBSCRIPT.search(cursor.before)
    if subscript is not None and subscript[1] in vectors.axes:
        for axis in dict.fromkeys(vectors.axes[subscript[1]]):
            yield Completion(axis, "name", "an index", cursor.start)
            for element in vectors.indices[axis]:
                yield Completion(element, "option", f"an element of {axis}", cursor.start)
        return
    first, dot, _ = cursor.typed.rpartition(".")
    if dot:
        yield from _members(first, cursor, index)
        return
    if cursor.path[:1] == ("strategies",) and len(cursor.path) > 2:
        owner = f"{cursor.path[1]}.{cursor.path[2]}"
        for named in index.declared:
            if named.category == "setting" and named.owner == owner:
                yield Completion(named.name, "name", "a setting of this strategy", cursor.start)
    family = _compared(cursor.before, index) or _chosen(cursor.path, index)
    for option in index.names.families.get(family or "", ()):
        yield Completion(option, "option", f"an option of {family}", cursor.start)
    for name, axes in vectors.axes.items():
        yield Completion(name, "name", f"a vector over {' and '.join(axes)}", cursor.start)
    for name, declared in index.names.symbols.items():
        if declared.symbol.kind != "clock":
            yield Completion(name, "name", _with_unit(declared.what, str(declared.unit or "")), cursor.start)
    for name, about in CLOCK_NAMES.items():
        yield Completion(name, "name", about, cursor.start)
    for function in FUNCTIONS.values():
        yield Completion(function.name, "function", function.meaning, cursor.start)
    for word in KEYWORDS:
        yield Completion(word, "word", "", cursor.start)


def _members(first: str, cursor: Cursor, index: Index) -> Iterator[Completion]:
    start = cursor.start + len(first) + 1
    for dimension in index.names.dimensions.get(first, ()):
        yield Completion(dimension, "name", f"what {first} chooses", start)
    for term in index.names.deals.get(first, ()):
        yield Completion(term, "name", f"a term of {first}", start)


def _compared(before: str, index: Index) -> str | None:
    """The family that the words before the cursor compare with: `south.line == `, `race in [`."""
    words = before.replace("(", " ").replace(")", " ").replace("[", " ").replace(",", " ").split()
    for operator in ("==", "!=", "in"):
        if operator in words[-4:]:
            at = len(words) - 1 - words[::-1].index(operator)
            if at and words[at - 1] in index.names.families:
                return words[at - 1]
    return None


def _chosen(path: tuple[str, ...], index: Index) -> str | None:
    if len(path) < 4 or path[0] != "strategies" or path[3] != "choose" or path[-1] == "when":
        return None
    rest = [step for step in path[4:] if step not in ("then", KEY)]
    family = ".".join((path[1], *rest[:1]))
    return family if family in index.names.families else None


def _units(index: Index) -> Iterator[str]:
    """The units that the study has written so far."""
    seen: set[str] = set()
    stack: list[object] = [index.study]
    while stack:
        node = stack.pop()
        if isinstance(node, Mapping):
            for name, value in node.items:
                text = getattr(value, "text", None)
                if name.text == "unit" and isinstance(text, str) and text not in seen:
                    seen.add(text)
                    yield text
                stack.append(value)


def _what(named: Named, index: Index) -> str:
    if named.category != "name":
        return f"{'an' if named.category[0] in 'aeiou' else 'a'} {named.category}" + (
            f" of {named.owner}" if named.owner else ""
        )
    if named.name in index.names.actors:
        return "an actor"
    declared = index.names.find(named.name)
    return "" if declared is None else _with_unit(WHAT[declared.symbol.kind], str(declared.unit or ""))


def _with_unit(what: str, unit: str) -> str:
    return f"{what} in {unit}" if unit and unit != "1" else what
