"""The value of knowing, against closed forms; nothing where there is nothing; flips and their sentences."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from standoff.analysis.findings import Inputs
from standoff.analysis.linchpins.effort import Effort
from standoff.analysis.linchpins.residuals import take_out_others
from standoff.analysis.linchpins.worth import measure_worths
from standoff.analysis.runs.payoffs import Payoffs
from standoff.analysis.statistics.ranks import rank_values
from standoff.analysis.statistics.regression import assign_folds, spline_basis
from standoff.questions.as_json import to_json

LEAD = 0.3
SLOPES = (1.0, 0.5, 0.0, 0.0)


def two_options(seed, n_worlds=2048):
    """b is better than a by 0.3 + p + 0.5 q, with standard normal p and q; r moves both alike, s nothing."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(n_worlds, 4))
    both = 3.0 * x[:, 2]
    truth = np.stack([both, both + LEAD + x @ np.array(SLOPES)])
    halves = truth[:, :, None] + random.normal(0.0, 1.0, (2, n_worlds, 2))
    return Payoffs(("a", "b"), halves.mean(axis=2), Inputs(tuple("pqrs"), x), halves)


def value_of(sd):
    """E max(0, N(0.3, sd²)) − 0.3: Raiffa & Schlaifer 1961, the unit normal linear loss integral."""
    return LEAD * norm.cdf(LEAD / sd) + sd * norm.pdf(LEAD / sd) - LEAD


@pytest.fixture(scope="module")
def found():
    """Twenty seeds of the two options."""
    few = Effort(permutations=99, pair_permutations=39)
    return [measure_worths(two_options(seed), effort=few) for seed in range(20)]


def pick(linchpin_list, *names):
    return next(pin for pin in linchpin_list if pin.names == names)


@pytest.mark.parametrize(("name", "sd"), [("p", 1.0), ("q", 0.5)])
def test_evppi_of_one_input_is_the_closed_form(found, name, sd):
    figures = [pick(of.alone, name).evppi for of in found]
    # of 20 intervals of 95 %, fewer than 17 hold in one test of sixty
    assert sum(f.low <= value_of(sd) <= f.high for f in figures) >= 17
    standard_error = np.mean([f.error for f in figures]) / np.sqrt(len(figures))
    assert np.mean([f.value for f in figures]) == pytest.approx(value_of(sd), abs=3.0 * standard_error)
    assert all(f.low > 0.0 for f in figures)


def test_evppi_of_a_pair_is_the_closed_form(found):
    exact = value_of(np.sqrt(1.25))
    figures = [pick(of.pairs, "p", "q").evppi for of in found]
    assert sum(f.low <= exact <= f.high for f in figures) >= 19
    assert np.mean([f.value for f in figures]) == pytest.approx(exact, rel=0.06)
    beyond = [pick(of.pairs, "p", "q").beyond.value for of in found]
    assert np.mean(beyond) == pytest.approx(exact - value_of(1.0), rel=0.3)


def test_evpi_is_the_closed_form_and_shares_are_of_it(found):
    exact = value_of(np.sqrt(1.25))
    assert np.mean([of.evpi.value for of in found]) == pytest.approx(exact, rel=0.06)
    share = pick(found[0].alone, "p").share
    assert share == pytest.approx(value_of(1.0) / exact, abs=0.15)


@pytest.mark.parametrize("name", ["r", "s"])
def test_the_interval_of_an_input_that_does_not_matter_holds_zero(found, name):
    assert sum(pick(of.alone, name).evppi.holds_zero for of in found) >= 19


def test_linchpins_are_ranked_by_value(found):
    assert [pin.names[0] for pin in found[0].alone][:2] == ["p", "q"]


def test_the_flip_point_is_where_the_conditional_means_cross(found):
    told = [of.flips["p"].flips[0] for of in found]
    assert all((flip.before, flip.after, flip.is_significant) == ("a", "b", True) for flip in told)
    # a 95 % interval misses more than three times in twenty with a chance of 0.02
    assert sum(flip.at.low <= -LEAD <= flip.at.high for flip in told) >= 17
    assert np.mean([flip.at.value for flip in told]) == pytest.approx(-LEAD, abs=0.03)


def test_another_stream_of_folds_shuffles_and_resamples_says_the_same(found):
    """No stream is picked: eight studies, each under its own, beside the first one's answer."""
    held = 0
    for seed in range(8):
        again = measure_worths(
            two_options(seed), effort=Effort(pairs=False, permutations=99, resamples=40, seed=seed + 1)
        )
        for name, sd in (("p", 1.0), ("q", 0.5)):
            one, other = (pick(of.alone, name).evppi for of in (found[seed], again))
            assert abs(one.value - other.value) < one.error
            assert other.low > 0.0
            held += other.low <= value_of(sd) <= other.high
        (flip,) = again.flips["p"].flips
        assert flip.is_significant
        assert flip.at.low <= -LEAD <= flip.at.high
    assert held >= 14


