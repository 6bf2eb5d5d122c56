"""Compare compiled evaluators with the reference, and ends with a walk through all there can be: `make verify`.

    python tests/program/verify.py [--fixed 300] [--from 0] [--fresh 20] [--ends 100] [--fresh-ends 40]
                                   [--write docs/method.md]

Each study is compared on 400 futures, drawn and weighted, in two processes. Ctrl-C stops and says how far it got;
`--from SEED` goes on from there. Before that, what small studies come to, weighted and drawn, is set beside every
discrete outcome walked, and their futures by LLVM's kernel and WebAssembly beside the reference's, bit for bit: what
the reference comes to exactly, they do. `--write` puts the dated results in their places in a document.
"""

from __future__ import annotations

import argparse
import multiprocessing
import platform
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from secrets import randbelow

from comparison import differences_on_random_futures
from enumerated import expectation
from features import features_of
from random_studies import load_random
from small_ends import small_study, walk_all

from standoff.program.llvm.kernel import load_kernel
from standoff.program.program import FAULTS
from standoff.program.wasm.module import load_module

__all__ = ["Compared", "Walked", "compare_all", "walk"]

FUTURES = 400
SIZE = 0.5
BATCH = 80  # then processes anew, as they keep in memory what they compile
MARK = "<!-- verified -->"
ENDS_MARK = "<!-- ends -->"
EXACT = 1e-12


@dataclass(frozen=True, slots=True)
class Compared:
    """A random study's two evaluations: what differs, the kinds of fault that occurred, and the features used."""

    seed: int
    size: float
    differ: tuple[str, ...]
    faults: frozenset[str]
    features: frozenset[str]


