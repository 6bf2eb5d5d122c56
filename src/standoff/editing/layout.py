"""The layout of a study's text: spaces, ends of lines and empty lines, and nothing that changes what it says."""

from __future__ import annotations

import re

from standoff.base.problems import StudyError
from standoff.base.source import Source
from standoff.language.text.reader import Mapping, Node, Scalar, Sequence, parse_yaml

__all__ = ["laid_out"]

_KEY = re.compile(r"^(\s*(?:- +)*[A-Za-z_]\w*): {2,}(?=\S)(?!#)")
_DASH = re.compile(r"^(\s*)-\s{2,}(?=\S)")


def laid_out(text: str) -> str:
    """The text with one space after a key and a dash, no spaces at ends of lines, and no two empty lines in a row.

    A text that does not parse, or would read otherwise, comes back as it was.
    """
    lines: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        line = _DASH.sub(r"\1- ", _KEY.sub(r"\1: ", line.rstrip()))  # noqa: PLW2901
        if line or (lines and lines[-1]):
            lines.append(line)
    new = "\n".join(lines).strip("\n") + "\n"
    try:
        same = _plain(parse_yaml(Source("", text))[0]) == _plain(parse_yaml(Source("", new))[0])
    except StudyError:
        return text
    return new if same else text


def _plain(node: Node) -> object:
    match node:
        case Scalar():
            return node.text, node.style
        case Sequence():
            return [_plain(item) for item in node.items]
        case Mapping():
            return [(name.text, _plain(value)) for name, value in node.items]
    return None
