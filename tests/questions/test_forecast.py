"""A forecast is frozen: whatever is changed in it is noticed, and a misspelt name is no success."""

import json
from pathlib import Path

import msgspec
import pytest

from standoff.base.problems import StudyError
from standoff.ensemble.running import Running, Size
from standoff.ensemble.storing.manifest import RunError
from standoff.ensemble.study import Study
from standoff.evidence.asked import read_questions
from standoff.language.load import load_model
from standoff.questions.watching.forecast import (
    FORECAST,
    Given,
    Record,
    freeze,
    make_forecast,
    read_facts_of,
    read_forecast,
)
from tests.analysis.watch.exact_studies import beta_binomial, gamma_poisson, write_seen

ASKED = """\
questions:
  any_shot: {asks: "A shot in 2025?", name: shot, ask: happens, by: 2025-Q4}
  late_shot: {asks: "A shot in 2026?", name: shot, ask: happens, from: 2026-Q1, by: 2026-Q4}
"""
ONE = Running(threads=1)


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return beta_binomial(tmp_path / "study")


def asked_of(tmp_path: Path, study: Study, text: str = ASKED):
    (tmp_path / "asked.yaml").write_text(text, encoding="utf-8")
    return read_questions(tmp_path / "asked.yaml", study.model)


def frozen(tmp_path: Path, study: Study):
    made = make_forecast(
        study, asked_of(tmp_path, study), size=Size(2048, 1), record=Record(questions=ASKED), running=ONE
    )
    return freeze(made, tmp_path / "forecast", ASKED)


def test_a_chance_is_that_of_the_study(tmp_path: Path, study: Study) -> None:
    """No shot in four quarters: the mean of (1 − p)^4 is a fifth."""
    made = make_forecast(study, asked_of(tmp_path, study), size=Size(4096, 1), running=ONE)
    assert [one.law.numbers[0] for one in made.answers] == pytest.approx([0.8, 0.8], abs=0.02)
    assert [one.horizon for one in made.answers] == [4, 8]
    assert made.answers[0].hinges[0].name == "chance_of"


def test_what_was_seen_goes_into_a_forecast(tmp_path: Path, study: Study) -> None:
    """After four quarters without a shot p is beta(1, 5), and the mean of (1 − p)^4 is 5/9."""
    seen = write_seen(tmp_path, study, [("2025-Q4", "shot", "none")])
    made = make_forecast(study, asked_of(tmp_path, study), size=Size(8192, 1), given=Given(seen=seen), running=ONE)
    first, second = (one.law.numbers[0] for one in made.answers)
    assert first < 0.01
    assert second == pytest.approx(4 / 9, abs=0.04)


def test_a_count_is_a_distribution(tmp_path: Path) -> None:
    study = gamma_poisson(tmp_path / "study")
    asked = asked_of(tmp_path, study, "questions:\n  many: {asks: How many?, name: shots, ask: total, by: 2025-Q2}\n")
    (one,) = make_forecast(study, asked, size=Size(4096, 1), running=ONE).answers
    assert one.law.kind == "counts"
    assert one.law.mean == pytest.approx(6.0, abs=0.25)


def test_a_frozen_forecast_is_read_again(tmp_path: Path, study: Study) -> None:
    kept = frozen(tmp_path, study)
    found = read_forecast(tmp_path / "forecast", kept.seal, Study(load_model(tmp_path / "study")))
    assert found == kept


def test_a_changed_chance_is_noticed(tmp_path: Path, study: Study) -> None:
    frozen(tmp_path, study)
    path = tmp_path / "forecast" / FORECAST
    data = json.loads(path.read_text())
    data["forecast"]["answers"][0]["law"]["numbers"] = [0.999]
    path.write_text(json.dumps(data))
    with pytest.raises(RunError, match="was changed since it was frozen"):
        read_forecast(tmp_path / "forecast")


def test_a_changed_forecast_with_a_new_seal_is_noticed(tmp_path: Path, study: Study) -> None:
    kept = frozen(tmp_path, study)
    other = make_forecast(
        study, asked_of(tmp_path, study), size=Size(2048, 1, 2), record=Record(questions=ASKED), running=ONE
    )
    (tmp_path / "forecast" / FORECAST).unlink()
    freeze(other, tmp_path / "forecast", ASKED)
    with pytest.raises(RunError, match="it is another one"):
        read_forecast(tmp_path / "forecast", kept.seal)


def test_answers_that_the_study_does_not_make_are_noticed(tmp_path: Path, study: Study) -> None:
    made = make_forecast(
        study, asked_of(tmp_path, study), size=Size(2048, 1), record=Record(questions=ASKED), running=ONE
    )
    first = msgspec.structs.replace(made.answers[0], law=msgspec.structs.replace(made.answers[0].law, numbers=(0.1,)))
    freeze(msgspec.structs.replace(made, answers=(first, *made.answers[1:])), tmp_path / "forecast", ASKED)
    read_forecast(tmp_path / "forecast")
    with pytest.raises(RunError, match="does not make the answers"):
        read_forecast(tmp_path / "forecast", again=study)


def test_changed_questions_are_noticed(tmp_path: Path, study: Study) -> None:
    frozen(tmp_path, study)
    (tmp_path / "forecast" / "questions.yaml").write_text(ASKED.replace("2025-Q4", "2025-Q3"))
    with pytest.raises(RunError, match="was changed"):
        read_forecast(tmp_path / "forecast")


def test_a_frozen_forecast_is_not_written_over(tmp_path: Path, study: Study) -> None:
    frozen(tmp_path, study)
    with pytest.raises(RunError, match="holds a forecast already"):
        frozen(tmp_path, study)


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("name: shot,", "name: shots,", "unknown-name"),
        ("ask: happens, by: 2025-Q4", "ask: total, by: 2025-Q4", "wrong-value"),
        ("by: 2025-Q4", "by: 2050-Q4", "date"),
        ("from: 2026-Q1, by: 2026-Q4", "from: 2026-Q4, by: 2026-Q1", "date"),
        ("ask: happens, by: 2025-Q4", "ask: happens, by: 2025-Q4, at_least: 2", "keys-together"),
    ],
)
def test_a_wrong_question_is_an_error(tmp_path: Path, study: Study, before: str, after: str, code: str) -> None:
    with pytest.raises(StudyError) as caught:
        asked_of(tmp_path, study, ASKED.replace(before, after, 1))
    assert [problem.code for problem in caught.value.problems] == [code]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ("any_shots,yes", "unknown-name"),
        ("any_shot,perhaps", "wrong-value"),
        ("any_shot,yes\nany_shot,no", "duplicate-name"),
        ("any_shot,", "empty"),
    ],
)
def test_a_wrong_fact_is_an_error(tmp_path: Path, study: Study, rows: str, code: str) -> None:
    kept = frozen(tmp_path, study)
    (tmp_path / "facts.csv").write_text(f"question,value\n{rows}\n")
    with pytest.raises(StudyError) as caught:
        read_facts_of(tmp_path / "facts.csv", kept.forecast.answers)
    assert [problem.code for problem in caught.value.problems] == [code]


def test_the_korean_questions_are_those_of_the_study() -> None:
    model = load_model("korea")
    asked = read_questions(model.folder / "questions.yaml", model)
    assert len(asked) >= 25
    assert {one.horizon for one in asked} == {1, 2, 3, 4, 5, 6}
