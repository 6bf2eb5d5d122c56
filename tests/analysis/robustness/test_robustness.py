"""What holds up and what it hinges on, on a study whose answers are known, under each view of the others."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

import standoff
from standoff.analysis.linchpins.linchpins import linchpins
from standoff.analysis.robustness.robustness import robustness
from standoff.analysis.runs.decision_table import decision_table
from standoff.ensemble.run import run_design
from standoff.evidence.claims import load_ledger
from standoff.questions.as_json import to_json
from standoff.words.sentences.boxes import region_sentence
from standoff.words.sentences.linchpins import linchpin_words, pin_sentence
from standoff.words.sentences.robustness import robustness_words

GO_OR_STAY = """
decider: us
clock: {start: 2025-01, step: year, steps: 1}
actors: {us: {name: Us}, them: {name: Them}}
uncertainties:
  gain: {about: What going brings, range: [-1, 1], cites: [hoped]}
  idle: {about: Nothing, range: [0, 1], judgement: it is read by nothing}
values:
  pride: {about: What going is worth in itself, range: [-0.8, 0.8], judgement: a want}
choices: {us: [stay, go], them: [mild, harsh]}
draws: {luck: "normal(0, 1)"}
strategies:
  us: {stays: {choose: stay}, goes: {choose: go}}
  them: {soft: {choose: mild}, hard: {choose: harsh}}
profiles: {kind_them: {about: They are kind, them: soft}}
events:
  rain: {chance: 0.5}
quantities:
  help: {value: "0.3 if them == mild else -0.3"}
payoffs: {us: {each: "gain + pride + 0.2 + help + luck if us == go else 0"}}
outcomes:
  venture: {measure: "mean(gain * (us == go))", better: lower, limit: 0.5, why: a limit}
  late: {measure: "first(rain)", better: lower, limit: 2030, why: a date}
"""
CLAIMS = """
documents: {paper: {title: A paper}}
claims:
  hoped: {document: paper, passage: p1.s1, says: Going pays., stance: asserts, bears_on: [gain]}
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("venture")
    head = "standoff: 1\ntitle: Go or stay\nquestion: Go?\n"
    (folder / "study.yaml").write_text(head + GO_OR_STAY, encoding="utf-8")
    (folder / "claims.yaml").write_text(CLAIMS, encoding="utf-8")
    return standoff.load(folder)


@pytest.fixture(scope="module")
def ensemble(study):
    return study.run(worlds=1024, replications=8)


@pytest.fixture(scope="module")
def robust(ensemble):
    return robustness(decision_table(ensemble))


@pytest.fixture(scope="module")
def hinges(ensemble, study):
    return linchpins(decision_table(ensemble), ledger=load_ledger(study.model.folder), permutations=99)


def test_the_views_are_uniform_named_and_adversarial(robust):
    assert [(h.view.kind, h.view.name, h.view.n_profiles) for h in robust.under] == [
        ("uniform", "", 2.0),
        ("profile", "kind_them", 1.0),
        ("adversarial", "", 1.0),
    ]


def test_each_view_has_its_own_payoff(robust):
    for view, lead in zip(robust.under, (0.2, 0.5, -0.1), strict=True):
        figure = view.metrics.expected["goes"].payoff
        assert figure.low <= lead <= figure.high
        assert abs(figure.value - lead) < 4.0 * figure.error < 0.1
        assert view.metrics.ranking.best == ("goes" if lead > 0.0 else "stays")


def test_regret_is_what_choosing_with_the_world_known_would_gain(robust):
    # E max(0, x) − 0.2 for x = 0.2 + gain + pride, a trapezoid
    x = 0.2 + np.add.outer(np.linspace(-1, 1, 2001), np.linspace(-0.8, 0.8, 1601)).ravel()
    exact = np.maximum(x, 0.0).mean() - 0.2
    regret = robust.under[0].metrics.regret
    assert regret.mean["goes"].low <= exact <= regret.mean["goes"].high
    assert regret.mean["goes"].value == pytest.approx(exact, abs=0.04)
    assert regret.mean_raw["goes"] > regret.mean["goes"].value


def test_limits_are_judged_and_dates_left_out(robust):
    kept = robust.under[0].satisficing
    assert kept.together["stays"].value == 1.0
    assert kept.together["goes"].value == pytest.approx(0.75, abs=0.01)
    assert robust.unbounded == ("late",)


def test_the_sentences_tell_the_answer(study, robust):
    said = robustness_words(study.model, robust).sentences
    assert said[0].startswith("Goes is best on average, by 0.193\u00a0±\u00a00.011 points over the next")
    assert said[0].endswith("more futures would not change that.")
    assert any(text.startswith("Stays keeps the limit on venture in 100") for text in said)
    assert "It depends on the others. Better than goes: stays under others who do the decider most harm." in said
    assert said[-1].startswith("Weighing the worlds otherwise changes who leads: where bad worlds count more, stays")


def test_a_reply_view_takes_the_weights_given(ensemble):
    replies = np.array([0.5, 0.5, 0.0, 1.0])  # the profiles' order: stays against soft and hard, goes likewise
    table = decision_table(ensemble, replies=replies)
    found = robustness(table)
    assert [h.view.kind for h in found.under] == ["uniform", "profile", "replies", "adversarial"]
    reply, adversarial = (table.payoffs(table.view(name)) for name in ("replies", "adversarial"))
    np.testing.assert_allclose(reply.mean[1], adversarial.mean[1])
    with pytest.raises(ValueError, match="replies must be 4 weights"):
        decision_table(ensemble, replies=np.ones((2, 2)))
    with pytest.raises(ValueError, match="replies must sum to 1"):
        decision_table(ensemble, replies=np.ones(4))


