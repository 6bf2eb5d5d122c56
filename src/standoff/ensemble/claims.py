"""Run the do-experiments of claims and mechanisms, and judge them.

Expectations that change the same things share a run, whatever they measure. In each future every actor plays a
strategy drawn from those allowed, the same on both sides, so that the averages are over the reference mix: all
strategies of the others alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from standoff.base.problems import Problem
from standoff.ensemble.design import Assigned, Design, Worlds, draw_worlds, level_table
from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.folding.spreads import Wanted
from standoff.ensemble.profiles.chosen import allowed_strategies
from standoff.ensemble.runner import Job, Local, Runner
from standoff.ensemble.running import Size
from standoff.evidence.claims import Ledger
from standoff.evidence.testing import Verdict, judge_bounds, judge_effect, judge_interplay
from standoff.language.changed import By, Imposed, Movable, Moved, Varied, changed
from standoff.language.experiments.expectations import Expectation, read_expectations, represented
from standoff.language.experiments.experiments import Arm, Measured, arms
from standoff.language.experiments.measures import Measure
from standoff.language.expressions.tree import Symbol
from standoff.language.model import Change, Model
from standoff.language.model.causes import Causes, is_too_many
from standoff.language.model.influence import influences
from standoff.program.compile import compile_model
from standoff.program.program import Program

__all__ = ["Judged", "TestPlan", "collect_expectations", "judge_expectations", "judge_tests", "plan_tests"]

Floats = npt.NDArray[np.float64]
Origin = Literal["claim", "mechanism"]

SIZE = Size(256, 16)
_WHAT_FOR = "for the tests of claims"


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
    size: Size = SIZE,
    runner: Runner = Local(),
) -> tuple[Judged, ...]:
    """Run the experiments of all expectations and judge each.

    Args:
        model: The study's model.
        expectations: From `collect_expectations`.
        size: Worlds are the same for every experiment; each future of a world also draws the others' strategies.
        runner: Who runs them.

    Returns:
        One answer for each expectation, in their order.
    """
    plan = plan_tests(model, expectations, size)
    return judge_tests(plan, runner.run(plan.jobs))


@dataclass(frozen=True, slots=True, eq=False)
class TestPlan:
    """Everything to run for a study's expectations.

    Attributes:
        model: The study's model.
        expectations: What is tested.
        paths: For each the path of influence; None where there is none, so that nothing need be run.
        worlds: The same for every arm.
        places: For each distinct side of an experiment its job and its rows of the job's worlds.
        jobs: What to run: sides that differ in columns alone are one job, as a kernel is fast on many futures.
    """

    model: Model
    expectations: tuple[tuple[Origin, str, Expectation], ...]
    paths: tuple[tuple[Symbol, ...] | None, ...]
    worlds: Worlds
    places: Mapping[Arm, tuple[int, slice]]
    jobs: tuple[Job, ...]


def plan_tests(
    model: Model,
    expectations: Sequence[tuple[Origin, str, Expectation]],
    size: Size = SIZE,
    held: Assigned | None = None,
) -> TestPlan:
    """Every distinct arm once, with all measures that any expectation needs of it.

    Arms that change the model alike share one program, which measures what any of them needs, so that compiling soon
    pays: most experiments only hold assumptions at other numbers, move starts and quantities, or hold events and modes,
    by columns of that program. What is `held` stays so but where an experiment is about it.
    """
    reads = influences(model)
    paths = tuple(represented(model, expectation, reads) for _, _, expectation in expectations)
    wanted: dict[Arm, list[Measure]] = {}
    for (_, _, expectation), path in zip(expectations, paths, strict=True):
        for arm in arms(expectation, model) if path is not None else ():
            wanted.setdefault(arm, []).append(expectation.measure)
    columns = _Columns.of(model, tuple(wanted))
    measures: dict[tuple[Change | Varied, ...], dict[tuple[str, str], Measure]] = {}
    for arm, of in wanted.items():
        measures.setdefault(columns.rebuilt(arm), {}).update({_row(measure): measure for measure in of})
    programs = {
        changes: compile_model(changed(model, (*(changes or columns.change), Measured(tuple(of.values())))))
        for changes, of in measures.items()
    }
    worlds = draw_worlds(model, size.worlds, size.seed, fixed=held)
    together: dict[tuple[object, ...], list[tuple[Arm, Design]]] = {}
    for arm in wanted:
        changes = columns.rebuilt(arm)
        program = programs[changes]
        # a column depends on its name alone: all arms have the same worlds, whatever columns a variant adds
        is_same = program.model.applied == model.applied
        table = worlds if is_same else draw_worlds(program.model, size.worlds, size.seed, fixed=held)
        design = _design(program, arm, table, size, moved={} if changes else columns.of_arm(arm))
        together.setdefault((changes, arm.levels, design.mix), []).append((arm, design))
    jobs: list[Job] = []
    places: dict[Arm, tuple[int, slice]] = {}
    for members in together.values():
        stacked = _stacked([design for _, design in members])
        for row, (arm, _) in enumerate(members):
            places[arm] = (len(jobs), slice(row * size.worlds, (row + 1) * size.worlds))
        jobs.append(Job(programs[columns.rebuilt(members[0][0])], stacked, Wanted(futures=True), _WHAT_FOR))
    return TestPlan(model, tuple(expectations), paths, worlds, places=places, jobs=tuple(jobs))


def judge_tests(plan: TestPlan, ensembles: Sequence[Ensemble]) -> tuple[Judged, ...]:
    """The answer to each expectation of a plan, from the ensembles of its jobs."""
    tested: list[Judged] = []
    for (origin, name, expectation), path in zip(plan.expectations, plan.paths, strict=True):
        verdict = Verdict.not_represented()
        if path is not None:
            places = [plan.places[arm] for arm in arms(expectation, plan.model)]
            sides = [_futures(ensembles[job], expectation.measure)[rows] for job, rows in places]
            verdict = _judged(expectation, sides, plan.worlds.columns)
        tested.append(Judged(origin, name, expectation, verdict, path=path))
    return tuple(tested)


def _stacked(designs: Sequence[Design]) -> Design:
    """Designs that differ in their worlds alone as one, its worlds theirs in turn, with the same luck in each."""
    tables = [design.worlds for design in designs]
    columns = {name: np.concatenate([table.columns[name] for table in tables]) for name in tables[0].columns}
    streams = np.concatenate([table.streams for table in tables])
    return replace(designs[0], worlds=replace(tables[0], columns=columns, streams=streams))


@dataclass(frozen=True, slots=True, eq=False)
class _Columns:
    """What arms move or hold by columns of one program, and by how much each arm that changes nothing else.

    Attributes:
        things: In the order in which arms name them.
        arms: For each arm that needs no program of its own what it moves.
    """

    things: tuple[tuple[Symbol, By], ...]
    arms: Mapping[Arm, Mapping[tuple[Symbol, By], float]]

    @classmethod
    def of(cls, model: Model, wanted: Sequence[Arm]) -> _Columns:
        """All that can be moved so; nothing is held so where that makes a step's branches too many."""
        found = cls._of(wanted, model, holding=True)
        if is_too_many(Causes(changed(model, found.change)).of_ends):
            return cls._of(wanted, model, holding=False)
        return found

    @classmethod
    def _of(cls, wanted: Sequence[Arm], model: Model, holding: bool) -> _Columns:
        moved = {arm: _by_column(arm, model, holding) for arm in wanted}
        arms = {arm: of for arm, of in moved.items() if of is not None}
        return cls(tuple(dict.fromkeys(thing for of in arms.values() for thing in of)), arms)

    @property
    def change(self) -> tuple[Movable, ...]:
        """What gives a model these columns."""
        return (Movable(self.things),) if self.things else ()

    def rebuilt(self, arm: Arm) -> tuple[Change | Varied, ...]:
        """The changes for which an arm needs a program of its own."""
        return () if arm in self.arms else arm.changes

    def of_arm(self, arm: Arm) -> dict[str, float]:
        """What stands in each column."""
        moved = self.arms[arm]
        return {Movable.column(*thing): moved.get(thing, Movable.unmoved(thing[1])) for thing in self.things}


