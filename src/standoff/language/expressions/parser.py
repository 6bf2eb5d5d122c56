"""Expression text to trees, by the grammar in `grammar.lark`."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any
from unicodedata import name

from lark import Lark, Token, Transformer, Tree, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from standoff.base.problems import Problem, StudyError
from standoff.base.source import Span
from standoff.language.expressions.tree import (
    Binary,
    Call,
    Conditional,
    Element,
    Expr,
    Fold,
    Membership,
    Name,
    Number,
    Unary,
)
from standoff.language.text.reader import Scalar

__all__ = ["KEYWORDS", "MOST_CHARACTERS", "MOST_DEPTH", "parse_expression"]

MOST_CHARACTERS = 4096
MOST_DEPTH = 64
KEYWORDS = ("if", "else", "and", "or", "not", "in", "for")

_TRAPS = (
    # what stands there, what it should be
    ("===", "`==` compares"),
    ("=", "`==` compares; a study has no assignment inside an expression"),
    ("^", "a power is written `**`"),
    ("&&", "write `and`"),
    ("&", "write `and`"),
    ("||", "write `or`"),
    ("|", "write `or`"),
    ("!", "write `not`, or `!=` for different"),
    ("%", "write the share as a number, such as 0.05"),
    ("?", "write `a if test else b`"),
    ('"', "options and names stand without quotation marks"),
    ("'", "options and names stand without quotation marks"),
    ("\N{MINUS SIGN}", "the minus sign of the keyboard is `-`"),
    ("\N{EN DASH}", "the minus sign of the keyboard is `-`"),
    ("\N{MULTIPLICATION SIGN}", "write `*`"),
    ("{", "an expression has no braces"),
    (";", "one expression stands alone"),
    (":", "one expression stands alone"),
)


@lru_cache(maxsize=4096)  # a study is read once more with each of its variants, which share most equations
def parse_expression(text: Scalar) -> Expr:
    """Parse one expression; every node keeps its place in the file.

    Raises:
        StudyError: One problem: too long, too deep, folded over lines, or not an expression.

    Reference:
        The grammar in `grammar.lark`, by an LALR(1) parser.
    """
    if text.is_block:
        message = "an equation stands in a folded or literal block"
        raise _error("yaml-folded", text.span, message, "write it on one line in quotation marks, or as rules")
    if len(text.text) > MOST_CHARACTERS:
        message = f"this expression has {len(text.text):,} characters, and at most {MOST_CHARACTERS:,} are read"
        raise _error("expression-too-long", text.span, message, "name its parts as quantities")
    if not text.text.strip():
        raise _error("expression-syntax", text.span, "an expression is expected here, and there is none", None)
    try:
        tree = _parsed(text.text)
    except UnexpectedInput as error:
        raise _syntax(text, error) from None
    _check_depth(text, tree)
    built: Expr = _Build(text).transform(tree) if isinstance(tree, Tree) else tree
    return built


@lru_cache(maxsize=4096)  # while somebody writes, all other equations stay as they are and only move
def _parsed(text: str) -> Any:
    return _parser().parse(text)


@cache
def _parser() -> Any:
    grammar = files("standoff.language.expressions").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", maybe_placeholders=True, propagate_positions=False)


def _check_depth(text: Scalar, tree: Any) -> None:
    """Refuse deep trees before anything recursive sees them; the parser itself does not recurse."""
    level = [tree]
    depth = 0
    while level:
        level = [child for node in level if isinstance(node, Tree) for child in node.children]
        depth += 1
        if depth > 2 * MOST_DEPTH:
            message = f"this expression is nested more than {MOST_DEPTH} deep"
            raise _error("expression-too-deep", text.span, message, "name its parts as quantities")


class _Build(Transformer[Token, Any]):
    """One method per rule of the grammar that keeps a node."""

    def __init__(self, text: Scalar) -> None:
        super().__init__(visit_tokens=False)
        self.text = text

    def number(self, parts: list[Token | None]) -> Number:
        literal, unit = parts
        assert literal is not None
        span = self._span(literal)
        if unit is None:
            return Number(span, float(literal))
        return Number(span.to(self._span(unit)), float(literal), str(unit)[1:-1].strip())

    def name(self, parts: list[Token]) -> Name:
        return Name(self._span(parts[0]).to(self._span(parts[-1])), tuple(str(part) for part in parts))

    def element(self, parts: list[Any]) -> Element:
        word, subscripts, close = parts[0], parts[2], parts[3]
        return Element(self._span(word).to(self._span(close)), self.name([word]), subscripts)

    def subscripts(self, parts: list[Token]) -> tuple[Name, ...]:
        return tuple(self.name([word]) for word in parts)

    def fold(self, parts: list[Any]) -> Fold:
        word, _, body, variable, index, test, close = parts
        names = [self.name([part]) for part in (word, variable, index)]
        return Fold(self._span(word).to(self._span(close)), names[0], body, names[1], index=names[2], test=test)

    def call(self, parts: list[Any]) -> Call:
        word, arguments, close = parts[0], parts[2], parts[3]
        span = self._span(word)
        return Call(span.to(self._span(close)), str(word), span, tuple(arguments or ()))

    def arguments(self, parts: list[Expr]) -> list[Expr]:
        return parts

    members = arguments

    def unary(self, parts: list[Any]) -> Unary:
        return Unary(self._span(parts[0]).to(parts[1].span), str(parts[0]), parts[1])  # type: ignore[arg-type]

    def binary(self, parts: list[Any]) -> Binary:
        left, operator, right = parts
        return Binary(left.span.to(right.span), str(operator), left, right)  # type: ignore[arg-type]

    def member(self, parts: list[Any]) -> Membership:
        return Membership(parts[0].span.to(self._span(parts[-1])), parts[0], tuple(parts[-2]), negated=False)

    def no_member(self, parts: list[Any]) -> Membership:
        return Membership(parts[0].span.to(self._span(parts[-1])), parts[0], tuple(parts[-2]), negated=True)

    def conditional(self, parts: list[Expr]) -> Conditional:
        then, test, otherwise = parts
        return Conditional(then.span.to(otherwise.span), then, test, otherwise)

    def group(self, parts: list[Any]) -> Expr:
        """The brackets belong to what they enclose, so that a message can quote it whole."""
        opened, inner, closed = parts
        grouped: Expr = replace(inner, span=self._span(opened).to(self._span(closed)))
        return grouped

    def _span(self, token: Token) -> Span:
        assert token.start_pos is not None and token.end_pos is not None
        return self.text.part(token.start_pos, token.end_pos)


def _syntax(text: Scalar, error: UnexpectedInput) -> StudyError:
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        start, length = error.token.start_pos or 0, len(error.token)
    elif isinstance(error, UnexpectedCharacters):
        start, length = error.pos_in_stream or 0, 1
    else:
        start, length = len(text.text.rstrip()), 0
    rest = text.text[start:]
    if rest[:1].isalpha() and not rest.isascii() and not rest[:1].isascii():
        message = f"`{rest[0]}` is no plain letter but {name(rest[0], 'unknown').lower()}"
        return _error("expression-syntax", text.part(start, start + 1), message, "type the name again in plain letters")
    trap = next(((found, advice) for found, advice in _TRAPS if rest.startswith(found)), None)
    found = f"`{rest[:length]}`" if length else "the end"
    if trap is not None:
        return _error("expression-syntax", text.part(start, start + len(trap[0])),
                      f"`{trap[0]}` has no meaning in an expression", trap[1])  # fmt: skip
    expected, advice = _expected(text.text[:start], rest)
    span = text.part(start, start + max(1, length))
    return _error("expression-syntax", span, f"expected {expected} here, found {found}", advice)


def _expected(before: str, rest: str) -> tuple[str, str | None]:
    """What could stand here, judged by what stands before."""
    opened = before.count("(") - before.count(")")
    last = before.rstrip()[-1:]
    word = before.rsplit(maxsplit=1)[-1] if before.split() else ""
    if last and (last.isalnum() or last in "_)]") and word not in KEYWORDS:
        if any(mark in before for mark in ("<", ">", "==", "!=")) and rest[:1] in ("<", ">", "=", "!"):
            return "`and`, `or` or the end", "comparisons do not chain: write `a < b and b < c`"
        if opened > 0:
            return "an operator or `)`", None if rest else "close the bracket"
        return "an operator or the end", "close no more brackets than are open" if rest[:1] == ")" else None
    return "a number, a name or `(`", None


def _error(code: str, span: Span, message: str, advice: str | None) -> StudyError:
    return StudyError([Problem(code, span, message, advice)])
