"""Writing into a text of `study.yaml` that what a claim bears on cites it; all else stays as it was.

Assumptions and mechanisms can cite: an equation does so by the mechanisms that live in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from standoff.base.source import Source
from standoff.language.text.fields import entries, scalars
from standoff.language.text.files import STUDY_FILE
from standoff.language.text.reader import Mapping, Node, Scalar, Sequence, parse_yaml

__all__ = ["cited", "end_of", "end_of_line"]

_ASSUMPTIONS = ("constants", "uncertainties", "values")
_KEY = "cites"


def cited(text: str, claim: str, bears_on: Collection[str]) -> str:
    """The text in which each assumption and mechanism that a claim bears on cites it.

    Args:
        text: Of `study.yaml`.
        claim: Its name.
        bears_on: Names of assumptions, of mechanisms, and of what has an equation.

    Raises:
        StudyError: The text cannot be read as YAML.
    """
    root, _ = parse_yaml(Source(STUDY_FILE, text))
    edits = [edit for node in _citing(root, bears_on) if (edit := _edit(text, node, claim)) is not None]
    for start, stop, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[stop:]
    return text


def _citing(root: Mapping, bears_on: Collection[str]) -> Iterator[Mapping]:
    for section in _ASSUMPTIONS:
        yield from (node for name, node in entries(root, section) if name.text in bears_on)
    for name, node in entries(root, "mechanisms"):
        if name.text in bears_on or any(one.text in bears_on for one in scalars(node, "equation")):
            yield node


def _edit(text: str, node: Mapping, claim: str) -> tuple[int, int, str] | None:
    """Where something is written, to the end of what it stands for, and what; None where it is cited already."""
    there = node.get(_KEY)
    if not node.items or any(one.text == claim for one in scalars(node, _KEY)):
        return None
    if isinstance(there, Scalar) and there.text:
        return there.span.start, there.span.stop, f"[{there.span.text}, {claim}]"
    if isinstance(there, Sequence) and there.items:
        last = there.items[-1]
        if text[there.span.start] == "[":
            return last.span.stop, last.span.stop, f", {claim}"
        end = end_of_line(text, last.span.stop)
        return end, end, f"\n{' ' * (there.span.column - 1)}- {claim}"
    if there is not None:
        return there.span.start, there.span.stop, f" [{claim}]"
    if text[node.span.start] == "{":
        stop = node.items[-1][1].span.stop
        return stop, stop, f", {_KEY}: [{claim}]"
    end = end_of_line(text, end_of(node))
    return end, end, f"\n{' ' * (node.items[0][0].span.column - 1)}{_KEY}: [{claim}]"


def end_of(node: Node) -> int:
    """Where the last of a node ends: its last scalar, or the bracket behind it."""
    while isinstance(node, (Mapping, Sequence)) and node.items and node.span.text[:1] not in ("[", "{"):
        last = node.items[-1]
        node = last[1] if isinstance(last, tuple) else last
    return node.span.stop


def end_of_line(text: str, at: int) -> int:
    """The end of the line in which a node ends, its remark included; a block scalar ends behind its own line's end."""
    if text[at - 1 : at] == "\n":
        return at - 1
    end = text.find("\n", at)
    return len(text) if end < 0 else end
