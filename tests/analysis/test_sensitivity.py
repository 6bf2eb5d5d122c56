"""Sobol' indices against the Ishigami function's closed form, and refusal of other designs."""

from __future__ import annotations

import numpy as np
import pytest

from standoff.analysis.findings import Inputs, to_json
from standoff.analysis.sensitivity import design_saltelli, measure_indices

NAMES = ("x1", "x2", "x3")


def uniform(unit):
    return np.pi * (2.0 * unit - 1.0)


def ishigami(n_base, seed=1):
    """Ishigami & Homma 1990, with a = 7 and b = 0.1."""
    inputs = design_saltelli(NAMES, n_base, seed).transform(dict.fromkeys(NAMES, uniform))
    x1, x2, x3 = inputs.values.T
    return inputs, np.sin(x1) + 7.0 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_ishigami_indices_lie_in_their_intervals(seed):
    # Sobol' & Levitan 1999, Computer Physics Communications 117: closed form
    v1 = 0.5 * (1.0 + 0.1 * np.pi**4 / 5.0) ** 2
    v2 = 49.0 / 8.0
    v13 = 0.01 * np.pi**8 * (1.0 / 18.0 - 1.0 / 50.0)
    v = v1 + v2 + v13
    found = measure_indices(*ishigami(1024, seed))
    for name, first, total in zip(NAMES, (v1, v2, 0.0), (v1 + v13, v2, v13), strict=True):
        assert found.first[name].low <= first / v <= found.first[name].high
        assert found.total[name].low <= total / v <= found.total[name].high
    assert found.variance == pytest.approx(v, rel=0.03)
    assert found.total["x2"].high - found.total["x2"].low < 0.2


def test_rescaling_the_outcome_changes_no_index():
    inputs, y = ishigami(128)
    one, other = measure_indices(inputs, y), measure_indices(inputs, 100.0 - 8.0 * y)
    for name in NAMES:
        assert other.first[name].value == pytest.approx(one.first[name].value, abs=1e-9)
        assert other.total[name].high == pytest.approx(one.total[name].high, abs=1e-9)


def test_an_outcome_that_never_moves_has_no_indices():
    inputs, y = ishigami(64)
    found = measure_indices(inputs, np.full(y.size, 3.0))
    assert found.variance == 0.0
    assert to_json(found)["total"]["x1"] == {"value": 0.0, "error": 0.0, "low": 0.0, "high": 0.0}


def test_rows_of_a_group_differ_in_one_input_and_are_in_order():
    design = design_saltelli(NAMES, 64)
    first = design.units[design.group == 5]
    assert [int((row != first[0]).sum()) for row in first] == [0, 1, 1, 1, 3]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda x: x[:-1], "319 rows are no multiple of 5"),
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
        design_saltelli(NAMES, n_base)


def test_every_input_needs_its_quantile_function():
    with pytest.raises(ValueError, match="no quantile function for x2, x3"):
        design_saltelli(NAMES, 64).transform({"x1": uniform})
