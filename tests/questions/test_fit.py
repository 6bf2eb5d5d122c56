"""A fit finds planted parameters, and writes a changed copy, never in place."""

from pathlib import Path

import numpy as np
import pytest

from standoff.ensemble.running import Running
from standoff.ensemble.storing.manifest import RunError
from standoff.ensemble.study import Study, load
from standoff.questions.watching.fit import Effort, fit_study, read_data, write_fitted
from standoff.words.sentences.watching.fit import fit_sentences

STUDY = """\
standoff: 1
title: Planted
question: Are parameters found again?
decider: north
clock: {start: 2000-01, step: quarter, steps: 60}
actors: {north: {name: North}, south: {name: South}}
constants:
  pace: {value: 1, judgement: a guess}
  push:
    value: 0
uncertainties:
  spread: {range: [0.1, 3], judgement: unknown}
choices: {north: [go, stay], south: [go, stay]}
draws: {shock: "normal(push, spread)"}
stocks: {place: {start: 0, next: "0.5 * place + shock"}}
events: {shots: {count: pace}}
strategies: {north: {going: {choose: go}, staying: {choose: stay}}, south: {going: {choose: go}}}
payoffs: {north: {each: "1 if north == go else 0"}, south: {each: "1 if south == go else 0"}}
outcomes: {shots_all: {measure: "total(shots)", better: lower}, place_end: {measure: "final(place)", better: lower}}
"""
PLANTED = {"pace": 3.2, "push": 0.6, "spread": 1.1}
ONE = Running(threads=1)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("planted")
    (folder / "study.yaml").write_text(STUDY.replace("normal(push, spread)", "normal(0, 1)"), encoding="utf-8")
    text = STUDY.replace('draws: {shock: "normal(push, spread)"}', 'draws: {luck: "normal(0, 1)"}')
    (folder / "study.yaml").write_text(text.replace("+ shock", "+ push + spread * luck"), encoding="utf-8")
    return load(folder)


@pytest.fixture(scope="module")
def data(study: Study) -> Path:
    rng = np.random.default_rng(7)
    place, rows = 0.0, ["quarter,shots,place"]
    for t in range(60):
        rows.append(f"{2000 + t // 4}-Q{t % 4 + 1},{rng.poisson(PLANTED['pace'])},{place:.6f}")
        place = 0.5 * place + rng.normal(PLANTED["push"], PLANTED["spread"])
    path = study.model.folder / "data.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def fitted(study: Study, data: Path, on: str, **free):
    told = read_data(data, study.model, (on,), None, last="2011-12")
    return fit_study(study.model, told, free, effort=Effort(128, 4), running=ONE)


@pytest.fixture(scope="module")
def of_shots(study: Study, data: Path):
    return fitted(study, data, "shots", pace=(0.5, 8.0))


@pytest.fixture(scope="module")
def of_place(study: Study, data: Path):
    return fitted(study, data, "place", push=(-2.0, 2.0), spread=None)


def test_a_planted_rate_of_a_count_is_found(of_shots) -> None:
    found = of_shots
    (pace,) = found.estimates
    low, _, high = pace.quantiles
    assert low < PLANTED["pace"] < high
    assert high - low < 2.0
    assert not pace.holds_committed
    assert {one.is_held_out for one in found.checked} == {False, True}


def test_planted_drift_and_spread_of_a_stock_are_found(of_place) -> None:
    found = of_place
    for one in found.estimates:
        low, _, high = one.quantiles
        assert low < PLANTED[one.name] < high, one
    (push, spread) = found.estimates
    assert push.quantiles[2] - push.quantiles[0] < 1.2
    assert spread.committed == (0.1, 3.0)


def test_a_copy_has_the_numbers_with_their_reason(study: Study, of_place, tmp_path: Path) -> None:
    found = of_place
    before = (study.model.folder / "study.yaml").read_text()
    path = write_fitted(study.model, found, tmp_path / "copy")
    again = load(tmp_path / "copy").model
    push = next(p for p in again.parameters if p.name == "push")
    spread = next(p for p in again.parameters if p.name == "spread")
    assert push.value == float(f"{found.estimates[0].quantiles[1]:.3g}")
    assert push.reason.judgement == spread.reason.judgement or "Fitted to Q1 2000 to Q4 2011" in push.reason.judgement
    assert spread.spread.arguments == pytest.approx(found.estimates[1].quantiles[::2], rel=0.01)
    assert (study.model.folder / "study.yaml").read_text() == before
    assert path.read_text().count("\n") == before.count("\n") + 1  # a judgement where there was none


def test_a_fit_is_never_written_in_place(study: Study, of_shots) -> None:
    with pytest.raises(RunError, match="never written in place"):
        write_fitted(study.model, of_shots, study.model.folder)


def test_it_is_said_where_the_study_lies_outside(study: Study, of_shots) -> None:
    first, *_ = fit_sentences(study.model, of_shots)
    assert "the study has 1, which lies outside that" in first


