"""The first screen of every bundled study: short, easy, without signs, in own units, and never contradicted."""

from __future__ import annotations

import re

import pytest
from conftest import Brief
from reading_ease import reading_ease, words_of

import standoff
from standoff.brief.page import Page, make_page
from standoff.brief.sections.first_screen import glance_table
from standoff.brief.write import run_brief
from standoff.ensemble.running import Size
from standoff.questions.results import Robust
from standoff.words.names import family_words
from standoff.words.sections.reasons import Grounds, level_of

MOST_WORDS, LEAST_EASE = 120, 60.0


@pytest.fixture(scope="module", params=["rivals", "korea", "lake"])
def page(request: pytest.FixtureRequest) -> Page:
    if request.param == "lake":
        return make_page(run_brief(standoff.load("lake"), Size(32, 2)))
    brief: Brief = request.getfixturevalue(request.param)
    return make_page(brief.findings)


def test_it_is_short_and_easy_and_has_no_sign_but_per_cent(page: Page) -> None:
    text = " ".join(page.answer)
    assert len(words_of(f"{page.question} {text}")) <= MOST_WORDS
    assert len(page.answer) <= 5
    assert not re.findall(r"[^\w\s.,;:’'“”%?\-\u2212]", text)
    assert reading_ease(text) >= LEAST_EASE


def test_the_table_has_families_by_at_most_six_outcomes_in_their_own_units(page: Page) -> None:
    assert page.glance is not None
    table = glance_table(page.glance)
    assert 1 <= len(table.header) - 1 <= 6
    assert all(row[0].startswith(of.label) for row, of in zip(table.rows, page.glance.rows, strict=True))
    assert len({row.label for row in page.glance.rows}) == len(page.glance.rows)
    for row in page.glance.rows:
        for cell in row.cells:
            assert ("svg" in cell.drawn) <= cell.value.endswith("%")
            assert "±" not in cell.value


def test_who_leads_is_who_may_be_best_below(rivals: Brief, korea: Brief) -> None:
    for brief in (rivals, korea):
        findings = brief.findings
        assert isinstance(findings.robust, Robust)
        sentence = make_page(findings).answer[1]
        first, _, rest = sentence.partition("own interest")
        under = {each.view.kind: each.metrics.ranking for each in findings.robust.robustness.under}
        named = {i.label: family_words(i.strategy) for i in findings.performance.strategies}
        may = {named[label] for label in under["uniform"].may_be_best}
        assert all(name in first for name in may) or f"{len(may)} of" in first
        replying = {named[label] for label in under["replies"].may_be_best} if "replies" in under else may
        assert "The same holds" in sentence if replying == may else rest


def test_reasons_are_short_and_state_what_their_confidence_rests_on(page: Page) -> None:
    texts = [t for reason in page.reasons for t in (reason.title, reason.sentence, reason.sure, reason.stated)]
    assert sum(len(words_of(text)) for text in texts) <= 2500
    assert any(reason.sure for reason in page.reasons)
    for reason in page.reasons:
        if not reason.sure:  # a question without an answer
            assert reason.picture is None
            continue
        assert re.fullmatch(r"Confidence: (low|moderate|high)\.", reason.sure)
        assert reason.stated.count(";") == 2


@pytest.mark.parametrize(
    ("grounds", "level"),
    [
        (Grounds(0, 9, 0, 4, 9, 9), "high"),
        (Grounds(0, 9, 1, 4, 9, 9), "moderate"),
        (Grounds(9, 9, 0, 4, 9, 9), "moderate"),
        (Grounds(9, 9, 0, 0, 9, 9), "low"),
        (Grounds(0, 9, 0, 4, 9, 9, is_level=True), "moderate"),
        (Grounds(9, 9, 1, 4, 0, 0), "low"),
    ],
)
def test_confidence_follows_three_things(grounds: Grounds, level: str) -> None:
    assert level_of(grounds) == level
