"""Where kernels are kept: a folder that is the user's own, with the digest of every compiled file beside it.

Numba loads what it finds in a folder as code. So a folder that somebody else may write to is not used, a module's
source is what was generated now and never what lies there, and a compiled file counts only where its digest is the
one that was noted when it was written.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import shutil
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["Cache", "CacheError", "cache_folder", "open_cache"]


class CacheError(OSError):
    """A folder cannot be used to keep kernels; the message says why."""


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder to keep kernels in, and why it is not the lasting one, where it is not."""

    folder: Path
    lacking: str = ""

    def has(self, stem: str) -> bool:
        """Whether a module is compiled here, as it was written."""
        found = self._compiled(stem)
        return any(name.endswith(".nbc") for name in found) and found == self._noted(stem)

    def source(self, stem: str, text: str) -> Path:
        """The file of a module, which holds this text; compiled files that were altered are removed."""
        path = self.folder / f"{stem}.py"
        if _read(path) != text.encode():
            _write(path, text.encode())
        noted = self._noted(stem)
        for name, digest in self._compiled(stem).items():
            if noted.get(name) != digest:
                (self.folder / "__pycache__" / name).unlink(missing_ok=True)
        return path

    def note(self, stem: str) -> None:
        """Write down the digests of a module's compiled files."""
        found = self._compiled(stem)
        if found != self._noted(stem):
            _write(self.folder / f"{stem}.json", json.dumps(found, indent=1, sort_keys=True).encode())

    def spend(self, stem: str, seconds: float) -> float:
        """Add to what was spent for the want of a module; all of it by now."""
        path = self.folder / f"{stem}.spent"
        try:
            spent = max(0.0, float(_read(path) or 0.0)) + seconds
        except ValueError:
            spent = seconds
        with suppress(OSError):  # of a full disk: then each run counts for itself
            _write(path, repr(spent).encode())
        return spent

    def _compiled(self, stem: str) -> dict[str, str]:
        files = sorted((self.folder / "__pycache__").glob(f"{stem}.*.nb[ci]"))
        return {path.name: hashlib.blake2b(_read(path) or b"", digest_size=16).hexdigest() for path in files}

    def _noted(self, stem: str) -> dict[str, str]:
        try:
            noted = json.loads(_read(self.folder / f"{stem}.json") or b"{}")
        except (ValueError, RecursionError):
            return {}
        return noted if isinstance(noted, dict) else {}


def cache_folder() -> Path:
    """Where kernels are kept: `STANDOFF_CACHE`, or the user's cache folder.

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
    for place in (folder, folder / "__pycache__"):
        place.mkdir(exist_ok=True, mode=0o700)
        found = place.stat()
        if hasattr(os, "geteuid") and found.st_uid != os.geteuid():
            raise CacheError(f"`{place}` belongs to somebody else; set STANDOFF_CACHE to a folder of your own")
        if os.name == "posix" and found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise CacheError(f"others may write to `{place}`; close it with `chmod -R go-w`")
        try:
            with tempfile.TemporaryFile(dir=place):
                pass
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(place)) from None


@cache
def _own_folder() -> Path:
    """A folder that only this process's user may read, removed at its end."""
    folder = Path(tempfile.mkdtemp(prefix="standoff-"))
    (folder / "__pycache__").mkdir(mode=0o700)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _write(path: Path, data: bytes) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    beside.write_bytes(data)
    beside.chmod(0o600)
    beside.replace(path)
