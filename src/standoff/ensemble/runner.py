"""Who runs designs: this machine's threads; any other runner gives the same numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.run import Job, Paths, PathsJob, run_jobs, run_paths
from standoff.ensemble.running import Running

__all__ = ["Job", "Local", "PathsJob", "Runner"]


class Runner(Protocol):
    """Runs jobs, each a program, a design and what is wanted of it.

    How a job is cut into pieces of profiles × worlds, and where these are run, is the runner's own matter: no figure of
    a piece depends on anything outside it (`Piece` and `merge` of `ensemble/storing/shards.py`).
    """

    @property
    def running(self) -> Running:
        """How: answers are worked out with as many threads."""

    def run(self, jobs: Sequence[Job]) -> list[Ensemble]:
        """The ensemble of each job, in their order."""

    def follow(self, job: PathsJob) -> Paths:
        """What chosen futures were in every step."""


@dataclass(frozen=True, slots=True)
class Local:
    """The threads of this machine, and its memory."""

    running: Running = Running()

    def run(self, jobs: Sequence[Job]) -> list[Ensemble]:
        """All jobs in one pool of threads."""
        return run_jobs(jobs, self.running)

    def follow(self, job: PathsJob) -> Paths:
        """In the calling thread."""
        return run_paths(
            job.program, job.design, job.symbols, job.profiles, worlds=job.worlds, replications=job.replications
        )
