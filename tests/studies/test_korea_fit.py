"""The fit of the Korean launches to 2012–2021, its scores on 2022–2024, and the scores themselves."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from standoff.ensemble.study import load

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT))

from tools import korea_fit, korea_measure  # noqa: E402


@cache
def scored() -> dict[str, Any]:
    return korea_fit.score(worlds=192, replications=4, seed=3)


def test_the_regularities_of_the_fitted_years_are_those_of_the_data() -> None:
    data = korea_fit.read_data()
    found = korea_fit.statistics(data.launches[data.fitted][:, None], data.talks[data.fitted])
    assert data.fitted.sum() == 40
    assert float(found["mean"][0]) == pytest.approx(2.40, abs=0.005)
    assert float(found["variance to mean"][0]) == pytest.approx(2.69, abs=0.005)
    assert float(found["quarters without a launch"][0]) == pytest.approx(0.30)
    assert float(found["correlation with the quarter before"][0]) == pytest.approx(0.20, abs=0.01)


def test_the_committed_constants_are_where_the_fit_is() -> None:
    """Ten years tell a constant within a factor of two or so: the study's lies in the middle half of that."""
    found = korea_fit.fit(particles=48, rounds=2)
    assert {one.name: one.committed[0] for one in found.estimates} == scored()["constants"]
    assert all(one.holds_committed for one in found.estimates)
    assert found.span == "Q1 2012 to Q4 2021"
    assert any(one.is_held_out for one in found.checked)


def test_every_statistic_of_the_fitted_years_is_in_the_predictive_interval() -> None:
    for name in ("mean", "variance", "quarters without a launch", "quarters with talks against others"):
        seen, _, low, high = scored()["fitted"][name]
        assert low <= seen <= high, name


def test_the_checked_years_are_scored_against_both_rules() -> None:
    for forecasts in scored()["scores"].values():
        assert set(forecasts) == {"study", "negative binomial", "persistence"}
        assert np.isfinite(list(forecasts.values())).all()


def test_the_score_of_a_certain_forecast_is_its_distance() -> None:
    """Gneiting & Raftery (2007), section 4.2: for a point forecast the CRPS is the absolute error."""
    certain = np.zeros(korea_fit.MOST + 1)
    certain[4] = 1.0
    assert korea_fit.crps(certain, 4.0) == 0.0
    assert korea_fit.crps(certain, 7.0) == pytest.approx(3.0)
    assert korea_fit.crps(certain, 0.0) == pytest.approx(4.0)
    assert korea_fit.log_score(certain, 4.0) == 0.0


def test_the_crps_is_that_of_its_other_form() -> None:
    """Gneiting & Raftery (2007), equation (21): E|X − y| − E|X − X'| / 2."""
    weights = korea_fit.negative_binomial([2.0, 5.0], 2.0)
    n = np.arange(weights.size)
    spread = weights @ np.abs(n[:, None] - n[None, :]) @ weights
    for seen in (0.0, 3.0, 11.0):
        assert korea_fit.crps(weights, seen) == pytest.approx(weights @ np.abs(n - seen) - spread / 2, abs=1e-9)


def test_the_mixture_has_the_mean_and_variance_it_should() -> None:
    weights = korea_fit.negative_binomial(4.0, 2.0)
    n = np.arange(weights.size)
    assert weights.sum() == pytest.approx(1.0)
    assert weights @ n == pytest.approx(4.0)
    assert weights @ (n - 4.0) ** 2 == pytest.approx(4.0 + 16.0 / 2.0, rel=1e-6)


def test_the_study_keeps_to_its_base_rates() -> None:
    found = korea_measure.base_rates(load("korea"), worlds=96, seed=21)
    for name, (low, high) in korea_measure.BASE_RATES.items():
        assert low <= found[name] <= high, name
