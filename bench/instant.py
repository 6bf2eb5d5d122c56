"""How soon a changed study answers, beside an older build: `python -m bench instant [OLDER]`.

OLDER is a checkout of an older version, run with the same interpreter. A copy of a study is written as a brief on an
empty cache, once more, and once more after a constant has changed; and, again on an empty cache, it is told after how
many seconds the ranking stands on the terminal (128 worlds × 4). Each build does so with its own `korea`, which has
more profiles now, and this one with the older build's besides, so that both read the same study. And of the module: how
soon it is ready, how large it is in a page, and its share of the kernel's futures a second on one thread.

Parts of it are measured by `python -m bench.instant [OLDER] PART …`, of those in `PARTS`.
"""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import standoff
from standoff.ensemble.run import lanes_of
from standoff.program.llvm.kernel import load_kernel
from standoff.program.wasm.module import assemble, load_module
from standoff.program.wasm.writer import emit_module

FUTURES = 16_384
SMALL = ("--worlds", "128", "--replications", "4")


PARTS = ("module", "own", "same", "older")
"""The module; this build with its own study, and with the older one's; the older build with that."""


def main() -> dict[str, float]:
    """Measure, print and return the figures."""
    words = sys.argv[1:]
    older = next((Path(word) for word in words if word not in PARTS), None)
    parts = {word for word in words if word in PARTS} or set(PARTS)
    found = module() if "module" in parts else {}
    own = waits(standoff.load("korea").model.folder) if "own" in parts else {}
    theirs = None if older is None else older / "src/standoff/studies/korea"
    same = waits(theirs) if theirs is not None and "same" in parts else {}
    before = waits(theirs, older) if theirs is not None and "older" in parts else {}
    found |= {f"{name}, s": seconds for name, seconds in own.items()}
    found |= {f"{name}, the older study, s": seconds for name, seconds in same.items()}
    for name, seconds in before.items():
        found[f"{name}, older build, s"] = seconds
        if own:
            found[f"{name}, times sooner, each its own"] = seconds / own[name]
        if same:
            found[f"{name}, times sooner, the same study"] = seconds / same[name]
    for name, figure in found.items():
        print(f"{name:<64}{figure:12,.2f}")
    return found


def module() -> dict[str, float]:
    """Of the Korean module, in this process."""
    program = standoff.load("korea").program
    begun = time.perf_counter()
    ready = load_module(program)
    _ = ready.made
    seconds = time.perf_counter() - begun
    size = len(base64.b64encode(assemble(emit_module(program).text)))
    design, n = standoff.load("korea").design(1024, 4), np.arange(FUTURES)
    lanes = lanes_of(program, design, n // 4096 * 7, n // 4 % 1024, replications=n % 4)
    kernel, times = load_kernel(program), {}
    for _ in range(9):
        for name, evaluate in (("module", ready), ("kernel", kernel)):
            begun = time.thread_time()
            evaluate(program, lanes)
            times[name] = min(times.get(name, 1e9), time.thread_time() - begun)
    return {
        "module ready, s": seconds, "module in a page, kB": size / 1000,
        "module, futures/s": FUTURES / times["module"], "kernel, futures/s": FUTURES / times["kernel"],
        "module's share of the kernel": times["kernel"] / times["module"],
    }  # fmt: skip


def waits(study: Path, older: Path | None = None) -> dict[str, float]:
    """Seconds of a build with a study, by what is waited for."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        shutil.copytree(study, place / "korea")
        copy, out = str(place / "korea"), str(place / "brief")
        environment = os.environ | {"STANDOFF_CACHE": str(place / "cache")}
        if older is not None:
            environment["PYTHONPATH"] = str(older / "src")

        def until(words: str, *command: str) -> float:
            begun = time.perf_counter()
            run = [sys.executable, "-m", "standoff", *command]
            with subprocess.Popen(run, env=environment, stdout=subprocess.PIPE, text=True, cwd=place) as process:
                assert process.stdout is not None
                for line in process.stdout:
                    if words and words in line:
                        seconds = time.perf_counter() - begun
                        process.kill()
                        return seconds
            if process.returncode:
                raise RuntimeError(f"{command} ended with {process.returncode}")
            return time.perf_counter() - begun

        found = {"brief, empty cache": until("", "brief", copy, "--out", out)}
        found["brief, warm"] = until("", "brief", copy, "--out", out)
        _change(place / "korea/study.yaml")
        found["changed constant to brief"] = until("", "brief", copy, "--out", out)
        shutil.rmtree(place / "cache", ignore_errors=True)
        if older is None:
            found["changed constant to ranking"] = until("  1. ", "answer", copy, *SMALL)
        else:
            run = str(place / "run")
            found["changed constant to ranking"] = until("", "run", copy, *SMALL, "--out", run)
            found["changed constant to ranking"] += until("What holds up?", "answer", run)
        return found


def _change(path: Path) -> None:
    """Another number for the first constant with one."""
    text = path.read_text(encoding="utf-8")
    changed, n = re.subn(
        r"(\n  \w+: \{(?:name: [^,{}]*, )?value: )([0-9.]+)", lambda m: f"{m[1]}{float(m[2]) * 1.01:g}", text, count=1
    )
    if n != 1:
        raise RuntimeError("the study has no constant that can be changed")
    path.write_text(changed, encoding="utf-8")


if __name__ == "__main__":
    main()
