"""The application's database: opened, checked and brought to this version.

Reference:
    SQLite's write-ahead log, with `synchronous=FULL`: a commit survives the loss of the process and of the machine.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["Database"]

_MIGRATIONS = (
    """
    create table games (
        id text primary key, study text not null, game blob not null, paused integer not null default 0,
        revealed integer not null default 0, begun text not null default (datetime('now'))
    );
    create table seats (hash text primary key, game text not null references games, actor text not null);
    create table chosen (
        game text not null references games, step integer not null, actor text not null, choices blob not null,
        primary key (game, step, actor)
    );
    """,
    """
    create table jobs (
        id text primary key, study text not null, title text not null, asked blob not null,
        state text not null default 'waiting', done integer not null default 0, total integer not null default 0,
        seconds_left real, said text not null default '', attempts integer not null default 0,
        asked_at text not null default (datetime('now')), changed integer not null default 0
    );
    create table told (
        job text not null references jobs, number integer not null, title text not null, lines blob not null,
        primary key (job, number)
    );
    create table saves (
        id integer primary key autoincrement, study text not null, file text not null, digest text not null,
        body blob not null, undo blob, kind text not null, at text not null default (datetime('now'))
    );
    create index saves_of on saves (study, file, id);
    """,
)
"""The statements that make each version of the database from the one before it; those that are there never change."""


class Database:
    """One file that several processes read and write.

    Args:
        path: It is made where there is none, and brought to this version where it is of an earlier one.

    Raises:
        ValueError: It is of a later version of Standoff, damaged, or no database.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        try:
            with self.open() as connection:
                (checked,) = connection.execute("pragma quick_check(1)").fetchone()
                if checked != "ok":
                    raise ValueError(f"`{path}` is damaged: {checked}")
                connection.execute("pragma journal_mode=wal")
                self._migrate(connection)
            # whoever closes the last connection writes the whole log back, which takes twice as long as a commit
            self._kept = sqlite3.connect(path, check_same_thread=False)
            self._kept.execute("select count(*) from sqlite_schema").fetchone()
        except sqlite3.DatabaseError as error:
            raise ValueError(f"`{path}` is no database of this application: {error}") from None

    def close(self) -> None:
        """Hold the file open no longer; whoever still has a connection may go on."""
        self._kept.close()

    def _migrate(self, connection: sqlite3.Connection) -> None:
        connection.execute("begin immediate")
        try:
            (version,) = connection.execute("pragma user_version").fetchone()
            if version > len(_MIGRATIONS):
                raise ValueError(f"`{self.path}` is of a later version of Standoff")
            for script in _MIGRATIONS[version:]:
                for statement in script.split(";"):
                    if statement.strip():
                        connection.execute(statement)
            connection.execute(f"pragma user_version={len(_MIGRATIONS)}")
            connection.execute("commit")
        except BaseException:
            connection.execute("rollback")
            raise

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """A connection of one's own, each statement committed unless a transaction is begun."""
        connection = sqlite3.connect(self.path, timeout=10.0, isolation_level=None)
        try:
            connection.execute("pragma synchronous=full")
            connection.execute("pragma foreign_keys=on")
            yield connection
        finally:
            connection.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection in a transaction that is committed whole, or not at all."""
        with self.open() as connection:
            connection.execute("begin immediate")
            try:
                yield connection
            except BaseException:
                connection.execute("rollback")
                raise
            connection.execute("commit")
