"""What a model's equations read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from standoff.language.model import Expression, Model
from standoff.language.tree import Reference, Symbol, walk

__all__ = ["expressions", "symbols_read"]


def expressions(part: object) -> Iterator[Expression]:
    """Every equation in a model, or in a part of one, in the order of its fields."""
    if isinstance(part, Expression):
        yield part
    elif isinstance(part, tuple):
        for item in part:
            yield from expressions(item)
    elif is_dataclass(part) and type(part).__module__ == Model.__module__:
        for field in fields(part):
            yield from expressions(getattr(part, field.name))


def symbols_read(part: object) -> frozenset[Symbol]:
    """Everything that the equations of a model, or of a part of one, refer to."""
    return frozenset(
        node.symbol for expression in expressions(part) for node in walk(expression.tree) if isinstance(node, Reference)
    )
