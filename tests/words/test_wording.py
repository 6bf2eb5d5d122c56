"""Numbers and words as the brief prints them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from standoff.base.units import parse_unit
from standoff.ensemble.study import load
from standoff.words import wording

THIN, NBSP = "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (0.0512, "0.051"), (78.9, "79"), (2.0, "2"), (1234.0, f"1{THIN}200"), (-3.14159, "−3.1"),
        (99.6, "100"), (0.996, "1.0"), (float("nan"), "not known"), (1_250_000.0, f"1{THIN}200{THIN}000"),
    ],
)  # fmt: skip
def test_two_significant_figures(value: float, text: str) -> None:
    assert wording.number(value) == text


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (78.9, 0.44, "79 ± 0.4"),
        (0.0512, 0.0031, "0.051 ± 0.003"),
        (1.0213, 0.00004, "1.0 ± 0.01"),
        (0.03, 0.12, "0.0 ± 0.1"),
        (0.0912, 0.081, "0.09 ± 0.08"),
        (-27.3, 0.52, "−27 ± 0.5"),
        (1234.0, 56.0, "1\u202f200 ± 60"),
        (0.0, 0.5, "0 ± 0.5"),
        (5.0, 0.0, "5 ± 0"),
        (5.1, float("nan"), "5.1"),
    ],
)
def test_errors_have_one_figure_and_are_no_finer_than_the_number_allows(value: float, error: float, text: str) -> None:
    assert wording.measured(value, error) == text.replace(" ", NBSP)


def test_shares() -> None:
    assert wording.percent(0.4123, 0.031) == f"41{THIN}%{NBSP}±{NBSP}3"
    assert wording.percent(0.0) == f"0{THIN}%"
    assert wording.percent(0.9999) == f"over 99.5{THIN}%"
    assert wording.percent(0.0001) == f"under 0.05{THIN}%"
    assert wording.worlds_share(0.0, 0.0, 256) == "none of the 256 worlds"
    assert wording.worlds_share(1.0, 0.0, 1) == "all 1 world"


@pytest.mark.parametrize(
    ("unit", "text"),
    [("missile", "79 missiles"), ("1/year", "79 a year"), ("warhead/year", "79 warheads a year"), ("USD", "79 USD")],
)
def test_units_are_read_aloud(unit: str, text: str) -> None:
    assert wording.with_unit("79", wording.unit_words(parse_unit(unit))) == text


@pytest.mark.parametrize(
    ("z", "word"), [(3.0, "almost certain"), (1.0, "very likely"), (0.5, "likely"), (0.0, "even chance")]
)
def test_sureness_has_the_fixed_words(z: float, word: str) -> None:
    assert wording.sureness(z, 1.0).startswith(f"{word} (")
    assert wording.sureness(z, 0.0) == "cannot tell"


def test_names_become_words() -> None:
    model = load("korea").model
    labels = [wording.strategy_words(instance) for instance in model.instances("us")]
    assert labels[0] == "maximum pressure (firm guarantee)"
    assert wording.strategy_words(load("rivals").model.instances("north")[1]) == "reciprocate (patience 2)"
    assert wording.title_of(model, "war") == "Chance of war by March 2029"
    assert [o.name for o in model.outcomes if wording.is_chance(model, o)] == [
        "war", "southern_bomb", "deal_end", "talks_opened",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("United States", "the United States"), ("North Korea", "North Korea"), ("The town", "the town"),
        ("the Quad", "the Quad"), ("United Arab Emirates", "the United Arab Emirates"), ("Union City", "Union City"),
        ("Gulf Cooperation Council", "the Gulf Cooperation Council"),
    ],
)  # fmt: skip
def test_an_actor_has_the_article_that_english_wants(title: str, said: str) -> None:
    model = load("korea").model
    actors = tuple(replace(actor, title=title) if actor.name == "us" else actor for actor in model.actors)
    assert wording.who(replace(model, actors=actors), "us") == said


def test_things_stand_in_sentences_by_what_the_study_calls_them() -> None:
    model = load("korea").model
    assert wording.quoted(model, "war_given_crisis") == "“Chance that a crisis becomes war”"
    said = wording.spelled(model, "raising `war_given_crisis` lowers `no_such_thing`")
    assert said == "raising “Chance that a crisis becomes war” lowers no such thing"


def test_small_counts_are_words_and_long_labels_end_after_a_word() -> None:
    assert [wording.few(n) for n in (0, 2, 12, 13)] == ["no", "two", "twelve", "13"]
    assert wording.shortened("How far launches, at today's pace", 18) == "How far launches…"
    assert wording.shortened("short", 18) == "short"
