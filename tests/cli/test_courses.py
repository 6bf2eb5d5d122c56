"""The commands about courses that can change."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from standoff.cli import main

SMALL = ("--worlds", "32", "--replications", "2", "--evaluator", "reference")


def _call(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def test_stability_says_what_holds_and_writes_a_table(tmp_path: Path) -> None:
    result = _call("stability", "rivals", *SMALL, "--out", str(tmp_path))
    assert result.exit_code == 0, result.output
    for said in ("rivals: If nobody can answer a change of course", "sequential stability", "coalitions"):
        assert said in result.output
    assert pq.read_table(tmp_path / "stability.parquet")["seq"].to_pylist().count(True) == 2


def test_a_wish_is_told_with_who_must_change_and_who_moves_first() -> None:
    result = _call("stability", "rivals", *SMALL, "--wish", "north=race_on", "--by", "nash", "--from", "south=honest",
                   "--json")  # fmt: skip
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["wish"]["strategies"][0] == "race_on" and found["wish"]["notion"] == "nash"
    assert any("would have to" in said for said in found["sentences"])
    assert found["is_today"] is True and found["wish"]["way"]["end"][0] == "race_on"


@pytest.mark.filterwarnings("ignore")
def test_search_prints_what_it_found_as_it_can_be_pasted() -> None:
    result = _call("search", "rivals", *SMALL, "--evaluations", "40")
    assert result.exit_code == 0, result.output
    assert "best listed:" in result.output and "strategies:\n  north:" in result.output


@pytest.mark.filterwarnings("ignore")
def test_the_double_oracle_says_what_each_plays_and_could_still_gain() -> None:
    result = _call("search", "rivals", *SMALL, "--oracle", "--evaluations", "20")
    assert result.exit_code == 0, result.output
    assert "North plays" in result.output and "South plays" in result.output and "gets" in result.output
    refused = _call("search", "rivals", "--oracle", "--for", "south")
    assert refused.exit_code == 2 and "give one of the two" in refused.output


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ("arms", "has no limit"),
        ("wars", "no outcome or profile is named `wars`"),
        ("north=racing", "has no strategy `racing`"),
    ],
)
def test_a_wrong_wish_is_refused(wish: str, said: str) -> None:
    result = _call("stability", "rivals", *SMALL, "--wish", wish)
    assert result.exit_code == 2 and said in result.output
