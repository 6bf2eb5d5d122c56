"""A shard: the ensemble of a piece of a design as a Parquet file; several put together."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from standoff.base.escaping import visible
from standoff.ensemble.design import Design
from standoff.ensemble.ensemble import Diagnostics, Ensemble, FaultCount
from standoff.ensemble.folding.spreads import Spreads, Wanted
from standoff.ensemble.storing.manifest import MANIFEST
from standoff.ensemble.storing.pieces import Piece
from standoff.ensemble.storing.place import Place
from standoff.ensemble.storing.rows import StoredRows, values_of
from standoff.program.program import Program

__all__ = [
    "ShardError",
    "Whole",
    "blank",
    "column_names",
    "pack_shard",
    "read_columns",
    "table_bytes",
    "unpack_shard",
    "with_nulls",
]


def pack_shard(part: Ensemble) -> bytes:
    """One row per profile and world; diagnostics and histograms (per profile) stand in the file's metadata."""
    table: dict[str, Any] = {"count": part.counts.ravel()}
    notes = {"diagnostics": json.dumps(asdict(part.diagnostics)), "part": json.dumps(_part(part.design))}
    for row, (kind, measure) in enumerate(part.measures):
        for label, values in (("mean", part.means), ("error", part.errors), ("half", part.halves)):
            table[f"{kind} {measure} {label}"] = values[row].ravel()
    table |= {f"outcome {measure} present": values.ravel() for measure, values in part.present.items()}
    table |= {label: part.spreads.quantiles[i].ravel() for label, i in _quantiles(part.program, part.spreads.wanted)}
    if part.spreads.counts:
        notes["histograms"] = json.dumps([counts.tolist() for counts in part.spreads.counts])
    return table_bytes(table, notes)


def unpack_shard(
    data: bytes, program: Program, piece: Design, wanted: Wanted, *, into: Arrays | None = None
) -> Ensemble:  # fmt: skip
    """The ensemble that was packed, in arrays of its own or in those given, of `blank`.

    Raises:
        ShardError: It is no shard of this program, design and treatment of ends; what was given is then half filled.
    """
    shape = (piece.profiles.shape[0], piece.worlds.size)
    kinds = {f"{kind} {measure} {label}": pa.float64() for kind, measure in program.measures for label in _FIGURES}
    first = [m.name for m in program.measured if m.first is not None]
    kinds |= {f"outcome {name} present": pa.float64() for name in first}
    kinds |= {label: pa.float64() for label, _ in _quantiles(program, wanted)}
    notes: dict[bytes, bytes] = {}
    table = read_columns(data, {**kinds, "count": None}, shape[0] * shape[1], notes=notes, open_to=kinds)
    diagnostics, histograms = _notes(notes, piece)
    if [len(counted) for counted in histograms] != [shape[0]] * len(wanted.bins):
        raise ShardError("holds other histograms")
    counts = tuple(np.array(counted, dtype=np.int64) for counted in histograms)
    if any(c.shape != (shape[0], len(b.edges) + 1) for c, b in zip(counts, wanted.bins, strict=True)):
        raise ShardError("holds histograms with other bins")
    arrays = blank(program, piece, wanted, tuple(_FIGURES.values())) if into is None else into
    counted = table["count"].reshape(shape)
    if counted.min() < 0 or counted.max() > piece.replications:
        raise ShardError(f"counts more than the {piece.replications} replications of the run")
    arrays["counts"][:] = counted
    is_sound = counted > 0
    for row, (kind, name) in enumerate(program.measures):
        for label, figure in _FIGURES.items():
            arrays[figure][row] = table[f"{kind} {name} {label}"].reshape(shape)
        # a sound future has every figure but a first date
        if (kind == "payoff" or name not in first) and np.any(np.isnan(arrays["means"][row]) & is_sound):
            raise ShardError("has gaps")
    for name in first:
        arrays[f"present {name}"][:] = table[f"outcome {name} present"].reshape(shape)
    for label, i in _quantiles(program, wanted):
        arrays["quantiles"][i] = table[label].reshape(shape)
    return _ensemble(program, piece, arrays, diagnostics, spreads=Spreads(wanted, arrays["quantiles"], counts))


