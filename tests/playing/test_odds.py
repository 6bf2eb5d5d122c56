from collections import Counter

import numpy as np
import pytest

from standoff.ensemble.study import load
from standoff.playing import odds
from standoff.playing.odds import draw_profile


@pytest.fixture(scope="module")
def rivals():
    return load("rivals")


def test_uniform_odds_give_every_strategy_its_turn(rivals):
    drawn = Counter(draw_profile(rivals, "uniform", None, seed)["south"] for seed in range(300))
    assert set(drawn) == {"honest", "pretend", "calculating"}
    assert min(drawn.values()) > 60


def test_what_is_fixed_is_played_whatever_the_odds(rivals):
    assert draw_profile(rivals, "uniform", "south=pretend", 3)["south"] == "pretend"


def test_odds_of_a_view_stay_within_it(rivals):
    drawn = {draw_profile(rivals, "south=honest|pretend", None, seed)["south"] for seed in range(40)}
    assert drawn == {"honest", "pretend"}


def test_the_equilibrium_is_played_as_often_as_it_says(rivals, monkeypatch):
    monkeypatch.setattr(odds, "_equilibrium", lambda study: [np.array([0.0, 0.0, 1.0]), np.array([0.25, 0.75, 0.0])])
    drawn = Counter(draw_profile(rivals, "equilibrium", None, seed)["south"] for seed in range(400))
    assert abs(drawn["pretend"] - 300) < 3 * (400 * 0.25 * 0.75) ** 0.5


def test_the_equilibrium_is_that_of_the_games(rivals):
    mixes = odds._equilibrium(rivals)
    assert [mix.size for mix in mixes] == [3, 3]
    assert [float(mix.sum()) for mix in mixes] == pytest.approx([1.0, 1.0])


def test_an_unknown_view_is_refused(rivals):
    with pytest.raises(ValueError, match="no profile is named `everybody`"):
        draw_profile(rivals, "everybody", None, 1)
