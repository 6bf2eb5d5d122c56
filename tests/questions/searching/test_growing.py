"""Games that grow in studies: an equilibrium that no listed strategy is near, told with what is left to gain."""

from pathlib import Path

import pytest

from standoff.analysis.findings import UnanswerableError
from standoff.ensemble.running import Running, Size
from standoff.ensemble.study import Study, load
from standoff.language.load import patched_model
from standoff.questions.searching.growing import Growing, grow_game

pytestmark = pytest.mark.filterwarnings("ignore")
PLAIN = Running(evaluator="reference")

STUDY = """\
standoff: 1
title: Two who fill
question: How high will each let its water rise, given the other's?
decider: us
clock: {start: "2000", step: year, steps: 20}
actors: {us: {name: Us}, them: {name: Them}}
uncertainties: {tilt: {range: [-0.2, 0.2], judgement: none}}
choices: {us: [open, shut], them: [open, shut]}
stocks:
  ours: {start: 0, next: "ours + (0.25 if us == open else 0)"}
  theirs: {start: 0, next: "theirs + (0.25 if them == open else 0)"}
draws: {luck: "normal(0, 1)"}
strategies:
  us: {fill: {settings: {level: [0.5]}, choose: [{when: "ours < level - 0.125", then: open}, {then: shut}]}}
  them: {fill: {settings: {level: [4.5]}, choose: [{when: "theirs < level - 0.125", then: open}, {then: shut}]}}
payoffs:
  us: {each: "0.1 * luck", final: "-(ours - 1 - 0.5 * theirs - tilt) ** 2"}
  them: {each: "0.1 * luck", final: "-(theirs - 0.5 - 0.5 * ours + tilt) ** 2"}
outcomes: {level: {measure: "final(ours)", better: lower}}
search:
  us: {found: {strategy: fill, within: {level: [0, 5]}}}
  them: {found: {strategy: fill, within: {level: [0, 5]}}}
"""


@pytest.fixture
def study(tmp_path: Path) -> Study:
    (tmp_path / "study.yaml").write_text(STUDY)
    return load(tmp_path)


def test_best_replies_that_nobody_listed_lead_to_the_equilibrium(study: Study) -> None:
    found = grow_game(study, Growing(60, 12, 32, 1), Size(32, 1, 1), PLAIN)
    assert found.is_ended
    for side, exact in zip(found.sides, (5 / 3, 4 / 3), strict=True):  # ours = 1 + theirs / 2, theirs = ½ + ours / 2
        ((_, level),) = side.plays[0].settings
        assert abs(float(level) - exact) < 0.3  # water rises by quarters
        assert side.plays[0].is_found and side.plays[0].share == pytest.approx(1.0)
        assert side.regret.low <= 0.0 or side.regret.value < 0.02


def test_what_is_told_can_be_pasted_and_is_what_was_valued(study: Study) -> None:
    found = grow_game(study, Growing(40, 12, 32, 1), Size(32, 2, 5), PLAIN)
    pasted = Study(patched_model(study.model, found.text))
    played = ",".join(
        f"{side.actor}={next(i.label for i in pasted.model.instances(side.actor) if i.strategy.name == 'found')}"
        for side in found.sides
    )
    again = pasted.run(32, 2, 5 + 1_000_003, profile=played, evaluator="reference")
    for side in found.sides:
        assert again.payoff(side.actor).mean() == pytest.approx(side.payoff.value)


def test_rounds_that_run_out_leave_a_gain_that_is_told(study: Study) -> None:
    found = grow_game(study, Growing(20, 1, 32, 1), Size(32, 1, 1), PLAIN)
    assert not found.is_ended
    assert max(side.regret.low for side in found.sides) > 1.0


def test_one_actor_alone_has_no_game() -> None:
    with pytest.raises(UnanswerableError):
        grow_game(load("lake"), Growing(20), Size(16, 1, 1), PLAIN)


def test_a_study_without_spaces_is_refused(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text(STUDY.partition("search:")[0])
    with pytest.raises(ValueError, match="no `search`"):
        grow_game(load(tmp_path), Growing(20), Size(16, 1, 1), PLAIN)
