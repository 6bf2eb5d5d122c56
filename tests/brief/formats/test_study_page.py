"""The pages of studies: tables between marks are what the study and its measurements say."""

from __future__ import annotations

from pathlib import Path

import pytest

from standoff.brief.formats.study_page import Measured, fill_page, read_measured, study_tables
from standoff.evidence.claims import load_ledger
from standoff.language.load import load_model

PAGE = Path(__file__).parents[3] / "docs" / "studies" / "korea.md"


def test_the_korean_page_is_what_make_docs_writes() -> None:
    text = PAGE.read_text(encoding="utf-8")
    measured = read_measured(PAGE.with_name("korea_measured.json"))
    assert fill_page(text, study_tables(load_model("korea"), load_ledger("korea"), measured)) == text


def test_the_measurements_of_the_korean_page_are_of_this_study() -> None:
    """Where this fails, the study has changed: run `python -m tools.korea_measure`, then `make docs`."""
    assert read_measured(PAGE.with_name("korea_measured.json")).digest == load_model("korea").digest


def test_every_answer_of_a_mechanism_is_on_the_korean_page() -> None:
    assert "not run" not in PAGE.read_text(encoding="utf-8")


def test_tables_of_a_study_without_facts_or_measurements() -> None:
    tables = study_tables(load_model("rivals"), load_ledger("rivals"), Measured("", {}, {}))
    names = [row[0] for row in tables["uncertainties"][1:]]
    assert names == [f"`{p.name}`" for p in load_model("rivals").parameters if p.kind == "uncertainty"]
    assert len(tables["facts"]) == 1
    assert all(len(row) == len(rows[0]) for rows in tables.values() for row in rows)


def test_what_stands_between_marks_is_replaced_and_nothing_else() -> None:
    text = "before\n<!-- table: a b -->\nold\n<!-- end -->\nafter\n"
    found = fill_page(text, {"a b": [["x", "y"], ["1 | 2", "3"]]})
    assert found == "before\n<!-- table: a b -->\n\n| x | y |\n| --- | --- |\n| 1 \\| 2 | 3 |\n\n<!-- end -->\nafter\n"
    assert fill_page(found, {"a b": [["x", "y"], ["1 | 2", "3"]]}) == found


def test_a_table_that_there_is_none_of_is_an_error() -> None:
    with pytest.raises(KeyError, match="nothing"):
        fill_page("<!-- table: nothing -->\n<!-- end -->\n", {})
