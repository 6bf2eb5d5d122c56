"""A variant's patch laid over a study: mappings merge key by key, anything else replaces.

What is `null`, `[]` or `{}` in the patch is removed from the study.
"""

from __future__ import annotations

from standoff.language.shape.shapes import Either, Keyed, MapOf, Record, Shape
from standoff.language.text.fields import is_nothing
from standoff.language.text.reader import Mapping, Node, Scalar, Sequence

__all__ = ["merge", "patched"]

_OWN_KEYS = ("about", "impose")


def patched(study: Mapping, patch: Mapping, shape: Record) -> Mapping:
    """The study with a variant's sections laid over its own; the variant's `about` and `impose` stay out."""
    sections = tuple((name, node) for name, node in patch.items if name.text not in _OWN_KEYS)
    merged = merge(study, Mapping(sections, patch.span), shape)
    assert isinstance(merged, Mapping)
    return merged


def merge(base: Node, patch: Node, shape: Shape | None) -> Node:
    """One node laid over another.

    The shape tells which keys exclude each other: a patch that gives an event a `hazard` takes away its `chance`.
    """
    if not isinstance(base, Mapping) or not isinstance(patch, Mapping):
        return patch
    record = _record(shape)
    replaced = _replaced(patch, record)
    items: dict[str, tuple[Scalar, Node]] = {
        name.text: (name, node) for name, node in base.items if name.text not in replaced
    }
    for name, node in patch.items:
        if _removes(node):
            items.pop(name.text, None)
        elif name.text in items:
            kept, below = items[name.text]
            items[name.text] = (kept, merge(below, node, _below(shape, name.text)))
        else:
            items[name.text] = (name, node)
    return Mapping(tuple(items.values()), base.span)


def _removes(node: Node) -> bool:
    is_empty = isinstance(node, (Mapping, Sequence)) and not node.items
    return is_empty or (is_nothing(node) and isinstance(node, Scalar) and node.text != "")


def _replaced(patch: Mapping, record: Record | None) -> set[str]:
    given = {name.text for name, _ in patch.items}
    groups = () if record is None else (*record.exactly_one, *record.at_most_one)
    return {key for group in groups if given & set(group) for key in group if key not in given}


def _record(shape: Shape | None) -> Record | None:
    match shape:
        case Record():
            return shape
        case Either():
            return next((one for one in shape.shapes if isinstance(one, Record)), None)
        case _:
            return None


def _below(shape: Shape | None, name: str) -> Shape | None:
    match shape:
        case Record():
            key = shape.key(name)
            return None if key is None else key.shape
        case MapOf():
            return shape.value
        case Either():
            return next((found for one in shape.shapes if (found := _below(one, name)) is not None), None)
        case Keyed():
            return _below(shape.marked, name) or _below(shape.other, name)
        case _:
            return None
