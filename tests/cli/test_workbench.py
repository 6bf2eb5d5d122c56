import json

from click.testing import CliRunner

from standoff.cli import main


def play(tmp_path, said, *arguments):
    command = ["play", "rivals", "--game", str(tmp_path / "game.json"), *arguments]
    return CliRunner().invoke(main, command, input="\n".join(said) + "\n")


def test_a_game_is_played_to_its_end_and_traced(tmp_path):
    found = play(tmp_path, ["build"] * 16, "--as", "north", "--luck", "1")
    assert found.exit_code == 0, found.output
    assert "What it came to" in found.output
    traced = CliRunner().invoke(main, ["trace", "rivals", "--played", str(tmp_path / "game.json"), "--json"])
    data = json.loads(traced.stdout)
    assert all(step["rules"]["north"] == "chosen by a person" for step in data["steps"] if step["rules"])


def test_a_stopped_game_goes_on_where_it_was(tmp_path):
    assert play(tmp_path, ["1", "2", "stop"], "--as", "north", "--luck", "1").exit_code == 0
    assert len(json.loads((tmp_path / "game.json").read_text())["turns"]) == 2
    again = play(tmp_path, ["back", "2", "stop"])
    assert again.exit_code == 0
    turns = json.loads((tmp_path / "game.json").read_text())["turns"]
    assert [turn["choices"]["north"] for turn in turns] == ["build", "freeze"]


def test_what_is_no_option_is_asked_again(tmp_path):
    found = play(tmp_path, ["surrender", "stop"], "--as", "north", "--luck", "1")
    assert "`surrender` is none of them" in found.output


def test_who_one_is_must_be_said(tmp_path):
    found = play(tmp_path, ["stop"])
    assert found.exit_code == 2
    assert "say who you are with --as: `north`, `south`" in found.output


def test_a_game_of_another_study_is_refused(tmp_path):
    play(tmp_path, ["stop"], "--as", "north", "--luck", "1")
    found = CliRunner().invoke(main, ["play", "lake", "--game", str(tmp_path / "game.json")])
    assert found.exit_code == 2
    assert "this game is of `rivals`" in found.output
