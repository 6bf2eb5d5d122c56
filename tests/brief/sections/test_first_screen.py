"""The first screen of every bundled study: short, easy, without signs, in own units, and never contradicted."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from conftest import Brief
from reading_ease import reading_ease, words_of

import standoff
from standoff.analysis.robustness.performance import performance
from standoff.analysis.robustness.practical import best_settings
from standoff.analysis.runs.decision_table import decision_table
from standoff.brief.page import Page
from standoff.brief.sections.first_screen import glance_table
from standoff.questions.results import Robust
from standoff.words.names import family_words
from standoff.words.sections.reasons import Grounds, level_of
from standoff.words.sentences.asked import prices
from standoff.words.sentences.opening import Sides, opening

MOST_WORDS, LEAST_EASE = 120, 60.0


@pytest.fixture(scope="module", params=["rivals", "korea", "lake"])
def page(request: pytest.FixtureRequest) -> Page:
    brief: Brief = request.getfixturevalue(request.param)
    return brief.page


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
        sentence = brief.page.answer[1]
        first, _, rest = sentence.partition("self-interest")
        under = {each.view.kind: each.metrics.ranking for each in findings.robust.robustness.under}
        named = {i.label: family_words(i.strategy) for i in findings.performance.strategies}
        may = {named[label] for label in under["uniform"].may_be_best}
        assert all(name in first for name in may) or f"{len(may)} of" in first
        replying = {named[label] for label in under["replies"].may_be_best} if "replies" in under else may
        assert "The same holds" in sentence if replying == may else rest


def test_it_answers_by_the_outcome_that_is_asked_for(lake: Brief) -> None:
    page = lake.page
    assert page.answer[0].startswith(
        "No approach averages a tolerable 90\u202f% in “Clear years”: nearest is no release, "
    )
    share = re.search(r"and tolerable in (\d+)\u202f% of cases tried; worst is large release, ", page.answer[0])
    assert share is not None
    abstains = lake.findings.performance.labels.index("abstain")
    kept = next(cell.within for cell, measure in zip(
        lake.findings.performance.standings[0].cells[abstains], lake.findings.performance.measures, strict=True
    ) if measure.name == "reliability")  # fmt: skip
    assert kept is not None and abs(100.0 * kept.value - int(share[1])) <= 100.0 * kept.error


def test_a_leader_that_breaks_what_is_asked_is_told_with_a_yet(lake: Brief) -> None:
    page = lake.page
    assert page.answer[1].startswith("Yet by the wants that the study gives the town, large release does best.")
    assert page.reasons[0].title == "By the wants that the study gives the town, large release does best"


def test_what_to_watch_for_is_never_told_without_what_follows(page: Page) -> None:
    for sentence in re.findall(r"[^.]+before [^.]+\.", " ".join(page.answer)):
        assert re.search(r"[Ii]f .+ before .+, .+ is (then )?best, else .+\.", sentence)


def test_a_setting_is_told_as_the_table_shows_it(rivals: Brief) -> None:
    page = rivals.page
    assert page.glance is not None
    (row,) = (row for row in page.glance.rows if row.setting)
    assert row.setting == "grudge 2" and "grudge at 2 in place of 6" in page.answer[3]


def test_few_strategies_say_what_they_are_where_they_stand(rivals: Brief, korea: Brief) -> None:
    assert rivals.page.glance is not None and korea.page.glance is not None
    assert rivals.page.glance.rows[0].about == "Freezes while the other does, forgives after some quarters"
    assert {row.about for row in korea.page.glance.rows} == {""}


def test_its_leader_s_price_is_what_it_gives_up_most() -> None:
    results = performance(decision_table(standoff.load("lake").run(worlds=256, replications=2)))
    found = prices(results, "large release")
    assert {results.measures[price.measure].name for price in found} == {"reliability", "peak_phosphorus"}
    cells = results.standings[0].cells
    assert all(
        cells[price.best][price.measure].figure.value
        == pick(cells[s][price.measure].figure.value for s in best_settings(results))
        for price, pick in zip(found, (max, min), strict=True)
    )


def test_the_price_says_what_was_told_already_and_what_others_have_instead(lake: Brief) -> None:
    assert re.search(r"Its price: “Clear years”, as said; “Peak phosphorus”, \S+ against \S+ with no release\.",
                     " ".join(lake.page.answer))  # fmt: skip


def test_one_other_is_called_by_its_name(rivals: Brief) -> None:
    said = " ".join((*rivals.page.answer, rivals.page.reasons[0].title))
    assert "others" not in said and "South" in said


def test_what_no_assumption_turns_is_told_from_what_was_not_told(rivals: Brief, lake: Brief) -> None:
    solid = "Large release stays best over the whole range of each assumption tried, 4 in all."
    assert lake.page.answer[-1] == solid
    assert isinstance(lake.findings.robust, Robust)
    pins = lake.findings.robust.linchpins
    flat = replace(pins.facts[0].flips.zones[0], strategies=("all_out", "steady"))
    flips = replace(pins.facts[0].flips, zones=(flat,))
    untold = replace(pins, facts=(replace(pins.facts[0], flips=flips), *pins.facts[1:]))
    sides = Sides(lake.findings.robust.robustness, untold)
    said = opening(lake.findings.model, lake.findings.performance, sides)
    assert said.turns == "Whether any one thing would change which is best, this run can’t tell."


def test_names_have_the_apostrophes_of_print(korea: Brief) -> None:
    assert not re.search("[\"']", " ".join((*korea.page.answer, korea.page.glance.key if korea.page.glance else "")))


def test_a_column_says_which_way_is_better_and_what_its_word_of_likelihood_means(rivals: Brief) -> None:
    found = rivals.page.glance
    assert found is not None
    notes = {column.name: column.note for column in found.columns if column.name}
    assert notes == {"war": "lower is better; remote, 1–5\u202f%", "arms": "lower is better"}


def test_a_setting_of_bare_numbers_is_explained_where_it_first_stands(rivals: Brief) -> None:
    said = " ".join(rivals.page.answer)
    assert said.index("grudge at 2") < said.index("Grudge: quarters that it builds after")


def test_the_table_begins_with_what_orders_it_on_average_and_where_others_answer(rivals: Brief) -> None:
    assert isinstance(rivals.findings.robust, Robust)
    found = rivals.page.glance
    under = {each.view.kind: each.metrics for each in rivals.findings.robust.robustness.under}
    assert found is not None
    assert [column.name for column in found.columns[:3]] == ["", "", found.columns[2].name]
    for k, kind in enumerate(("uniform", "replies")):
        best = max(payoff.payoff.value for payoff in under[kind].expected.values())
        told = [float(row.cells[k].value.replace("\u2212", "-")) for row in found.rows]
        assert told == sorted(told, reverse=True)
        assert told[0] == pytest.approx(best, rel=0.01)


def test_what_is_wanted_stands_once_where_it_is_an_outcome(lake: Brief) -> None:
    found = lake.page.glance
    assert found is not None
    assert all(column.name for column in found.columns)


def test_the_table_says_why_a_deal_that_would_be_broken_can_stand(korea: Brief) -> None:
    page = korea.page
    assert page.glance is not None
    columns = {column.name for column in page.glance.columns}
    is_broken = "would gain by breaking" in " ".join(page.answer)
    assert ("counts others who keep their word too" in page.glance.key) == (is_broken and "deal_end" in columns)


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