@pytest.mark.parametrize(
    ("free", "words"),
    [({"pase": (0.0, 1.0)}, "did you mean `pace`"), ({"pace": None}, "has no range of its own"),
     ({"pace": (2.0, 1.0)}, "reversed")],
)  # fmt: skip
def test_a_wrong_parameter_is_an_error(study: Study, data: Path, free, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        fit_study(study.model, read_data(data, study.model, ("shots",), None, last=None), free)


def test_a_misspelt_column_is_an_error(study: Study, data: Path) -> None:
    with pytest.raises(ValueError, match="did you mean `shots`"):
        read_data(data, study.model, ("shot",), None, last=None)


def test_too_few_steps_are_refused(study: Study, data: Path) -> None:
    with pytest.raises(ValueError, match="are the fewest"):
        read_data(data, study.model, ("shots",), None, last="2000-12")


MOODS = """\
standoff: 1
title: Moods
question: Is a hidden mood's rate found again?
decider: north
clock: {start: 2000-01, step: quarter, steps: 80}
actors: {north: {name: North}}
constants: {pace: {value: 1, judgement: a guess}}
uncertainties: {turning: {range: [0.05, 0.95], judgement: unknown}}
choices: {north: [go, stay]}
modes:
  mood:
    states: [calm, angry]
    start: calm
    moves: [{name: turn, from: calm, to: angry, chance: turning}, {name: back, from: angry, to: calm, chance: 0.4}]
events: {shots: {count: "pace if mood == angry else 0.2"}}
strategies: {north: {going: {choose: go}}}
payoffs: {north: {each: "-shots"}}
outcomes: {shots_all: {measure: "total(shots)", better: lower}}
"""


def test_a_planted_rate_and_chance_of_a_hidden_mood_are_found(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text(MOODS, encoding="utf-8")
    study = load(tmp_path)
    rng = np.random.default_rng(11)
    planted, angry, rows = {"pace": 6.0, "turning": 0.3}, False, ["quarter,shots"]
    for t in range(80):
        rows.append(f"{2000 + t // 4}-Q{t % 4 + 1},{rng.poisson(planted['pace'] if angry else 0.2)}")
        angry = rng.random() >= 0.4 if angry else rng.random() < planted["turning"]
    path = tmp_path / "data.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    found = fitted(study, path, "shots", pace=(1.0, 15.0), turning=None)
    for one in found.estimates:
        low, _, high = one.quantiles
        assert low < planted[one.name] < high, one
    pace, turning = found.estimates
    assert pace.quantiles[2] - pace.quantiles[0] < 5.0
    assert turning.quantiles[2] - turning.quantiles[0] < 0.8


SECOND = """\
standoff: 1
title: Raids and trust
question: Are parameters of another study found again?
decider: harbour
clock: {start: 2010-01, step: month, steps: 120}
actors: {harbour: {name: Harbour}, raiders: {name: Raiders}}
constants:
  loss: {value: 2, judgement: a guess}
uncertainties:
  heal: {range: [0.02, 0.6], judgement: unknown}
  risk: {range: [0.01, 0.5], judgement: unknown}
choices: {harbour: [guard, sleep], raiders: [sail, rest]}
events: {raid: {chance: risk}}
stocks: {trust: {start: 10, next: "trust + heal * (10 - trust) - loss * raid"}}
strategies: {harbour: {guarding: {choose: guard}, sleeping: {choose: sleep}}, raiders: {sailing: {choose: sail}}}
payoffs: {harbour: {each: "trust"}, raiders: {each: "1 if raid else 0"}}
outcomes: {raids: {measure: "total(raid)", better: lower}, trust_end: {measure: "final(trust)", better: higher}}
"""


def test_planted_parameters_of_a_second_study_lie_in_their_intervals(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text(SECOND, encoding="utf-8")
    model, data, planted = load(tmp_path).model, tmp_path / "data.csv", {"heal": 0.2, "risk": 0.15}
    held = dict.fromkeys(planted, 0)
    for seed in range(8):
        rng, trust, rows = np.random.default_rng(seed), 10.0, ["month,raid,trust"]
        for t in range(120):
            raid = int(rng.random() < planted["risk"])
            rows.append(f"{2010 + t // 12}-{t % 12 + 1:02},{raid},{trust:.6f}")
            trust += planted["heal"] * (10.0 - trust) - 2.0 * raid
        data.write_text("\n".join(rows) + "\n", encoding="utf-8")
        told = read_data(data, model, ("raid", "trust"), None, last="2017-12")
        found = fit_study(model, told, {"heal": None, "risk": None}, effort=Effort(128, 4), running=ONE)
        for one in found.estimates:
            low, _, high = one.quantiles
            held[one.name] += low < planted[one.name] < high
            assert high - low < 0.4 * (one.committed[1] - one.committed[0]), one
    assert min(held.values()) >= 6, held  # 90 % intervals: fewer of 8 by luck in 4 of 100
