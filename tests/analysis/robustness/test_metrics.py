"""What holds up: by hand, in closed form, on strategies that are all the same, and whatever the labels."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import false_discovery_control
from scipy.stats import t as student
from shapes import equal_strategies

from standoff.analysis.findings import Inputs
from standoff.analysis.robustness.metrics import explain, measure_robustness
from standoff.analysis.robustness.regret import _discovered, measure_regret
from standoff.analysis.robustness.satisficing import Bound, Measured, satisficing
from standoff.analysis.robustness.tails import measure_tails
from standoff.analysis.runs.payoffs import Payoffs
from standoff.analysis.runs.views import answer_worst
from standoff.analysis.statistics.ranking import rank
from standoff.analysis.statistics.regression import assign_folds
from standoff.base.chance.sampling import unit_columns
from standoff.questions.as_json import to_json

TABLE = np.array([[10.0, 2.0, 6.0, 4.0], [7.0, 5.0, 5.0, 5.0], [1.0, 9.0, 3.0, 8.0]])
COST = np.array([[1.0, 1.0, 4.0, 2.0], [3.0, 3.0, 3.0, 4.0], [0.0, 5.0, 0.0, 1.0]])
FOUR = Inputs(("u",), np.arange(4.0)[:, None])


def twice(values):
    return np.stack([values, values], axis=-1)


def by_hand(weights=None):
    return Payoffs(("a", "b", "c"), TABLE, FOUR, twice(TABLE), weights)


def same_effect(seed, n_worlds=1024, n_inputs=4):
    """Five strategies with one effect and luck of their own, 16 replications in two batches."""
    random = np.random.default_rng(seed)
    x = random.random((n_worlds, n_inputs))
    truth = 10.0 * x[:, 0] + 5.0 * x[:, 1] * x[:, 2] + 3.0 * (x[:, 3] > 0.5)
    halves = truth[:, None] + random.normal(0.0, 20.0 / np.sqrt(8.0), (5, n_worlds, 2))
    inputs = Inputs(tuple(f"u{j}" for j in range(n_inputs)), x)
    return Payoffs(tuple("abcde"), halves.mean(axis=2), inputs, halves)


def four_rules(seed, n_worlds=2048, noise=3.0):
    """Strategies whose order depends on three of ten inputs; returns payoffs and the truth."""
    random = np.random.default_rng(seed)
    x = random.random((n_worlds, 10))
    truth = np.stack(
        [8.0 * x[:, 0], 4.0 + 3.0 * x[:, 1], 12.0 * x[:, 0] * x[:, 2], 3.0 + 2.0 * (x[:, 3] > 0.6) + x[:, 0]]
    )
    halves = truth[:, :, None] + random.normal(0.0, noise, (4, n_worlds, 2))
    inputs = Inputs(tuple(f"u{j}" for j in range(10)), x)
    return Payoffs(tuple("abcd"), halves.mean(axis=2), inputs, halves), truth


def test_regret_is_that_of_the_hand_made_table():
    found = measure_regret(by_hand())
    expected = np.array([[0.0, 7.0, 0.0, 4.0], [3.0, 4.0, 1.0, 3.0], [9.0, 0.0, 3.0, 0.0]])
    np.testing.assert_allclose(found.by_world_raw, expected, atol=1e-12)
    np.testing.assert_allclose(found.by_world, expected, atol=1e-12)
    assert {name: figure.value for name, figure in found.mean.items()} == pytest.approx(
        {"a": 2.75, "b": 2.75, "c": 3.0}
    )
    assert {name: figure.value for name, figure in found.worst.items()} == pytest.approx({"a": 7.0, "b": 4.0, "c": 9.0})
    assert found.surely_best == pytest.approx({"a": 0.5, "b": 0.0, "c": 0.5})


def test_the_worst_world_and_decile_of_the_hand_made_table():
    found = measure_tails(by_hand())
    for figures in (found.worst_world, found.worst_decile):
        assert {name: figure.value for name, figure in figures.items()} == pytest.approx({"a": 2.0, "b": 5.0, "c": 1.0})


def test_weights_count_worlds_as_often_as_they_say():
    found = measure_regret(by_hand(np.array([1.0, 1.0, 1.0, 5.0])))
    assert found.mean["a"].value == pytest.approx(27.0 / 8.0)
    assert found.mean["c"].value == pytest.approx(12.0 / 8.0)


def test_satisficing_is_that_of_the_hand_made_table():
    bounds = (Bound("peace", 5.0, "higher"), Bound("cost", 3.0))
    outcomes = np.array([TABLE, COST])
    found = satisficing(("a", "b", "c"), bounds, Measured(outcomes, FOUR, halves=twice(outcomes)))
    alone = [[within.share.value for within in found.alone[name]] for name in "abc"]
    np.testing.assert_allclose(alone, [[0.5, 0.75], [1.0, 0.75], [0.5, 0.75]])
    together = {name: figure.value for name, figure in found.together.items()}
    assert together == pytest.approx({"a": 0.25, "b": 0.75, "c": 0.25}) == found.together_raw
    # without the limit on peace, `a` would keep the limit on cost in three worlds instead of one
    assert [within.binds for within in found.alone["a"]] == pytest.approx([0.5, 0.25])
    assert found.alone["a"][0].margin == pytest.approx((-3.0, -1.0, 5.0))
    assert found.alone["c"][1].limit_for_most == pytest.approx(5.0)


@pytest.fixture(scope="module")
def null_study():
    return [measure_robustness(same_effect(seed)) for seed in range(20)]


def test_regret_of_strategies_with_the_same_effect_includes_zero(null_study):
    held = [all(f.holds_zero for f in (*found.regret.mean.values(), found.regret.evpi)) for found in null_study]
    assert sum(held) >= 19
    # and the raw figures would have said otherwise
    assert min(found.regret.mean_raw["a"] for found in null_study) > 4.0


def test_no_strategy_with_the_same_effect_is_called_best(null_study):
    assert sum(found.ranking.best is None for found in null_study) >= 19
    assert all(set(found.ranking.may_be_best) > set() for found in null_study)
    assert np.mean([max(found.regret.surely_best.values()) for found in null_study]) < 0.1


def test_corrected_regret_is_near_the_truth_where_the_raw_is_not():
    gaps, raw = [], []
    for seed in range(4):
        payoffs, truth = four_rules(seed)
        regret = truth.max(axis=0) - truth
        found = measure_regret(payoffs)
        gaps += [found.mean[name].value - regret[s].mean() for s, name in enumerate(payoffs.names)]
        raw += [found.mean_raw[name] - regret[s].mean() for s, name in enumerate(payoffs.names)]
        by_world = np.abs(found.by_world - regret).mean()
        assert by_world < 0.5 * np.abs(found.by_world_raw - regret).mean()
    assert np.abs(gaps).max() < 0.3
    assert np.mean(gaps) == pytest.approx(0.0, abs=0.1)
    assert np.mean(raw) > 0.8


def test_the_worst_decile_is_near_the_truth_where_the_raw_is_not():
    payoffs, truth = four_rules(1)
    found = measure_tails(payoffs)
    for s, name in enumerate(payoffs.names):
        exact = np.sort(truth[s])[:205].mean()
        figure = found.worst_decile[name]
        assert abs(figure.value - exact) < 0.5 < exact - found.worst_decile_raw[name]


def test_the_worst_decile_is_within_its_error_whether_foreseen_or_hidden():
    """Payoffs that fall off evenly from 0 to 12, told by one input or by none, under luck of nearly their spread."""
    for is_seen in (True, False):
        away, told = [], []
        for seed in range(12):
            random = np.random.default_rng(seed)
            truth, x = 12.0 * random.random(1024), random.random((1024, 2))
            x[:, 0] = truth if is_seen else x[:, 0]
            halves = truth[None, :, None] + random.normal(0.0, 4.0, (1, 1024, 2))
            found = measure_tails(Payoffs(("a",), halves.mean(axis=2), Inputs(("u", "v"), x), halves))
            away.append(found.worst_decile["a"].value - 0.6)
            told.append(found.worst_decile["a"].error)
            assert found.worst_decile_raw["a"] < -1.0
        assert np.sum(np.abs(away) < 1.96 * np.array(told)) >= 11
        assert np.mean(told) < (0.5 if is_seen else 1.5)


@pytest.mark.parametrize("seed", range(3))
def test_the_share_of_worlds_within_a_limit_is_right_for_wars_of_known_chance(seed):
    random = np.random.default_rng(seed)
    n_worlds = 4096
    x = random.random((n_worlds, 10))
    chance = np.stack(
        [0.1 * x[:, 0], 0.2 * x[:, 0] * x[:, 1], 1.0 / (1.0 + np.exp(6.0 - 4.0 * x[:, 0] - 2.0 * x[:, 2]))]
    )
    halves = random.binomial(8, np.repeat(chance[:, :, None], 2, axis=2)) / 8.0
    inputs = Inputs(tuple(f"u{j}" for j in range(10)), x)
    found = satisficing(
        tuple("abc"), (Bound("war", 0.05),), Measured(halves.mean(axis=2)[None], inputs, halves=halves[None])
    )
    for s, name in enumerate("abc"):
        exact = (chance[s] <= 0.05).mean()
        share = found.alone[name][0].share
        assert share.value == pytest.approx(exact, abs=0.03)
        assert share.low <= exact <= share.high
    assert abs(found.alone["c"][0].share_raw - (chance[2] <= 0.05).mean()) > 0.05


def test_errors_of_worlds_and_of_replications_are_told_apart():
    random = np.random.default_rng(0)
    truth = random.normal(0.0, 3.0, 4000)
    halves = truth[:, None] + random.normal(0.0, 2.0, (4000, 4))
    inputs = Inputs(("u",), truth[:, None])
    found = measure_robustness(Payoffs(("a",), halves.mean(axis=1)[None], inputs, halves[None]))
    expected = found.expected["a"]
    assert expected.error_of_worlds == pytest.approx(3.0 / np.sqrt(4000), rel=0.05)
    assert expected.error_of_replications == pytest.approx(1.0 / np.sqrt(4000), rel=0.05)
    assert expected.payoff.error == pytest.approx(np.hypot(3.0, 1.0) / np.sqrt(4000), rel=0.05)
    assert found.ranking.best == "a"


def test_the_best_is_called_and_luck_in_common_helps():
    random = np.random.default_rng(1)
    luck = random.normal(0.0, 10.0, 500)
    figures = np.stack([luck, luck + 0.1 + random.normal(0.0, 0.2, 500), luck - 1.0])
    found = rank(("a", "b", "c"), figures)
    assert (found.best, found.order) == ("b", ("b", "a", "c"))
    assert found.against_best["b"].low >= 0.0 > found.against_best["c"].high - 1e-12
    assert found.best == "b"


def test_when_two_cannot_be_told_the_worlds_needed_are_named():
    random = np.random.default_rng(2)
    figures = np.stack([random.normal(0.3, 1.0, 50), random.normal(0.0, 1.0, 50), random.normal(-5.0, 1.0, 50)])
    found = rank(("a", "b", "c"), figures)
    assert found.best is None
    assert set(found.may_be_best) == {"a", "b"}
    more = found.worlds_needed
    gap, error = abs(found.difference[0, 1]), found.error[0, 1]
    # at that many worlds the gap would just exceed its margin, for three pairs to both sides
    assert gap == pytest.approx(student.isf(0.03 / 6.0, 49) * error * np.sqrt(50 / more), rel=0.01)
    assert found.n_worlds == 50


def test_identical_strategies_do_equally_well_and_no_number_of_worlds_helps():
    found = rank(("a", "b"), np.ones((2, 100)) * np.arange(100.0))
    assert (found.best, found.worlds_needed) == (None, None)
    assert found.worlds_needed is None


def test_other_weightings_rank_again():
    weights = np.array([100.0, 1.0, 100.0, 1.0])
    found = measure_robustness(by_hand(), {"war is likely": weights})
    assert found.weightings["war is likely"].order == ("a", "b", "c")


def test_the_frontier_leaves_out_what_another_beats_in_both():
    payoffs, _ = four_rules(2)
    points = {point.name: point for point in measure_robustness(payoffs).frontier}
    assert points["b"].on_frontier and points["b"].beaten_by == ()
    assert not points["c"].on_frontier and "b" in points["c"].beaten_by


def test_the_adversary_picks_the_worst_reply_without_seeing_the_world():
    random = np.random.default_rng(3)
    payoff = random.normal(0.0, 1.0, (2, 3, 300))
    payoff[0, 2] -= 3.0
    payoff[1, 1] -= 3.0
    alike = np.full(300, 1.0 / 300)
    np.testing.assert_array_equal(answer_worst(payoff, alike), [[0.0, 0.0, 1.0], [0.0, 1.0, 0.0]])


def test_an_adversary_among_replies_of_one_mean_gains_no_more_than_luck():
    """Thirty replies whose payoffs swing by ten with the worlds and are nought on average, on an even design."""
    names, found = tuple(f"u{j}" for j in range(6)), []
    for seed in range(20):
        random = np.random.default_rng(seed)
        x = unit_columns(names, 1024, seed, "latin hypercube")
        swing = 10.0 * np.sqrt(12.0) * (x[random.integers(0, 6, 30)] - 0.5)
        payoff = swing * random.choice([-1.0, 1.0], (30, 1)) + random.normal(0.0, 5.0, (30, 1024))
        found.append((answer_worst(payoff[None], np.full(1024, 1.0 / 1024)) @ payoff.mean(axis=1)).item())
    # a standard error of luck is 0.16; the least of thirty lies two of them down (Tippett 1925)
    assert np.mean(found) == pytest.approx(-2.04 * 5.0 / 32.0, abs=0.06)


def test_relabelling_strategies_relabels_the_answer():
    payoffs, _ = four_rules(4, 512)
    turned = Payoffs(tuple("dcba"), payoffs.mean[::-1], payoffs.inputs, payoffs.halves[:, :, :][::-1])
    one, other = measure_robustness(payoffs), measure_robustness(turned)
    assert one.ranking.order == other.ranking.order
    for name in payoffs.names:
        assert other.regret.mean[name].value == pytest.approx(one.regret.mean[name].value, rel=1e-6, abs=1e-9)
        assert other.tails.worst_decile[name].low == pytest.approx(one.tails.worst_decile[name].low, rel=1e-6)


def test_rescaling_payoffs_rescales_the_answer():
    payoffs, _ = four_rules(5, 512)
    scaled = replace(payoffs, mean=payoffs.mean * 4.0 + 7.0, halves=payoffs.halves * 4.0 + 7.0)
    one, other = measure_robustness(payoffs), measure_robustness(scaled)
    assert one.ranking.may_be_best == other.ranking.may_be_best
    for name in payoffs.names:
        assert other.regret.mean[name].high == pytest.approx(4.0 * one.regret.mean[name].high, rel=1e-6)
        assert other.tails.worst_world[name].value == pytest.approx(4.0 * one.tails.worst_world[name].value + 7.0)


def test_reordering_worlds_changes_nothing():
    payoffs, _ = four_rules(6, 512)
    order = np.random.default_rng(0).permutation(512)
    turned = Payoffs(payoffs.names, payoffs.mean[:, order], payoffs.inputs.rows(order), payoffs.halves[:, order])
    one, other = measure_robustness(payoffs), measure_robustness(turned)
    for name in payoffs.names:
        assert other.regret.mean[name].low == pytest.approx(one.regret.mean[name].low, rel=1e-6, abs=1e-9)
    np.testing.assert_allclose(other.regret.by_world, one.regret.by_world[:, order], atol=1e-6)


def test_the_answer_is_plain_data():
    text = json.dumps(to_json(measure_robustness(by_hand())), allow_nan=False)
    assert json.loads(text)["regret"]["mean"]["b"]["value"] == pytest.approx(2.75)


def test_without_batches_the_worlds_own_figures_only_value():
    payoffs, truth = four_rules(7)
    found = measure_regret(replace(payoffs, halves=None))
    regret = (truth.max(axis=0) - truth).mean(axis=1)
    assert found.mean["c"].value == pytest.approx(regret[2], abs=0.4)
    assert found.mean_raw["c"] > regret[2] + 0.7


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mean": TABLE[:2]}, "for 3 strategies and 4 worlds"),
        ({"mean": TABLE * np.nan}, "must be finite"),
        ({"halves": TABLE[:, :, None]}, "halves of shape"),
        ({"weights": np.array([1.0, -1.0, 0.0, 0.0])}, "none negative"),
    ],
)
def test_wrong_payoffs_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        replace(by_hand(), **change)


def test_wrong_outcomes_are_refused():
    with pytest.raises(ValueError, match="expected"):
        satisficing(("a", "b"), (Bound("war", 0.1),), Measured(TABLE[None], FOUR))
    with pytest.raises(ValueError, match="better is"):
        Bound("war", 0.1, "less")


def test_errors_on_a_latin_hypercube_are_those_of_one():
    """Owen 1992: what is a sum over single inputs is integrated almost exactly, and only the rest has an error."""
    names = tuple(f"u{j}" for j in range(6))
    away, told, plain = [], [], []
    for seed in range(60):
        x = unit_columns(names, 256, seed, "latin hypercube").T
        lead = 3.0 * x[:, 0] ** 2 - 2.0 * x[:, 1] + 4.0 * (x[:, 2] - 0.5) * (x[:, 3] - 0.5)
        luck = np.random.default_rng(seed).normal(0.0, 0.7, (2, 256, 2))
        halves = np.stack([np.zeros(256), lead])[:, :, None] + luck
        payoffs = Payoffs(("a", "b"), halves.mean(axis=2), Inputs(names, np.ascontiguousarray(x)), halves)
        design = replace(payoffs, stratified=payoffs.inputs)
        even = rank(payoffs.names, payoffs.mean, explained=explain(design, folds_of(payoffs)))
        away.append(even.difference[1, 0])
        told.append(even.error[1, 0])
        plain.append(rank(payoffs.names, payoffs.mean).error[1, 0])
    assert explain(payoffs, folds_of(payoffs)) is None
    # the truth is 3/3 - 2/2 = 0; 60 values tell a spread to a tenth
    assert np.std(away) == pytest.approx(np.mean(told), rel=0.25)
    assert np.mean(np.abs(away) < 1.96 * np.array(told)) >= 0.9
    assert np.mean(told) < 0.7 * np.mean(plain)


def folds_of(payoffs):
    return assign_folds(payoffs.inputs)


@pytest.mark.parametrize("n_strategies", [2, 6])
def test_of_strategies_that_do_the_same_one_is_seldom_best(n_strategies):
    """At most one study in twenty; and hardly ever so that more futures would not change it."""
    found = [rank(p.names, p.mean) for p in (equal_strategies(n_strategies, seed) for seed in range(200))]
    assert sum(ranking.best is not None for ranking in found) <= 14
    assert sum(ranking.is_settled for ranking in found) <= 3


def test_discoveries_are_adjusted_as_scipy_does():
    chance = np.random.default_rng(3).random(200) ** 3
    np.testing.assert_allclose(_discovered(chance), false_discovery_control(chance))
