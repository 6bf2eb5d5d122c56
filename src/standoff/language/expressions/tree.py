"""Expression trees: as parsed, and as resolved.

The parser makes `Name`, `Element` and `Fold` nodes; unrolling leaves names alone, and resolving replaces these by
`Reference` and `Option`.
Evaluators see resolved trees only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from standoff.base.source import Span

__all__ = [
    "Binary",
    "Call",
    "Conditional",
    "Element",
    "Expr",
    "Fold",
    "Kind",
    "Membership",
    "Name",
    "Number",
    "Option",
    "Reference",
    "Symbol",
    "Unary",
    "children",
    "walk",
]

Kind = Literal[
    "constant",  # a number that everybody knows
    "uncertainty",  # a column of the table of worlds
    "value",  # likewise, but a want
    "setting",  # a level that tells strategies of one family apart: name "actor.strategy.setting"
    "stock",
    "mode",  # an option of the family named as the mode
    "quantity",
    "draw",
    "report",
    "event",  # a truth, or a number where the event is a count
    "move",  # a truth: the mode moved in this step
    "choice",  # an option of the family "actor" or "actor.dimension"
    "term",  # a deal's term, 0 when the deal is not in force: name "deal.term"
    "offered",  # the level a term has in this future, in force or not: name "deal.term", written "deal.offered.term"
    "series",
    "clock",  # step, date
    # what compiling adds
    "luck",  # a uniform number in (0, 1), drawn anew in each step, addressed by the name
    "memory",  # what is carried from step to step for functions that look back
    "strategy",  # the index of the strategy that an actor plays in this future
    "level",  # the level of a deal's term in this future: name "deal.term"
    "own",  # an event's or move's own chance in this step, where its `given` happened
    "chance",  # likewise, multiplied through `given`
    "hidden",  # a step's intermediate result
]


@dataclass(frozen=True, slots=True)
class Symbol:
    """What a name stands for. `name` is unique within the kind."""

    kind: Kind
    name: str


@dataclass(frozen=True, slots=True)
class Number:
    """A literal; `unit` as written in brackets, or None for a bare (dimensionless) one.

    `written` is the literal of the study, where this is that in a unit without a scale.
    """

    span: Span
    value: float
    unit: str | None = None
    written: Number | None = None


@dataclass(frozen=True, slots=True)
class Name:
    """A dotted name, not yet resolved."""

    span: Span
    parts: tuple[str, ...]

    @property
    def text(self) -> str:
        """The name as written."""
        return ".".join(self.parts)


@dataclass(frozen=True, slots=True)
class Element:
    """`x[north]`: an element of a vector, not yet unrolled."""

    span: Span
    name: Name
    subscripts: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Fold:
    """`sum(body for variable in index if test)`, not yet unrolled."""

    span: Span
    function: Name
    body: Expr
    variable: Name
    index: Name
    test: Expr | None


@dataclass(frozen=True, slots=True)
class Reference:
    """A name that was found."""

    span: Span
    symbol: Symbol


@dataclass(frozen=True, slots=True)
class Option:
    """One of a family's options: the choice `actor.dimension` or a mode."""

    span: Span
    family: str
    index: int
    text: str


@dataclass(frozen=True, slots=True)
class Unary:
    """`-x` or `not x`."""

    span: Span
    operator: Literal["-", "not"]
    operand: Expr


@dataclass(frozen=True, slots=True)
class Binary:
    """Arithmetic, comparison or logic of two operands."""

    span: Span
    operator: Literal["+", "-", "*", "/", "**", "==", "!=", "<", "<=", ">", ">=", "and", "or"]
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Membership:
    """`x in [a, b]` or `x not in [a, b]`."""

    span: Span
    item: Expr
    options: tuple[Expr, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Conditional:
    """`then if test else otherwise`; only the branch taken is evaluated, as far as faults go."""

    span: Span
    then: Expr
    test: Expr
    otherwise: Expr


@dataclass(frozen=True, slots=True)
class Call:
    """A built-in function, or a distribution, with its arguments."""

    span: Span
    function: str
    function_span: Span
    arguments: tuple[Expr, ...]


Expr = Number | Name | Element | Fold | Reference | Option | Unary | Binary | Membership | Conditional | Call

# Which fields of each kind of node hold operands, from left to right.
_OPERANDS: dict[type, tuple[str, ...]] = {
    Number: (),
    Name: (),
    Element: ("name",),
    Fold: ("body",),
    Reference: (),
    Option: (),
    Unary: ("operand",),
    Binary: ("left", "right"),
    Membership: ("item", "options"),
    Conditional: ("then", "test", "otherwise"),
    Call: ("arguments",),
}


def children(node: Expr) -> tuple[Expr, ...]:
    """The node's operands, from left to right."""
    found: list[Expr] = []
    for name in _OPERANDS[type(node)]:
        value = getattr(node, name)
        if isinstance(value, tuple):
            found.extend(value)
        else:
            found.append(value)
    return tuple(found)


def walk(node: Expr) -> Iterator[Expr]:
    """The node and all below it, parents first."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(children(current)))
