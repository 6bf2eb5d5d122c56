"""What blocks of futures come to: figures by cell (profile × world), and what the run has to own up to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from standoff.ensemble.design import Design
from standoff.ensemble.ensemble import Diagnostics, Ensemble, FaultCount
from standoff.ensemble.folding.moments import Fold, Moments
from standoff.ensemble.folding.spreads import NOTHING, Histograms, Spreads, Wanted, cell_quantiles
from standoff.program.program import FAULTS, Program
from standoff.program.reference import Results

__all__ = ["Block", "Part", "Tally"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Block:
    """Cells `start` to `stop` (profile × world, worlds fastest)."""

    start: int
    stop: int

    @property
    def size(self) -> int:
        """How many cells."""
        return self.stop - self.start


@dataclass(frozen=True, slots=True)
class Part:
    """Replications `start` to `stop` of a block's cells, replications fastest."""

    start: int
    stop: int
    results: Results

    def measures(self, n_cells: int) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
        """Values and weights (measures, cells, replications) of outcomes, then of payoffs."""
        results, each = self.results, self.stop - self.start
        outcomes, weights, payoffs, ones = (
            array.reshape(array.shape[0], n_cells, each)
            for array in (results.outcomes, results.weights, results.payoffs, np.ones_like(results.payoffs))
        )
        return (outcomes, weights), (payoffs, ones)


class Tally:
    """Takes in blocks, in any order and from any thread, as cells of different blocks share nothing."""

    def __init__(self, program: Program, design: Design, fold: Fold, wanted: Wanted = NOTHING) -> None:
        self.program = program
        self.design = design
        self.fold = fold
        n_cells = design.profiles.shape[0] * design.worlds.size
        n_measures = len(program.measured) + len(program.payoffs)
        self.means = np.empty((n_measures, n_cells))
        self.errors = np.empty((n_measures, n_cells))
        self.halves = np.empty((n_measures, n_cells))
        self.counts = np.empty(n_cells, dtype=np.int32)
        self.missing = [i for i, m in enumerate(program.measured) if m.first is not None]
        self.present = np.empty((len(self.missing), n_cells))
        self.found: list[_Found] = []
        self.wanted = wanted
        self.quantiles = np.empty((len(wanted.levels), n_measures, n_cells))
        rows = [program.measures.index((b.kind, b.name)) for b in wanted.bins]
        self.histograms = Histograms(wanted.bins, rows, design.profiles.shape[0])
        self.futures = np.empty((n_measures, n_cells, design.replications)) if wanted.futures else None

    def take(self, block: Block, parts: Iterable[Part]) -> None:
        """Take in a block whose parts hold all replications in their order."""
        moments = Moments.of(self.means.shape[0], block.size)
        firsts = moments.means()
        count = np.zeros(block.size, dtype=np.int32)
        half = self.design.replications // 2
        kept: list[tuple[Floats, Floats]] = []
        for part in parts:
            self.found.append(_Found.of(part, block, self.design.worlds.size))
            count += (part.results.fault == 0).reshape(block.size, -1).sum(axis=1, dtype=np.int32)
            until_half = min(max(half, part.start), part.stop) - part.start
            self._fold(moments, part, slice(0, until_half))
            if part.start < half <= part.stop:
                firsts = moments.means()
            self._fold(moments, part, slice(until_half, None))
            if self.futures is not None:
                values = np.concatenate([part.results.outcomes, part.results.payoffs])
                self.futures[:, block.start : block.stop, part.start : part.stop] = values.reshape(
                    values.shape[0], block.size, -1
                )
            if self.wanted.is_any:
                values, weights = (np.concatenate(pair) for pair in zip(*part.measures(block.size), strict=True))
                kept.append((values, weights))
        cells = slice(block.start, block.stop)
        self.means[:, cells] = moments.means()
        self.halves[:, cells] = firsts
        self.errors[:, cells] = moments.errors()
        self.counts[cells] = count
        self.present[:, cells] = moments.weight[self.missing] / np.maximum(count, 1)
        if kept:
            values, weights = (np.concatenate(arrays, axis=2) for arrays in zip(*kept, strict=True))
            self.quantiles[:, :, cells] = cell_quantiles(values, weights, self.wanted.levels)
            profiles = np.arange(block.start, block.stop) // self.design.worlds.size
            self.histograms.take(profiles, values, weights)

    def _fold(self, moments: Moments, part: Part, replications: slice) -> None:
        first = 0
        for x, w in part.measures(moments.running.shape[2]):
            rows = slice(first, first + x.shape[0])
            self.fold(moments.running[:, rows], x[:, :, replications], w[:, :, replications])
            first = rows.stop

    def ensemble(self) -> Ensemble:
        """All that was taken in."""
        shape = (self.design.profiles.shape[0], self.design.worlds.size)
        cube = (self.means.shape[0], *shape)
        present = {self.program.measured[i].name: self.present[k].reshape(shape) for k, i in enumerate(self.missing)}
        return Ensemble(
            self.program, self.design, self.means.reshape(cube), self.errors.reshape(cube),
            halves=self.halves.reshape(cube), counts=self.counts.reshape(shape), present=present,
            diagnostics=_diagnose(self.program, self.found), spreads=self._spreads(shape),
        )  # fmt: skip

    def _spreads(self, shape: tuple[int, int]) -> Spreads:
        quantiles = self.quantiles.reshape(*self.quantiles.shape[:2], *shape)
        futures = None if self.futures is None else self.futures.reshape(-1, *shape, self.design.replications)
        return Spreads(self.wanted, quantiles, tuple(self.histograms.counts), futures)


