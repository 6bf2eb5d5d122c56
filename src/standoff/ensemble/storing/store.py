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
import os
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, cast

import msgspec
import numpy as np
import pyarrow as pa

from standoff._version import __version__
from standoff.base.escaping import visible
from standoff.ensemble.design import Design, Method, Worlds
from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.evaluator import choose_evaluator
from standoff.ensemble.folding.spreads import NOTHING, Bins, Wanted
from standoff.ensemble.run import run_design
from standoff.ensemble.running import Announce, Running
from standoff.ensemble.storing.manifest import MANIFEST, Histogram, Kind, Manifest, RunError, read_manifest
from standoff.ensemble.storing.shards import (
    Piece,
    ShardError,
    Whole,
    column_names,
    pack_shard,
    pieces,
    read_columns,
    table_bytes,
)
from standoff.program.program import Program

__all__ = ["RunError", "atomic_write", "read_manifest", "read_run", "run_to_folder"]

CELLS_PER_SHARD = 65_536

_SAME = {
    "study": "another study",
    "digest": "another version of the study",
    "variants": "other variants",
    "design": "other worlds or profiles",
    "replications": "another number of replications",
    "luck_seed": "another seed",
    "realised": "ends treated otherwise",
    "quantiles": "other quantiles",
    "histograms": "other histograms",
    "standoff": "another version of Standoff",
}
_AGAIN = "the same `standoff run` command runs again what was lost, and keeps the rest"


def run_to_folder(
    program: Program,
    design: Design,
    folder: Path,
    wanted: Wanted = NOTHING,
    running: Running = Running(),
    *,
    cells_per_shard: int = CELLS_PER_SHARD,
) -> Ensemble:
    """Run a design shard by shard into a folder, going on where an earlier run of the same design stopped.

    A shard that was lost, truncated or altered since is announced (or warned of) and run again; what is there in its
    place is set aside, not deleted.

    Raises:
        RunError: The folder holds another run, or cannot be written, as when the disk is full.
        ValueError: Single futures are wanted, which folders do not keep.
    """
    if wanted.futures:
        raise ValueError("a folder keeps no single futures")
    manifest = _manifest(program, design, wanted)
    with _disk(folder):
        folder.mkdir(parents=True, exist_ok=True)
        found = _earlier(folder, manifest)
        earlier = {} if found is None else dict(found.shards)
        _write_manifest(folder, manifest, shards=earlier)
        _begin(folder, program, design)
        for left in folder.rglob(".*.part"):  # by a run that was killed as it wrote
            left.unlink(missing_ok=True)
    evaluate = choose_evaluator(program, design.n_futures, running)
    whole, names, done = Whole(program, design, wanted), [], 0
    for piece in pieces(design, cells_per_shard):
        here, name = piece.design(design), piece.name(design.worlds.size)
        announce = running.announce or warnings.warn
        if name not in earlier or not _kept(folder, name, earlier[name], announce, whole):
            part = run_design(program, here, wanted, running.part(done, design.n_futures), evaluate=evaluate)
            data = pack_shard(part)
            with _disk(folder):
                atomic_write(folder / name, data)
                earlier[name] = _digest(data)
                _write_manifest(folder, manifest, shards=earlier)
            whole.take(piece, part)
        names.append(name)
        done += here.n_futures
    run = whole.ensemble()
    if found is not None and found.complete:
        _hold_result(folder, found, run, running.threads)
    with _disk(folder):
        shards = {name: earlier[name] for name in names}
        _write_manifest(folder, manifest, shards=shards, complete=True, **_digests(run, running.threads))
    return run


