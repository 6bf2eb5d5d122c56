"""A game as a file: written whole or not at all, and checked when it is read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec

from standoff.base.files import open_plain
from standoff.ensemble.storing.store import atomic_write
from standoff.ensemble.study import load
from standoff.playing.game import Game, Position, opened

__all__ = ["open_game", "read_game", "write_game"]

MOST_BYTES = 5_000_000


def write_game(path: Path, game: Game) -> None:
    """Write a game; the file before it stays until the new one is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic_write(path, msgspec.json.format(msgspec.json.encode(game), indent=2) + b"\n")


def read_game(path: Path) -> Game:
    """Read a game.

    Raises:
        ValueError: It is no game, or too large; the message names the file and what is wrong.
        OSError: It cannot be read.
    """
    with open_plain(path) as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ValueError(f"`{path}` is no game: it has more than {MOST_BYTES:,} bytes")
    try:
        return msgspec.json.decode(data, type=Game)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"`{path}` is no game that can be read: {error}") from None


def open_game(study: str | Path, path: Path) -> Position:
    """Where a game stands that was kept, on the study that it is of.

    Raises:
        ValueError: It cannot be read, or is of another study.
        StudyError: The study cannot be used.
    """
    game = read_game(path)
    return opened(replace(load(study, game.variants), held=game.held), game)
