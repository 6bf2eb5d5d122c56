"""Run what a brief needs, and write it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from standoff.analysis.fans import FanPlan, fans, plan_fans
from standoff.analysis.performance import performance
from standoff.brief.assumptions import read_facts
from standoff.brief.page import Findings, make_page, render_page
from standoff.ensemble.design import Design
from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.run import Paths, Progress, run_design, run_paths
from standoff.ensemble.store import atomic_write
from standoff.ensemble.study import Study
from standoff.evidence.claims import load_ledger

__all__ = ["PAGE", "BriefDesign", "brief_design", "make_brief", "write_brief"]

PAGE = "brief.html"


@dataclass(frozen=True, slots=True, eq=False)
class BriefDesign:
    """What to run for a brief: an ensemble over all profiles, and single futures to follow for the fans."""

    ensemble: Design
    followed: FanPlan


def brief_design(
    study: Study, worlds: int = 256, replications: int = 8, seed: int = 1, fixed: Mapping[str, float] | None = None
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
    return BriefDesign(design, plan_fans(study.program, design))


def make_brief(
    study: Study,
    folder: Path,
    *,
    worlds: int = 256,
    replications: int = 8,
    seed: int = 1,
    fixed: Mapping[str, float] | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Path:
    """Run a study and write its brief; the path of the page."""
    design = brief_design(study, worlds, replications, seed, fixed)
    ensemble = run_design(study.program, design.ensemble, threads=threads, progress=progress)
    plan = design.followed
    paths = run_paths(study.program, design.ensemble, plan.symbols, plan.profiles, plan.worlds, plan.replications)
    return write_brief(study, ensemble, plan, paths, folder)


def write_brief(study: Study, ensemble: Ensemble, plan: FanPlan, paths: Paths, folder: Path) -> Path:
    """Write the page from what was run.

    Args:
        study: The study.
        ensemble: All the decider's strategies, against all profiles of the others or some.
        plan: What was followed.
        paths: The futures of the plan.
        folder: Made if it is not there; `brief.html` in it is replaced.
    """
    model = study.model
    findings = Findings(
        model,
        ensemble,
        performance(ensemble),
        fans(study.program, ensemble.design, plan, paths),
        load_ledger(model.folder),
        read_facts(model.folder),
    )
    path = folder / PAGE
    atomic_write(path, render_page(make_page(findings)).encode())
    return path
