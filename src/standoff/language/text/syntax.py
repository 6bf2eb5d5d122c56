"""What is wrong where YAML does not parse, told by the place and the text around it.

The parser's own words are not read: they change from version to version, and so do its limits.
From its error only the kind (reader, scanner, parser) and the marks are taken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import yaml

from standoff.base.problems import Problem
from standoff.base.source import Source, Span

__all__ = ["LOADER", "MOST_DEPTH", "syntax_problem", "too_deep"]

MOST_DEPTH = 32
"""How deep lists and mappings may be nested."""
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_OPENS = {
    yaml.FlowSequenceStartToken: "]",
    yaml.FlowMappingStartToken: "}",
    yaml.BlockSequenceStartToken: "-",
    yaml.BlockMappingStartToken: "key",
}
_CLOSES = (yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken, yaml.BlockEndToken)


def syntax_problem(source: Source, error: yaml.YAMLError) -> Problem:
    """The problem to print for a text that YAML's parser refused."""
    fault = _fault(source.text, error)
    if fault.deep is not None:
        return too_deep(Span(source, fault.deep, fault.deep + 1))
    opened = _open_quote(source, fault.offset)
    if opened is not None:
        message = "a quotation mark is opened here, and the next one closes it on another line"
        return Problem("yaml-syntax", opened, message, "close it on the same line")
    start = fault.began if fault.in_quotes and fault.sign != "\\" else fault.offset
    code, message, advice = next(words for holds, *words in _RULES if holds(fault))
    return Problem(code, Span(source, start, start + 1), message, advice)


def too_deep(span: Span) -> Problem:
    """The problem of nesting beyond `MOST_DEPTH`."""
    message = f"this is nested more than {MOST_DEPTH} deep"
    return Problem("yaml-nesting", span, message, "a study needs no more than 8 levels")


@dataclass(frozen=True, slots=True)
class _Fault:
    """Where the parser stopped: the sign there, where what it read began and with what, what is open, who stopped."""

    offset: int
    sign: str
    began: int
    start: str
    inside: str
    deep: int | None
    by: type[yaml.YAMLError]

    @property
    def in_quotes(self) -> bool:
        return self.start in ("'", '"') and issubclass(self.by, yaml.scanner.ScannerError)


def _fault(text: str, error: Any) -> _Fault:
    mark, context = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    stopped = mark.index if mark is not None else getattr(error, "position", 0)
    began = context.index if context is not None else stopped
    inside, deep = _open_at(text[:stopped])
    offset = min(max(0, stopped), max(0, len(text) - 1))
    if offset and text[offset : offset + 1] in ("", "\n") and text[offset - 1] != "\n":
        offset -= 1
    return _Fault(
        offset, text[offset : offset + 1], began, text[began : began + 1], inside=inside, deep=deep, by=type(error)
    )


def _open_at(before: str) -> tuple[str, int | None]:
    """What is open at the end of a text (its closing sign), and where it went too deep, if it did."""
    opened: list[str] = []
    try:
        for token in yaml.scan(before, Loader=LOADER):
            if isinstance(token, _CLOSES):
                # the scanner closes all blocks at the end of the text, where they are open still
                if token.start_mark.index < len(before):
                    opened.pop()
            elif type(token) in _OPENS:
                opened.append(_OPENS[type(token)])
                if len(opened) > MOST_DEPTH + 1:
                    return opened[-1], token.start_mark.index
    except yaml.YAMLError:
        pass
    return (opened[-1] if opened else ""), None


def _stopped_by(*kinds: type[yaml.YAMLError]) -> Callable[[_Fault], bool]:
    return lambda fault: issubclass(fault.by, kinds)


def _within(closing: str) -> Callable[[_Fault], bool]:
    return lambda fault: issubclass(fault.by, yaml.parser.ParserError) and fault.inside == closing


_RULES: tuple[tuple[Callable[[_Fault], bool], str, str, str], ...] = (
    # the first that holds: whether it holds, the code, what is said, what to do
    (lambda fault: fault.sign == "\t", "yaml-tab", "a tab stands where spaces must indent", "indent with two spaces"),
    (_stopped_by(yaml.reader.ReaderError), "yaml-syntax", "a control character stands here", "remove it"),
    (lambda fault: fault.in_quotes and fault.sign == "\\", "yaml-syntax",
     "`\\` before this letter means nothing in double quotes", "use single quotation marks"),
    (lambda fault: fault.in_quotes, "yaml-syntax", "a quotation mark is opened and not closed", "close it"),
    (_within("]"), "yaml-split-text", "expected `,` or `]` here", "close the list, or put the text in quotation marks"),
    (_within("}"), "yaml-split-text", "expected `,` or `}` here",
     "close the mapping, or put a text that has `,`, `:` or brackets in quotation marks"),
    (lambda fault: fault.sign == ":", "yaml-split-text", "a second `:` stands in an unquoted text",
     "put the text in quotation marks"),
    (lambda fault: fault.sign in tuple("]},"), "yaml-syntax", "this closes or parts nothing",
     "remove it, or put the text in quotation marks"),
    (_within("-"), "yaml-syntax", "expected another `- ` of the list here", "indent all entries of a list alike"),
    (_within("key"), "yaml-syntax", "expected a key followed by `:` here",
     "indent all keys of a mapping alike, and put texts with special characters in quotation marks"),
    (lambda fault: fault.sign == "-" and issubclass(fault.by, yaml.scanner.ScannerError), "yaml-syntax",
     "a `- ` cannot stand here", "begin the list on a line of its own"),
    (lambda fault: fault.sign in tuple("@`%"), "yaml-syntax",
     "an unquoted text cannot begin with this character", "put the text in quotation marks"),
    (lambda fault: fault.start in tuple("|>"), "yaml-syntax", "nothing may follow `|` or `>` on its line",
     "begin the text on the next line, or put it in quotation marks"),
    (lambda fault: fault.began < fault.offset and fault.start not in tuple("!&*"), "yaml-syntax",
     "expected `:` after the key before this", "add the `:`"),
    (lambda fault: True, "yaml-syntax", "the YAML cannot be read from here on",
     "look for a missing quotation mark, bracket or space after `:`"),
)  # fmt: skip


def _open_quote(source: Source, offset: int) -> Span | None:
    """The first quotation mark that its line does not close, where another one stands just before the error."""
    if offset == 0 or source.text[offset - 1] != '"':
        return None
    for number in range(1, source.position(offset)[0]):
        line = source.line(number)
        if line.count('"') % 2:
            start = source.line_starts[number - 1] + line.rindex('"')
            return Span(source, start, start + 1)
    return None
