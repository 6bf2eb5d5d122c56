"""A file of what was seen: what it means, and what is wrong with it."""

from pathlib import Path

import pytest

from standoff.base.problems import StudyError
from standoff.evidence.seen import read_seen
from standoff.language.load import load_model
from standoff.language.model import Model
from tests.program.watching_study import STUDY

HEAD = "date,name,value,reliability\n"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    folder = tmp_path_factory.mktemp("small")
    (folder / "study.yaml").write_text(
        STUDY.replace("  scare: {source: a newspaper}", "  scare: {source: a newspaper, lag: 1}")
    )
    return load_model(folder)


def read(tmp_path: Path, model: Model, text: str, name: str = "seen.csv"):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return read_seen(tmp_path / name, model)


def wrong(tmp_path: Path, model: Model, row: str, head: str = HEAD) -> tuple[str, str]:
    with pytest.raises(StudyError) as caught:
        read(tmp_path, model, head + row + "\n")
    (problem,) = caught.value.problems
    return problem.code, problem.message


def test_values_of_every_kind(tmp_path: Path, model: Model) -> None:
    rows = "2025-Q1,clashes,3,\n2025-05,scare,yes,0.5\n2025-Q3,race,paused,\n2025-10-02,arms,12.5,\n"
    found = read(tmp_path, model, HEAD + rows)
    assert [(one.of.name, one.step, one.value, one.reliability) for one in found.sightings] == [
        ("clashes", 0, 3.0, 1.0), ("scare", 1, 1.0, 0.5), ("race", 2, 1.0, 1.0), ("arms", 3, 12.5, 1.0),
    ]  # fmt: skip
    assert found.until == 4


def test_yaml_says_the_same(tmp_path: Path, model: Model) -> None:
    found = read(tmp_path, model, "seen:\n  - {date: 2025-Q1, name: clashes, value: 3}\n", "seen.yaml")
    assert [(one.of.name, one.step, one.value) for one in found.sightings] == [("clashes", 0, 3.0)]


def test_silence_is_of_the_steps_that_are_over(tmp_path: Path, model: Model) -> None:
    found = read(tmp_path, model, HEAD + "2025-Q1,clashes,2,\n2025-11-15,clashes,none,\n")
    assert [(one.step, one.value) for one in found.sightings] == [(0, 2.0), (1, 0.0), (2, 0.0)]


def test_silence_tells_nothing_of_what_is_heard_of_later(tmp_path: Path, model: Model) -> None:
    found = read(tmp_path, model, HEAD + "2025-Q4,scare,none,\n")
    assert [one.step for one in found.sightings] == [0, 1, 2]


@pytest.mark.parametrize(
    ("row", "code", "words"),
    [
        ("2025-Q1,clashs,3,", "unknown-name", "`clashs`"),
        ("2025-Q1,clashes,-1,", "wrong-value", "no whole number"),
        ("2025-Q1,clashes,2.5,", "wrong-value", "no whole number"),
        ("2025-Q1,scare,perhaps,", "wrong-value", "`yes`, `no` or `none`"),
        ("2025-Q2,race,asleep,", "unknown-option", "no state `asleep`"),
        ("2025-Q1,race,paused,", "wrong-value", "starts with `race` at `racing`"),
        ("2025-Q1,arms,many,", "wrong-value", "a number is expected"),
        ("2025-Q1,arms_seen,-2,", "wrong-value", "a number above 0"),
        ("2019-Q1,clashes,1,", "date", "outside the clock"),
        ("last spring,clashes,1,", "date", "is not a date"),
        ("2025-Q1,clashes,1,1.5", "wrong-value", "from 0 to 1"),
        ("2025-Q1,race,none,", "wrong-value", "always there"),
        ("2025-01-15,clashes,none,", "date", "no step"),
        ("2025-Q1,clashes,,", "missing-key", "no `value`"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, model: Model, row: str, code: str, words: str) -> None:
    found = wrong(tmp_path, model, row)
    assert found[0] == code
    assert words in found[1]


def test_a_misspelt_column_is_an_error(tmp_path: Path, model: Model) -> None:
    found = wrong(tmp_path, model, "2025-Q1,clashes,1,0.5", "date,name,value,reliabilty\n")
    assert found == ("unknown-key", "a file of what was seen has no column `reliabilty`")


def test_one_thing_told_twice_is_an_error(tmp_path: Path, model: Model) -> None:
    assert wrong(tmp_path, model, "2025-Q1,clashes,1,\n2025-01,clashes,2,")[0] == "duplicate-name"
