"""What holds where courses can change, asked of a study in which nothing that is chosen matters."""

from pathlib import Path

from standoff.ensemble.study import load
from standoff.questions.answer import answer_run
from standoff.questions.courses import COURSES

NULL = """\
standoff: 1
title: Nothing matters
question: Does anything?
decider: us
clock: {start: "2025", step: year, steps: 2}
actors: {us: {name: Us}, them: {name: Them}}
uncertainties: {weather: {range: [-1, 1], judgement: none}}
choices: {us: [a, b, c], them: [d, e, f]}
draws: {of_a: "normal(0, 1)", of_b: "normal(0, 1)", of_c: "normal(0, 1)", of_d: "normal(0, 1)", of_e: "normal(0, 1)",
        of_f: "normal(0, 1)"}
quantities:
  ours: {value: "weather + (of_a if us == a else of_b if us == b else of_c)"}
  theirs: {value: "weather + (of_d if them == d else of_e if them == e else of_f)"}
strategies:
  us: {as_a: {choose: a}, as_b: {choose: b}, as_c: {choose: c}}
  them: {as_d: {choose: d}, as_e: {choose: e}, as_f: {choose: f}}
payoffs: {us: {each: "ours + theirs"}, them: {each: "theirs - ours"}}
outcomes: {level: {measure: "mean(ours)", better: higher}}
"""


def test_strategies_of_the_same_effect_show_no_sanction(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text(NULL, encoding="utf-8")
    study = load(tmp_path)
    shown = 0
    for seed in range(1, 21):
        run = study.run(worlds=32, replications=2, seed=seed, evaluator="reference")
        shown += any(answer_run(run, (COURSES,)).of(COURSES).found.n_sanctions.values())
    assert shown <= 1
