"""PRIM against Bryant & Lempert's data as EMA Workbench reads it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from standoff.analysis.discovery.boxes import with_quasi_p
from standoff.analysis.discovery.discover import PrimRules, discover, find_trajectory
from standoff.analysis.discovery.prim import sort_columns
from standoff.analysis.findings import Inputs
from standoff.questions.as_json import to_json

YARDSTICKS = Path(__file__).parents[2] / "data" / "yardsticks"


@pytest.fixture(scope="module")
def cases():
    """Bryant & Lempert 2010: nine inputs, and whether the outcome is above its 90th percentile."""
    path = YARDSTICKS / "bryant_lempert_2010.csv"
    names = path.read_text().splitlines()[0].split(",")
    table = np.loadtxt(path, delimiter=",", skiprows=1)
    return Inputs(tuple(names[2:11]), table[:, 2:11]), table[:, -1]


@pytest.fixture(scope="module")
def trajectory(cases):
    return find_trajectory(*cases, PrimRules(peel_alpha=0.1))


def limits_of(box):
    return {limit.name: (limit.low, limit.high) for limit in box.limits}


def test_box_21_is_the_published_one(cases, trajectory):
    box = with_quasi_p(*cases, trajectory[21])
    assert (box.n, box.n_interest) == (87, 67)
    assert box.coverage == pytest.approx(0.752809, abs=5e-7)
    assert box.density == pytest.approx(0.770115, abs=5e-7)
    assert box.mass == pytest.approx(0.098639, abs=5e-7)
    limits = limits_of(box)
    assert limits["Total biomass"] == (None, pytest.approx(755.8, abs=0.01))
    assert limits["Demand elasticity"] == (pytest.approx(-0.422, abs=1e-4), None)
    assert limits["Biomass backstop price"] == (pytest.approx(150.05, abs=0.01), None)
    assert limits["Cellulosic cost"] == (pytest.approx(72.65, abs=0.01), None)
    quasi_p = {limit.name: limit.quasi_p for limit in box.limits}
    assert quasi_p == {
        "Total biomass": pytest.approx(4.7e-6, rel=0.02),
        "Demand elasticity": pytest.approx(1.2e-16, rel=0.02),
        "Biomass backstop price": pytest.approx(3.5e-11, rel=0.02),
        "Cellulosic cost": pytest.approx(0.157, rel=0.005),
    }


def test_the_whole_trajectory_is_that_of_ema_workbench(trajectory):
    peer = json.loads((YARDSTICKS / "ema_workbench.json").read_text())["bryant_lempert_2010"]
    assert len(trajectory) == 28 == len(peer)
    for box, expected in zip(trajectory, peer, strict=True):
        assert (box.n, box.n_interest, len(box.names)) == (expected["n"], expected["k"], expected["res_dim"])
        assert box.coverage == pytest.approx(expected["coverage"], abs=1e-12)


def test_the_last_box_is_the_published_one(trajectory):
    box = trajectory[-1]
    assert (box.coverage, box.density, box.mass) == pytest.approx((0.505618, 1.0, 0.05102), abs=5e-7)
    assert len(box.names) == 6


def test_every_box_holds_what_its_limits_say(cases, trajectory):
    inputs, y = cases
    for box in trajectory:
        inside = box.holds(inputs)
        assert (int(inside.sum()), y[inside].sum()) == (box.n, box.n_interest)


def test_mixed_columns_follow_ema_workbench_too():
    peer = json.loads((YARDSTICKS / "ema_workbench.json").read_text())["mixed"]
    inputs, y = mixed_cases()
    for objective in ("lenient1", "original"):
        boxes = find_trajectory(inputs, y, PrimRules(objective=objective))
        assert [[box.n, box.n_interest, len(box.names)] for box in boxes] == [
            [step["n"], step["k"], step["res_dim"]] for step in peer[objective]
        ]


def mixed_cases():
    """Two continuous columns and one of three levels, from halves of integers so that any machine has the same."""
    k = np.arange(600)
    a, b, c = (k * 7919 % 600) / 600.0, (k * 104729 % 601) / 601.0, k * 31 % 3
    y = ((a > 0.55) & (c != 1) & (b < 0.7)) | (k % 41 == 0)
    return Inputs(("a", "b", "c"), np.column_stack([a, b, c]), {"c": ("low", "mid", "high")}), y.astype(float)


def test_a_known_box_is_found_and_said():
    inputs, y = mixed_cases()
    found = discover(inputs, y, resamples=5)
    box = found.recommended
    assert set(box.names) == {"a", "b", "c"}
    bounds = {limit.name: limit for limit in box.limits}
    assert bounds["a"].low == pytest.approx(0.55, abs=0.01)
    assert bounds["c"].levels == (0, 2)
    assert box.density > 0.95 and box.coverage > 0.8
    assert found.resampling.named["a"] == 1.0
    assert found.resampling.coverage <= 1.0


def test_the_recommended_box_leaves_out_a_limit_that_chance_explains(cases):
    found = discover(*cases, PrimRules(peel_alpha=0.1), resamples=0)
    assert set(found.recommended.names) == {"Total biomass", "Demand elasticity", "Biomass backstop price"}
    assert all(limit.quasi_p <= 0.05 for limit in found.recommended.limits)
    assert "Cellulosic cost" in {limit.name for limit in found.dropped}
    json.dumps(to_json(found), allow_nan=False)


def test_without_cellulosic_cost_box_21_is_the_published_one(cases, trajectory):
    inputs, y = cases
    inside = np.ones(y.size, dtype=bool)
    for limit in trajectory[21].limits:
        if limit.name != "Cellulosic cost":
            inside &= ~limit.breaks(inputs)
    assert y[inside].sum() / y.sum() == pytest.approx(0.764045, abs=5e-7)
    assert y[inside].mean() == pytest.approx(0.715789, abs=5e-7)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_when_all_worlds_are_alike_there_is_no_box(value):
    found = discover(mixed_cases()[0], np.full(600, value))
    assert found.recommended is None
    assert found.base_rate == value


def test_noise_gets_no_box_that_holds_up():
    random = np.random.default_rng(3)
    inputs = Inputs(tuple("abcdef"), random.random((1000, 6)))
    found = discover(inputs, (random.random(1000) < 0.2).astype(float))
    assert found.recommended is None or found.resampling.density < 0.3


def test_reordering_worlds_changes_no_box(cases, trajectory):
    inputs, y = cases
    order = np.random.default_rng(0).permutation(y.size)
    assert find_trajectory(inputs.rows(order), y[order], PrimRules(peel_alpha=0.1)) == trajectory


def test_an_increasing_transformation_of_an_input_keeps_the_cases(cases, trajectory):
    inputs, y = cases
    other = Inputs(inputs.names, inputs.values * 3.0 + 1.0)
    boxes = find_trajectory(other, y, PrimRules(peel_alpha=0.1))
    assert [box.n for box in boxes] == [box.n for box in trajectory]


@pytest.mark.parametrize(
    "column",
    [
        np.random.default_rng(0).normal(size=3000),
        np.random.default_rng(1).integers(-3, 3, 3000).astype(float),
        1.0 + np.random.default_rng(2).random(3000) * 1e-13,
        np.where(np.arange(3000) % 3 == 0, -0.0, 0.0),
        np.random.default_rng(3).normal(size=3000) * 1e-310,
    ],
)
def test_a_column_is_sorted_however_its_numbers_lie(column):
    xs, order = sort_columns(column[None])
    np.testing.assert_array_equal(xs[0], np.sort(column))
    np.testing.assert_array_equal(column[order[0]], xs[0])
    np.testing.assert_array_equal(np.sort(order[0]), np.arange(column.size))


def test_objectives_and_ties_are_options():
    inputs, y = mixed_cases()
    lenient = find_trajectory(inputs, y, PrimRules())
    original = find_trajectory(inputs, y, PrimRules(objective="original"))
    # once nothing but cases of interest is left, the lenient objective gains no more; the original goes on
    assert lenient[-1].density == 1.0
    assert original[: len(lenient)] == lenient
    assert original[-1].n == 30
    assert find_trajectory(inputs, y, PrimRules(ties="largest_box")) != lenient


def test_the_original_objective_favours_a_coarse_column():
    # dropping a level of c halves the cases for a mean a little higher; a peel of x gains more per case
    x = (np.arange(1000) * 377 % 1000) / 1000.0
    c = np.arange(1000) % 2
    y = np.where(x > 0.05, 0.5, 0.0) + 0.4 * c
    inputs = Inputs(("x", "c"), np.column_stack([x, c]), {"c": ("no", "yes")})
    assert find_trajectory(inputs, y, PrimRules())[1].names == ("x",)
    assert find_trajectory(inputs, y, PrimRules(objective="original"))[1].names == ("c",)


def test_a_second_box_is_found_among_the_rest_and_counted_against_all():
    random = np.random.default_rng(5)
    x = random.random((4000, 3))
    one, two = (x[:, 0] < 0.4) & (x[:, 1] < 0.6), (x[:, 0] > 0.75) & (x[:, 2] > 0.5)
    y = (one | two).astype(float)
    inputs = Inputs(tuple("abc"), x)
    boxes = find_trajectory(inputs, y, PrimRules(), ~one)
    assert (boxes[0].n, boxes[0].n_interest) == ((~one).sum(), two.sum())
    assert boxes[0].coverage == pytest.approx(two.sum() / y.sum())
    best = max(boxes, key=lambda box: box.balance)
    assert set(best.names) == {"a", "c"} and best.density > 0.9


def test_pasting_takes_back_what_peeling_cut_too_much():
    # one large peel overshoots the box; pasting a little at a time recovers part of it
    x = np.linspace(0.0, 1.0, 1001)
    y = (x > 0.52).astype(float)
    boxes = find_trajectory(Inputs(("x",), x[:, None]), y, PrimRules(peel_alpha=0.5, paste_alpha=0.05))
    assert len(boxes) > 2
    densities = [box.density for box in boxes]
    assert densities == sorted(densities)


@pytest.mark.parametrize(
    ("y", "message"), [(np.zeros(3), "600 values"), (np.full(600, 1.5), "between 0 and 1")]
)  # fmt: skip
def test_a_wrong_y_is_refused(y, message):
    with pytest.raises(ValueError, match=message):
        discover(mixed_cases()[0], y)


@pytest.mark.parametrize("wrong", [{"peel_alpha": 0.0}, {"paste_alpha": 0.6}, {"mass_min": 1.0}, {"ties": "first"}])
def test_wrong_rules_are_refused(wrong):
    with pytest.raises(ValueError):
        PrimRules(**wrong)
