"""What the commands do is one call from Python, and answers show themselves."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import standoff
from standoff.analysis.findings import Reason, UnanswerableError
from standoff.cli import main
from standoff.ensemble.running import Size
from standoff.public.study import Ensemble, Study, open_run

ROOT = Path(standoff.__file__).parents[2]


@pytest.fixture(scope="module")
def rivals() -> Study:
    return standoff.load("rivals")


@pytest.fixture(scope="module")
def run(rivals: Study) -> Ensemble:
    return rivals.run(worlds=32, replications=4)


def said(*arguments: str) -> dict[str, object]:
    result = CliRunner().invoke(main, [*arguments, "--json"])
    assert result.exit_code == 0, result.output
    found: dict[str, object] = json.loads(result.stdout)
    return found


def test_a_call_has_the_figures_of_its_command(rivals: Study) -> None:
    games = said("games", "rivals", "--worlds", "32", "--replications", "4")
    found = rivals.games(worlds=32, replications=4)
    assert found.to_dict()["payoffs"] == games["payoffs"]
    assert found.sentences == (games["sentence"],)
    tests = said("test", "rivals", "--worlds", "32", "--replications", "4")
    assert rivals.test(worlds=32, replications=4).to_dict()["mechanisms"] == tests["mechanisms"]


def test_a_run_answers_as_the_command_does(rivals: Study, tmp_path: Path) -> None:
    rivals.run(worlds=32, replications=4, out=tmp_path / "run")
    told, kept = said("answer", str(tmp_path / "run")), open_run(tmp_path / "run")
    answer, pins = kept.answer(), kept.linchpins()
    assert told["sentences"] == {"robustness": list(answer.sentences), "linchpins": list(pins.sentences)}
    assert (told["robustness"], told["linchpins"]) == (answer.to_dict(), pins.to_dict())


def test_answers_show_themselves(run: Ensemble, rivals: Study) -> None:
    for answer in (run.answer(), run.linchpins(), rivals.games(worlds=32, replications=4)):
        shown = answer._repr_html_()
        assert shown.startswith("<iframe srcdoc=")
        assert shown.count("<iframe") == 1 and "<script" not in shown
        assert repr(answer) == "\n".join(answer.sentences)
        assert len(answer.frame()) >= 1
    pins = run.linchpins().frame()
    assert {"parameter", "worth.evppi.value", "worth.evppi.error"} <= set(pins.columns)


def test_every_answer_has_a_table_arrays_and_plain_data(run: Ensemble, rivals: Study) -> None:
    pytest.importorskip("xarray")
    changes = run.compare(rivals.run(worlds=32, replications=4, set={"fear": 0.3}))
    moving = rivals.run(worlds=64, replications=2, design="saltelli").sensitivity(("war",))
    for answer in (changes, moving, run.boxes(), run.answer(), rivals.test(worlds=32, replications=4)):
        assert len(answer.frame()) == next(iter(answer.to_xarray().sizes.values()))
        assert json.dumps(answer.to_dict(), allow_nan=False)
        assert answer._repr_html_().startswith("<")
    assert [change["name"] for change in changes.to_dict()["changes"]] == ["fear"]
    assert set(changes.frame()["measure"]) == {"north", *(outcome.name for outcome in run.model.outcomes)}
    assert {"total.value", "first.error"} <= set(moving.frame().columns)


def test_arrays_have_their_axes_and_worlds(run: Ensemble) -> None:
    data = run.to_xarray()
    assert data["war"].dims == ("profile", "world")
    assert np.array_equal(data["war"].to_numpy(), run.outcome("war"))
    assert np.array_equal(data["fear"].to_numpy(), run.worlds["fear"])
    assert data["south"].to_numpy().tolist() == run.profiles["south"].tolist()


def test_paths_are_those_of_the_runs_futures(run: Ensemble) -> None:
    frame = run.paths("arms_north", "race", futures=20)
    assert len(frame) == 20 * (run.model.clock.steps + 1)
    assert frame.groupby(["profile", "world", "replication"]).ngroups == 20
    with pytest.raises(ValueError, match="no stock, quantity, mode or event is named `nothing`"):
        run.paths("nothing")


def test_what_cannot_be_answered_says_why(rivals: Study) -> None:
    with pytest.raises(UnanswerableError, match="only 8 worlds can be used") as caught:
        rivals.run(worlds=8, replications=2).answer()
    assert caught.value.reason == Reason.FEW_WORLDS


def test_a_study_is_checked_traced_and_briefed(rivals: Study, tmp_path: Path) -> None:
    assert rivals.check() == ()
    trace = rivals.trace(world=3, profile="north=race_on")
    assert trace.profile["north"] == "race_on"
    page = rivals.brief(tmp_path, standoff.Size(32, 2))
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_the_notebook_runs_as_a_script() -> None:
    pytest.importorskip("marimo")
    runpy.run_path(str(ROOT / "docs" / "notebooks" / "first_look.py"), run_name="__main__")


def test_the_page_lists_every_call() -> None:
    text = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^### `(?:study|game|run|answer|standoff)\.(\w+)\(", text, re.MULTILINE))
    assert {"check", "run", "trace", "games", "deals", "test", "play", "see", "choose", "debrief",
            "brief", "answer", "linchpins", "sensitivity", "boxes",
            "compare", "paths", "frame", "to_xarray", "to_dict", "load", "open_run"} <= listed  # fmt: skip


def test_what_was_seen_and_what_to_watch(tmp_path: Path) -> None:
    (tmp_path / "seen.csv").write_text("date,name,value\n2025-Q1,clashes,0\n2025-Q4,caught,none\n", encoding="utf-8")
    found = standoff.load("rivals").watch(tmp_path / "seen.csv", Size(32, 2), futures=128, threads=1)
    assert found.posterior.sightings[0].of.name == "clashes"
    assert any("effective worlds of 32" in sentence for sentence in found.sentences)
    assert "evsi.value" in found.frame().columns
