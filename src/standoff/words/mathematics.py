"""Equations as readable mathematics, in plain text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from standoff.base.units import parse_unit
from standoff.language.expressions.tree import (
    Binary,
    Call,
    Conditional,
    Expr,
    Membership,
    Number,
    Option,
    Reference,
    Unary,
)
from standoff.language.model import Model, Spread, Weighing
from standoff.words.numbers import plain

__all__ = ["equations_text", "expression_text", "range_ends"]

_STRENGTH = {"or": 1, "and": 2, "+": 5, "-": 5, "*": 6, "/": 6, "**": 8} | dict.fromkeys(
    ("==", "!=", "<", "<=", ">", ">="), 4
)
_SIGNS = {"*": "·", "-": "−", "==": "is", "!=": "is not", "<=": "≤", ">=": "≥", "/": "/", "**": "^"}


def equations_text(model: Model) -> Iterator[tuple[str, str]]:
    """Name and right side of every stock, quantity, event, move and payoff, in the order of the study."""
    for stock in model.stocks:
        yield f"{stock.name} (start)", expression_text(stock.start.tree)
        if stock.next is not None:
            yield f"{stock.name} (next)", expression_text(stock.next.tree)
        elif stock.growth is not None:
            yield f"{stock.name} (growth a {stock.per})", expression_text(stock.growth.tree)
    for quantity in model.quantities:
        yield quantity.name, expression_text(quantity.value.tree)
    for event in model.events:
        given = f", given {expression_text(event.given.tree)}" if event.given else ""
        yield f"{event.name} ({event.kind} a {event.per})", expression_text(event.rate.tree) + given
    for mode in model.modes:
        for move in mode.moves:
            route = f"{' or '.join(mode.states[i] for i in move.sources)} → {mode.states[move.target]}"
            when = f" when {expression_text(move.when.tree)}" if move.when else ""
            rate = move.hazard or move.chance
            kind = "hazard" if move.hazard else "chance"
            chance = f", {kind} a {move.per} {expression_text(rate.tree)}" if rate else ""
            yield move.name, route + when + chance
    choices = {(choice.actor, choice.dimension): choice.options for choice in model.choices}
    for strategy in model.strategies:
        for dimension, rules in strategy.rules:
            name = f"{strategy.actor}.{dimension}" if dimension else strategy.actor
            yield f"{name} under {strategy.name}", _rules_text(rules, choices[strategy.actor, dimension])
    for payoff in model.payoffs:
        for label, part in (("each step", payoff.each), ("at the end", payoff.final)):
            if part is not None:
                yield f"payoff of {payoff.actor} ({label})", expression_text(part.tree)


def range_ends(spread: Spread) -> tuple[str, str]:
    """The ends of a range as they are said: numbers, or what they depend on."""
    edges = spread.edges or (None, None)
    low, high = (
        plain(number) if edge is None else expression_text(edge.tree)
        for number, edge in zip(spread.arguments, edges, strict=True)
    )
    return low, high


def expression_text(node: Expr, around: int = 0) -> str:
    """One expression as mathematics; brackets only where they are needed."""
    if isinstance(node, Binary) and isinstance(node.right, Number) and node.right.span == node.span:
        return expression_text(node.left, around)  # to or from a unit with a scale, which nobody wrote
    if isinstance(node, Number):
        node = node.written or node
        return f"{node.value:g}" + (f" {parse_unit(node.unit)}" if node.unit else "")
    if isinstance(node, Reference):
        deal, _, term = node.symbol.name.partition(".")
        return f"{deal}.offered.{term}" if node.symbol.kind == "offered" else node.symbol.name
    if isinstance(node, Option):
        return node.text
    if isinstance(node, Unary):
        word = "not " if node.operator == "not" else "−"
        return _bracketed(word + expression_text(node.operand, 7), 3 if word == "not " else 7, around)
    if isinstance(node, Binary):
        strength = _STRENGTH[node.operator]
        left, right = expression_text(node.left, strength), expression_text(node.right, strength + 1)
        sign = _SIGNS.get(node.operator, node.operator)
        gap = "" if node.operator == "**" else " "
        return _bracketed(f"{left}{gap}{sign}{gap}{right}", strength, around)
    if isinstance(node, Membership):
        options = ", ".join(expression_text(option) for option in node.options)
        word = "is none of" if node.negated else "is one of"
        return _bracketed(f"{expression_text(node.item, 4)} {word} {options}", 4, around)
    if isinstance(node, Conditional):
        parts = (expression_text(node.then, 1), expression_text(node.test, 1), expression_text(node.otherwise, 0))
        return _bracketed("{} if {}, else {}".format(*parts), 0, around + 1 if around else 0)
    assert isinstance(node, Call)
    return f"{node.function}({', '.join(expression_text(argument) for argument in node.arguments)})"


def _rules_text(rules: object, options: Sequence[str]) -> str:
    if isinstance(rules, Weighing):
        weighed = zip(rules.options, rules.worths, strict=True)
        worths = ", ".join(f"{options[k]} by {expression_text(worth.tree)}" for k, worth in weighed)
        return f"weighs {worths} at precision {expression_text(rules.precision.tree)}"
    assert isinstance(rules, tuple)
    parts = [
        expression_text(rule.then.tree) + (f" when {expression_text(rule.when.tree)}" if rule.when else "")
        for rule in rules
    ]
    return "; else ".join(parts)


def _bracketed(text: str, strength: int, around: int) -> str:
    return f"({text})" if strength < around else text
