"""Run what a brief needs, and write it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from standoff.analysis.deals.deals import Deals
from standoff.analysis.deals.plan import DealPlan
from standoff.analysis.documents.documents import agreement, headlines
from standoff.analysis.fans import FanPlan, fans, plan_fans
from standoff.analysis.robustness.performance import performance
from standoff.base.problems import StudyError, has_errors
from standoff.brief.formats.data import brief_data
from standoff.brief.formats.html import Findings, make_page, render_page
from standoff.brief.formats.markdown import render_markdown
from standoff.brief.playing import Unanswered, find_deals, find_others, plan_deals, run_deals
from standoff.brief.robust import find_robust
from standoff.brief.sections.assumptions import read_facts
from standoff.brief.sections.documents import Evidence
from standoff.ensemble.claims import Judged, collect_expectations, judge_expectations
from standoff.ensemble.design import Design
from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.evaluator import Announce
from standoff.ensemble.run import Paths, Progress, run_design, run_paths
from standoff.ensemble.store import atomic_write
from standoff.ensemble.study import Study
from standoff.evidence.claims import Ledger, check_ledger, ledger_of
from standoff.evidence.history import read_past
from standoff.evidence.sources import sources as look
from standoff.words.wording import counted, number

__all__ = ["DATA", "MARKDOWN", "PAGE", "BriefDesign", "brief_design", "make_brief", "run_brief", "write_brief"]

PAGE = "brief.html"
MARKDOWN = "brief.md"
DATA = "brief.json"
_LUCK_OF_DEALS = 4
"""Replications for deals, whose gains are paired and averaged over profiles besides."""
_MOST_WORLDS_OF_EFFECTS = 256
"""Worlds for deals and for tests of claims, which compare two runs world by world: that needs fewer than a ranking."""
_MOST_LUCK_OF_CLAIMS = 16

_SECONDS_OF_ANSWERS = 4e-5
"""For a strategy, a world and an assumption, on two cores of 2025."""


@dataclass(frozen=True, slots=True, eq=False)
class BriefDesign:
    """What to run for a brief: an ensemble over all profiles, futures to follow for the fans, and each deal's arms."""

    ensemble: Design
    followed: FanPlan
    deals: tuple[DealPlan | Unanswered, ...]

    @property
    def n_futures(self) -> int:
        """Of the ensemble and of all deals."""
        return self.ensemble.n_futures + sum(plan.n_futures for plan in self.deals if isinstance(plan, DealPlan))


def brief_design(
    study: Study, worlds: int = 1024, replications: int = 4, seed: int = 1, fixed: Mapping[str, float] | None = None
) -> BriefDesign:
    """What a brief of this size needs.

    Args:
        study: The study.
        worlds: Draws of all uncertainties and values.
        replications: Streams of chance inside each world; two or more, for luck's part of the errors.
        seed: Of worlds and luck.
        fixed: Uncertainties held at a number.
    """
    design = study.design(worlds, replications, seed, fixed=fixed)
    luck = _LUCK_OF_DEALS if replications >= _LUCK_OF_DEALS else 2
    return BriefDesign(
        design,
        plan_fans(study.program, design),
        plan_deals(study.model, min(worlds, _MOST_WORLDS_OF_EFFECTS), luck, seed),
    )


def make_brief(study: Study, folder: Path, **wanted: Any) -> Path:
    """Run a study and write its brief; `wanted` are the options of `run_brief`. Returns the path of the page."""
    return write_brief(run_brief(study, **wanted), folder)


