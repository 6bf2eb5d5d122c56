"""Texts on their way out: seen as they are, without a sign that a terminal, a page or a file system would obey."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from standoff.base.escaping import ASCII, file_name, json_text, visible, visible_lines


def test_what_would_not_be_seen_is_written_out() -> None:
    assert visible("a\x1b[31m\x9b\u202e\n\ud800") == "a\\x1b[31m\\x9b\\u202e\\n\\ud800"


def test_writing_of_any_language_stays() -> None:
    text = "café ± 3 → «да» 北京 می\u200cخواهم \N{NO-BREAK SPACE}x"
    assert visible(text) == text


def test_lines_stay_lines() -> None:
    assert visible_lines("a\n\rb") == "a\n\\rb"


def test_a_long_text_is_cut_in_its_middle() -> None:
    assert visible("a" * 500 + "b" * 500, most=10) == "aaaaa … bbbbb"


@given(st.text())
def test_json_says_the_same_and_nothing_hidden(text: str) -> None:
    written = json_text([text], indent=1)
    assert json.loads(written) == [text]
    assert visible_lines(written) == written


@given(st.text())
def test_a_name_of_a_file_is_one_plain_name(text: str) -> None:
    name = file_name(text)
    assert name and not set(name) & set('/\\:*?"<>|\0\n ') and name.strip(".") == name and len(name) <= 100


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_text_can_be_written_in_ascii(text: str) -> None:
    assert text.encode("ascii", ASCII).isascii()


def test_ascii_says_what_it_can() -> None:
    assert "104.6 ± 1.1 → “café” …".encode("ascii", ASCII) == b'104.6 +/- 1.1 -> "cafe" ...'
