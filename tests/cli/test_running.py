"""The commands that run a study."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

import standoff
import standoff.ensemble.study
from standoff.cli import main
from standoff.cli.shown.runs import run_lines
from standoff.ensemble.study import Study, open_run


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=True)


def test_run_prints_and_keeps(tmp_path: Path) -> None:
    sizes = ("--worlds", "8", "--replications", "2")
    shown = call("run", "rivals", *sizes)
    assert shown.exit_code == 0, shown.output
    assert "9 profiles × 8 worlds × 2 replications = 144 futures" in shown.output
    kept = call("run", "rivals", *sizes, "--out", str(tmp_path / "r"), "--json")
    assert kept.stderr == f"kept in {tmp_path / 'r'}\n"
    assert json.loads(kept.stdout)["strategies"].keys() == {
        "race_on",
        "reciprocate(patience=2)",
        "reciprocate(patience=6)",
    }
    other = call("run", "rivals", "--worlds", "9", "--replications", "2", "--out", str(tmp_path / "r"))
    assert other.exit_code == 1
    assert "; choose another folder, or delete it" in other.output


def test_quantiles_and_histograms_are_printed_and_kept(tmp_path: Path) -> None:
    wanted = ("--quantiles", "5,50,95", "--histogram", "war=0:0.2:4", "--out", str(tmp_path / "r"))
    sizes = ("--worlds", "8", "--replications", "20")
    shown = call("run", "rivals", *sizes, *wanted)
    assert shown.exit_code == 0, shown.output
    assert re.search(r"^  race_on, war +5 %: +0\.\d+  50 %: +0\.\d+  95 %: +0\.\d+$", shown.stdout, re.MULTILINE)
    assert re.search(r"^  race_on, war +0 to 0\.2: [\d. ]+ % \(below 0, above 0\)$", shown.stdout, re.MULTILINE)
    war = json.loads(call("run", "rivals", *sizes, *wanted, "--json").stdout)["strategies"]["race_on"]["outcome war"]
    assert war["quantiles"]["5 %"] < war["quantiles"]["50 %"] < war["quantiles"]["95 %"]
    assert war["histogram"]["edges"] == pytest.approx([0.0, 0.05, 0.1, 0.15, 0.2])
    assert sum(war["histogram"]["shares"]) == pytest.approx(1.0)
    kept = standoff.ensemble.study.open_run(tmp_path / "r")
    race = kept.quantile("war", 0.95)[(kept.profiles["north"] == "race_on").to_numpy()]
    assert war["quantiles"]["95 %"] == pytest.approx(race.mean())


@pytest.mark.parametrize("given", ["5,x", "500", "-1"])
def test_percentiles_are_percentages(given: str) -> None:
    refused = call("run", "rivals", "--quantiles", given)
    assert refused.exit_code == 2
    assert f"such as 5,50,95, and found `{given}`" in refused.output


@pytest.mark.parametrize("given", ["war", "war=0:1", "war=0:1:0", "war=0:1:2.5"])
def test_bins_are_equal_parts_of_a_span(given: str) -> None:
    refused = call("run", "rivals", "--histogram", given)
    assert refused.exit_code == 2
    assert f"such as war=0:0.2:20, and found `{given}`" in refused.output


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


def test_a_strategy_without_one_sound_future_is_not_known(tmp_path: Path) -> None:
    folder = tmp_path / "rivals"
    shutil.copytree(Path(standoff.__file__).parent / "studies" / "rivals", folder)
    text = (folder / "study.yaml").read_text(encoding="utf-8")
    faulty = text.replace("fear * arms_south if", "fear * arms_south / (trust - trust) if")
    (folder / "study.yaml").write_text(faulty, encoding="utf-8")
    unsound = ("run", str(folder), "--worlds", "4", "--replications", "2")
    shown = call(*unsound)
    assert re.search(r"^  race_on +not known", shown.stdout, re.MULTILINE)
    assert re.search(r"`built_north` divides by zero in \d+ of 72 futures, which are left out", shown.stdout)
    told = json.loads(call(*unsound, "--json").stdout)
    assert told["strategies"]["race_on"]["outcome arms"] == {"mean": None, "error": None}


def test_a_first_event_has_a_date_and_one_of_a_kind_is_no_plural(study_of: Callable[..., Study]) -> None:
    war = "events: {war: {chance: '1 if step == 2 else 0'}}\noutcomes: {w: {measure: first(war), better: higher}}"
    lines = list(run_lines(study_of(war).run(worlds=2, replications=1)))
    assert "1 profile × 2 worlds × 1 replication = 2 futures" in lines[0]
    assert lines[2].split("  ")[-1] == "payoff of North"
    assert re.search(r"acts +Q3 2025", lines[3])


def test_a_wide_table_is_folded_with_the_strategies_before_each_part() -> None:
    shown = call("run", "korea", "--worlds", "2", "--replications", "2", "--profile", "deep_axis").stdout
    table = [line for line in shown.splitlines() if line.startswith("  ")]
    assert max(map(len, table)) <= 100
    heads = [line for line in table if line.startswith("  United States ")]
    assert len(heads) > 1
    assert sum(line.count("payoff of") for line in heads) == 5


def test_a_stopped_run_says_where_it_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("standoff.ensemble.study.Study.run", run)
    result = call("run", "rivals", "--out", str(tmp_path))
    assert result.exit_code == 130
    assert result.stderr.split("\n") == [
        "", f"what is complete is kept in {tmp_path}; the same command goes on from there", "", "stopped", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "arguments",
    [
        ("brief", "rivals", "--out"),
        ("games", "rivals", "--out"),
        ("games", "rivals", "--nfg"),
        ("deals", "korea", "--out"),
    ],
)
def test_what_cannot_be_written_is_said_before_the_run(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*_: object, **__: object) -> None:
        raise AssertionError("it was run")

    monkeypatch.setattr("standoff.ensemble.run.run_design", run)
    monkeypatch.setattr("standoff.ensemble.study.run_design", run)
    (tmp_path / "file").touch()
    result = call(*arguments, str(tmp_path / "file" / "inside"))
    assert result.exit_code == 1
    assert re.fullmatch(r"Error: `.*file(/inside)?`: (Not a directory|File exists)\n", result.stderr)


def test_a_trace_shows_some_steps() -> None:
    def steps(*arguments: str) -> list[int]:
        result = call("trace", "rivals", "--world", "3", *arguments, "--json")
        assert result.exit_code == 0, result.output
        return [step["step"] for step in json.loads(result.stdout)["steps"]]

    whole = steps()
    assert whole == list(range(len(whole)))
    assert steps("--from", "2", "--to", "4") == [2, 3, 4]
    assert steps("--from", "2026-01")[0] == 4
    some = steps("--changes")
    assert some[0] == 0 and set(some) < set(whole)
    wrong = call("trace", "rivals", "--from", "1999-01")
    assert wrong.exit_code == 2 and "`1999-01` is no step: they are 0 to 16" in wrong.stderr


def test_a_run_keeps_the_paths_that_are_asked_for(tmp_path: Path) -> None:
    result = call(
        "run", "rivals", "--worlds", "8", "--replications", "2", "--paths", "trust", "--out", str(tmp_path / "r")
    )
    assert result.exit_code == 0, result.output
    frame = pd.read_parquet(tmp_path / "r" / "paths.parquet")
    assert list(frame.columns) == ["profile", "world", "replication", "step", "trust"]
    assert len(frame) == 9 * 8 * 2 * 17
    assert open_run(tmp_path / "r").design.worlds.size == 8
    assert call("run", "rivals", "--paths", "trust").exit_code == 2
