"""What the study's question is answered by, where that is the date of something that need not come."""

from __future__ import annotations

from collections.abc import Callable

from standoff.analysis.robustness.performance import performance
from standoff.analysis.runs.decision_table import decision_table
from standoff.ensemble.study import Study
from standoff.words.language import ENGLISH
from standoff.words.sentences.asked import asked_sentence

STUDY = """
choices: {{north: [act, rest]}}
uncertainties: {{ease: {{range: [0.05, 0.15], judgement: x}}}}
modes:
  line:
    states: [cut, mended]
    start: cut
    final: mended
    moves: [{{name: splice, from: cut, to: mended, chance: "{chance}"}}]
stocks: {{days: {{start: 0, next: "days + (line == cut)"}}}}
strategies: {{north: {{hires: {{choose: act}}, waits: {{choose: rest}}}}}}
payoffs: {{north: {{each: "-(line == cut)"}}}}
outcomes: {{back: {{measure: first(splice), better: lower}}, silent: {{measure: final(days), better: lower}}}}
"""


def _said(study: Study) -> tuple[str, tuple[bool, ...]]:
    found = performance(decision_table(study.run(worlds=256, replications=4, seed=1, evaluator="reference")))
    sentence = asked_sentence(study.model, found, ENGLISH, is_named=False)
    return sentence, tuple(ranking is not None for ranking in found.standings[0].rankings)


def test_dates_of_what_comes_more_often_with_one_are_not_compared(study_of: Callable[..., Study]) -> None:
    said, ranked = _said(study_of(STUDY.format(chance="ease * (3 if north == act else 0.5)")))
    assert said.startswith("Back comes most often with hires, in 9")
    assert "least often with waits, in 3" in said
    assert ranked == (True, False, True)


def test_dates_of_what_always_comes_are_compared(study_of: Callable[..., Study]) -> None:
    said, ranked = _said(study_of(STUDY.format(chance="1 if north == act else 1 if step > 2 else 0")))
    assert said.startswith("Back is best with hires")
    assert ranked == (True, True, True)
