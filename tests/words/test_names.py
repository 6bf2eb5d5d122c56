"""Strategies in sentences: settings, whole families, and what several share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

import standoff
from standoff.ensemble.study import Study
from standoff.words.names import agree, name_group, own_words, quoted, strategy_words


@pytest.fixture(scope="module")
def instances():
    return standoff.load("korea").model.instances("us")


def pick(instances, *labels):
    return [next(i for i in instances if i.label == label) for label in labels]


def test_a_setting_that_all_share_is_said_once(instances):
    chosen = pick(instances, "tough_love(guarantee=cool)", "freeze_for_relief(guarantee=cool)")
    assert name_group(chosen, instances) == "tough love and freeze (both cool)"
    chosen += pick(instances, "maximum_pressure(guarantee=cool)")
    assert name_group(chosen, instances, "or").endswith("or maximum pressure (all cool)")


def test_every_family_with_one_setting_is_any_strategy(instances):
    cool = [i for i in instances if i.label.endswith("(guarantee=cool)")]
    assert name_group(cool, instances, "or") == "any strategy (cool)"


def test_a_family_with_all_its_settings_goes_by_its_name(instances):
    chosen = pick(instances, "tough_love(guarantee=cool)", "tough_love(guarantee=firm)")
    assert name_group(chosen, instances) == "tough love (whatever its settings)"
    chosen += pick(instances, "maximum_pressure(guarantee=firm)")
    named = "tough love (whatever its settings) and maximum pressure (firm)"
    assert name_group(chosen, instances) == named
    chosen += pick(instances, "maximum_pressure(guarantee=cool)")
    assert name_group(chosen, instances) == "tough love and maximum pressure (whatever their settings)"


def test_strategies_with_different_settings_each_say_theirs(instances):
    chosen = pick(instances, "tough_love(guarantee=cool)", "maximum_pressure(guarantee=firm)")
    assert name_group(chosen, instances) == "tough love (cool) and maximum pressure (firm)"


def test_names_that_a_study_gives_are_kept_as_they_are(study_of):
    model = study_of("""
    choices: {north: [act, rest]}
    strategies:
      north:
        acts:
          name: Iron Dome first
          settings:
            patience: {name: Patience, levels: {2: hasty, 6: very patient}}
            last: {name: Ending, levels: [act, rest]}
          choose: "act if date < patience else last"
        rests: {name: Ville Haute, choose: rest}
    uncertainties: {fear: {name: Fear of Rome, about: how much it fears, range: [0, 1], judgement: any}}
    payoffs: {north: {each: "fear if north == act else 0"}}
    outcomes: {acting: {measure: "mean(north == act)", better: lower}}
    """).model
    instances = model.instances("north")
    assert strategy_words(instances[0]) == "Iron Dome first (hasty, act Ending)"
    assert name_group(instances[:4], instances) == "Iron Dome first (whatever its settings)"
    assert name_group([instances[4], instances[1]], instances) == "Ville Haute and Iron Dome first (hasty, rest Ending)"
    assert quoted(model, "fear") == "“Fear of Rome”"


@pytest.mark.parametrize(
    ("title", "verb"),
    [("The Houthis", "play"), ("Rapid Support Forces", "play"), ("United States", "plays"), ("North Korea", "plays"),
     ("Honduras", "plays"), ("the Congress", "plays")],
)  # fmt: skip
def test_verbs_agree_with_actors(title, verb):
    model = standoff.load("rivals").model
    actors = tuple(replace(actor, title=title) if actor.name == "north" else actor for actor in model.actors)
    assert agree(replace(model, actors=actors), ["north"], "plays", "play") == verb
    assert agree(model, ["north", "south"], "plays", "play") == "play"


def test_a_level_has_the_unit_of_its_setting(study_of: Callable[..., Study]) -> None:
    model = study_of("""
        choices: {north: [act, rest]}
        stocks: {purse: {start: 4, unit: month, next: purse}}
        strategies:
          north:
            ballot:
              settings: {reserve: {levels: [1, 3], unit: month}}
              choose: [{when: purse > reserve, then: act}, {then: rest}]
        outcomes: {end: {measure: final(purse), unit: month, better: higher}}
        """).model
    assert [strategy_words(one) for one in model.instances("north")] == [
        "ballot (reserve 1 month)", "ballot (reserve 3 months)",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("title", "verb"),
    [("Families", "play"), ("the police", "play"), ("farmers", "play"), ("Investors", "play"), ("Reuters", "plays"),
     ("New Orleans", "plays"), ("Flanders", "plays"), ("Hamas", "plays"), ("e-Estonia", "plays")],
)  # fmt: skip
def test_plurals_are_known_without_an_article(title: str, verb: str) -> None:
    model = standoff.load("rivals").model
    actors = tuple(replace(actor, title=title) if actor.name == "north" else actor for actor in model.actors)
    assert agree(replace(model, actors=actors), ["north"], "plays", "play") == verb


@pytest.mark.parametrize(
    ("title", "verb"),
    [("the Association of Pilots", "plays"), ("the Friends of the Earth", "play"), ("l'Union des câbliers", "plays"),
     ("les syndicats", "play"), ("le gouvernement", "plays"), ("Los Angeles", "plays"), ("pilots", "play"),
     ("those under thirty", "play"), ("the press", "plays")],
)  # fmt: skip
def test_the_head_of_a_name_tells_whether_it_is_of_several(title: str, verb: str) -> None:
    model = standoff.load("rivals").model
    actors = tuple(replace(actor, title=title) if actor.name == "north" else actor for actor in model.actors)
    assert agree(replace(model, actors=actors), ["north"], "plays", "play") == verb


def test_a_pronoun_agrees_with_who_is_named() -> None:
    assert (own_words(["the islanders"]), own_words(["North"]), own_words(["North", "South"])) == (
        "their", "its", "their",
    )  # fmt: skip
