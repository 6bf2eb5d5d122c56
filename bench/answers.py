"""Seconds of the commands that look at runs, beside those of the run that they read.

Run `python -m bench answers [study]`: a run of 1024 worlds × 4 replications is kept in a temporary folder, and each
command is started anew three times; the median is told, importing and opening included.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time

COMMANDS = {"answer": ("answer", "RUN"), "compare": ("compare", "RUN", "RUN"), "test": ("test", "STUDY")}


def seconds(*words: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "standoff", *words], check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> dict[str, float]:
    study = sys.argv[1] if len(sys.argv) > 1 else "korea"
    with tempfile.TemporaryDirectory() as folder:
        size = ("--worlds", "1024", "--replications", "4")
        seconds("run", study, "--worlds", "64", "--replications", "4", "--out", f"{folder}/first")  # compiles
        found = {"run": seconds("run", study, *size, "--out", f"{folder}/run")}
        for name, words in COMMANDS.items():
            put = [{"RUN": f"{folder}/run", "STUDY": study}.get(word, word) for word in words]
            found[name] = statistics.median(seconds(*put) for _ in range(3))
    for name, took in found.items():
        print(f"{name:<10}{took:8.1f} s")
    return found


if __name__ == "__main__":
    main()
