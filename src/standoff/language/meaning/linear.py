"""Sums and products of assumptions: what an end of a range may be made of, so that its bounds are known exactly.

A sum of products in which no name stands twice is linear in each name, so that over a box it is least and greatest in
corners of the box.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import TypeVar

from standoff.language.expressions.tree import Binary, Expr, Number, Reference, Unary

__all__ = ["MOST_NAMES", "NotLinearError", "Terms", "corners", "linear_terms", "value_of"]

Terms = Mapping[tuple[str, ...], float]
"""For each product of names, in the order of the alphabet, its coefficient; that of no name is the constant."""
MOST_NAMES = 8

_Value = TypeVar("_Value")


class NotLinearError(ValueError):
    """A part of an expression is no sum of products of different names."""

    def __init__(self, node: Expr, message: str) -> None:
        super().__init__(message)
        self.node = node


def linear_terms(node: Expr, constants: Mapping[str, float]) -> Terms:
    """A resolved tree as a sum of products.

    Raises:
        NotLinearError: It is none.
    """
    match node:
        case Number():
            return {(): node.value}
        case Reference() if node.symbol.kind == "constant":
            return {(): constants[node.symbol.name]}
        case Reference():
            return {(node.symbol.name,): 1.0}
        case Unary(operator="-"):
            return _scaled(linear_terms(node.operand, constants), -1.0)
        case Binary(operator="+"):
            return _sum(linear_terms(node.left, constants), linear_terms(node.right, constants))
        case Binary(operator="-"):
            return _sum(linear_terms(node.left, constants), _scaled(linear_terms(node.right, constants), -1.0))
        case Binary(operator="*"):
            return _product(node, linear_terms(node.left, constants), linear_terms(node.right, constants))
        case Binary(operator="/"):
            below = linear_terms(node.right, constants)
            if set(below) != {()} or below[()] == 0.0:
                raise NotLinearError(node.right, "is no number to divide by")
            return {names: own / below[()] for names, own in linear_terms(node.left, constants).items()}
        case _:
            raise NotLinearError(node, "is no sum or product")


def value_of(terms: Terms, columns: Mapping[str, _Value]) -> _Value | float:
    """What a sum of products comes to, added up in the order of its names, so that it is the same everywhere."""
    total: _Value | float = terms.get((), 0.0)
    for names in sorted(names for names in terms if names):
        part: _Value | float = terms[names]
        for name in names:
            part = part * columns[name]  # type: ignore[operator]
        total = total + part  # type: ignore[operator]
    return total


def corners(names: frozenset[str], ends: Mapping[str, tuple[float, float]]) -> Iterator[dict[str, float]]:
    """Every combination of the ends of these names."""
    ordered = sorted(names)
    for chosen in product(*(dict.fromkeys(ends[name]) for name in ordered)):
        yield dict(zip(ordered, chosen, strict=True))


def _sum(left: Terms, right: Terms) -> Terms:
    return {names: left.get(names, 0.0) + right.get(names, 0.0) for names in {**left, **right}}


def _scaled(terms: Terms, by: float) -> Terms:
    return {names: own * by for names, own in terms.items()}


def _product(node: Expr, left: Terms, right: Terms) -> Terms:
    found: dict[tuple[str, ...], float] = {}
    for one, of_one in left.items():
        for other, of_other in right.items():
            if set(one) & set(other):
                raise NotLinearError(node, f"multiplies `{min(set(one) & set(other))}` by itself")
            names = tuple(sorted((*one, *other)))
            found[names] = found.get(names, 0.0) + of_one * of_other
    return found
