"""Several boxes: two planted apart, one alone, none."""

from __future__ import annotations

import numpy as np
import pytest

from standoff.analysis.discovery.discover import discover
from standoff.analysis.findings import Inputs
from standoff.analysis.runs.decision_table import decision_table
from standoff.words.sentences.boxes import box_words


def worlds(seed, n=1024):
    x = np.random.default_rng(seed).random((n, 5))
    return Inputs(tuple("abcde"), x), x


@pytest.mark.parametrize("seed", range(5))
def test_two_boxes_far_apart_are_both_found(seed):
    inputs, x = worlds(seed)
    one, other = (x[:, 0] < 0.3) & (x[:, 1] < 0.4), (x[:, 0] > 0.7) & (x[:, 1] > 0.6)
    found = discover(inputs, (one | other).astype(np.float64), resamples=0)
    assert found.recommended is not None
    boxes = (found.recommended, *found.further)
    assert len(boxes) == 2
    for planted in (one, other):
        assert max((box.holds(inputs) & planted).sum() / planted.sum() for box in boxes) > 0.85
    assert all(box.density > 0.85 and set(box.names) == {"a", "b"} for box in boxes)


@pytest.mark.parametrize("seed", range(4))
def test_two_boxes_of_which_prim_takes_half_of_each_are_found_by_the_tree(seed):
    """Worlds of d above 0.56 hold most of both, at a density of 0.4."""
    inputs, x = worlds(seed)
    planted = (x[:, 0] < 0.25) & (x[:, 2] < 0.5), (x[:, 0] > 0.7) & (x[:, 3] > 0.55)
    found = discover(inputs, np.logical_or(*planted).astype(np.float64), resamples=0)
    assert found.is_leaf
    boxes = (found.recommended, *found.further)
    for one in planted:
        assert max((box.holds(inputs) & one).sum() / one.sum() for box in boxes) > 0.8
    assert all(box.density > 0.85 for box in boxes)


@pytest.mark.parametrize("seed", range(5))
def test_one_box_stays_one(seed):
    inputs, x = worlds(seed)
    found = discover(inputs, ((x[:, 0] < 0.3) & (x[:, 1] < 0.4)).astype(np.float64), resamples=0)
    assert found.further == ()
    assert not found.is_leaf


def test_where_nothing_sets_worlds_apart_no_box_is_made_of_chance():
    told = 0
    for seed in range(20):
        inputs, _ = worlds(seed)
        y = (np.random.default_rng([1, seed]).random(1024) < 0.2).astype(np.float64)
        found = discover(inputs, y, resamples=0)
        told += found.recommended is not None and found.recommended.density > 0.4
    assert told == 0


def test_kinds_without_an_order_are_split_by_sets():
    random = np.random.default_rng(3)
    kind = random.integers(0, 4, 1024).astype(np.float64)
    inputs = Inputs(("kind", "b"), np.column_stack([kind, random.random(1024)]), {"kind": ("p", "q", "r", "s")})
    found = discover(inputs, np.isin(kind, (0, 2)).astype(np.float64), resamples=0)
    assert found.recommended is not None
    assert [limit.levels for limit in found.recommended.limits] == [(0, 2)]
    assert found.recommended.density == 1.0


KINDS = """
clock: {start: 2025-01, step: year, steps: 1}
uncertainties:
  weather: {kinds: [calm, wild, mild, storm], judgement: any}
  heat: {range: [0, 1], judgement: any}
payoffs: {north: {each: "heat"}}
outcomes:
  hurt: {measure: "total(1 if weather == calm or weather == storm else 0)", better: lower, limit: 0.5, why: known}
"""


def test_kinds_of_a_study_are_named_in_the_box(study_of):
    study = study_of(KINDS)
    table = decision_table(study.run(worlds=128, replications=2))
    hurt = table.inputs.column("weather") % 3 == 0
    box = discover(table.inputs, hurt.astype(np.float64), resamples=0).recommended
    assert box is not None
    assert [limit.levels for limit in box.limits] == [(0, 3)]
    assert box_words(study.model, box) == "weather is calm or storm"
