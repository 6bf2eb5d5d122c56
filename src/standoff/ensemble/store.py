"""A run on disk: shards of profiles, a manifest that ties them to their study, and how to go on after a stop.

A run's folder holds

* `manifest.json`: study, digest, sizes, seed, version, and each complete shard with the digest of its bytes;
* `study/`: the study's own files as they were;
* `worlds.parquet`, `profiles.parquet`: what was run;
* `shards/`: results, a range of profiles each.

Every file is written beside its place and moved there when complete, so that a stop at any moment loses no
complete shard and leaves none half-written.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from standoff._version import __version__
from standoff.ensemble.design import Design, Worlds
from standoff.ensemble.ensemble import Diagnostics, Ensemble, FaultCount
from standoff.ensemble.evaluator import Announce, EvaluatorName, choose_evaluator
from standoff.ensemble.run import Progress, run_design
from standoff.program.program import Program

__all__ = ["RunError", "atomic_write", "read_manifest", "read_run", "run_to_folder"]

CELLS_PER_SHARD = 65_536


class RunError(Exception):
    """A run's folder cannot be used or written; the message says why and what to do."""


def run_to_folder(
    program: Program,
    design: Design,
    folder: Path,
    *,
    realised: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
    cells_per_shard: int = CELLS_PER_SHARD,
    evaluator: EvaluatorName = "auto",
    announce: Announce | None = None,
) -> Ensemble:
    """Run a design shard by shard into a folder, going on where an earlier run of the same design stopped.

    Raises:
        RunError: The folder holds another run, a shard was altered, or the disk is full.
    """
    manifest = _manifest(program, design, realised)
    with _disk(folder):
        folder.mkdir(parents=True, exist_ok=True)
        earlier = _earlier(folder, manifest)
        if earlier is None:
            _begin(folder, program, design, manifest)
            earlier = {}
        for left in folder.rglob(".*.part"):  # by a run that was killed as it wrote
            left.unlink(missing_ok=True)
    evaluate = choose_evaluator(program, design.n_futures, evaluator, announce)
    n_worlds, total = design.worlds.size, design.profiles.shape[0]
    size = max(1, cells_per_shard // n_worlds)
    parts: list[Ensemble] = []
    for start in range(0, total, size):
        stop = min(total, start + size)
        piece = replace(
            design,
            profiles=design.profiles[start:stop],
            levels=None if design.levels is None else design.levels[start:stop],
        )
        name = f"shards/{start:06d}-{stop:06d}.parquet"
        if name in earlier:
            parts.append(_read_shard(folder, name, earlier[name], program, piece, realised))
        else:
            before = start * n_worlds * design.replications
            show = None if progress is None else _shifted(progress, before, design.n_futures)
            part = run_design(program, piece, realised=realised, threads=threads, progress=show, evaluate=evaluate)
            with _disk(folder):
                earlier[name] = _write_shard(folder, name, part)
                _write_manifest(folder, {**manifest, "shards": earlier})
            parts.append(part)
    whole = merge(parts, program, design)
    with _disk(folder):
        _write_manifest(folder, {**manifest, "shards": earlier, "complete": True, "result": whole.digest})
    return whole


def read_run(folder: Path, program: Program) -> Ensemble:
    """Read a complete run of a study.

    Raises:
        RunError: The folder holds no complete run of this study, or a shard was altered.
    """
    manifest = read_manifest(folder)
    if manifest["digest"] != program.model.digest:
        raise RunError(f"`{folder}` holds a run of another version of the study `{manifest['study']}`; run it again")
    if not manifest.get("complete"):
        raise RunError(f"the run in `{folder}` is not complete; the same `standoff run` command goes on with it")
    table = pq.read_table(folder / "worlds.parquet")
    columns = {name: table[name].to_numpy() for name in program.columns}
    worlds = Worlds(columns, table["stream"].to_numpy().astype(np.uint64), manifest["seed"], manifest["method"])
    chosen = pq.read_table(folder / "profiles.parquet")
    profiles = np.stack([chosen[player].to_numpy() for player in program.players], axis=1).astype(np.int64)
    terms = [name for name, _ in program.levels if name in chosen.column_names]
    levels = np.stack([chosen[name].to_numpy() for name in terms], axis=1) if terms else None
    design = Design(profiles, worlds, manifest["replications"], manifest["luck seed"], levels)
    parts = []
    for name, digest in manifest["shards"].items():
        start, stop = (int(n) for n in Path(name).stem.split("-"))
        piece = replace(design, profiles=profiles[start:stop], levels=None if levels is None else levels[start:stop])
        parts.append(_read_shard(folder, name, digest, program, piece, manifest["realised"]))
    return merge(parts, program, design)


def merge(parts: Sequence[Ensemble], program: Program, design: Design) -> Ensemble:
    """One ensemble of several that hold consecutive profiles of a design."""
    if len(parts) == 1:
        return replace(parts[0], design=design)
    names = parts[0].present
    return Ensemble(
        program, design,
        np.concatenate([p.means for p in parts], axis=1),
        np.concatenate([p.errors for p in parts], axis=1),
        np.concatenate([p.halves for p in parts], axis=1),
        np.concatenate([p.counts for p in parts], axis=0),
        {name: np.concatenate([p.present[name] for p in parts], axis=0) for name in names},
        _merged([(p.diagnostics, p.design.n_futures) for p in parts]),
        parts[0].realised,
    )  # fmt: skip


def atomic_write(path: Path, data: bytes) -> None:
    """Write a file so that it is either whole or as it was before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def _disk(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise RunError(f"cannot write to `{folder}`: {reason}; what was complete before is kept") from error


def _shifted(progress: Progress, before: int, total: int) -> Progress:
    return lambda done, _: progress(before + done, total)


def _manifest(program: Program, design: Design, realised: bool) -> dict[str, Any]:
    worlds = design.worlds
    state = hashlib.blake2b(digest_size=16)
    for array in (design.profiles, worlds.streams, *worlds.columns.values(), design.levels):
        if array is not None:
            state.update(np.ascontiguousarray(array).tobytes())
    return {
        "standoff": __version__,
        "study": program.model.name,
        "digest": program.model.digest,
        "variants": list(program.model.applied),
        "design": state.hexdigest(),
        "profiles": int(design.profiles.shape[0]),
        "worlds": worlds.size,
        "replications": design.replications,
        "seed": worlds.seed,
        "luck seed": design.seed,
        "method": worlds.method,
        "realised": realised,
        "shards": {},
        "complete": False,
    }


def _earlier(folder: Path, manifest: dict[str, Any]) -> dict[str, str] | None:
    """Complete shards of an earlier run of the same design; None in an empty folder."""
    if not any(folder.iterdir()):
        return None
    if not (folder / "manifest.json").exists():
        raise RunError(f"`{folder}` is not empty and holds no run; choose another folder")
    found = read_manifest(folder)
    same = ("study", "digest", "variants", "design", "replications", "luck seed", "realised", "standoff")
    for key in same:
        if found.get(key) != manifest[key]:
            raise RunError(f"`{folder}` holds another run: another {key}; choose another folder, or delete it")
    shards: dict[str, str] = found["shards"]
    return shards


def _begin(folder: Path, program: Program, design: Design, manifest: dict[str, Any]) -> None:
    model = program.model
    (folder / "study").mkdir(exist_ok=True)
    for path in sorted(model.folder.iterdir()):
        if path.suffix in (".yaml", ".csv") and path.is_file():
            shutil.copyfile(path, folder / "study" / path.name)
    table = {**{name: np.asarray(column) for name, column in design.worlds.columns.items()}}
    _write_table(folder / "worlds.parquet", pa.table({**table, "stream": design.worlds.streams}))
    profiles: dict[str, Any] = {player: design.profiles[:, i] for i, player in enumerate(program.players)}
    for i, player in enumerate(program.players):
        profiles[f"{player} strategy"] = [program.instances[i][j].label for j in design.profiles[:, i]]
    if design.levels is not None:
        profiles |= {name: design.levels[:, i] for i, (name, _) in enumerate(program.levels)}
    _write_table(folder / "profiles.parquet", pa.table(profiles))
    _write_manifest(folder, manifest)


def _write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    atomic_write(folder / "manifest.json", json.dumps(manifest, indent=2, ensure_ascii=False).encode())


def read_manifest(folder: Path) -> dict[str, Any]:
    """What a run's folder says of itself.

    Raises:
        RunError: There is none, or it cannot be read.
    """
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RunError(f"`{folder}` holds no run (there is no manifest.json)") from None
    except (OSError, ValueError) as error:
        raise RunError(f"the manifest in `{folder}` cannot be read: {error}") from None
    return manifest


def _write_table(path: Path, table: pa.Table) -> None:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    atomic_write(path, sink.getvalue().to_pybytes())


def _write_shard(folder: Path, name: str, part: Ensemble) -> str:
    table: dict[str, Any] = {"count": part.counts.ravel()}
    for row, (kind, measure) in enumerate(part.measures):
        for label, values in (("mean", part.means), ("error", part.errors), ("half", part.halves)):
            table[f"{kind} {measure} {label}"] = values[row].ravel()
    table |= {f"outcome {measure} present": values.ravel() for measure, values in part.present.items()}
    notes = {"diagnostics": json.dumps(asdict(part.diagnostics))}
    path = folder / name
    _write_table(path, pa.table(table).replace_schema_metadata(notes))
    return hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()


def _read_shard(folder: Path, name: str, digest: str, program: Program, piece: Design, realised: bool) -> Ensemble:
    path = folder / name
    try:
        data = path.read_bytes()
    except OSError:
        raise RunError(f"the shard `{path}` is missing; delete its line in manifest.json to run it again") from None
    if hashlib.blake2b(data, digest_size=16).hexdigest() != digest:
        raise RunError(f"the shard `{path}` was truncated or altered; delete it and its line in manifest.json")
    table = pq.read_table(pa.BufferReader(data))
    shape = (piece.profiles.shape[0], piece.worlds.size)

    def cube(label: str) -> Any:
        names = [f"{kind} {measure} {label}" for kind, measure in _measures(program)]
        return np.stack([table[n].to_numpy().reshape(shape) for n in names])

    present = {
        n.removeprefix("outcome ").removesuffix(" present"): table[n].to_numpy().reshape(shape)
        for n in table.column_names
        if n.endswith(" present")
    }
    notes = json.loads(table.schema.metadata[b"diagnostics"])
    diagnostics = Diagnostics(
        tuple(FaultCount(**fault) for fault in notes["faults"]),
        notes["clipped"],
        notes["clamped"],
        {check: tuple(found) for check, found in notes["broken"].items()},
    )
    counts = table["count"].to_numpy().reshape(shape)
    return Ensemble(
        program, piece, cube("mean"), cube("error"), cube("half"), counts, present, diagnostics, realised
    )  # fmt: skip


def _measures(program: Program) -> list[tuple[str, str]]:
    return [("outcome", m.name) for m in program.measured] + [("payoff", p.actor) for p in program.payoffs]


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
