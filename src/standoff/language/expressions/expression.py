"""A resolved equation with its type and unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from standoff.base.source import Span
from standoff.base.units import DIMENSIONLESS, Unit
from standoff.language.expressions.tree import Expr

__all__ = [
    "NUMBER",
    "TRUTH",
    "Expression",
    "Per",
    "Type",
    "options",
]

Per = Literal["step", "day", "week", "month", "quarter", "year"]
"""What a rate is per."""


@dataclass(frozen=True, slots=True)
class Type:
    """Number, truth, or option of a family (a choice `actor` or `actor.dimension`, or a mode)."""

    kind: Literal["number", "truth", "option"]
    family: str | None = None


NUMBER = Type("number")
TRUTH = Type("truth")


def options(family: str) -> Type:
    """The type of a family's options."""
    return Type("option", family)


@dataclass(frozen=True, slots=True)
class Expression:
    """A resolved equation."""

    span: Span
    tree: Expr
    type: Type = NUMBER
    unit: Unit = DIMENSIONLESS
