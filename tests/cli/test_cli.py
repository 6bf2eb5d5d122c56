"""The command line: every command, its exit codes, and what it says when the user errs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from standoff.cli import main


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=True)


def test_help_answers_at_once() -> None:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", "standoff", "--help"], check=True, capture_output=True)
    first = time.perf_counter() - started
    imported = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "standoff", "--help"], check=True, capture_output=True, text=True
    ).stderr
    heavy = ("numpy", "numba", "pandas", "pyarrow", "scipy", "matplotlib", "pint", "lark", "yaml", "rich")
    names = {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in imported.splitlines() if "|" in line}
    assert not names & set(heavy), f"{first:.2f} s"


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_has_help_with_an_example(command: str) -> None:
    result = call(command, "--help")
    assert result.exit_code == 0
    assert re.search(rf"Examples?:\n\s+standoff {command}", result.output)


def test_an_unknown_command_gets_the_nearest() -> None:
    result = call("chekc", "korea")
    assert result.exit_code == 2
    assert "did you mean `check`?" in result.output


def test_new_writes_a_study_that_checks_clean(tmp_path: Path) -> None:
    made = call("new", str(tmp_path / "border"))
    assert made.exit_code == 0, made.output
    checked = call("check", str(tmp_path / "border"))
    assert checked.exit_code == 0
    assert checked.output.startswith("border: clean")
    again = call("new", str(tmp_path / "border"))
    assert again.exit_code == 2
    assert "exists already" in again.output


def test_check_reports_problems_and_exits_with_1(tmp_path: Path) -> None:
    call("new", str(tmp_path))
    study = tmp_path / "study.yaml"
    study.write_text(study.read_text().replace("temper * grievance", "temper * grievence"))
    result = call("check", str(tmp_path))
    assert result.exit_code == 1
    assert "help: did you mean `grievance`?" in result.output
    found = json.loads(call("check", str(tmp_path), "--json").output)["problems"]
    assert [p["code"] for p in found] == ["unknown-name"]
    assert set(found[0]) == {"path", "line", "column", "length", "severity", "code", "message", "help"}
    ran = call("run", str(tmp_path))
    assert ran.exit_code == 1
    assert "Traceback" not in ran.output


def test_run_prints_and_keeps(tmp_path: Path) -> None:
    sizes = ("--worlds", "8", "--replications", "2")
    shown = call("run", "rivals", *sizes)
    assert shown.exit_code == 0, shown.output
    assert "9 profiles × 8 worlds × 2 replications = 144 futures" in shown.output
    kept = call("run", "rivals", *sizes, "--out", str(tmp_path / "r"), "--json")
    assert json.loads(kept.output)["strategies"].keys() == {
        "race_on",
        "reciprocate(patience=2)",
        "reciprocate(patience=6)",
    }
    other = call("run", "rivals", "--worlds", "9", "--replications", "2", "--out", str(tmp_path / "r"))
    assert other.exit_code == 1
    assert "holds another run" in other.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "rivals", "--set", "fear"), "--set takes NAME=NUMBER"),
        (("run", "rivals", "--set", "feer=1"), "did you mean `fear`?"),
        (("run", "rivals", "--variant", "nothing"), "nothing"),
        (("run", "rivals", "--profile", "north=race"), "did you mean `race_on`?"),
        (("run", "rivals", "--worlds", "0"), "--worlds"),
        (("run", "rivals", "--worlds", "12", "--design", "sobol"), "power of two"),
        (("trace", "rivals", "--worlds", "8", "--world", "8"), "they are 0 to 7"),
        (("run",), "Missing argument"),
    ],
)
def test_a_wrong_command_exits_with_2_and_says_why(arguments: tuple[str, ...], said: str) -> None:
    result = call(*arguments)
    assert result.exit_code == 2, result.output
    assert said in result.output
    assert "Traceback" not in result.output


def test_an_unknown_study_exits_with_1() -> None:
    result = call("check", "rivlas")
    assert result.exit_code == 1
    assert "did you mean `rivals`?" in result.output


def test_a_trace_names_the_rule_that_fired() -> None:
    arguments = ("trace", "rivals", "--world", "3", "--profile", "north=reciprocate(patience=6),south=pretend")
    shown = call(*arguments)
    assert shown.exit_code == 0, shown.output
    assert "North plays reciprocate(patience=6)" in shown.output
    assert re.search(r"North: freeze  \(reciprocate, line \d+: always\)", shown.output)
    data = json.loads(call(*arguments, "--json").output)
    assert len(data["steps"]) == 17
    assert data["steps"][0]["stock"]["arms_north"] == 10
    assert set(data["outcomes"]) == {"war", "arms"}


def test_show_prints_equations_and_draws_the_map(tmp_path: Path) -> None:
    picture = tmp_path / "map.svg"
    shown = call("show", "rivals", "--picture", str(picture))
    assert shown.exit_code == 0, shown.output
    assert "arms_north (next) = arms_north + built_north" in shown.output
    assert picture.read_text(encoding="utf-8").lstrip().startswith("<svg")
    assert json.loads(call("show", "rivals", "--json").output)["edges"]


def test_schema_is_a_json_schema() -> None:
    assert json.loads(call("schema").output)["$schema"].startswith("https://json-schema.org/")
