"""When limits are left for good."""

import numpy as np

from standoff.analysis.searching.pathways import kept_at, tipping, tips_of


def test_a_limit_is_left_at_the_first_date_from_which_on_it_is_kept_no_more() -> None:
    kept = np.array([[True, False, True, False], [False, False, True, True], [True, True, False, True]]).T
    assert tips_of(kept).tolist() == [3, 4, 4]
    assert tips_of(np.zeros((4, 1), dtype=bool)).tolist() == [0]


def test_limits_are_kept_on_the_side_that_is_better_and_at_the_limit_itself() -> None:
    outcomes = np.array([[[1.0], [2.0], [3.0]], [[1.0], [2.0], [3.0]]])
    kept = kept_at(outcomes, [2.0, 2.0], [1.0, -1.0])
    assert kept[0, :, 0].tolist() == [False, True, True] and kept[1, :, 0].tolist() == [True, True, False]


def test_percentiles_beyond_the_end_are_none_and_states_are_those_where_limits_are_left() -> None:
    tips = np.array([[0, 0, 1, 2, 2, 2], [2, 2, 2, 2, 0, 2]])
    told = tipping(tips, ["a", "b"], [5, 10], {"water": np.array([[1.0] * 6, [7.0] * 6])})
    assert told.dates == (5, 10, None) and abs(told.kept.value - 2 / 6) < 1e-12
    assert [one.dates[1] for one in told.limits] == [None, None]
    ((name, states),) = told.states
    assert name == "water" and states[1] == 1.0


def test_shares_of_none_or_all_have_an_error() -> None:
    told = tipping(np.full((1, 50), 1), ["a"], [3], {})
    assert told.kept.value == 1.0 and told.kept.error > 0.0
