"""Numbers and words as the brief prints them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from standoff.base.units import parse_unit
from standoff.ensemble.study import Study, load
from standoff.words import amounts, measures, names, text
from standoff.words.language import ENGLISH


def test_shares_of_worlds() -> None:
    assert amounts.worlds_share(0.0, 0.0, 256) == "none of the 256 worlds"
    assert amounts.worlds_share(1.0, 0.0, 1) == "the one world"
    assert amounts.worlds_share(0.412, 0.031, 256).replace("\u00a0", " ").replace("\u202f", " ") == "41 ± 3 % of worlds"


def test_what_a_word_of_likelihood_means() -> None:
    assert amounts.likelihood_span("very unlikely").replace("\u202f", " ") == "5–20 %"


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        ("missile", "79 missiles"),
        ("1/year", "79 a year"),
        ("warhead/year", "79 warheads a year"),
        ("USD", "79 USD"),
        ("bcm", "79 bcm"),
        ("person", "79 people"),
        ("ship/hour", "79 ships an hour"),
        ("m^3/s", "79 m³/s"),
        ("aircraft", "79 aircraft"),
        ("city", "79 cities"),
        ("km^2", "79 km²"),
        ("ton/year", "79 tons a year"),
        ("bcm/year", "79 bcm a year"),
        ("1", "79"),
    ],
)
def test_units_are_read_aloud(unit: str, said: str) -> None:
    assert amounts.with_unit("79", amounts.unit_words(parse_unit(unit))) == said


@pytest.mark.parametrize(
    ("chance", "word"),
    [
        (0.97, "almost certain"),
        (0.8, "very likely"),
        (0.5, "even chance"),
        (0.035, "remote"),
        (0.0, None),
        (0.995, None),
    ],
)
def test_a_chance_of_an_event_has_its_fixed_word(chance: float, word: str | None) -> None:
    assert amounts.likelihood(chance) == word


def test_names_become_words() -> None:
    model = load("korea").model
    labels = [names.strategy_words(instance) for instance in model.instances("us")]
    assert labels[0] == "maximum pressure (firm)"
    assert names.strategy_words(load("rivals").model.instances("north")[1]) == "reciprocate (grudge 2)"
    assert names.title_of(model, "war") == "Risk of war"
    assert [o.name for o in model.outcomes if amounts.is_chance(model, o)] == [
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
    assert names.who(replace(model, actors=actors), "us") == said


def test_things_stand_in_sentences_by_what_the_study_calls_them() -> None:
    model = load("korea").model
    assert names.quoted(model, "war_given_crisis") == "“War out of crisis”"
    said = names.spelled(model, "raising `war_given_crisis` lowers `no_such_thing`")
    assert said == "raising “War out of crisis” lowers no such thing"


def test_small_counts_are_words_and_long_labels_end_after_a_word() -> None:
    assert [text.few(n) for n in (0, 2, 12, 13)] == ["no", "two", "twelve", "13"]
    assert text.shortened("How far launches, at today's pace", 18) == "How far launches…"
    assert text.shortened("short", 18) == "short"


def test_dates_are_apart_in_the_unit_of_their_clock() -> None:
    model = load("rivals").model
    daily, monthly = (replace(model, clock=replace(model.clock, step=step)) for step in ("day", "month"))
    assert amounts.apart(model, 0.3) == "0.3 years"
    assert amounts.apart(daily, 0.3 / 365.2425) == "0.3 days"
    assert amounts.apart(monthly, 0.5) == "6 months"


def test_a_first_event_that_never_comes_has_no_date_and_no_unit() -> None:
    model = load("rivals").model
    war = next(outcome for outcome in model.outcomes if outcome.name == "war")
    tree = replace(war.measure.tree, function="first")
    first = replace(model, outcomes=(replace(war, measure=replace(war.measure, tree=tree)),))
    assert amounts.amount(first, "war", float("nan")) == "never"
    assert amounts.came_to(first, "war", 2025.25) == "Q2 2025"
    assert amounts.came_to(model, "war", 1.0) == "yes"


def test_steps_since_something_are_told_by_the_clock(study_of: Callable[..., Study]) -> None:
    model = study_of("""
        events: {strike: {chance: 0.3}}
        quantities: {pause: {value: "since(strike)"}}
        payoffs: {north: {each: "1"}}
        outcomes:
          pause_end: {measure: "final(pause)", better: lower}
          longest: {measure: "peak(since(strike))", better: lower}
          strikes: {measure: "total(strike)", better: lower}
    """).model
    assert [amounts.outcome_unit(model, outcome) for outcome in model.outcomes] == ["quarter", "quarter", ""]
    assert amounts.came_to(model, "longest", 3.0) == "3 quarters"


def test_only_a_scale_s_ends_are_told(study_of: Callable[..., Study]) -> None:
    model = study_of("""
        stocks:
          trust: {start: 0.5, within: [0, 1], next: "trust"}
          height: {start: 40, within: [0, 120], next: "height"}
          free: {start: 1, next: "free"}
        events: {strike: {chance: 0.3}}
        payoffs: {north: {each: "1"}}
        outcomes:
          trust_end: {measure: "final(trust)", better: higher}
          height_end: {measure: "final(height)", better: lower}
          free_end: {measure: "final(free)", better: lower}
          strikes: {measure: "total(strike)", better: lower}
    """).model
    told = [measures.scale_words(model, outcome, ENGLISH) for outcome in model.outcomes]
    assert told == ["0 to 1", "", "", "in all"]
