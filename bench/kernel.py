"""The compiled kernel's speed: against C, EMA Workbench and NumPy, by size, from cold and warm, and per equation.

Run `python -m bench kernel` or `python bench/kernel.py`. Figures are medians of interleaved rounds in one process,
and every comparison checks first that the outcomes are equal (NumPy's and EMA's: close, as their functions differ in
the last bits).
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import standoff
from standoff.base.chance import streams
from standoff.ensemble.design import Design, lane_keys
from standoff.ensemble.evaluator import choose_evaluator
from standoff.ensemble.run import run_design
from standoff.ensemble.running import Running
from standoff.program.columns import Table
from standoff.program.compiled import Given
from standoff.program.llvm.kernel import Kernel, load_kernel
from standoff.program.program import Program

HERE = Path(__file__).parent
STRICT = ["-O3", "-march=native", "-fopenmp", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math"]
FAST = ["-O3", "-march=native", "-fopenmp", "-ffast-math", "-DFAST"]
COLUMNS = ("fear", "growth", "burden", "healing", "rashness")
FUTURES = 1 << 18
ROUNDS = 7
Result = dict[str, Any]


def main() -> Result:
    """All measurements, printed as they come."""
    found: Result = {}
    for name, measure in (
        ("against C", against_c), ("against EMA Workbench", against_ema), ("against NumPy", against_numpy),
        ("by size", by_size), ("start", start), ("per equation", per_equation),
    ):  # fmt: skip
        found[name] = measure()
        print(f"{name}: {json.dumps(found[name])}", flush=True)
    return found


def interleaved(work: dict[str, Callable[[], object]], rounds: int = ROUNDS) -> dict[str, float]:
    """Median seconds of each, taken in turns after one turn that does not count."""
    times: dict[str, list[float]] = {name: [] for name in work}
    for turn in range(rounds + 1):
        for name, call in work.items():
            begun = time.perf_counter()
            call()
            if turn:
                times[name].append(time.perf_counter() - begun)
    return {name: statistics.median(found) for name, found in times.items()}


def against_c() -> Result:
    """(a) One thread each, the same futures: the kernel, C with the same arithmetic, and C with fast mathematics."""
    if shutil.which("gcc") is None:
        return {"skipped": "there is no gcc"}
    study = standoff.load(HERE / "limit")
    kernel, design = load_kernel(study.program), study.design(FUTURES // 4, 4)
    given = _prepared(study.program, kernel, design, (2, 0, 2, 1))
    columns = np.ascontiguousarray([design.worlds.columns[name] for name in COLUMNS])
    played = np.array([2.0, 0.0, 2.0, 1.0])
    draws = ["draw shock0", "draw shock1", "draw shock2", "draw shock3", "event crisis"]
    steps = study.program.n_steps
    counters = np.array([[streams.counter(streams.key(d), t) for d in draws] for t in range(steps)], dtype=np.uint64)
    theirs = np.empty((7, FUTURES))

    def by_hand(library: ctypes.CDLL) -> Callable[[], object]:
        places = (
            x.ctypes.data_as(ctypes.c_void_p) for x in (columns, given.worlds, given.keys, played, counters, theirs)
        )
        a, b, c, d, e, f = places
        size = ctypes.c_int64
        return lambda: library.run(size(FUTURES), a, size(columns.shape[1]), b, c, d, e, f, ctypes.c_int(1))

    with tempfile.TemporaryDirectory() as folder:
        best = {}
        for lanes in (32, 64, 128, 256):
            library = _compiled(Path(folder) / f"strict{lanes}.so", [*STRICT, f"-DLANES={lanes}"])
            best[lanes] = interleaved({"c": by_hand(library)}, 3)["c"]
        lanes = min(best, key=lambda n: best[n])
        strict = _compiled(Path(folder) / "best.so", [*STRICT, f"-DLANES={lanes}"])
        fast = _compiled(Path(folder) / "fast.so", [*FAST, f"-DLANES={lanes}"])

        def ours() -> None:
            kernel.call(given)

        out = kernel.call(given)
        by_hand(strict)()
        rows = [kernel.source.outputs.index(n) for n in ("outcome 0", "outcome 1", "outcome 2",
                                                         "payoff 0", "payoff 1", "payoff 2", "payoff 3")]  # fmt: skip
        equal = bool(np.array_equal(out[rows].view(np.int64), theirs.view(np.int64)))
        times = interleaved({"kernel": ours, "c": by_hand(strict), "c fast": by_hand(fast)})
    scale = 1e9 / FUTURES / steps
    return {
        "equal in every bit": equal, "lanes of C": lanes, "kernel ns": times["kernel"] * scale,
        "C ns": times["c"] * scale, "C fast ns": times["c fast"] * scale, "share of C": times["c"] / times["kernel"],
        "share of fast C": times["c fast"] / times["kernel"],
    }  # fmt: skip


def against_ema() -> Result:
    """(b) The lake with a constant release, one noise sample and the same outcomes, futures per second."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it misses ipyparallel, which is not needed
            from bench.peers import lake_ema  # noqa: PLC0415
    except ImportError as error:
        return {"skipped": f"EMA Workbench is not installed ({error})"}
    study = standoff.load("lake")
    kernel = choose_evaluator(study.program, FUTURES, Running(evaluator="kernel"))
    worlds, few = 100_000, 1_000
    design = study.design(worlds, 1, profile="town=steady")
    theirs = lake_ema.measure(design.worlds.columns, few)
    times = interleaved({"kernel": lambda: run_design(study.program, design, evaluate=kernel)}, 3)
    each = times["kernel"] / worlds
    return {"kernel futures/s": 1 / each, "EMA futures/s": few / theirs, "times faster": theirs / few / each}


