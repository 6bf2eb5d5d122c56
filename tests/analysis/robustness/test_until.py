"""Runs that grow until the decider's ranking is settled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import standoff
from standoff.analysis.robustness.robustness import robustness
from standoff.analysis.robustness.until import is_ranking_settled
from standoff.analysis.runs.decision_table import decision_table
from standoff.ensemble.study import Study
from standoff.ensemble.until import run_until
from standoff.words.growing import grown_words

Build = Callable[..., Study]

CLOSE = """\
uncertainties: {taste: {distribution: "normal(0, 1)", known_to: [north], judgement: any}}
strategies: {north: {acts: {choose: act}, rests: {choose: rest}}}
payoffs: {north: {each: "WORTH"}}
outcomes: {end: {measure: "final(1)", better: lower}}
"""


def test_a_clear_difference_is_settled_at_once(study_of: Build) -> None:
    study = study_of(CLOSE.replace("WORTH", "(taste + 5) * (north == act)"))
    grown = run_until(study, is_ranking_settled, 32, 1, budget=100_000)
    assert grown.settled.is_settled
    assert grown.spent == grown.ensemble.design.n_futures == 64
    assert grown_words(grown).startswith("settled after 64 futures: ")
    assert "acts leads" in grown_words(grown)


def test_a_small_difference_takes_more_worlds_and_replications(study_of: Build, tmp_path: Path) -> None:
    study = study_of(CLOSE.replace("WORTH", "(taste + 0.1) * (north == act)"))
    grown = run_until(study, is_ranking_settled, 32, 1, budget=1_000_000, design="plain", out=tmp_path / "rounds")
    assert grown.settled.is_settled
    assert grown.ensemble.design.worlds.size > 256
    assert grown.ensemble.design.replications > 1
    assert grown.spent == sum(
        2 * int(worlds) * int(replications)
        for worlds, replications in (folder.name.split("x") for folder in (tmp_path / "rounds").iterdir())
    )


def test_the_errors_are_those_of_the_design(study_of: Build) -> None:
    """A Latin hypercube integrates a sum of functions of single inputs almost without error (Owen 1992)."""
    study = study_of(CLOSE.replace("WORTH", "(taste + 0.1) * (north == act)"))
    assert is_ranking_settled(study.run(128, 1)).is_settled
    assert not is_ranking_settled(study.run(128, 1, design="plain")).is_settled


def test_it_is_the_ranking_of_the_brief() -> None:
    for worlds, seed in ((32, 1), (64, 2), (256, 3)):
        ensemble = standoff.load("rivals").run(worlds, 2, seed)
        settled, ranking = is_ranking_settled(ensemble), robustness(decision_table(ensemble)).under[0].metrics.ranking
        assert settled.ranking.order == ranking.order
        assert settled.is_settled == (ranking.best is not None or ranking.worlds_needed is None)


def test_too_few_worlds_are_said_and_more_are_run(study_of: Build) -> None:
    study = study_of(CLOSE.replace("WORTH", "(taste + 5) * (north == act)"))
    assert is_ranking_settled(study.run(8, 1)).ranking is None
    assert run_until(study, is_ranking_settled, 8, 1, budget=10_000).ensemble.design.worlds.size == 16


def test_a_spent_budget_is_said(study_of: Build) -> None:
    study = study_of(CLOSE.replace("WORTH", "(taste + 0.001) * (north == act)"))
    grown = run_until(study, is_ranking_settled, 32, 1, budget=500, design="plain")
    assert not grown.settled.is_settled
    assert grown.spent <= 500
    assert grown_words(grown).startswith("the budget of 500 futures is spent (448 run), and it is not settled: ")


def test_strategies_that_do_the_same_stop_the_run(study_of: Build) -> None:
    study = study_of(CLOSE.replace("WORTH", "taste"))
    grown = run_until(study, is_ranking_settled, 32, 1, budget=100_000)
    assert grown.spent == 64
    assert "equally well" in grown_words(grown)


def test_rivals_ranking_is_settled() -> None:
    grown = run_until(standoff.load("rivals"), is_ranking_settled, 64, 4, budget=200_000)
    assert grown.settled.is_settled
