"""Other models made of a model: with variants applied, and with single things changed.

All are made of what the model holds of its study (`Model.written`), so that a study that is edited or deleted while it
runs gives the same answers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal, get_args

from standoff.base.problems import suggest
from standoff.base.source import Span
from standoff.base.units import DIMENSIONLESS
from standoff.language.expressions.tree import Binary, Call, Expr, Number, Reference, Symbol
from standoff.language.load import build_variant
from standoff.language.model import Change, Imposition, Model, Parameter, Reason, Stock

__all__ = ["By", "Fixed", "How", "Imposed", "Movable", "Moved", "Reweighed", "Varied", "changed"]

How = Literal["shift", "factor"]
By = Literal["shift", "factor", "hold"]

_How = Literal["never", "always", "at", "option", "number", "series", "column"]


@dataclass(frozen=True, slots=True)
class Varied:
    """With a variant of the study; one that is applied already changes nothing."""

    variant: str


@dataclass(frozen=True, slots=True)
class Fixed:
    """With a constant at another value."""

    constant: str
    value: float

    def apply(self, model: Model) -> Model:
        """The model with this value.

        Raises:
            ValueError: The study has no such constant.
        """
        names = [parameter.name for parameter in model.parameters if parameter.kind == "constant"]
        if self.constant not in names:
            advice = suggest(self.constant, names) or ""
            raise ValueError(f"no constant is named `{self.constant}`; {advice}".rstrip("; "))
        fixed = (replace(p, value=self.value) if p.name == self.constant else p for p in model.parameters)
        return replace(model, parameters=tuple(fixed))


@dataclass(frozen=True, slots=True)
class Moved:
    """With a constant, a stock's start or a quantity moved by a number (`shift`) or multiplied (`factor`)."""

    symbol: Symbol
    how: How
    by: float

    def apply(self, model: Model) -> Model:
        """The model with the moved thing."""
        if self.symbol.kind == "constant":
            name = self.symbol.name
            moved = (self._constant(p) if p.name == name else p for p in model.parameters)
            return replace(model, parameters=tuple(moved))
        return _moved(model, self.symbol, self.how, lambda tree: Number(tree.span, float(self.by)))

    def _constant(self, parameter: Parameter) -> Parameter:
        assert parameter.value is not None
        moved = parameter.value + self.by if self.how == "shift" else parameter.value * self.by
        return replace(parameter, value=moved)


@dataclass(frozen=True, slots=True)
class Movable:
    """With stocks' starts and quantities that every world moves, and events, moves, choices and modes that it holds.

    Each has a column more, with numbers of the worlds' own (`standoff.language.model.imposed` says what holds what).
    Where that is the thing's `unmoved` number, all is as without this change, so that what differs in such moves alone
    can share a program.
    """

    things: tuple[tuple[Symbol, By], ...]

    @staticmethod
    def column(symbol: Symbol, how: By) -> str:
        """Which column says by how much a thing is moved, or how it is held; no name of a study has spaces."""
        return f"{how} of {symbol.kind} {symbol.name}"

    @staticmethod
    def unmoved(how: By) -> float:
        """By how much, so that nothing changes."""
        return {"shift": 0.0, "factor": 1.0, "hold": -1.0}[how]

    def apply(self, model: Model) -> Model:
        """The model with these columns, which no distribution draws."""
        for symbol, how in self.things:
            name, span = self.column(symbol, how), Span(model.source, 0, 0)
            column = Parameter("uncertainty", name, span, "", unit=DIMENSIONLESS, reason=Reason())
            if how == "hold":
                held = Imposition(symbol, span, "column", name)
                model = replace(model, impositions=(*model.impositions, held))
            else:
                model = _moved(model, symbol, how, _reader(Symbol("uncertainty", name)))
            model = replace(model, parameters=(*model.parameters, column))
        return model


@dataclass(frozen=True, slots=True)
class Imposed:
    """With something held by hand instead of by its own equation, as by the `impose` of a variant."""

    symbol: Symbol
    how: str
    value: float | str | None = None

    def apply(self, model: Model) -> Model:
        """The model with this imposition instead of any other on the same thing."""
        how = next(how for how in get_args(_How) if how == self.how)
        held = Imposition(self.symbol, Span(model.source, 0, 0), how, self.value)
        others = tuple(one for one in model.impositions if one.target != self.symbol)
        return replace(model, impositions=(*others, held))


@dataclass(frozen=True, slots=True)
class Reweighed:
    """With worlds drawn from a table of them, rows alike, as what was seen weighs them."""

    columns: tuple[tuple[str, tuple[float, ...]], ...]

    def apply(self, model: Model) -> Model:
        """The model with these worlds."""
        return replace(model, drawn_from=self.columns)


def changed(model: Model, changes: Iterable[Change | Varied]) -> Model:
    """The model with changes made to it, in their order, but variants first: they are part of the text.

    The digest of a study with variants is that of the study loaded with them; each other change hashes itself into it.

    Raises:
        ValueError: A variant is not of the study, or a change cannot be made to it.
        StudyError: The study cannot be used with a variant.
    """
    wanted = tuple(changes)
    others = tuple(change for change in wanted if not isinstance(change, Varied))
    added = (change.variant for change in wanted if isinstance(change, Varied))
    variants = tuple(dict.fromkeys((*model.applied, *added)))
    if variants != model.applied:
        others = (*model.changes, *others)
        model = build_variant(model.written, variants)
    for change in others:
        digest = hashlib.blake2b(f"{model.digest} {change!r}".encode(), digest_size=16).hexdigest()
        model = replace(change.apply(model), digest=digest, changes=(*model.changes, change))
    return model


def _moved(model: Model, symbol: Symbol, how: How, by: Callable[[Expr], Expr]) -> Model:
    """The model with a stock's start or a quantity moved."""
    sign: Literal["+", "*"] = "+" if how == "shift" else "*"

    def moved(tree: Expr) -> Expr:
        return Binary(tree.span, sign, tree, by(tree))

    def started(stock: Stock) -> Stock:
        return replace(stock, start=replace(stock.start, tree=_within(moved(stock.start.tree), stock.within)))

    if symbol.kind == "stock":
        return replace(model, stocks=tuple(started(s) if s.name == symbol.name else s for s in model.stocks))
    quantities = (
        replace(q, value=replace(q.value, tree=moved(q.value.tree))) if q.name == symbol.name else q
        for q in model.quantities
    )
    return replace(model, quantities=tuple(quantities))


def _reader(symbol: Symbol) -> Callable[[Expr], Expr]:
    return lambda tree: Reference(tree.span, symbol)


def _within(tree: Expr, ends: tuple[float | None, float | None]) -> Expr:
    low, high = ends
    if low is not None:
        tree = Call(tree.span, "max", tree.span, (tree, Number(tree.span, low)))
    if high is not None:
        tree = Call(tree.span, "min", tree.span, (tree, Number(tree.span, high)))
    return tree
