"""A shard: the ensemble of some of a design's profiles as a Parquet file, and several put together."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from standoff.ensemble.design import Design
from standoff.ensemble.ensemble import Diagnostics, Ensemble, FaultCount
from standoff.ensemble.spreads import Spreads, Wanted
from standoff.program.program import Program

__all__ = ["merge", "pack_shard", "part_of", "table_bytes", "unpack_shard"]


def part_of(design: Design, start: int, stop: int) -> Design:
    """Profiles `start` to `stop` of a design."""
    levels = None if design.levels is None else design.levels[start:stop]
    return replace(design, profiles=design.profiles[start:stop], levels=levels)


def pack_shard(part: Ensemble) -> bytes:
    """One row per profile and world; diagnostics and histograms (per profile) stand in the file's metadata."""
    table: dict[str, Any] = {"count": part.counts.ravel()}
    notes = {"diagnostics": json.dumps(asdict(part.diagnostics))}
    for row, (kind, measure) in enumerate(part.measures):
        for label, values in (("mean", part.means), ("error", part.errors), ("half", part.halves)):
            table[f"{kind} {measure} {label}"] = values[row].ravel()
    table |= {f"outcome {measure} present": values.ravel() for measure, values in part.present.items()}
    table |= {label: part.spreads.quantiles[i].ravel() for label, i in _quantiles(part.program, part.spreads.wanted)}
    if part.spreads.counts:
        notes["histograms"] = json.dumps([counts.tolist() for counts in part.spreads.counts])
    return table_bytes(pa.table(table).replace_schema_metadata(notes))


def unpack_shard(data: bytes, program: Program, piece: Design, realised: bool, wanted: Wanted) -> Ensemble:
    """The ensemble that was packed."""
    table = pq.read_table(pa.BufferReader(data))
    shape = (piece.profiles.shape[0], piece.worlds.size)
    notes = {key.decode(): json.loads(text) for key, text in table.schema.metadata.items() if key != b"ARROW:schema"}

    def read(label: str) -> Any:
        return table[label].to_numpy().reshape(shape)

    means, errors, halves = (
        np.stack([read(f"{kind} {measure} {label}") for kind, measure in program.measures])
        for label in ("mean", "error", "half")
    )
    present = {m.name: read(f"outcome {m.name} present") for m in program.measured if m.first is not None}
    quantiles = np.empty((len(wanted.levels), len(program.measures), *shape))
    for label, i in _quantiles(program, wanted):
        quantiles[i] = read(label)
    counts = tuple(np.array(counted, dtype=np.int64) for counted in notes.get("histograms", ()))
    found = notes["diagnostics"]
    diagnostics = Diagnostics(
        tuple(FaultCount(**fault) for fault in found["faults"]),
        found["clipped"],
        found["clamped"],
        {check: tuple(failed) for check, failed in found["broken"].items()},
    )
    return Ensemble(
        program, piece, means, errors, halves, read("count"), present, diagnostics, realised,
        Spreads(wanted, quantiles, counts),
    )  # fmt: skip


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
