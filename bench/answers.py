"""Seconds of the commands that look at runs, beside those of the run that they read.

Run `python -m bench answers [OLDER]`, or `python -m bench.answers OLDER COMMAND …` for some of the commands: a run of
Korea of the size that `standoff run` takes by default is kept in a temporary folder, and each command is started anew
three times, without findings that were kept; the median is told, importing and opening included. OLDER is a checkout
of an older version, whose commands are run in turn with these: on the same study, that of OLDER, which both read, so
that the ratio is of speed alone; then each on its own Korea, which has grown since. Each row is printed when known.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

COMMANDS = {"answer": ("answer", "RUN"), "compare": ("compare", "RUN", "RUN"), "test": ("test", "STUDY")}
ANEW = {"answer", "test"}
TURNS = 3


@dataclass(frozen=True, slots=True)
class Build:
    """Whose commands are timed, and on which study."""

    name: str
    study: str
    older: Path | None = None
    """A checkout of an older version; the version that runs this where there is none."""

    def seconds(self, *words: str) -> float:
        """Of one command."""
        environment = os.environ | ({} if self.older is None else {"PYTHONPATH": str(self.older / "src")})
        start = time.perf_counter()
        command = [sys.executable, "-m", "standoff", *words]
        subprocess.run(command, check=True, capture_output=True, env=environment)
        return time.perf_counter() - start


def timed(builds: tuple[Build, ...], commands: tuple[str, ...]) -> dict[str, float]:
    """Seconds of the run and median seconds of each command of each build, in turn; printed as they are known."""
    found: dict[str, float] = {}

    def tell(of: str, build: Build, seconds: float) -> None:
        found[f"{of}, {build.name}"] = seconds
        print(f"{f'{of}, {build.name}':<40}{seconds:8.1f} s", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        for build in builds:
            small = ("--worlds", "64", "--replications", "4", "--out", f"{folder}/{build.name}/first")
            build.seconds("run", build.study, *small)  # compiles
            tell("run", build, build.seconds("run", build.study, "--out", f"{folder}/{build.name}/run"))
        for of in commands:
            took: dict[str, list[float]] = {build.name: [] for build in builds}
            for turn in range(TURNS + 1):
                for build in builds:
                    places = {"RUN": f"{folder}/{build.name}/run", "STUDY": build.study}
                    fresh = ("--fresh",) if build.older is None and of in ANEW else ()
                    seconds = build.seconds(*(places.get(word, word) for word in COMMANDS[of]), *fresh)
                    took[build.name] += [seconds] if turn else []  # the first compiles
            for build in builds:
                tell(of, build, statistics.median(took[build.name]))
    return found


def main() -> dict[str, float]:
    words = sys.argv[1:]
    commands = tuple(word for word in words if word in COMMANDS) or tuple(COMMANDS)
    older = next((Path(word).resolve() for word in words if word not in COMMANDS), None)
    if older is None:
        return timed((Build("own study", "korea"),), commands)
    same = str(older / "src" / "standoff" / "studies" / "korea")
    found = timed((Build("older build on its study", same, older), Build("on that same study", same)), commands)
    if len(commands) == len(COMMANDS):
        found |= timed((Build("older build on its own study", "korea", older), Build("own study", "korea")), commands)
    return found


if __name__ == "__main__":
    main()
