"""Large runs: workers beside threads, what a shard costs the scheduler, and what 1,000 workers would come to.

Two workers of one thread and one process of two threads run the same design of the Korean study in turn; their digests
must be equal. The scheduler's share is measured with shards that do nothing. Efficiency at 1,000 workers is a
simulation of the scheduler as one server of that rate and of workers that take measured times for a shard.
"""

from __future__ import annotations

import heapq
import time
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

import standoff
from standoff.ensemble.cluster.drive import TASKS_A_THREAD, drive
from standoff.ensemble.cluster.jobs import FEWEST_FUTURES, MOST_CELLS, RunPieces, Shard, cells_each, pieces_a_thread
from standoff.ensemble.run import Job, run_design
from standoff.ensemble.running import Running
from standoff.ensemble.storing.pieces import pieces
from standoff.ensemble.storing.store import run_to_folder

WORLDS, REPLICATIONS = 128, 42  # × 1,890 profiles: 1.02e7
ROUNDS = 3
SHARDS = 100_000
WORKERS = 1_000
SIZES = (1e9, 1e10, 1e11)


@dataclass(frozen=True)
class Nothing:
    """A work whose items cost nothing."""

    def begin(self, _: Running) -> Any:
        """What is done to an item."""
        return lambda item: item


def main() -> dict[str, Any]:
    """All of it, some minutes."""
    return {**beside_threads(), **overhead(), **at_scale()}


def beside_threads(rounds: int = ROUNDS) -> dict[str, Any]:
    """Futures a second of two threads, and of two workers, in turn."""
    study = standoff.load("korea")
    design = study.design(WORLDS, REPLICATIONS)
    ways = {"threads": Running(2), "workers": Running(2, on="local")}
    for running in ways.values():  # kernels loaded
        run_design(study.program, study.design(64, 16), running=running)
    rates: dict[str, list[float]] = {way: [] for way in ways}
    digests = set()
    for _ in range(rounds):
        for way, running in ways.items():
            with TemporaryDirectory() as folder:
                start = time.perf_counter()
                digests.add(run_to_folder(study.program, design, folder, running=running).digest)
                rates[way].append(design.n_futures / (time.perf_counter() - start))
    assert len(digests) == 1
    share = float(np.median(np.array(rates["workers"]) / np.array(rates["threads"])))
    for way, found in rates.items():
        print(f"{way}: {np.median(found) / 1e6:.3f} million futures a second of {design.n_futures:,}")
    print(f"two workers have {share:.3f} of what two threads have; digest {digests.pop()[:12]}")
    return {"futures": design.n_futures, "rates": rates, "share": share}


def overhead(shards: int = SHARDS) -> dict[str, Any]:
    """Seconds of a shard that does nothing, on two workers."""
    running = Running(2, on="local")
    list(drive(Nothing(), range(100), running))
    start = time.perf_counter()
    found = sorted(number for number, _ in drive(Nothing(), range(shards), running))
    seconds = (time.perf_counter() - start) / shards
    assert found == list(range(shards))
    print(f"{shards:,} shards that do nothing: {1e3 * seconds:.3f} ms each")
    return {"shards": shards, "seconds a shard": seconds}


def at_scale(workers: int = WORKERS, seconds_each: float | None = None) -> dict[str, Any]:
    """Efficiency of many workers, by simulation, for runs of several sizes.

    What a task costs the scheduler is measured with shards that do nothing, each a task of its own.
    """
    each = overhead(2 * TASKS_A_THREAD)["seconds a shard"] if seconds_each is None else seconds_each
    study = standoff.load("korea")
    design = study.design(512, 64)
    job = Job(study.program, design)
    some = list(pieces(design, cells_each(design, 40)))[:12]
    run = RunPieces.of((job,), 1).begin(Running(1))
    times = []
    for piece in some:
        start = time.perf_counter()
        run(Shard(0, piece, ""))
        times.append((time.perf_counter() - start, (piece.n_cells * design.replications)))
    rate = sum(n for _, n in times) / sum(t for t, _ in times)
    spread = np.array([t * rate / n for t, n in times])  # of a shard of mean 1
    found = {}
    for futures in SIZES:  # in shards as a run cuts them
        n = cut(futures, workers)
        mean = futures / n / rate
        drawn = np.random.default_rng(1).choice(spread, n) * mean
        took, efficiency = simulated(drawn, workers, each)
        print(f"{workers:,} workers, {futures:.0e} futures, {n:,} shards of {mean:.2f} s: {took:.0f} s, "
              f"efficiency {efficiency:.3f}")  # fmt: skip
        found[f"efficiency of {futures:.0e} futures"] = efficiency
    return {"workers": workers, "seconds a task": each, "futures a second of a worker": rate, **found}


def cut(futures: float, threads: int) -> int:
    """How many shards a run of so many futures is cut into, of 64 replications."""
    return int(max(futures / 64 / MOST_CELLS, min(pieces_a_thread(threads) * threads, futures / FEWEST_FUTURES)))


def simulated(times: Any, workers: int, each: float) -> tuple[float, float]:
    """Wall time and efficiency: a scheduler hands out shards one by one, each to the worker that is free first."""
    free = [0.0] * workers
    heapq.heapify(free)
    scheduler = 0.0
    for seconds in times:
        scheduler = max(scheduler, heapq.heappop(free)) + each
        heapq.heappush(free, scheduler + seconds)
    took = max(free)
    return took, float(np.sum(times)) / (workers * took)


if __name__ == "__main__":
    main()
