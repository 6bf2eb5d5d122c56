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
import warnings
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyarrow as pa

from standoff._version import __version__
from standoff.base.escaping import visible
from standoff.ensemble.design import Design, Method, Worlds
from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.evaluator import choose_evaluator
from standoff.ensemble.folding.spreads import NOTHING, Bins, Wanted
from standoff.ensemble.run import Job, run_design
from standoff.ensemble.running import Running
from standoff.ensemble.spreading import cluster
from standoff.ensemble.storing.manifest import (
    MANIFEST,
    Histogram,
    Keeping,
    Kind,
    Manifest,
    RunError,
    has_manifest,
    read_manifest,
)
from standoff.ensemble.storing.pieces import Piece, open_pieces
from standoff.ensemble.storing.place import Place, atomic_write, place_of
from standoff.ensemble.storing.shards import (
    ShardError,
    Whole,
    column_names,
    pack_shard,
    read_columns,
    table_bytes,
)
from standoff.program.program import Program

__all__ = ["RunError", "atomic_write", "is_large", "read_manifest", "read_run", "run_to_folder"]

SHARD = 1 << 24  # bytes of means, errors and halves: a run holds some four times that while it writes one
IN_MEMORY = 1 << 27  # likewise, of a whole run; more stay in the shards
MISSING = "is missing"

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
    folder: str | Path | Place,
    wanted: Wanted = NOTHING,
    *,
    running: Running = Running(),
    cells_per_shard: int | None = None,
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
    place, manifest = place_of(folder), _manifest(program, design, wanted)
    with _disk(place):
        place.begin()
        found = _earlier(place, manifest)
        keeping = Keeping(place, manifest, {} if found is None else dict(found.shards))
        keeping.write()
        _begin(place, program, design)
        place.clean()
    whole = Whole(program, design, wanted, place if is_large(program, design) else None)
    altered = _take_up(keeping, whole, running)
    job, n_worlds = Job(program, design, wanted), design.worlds.size
    kept = [Piece.of_name(name, n_worlds) for name in keeping.shards]
    todo = open_pieces(design, cells_per_shard or _cells(program, design, running), kept)
    done = design.n_futures - sum(piece.n_cells for piece in todo) * design.replications
    try:
        for piece, digest, part in _run(job, todo, place, running.part(done, design.n_futures)):
            name = piece.name(n_worlds)
            if altered.get(name, digest) != digest:
                running.say(f"the shard `{place.shown}/{name}` came out otherwise than when it was first written")
            with _disk(place):
                keeping.note(name, digest)
            if part is not None:
                whole.take(piece, part)
            del part
    except BaseException:
        with suppress(OSError):
            keeping.write()
        raise
    if running.on is not None:
        _read_shards(whole, place, {name: keeping.shards[name] for name in (p.name(n_worlds) for p in todo)}, running)
    run = whole.ensemble()
    if found is not None and found.complete:
        _hold_result(place, found, run, running.threads)
    with _disk(place):
        keeping.write(complete=True, **_digests(run, running.threads))
    return run


