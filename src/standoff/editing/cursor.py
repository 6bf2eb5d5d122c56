"""Where the cursor stands in a study that is being written, and so need not parse.

The lines that enclose the cursor by their indentation, and its own line up to it, make a small document of their
own; what is open in it is closed, and it is read as any study is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from standoff.base.problems import StudyError
from standoff.base.source import Source
from standoff.editing.slots import shape_at
from standoff.language.shape.shapes import Shape
from standoff.language.text.reader import Mapping, Node, Scalar, Sequence, parse_yaml

__all__ = ["Cursor", "cursor_at"]

_MARK = "zz_cursor"
_TYPED = re.compile(r"[\w.]*$")
_MOST_LINES = 5_000


@dataclass(frozen=True, slots=True)
class Cursor:
    """The cursor's place.

    Attributes:
        path: The keys to it, lists left out.
        shape: What could stand there, or None where the language has nothing.
        typed: The part of a word before it.
        start: Where that word starts, as an offset.
        before: The text of the value before that word.
        keys: The keys that the mapping has before it, which need not be written again.
    """

    path: tuple[str, ...]
    shape: Shape | None
    typed: str
    start: int
    before: str
    keys: frozenset[str]


def cursor_at(text: str, offset: int, *, claims: bool = False) -> Cursor | None:
    """The cursor's place, or None where it stands in a comment or in nothing that can be read."""
    lines = text[:offset].split("\n")[-_MOST_LINES:]
    typed = _TYPED.search(lines[-1])
    word = typed.group() if typed else ""
    kept = [*_enclosing(lines), lines[-1] + _MARK]
    closing = _closing("\n".join(kept))
    if closing is None:
        return None
    for ending in (closing, f": 0{closing}" if closing else ": 0"):
        try:
            root, _ = parse_yaml(Source("", "\n".join(kept) + ending))
        except StudyError:
            continue
        found = next(_marked(root), None)
        if found is None:
            continue
        node, keys = found
        path, shape = shape_at(root, node, claims=claims)
        before = node.text.partition(_MARK)[0]
        return Cursor(path, shape, word, offset - len(word), before=before[: len(before) - len(word)], keys=keys)
    return None


def _enclosing(lines: list[str]) -> list[str]:
    """The lines before the last that enclose it, outermost first, and those of its own mapping."""
    kept: list[str] = []
    own = lines[-1]
    depth = len(own) - len(own.lstrip(" -"))
    for line in reversed(lines[:-1]):
        content = line.lstrip(" -")
        if not content or content.startswith("#"):
            continue
        indent = len(line) - len(line.lstrip(" "))
        if indent < depth:
            kept.append(line)
            depth = indent
        elif len(line) - len(content) == depth and indent != depth and not kept:
            kept.append(line)  # the first key of a list's item
            depth = indent
        if depth == 0:
            break
    return kept[::-1]


def _closing(text: str) -> str | None:
    """What closes the quotation marks and brackets that are open at the end of a text; None within a comment."""
    opened: list[str] = []
    quote = ""
    for i, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote and not (quote == '"' and text[i - 1] == "\\") else quote
        elif sign in "\"'" and (i == 0 or text[i - 1] in " \n{[,:"):
            quote = sign
        elif sign == "#" and (i == 0 or text[i - 1] in " \n"):
            end = text.find("\n", i)
            if end < 0:
                return None
        elif sign in "[{":
            opened.append("]" if sign == "[" else "}")
        elif sign in "]}" and opened:
            opened.pop()
    return quote + "".join(reversed(opened))


def _marked(node: Node, keys: frozenset[str] = frozenset()) -> Iterator[tuple[Scalar, frozenset[str]]]:
    match node:
        case Scalar() if _MARK in node.text:
            yield node, keys
        case Sequence():
            for item in node.items:
                yield from _marked(item)
        case Mapping():
            own = frozenset(name.text for name, _ in node.items)
            for name, value in node.items:
                yield from _marked(name, own)
                yield from _marked(value)
