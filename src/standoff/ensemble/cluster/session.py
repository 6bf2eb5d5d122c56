"""A connection to a cluster: found by its address, started where that says so, held while the process lives."""

from __future__ import annotations

import atexit
import contextlib
import logging
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from standoff.base.escaping import visible
from standoff.ensemble.cluster.identity import identify, refuse_others
from standoff.ensemble.running import Running
from standoff.ensemble.storing.manifest import RunError

__all__ = ["Session", "session_of"]

LOOPBACK = "127.0.0.1"
KEPT = 1 << 28  # bytes of freed memory that a worker of this machine keeps
PATIENCE = 30.0  # seconds for a scheduler to answer, and for its first worker
_LOST_BEFORE = 1000
"""How often a shard may lose its worker in a cluster of our own: it is memory, not a shard, that kills one here."""


@dataclass(eq=False)
class Session:
    """A client of a scheduler, whose workers were found to be like this process.

    Attributes:
        client: Dask's.
        shown: The scheduler's address, as messages name it.
        known: Workers that were looked at, with their threads.
    """

    client: Any
    shown: str
    known: dict[str, int] = field(default_factory=dict)

    @property
    def is_lost(self) -> bool:
        """Whether the scheduler no longer answers."""
        return str(self.client.status) != "running"

    def look(self) -> tuple[list[str], list[str]]:
        """Workers that came and went since the last look; those that came are held against this process.

        Raises:
            RunError: One is not like it.
        """
        found = dict(self.client.nthreads())
        came, gone = [w for w in found if w not in self.known], [w for w in self.known if w not in found]
        if came:
            identities = self.client.run(identify, workers=came, on_error="return")
            still = self.client.nthreads()
            refuse_others({w: known for w, known in identities.items() if w in still or not isinstance(known, OSError)})
        self.known = found
        return came, gone

    @property
    def n_threads(self) -> int:
        """Of all workers."""
        return max(1, sum(self.known.values()))


def session_of(running: Running) -> Session:
    """The session of an address, begun where there is none yet.

    Raises:
        RunError: Dask is not there, nothing answers at the address, or a worker is not like this process.
    """
    assert running.on is not None
    key = (running.on, running.workers if running.on == "local" else 0)
    session = _SESSIONS.get(key)
    if session is None or session.is_lost:
        session = _SESSIONS[key] = _begin(running)
    return session


_SESSIONS: dict[tuple[str, int], Session] = {}


def _begin(running: Running) -> Session:
    try:
        import distributed  # noqa: PLC0415 - a second
    except ImportError:
        raise RunError("a cluster needs Dask: pip install 'standoff[cluster]'") from None
    # what it logs of a scheduler that is gone, with its tracebacks, is said here in a sentence
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
    on = running.on or ""
    if on in ("slurm", "kubernetes"):
        from standoff.ensemble.cluster.managers import start_managed  # noqa: PLC0415

        cluster = start_managed(on, running.say)
    elif on == "local":
        running.say(f"starting {running.workers} worker{'s' if running.workers > 1 else ''} on this machine")
        cluster = _start_local(running.workers)
    else:
        cluster = None
    shown = visible(on if cluster is None else str(cluster.scheduler_address))
    try:
        dask: Any = distributed
        client = dask.Client(on if cluster is None else cluster, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise RunError(f"no Dask scheduler answers at `{shown}`: {error}") from None
    atexit.register(_end, client, cluster)
    session = Session(client, shown)
    _await_workers(session, running, PATIENCE if cluster is None or on == "local" else float("inf"))
    session.look()
    return session


def _await_workers(session: Session, running: Running, patience: float) -> None:
    """Wait for the first worker."""
    start, said = time.monotonic(), False
    while not session.client.nthreads():
        if time.monotonic() - start > patience:
            raise RunError(
                f"the scheduler at `{session.shown}` has no workers; start some with `dask worker {session.shown}`"
            )
        if not said and time.monotonic() - start > 2.0:
            running.say(f"waiting for the first worker of {session.shown}")
            said = True
        time.sleep(0.1)


def _start_local(n: int) -> Any:
    """Workers of one thread on this machine, which only this machine reaches."""
    import dask  # noqa: PLC0415
    import distributed  # noqa: PLC0415

    start: Any = distributed.LocalCluster

    settings = {
        "distributed.scheduler.allowed-failures": _LOST_BEFORE,
        "distributed.comm.timeouts.connect": "30s",
        "distributed.worker.profile.enabled": False,  # else a worker is looked at a hundred times a second, for nobody
        # Dask has the C library give freed memory back at once; fresh pages for each block cost a tenth of a run
        "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": KEPT,
        "distributed.nanny.pre-spawn-environ.MALLOC_MMAP_THRESHOLD_": KEPT,
    }
    with dask.config.set(settings), _without_interrupts():
        return start(
            n_workers=n, threads_per_worker=1, host=LOOPBACK, dashboard_address=f"{LOOPBACK}:0", silence_logs=50
        )


@contextlib.contextmanager
def _without_interrupts() -> Iterator[None]:
    """Have what is started meanwhile not hear Ctrl-C: this process tells its workers to stop."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _end(client: Any, cluster: Any) -> None:
    with contextlib.suppress(Exception):
        client.close(timeout=2)
    if cluster is not None:
        with contextlib.suppress(Exception):
            cluster.close(timeout=5)
