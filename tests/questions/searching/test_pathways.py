"""Adaptation pathways of a study whose tipping dates are known in closed form."""

from dataclasses import replace
from pathlib import Path

import pytest

from standoff.analysis.findings import UnanswerableError
from standoff.brief.pictures.pathways import draw_pathways
from standoff.brief.sections.holds_up import holds_up
from standoff.ensemble.running import Size
from standoff.ensemble.study import Study, load
from standoff.questions.answer import answer_run
from standoff.questions.kept import Kept
from standoff.questions.results import RESULTS
from standoff.questions.searching.kept import keep_found, kept_pathways
from standoff.questions.searching.pathways import find_pathways
from standoff.words.sentences.searching.pathways import pathways_sentences, pathways_title

STUDY = """\
standoff: 1
title: A pool that fills
question: When to close?
decider: us
clock: {start: "2000", step: year, steps: 16}
actors: {us: {name: Us}}
uncertainties: {rain: {range: [0.9, 1.1], judgement: none}}
choices: {us: [open, shut]}
stocks: {water: {start: 0, next: "water + rain * (1 if us == open else 0)"}}
strategies: {us: {opens: {choose: open}, shuts: {choose: shut}}}
payoffs: {us: {each: "1 if us == open else 0"}}
outcomes: {level: {name: Level, measure: "final(water)", better: lower, limit: 6}}
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("pool")
    (folder / "study.yaml").write_text(STUDY)
    return load(folder)


def test_the_tipping_date_is_that_of_the_closed_form_and_the_switch_is_the_last_that_helps(study: Study) -> None:
    found = find_pathways(study, Size(64, 1, 1))
    opens, way, shuts = found.pathways
    assert opens.legs[0].tipping.dates == (6, 6, 7) or opens.legs[0].tipping.dates == (6, 7, 7)  # 6 / rain, from 5.5 on
    assert opens.legs[0].tipping.kept.value == 0.0
    ((name, (low, _, high)),) = opens.legs[0].tipping.states
    assert name == "water" and 6.0 < low < high < 7.2
    assert shuts.legs[0].tipping.dates == (None, None, None)
    assert [leg.strategy for leg in way.legs] == ["opens", "shuts"]
    assert way.legs[1].since == 4  # changes are before 1, 2, 4 and 8 steps, and 8 is too late
    assert way.more_kept is not None and way.more_kept.value == 1.0
    assert way.gain is not None and way.gain.value == pytest.approx(4.0 - 16.0)


def test_the_map_says_and_draws_it(study: Study) -> None:
    found = find_pathways(study, Size(64, 1, 1))
    said = " ".join(pathways_sentences(study.model, found))
    assert "From opens to shuts by 2004" in said and "100" in said
    assert pathways_title(study.model, found) == "1 of 2 strategies of Us keeps more limits if left in time"
    drawn = str(draw_pathways(study.model, found))
    assert drawn.startswith("<svg") and "to shuts by 2004" in drawn and "stroke-dasharray" in drawn


def test_a_brief_shows_the_map_that_was_kept_of_the_same_study_alone(study: Study, tmp_path: Path) -> None:
    kept, found = Kept(tmp_path), find_pathways(study, Size(64, 1, 1))
    assert kept_pathways(study, kept) is None
    keep_found(study, replace(found, actor="them"), kept)
    keep_found(study, replace(found, outcomes=()), kept)
    assert kept_pathways(study, kept) is None
    keep_found(study, found, kept)
    assert kept_pathways(study, kept) == found
    assert kept_pathways(replace(study, held={"rain": 1.0}), kept) is None
    results = answer_run(study.run(worlds=16, replications=2, evaluator="reference"), (RESULTS,)).of(RESULTS)
    *_, shown = holds_up(study.model, results, pathways=found).pictures
    assert shown.title == pathways_title(study.model, found)
    assert shown.table.rows[1][0] == "Opens, to shuts by 2004"
    assert str(shown.drawn).startswith("<svg")


def test_a_study_without_limits_has_none(study: Study) -> None:
    with pytest.raises(ValueError, match="no outcome with a limit is named `utility`"):
        find_pathways(load("lake"), Size(64, 1, 1), outcomes=["utility"])
    with pytest.raises(UnanswerableError):
        find_pathways(study, Size(8, 1, 1))
