"""A work's items through a cluster: enough under way for every thread, faults reported, what is lost done again.

Dask runs again what a lost worker was at, and what is there may be waited for. What it does not do is done here: a
task that takes far longer than the others, when nothing else is left to do, is begun a second time elsewhere, and the
two results must agree; a task whose workers were lost time and again is tried anew a few times before that is the
run's fault; and a scheduler that is gone ends the run with what was complete kept.
"""

from __future__ import annotations

import errno
import hashlib
import pickle
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from queue import Empty, SimpleQueue
from typing import Any

from standoff.base.escaping import visible
from standoff.ensemble.cluster.identity import identify
from standoff.ensemble.cluster.session import Session, session_of
from standoff.ensemble.cluster.tasks import do, held
from standoff.ensemble.running import Running
from standoff.ensemble.spreading import Work
from standoff.ensemble.storing.manifest import RunError

__all__ = ["drive"]

AHEAD, LEAST_AHEAD = 4, 256  # tasks under way a thread, and in all
TASKS_A_THREAD, MOST_TOGETHER = 256, 16
"""A task is one item, or some where a thread would have more tasks: each costs the scheduler 2 ms, whatever it is."""
LOOK_EVERY = 2.0  # seconds
SLOW = 5.0  # times what a task takes on average
SLOW_LEAST = 20.0  # seconds
PATIENCE = 15.0  # seconds for a result that a worker has; then it is computed again
_TRIES = 3
_RUNS = count()


def drive(work: Work, items: Sequence[Any], running: Running) -> Iterator[tuple[int, Any]]:
    """The number of each item with its result, as they come.

    Raises:
        RunError: The scheduler was lost, a worker is not like this process, a disk is full, or results differ.
    """
    if not items:
        return
    driver = _Driver(session_of(running), work, items, running)
    try:
        yield from driver.results()
    finally:
        driver.cancel()


@dataclass(eq=False)
class _Task:
    """A task under way, and how often its workers were lost."""

    number: int
    tries: int = 0
    is_second: bool = False


@dataclass(frozen=True, slots=True)
class _Error:
    """What stands for a result that is not to be had."""

    error: Exception


