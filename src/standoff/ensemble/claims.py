"""Run the do-experiments of claims and mechanisms, and judge them.

Expectations that change the same things share a run, whatever they measure. In each future every actor plays a
strategy drawn from those allowed, the same on both sides, so that the averages are over the reference mix: all
strategies of the others alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from os import cpu_count
from typing import Literal

import numpy as np
import numpy.typing as npt

from standoff.base.chance import streams
from standoff.base.problems import Problem
from standoff.ensemble.design import Worlds, choose_profiles, draw_worlds
from standoff.ensemble.evaluator import Evaluate
from standoff.ensemble.run import BLOCK, Progress
from standoff.evidence.claims import Ledger
from standoff.evidence.testing import Verdict, judge_bounds, judge_effect, judge_interplay
from standoff.language.changed import changed
from standoff.language.experiments.expectations import Expectation, read_expectations, represented
from standoff.language.experiments.experiments import Arm, Measured, arms
from standoff.language.experiments.measures import Measure
from standoff.language.expressions.tree import Symbol
from standoff.language.model import Model
from standoff.program.compile import compile_model
from standoff.program.program import Program
from standoff.program.reference import Lanes, run_lanes

__all__ = ["Judged", "collect_expectations", "judge_expectations"]

Floats = npt.NDArray[np.float64]
Origin = Literal["claim", "mechanism"]


@dataclass(frozen=True, slots=True)
class Judged:
    """One expectation of a claim or mechanism, with its answer; `path` is a path of influence, where there is one."""

    origin: Origin
    name: str
    expectation: Expectation
    verdict: Verdict
    path: tuple[Symbol, ...] | None


def collect_expectations(
    model: Model, ledger: Ledger | None = None
) -> tuple[tuple[tuple[Origin, str, Expectation], ...], list[Problem]]:
    """All expectations of a study's mechanisms and claims, checked against its model."""
    found: list[tuple[Origin, str, Expectation]] = []
    problems: list[Problem] = []
    for mechanism in model.mechanisms:
        expectations, wrong = read_expectations(mechanism.expect, model)
        found += (("mechanism", mechanism.name, expectation) for expectation in expectations)
        problems += wrong
    for claim in ledger.claims if ledger is not None else ():
        expectations, wrong = read_expectations(claim.expect, model)
        found += (("claim", claim.name, expectation) for expectation in expectations)
        problems += wrong
    return tuple(found), problems


def judge_expectations(
    model: Model,
    expectations: Sequence[tuple[Origin, str, Expectation]],
    worlds: int = 256,
    replications: int = 16,
    seed: int = 1,
    *,
    threads: int | None = None,
    progress: Progress | None = None,
    evaluate: Evaluate = run_lanes,
) -> tuple[Judged, ...]:
    """Run the experiments of all expectations and judge each.

    Args:
        model: The study's model.
        expectations: From `collect_expectations`.
        worlds: Draws of all assumptions, the same for every experiment.
        replications: Futures in each world, of which each also draws the others' strategies.
        seed: Of worlds, luck and the mix.
        threads: At most so many experiments at once; all cores by default.
        progress: Called with futures done and futures in all.
        evaluate: The evaluator.

    Returns:
        One answer for each expectation, in their order.
    """
    paths = [represented(model, expectation) for _, _, expectation in expectations]
    needed = [e for (_, _, e), path in zip(expectations, paths, strict=True) if path is not None]
    table = draw_worlds(model, worlds, seed)
    results = _run(model, needed, table, replications, seed, threads, progress, evaluate)
    tested: list[Judged] = []
    for (origin, name, expectation), path in zip(expectations, paths, strict=True):
        verdict = Verdict.not_represented()
        if path is not None:
            sides = [
                results[arm][expectation.measure.name, expectation.measure.kind] for arm in arms(expectation, model)
            ]
            verdict = _judged(expectation, sides, table.columns)
        tested.append(Judged(origin, name, expectation, verdict, path))
    return tuple(tested)


_Results = dict[Arm, dict[tuple[str, str], Floats]]


