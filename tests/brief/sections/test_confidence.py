"""What a reason's confidence rests on, counted again from the study's text and the data, without the program."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from conftest import Brief

from standoff.brief.write import DATA


@pytest.fixture(params=["korea", "lake"])
def brief(request: pytest.FixtureRequest) -> Brief:
    found: Brief = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def data(brief: Brief) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((brief.path.parent / DATA).read_text(encoding="utf-8"))
    return found


def _told(data: dict[str, Any], *keys: str) -> dict[str, tuple[int, ...]]:
    return {one["name"]: tuple(one["confidence"][key] for key in keys) for one in data["reasons"]}


def _findings(data: dict[str, Any]) -> dict[str, Any]:
    return {section["name"]: section["findings"] for section in data["sections"]}


def test_how_much_rests_on_judgement_is_counted_from_the_study(brief: Brief, data: dict[str, Any]) -> None:
    """An assumption without a claim that it cites, and without a fact, of those that the section rests on or of all."""
    study = yaml.safe_load((brief.path.parents[1] / "study.yaml").read_text(encoding="utf-8"))
    entries = study["uncertainties"] | study["values"]
    judged = {name for name, entry in entries.items() if "cites" not in entry and "fact" not in entry}
    behind = {one["name"]: set(one["rests_on"]) & set(entries) or set(entries) for one in data["sections"]}
    told = _told(data, "judged", "assumptions")
    assert told == {name: (len(behind[name] & judged), len(behind[name])) for name in told}
    assert any(n for n, _ in told.values())


def test_what_it_was_tested_against_is_counted_from_the_claims(data: dict[str, Any]) -> None:
    """Claims that something could be run for: neither open nor beside what the model represents."""
    documents = _findings(data).get("documents")
    answers = [claim["answer"] for claim in documents["agreement"]["claims"]] if documents else []
    tested = [answer for answer in answers if answer not in ("open", "not represented")]
    assert set(_told(data, "borne", "tested").values()) == {(tested.count("borne out"), len(tested))}


def test_what_turns_it_round_is_counted_from_what_was_tried(data: dict[str, Any]) -> None:
    found = _findings(data)
    views = [view["metrics"] for view in found["gives-up"]["under"]]
    best = set(views[0]["ranking"]["may_be_best"])
    rankings = [view["ranking"] for view in views[1:]] + list(views[0]["weightings"].values())
    leads = sum(bool(best - set(ranking["may_be_best"])) for ranking in rankings), len(rankings)
    pins = [*found["hinges-on"]["facts"], *found["hinges-on"]["values"]]
    hinges = sum(pin["worth"]["evppi"]["low"] > 0.0 for pin in pins), len(pins)
    movers = [mover["is_significant"] for deal in found["deals"][:1] for mover in deal["movers"]]
    answers = [claim["answer"] for claim in found["documents"]["agreement"]["claims"]] if "documents" in found else []
    expected = {
        "holds-up": leads, "over-time": leads, "hinges-on": hinges, "others": hinges,
        "deals": (sum(movers), len(movers)), "documents": (answers.count("contradicted"), len(answers)),
        "watch": (0, 0),
    }  # fmt: skip
    told = _told(data, "flips", "tried")
    assert told == {name: expected[name] for name in told}


def test_a_level_follows_from_the_three_that_are_stated(data: dict[str, Any]) -> None:
    """At most a third on judgement; something tried and nothing turning it; four fifths of five tests or more."""
    for reason in data["reasons"]:
        told = reason["confidence"]
        good = [
            3 * told["judged"] <= told["assumptions"],
            told["tried"] > 0 and told["flips"] == 0 and not told["is_level"],
            told["tested"] >= 5 and 5 * told["borne"] >= 4 * told["tested"],
        ]
        assert told["level"] == ("low", "low", "moderate", "high")[sum(good)]
