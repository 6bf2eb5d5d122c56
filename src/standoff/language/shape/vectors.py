"""Entries that stand for many: each with `for` becomes one entry for every element of its index.

`force: {for: region, start: 10}` becomes `force_north`, `force_south`, …; a key may have a value for each element
instead of one for all; and what else stands under an element's own name is laid over it.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, replace

from standoff.base.problems import Problem, StudyError, suggest
from standoff.base.source import Span
from standoff.language.shape.parts import INDICES, VECTORS
from standoff.language.shape.schema import STUDY
from standoff.language.shape.shapes import Either, MapOf, Record, Shape
from standoff.language.shape.variants import merge
from standoff.language.text.fields import entries, mapping, nodes, text
from standoff.language.text.reader import MOST_IN_SECTION, Broken, Mapping, Node, Scalar, Sequence
from standoff.language.text.vectors import Vectors, element_name

__all__ = ["unrolled"]

_BY_NAME = "observed"
"""The section whose entries are of what stands elsewhere, so that they need no `for` of their own."""
_MOVES = "moves"
"""Of a mode; each has a name of its own, and so is a vector too."""
Axes = MappingOf[str, str]
"""The index of each variable."""


def unrolled(root: Mapping, problems: list[Problem]) -> tuple[Mapping, Vectors]:
    """A study's mapping without entries that stand for many, and what there was of vectors.

    Args:
        root: The mapping of `study.yaml`, its shape not yet checked.
        problems: What is wrong with a `for` is added here.

    Raises:
        StudyError: It stands for more than a study may hold.
    """
    indices = _indices(root)
    return _Unrolling(root, indices, problems).all()


def _indices(root: Mapping) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name, node in mapping(root, INDICES).items:
        if isinstance(node, Mapping):
            found[name.text] = {k.text: v.text if isinstance(v, Scalar) else k.text for k, v in node.items}
        elif isinstance(node, Sequence):
            found[name.text] = {one.text: one.text.replace("_", " ") for one in node.items if isinstance(one, Scalar)}
    return found


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry that stands for many: its name, its mapping, the shape of that, and the index of each variable."""

    name: Scalar
    node: Mapping
    shape: Record | None
    axes: Axes


class _Unrolling:
    def __init__(self, root: Mapping, indices: dict[str, dict[str, str]], problems: list[Problem]) -> None:
        self.root, self.indices, self.problems = root, indices, problems
        self.axes: dict[str, Axes] = {}
        self.places: list[Span] = []
        self.room = MOST_IN_SECTION

    def all(self) -> tuple[Mapping, Vectors]:
        for section in VECTORS:
            for name, node in entries(self.root, section):
                written = node.get("for")
                axes = None if written is None else self._axes(written)
                if axes is not None:
                    self.axes[name.text] = axes
                    self.axes |= dict.fromkeys(_moves(node), axes)
        if not self.axes and not self.indices:
            return self.root, Vectors()
        items: list[tuple[Scalar, Node]] = []
        for name, value in self.root.items:
            if name.text == "variants" and isinstance(value, Mapping):
                patches = tuple(
                    (key, self._sections(one) if isinstance(one, Mapping) else one) for key, one in value.items
                )
                items.append((name, replace(value, items=patches)))
            else:
                items.append((name, self._section(name.text, value, is_patch=name.text == _BY_NAME)))
        axes_of = {name: tuple(axes.values()) for name, axes in self.axes.items()}
        return replace(self.root, items=tuple(items)), Vectors(self.indices, axes_of, tuple(self.places))

    def _sections(self, patch: Mapping) -> Mapping:
        return replace(
            patch, items=tuple((name, self._section(name.text, node, is_patch=True)) for name, node in patch.items)
        )

    def _section(self, section: str, node: Node, *, is_patch: bool = False) -> Node:
        """A section, each entry that stands for many made into those of its elements; of a patch by its name alone."""
        if section not in (*VECTORS, _BY_NAME) or not isinstance(node, Mapping):
            return node
        shape = _record_of(section)
        found: dict[str, tuple[Scalar, Node]] = {}
        for name, value in node.items:
            axes = self.axes.get(name.text)
            if axes is None or not isinstance(value, Mapping) or not (is_patch or value.get("for")):
                below = found.get(name.text)
                found[name.text] = (name, value) if below is None else (below[0], merge(below[1], value, shape))
                continue
            self.places.append(value.span)
            for own, one in self._many(_Entry(name, value, shape, axes)):
                above = found.get(own.text)
                found[own.text] = (own, one) if above is None else (above[0], merge(one, above[1], shape))
        return replace(node, items=tuple(found.values()))

    def _axes(self, written: Node) -> Axes | None:
        """The index of each variable: a name, a list of names, or names for the variables."""
        listed: list[tuple[str, Node]]
        if isinstance(written, Mapping):
            listed = [(name.text, node) for name, node in written.items]
        else:
            several = written.items if isinstance(written, Sequence) else (written,)
            listed = [(one.text if isinstance(one, Scalar) else "", one) for one in several]
        found: dict[str, str] = {}
        for variable, index in listed:
            if not isinstance(index, Scalar) or index.text not in self.indices:
                said = index.text if isinstance(index, Scalar) else "a list or mapping"
                advice = suggest(said, self.indices, "indices") or "name its elements in `indices`"
                self.problems.append(Problem("unknown-name", index.span, f"no index is named `{said}`", advice))
                return None
            if variable in found:
                message = f"`{variable}` stands here twice, and each would stand for one element"
                advice = "give the two names, as `for: {origin: region, target: region}`"
                self.problems.append(Problem("duplicate-name", index.span, message, advice))
                return None
            found[variable] = index.text
        return found

    def _many(self, entry: _Entry) -> list[tuple[Scalar, Node]]:
        made: list[tuple[Scalar, Node]] = []
        for chosen in itertools.product(*(self.indices[index] for index in entry.axes.values())):
            self.room -= 1
            if self.room < 0:
                message = f"what `for` stands for has more than {MOST_IN_SECTION:,} entries in all"
                raise StudyError(
                    [*self.problems, Problem("too-many", entry.name.span, message, "keep those that matter")]
                )
            bound = dict(zip(entry.axes, chosen, strict=True))
            items = []
            for key, value in entry.node.items:
                if key.text != "for":
                    own = self._of(entry, key, value, bound)
                    own = _own_moves(own, chosen) if key.text == _MOVES else own
                    items.append((key, _bound(own, bound, self._words(entry, bound), is_called=key.text == "name")))
            name = replace(entry.name, text=element_name(entry.name.text, chosen))
            made.append((name, replace(entry.node, items=tuple(items))))
        return made

    def _words(self, entry: _Entry, bound: MappingOf[str, str]) -> dict[str, str]:
        return {variable: self.indices[entry.axes[variable]][element] for variable, element in bound.items()}

    def _of(self, entry: _Entry, key: Scalar, value: Node, bound: MappingOf[str, str]) -> Node:
        """A key's value for one element, where it gives one for each."""
        own = None if entry.shape is None else entry.shape.key(key.text)
        if own is None or _takes_mapping(own.shape):
            return value
        for variable, element in bound.items():
            if not isinstance(value, Mapping):
                return value
            known = self.indices[entry.axes[variable]]
            stray = next((name for name, _ in value.items if name.text not in known), None)
            if stray is not None:
                message = f"`{entry.axes[variable]}` has no `{stray.text}`"
                self._once(Problem("unknown-name", stray.span, message, suggest(stray.text, known, "elements")))
                return Broken(value.span)
            found = value.get(element)
            if found is None:
                message = f"`{key.text}` of `{entry.name.text}` says nothing of `{element}`"
                self._once(Problem("missing-key", key.span, message, f"add `{element}`"))
                return Broken(value.span)
            value = found
        return value

    def _once(self, problem: Problem) -> None:
        if problem not in self.problems:
            self.problems.append(problem)


