"""Run a design: blocks of futures through an evaluator, averaged over replications as they come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
import numpy.typing as npt

from standoff.base.chance import streams
from standoff.ensemble.design import Design, lane_keys
from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.evaluator import Evaluate, choose_evaluator, choose_fold, choose_follower
from standoff.ensemble.folding.spreads import NOTHING, Wanted
from standoff.ensemble.running import Progress, Running
from standoff.ensemble.spreading import cluster
from standoff.ensemble.tally import Block, Part, Tally
from standoff.language.expressions.tree import Symbol
from standoff.program.columns import Table, WorldColumns
from standoff.program.program import Program
from standoff.program.reference import Lanes, run_lanes
from standoff.program.trace import Trace, trace_future

__all__ = ["BLOCK", "Job", "Paths", "PathsJob", "lanes_of", "run_design", "run_jobs", "run_paths", "trace_cell"]

BLOCK = 16_384  # lanes: large enough that an operation costs more than its call, small enough for the cache
LAST = 1024  # lanes of a kernel's last blocks
MIXED = 4 * BLOCK  # where each lane draws its profile: the more, the more lanes of one profile stand together
KEPT = 31 << 20  # bytes
FOLLOWED = 1 << 23  # numbers of a block of paths

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """A design to be run on a program, what is wanted of it besides means and errors, and what it is for, in words."""

    program: Program
    design: Design
    wanted: Wanted = NOTHING
    what_for: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class PathsJob:
    """Chosen futures of a design to be followed step by step: see `run_paths`."""

    program: Program
    design: Design
    symbols: Sequence[Symbol]
    profiles: npt.NDArray[np.int64]
    worlds: npt.NDArray[np.int64]
    replications: npt.NDArray[np.int64]


def run_design(
    program: Program,
    design: Design,
    wanted: Wanted = NOTHING,
    running: Running = Running(),
    *,
    evaluate: Evaluate | None = None,
    block: int = BLOCK,
) -> Ensemble:
    """Run all futures of a design.

    The result does not depend on `running`, `evaluate` or `block`: averages over replications are taken in their
    order, and cells (profile × world) never share a sum.

    Args:
        program: The compiled study.
        design: What to run.
        wanted: What to keep as well, from `want`.
        running: How.
        evaluate: An evaluator already chosen, instead of the one that `running` says.
        block: Lanes per block.

    Raises:
        KeyboardInterrupt: As it comes, after the blocks under way have ended.
    """
    (found,) = run_jobs((Job(program, design, wanted),), running, evaluate=evaluate, block=block)
    return found


def run_jobs(
    jobs: Sequence[Job], running: Running = Running(), *, evaluate: Evaluate | None = None, block: int = BLOCK
) -> list[Ensemble]:
    """Run several designs together, so that all threads have work until the last is done; see `run_design`.

    Designs of one program share the choice of an evaluator.
    """
    if running.on is not None and evaluate is None:
        found: list[Ensemble] = cluster("jobs").run_jobs_on(jobs, running)
        return found
    _keep_freed_memory()
    total = sum(job.design.n_futures for job in jobs)
    chosen = _chosen(jobs, running) if evaluate is None else [evaluate] * len(jobs)
    work = [_Work.of(job, by, block) for job, by in zip(jobs, chosen, strict=True)]
    done = 0
    with ThreadPoolExecutor(max_workers=running.workers) as pool:
        pending: set[Future[int]] = set()
        try:
            for one, b in _in_turn(work, running.workers):
                pending.add(pool.submit(one.take, b))
                if len(pending) > 2 * running.workers:
                    done = _collect(pending, done, total, running.progress)
            while pending:
                done = _collect(pending, done, total, running.progress)
        except BaseException:
            for future in pending:
                future.cancel()
            raise
    return [one.tally.ensemble() for one in work]


@dataclass(frozen=True, slots=True, eq=False)
class _Work:
    """One job's blocks, and what they come to."""

    job: Job
    evaluate: Evaluate
    block: int
    table: Table
    tally: Tally

    @classmethod
    def of(cls, job: Job, evaluate: Evaluate, block: int) -> _Work:
        program, design = job.program, job.design
        tally = Tally(program, design, choose_fold(evaluate), job.wanted)
        block = block if design.mix is None else max(block, MIXED)
        return cls(job, evaluate, block, Table(program.columns, design.worlds.columns), tally=tally)

    def blocks(self, workers: int) -> Iterator[Block]:
        whole = self.evaluate is run_lanes or self.job.design.mix is not None
        last = self.block if whole else min(self.block, LAST)
        return _blocks(self.job.design, self.block, last, workers)

    def take(self, block: Block) -> int:
        """Run a block; how many futures it has."""
        self.tally.take(block, self._parts(block))
        return block.size * self.job.design.replications

    def _parts(self, block: Block) -> Iterator[Part]:
        """The block's replications in order, so many lanes at once: cells in order, replications fastest."""
        program, design = self.job.program, self.job.design
        cells = np.arange(block.start, block.stop)
        each = max(1, min(design.replications, self.block // block.size))
        for start in range(0, design.replications, each):
            stop = min(design.replications, start + each)
            profiles, worlds = (np.repeat(x, stop - start) for x in np.divmod(cells, design.worlds.size))
            replications = np.tile(np.arange(start, stop), block.size)
            lanes = lanes_of(program, design, profiles, worlds, replications=replications, table=self.table)
            yield Part(start, stop, self.evaluate(program, lanes, realised=design.realised))


def _in_turn(work: Sequence[_Work], workers: int) -> Iterator[tuple[_Work, Block]]:
    """All blocks, those of the reference between compiled ones: it holds Python's lock, which leaves cores idle."""
    kinds = [one for one in work if one.evaluate is run_lanes], [one for one in work if one.evaluate is not run_lanes]
    streams = (((one, block) for one in kind for block in one.blocks(workers)) for kind in kinds)
    for both in zip_longest(*streams):
        yield from (each for each in both if each is not None)


def _chosen(jobs: Sequence[Job], running: Running) -> list[Evaluate]:
    """For each job the evaluator of its program, which are made at once."""
    futures: dict[int, int] = {}
    for job in jobs:
        futures[id(job.program)] = futures.get(id(job.program), 0) + job.design.n_futures
    firsts = {id(job.program): job for job in reversed(jobs)}

    def choose(job: Job) -> Evaluate:
        return choose_evaluator(job.program, futures[id(job.program)], running.about(job.what_for))

    with ThreadPoolExecutor(max_workers=running.workers) as pool:
        known = dict(zip(firsts, pool.map(choose, firsts.values()), strict=True))
    return [known[id(job.program)] for job in jobs]


def _keep_freed_memory() -> None:
    """Have the C library keep what each block frees for the next one, as fresh pages cost a fifth of a block's time.

    GNU's keeps blocks up to the size of the largest freed so far (at most 32 MiB), and twice that in all: mallopt(3),
    M_MMAP_THRESHOLD. Elsewhere this does nothing.
    """
    np.empty(KEPT, dtype=np.uint8)


def _collect(pending: set[Future[int]], done: int, total: int, progress: Progress | None) -> int:
    finished, _ = wait(pending, return_when=FIRST_COMPLETED)
    for future in finished:
        pending.remove(future)
        done += future.result()
    if progress is not None:
        progress(done, total)
    return done


def _blocks(design: Design, most: int, fewest: int, workers: int) -> Iterator[Block]:
    """Blocks of so many lanes, smaller ones as the end comes near, so that all workers end together.

    Guided self-scheduling: a block is at most the workers' equal share of what is left. For the reference, whose
    every operation has a price whatever the block, all are alike.

    Reference:
        C. D. Polychronopoulos, D. J. Kuck, Guided self-scheduling: a practical scheduling scheme for parallel
        supercomputers, IEEE Transactions on Computers C-36 (1987), 1425-1439.
    """
    n_cells = design.profiles.shape[0] * design.worlds.size
    largest, smallest = (max(1, n // design.replications) for n in (most, fewest))
    start = 0
    while start < n_cells:
        size = max(smallest, min(largest, -(-(n_cells - start) // workers)))
        yield Block(start, min(n_cells, start + size))
        start += size


def lanes_of(
    program: Program,
    design: Design,
    profiles: npt.NDArray[np.int64],
    worlds: npt.NDArray[np.int64],
    *,
    replications: npt.NDArray[np.int64],
    table: Table | None = None,
) -> Lanes:
    """Lanes given by their profile, world and replication in the design, arrays of one length."""
    table = table or Table(program.columns, design.worlds.columns)
    levels: dict[str, Floats] = {}
    if design.levels is not None:
        levels = {name: design.levels[profiles, i] for i, (name, _) in enumerate(program.levels)}
    keys = lane_keys(design, worlds, replications)
    if design.mix is None:
        played = tuple(design.profiles[profiles, i] for i in range(design.profiles.shape[1]))
    else:
        played = tuple(_drawn(*of, keys) for of in zip(program.players, design.mix, strict=True))
    return Lanes(WorldColumns(table, worlds), played, levels, keys)


def _drawn(player: str, allowed: Sequence[int], keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """For every lane one of the strategies allowed: the same place among them, whatever they are."""
    share = streams.uniform(keys, streams.key(f"mix of {player}"), 0)
    return np.asarray(allowed)[np.minimum((share * len(allowed)).astype(np.int64), len(allowed) - 1)]


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """Trajectories of single futures.

    Attributes:
        names: What was followed.
        values: (names, steps + 1, lanes). Stocks and modes (as state indices) at the start of each step and
            after the last; other things in each step, with NaN in the last place.
        profiles, worlds, replications: (lanes) where each future belongs.
    """

    names: tuple[str, ...]
    values: Floats
    profiles: npt.NDArray[np.int64]
    worlds: npt.NDArray[np.int64]
    replications: npt.NDArray[np.int64]

    def path(self, name: str) -> Floats:
        """(steps + 1, lanes) of one thing."""
        path: Floats = self.values[self.names.index(name)]
        return path


def run_paths(
    program: Program,
    design: Design,
    symbols: Sequence[Symbol],
    profiles: npt.NDArray[np.int64],
    *,
    worlds: npt.NDArray[np.int64],
    replications: npt.NDArray[np.int64],
) -> Paths:
    """Run chosen futures of a design and keep what the symbols were in every step."""
    values = np.empty((len(symbols), program.n_steps + 1, profiles.size))
    follow = choose_follower(program, tuple(symbols), profiles.size)
    most = max(64, min(BLOCK, FOLLOWED // (len(symbols) * (program.n_steps + 1) or 1)))
    for start in range(0, profiles.size, most):
        part = slice(start, start + most)
        lanes = lanes_of(program, design, profiles[part], worlds[part], replications=replications[part])
        values[:, :, part] = follow(lanes)
    return Paths(tuple(s.name for s in symbols), values, profiles, worlds, replications=replications)


def trace_cell(program: Program, design: Design, profile: int, world: int, *, replication: int) -> Trace:
    """Follow one future of a design step by step."""
    one = lanes_of(
        program, design, np.array([profile]), np.array([world]), replications=np.array([replication])
    )  # fmt: skip
    return trace_future(program, one, realised=design.realised)
