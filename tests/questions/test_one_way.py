"""Nothing but questions runs models, and all findings are given alike."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import standoff
from standoff.cli import main

PACKAGE = Path(standoff.__file__).parent
RUNS = {"follow", "run_design", "run_jobs", "run_paths", "run_to_folder", "run_lanes", "run_until", "trace_cell", "Job"}
"""What runs a model."""
OWN = {
    ("cli/running.py", "run"),
    ("cli/running.py", "trace"),
    ("public/study.py", "trace"),
    ("public/study.py", "paths"),
}
"""The commands that hand on a run or a future itself, which are no questions, and their calls from Python."""


def _running(path: Path) -> set[tuple[str, str]]:
    """(file, function) of every use of a name that runs a model."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = set()
    for place in ast.walk(tree):
        if isinstance(place, ast.FunctionDef):
            names = {node.id for node in ast.walk(place) if isinstance(node, ast.Name)}
            names |= {node.attr for node in ast.walk(place) if isinstance(node, ast.Attribute)}
            if names & RUNS:
                found.add((str(path.relative_to(PACKAGE)), place.name))
    return found


def test_only_questions_run_models() -> None:
    files = [path for room in ("brief", "cli", "public", "words") for path in (PACKAGE / room).rglob("*.py")]
    assert set().union(*map(_running, files)) == OWN


def test_the_scan_finds_what_runs_models() -> None:
    assert _running(PACKAGE / "questions" / "question.py") == {("questions/question.py", "whole")}


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, dict], dict]:
    """The findings of a brief by section, and what `answer` says of a run of the same size."""
    folder = tmp_path_factory.mktemp("run")
    size = ("--worlds", "24", "--replications", "2", "--evaluator", "reference")

    def said(*arguments: str) -> dict:
        result = CliRunner().invoke(main, list(arguments))
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    said("run", "rivals", *size, "--out", str(folder), "--json")
    sections = said("brief", "rivals", *size, "--json")["sections"]
    found = {section["name"]: section["findings"] for section in sections}
    games = said("games", "rivals", *size, "--json")
    return found, {**said("answer", str(folder), "--json"), "games": games}


def _keys(value: object, path: str = "") -> set[str]:
    """The paths of all keys, whatever stands for a name."""
    if isinstance(value, dict):
        return {p for key, item in value.items() for p in {f"{path}.{key}"} | _keys(item, f"{path}.{key}")}
    return {p for item in value for p in _keys(item, f"{path}[]")} if isinstance(value, list) else set()


def test_a_finding_has_the_same_keys_wherever_it_is_given(given: tuple[dict[str, dict], dict]) -> None:
    brief, answer = given
    assert _keys(answer["linchpins"]) == _keys(brief["hinges-on"])
    views = [[under for under in of["under"] if under["view"]["kind"] == "uniform"]
             for of in (answer["robustness"], brief["gives-up"])]  # fmt: skip
    assert _keys(views[0]) == _keys(views[1])
    assert answer["robustness"].keys() == brief["gives-up"].keys()
    others = {key: value for key, value in brief["others"].items() if key != "courses"}  # `standoff stability` gives it
    assert others.keys() <= answer["games"].keys()
    assert _keys(others) <= _keys(answer["games"])
