"""Every text that was saved, so that one can go back to it; a file that changed meanwhile is never overwritten."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from pathlib import Path

from standoff.ensemble.storing.store import atomic_write
from standoff.workbench.keeping.database import Database

__all__ = ["ChangedError", "Save", "Saves", "digest_of"]

_MARK = b"\xef\xbb\xbf"
_MOST_UNDO = 2_000_000
_MOST_SAVES = 1000
"""Of one file; of those beyond it the oldest go."""


class ChangedError(Exception):
    """The file on the disk is not the one that was edited."""


@dataclass(frozen=True, slots=True)
class Save:
    """A text that was saved.

    Attributes:
        id: Its number.
        at: When, in UTC.
        kind: `found` before the first save, `saved`, or `kept` where the file had changed meanwhile.
        size: In characters.
    """

    id: int
    at: str
    kind: str
    size: int


class Saves:
    """The saved texts of a folder's studies; a study goes by its folder's path."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def save(self, path: Path, text: str, was: str, undo: str = "") -> str:
        """Write a file whole, and keep what it was and what it is; the digest of what it is.

        Args:
            path: The file.
            text: Its new text.
            was: The digest of the text that was edited; empty where there was no file.
            undo: What the editor needs to undo further back.

        Raises:
            ChangedError: The file is another by now; the text is kept in the history all the same.
            OSError: It cannot be written.
        """
        before = path.read_bytes() if path.exists() else b""
        there = _text(before)
        text = text.replace("\r\n", "\n")
        digest = digest_of(text)
        if (digest_of(there) if before else "") != was:
            self._keep(path, text, undo, "kept")
            raise ChangedError
        if before and self.latest(path) != was:
            self._keep(path, there, "", "found")
        self._keep(path, text, undo, "saved")
        written = text.replace("\n", "\r\n") if b"\r\n" in before else text
        mode = path.stat().st_mode if before else None
        atomic_write(path, (_MARK if before.startswith(_MARK) else b"") + written.encode())
        if mode is not None:
            path.chmod(mode)
        return digest

    def read(self, path: Path) -> tuple[str, str]:
        """A file's text and its digest; both empty where there is none.

        Raises:
            OSError: It cannot be read.
            ValueError: It is no text.
        """
        if not path.exists():
            return "", ""
        text = _text(path.read_bytes())
        return text, digest_of(text)

    def latest(self, path: Path) -> str:
        """The digest of what was saved last; empty where nothing was."""
        with self.database.open() as connection:
            row = connection.execute(
                "select digest from saves where study = ? and file = ? and kind != 'kept' order by id desc limit 1",
                _key(path),
            ).fetchone()
        return "" if row is None else str(row[0])

    def undo(self, path: Path, digest: str) -> str:
        """What the editor kept to undo, where it saved just this text; else empty."""
        with self.database.open() as connection:
            row = connection.execute(
                "select undo from saves where study = ? and file = ? and digest = ? and kind = 'saved' "
                "order by id desc limit 1", (*_key(path), digest),
            ).fetchone()  # fmt: skip
        return "" if row is None or row[0] is None else zlib.decompress(row[0]).decode()

    def history(self, path: Path) -> tuple[Save, ...]:
        """What was saved, the newest first."""
        with self.database.open() as connection:
            rows = connection.execute(
                "select id, at, kind, body from saves where study = ? and file = ? order by id desc limit 200",
                _key(path),
            ).fetchall()
        return tuple(Save(i, at, kind, len(zlib.decompress(body).decode())) for i, at, kind, body in rows)

    def text(self, path: Path, number: int) -> str | None:
        """A text that was saved of a file, or None."""
        with self.database.open() as connection:
            row = connection.execute(
                "select body from saves where study = ? and file = ? and id = ?", (*_key(path), number)
            ).fetchone()
        return None if row is None else zlib.decompress(row[0]).decode()

    def _keep(self, path: Path, text: str, undo: str, kind: str) -> None:
        packed = zlib.compress(undo.encode()) if undo and len(undo) <= _MOST_UNDO else None
        body = zlib.compress(text.encode())
        with self.database.writing() as connection:
            connection.execute(
                "insert into saves (study, file, digest, body, undo, kind) values (?, ?, ?, ?, ?, ?)",
                (*_key(path), digest_of(text), body, packed, kind),
            )
            connection.execute(
                "delete from saves where study = ? and file = ? and id not in "
                "(select id from saves where study = ? and file = ? order by id desc limit ?)",
                (*_key(path), *_key(path), _MOST_SAVES),
            )


def digest_of(text: str) -> str:
    """What tells two texts apart."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _text(data: bytes) -> str:
    try:
        return data.removeprefix(_MARK).decode().replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise ValueError(f"the file is no UTF-8 text: {error.reason}") from None


def _key(path: Path) -> tuple[str, str]:
    return str(path.parent.resolve()), path.name