def run_brief(
    study: Study,
    *,
    worlds: int = 1024,
    replications: int = 4,
    seed: int = 1,
    fixed: Mapping[str, float] | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    announce: Announce | None = None,
    sources: Path | None = None,
) -> Findings:
    """Run a study and answer all that its brief asks.

    Args:
        study: The study.
        worlds: Draws of all uncertainties and values; deals and expectations are run on at most 256.
        replications: Streams of chance inside each world; expectations are tested with more, up to 16.
        seed: Of worlds and luck.
        fixed: Uncertainties held at a number; expectations and deals are run with all as drawn.
        threads: At most so many at once.
        progress: Called with futures done and in all; how many the tests of claims take is known when they begin.
        announce: Called with a line before each part that takes time.
        sources: A folder of documents whose own words the page is to show; none by default.

    Raises:
        StudyError: The study's claims do not fit its model.
    """
    ledger = ledger_of(study.model.written.files)
    expectations, problems = collect_expectations(study.model, ledger)
    problems += check_ledger(ledger, study.model)
    if has_errors(problems) and not study.model.applied:  # a variant may lack what a claim is about
        raise StudyError(problems)
    design = brief_design(study, worlds, replications, seed, fixed)
    first, whole = design.ensemble.n_futures, design.n_futures
    if announce is not None:
        announce(f"running {counted(whole, 'future')}")
    ensemble = run_design(
        study.program, design.ensemble, threads=threads, progress=_part(progress, 0, whole - first), announce=announce
    )
    dealt: list[Deals | Unanswered] = []
    for one in design.deals:
        if isinstance(one, Unanswered):
            dealt.append(one)
            continue
        told = _part(progress, first, whole - first - one.n_futures)
        dealt.append(find_deals(one, run_deals(one, threads=threads, progress=told, announce=announce), seed))
        first += one.n_futures
    plan = design.followed
    paths = run_paths(study.program, design.ensemble, plan.symbols, plan.profiles, plan.worlds, plan.replications)
    if announce is not None and expectations:
        announce(f"testing {counted(len(expectations), 'expectation')}")
    fewer = min(worlds, _MOST_WORLDS_OF_EFFECTS)
    luck = min(2 * replications * worlds // fewer, _MOST_LUCK_OF_CLAIMS)
    judged = judge_expectations(
        study.model, expectations, fewer, luck, seed, threads=threads, progress=_part(progress, whole, 0)
    )
    _announce_answers(announce, ensemble)
    return _answer(study, ledger, ensemble, plan, paths, judged, sources, dealt)


def write_brief(findings: Findings, folder: Path) -> Path:
    """Write the brief as a page, as Markdown and as data, all from the same sections; the path of the page.

    Args:
        findings: From `run_brief`.
        folder: Made if it is not there; `brief.html`, `brief.md` and `brief.json` in it are replaced.
    """
    page = make_page(findings)
    data = json.dumps(brief_data(findings, page), indent=1, ensure_ascii=False, allow_nan=False)
    atomic_write(folder / DATA, f"{data}\n".encode())
    atomic_write(folder / MARKDOWN, render_markdown(page).encode())
    atomic_write(folder / PAGE, render_page(page).encode())
    return folder / PAGE


def _answer(
    study: Study,
    ledger: Ledger,
    ensemble: Ensemble,
    plan: FanPlan,
    paths: Paths,
    judged: Sequence[Judged],
    sources: Path | None,
    deals: Sequence[Deals | Unanswered],
) -> Findings:
    model = study.model
    others = find_others(ensemble, ensemble.design.seed)
    robust = find_robust(ensemble, ledger, None if isinstance(others, Unanswered) else others.reply_weights)
    results = performance(ensemble, None if isinstance(robust, Unanswered) else robust.robustness)
    best = study.program.instances[study.program.players.index(model.decider)].index(
        results.strategies[results.order[0]]
    )
    return Findings(
        model,
        ensemble,
        results,
        fans(study.program, ensemble.design, plan, paths, read_past(model)),
        ledger,
        read_facts(model),
        Evidence(
            agreement(model, ledger, judged),
            headlines(ensemble, ledger, best),
            None if sources is None else look(ledger, sources),
        ),
        robust,
        others,
        tuple(deals),
    )


def _announce_answers(announce: Announce | None, ensemble: Ensemble) -> None:
    """Say how long the answers will take to work out, which no progress shows."""
    if announce is None:
        return
    decider = ensemble.program.players.index(ensemble.model.decider)
    n_strategies = len(set(ensemble.design.profiles[:, decider].tolist()))
    seconds = _SECONDS_OF_ANSWERS * n_strategies * ensemble.design.worlds.size * len(ensemble.model.uncertain)
    announce("working out the answers" + (f" (about {number(seconds, 1)} s)" if seconds >= 5.0 else ""))


def _part(progress: Progress | None, before: int, after: int) -> Progress | None:
    """The progress of one part among all: so many futures were run before it, so many are to come."""
    if progress is None:
        return None
    return lambda done, total: progress(before + done, before + total + after)
