"""Run a design: blocks of futures through an evaluator, averaged over replications as they come."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from standoff.ensemble.design import Design, lane_keys
from standoff.ensemble.ensemble import Diagnostics, Ensemble, FaultCount
from standoff.ensemble.evaluator import Announce, Evaluate, EvaluatorName, choose_evaluator
from standoff.language.tree import Symbol
from standoff.program.columns import Table, WorldColumns
from standoff.program.program import FAULTS, Program
from standoff.program.reference import Lanes, Results, run_lanes
from standoff.program.trace import Trace, trace_future

__all__ = ["BLOCK", "Paths", "Progress", "lanes_of", "run_design", "run_paths", "trace_cell"]

BLOCK = 8192  # lanes: large enough that an operation costs more than its call, small enough for the cache

Floats = npt.NDArray[np.float64]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Block:
    """Cells `start` to `stop` (profile × world, worlds fastest)."""

    start: int
    stop: int


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

    Raises:
        KeyboardInterrupt: As it comes, after the blocks under way have ended.
    """
    n_cells = design.profiles.shape[0] * design.worlds.size
    n_measures = len(program.measured) + len(program.payoffs)
    if evaluate is None:
        evaluate = choose_evaluator(program, design.n_futures, evaluator, announce)
    chosen = evaluate
    tally = _Tally(program, design, n_cells, n_measures)
    blocks = list(_blocks(n_cells, max(1, block // design.replications)))
    workers = threads or os.cpu_count() or 1
    done = 0

    def work(b: _Block) -> int:
        tally.take(b, block, chosen, realised)
        return (b.stop - b.start) * design.replications

    with ThreadPoolExecutor(max_workers=workers) as pool:
        pending: set[Future[int]] = set()
        queue = iter(blocks)
        try:
            for b in queue:
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


def _collect(pending: set[Future[int]], done: int, total: int, progress: Progress | None) -> int:
    finished, _ = wait(pending, return_when=FIRST_COMPLETED)
    for future in finished:
        pending.remove(future)
        done += future.result()
    if progress is not None:
        progress(done, total)
    return done


def _blocks(n: int, size: int) -> Iterator[_Block]:
    for start in range(0, n, size):
        yield _Block(start, min(n, start + size))


class _Tally:
    """Running weighted means and squared deviations of every cell (West's form of Welford's update).

    A standard error is the root of the weighted variance over n − 1, n being Kish's effective number of
    replications (all of them, unless an outcome can be missing).

    Reference:
        D. H. D. West, Updating mean and variance estimates, Communications of the ACM 22 (1979), 532-535.
        L. Kish, Survey Sampling (1965), section 8.2.
    """

    def __init__(self, program: Program, design: Design, n_cells: int, n_measures: int) -> None:
        self.program = program
        self.design = design
        self.means = np.full((n_measures, n_cells), np.nan)
        self.errors = np.full((n_measures, n_cells), np.nan)
        self.halves = np.full((n_measures, n_cells), np.nan)
        self.counts = np.zeros(n_cells, dtype=np.int32)
        self.missing = [i for i, m in enumerate(program.measured) if m.first is not None]
        self.present = np.zeros((len(self.missing), n_cells))
        self.found: list[_Found] = []
        self.table = Table(program.columns, design.worlds.columns)

    def take(self, block: _Block, lanes_at_once: int, evaluate: Evaluate, realised: bool) -> None:
        n, replications = block.stop - block.start, self.design.replications
        measures = self.means.shape[0]
        mean, squares, weight, weight2, firsts = (np.zeros((measures, n)) for _ in range(5))
        count = np.zeros(n, dtype=np.int32)
        half = replications // 2
        chunk = max(1, min(replications, lanes_at_once // n))
        for start in range(0, replications, chunk):
            stop = min(replications, start + chunk)
            lanes = _lanes(self.program, self.design, block, start, stop, self.table)
            results = evaluate(self.program, lanes, realised=realised)
            self.found.append(_Found.of(results, block, start, stop, self.design))
            x = np.concatenate([results.outcomes, results.payoffs]).reshape(measures, n, stop - start)
            w = np.concatenate([results.weights, np.ones_like(results.payoffs)]).reshape(x.shape)
            sound = ~np.isnan(x)
            w = np.where(sound, w, 0.0)
            x = np.where(sound, x, 0.0)
            count += np.count_nonzero((results.fault == 0).reshape(n, -1), axis=1).astype(np.int32)
            for r in range(stop - start):
                weight = weight + w[:, :, r]
                weight2 = weight2 + w[:, :, r] * w[:, :, r]
                step = np.divide(w[:, :, r], weight, out=np.zeros_like(weight), where=weight > 0.0)
                delta = x[:, :, r] - mean
                mean = mean + step * delta
                squares = squares + w[:, :, r] * (delta * (x[:, :, r] - mean))
                if start + r + 1 == half:
                    firsts = np.where(weight > 0.0, mean, np.nan)
        cells = slice(block.start, block.stop)
        known = weight > 0.0
        self.means[:, cells] = np.where(known, mean, np.nan)
        self.halves[:, cells] = firsts if half else np.nan
        with np.errstate(invalid="ignore", divide="ignore"):
            effective = (weight * weight) / weight2
            error = np.sqrt(np.maximum(squares, 0.0) / weight / (effective - 1.0))
        self.errors[:, cells] = np.where(known & (effective > 1.0), error, np.nan)
        self.counts[cells] = count
        self.present[:, cells] = weight[self.missing] / np.maximum(count, 1)

    def ensemble(self, realised: bool) -> Ensemble:
        shape = (self.design.profiles.shape[0], self.design.worlds.size)
        cube = (self.means.shape[0], *shape)
        present = {self.program.measured[i].name: self.present[k].reshape(shape) for k, i in enumerate(self.missing)}
        return Ensemble(
            self.program, self.design, self.means.reshape(cube), self.errors.reshape(cube),
            self.halves.reshape(cube), self.counts.reshape(shape), present,
            _diagnose(self.program, self.design, self.found), realised,
        )  # fmt: skip


def _lanes(program: Program, design: Design, block: _Block, start: int, stop: int, table: Table) -> Lanes:
    """Lanes of a block: cells in order, replications `start` to `stop` fastest."""
    n_worlds = design.worlds.size
    cells = np.repeat(np.arange(block.start, block.stop), stop - start)
    replications = np.tile(np.arange(start, stop), block.stop - block.start)
    return lanes_of(program, design, cells // n_worlds, cells % n_worlds, replications, table)


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

        def keep(step: int, known: object, part: slice = part) -> None:
            for i, symbol in enumerate(symbols):
                if symbol in known:  # type: ignore[operator]
                    values[i, step, part] = known[symbol]  # type: ignore[index]

        run_lanes(program, lanes, observe=keep)
    return Paths(tuple(s.name for s in symbols), values, profiles, worlds, replications)


def trace_cell(
    program: Program, design: Design, profile: int, world: int, replication: int, *, realised: bool = True
) -> Trace:
    """Follow one future of a design step by step."""
    one = (np.array([profile]), np.array([world]), np.array([replication]))
    return trace_future(program, lanes_of(program, design, *one), realised=realised)


@dataclass(frozen=True, slots=True)
class _Found:
    """What one block has to own up to."""

    faults: dict[int, tuple[int, int, int]]
    clipped: npt.NDArray[np.int64]
    clamped: dict[str, int]
    broken: dict[int, tuple[int, int, int]]
    lanes: int

    @staticmethod
    def of(results: Results, block: _Block, start: int, stop: int, design: Design) -> _Found:
        n = stop - start
        worlds = np.repeat(np.arange(block.start, block.stop) % design.worlds.size, n)
        faults = {}
        for code in np.unique(results.fault[results.fault != 0]):
            here = np.flatnonzero(results.fault == code)
            first = here[np.lexsort((results.fault_step[here], worlds[here]))[0]]
            faults[int(code)] = (int(here.size), int(worlds[first]), int(results.fault_step[first]))
        broken = {}
        for i in range(results.broken.shape[0]):
            here = np.flatnonzero((results.broken[i] >= 0) & (results.fault == 0))
            if here.size:
                first = here[np.lexsort((results.broken[i][here], worlds[here]))[0]]
                broken[i] = (int(here.size), int(worlds[first]), int(results.broken[i][first]))
        return _Found(faults, results.clipped, dict(results.clamped), broken, worlds.size)


def _diagnose(program: Program, design: Design, found: list[_Found]) -> Diagnostics:
    steps = max(1, sum(f.lanes for f in found) * program.n_steps)
    equations = program.equations
    faults = []
    for code in sorted({code for f in found for code in f.faults}):
        parts = [f.faults[code] for f in found if code in f.faults]
        world, step = min((part[1], part[2]) for part in parts)
        equation, kind = divmod(code - 1, len(FAULTS))
        shown, span = equations[equation]
        place = f"{span.source.path}:{span.line}:{span.column}"
        faults.append(FaultCount(shown, *FAULTS[kind], place, sum(part[0] for part in parts), world, step))
    clipped = np.sum([f.clipped for f in found], axis=0) if found else np.zeros(0)
    clamped = {name: sum(f.clamped.get(name, 0) for f in found) for name in (found[0].clamped if found else {})}
    broken: dict[str, tuple[int, int, int]] = {}
    for i, (name, _, _) in enumerate(program.checks):
        parts3 = [f.broken[i] for f in found if i in f.broken]
        if parts3:
            world, step = min((part[1], part[2]) for part in parts3)
            broken[name] = (sum(part[0] for part in parts3), world, step)
    return Diagnostics(
        tuple(faults),
        {c.symbol.name: float(n) / steps for c, n in zip(program.carried, clipped, strict=True) if n},
        {name: n / steps for name, n in clamped.items() if n},
        broken,
    )
