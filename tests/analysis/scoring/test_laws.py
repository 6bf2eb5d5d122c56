"""Scores, beside those of scoringrules and by hand."""

import importlib
import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from standoff.analysis.scoring.laws import Law, chance_law, count_law, moments_law, number_law, score


@pytest.fixture(scope="module")
def sr() -> Any:
    """The peer, which compiles itself for seconds when it is imported."""
    return importlib.import_module("scoringrules")


def test_the_crps_of_counts_is_that_of_scoringrules(sr: Any) -> None:
    law, size, p = moments_law(6.0, 15.0), 4.0, 0.4
    for seen in (0, 3, 6, 20, 60):
        assert score(law, seen).quadratic == pytest.approx(float(sr.crps_negbinom(seen, size, p)), abs=1e-9)


def test_the_crps_of_whole_members_is_that_of_scoringrules(sr: Any) -> None:
    members = np.array([0.0, 1.0, 1.0, 4.0, 7.0, 7.0, 9.0, 12.0])
    chances = np.bincount(members.astype(int)) / members.size
    for seen in (0, 4, 8, 20):
        ours = score(Law("counts", tuple(chances)), seen).quadratic
        assert ours == pytest.approx(float(sr.crps_ensemble(seen, members, estimator="nrg")), abs=1e-9)


def test_the_log_score_of_counts_is_that_of_scoringrules(sr: Any) -> None:
    law = moments_law(6.0, 15.0)
    for seen in (0, 3, 6, 20, 60):
        assert score(law, seen).log == pytest.approx(float(sr.logs_negbinom(seen, 4.0, 0.4)), abs=1e-9)


def test_the_crps_of_numbers_is_that_of_scoringrules(sr: Any) -> None:
    values = np.random.default_rng(1).normal(size=500)
    law = number_law(values, np.full(500, 1 / 500))
    expected = float(sr.crps_ensemble(0.7, np.array(law.numbers), estimator="qd"))
    assert score(law, 0.7).quadratic == pytest.approx(expected, abs=1e-9)
    assert score(law, 0.7).quadratic == pytest.approx(float(sr.crps_normal(0.7, values.mean(), values.std())), abs=0.02)


@pytest.mark.parametrize("p", [0.2, 0.9])
@pytest.mark.parametrize("seen", [0.0, 1.0])
def test_the_brier_score_is_that_of_scoringrules(p: float, seen: float, sr: Any) -> None:
    found = score(Law("chance", (p,)), seen)
    assert found.quadratic == pytest.approx(float(sr.brier_score(seen, p)), abs=1e-9)
    assert found.log == pytest.approx(float(sr.logs_binomial(seen, 1, p)), abs=1e-9)


def test_counts_of_tens_of_thousands_are_told_by_their_quantiles(sr: Any) -> None:
    law = moments_law(40_000.0, 90_000.0)
    expected = float(sr.crps_normal(40_500, 40_000.0, 300.0))  # at such counts the law is all but normal
    assert law.mean == pytest.approx(40_000.0, rel=1e-4)
    assert score(law, 40_500).quadratic == pytest.approx(expected, rel=0.01)
    assert count_law(np.full(100, 40_000.0), np.full(100, 0.01)).kind == "members"


def test_places_of_counts_are_uniform_in_the_middle_of_their_jumps() -> None:
    law = moments_law(3.0, 3.0)
    places = [score(law, n).pit for n in range(12)]
    assert float(stats.poisson(3).pmf(range(12)) @ places) == pytest.approx(0.5, abs=1e-4)


def test_an_interval_holds_its_share() -> None:
    law = moments_law(20.0, 60.0)
    low, high = law.interval()
    inside = sum(law.numbers[int(low) : int(high) + 1])
    assert 0.90 <= inside <= 0.96


def test_nothing_is_impossible_for_want_of_futures() -> None:
    even = np.full(100, 0.01)
    assert 0.0 < chance_law(np.zeros(100), even).numbers[0] < 0.01
    assert math.isfinite(score(count_law(np.zeros(100), even), 3).log)
    assert count_law(np.full(100, 4.0), even).mean == pytest.approx(4.0, abs=0.02)
