"""Where runs are kept: a folder of this machine, or whatever fsspec reaches, such as a bucket of S3."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Protocol
from weakref import finalize

from standoff.base.escaping import visible
from standoff.base.files import open_plain

__all__ = ["Folder", "PassingFolder", "Place", "Remote", "atomic_write", "is_remote", "place_of"]

_PART = ".part"


class Place(Protocol):
    """Files by name; every write is whole or not at all. All methods raise OSError."""

    @property
    def shown(self) -> str:
        """As messages name it."""

    def begin(self) -> None:
        """Make it, where it is not there."""

    def clean(self) -> None:
        """Remove what killed writers left half-written."""

    def is_empty(self) -> bool:
        """Whether nothing is there, but what was left half-written."""

    def read(self, name: str) -> bytes:
        """A whole file; FileNotFoundError where there is none."""

    def write(self, name: str, data: bytes) -> None:
        """Put a file in its place, whole."""

    def below(self, name: str) -> list[str]:
        """The files below a folder in it, by their paths from there."""

    def set_aside(self, name: str) -> str:
        """Rename a file that is not what it should be; its new name."""

    def reading(self, name: str) -> AbstractContextManager[Any]:
        """A file open to be read in parts; FileNotFoundError where there is none."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of a file system, shared or not."""

    path: Path

    @property
    def shown(self) -> str:
        """Its path."""
        return visible(str(self.path))

    def begin(self) -> None:
        """Make it."""
        self.path.mkdir(parents=True, exist_ok=True)

    def clean(self) -> None:
        """Remove the files of writers that were killed."""
        for left in self.path.rglob(f".*{_PART}"):
            left.unlink(missing_ok=True)

    def is_empty(self) -> bool:
        """Whether nothing is there, but what was left half-written."""
        return not self.path.is_dir() or all(path.match(f".*{_PART}") for path in self.path.iterdir())

    def read(self, name: str) -> bytes:
        """From the disk."""
        with open_plain(self.path / name) as file:
            return file.read()

    def write(self, name: str, data: bytes) -> None:
        """Beside its place, then moved there."""
        atomic_write(self.path / name, data)

    def below(self, name: str) -> list[str]:
        """Every file."""
        root = self.path / name
        return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())

    def set_aside(self, name: str) -> str:
        """The first free name that ends with `.altered-N`."""
        aside = next(p for n in count(1) if not (p := self.path / f"{name}.altered-{n}").exists())
        (self.path / name).rename(aside)
        return aside.name

    def reading(self, name: str) -> AbstractContextManager[Any]:
        """From the disk."""
        return open_plain(self.path / name)


class PassingFolder(Folder):
    """A folder of the process's own, which goes with the last who reads it."""

    def __init__(self) -> None:
        super().__init__(Path(mkdtemp(prefix="standoff-run-")))
        finalize(self, shutil.rmtree, self.path, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Remote:
    """A place that fsspec reaches. An object is replaced as a whole; failed requests are tried again by its client."""

    url: str

    @property
    def shown(self) -> str:
        """Its address."""
        return visible(self.url)

    def begin(self) -> None:
        """Nothing: objects have no folders."""

    def clean(self) -> None:
        """Nothing: an object is there when it is whole."""

    def is_empty(self) -> bool:
        """Whether no object is below."""
        with self._files() as (files, root):
            files.invalidate_cache()
            return not files.find(root)

    def read(self, name: str) -> bytes:
        """One request, or several of a large object."""
        with self._files() as (files, root):
            data: bytes = files.cat_file(f"{root}/{name}")
        return data

    def write(self, name: str, data: bytes) -> None:
        """One request, or several of a large object, which appears when all are done."""
        with self._files() as (files, root):
            files.pipe_file(f"{root}/{name}", data)

    def below(self, name: str) -> list[str]:
        """Every object."""
        with self._files() as (files, root):
            files.invalidate_cache()
            return sorted(path.removeprefix(f"{root}/{name}/") for path in files.find(f"{root}/{name}"))

    def set_aside(self, name: str) -> str:
        """A copy under the first free name that ends with `.altered-N`."""
        with self._files() as (files, root):
            files.invalidate_cache()
            aside = next(a for n in count(1) if not files.exists(f"{root}/{(a := f'{name}.altered-{n}')}"))
            files.mv(f"{root}/{name}", f"{root}/{aside}")
        return aside.rsplit("/", 1)[-1]

    @contextmanager
    def reading(self, name: str) -> Iterator[Any]:
        """The object, of which only what is read is fetched."""
        with self._files() as (files, root), files.open(f"{root}/{name}", "rb") as file:
            yield file

    @contextmanager
    def _files(self) -> Iterator[tuple[Any, str]]:
        """The file system, one a process, and the path in it; what a store's client raises becomes an OSError."""
        try:
            import fsspec  # noqa: PLC0415 - it comes with `standoff[cluster]`

            options = _OPTIONS.get(self.url.partition("://")[0], {})
            files, root = fsspec.core.url_to_fs(self.url, **options)
        except ImportError as error:
            raise OSError(0, f"{error}: pip install 'standoff[cluster]'", self.url) from None
        except ValueError as error:
            raise OSError(0, str(error), self.url) from None
        try:
            yield files, root.rstrip("/")
        except OSError:
            raise
        except Exception as error:  # each store's client has errors of its own
            raise OSError(0, f"{type(error).__name__}: {error}", self.url) from error


# botocore's own count of tries is 5, of which a store that fails one request in ten fails one in 10^5
_OPTIONS: dict[str, dict[str, Any]] = {
    "s3": {"config_kwargs": {"retries": {"max_attempts": 12, "mode": "standard"}}},
}


def is_remote(where: object) -> bool:
    """Whether it is an address rather than a path."""
    return isinstance(where, str) and "://" in where


def place_of(where: str | Path | Place) -> Place:
    """The place of a path or an address such as `s3://bucket/run`."""
    if isinstance(where, str):
        return Remote(where.rstrip("/")) if is_remote(where) else Folder(Path(where))
    return Folder(where) if isinstance(where, Path) else where


def atomic_write(path: Path, data: bytes) -> None:
    """Write a file so that it is either whole or as it was before.

    Raises:
        OSError: It cannot be written; `filename` is `path`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}{_PART}")
    try:
        with beside.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        beside.unlink(missing_ok=True)
