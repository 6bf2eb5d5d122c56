"""A process that works for the server: one task at a time, each with a time by which it must be done.

A study is a stranger's program. The server itself reads none: a task that takes too long ends with its process, and
the next task begins in a new one.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from multiprocessing.connection import Connection
from typing import Any, ParamSpec, TypeVar

from standoff.base.collecting import uncollected
from standoff.base.problems import StudyError

__all__ = ["Hand", "RefusedError"]

Given = ParamSpec("Given")
Found = TypeVar("Found")

_FAULTY, _WRONG, _BROKEN, _SLOW = 409, 400, 500, 503


_IDLE, _NICE = 0.5, 5
_HERE = ThreadPoolExecutor(1, "here")
"""For all that is done in the caller's own process: one task at a time."""


class RefusedError(Exception):
    """What a task could not do; `status` is HTTP's, and the message is for whoever asked."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Hand:
    """Does tasks, which are functions at the top of a module, of plain values.

    Args:
        patience: Seconds that a task may take.
        apart: Whether in a process of its own; else in the caller's, where nothing stops it.
        gives_way: Whether that process lets others go first, of whom somebody waits for the next key or step.
    """

    def __init__(self, patience: float, *, apart: bool = True, gives_way: bool = False) -> None:
        self.patience = patience
        self.gives_way = gives_way
        self.apart = apart
        self._process: multiprocessing.process.BaseProcess | None = None
        self._line: Connection | None = None
        self._one_by_one = ThreadPoolExecutor(1, "hand") if apart else _HERE

    async def do(self, task: Callable[Given, Found], *args: Given.args, **named: Given.kwargs) -> Found:
        """A task's result.

        Raises:
            RefusedError: It could not be done, or not in time.
        """
        work = partial(self._done, task, args, named)
        found: Found = await asyncio.get_running_loop().run_in_executor(self._one_by_one, work)
        return found

    def beside(self, task: Callable[Given, Found], *args: Given.args, **named: Given.kwargs) -> Future[Found]:
        """A task that nobody waits for now, after those that were given before; its result raises as `do` does."""
        return self._one_by_one.submit(self._done, task, args, named)

    def end(self) -> None:
        """End the process, and begin none of what waits."""
        if self.apart:
            self._one_by_one.shutdown(wait=False, cancel_futures=True)
        self._stop()

    def _stop(self) -> None:
        """End the process; the next task begins a new one."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
        if self._line is not None:
            self._line.close()
        self._process = self._line = None

    def _done(self, task: Callable[..., Any], args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        status, found = self._apart(task, args, named) if self.apart else _try(task, args, named)
        if status:
            raise RefusedError(status, found)
        return found

    def _apart(self, task: Callable[..., Any], args: tuple[Any, ...], named: dict[str, Any]) -> tuple[int, Any]:
        try:
            if self._line is None or self._process is None or not self._process.is_alive():
                self._begin()
            assert self._line is not None
            self._line.send((task, args, named))
            if self._line.poll(self.patience):
                status, found = self._line.recv()
                return int(status), found
        except (EOFError, OSError):
            self._stop()
            return _BROKEN, "what worked on it ended: try again"
        self._stop()
        return _SLOW, f"it took more than {self.patience:.0f} seconds and was stopped"

    def _begin(self) -> None:
        self._stop()
        spawn = multiprocessing.get_context("spawn")
        self._line, there = spawn.Pipe()
        self._process = spawn.Process(target=_serve, args=(there, self.gives_way), daemon=True)
        self._process.start()
        there.close()


def _serve(line: Connection, gives_way: bool) -> None:
    """Do what comes along a line until the server is gone, in the middle of a task too."""
    if gives_way and hasattr(os, "nice"):
        os.nice(_NICE)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()
    while True:
        try:
            task, args, named = line.recv()
        except (EOFError, OSError):
            return
        try:
            with uncollected():  # a task makes much and keeps little: looking for rubbish is a third of its time
                line.send(_try(task, args, named))
        except OSError:  # the server is gone, and nobody waits for it
            return
        if not line.poll(_IDLE):
            gc.collect()


def _try(task: Callable[..., Any], args: tuple[Any, ...], named: dict[str, Any]) -> tuple[int, Any]:
    """0 and what was found, or a status and what to say."""
    try:
        return 0, task(*args, **named)
    except RefusedError as refused:
        return refused.status, str(refused)
    except StudyError as error:
        return _FAULTY, error.problems[0].message
    except (ValueError, OSError) as error:
        return _WRONG, str(error)
    except Exception:  # a fault of ours, which may not end the server
        logging.getLogger(__name__).exception("a task failed")
        return _BROKEN, "that failed here: the server's log has more"