def _record_of(section: str) -> Record | None:
    key = STUDY.key(section)
    shape: Shape | None = None if key is None else key.shape
    inner = shape.value if isinstance(shape, MapOf) else None
    options = inner.shapes if isinstance(inner, Either) else (inner,)
    return next((one for one in options if isinstance(one, Record)), None)


def _moves(mode: Mapping) -> tuple[str, ...]:
    """The names of a mode's moves, whether it says them of all its elements or of each apart."""
    written = mode.get(_MOVES)
    parts = [node for _, node in written.items] if isinstance(written, Mapping) else [written]
    moves = [move for part in parts for move in nodes(part) if isinstance(move, Mapping)]
    return tuple(name for move in moves if (name := text(move, "name")) is not None)


def _own_moves(written: Node, chosen: tuple[str, ...]) -> Node:
    """A mode's moves, each with the name that it has for the elements chosen."""
    if not isinstance(written, Sequence):
        return written
    return replace(written, items=tuple(_own_move(move, chosen) for move in written.items))


def _own_move(move: Node, chosen: tuple[str, ...]) -> Node:
    if not isinstance(move, Mapping):
        return move
    return replace(move, items=tuple(
        (key, replace(node, text=element_name(node.text, chosen)))
        if key.text == "name" and isinstance(node, Scalar) else (key, node)
        for key, node in move.items
    ))  # fmt: skip


def _takes_mapping(shape: Shape) -> bool:
    return any(isinstance(one, (MapOf, Record)) for one in (shape.shapes if isinstance(shape, Either) else (shape,)))


def _bound(node: Node, bound: MappingOf[str, str], words: MappingOf[str, str], *, is_called: bool = False) -> Node:
    """A copy of a node for one element: `{region}` in prose becomes its name."""
    match node:
        case Scalar():
            said = node.text
            for variable, word in words.items():
                said = said.replace(f"{{{variable}}}", word)
            if is_called and said == node.text:
                said = f"{said} ({', '.join(words.values())})"
            return replace(node, text=said, bound=tuple(bound.items()))
        case Sequence():
            return replace(node, items=tuple(_bound(one, bound, words) for one in node.items))
        case Mapping():
            return replace(node, items=tuple((key, _bound(one, bound, words)) for key, one in node.items))
    return node
