"""The brief's section on the others, from games whose answer is known."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from jinja2 import Environment, PackageLoader, StrictUndefined

from standoff.analysis.findings import Reason
from standoff.analysis.others.others import others_design, others_finding
from standoff.brief.section import Section
from standoff.brief.sections.others import others_section
from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.run import run_design
from standoff.ensemble.running import Running
from standoff.ensemble.study import Study
from standoff.questions.answer import answer_run
from standoff.questions.others import OTHERS
from standoff.questions.question import Unanswered

Build = Callable[..., Study]

HEAD = """
clock: {start: 2025-01, step: year, steps: 1}
actors: {north: {name: Northland}, south: {name: Southland}}
choices: {north: [calm, threaten], south: [calm, threaten]}
outcomes: {calls: {measure: "mean(step)", better: lower}}
strategies:
  north: {stays_calm: {choose: calm}, threatens: {choose: threaten}}
  south: {stays_calm: {choose: calm}, threatens: {choose: threaten}}
uncertainties:
  temptation: {about: What betrayal brings, range: [3.5, 6], judgement: none}
"""
# the dilemma of Osborne & Rubinstein 1994, example 16.2
DILEMMA = f"""{HEAD}
payoffs:
  north:
    each: "(3 if south == calm else 0) if north == calm else (temptation if south == calm else 1)"
  south:
    each: "(3 if north == calm else 0) if south == calm else (temptation if north == calm else 1)"
"""
# Rousseau's stag hunt: both calm, or both threatening; what the South does follows the North
STAG = f"""{HEAD}
payoffs:
  north: {{each: "(temptation if south == calm else 0) if north == calm else 2"}}
  south: {{each: "(temptation if north == calm else 0) if south == calm else 2"}}
"""
# matching pennies: nobody rests
PENNIES = f"""{HEAD}
payoffs:
  north: {{each: "1 if (north == calm) == (south == calm) else -1"}}
  south: {{each: "-1 if (north == calm) == (south == calm) else 1"}}
"""
SAME = f"""{HEAD}
draws: {{one: "normal(0, 1)", two: "normal(0, 1)"}}
payoffs:
  north: {{each: "temptation + (one if north == calm else two)"}}
  south: {{each: "temptation + (two if south == calm else one)"}}
"""


def _run(study: Study, worlds: int = 48) -> Ensemble:
    return run_design(
        study.program, others_design(study.model, study.program, worlds, 2), running=Running(evaluator="reference")
    )


def _section(study: Study) -> Section:
    found = others_finding(_run(study), draws=40, resamples=100)
    loader = PackageLoader("standoff.brief", "templates")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    return others_section(study.model, found, environment)


def test_a_dilemma_has_one_profile_and_says_so(study_of: Build) -> None:
    section = _section(study_of(DILEMMA))
    assert section.title == "One profile is stable: Northland “threatens” and Southland “threatens”"
    assert "only one" in section.lead[0]
    assert "Stable means: among the listed strategies, chosen at the start." in section.lead[0]
    assert re.search(
        r"equilibrium in 100\s% of resamples of the worlds, and stable in 100[.\d]*\s±\s[.\d]+\s%", section.lead[1]
    )
    drawn = str(section.pictures[0].drawn)
    assert "<s>stays calm</s>" in drawn  # dominated in every belief
    assert "<s>threatens</s>" not in drawn
    assert re.search(r"threatens</span><span class=\"much\">100\s±\s", drawn)


def test_a_stag_hunt_has_several_and_the_other_follows_the_decider(study_of: Build) -> None:
    section = _section(study_of(STAG))
    assert section.title == "2 profiles are stable; which comes about, the model cannot say"
    assert "2 profiles are shown to be stable; which comes about, the model cannot say" in section.lead[0]
    assert section.pictures[1].title == "When Northland moves first, Southland changes course"
    assert "“stays calm” does best" in section.pictures[1].caption
    table = section.pictures[1].table
    assert table is not None
    assert [(row[0], row[1].split(" (")[0]) for row in table.rows] == [
        ("stays calm", "stays calm"), ("threatens", "threatens"),
    ]  # fmt: skip


def test_pennies_have_none_and_give_the_mixture_with_its_regret(study_of: Build) -> None:
    section = _section(study_of(PENNIES))
    assert section.title == "No profile is stable: whatever is played, someone gains by leaving it"
    assert "could still gain" in section.lead[-1]
    drawn = str(section.pictures[1].drawn)
    assert 'class="departs"' in drawn  # each strategy has its own reply


def test_what_luck_says_is_not_called_stable(study_of: Build) -> None:
    section = _section(study_of(SAME))
    assert "cannot tell" in section.lead[0]
    assert "One profile" not in section.title


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "actors: {north: {name: Northland}}\nchoices: {north: [a, b]}\n"
            "strategies: {north: {does_a: {choose: a}, does_b: {choose: b}}}\npayoffs: {north: {each: 1}}\n"
            'outcomes: {calls: {measure: "mean(step)", better: lower}}\n',
            "Nobody but Northland chooses here",
        ),
        (HEAD + 'payoffs: {north: {each: "temptation"}}\n', ""),
    ],
)
def test_a_study_without_a_game_has_a_section_that_says_so(study_of: Build, text: str, said: str) -> None:
    study = study_of(text)
    found = answer_run(_run(study), (OTHERS,)).of(OTHERS)
    section = others_section(study.model, found, Environment(loader=PackageLoader("standoff.brief", "templates")))
    if said:
        assert isinstance(found, Unanswered)
        assert section.lead == (f"{said}.",)
        assert section.pictures == ()
    else:
        assert "Southland has no payoff; its strategies count evenly." in section.sure


def test_too_few_worlds_are_no_answer(study_of: Build) -> None:
    found = answer_run(_run(study_of(DILEMMA), worlds=2), (OTHERS,)).of(OTHERS)
    assert isinstance(found, Unanswered)
    assert found.reason == Reason.FEW_WORLDS
