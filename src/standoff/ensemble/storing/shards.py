"""Pieces of a design, profiles × worlds; a shard: the ensemble of a piece as a Parquet file; several put together."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
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
from standoff.ensemble.running import Running
from standoff.ensemble.storing.manifest import MANIFEST
from standoff.program.program import Program

__all__ = [
    "Piece",
    "ShardError",
    "column_names",
    "merge",
    "pack_shard",
    "pieces",
    "read_columns",
    "table_bytes",
    "unpack_shard",
    "with_nulls",
]


@dataclass(frozen=True, slots=True)
class Piece:
    """Some profiles and some worlds of a design: what is run, kept and lost as one."""

    profiles: tuple[int, int]
    worlds: tuple[int, int]

    @classmethod
    def of_name(cls, name: str, n_worlds: int) -> Piece:
        """The piece whose shard has this name."""
        numbers = [int(n) for n in name.removeprefix("shards/").removesuffix(".parquet").split("-")]
        return cls((numbers[0], numbers[1]), (numbers[2], numbers[3]) if len(numbers) == 4 else (0, n_worlds))

    def name(self, n_worlds: int) -> str:
        """Of its shard: profiles from and to, and worlds likewise where it has not all of them."""
        numbers = [*self.profiles, *(() if self.worlds == (0, n_worlds) else self.worlds)]
        return f"shards/{'-'.join(f'{n:06d}' for n in numbers)}.parquet"

    def design(self, whole: Design) -> Design:
        """This piece of a design."""
        of, among = slice(*self.profiles), slice(*self.worlds)
        worlds = whole.worlds
        if self.worlds != (0, worlds.size):
            columns = {name: column[among] for name, column in worlds.columns.items()}
            worlds = replace(worlds, columns=columns, streams=worlds.streams[among])
        levels = None if whole.levels is None else whole.levels[of]
        return replace(whole, profiles=whole.profiles[of], worlds=worlds, levels=levels)


def pieces(design: Design, cells: int) -> Iterator[Piece]:
    """A design in pieces of about so many cells: several profiles of all worlds, or some worlds of one profile."""
    n_profiles, n_worlds = design.profiles.shape[0], design.worlds.size
    each = max(1, cells // n_worlds)
    for start in range(0, n_profiles, each):
        for first in range(0, n_worlds, max(cells, 1)):
            yield Piece((start, min(n_profiles, start + each)), (first, min(n_worlds, first + max(cells, 1))))


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
    return table_bytes(pa.table(table).replace_schema_metadata(notes))


def unpack_shard(data: bytes, program: Program, piece: Design, wanted: Wanted) -> Ensemble:
    """The ensemble that was packed.

    Raises:
        ShardError: It is no shard of this program, design and treatment of ends.
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

    def read(label: str) -> Any:
        return table[label].reshape(shape)

    means, errors, halves = (
        np.stack([read(f"{kind} {measure} {label}") for kind, measure in program.measures]) for label in _FIGURES
    )
    present = {name: read(f"outcome {name} present") for name in first}
    quantiles = np.empty((len(wanted.levels), len(program.measures), *shape))
    for label, i in _quantiles(program, wanted):
        quantiles[i] = read(label)
    counted = read("count")
    if counted.min() < 0 or counted.max() > piece.replications:
        raise ShardError(f"counts more than the {piece.replications} replications of the run")
    always = [row for row, (kind, name) in enumerate(program.measures) if kind == "payoff" or name not in first]
    if np.any(np.isnan(means[always]) & (counted > 0)):  # a sound future has every figure but a first date
        raise ShardError("has gaps")
    return Ensemble(
        program, piece, means, errors, halves, counted, present, diagnostics,
        Spreads(wanted, quantiles, counts),
    )  # fmt: skip


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
    return {name: table[name].to_numpy() for name in kinds}


_FIGURES = ("mean", "error", "half")


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


def merge(
    parts: Sequence[tuple[Piece, Ensemble]], program: Program, design: Design, threads: int | None = None
) -> Ensemble:
    """One ensemble of the pieces of a design, in the order of `pieces`."""
    rows: dict[tuple[int, int], list[Ensemble]] = {}
    for piece, part in parts:
        rows.setdefault(piece.profiles, []).append(part)
    found = _joined([_joined([_arrays(part) for part in row], -1, threads) for row in rows.values()], -2, threads)
    bins = parts[0][1].spreads.wanted.bins
    histograms = (
        np.concatenate([sum(part.spreads.counts[i] for part in row) for row in rows.values()]) for i in range(len(bins))
    )
    return Ensemble(
        program, design, found["means"], found["errors"], found["halves"], found["counts"],
        {name: found[f"present {name}"] for name in parts[0][1].present}, _merged(parts),
        Spreads(parts[0][1].spreads.wanted, found["quantiles"], tuple(histograms)),
    )  # fmt: skip


def _arrays(part: Ensemble) -> dict[str, npt.NDArray[Any]]:
    """Every array of an ensemble that ends with the axes (profiles, worlds)."""
    arrays: dict[str, npt.NDArray[Any]] = {"means": part.means, "errors": part.errors, "halves": part.halves}
    arrays |= {"counts": part.counts, "quantiles": part.spreads.quantiles}
    return arrays | {f"present {name}": values for name, values in part.present.items()}


def _joined(
    parts: Sequence[dict[str, npt.NDArray[Any]]], axis: int, threads: int | None
) -> dict[str, npt.NDArray[Any]]:
    if len(parts) == 1:
        return parts[0]
    with ThreadPoolExecutor(Running(threads).workers) as pool:  # half a gigabyte and more, all of it copying
        arrays = pool.map(lambda name: np.concatenate([part[name] for part in parts], axis=axis), parts[0])
        return dict(zip(parts[0], arrays, strict=True))


def table_bytes(table: pa.Table) -> bytes:
    """A table as a Parquet file, with nulls for what is not there."""
    sink = pa.BufferOutputStream()
    pq.write_table(with_nulls(table), sink, compression="zstd")
    data: bytes = sink.getvalue().to_pybytes()
    return data


def with_nulls(table: pa.Table) -> pa.Table:
    """A table with a null for every NaN, as other readers leave out the one and take in the other."""
    for i, column in enumerate(table.columns):
        if pa.types.is_floating(column.type):
            table = table.set_column(i, table.field(i), pc.if_else(pc.is_nan(column), None, column))
    return table


def _quantiles(program: Program, wanted: Wanted) -> Iterator[tuple[str, tuple[int, int]]]:
    """Each column of quantiles with its place in the array: level, measure."""
    for i, level in enumerate(wanted.levels):
        for row, (kind, measure) in enumerate(program.measures):
            yield f"{kind} {measure} {100 * level:.12g} %", (i, row)


def _merged(parts: Sequence[tuple[Piece, Ensemble]]) -> Diagnostics:
    """What all pieces own up to; worlds are counted from the first of each piece, and here from the first of all."""
    total = sum(part.design.n_futures for _, part in parts)
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
        _mean_shares([(part.diagnostics.clipped, part.design.n_futures) for _, part in parts], total),
        _mean_shares([(part.diagnostics.clamped, part.design.n_futures) for _, part in parts], total),
        broken,
    )


def _mean_shares(parts: Sequence[tuple[Any, int]], total: int) -> dict[str, float]:
    names = {name: None for shares, _ in parts for name in shares}
    return {name: sum(shares.get(name, 0.0) * n for shares, n in parts) / total for name in names}
