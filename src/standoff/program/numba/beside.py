"""A kernel compiled in a process beside the run, which goes on meanwhile on another evaluator and then changes over.

    python -m standoff.program.numba.beside FOLDER < SOURCE

compiles a kernel's source and keeps it in a folder, in time that nobody else wants.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from standoff.program.compiled import Last
from standoff.program.numba.cache import open_cache
from standoff.program.numba.kernel import compile_text, load_kernel, source_text
from standoff.program.program import Program
from standoff.program.reference import Lanes, Results

__all__ = ["ChangingOver", "changing_over"]

Evaluate = Callable[..., Results]
NICENESS = 5  # of the compiling: a third of a core beside threads that take all, a whole one beside one thread


class ChangingOver:
    """An evaluator that is the first one until the kernel of its program is compiled."""

    def __init__(self, program: Program) -> None:
        self.first: Evaluate | None = None
        self.kernel: Evaluate | None = None
        self._program = program
        self._lock = Lock()
        self._compiling: subprocess.Popen[str] | None = _compile_beside(program)

    def __call__(self, program: Program, lanes: Lanes, *, realised: bool = False) -> Results:
        """Run futures; the results are the same bit for bit, whoever computes them."""
        evaluate = self.kernel or self._look() or self.first
        assert evaluate is not None
        return evaluate(program, lanes, realised=realised)

    def _look(self) -> Evaluate | None:
        """The kernel, where it is ready and nobody else is about to load it."""
        if self._compiling is None or self._compiling.poll() is None or not self._lock.acquire(blocking=False):
            return None
        try:
            if self._compiling is not None and self._compiling.returncode == 0:
                self.kernel = load_kernel(self._program)
            self._compiling = None
        finally:
            self._lock.release()
        return self.kernel


def changing_over(program: Program, first: Evaluate) -> ChangingOver:
    """An evaluator that begins as another and becomes the program's kernel; one compiling serves all runs of it."""
    found: ChangingOver = _BEGUN.of(program)
    found.first = first
    return found


_BEGUN = Last(ChangingOver)


def _compile_beside(program: Program) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "standoff.program.numba.beside", str(open_cache().folder)]
    pipe, quiet = subprocess.PIPE, subprocess.DEVNULL
    process = subprocess.Popen(command, stdin=pipe, stdout=quiet, stderr=quiet, text=True, encoding="utf-8")
    atexit.register(_stop, process)
    assert process.stdin is not None
    try:
        with process.stdin:
            process.stdin.write(source_text(program))
    except OSError:  # it has ended already, and the run stays as it began
        pass
    return process


def _stop(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    compile_text(sys.stdin.read(), Path(sys.argv[1]))
