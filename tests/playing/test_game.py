import os
import random
from pathlib import Path

import numpy as np
import pytest

from standoff.ensemble.run import trace_cell
from standoff.ensemble.study import load
from standoff.playing.file import read_game, write_game
from standoff.playing.game import Place, Turn, new_game, opened


@pytest.fixture(scope="module")
def rivals():
    return load("rivals")


def at_random(position, seed=1):
    luck = random.Random(seed)
    while not position.ended:
        turn = {c.family: luck.choice(c.options) for c in position.model.choices if c.actor in position.game.seats}
        position = position.play(Turn(turn))
    return position


def by_strategy(position, instance):
    """Play as a strategy would: its own choices, read from a future in which nobody plays."""
    while not position.ended:
        seen = position.tentative.seen
        turn = {
            choice.family: choice.options[int(np.ravel(seen[symbol])[0])]
            for choice in position.model.choices
            for symbol in seen
            if choice.actor in position.game.seats and (symbol.kind, symbol.name) == ("choice", choice.family)
        }
        position = position.play(Turn(turn))
    return position


@pytest.mark.parametrize("label", ["reciprocate(patience=2)", "race_on"])
def test_who_plays_as_a_strategy_would_lives_that_strategys_future(rivals, label):
    profile = {"north": label, "south": "calculating"}
    position = by_strategy(opened(rivals, new_game(rivals, ("north",), profile, Place(5, 64, 7))), label)
    design = rivals.design(64, 1, 5, profile=profile, realised=True)
    expected, found = trace_cell(rivals.program, design, 0, 7, replication=0), position.trace()
    assert found.outcomes == expected.outcomes
    assert found.payoffs == expected.payoffs
    assert [step.things for step in found.steps] == [step.things for step in expected.steps]


def test_a_game_kept_and_opened_again_gives_the_same_bits(rivals, tmp_path):
    position = at_random(opened(rivals, new_game(rivals, ("south",), {}, Place(2))))
    write_game(tmp_path / "game.json", position.game)
    again = opened(rivals, read_game(tmp_path / "game.json"))
    assert again.trace() == position.trace()


def test_a_step_back_leads_to_another_branch_and_leaves_the_first(rivals):
    position = at_random(opened(rivals, new_game(rivals, ("north",), {}, Place(3))))
    before = position.back(4)
    assert before.date == "Q1 2026"
    other = before.play(Turn({"north": "freeze"}))
    assert len(other.game.turns) == 5
    assert at_random(before.back(0)).trace() == position.trace()


def test_two_people_play_two_actors(rivals):
    position = opened(rivals, new_game(rivals, ("north", "south"), {}))
    with pytest.raises(ValueError, match=r"nobody has chosen for `south\.line`, `south\.word`"):
        position.play(Turn({"north": "build"}))


def test_a_facilitator_sets_a_stock_an_event_and_another_actors_option(rivals):
    position = opened(rivals, new_game(rivals, ("north",), {"south": "honest"}))
    injected = {"trust": 0.9, "crisis": True, "south.line": "build", "race": "paused"}
    seen = position.play(Turn({"north": "freeze"}, injected)).state.seen
    values = {symbol.name: np.ravel(value)[0] for symbol, value in seen.items() if symbol.kind != "own"}
    assert (values["trust"], bool(values["crisis"]), int(values["south.line"]), int(values["race"])) == (
        0.9,
        True,
        0,
        1,
    )


@pytest.mark.parametrize(
    ("injected", "message"),
    [
        ({"peace": True}, "nothing that can be set is named `peace`"),
        ({"race": "over"}, "`race` takes one of `racing`, `paused`, not `over`"),
        ({"war": 3.0}, "`war` takes `true` or `false`"),
    ],
)
def test_what_cannot_be_injected_is_said(rivals, injected, message):
    position = opened(rivals, new_game(rivals, ("north",), {}))
    with pytest.raises(ValueError, match=message):
        position.play(Turn({"north": "build"}, injected))


def test_a_game_of_a_study_that_changed_is_refused(rivals):
    game = new_game(rivals, ("north",), {})
    with pytest.raises(ValueError, match="this game is of `rivals` as it was before"):
        opened(load("rivals", ()).__class__(load("lake").model), game)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 3}', "\x00", "[" * 100_000])
def test_a_file_that_is_no_game_is_told_so(tmp_path, text):
    (tmp_path / "game.json").write_text(text)
    with pytest.raises(ValueError, match="is no game that can be read"):
        read_game(tmp_path / "game.json")


def test_a_game_that_is_a_pipe_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "game.json")
    with pytest.raises(OSError, match="it is not a plain file, but a pipe"):
        read_game(tmp_path / "game.json")
