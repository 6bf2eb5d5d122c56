"""The story of six screens: made of what the page says, readable without a script, and in the data."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from conftest import Brief
from lxml import html

from standoff.brief.formats.html import render_page
from standoff.brief.page import make_page
from standoff.brief.write import DATA
from standoff.words.language import LANGUAGES, load_language


@pytest.mark.parametrize("name", ["rivals", "korea"])
def test_it_has_six_screens_that_repeat_what_the_page_says(name: str, request: pytest.FixtureRequest) -> None:
    brief: Brief = request.getfixturevalue(name)
    page = brief.page
    assert len(page.story) == 6
    wants, one, _, approaches, what_if, _ = page.story
    assert len(wants.lines) == len(brief.findings.model.players)
    assert one.table is not None and 1 <= len(one.table.rows) <= 8
    assert set(approaches.lines) | set(what_if.lines) <= set(page.answer)
    assert json.loads((brief.path.parent / DATA).read_text(encoding="utf-8"))["story"][0]["sentences"] == [*wants.lines]


def test_one_future_is_what_the_run_had_in_it(rivals: Brief) -> None:
    """Its choices are those that the strategies it names make, in the leader's profile."""
    one = rivals.findings.one
    assert one is not None
    results = rivals.findings.performance
    assert one.profile["north"] == results.labels[results.order[0]]
    assert len(one.steps) == rivals.findings.model.clock.steps + 1


def test_it_is_folded_on_the_page_and_open_on_paper(rivals: Brief) -> None:
    page = rivals.page
    found = {form: html.fromstring(render_page(page, form)).get_element_by_id("story", None)
             for form in ("page", "whole", "short")}  # fmt: skip
    assert found["short"] is None
    assert "open" not in found["page"].attrib and "open" in found["whole"].attrib
    assert not found["page"].xpath(".//script")
    assert len(found["page"].xpath("./ol/li")) == 6


def test_it_is_there_in_each_language_and_without_a_future_to_follow(rivals: Brief) -> None:
    titles = {code: make_page(rivals.findings, load_language(code)).story[0].title for code in LANGUAGES}
    assert len(set(titles.values())) == len(LANGUAGES)
    left_out = make_page(replace(rivals.findings, one=None)).story
    assert len(left_out) == 6
    assert left_out[1].lines == (
        "No single future is shown: the study is too large for one to be followed step by step here.",
    )
