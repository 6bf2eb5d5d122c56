"""Figures that stay in a run's shards: a row, of one measure, is read when it is asked for."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from standoff.ensemble.storing.place import Place

if TYPE_CHECKING:
    from standoff.ensemble.storing.pieces import Piece

__all__ = ["StoredRows", "values_of"]

Floats = npt.NDArray[np.float64]
_HELD = 96 << 20  # bytes of rows, or one row: large runs have their program, worlds and counts in memory beside


@dataclass(frozen=True, slots=True, eq=False)
class StoredRows:
    """An array (measures, profiles, worlds) of which a few measures are in memory at a time.

    Attributes:
        place: Of the run.
        pieces: Its shards, in the order of profiles and then worlds.
        columns: Of each measure in the shards.
        shape: Of the whole.
    """

    place: Place
    pieces: tuple[tuple[Piece, str], ...]
    columns: tuple[str, ...]
    shape: tuple[int, int, int]
    held: OrderedDict[int, Floats] = field(default_factory=OrderedDict, repr=False)
    lock: Any = field(default_factory=Lock, repr=False)

    def __len__(self) -> int:
        return len(self.columns)

    def __iter__(self) -> Iterator[Floats]:
        """Every row once, of which none is held any longer than it is looked at."""
        return (self._read(row) for row in range(len(self)))

    def __getitem__(self, key: Any) -> Floats:
        """A row, a part of one, or whatever NumPy makes of rows."""
        if isinstance(key, (int, np.integer)):
            return self._row(range(len(self))[int(key)])
        if isinstance(key, tuple) and isinstance(key[0], (int, np.integer)):
            part: Floats = self[key[0]][key[1:]]
            return part
        first, rest = (key[0], key[1:]) if isinstance(key, tuple) else (key, ())
        rows: Sequence[int] = np.arange(len(self))[first].tolist()
        return np.stack([self[row][rest] for row in rows])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Floats:
        return np.stack(list(self)).astype(dtype or np.float64, copy=False)

    def _row(self, row: int) -> Floats:
        with self.lock:
            if row in self.held:
                self.held.move_to_end(row)
                return self.held[row]
        values = self._read(row)
        with self.lock:
            self.held[row] = values
            while len(self.held) > 1 and len(self.held) * values.nbytes > _HELD:
                self.held.popitem(last=False)
        return values

    def _read(self, row: int) -> Floats:
        values = np.empty(self.shape[1:])
        for piece, name in self.pieces:
            here = values[slice(*piece.profiles), slice(*piece.worlds)]
            with self.place.reading(name) as file:
                table = pq.ParquetFile(file).read(columns=[self.columns[row]], use_threads=False)
            here[:] = values_of(table.column(0)).reshape(here.shape)
        values.flags.writeable = False
        return values


def values_of(column: pa.ChunkedArray) -> npt.NDArray[Any]:
    """A column of numbers, NaN where there is none; without a copy where that can be.

    Arrow's own `to_numpy` imports pandas, which takes as long as reading a run.
    """
    array = column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)
    values: npt.NDArray[Any] = np.from_dlpack(array.fill_null(math.nan) if array.null_count else array)
    return values
