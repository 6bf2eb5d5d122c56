"""Run a design: blocks of futures through an evaluator, averaged over replications as they come."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from standoff.ensemble.design import Design, lane_keys
from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.evaluator import Announce, Evaluate, EvaluatorName, choose_evaluator, choose_fold
from standoff.ensemble.spreads import NOTHING, Wanted
from standoff.ensemble.tally import Block, Part, Tally
from standoff.language.expressions.tree import Symbol
from standoff.program.columns import Table, WorldColumns
from standoff.program.program import Program
from standoff.program.reference import Lanes, Results, run_lanes
from standoff.program.stepper import advance, begin
from standoff.program.trace import Trace, trace_future

__all__ = ["BLOCK", "Paths", "Progress", "lanes_of", "run_design", "run_paths", "trace_cell"]

BLOCK = 16_384  # lanes: large enough that an operation costs more than its call, small enough for the cache
LAST = 1024  # lanes of a kernel's last blocks
KEPT = 31 << 20  # bytes

Floats = npt.NDArray[np.float64]
Progress = Callable[[int, int], None]


def run_design(
    program: Program,
    design: Design,
    *,
    realised: bool = False,
    block: int = BLOCK,
    threads: int | None = None,
    progress: Progress | None = None,
    evaluate: Evaluate | None = None,
    evaluator: EvaluatorName = "auto",
    announce: Announce | None = None,
    wanted: Wanted = NOTHING,
) -> Ensemble:
    """Run all futures of a design.

    The result does not depend on `block` or `threads`: averages over replications are taken in their order,
    and cells (profile × world) never share a sum.

    Args:
        program: The compiled study.
        design: What to run.
        realised: Draw ends instead of weighting by survival.
        block: Lanes per block.
        threads: At most so many at once; all cores by default.
        progress: Called with futures done and futures in all, from the calling thread.
        evaluate: An evaluator already chosen.
        evaluator: Else the reference, the compiled kernel, or whichever is sooner done; the result is the same.
        announce: Called with a line where a kernel is compiled first.
        wanted: Quantiles and histograms to keep as well, from `want`.

    Raises:
        KeyboardInterrupt: As it comes, after the blocks under way have ended.
    """
    _keep_freed_memory()
    chosen = evaluate or choose_evaluator(program, design.n_futures, evaluator, announce)
    tally = Tally(program, design, choose_fold(chosen), wanted)
    table = Table(program.columns, design.worlds.columns)
    workers = threads or os.cpu_count() or 1
    done = 0

    def work(b: Block) -> int:
        tally.take(b, _parts(program, design, b, block, table, partial(chosen, realised=realised)))
        return b.size * design.replications

    with ThreadPoolExecutor(max_workers=workers) as pool:
        pending: set[Future[int]] = set()
        try:
            for b in _blocks(design, block, block if chosen is run_lanes else min(block, LAST), workers):
                pending.add(pool.submit(work, b))
                if len(pending) > 2 * workers:
                    done = _collect(pending, done, design.n_futures, progress)
            while pending:
                done = _collect(pending, done, design.n_futures, progress)
        except BaseException:
            for future in pending:
                future.cancel()
            raise
    return tally.ensemble(realised)


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


def _parts(
    program: Program, design: Design, block: Block, lanes: int, table: Table, evaluate: Callable[..., Results]
) -> Iterator[Part]:
    """A block's replications in order, so many lanes at once: cells in order, replications fastest."""
    cells = np.arange(block.start, block.stop)
    each = max(1, min(design.replications, lanes // block.size))
    for start in range(0, design.replications, each):
        stop = min(design.replications, start + each)
        profiles, worlds = (np.repeat(x, stop - start) for x in np.divmod(cells, design.worlds.size))
        replications = np.tile(np.arange(start, stop), block.size)
        yield Part(start, stop, evaluate(program, lanes_of(program, design, profiles, worlds, replications, table)))


def lanes_of(
    program: Program,
    design: Design,
    profiles: npt.NDArray[np.int64],
    worlds: npt.NDArray[np.int64],
    replications: npt.NDArray[np.int64],
    table: Table | None = None,
) -> Lanes:
    """Lanes given by their profile, world and replication in the design, arrays of one length."""
    table = table or Table(program.columns, design.worlds.columns)
    levels: dict[str, Floats] = {}
    if design.levels is not None:
        levels = {name: design.levels[profiles, i] for i, (name, _) in enumerate(program.levels)}
    return Lanes(
        WorldColumns(table, worlds),
        tuple(design.profiles[profiles, i] for i in range(design.profiles.shape[1])),
        levels,
        lane_keys(design, worlds, replications),
    )


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
    worlds: npt.NDArray[np.int64],
    replications: npt.NDArray[np.int64],
) -> Paths:
    """Run chosen futures of a design and keep what the symbols were in every step."""
    values = np.full((len(symbols), program.n_steps + 1, profiles.size), np.nan)
    for start in range(0, profiles.size, BLOCK):
        part = slice(start, start + BLOCK)
        lanes = lanes_of(program, design, profiles[part], worlds[part], replications[part])

        state = begin(program, lanes)
        for step in range(program.n_steps + 1):
            after = advance(program, state) if step < program.n_steps else state
            known = after.seen if step < program.n_steps else {c.symbol: state.known[c.symbol] for c in program.carried}
            for i, symbol in enumerate(symbols):
                if symbol in known:
                    values[i, step, part] = known[symbol]
            state = after
    return Paths(tuple(s.name for s in symbols), values, profiles, worlds, replications)


def trace_cell(
    program: Program, design: Design, profile: int, world: int, replication: int, *, realised: bool = True
) -> Trace:
    """Follow one future of a design step by step."""
    one = (np.array([profile]), np.array([world]), np.array([replication]))
    return trace_future(program, lanes_of(program, design, *one), realised=realised)
