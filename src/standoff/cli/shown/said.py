"""All that a study says and that is not shown as an assumption or as mathematics, section by section."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from standoff.language.text.reader import Mapping, Node, Scalar, Sequence

__all__ = ["said_data", "said_lines"]

_NUMBERS = frozenset({"value", "range", "distribution", "levels", "unit", "about"})
_SHOWN: dict[str, frozenset[str]] = {
    "constants": _NUMBERS, "uncertainties": _NUMBERS, "values": _NUMBERS, "quantities": frozenset({"value"}),
    "stocks": frozenset({"start", "next", "growth"}), "events": frozenset({"chance", "hazard", "count", "given"}),
    "payoffs": frozenset({"each", "final"}),
}  # fmt: skip
"""Keys of each section that are shown elsewhere."""
_SHOWN_SECTIONS = frozenset({"standoff", "title", "question"})
_WIDTH = 100


def said_lines(study: Mapping) -> Iterator[str]:
    """Section by section, as it is written."""
    for name, node in study.items:
        lines = list(_lines(_left(name.text, node), "  "))
        if name.text not in _SHOWN_SECTIONS and lines:
            yield f"\n{name.text}"
            yield from lines


def said_data(study: Mapping) -> dict[str, Any]:
    """Everything, as data."""
    return {name.text: _data(node) for name, node in study.items}


def _left(section: str, node: Node) -> Node:
    """A section without what is shown elsewhere."""
    shown = _SHOWN.get(section)
    if shown is None or not isinstance(node, Mapping):
        return node
    entries = (
        (name, Mapping(tuple((key, inner) for key, inner in of.items if key.text not in shown), of.span))
        for name, of in node.items
        if isinstance(of, Mapping)
    )
    return Mapping(tuple((name, of) for name, of in entries if of.items), node.span)


def _lines(node: Node, indent: str) -> Iterator[str]:
    if isinstance(node, Mapping):
        for name, inner in node.items:
            yield from _entry(f"{indent}{name.text}:", inner, indent)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _entry(f"{indent}-", item, indent)
    elif isinstance(node, Scalar):
        yield f"{indent}{_text(node)}"


def _entry(head: str, node: Node, indent: str) -> Iterator[str]:
    """On the head's own line where it is short enough."""
    flat = _flat(node)
    if flat is not None and len(head) + len(flat) < _WIDTH:
        yield f"{head} {flat}".rstrip()
    elif isinstance(node, Scalar):
        yield f"{head} {_text(node)}".rstrip()
    else:
        yield head
        yield from _lines(node, f"{indent}  ")


def _flat(node: Node) -> str | None:
    if isinstance(node, Scalar):
        return _text(node)
    if isinstance(node, Sequence) and all(isinstance(item, Scalar) for item in node.items):
        return ", ".join(_text(item) for item in node.items)
    if isinstance(node, Mapping) and node.items and all(isinstance(item, Scalar) for _, item in node.items):
        return "; ".join(f"{name.text}: {_text(item)}" for name, item in node.items)
    return None


def _text(node: Node) -> str:
    return " ".join(node.text.split()) if isinstance(node, Scalar) else ""


def _data(node: Node) -> Any:
    if isinstance(node, Mapping):
        return {name.text: _data(inner) for name, inner in node.items}
    if isinstance(node, Sequence):
        return [_data(item) for item in node.items]
    return node.text if isinstance(node, Scalar) else None
