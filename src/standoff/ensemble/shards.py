"""A shard: the ensemble of some of a design's profiles as a Parquet file, and several put together."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from standoff.base.escaping import visible
from standoff.ensemble.design import Design
from standoff.ensemble.ensemble import Diagnostics, Ensemble, FaultCount
from standoff.ensemble.manifest import MANIFEST
from standoff.ensemble.spreads import Spreads, Wanted
from standoff.program.program import Program

__all__ = [
    "ShardError",
    "column_names",
    "merge",
    "pack_shard",
    "part_of",
    "read_columns",
    "table_bytes",
    "unpack_shard",
]


def part_of(design: Design, start: int, stop: int) -> Design:
    """Profiles `start` to `stop` of a design."""
    levels = None if design.levels is None else design.levels[start:stop]
    return replace(design, profiles=design.profiles[start:stop], levels=levels)


def pack_shard(part: Ensemble) -> bytes:
    """One row per profile and world; diagnostics and histograms (per profile) stand in the file's metadata."""
    table: dict[str, Any] = {"count": part.counts.ravel()}
    notes = {"diagnostics": json.dumps(asdict(part.diagnostics)), "part": json.dumps(_part(part.design, part.realised))}
    for row, (kind, measure) in enumerate(part.measures):
        for label, values in (("mean", part.means), ("error", part.errors), ("half", part.halves)):
            table[f"{kind} {measure} {label}"] = values[row].ravel()
    table |= {f"outcome {measure} present": values.ravel() for measure, values in part.present.items()}
    table |= {label: part.spreads.quantiles[i].ravel() for label, i in _quantiles(part.program, part.spreads.wanted)}
    if part.spreads.counts:
        notes["histograms"] = json.dumps([counts.tolist() for counts in part.spreads.counts])
    return table_bytes(pa.table(table).replace_schema_metadata(notes))


def unpack_shard(data: bytes, program: Program, piece: Design, realised: bool, wanted: Wanted) -> Ensemble:
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
    table = read_columns(data, {**kinds, "count": None}, shape[0] * shape[1], notes=notes)
    diagnostics, histograms = _notes(notes, piece, realised)
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
    return Ensemble(
        program, piece, means, errors, halves, counted, present, diagnostics, realised,
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
) -> dict[str, Any]:
    """The columns of a Parquet file, looked at before they are read.

    Args:
        data: The file.
        kinds: Every column and its type; None is any whole number.
        n_rows: How many rows there must be.
        passed: Columns that may stand there too and are not read.
        notes: Filled with the file's own metadata.

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
        table = file.read(columns=list(kinds))
    except ShardError:
        raise
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        raise ShardError("is no Parquet file, or was damaged") from error
    if any(table[name].null_count for name in kinds):
        raise ShardError("has gaps")
    if notes is not None:
        notes.update(schema.metadata or {})
    return {name: table[name].to_numpy() for name in kinds}


_FIGURES = ("mean", "error", "half")


def _part(design: Design, realised: bool) -> dict[str, Any]:
    """What a shard was run as, apart from its profiles' place in the run."""
    return {"replications": design.replications, "seed": design.seed, "realised": realised,
            "profiles": design.profiles.tolist()}  # fmt: skip


def _notes(notes: Mapping[bytes, bytes], piece: Design, realised: bool) -> tuple[Diagnostics, list[list[list[int]]]]:
    """Diagnostics and histograms, where they belong to this part of the run."""
    try:
        diagnostics = msgspec.json.decode(notes[b"diagnostics"], type=Diagnostics)
        histograms = msgspec.json.decode(notes.get(b"histograms", b"[]"), type=list[list[list[int]]])
        part = msgspec.json.decode(notes.get(b"part", b"{}"), type=dict[str, Any])
    except KeyError:
        raise ShardError("has no diagnostics") from None
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise ShardError(f"has damaged notes ({visible(str(error), 200)})") from None
    for key, asked in _part(piece, realised).items():
        if key in part and part[key] != asked:
            found, expected = ("others", "these") if key == "profiles" else (part[key], asked)
            raise ShardError(f"was run with another `{key}` than {MANIFEST} says: {found}, not {expected}")
    return diagnostics, histograms


def merge(parts: Sequence[Ensemble], program: Program, design: Design) -> Ensemble:
    """One ensemble of several that hold consecutive profiles of a design."""
    if len(parts) == 1:
        return replace(parts[0], design=design)
    spreads = [p.spreads for p in parts]
    return Ensemble(
        program, design,
        np.concatenate([p.means for p in parts], axis=1),
        np.concatenate([p.errors for p in parts], axis=1),
        np.concatenate([p.halves for p in parts], axis=1),
        np.concatenate([p.counts for p in parts], axis=0),
        {name: np.concatenate([p.present[name] for p in parts], axis=0) for name in parts[0].present},
        _merged([(p.diagnostics, p.design.n_futures) for p in parts]),
        parts[0].realised,
        Spreads(
            spreads[0].wanted,
            np.concatenate([s.quantiles for s in spreads], axis=2),
            tuple(np.concatenate(counts) for counts in zip(*(s.counts for s in spreads), strict=True)),
        ),
    )  # fmt: skip


def table_bytes(table: pa.Table) -> bytes:
    """A table as a Parquet file."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    data: bytes = sink.getvalue().to_pybytes()
    return data


def _quantiles(program: Program, wanted: Wanted) -> Iterator[tuple[str, tuple[int, int]]]:
    """Each column of quantiles with its place in the array: level, measure."""
    for i, level in enumerate(wanted.levels):
        for row, (kind, measure) in enumerate(program.measures):
            yield f"{kind} {measure} {100 * level:.12g} %", (i, row)


def _merged(parts: Sequence[tuple[Diagnostics, int]]) -> Diagnostics:
    total = sum(n for _, n in parts)
    faults: dict[tuple[str, str], FaultCount] = {}
    broken: dict[str, tuple[int, int, int]] = {}
    for diagnostics, _ in parts:
        for fault in diagnostics.faults:
            other = faults.get((fault.place, fault.kind))
            if other is not None:
                world, step = min((fault.world, fault.step), (other.world, other.step))
                fault = replace(fault, futures=fault.futures + other.futures, world=world, step=step)  # noqa: PLW2901
            faults[fault.place, fault.kind] = fault
        for check, (futures, world, step) in diagnostics.broken.items():
            n, *first = broken.get(check, (0, world, step))
            broken[check] = (n + futures, *min((world, step), (first[0], first[1])))
    return Diagnostics(
        tuple(faults.values()),
        _mean_shares([(d.clipped, n) for d, n in parts], total),
        _mean_shares([(d.clamped, n) for d, n in parts], total),
        broken,
    )


def _mean_shares(parts: Sequence[tuple[Any, int]], total: int) -> dict[str, float]:
    names = {name: None for shares, _ in parts for name in shares}
    return {name: sum(shares.get(name, 0.0) * n for shares, n in parts) / total for name in names}
