"""Names in prose of strategies, their settings and levels, and assumptions."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from standoff.base.problems import StudyError
from standoff.ensemble.study import Study
from standoff.language.model import Setting

Build = Callable[..., Study]

NAMED = """
choices: {north: [act, rest]}
strategies:
  north:
    acts:
      name: Iron Dome first
      about: It acts at once.
      settings:
        patience: {name: Patience, about: how long it waits, levels: {2: hasty, 6: patient}}
        early: {levels: [act, rest]}
        last: [act, rest]
      choose: "early if date < patience else last"
uncertainties: {fear: {name: Fear of Rome, about: how much it fears, range: [0, 1], judgement: any}}
payoffs: {north: {each: "fear if north == act else 0"}}
outcomes: {acting: {measure: "mean(north == act)", better: lower}}
"""


def test_a_study_says_what_prose_calls_its_strategies_settings_and_assumptions(study_of: Build) -> None:
    model = study_of(NAMED).model
    (strategy,) = model.strategies
    assert strategy.title == "Iron Dome first"
    assert strategy.settings == (("patience", (2.0, 6.0)), ("early", ("act", "rest")), ("last", ("act", "rest")))
    assert strategy.named == (
        Setting("patience", "Patience", "how long it waits", ((2.0, "hasty"), (6.0, "patient"))),
        Setting("early", None, None, ()),
    )
    assert strategy.instances[0].label == "acts(patience=2, early=act, last=act)"
    assert model.uncertain[0].title == "Fear of Rome"


@pytest.mark.parametrize("old", ["Iron Dome first", "hasty", "Fear of Rome"])
def test_a_name_that_is_a_sentence_is_refused(study_of: Build, old: str) -> None:
    with pytest.raises(StudyError, match=r"a name in prose has one to 4 words, and this has 5"):
        study_of(NAMED.replace(old, "this is far too long"))
