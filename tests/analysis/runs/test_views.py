"""Views of the others: what a reply in doubt leaves in doubt."""

from __future__ import annotations

import numpy as np
import pytest

import standoff
from standoff.analysis.runs.views import doubt_of_replies
from standoff.ensemble.design import draw_worlds, independent_units


@pytest.mark.parametrize(
    ("weights", "farthest"),
    [((1.0, 0.0, 0.0), 0.0), ((0.88, 0.12, 0.0), 8.8), ((0.97, 0.03, 0.0), 0.3), ((0.5, 0.3, 0.2), 13.0)],
)
def test_a_reply_that_may_be_another_is_within_the_error(weights, farthest):
    """By hand: payoffs of 0, -10 and -20; a reply with less than a twentieth of the weight only adds to the spread."""
    means, weights = np.array([0.0, -10.0, -20.0]), np.array(weights)
    middle = means @ weights
    spread = np.sqrt((means - middle) ** 2 @ weights)
    assert doubt_of_replies(means, weights) == pytest.approx(max(farthest / 1.96, spread))


def test_correlated_columns_are_made_of_columns_spread_evenly():
    model = standoff.load("korea").model
    worlds = draw_worlds(model, 64, seed=5)
    units = independent_units(model, worlds)
    assert set(units) == {name for a, b, _ in model.correlated for name in (a, b)}
    for column in units.values():
        assert sorted(np.floor(64 * column).astype(int)) == list(range(64))
    first, second, rank = model.correlated[0]
    made = [np.argsort(np.argsort(worlds.columns[name])) for name in (first, second)]
    plain = [np.argsort(np.argsort(units[name])) for name in (first, second)]
    assert np.corrcoef(made)[0, 1] == pytest.approx(rank, abs=0.15)
    assert abs(np.corrcoef(plain)[0, 1]) < 0.3
