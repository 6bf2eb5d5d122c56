"""Typed access to the fields of nodes whose shape was checked; an absent field is None or empty."""

from __future__ import annotations

import re

from standoff.language.text.reader import Mapping, Node, Scalar, Sequence

__all__ = [
    "as_number",
    "entries",
    "is_nothing",
    "mapping",
    "nodes",
    "number",
    "scalar",
    "scalars",
    "text",
    "texts",
    "truth",
    "typeset",
]

NUMBER = re.compile(r"[+-]?(0|[1-9]\d*|(?=\.))(\.\d*)?([eE][+-]?\d+)?")
_PROSE = frozenset((
    "about", "author", "high", "judgement", "leaves_out", "low", "name", "note", "publisher", "question", "says",
    "source", "title", "why",
))  # fmt: skip
"""Keys whose texts people read in sentences."""
_OPENING = re.compile(r"(?:(?<=^)|(?<=[\s(\[“‘–—-]))'(?=\w)")
_NOTHING = ("", "~", "null", "Null", "NULL")


def as_number(node: Node | None) -> float | None:
    """The number that a plain scalar writes, or None."""
    if not isinstance(node, Scalar) or node.style:
        return None
    text = node.text.strip()
    return float(text) if NUMBER.fullmatch(text) and text not in ("+", "-", ".", "+.", "-.") else None


def is_nothing(node: Node | None) -> bool:
    """Whether a value was left empty or written as `null`."""
    return isinstance(node, Scalar) and not node.style and node.text in _NOTHING


def scalar(parent: Mapping, key: str) -> Scalar | None:
    """The scalar of a key."""
    node = parent.get(key)
    return node if isinstance(node, Scalar) else None


def text(parent: Mapping, key: str) -> str | None:
    """The text of a key; one that people read in sentences as it is printed."""
    node = scalar(parent, key)
    return None if node is None else _read(key, node)


def typeset(prose: str) -> str:
    """Prose with the apostrophes and single quotes of print; what stands between backticks stays as it is."""
    if "'" not in prose:
        return prose
    parts = prose.split("`")
    return "`".join(part if k % 2 else _OPENING.sub("‘", part).replace("'", "’") for k, part in enumerate(parts))


def number(parent: Mapping, key: str) -> float | None:
    """The number of a key."""
    return as_number(parent.get(key))


def truth(parent: Mapping, key: str) -> bool:
    """Whether a key is `true`."""
    return text(parent, key) == "true"


def nodes(node: Node | None) -> tuple[Node, ...]:
    """The entries of a list; a single value counts as a list of one."""
    if node is None:
        return ()
    return node.items if isinstance(node, Sequence) else (node,)


def scalars(parent: Mapping, key: str) -> tuple[Scalar, ...]:
    """The scalars of a list, or the one that stands alone."""
    return tuple(node for node in nodes(parent.get(key)) if isinstance(node, Scalar))


def texts(parent: Mapping, key: str) -> tuple[str, ...]:
    """Their texts."""
    return tuple(_read(key, node) for node in scalars(parent, key))


def _read(key: str, node: Scalar) -> str:
    return typeset(node.text) if key in _PROSE else node.text


def mapping(parent: Mapping, key: str) -> Mapping:
    """The mapping of a key; an empty one where it is absent."""
    node = parent.get(key)
    return node if isinstance(node, Mapping) else Mapping((), parent.span)


def entries(parent: Mapping, key: str) -> tuple[tuple[Scalar, Mapping], ...]:
    """The names and mappings of a section."""
    return tuple((name, node) for name, node in mapping(parent, key).items if isinstance(node, Mapping))
