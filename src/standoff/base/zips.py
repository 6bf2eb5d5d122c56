"""Zip archives of strangers: bounded in entries and in what they unpack to, and read in memory only."""

from __future__ import annotations

import io
import zipfile
import zlib

__all__ = ["Zip"]

_MOST_ENTRIES = 5_000
_MOST_BYTES = 100_000_000


class Zip:
    """An archive whose entries are read one by one, all together no more than 100 MB.

    Raises:
        ValueError: It is no zip archive, or holds too much.
    """

    def __init__(self, data: bytes) -> None:
        try:
            self._file = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise ValueError(f"it is no sound zip archive: {error}") from None
        entries = self._file.infolist()
        if len(entries) > _MOST_ENTRIES:
            raise ValueError(f"it holds {len(entries):,} files, and at most {_MOST_ENTRIES:,} are read")
        self.names = tuple(entry.filename for entry in entries)
        self._left = _MOST_BYTES

    def read(self, name: str) -> bytes:
        """An entry's bytes.

        Raises:
            ValueError: It is not there, is broken, or too much has been unpacked already.
        """
        try:
            with self._file.open(name) as entry:
                data = entry.read(self._left + 1)
        except KeyError:
            raise ValueError(f"it lacks `{name}`") from None
        except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, EOFError) as error:
            raise ValueError(f"`{name}` in it cannot be unpacked: {error}") from None
        if len(data) > self._left:
            raise ValueError(f"it unpacks to more than {_MOST_BYTES:,} bytes")
        self._left -= len(data)
        return data