def _by_column(arm: Arm, model: Model, holding: bool) -> dict[tuple[Symbol, By], float] | None:
    """What an arm moves by columns, each by how much; None where it also changes what no column can."""
    found: dict[tuple[Symbol, By], float] = {}
    for change in arm.changes:
        if isinstance(change, Moved) and change.symbol.kind in ("stock", "quantity"):
            found[change.symbol, change.how] = change.by
        elif isinstance(change, Imposed) and holding and (held := _held(change, model)) is not None:
            found[change.symbol, "hold"] = held
        else:
            return None
    return found if len(found) == len(arm.changes) else None


def _held(change: Imposed, model: Model) -> float | None:
    """What a column says of something that is imposed; None where none can, or the study itself imposes something."""
    counts = {event.name for event in model.events if event.kind == "count"}
    if model.impositions or (change.symbol.kind == "event" and change.symbol.name in counts):
        return None
    if change.how in ("never", "always"):
        return float(change.how == "always")
    return float(change.value) if change.how == "option" and change.value is not None else None


def _design(program: Program, arm: Arm, table: Worlds, size: Size, *, moved: Mapping[str, float]) -> Design:
    """One row, in which every actor draws among the strategies allowed, with the arm's numbers held."""
    mix = tuple(map(tuple, allowed_strategies(program, {actor: list(labels) for actor, labels in arm.where} or None)))
    held = {name: np.full(table.size, value) for name, value in {**moved, **dict(arm.columns)}.items()}
    return Design(
        np.array([[allowed[0] for allowed in mix]], dtype=np.int64),
        replace(table, columns={**table.columns, **held}),
        size.replications,
        size.seed,
        levels=level_table(program, 1, dict(arm.levels)),
        mix=mix,
    )


def _row(measure: Measure) -> tuple[str, str]:
    return "payoff" if measure.kind == "payoff" else "outcome", measure.name


def _futures(ensemble: Ensemble, measure: Measure) -> Floats:
    """(worlds, replications) of a measure."""
    futures = ensemble.spreads.futures
    assert futures is not None
    found: Floats = futures[ensemble.measures.index(_row(measure)), 0]
    return found


def _judged(expectation: Expectation, sides: list[Floats], columns: Mapping[str, Floats]) -> Verdict:
    if expectation.verb == "stays":
        return judge_bounds(sides[0], expectation.bounds, columns)
    if expectation.verb in ("weakens", "strengthens"):
        four = (sides[0], sides[1], sides[2], sides[3])
        return judge_interplay(expectation.verb, four, columns, expectation.least)
    return judge_effect(expectation.verb, sides[0], sides[1], columns, least=expectation.least)
