"""`standoff brief`: as files, as JSON and as Markdown on the terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from standoff.cli import main

SMALL = ["brief", "rivals", "--worlds", "16", "--replications", "2"]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(autouse=True)
def _kept_by_test(_kept_apart: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Findings are kept from one test to the next: how they are given is tested here."""
    monkeypatch.setattr("standoff.questions.kept._FOLDER", str(_kept_apart / "briefs"))


def _run(*more: str) -> Result:
    return CliRunner().invoke(main, [*SMALL, *more])


def test_it_is_written_in_three_forms(here: Path) -> None:
    done = _run("--out", "out")
    assert done.exit_code == 0
    assert {path.name for path in (here / "out").iterdir()} == {"brief.html", "brief.md", "brief.json"}
    assert "open it in a browser" in done.stdout


def test_json_goes_to_the_terminal_alone(here: Path) -> None:
    done = _run("--json", "--fresh")
    assert json.loads(done.stdout)["study"]["name"] == "rivals"
    assert "working out the answers" in done.stderr
    assert list(here.iterdir()) == []


def test_markdown_goes_to_the_terminal_and_to_files_with_out(here: Path) -> None:
    done = _run("--markdown", "--out", "out")
    assert done.stdout.startswith("# Does offering a freeze end the race")
    assert done.stdout == (here / "out" / "brief.md").read_text(encoding="utf-8")


def test_one_thing_is_printed_at_a_time(here: Path) -> None:
    done = _run("--json", "--markdown")
    assert done.exit_code == 2
    assert "choose one" in done.stderr
    assert list(here.iterdir()) == []
