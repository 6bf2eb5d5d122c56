"""What a name stands for, by where it stands: one table for all that an editor does with names.

A place is the path of keys to it, lists left out, and `<key>` for the keys of a mapping of names. In a pattern a
capital letter takes any one step of the path, and is put in for itself in the owner.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from standoff.language.experiments.expectations import EXPECTATION
from standoff.language.shape.claims import CLAIMS
from standoff.language.shape.parts import INDICES, VECTORS
from standoff.language.shape.schema import STUDY
from standoff.language.shape.shapes import Either, Free, Keyed, ListOf, MapOf, Record, Shape, Text
from standoff.language.text.reader import Mapping, Node, Scalar, Sequence

__all__ = ["KEY", "Category", "Leaf", "Slot", "leaves", "shape_at", "slot_of"]

Category = Literal[
    "name",  # an actor, a parameter, part of the state, an event or move, a series: one name space
    "option", "setting", "strategy", "dimension", "term", "deal", "outcome", "profile", "variant", "mechanism",
    "check", "claim", "document", "fact", "index",
    "any",  # whatever has this name, in the order of `standoff.editing.mentions.ORDER`
]  # fmt: skip
KEY = "<key>"
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """What stands at a place: its category, whose it is, and whether it is named there or only used."""

    category: Category
    owner: str = ""
    declares: bool = False


_PARAMETERS = ("constants", "uncertainties", "values")
_DECLARED: tuple[tuple[str, Category, str], ...] = (
    *((f"{section}.<key>", "name", "") for section in
      ("actors", *_PARAMETERS, "modes", "stocks", "quantities", "draws", "events", "series")),
    (f"{INDICES}.<key>", "index", ""),
    ("modes.M.moves.name", "name", ""),
    ("modes.M.states", "option", "M"),
    *((f"{section}.U.kinds{end}", "option", "U") for section in _PARAMETERS for end in ("", ".<key>")),
    ("choices.A", "option", "A"),
    ("choices.A.options", "option", "A"),
    ("choices.A.<key>", "dimension", "A"),
    ("choices.A.D", "option", "A.D"),
    ("choices.A.D.options", "option", "A.D"),
    ("strategies.A.<key>", "strategy", "A"),
    ("strategies.A.S.settings.<key>", "setting", "A.S"),
    ("profiles.<key>", "profile", ""),
    ("outcomes.<key>", "outcome", ""),
    ("deals.<key>", "deal", ""),
    ("deals.D.terms.<key>", "term", "D"),
    ("mechanisms.<key>", "mechanism", ""),
    ("checks.<key>", "check", ""),
    ("variants.<key>", "variant", ""),
    ("claims.<key>", "claim", ""),
    ("documents.<key>", "document", ""),
)  # fmt: skip
_USED: tuple[tuple[str, Category, str], ...] = (
    ("decider", "name", ""),
    ("order", "name", ""),
    *((f"{section}.X.for{end}", "index", "") for section in VECTORS for end in ("", ".V")),
    ("correlated.of", "name", ""),
    ("beliefs.<key>", "name", ""),
    ("beliefs.A.<key>", "name", ""),
    ("choices.<key>", "name", ""),
    *((f"modes.M.{place}", "option", "M") for place in ("start", "final", "moves.from", "moves.to")),
    ("quantities.Q.report.of", "name", ""),
    ("events.E.worth.<key>", "name", ""),
    ("strategies.<key>", "name", ""),
    *((f"strategies.A.S.settings.X{end}", "any", "A") for end in ("", ".levels", ".levels.<key>")),
    ("strategies.A.S.choose.<key>", "dimension", "A"),
    ("strategies.A.S.weigh.<key>", "any", "A"),
    ("strategies.A.S.weigh.D.<key>", "option", "A.D"),
    ("profiles.P.<key>", "name", ""),
    ("profiles.P.A", "strategy", "A"),
    ("observed.<key>", "name", ""),
    ("payoffs.<key>", "name", ""),
    ("deals.D.parties", "name", ""),
    ("deals.D.keeps.<key>", "name", ""),
    ("deals.D.breach.<key>", "name", ""),
    ("deals.D.breach.A", "strategy", "A"),
    ("deals.D.without", "variant", ""),
    ("moves.<key>", "name", ""),
    ("moves.today.<key>", "name", ""),
    ("moves.today.A", "strategy", "A"),
    *((f"moves.A.{place}", "strategy", "A") for place in ("irreversible", "barred.from", "barred.to")),
    ("search.<key>", "name", ""),
    ("search.A.S.strategy", "strategy", "A"),
    *((f"search.A.S.{place}", "any", "A") for place in ("within.<key>", "whole", "reads.<key>", "options")),
    ("search.A.S.dimension", "dimension", "A"),
    ("search.A.S.rest.<key>", "dimension", "A"),
    ("search.A.S.rest.D", "option", "A.D"),
    ("mechanisms.M.equation", "any", ""),
    ("variants.V.impose.<key>", "any", ""),
    ("variants.V.impose.X", "any", ""),
    *((f"expectation.{place}", "any", "") for place in
      ("raise", "lower", "raises", "lowers", "leaves", "sooner", "later", "better", "than", "judged_by", "stays",
       "where", "switch", "switch.<key>", "weakens.raise", "weakens.lower", "weakens.effect_on", "weakens.switch",
       "weakens.switch.<key>", "strengthens.raise", "strengthens.lower", "strengthens.effect_on",
       "strengthens.switch", "strengthens.switch.<key>")),
    ("expectation.of", "name", ""),
    ("claims.C.document", "document", ""),
    ("claims.C.bears_on", "any", ""),
)  # fmt: skip
_BY_LAST: dict[str, Category] = {
    "known_to": "name", "seen_by": "name", "within": "name", "cites": "claim", "fact": "fact",
}  # fmt: skip
_TABLE = tuple(
    (tuple(pattern.split(".")), category, owner, declares)
    for rows, declares in ((_DECLARED, True), (_USED, False))
    for pattern, category, owner in rows
)


def slot_of(path: Path) -> Slot | None:
    """What stands at a place, or None where no name does."""
    for pattern, category, owner, declares in _TABLE:
        taken = _matched(pattern, path)
        if taken is not None:
            whose = ".".join(taken.get(step, step) for step in owner.split(".")) if owner else ""
            return Slot(category, whose, declares)
    last = _BY_LAST.get(path[-1]) if path else None
    return Slot(last) if last is not None and path[0] != "expectation" else None


def _matched(pattern: Path, path: Path) -> dict[str, str] | None:
    if len(pattern) != len(path):
        return None
    taken: dict[str, str] = {}
    for wanted, step in zip(pattern, path, strict=True):
        if len(wanted) == 1 and wanted.isupper() and step != KEY:
            taken[wanted] = step
        elif wanted != step:
            return None
    return taken


@dataclass(frozen=True, slots=True)
class Leaf:
    """A text of the study: a value of a kind, or a name that stands as a key (`kind` is `key`)."""

    node: Scalar
    path: Path
    kind: str


def leaves(root: Node, shape: Shape = STUDY) -> Iterator[Leaf]:
    """All keys that are names and all values, in the order of the file; what fits no shape is left out."""
    yield from _leaves(root, shape, ())


def _leaves(node: Node, shape: Shape, path: Path) -> Iterator[Leaf]:
    inner, path = _one(shape, node, path)
    match node, inner:
        case Scalar(), Text():
            yield Leaf(node, path, inner.kind)
        case Scalar(), Free():
            yield Leaf(node, path, "known")
        case Scalar(), ListOf():
            yield from _leaves(node, inner.item, path)
        case Sequence(), ListOf() | Free():
            for item in node.items:
                yield from _leaves(item, inner.item if isinstance(inner, ListOf) else inner, path)
        case Mapping(), Text() | ListOf():  # a value for each element of an index
            for _, value in node.items:
                yield from _leaves(value, inner, path)
        case Mapping(), MapOf() | Free() | Record():
            for name, value in node.items:
                below = _below(inner, name.text)
                if below is None:
                    continue
                if _is_named(inner, name.text):
                    yield Leaf(name, (*path, KEY), "key")
                yield from _leaves(value, below, (*path, name.text))


def _is_named(shape: Shape, key: str) -> bool:
    return isinstance(shape, Free) or (isinstance(shape, MapOf) and all(key != own.name for own in shape.extra))


def _below(shape: Shape, key: str) -> Shape | None:
    if isinstance(shape, Free):
        return shape
    if isinstance(shape, MapOf):
        return next((own.shape for own in shape.extra if own.name == key), shape.value)
    found = shape.key(key) if isinstance(shape, Record) else None
    return None if found is None else found.shape


def _one(shape: Shape, node: Node | None, path: Path) -> tuple[Shape, Path]:
    """The shape that a node has of those that could stand there, and the path that its table knows it by."""
    if isinstance(shape, Either):
        return _one(next((one for one in shape.shapes if _fits(one, node)), shape.shapes[0]), node, path)
    if isinstance(shape, Keyed):
        marked = isinstance(node, Mapping) and node.get(shape.marker) is not None
        return (shape.marked if marked else shape.other), path
    if isinstance(shape, Free) and shape.kind == "section":
        key = STUDY.key(path[-1])
        return (shape, path) if key is None else _one(key.shape, node, path[-1:])
    if isinstance(shape, Free) and shape.kind == "expectation" and isinstance(node, Mapping):
        return EXPECTATION, ("expectation",)
    return shape, path


def _fits(shape: Shape, node: Node | None) -> bool:
    match node:
        case Scalar():
            return isinstance(shape, Text)
        case Sequence():
            return isinstance(shape, ListOf)
        case Mapping():
            return not isinstance(shape, (Text, ListOf))
    return True


def shape_at(root: Node, target: Scalar, *, claims: bool = False) -> tuple[Path, Shape | None]:
    """The path of a text in the tree, and the shape that could stand there, options and all.

    Args:
        root: The tree.
        target: A key or value of it.
        claims: Whether it is a `claims.yaml`.
    """
    shape: Shape = CLAIMS if claims else STUDY
    found = _find(root, shape, (), target)
    return ((), None) if found is None else found


def _find(node: Node, shape: Shape | None, path: Path, target: Scalar) -> tuple[Path, Shape | None] | None:
    if node is target:
        return path, shape
    one, path = (shape, path) if shape is None else _one(shape, node, path)
    if isinstance(node, Sequence):
        below = one.item if isinstance(one, ListOf) else one if isinstance(one, Free) else None
        for item in node.items:
            found = _find(item, below, path, target)
            if found is not None:
                return found
    if isinstance(node, Mapping):
        for name, value in node.items:
            if name is target:
                return (*path, KEY), one
            found = _find(value, None if one is None else _below(one, name.text), (*path, name.text), target)
            if found is not None:
                return found
    return None
