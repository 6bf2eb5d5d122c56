"""Vectors over an index: what stands in an expression for one element, or for all of them, as plain names.

`force[north]` is the name `force_north`, and `sum(force[r] for r in region)` the sum of such names, so that nothing
after this knows of vectors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from standoff.base.problems import Problem, StudyError, suggest
from standoff.base.source import Span
from standoff.language.expressions.parser import parse_expression
from standoff.language.expressions.tree import Binary, Call, Element, Expr, Fold, Membership, Name, Number, Unary, walk
from standoff.language.text.reader import Scalar
from standoff.language.text.vectors import Vectors, element_name

__all__ = ["FOLDS", "MOST_TERMS", "Unroller"]

MOST_TERMS = 200_000
"""How many terms the folds of all equations may have together."""
FOLDS = ("sum", "product", "min", "max", "any", "all")
_OPERATORS: dict[str, Any] = {"sum": "+", "product": "*", "any": "or", "all": "and"}
_OF_NONE = {"sum": 0.0, "product": 1.0}
Bound = Mapping[str, str]


@dataclass(slots=True)
class Unroller:
    """Parses expressions into trees without vectors."""

    vectors: Vectors
    left: int = MOST_TERMS

    def parse(self, text: Scalar) -> Expr:
        """The tree of an expression, for the elements that its entry is bound to.

        Raises:
            StudyError: It does not parse, or names an element, index or vector that there is not.
        """
        tree = parse_expression(replace(text, bound=()) if text.bound else text)
        if not text.bound and not any(isinstance(node, (Element, Fold)) for node in walk(tree)):
            return tree
        plain: Expr = self._plain(tree, dict(text.bound))
        return plain

    def _plain(self, node: Any, bound: Bound) -> Any:
        if isinstance(node, tuple):
            return tuple(self._plain(one, bound) for one in node)
        if isinstance(node, Element):
            return self._element(node, bound)
        if isinstance(node, Fold):
            return self._fold(node, bound)
        if isinstance(node, (Name, Number)):
            return node
        inner = {f.name: getattr(node, f.name) for f in fields(node)}
        changed = {
            name: self._plain(value, bound)
            for name, value in inner.items()
            if isinstance(value, tuple) or hasattr(value, "span")
        }
        return replace(node, **changed)

    def _element(self, node: Element, bound: Bound) -> Name:
        axes = self.vectors.axes.get(node.name.text)
        if axes is None:
            message = f"`{node.name.text}` is no vector, and `{node.span.text}` asks for an element of it"
            raise _error("unknown-name", node.span, message, suggest(node.name.text, self.vectors.axes, "vectors"))
        if len(axes) != len(node.subscripts):
            runs = " and ".join(f"`{axis}`" for axis in axes)
            raise _error("wrong-arguments", node.span, f"`{node.name.text}` runs over {runs}",
                         f"write `{node.name.text}[{', '.join(axes)}]`")  # fmt: skip
        chosen = tuple(self._chosen(name, axis, bound) for name, axis in zip(node.subscripts, axes, strict=True))
        return Name(node.span, (element_name(node.name.text, chosen),))

    def _chosen(self, name: Name, axis: str, bound: Bound) -> str:
        element, known = bound.get(name.text, name.text), self.vectors.indices[axis]
        if element in known:
            return element
        what = f"`{name.text}` runs over another index" if name.text in bound else f"`{axis}` has no `{name.text}`"
        raise _error("unknown-name", name.span, what, suggest(name.text, [*bound, *known], "elements"))

    def _fold(self, node: Fold, bound: Bound) -> Expr:
        function, index = node.function.text, self.vectors.indices.get(node.index.text)
        if function not in FOLDS:
            raise _error("unknown-function", node.function.span, f"`{function}` takes no `for`",
                         suggest(function, FOLDS, "functions"))  # fmt: skip
        if index is None:
            raise _error("unknown-name", node.index.span, f"no index is named `{node.index.text}`",
                         suggest(node.index.text, self.vectors.indices, "indices"))  # fmt: skip
        if node.variable.text in bound:
            message = f"`{node.variable.text}` stands for an element already"
            raise _error("duplicate-name", node.variable.span, message, "give the inner one another name")
        terms = []
        for element in index:
            inner = {**bound, node.variable.text: element}
            if node.test is None or self._holds(node.test, inner):
                self._count(node)
                terms.append(self._plain(node.body, inner))
        if not terms and function not in _OF_NONE:
            message = f"`{function}` over no element: none is left by `if`"
            raise _error("wrong-arguments", node.span, message, None)
        return _folded(function, terms, node.span)

    def _count(self, node: Fold) -> None:
        self.left -= 1
        if self.left < 0:
            message = f"what `for` stands for has more than {MOST_TERMS:,} terms in all"
            raise _error("too-many", node.span, message, "sum in steps, with a quantity for each")

    def _holds(self, test: Expr, bound: Bound) -> bool:
        """Whether a condition on elements holds."""
        match test:
            case Binary(operator="and" | "or"):
                found = self._holds(test.left, bound), self._holds(test.right, bound)
                return all(found) if test.operator == "and" else any(found)
            case Binary(operator="==" | "!=", left=Name(), right=Name()):
                same = self._said(test.left, bound) == self._said(test.right, bound)
                return same == (test.operator == "==")
            case Membership(item=Name()) if all(isinstance(one, Name) for one in test.options):
                is_in = self._said(test.item, bound) in [self._said(one, bound) for one in test.options]
                return is_in != test.negated
            case Unary(operator="not"):
                return not self._holds(test.operand, bound)
        message = "the condition of a `for` compares elements, and nothing else"
        raise _error("wrong-type", test.span, message, "write it as `if r != north`, or into what is summed")

    def _said(self, name: Expr, bound: Bound) -> str:
        assert isinstance(name, Name)
        if name.text not in bound and not any(name.text in known for known in self.vectors.indices.values()):
            known = [*bound, *(one for own in self.vectors.indices.values() for one in own)]
            message = f"`{name.text}` is no element of an index"
            raise _error("unknown-name", name.span, message, suggest(name.text, known, "elements"))
        return bound.get(name.text, name.text)


def _folded(function: str, terms: list[Expr], span: Span) -> Expr:
    """Terms joined by halves, so that many do not nest deep."""
    if not terms:
        return Number(span, _OF_NONE[function])
    if len(terms) == 1:
        return terms[0]
    if function not in _OPERATORS:
        return Call(span, function, span, tuple(terms))
    half = (len(terms) + 1) // 2
    return Binary(span, _OPERATORS[function], _folded(function, terms[:half], span),
                  _folded(function, terms[half:], span))  # fmt: skip


def _error(code: str, span: Span, message: str, advice: str | None) -> StudyError:
    return StudyError([Problem(code, span, message, advice)])
