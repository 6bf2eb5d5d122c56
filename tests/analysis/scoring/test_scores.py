"""Groups, skill and misses of a forecast whose scores can be worked out by hand."""

import pytest

from standoff.analysis.scoring.forecasts import Answered, Forecast, Hinge
from standoff.analysis.scoring.laws import Law
from standoff.analysis.scoring.scores import score_forecast


def answered(name: str, p: float, base: float | None, horizon: int) -> Answered:
    baselines = {} if base is None else {"climatology": Law("chance", (base,))}
    return Answered(name, f"{name}?", "shot", "Q1 2025", horizon, Law("chance", (p,)), baselines,
                    (Hinge("heat", 0.6),), "chance_of")  # fmt: skip


FORECAST = Forecast(
    standoff="0", study="s", digest="0" * 32, variants=(), as_of="", made="2025-02-28", futures=10, effective=10.0,
    seed=1, profile="", seen="", questions="", answers=(answered("a", 0.9, 0.5, 1), answered("b", 0.1, None, 2),
                                                answered("c", 0.2, 0.5, 2)),
)  # fmt: skip


def test_skill_is_of_the_questions_that_both_answer() -> None:
    found = score_forecast(FORECAST, {"a": 1.0, "b": 1.0})
    (all_of, chances, first, second) = found.groups
    assert (all_of.questions, chances.questions, first.questions, second.questions) == (2, 2, 1, 1)
    skill = all_of.skills[0]
    assert skill.questions == 1
    assert skill.quadratic == pytest.approx(1 - 0.01 / 0.25)
    assert found.open == ("c",)


def test_a_miss_names_what_would_have_made_it_likelier() -> None:
    (miss,) = score_forecast(FORECAST, {"a": 1.0, "b": 1.0}).misses
    assert miss.scored.answered.name == "b"
    assert miss.direction == "more"
    assert miss.hinges == ("heat higher",)


def test_means_are_over_questions() -> None:
    found = score_forecast(FORECAST, {"a": 1.0, "c": 0.0}).groups[0]
    assert found.quadratic == pytest.approx((0.01 + 0.04) / 2)
