"""How much to run, and how: what every run is asked with."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, get_args

__all__ = ["EVALUATORS", "Announce", "EvaluatorName", "Progress", "Running", "Size"]

EvaluatorName = Literal["auto", "reference", "wasm", "kernel"]
EVALUATORS: tuple[EvaluatorName, ...] = get_args(EvaluatorName)
Announce = Callable[[str], None]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Size:
    """How many futures of each profile.

    Attributes:
        worlds: Draws of all uncertainties and values.
        replications: Streams of chance inside each world.
        seed: Of worlds and luck.
        profiles: At most so many of the profiles, designed; all by default.
    """

    worlds: int = 512
    replications: int = 8
    seed: int = 1
    profiles: int | None = None

    def at_most(self, worlds: int, replications: int | None = None) -> Size:
        """The same with no more worlds, nor replications, than so many."""
        return replace(
            self,
            worlds=min(self.worlds, worlds),
            replications=min(self.replications, self.replications if replications is None else replications),
        )


@dataclass(frozen=True, slots=True)
class Running:
    """How futures are run, which changes no number.

    Attributes:
        threads: At most so many at once; all cores by default.
        evaluator: The reference, WebAssembly, the compiled kernel, or whichever is sooner done.
        progress: Called with futures done and futures in all, from the calling thread.
        announce: Called with a line on what is about to take time, or must be done again.
        on: A Dask scheduler's address whose workers run futures, or `local`, `slurm` or `kubernetes` to start such; in
            this process by default.
    """

    threads: int | None = None
    evaluator: EvaluatorName = "auto"
    progress: Progress | None = None
    announce: Announce | None = None
    on: str | None = None

    @property
    def workers(self) -> int:
        """How many threads work at once."""
        return self.threads or os.cpu_count() or 1

    def part(self, before: int, total: int) -> Running:
        """The same for one part of a whole: so many futures were run before it, of so many in all."""
        progress = self.progress
        if progress is None:
            return self
        return replace(self, progress=lambda done, _: progress(before + done, total))

    def about(self, what: str) -> Running:
        """The same, with each line that is announced saying what it is about, where that is said."""
        announce = self.announce
        if announce is None or not what:
            return self
        return replace(self, announce=lambda line: announce(f"{what}: {line}"))

    def say(self, line: str) -> None:
        """Announce a line, where anybody listens."""
        if self.announce is not None:
            self.announce(line)
