"""The brief as data: valid JSON by one rule; that every number in print is in it is in `test_every_number.py`."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from conftest import Brief

from standoff.analysis.findings import Figure
from standoff.brief.findings import Findings
from standoff.brief.formats.data import FORMAT, brief_data
from standoff.brief.write import DATA, write_brief
from standoff.questions.as_json import _LEFT_TO_THE_RUN


@pytest.fixture(scope="module")
def findings(rivals: Brief) -> Findings:
    return rivals.findings


@pytest.fixture(scope="module")
def data(rivals: Brief) -> dict[str, Any]:
    found = brief_data(rivals.findings, rivals.page)
    text = json.dumps(found, allow_nan=False)
    assert json.loads(text) == json.loads(json.dumps(json.loads(text)))
    return found


def test_the_head_says_what_was_run(rivals: Brief, findings: Findings, data: dict[str, Any]) -> None:
    assert data["format"] == FORMAT
    assert data["study"]["digest"] == findings.model.digest
    assert data["run"] == {
        "digest": findings.ensemble.digest, "profiles": 9, "worlds": 64, "replications": 2, "futures": 1152,
        "steps": findings.model.clock.steps, "step": "quarter", "seed": 1, "design": "latin hypercube",
        "worlds_seed": 1, "rare_ends_drawn": False,
    }  # fmt: skip
    assert data["answer"] == list(rivals.page.answer)


def test_figures_keep_their_error_and_interval(findings: Findings, data: dict[str, Any]) -> None:
    (section,) = (section for section in data["sections"] if section["name"] == "holds-up")
    cell = section["findings"]["standings"][0]["cells"][0][0]["figure"]
    assert isinstance(findings.performance.standings[0].cells[0][0].figure, Figure)
    assert set(cell) == {"value", "error", "low", "high"}
    assert cell["value"] == findings.performance.standings[0].cells[0][0].figure.value


def test_what_is_left_to_the_run_is_named_rightly() -> None:
    for kind, left in _LEFT_TO_THE_RUN.items():
        assert left <= {item.name for item in fields(kind)}


def test_nothing_is_kept_by_world(data: dict[str, Any]) -> None:
    assert max(_lengths(data["sections"])) < 64


def _lengths(part: Any) -> Iterator[int]:
    for item in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _lengths(item)
    if isinstance(part, list):
        yield len(part)


def test_it_is_written_beside_the_page_in_a_stable_order(findings: Findings, tmp_path: Path) -> None:
    first = (write_brief(findings, tmp_path / "a").parent / DATA).read_bytes()
    again = (write_brief(findings, tmp_path / "b").parent / DATA).read_bytes()
    assert first == again
    assert list(json.loads(first))[:3] == ["format", "standoff", "study"]
    assert not math.isnan(json.loads(first)["run"]["worlds"])