def read_run(folder: Path, program: Program, threads: int | None = None) -> Ensemble:
    """Read a complete run of a study, on at most so many threads; all cores by default.

    Raises:
        RunError: The folder holds no complete run of this study, or a shard was altered.
    """
    manifest = read_manifest(folder)
    shown = visible(str(folder))
    if manifest.digest != program.model.digest:
        study = visible(manifest.study, 60)
        raise RunError(f"`{shown}` holds a run of another version of the study `{study}`; run it again")
    if not manifest.complete:
        raise RunError(f"the run in `{shown}` is not complete; the same `standoff run` command goes on with it")
    try:
        design = _read_design(folder, program, manifest)
    except (OSError, ShardError):
        design = None
    if design is None or _design_digest(design) != manifest.design:
        raise RunError(f"the tables of worlds or profiles in `{shown}` were lost or altered; {_AGAIN}")
    whole = Whole(program, design, _wanted(program, manifest, shown))

    def read(name: str) -> None:
        data, wrong = _read(folder, name, manifest.shards[name])
        try:
            if data is None or wrong:
                raise ShardError(wrong)
            whole.unpack(data, Piece.of_name(name, design.worlds.size))
        except ShardError as error:
            raise RunError(f"the shard `{visible(str(folder / name))}` {error}; {_AGAIN}") from None

    with ThreadPoolExecutor(Running(threads).workers) as pool:
        for _ in pool.map(read, manifest.names()):
            pass
    run = whole.ensemble()
    _hold_result(folder, manifest, run, threads)
    return run


def _hold_result(folder: Path, manifest: Manifest, run: Ensemble, threads: int | None = None) -> None:
    """Insist that the figures in a folder are those of the run that it says it holds.

    Raises:
        RunError: They are not: manifest or shards were altered, however consistently.
    """
    found = _digests(run, threads)
    for key, said in (("result", manifest.result), ("beside", manifest.beside)):
        if said not in (None, found[key]):
            raise RunError(
                f"`{visible(str(folder))}` does not hold the run that it says it holds: its figures, sizes, seeds and "
                f"treatment of ends come to the digest {found[key]}, and `{key}` in {MANIFEST} is {said}; "
                "one of them was altered: delete the folder and run again"
            )


def _digests(run: Ensemble, threads: int | None) -> dict[str, str]:
    """By the manifest's keys: a gigabyte to go through, half each."""
    with ThreadPoolExecutor(min(2, Running(threads).workers)) as pool:
        result, beside = pool.submit(lambda: run.digest), pool.submit(_beside, run)
        return {"result": result.result(), "beside": beside.result()}


def _beside(run: Ensemble) -> str:
    """Identifies what a run keeps besides what its own digest covers."""
    state = hashlib.blake2b(digest_size=16)
    for rows in (run.halves, *run.present.values()):
        for row in rows:
            state.update(np.ascontiguousarray(np.where(np.isnan(row), np.nan, row)).data)  # one pattern of bits
    state.update(repr(sorted((f.place, f.kind, f.futures, f.world, f.step) for f in run.diagnostics.faults)).encode())
    state.update(repr(sorted(run.diagnostics.broken.items())).encode())
    return state.hexdigest()


def _read_design(folder: Path, program: Program, manifest: Manifest) -> Design:
    """The worlds and profiles of a run.

    Raises:
        OSError, ShardError: A table is missing, or is not what the program and the manifest ask for.
    """
    data = (folder / "worlds.parquet").read_bytes()
    names = [name for name in column_names(data) if name != "stream"]
    if not set(names).issuperset(program.columns):
        raise ShardError("has other columns than the study's run")
    table = read_columns(data, {**dict.fromkeys(names, pa.float64()), "stream": pa.uint64()}, manifest.worlds)
    worlds = Worlds({name: table[name] for name in names}, table["stream"], manifest.seed, manifest.method)
    data = (folder / "profiles.parquet").read_bytes()
    labels = {f"{player} strategy": pa.string() for player in program.players}
    terms = [name for name, _ in program.levels if name in column_names(data)]
    kinds = {**dict.fromkeys(program.players, pa.int64()), **dict.fromkeys(terms, pa.float64())}
    chosen = read_columns(data, kinds, manifest.profiles, labels)
    profiles = np.stack([chosen[player] for player in program.players], axis=1)
    if (profiles < 0).any() or (profiles >= [len(own) for own in program.instances]).any():
        raise ShardError("names a strategy that there is not")
    levels = np.stack([chosen[name] for name in terms], axis=1) if terms else None
    return Design(profiles, worlds, manifest.replications, manifest.luck_seed, levels, manifest.realised)


