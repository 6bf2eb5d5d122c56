"""What a model's equations read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from standoff.base.source import Source, Span
from standoff.base.units import Unit
from standoff.language.clock import Clock
from standoff.language.expressions.expression import Expression
from standoff.language.expressions.tree import Reference, Symbol, walk
from standoff.language.text.reader import Mapping

__all__ = ["expressions", "symbols_read"]

_WITHOUT_EQUATIONS = (Clock, Mapping, Source, Span, Symbol, Unit)


def expressions(part: object) -> Iterator[Expression]:
    """Every equation in a model, or in a part of one, in the order of its fields."""
    if isinstance(part, Expression):
        yield part
    elif isinstance(part, tuple):
        for item in part:
            yield from expressions(item)
    elif is_dataclass(part) and not isinstance(part, _WITHOUT_EQUATIONS):
        for field in fields(part):
            yield from expressions(getattr(part, field.name))


def symbols_read(part: object) -> frozenset[Symbol]:
    """Everything that the equations of a model, or of a part of one, refer to."""
    return frozenset(
        node.symbol for expression in expressions(part) for node in walk(expression.tree) if isinstance(node, Reference)
    )
