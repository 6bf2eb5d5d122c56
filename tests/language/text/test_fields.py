"""Texts as they are printed: one kind of apostrophe."""

from __future__ import annotations

import pytest

from standoff.language.text.fields import typeset


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("Allies' trust", "Allies’ trust"),
        ("the North's economy", "the North’s economy"),
        ("Will Trump's 'tough love' yield?", "Will Trump’s ‘tough love’ yield?"),
        ("so called ('soft') power", "so called (‘soft’) power"),
        ("'tough' at first", "‘tough’ at first"),
        ("the `a'` of an equation's name", "the `a'` of an equation’s name"),
        ("“printed” already, as it’s", "“printed” already, as it’s"),
    ],
)
def test_prose_has_the_quotes_of_print(written: str, printed: str) -> None:
    assert typeset(written) == printed
