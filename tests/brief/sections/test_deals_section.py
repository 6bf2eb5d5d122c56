"""The brief's section on deals, from pacts whose zone and temptations are known."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
from jinja2 import Environment, PackageLoader, StrictUndefined

from standoff.analysis.deals.deals import Deals
from standoff.analysis.findings import Reason
from standoff.brief.pictures.zone_maps import Axes, MapCells, draw_map_of, gain_fill, share_fill
from standoff.brief.section import Section
from standoff.brief.sections.deals import deals_section
from standoff.ensemble.run import Job, run_jobs
from standoff.ensemble.running import Running, Size
from standoff.ensemble.study import Study
from standoff.questions.deals import find_deal_of, plan_deals, shared_stocks
from standoff.questions.question import Unanswered

Build = Callable[..., Study]

# while the pact stands each side gains what it takes, weighed, and pays what it gives
PACT = """
clock: {start: 2025-01, step: year, steps: 4}
actors: {north: {name: Northland}, south: {name: Southland}, east: {name: Eastland}}
choices: {north: [honour, shirk], south: [honour, cheat], east: [help, hinder]}
uncertainties:
  zest: {about: What a unit taken is worth to the North, range: [0.5, 2.5], judgement: none}
  thirst: {about: What a unit given is worth to the South, range: [0.5, 2.5], judgement: none}
stocks:
  tie: {about: The tie of North and East, start: "zest / 5", next: "tie + 0.1 * (north == shirk) * (east == help)"}
  grudge: {start: 0, next: "grudge + (south == cheat)"}
modes:
  pact:
    states: [none, deal]
    start: none
    moves:
      - {name: signed, from: none, to: deal, when: "north == shirk", chance: 0.5}
      - {name: torn, from: deal, to: none, when: "south == cheat", chance: EXPOSURE}
strategies:
  north: {honours: {choose: honour}, shirks: {choose: shirk}}
  south: {honours: {choose: honour}, cheats: {choose: cheat}}
  east: {helps: {choose: help}, hinders: {choose: hinder}}
payoffs:
  north: {each: "zest * bargain.take - bargain.give", final: "0"}
  south: {each: "thirst * bargain.give - bargain.take + (SPOILS if pact == deal and south == cheat else 0)", final: "0"}
  east: {each: "0.5 * bargain.take"}
outcomes: {calls: {measure: "mean(step)", better: lower}}
deals:
  bargain:
    about: Some of this for some of that
    parties: [north, south]
    during: "pact == deal"
    terms:
      give: {about: Units given, levels: [0, 0.5, 1], usual: 0.5}
      take: {about: Units taken, levels: [0, 0.5, 1], usual: 0.5}
    keeps: {south: "south == honour"}
    breach: {south: [cheats], north: [shirks]}
    without: [never, later]
variants:
  never: {about: Nobody ever signs., impose: {signed: never}}
  later: {about: It is signed at last, impose: {signed: at 2027-01}}