@dataclass(frozen=True, slots=True)
class _Found:
    """What a part of a block has to own up to.

    Attributes:
        faults: Fault code → (futures, first world, its first step).
        clipped, clamped: In how many steps.
        broken: Check → (futures, first world, its first step).
        lanes: Futures in all.
    """

    faults: dict[int, tuple[int, int, int]]
    clipped: npt.NDArray[np.int64]
    clamped: dict[str, int]
    broken: dict[int, tuple[int, int, int]]
    lanes: int

    @staticmethod
    def of(part: Part, block: Block, n_worlds: int) -> _Found:
        results, each = part.results, part.stop - part.start

        def first(lanes: npt.NDArray[np.int64], steps: npt.NDArray[np.int32]) -> tuple[int, int, int]:
            worlds = (block.start + lanes // each) % n_worlds
            least = np.lexsort((steps[lanes], worlds))[0]
            return int(lanes.size), int(worlds[least]), int(steps[lanes[least]])

        sound = results.fault == 0
        faults = {
            int(code): first(np.flatnonzero(results.fault == code), results.fault_step)
            for code in np.unique(results.fault[~sound])
        }
        failed = {i: np.flatnonzero((steps >= 0) & sound) for i, steps in enumerate(results.broken)}
        broken = {i: first(lanes, results.broken[i]) for i, lanes in failed.items() if lanes.size}
        return _Found(faults, results.clipped, dict(results.clamped), broken, lanes=sound.size)


def _diagnose(program: Program, found: Sequence[_Found]) -> Diagnostics:
    steps = max(1, sum(f.lanes for f in found) * program.n_steps)
    faults = []
    for code in sorted({code for f in found for code in f.faults}):
        futures, world, step = _joined([f.faults[code] for f in found if code in f.faults])
        equation, kind = divmod(code - 1, len(FAULTS))
        shown, span = program.equations[equation]
        place = f"{span.source.path}:{span.line}:{span.column}"
        faults.append(FaultCount(shown, *FAULTS[kind], place, futures, world, step))
    clipped = np.sum([f.clipped for f in found], axis=0) if found else np.zeros(0)
    clamped = {name: sum(f.clamped.get(name, 0) for f in found) for name in (found[0].clamped if found else {})}
    checks = [(name, [f.broken[i] for f in found if i in f.broken]) for i, (name, _, _) in enumerate(program.checks)]
    return Diagnostics(
        tuple(faults),
        {c.symbol.name: float(n) / steps for c, n in zip(program.carried, clipped, strict=True) if n},
        {name: n / steps for name, n in clamped.items() if n},
        {name: _joined(parts) for name, parts in checks if parts},
    )


def _joined(parts: Sequence[tuple[int, int, int]]) -> tuple[int, int, int]:
    """Futures in all, and the first world with its step."""
    return sum(n for n, _, _ in parts), *min((world, step) for _, world, step in parts)
