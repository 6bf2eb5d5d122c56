"""Shares of worlds in which a strategy is best: known shares are found, and noise makes no favourites."""

from __future__ import annotations

import numpy as np
import pytest

from standoff.analysis.findings import Inputs
from standoff.analysis.runs.payoffs import Payoffs
from standoff.ensemble.study import load
from tools.favourites import Favourites, favourites, share_best

N = 600


def shares(gain: np.ndarray, noise: float, seed: int = 1, names: tuple[str, ...] = ("stay", "move")) -> Favourites:
    """Payoffs 0 and `gain` by world, seen in two halves of replications with independent noise."""
    rng = np.random.default_rng(seed)
    x = np.linspace(-1.0, 1.0, N)
    truth = np.stack([np.zeros(N), gain])
    halves = truth[:, :, None] + noise * rng.standard_normal((2, N, 2))
    return share_best(Payoffs(names, halves.mean(axis=2), Inputs(("x",), x[:, None]), halves), "us")


def test_without_noise_the_share_is_that_of_the_worlds() -> None:
    found = shares(np.linspace(-1.0, 1.0, N) - 0.5, 0.0)
    assert found.shares["move"].value == pytest.approx(0.25, abs=0.01)
    assert found.raw == pytest.approx({"stay": 0.75, "move": 0.25}, abs=0.01)
    assert found.n_worlds == N


def test_noise_that_fills_the_raw_share_is_taken_out() -> None:
    found = shares(np.full(N, -1.0), 2.0)
    assert found.raw["move"] > 0.2
    assert found.shares["move"].value < 0.02
    assert found.surely["stay"] + found.cannot_tell == pytest.approx(1.0, abs=0.02)


def test_strategies_of_one_effect_are_nobody_s_sure_favourites() -> None:
    found = shares(np.zeros(N), 1.0)
    assert found.cannot_tell > 0.95
    assert all(figure.low < 0.9 for figure in found.shares.values())


def test_names_do_not_matter() -> None:
    one, other = shares(np.full(N, 0.3), 1.0), shares(np.full(N, 0.3), 1.0, names=("b", "a"))
    assert [figure.value for figure in one.shares.values()] == [figure.value for figure in other.shares.values()]


def test_every_actor_of_a_study_has_shares_that_sum_to_one() -> None:
    found = favourites(load("rivals").run(worlds=64, replications=4, seed=2))
    assert [one.actor for one in found] == ["north", "south"]
    for one in found:
        assert sum(figure.value for figure in one.shares.values()) == pytest.approx(1.0)
        assert sum(one.raw.values()) == pytest.approx(1.0)


def test_one_replication_is_refused() -> None:
    with pytest.raises(ValueError, match="two or more replications"):
        favourites(load("rivals").run(worlds=16, replications=1, seed=2))
