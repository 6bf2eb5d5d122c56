"""Findings are written as JSON in one form, and read back as they were."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest

import standoff
from standoff.analysis.deals.deals import Deals
from standoff.analysis.findings import Figure, Reason
from standoff.ensemble.runner import Local
from standoff.ensemble.running import Running, Size
from standoff.ensemble.study import Study
from standoff.questions.answer import Findings, answer
from standoff.questions.as_json import from_json, to_json
from standoff.questions.deals import DEALS
from standoff.questions.question import Question, Unanswered
from standoff.questions.registry import QUESTIONS
from standoff.questions.runs import moving

PACT = """
clock: {start: 2025-01, step: year, steps: 2}
actors: {north: {name: Northland}, south: {name: Southland}}
choices: {north: [honour, shirk], south: [honour, cheat]}
uncertainties: {zest: {about: What a unit taken is worth to the North, range: [0.5, 2.5], judgement: none}}
modes:
  pact:
    states: [none, deal]
    start: none
    moves:
      - {name: signed, from: none, to: deal, when: "north == shirk", chance: 0.5}
      - {name: torn, from: deal, to: none, when: "south == cheat", chance: 0.5}
strategies:
  north: {honours: {choose: honour}, shirks: {choose: shirk}}
  south: {honours: {choose: honour}, cheats: {choose: cheat}}
payoffs:
  north: {each: "zest * bargain.take - bargain.give", final: "0"}
  south: {each: "bargain.give - bargain.take + (0.5 if pact == deal and south == cheat else 0)", final: "0"}
outcomes: {calls: {measure: "mean(step)", better: lower}}
deals:
  bargain:
    about: Some of this for some of that
    parties: [north, south]
    during: "pact == deal"
    terms:
      give: {about: Units given, levels: [0, 1], usual: 1}
      take: {about: Units taken, levels: [0, 1], usual: 1}
    breach: {south: [cheats], north: [shirks]}
    without: [never]
variants: {never: {about: Nobody ever signs., impose: {signed: never}}}
"""


@pytest.fixture(scope="module")
def rivals() -> Findings:
    """Every finding of the small study, which has no deal."""
    return answer(Study(standoff.load("rivals").model), QUESTIONS, Size(24, 2), Local(Running(evaluator="reference")))


def _alike(one: Any, other: Any) -> bool:
    """Whether two findings are the same in every figure, bit for bit."""
    if is_dataclass(one) and not isinstance(one, type):
        parts = [(getattr(one, f.name), getattr(other, f.name)) for f in fields(one) if f.init]
        return type(one) is type(other) and all(_alike(a, b) for a, b in parts)
    if isinstance(one, np.ndarray):
        return bool(one.dtype == other.dtype and np.array_equal(one, other, equal_nan=one.dtype.kind == "f"))
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(_alike, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(_alike(one[key], other[key]) for key in one)
    return bool(one == other or (one != one and other != other))


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_a_finding_is_read_back_as_it_was(rivals: Findings, question: Question[Any]) -> None:
    found, keeping = rivals.of(question), question.keeping
    assert keeping is not None and not isinstance(found, Unanswered)
    part = keeping.part(found)
    written = json.loads(json.dumps(to_json(part, exact=True), allow_nan=False))
    assert _alike(from_json(written, keeping.kind, rivals.runs.study.model), part)


def test_a_deal_is_read_back_as_it_was(study_of: Callable[..., Study]) -> None:
    found = answer(study_of(PACT), (DEALS,), Size(16, 2), Local(Running(evaluator="reference")))
    deals, keeping = found.of(DEALS), DEALS.keeping
    assert keeping is not None and isinstance(deals, tuple) and isinstance(deals[0], Deals)
    assert _alike(from_json(to_json(deals, exact=True), keeping.kind, found.runs.study.model), deals)


def test_indices_are_read_back_too() -> None:
    run = standoff.load("rivals").run(worlds=64, replications=2, design="saltelli", evaluator="reference")
    found, keeping = run.sensitivity(("war",)).finding, moving().keeping
    assert keeping is not None
    assert _alike(from_json(to_json(found, exact=True), keeping.kind, run.model), found)


def test_what_is_not_finite_is_null_in_print_and_kept_as_it_is(rivals: Findings) -> None:
    figure = Figure(1.0, float("nan"), float("-inf"), float("inf"))
    assert to_json(figure) == {"value": 1.0, "error": None, "low": None, "high": None}
    assert _alike(from_json(to_json(figure, exact=True), Figure, rivals.runs.study.model), figure)


@pytest.mark.parametrize("data", [None, 3, {"value": 1.0}, {"value": "x", "error": 1.0, "low": 1.0, "high": 1.0}])
def test_other_data_are_refused(rivals: Findings, data: Any) -> None:
    with pytest.raises(ValueError):
        from_json(data, Figure, rivals.runs.study.model)


def test_why_there_is_no_answer_is_read_back(rivals: Findings) -> None:
    none = Unanswered("robust", Reason.FEW_WORLDS, {"worlds": 8, "least": 16})
    assert from_json(to_json(none, exact=True), Figure | Unanswered, rivals.runs.study.model) == none
