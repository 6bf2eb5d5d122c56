"""`standoff watch`: what it prints, and how it refuses."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from standoff.cli import main
from tests.analysis.watch.exact_studies import beta_binomial


@pytest.fixture
def study(tmp_path: Path) -> Path:
    beta_binomial(tmp_path)
    (tmp_path / "seen.csv").write_text("date,name,value\n2026-Q4,shot,none\n", encoding="utf-8")
    return tmp_path


def told(*arguments: str):
    return CliRunner().invoke(main, ["watch", *arguments, "--threads", "1"])


def test_the_choice_comes_first(study: Path) -> None:
    found = told(str(study), "--seen", str(study / "seen.csv"))
    assert found.exit_code == 0, found.output
    assert "Now staying comes first" in found.output
    assert "effective worlds of 256" in found.output


def test_json_has_every_number(study: Path) -> None:
    found = json.loads(told(str(study), "--seen", str(study / "seen.csv"), "--json").stdout)
    assert found["moved"][0]["name"] == "chance_of"
    assert found["effective"] > 20
    assert found["ranking"]["best"] == "staying"


def test_an_unknown_strategy_is_a_wrong_command(study: Path) -> None:
    found = told(str(study), "--seen", str(study / "seen.csv"), "--played", "flying")
    assert found.exit_code == 2
    assert "no strategy `flying`" in found.output


def test_a_misspelt_name_in_the_file_is_an_error(study: Path) -> None:
    (study / "seen.csv").write_text("date,name,value\n2026-Q4,shots,none\n", encoding="utf-8")
    found = told(str(study), "--seen", str(study / "seen.csv"))
    assert found.exit_code == 1
    assert "did you mean `shot`" in found.output
