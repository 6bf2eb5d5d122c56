"""What tests of futures compare: means with their errors, and the path of one thing."""

from __future__ import annotations

from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.run import trace_cell
from standoff.ensemble.study import Study


def within(found: float, expected: float, error: float, n_errors: float = 4.0) -> bool:
    """Whether an estimate lies within so many standard errors; the seeds are fixed, so this cannot flicker."""
    return abs(found - expected) <= n_errors * error


def mean_of(ensemble: Ensemble, name: str) -> tuple[float, float]:
    """One world's mean and standard error of an outcome."""
    return float(ensemble.outcome(name)[0, 0]), float(ensemble.error(name)[0, 0])


def path(study: Study, kind: str, name: str) -> list[object]:
    """What something was in each step of the first future."""
    trace = trace_cell(study.program, study.design(1, 1), 0, 0, replication=0)
    return [step.things[kind][name] for step in trace.steps if name in step.things[kind]]