def _read(folder: Path, name: str, digest: str) -> tuple[bytes | None, str]:
    """A shard's bytes if there is such a file, and what is wrong with them."""
    try:
        data = (folder / name).read_bytes()
    except OSError:
        return None, "is missing"
    return data, "" if _digest(data) == digest else "was truncated or altered"


def _kept(folder: Path, name: str, digest: str, announce: Announce, whole: Whole) -> bool:
    """Whether a complete shard was taken; where it is no longer what was written, it is set aside."""
    data, wrong = _read(folder, name, digest)
    if data is not None and not wrong:
        try:
            whole.unpack(data, Piece.of_name(name, whole.design.worlds.size))
        except ShardError as error:
            wrong = str(error)
        else:
            return True
    line = f"the shard `{visible(str(folder / name))}` {wrong}: it is run again"
    if data is not None:
        aside = next(p for n in count(1) if not (p := folder / f"{name}.altered-{n}").exists())
        with _disk(folder):
            (folder / name).rename(aside)
        line += f", and the altered file set aside as `{aside.name}`"
    announce(line)
    return False


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
        raise RunError(
            f"cannot write to `{visible(str(folder))}`: {reason}; what was complete before is kept"
        ) from error


def _design_digest(design: Design) -> str:
    worlds, state = design.worlds, hashlib.blake2b(digest_size=16)
    for array in (design.profiles, worlds.streams, *worlds.columns.values(), design.levels):
        if array is not None:
            state.update(np.ascontiguousarray(array).tobytes())
    return state.hexdigest()


def _wanted(program: Program, manifest: Manifest, shown: str) -> Wanted:
    for histogram in manifest.histograms:
        if (histogram.kind, histogram.name) not in program.measures:
            said = f"`{visible(histogram.name, 60)}`, of which a histogram was kept, is no {histogram.kind}"
            raise RunError(f"`{shown}/{MANIFEST}` was altered: {said}; delete the folder and run again")
    return Wanted(manifest.quantiles, tuple(Bins(h.kind, h.name, h.edges) for h in manifest.histograms))


def _manifest(program: Program, design: Design, wanted: Wanted) -> Manifest:
    worlds, model = design.worlds, program.model
    return Manifest(
        standoff=__version__, study=model.name, digest=model.digest, variants=tuple(model.applied),
        design=_design_digest(design), profiles=int(design.profiles.shape[0]), worlds=worlds.size,
        replications=design.replications, seed=worlds.seed, luck_seed=design.seed, method=cast(Method, worlds.method),
        realised=design.realised, quantiles=tuple(wanted.levels),
        histograms=tuple(Histogram(cast(Kind, b.kind), b.name, tuple(b.edges)) for b in wanted.bins),
        shards={}, complete=False,
    )  # fmt: skip


def _earlier(folder: Path, manifest: Manifest) -> Manifest | None:
    """An earlier run of the same design that is here, complete or not."""
    if all(path.match(".*.part") for path in folder.iterdir()):
        return None
    shown = visible(str(folder))
    if not (folder / MANIFEST).exists():
        raise RunError(f"`{shown}` is not empty and holds no run; choose another folder")
    found = read_manifest(folder)
    for key, words in _SAME.items():
        if getattr(found, key) != getattr(manifest, key):
            raise RunError(f"`{shown}` holds a run with {words}; choose another folder, or delete it")
    return found


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


def _write_manifest(folder: Path, manifest: Manifest, **known: Any) -> None:
    atomic_write(folder / MANIFEST, msgspec.structs.replace(manifest, **known).encode())
