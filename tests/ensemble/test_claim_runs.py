"""Claims with known answers, on the two rivals."""

from collections.abc import Callable
from pathlib import Path

import pytest

from standoff.base.source import Source
from standoff.ensemble.claims import Judged, collect_expectations, judge_expectations
from standoff.ensemble.running import Size
from standoff.ensemble.study import Study
from standoff.evidence.claims import load_ledger
from standoff.language.experiments.expectations import read_expectations
from standoff.language.load import load_model
from standoff.language.text.reader import Mapping, parse_yaml

RIVALS = load_model("rivals")


def answers(*texts: str, worlds: int = 192, replications: int = 16, seed: int = 1) -> list[Judged]:
    found = []
    for text in texts:
        root, _ = parse_yaml(Source("claims.yaml", text))
        assert isinstance(root, Mapping)
        expectations, problems = read_expectations([root], RIVALS)
        assert problems == []
        found += [("claim", text, expectation) for expectation in expectations]
    return list(judge_expectations(RIVALS, found, Size(worlds, replications, seed)))


def test_one_true_one_false_one_unconnected_and_one_too_small() -> None:
    found = answers(
        "{raise: fear, raises: arms}",
        "{raise: fear, lowers: arms}",
        "{raise: dread_of_war, raises: arms}",
        "{raise: detection, lowers: arms}",
    )
    assert [tested.verdict.answer for tested in found] == ["holds", "fails", "not represented", "no visible effect"]
    assert found[2].path is None
    assert found[0].path is not None and found[0].path[0].name == "fear"


def test_one_that_holds_only_where_fear_is_low() -> None:
    (tested,) = answers("{switch: {south: [pretend, calculating]}, lowers: arms_south}")
    assert tested.verdict.answer == "mixed"
    separator = tested.verdict.separator
    assert separator is not None
    assert (separator.name, separator.below, separator.above) == ("fear", "holds", "fails")


def test_other_forms() -> None:
    texts = {
        "{better: reciprocate, than: race_on, judged_by: arms}": "holds",
        "{better: race_on, than: reciprocate, judged_by: arms}": "fails",
        "{raise: fear, strengthens: {switch: {north: [reciprocate, race_on]}, effect_on: arms}}": "holds",
        "{stays: war, within: [0, 0.05]}": "holds",
        "{stays: war, within: [0.05, null]}": "fails",
        "{raise: detection, sooner: exposed, where: 'south == pretend and north == reciprocate'}": "holds",
        "{raise: pause, raises: race.paused}": "holds",
        "{switch: {crisis: [never, at 2026-01]}, raises: war}": "holds",
        "{raise: dread_of_war, lowers: payoff(north)}": "holds",
    }
    found = answers(*texts)
    assert {tested.name: tested.verdict.answer for tested in found} == texts


def test_a_war_that_can_come_once_has_its_own_chance() -> None:
    """A crisis in one step alone, with a chance of war of 0.03: war rises by 0.03 exactly, by survival weights."""
    (tested,) = answers("{switch: {crisis: [never, at 2026-01]}, raises: war}", worlds=16, replications=4)
    assert tested.verdict.effect == pytest.approx(0.03, abs=1e-12)


def test_no_effect_is_called_so_whatever_the_seed() -> None:
    """Detection cannot matter to those who do not cheat; but for the rounding of nothing, nothing is seen."""
    for seed in range(20):
        (tested,) = answers(
            "{raise: detection, raises: arms, where: 'south == honest'}", worlds=32, replications=4, seed=seed
        )
        assert tested.verdict.answer == "no visible effect"


def test_the_answer_does_not_depend_on_company_or_threads() -> None:
    text = "{raise: fear, raises: arms}"
    alone = answers(text)[0].verdict
    with_others = answers("{raise: detection, raises: trust}", text, "{raise: fear, raises: war}")[1].verdict
    assert alone == with_others


def test_expectations_of_claims_and_mechanisms_are_collected() -> None:
    found, problems = collect_expectations(RIVALS, load_ledger("rivals"))
    assert problems == []
    assert ("mechanism", "fear_feeds_arms") in [(origin, name) for origin, name, _ in found]


VARIED = """
clock: {start: 2025-01, step: year, steps: 4}
constants:
  push: {value: 1, judgement: set by the test}
uncertainties:
  pull: {range: [1, 2], unit: t, judgement: none}
stocks:
  pile: {start: 0, unit: t, next: "pile + push * pull"}
outcomes: {heap: {measure: "final(pile)", unit: t, better: lower}}
variants:
  turned: {constants: {push: {value: -1}}}
  doubled: {constants: {push: {value: -2}}}
  heavy: {stocks: {pile: {start: 100}}}
"""


def _judged(study: Study, text: str) -> str:
    root, _ = parse_yaml(Source("claims.yaml", text))
    expectations, problems = read_expectations([root], study.model)
    assert problems == []
    return judge_expectations(study.model, [("claim", "one", expectations[0])], Size(16, 2))[0].verdict.answer


def test_a_test_under_a_variant_keeps_the_variant(study_of: Callable[..., Study]) -> None:
    """Under `turned`, pulling lowers the heap, also where a variant is compared with none on top of it."""
    assert _judged(study_of(VARIED), "{raise: pull, raises: heap}") == "holds"
    assert _judged(study_of(VARIED, "turned"), "{raise: pull, raises: heap}") == "fails"
    assert _judged(study_of(VARIED), "{switch: {variant: [turned, doubled]}, lowers: heap}") == "holds"
    assert _judged(study_of(VARIED, "heavy"), "{switch: {variant: [turned, doubled]}, lowers: heap}") == "holds"


def test_a_study_edited_while_it_runs_gives_the_same_answers(
    study_of: Callable[..., Study], tmp_path: Path, opened: list[str]
) -> None:
    study = study_of(VARIED)
    (tmp_path / "study.yaml").write_text("title: another study", encoding="utf-8")
    opened.clear()
    assert _judged(study, "{switch: {variant: [turned, doubled]}, lowers: heap}") == "holds"
    (tmp_path / "study.yaml").unlink()
    assert _judged(study, "{switch: {variant: [turned, doubled]}, lowers: heap}") == "holds"
    assert not [path for path in opened if str(tmp_path) in path]