def test_every_number_of_the_answer_goes_to_json(robust, hinges):
    for found in (robust.under[0].metrics, robust.under[0].satisficing, hinges.evpi, [p.worth for p in hinges.facts]):
        json.dumps(to_json(found), allow_nan=False)


def test_the_worth_of_a_fact_and_of_a_want_are_the_closed_forms(hinges):
    # E max(0, x) − 0.2 for x uniform on 0.2 ± half
    for ranked, half in ((hinges.facts, 1.0), (hinges.values, 0.8)):
        exact = (0.2 + half) ** 2 / (4.0 * half) - 0.2
        assert ranked[0].worth.evppi.low <= exact <= ranked[0].worth.evppi.high
    assert [pin.name for pin in hinges.linchpins] == ["gain", "pride"]
    assert [pin.name for pin in hinges.facts] == ["gain", "idle"]
    assert hinges.facts[1].worth.evppi.holds_zero


def test_the_choice_flips_where_the_means_cross(hinges):
    (flip,) = hinges.facts[0].flips.flips
    assert (flip.before, flip.after, flip.is_significant) == ("stays", "goes", True)
    # an interval of 95 % may just miss in one study; a standard error beyond it is some 99.7 %
    assert flip.at.low - flip.at.error <= -0.2 <= flip.at.high + flip.at.error
    assert pin_sentence(hinges, hinges.facts[0]).startswith("Below −0.")
    assert pin_sentence(hinges, hinges.facts[0]).endswith(", goes; between, the model cannot tell.")


def test_linchpins_name_the_claims_and_documents_they_rest_on(hinges):
    assert [(rest.name, rest.linchpins) for rest in hinges.claims] == [("hoped", ("gain",))]
    assert [(rest.name, rest.linchpins) for rest in hinges.documents] == [("paper", ("gain",))]
    assert hinges.judged == ("pride",)


def test_boxes_tell_where_the_leader_fails_and_where_another_is_better(study, hinges):
    fails, better = hinges.regions
    assert (fails.kind, fails.subject, fails.found.recommended.names) == ("fails", "venture", ("gain",))
    assert fails.found.recommended.density > 0.9
    assert (better.kind, better.subject) == ("better", "stays")
    assert set(better.found.recommended.names) == {"gain", "pride"}
    assert region_sentence(study.model, better).startswith("Worlds where stays does better than goes (")
    assert region_sentence(study.model, fails).startswith("Worlds where goes breaks the limit on venture (")


def test_the_sentences_keep_facts_and_wants_apart(study, hinges):
    said = linchpin_words(study.model, hinges)
    assert said.facts[0].startswith("Of facts that nobody knows, the choice hinges most on “What going brings”.")
    assert said.wants[0].startswith("Of what is wanted, which no fact can settle, the choice hinges most on")
    assert said.pairs == (
        "Together “What going brings” and “What going is worth in itself” tell more than either alone."
    )


def test_another_view_hinges_elsewhere(ensemble):
    found = linchpins(decision_table(ensemble), view="adversarial", permutations=99)
    assert found.leader == "stays"
    with pytest.raises(ValueError, match="there is no view `kind`; there are `uniform`, `kind_them`, `adversarial`"):
        linchpins(decision_table(ensemble), view="kind")


def test_strategies_that_met_different_profiles_are_not_compared(study):
    lopsided = replace(study.design(32, 2), profiles=study.design(32, 2).profiles[:3])
    with pytest.raises(ValueError, match="other profiles"):
        decision_table(run_design(study.program, lopsided))
    with pytest.raises(ValueError, match="few worlds: worlds=8"):
        decision_table(study.run(worlds=8, replications=2))


def test_independent_inputs_are_what_an_even_design_spreads(study):
    table = decision_table(study.run(worlds=32, replications=2))
    assert table.stratified is table.inputs
    assert decision_table(study.run(worlds=32, replications=2, design="plain")).stratified is None


def test_averages_are_those_of_the_profiles_with_weight(ensemble):
    table = decision_table(ensemble)
    uniform, kind, worst = table.views
    values = ensemble.payoff("us").reshape(2, 2, -1)
    np.testing.assert_allclose(table.figures("payoff", "us", uniform).mean, values.mean(axis=1))
    np.testing.assert_allclose(table.figures("payoff", "us", kind).mean, values[:, 0])
    hurt = values[np.arange(2), values.mean(axis=2).argmin(axis=1)]
    np.testing.assert_allclose(table.figures("payoff", "us", worst).mean, hurt)
    np.testing.assert_allclose(table.figures("payoff", "us").halves.mean(axis=2), values.mean(axis=1))


def test_one_strategy_has_nothing_to_be_compared_with(study):
    table = decision_table(study.run(worlds=32, replications=2, profile="us=goes"))
    assert robustness_words(study.model, robustness(table)).sentences == (
        "There is one strategy, goes, so nothing to compare it with.",
    )
    found = linchpins(table)
    assert (found.leader, found.facts, found.values, found.regions) == ("goes", (), (), ())
    assert (found.evpi.value, found.evpi.high) == (0.0, 0.0)