def _cells(program: Program, design: Design, running: Running) -> int:
    """Of a shard."""
    if running.on is None:
        return max(1, SHARD // (len(program.measures) * 3 * 8))
    cells: int = cluster("jobs").cells_each(design, cluster("session").session_of(running).n_threads)
    return cells


def _run(
    job: Job, todo: Sequence[Piece], place: Place, running: Running
) -> Iterator[tuple[Piece, str, Ensemble | None]]:  # fmt: skip
    """Run pieces and write them: each with the digest of its file, and its figures where they are at hand."""
    if running.on is not None:
        for piece, digest in cluster("jobs").run_shards_on(job, todo, place, running):
            yield piece, digest, None
        return
    program, design = job.program, job.design
    evaluate, done = choose_evaluator(program, design.n_futures, running), 0
    for piece in todo:
        here = piece.design(design)
        part = run_design(program, here, job.wanted, running.part(done, design.n_futures), evaluate=evaluate)
        data = pack_shard(part)
        with _disk(place):
            place.write(piece.name(design.worlds.size), data)
        done += here.n_futures
        yield piece, _digest(data), part
        del part, data  # the next one begins without them
        pa.default_memory_pool().release_unused()


def is_large(program: Program, design: Design) -> bool:
    """Whether the figures are rather left on the disk."""
    cells = int(design.profiles.shape[0]) * design.worlds.size
    return cells * len(program.measures) * 3 * 8 > IN_MEMORY


def _take_up(keeping: Keeping, whole: Whole, running: Running) -> dict[str, str]:
    """Take what an earlier run left complete; what is no longer as it was written is to be run again: its digests."""
    place, names = keeping.place, list(keeping.shards)
    announce = running.announce or warnings.warn
    with ThreadPoolExecutor(running.workers) as pool:
        wrong = pool.map(lambda name: _unpack(whole, place, name, keeping.shards[name]), names)
        altered = {name: said for name, said in zip(names, wrong, strict=True) if said}
    for name, said in altered.items():
        line = f"the shard `{place.shown}/{visible(name)}` {said}: it is run again"
        if said != MISSING:
            with _disk(place):
                line += f", and the altered file set aside as `{place.set_aside(name)}`"
        announce(line)
    return {name: keeping.shards.pop(name) for name in altered}


def _unpack(whole: Whole, place: Place, name: str, digest: str) -> str:
    """Take a shard that is there; what is wrong with it, if anything."""
    data, wrong = _read(place, name, digest)
    if data is not None and not wrong:
        try:
            whole.unpack(data, Piece.of_name(name, whole.design.worlds.size))
        except ShardError as error:
            wrong = str(error)
    return wrong


def _read_shards(whole: Whole, place: Place, shards: Mapping[str, str], running: Running) -> None:
    """Take shards that must be there.

    Raises:
        RunError: One is not, or is not what was written.
    """
    with ThreadPoolExecutor(running.workers) as pool:
        wrong = pool.map(lambda name: _unpack(whole, place, name, shards[name]), shards)
        for name, said in zip(shards, wrong, strict=True):
            if said:
                raise RunError(f"the shard `{place.shown}/{visible(name)}` {said}; {_AGAIN}")


def read_run(folder: str | Path, program: Program, threads: int | None = None) -> Ensemble:
    """Read a complete run of a study, on at most so many threads; all cores by default.

    Raises:
        RunError: The folder holds no complete run of this study, or a shard was altered.
    """
    place = place_of(folder)
    manifest, shown = read_manifest(place), place.shown
    if manifest.digest != program.model.digest:
        study = visible(manifest.study, 60)
        raise RunError(f"`{shown}` holds a run of another version of the study `{study}`; run it again")
    if not manifest.complete:
        raise RunError(f"the run in `{shown}` is not complete; the same `standoff run` command goes on with it")
    try:
        design = _read_design(place, program, manifest)
    except (OSError, ShardError):
        design = None
    if design is None or _design_digest(design) != manifest.design:
        raise RunError(f"the tables of worlds or profiles in `{shown}` were lost or altered; {_AGAIN}")
    wanted = _wanted(program, manifest, shown)
    whole = Whole(program, design, wanted, place if is_large(program, design) else None)
    _read_shards(whole, place, {name: manifest.shards[name] for name in manifest.names()}, Running(threads))
    run = whole.ensemble()
    _hold_result(place, manifest, run, threads)
    return run


def _hold_result(place: Place, manifest: Manifest, run: Ensemble, threads: int | None = None) -> None:
    """Insist that the figures in a folder are those of the run that it says it holds.

    Raises:
        RunError: They are not: manifest or shards were altered, however consistently.
    """
    found = _digests(run, threads)
    for key, said in (("result", manifest.result), ("beside", manifest.beside)):
        if said not in (None, found[key]):
            raise RunError(
                f"`{place.shown}` does not hold the run that it says it holds: its figures, sizes, seeds and "
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


def _read_design(place: Place, program: Program, manifest: Manifest) -> Design:
    """The worlds and profiles of a run.

    Raises:
        OSError, ShardError: A table is missing, or is not what the program and the manifest ask for.
    """
    data = place.read("worlds.parquet")
    names = [name for name in column_names(data) if name != "stream"]
    if not set(names).issuperset(program.columns):
        raise ShardError("has other columns than the study's run")
    table = read_columns(data, {**dict.fromkeys(names, pa.float64()), "stream": pa.uint64()}, manifest.worlds)
    worlds = Worlds({name: table[name] for name in names}, table["stream"], manifest.seed, manifest.method)
    data = place.read("profiles.parquet")
    labels = {f"{player} strategy": pa.string() for player in program.players}
    terms = [name for name, _ in program.levels if name in column_names(data)]
    kinds = {**dict.fromkeys(program.players, pa.int64()), **dict.fromkeys(terms, pa.float64())}
    chosen = read_columns(data, kinds, manifest.profiles, labels)
    profiles = np.stack([chosen[player] for player in program.players], axis=1)
    if (profiles < 0).any() or (profiles >= [len(own) for own in program.instances]).any():
        raise ShardError("names a strategy that there is not")
    levels = np.stack([chosen[name] for name in terms], axis=1) if terms else None
    return Design(
        profiles, worlds, manifest.replications, manifest.luck_seed, levels=levels, realised=manifest.realised
    )


def _read(place: Place, name: str, digest: str) -> tuple[bytes | None, str]:
    """A shard's bytes if there is such a file, and what is wrong with them."""
    try:
        data = place.read(name)
    except OSError:
        return None, MISSING
    return data, "" if _digest(data) == digest else "was truncated or altered"


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


@contextmanager
def _disk(place: Place) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise RunError(f"cannot write to `{place.shown}`: {reason}; what was complete before is kept") from error


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


def _earlier(place: Place, manifest: Manifest) -> Manifest | None:
    """An earlier run of the same design that is here, complete or not."""
    if place.is_empty():
        return None
    shown = place.shown
    if not has_manifest(place):
        raise RunError(f"`{shown}` is not empty and holds no run; choose another folder")
    found = read_manifest(place)
    for key, words in _SAME.items():
        if getattr(found, key) != getattr(manifest, key):
            raise RunError(f"`{shown}` holds a run with {words}; choose another folder, or delete it")
    return found


def _begin(place: Place, program: Program, design: Design) -> None:
    model = program.model
    for name, text in model.written.files.texts().items():
        place.write(f"study/{name}", text.encode())
    columns = {name: np.asarray(column) for name, column in design.worlds.columns.items()}
    place.write("worlds.parquet", table_bytes({**columns, "stream": design.worlds.streams}))
    profiles: dict[str, Any] = {player: design.profiles[:, i] for i, player in enumerate(program.players)}
    for i, player in enumerate(program.players):
        profiles[f"{player} strategy"] = [program.instances[i][j].label for j in design.profiles[:, i]]
    if design.levels is not None:
        profiles |= {name: design.levels[:, i] for i, (name, _) in enumerate(program.levels)}
    place.write("profiles.parquet", table_bytes(profiles))
