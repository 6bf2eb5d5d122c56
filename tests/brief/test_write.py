"""What is said while a brief is made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import standoff
from standoff.analysis.findings import Reason, UnanswerableError
from standoff.brief.write import make_brief
from standoff.ensemble.runner import Local
from standoff.ensemble.running import Running, Size
from standoff.ensemble.study import Study


def test_each_part_that_takes_time_is_announced(tmp_path: Path) -> None:
    lines: list[str] = []
    make_brief(standoff.load("rivals"), tmp_path, Size(16, 2), runner=Local(Running(announce=lines.append)))
    assert lines == ["running 416 futures", "working out the answers"]


def test_payoffs_that_cannot_be_compared_are_told_instead_of_a_brief(
    study_of: Callable[..., Study], tmp_path: Path
) -> None:
    study = study_of("""\
choices: {north: [a, b]}
strategies: {north: {a: {choose: a}, b: {choose: b}}}
uncertainties: {fear: {range: [0, 1], judgement: x}}
stocks: {x: {start: 0, next: "x + fear"}}
payoffs: {north: {each: "1e200 * x"}}
outcomes: {end: {measure: final(x), better: lower}}
""")
    with pytest.raises(UnanswerableError) as caught:
        make_brief(study, tmp_path / "brief", Size(32, 2))
    assert caught.value.reason is Reason.OUT_OF_SCALE
