"""The decision table: made once, learned once a view, and honoured by every finding where worlds are weighed."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest

import standoff
from standoff import analysis
from standoff.analysis.comparing import compare
from standoff.analysis.documents.documents import headlines
from standoff.analysis.linchpins.linchpins import linchpins
from standoff.analysis.linchpins.worth import measure_worths
from standoff.analysis.robustness.performance import performance
from standoff.analysis.robustness.robustness import robustness
from standoff.analysis.runs import decision_table as tables
from standoff.analysis.runs.decision_table import decision_table
from standoff.cli import main
from standoff.evidence.claims import ledger_of
from standoff.questions import results
from standoff.words.sentences.linchpins import linchpin_words

_BARRED = ("numpy.random", "np.random", "random_state", "random")


@pytest.fixture(scope="module")
def rivals():
    return standoff.load("rivals").run(worlds=64, replications=4)


@pytest.mark.parametrize(("study", "worlds", "replications"), [("rivals", 64, 4), ("korea", 16, 2)])
def test_an_answer_arranges_once_and_learns_once_a_view(study, worlds, replications, tmp_path, monkeypatch):
    """Counted where the command does it, on the run that it opens; two threads would learn half elsewhere."""
    run = standoff.load(study).run(worlds=worlds, replications=replications, out=tmp_path / "run")
    made, learned = [], []
    arrange, learn = tables.decision_table, tables.find_posteriors
    monkeypatch.setattr(results, "decision_table", lambda *a, **k: made.append(1) or arrange(*a, **k))
    monkeypatch.setattr(tables, "find_posteriors", lambda *a, **k: learned.append(1) or learn(*a, **k))
    main(["answer", str(tmp_path / "run"), "--threads", "1"], standalone_mode=False)
    assert len(made) == 1
    assert len(learned) == len(decision_table(run).views)


def test_what_was_made_is_kept_on_the_table(rivals):
    table = decision_table(rivals)
    assert table.payoffs() is table.payoffs(table.views[0])
    assert table.posteriors() is table.posteriors(table.views[0])
    assert decision_table(rivals).payoffs() is not table.payoffs()


def test_every_finding_honours_the_weights_of_worlds(rivals):
    """Weights of zero are as good as leaving the worlds out, for every mean that is printed."""
    fear = rivals.design.worlds.columns["fear"]
    weights = (fear > np.median(fear)).astype(np.float64)
    table = decision_table(rivals, weights=weights)
    kept = weights > 0.0
    mean = table.figures("payoff", "north").mean[:, kept].mean(axis=1)
    under = robustness(table).under[0]
    shown = performance(table).standings[0]
    for s, label in enumerate(table.labels):
        assert under.metrics.expected[label].payoff.value == pytest.approx(mean[s])
        assert shown.cells[s][0].figure.value == pytest.approx(mean[s])
        within = under.satisficing.alone[label][0]
        chance = under.satisficing.chances[0, s, kept].mean()
        assert within.share.value == pytest.approx(chance)
    found = linchpins(table, permutations=99)
    assert found.ranking.order == under.metrics.ranking.order
    np.testing.assert_allclose(found.ranking.difference, mean[:, None] - mean[None, :])
    for region in found.regions:
        assert region.share == pytest.approx(region.chance[kept].mean())
        assert region.found.trajectory[0].n == kept.sum()
        assert region.found.base_rate == pytest.approx(region.share)
    shown = performance(table)
    leader = shown.order[0]
    for headline in headlines(table, ledger_of(rivals.model.written.files), shown):
        values = table.figures("outcome", headline.outcome).mean[leader, kept]
        assert headline.value == pytest.approx(values.mean())


def test_weights_that_do_not_fit_are_refused(rivals):
    with pytest.raises(ValueError, match="weights must be 64 numbers"):
        decision_table(rivals, weights=np.ones(3))


def test_a_run_compared_with_itself_has_moved_nothing(rivals):
    found = compare(rivals, rivals)
    assert not any(moved.change.value or moved.change.error for moved in found.moved)
    assert found.linchpins[0] == found.linchpins[1]


def test_analysis_draws_from_the_streams_of_the_project_alone():
    """Else a finding would be another one on another machine, or with another version of a library."""
    for path in sorted(Path(analysis.__file__).parent.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            named = ""
            if isinstance(node, ast.Attribute):
                named = ast.unparse(node)
            elif isinstance(node, ast.keyword):
                named = node.arg or ""
            elif isinstance(node, ast.ImportFrom):
                named = node.module or ""
            elif isinstance(node, ast.Import):
                named = " ".join(alias.name for alias in node.names)
            assert named not in _BARRED, f"{path.name}:{getattr(node, 'lineno', 0)}: {named}"
            assert not named.startswith(("numpy.random.", "np.random.")), f"{path.name}: {named}"


def test_a_study_with_nothing_uncertain_hinges_on_nothing(tmp_path):
    (tmp_path / "study.yaml").write_text(CERTAIN, encoding="utf-8")
    study = standoff.load(tmp_path)
    table = decision_table(study.run(worlds=32, replications=4))
    found = linchpins(table)
    assert found.facts == found.values == found.regions == ()
    assert (found.evpi.value, found.evpi.error, found.evpi.high) == (0.0, 0.0, 0.0)
    assert linchpin_words(study.model, found).sentences[0] == (
        "Nothing can be named that the choice hinges on: no assumption differs between worlds."
    )
    assert measure_worths(table.payoffs()).alone == ()
    assert found.leader == robustness(table).under[0].metrics.ranking.order[0] == "holds"


CERTAIN = """
standoff: 1
title: Nothing unknown
question: What then?
decider: ada
clock: {start: 2025-01, step: month, steps: 3}
actors: {ada: {name: Ada}, ben: {name: Ben}}
choices: {ada: [give, hold], ben: [take, leave]}
events: {row: {chance: "0.1 if ben == take and ada == hold else 0.02"}}
strategies:
  ada: {gives: {choose: give}, holds: {choose: hold}}
  ben: {takes: {choose: take}, leaves: {choose: leave}}
payoffs: {ada: {each: "(ada == hold) - 3 * chance(row)"}}
outcomes: {rows: {measure: "ever(row)", better: lower, limit: 0.5, why: half}}
"""
