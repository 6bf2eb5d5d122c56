"""Sobol' indices against the Ishigami function's closed form, and refusal of other designs."""

from __future__ import annotations

import numpy as np
import pytest

from standoff.analysis.findings import Inputs
from standoff.analysis.sensitivity import Sensitivity, measure_indices, sensitivity
from standoff.ensemble.saltelli import SCRAMBLES, saltelli_units
from standoff.ensemble.study import load
from standoff.questions.as_json import to_json
from standoff.words.sentences.sensitivity import sensitivity_sentences

NAMES = ("x1", "x2", "x3")
STUDY = """
clock: {start: 2025-01, step: year, steps: 1}
uncertainties:
  a: {about: A, range: [0, 1], judgement: any}
  b: {about: B, range: [0, 2], judgement: any}
  idle: {about: Idle, range: [0, 1], judgement: any}
draws: {luck: "normal(0, 1)"}
payoffs: {north: {each: "a"}}
outcomes:
  high: {measure: "mean(3 * a + b * b)", better: lower}
  lucky: {measure: "mean(b + luck)", better: lower}
"""


def uniform(unit):
    return np.pi * (2.0 * unit - 1.0)


def ishigami(n_base, seed=1):
    """Ishigami & Homma 1990, with a = 7 and b = 0.1."""
    units, _ = saltelli_units(NAMES, n_base, seed)
    inputs = Inputs(NAMES, np.ascontiguousarray(uniform(units).T))
    x1, x2, x3 = inputs.values.T
    return inputs, np.sin(x1) + 7.0 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1)


def test_intervals_of_ishigami_indices_hold_them_as_often_as_they_say():
    # Sobol' & Levitan 1999, Computer Physics Communications 117: closed form
    v1 = 0.5 * (1.0 + 0.1 * np.pi**4 / 5.0) ** 2
    v2 = 49.0 / 8.0
    v13 = 0.01 * np.pi**8 * (1.0 / 18.0 - 1.0 / 50.0)
    v = v1 + v2 + v13
    held = []
    for seed in range(30):
        found = measure_indices(*ishigami(512, seed))
        for name, first, total in zip(NAMES, (v1, v2, 0.0), (v1 + v13, v2, v13), strict=True):
            one, all_of = found.first[name], found.total[name]
            held += [one.low <= first / v <= one.high, all_of.low <= total / v <= all_of.high]
        assert found.variance == pytest.approx(v, rel=0.1)
    # 180 of 95 %, some of one seed: within three standard errors
    assert 0.90 <= np.mean(held) <= 0.995


def test_sequences_of_base_rows_are_scrambled_apart():
    units, row = saltelli_units(NAMES, 64 * SCRAMBLES, 1)
    first = units[0, np.flatnonzero(np.diff(row, prepend=-1))].reshape(SCRAMBLES, -1)
    # each a net by itself: one point in each of 64 slices, and in none at the same place
    assert (np.sort(np.floor(64 * first), axis=1) == np.arange(64)).all()
    assert np.unique(first).size == first.size


def test_rescaling_the_outcome_changes_no_index():
    inputs, y = ishigami(128)
    one, other = measure_indices(inputs, y), measure_indices(inputs, 100.0 - 8.0 * y)
    for name in NAMES:
        assert other.first[name].value == pytest.approx(one.first[name].value, abs=1e-9)
        assert other.total[name].high == pytest.approx(one.total[name].high, abs=1e-9)


def test_what_cannot_be_told_is_said_so():
    few, none = measure_indices(*rare(64, 1, 0.05)), measure_indices(rare(64, 1, 0.05)[0], np.zeros(320))
    said = sensitivity_sentences(load("rivals").model, Sensitivity({"raid": {"a": few}, "war": {"a": none}}))
    assert said[0].startswith("What moves raid cannot be told, as too few worlds differ in it: about ")
    assert said[1] == "“Risk of war” is the same in all these worlds; what moves it, if anything, cannot be told."


def rare(n_base, seed, chance):
    """1 where one input is in its upper tail."""
    units, _ = saltelli_units(NAMES, n_base, seed)
    inputs = Inputs(NAMES, np.ascontiguousarray(units.T))
    return inputs, (inputs.values[:, 0] > 1.0 - chance).astype(np.float64)


@pytest.mark.parametrize("seed", range(20))
def test_of_what_seldom_differs_nothing_is_told_but_how_many_rows_would_do(seed):
    found = measure_indices(*rare(64, seed, 0.01))
    assert not found.is_told
    assert found.variance == 0.0 or found.rows_wanted >= 1024
    assert all((figure.low, figure.high) == (0.0, 1.0) for figure in found.total.values())


