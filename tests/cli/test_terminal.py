"""What reaches a terminal: nothing that it would obey, no more than can be read, and signs that it has."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from shutil import copytree

import pytest
from click.testing import CliRunner, Result

import standoff
from standoff.cli import main

HOSTILE = "\x1b]0;owned\x07\x9b31m\u202eend"


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """The rivals with control characters in the name of the folder, in the title, and in names and texts."""
    folder = tmp_path / f"rivals{HOSTILE}"
    copytree(standoff.load("rivals").model.folder, folder)
    text = (folder / "study.yaml").read_text(encoding="utf-8")
    said = json.dumps(f"A {HOSTILE} title")
    text = re.sub(r"^(title|question): .*$", lambda m: f"{m[1]}: {said}", text, flags=re.MULTILINE)
    text = text.replace("about: ", f"about: {json.dumps(HOSTILE)} #", 1)
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    return folder


def standoff_says(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.mark.parametrize(
    "command",
    ["check {}", "show {}", "show {} --json", "show {} --kernel", "trace {}", "run {} --worlds 4 --replications 2",
     "test {} --worlds 4 --replications 2", "sources {}", "run {} --variant x\x1b", "run {} --set x\x1b=1"],
)  # fmt: skip
def test_no_command_prints_what_a_terminal_would_obey(hostile: Path, command: str) -> None:
    result = standoff_says(*(part.replace("{}", str(hostile)) for part in command.split(" ")))
    assert result.exit_code in (0, 1, 2), result.exception
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", result.output)


def test_problems_show_them_written_out_and_are_bounded(hostile: Path) -> None:
    path = hostile / "study.yaml"
    key = "k" * 5_000
    path.write_text(path.read_text(encoding="utf-8") + f'"{HOSTILE[0]}bad": 1\n{key}: 1\n', encoding="utf-8")
    result = standoff_says("check", hostile)
    assert result.exit_code == 1
    assert len(result.output) < 5_000
    assert "\x1b" not in result.output


@pytest.mark.parametrize(
    "given", ["fear=1e999", "fear=nan", "fear=-inf", "fear=", "fear", "=1", "fear=0x1", "f\x1b=1", "fear=٣"]
)
def test_what_is_no_number_is_a_wrong_command(given: str) -> None:
    result = standoff_says("run", "rivals", "--worlds", 2, "--set", given)
    assert (result.exit_code, type(result.exception)) == (2, SystemExit)


def test_a_message_about_what_was_given_is_bounded() -> None:
    result = standoff_says("run", "rivals", "--set", f"fear={'9' * 5000}")
    assert result.exit_code == 2
    assert len(result.output) < 500


@pytest.mark.parametrize("given", ["war=0:1:0", "war=0:1:-3", "war=0:1:1000000000", "war=0:nan:3", "war=0:1"])
def test_bins_that_cannot_be_are_a_wrong_command(given: str) -> None:
    result = standoff_says("run", "rivals", "--worlds", 2, "--histogram", given)
    assert (result.exit_code, type(result.exception)) == (2, SystemExit)


@pytest.mark.parametrize("encoding", ["cp437", "ascii"])
def test_a_terminal_that_lacks_signs_is_written_to_in_ascii(encoding: str) -> None:
    for command in (["show", "rivals"], ["run", "rivals", "--worlds", "4", "--json"]):
        result = CliRunner(charset=encoding).invoke(main, command)
        assert result.exit_code == 0, result.exception
        said = result.stdout_bytes.decode(encoding)
        assert said.rstrip().endswith("}") == said.startswith("{") == ("--json" in command)


def test_so_is_one_that_python_finds_when_it_starts() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "standoff", "show", "rivals"]
    done = subprocess.run(command, capture_output=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode("cp1252")


def test_without_a_home_commands_run_and_say_what_it_costs(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "def home(): raise RuntimeError('Could not determine home directory.')\n"
        "Path.home = home\n"
        "from standoff.base.cache_folder import open_cache\n"
        "print(open_cache().lacking)\n"
        "from standoff.cli import main; main(['check', 'rivals'])"
    )
    environment = {k: v for k, v in os.environ.items() if k not in ("HOME", "STANDOFF_CACHE", "XDG_CACHE_HOME")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert "set STANDOFF_CACHE to a folder" in done.stdout