class ShardError(ValueError):
    """What is wrong with a stored table, in words that follow its name."""


def column_names(data: bytes) -> list[str]:
    """The columns of a Parquet file.

    Raises:
        ShardError: It is none.
    """
    try:
        return list(pq.read_schema(pa.BufferReader(data)).names)
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        raise ShardError("is no Parquet file") from error


def read_columns(
    data: bytes,
    kinds: Mapping[str, pa.DataType | None],
    n_rows: int,
    passed: Mapping[str, pa.DataType] | None = None,
    *,
    notes: dict[bytes, bytes] | None = None,
    open_to: Container[str] = (),
) -> dict[str, Any]:
    """The columns of a Parquet file, looked at before they are read.

    Args:
        data: The file.
        kinds: Every column and its type; None is any whole number.
        n_rows: How many rows there must be.
        passed: Columns that may stand there too and are not read.
        notes: Filled with the file's own metadata.
        open_to: Columns of numbers that may have nulls, which are read as NaN.

    Raises:
        ShardError: It is no Parquet file, or has other columns, types, or rows, or gaps.
    """
    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        schema = file.schema_arrow
        if file.metadata.num_rows != n_rows:
            raise ShardError(f"has {file.metadata.num_rows:,} rows, where the run has {n_rows:,}")
        if len(set(schema.names)) < len(schema.names) or set(schema.names) - set(passed or ()) != set(kinds):
            raise ShardError("has other columns than the study's run")
        for name, kind in kinds.items():
            found = schema.field(name).type
            if found != kind if kind is not None else not pa.types.is_integer(found):
                raise ShardError(f"holds `{visible(name, 60)}` as {found}")
        table = file.read(columns=list(kinds), use_threads=False)  # shards are read side by side
    except ShardError:
        raise
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        raise ShardError("is no Parquet file, or was damaged") from error
    if any(table[name].null_count for name in kinds if name not in open_to):
        raise ShardError("has gaps")
    if notes is not None:
        notes.update(schema.metadata or {})
    return {name: values_of(table[name]) for name in kinds}


_FIGURES = {"mean": "means", "error": "errors", "half": "halves"}


def _part(design: Design) -> dict[str, Any]:
    """What a shard was run as."""
    cells = hashlib.blake2b(design.profiles.tobytes() + design.worlds.streams.tobytes(), digest_size=8)
    return {"replications": design.replications, "seed": design.seed, "realised": design.realised,
            "profiles and worlds": cells.hexdigest()}  # fmt: skip


def _notes(notes: Mapping[bytes, bytes], piece: Design) -> tuple[Diagnostics, list[list[list[int]]]]:
    """Diagnostics and histograms, where they belong to this part of the run."""
    try:
        diagnostics = msgspec.json.decode(notes[b"diagnostics"], type=Diagnostics)
        histograms = msgspec.json.decode(notes.get(b"histograms", b"[]"), type=list[list[list[int]]])
        part = msgspec.json.decode(notes.get(b"part", b"{}"), type=dict[str, Any])
    except KeyError:
        raise ShardError("has no diagnostics") from None
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise ShardError(f"has damaged notes ({visible(str(error), 200)})") from None
    for key, asked in _part(piece).items():
        if key in part and part[key] != asked:
            words = "" if key == "profiles and worlds" else f": {visible(str(part[key]), 40)}, not {asked}"
            raise ShardError(f"was run with another `{key}` than {MANIFEST} says{words}")
    return diagnostics, histograms


Arrays = Mapping[str, npt.NDArray[Any]]
"""Every array of an ensemble that ends with the axes (profiles, worlds), by name."""


