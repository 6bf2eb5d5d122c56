"""The decider's strategies under each view, on ensembles whose numbers are set by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import standoff
from standoff.analysis.findings import FEWEST_WORLDS
from standoff.analysis.robustness.performance import Performance, performance
from standoff.analysis.runs.decision_table import decision_table
from standoff.ensemble.ensemble import Ensemble

WORLDS = 64


def performance_of(ensemble: Ensemble) -> Performance:
    return performance(decision_table(ensemble, fewest=0))


@pytest.fixture(scope="module")
def ran() -> Ensemble:
    return standoff.load("rivals").run(worlds=WORLDS, replications=2, seed=1)


def _set(ensemble: Ensemble, name: str, values: np.ndarray, halves: np.ndarray | None = None) -> Ensemble:
    """The ensemble with one measure's (profiles, worlds) replaced; without luck unless first halves are given."""
    row = [n for _, n in ensemble.measures].index(name)
    means, firsts = ensemble.means.copy(), ensemble.halves.copy()
    means[row], firsts[row] = values, values if halves is None else halves
    return replace(ensemble, means=means, halves=firsts)


def _by_strategy(ensemble: Ensemble, values: np.ndarray) -> np.ndarray:
    """(profiles, worlds) from (strategies, worlds): the others change nothing."""
    return np.asarray(values[ensemble.design.profiles[:, 0]])


def test_a_cell_holds_the_mean_over_others_and_worlds_with_its_error(ran: Ensemble) -> None:
    x = np.linspace(-1.0, 1.0, WORLDS)
    values = np.stack([10.0 + x, 12.0 + x, 14.0 + x])
    results = performance_of(_set(ran, "north", _by_strategy(ran, values)))
    cell = results.standings[0].cells[1][0]
    assert cell.figure.value == pytest.approx(12.0)
    assert cell.figure.error == pytest.approx(x.std(ddof=1) / np.sqrt(WORLDS))
    assert cell.error_of_luck == 0.0
    assert (cell.low, cell.high) == pytest.approx(tuple(12.0 + np.quantile(x, [0.1, 0.9])))


def test_differences_are_paired_so_that_what_worlds_share_cancels(ran: Ensemble) -> None:
    shared = 100.0 * np.sin(np.arange(WORLDS))
    values = np.stack([shared, shared + 1.0, shared + 3.0])
    ranking = performance_of(_set(ran, "north", _by_strategy(ran, values))).standings[0].rankings[0]
    assert ranking is not None
    assert ranking.best == "reciprocate(patience=6)"
    assert ranking.difference[2, 1] == pytest.approx(2.0)
    assert ranking.error[2, 1] == pytest.approx(0.0, abs=1e-9)


def test_lower_is_better_turns_the_ranking_of_an_outcome(ran: Ensemble) -> None:
    values = np.stack([np.full(WORLDS, v) for v in (30.0, 10.0, 20.0)])
    results = performance_of(_set(ran, "arms", _by_strategy(ran, values)))
    m = [measure.name for measure in results.measures].index("arms")
    ranking = results.standings[0].rankings[m]
    assert ranking is not None
    assert ranking.order == ("reciprocate(patience=2)", "reciprocate(patience=6)", "race_on")


def test_share_within_the_limit_counts_worlds_without_luck(ran: Ensemble) -> None:
    chances = np.where(np.arange(WORLDS) < 16, 0.01, 0.2)
    results = performance_of(_set(ran, "war", _by_strategy(ran, np.tile(chances, (3, 1)))))
    war = [measure.name for measure in results.measures].index("war")
    within = results.standings[0].cells[0][war].within
    assert within is not None
    assert within.value == 0.25
    assert results.standings[0].together is not None
    assert results.standings[0].together[0].value == 0.25


