"""The command line: every command, its exit codes, and what it says when the user errs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from standoff.cli import main


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=True)


def test_help_imports_nothing_heavy() -> None:
    imported = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "standoff", "--help"], check=True, capture_output=True, text=True
    ).stderr
    heavy = ("numpy", "numba", "pandas", "pyarrow", "scipy", "matplotlib", "pint", "lark", "yaml", "rich")
    names = {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in imported.splitlines() if "|" in line}
    assert not names & set(heavy)


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_has_help_with_an_example(command: str) -> None:
    result = call(command, "--help")
    assert result.exit_code == 0
    assert re.search(rf"Examples?:\n\s+standoff {command}", result.output)


def test_help_lists_every_command_with_a_whole_sentence() -> None:
    shown = call("--help").output
    listed = dict(re.findall(r"^  (\w+) +(\S.*)$", shown[shown.index("Write a study:") :], re.MULTILINE))
    assert listed.keys() == main.commands.keys()
    assert [text for text in listed.values() if not text.endswith(".") or text.endswith("...")] == []


@pytest.mark.parametrize(
    "name", ["worlds", "replications", "seed", "threads", "set", "variants", "evaluator", "realised"]
)
def test_an_option_means_the_same_everywhere(name: str) -> None:
    options = [option for command in main.commands.values() for option in command.params if option.name == name]
    assert len({(*option.opts, getattr(option, "help", None)) for option in options}) == 1


def test_an_unknown_command_gets_the_nearest() -> None:
    result = call("chekc", "korea")
    assert result.exit_code == 2
    assert "did you mean `check`?" in result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "rivals", "--set", "fear"), "--set takes NAME=NUMBER"),
        (("run", "rivals", "--set", "fear=nan"), "--set takes NAME=NUMBER"),
        (("run", "rivals", "--set", "=3"), "--set takes NAME=NUMBER"),
        (("run", "rivals", "--set", "fear=0.3", "--set", "fear=0.4"), "--set gives `fear` two values, 0.3 and 0.4"),
        (("run", "rivals", "--set", "feer=1"), "did you mean `fear`?"),
        (("run", "rivals", "--variant", "nothing"), "has no variant `nothing`: it has none"),
        (("show", "korea", "--variant", "nothing"), "has no variant `nothing`: there are `"),
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


def test_what_is_wrong_in_the_content_is_said_without_the_usage() -> None:
    assert call("run", "rivals", "--set", "feer=1").stderr.startswith("Error: no uncertainty or value is named `feer`")


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "\nstopped\n"),
        (MemoryError(), 1, "Error: that needs more memory than there is: ask for fewer --worlds or profiles\n"),
        (OSError(28, "No space left on device", "runs/a"), 1, "Error: `runs/a`: No space left on device\n"),
        (BrokenPipeError(32, "Broken pipe"), 0, ""),
    ],
)
def test_what_stops_a_run_is_one_line(
    raised: BaseException, code: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr("standoff.ensemble.study.Study.run", run)
    result = call("run", "rivals")
    assert (result.exit_code, result.stderr) == (code, said)


def test_a_fault_of_the_program_shows_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*_: object, **__: object) -> None:
        raise AssertionError("arrays of two lengths")

    monkeypatch.setattr("standoff.ensemble.study.Study.run", run)
    assert isinstance(call("run", "rivals").exception, AssertionError)


@pytest.mark.parametrize("command", ["schema", "show"])
def test_a_reader_who_has_enough_ends_it_quietly(command: str) -> None:
    arguments = {"schema": [], "show": ["rivals"]}[command]
    process = subprocess.Popen(
        [sys.executable, "-m", "standoff", command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert (process.wait(), said) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
def test_a_full_disk_is_one_line() -> None:
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            [sys.executable, "-m", "standoff", "schema"], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert (result.returncode, result.stderr) == (1, b"Error: No space left on device\n")