def blank(program: Program, design: Design, wanted: Wanted, figures: Sequence[str] = ()) -> Arrays:
    """Arrays for an ensemble, to be filled; of means, errors and halves those that are named."""
    shape, n_measures = (design.profiles.shape[0], design.worlds.size), len(program.measures)
    arrays = {name: np.empty((n_measures, *shape)) for name in figures}
    if wanted.futures:
        arrays["futures"] = np.empty((design.replications, n_measures, *shape))
    arrays |= {f"present {m.name}": np.empty(shape) for m in program.measured if m.first is not None}
    return arrays | {
        "counts": np.empty(shape, dtype=np.int32), "quantiles": np.empty((len(wanted.levels), n_measures, *shape)),
    }  # fmt: skip


class Whole:
    """An ensemble that is put together of pieces, each written to its place at once, so that nothing is held twice.

    Pieces may be taken in any order and from any thread. Means, errors and halves are left in the shards of a `place`
    where one is given, and read from there a measure at a time.
    """

    def __init__(self, program: Program, design: Design, wanted: Wanted, place: Place | None = None) -> None:
        self.program = program
        self.design = design
        self.wanted = wanted
        self.place = place
        self._arrays = blank(program, design, wanted, () if place is not None else tuple(_FIGURES.values()))
        self._parts: dict[Piece, _Part] = {}

    def unpack(self, data: bytes, piece: Piece) -> None:
        """Take a packed shard.

        Raises:
            ShardError: It is none of this piece, which is then still to be had.
        """
        own, here = (self.program, piece.design(self.design), self.wanted), self._place(piece)
        if self.place is not None:
            self.take(piece, unpack_shard(data, *own))
        else:
            self._keep(piece, unpack_shard(data, *own, into=here))

    def take(self, piece: Piece, part: Ensemble) -> None:
        """Take a piece that was run."""
        place = self._place(piece)
        for name, values in (("means", part.means), ("errors", part.errors), ("halves", part.halves),
                             ("counts", part.counts), ("quantiles", part.spreads.quantiles)):  # fmt: skip
            if name in place:
                place[name][:] = values
        if part.spreads.futures is not None:
            place["futures"][:] = np.moveaxis(part.spreads.futures, -1, 0)
        for name, values in part.present.items():
            place[f"present {name}"][:] = values
        self._keep(piece, part)

    def ensemble(self) -> Ensemble:
        """All of it, once every piece was taken."""
        parts = sorted(self._parts.items(), key=lambda one: (one[0].profiles, one[0].worlds))
        rows: dict[tuple[int, int], list[_Part]] = {}
        for piece, part in parts:
            rows.setdefault(piece.profiles, []).append(part)
        histograms = (
            np.concatenate([sum(part.counts[i] for part in row) for row in rows.values()])
            for i in range(len(self.wanted.bins))
        )
        futures = np.moveaxis(self._arrays["futures"], 0, -1) if self.wanted.futures else None
        spreads = Spreads(self.wanted, self._arrays["quantiles"], tuple(histograms), futures)
        arrays = {**self._arrays, **({} if self.place is None else self._stored(self.place))}
        return _ensemble(self.program, self.design, arrays, _merged(parts), spreads=spreads)

    def _stored(self, place: Place) -> dict[str, Any]:
        measures, (n_profiles, n_worlds) = self.program.measures, self._arrays["counts"].shape
        ordered = sorted(self._parts, key=lambda piece: (piece.profiles, piece.worlds))
        shards = tuple((piece, piece.name(n_worlds)) for piece in ordered)
        return {
            figure: StoredRows(
                place, shards, tuple(f"{kind} {name} {label}" for kind, name in measures),
                (len(measures), n_profiles, n_worlds),
            )
            for label, figure in _FIGURES.items()
        }  # fmt: skip

    def _place(self, piece: Piece) -> Arrays:
        profiles, worlds = slice(*piece.profiles), slice(*piece.worlds)
        return {name: values[..., profiles, worlds] for name, values in self._arrays.items()}

    def _keep(self, piece: Piece, part: Ensemble) -> None:
        self._parts[piece] = _Part(part.diagnostics, part.design.n_futures, part.spreads.counts)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """What is kept of a piece besides its arrays."""

    diagnostics: Diagnostics
    n_futures: int
    counts: tuple[npt.NDArray[np.int64], ...]


