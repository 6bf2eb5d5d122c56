"""The table of worlds as futures read it: whole for the kernel, lane by lane for the reference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Table", "WorldColumns"]

Floats = npt.NDArray[np.float64]


class Table:
    """Columns of one length as one array, made once for a run.

    Args:
        names: Columns in order.
        columns: Each one's numbers.
    """

    def __init__(self, names: tuple[str, ...], columns: Mapping[str, Floats]) -> None:
        self.names = names
        self.columns = columns
        rows = [np.asarray(columns[name], dtype=np.float64) for name in names]
        self.array: Floats = np.ascontiguousarray(np.stack(rows)) if rows else np.empty((0, 1))
        self.is_finite = bool(np.isfinite(self.array).all())


@dataclass(frozen=True, slots=True)
class WorldColumns(Mapping[str, Floats]):
    """A table read at each future's world; a column is gathered when it is asked for."""

    table: Table
    worlds: npt.NDArray[np.int64]

    def __getitem__(self, name: str) -> Floats:
        return np.asarray(self.table.columns[name])[self.worlds]

    def __iter__(self) -> Iterator[str]:
        return iter(self.table.columns)

    def __len__(self) -> int:
        return len(self.table.columns)
