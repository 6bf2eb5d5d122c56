"""Fitted numbers in a study's text: in the place of the old ones, and beside a vector for one of its elements."""

import pytest

from standoff.language.freed import Rewritten, rewritten
from standoff.language.load import load_model

STUDY = """\
standoff: 1
title: Regions
question: Who grows?
decider: north
clock: {{start: 2025-01, step: year, steps: 5}}
actors: {{north: {{name: North}}}}
choices: {{north: [give, keep]}}
strategies: {{north: {{giving: {{choose: give}}, keeping: {{choose: keep}}}}}}
indices: {{region: [east, west]}}
{constants}
stocks: {{people: {{for: region, start: 100, next: "people[region] * (1 + birth[region] + drift[region])"}}}}
payoffs: {{north: {{each: "people[east]"}}}}
outcomes: {{size: {{for: region, measure: "final(people[region])", better: higher}}}}
"""
BLOCK = """\
constants:
  birth: {for: region, value: {east: 0.02, west: 0.03}, judgement: counted}
  birth_west:
    name: Western births
uncertainties:
  drift:
    for: region
    distribution: normal(0, 1)
    judgement: a guess   # of ours
"""
FLOW = """\
constants: {birth: {for: region, value: 0.02, judgement: counted}, birth_west: {value: 0.03, judgement: told}}
uncertainties: {drift: {for: region, range: [0, 1], judgement: a guess}}
"""


@pytest.mark.parametrize("constants", [BLOCK, FLOW])
def test_an_element_of_a_vector_gets_a_number_of_its_own(constants, tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text(STUDY.format(constants=constants))
    changes = {
        "birth_east": Rewritten("birth_east", "fitted", value=0.5),
        "birth_west": Rewritten("birth_west", "fitted", value=0.25),
        "drift_east": Rewritten("drift_east", "fitted", low=-0.1, high=0.1),
    }
    text = rewritten(load_model(tmp_path), changes)
    path.write_text(text)
    found = {p.name: p for p in load_model(tmp_path).parameters}
    assert (found["birth_east"].value, found["birth_west"].value) == (0.5, 0.25)
    assert found["drift_east"].spread.arguments == (-0.1, 0.1)
    assert found["drift_west"].spread.arguments in ((0.0, 1.0), (0, 1))
    assert "judgement: counted" in text
    assert ("# of ours" in text) == (constants is BLOCK)


def test_a_number_of_its_own_is_written_in_its_place(tmp_path):
    constants = FLOW.replace("birth: {for: region, value: 0.02", "pace: {value: 7}, birth: {for: region, value: 0.02")
    (tmp_path / "study.yaml").write_text(STUDY.format(constants=constants))
    text = rewritten(load_model(tmp_path), {"pace": Rewritten("pace", "fitted", value=8)})
    assert text == STUDY.format(constants=constants).replace("{value: 7}", '{value: 8, judgement: "fitted"}')