def test_with_as_many_rows_as_are_wanted_it_is_told():
    found = measure_indices(*rare(4096, 1, 0.05))
    assert found.is_told
    assert found.rows_wanted is None
    assert found.first["x1"].low <= 1.0 <= found.total["x1"].high


def test_of_an_outcome_that_never_moved_nothing_is_told():
    """A rare event that no row drew looks as what cannot happen does."""
    inputs, y = ishigami(64)
    found = measure_indices(inputs, np.full(y.size, 3.0))
    assert found.variance == 0.0
    assert not found.is_told
    assert found.rows_wanted is None
    index = to_json(found)["total"]["x1"]
    assert (index["value"], index["low"], index["high"]) == (0.0, 0.0, 1.0)


def test_rows_of_a_group_differ_in_one_input_and_are_in_order():
    units, row = saltelli_units(NAMES, 64, 1)
    first = units.T[row == 5]
    assert [int((row != first[0]).sum()) for row in first] == [0, 1, 1, 1, 3]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda x: x[:-1], "319 rows are no multiple of 5"),
        (lambda x: x[:-5], "63 base rows are no multiple of 8"),
        (lambda x: x[::-1], "rows that should change `x1` alone do not"),
        (lambda x: np.random.default_rng(0).random(x.shape), "correlated inputs"),
        (lambda x: np.repeat(x[:1], len(x), axis=0), "no input differs"),
    ],
)
def test_another_design_is_refused(spoil, message):
    inputs, y = ishigami(64)
    values = np.ascontiguousarray(spoil(inputs.values))
    with pytest.raises(ValueError, match=message):
        measure_indices(Inputs(NAMES, values), y[: len(values)])


def test_correlated_inputs_are_refused():
    inputs, y = ishigami(64)
    mixed = inputs.values.copy()
    mixed[:, 1] += 0.5 * mixed[:, 0]
    with pytest.raises(ValueError, match="correlated"):
        measure_indices(Inputs(NAMES, mixed), y)


def test_a_missing_outcome_is_refused():
    inputs, y = ishigami(64)
    y[17] = np.nan
    with pytest.raises(ValueError, match="row 17"):
        measure_indices(inputs, y)


@pytest.mark.parametrize("n_base", [0, 32, 100])
def test_a_base_that_is_no_power_of_two_is_refused(n_base):
    with pytest.raises(ValueError, match="power of two"):
        saltelli_units(NAMES, n_base, 1)


def test_a_study_run_on_a_saltelli_design_tells_what_moves_its_outcomes(study_of):
    """y = 3 a + b² with a uniform on 0 to 1, b on 0 to 2: variances 3/4 and 64/45, and no joint effect."""
    study = study_of(STUDY)
    ensemble = study.run(worlds=512, replications=2, design="saltelli")
    assert ensemble.design.worlds.size == 512 * 5
    assert np.array_equal(ensemble.design.worlds.streams, np.repeat(np.arange(512), 5))
    found = sensitivity(ensemble)
    assert list(found.indices) == ["high", "lucky", "payoff of north"]
    first, total = found.indices["high"]["acts"].first, found.indices["high"]["acts"].total
    exact = {"a": 135 / 391, "b": 256 / 391, "idle": 0.0}
    for name, share in exact.items():
        assert first[name].value == pytest.approx(share, abs=0.02)
        assert total[name].value == pytest.approx(share, abs=0.02)
    # luck that rows share is no assumption's doing
    assert found.indices["lucky"]["acts"].total["idle"].value == 0.0
    assert sensitivity_sentences(study.model, found)[0].startswith("High is moved most by “B” (6")
    assert "of its variance is joint, or luck's" in sensitivity_sentences(study.model, found)[1]


def test_only_a_saltelli_design_serves(study_of):
    study = study_of(STUDY)
    with pytest.raises(ValueError, match="a latin hypercube design, and Sobol indices need a Saltelli design"):
        sensitivity(study.run(worlds=64, replications=1))
    with pytest.raises(ValueError, match="no outcome of every future is named `low`; there are high, lucky"):
        sensitivity(study.run(worlds=64, replications=1, design="saltelli"), ["low"])
    with pytest.raises(ValueError, match="power of two, at least 64"):
        study.run(worlds=100, design="saltelli")


def test_correlated_assumptions_are_refused_unless_one_is_held(study_of):
    study = study_of(STUDY + "correlated: [{of: [a, b], rank: 0.5}]\n")
    with pytest.raises(ValueError, match="the study correlates `a` with `b`; hold one"):
        study.run(worlds=64, replications=1, design="saltelli")
    held = study.run(worlds=64, replications=1, design="saltelli", set={"a": 0.5})
    assert held.design.worlds.size == 64 * 4
    assert set(sensitivity(held).indices["high"]["acts"].first) == {"b", "idle"}
