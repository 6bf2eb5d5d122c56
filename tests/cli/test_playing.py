"""The commands about games and deals."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from pyarrow import csv, feather

import standoff
from standoff.analysis.games.exchange import read_nfg
from standoff.cli import main

SMALL = ("--worlds", "32", "--replications", "2", "--evaluator", "reference")
DEAL = """
deals:
  halt:
    parties: [north, south]
    during: "talks == deal"
    terms: {depth: {levels: [0, 1], usual: 1}}
    keeps: {south: "south == honour"}
    breach: {south: [cheats]}
    without: [never]
modes:
  talks:
    states: [none, deal]
    start: none
    final: [deal]
    moves: [{name: struck, from: none, to: deal, chance: 0.5}]
variants: {never: {impose: {struck: never}}}
clock: {start: 2025-01, step: year, steps: 4}
standoff: 1
title: A test
question: Does it pay?
decider: north
actors: {north: {name: North}, south: {name: South}}
choices: {north: [wait, go], south: [honour, cheat]}
strategies:
  north: {waits: {choose: wait}}
  south: {honours: {choose: honour}, cheats: {choose: cheat}}
uncertainties: {zest: {about: zest, range: [1, 2], judgement: none}}
payoffs:
  north: {each: "zest * halt.depth", final: "0"}
  south: {each: "0.5 * halt.depth + (2 if south == cheat and talks == deal else 0)", final: "0"}
outcomes: {calls: {measure: "mean(step)", better: lower}}
"""


def _call(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def test_games_names_who_plays_what_and_writes_tables_and_a_gambit_file(tmp_path: Path) -> None:
    result = _call("games", "rivals", *SMALL, "--nfg", str(tmp_path / "game.nfg"), "--out", str(tmp_path / "tables"))
    assert result.exit_code == 0, result.output
    for said in ("rivals: ", "profiles: equilibrium in resamples", "if everyone knew the world"):
        assert said in result.output
    game = read_nfg((tmp_path / "game.nfg").read_text())
    assert game.players == ("north", "south")
    table = pq.read_table(tmp_path / "tables" / "games.parquet")
    assert table.num_rows == game.payoffs[0].size
    assert feather.read_table(tmp_path / "tables" / "games.arrow").equals(table)
    assert csv.read_csv(tmp_path / "tables" / "games.csv").num_rows == table.num_rows


def test_games_as_json_say_what_was_run(tmp_path: Path) -> None:
    result = _call("games", "rivals", *SMALL, "--json")
    found = json.loads(result.stdout)
    assert (found["study"], found["worlds"], found["replications"]) == ("rivals", 32, 2)
    assert found["digest"] == standoff.load("rivals").model.digest
    assert found["verdict"] in ("unique and stable", "several stable", "none stable", "cannot tell")


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "pact"
    folder.mkdir()
    (folder / "study.yaml").write_text(DEAL, encoding="utf-8")
    return folder


def test_deals_say_the_zone_and_whose_word_is_worth_what(study: Path, tmp_path: Path) -> None:
    result = _call("deals", str(study), *SMALL, "--out", str(tmp_path / "tables"))
    assert result.exit_code == 0, result.output
    assert "against never: a deal" in result.output
    assert "South: would breach on 2 of 2" in result.output
    assert pq.read_table(tmp_path / "tables" / "deal-halt.parquet").num_rows == 2
    found = json.loads(_call("deals", str(study), *SMALL, "--json").stdout)
    assert found["deals"][0]["deal"] == "halt"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("deals", "rivals"), "the study `rivals` names no deal"),
        (("games", "rivals", "--worlds", "2"), "no game to solve: "),
        (("deals", "rivals", "--replications", "1"), "is not in the range"),
    ],
)
def test_what_cannot_be_answered_is_one_message(words: tuple[str, ...], said: str) -> None:
    result = _call(*words)
    assert result.exit_code != 0
    assert said in result.output
    assert "Traceback" not in result.output


def test_a_game_in_a_file_is_solved_and_other_files_are_named(tmp_path: Path) -> None:
    path = tmp_path / "dilemma.nfg"
    path.write_text('NFG 1 R "D" { "N" "S" } { 2 2 }\n\n3 3 5 0 0 5 1 1\n', encoding="utf-8")
    found = CliRunner().invoke(main, ["games", str(path), "--json"])
    assert (found.exit_code, json.loads(found.output)["pure"][0]["strategies"]) == (0, ["2", "2"])
    assert "round 1: N “1”, by “2”" in CliRunner().invoke(main, ["games", str(path)]).output
    refused = CliRunner().invoke(main, ["check", str(path)])
    assert refused.exit_code == 1 and "a game in Gambit's format" in refused.output
