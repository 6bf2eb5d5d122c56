"""What a future is made of: modes and their moves, stocks, quantities, reports, draws, events, data by date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from standoff.base.chance.counts import MOST_COUNT
from standoff.base.source import Span
from standoff.base.units import Unit
from standoff.language.expressions.expression import Expression, Per
from standoff.language.expressions.tree import Symbol

__all__ = [
    "Draw",
    "Event",
    "Mode",
    "Move",
    "Quantity",
    "Report",
    "Series",
    "Stock",
]


@dataclass(frozen=True, slots=True)
class Move:
    """A named move of a mode. Its chance in a step is that of `chance`, of `hazard`, or 1, where `when` holds.

    With `shape` k and hazard h, the cumulated hazard after time t in the state is (h t)^k (Weibull).
    """

    name: str
    span: Span
    sources: tuple[int, ...]
    target: int
    when: Expression | None = None
    chance: Expression | None = None
    hazard: Expression | None = None
    shape: Expression | None = None
    per: Per = "step"


@dataclass(frozen=True, slots=True)
class Mode:
    """Exclusive states; `start` is an index into `states`."""

    name: str
    span: Span
    states: tuple[str, ...]
    start: int
    moves: tuple[Move, ...]
    final: tuple[int, ...] = ()
    seen_by: tuple[str, ...] | None = None
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Stock:
    """A number carried from step to step. With `growth` g a step of d periods multiplies it by (1 + g)^d.

    `ends` are the constants that stand for the ends of `within`, where any do.
    """

    name: str
    span: Span
    unit: Unit
    start: Expression
    next: Expression | None = None
    growth: Expression | None = None
    per: Per = "step"
    within: tuple[float | None, float | None] = (None, None)
    seen_by: tuple[str, ...] | None = None
    about: str | None = None
    ends: tuple[str | None, str | None] = (None, None)


@dataclass(frozen=True, slots=True)
class Quantity:
    """Computed anew in each step; rules have become nested conditionals."""

    name: str
    span: Span
    unit: Unit
    value: Expression
    seen_by: tuple[str, ...] | None = None
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What others see of a stock or quantity: its value `lag` steps ago, times exp(noise z − noise²/2)."""

    name: str
    span: Span
    unit: Unit
    of: Symbol
    noise: Expression | None
    lag: int
    seen_by: tuple[str, ...] | None = None
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Draw:
    """A continuous draw in each step; arguments may be expressions of what is settled before it."""

    name: str
    span: Span
    unit: Unit
    distribution: str
    arguments: tuple[Expression, ...]
    seen_by: tuple[str, ...] | None = None
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Discrete chance in a step: a truth (`chance`, `hazard`) or a number (`count`)."""

    name: str
    span: Span
    kind: Literal["chance", "hazard", "count"]
    rate: Expression
    per: Per = "step"
    given: Expression | None = None
    dispersion: Expression | None = None
    at_most: int = MOST_COUNT
    ends: bool = False
    worth: tuple[tuple[str, Expression], ...] = ()
    seen_by: tuple[str, ...] | None = None
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """Data by date, one number per step of the clock."""

    name: str
    span: Span
    unit: Unit
    values: tuple[float, ...]
    about: str | None = None
