"""Works through the queue: one worker process at a time, begun, watched and stopped."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from standoff.base.escaping import file_name
from standoff.ensemble.storing.store import atomic_write
from standoff.workbench.keeping.jobs import Asked, Job, Jobs
from standoff.workbench.working.worker import STUDY

__all__ = ["LONGEST", "Queue"]

LONGEST = 4 * 3600.0
"""Seconds that a run may take; it can be gone on with."""
_PAUSE = 0.2
_ATTEMPTS = 3
_PATIENCE = 5.0


class Queue:
    """The runs of a folder, and whoever works on them.

    Args:
        jobs: The queue.
        folder: Where each run has a folder of its own.
        longest: Seconds that a run may take before it is stopped.
    """

    def __init__(self, jobs: Jobs, folder: Path, longest: float = LONGEST) -> None:
        self.jobs, self.folder, self.longest = jobs, folder, longest
        self._worker: tuple[str, subprocess.Popen[bytes], float] | None = None
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, study: str, title: str, asked: Asked, texts: Mapping[str, str]) -> str:
        """Put a run of a study, as these texts say it, at the end of the queue; its name."""
        name = self.jobs.new_name()
        home = self.folder / name / STUDY / (file_name(Path(study).name) or "study")
        for file, text in texts.items():
            atomic_write(home / file, text.encode())
        self.jobs.add(study, title, asked, name)
        return name

    def begin(self) -> None:
        """Work from now on; what a server before this one was working on is gone on with."""
        for job in self.jobs.orphans():
            self.jobs.change(job.id, "stopped" if job.state == "stopping" else "waiting")
        self._thread = threading.Thread(target=self._work, daemon=True, name="queue")
        self._thread.start()

    def end(self) -> None:
        """Stop working; the run under way is gone on with by the next server."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
        if self._worker is not None:
            _end(self._worker[1])

    def _work(self) -> None:
        while not self._ended.wait(_PAUSE):
            with suppress(OSError, sqlite3.Error):  # a full disk, a busy database: tried again
                self.step()

    def step(self) -> None:
        """Look after the run under way, or begin the next."""
        if self._worker is None:
            waiting = self.jobs.next()
            if waiting is not None:
                self._start(waiting)
            return
        name, process, begun = self._worker
        job = self.jobs.job(name)
        code = process.poll()
        if code is None and job is not None and job.state != "stopping" and time.monotonic() - begun < self.longest:
            return
        if code is None:
            _end(process)
        self._worker = None
        if process.stdin is not None:
            process.stdin.close()
        if job is None or job.state in ("done", "failed"):
            return
        self.jobs.change(name, seconds_left=None)
        if job.state == "stopping":
            self.jobs.change(name, "stopped", said="stopped; what is complete is kept")
        elif code is None:
            self.jobs.change(
                name, "stopped", said=f"stopped after {self.longest / 60:.0f} minutes; it can be gone on with"
            )
        elif job.attempts < _ATTEMPTS:
            self.jobs.change(name, "waiting", said="its worker ended; it is gone on with")
        else:
            self.jobs.change(name, "failed", said="its worker ended again and again")

    def _start(self, job: Job) -> None:
        self.jobs.change(job.id, "running", attempts=job.attempts + 1, said="beginning")
        command = [
            sys.executable, "-m", "standoff.workbench.working.worker", str(self.jobs.database.path), job.id,
            str(self.folder / job.id),
        ]  # fmt: skip
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        self._worker = (job.id, process, time.monotonic())


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask a worker to end, and see to it that it does."""
    if process.stdin is not None:
        process.stdin.close()
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(_PATIENCE)
    process.kill()
    process.wait()
