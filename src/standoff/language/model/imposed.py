"""What holds things by hand: in every world, or only in those of which a column says so."""

from __future__ import annotations

from collections.abc import Sequence

from standoff.base.source import Span
from standoff.language.expressions.tree import Binary, Conditional, Expr, Number, Option, Reference, Symbol
from standoff.language.model import Imposition, Mode, Model, Move

__all__ = ["Impositions"]


class Impositions:
    """A model's impositions, as expressions.

    One `by column` holds a thing in the worlds where its column is not negative: an event or move with that chance, a
    choice or mode at the option of that index. Elsewhere all is as without it, bit for bit.
    """

    def __init__(self, model: Model) -> None:
        self.whole = {one.target: one for one in model.impositions if one.how != "column"}
        self.columns = {one.target: str(one.value) for one in model.impositions if one.how == "column"}

    def is_whole(self, mode: Mode, move: Move) -> bool:
        """Whether a move is held in every world, by itself or by its mode."""
        return Symbol("mode", mode.name) in self.whole or Symbol("move", move.name) in self.whole

    def is_partly(self, mode: Mode, move: Move) -> bool:
        """Whether a move may be held in some worlds."""
        return Symbol("mode", mode.name) in self.columns or Symbol("move", move.name) in self.columns

    def unless_held(self, symbol: Symbol, condition: Expr) -> Expr:
        """A condition that does not count where a thing is held."""
        if symbol not in self.columns:
            return condition
        return Binary(condition.span, "or", self._is_held(symbol, condition.span), condition)

    def chance(self, symbol: Symbol, own: Expr, held: float | None = None) -> Expr:
        """A chance, or what it is where a thing is held: what its column says, if it is not this number."""
        if symbol not in self.columns:
            return own
        span = own.span
        there = self._column(symbol, span) if held is None else Number(span, held)
        return Conditional(span, there, self._is_held(symbol, span), own)

    def option_of(self, symbol: Symbol, own: Expr, names: Sequence[str]) -> Expr:
        """An option, or the one at which a thing is held."""
        if symbol in self.columns:
            for i, name in enumerate(names):
                there = Binary(own.span, "==", self._column(symbol, own.span), Number(own.span, float(i)))
                own = Conditional(own.span, Option(own.span, symbol.name, i, name), there, own)
        return own

    @staticmethod
    def happens(imposed: Imposition, span: Span) -> Expr:
        """The chance, 0 or 1, of something held in every world."""
        if imposed.how in ("never", "always"):
            return Number(span, float(imposed.how == "always"))
        one, zero = Number(span, 1.0), Number(span, 0.0)
        if imposed.how == "at":
            assert isinstance(imposed.value, (int, float))
            step = Reference(span, Symbol("clock", "step"))
            return Conditional(span, one, Binary(span, "==", step, Number(span, float(imposed.value))), zero)
        return Conditional(span, one, Binary(span, "!=", Impositions.number(imposed, span), zero), zero)

    @staticmethod
    def number(imposed: Imposition, span: Span) -> Expr:
        """Likewise, as a number."""
        if imposed.how == "series":
            return Reference(span, Symbol("series", str(imposed.value)))
        if imposed.how in ("never", "always"):
            return Number(span, float(imposed.how == "always"))
        assert isinstance(imposed.value, (int, float))
        return Number(span, float(imposed.value))

    @staticmethod
    def option(imposed: Imposition, names: Sequence[str]) -> Option:
        """Likewise, as an option."""
        assert isinstance(imposed.value, (int, float))
        index = int(imposed.value)
        return Option(imposed.span, imposed.target.name, index, names[index])

    def _column(self, symbol: Symbol, span: Span) -> Expr:
        return Reference(span, Symbol("uncertainty", self.columns[symbol]))

    def _is_held(self, symbol: Symbol, span: Span) -> Expr:
        return Binary(span, ">=", self._column(symbol, span), Number(span, 0.0))
