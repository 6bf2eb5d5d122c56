"""Every place in a study and its claims where something is named or used by its name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from functools import cached_property

from standoff.base.problems import StudyError
from standoff.base.source import Span
from standoff.editing.slots import KEY, Category, Leaf, leaves, slot_of
from standoff.language.expressions.parser import parse_expression
from standoff.language.expressions.tree import (
    Binary,
    Call,
    Conditional,
    Element,
    Expr,
    Fold,
    Membership,
    Name,
    children,
)
from standoff.language.meaning.names import Names, declare
from standoff.language.shape.claims import CLAIMS
from standoff.language.shape.conform import conform
from standoff.language.shape.schema import STUDY
from standoff.language.shape.shapes import Record
from standoff.language.shape.vectors import unrolled
from standoff.language.text.reader import Mapping, Scalar
from standoff.language.text.vectors import Vectors

__all__ = ["ORDER", "Index", "Mention", "Named"]

ORDER: tuple[Category, ...] = (
    "outcome", "name", "dimension", "strategy", "option", "setting", "deal", "profile", "variant", "mechanism",
)  # fmt: skip
"""What a name stands for where it may stand for anything: the first of these that there is."""
_WORD = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_FREE = ("claim", "document", "fact")  # these names need not be such as an expression could hold
_GLOBAL = frozenset({"constant", "uncertainty", "value", "stock", "mode", "quantity", "report", "draw", "event", "move",
                     "series"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Named:
    """What a name stands for: options belong to a choice or mode, strategies to an actor, terms to a deal."""

    category: Category
    owner: str
    name: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A place where something is named (`declares`) or used."""

    span: Span
    of: Named
    declares: bool


