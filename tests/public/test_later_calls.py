"""Courses, searches, fits and forecasts from Python: what the commands say, as answers that show themselves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import standoff
from standoff.cli import main
from standoff.ensemble.running import Size
from standoff.ensemble.storing.manifest import RunError
from standoff.public.study import Study
from standoff.questions.watching.fit import Effort
from tests.analysis.watch.exact_studies import beta_binomial

ASKED = 'questions: {any_shot: {asks: "A shot in 2025?", name: shot, ask: happens, by: 2025-Q4}}\n'
SOUGHT = """\
standoff: 1
title: How far to let the water rise
question: How far?
decider: us
clock: {start: "2000", step: year, steps: 8}
actors: {us: {name: Us}, them: {name: Them}}
constants: {rise: {value: 0.25, judgement: a guess}}
choices: {us: [open, shut], them: [calm, loud]}
stocks: {water: {start: 0, next: "water + (rise if us == open else 0)"}}
strategies:
  us: {fill: {settings: {level: [0.5]}, choose: [{when: "water < level", then: open}, {then: shut}]}}
  them: {calms: {choose: calm}}
payoffs: {us: {final: "-(water - 1) ** 2"}, them: {each: "0"}}
outcomes: {level: {measure: "final(water)", better: lower, limit: 100}}
search: {us: {found: {strategy: fill, within: {level: [0, 3]}}}}
"""


@pytest.fixture
def sought(tmp_path: Path) -> Study:
    (tmp_path / "study.yaml").write_text(SOUGHT, encoding="utf-8")
    return standoff.load(tmp_path)


def said(*arguments: str) -> dict[str, object]:
    result = CliRunner().invoke(main, [*arguments, "--json"])
    assert result.exit_code == 0, result.output
    found: dict[str, object] = json.loads(result.stdout)
    return found


def test_stability_says_what_the_command_says() -> None:
    told = said("stability", "rivals", "--worlds", "32", "--replications", "4")
    found = standoff.load("rivals").stability(size=Size(32, 4))
    assert list(found.sentences) == told["sentences"]
    assert len(found.frame()) == 9
    assert found.to_dict()["found"]


def test_a_search_finds_what_the_command_finds(sought: Study) -> None:
    folder = str(sought.model.folder)
    told = said("search", folder, "--evaluations", "20", "--worlds", "16", "--replications", "2")
    found = sought.search(size=Size(16, 2), evaluations=20)
    assert [one["label"] for one in told["found"]] == list(found.frame()["label"])  # type: ignore[attr-defined]
    assert found._repr_html_()


def test_a_forecast_is_an_answer(tmp_path: Path) -> None:
    study = standoff.load(beta_binomial(tmp_path / "study").model.folder)
    (tmp_path / "asked.yaml").write_text(ASKED, encoding="utf-8")
    found = study.forecast(tmp_path / "asked.yaml", futures=256)
    assert list(found.frame()["name"]) == ["any_shot"]
    assert found.to_dict()["answers"]


def test_a_forecast_is_frozen_as_the_command_freezes_it(tmp_path: Path) -> None:
    study = standoff.load(beta_binomial(tmp_path / "study").model.folder)
    (tmp_path / "asked.yaml").write_text(ASKED, encoding="utf-8")
    (tmp_path / "facts.csv").write_text("question,value\nany_shot,1\n", encoding="utf-8")
    found = study.forecast(tmp_path / "asked.yaml", futures=256, out=tmp_path / "frozen")
    told = said("forecast", str(study.model.folder), "--questions", str(tmp_path / "asked.yaml"), "--futures", "256",
                "--out", str(tmp_path / "other"))  # fmt: skip
    assert found.to_dict() == told
    assert standoff.score(tmp_path / "frozen", tmp_path / "facts.csv", seal=found.to_dict()["seal"]).groups
    with pytest.raises(RunError, match="holds a forecast already"):
        study.forecast(tmp_path / "asked.yaml", futures=256, out=tmp_path / "frozen")


def test_a_score_says_what_the_command_says(tmp_path: Path) -> None:
    folder = beta_binomial(tmp_path / "study").model.folder
    (tmp_path / "asked.yaml").write_text(ASKED, encoding="utf-8")
    (tmp_path / "facts.csv").write_text("question,value\nany_shot,1\n", encoding="utf-8")
    frozen, facts = str(tmp_path / "frozen"), str(tmp_path / "facts.csv")
    said("forecast", str(folder), "--questions", str(tmp_path / "asked.yaml"), "--out", frozen, "--futures", "256")
    told = said("score", frozen, "--resolved", facts)
    found = standoff.score(frozen, facts)
    assert list(found.sentences) == told.pop("sentences")
    assert found.to_dict() == told
    assert len(found.frame()) == len(found.groups)


def test_a_fit_is_an_answer(sought: Study) -> None:
    data = sought.model.folder / "data.csv"
    data.write_text("year,water\n" + "".join(f"{2000 + t},{min(t, 2) * 0.3}\n" for t in range(8)), encoding="utf-8")
    found = sought.fit(data, {"rise": (0.1, 0.6)}, effort=Effort(32, 2))
    assert list(found.frame()["name"]) == ["rise"]
    assert len(found.sentences) > 0