def compare_all(seeds: Sequence[int], size: float) -> Iterator[Compared]:
    """Compare the studies of seeds in two processes, in order."""
    spawn, deaf = multiprocessing.get_context("spawn"), (signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is not for workers
    for first in range(0, len(seeds), BATCH):
        pool = ProcessPoolExecutor(2, spawn, signal.signal, deaf)
        try:
            tasks = [pool.submit(_compare, seed, size) for seed in seeds[first : first + BATCH]]
            yield from (task.result() for task in tasks)
        finally:
            pool.shutdown(cancel_futures=True)


@dataclass(frozen=True, slots=True)
class Walked:
    """A small study: how far its figures are from the walk's, relative above 1; what evaluators compute otherwise."""

    seed: int
    distance: float
    differ: tuple[str, ...]

    @property
    def is_wrong(self) -> bool:
        """Whether anything is off by more than rounding."""
        return self.distance > EXACT or bool(self.differ)


def walk(seed: int) -> Walked:
    """Set a small study beside the walk, and its evaluators beside the reference."""
    small = small_study(seed)
    expected, shares = walk_all(small)
    with tempfile.TemporaryDirectory() as place:
        study = small.load(Path(place))
    distances = [0.0]
    for realised in (False, True):
        found, found_shares = expectation(study, realised=realised)
        distances += [abs(found[name] - x) / max(1.0, abs(x)) for name, x in expected.items()]
        distances += [abs(found_shares[name] - x) for name, x in shares.items()]
    evaluators = load_kernel(study.program), load_module(study.program)
    differ, _ = differences_on_random_futures(study, evaluators, FUTURES, seed)
    return Walked(seed, max(distances), tuple(differ))


def _compare(seed: int, size: float) -> Compared:
    with tempfile.TemporaryDirectory() as place:
        study = load_random(seed, Path(place), size)
    evaluators = load_kernel(study.program), load_module(study.program)
    found, codes = differences_on_random_futures(study, evaluators, FUTURES, seed)
    faults = frozenset(FAULTS[(code - 1) % len(FAULTS)][0] for code in codes)
    return Compared(seed, size, tuple(found), faults, frozenset(features_of(study)))


def main(arguments: list[str]) -> int:
    """Compare and print; 1 where a study differs, 130 where it was stopped."""
    parser = argparse.ArgumentParser(
        description="Compare LLVM's kernel and WebAssembly with the reference on random studies."
    )
    parser.add_argument("--fixed", type=int, default=300, help="studies of fixed seeds")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the first fixed seed")
    parser.add_argument("--fresh", type=int, default=20, help="studies of seeds that nobody chose")
    parser.add_argument("--ends", type=int, default=100, help="small studies whose every outcome is walked")
    parser.add_argument("--fresh-ends", type=int, default=40, help="the same of seeds that nobody chose")
    parser.add_argument("--write", type=Path, help="a document with places for the results")
    chosen = parser.parse_args(arguments)
    wrong = _compare_ends([*range(chosen.ends), *_fresh(chosen.fresh_ends)], chosen.write)
    seeds = [*range(chosen.first, chosen.fixed), *_fresh(chosen.fresh)]
    begun, done = time.monotonic(), list[Compared]()
    try:
        for compared in compare_all(seeds, SIZE):
            done.append(compared)
            _say(compared, len(done), len(seeds), time.monotonic() - begun)
    except KeyboardInterrupt:
        print(f"\nstopped: {_summary(done)}; go on with --from {chosen.first + len(done)}")
        return 130
    line = f"{datetime.now(UTC):%Y-%m-%d}: {_summary(done)}, in {time.monotonic() - begun:.0f} seconds. {_machine()}"
    print(f"\n{line}")
    if chosen.write is not None and done:
        _write(chosen.write, line, MARK)
    return 1 if wrong or any(compared.differ for compared in done) else 0


def _fresh(n: int) -> list[int]:
    return [1_000_000 + randbelow(10**9) for _ in range(n)]


def _compare_ends(seeds: Sequence[int], document: Path | None) -> bool:
    """Compare small studies and say what came out; whether any is further off than rounding."""
    begun = time.monotonic()
    walked = [walk(seed) for seed in seeds]
    wrong = [one for one in walked if one.is_wrong]
    line = (
        f"{datetime.now(UTC):%Y-%m-%d}: {len(walked)} studies with ends of shared causes, weighted and drawn,"
        f" {sum(one.distance > EXACT for one in walked)} further than {EXACT:g} from the walk, the furthest"
        f" {max((one.distance for one in walked), default=0.0):.1g}; LLVM's kernel and WebAssembly on"
        f" {2 * FUTURES * len(walked):,} of their futures, {sum(bool(one.differ) for one in walked)} differ from the"
        f" reference in any bit; in {time.monotonic() - begun:.0f} seconds."
    )
    print(line, *(f"seed {one.seed}: {one.distance:.3g} {', '.join(one.differ)}" for one in wrong), sep="\n")
    if document is not None and walked:
        _write(document, line, ENDS_MARK)
    return bool(wrong)


def _say(compared: Compared, done: int, of: int, seconds: float) -> None:
    if compared.differ:
        again = f"python tests/program/verify.py --from {compared.seed} --fixed {compared.seed + 1} --fresh 0"
        print(f"\nseed {compared.seed}: {', '.join(compared.differ)} differ; again: {again}")
    left = seconds / done * (of - done)
    print(f"\r{done} of {of} compared, about {left / 60:.0f} minutes left ", end="", flush=True)


def _summary(done: list[Compared]) -> str:
    faults = Counter(kind for compared in done for kind in compared.faults)
    said = ", ".join(f"{kind} in {n}" for kind, n in sorted(faults.items()))
    differ = sum(bool(compared.differ) for compared in done)
    return (
        f"{len(done)} random studies on {2 * FUTURES * len(done):,} futures, {differ} differ; faults: {said or 'none'}"
    )


def _machine() -> str:
    used = ", ".join(f"{name} {version(name)}" for name in ("llvmlite", "wasmtime", "numpy"))
    names = [line.split(":")[1].strip() for line in _lines(Path("/proc/cpuinfo")) if line.startswith("model name")]
    return f"Python {platform.python_version()}, {used}, {names[0] if names else platform.processor()}."


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def _write(document: Path, line: str, mark: str) -> None:
    before, _, after = document.read_text(encoding="utf-8").split(mark)
    document.write_text(f"{before}{mark}\n{line}\n{mark}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
