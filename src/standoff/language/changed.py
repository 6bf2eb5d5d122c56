"""Other models made of a model: with variants applied, and with single things changed.

All are made of what the model holds of its study (`Model.written`), so that a study that is edited or deleted while it
runs gives the same answers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, get_args

from standoff.base.problems import suggest
from standoff.base.source import Span
from standoff.language.expressions.tree import Binary, Call, Expr, Number, Symbol
from standoff.language.load import build_variant
from standoff.language.model import Change, Expression, Imposition, Model, Parameter, Stock

__all__ = ["Fixed", "Imposed", "Moved", "Reweighed", "Varied", "changed"]

_How = Literal["never", "always", "at", "option", "number", "series"]


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
    how: Literal["shift", "factor"]
    by: float

    def apply(self, model: Model) -> Model:
        """The model with the moved thing."""
        name = self.symbol.name
        if self.symbol.kind == "constant":
            moved = (self._constant(p) if p.name == name else p for p in model.parameters)
            return replace(model, parameters=tuple(moved))
        if self.symbol.kind == "stock":
            return replace(model, stocks=tuple(self._start(s) if s.name == name else s for s in model.stocks))
        quantities = (replace(q, value=self._equation(q.value)) if q.name == name else q for q in model.quantities)
        return replace(model, quantities=tuple(quantities))

    def _constant(self, parameter: Parameter) -> Parameter:
        assert parameter.value is not None
        moved = parameter.value + self.by if self.how == "shift" else parameter.value * self.by
        return replace(parameter, value=moved)

    def _start(self, stock: Stock) -> Stock:
        start = self._equation(stock.start)
        return replace(stock, start=replace(start, tree=_within(start.tree, stock.within)))

    def _equation(self, equation: Expression) -> Expression:
        tree = equation.tree
        sign: Literal["+", "*"] = "+" if self.how == "shift" else "*"
        return replace(equation, tree=Binary(tree.span, sign, tree, Number(tree.span, float(self.by))))


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


def _within(tree: Expr, ends: tuple[float | None, float | None]) -> Expr:
    low, high = ends
    if low is not None:
        tree = Call(tree.span, "max", tree.span, (tree, Number(tree.span, low)))
    if high is not None:
        tree = Call(tree.span, "min", tree.span, (tree, Number(tree.span, high)))
    return tree
