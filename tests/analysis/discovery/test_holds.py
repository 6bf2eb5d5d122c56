"""What a box holds: shares of independent worlds, and worlds whose kind luck blurs."""

from __future__ import annotations

import numpy as np
import pytest
from shapes import SHAPES, draw

from standoff.analysis.discovery.discover import discover
from standoff.analysis.discovery.holds import Optimism, holds_of
from standoff.analysis.runs.payoffs import find_posteriors
from standoff.analysis.statistics.kinds import Against, Kind

BY_NAME = {shape.name: shape for shape in SHAPES}


def kind_of(shape, seed):
    """Worlds in which the second strategy brings more than the first, and the chance that each is one."""
    payoffs = draw(shape, seed).payoffs
    known = find_posteriors(payoffs)
    lead, prediction, halves = (each[1] - each[0] for each in (payoffs.mean, known.between, payoffs.halves))
    ahead = Against(lead, prediction, halves, 1e-300, -1.0)
    return payoffs.inputs, ahead.judged(np.arange(lead.size))[0], Kind((ahead,))


def test_a_known_kind_has_the_error_of_so_many_worlds():
    """45 of 50 in the box, and 5 of 50 outside; a share of all worlds of a kind is one of 50."""
    y = np.r_[np.ones(45), np.zeros(5), np.ones(5), np.zeros(45)]
    held = holds_of(y, np.arange(100) < 50, Optimism())
    assert (held.density.value, held.coverage.value) == (0.9, 0.9)
    # Agresti & Coull 1998: 47 of 54
    assert held.density.low == pytest.approx(47 / 54 - 1.96 * np.sqrt(47 * 7 / 54**3))
    assert held.density.high == pytest.approx(0.9 + 1.96 * np.sqrt(47 * 7 / 54**3))


def test_all_of_few_is_not_all():
    held = holds_of(np.ones(12), np.arange(12) < 6, Optimism())
    assert held.density.low < 0.65
    assert held.density.high == 1.0


def test_a_search_that_flatters_lowers_the_low_end():
    y, inside = (np.arange(200) % 3 == 0).astype(np.float64), np.arange(200) < 100
    plain, flattered = holds_of(y, inside, Optimism()), holds_of(y, inside, Optimism(0.1, 0.05))
    assert plain.density.low - flattered.density.low == pytest.approx(0.1)
    assert plain.coverage.low - flattered.coverage.low == pytest.approx(0.05)


@pytest.mark.parametrize("name", ["step", "unequal step"])
def test_a_box_that_luck_blurs_holds_what_it_truly_holds(name):
    shape = BY_NAME[name]
    x = np.random.default_rng(0).random((20_000, shape.n_inputs))
    is_kind = np.diff(shape.truth(x)[:2], axis=0)[0] > 0.0
    for seed in range(3):
        inputs, y, kind = kind_of(shape, seed)
        found = discover(inputs, y, resamples=4, kind=kind)
        (held,) = found.holds
        inside = found.recommended.holds(type(inputs)(inputs.names, x))
        assert held.density.low <= is_kind[inside].mean() <= held.density.high
        assert held.coverage.low <= is_kind[inside].sum() / is_kind.sum() <= held.coverage.high


def test_of_a_kind_that_uneven_luck_hides_no_box_is_told():
    inputs, y, kind = kind_of(BY_NAME["lognormal luck"], 1)
    found = discover(inputs, y, resamples=0, kind=kind)
    assert not found.is_told
    assert found.recommended is None


def test_of_strategies_that_do_the_same_hardly_any_box_is_made():
    studies = [kind_of(BY_NAME["ties"], seed) for seed in range(8)]
    found = [discover(inputs, y, resamples=0, kind=kind) for inputs, y, kind in studies]
    assert sum(one.recommended is not None for one in found) <= 1


@pytest.mark.parametrize("seed", [154, 219])
def test_worlds_that_chance_alone_tells_apart_give_no_box(seed):
    """Two of 300 studies of equal strategies, in which two signs at 1.96 standard errors told one from nothing."""
    assert not kind_of(BY_NAME["ties"], seed)[2].is_told
