"""Seconds of the commands that look at runs, beside those of the run that they read.

Run `python -m bench answers [OLDER]`: a run of Korea of the size that `standoff run` takes by default is kept in a
temporary folder, and each command is started anew three times, without findings that were kept; the median is told,
importing and opening included. OLDER is a checkout of an older version, whose commands are run in turn with these.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COMMANDS = {"answer": ("answer", "RUN"), "compare": ("compare", "RUN", "RUN"), "test": ("test", "korea")}
ANEW = {"answer", "test"}


def seconds(older: Path | None, *words: str) -> float:
    """Of one command."""
    environment = os.environ | ({} if older is None else {"PYTHONPATH": str(older / "src")})
    start = time.perf_counter()
    command = [sys.executable, "-m", "standoff", *words]
    subprocess.run(command, check=True, capture_output=True, env=environment)
    return time.perf_counter() - start


def main() -> dict[str, float]:
    older = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else None
    builds = {"": None, ", older build": older} if older is not None else {"": None}
    found: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, build in builds.items():
            run = f"{folder}/run{name}"
            seconds(build, "run", "korea", "--worlds", "64", "--replications", "4", "--out", f"{run}/first")  # compiles
            found[f"run{name}"] = [seconds(build, "run", "korea", "--out", f"{run}/run")]
        for turn in range(4):
            for name, build in builds.items():
                for of, words in COMMANDS.items():
                    put = [f"{folder}/run{name}/run" if word == "RUN" else word for word in words]
                    took = seconds(build, *put, *(("--fresh",) if build is None and of in ANEW else ()))
                    found.setdefault(f"{of}{name}", []).extend([took] if turn else [])  # the first compiles
    medians = {name: statistics.median(took) for name, took in found.items()}
    for name, took in medians.items():
        print(f"{name:<24}{took:8.1f} s")
    return medians


if __name__ == "__main__":
    main()
