"""Work in a copy of the process, so that two cores are used where Python's lock lets threads use one.

The copy shares the memory of the process that begins it: a run of a gigabyte is there at once. That needs `fork`, and
a process with no other thread of Python's; elsewhere the same is worked out when it is asked for.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn, TypeVar

from threadpoolctl import threadpool_limits

__all__ = ["beside"]

Result = TypeVar("Result")


@contextmanager
def beside(work: Callable[[], Result], threads: int | None = None) -> Iterator[Callable[[], Result]]:
    """Begin some work beside what is done in the block; what is given there waits for its result.

    Each side has half of the threads for linear algebra meanwhile: more would wait for each other, on every product.

    Args:
        work: Without effects but its result, which is pickled and asked for once. What it raises is raised there.
        threads: With one nothing is begun beside.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    is_alone = threading.active_count() == 1 and threading.current_thread() is threading.main_thread()
    at_once = min(threads or cores, cores)
    if sys.platform != "linux" or at_once < 2 or not is_alone:
        yield work
        return
    with threadpool_limits(at_once // 2, user_api="blas"):
        yield from _forked(work)


def _forked(work: Callable[[], Result]) -> Iterator[Callable[[], Result]]:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _answer(work, writer)
    os.close(writer)
    ended: list[int] = []
    with os.fdopen(reader, "rb") as pipe:

        def result() -> Result:
            data = pipe.read()
            ended.append(os.waitpid(child, 0)[1])
            if ended != [0]:  # whatever went wrong there is seen here
                return work()
            found: Result = pickle.loads(data)  # of this very program's making
            return found

        try:
            yield result
        finally:
            if not ended:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)


def _answer(work: Callable[[], object], writer: int) -> NoReturn:
    """Send the result, and end without what the process beside has registered for its own end."""
    code = 1
    try:
        data = pickle.dumps(work(), protocol=pickle.HIGHEST_PROTOCOL)
        with os.fdopen(writer, "wb") as pipe:
            pipe.write(data)
        code = 0
    finally:
        os._exit(code)
