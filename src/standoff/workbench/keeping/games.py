"""Games that are under way: a choice that was acknowledged is on the disk."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from dataclasses import dataclass

import msgspec

from standoff.playing.game import Game, Turn, read_injected
from standoff.workbench.keeping.database import Database

__all__ = ["Games", "Seat", "Table"]

_FACILITATOR = ""


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
        study: Its folder, below the one of the database where it is kept.
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


class Games:
    """The games of one folder."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @staticmethod
    def new_name() -> str:
        """A name that no game has."""
        return secrets.token_hex(6)

    def count(self) -> int:
        """How many there are."""
        with self.database.open() as connection:
            return int(connection.execute("select count(*) from games").fetchone()[0])

    def begin(self, name: str, study: str, game: Game) -> dict[str, str]:
        """Keep a new game; for each seat the secret of its link, which is kept nowhere."""
        links = {seat: secrets.token_urlsafe(18) for seat in game.seats}
        with self.database.writing() as connection:
            connection.execute("insert into games (id, study, game) values (?, ?, ?)", (name, study, _packed(game)))
            for actor, secret in links.items():
                connection.execute("insert into seats values (?, ?, ?)", (_hash(secret), name, actor))
        return links

    def seat(self, secret: str) -> Seat | None:
        """Whose link has this secret."""
        with self.database.open() as connection:
            row = connection.execute("select game, actor from seats where hash = ?", (_hash(secret),)).fetchone()
        return None if row is None else Seat(*row)

    def games(self) -> tuple[Table, ...]:
        """All games, the newest first."""
        with self.database.open() as connection:
            names = connection.execute("select id from games order by begun desc, rowid desc limit 200").fetchall()
        return tuple(table for (name,) in names if (table := self.table(name)) is not None)

    def table(self, name: str) -> Table | None:
        """A game as it stands, or None."""
        with self.database.open() as connection:
            return _table(connection, name)

    def choose(self, name: str, step: int, actor: str, choices: dict[str, str]) -> bool:
        """Keep what a seat chose in a step, and take the step where it was the last to choose.

        False where that step is over, or the seat has chosen in it already.
        """
        with self.database.writing() as connection:
            table = _table(connection, name)
            if table is None or len(table.game.turns) != step or actor in table.chosen:
                return False
            connection.execute("insert into chosen values (?, ?, ?, ?)", (name, step, actor, _packed(choices)))
            own = {**table.chosen, actor: choices}
            if set(own) >= set(table.game.seats):
                taken = {family: option for of in own.values() for family, option in of.items()}
                turn = Turn(taken, {thing: read_injected(text) for thing, text in table.injected.items()})
                after = msgspec.structs.replace(table.game, turns=(*table.game.turns, turn))
                connection.execute("update games set game = ? where id = ?", (_packed(after), name))
        return True

    def inject(self, name: str, step: int, injected: dict[str, str]) -> None:
        """Keep what the facilitator sets in a step; what was set in it before is forgotten."""
        with self.database.open() as connection:
            connection.execute(
                "insert or replace into chosen values (?, ?, ?, ?)", (name, step, _FACILITATOR, _packed(injected))
            )

    def back(self, name: str, step: int) -> None:
        """Go back to before a step; what was chosen from it on is forgotten."""
        with self.database.writing() as connection:
            row = connection.execute("select game from games where id = ?", (name,)).fetchone()
            if row is not None:
                game = msgspec.json.decode(row[0], type=Game)
                game = msgspec.structs.replace(game, turns=game.turns[:step])
                connection.execute("update games set game = ? where id = ?", (_packed(game), name))
                connection.execute("delete from chosen where game = ? and step >= ?", (name, step))

    def mark(self, name: str, *, paused: bool | None = None, revealed: bool | None = None) -> None:
        """Pause a game or let it go on; show its players everything, or not."""
        with self.database.open() as connection:
            for column, value in (("paused", paused), ("revealed", revealed)):
                if value is not None:
                    connection.execute(f"update games set {column} = ? where id = ?", (int(value), name))


def _table(connection: sqlite3.Connection, name: str) -> Table | None:
    row = connection.execute("select study, game, paused, revealed from games where id = ?", (name,)).fetchone()
    if row is None:
        return None
    game = msgspec.json.decode(row[1], type=Game)
    chosen = connection.execute(
        "select actor, choices from chosen where game = ? and step = ?", (name, len(game.turns))
    ).fetchall()
    own = {actor: msgspec.json.decode(choices, type=dict[str, str]) for actor, choices in chosen}
    injected = own.pop(_FACILITATOR, {})
    return Table(name, row[0], game, own, injected=injected, paused=bool(row[2]), revealed=bool(row[3]))


def _packed(value: Game | dict[str, str]) -> bytes:
    return msgspec.json.encode(value)


def _hash(secret: str) -> str:
    return hashlib.blake2b(secret.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
