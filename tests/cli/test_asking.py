"""The commands that look at runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from standoff.cli import main
from standoff.questions import results


def cli(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three runs of the small study: as it is, with one assumption held, and on a Saltelli design."""
    folder = tmp_path_factory.mktemp("runs")
    small = ("run", "rivals", "--replications", "4", "--evaluator", "reference", "--out")
    assert cli(*small, str(folder / "plain"), "--worlds", "64").exit_code == 0
    assert cli(*small, str(folder / "held"), "--worlds", "64", "--set", "fear=0.3").exit_code == 0
    saltelli = ("--design", "saltelli", "--worlds", "64", "--profile", "north=race_on,south=honest")
    assert cli(*small, str(folder / "saltelli"), *saltelli).exit_code == 0
    return folder


def test_answer_says_what_holds_up_and_what_it_hinges_on(runs: Path) -> None:
    shown = cli("answer", str(runs / "plain"))
    assert shown.exit_code == 0
    assert "What holds up?\n  Reciprocate (grudge 2) is best on average" in shown.output
    assert "What does it hinge on?\n" in shown.output


def test_a_study_is_run_and_what_holds_up_is_told_before_the_rest_is_asked(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unasked(*_: object, **__: object) -> None:
        raise ValueError("asked too soon")

    kept = cli("answer", str(runs / "plain"), "--fresh")
    assert kept.output.startswith("Ranking, by mean payoff\n  1. reciprocate (grudge 2): ")
    shown = cli("answer", "rivals", "--worlds", "64", "--replications", "4", "--fresh")
    assert (shown.exit_code, shown.output) == (0, kept.output)
    monkeypatch.setattr(results, "linchpins", unasked)
    stopped = cli("answer", "rivals", "--worlds", "64", "--replications", "4", "--fresh")
    assert stopped.exit_code != 0
    assert "What holds up?\n  Reciprocate (grudge 2) is best on average" in stopped.output


def test_answer_has_every_number_as_json(runs: Path) -> None:
    told = json.loads(cli("answer", str(runs / "plain"), "--view", "adversarial", "--json").output)
    views = told["robustness"]["under"]
    assert [view["view"]["kind"] for view in views] == ["uniform", "adversarial"]
    assert views[0]["metrics"]["regret"]["mean"]["race_on"]["value"] > 0.0
    assert views[0]["satisficing"]["together"]["race_on"]["high"] <= 1.0
    assert told["linchpins"]["view"]["kind"] == "adversarial"
    assert {pin["parameter"] for pin in told["linchpins"]["facts"]} == {"fear", "detection"}
    assert all(pin["worth"]["evppi"]["low"] >= 0.0 for pin in told["linchpins"]["values"])


def test_an_unknown_view_names_those_there_are(runs: Path) -> None:
    shown = cli("answer", str(runs / "plain"), "--view", "kind")
    assert shown.exit_code == 2
    assert "there is no view `kind`; there are `uniform`, `adversarial`" in shown.output


def test_compare_says_what_changed(runs: Path) -> None:
    shown = cli("compare", str(runs / "plain"), str(runs / "held"))
    assert shown.exit_code == 0
    assert shown.output.startswith(
        "  In the study “Mutual fear” was changed.\n  Reciprocate (grudge 2) leads as before."
    )
    assert "  fear: as drawn → held at 0.3\n" in shown.output
    told = json.loads(cli("compare", str(runs / "plain"), str(runs / "held"), "--json").output)
    assert told["changes"][0]["name"] == "fear"
    assert told["is_paired"]


def test_sensitivity_needs_its_own_design(runs: Path) -> None:
    shown = cli("sensitivity", str(runs / "saltelli"), "--outcome", "arms")
    assert shown.exit_code == 0
    assert shown.output.startswith("  “Missiles in the end” is moved most by “Mutual fear” (")
    assert "arms under race_on: total and first index" in shown.output
    told = json.loads(cli("sensitivity", str(runs / "saltelli"), "--json").output)
    assert told["indices"]["arms"]["race_on"]["total"]["fear"]["value"] > 0.5
    refused = cli("sensitivity", str(runs / "plain"))
    assert refused.exit_code == 2
    assert "run the study again with --design saltelli" in refused.output


def test_a_folder_without_a_run_is_said_to_be_one(tmp_path: Path) -> None:
    shown = cli("answer", str(tmp_path))
    assert shown.exit_code == 1
    assert "holds no run (there is no manifest.json)" in shown.output
