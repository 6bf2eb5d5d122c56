"""A game from Python is the game of the command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import standoff
from standoff.cli import main
from standoff.public.playing import Played
from standoff.public.study import Study


@pytest.fixture(scope="module")
def rivals() -> Study:
    return standoff.load("rivals")


@pytest.fixture
def game(rivals: Study) -> Played:
    return rivals.play("north", luck=7)


def test_a_choice_leaves_the_position_before_as_it_was(game: Played) -> None:
    built, frozen = game.choose("build"), game.choose("freeze")
    assert game.date == "Q1 2025"
    assert built.date == frozen.date == "Q2 2025"
    assert built.back().see().to_dict() == game.see().to_dict()
    assert built.trace().steps != frozen.trace().steps


def test_what_is_seen_shows_itself(game: Played) -> None:
    seen = game.choose("build").see()
    assert seen.options == (("north", ("build", "freeze")),)
    assert {"kind", "name", "value", "before"} <= set(seen.frame().columns)
    assert "What moved" in repr(seen)
    assert seen._repr_html_().startswith("<p>")
    assert json.dumps(seen.to_dict(), allow_nan=False)


def test_a_game_that_was_kept_is_gone_on_with_and_looked_at_by_the_command(rivals: Study, tmp_path: Path) -> None:
    file = tmp_path / "game.json"
    rivals.play("north", luck=7, set={"fear": 0.3}, game=file).choose("build").choose("freeze")
    again = rivals.play(game=file)
    found = again.debrief()
    assert again.position.state.lanes.columns["fear"][0] == 0.3
    assert list(found.frame()["taken.north"]) == ["build", "freeze"]
    told = CliRunner().invoke(main, ["play", "rivals", "--game", str(file), "--debrief", "--json"])
    assert json.loads(told.stdout)["debrief"] == found.to_dict()


def test_the_same_luck_is_the_same_game(rivals: Study, game: Played) -> None:
    assert rivals.play("north", luck=7).position.game == game.position.game


def test_several_choices_are_named(rivals: Study) -> None:
    both = rivals.play("north", "south", luck=1)
    with pytest.raises(ValueError, match=r"choose for each of `north`, `south\.line`, `south\.word`"):
        both.choose("build")
    with pytest.raises(ValueError, match="say who looks: `north`, `south`"):
        both.see()
    after = both.choose({"north": "freeze", "south.line": "freeze", "south.word": "keep"})
    assert after.see("south").actor == "south"


def test_who_plays_must_be_said(rivals: Study, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="say who is played: `north`, `south`"):
        rivals.play()
    rivals.play("north", game=tmp_path / "game.json")
    with pytest.raises(ValueError, match="is a game of north: name another file"):
        rivals.play("south", game=tmp_path / "game.json")
