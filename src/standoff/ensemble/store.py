"""A run on disk: shards of profiles, a manifest that ties them to their study, and how to go on after a stop.

A run's folder holds

* `manifest.json`: study, digest, sizes, seed, version, and each complete shard with the digest of its bytes;
* `study/`: the study's own files as they were when it was loaded;
* `worlds.parquet`, `profiles.parquet`: what was run;
* `shards/`: results, a range of profiles each.

Every file is written beside its place and moved there when complete, so that a stop at any moment loses no
complete shard and leaves none half-written.
"""

from __future__ import annotations

import hashlib
import json
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from standoff._version import __version__
from standoff.ensemble.design import Design, Worlds
from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.evaluator import Announce, EvaluatorName, choose_evaluator
from standoff.ensemble.run import Progress, run_design
from standoff.ensemble.shards import merge, pack_shard, part_of, table_bytes, unpack_shard
from standoff.ensemble.spreads import NOTHING, Bins, Wanted
from standoff.program.program import Program

__all__ = ["RunError", "atomic_write", "read_manifest", "read_run", "run_to_folder"]

CELLS_PER_SHARD = 65_536

_SAME = {
    "study": "another study",
    "digest": "another version of the study",
    "variants": "other variants",
    "design": "other worlds or profiles",
    "replications": "another number of replications",
    "luck seed": "another seed",
    "realised": "ends treated otherwise",
    "quantiles": "other quantiles",
    "histograms": "other histograms",
    "standoff": "another version of Standoff",
}
_AGAIN = "the same `standoff run` command runs again what was lost, and keeps the rest"


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
    wanted: Wanted = NOTHING,
) -> Ensemble:
    """Run a design shard by shard into a folder, going on where an earlier run of the same design stopped.

    A shard that was lost, truncated or altered since is announced (or warned of) and run again; what is there in its
    place is set aside, not deleted.

    Raises:
        RunError: The folder holds another run, or cannot be written, as when the disk is full.
    """
    manifest = _manifest(program, design, realised, wanted)
    with _disk(folder):
        folder.mkdir(parents=True, exist_ok=True)
        earlier = _earlier(folder, manifest)
        _write_manifest(folder, {**manifest, "shards": earlier})
        _begin(folder, program, design)
        for left in folder.rglob(".*.part"):  # by a run that was killed as it wrote
            left.unlink(missing_ok=True)
    evaluate = choose_evaluator(program, design.n_futures, evaluator, announce)
    n_worlds, total = design.worlds.size, design.profiles.shape[0]
    size = max(1, cells_per_shard // n_worlds)
    parts: list[Ensemble] = []
    for start in range(0, total, size):
        stop = min(total, start + size)
        piece = part_of(design, start, stop)
        name = f"shards/{start:06d}-{stop:06d}.parquet"
        kept = _kept(folder, name, earlier[name], announce or warnings.warn) if name in earlier else None
        if kept is not None:
            parts.append(unpack_shard(kept, program, piece, realised, wanted))
            continue
        before = start * n_worlds * design.replications
        show = None if progress is None else _shifted(progress, before, design.n_futures)
        part = run_design(
            program, piece, realised=realised, threads=threads, progress=show, evaluate=evaluate, wanted=wanted
        )
        data = pack_shard(part)
        with _disk(folder):
            atomic_write(folder / name, data)
            earlier[name] = _digest(data)
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
    try:
        design = _read_design(folder, program, manifest)
    except (OSError, KeyError, pa.ArrowInvalid):
        design = None
    if design is None or _design_digest(design) != manifest["design"]:
        raise RunError(f"the tables of worlds or profiles in `{folder}` were lost or altered; {_AGAIN}")
    wanted = _wanted(manifest)
    parts = []
    for name, digest in manifest["shards"].items():
        data, wrong = _read(folder, name, digest)
        if data is None or wrong:
            raise RunError(f"the shard `{folder / name}` {wrong}; {_AGAIN}")
        start, stop = (int(n) for n in Path(name).stem.split("-"))
        parts.append(unpack_shard(data, program, part_of(design, start, stop), manifest["realised"], wanted))
    return merge(parts, program, design)


def _read_design(folder: Path, program: Program, manifest: dict[str, Any]) -> Design:
    table = pq.read_table(folder / "worlds.parquet")
    columns = {name: table[name].to_numpy() for name in table.column_names if name != "stream"}
    worlds = Worlds(columns, table["stream"].to_numpy().astype(np.uint64), manifest["seed"], manifest["method"])
    chosen = pq.read_table(folder / "profiles.parquet")
    profiles = np.stack([chosen[player].to_numpy() for player in program.players], axis=1).astype(np.int64)
    terms = [name for name, _ in program.levels if name in chosen.column_names]
    levels = np.stack([chosen[name].to_numpy() for name in terms], axis=1) if terms else None
    return Design(profiles, worlds, manifest["replications"], manifest["luck seed"], levels)


def _read(folder: Path, name: str, digest: str) -> tuple[bytes | None, str]:
    """A shard's bytes if there is such a file, and what is wrong with them."""
    try:
        data = (folder / name).read_bytes()
    except OSError:
        return None, "is missing"
    return data, "" if _digest(data) == digest else "was truncated or altered"


def _kept(folder: Path, name: str, digest: str, announce: Announce) -> bytes | None:
    """A complete shard's bytes; None where they are no longer what was written, which is then set aside."""
    data, wrong = _read(folder, name, digest)
    if not wrong:
        return data
    line = f"the shard `{folder / name}` {wrong}: it is run again"
    if data is not None:
        aside = next(p for n in count(1) if not (p := folder / f"{name}.altered-{n}").exists())
        with _disk(folder):
            (folder / name).rename(aside)
        line += f", and the altered file set aside as `{aside.name}`"
    announce(line)
    return None


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def atomic_write(path: Path, data: bytes) -> None:
    """Write a file so that it is either whole or as it was before.

    Raises:
        OSError: It cannot be written; `filename` is `path`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
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


@contextmanager
def _disk(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise RunError(f"cannot write to `{folder}`: {reason}; what was complete before is kept") from error


def _shifted(progress: Progress, before: int, total: int) -> Progress:
    return lambda done, _: progress(before + done, total)


def _design_digest(design: Design) -> str:
    worlds, state = design.worlds, hashlib.blake2b(digest_size=16)
    for array in (design.profiles, worlds.streams, *worlds.columns.values(), design.levels):
        if array is not None:
            state.update(np.ascontiguousarray(array).tobytes())
    return state.hexdigest()


def _wanted(manifest: dict[str, Any]) -> Wanted:
    bins = (Bins(b["kind"], b["name"], tuple(b["edges"])) for b in manifest.get("histograms", ()))
    return Wanted(tuple(manifest.get("quantiles", ())), tuple(bins))


def _manifest(program: Program, design: Design, realised: bool, wanted: Wanted) -> dict[str, Any]:
    worlds = design.worlds
    kept = {
        "quantiles": list(wanted.levels),
        "histograms": [{**asdict(b), "edges": list(b.edges)} for b in wanted.bins],
    }
    return {
        "standoff": __version__,
        "study": program.model.name,
        "digest": program.model.digest,
        "variants": list(program.model.applied),
        "design": _design_digest(design),
        "profiles": int(design.profiles.shape[0]),
        "worlds": worlds.size,
        "replications": design.replications,
        "seed": worlds.seed,
        "luck seed": design.seed,
        "method": worlds.method,
        "realised": realised,
        **{name: values for name, values in kept.items() if values},
        "shards": {},
        "complete": False,
    }


def _earlier(folder: Path, manifest: dict[str, Any]) -> dict[str, str]:
    """Complete shards of an earlier run of the same design."""
    if all(path.match(".*.part") for path in folder.iterdir()):
        return {}
    if not (folder / "manifest.json").exists():
        raise RunError(f"`{folder}` is not empty and holds no run; choose another folder")
    found = read_manifest(folder)
    for key, words in _SAME.items():
        if found.get(key) != manifest.get(key):
            raise RunError(f"`{folder}` holds a run with {words}; choose another folder, or delete it")
    shards: dict[str, str] = found["shards"]
    return shards


def _begin(folder: Path, program: Program, design: Design) -> None:
    model = program.model
    for name, text in model.written.files.texts().items():
        atomic_write(folder / "study" / name, text.encode())
    table = {**{name: np.asarray(column) for name, column in design.worlds.columns.items()}}
    worlds = table_bytes(pa.table({**table, "stream": design.worlds.streams}))
    atomic_write(folder / "worlds.parquet", worlds)
    profiles: dict[str, Any] = {player: design.profiles[:, i] for i, player in enumerate(program.players)}
    for i, player in enumerate(program.players):
        profiles[f"{player} strategy"] = [program.instances[i][j].label for j in design.profiles[:, i]]
    if design.levels is not None:
        profiles |= {name: design.levels[:, i] for i, (name, _) in enumerate(program.levels)}
    atomic_write(folder / "profiles.parquet", table_bytes(pa.table(profiles)))


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
