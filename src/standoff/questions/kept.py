"""Findings that are kept, so that no question is worked out twice: by the study, the question, its size and seed.

They lie in the user's cache folder beside the kernels, a file each, with a digest of its text in front. A file that
was altered or that this code did not write is as good as none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import scipy

from standoff.base.cache_folder import open_cache
from standoff.base.files import open_plain
from standoff.ensemble.storing.store import atomic_write

__all__ = ["Kept", "identified", "kept_findings"]

_FOLDER = "findings"
_MOST_BYTES = 256_000_000
_MOST_OF_ONE = 64_000_000
_ROOMS = ("analysis", "base", "ensemble", "evidence", "language", "program", "questions")
"""Packages that a figure may hang on."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Findings in a folder.

    Attributes:
        folder: Where they lie; made when the first is kept.
        fresh: Read none of them, and write them anew.
        most_bytes: Of all together; those unread for longest go first.
    """

    folder: Path
    fresh: bool = False
    most_bytes: int = _MOST_BYTES

    def read(self, key: str) -> Any:
        """What was kept under a key, as JSON; None where nothing was, or what lies there was altered."""
        if self.fresh:
            return None
        path = self._path(key)
        try:
            with open_plain(path) as file:
                digest, _, text = file.read().partition(b"\n")
            if digest != _digest(text).encode():
                return None
            path.touch()
            return msgspec.json.decode(text)
        except (OSError, ValueError, RecursionError):
            return None

    def write(self, key: str, data: Any) -> None:
        """Keep a finding; where the disk is full, or it is too large, it is not kept."""
        text = msgspec.json.encode(data)
        if len(text) > min(_MOST_OF_ONE, self.most_bytes):
            return
        try:
            atomic_write(self._path(key), _digest(text).encode() + b"\n" + text)
            self._make_room()
        except OSError:
            return

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.json"

    def _make_room(self) -> None:
        """Remove what was not read for longest."""
        files = sorted(((path.stat(), path) for path in self.folder.iterdir()), key=lambda one: one[0].st_mtime)
        total = sum(stat.st_size for stat, _ in files)
        for stat, path in files:
            if total <= self.most_bytes:
                return
            path.unlink(missing_ok=True)
            total -= stat.st_size


def kept_findings(*, fresh: bool = False) -> Kept | None:
    """The user's kept findings; None where there is no folder that only the user may write to."""
    cache_of_kernels = open_cache()
    return None if cache_of_kernels.lacking else Kept(cache_of_kernels.folder / _FOLDER, fresh)


def identified(texts: Mapping[str, str], *parts: object) -> str:
    """A key: of the text of a study's files, whatever else a finding hangs on, and the code that finds it."""
    state = hashlib.blake2b(repr((_code(), sorted(texts.items()), *parts)).encode(), digest_size=20)
    return state.hexdigest()


@cache
def _code() -> str:
    """Identifies what works findings out: any change of the code may change a figure."""
    home = Path(__file__).parents[1]
    state = hashlib.blake2b(f"{np.__version__} {scipy.__version__}".encode(), digest_size=16)
    for room in _ROOMS:
        for path in sorted((home / room).rglob("*.py")):
            state.update(f"\n{path.relative_to(home)}\n".encode())
            state.update(path.read_bytes())
    return state.hexdigest()


def _digest(text: bytes) -> str:
    return hashlib.blake2b(text, digest_size=16).hexdigest()
