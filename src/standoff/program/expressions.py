"""Lowering of expressions: constants and the clock filled in, and memories in place of backward looks."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import fields, replace
from functools import partial
from typing import Any

from standoff.base.source import Span
from standoff.language.expressions.functions import FUNCTIONS, SEASONS
from standoff.language.expressions.tree import (
    Binary,
    Call,
    Conditional,
    Expr,
    Number,
    Option,
    Reference,
    Symbol,
    Unary,
)
from standoff.language.model import Model
from standoff.program.program import Memory

__all__ = ["Lowering", "bounded", "conjuncts", "product", "rebuild", "reference", "same"]


def reference(kind: str, name: str, span: Span) -> Reference:
    """A reference to a symbol."""
    return Reference(span, Symbol(kind, name))  # type: ignore[arg-type]


def rebuild(node: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """The node with `change` applied to each of its operands."""
    changed: dict[str, Any] = {}
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, Expr):
            changed[field.name] = change(value)
        elif isinstance(value, tuple) and value and isinstance(value[0], Expr):
            changed[field.name] = tuple(change(item) for item in value)
    return replace(node, **changed) if changed else node


def same(node: Expr) -> Hashable:
    """A key that two trees share when they mean the same, wherever they stand."""
    parts: list[Hashable] = [type(node).__name__]
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, Span):
            continue
        if isinstance(value, Expr):
            parts.append(same(value))
        elif isinstance(value, tuple) and value and isinstance(value[0], Expr):
            parts.append(tuple(same(item) for item in value))
        else:
            parts.append(value)
    return tuple(parts)


def conjuncts(node: Expr | None) -> tuple[Expr, ...]:
    """The parts of `a and b and …`; none where there is no condition."""
    if node is None:
        return ()
    if isinstance(node, Binary) and node.operator == "and":
        return (*conjuncts(node.left), *conjuncts(node.right))
    return (node,)


def product(operator: str, parts: Sequence[Expr]) -> Expr | None:
    """The parts joined by one operator from the left; None where there are none."""
    whole: Expr | None = None
    for part in parts:
        whole = part if whole is None else Binary(part.span, operator, whole, part)  # type: ignore[arg-type]
    return whole


def bounded(node: Expr, ends: tuple[float | None, float | None]) -> Expr:
    """The expression, but at least the one end and at most the other."""
    for function, end in zip(("max", "min"), ends, strict=True):
        if end is not None:
            node = Call(node.span, function, node.span, (node, Number(node.span, end)))
    return node


class Lowering:
    """Lowers trees of one model and collects the memories that they need."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.constants = {p.name: p.value for p in model.parameters if p.kind == "constant"}
        self.counts = {e.name for e in model.events if e.kind == "count"}
        self.terms = {f"{d.name}.{t.name}": d for d in model.deals for t in d.terms}
        self.families = model.families()
        self.inlined: dict[Symbol, Expr] = {}
        self.memories: list[Memory] = []
        self.chances: dict[Symbol, None] = {}
        self.calendar: dict[str, tuple[float, ...]] = {}
        self._known: dict[Hashable, Symbol] = {}

    def lower(self, node: Expr, where: Expr | None = None) -> Expr:
        """The tree with nothing left but numbers, options, references, operators and functions of the step.

        `where` masks the memories that it needs: those of a strategy's rules are kept where it is played.
        """
        if isinstance(node, Number):
            return Number(node.span, node.value)
        if isinstance(node, Reference):
            return self._reference(node)
        if isinstance(node, Call):
            family = FUNCTIONS[node.function].family if node.function in FUNCTIONS else "arithmetic"
            if family == "memory":
                return self._memory(node, where)
            if family == "calendar":
                return self._calendar(node, where)
            if family == "chance":
                event = node.arguments[0]
                assert isinstance(event, Reference)
                self.chances[event.symbol] = None
                return reference("chance", event.symbol.name, node.span)
            if node.function == "years":
                length = Number(node.span, self.model.clock.years_per_step)
                return Binary(node.span, "*", self.lower(node.arguments[0], where), length)
        lowered = rebuild(node, lambda operand: self.lower(operand, where))
        if isinstance(lowered, Unary) and lowered.operator == "-" and isinstance(lowered.operand, Number):
            return Number(node.span, -lowered.operand.value)
        return lowered

    def _calendar(self, node: Call, where: Expr | None) -> Expr:
        """What the calendar says is a series like any other; a seasonal value is chosen by one."""
        if node.function != "seasonal":
            name = f"{node.function}()"
            self.calendar[name] = self.model.clock.calendar(node.function)
            return reference("series", name, node.span)
        span, *values = node.span, *(self.lower(value, where) for value in node.arguments)
        season = self._calendar(Call(span, SEASONS[len(values)], span, ()), where)
        chosen = values[-1]
        for place, value in reversed(list(enumerate(values[:-1], start=1))):
            here = Binary(span, "==", season, Number(span, float(place)))
            chosen = Conditional(span, value, here, chosen)
        return chosen

    def after(self, node: Expr) -> Expr:
        """The lowered tree with quantities written out, so that it can be read on the state after a step."""
        return self._inline(self.lower(node))

    def truth(self, node: Expr) -> Expr:
        """A lowered event or truth as a truth: a count holds where it is above zero."""
        if isinstance(node, Reference) and node.symbol.kind == "event" and node.symbol.name in self.counts:
            return Binary(node.span, ">", node, Number(node.span, 0.0))
        return node

    def age(self, mode: str, span: Span) -> Reference:
        """The steps that a mode has spent in its state."""
        moves = next(m.moves for m in self.model.modes if m.name == mode)
        happened = product("or", [reference("move", move.name, span) for move in moves])
        symbol = Symbol("memory", f"age({mode})")
        here = Reference(span, symbol)
        later: Expr = Binary(span, "+", here, Number(span, 1.0))
        if happened is not None:
            later = Conditional(span, Number(span, 0.0), happened, later)
        self._remember(("age", mode), Memory(symbol, "step", Number(span, 0.0), later, span=span))
        return here

    def _inline(self, node: Expr) -> Expr:
        if isinstance(node, Reference) and node.symbol in self.inlined:
            return self._inline(self.inlined[node.symbol])
        return rebuild(node, self._inline)

    def _reference(self, node: Reference) -> Expr:
        symbol = node.symbol
        if symbol.kind == "constant":
            value = self.constants[symbol.name]
            assert value is not None
            return Number(node.span, value)
        if symbol.kind == "offered":
            return reference("level", symbol.name, node.span)
        if symbol.kind == "term":
            during = self.lower(self.terms[symbol.name].during.tree)
            level = reference("level", symbol.name, node.span)
            return Conditional(node.span, level, during, Number(node.span, 0.0))
        return node

    def _memory(self, node: Call, where: Expr | None) -> Expr:
        span = node.span
        if node.function == "age":
            mode = node.arguments[0]
            assert isinstance(mode, Reference)
            return self.age(mode.symbol.name, span)
        argument = self.lower(node.arguments[0], where)
        build = getattr(self, f"_{node.function}")
        found: Expr = build(node, argument, where)
        return found

    def _previous(self, node: Call, argument: Expr, where: Expr | None) -> Expr:
        span = node.span
        zero = self._nothing(argument, span)
        start = self.lower(node.arguments[1], where) if len(node.arguments) > 1 else zero
        here = self._carry(node, argument, where, zero, following=argument)
        return Conditional(span, here, self._later(span), start)

    def _since(self, node: Call, argument: Expr, where: Expr | None) -> Expr:
        span = node.span
        start = Number(span, float(self.model.clock.steps))
        return self._carry(
            node, argument, where, start,
            following=lambda here: Conditional(span, Number(span, 1.0), self.truth(argument),
                                     Binary(span, "+", here, Number(span, 1.0))),
        )  # fmt: skip

    def _count(self, node: Call, argument: Expr, where: Expr | None) -> Expr:
        start = Number(node.span, 0.0)
        return self._carry(node, argument, where, start, following=lambda here: Binary(node.span, "+", here, argument))

    def _ever(self, node: Call, argument: Expr, where: Expr | None) -> Expr:
        never = Unary(node.span, "not", Binary(node.span, "==", Number(node.span, 0.0), Number(node.span, 0.0)))
        held = self.truth(argument)
        return self._carry(node, argument, where, never, following=lambda here: Binary(node.span, "or", here, held))

    def _smooth(self, node: Call, argument: Expr, where: Expr | None) -> Expr:
        span, n = node.span, self._steps(node.arguments[1])
        if n == 0:
            return argument
        first = self.lower(node.arguments[2], where) if len(node.arguments) > 2 else argument
        order = max(1, self._steps(node.arguments[3])) if len(node.arguments) > 3 else 1
        for _ in range(order):
            here = self._carry(
                node, argument, where, Number(span, 0.0),
                following=partial(self._smoothed, first=first, argument=argument, n=n / order),
                extra=(n / order, same(first)),
            )  # fmt: skip
            argument = self._from_second(here, first, span)
        return argument

    def _smoothed(self, here: Reference, first: Expr, argument: Expr, n: float) -> Expr:
        return self._approach(self._from_second(here, first, here.span), argument, n, here.span)

    def _delay(self, node: Call, argument: Expr, where: Expr | None) -> Expr:
        span, n = node.span, min(self._steps(node.arguments[1]), self.model.clock.steps)  # no longer than the clock
        if n == 0:
            return argument
        key = ("delay", n, same(argument), None if where is None else same(where))
        symbol = Symbol("memory", f"delay({_shown(node.arguments[0])}, {n})")
        memory = Memory(symbol, "line", self._nothing(argument, span), argument, span=span, length=n, where=where)
        return self._from_second(Reference(span, self._remember(key, memory)), argument, span)

    def _carry(
        self,
        node: Call,
        argument: Expr,
        where: Expr | None,
        start: Expr,
        *,
        following: Expr | Callable[[Reference], Expr],
        extra: Hashable = 0,
    ) -> Reference:
        """A memory of one number, which is the same for the same function of the same argument."""
        key = (node.function, extra, same(argument), None if where is None else same(where))
        symbol = Symbol("memory", f"{node.function}({', '.join(_shown(a) for a in node.arguments)})")
        here = Reference(node.span, self._known.get(key, self._fresh(symbol)))
        later = following(here) if callable(following) else following
        self._remember(key, Memory(here.symbol, "step", start, later, span=node.span, length=0, where=where))
        return here

    def _remember(self, key: Hashable, memory: Memory) -> Symbol:
        if key not in self._known:
            memory = replace(memory, symbol=self._fresh(memory.symbol))
            self._known[key] = memory.symbol
            self.memories.append(memory)
        return self._known[key]

    def _fresh(self, symbol: Symbol) -> Symbol:
        taken = {memory.symbol.name for memory in self.memories}
        name, n = symbol.name, 1
        while name in taken:
            n += 1
            name = f"{symbol.name} #{n}"
        return Symbol("memory", name)

    def _steps(self, node: Expr) -> int:
        """A constant whole number of steps."""
        lowered = self.lower(node)
        assert isinstance(lowered, Number)
        return int(lowered.value)

    def _nothing(self, argument: Expr, span: Span) -> Expr:
        """The value before there is anything to look back on."""
        family = self._family(argument)
        if family is not None:
            return Option(span, family, -1, "none")
        return Number(span, 0.0)

    def _family(self, node: Expr) -> str | None:
        if isinstance(node, Option):
            return node.family
        if isinstance(node, Conditional):
            return self._family(node.then)
        if isinstance(node, Reference) and node.symbol.name in self.families:
            return node.symbol.name
        return None

    def _later(self, span: Span) -> Expr:
        return Binary(span, ">", reference("clock", "step", span), Number(span, 0.0))

    def _from_second(self, here: Expr, argument: Expr, span: Span) -> Expr:
        return Conditional(span, here, self._later(span), argument)

    def _approach(self, level: Expr, argument: Expr, n: float, span: Span) -> Expr:
        gap = Binary(span, "-", argument, level)
        return Binary(span, "+", level, Binary(span, "/", gap, Number(span, n)))


def _shown(node: Expr) -> str:
    return " ".join(node.span.text.split())