def against_numpy() -> Result:
    """(c) The bench model in NumPy over blocks of futures, with NumPy's own functions and generator.

    NumPy runs in one thread, the kernel in one and, as it does by default, in all cores.
    """
    study = standoff.load(HERE / "limit")
    kernel, design = load_kernel(study.program), study.design(FUTURES // 4, 4)
    given = _prepared(study.program, kernel, design, (2, 0, 2, 1))
    columns = {name: design.worlds.columns[name][given.worlds] for name in COLUMNS}
    whole = study.design(FUTURES // 4, 4, profile=MATCHED)
    times = interleaved(
        {
            "kernel": lambda: kernel.call(given),
            "all cores": lambda: run_design(study.program, whole, evaluate=kernel),
            "numpy": lambda: _vectorised(columns),
        }
    )
    mine = kernel.call(given)[kernel.source.outputs.index("outcome 0")].mean()
    close = abs(_vectorised(columns).mean() / mine - 1) < 0.01
    return {
        "close": bool(close), "times faster, all cores": times["numpy"] / times["all cores"],
        "times faster, one thread": times["numpy"] / times["kernel"],
    }  # fmt: skip


def by_size() -> Result:
    """(d) Nanoseconds per future and step and peak memory of whole runs, in processes of their own."""
    found = {}
    for futures in (1_000, 10_000, 100_000, 1_000_000, 10_000_000):
        done = subprocess.run(
            [sys.executable, __file__, "--size", str(futures)], capture_output=True, text=True, check=True
        )
        found[str(futures)] = json.loads(done.stdout)
    return found


def run_of_size(futures: int) -> Result:
    """One run of the bench model: the best of seven, and the process's peak memory."""
    study = standoff.load(HERE / "limit")
    kernel = load_kernel(study.program)
    replications = 16 if futures >= 100_000 else 4
    design = study.design(max(1, futures // replications), replications, design="plain", profile=MATCHED)
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        run_design(study.program, design, evaluate=kernel)
        times.append(time.perf_counter() - begun)
    scale = 1e9 / design.n_futures / study.program.n_steps
    return {"ns": min(times) * scale, "MiB": _peak()}


def _peak() -> float:
    """Peak memory of this process in MiB; `ru_maxrss` alone would keep that of the process which started it."""
    status = Path("/proc/self/status")
    if status.exists():
        return float(re.search(r"VmHWM:\s*(\d+)", status.read_text(encoding="ascii"))[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


MATCHED = {"power0": "matches", "power1": "builds", "power2": "matches", "power3": "holds"}


def start() -> Result:
    """(e) `standoff run korea`, 128 worlds × 4 replications × all profiles, whole process: cold cache, then warm."""
    command = [str(Path(sys.executable).parent / "standoff"), "run", "korea", "--worlds", "128", "--replications", "4"]
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "STANDOFF_CACHE": folder}
        times = []
        for _ in range(3):
            begun = time.perf_counter()
            subprocess.run([*command, "--evaluator", "kernel"], env=environment, capture_output=True, check=True)
            times.append(time.perf_counter() - begun)
    return {"cold s": times[0], "warm s": min(times[1:])}


def per_equation() -> Result:
    """(f) The Korean kernel alone, one thread: nanoseconds per future and step, and per equation."""
    study = standoff.load("korea")
    kernel, design = load_kernel(study.program), study.design(FUTURES // 16, 4)
    given = _prepared(study.program, kernel, design, (2, 0, 1, 0, 1))
    times = interleaved({"kernel": lambda: kernel.call(given)})
    each = times["kernel"] * 1e9 / design.worlds.size / design.replications / study.program.n_steps
    program = study.program
    equations = len(program.step) + len(program.carried) + len(program.memories) + len(program.payoffs)
    return {"ns": each, "equations": equations, "ns per equation": each / equations}


def _prepared(program: Program, kernel: Kernel, design: Design, strategies: tuple[int, ...]) -> Given:
    """What a kernel is given for every world and replication of a design in one profile."""
    n = design.worlds.size * design.replications
    worlds = np.repeat(np.arange(design.worlds.size), design.replications)
    keys = lane_keys(design, worlds, np.tile(np.arange(design.replications), design.worlds.size))
    table = Table(program.columns, design.worlds.columns)
    played = {("strategy", p): float(s) for p, s in zip(program.players, strategies, strict=True)}
    usual = {("level", name): level for name, level in program.levels}
    given = np.array([[(played | usual).get(key, 0.0) for key in kernel.source.given]])
    return Given(table, worlds, keys, given, runs=np.array([0, n]))


def _compiled(path: Path, options: list[str]) -> ctypes.CDLL:
    command = ["gcc", *options, "-shared", "-fPIC", "-o", str(path), str(HERE / "limit.c"), "-lm"]
    subprocess.run(command, check=True, capture_output=True)
    return ctypes.CDLL(str(path))


def _vectorised(columns: dict[str, Any], block: int = 8192) -> Any:
    """The bench model as an expert writes it: in blocks that stay in the cache, arrays over futures and powers."""
    n = columns["fear"].size
    rng = np.random.default_rng(1)
    ends = []
    for first in range(0, n, block):
        c = {name: column[first : first + block] for name, column in columns.items()}
        size = c["fear"].size
        arms = np.tile(np.arange(10.0, 14.0)[:, None], size)
        trust, wealth = np.full((4, size), 0.5), np.ones((4, size))
        payoff, tensions, crises = np.zeros((4, size)), np.zeros(size), np.zeros(size)
        for _ in range(40):
            total = arms.sum(axis=0)
            others = total - arms
            threat = others / 3 - arms
            builds = np.stack([3 * arms[0] < others[0], np.ones(size, bool), 3 * arms[2] < others[2],
                               np.zeros(size, bool)])  # fmt: skip
            built = np.where(builds, c["fear"] * np.maximum(0, threat + 2) * (1.5 - trust), 0.02 * arms)
            tension = np.log(1 + total) * (1 - 0.25 * trust.sum(axis=0))
            crisis = rng.random(size) < 1 / (1 + np.exp(5 - c["rashness"] * tension))
            payoff += wealth + 0.1 * arms - 0.05 * threat - tension * crisis
            tensions += tension
            crises += crisis
            wealth *= np.exp(c["growth"] - c["burden"] * arms + 0.02 * (2 * rng.random((4, size)) - 1))
            trust = np.clip(trust + c["healing"] * (1 - trust) - 0.2 * crisis - 0.01 * threat, 0, 1)
            arms = 0.99 * arms + built
        ends.append(arms.sum(axis=0))
    return np.concatenate(ends)


if __name__ == "__main__":
    if "--size" in sys.argv:
        print(json.dumps(run_of_size(int(sys.argv[-1]))))
    else:
        sys.path.insert(0, str(HERE.parent))
        main()
