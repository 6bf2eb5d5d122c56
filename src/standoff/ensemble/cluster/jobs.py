"""Designs run on a cluster: pieces of profiles × worlds, each run by one thread of a worker.

Where a run is kept, workers write their shards themselves, and tell their names and digests. Else the figures come
straight from the worker that has them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from standoff.ensemble.cluster.drive import drive
from standoff.ensemble.cluster.session import session_of
from standoff.ensemble.design import Design
from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.evaluator import Evaluate, choose_evaluator
from standoff.ensemble.run import Job, run_design
from standoff.ensemble.running import Running
from standoff.ensemble.storing.manifest import RunError
from standoff.ensemble.storing.pieces import Piece, pieces
from standoff.ensemble.storing.place import Place
from standoff.ensemble.storing.shards import Whole, pack_shard
from standoff.program.program import Program
from standoff.program.reference import run_lanes

__all__ = ["Ran", "RunPieces", "Shard", "cells_each", "pieces_a_thread", "run_jobs_on", "run_shards_on"]

MOST_CELLS, FEWEST_FUTURES = 65_536, 50_000
MOST_A_THREAD, FEWEST_A_THREAD = 32, 8
"""Pieces a thread: with 32, the last ones to end keep the others waiting for a thirtieth of the run at most."""
TASKS = 4_096  # pieces for which a thread has rather fewer: one scheduler hands out some 600 a second


@dataclass(frozen=True, slots=True)
class Shard:
    """A piece to be run: of which job, and what its file is named."""

    job: int
    piece: Piece
    shown: str


@dataclass(frozen=True, slots=True, eq=False)
class Ran:
    """A piece that was run.

    Attributes:
        mark: The digest of its figures: the same wherever it is run.
        written: The digest of its file, where one was written.
        part: The figures otherwise, without program and design, which whoever asked has.
    """

    mark: str
    written: str = ""
    part: Ensemble | None = None


@dataclass(frozen=True, slots=True, eq=False)
class RunPieces:
    """The work of running pieces of some jobs.

    Attributes:
        jobs: What to run.
        expected: The digest of a tiny part of each job, by the reference, which the workers' evaluators must repeat.
        share: About how many futures a thread will run, by which evaluators are chosen.
        place: Where shards are written; None where figures are sent back.
        name: Of what is run: tasks are named by it.
    """

    jobs: tuple[Job, ...]
    expected: tuple[str, ...]
    share: int
    place: Place | None
    name: str

    @classmethod
    def of(cls, jobs: Sequence[Job], n_threads: int, place: Place | None = None) -> RunPieces:
        """The work of these jobs on so many threads."""
        share = sum(job.design.n_futures for job in jobs) // n_threads
        name = f"{jobs[0].program.model.name}-{program_digest(jobs[0].program)[:12]}"
        return cls(tuple(jobs), tuple(_tiny(job, run_lanes) for job in jobs), share, place, name=name)

    def begin(self, running: Running) -> Callable[[Shard], Ran]:
        """Choose the evaluators, and hold each against the reference's figures of a tiny part."""
        chosen: dict[int, Evaluate] = {}
        for job, expected in zip(self.jobs, self.expected, strict=True):
            if id(job.program) not in chosen:
                evaluate = chosen[id(job.program)] = choose_evaluator(job.program, self.share, running)
                found = _tiny(job, evaluate)
                if found != expected:
                    raise RunError(
                        f"a worker computes otherwise: a tiny part of `{job.program.model.name}` comes to the digest "
                        f"{found} there, and to {expected} where the run was asked for; its shards are refused"
                    )

        def run(shard: Shard) -> Ran:
            job = self.jobs[shard.job]
            here = shard.piece.design(job.design)
            part = run_design(job.program, here, job.wanted, running, evaluate=chosen[id(job.program)])
            if self.place is None:
                bare = replace(part, program=cast(Program, None), design=cast(Design, None))
                return Ran(part.digest, part=bare)
            data = pack_shard(part)
            self.place.write(shard.shown, data)
            return Ran(part.digest, hashlib.blake2b(data, digest_size=16).hexdigest())

        return run


def program_digest(program: Program) -> str:
    """Of what a program's kernel is made from: the study with its variants, and how many equations it came to."""
    said = repr((program.model.digest, len(program.equations), program.measures, program.n_steps))
    return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()


def cells_each(design: Design, n_threads: int) -> int:
    """Cells of a piece: many pieces a thread, none so small that sending it costs more than running it."""
    n_cells = design.profiles.shape[0] * design.worlds.size
    fewest = -(-FEWEST_FUTURES // design.replications)
    return int(min(MOST_CELLS, max(fewest, -(-n_cells // (pieces_a_thread(n_threads) * n_threads)))))


def pieces_a_thread(n_threads: int) -> int:
    """Into how many pieces a thread's share of a run is cut."""
    return max(FEWEST_A_THREAD, min(MOST_A_THREAD, TASKS // n_threads))


def run_jobs_on(jobs: Sequence[Job], running: Running) -> list[Ensemble]:
    """Run several designs together on a cluster; see `standoff.ensemble.run.run_jobs`."""
    n_threads = session_of(running).n_threads
    items = [
        Shard(number, piece, piece.name(job.design.worlds.size))
        for number, job in enumerate(jobs)
        for piece in pieces(job.design, cells_each(job.design, n_threads))
    ]
    wholes = [Whole(job.program, job.design, job.wanted) for job in jobs]
    done, total = 0, sum(job.design.n_futures for job in jobs)
    for number, ran in drive(RunPieces.of(jobs, n_threads), items, running):
        shard, bare = items[number], ran.part
        assert bare is not None
        job = jobs[shard.job]
        here = shard.piece.design(job.design)
        wholes[shard.job].take(shard.piece, replace(bare, program=job.program, design=here))
        done += here.n_futures
        if running.progress is not None:
            running.progress(done, total)
    return [whole.ensemble() for whole in wholes]


def run_shards_on(job: Job, todo: Sequence[Piece], place: Place, running: Running) -> Iterator[tuple[Piece, str]]:
    """Have workers run pieces and write them to a place: each with the digest of its file, as they come."""
    n_worlds = job.design.worlds.size
    items = [Shard(0, piece, piece.name(n_worlds)) for piece in todo]
    work = RunPieces.of((job,), session_of(running).n_threads, place)
    for number, ran in drive(work, items, running):
        yield items[number].piece, ran.written


def _tiny(job: Job, evaluate: Evaluate) -> str:
    """The digest of the first and last profile in two worlds, by an evaluator."""
    design = job.design
    rows = np.array([0, design.profiles.shape[0] - 1])
    few = Piece((0, design.profiles.shape[0]), (0, min(2, design.worlds.size))).design(design)
    levels = None if few.levels is None else few.levels[rows]
    few = replace(few, profiles=few.profiles[rows], levels=levels, replications=min(2, design.replications))
    return run_design(job.program, few, evaluate=evaluate).digest
