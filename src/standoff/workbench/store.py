"""Games that are under way, kept in SQLite: a choice that was acknowledged is on the disk.

Reference:
    SQLite's write-ahead log, with `synchronous=FULL`: a commit survives the loss of the process and of the machine.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from standoff.playing.game import Game, Turn

__all__ = ["Seat", "Store", "Table"]

_VERSION = 1
_FACILITATOR = ""
_SCHEMA = """
create table games (
    id text primary key, study text not null, game blob not null, paused integer not null default 0,
    revealed integer not null default 0, begun text not null default (datetime('now'))
);
create table seats (hash text primary key, game text not null references games, actor text not null);
create table chosen (
    game text not null references games, step integer not null, actor text not null, choices blob not null,
    primary key (game, step, actor)
);
"""


@dataclass(frozen=True, slots=True)
class Seat:
    """Whose link it is: the game and the actor."""

    game: str
    actor: str


@dataclass(frozen=True, slots=True)
class Table:
    """A game with what stands around it.

    Attributes:
        id: Its name in addresses.
        study: As `standoff.load` takes it.
        game: The game so far.
        chosen: By actor, what has been chosen in the step that is open.
        injected: What the facilitator has set for it.
        paused, revealed: By the facilitator.
    """

    id: str
    study: str
    game: Game
    chosen: dict[str, dict[str, str]]
    injected: dict[str, str]
    paused: bool
    revealed: bool


class Store:
    """The games of one folder.

    Args:
        path: The database; it is made where there is none.

    Raises:
        ValueError: It is of another version of Standoff, or no database.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        try:
            with self._open() as connection:
                (version,) = connection.execute("pragma user_version").fetchone()
                if version == 0:
                    connection.executescript(f"begin; {_SCHEMA} pragma user_version = {_VERSION}; commit;")
                elif version != _VERSION:
                    raise ValueError(f"`{path}` was made by another version of Standoff: move it away")
                (sound,) = connection.execute("pragma quick_check").fetchone()
                if sound != "ok":
                    raise ValueError(f"`{path}` is damaged: {sound}; move it away")
        except sqlite3.DatabaseError as error:
            raise ValueError(f"`{path}` is no database of games: {error}; move it away") from None

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A connection with one transaction, committed at the end."""
        connection = sqlite3.connect(self.path, timeout=30.0, isolation_level=None)
        try:
            connection.execute("pragma journal_mode = wal")
            connection.execute("pragma synchronous = full")
            connection.execute("pragma foreign_keys = on")
            yield connection
        finally:
            connection.close()

    def begin(self, study: str, game: Game) -> tuple[str, dict[str, str]]:
        """Keep a new game; its name, and for each seat the secret of its link, which is kept nowhere."""
        name = secrets.token_hex(6)
        links = {seat: secrets.token_urlsafe(18) for seat in game.seats}
        with self._open() as connection:
            connection.execute("begin immediate")
            connection.execute("insert into games (id, study, game) values (?, ?, ?)", (name, study, _packed(game)))
            for actor, secret in links.items():
                connection.execute("insert into seats values (?, ?, ?)", (_hash(secret), name, actor))
            connection.execute("commit")
        return name, links

    def seat(self, secret: str) -> Seat | None:
        """Whose link has this secret."""
        with self._open() as connection:
            row = connection.execute("select game, actor from seats where hash = ?", (_hash(secret),)).fetchone()
        return None if row is None else Seat(*row)

    def games(self) -> tuple[Table, ...]:
        """All games, the newest first."""
        with self._open() as connection:
            names = connection.execute("select id from games order by begun desc, rowid desc limit 200").fetchall()
        return tuple(table for (name,) in names if (table := self.table(name)) is not None)

    def table(self, name: str) -> Table | None:
        """A game as it stands, or None."""
        with self._open() as connection:
            row = connection.execute("select study, game, paused, revealed from games where id = ?", (name,)).fetchone()
            if row is None:
                return None
            game = msgspec.json.decode(row[1], type=Game)
            chosen = connection.execute(
                "select actor, choices from chosen where game = ? and step = ?", (name, len(game.turns))
            ).fetchall()
        own = {actor: msgspec.json.decode(choices, type=dict[str, str]) for actor, choices in chosen}
        injected = own.pop(_FACILITATOR, {})
        return Table(name, row[0], game, own, injected, bool(row[2]), bool(row[3]))

    def choose(self, name: str, step: int, actor: str, choices: dict[str, str]) -> bool:
        """Keep what a seat chose in a step; False where that step is over or it has chosen already."""
        with self._open() as connection:
            connection.execute("begin immediate")
            row = connection.execute("select game from games where id = ?", (name,)).fetchone()
            is_open = row is not None and len(msgspec.json.decode(row[0], type=Game).turns) == step
            kept = is_open and connection.execute(
                "insert or ignore into chosen values (?, ?, ?, ?)", (name, step, actor, _packed(choices))
            ).rowcount == 1  # fmt: skip
            connection.execute("commit")
        return bool(kept)

    def inject(self, name: str, step: int, injected: dict[str, str]) -> None:
        """Keep what the facilitator sets in a step; what was set in it before is forgotten."""
        with self._open() as connection:
            connection.execute(
                "insert or replace into chosen values (?, ?, ?, ?)", (name, step, _FACILITATOR, _packed(injected))
            )

    def advance(self, name: str, step: int, turn: Turn) -> bool:
        """Take a step with all that was chosen; False where somebody took it before."""
        with self._open() as connection:
            connection.execute("begin immediate")
            row = connection.execute("select game from games where id = ?", (name,)).fetchone()
            game = None if row is None else msgspec.json.decode(row[0], type=Game)
            is_next = game is not None and len(game.turns) == step
            if game is not None and is_next:
                after = msgspec.structs.replace(game, turns=(*game.turns, turn))
                connection.execute("update games set game = ? where id = ?", (_packed(after), name))
            connection.execute("commit")
        return is_next

    def back(self, name: str, step: int) -> None:
        """Go back to before a step; what was chosen from it on is forgotten."""
        with self._open() as connection:
            connection.execute("begin immediate")
            row = connection.execute("select game from games where id = ?", (name,)).fetchone()
            if row is not None:
                game = msgspec.json.decode(row[0], type=Game)
                game = msgspec.structs.replace(game, turns=game.turns[:step])
                connection.execute("update games set game = ? where id = ?", (_packed(game), name))
                connection.execute("delete from chosen where game = ? and step >= ?", (name, step))
            connection.execute("commit")

    def mark(self, name: str, *, paused: bool | None = None, revealed: bool | None = None) -> None:
        """Pause a game or let it go on; show its players everything, or not."""
        with self._open() as connection:
            for column, value in (("paused", paused), ("revealed", revealed)):
                if value is not None:
                    connection.execute(f"update games set {column} = ? where id = ?", (int(value), name))


def _packed(value: Game | dict[str, str]) -> bytes:
    return msgspec.json.encode(value)


def _hash(secret: str) -> str:
    return hashlib.blake2b(secret.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
