"""The queue of runs: what was asked, how far it is, and what is known of it so far."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from standoff.workbench.keeping.database import Database

__all__ = ["Asked", "Job", "Jobs", "State", "Told"]

State = Literal["waiting", "running", "stopping", "stopped", "done", "failed"]
_COLUMNS = "id, study, title, asked, state, done, total, seconds_left, said, attempts, asked_at, changed"


class Asked(msgspec.Struct, frozen=True):
    """How a study is to be run.

    Attributes:
        worlds, replications, seed: As `standoff run` takes them.
        variants, held: Likewise.
        brief: Whether a brief is written too.
    """

    worlds: int = 256
    replications: int = 4
    seed: int = 1
    variants: tuple[str, ...] = ()
    held: dict[str, float | str] = {}
    brief: bool = True


@dataclass(frozen=True, slots=True)
class Job:
    """One run in the queue.

    Attributes:
        id: Its name in addresses.
        study, title: Where it was asked from, and what it is called.
        asked: How it is run.
        state: Where it is.
        done, total: Futures.
        seconds_left: The estimate, or None.
        said: What is being done, or why it ended.
        attempts: How often it was begun since somebody asked for it.
        asked_at: When, in UTC.
        changed: Raised with every change.
    """

    id: str
    study: str
    title: str
    asked: Asked
    state: State
    done: int
    total: int
    seconds_left: float | None
    said: str
    attempts: int
    asked_at: str
    changed: int


@dataclass(frozen=True, slots=True)
class Told:
    """Sentences that became known while a run was worked on."""

    title: str
    lines: tuple[str, ...]


class Jobs:
    """The runs of one folder."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def add(self, study: str, title: str, asked: Asked, name: str) -> None:
        """Put a run at the end of the queue, under a name from `new_name`."""
        with self.database.writing() as connection:
            connection.execute(
                "insert into jobs (id, study, title, asked) values (?, ?, ?, ?)",
                (name, study, title, msgspec.json.encode(asked)),
            )

    @staticmethod
    def new_name() -> str:
        """A name that no run has."""
        return secrets.token_hex(6)

    def all(self) -> tuple[Job, ...]:
        """The newest first."""
        return self._select("order by asked_at desc, rowid desc limit 200")

    def of(self, study: str) -> tuple[Job, ...]:
        """Those of one study, the newest first."""
        return self._select("where study = ? order by asked_at desc, rowid desc limit 100", study)

    def job(self, name: str) -> Job | None:
        """A run, or None."""
        return next(iter(self._select("where id = ?", name)), None)

    def next(self) -> Job | None:
        """Whose turn it is."""
        return next(iter(self._select("where state = 'waiting' order by asked_at, rowid limit 1")), None)

    def orphans(self) -> tuple[Job, ...]:
        """Runs that a server before this one was working on."""
        return self._select("where state in ('running', 'stopping')")

    def change(self, name: str, state: State | None = None, **values: Any) -> None:
        """Set some of `state`, `done`, `total`, `seconds_left`, `said` and `attempts`."""
        given = {**values} if state is None else {"state": state, **values}
        assert set(given) <= {"state", "done", "total", "seconds_left", "said", "attempts"}
        columns = "".join(f"{column} = ?, " for column in given)
        with self.database.open() as connection:
            connection.execute(
                f"update jobs set {columns}changed = changed + 1 where id = ?",
                (*given.values(), name),
            )

    def stop(self, name: str) -> None:
        """Ask for a run to be stopped: one that waits is at once."""
        with self.database.open() as connection:
            connection.execute(
                "update jobs set changed = changed + 1, "
                "state = case state when 'waiting' then 'stopped' when 'running' then 'stopping' else state end "
                "where id = ?", (name,),
            )  # fmt: skip

    def go_on(self, name: str) -> None:
        """Put a run that was stopped or failed back into the queue."""
        with self.database.open() as connection:
            connection.execute(
                "update jobs set state = 'waiting', said = '', attempts = 0, changed = changed + 1 "
                "where id = ? and state in ('stopped', 'failed')", (name,),
            )  # fmt: skip

    def tell(self, name: str, number: int, title: str, lines: tuple[str, ...]) -> None:
        """Keep sentences under a number; what was there under it is replaced."""
        with self.database.writing() as connection:
            connection.execute(
                "insert or replace into told values (?, ?, ?, ?)", (name, number, title, msgspec.json.encode(lines))
            )
            connection.execute("update jobs set changed = changed + 1 where id = ?", (name,))

    def told(self, name: str) -> tuple[Told, ...]:
        """What is known of a run so far, in order."""
        with self.database.open() as connection:
            rows = connection.execute("select title, lines from told where job = ? order by number", (name,)).fetchall()
        return tuple(Told(title, msgspec.json.decode(lines, type=tuple[str, ...])) for title, lines in rows)

    def _select(self, rest: str, *given: str) -> tuple[Job, ...]:
        names = _COLUMNS.split(", ")
        with self.database.open() as connection:
            rows = connection.execute(f"select {_COLUMNS} from jobs {rest}", given).fetchall()
        return tuple(
            Job(**{**dict(zip(names, row, strict=True)), "asked": msgspec.json.decode(row[3], type=Asked)})
            for row in rows
        )