def test_zones_lie_below_above_and_between(found):
    zones = found[0].flips["p"].zones
    assert [zone.strategies for zone in zones] == [("a",), ("a", "b"), ("b",)]
    assert zones[1].low < -LEAD < zones[1].high


def test_what_moves_the_state_is_told_from_what_moves_the_choice():
    payoffs = two_options(0)
    x = payoffs.inputs.values
    war = np.stack([x[:, 2] + 0.5 * x[:, 0]] * 2)
    answer = measure_worths(payoffs, outcomes={"war": war}, effort=Effort(pairs=False, resamples=20))
    assert answer.state_only == ("r",)
    assert answer.effects["war"]["r"] == pytest.approx(0.8, abs=0.05)
    assert answer.effects["war"]["s"] < 0.01


def null_payoffs(seed):
    random = np.random.default_rng(seed)
    x = random.random((1024, 4))
    truth = 10.0 * x[:, 0] + 5.0 * x[:, 1] * x[:, 2] + 3.0 * (x[:, 3] > 0.5)
    halves = truth[:, None] + random.normal(0.0, 20.0 / np.sqrt(8.0), (5, 1024, 2))
    inputs = Inputs(tuple(f"u{j}" for j in range(4)), x)
    return Payoffs(tuple("abcde"), halves.mean(axis=2), inputs, halves)


def test_no_evppi_of_strategies_with_the_same_effect_is_above_zero():
    answers = [measure_worths(null_payoffs(seed), effort=Effort(permutations=99, resamples=40)) for seed in range(20)]
    clean = [all(pin.evppi.holds_zero for pin in (*of.alone, *of.pairs)) for of in answers]
    assert sum(clean) >= 19
    assert sum(pin.beyond.low > 0.0 for of in answers for pin in of.pairs) == 0
    cautious = [all(len(zone.strategies) > 1 for flips in of.flips.values() for zone in flips.zones) for of in answers]
    assert np.mean(cautious) > 0.5


def three_rules(seed, n_worlds=2000):
    """Which of three is best turns on a level and on two values of u."""
    random = np.random.default_rng(seed)
    x = np.column_stack([random.uniform(0.0, 10.0, n_worlds), random.integers(0, 3, n_worlds), random.random(n_worlds)])
    bonus = np.array([0.0, 3.0, -3.0])[x[:, 1].astype(int)]
    truth = np.stack([4.0 - x[:, 0], np.full(n_worlds, 0.0) + bonus, x[:, 0] - 7.0])
    halves = truth[:, :, None] + random.normal(0.0, 1.0, (3, n_worlds, 2))
    inputs = Inputs(("u", "regime", "v"), x, {"regime": ("mild", "lax", "strict")}, {"u": "warhead"})
    return Payoffs(("quit", "wait", "push"), halves.mean(axis=2), inputs, halves)


def test_two_flips_along_one_input():
    answer = measure_worths(three_rules(0), effort=Effort(pairs=False, permutations=99))
    changes = [(flip.before, flip.after) for flip in answer.flips["u"].flips]
    assert changes == [("quit", "wait"), ("wait", "push")]
    assert [flip.at.value for flip in answer.flips["u"].flips] == pytest.approx([4.0, 7.0], abs=0.3)
    told = [zone.strategies[0] for zone in answer.flips["u"].zones if len(zone.strategies) == 1]
    assert list(dict.fromkeys(told)) == ["quit", "wait", "push"]


def test_levels_are_told_one_by_one():
    answer = measure_worths(three_rules(1), effort=Effort(pairs=False, permutations=99))
    regime = answer.flips["regime"]
    assert regime.levels == (0.0, 1.0, 2.0)
    assert next(zone.strategies for zone in regime.zones if zone.low <= 1.0 <= zone.high) == ("wait",)
    assert answer.flips["regime"].flips == ()


def test_a_correlated_input_shares_the_value():
    payoffs = two_options(3)
    x = payoffs.inputs.values.copy()
    x[:, 3] = 0.8 * x[:, 0] + 0.6 * x[:, 3]
    answer = measure_worths(
        replace(payoffs, inputs=Inputs(payoffs.inputs.names, x)), effort=Effort(pairs=False, permutations=99)
    )
    # knowing s tells 0.8 of p; the rest stays unknown
    figure = pick(answer.alone, "s").evppi
    assert figure.low <= value_of(0.8) <= figure.high
    assert figure.low > 0.0