"""


def _pact(spoils: float, exposure: float) -> str:
    return PACT.replace("SPOILS", str(spoils)).replace("EXPOSURE", str(exposure))


def _find(study: Study, worlds: int = 48) -> Deals | Unanswered:
    (plan,) = plan_deals(study.model, Size(worlds, 2))
    assert not isinstance(plan, Unanswered)
    seen: list[tuple[int, int]] = []
    running = Running(evaluator="reference", progress=lambda done, total: seen.append((done, total)))
    runs = run_jobs([Job(arm.program, arm.design) for arm in plan.arms], running)
    assert seen == sorted(seen)
    assert seen[-1] == (plan.n_futures, plan.n_futures)
    return find_deal_of(plan, runs)


def _section(study: Study, found: tuple[Deals | Unanswered, ...]) -> Section:
    loader = PackageLoader("standoff.brief", "templates")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    return deals_section(study.model, found, environment)


def test_a_pact_that_pays_its_breaker_is_told_with_its_zone(study_of: Build) -> None:
    study = study_of(_pact(spoils=3, exposure=0))
    section = _section(study, (_find(study),))
    assert re.fullmatch(
        r"All parties gain on [\d.]+\s±\s[\d.]+\s% of the terms of “bargain”, but Southland would break its word on "
        "all of them",
        section.title,
    )
    assert section.lead[0].startswith("Some of this for some of that, between Northland and Southland.")
    assert "against “never” (nobody ever signs)" in section.lead[0]
    assert "of those outside it Eastland" in section.lead[1]
    assert "Southland would break its word on all" in section.lead[2]
    assert "On none of them would all keep their word." in section.lead[2]
    assert re.search(r"begun in 2025, breach brings Southland [\d.]+\s±\s", section.lead[2])
    assert section.pictures[0].title == "Where Northland and Southland both gain"
    assert str(section.pictures[0].drawn).count("<svg") == 3
    table = section.pictures[0].table
    assert table is not None
    assert len(table.rows) == 2 * 9
    assert {row[-1] for row in table.rows} == {"would breach"}


def test_one_map_has_an_outline_for_what_no_deal_means_and_for_the_tie(study_of: Build) -> None:
    study = study_of(_pact(spoils=-1, exposure=1))
    assert shared_stocks(study.model, study.model.deals[0]) == ("tie",)
    section = _section(study, (_find(study),))
    drawn = str(section.pictures[1].drawn)
    assert drawn.count("<svg") == 1 + 2 + 2 + 3  # the map, the sizes of two groups, each case's line beside its words
    assert drawn.count("<circle") == 2 + 3
    (told,) = re.findall(r'aria-label="Size of the zone. ([^"]+In its lowest third[^"]+)"', drawn)
    assert told.count("±") == 3
    for said in ("Nobody ever signs", "It is signed at last", "In its lowest third", "The tie of North and East"):
        assert said in drawn
    assert "would break its word" not in section.title


def test_a_study_without_a_deal_has_a_section_that_says_so(study_of: Build) -> None:
    study = study_of('outcomes: {calls: {measure: "mean(step)", better: lower}}')
    assert plan_deals(study.model, Size(32, 2)) == ()
    section = _section(study, ())
    assert section.title == "The study judges no deal"
    assert section.pictures == ()


def test_a_run_that_is_too_small_says_so(study_of: Build) -> None:
    study = study_of(_pact(spoils=3, exposure=0))
    found = _find(study, worlds=2)
    assert isinstance(found, Unanswered)
    section = _section(study, (found,))
    assert section.title == "Whether “bargain” is a deal: not answered here"
    assert "worlds" in section.lead[0]


def test_a_variant_that_is_what_no_deal_means_leaves_nothing_to_compare(study_of: Build) -> None:
    study = study_of(_pact(spoils=3, exposure=0), "never")
    (plan,) = plan_deals(study.model, Size(32, 2))
    assert isinstance(plan, Unanswered)
    assert (plan.reason, plan.data) == (Reason.VARIANT_APPLIED, {"variant": "never"})


def test_the_outline_runs_round_the_zone_and_nowhere_inside_it() -> None:
    zone = np.array([[True, True], [False, True]])
    axes = Axes("relief", (0.0, 1.0), "depth", (0.0, 1.0))
    cells = MapCells("t", "s", [["#fff"] * 2] * 2, [], zone, zone)
    drawn = str(draw_map_of(axes, cells, cell=(10.0, 10.0)))
    (path,) = re.findall(r'class="edge" d="([^"]+)"', drawn)
    assert path.count("M") == 8  # the outline of an L of three cells has eight sides of one cell
    assert 'class="edge open"' not in drawn
    one_term = draw_map_of(Axes("relief", (0.0, 1.0), "", (0.0,)), MapCells("t", "s", [["#fff"] * 2], [], zone[:1],
                           zone[:1]))  # fmt: skip
    assert "↑" not in one_term


@pytest.mark.parametrize(("gain", "fill"), [(0.0, "E69F00"), (1.0, "56B4E9")])
def test_gains_are_blue_losses_orange_and_more_is_darker(gain: float, fill: str) -> None:
    parts = [int(fill[k : k + 2], 16) for k in (0, 2, 4)]
    shown = gain_fill(gain, 1.0)
    strength = [(255 - int(shown[k : k + 2], 16)) / (255 - p) for k, p in zip((1, 3, 5), parts, strict=True) if p < 255]
    assert strength == pytest.approx([0.8 if gain else 0.1] * len(strength), abs=0.02)
    assert share_fill(0.0) == "#ffffff" != share_fill(1.0)
    assert share_fill(float("nan")) == "#eeeeee"
