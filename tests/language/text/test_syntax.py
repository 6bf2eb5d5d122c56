"""What is said of a text that does not parse depends on the text, and not on the parser's words or limits."""

from __future__ import annotations

import pytest
import yaml

from standoff.base.source import Source
from standoff.language.text import syntax

TEXTS = {
    "a: [1, 2\nb: 3\n": ("yaml-split-text", "expected `,` or `]` here", 10),
    "a: {b: 1\nc: 3\n": ("yaml-split-text", "expected `,` or `}` here", 10),
    "a: {b: x, y: z: w}\n": ("yaml-split-text", "expected `,` or `}` here", 14),
    "a: b: c\n": ("yaml-split-text", "a second `:` stands in an unquoted text", 4),
    "a: @x\n": ("yaml-syntax", "an unquoted text cannot begin with this character", 3),
    'a: "\\q"\n': ("yaml-syntax", "`\\` before this letter means nothing in double quotes", 4),
    'a: "x\nb: 2\n': ("yaml-syntax", "a quotation mark is opened and not closed", 3),
    "a: 'x\n---\n": ("yaml-syntax", "a quotation mark is opened and not closed", 3),
    "a:\n  - x\n  y: 2\n": ("yaml-syntax", "expected another `- ` of the list here", 11),
    "a: 'x' y\n": ("yaml-syntax", "expected a key followed by `:` here", 7),
    "a: 1\nb\nc: 3\n": ("yaml-syntax", "expected `:` after the key before this", 7),
    "a: - x\n": ("yaml-syntax", "a `- ` cannot stand here", 3),
    "a: ]\n": ("yaml-syntax", "this closes or parts nothing", 3),
    "a: |x\n  y\n": ("yaml-syntax", "nothing may follow `|` or `>` on its line", 4),
    "a: &\n": ("yaml-syntax", "the YAML cannot be read from here on", 3),
    "a: x\x01\n": ("yaml-syntax", "a control character stands here", 4),
    "a:\n\t- x\n": ("yaml-tab", "a tab stands where spaces must indent", 3),
    "[" * 40 + ",": ("yaml-nesting", "this is nested more than 32 deep", 33),
    "[" * 30 + "{" * 10 + ",": ("yaml-nesting", "this is nested more than 32 deep", 33),
    "- " * 40 + "]": ("yaml-nesting", "this is nested more than 32 deep", 66),
}


def problem(text: str, error: yaml.YAMLError) -> tuple[str, str, int]:
    found = syntax.syntax_problem(Source("study.yaml", text), error)
    return found.code, found.message, found.span.start


def refusal(text: str) -> yaml.YAMLError:
    with pytest.raises(yaml.YAMLError) as refused:
        list(yaml.parse(text, Loader=syntax.LOADER))
    return refused.value


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_that_does_not_parse_is_explained_at_its_place(text: str) -> None:
    assert problem(text, refusal(text)) == TEXTS[text]


@pytest.mark.parametrize("text", TEXTS)
def test_the_words_of_the_parser_are_not_read(text: str) -> None:
    error = refusal(text)
    for name in ("problem", "context", "reason", "note"):
        if hasattr(error, name):
            setattr(error, name, "found unexpected end of stream in a simple key")
    assert problem(text, error) == TEXTS[text]


def test_a_parser_that_bounds_nesting_itself_is_told_as_ours() -> None:
    text = "a: " + "[" * 5_000
    mark = yaml.Mark("", 500, 0, 500, None, None)
    error = yaml.scanner.ScannerError("while nesting", mark, "enough", mark)
    assert problem(text, error) == ("yaml-nesting", "this is nested more than 32 deep", 35)
