"""Other weightings of the worlds: beliefs that the study states, a file's, and those that too few worlds carry."""

from __future__ import annotations

import numpy as np
import pytest

import standoff
from standoff.analysis.robustness.robustness import robustness
from standoff.analysis.runs.decision_table import decision_table
from standoff.analysis.runs.weighings import read_weightings
from standoff.base.problems import StudyError
from standoff.words.sentences.robustness import robustness_words

STUDY = """
standoff: 1
title: Go or stay
question: Go?
decider: us
clock: {start: 2025-01, step: year, steps: 1}
actors: {us: {name: Us}, hawk: {name: Hawk}, gloom: {name: Gloom}}
uncertainties:
  gain: {about: What going brings, range: [-1, 1], judgement: a guess}
beliefs:
  hawk: {gain: "uniform(-1, -0.2)"}
  gloom: {gain: "uniform(-1, -0.99)"}
choices: {us: [stay, go], hawk: [wait, act], gloom: [wait, act]}
strategies:
  us: {stays: {choose: stay}, goes: {choose: go}}
  hawk: {waits: {choose: wait}}
  gloom: {sits: {choose: wait}}
payoffs: {us: {each: "gain + 0.2 if us == go else 0"}}
outcomes: {reached: {measure: "mean(gain * (us == go))", better: lower, limit: 0.5, why: a limit}}
"""


@pytest.fixture(scope="module")
def ensemble(tmp_path_factory):
    folder = tmp_path_factory.mktemp("weighed")
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    return standoff.load(folder).run(worlds=1000, replications=2)


def test_an_actors_beliefs_rank_again_where_enough_worlds_carry_them(ensemble):
    found = robustness(decision_table(ensemble))
    hawk, gloom = found.weightings
    # four tenths of the worlds lie in what the one believes, a two hundredth in what the other does
    assert (hawk.effective_worlds, gloom.effective_worlds) == (pytest.approx(400, abs=2), pytest.approx(5, abs=1))
    assert (hawk.is_carried, gloom.is_carried) == (True, False)
    ranking = found.under[0].metrics.weightings["beliefs of hawk"]
    assert ranking.best == "stays"
    # E(gain + 0.2) there is −0.4
    assert ranking.against_best["stays"].value == pytest.approx(0.4, abs=0.01)
    assert robustness_words(ensemble.model, found).sentences[-1] == (
        "Weighing the worlds otherwise changes who leads: where bad worlds count more, stays leads and where the "
        "beliefs of Hawk hold, on 400 effective worlds, stays leads. These worlds do not carry what would follow where "
        "the beliefs of Gloom hold (5 effective worlds, 100\u202f% of it covered)."
    )
    assert [each.is_carried for each in found.weightings] == [True, False]


def test_weightings_from_a_file_are_ranked_by(ensemble, tmp_path):
    gain = ensemble.design.worlds.columns["gain"]
    file = tmp_path / "weights.csv"
    rows = [f"{1.0 + x},1" for x in gain]
    file.write_text("\n".join(["going pays,all alike", *rows]), encoding="utf-8")
    found = robustness(decision_table(ensemble), weightings=read_weightings(file, gain.size))
    rankings = found.under[0].metrics.weightings
    # weights 1 + gain make the mean gain a third
    assert rankings["going pays"].against_best["goes"].value == pytest.approx(1 / 3 + 0.2, abs=0.01)
    assert rankings["all alike"].order == found.under[0].metrics.ranking.order
    assert [each.name for each in found.weightings[2:]] == ["going pays", "all alike"]


def test_weights_that_do_not_fit_are_refused(ensemble, tmp_path):
    with pytest.raises(ValueError, match="weights must be 1000 numbers"):
        robustness(decision_table(ensemble), weightings={"short": np.ones(3)})


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("a,b\n1\n2,3\n", (2, 1), "row 2 has 1 cell"),
        ("a\n1\n", (2, 1), "the table has 1 rows, and the run 2 worlds"),
        ("a\n1\n-1\n", (3, 1), "row 3 of `a` is `-1`, which is not a weight of 0 or more"),
        ("a\n1\nlots\n", (3, 1), "row 3 of `a` is `lots`, which is not a number"),
        ("a,b\n1,1\n,2\n", (3, 1), "row 3 of `a` is empty, where a weight of 0 or more is expected"),
        ("a\n0\n0\n", (1, 1), "all weights of `a` are 0"),
        ("", (1, 1), "`weights.csv` is empty"),
        ("a\n", (1, 1), "the table has 0 rows, and the run 2 worlds"),
    ],
)
def test_a_faulty_file_of_weights_is_refused_at_its_cell(tmp_path, text, place, said):
    file = tmp_path / "weights.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as refused:
        read_weightings(file, 2)
    problem = refused.value.problems[0]
    assert (problem.span.line, problem.span.column) == place
    assert problem.message.startswith(said)


def test_weights_as_large_as_numbers_go_sum_to_one(tmp_path):
    file = tmp_path / "weights.csv"
    file.write_text("a\n1e308\n1e308\n1e308\n", encoding="utf-8")
    assert read_weightings(file, 3)["a"].tolist() == [1 / 3, 1 / 3, 1 / 3]
