"""Sentences that must stay true whatever the figures are, and whatever the things of a study are called."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from standoff.analysis.linchpins.linchpins import linchpins
from standoff.analysis.robustness.performance import performance
from standoff.analysis.robustness.robustness import robustness
from standoff.analysis.runs.decision_table import decision_table
from standoff.brief.page import make_page
from standoff.brief.write import run_brief
from standoff.ensemble.running import Size
from standoff.ensemble.study import Study
from standoff.words.names import described, known_words
from standoff.words.sections.over_time import _alike_in_season
from standoff.words.sentences.linchpins import linchpin_words
from standoff.words.sentences.robustness import replies_sentence, robustness_words
from standoff.words.text import labelled

Build = Callable[..., Study]

STUDY = """
title: "{title}"
question: Does it hold?
decider: us
clock: {{start: 2025-01, step: month, steps: 6}}
actors: {{us: {{name: "{us}"}}, them: {{name: "{them}"}}}}
uncertainties:
  gain: {{about: "{gain}", range: [-1, 1], {known}judgement: any}}
  idle: {{range: [0, 1], judgement: any}}
values: {{pride: {{name: "{pride}", about: what it is worth, range: [-0.4, 0.4], judgement: a want}}}}
choices: {{us: [stay, go], them: [mild, harsh]}}
draws: {{luck: "normal(0, 1)"}}
strategies:
  us:
    stays: {{name: "{stays}", about: "{about}", choose: stay}}
    goes: {{settings: {{pace: [1, 2]}}, choose: "go if pace > 0 else stay"}}
  them: {{soft: {{choose: mild}}, hard: {{choose: harsh}}}}
events: {{rain: {{chance: 0.5}}}}
payoffs:
  us: {{each: "gain + pride + idle * 0.01 + (0.9 if them == mild else -0.5) + luck if us == go else 0"}}
  them: {{each: "1 if them == harsh else 0"}}
outcomes:
  venture: {{about: "{venture}", measure: "mean(us == go)", better: lower, limit: 0.5, why: a limit}}
  wet: {{measure: "total(chance(rain))", unit: "1", better: lower}}
"""
PLAIN = {
    "title": "Go or stay", "us": "Us", "them": "Them", "gain": "What going brings", "known": "", "pride": "Pride",
    "stays": "Stay put", "about": "They stay where they are", "venture": "What is ventured",
}  # fmt: skip
LONG = "What " + "a very long thing " * 12 + "brings"
CALLED = {
    "plain": {},
    "plural and long": {"us": "The Islands", "them": "Houthis", "stays": "Sanctions", "pride": "Hopes", "gain": LONG},
    "lower-case and foreign": {
        "us": "e-Estonia", "them": "北京", "stays": "iron dome", "pride": "gdp", "gain": "Что это даёт",
        "venture": "pH of the lake",
    },
    "questions": {"gain": "Does going pay?", "venture": "Will there be war?", "about": "Who stays?", "pride": "Why?"},
    "full stops": {"gain": "What going brings.", "venture": "What is ventured.", "about": "They stay."},
}  # fmt: skip


def build(study_of: Build, **called: str) -> Study:
    return study_of(STUDY.format(**{**PLAIN, **called}))


def texts(part: Any) -> Iterator[str]:
    """Every sentence, title and caption of a page."""
    yield from part.answer
    for section in part.sections:
        yield from (section.title, *section.lead, *section.sure)
        for picture in section.pictures:
            yield from filter(None, (picture.title, picture.caption))


@pytest.mark.parametrize("kind", CALLED)
def test_every_sentence_is_whole_whatever_things_are_called(study_of: Build, kind: str) -> None:
    called = {**PLAIN, **CALLED[kind]}
    page = make_page(run_brief(build(study_of, **CALLED[kind]), Size(48, 2)))
    said = list(texts(page))
    assert len(said) > 40
    for text in said:
        assert text.strip() == text and text
        assert not any(wrong in text for wrong in ("..", ".:", ".,", " ,", " .", "?.", "?:", "1/year", "no unit", "  "))
        assert "the The" not in text and "0000000" not in text
    whole = "\n".join(said)
    for name in ("us", "stays"):
        assert called[name].removeprefix("The ") in whole  # with its capitals, or without
    assert dict(page.strategies)[called["stays"][:1].upper() + called["stays"][1:]].startswith(called["about"][:8])


def test_a_lead_that_replies_turn_round_says_so(study_of: Build) -> None:
    study = build(study_of)
    ensemble = study.run(worlds=64, replications=4)
    decider = ensemble.program.players.index("us")
    harsh = ensemble.design.profiles[:, 1 - decider] == 1
    found = robustness(decision_table(ensemble, replies=harsh.astype(float)))
    assert found.under[0].metrics.ranking.best in (None, "goes(pace=1)", "goes(pace=2)")
    assert replies_sentence(study.model, found).endswith(
        "If they answer in their own interest, Stay put leads instead."
    )
    assert replies_sentence(study.model, robustness(decision_table(ensemble))) == ""


def test_the_first_view_is_judged_by_its_own_figures(study_of: Build) -> None:
    ensemble = build(study_of).run(worlds=64, replications=4)
    table = decision_table(ensemble, replies=np.ones(len(ensemble.design.profiles)) / 2.0)
    found = robustness(table)
    kinds = [each.view.kind for each in found.under]
    assert len(kinds) > len({each.view.name for each in found.under})  # views without a name
    assert performance(table, found).standings[0].metrics is found.under[kinds.index("uniform")].metrics


def test_nobody_is_said_to_give_up_nothing_where_one_does(study_of: Build) -> None:
    study = build(study_of, gain="What going brings")
    found = robustness(decision_table(study.run(worlds=64, replications=4)))
    words = robustness_words(study.model, found)
    assert "No strategy" not in " ".join(words.sentences)


@pytest.mark.parametrize(
    ("known", "said"),
    [("", "that nobody knows"), ("us", "that us is said to know"), ("them", "that only them knows")],
)
def test_a_fact_that_somebody_knows_is_not_said_to_be_known_to_nobody(study_of: Build, known: str, said: str) -> None:
    study = build(study_of, known=known and f"known_to: {known}, ", us="us", them="them")
    found = linchpins(decision_table(study.run(worlds=128, replications=4)))
    (gain,) = [parameter for parameter in study.model.uncertain if parameter.name == "gain"]
    assert known_words(study.model, [gain]) == said
    assert linchpin_words(study.model, found).facts[0].startswith(f"Of facts {said}, the choice hinges most on")


def test_what_a_strategy_is_stands_with_its_settings(study_of: Build) -> None:
    assert described(build(study_of).model) == (("Stay put", "They stay where they are."), ("Goes", "Pace: 1 or 2."))


def test_a_title_that_is_a_question_ends_its_own_sentence() -> None:
    assert labelled("Will there be war?", "up; at the end highest") == "Will there be war? Up; at the end highest"
    assert labelled("Warheads", "up") == "Warheads: up"


def test_one_season_is_never_compared_with_another(study_of: Build) -> None:
    model = build(study_of).model
    wave = np.cos(2.0 * np.pi * np.arange(30) / 12.0)
    assert _alike_in_season(model, wave) == pytest.approx((0.0, 0.0), abs=1e-12)
    assert _alike_in_season(model, wave[:18]) == pytest.approx((wave[:6].mean(), wave[12:18].mean()))
    yearly = replace(model, clock=replace(model.clock, step="year"))
    assert _alike_in_season(yearly, np.arange(5.0)) == (0.0, 4.0)