def _ensemble(
    program: Program, design: Design, arrays: Arrays, diagnostics: Diagnostics, *, spreads: Spreads
) -> Ensemble:  # fmt: skip
    present = {m.name: arrays[f"present {m.name}"] for m in program.measured if m.first is not None}
    return Ensemble(
        program, design, arrays["means"], arrays["errors"], halves=arrays["halves"], counts=arrays["counts"],
        present=present, diagnostics=diagnostics,
        spreads=spreads,
    )  # fmt: skip


def table_bytes(columns: Mapping[str, npt.NDArray[Any] | Sequence[str]], notes: Mapping[str, str] = {}) -> bytes:
    """Columns of numbers and words as a Parquet file, with nulls for numbers that are not there."""
    table = pa.Table.from_arrays([_column(values) for values in columns.values()], names=list(columns))
    sink = pa.BufferOutputStream()
    # figures are never alike, so that a dictionary of them, and more than LZ4, costs ten times the time for nothing
    pq.write_table(table.replace_schema_metadata(dict(notes)), sink, compression="lz4", use_dictionary=False)
    data: bytes = sink.getvalue().to_pybytes()
    return data


def _column(values: npt.NDArray[Any] | Sequence[str]) -> pa.Array:
    """A column over the bytes of an array; Arrow's own `array` imports pandas."""
    if not isinstance(values, np.ndarray):
        words = [word.encode() for word in values]
        ends = np.cumsum([0, *map(len, words)], dtype=np.int32)
        return pa.StringArray.from_buffers(len(words), pa.py_buffer(ends), pa.py_buffer(b"".join(words)))
    there = None if values.dtype.kind != "f" else ~np.isnan(values)
    present = None if there is None or there.all() else pa.py_buffer(np.packbits(there, bitorder="little"))
    data = pa.py_buffer(np.ascontiguousarray(values))
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), values.size, [present, data])


def with_nulls(table: pa.Table) -> pa.Table:
    """A table with a null for every NaN, as other readers leave out the one and take in the other."""
    for i, column in enumerate(table.columns):
        if pa.types.is_floating(column.type) and pc.any(pc.is_nan(column)).as_py():
            table = table.set_column(i, table.field(i), pc.if_else(pc.is_nan(column), None, column))
    return table


def _quantiles(program: Program, wanted: Wanted) -> Iterator[tuple[str, tuple[int, int]]]:
    """Each column of quantiles with its place in the array: level, measure."""
    for i, level in enumerate(wanted.levels):
        for row, (kind, measure) in enumerate(program.measures):
            yield f"{kind} {measure} {100 * level:.12g} %", (i, row)


def _merged(parts: Sequence[tuple[Piece, _Part]]) -> Diagnostics:
    """What all pieces own up to; worlds are counted from the first of each piece, and here from the first of all."""
    total = sum(part.n_futures for _, part in parts)
    faults: dict[tuple[str, str], FaultCount] = {}
    broken: dict[str, tuple[int, int, int]] = {}
    for piece, part in parts:
        first = piece.worlds[0]
        for found in part.diagnostics.faults:
            fault = replace(found, world=first + found.world)
            other = faults.get((fault.place, fault.kind))
            if other is not None:
                world, step = min((fault.world, fault.step), (other.world, other.step))
                fault = replace(fault, futures=fault.futures + other.futures, world=world, step=step)
            faults[fault.place, fault.kind] = fault
        for check, (futures, world, step) in part.diagnostics.broken.items():
            n, *earliest = broken.get(check, (0, first + world, step))
            broken[check] = (n + futures, *min((first + world, step), (earliest[0], earliest[1])))
    return Diagnostics(
        tuple(faults.values()),
        _mean_shares([(part.diagnostics.clipped, part.n_futures) for _, part in parts], total),
        _mean_shares([(part.diagnostics.clamped, part.n_futures) for _, part in parts], total),
        broken,
    )


def _mean_shares(parts: Sequence[tuple[Any, int]], total: int) -> dict[str, float]:
    names = {name: None for shares, _ in parts for name in shares}
    return {name: sum(shares.get(name, 0.0) * n for shares, n in parts) / total for name in names}
