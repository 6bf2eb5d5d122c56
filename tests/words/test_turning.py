"""What the choice turns on: families at two ends, those that stand at one end alone, or a setting."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

import standoff
from standoff.analysis.robustness.performance import Performance, performance
from standoff.analysis.runs.decision_table import decision_table
from standoff.words import turning
from standoff.words.language import ENGLISH
from standoff.words.sentences.flips import End
from standoff.words.turning import Turning

TWO, SIX, RACE = "reciprocate(patience=2)", "reciprocate(patience=6)", "race_on"


@pytest.fixture(scope="module")
def results() -> Performance:
    ensemble = standoff.load("rivals").run(worlds=16, replications=2, evaluator="reference")
    return performance(decision_table(ensemble, fewest=0))


def _flip(
    results: Performance, monkeypatch: pytest.MonkeyPatch, low: tuple[str, ...], high: tuple[str, ...], **turn: bool
) -> str:  # fmt: skip
    model = standoff.load("rivals").model
    ends = End(low, None, 0.1), End(high, 0.3, None)
    monkeypatch.setattr(turning, "ends_of_flips", lambda _: ends)
    parameter = next(p for p in model.parameters if p.name == "fear")
    pin: Any = SimpleNamespace(name="fear", parameter=parameter, flips=None)
    return Turning(model, results, ENGLISH).flip(pin, **turn)


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        ((RACE,), (TWO, SIX), "It turns most on “Mutual fear”: if low, race on may be best; if high, reciprocate."),
        ((TWO,), (SIX,), "Which grudge is best turns most on “Mutual fear”: if low, 2; if high, 6."),
        ((TWO, SIX), (TWO, SIX), "It turns most on “Mutual fear”: if low, "),
    ],
)  # fmt: skip
def test_it_is_said_what_tells_two_ends_apart(
    results: Performance, monkeypatch: pytest.MonkeyPatch, low: tuple[str, ...], high: tuple[str, ...], said: str
) -> None:  # fmt: skip
    assert _flip(results, monkeypatch, low, high).startswith(said)


def test_where_a_setting_alone_turns_the_approach_may_turn_on_the_others(
    results: Performance, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _flip(results, monkeypatch, (TWO,), (SIX,), others_turn=True) == (
        "Which approach is best turns on South; which grudge, on “Mutual fear”: if low, 2; if high, 6."
    )
