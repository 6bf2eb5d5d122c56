"""The process that works on one run of the queue: the run folder, what holds up, the brief.

It ends when the server does, or is stopped, at any moment: shards that are complete are in the run's folder, and the
next worker goes on from them.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from standoff.analysis.robustness.metrics import Standing, standing
from standoff.analysis.robustness.robustness import Robustness
from standoff.analysis.runs.decision_table import decision_table
from standoff.brief.write import PAGE, run_brief, write_brief
from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.folding.spreads import NOTHING
from standoff.ensemble.run import Job as Work
from standoff.ensemble.run import Paths, PathsJob
from standoff.ensemble.runner import Local
from standoff.ensemble.running import Running, Size
from standoff.ensemble.storing.store import run_to_folder
from standoff.ensemble.study import Study, load
from standoff.questions.answer import answer_run
from standoff.questions.kept import kept_findings
from standoff.questions.question import Unanswered
from standoff.questions.results import of_run
from standoff.words.numbers import counted
from standoff.words.sentences.linchpins import linchpin_words
from standoff.words.sentences.robustness import robustness_words, standing_lines
from standoff.workbench.keeping.database import Database
from standoff.workbench.keeping.jobs import Jobs

__all__ = ["BRIEF", "RUN", "STUDY", "work"]

RUN, BRIEF, STUDY = "run", "brief", "study"
_CELLS = 8_192
"""Of a shard: small, so that little is run again after a stop."""
_PAUSE = 0.3
_NICE = 10
"""So that whoever plays or writes meanwhile does not wait for a run."""


def work(jobs: Jobs, name: str, folder: Path) -> None:
    """Work on a run until it is done.

    Args:
        jobs: The queue.
        name: The run.
        folder: Holds the study as it was when the run was asked for, and what is made of it.
    """
    job = jobs.job(name)
    assert job is not None
    asked = job.asked
    study = replace(load(next((folder / STUDY).iterdir()), asked.variants), held=asked.held)
    size = Size(asked.worlds, asked.replications, asked.seed)
    running = Running(max(1, (os.cpu_count() or 2) - 1), progress=_Clock(jobs, name).tell)
    running = replace(running, announce=lambda line: jobs.change(name, said=line))
    ensemble = run_to_folder(
        study.program, study.design_of(size), folder / RUN, running=running, cells_per_shard=_CELLS
    )
    n = ensemble.design.n_futures
    jobs.change(name, done=n, total=n, seconds_left=None, said="working out what holds up")
    try:
        _tell_findings(jobs, name, ensemble, running)
    except ValueError as error:  # too few worlds, or profiles, to answer from: the run is kept all the same
        jobs.tell(name, 2, "What holds up?", (f"It cannot be said: {error}.",))
    if asked.brief:
        jobs.change(name, said="writing the brief")
        _write_brief(jobs, name, (study, size, ensemble), folder)
    jobs.change(name, "done", seconds_left=None, said="")


def _tell_findings(jobs: Jobs, name: str, ensemble: Ensemble, running: Running) -> None:
    """The ranking, what holds up and what it hinges on, each as soon as it is known."""
    model = ensemble.model
    strategies = ensemble.program.instances[ensemble.program.players.index(model.decider)]

    table = decision_table(ensemble)
    if table.is_paid and len(strategies) > 1:
        ranked = standing(table.payoffs(table.views[0]), table.seed)
        jobs.tell(name, 1, "Ranking, by mean payoff", standing_lines(ranked, strategies))

    def say(found: Standing | Robustness) -> None:
        if isinstance(found, Robustness):
            jobs.tell(name, 2, "What holds up?", tuple(robustness_words(model, found).sentences))

    question = of_run(tell=say)
    found = answer_run(ensemble, (question,), running.threads, kept_findings()).of(question)
    if not isinstance(found, Unanswered):
        say(found.robustness)  # where it was kept, nobody has been told
        jobs.tell(name, 3, "What does it hinge on?", tuple(linchpin_words(model, found.linchpins).sentences))


def _write_brief(jobs: Jobs, name: str, of: tuple[Study, Size, Ensemble], folder: Path) -> None:
    study, size, ensemble = of
    running = Running(max(1, (os.cpu_count() or 2) - 1), announce=lambda line: jobs.change(name, said=f"brief: {line}"))
    findings = run_brief(study, size, _Known(ensemble, Local(running)), kept_findings())
    path = write_brief(findings, folder / BRIEF)
    assert path.name == PAGE


@dataclass(frozen=True, slots=True)
class _Known:
    """A runner that has one ensemble already."""

    ensemble: Ensemble
    local: Local

    @property
    def running(self) -> Running:
        return self.local.running

    def run(self, jobs: Sequence[Work]) -> list[Ensemble]:
        """The ensemble of each: the one that is there, and the others run."""
        known = [_is_of(job, self.ensemble) for job in jobs]
        fresh = iter(self.local.run([job for job, there in zip(jobs, known, strict=True) if not there]))
        return [self.ensemble if there else next(fresh) for there in known]

    def follow(self, job: PathsJob) -> Paths:
        return self.local.follow(job)


def _is_of(job: Work, ensemble: Ensemble) -> bool:
    """Whether a job is just what an ensemble is of."""
    one, other = job.design, ensemble.design
    return (
        job.program is ensemble.program
        and job.wanted == NOTHING
        and (one.replications, one.seed, one.realised) == (other.replications, other.seed, other.realised)
        and (one.worlds.size, one.worlds.seed, one.worlds.method)
        == (other.worlds.size, other.worlds.seed, other.worlds.method)
        and np.array_equal(one.profiles, other.profiles)
        and (one.levels is None) == (other.levels is None)
        and (one.levels is None or other.levels is None or np.array_equal(one.levels, other.levels))
        and one.worlds.columns.keys() == other.worlds.columns.keys()
        and all(np.array_equal(np.asarray(one.worlds.columns[c]), np.asarray(other.worlds.columns[c]))
                for c in one.worlds.columns)
    )  # fmt: skip


class _Clock:
    """Tells the queue how far a run is, a few times a second, with an estimate from how fast it has been."""

    def __init__(self, jobs: Jobs, name: str) -> None:
        self.jobs, self.name = jobs, name
        self.last = 0.0
        self.first: tuple[float, int] | None = None

    def tell(self, done: int, total: int) -> None:
        now = time.monotonic()
        if self.first is None:
            self.first = (now, done)
        if now - self.last < _PAUSE and done < total:
            return
        self.last = now
        begun, before = self.first
        rate = (done - before) / (now - begun) if now > begun else 0.0
        left = (total - done) / rate if rate > 0.0 else None
        said = f"{counted(done, 'future')} of {total:,} run"
        self.jobs.change(self.name, done=done, total=total, seconds_left=left, said=said)


def _end_with_server() -> None:
    """The server holds the other end of standard input: when that closes, it is gone."""
    while os.read(sys.stdin.fileno(), 1):  # not the buffered stream, whose lock would hold up the end
        pass
    os._exit(3)


def main(database: str, name: str, folder: str) -> None:
    """Work on a run of a database; what went wrong with the study or the disk is kept as its state."""
    threading.Thread(target=_end_with_server, daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(_NICE)
    jobs = Jobs(Database(Path(database)))
    try:
        work(jobs, name, Path(folder))
    except (ValueError, OSError, MemoryError) as error:
        jobs.change(name, "failed", said=str(error)[:2000] or "there was not enough memory")


if __name__ == "__main__":
    main(*sys.argv[1:])
