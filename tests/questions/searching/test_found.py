"""Strategies that are found: planted thresholds, trees, and values that the search did not flatter."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from standoff.analysis.searching.spaces import space_of
from standoff.ensemble.running import Running, Size
from standoff.ensemble.study import Study, load
from standoff.language.load import patched_model
from standoff.questions.searching.found import Sought, search_study

pytestmark = pytest.mark.filterwarnings("ignore")
PLAIN = Running(evaluator="reference")

STUDY = """\
standoff: 1
title: A planted threshold
question: How far to let the water rise?
decider: us
clock: {{start: "2000", step: year, steps: 20}}
actors: {{us: {{name: Us}}, them: {{name: Them}}}}
uncertainties: {{tilt: {{range: [-0.2, 0.2], judgement: none}}}}
choices: {{us: [open, shut], them: [calm, loud]}}
stocks: {{water: {{start: 0, next: "water + (0.25 if us == open else 0)"}}}}
draws: {{luck: "normal(0, 1)"}}
strategies:
  us:
    fill:
      settings: {{level: [0.5, 4.5]}}
      choose: [{{when: "water < level - 0.125", then: open}}, {{then: shut}}]
  them: {{calms: {{choose: calm}}, shouts: {{choose: loud}}}}
payoffs: {{us: {{each: "0.1 * luck", final: "-(water - {best} - tilt) ** 2"}}, them: {{each: "0"}}}}
outcomes: {{level: {{measure: "final(water)", better: lower, limit: 100}}}}
search: {{us: {{{space}}}}}
"""
SETTINGS = "found: {strategy: fill, within: {level: [0, 5]}}"
TREE = "tree: {reads: {water: [0, 5]}}"


def study(folder: Path, best: float, space: str) -> Study:
    (folder / "study.yaml").write_text(STUDY.format(best=best, space=space))
    return load(folder)


@pytest.mark.parametrize("best", [1.25, 2.5, 3.75])
def test_the_planted_threshold_lies_within_the_range_that_is_told(best: float, tmp_path: Path) -> None:
    found = search_study(study(tmp_path, best, SETTINGS), Sought("us", 120, 32), Size(64, 2, 1), PLAIN)
    ((name, low, high),) = found.found[0].ranges
    assert name == "level" and low <= best <= high and high - low < 1.0
    gain = found.gains[-1].figure
    assert gain.value > 0.0 and gain.low > 0.0


def test_a_tree_is_found_and_its_text_is_the_strategy_that_was_valued(tmp_path: Path) -> None:
    made = study(tmp_path, 2.5, TREE)
    found = search_study(made, Sought("us", 160, 32), Size(64, 2, 1), PLAIN)
    best = found.found[0]
    assert "when: water < 2." in best.text
    pasted = Study(patched_model(made.model, best.text))
    again = pasted.run(64, 2, 1 + 1_000_003, profile="us=tree", evaluator="reference")
    assert again.payoff("us")[:2].mean() == pytest.approx(best.values[-1].figure.value)


def test_the_printed_value_holds_on_fresh_luck(tmp_path: Path) -> None:
    made = study(tmp_path, 2.5, SETTINGS)
    held = 0
    for seed in range(20):
        found = search_study(made, Sought("us", 40, 16, 1), Size(32, 2, seed), PLAIN).found[0]
        figure, level = found.values[-1].figure, float(found.label.split("=")[1].rstrip(")"))
        reached = 0.25 * np.ceil((level - 0.125) / 0.25 - 1e-9)
        truth = -((reached - 2.5) ** 2) - 0.4**2 / 12.0  # the mean of luck is 0
        held += figure.low <= truth <= figure.high
    assert held >= 19


def test_an_actor_without_a_space_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no space of strategies to search for `them`"):
        search_study(study(tmp_path, 2.5, SETTINGS), Sought("them", 40), Size(32, 2, 1), PLAIN)


@pytest.mark.parametrize("name", ["korea", "lake", "rivals"])
def test_what_bundled_studies_say_can_be_searched(name: str) -> None:
    """Each space has strategies that the language takes: of stocks, quantities and reports alike."""
    model = load(name).model
    assert model.searches
    for said in model.searches:
        space = space_of(model, said)
        patched_model(model, space.text(space.at(np.full(space.size, 0.5))))


def test_a_setting_keeps_its_unit_and_its_names_in_what_can_be_pasted() -> None:
    model = load(Path(__file__).parents[2] / "data" / "names").model
    days, trust = (space_of(model, said) for said in model.searches)
    pasted = yaml.safe_load(days.text(days.at(np.full(1, 0.5))))["strategies"]["police"]["wait_found"]
    assert pasted["settings"] == {"days": {"name": "Days before the storm", "unit": "day", "levels": [13.0]}}
    called = replace(days.said, strategy="talk_on", within=())
    talks = space_of(model, called)
    pasted = yaml.safe_load(talks.text(talks.at(np.full(1, 0.75))))["strategies"]["police"]["wait_found"]
    assert pasted["settings"] == {"pay": {"name": "payment", "levels": {1.0: "paid"}}}
    for space in (days, trust, talks):
        patched_model(model, space.text(space.at(np.full(space.size, 0.5))))