def _run(
    model: Model,
    expectations: Sequence[Expectation],
    table: Worlds,
    replications: int,
    seed: int,
    threads: int | None,
    progress: Progress | None,
    evaluate: Evaluate,
) -> _Results:
    """Every distinct arm once, with all measures that any expectation needs of it."""
    wanted: dict[Arm, dict[tuple[str, str], Measure]] = {}
    for expectation in expectations:
        for arm in arms(expectation, model):
            wanted.setdefault(arm, {})[expectation.measure.name, expectation.measure.kind] = expectation.measure
    futures_each = table.size * replications
    results: _Results = {}

    def work(arm: Arm) -> tuple[Arm, dict[tuple[str, str], Floats]]:
        return arm, _arm(model, arm, tuple(wanted[arm].values()), table, replications, seed, evaluate)

    with ThreadPoolExecutor(max_workers=threads or cpu_count() or 1) as pool:
        pending = [pool.submit(work, arm) for arm in wanted]
        try:
            for done, future in enumerate(as_completed(pending), 1):
                arm, found = future.result()
                results[arm] = found
                if progress is not None:
                    progress(done * futures_each, len(wanted) * futures_each)
        except BaseException:
            for future in pending:
                future.cancel()
            raise
    return results


def _arm(
    model: Model, arm: Arm, measures: Sequence[Measure], table: Worlds, replications: int, seed: int, evaluate: Evaluate
) -> dict[tuple[str, str], Floats]:
    """The measures of one arm, each (worlds, replications)."""
    program = compile_model(changed(model, (*arm.changes, Measured(tuple(measures)))))
    n = table.size
    outcomes, payoffs = [], []
    per_block = max(1, BLOCK // replications)
    for start in range(0, n, per_block):
        here = np.arange(start, min(n, start + per_block))
        lanes = _lanes(program, arm, table, here, replications, seed)
        result = evaluate(program, lanes)
        outcomes.append(result.outcomes.reshape(-1, here.size, replications))
        payoffs.append(result.payoffs.reshape(-1, here.size, replications))
    rows = {
        **{(m.name, "outcome"): i for i, m in enumerate(program.measured)},
        **{(p.actor, "payoff"): i for i, p in enumerate(program.payoffs)},
    }
    values = {"outcome": np.concatenate(outcomes, axis=1), "payoff": np.concatenate(payoffs, axis=1)}
    found: dict[tuple[str, str], Floats] = {}
    for measure in measures:
        kind = "payoff" if measure.kind == "payoff" else "outcome"
        found[measure.name, measure.kind] = values[kind][rows[measure.name, kind]]
    return found


def _lanes(
    program: Program, arm: Arm, table: Worlds, here: npt.NDArray[np.int64], replications: int, seed: int
) -> Lanes:
    worlds = np.repeat(here, replications)
    keys = streams.lane_keys(seed, table.streams[worlds], np.tile(np.arange(replications, dtype=np.uint64), here.size))
    columns = {name: column[worlds] for name, column in table.columns.items() if name in program.columns}
    columns |= {name: np.full(worlds.size, value) for name, value in arm.columns}
    levels = {name: np.full(worlds.size, value) for name, value in arm.levels}
    return Lanes(columns, _mix(program, dict(arm.where), keys), levels, keys)


def _mix(
    program: Program, where: Mapping[str, tuple[str, ...]], keys: npt.NDArray[np.uint64]
) -> tuple[npt.NDArray[np.int64], ...]:
    """For each player a strategy for every lane, drawn from those allowed; both sides draw alike."""
    profiles = choose_profiles(program, {actor: list(labels) for actor, labels in where.items()} or None)
    chosen = []
    for i, player in enumerate(program.players):
        allowed = np.unique(profiles[:, i])
        drawn = streams.uniform(keys, streams.key(f"mix of {player}"), 0)
        chosen.append(allowed[np.minimum((drawn * allowed.size).astype(np.int64), allowed.size - 1)])
    return tuple(chosen)


def _judged(expectation: Expectation, sides: list[Floats], columns: Mapping[str, Floats]) -> Verdict:
    if expectation.verb == "stays":
        return judge_bounds(sides[0], expectation.bounds, columns)
    if expectation.verb in ("weakens", "strengthens"):
        four = (sides[0], sides[1], sides[2], sides[3])
        return judge_interplay(expectation.verb, four, columns, expectation.least)
    return judge_effect(expectation.verb, sides[0], sides[1], columns, expectation.least)
