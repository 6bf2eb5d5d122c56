"""Text files of a study: only what lies in its folder, is a plain file of bounded size, and is UTF-8."""

from __future__ import annotations

from errno import EINVAL
from pathlib import Path
from typing import BinaryIO

from standoff.base.problems import Problem, StudyError
from standoff.base.source import Source, Span

__all__ = ["MOST_BYTES", "inside", "open_plain", "read_source", "what_is_there", "whole_file"]

MOST_BYTES = 1_000_000


def inside(folder: Path, written: str, at: Span) -> Path:
    """The path of a file in the study's folder.

    Raises:
        StudyError: The path is absolute, or leads out of the folder, by `..` or through a link.
    """
    path = Path(written)
    root = folder.resolve()
    is_plain = not path.is_absolute() and "\\" not in written and "\x00" not in written and ":" not in written
    if not is_plain or not (root / path).resolve().is_relative_to(root):
        message = f"`{written}` leads out of the study's folder"
        raise StudyError([Problem("file-outside", at, message, "put the file into the folder, and name it alone")])
    return root / path


def read_source(path: Path, shown: str, at: Span | None = None, most: int = MOST_BYTES) -> Source:
    """Read a UTF-8 text file, refusing what is absent, not a plain file, too large or not text.

    Args:
        path: The file.
        shown: The path as problems should print it.
        at: Where the file is asked for; problems point there, or at the file's start.
        most: The largest size, in bytes.

    Raises:
        StudyError: One problem saying why the file cannot be used.
    """
    place = at or whole_file(shown)
    try:
        if path.exists() and not path.is_file():
            message = f"`{shown}` is not a plain file, but {what_is_there(path)}"
            raise StudyError([Problem("file-unreadable", place, message, "put a text file in its place")])
        with path.open("rb") as file:
            data = file.read(most + 1)
            size = max(len(data), path.stat().st_size)
    except FileNotFoundError:
        raise StudyError([Problem("file-missing", place, f"there is no file `{shown}`")]) from None
    except OSError as error:
        raise StudyError([Problem("file-unreadable", place, f"`{shown}` cannot be read: {error.strerror}")]) from None
    if len(data) > most:
        message = f"`{shown}` has {size:,} bytes, and at most {most:,} are read"
        advice = "shorten it, or leave out what the study does not need"
        raise StudyError([Problem("file-too-large", place, message, advice)])
    try:
        return Source(shown, data.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        raise StudyError([_not_text(data, shown, error.start)]) from None


def open_plain(path: Path) -> BinaryIO:
    """Open a file to read its bytes, but no pipe or device, which could be read for ever.

    Raises:
        OSError: There is none, it cannot be read, or something else stands in its place.
    """
    if path.exists() and not path.is_file():
        raise OSError(EINVAL, f"it is not a plain file, but {what_is_there(path)}", str(path))
    return path.open("rb")


def what_is_there(path: Path) -> str:
    """What stands in the place of a plain file."""
    kinds = ((path.is_dir(), "a folder"), (path.is_fifo(), "a pipe"), (path.is_socket(), "a socket"))
    return next((word for is_so, word in kinds if is_so), "a device")


def whole_file(shown: str) -> Span:
    """The place of a problem with a file as such."""
    return Span(Source(shown, ""), 0, 0)


def _not_text(data: bytes, shown: str, wrong: int) -> Problem:
    """Where a file stops being UTF-8, and what it seems to be."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Problem("file-unreadable", whole_file(shown), f"`{shown}` is UTF-16 text", "save it as UTF-8")
    before = data[:wrong].decode("utf-8-sig", "replace")
    line = data[wrong:].split(b"\n", 1)[0][:200].decode("utf-8", "replace")
    place = Span(Source(shown, (before + line).replace("\r\n", "\n")), 0, 0)
    start = len(before.replace("\r\n", "\n"))
    message = f"`{shown}` is not UTF-8 text: the byte 0x{data[wrong]:02X} stands here"
    return Problem("file-unreadable", Span(place.source, start, start + 1), message, "save it as UTF-8")
