"""What was seen before a study begins."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import standoff
from standoff.base.problems import StudyError
from standoff.ensemble.study import Study
from standoff.evidence.history import read_past

STUDY = """
    stocks: {x: {start: 1, next: "x"}, y: {start: 1, next: "y"}}
    outcomes: {end: {measure: "final(x) + final(y)", better: lower}}
"""


def test_the_bundled_study_knows_its_launches_and_where_they_are_from() -> None:
    model = standoff.load("korea").model
    past = read_past(model)["launches"]
    assert model.clock.label(int(past.steps[0])) == "Q1 2012"
    assert model.clock.label(int(past.steps[-1])) == "Q4 2024"
    assert past.steps[-1] == -2  # the clock begins in the second quarter of 2025
    assert past.values[-4:].sum() == 20  # as the study's fact F048 has it
    assert past.source == "CSIS Beyond Parallel provocations database (mirror)"


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir])
def test_what_is_no_plain_file_in_its_place_is_an_error(
    study_of: Callable[..., Study], tmp_path: Path, make: Callable[[Path], object]
) -> None:
    make(tmp_path / "history.csv")
    with pytest.raises(StudyError, match="is not a plain file, but a"):
        study_of(STUDY)


def test_rows_within_the_clock_gaps_and_other_columns_are_passed_over(
    study_of: Callable[..., Study], tmp_path: Path
) -> None:
    (tmp_path / "history.csv").write_text(
        "when,x,other\n2024-Q4,3,9\n2024-Q2,1.5,9\n2024-Q3,,9\n2025-Q1,8,9\n", encoding="utf-8"
    )
    found = read_past(study_of(STUDY).model)
    assert list(found) == ["x"]
    np.testing.assert_array_equal(found["x"].steps, [-3, -1])
    np.testing.assert_array_equal(found["x"].values, [1.5, 3])
    assert found["x"].source == "history.csv"


@pytest.mark.parametrize("text", [None, "when,x\n", "when,x\n2030-Q1,4\n"])
def test_a_study_without_history_has_none(study_of: Callable[..., Study], tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "history.csv").write_text(text, encoding="utf-8")
    assert read_past(study_of(STUDY).model) == {}
