"""What holds up, what does it hinge on, what becomes of it over time: of one run of every profile."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from standoff.analysis.fans import Fan, Followed, fans, plan_fans
from standoff.analysis.findings import Floats
from standoff.analysis.linchpins.linchpins import Linchpins, linchpins
from standoff.analysis.robustness.limits import hold_limits
from standoff.analysis.robustness.metrics import Standing, standing
from standoff.analysis.robustness.performance import Performance, performance
from standoff.analysis.robustness.robustness import Robustness, robustness
from standoff.analysis.runs.decision_table import DecisionTable, decision_table
from standoff.base.beside import beside
from standoff.base.chance import streams
from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.run import Job, Paths, PathsJob, trace_cell
from standoff.ensemble.runner import Local, Runner
from standoff.ensemble.running import Size
from standoff.ensemble.study import Study
from standoff.evidence.claims import Ledger
from standoff.evidence.history import read_past
from standoff.program.trace import Trace
from standoff.questions.others import OTHERS
from standoff.questions.question import WHOLE, Designs, Keeping, Question, Runs, Unanswered

__all__ = ["OVER_TIME", "RESULTS", "ROBUST", "Robust", "leading_future", "of_run", "whole_run"]

_MOST_TRACED = 200_000  # equations × steps, each some ten microseconds


@dataclass(frozen=True, eq=False)
class Robust:
    """The answers to the first two questions, and the arranged run that both look at.

    Attributes:
        robustness: What holds up.
        linchpins: What it hinges on.
        arrange: Makes the table, where it was not made for the answers.
    """

    robustness: Robustness
    linchpins: Linchpins
    arrange: Callable[[], DecisionTable] = field(repr=False)

    @cached_property
    def table(self) -> DecisionTable:
        """The arranged run."""
        return self.arrange()


def _kept(arrange: Callable[[Runs], DecisionTable]) -> Keeping[Robust]:
    """The figures are kept; the table is made of the run when it is asked for."""
    return Keeping(
        tuple[Robustness, Linchpins],
        lambda robust: (robust.robustness, robust.linchpins),
        lambda runs, part: Robust(part[0], part[1], lambda: arrange(runs)),
    )


def whole_run(study: Study, size: Size) -> Designs:
    """Every profile in every world."""
    return Designs({WHOLE: Job(study.program, study.design_of(size))})


def of_run(
    view: str = "uniform",
    weightings: Mapping[str, Floats] | None = None,
    *,
    limits_under_all: bool = True,
    tell: Callable[[Standing | Robustness], None] = lambda _: None,
) -> Question[Robust]:
    """The first two questions asked of one run by itself, without the game that tells what the others reply.

    Args:
        view: What the others play where it is asked what the choice hinges on.
        weightings: More weightings of the worlds, by name, under which to rank.
        limits_under_all: Whether outcomes are held against their limits under every view, or the first alone.
        tell: Told the ranking and then what holds up, each as soon as it is worked out.
    """

    def arrange(runs: Runs) -> DecisionTable:
        return decision_table(runs.whole())

    def find(runs: Runs, ledger: Ledger) -> Robust:
        table = arrange(runs)
        if table.is_paid:
            tell(standing(table.payoffs(table.views[0]), table.seed))
        with _hinges(table, ledger, view, runs.threads) as hinges:
            robust = robustness(table, weightings=weightings, limits_under_all=limits_under_all, threads=runs.threads)
            tell(robust)
            return Robust(robust, hinges(), lambda: table)

    given = tuple((name, _identity(weights)) for name, weights in (weightings or {}).items())
    return Question("robust", whole_run, find, options=(view, given, limits_under_all), keeping=_kept(arrange))


def leading_future(study: Study, ensemble: Ensemble, results: Performance) -> Trace | None:
    """The first world with its first luck, under the strategy that leads and the others' first.

    None without result, and of a study so large that following one future by hand takes longer than running thousands.
    """
    program, design = study.program, ensemble.design
    if not results.standings or not results.strategies or program.n_steps * len(program.equations) > _MOST_TRACED:
        return None
    decider = program.players.index(study.model.decider)
    labels = [instance.label for instance in study.model.instances(study.model.decider)]
    leader = labels.index(results.labels[results.order[0]])
    played = np.flatnonzero(design.profiles[:, decider] == leader)
    return trace_cell(program, design, int(played[0]), 0, replication=0) if played.size else None


def _hinges(
    table: DecisionTable, ledger: Ledger, view: str, threads: int | None
) -> AbstractContextManager[Callable[[], Linchpins]]:
    """What the choice hinges on, worked out beside what holds up; both begin with the same."""
    if table.is_paid:
        looked = table.view(view)
        table.posteriors(looked)
        if looked is table.views[0]:  # whose limits are held for either
            hold_limits(table, looked)
    return beside(lambda: linchpins(table, ledger=ledger, view=view, threads=threads), threads)


def _identity(values: Floats) -> str:
    return hashlib.blake2b(np.ascontiguousarray(values).tobytes(), digest_size=16).hexdigest()


def _arrange_with_replies(runs: Runs) -> DecisionTable:
    others = runs.answer(OTHERS)
    return decision_table(runs.whole(), replies=None if isinstance(others, Unanswered) else others.reply_weights)


def _find_robust(runs: Runs, ledger: Ledger) -> Robust:
    table = _arrange_with_replies(runs)
    with _hinges(table, ledger, "uniform", runs.threads) as hinges:
        return Robust(robustness(table, threads=runs.threads), hinges(), lambda: table)


def _find_results(runs: Runs, _: Ledger) -> Performance:
    robust = runs.answer(ROBUST)
    if isinstance(robust, Unanswered):
        return performance(decision_table(runs.whole(), fewest=0))
    return performance(robust.table, robust.robustness)


def _find_fans(runs: Runs, _: Ledger) -> tuple[Fan, ...]:
    program, design = runs.study.program, runs.design
    plan = plan_fans(program, design)
    job = PathsJob(program, design, plan.symbols, plan.profiles, worlds=plan.worlds, replications=plan.replications)
    return fans(program, design, plan, runs.runner.follow(job), past=read_past(runs.study.model))


def follow_at_random(
    study: Study, size: Size, futures: int, runner: Runner = Local()
) -> tuple[tuple[Followed, ...], Paths]:  # fmt: skip
    """What the study's fans follow, in so many futures of every strategy, world and stream of luck alike."""
    program, design = study.program, study.design_of(size)
    followed = plan_fans(program, design, 1).followed
    place = np.arange(futures, dtype=np.int64)
    uniform = streams.uniform(place.astype(np.uint64), streams.key("course profiles"), 0)
    profiles = np.minimum((uniform * len(design.profiles)).astype(np.int64), len(design.profiles) - 1)
    symbols = tuple(dict.fromkeys(one.symbol for one in followed))
    worlds, replications = place % size.worlds, (place // size.worlds) % size.replications
    job = PathsJob(program, design, symbols, profiles, worlds=worlds, replications=replications)
    return followed, runner.follow(job)


def _nothing(_: Study, __: Size) -> Designs:
    """Fans follow a few futures, which are chosen when the answer is found."""
    return Designs({})


ROBUST: Question[Robust] = Question("robust", whole_run, _find_robust, (OTHERS,), keeping=_kept(_arrange_with_replies))
RESULTS: Question[Performance] = Question(
    "results", whole_run, _find_results, (ROBUST,), keeping=Keeping(Performance), is_apart=True
)
OVER_TIME: Question[tuple[Fan, ...]] = Question("over time", _nothing, _find_fans, keeping=Keeping(tuple[Fan, ...]))
