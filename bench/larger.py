"""What a study of many parts costs, beside one part: `python -m bench larger`.

Studies of 10 and 100 times `rivals` (`python -m tools.larger`), or of other sizes that the command names. Told are
CPU seconds, at equal worlds and replications, of:

* `standoff check` and `standoff brief` as whole commands, with the start of Python;
* compiling a checked study to equations, and these to a module and to a kernel, within one process;
* a run by the module and by the kernel, both made and called before, for a future and an equation.

And how many times more a part of a study costs than a part of the one before: costs divided by sizes, one by the other;
of a run for a future and an equation, these two figures. 1 is proportional; at most 1.5 is wanted.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from subprocess import run
from typing import Any

import standoff
from standoff.ensemble.run import run_design
from standoff.ensemble.running import Running
from standoff.program.llvm.kernel import load_kernel
from standoff.program.wasm.module import load_module
from tools.larger import main as write

TIMES = (10, 100)
WORLDS, REPLICATIONS = 64, 4


def main(times: tuple[int, ...] = TIMES) -> dict[str, Any]:
    """All sizes, some minutes."""
    found = {}
    for size in times:
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / f"rivals{size}"
            write("rivals", size, place)
            found[size] = costs(place)
        shown = ", ".join(f"{name} {seconds:.3g}" for name, seconds in found[size].items())
        print(f"{size:,} times: {shown}", flush=True)
    for before, after in pairwise(times):
        more = {name: found[after][name] / found[before][name] * share(name, before, after) for name in found[after]}
        print(f"{after:,} beside {before:,}: {', '.join(f'{name} {ratio:.2f}' for name, ratio in more.items())}")
    return {f"{size} {name}": seconds for size, own in found.items() for name, seconds in own.items()}


def share(name: str, before: int, after: int) -> float:
    """Of a cost, what a part bears."""
    return 1.0 if "future and equation" in name else before / after


def costs(place: Path) -> dict[str, float]:
    """CPU seconds of one study."""
    found = {"check": _children(["check", str(place)])}
    study = standoff.load(place)
    begun = _own()
    program = study.program
    found["compile, without reading"] = _own() - begun
    begun = _own()
    module = load_module(program)
    _ = module.made
    found["module"] = _own() - begun
    begun = _own()
    kernel = load_kernel(program)
    found["kernel"] = _own() - begun
    design = study.design(WORLDS, REPLICATIONS)
    for name, evaluate in (("module", module), ("kernel", kernel)):
        run_design(program, design, running=Running(1), evaluate=evaluate)
        begun = _own()
        run_design(program, design, running=Running(1), evaluate=evaluate)
        each = (_own() - begun) / design.n_futures / len(program.equations)
        found[f"run by {name}, ns a future and equation"] = each * 1e9
    found["brief"] = _children(["brief", str(place), "--worlds", str(WORLDS), "--replications", str(REPLICATIONS),
                                "--out", str(place.parent / "brief")])  # fmt: skip
    return found


def _own() -> float:
    used = getrusage(RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _children(command: list[str]) -> float:
    """CPU seconds of a command; not a number where it refuses, as a brief does of what is larger than it may be."""
    before = getrusage(RUSAGE_CHILDREN)
    done = run([sys.executable, "-m", "standoff", *command], check=False, capture_output=True, text=True,
               env=os.environ | {"STANDOFF_CACHE": tempfile.gettempdir() + "/larger-cache"})  # fmt: skip
    if done.returncode:
        print(f"standoff {command[0]}: {(done.stderr.strip() or done.stdout).splitlines()[-1]}")
        return float("nan")
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    begun = time.perf_counter()
    main(tuple(int(word) for word in sys.argv[1:]) or TIMES)
    print(f"{time.perf_counter() - begun:.0f} s")