class Index:
    """All mentions of a study, of its claims too where they are there.

    Args:
        study: The mapping of `study.yaml`.
        claims: The mapping of `claims.yaml`, or None.
    """

    def __init__(self, study: Mapping, claims: Mapping | None = None) -> None:
        try:
            plain, vectors = unrolled(study, [])
        except StudyError:
            plain, vectors = study, Vectors()
        conformed = conform(plain, STUDY, "", study.span, problems=[])
        self.study = conformed if isinstance(conformed, Mapping) else Mapping((), study.span)
        self.names: Names = declare(self.study, [], vectors)
        self._trees: list[tuple[Mapping, Record]] = [(study, STUDY)]
        if claims is not None:
            self._trees.append((claims, CLAIMS))

    @property
    def trees(self) -> tuple[Mapping, ...]:
        """The mappings of the files."""
        return tuple(tree for tree, _ in self._trees)

    @cached_property
    def declared(self) -> MappingOf[Named, Span]:
        """Where each thing is named first."""
        found: dict[Named, Span] = {}
        for tree, shape in self._trees:
            for leaf in leaves(tree, shape):
                slot = slot_of(leaf.path)
                if slot is not None and slot.declares:
                    found.setdefault(Named(slot.category, slot.owner, leaf.node.text), leaf.node.span)
        return found

    @cached_property
    def mentions(self) -> tuple[Mention, ...]:
        """Every mention, in the order of the files."""
        return tuple(
            mention for tree, shape in self._trees for leaf in leaves(tree, shape) for mention in self._of_leaf(leaf)
        )

    @cached_property
    def _by_name(self) -> MappingOf[tuple[Category, str], tuple[Named, ...]]:
        found: dict[tuple[Category, str], list[Named]] = defaultdict(list)
        for named in self.declared:
            found[named.category, named.name].append(named)
        return {key: tuple(all_) for key, all_ in found.items()}

    def at(self, path: str, offset: int) -> Mention | None:
        """What is mentioned at a place of a file: the shortest span around it, its ends included."""
        around = [m for m in self.mentions if m.span.source.path == path and m.span.start <= offset <= m.span.stop]
        return min(around, key=lambda mention: mention.span.stop - mention.span.start, default=None)

    def all_of(self, named: Named) -> tuple[Mention, ...]:
        """Every mention of one thing."""
        return tuple(mention for mention in self.mentions if mention.of == named)

    def _of_leaf(self, leaf: Leaf) -> Iterator[Mention]:
        slot = slot_of(leaf.path)
        text = leaf.node
        if slot is not None and slot.declares:
            yield Mention(text.span if not text.style else text.part(0, len(text.text)),
                          Named(slot.category, slot.owner, text.text), True)  # fmt: skip
        elif leaf.kind in ("expression", "distribution"):
            try:
                tree = parse_expression(text)
            except StudyError:
                return
            yield from self._of_tree(tree, leaf.path, self._family(leaf.path))
        elif slot is not None:
            yield from self._of_words(text, slot.category, slot.owner)

    def _of_words(self, text: Scalar, category: Category, owner: str) -> Iterator[Mention]:
        if category in _FREE:
            yield Mention(text.part(0, len(text.text)), Named(category, "", text.text), False)
            return
        for found in _WORD.finditer(text.text):
            parts = found.group().split(".")
            named = self._of_parts(parts) if len(parts) > 1 else [self._one(parts[0], category, owner)]
            yield from _placed(text, found.start(), parts, named)

    def _one(self, name: str, category: Category, owner: str) -> Named | None:
        """What one word stands for at a place."""
        if category != "any":
            wanted = Named(category, owner, name)
            return wanted if wanted in self.declared else self._whole(name, category)
        for one in ORDER:
            own = [
                named for named in self._by_name.get((one, name), ())
                if not owner or named.owner == owner or named.owner.startswith(f"{owner}.")
            ] or list(self._by_name.get((one, name), ()))  # fmt: skip
            if own:
                return own[0] if len(own) == 1 or one != "option" else None
        return None

    def _whole(self, name: str, category: Category) -> Named | None:
        """A name of a category, whoever's it is, where only one is called so."""
        found = self._by_name.get((category, name), ())
        return found[0] if len(found) == 1 else None

    def _of_parts(self, parts: list[str]) -> list[Named | None]:
        """What each part of a dotted name stands for."""
        first, *rest = parts
        if first in self.names.dimensions and first in self.names.actors:
            after = Named("dimension", first, rest[0]) if rest[0] in self.names.dimensions[first] else None
            return [Named("name", "", first), after or self._strategy(first, rest[0])]
        if first in self.names.deals:
            last = Named("term", first, rest[-1])
            return [Named("deal", "", first), *([None] * (len(rest) - 1)), last if last in self.declared else None]
        if first in self.names.families:
            return [Named("name", "", first), Named("option", first, rest[0])]
        return [None] * len(parts)

    def _strategy(self, actor: str, name: str) -> Named | None:
        found = Named("strategy", actor, name)
        return found if found in self.declared else None

    def _family(self, path: tuple[str, ...]) -> str | None:
        """The family of the options that an expression here gives, where it gives some."""
        if len(path) < 4 or path[0] != "strategies" or path[3] != "choose":
            return None
        actor, rest = path[1], [step for step in path[4:] if step not in ("then", "when", KEY)]
        if path[-1] == "when":
            return None
        family = f"{actor}.{rest[0]}" if rest else actor
        return family if family in self.names.families else None

    def _of_tree(self, tree: Expr, path: tuple[str, ...], family: str | None) -> Iterator[Mention]:
        if isinstance(tree, Name):
            yield from self._of_name(tree, path, family)
            return
        below: dict[int, str | None] = {}
        if isinstance(tree, (Element, Fold)):
            for name in tree.subscripts if isinstance(tree, Element) else (tree.index,):
                if (named := Named("index", "", name.text)) in self.declared:
                    yield Mention(name.span, named, False)
        if isinstance(tree, Binary) and tree.operator in ("==", "!="):
            of = self._family_of(tree.left) or self._family_of(tree.right)
            below = {id(tree.left): of, id(tree.right): of}
        elif isinstance(tree, Membership):
            below = {id(option): self._family_of(tree.item) for option in tree.options}
        elif isinstance(tree, Conditional):
            below = {id(tree.then): family, id(tree.otherwise): family}
        elif isinstance(tree, Call) and tree.arguments:
            below = {id(argument): self._family_of(tree.arguments[0]) for argument in tree.arguments[1:]}
        for child in children(tree):
            yield from self._of_tree(child, path, below.get(id(child)))

    def _family_of(self, tree: Expr) -> str | None:
        if isinstance(tree, Name):
            return tree.text if tree.text in self.names.families else None
        for child in children(tree) if isinstance(tree, (Call, Conditional)) else ():
            found = self._family_of(child)
            if found is not None:
                return found
        return None

    def _of_name(self, name: Name, path: tuple[str, ...], family: str | None) -> Iterator[Mention]:
        parts = list(name.parts)
        named = self._of_parts(parts) if len(parts) > 1 else [self._of_plain_name(parts[0], path, family)]
        if name.span.stop - name.span.start == len(name.text):
            start = name.span.start
            for part, of in zip(parts, named, strict=True):
                if of is not None:
                    yield Mention(Span(name.span.source, start, start + len(part)), of, False)
                start += len(part) + 1

    def _of_plain_name(self, word: str, path: tuple[str, ...], family: str | None) -> Named | None:
        if path[:1] == ("strategies",) and len(path) > 2:
            setting = Named("setting", f"{path[1]}.{path[2]}", word)
            if setting in self.declared:
                return setting
        if family is not None and word in self.names.families.get(family, ()):
            return Named("option", family, word)
        declared = self.names.find(word)
        if (
            word in self.names.actors
            or word in self.names.vectors.axes
            or (declared is not None and declared.symbol.kind in _GLOBAL)
        ):
            return Named("name", "", word)
        families = self.names.with_option(word)
        return Named("option", families[0], word) if len(families) == 1 else None


def _placed(text: Scalar, start: int, parts: list[str], named: list[Named | None]) -> Iterator[Mention]:
    for part, of in zip(parts, named, strict=True):
        if of is not None:
            yield Mention(text.part(start, start + len(part)), of, False)
        start += len(part) + 1