def test_weights_move_the_flip_of_nothing_but_the_value():
    payoffs = two_options(4)
    heavy = np.where(payoffs.inputs.values[:, 0] < -LEAD, 4.0, 1.0)
    even, tilted = (
        measure_worths(payoffs, effort=Effort(pairs=False)),
        measure_worths(replace(payoffs, weights=heavy), effort=Effort(pairs=False)),
    )
    one, other = even.flips["p"].flips[0].at, tilted.flips["p"].flips[0].at
    assert other.low <= one.value <= other.high
    assert pick(tilted.alone, "p").evppi.value > pick(even.alone, "p").evppi.value


def same(one, other, scale=1.0):
    for pin in one.alone + one.pairs:
        twin = next(t for t in other.alone + other.pairs if t.names == pin.names)
        assert twin.evppi.value == pytest.approx(scale * pin.evppi.value, rel=1e-6, abs=1e-9)
        assert twin.evppi.high == pytest.approx(scale * pin.evppi.high, rel=1e-6, abs=1e-9)
        assert twin.p_value == pytest.approx(pin.p_value)


@pytest.fixture(scope="module")
def once():
    payoffs = two_options(5, 512)
    return payoffs, measure_worths(payoffs, effort=Effort(permutations=99))


def test_relabelling_strategies_changes_no_value(once):
    payoffs, answer = once
    turned = Payoffs(("b", "a"), payoffs.mean[::-1], payoffs.inputs, payoffs.halves[::-1])
    other = measure_worths(turned, effort=Effort(permutations=99))
    same(answer, other)
    assert [sorted(z.strategies) for z in other.flips["p"].zones] == [
        sorted(z.strategies) for z in answer.flips["p"].zones
    ]


def test_rescaling_payoffs_rescales_every_value(once):
    payoffs, answer = once
    scaled = replace(payoffs, mean=payoffs.mean * 8.0 - 3.0, halves=payoffs.halves * 8.0 - 3.0)
    same(answer, measure_worths(scaled, effort=Effort(permutations=99)), 8.0)


def test_reordering_worlds_changes_no_value(once):
    payoffs, answer = once
    order = np.random.default_rng(0).permutation(512)
    turned = Payoffs(payoffs.names, payoffs.mean[:, order], payoffs.inputs.rows(order), payoffs.halves[:, order])
    other = measure_worths(turned, effort=Effort(permutations=99))
    same(answer, other)
    assert other.flips["p"].flips[0].at.low == pytest.approx(answer.flips["p"].flips[0].at.low)


def test_identical_strategies_and_a_constant_input_have_no_value():
    random = np.random.default_rng(0)
    x = np.column_stack([random.random(300), np.full(300, 2.0)])
    mean = np.repeat(random.normal(size=(1, 300)), 2, axis=0)
    answer = measure_worths(Payoffs(("a", "b"), mean, Inputs(("u", "fixed"), x), np.stack([mean, mean], axis=2)))
    assert all(pin.evppi.value == 0.0 and not pin.is_significant for pin in answer.alone + answer.pairs)
    assert [zone.strategies for zone in answer.flips["fixed"].zones] == [("a", "b")]


def test_one_strategy_is_best_whatever_happens():
    payoffs = two_options(0, 256)
    alone = Payoffs(("a",), payoffs.mean[:1], payoffs.inputs, payoffs.halves[:1])
    answer = measure_worths(alone, effort=Effort(permutations=99))
    assert [zone.strategies for zone in answer.flips["p"].zones] == [("a",)]
    json.dumps(to_json(answer), allow_nan=False)


def test_too_few_permutations_are_refused():
    with pytest.raises(ValueError, match="at least 99"):
        measure_worths(two_options(0, 256), effort=Effort(permutations=10))


def test_what_others_explain_is_the_same_ridge_over_terms_and_over_worlds():
    random = np.random.default_rng(3)
    inputs = Inputs(tuple(f"x{i}" for i in range(30)), random.normal(size=(60, 30)))
    folds = assign_folds(inputs, 5, 0)
    y = random.normal(size=(2, 60))
    left = take_out_others(Payoffs(("a", "b"), y, inputs, np.stack([y, y], axis=2)), folds)
    apart = (y - y.mean(axis=0)).T
    bases = [spline_basis(rank_values(np.ascontiguousarray(column)) / 60, 3) for column in inputs.values.T]
    design, fit = np.column_stack(bases), folds != 2
    assert design.shape[1] > 60  # more terms than worlds, which is where they are solved over worlds
    square = design[fit].T @ design[fit] + (1.0 + design.shape[1]) * np.eye(design.shape[1])
    slopes = np.linalg.solve(square, design[fit].T @ (apart[fit] - apart[fit].mean(axis=0)))
    assert left.rest[:, 2] == pytest.approx(apart - design @ slopes, abs=1e-10)