def test_luck_alone_does_not_break_a_limit(ran: Ensemble) -> None:
    """Worlds that differ by luck only are all within the limit if their mean is, however their figures scatter."""
    noise = 0.04 * np.sqrt(2.0) * np.random.default_rng(1).normal(size=(2, WORLDS))
    first = 0.03 + np.tile(noise[0], (3, 1))
    both = (first + 0.03 + noise[1]) / 2.0
    results = performance_of(_set(ran, "war", _by_strategy(ran, both), _by_strategy(ran, first)))
    war = [measure.name for measure in results.measures].index("war")
    within = results.standings[0].cells[0][war].within
    assert within is not None
    assert (both[0] > 0.05).mean() > 0.2
    assert within.value > 0.95


def test_a_named_profile_is_the_mean_over_what_it_allows() -> None:
    study = standoff.load("korea")
    ensemble = study.run(worlds=16, replications=1, profile={"china": "compete", "dprk": ["pretend", "play_both"]})
    results = performance_of(ensemble)
    views = {standing.view.name: standing for standing in results.standings}
    assert set(views) == {"", "false_friend", "drifting_south"}
    players = ensemble.program.players
    chosen = ensemble.profiles["dprk"].to_numpy() == "pretend"
    by_hand = ensemble.payoff("us")[chosen & (ensemble.design.profiles[:, players.index("us")] == 3)].mean()
    assert views["false_friend"].cells[3][0].figure.value == pytest.approx(by_hand)


def test_worlds_with_an_unsound_profile_are_left_out_for_all(ran: Ensemble) -> None:
    counts, means = ran.counts.copy(), ran.means.copy()
    counts[4, 7], means[:, 4, 7] = 0, np.nan
    results = performance_of(replace(ran, counts=counts, means=means))
    assert (results.n_worlds, results.n_dropped) == (WORLDS - 1, 1)
    rest = np.delete(np.arange(WORLDS), 7)
    here = ran.design.profiles[:, 0] == 0
    by_hand = ran.payoff("north")[here][:, rest].mean()
    assert results.standings[0].cells[0][0].figure.value == pytest.approx(by_hand)


def test_no_sound_world_gives_no_standing(ran: Ensemble) -> None:
    results = performance_of(replace(ran, counts=np.zeros_like(ran.counts), means=np.full_like(ran.means, np.nan)))
    assert results.standings == ()
    assert results.n_dropped == WORLDS


def test_few_worlds_rank_nothing() -> None:
    few = standoff.load("rivals").run(worlds=FEWEST_WORLDS - 1, replications=2)
    standing = performance_of(few).standings[0]
    assert all(ranking is None for ranking in standing.rankings)
    assert standing.metrics is None


def test_one_replication_has_no_error_of_luck() -> None:
    cell = performance_of(standoff.load("rivals").run(worlds=32, replications=1)).standings[0].cells[0][0]
    assert cell.error_of_luck is None
    assert cell.figure.error > 0.0


def test_the_order_of_the_worlds_changes_no_figure(ran: Ensemble) -> None:
    turned = np.random.default_rng(2).permutation(WORLDS)
    again = replace(
        ran, means=ran.means[..., turned], errors=ran.errors[..., turned], halves=ran.halves[..., turned],
        counts=ran.counts[..., turned],
    )  # fmt: skip
    before, after = performance_of(ran).standings[0], performance_of(again).standings[0]
    for row, other in zip(before.cells, after.cells, strict=True):
        for cell, turned_cell in zip(row, other, strict=True):
            assert turned_cell.figure.value == pytest.approx(cell.figure.value)
            assert turned_cell.low == pytest.approx(cell.low)


def test_nothing_is_called_best_when_nothing_differs(ran: Ensemble) -> None:
    """The null study: strategies with the same effect, told apart by luck alone, in 20 seeds."""
    called = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        world = rng.normal(size=WORLDS)
        first, second = world + rng.normal(size=(2, 3, WORLDS))
        ensemble = _set(ran, "north", _by_strategy(ran, (first + second) / 2), _by_strategy(ran, first))
        ranking = performance_of(ensemble).standings[0].rankings[0]
        assert ranking is not None
        called += ranking.best is not None
    assert called <= 1
