"""What holds up, in sentences: exact ties, and limits that all keep alike."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from standoff.analysis.findings import Reason
from standoff.ensemble.running import Size
from standoff.ensemble.study import Study
from standoff.questions.answer import answer
from standoff.questions.question import Unanswered
from standoff.questions.results import ROBUST
from standoff.words.sentences.robustness import robustness_words

ALIKE = """\
choices: {north: [a, b, c]}
strategies: {north: {a: {choose: a}, b: {choose: b}, c: {choose: c}}}
uncertainties: {fear: {range: [0, 1], judgement: x}}
stocks: {x: {start: 0, next: "x + fear"}}
"""
END = "outcomes: {end: {measure: final(x), better: lower}}"


def words(study: Study):
    found = answer(study, (ROBUST,), Size(32, 2)).of(ROBUST)
    assert not isinstance(found, Unanswered)
    return robustness_words(study.model, found.robustness)


def test_what_does_exactly_the_same_stands_on_the_frontier_together(study_of: Callable[..., Study]) -> None:
    found = words(study_of(f'{ALIKE}payoffs: {{north: {{each: "x"}}}}\n{END}'))
    assert "A, b and c do equally well" in found.ranked
    assert found.worst.endswith("on the frontier of mean payoff against payoff in the worst tenth stand a, b and c.")


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        (100, "Every strategy keeps the limit on end in every world."),
        (-1, "No strategy keeps the limit on end in any world."),
    ],
)
def test_a_limit_that_all_keep_or_break_tells_none_apart(
    study_of: Callable[..., Study], limit: float, said: str
) -> None:
    outcomes = f"outcomes: {{end: {{measure: final(x), better: lower, limit: {limit}, why: x}}}}"
    assert words(study_of(f'{ALIKE}payoffs: {{north: {{each: "x"}}}}\n{outcomes}')).limits == said


@pytest.mark.parametrize("unit", ["1e-300", "1e200"])
def test_payoffs_beyond_what_is_compared_are_refused(study_of: Callable[..., Study], unit: str) -> None:
    study = study_of(f'{ALIKE}payoffs: {{north: {{each: "{unit} * x"}}}}\n{END}')
    found = answer(study, (ROBUST,), Size(32, 2)).of(ROBUST)
    assert isinstance(found, Unanswered)
    assert found.reason is Reason.OUT_OF_SCALE
