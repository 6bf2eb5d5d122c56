"""What does not fit where it stands: whose value it is, and the message."""

from __future__ import annotations

from dataclasses import dataclass

from standoff.base.problems import Problem
from standoff.base.source import Span
from standoff.language.text.fields import as_number, is_nothing
from standoff.language.text.reader import Broken, Mapping, Node, Scalar, Sequence

__all__ = ["Owner", "first_line", "misfit"]


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose value is looked at: the name that messages use, and where it stands."""

    name: str
    span: Span


def misfit(node: Node, expected: str, owner: Owner, problems: list[Problem], *, advice: str | None = None) -> Broken:
    """Report that something else was expected; what stands in the node's place."""
    span = owner.span if is_nothing(node) and node.span.start == node.span.stop else first_line(node)
    message = f"`{owner.name}` should be {expected}, and {_found(node)} stands here"
    problems.append(Problem("wrong-shape", span, message, advice))
    return Broken(node.span)


def first_line(node: Node) -> Span:
    """A list's or mapping's first line."""
    span = node.span
    end = span.source.text.find("\n", span.start, span.stop)
    return span if end < 0 else Span(span.source, span.start, end)


def _found(node: Node) -> str:
    match node:
        case Sequence():
            return "a list"
        case Mapping():
            return "a mapping"
        case Scalar() if as_number(node) is not None:
            return f"the number {node.text}"
        case Scalar() if not is_nothing(node):
            return f"the text `{node.text[:40]}`"
        case _:
            return "nothing"