@dataclass(eq=False)
class _Driver:
    session: Session
    work: Work
    items: Sequence[Any]
    running: Running
    under_way: dict[Any, _Task] = field(default_factory=dict)
    done: dict[int, list[str]] = field(default_factory=dict)
    ended: SimpleQueue[Any] = field(default_factory=SimpleQueue)
    begun: float = field(default_factory=time.monotonic)
    ended_last: float = 0.0
    seconds: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        data = pickle.dumps(self.work, protocol=5)
        self.digest = hashlib.blake2b(data, digest_size=16).hexdigest()
        # a name that holds for every run of the same program, before what tells this run's tasks from others'
        self.name = f"{getattr(self.work, 'name', type(self.work).__name__)}-{self.digest[:12]}-{next(_RUNS)}"
        each = -(-len(self.items) // (TASKS_A_THREAD * self.session.n_threads))
        self.each = min(MOST_TOGETHER, each)
        self.n_tasks = -(-len(self.items) // self.each)
        client = self.session.client
        self.given = client.submit(held, data, key=f"work-{self.digest}-{next(_RUNS)}", pure=False)
        self.told = {
            "work": self.given, "digest": self.digest, "like": identify(), "evaluator": self.running.evaluator
        }  # fmt: skip

    def results(self) -> Iterator[tuple[int, Any]]:
        """See `drive`."""
        following, looked = 0, 0.0
        while len(self.done) < self.n_tasks:
            # in batches: what a message to the scheduler costs is shared by half of what may be under way
            ahead = max(LEAST_AHEAD, AHEAD * self.session.n_threads)
            room = ahead - len(self.under_way)
            if following < self.n_tasks and (2 * room > ahead or not self.under_way):
                stop = min(self.n_tasks, following + max(1, room))
                self._send(range(following, stop))
                following = stop
            ended = self._ended()
            for future, result in zip(ended, self._results(ended), strict=True):
                yield from self._take(future, result)
            if time.monotonic() - looked > LOOK_EVERY:
                self._look()
                looked = time.monotonic()
                if following == self.n_tasks:
                    self._hurry()
        self._look()

    def cancel(self) -> None:
        """Give up what is under way."""
        if not self.session.is_lost and self.under_way:
            self.session.client.cancel(list(self.under_way), force=True)
        self.under_way.clear()

    def _send(self, numbers: Sequence[int], tries: int = 0, **more: Any) -> None:
        mark = f"-{next(_RUNS)}" if tries or more else ""
        keys = [f"{self.name}-{number}{mark}" for number in numbers]
        try:
            futures = self.session.client.map(
                do, [self._items(n) for n in numbers], key=keys, pure=False, retries=2, **self.told, **more
            )
        except Exception:
            if self.session.is_lost:
                self._fail_lost()
            raise
        for number, future in zip(numbers, futures, strict=True):
            self.under_way[future] = _Task(number, tries, bool(more))
            future.add_done_callback(self.ended.put)

    def _ended(self) -> list[Any]:
        """Tasks that have ended, waiting for one; none where that takes long."""
        found = []
        try:
            found.append(self.ended.get(timeout=LOOK_EVERY))
            while True:
                found.append(self.ended.get_nowait())
        except Empty:
            pass
        return [future for future in found if future in self.under_way]

    def _results(self, ended: Sequence[Any]) -> list[Any]:
        """The result of each, or the error that stands for it; in one request, or one by one where that fails."""
        sound = [future for future in ended if future.status == "finished"]
        client, found = self.session.client, dict[Any, Any]()

        async def gather() -> list[Any]:
            fetched: list[Any] = await client.gather(sound, asynchronous=True)
            return fetched

        with suppress(Exception):
            found = dict(zip(sound, client.sync(gather, callback_timeout=PATIENCE), strict=True))
        for future in ended:
            if future not in found:
                found[future] = self._result(future)
        return [found[future] for future in ended]

    def _result(self, future: Any) -> Any:
        if future.status in ("cancelled", "lost"):
            time.sleep(min(LOOK_EVERY, 0.5))  # until a client knows that its scheduler is gone
            if self.session.is_lost:
                self._fail_lost()
            return _Error(TimeoutError("its worker was lost"))
        try:
            return future.result(timeout=PATIENCE)
        except Exception as error:
            return _Error(error)

    def _take(self, future: Any, result: Any) -> Iterator[tuple[int, Any]]:
        task = self.under_way.pop(future)
        if isinstance(result, _Error):
            self._failed(task, result.error)
            return
        first, marks = task.number * self.each, [str(getattr(one, "mark", "")) for one in result]
        if task.number in self.done:
            for number, (mark, before) in enumerate(zip(marks, self.done[task.number], strict=True), first):
                if mark != before:
                    raise RunError(
                        f"{self._item_named(number)} came out otherwise when it was run again ({mark}, before "
                        f"{before}): a worker's memory or arithmetic is at fault; nothing of it is kept"
                    )
            return
        self.done[task.number] = marks
        self.ended_last = time.monotonic()
        yield from enumerate(result, first)

    def _items(self, number: int) -> Sequence[Any]:
        """Of a task."""
        return self.items[number * self.each : (number + 1) * self.each]

    def _failed(self, task: _Task, error: BaseException) -> None:
        from distributed import KilledWorker  # noqa: PLC0415

        if task.number in self.done:
            return
        if self.session.is_lost:
            self._fail_lost()
        if isinstance(error, RunError):
            raise error
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES):
            place = visible(str(error.filename or "its disk"))
            raise RunError(f"a worker cannot write `{place}`: {error.strerror}; what was complete before is kept")
        lost = isinstance(error, (KilledWorker, TimeoutError)) or type(error).__name__ == "FutureCancelledError"
        if (lost or isinstance(error, OSError)) and task.tries < _TRIES:
            self.running.say(f"{self._named(task.number)} is run again: {_first_line(error)}")
            self._send([task.number], task.tries + 1)
            return
        raise RunError(f"{self._named(task.number)} failed on its workers: {_first_line(error)}") from error

    def _look(self) -> None:
        """Say which workers came and went."""
        if self.session.is_lost:
            self._fail_lost()
        try:
            came, gone = self.session.look()
        except OSError:
            self._fail_lost()
        for worker in gone:
            self.running.say(f"the worker {worker} was lost: what it was at is run again")
        for worker in came:
            self.running.say(f"the worker {worker} joined")

    def _hurry(self) -> None:
        """Begin a second time what takes far longer than all else, where nothing else is left to do.

        Only the last tasks, one at a thread and one behind it, and only when no result has come for long: a task that
        waits its turn is not slow.
        """
        if not self.done or len(self.session.known) < 2 or len(self.under_way) > 2 * self.session.n_threads:
            return
        each = (self.ended_last - self.begun) * self.session.n_threads / len(self.done)
        if time.monotonic() - self.ended_last < max(SLOW_LEAST, SLOW * each):
            return
        for task in list(self.under_way.values()):
            if task.number not in self.seconds:
                self.seconds.add(task.number)
                where = self._where(task.number)
                others = [worker for worker in self.session.known if worker not in where]
                if not others:
                    continue
                slow = f"the worker {where[0]}" if where else "a worker"
                self.running.say(f"{slow} is slow: {self._named(task.number)} is begun a second time elsewhere")
                self._send([task.number], workers=others, allow_other_workers=False)

    def _where(self, number: int) -> list[str]:
        keys = {future.key for future, task in self.under_way.items() if task.number == number}
        processing = self.session.client.processing()
        return [worker for worker, tasks in processing.items() if keys & set(tasks)]

    def _named(self, number: int) -> str:
        more = len(self._items(number)) - 1
        return self._item_named(number * self.each) + (f" with {more} more" if more else "")

    def _item_named(self, number: int) -> str:
        item = self.items[number]
        return f"the shard `{item.shown}`" if hasattr(item, "shown") else f"part {number + 1} of {len(self.items)}"

    def _fail_lost(self) -> None:
        raise RunError(
            f"the scheduler at `{self.session.shown}` was lost, with {len(self.done):,} of {self.n_tasks:,} parts "
            "done; what is complete in a run's folder is kept, and the same command goes on from there, with this "
            "scheduler or another"
        )


def _first_line(error: BaseException) -> str:
    return visible(str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__, 300)
