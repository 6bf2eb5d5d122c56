"""The folder where things are kept between commands: the user's own, that nobody else may write to."""

from __future__ import annotations

import atexit
import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["Cache", "CacheError", "cache_folder", "open_cache"]


class CacheError(OSError):
    """A folder cannot be used to keep things; the message says why."""


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder to keep things in, and why it is not the lasting one, where it is not."""

    folder: Path
    lacking: str = ""


def cache_folder() -> Path:
    """Where things are kept: `STANDOFF_CACHE`, or the user's cache folder.

    Raises:
        CacheError: The user has no home.
    """
    chosen = os.environ.get("STANDOFF_CACHE")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME") or (os.environ.get("LOCALAPPDATA") if os.name == "nt" else None)
    try:
        return Path(base or Path.home() / ".cache") / "standoff"
    except RuntimeError as error:
        raise CacheError(f"{error}; set STANDOFF_CACHE to a folder") from None


def open_cache(folder: Path | None = None) -> Cache:
    """The cache in a folder, by default the user's; else one that is the process's own and goes with it."""
    try:
        chosen = folder or cache_folder()
        _claim(chosen)
    except OSError as error:
        said = str(error) if isinstance(error, CacheError) else f"`{error.filename}`: {error.strerror}"
        return Cache(_own_folder(), said)
    return Cache(chosen)


def _claim(folder: Path) -> None:
    """Insist that a folder is the user's own and can be written to.

    Raises:
        OSError: It is not, or cannot.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = folder.stat()
    if hasattr(os, "geteuid") and found.st_uid != os.geteuid():
        raise CacheError(f"`{folder}` belongs to somebody else; set STANDOFF_CACHE to a folder of your own")
    if os.name == "posix" and found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise CacheError(f"others may write to `{folder}`; close it with `chmod -R go-w`")
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(folder)) from None


@cache
def _own_folder() -> Path:
    """A folder that only this process's user may read, removed at its end."""
    folder = Path(tempfile.mkdtemp(prefix="standoff-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
