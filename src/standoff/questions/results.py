"""What holds up, and what does it hinge on: of one run of every profile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from standoff.analysis.fans import Fan, fans, plan_fans
from standoff.analysis.findings import Floats
from standoff.analysis.linchpins.linchpins import Linchpins, linchpins
from standoff.analysis.robustness.performance import Performance, performance
from standoff.analysis.robustness.robustness import Robustness, robustness
from standoff.analysis.runs.decision_table import DecisionTable, decision_table
from standoff.ensemble.run import Job, run_paths
from standoff.ensemble.running import Size
from standoff.ensemble.study import Study
from standoff.evidence.claims import Ledger
from standoff.evidence.history import read_past
from standoff.questions.others import OTHERS
from standoff.questions.question import WHOLE, Designs, Question, Runs, Unanswered

__all__ = ["OVER_TIME", "RESULTS", "ROBUST", "Robust", "of_run", "whole_run"]


@dataclass(frozen=True, slots=True, eq=False)
class Robust:
    """The arranged run, and the answers to the first two questions: both look at one decision table."""

    table: DecisionTable
    robustness: Robustness
    linchpins: Linchpins


def whole_run(study: Study, size: Size) -> Designs:
    """Every profile in every world."""
    return Designs({WHOLE: Job(study.program, study.design_of(size))})


def of_run(
    view: str = "uniform", weightings: Mapping[str, Floats] | None = None, *, limits_under_all: bool = True
) -> Question[Robust]:
    """The first two questions asked of one run by itself, without the game that tells what the others reply.

    Args:
        view: What the others play where it is asked what the choice hinges on.
        weightings: More weightings of the worlds, by name, under which to rank.
        limits_under_all: Whether outcomes are held against their limits under every view, or the first alone.
    """

    def find(runs: Runs, ledger: Ledger) -> Robust:
        table = decision_table(runs.whole())
        robust = robustness(table, weightings=weightings, limits_under_all=limits_under_all, threads=runs.threads)
        return Robust(table, robust, linchpins(table, ledger=ledger, view=view, threads=runs.threads))

    return Question("robust", whole_run, find)


def _find_robust(runs: Runs, ledger: Ledger) -> Robust:
    others = runs.answer(OTHERS)
    replies = None if isinstance(others, Unanswered) else others.reply_weights
    table = decision_table(runs.whole(), replies=replies)
    return Robust(table, robustness(table, threads=runs.threads), linchpins(table, ledger=ledger, threads=runs.threads))


def _find_results(runs: Runs, _: Ledger) -> Performance:
    robust = runs.answer(ROBUST)
    if isinstance(robust, Unanswered):
        return performance(decision_table(runs.whole(), fewest=0))
    return performance(robust.table, robust.robustness)


def _find_fans(runs: Runs, _: Ledger) -> tuple[Fan, ...]:
    program, design = runs.study.program, runs.whole().design
    plan = plan_fans(program, design)
    paths = run_paths(program, design, plan.symbols, plan.profiles, plan.worlds, plan.replications)
    return fans(program, design, plan, paths, read_past(runs.study.model))


ROBUST: Question[Robust] = Question("robust", whole_run, _find_robust, (OTHERS,))
RESULTS: Question[Performance] = Question("results", whole_run, _find_results, (ROBUST,))
OVER_TIME: Question[tuple[Fan, ...]] = Question("over time", whole_run, _find_fans)
