"""Runs on a cluster: the same digest whoever runs, whatever is lost, and faults by name."""

from __future__ import annotations

import errno
import logging
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import dask
import distributed
import numpy as np
import pytest

import standoff
from standoff.ensemble.cluster import drive, identity, jobs, session, tasks
from standoff.ensemble.cluster.identity import Identity, identify, refuse_others
from standoff.ensemble.design import Design
from standoff.ensemble.folding.spreads import Wanted
from standoff.ensemble.run import run_design
from standoff.ensemble.running import Running
from standoff.ensemble.storing import store
from standoff.ensemble.storing.manifest import RunError, read_manifest
from standoff.ensemble.storing.pieces import Piece, open_pieces, pieces
from standoff.ensemble.storing.place import Folder
from standoff.ensemble.storing.store import read_run, run_to_folder
from standoff.ensemble.study import Study


@pytest.fixture(scope="module")
def rivals() -> Study:
    return standoff.load("rivals")


@pytest.fixture(scope="module")
def design(rivals: Study) -> Design:
    return rivals.design(12, 3)


@pytest.fixture(scope="module")
def digest(rivals: Study, design: Design) -> str:
    return run_design(rivals.program, design).digest


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Two workers in this process, which share its modules; shards are small, and what is gone is soon given up."""
    monkeypatch.setattr(jobs, "FEWEST_FUTURES", 9)
    monkeypatch.setattr(drive, "LOOK_EVERY", 0.05)
    monkeypatch.setattr(drive, "PATIENCE", 1.0)
    monkeypatch.setattr(drive, "LEAST_AHEAD", 4)
    tasks._BEGUN.clear()
    with warnings.catch_warnings(), dask.config.set({"distributed.comm.timeouts.connect": "2s"}):
        warnings.simplefilter("ignore")
        with distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=False,
            protocol="tcp://",
            host="127.0.0.1",
            dashboard_address=None,
            silence_logs=50,
        ) as made:
            yield made
            for of in list(session._SESSIONS.values()):
                of.client.close(timeout=1)
            session._SESSIONS.clear()


def on(cluster: Any, **more: Any) -> Running:
    return Running(1, "reference", on=cluster.scheduler_address, **more)


def slowed(
    monkeypatch: pytest.MonkeyPatch, seconds: float, meanwhile: Callable[[int], object] = lambda _: None
) -> None:
    """Each piece takes so long, and something happens as it begins."""
    whole, calls = jobs.run_design, iter(range(1_000_000))

    def slow(*args: Any, **kwargs: Any) -> Any:
        meanwhile(next(calls))
        time.sleep(seconds)
        return whole(*args, **kwargs)

    monkeypatch.setattr(jobs, "run_design", slow)


def test_workers_give_the_digest_of_one_process(cluster: Any, rivals: Study, design: Design, digest: str) -> None:
    told: list[tuple[int, int]] = []
    running = on(cluster, progress=lambda done, total: told.append((done, total)))
    found = run_design(rivals.program, design, running=running)
    assert found.digest == digest
    assert told[-1] == (design.n_futures, design.n_futures)
    assert len(told) > 10


def test_many_pieces_go_out_some_together(
    cluster: Any, rivals: Study, design: Design, digest: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drive, "TASKS_A_THREAD", 3)
    sent = list[int]()
    items = drive._Driver._items
    monkeypatch.setattr(drive._Driver, "_items", lambda *of: sent.append(len(items(*of))) or items(*of))
    assert run_design(rivals.program, design, running=on(cluster)).digest == digest
    assert min(sent[:-1]) > 1
    assert len(sent) <= 6


def test_single_futures_and_histograms_come_back_from_workers(cluster: Any, rivals: Study, design: Design) -> None:
    wanted = Wanted((0.1, 0.9), (), futures=True)
    one = run_design(rivals.program, design, wanted)
    assert run_design(rivals.program, design, wanted, on(cluster)).digest == one.digest


def test_workers_write_the_shards_of_a_kept_run(
    cluster: Any, rivals: Study, design: Design, digest: str, tmp_path: Path
) -> None:
    found = run_to_folder(rivals.program, design, tmp_path / "run", running=on(cluster))
    assert found.digest == digest
    assert read_run(tmp_path / "run", rivals.program).digest == digest
    assert len(read_manifest(tmp_path / "run").shards) > 10


def test_a_run_begun_in_one_process_goes_on_elsewhere(
    cluster: Any, rivals: Study, design: Design, digest: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = iter(range(3))

    def stop(*args: Any, **kwargs: Any) -> Any:
        if next(calls, None) is None:
            raise KeyboardInterrupt
        return run_design(*args, **kwargs)

    monkeypatch.setattr(store, "run_design", stop)
    with pytest.raises(KeyboardInterrupt):
        run_to_folder(rivals.program, design, tmp_path / "run", cells_per_shard=24)
    before = dict(read_manifest(tmp_path / "run").shards)
    assert len(before) == 3
    found = run_to_folder(rivals.program, design, tmp_path / "run", running=on(cluster))
    assert found.digest == digest
    assert before.items() <= read_manifest(tmp_path / "run").shards.items()


def test_what_a_lost_worker_was_at_is_run_again(
    cluster: Any, rivals: Study, design: Design, digest: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost, lines = next(iter(cluster.workers.values())), list[str]()
    scheduler = cluster.scheduler

    def lose(call: int) -> None:
        if call == 9:
            scheduler.loop.add_callback(scheduler.remove_worker, lost.address, stimulus_id="lost", expected=False)

    slowed(monkeypatch, 0.03, lose)
    running = on(cluster, announce=lines.append)
    assert run_to_folder(rivals.program, design, tmp_path / "run", running=running).digest == digest
    assert any(lost.address in line and "was lost" in line for line in lines), lines


def test_a_lost_scheduler_leaves_a_run_that_goes_on(
    cluster: Any, rivals: Study, design: Design, digest: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduler = cluster.scheduler
    slowed(monkeypatch, 0.02, lambda call: scheduler.loop.add_callback(scheduler.close) if call == 25 else None)
    quick = dask.config.set({"distributed.comm.timeouts.connect": "1s"})
    with quick, pytest.raises(RunError, match=r"the scheduler at `tcp:.*` was lost"):
        run_to_folder(rivals.program, design, tmp_path / "run", running=on(cluster))
    kept = read_manifest(tmp_path / "run")
    assert kept.shards
    assert not kept.complete
    assert run_to_folder(rivals.program, design, tmp_path / "run").digest == digest


def test_what_dask_logs_of_a_lost_scheduler_is_not_shown(cluster: Any, rivals: Study, design: Design) -> None:
    """Else its tracebacks stand below the sentence that says so."""
    run_design(rivals.program, design, running=on(cluster))
    assert not logging.getLogger("distributed.client").isEnabledFor(logging.ERROR)


def test_a_slow_workers_shard_is_begun_elsewhere(
    cluster: Any, rivals: Study, design: Design, digest: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drive, "SLOW_LEAST", 0.3)
    monkeypatch.setattr(drive, "SLOW", 0.0)
    lines, said = list[str](), Event()

    def announce(line: str) -> None:
        lines.append(line)
        if "is slow" in line:
            said.set()

    slowed(monkeypatch, 0.0, lambda call: said.wait(20.0) if call == 8 else None)
    assert run_design(rivals.program, design, running=on(cluster, announce=announce)).digest == digest
    assert any("second time elsewhere" in line for line in lines)


def test_a_full_disk_is_said_and_what_is_complete_stays(
    cluster: Any, rivals: Study, design: Design, digest: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, calls = Folder.write, iter(range(1_000))

    def full(place: Folder, name: str, data: bytes) -> None:
        if name.startswith("shards/") and next(calls) > 8:
            raise OSError(errno.ENOSPC, "No space left on device", str(place.path / name))
        write(place, name, data)

    monkeypatch.setattr(Folder, "write", full)
    with pytest.raises(RunError, match="No space left on device; what was complete before is kept"):
        run_to_folder(rivals.program, design, tmp_path / "run", running=on(cluster))
    monkeypatch.setattr(Folder, "write", write)
    assert read_manifest(tmp_path / "run").shards
    assert run_to_folder(rivals.program, design, tmp_path / "run", running=on(cluster)).digest == digest


def test_a_shard_that_differs_when_run_again_is_a_fault(
    cluster: Any, rivals: Study, design: Design, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drive, "SLOW_LEAST", 0.2)
    # the first of two results is told only after the second was begun, and other shards are still to come
    take, seen = drive._Driver._take, list[int]()

    def differ(driver: Any, future: Any, result: Any) -> Any:
        task = driver.under_way[future]
        for number, ran in take(driver, future, result):
            if not seen:
                seen.append(task.number)
                driver._send([task.number], 1)
                driver.done[task.number] = ["another digest"]
            yield number, ran

    monkeypatch.setattr(drive._Driver, "_take", differ)
    slowed(monkeypatch, 0.01)
    with pytest.raises(RunError, match=r"the shard `shards/.*` came out otherwise when it was run again"):
        run_design(rivals.program, design, running=on(cluster))


def test_another_arithmetic_is_refused_before_any_shard(
    cluster: Any, rivals: Study, design: Design, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "identify", lambda: Identity(identify().version, "f" * 32))
    with pytest.raises(RunError, match=r"the worker tcp:.* computes otherwise: .* f{32} there.*nothing was run"):
        run_design(rivals.program, design, running=on(cluster))


def test_another_version_and_none_at_all_are_refused_by_name() -> None:
    found = {"tcp://a": Identity("0.0.1", "x"), "tcp://b": ModuleNotFoundError("No module named 'standoff'")}
    with pytest.raises(
        RunError, match=r"worker tcp://a runs Standoff 0\.0\.1, and this is .*; the worker tcp://b runs no"
    ):
        refuse_others(found)


def test_a_worker_that_joins_later_is_held_against_whoever_asks() -> None:
    with pytest.raises(RunError, match="the worker here computes otherwise"):
        tasks.do([1], work=b"", digest="never begun", like=identity.Identity(standoff.__version__, "0" * 32),
                 evaluator="reference")  # fmt: skip


def test_an_address_where_nobody_answers_is_said(rivals: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "PATIENCE", 0.3)
    with pytest.raises(RunError, match=r"no Dask scheduler answers at `tcp://127\.0\.0\.1:9`"):
        run_design(rivals.program, rivals.design(2, 2), running=Running(1, on="tcp://127.0.0.1:9"))


def test_open_pieces_are_what_is_left_however_it_was_cut(design: Design) -> None:
    n_profiles, n_worlds = design.profiles.shape[0], design.worlds.size
    for kept_cells, cells in ((24, 7), (7, 24), (50, 5), (5, 50), (1000, 5)):
        kept = list(pieces(design, kept_cells))[1::3]
        covered = np.zeros((n_profiles, n_worlds), dtype=int)
        for piece in (*kept, *open_pieces(design, cells, kept)):
            covered[slice(*piece.profiles), slice(*piece.worlds)] += 1
        assert (covered == 1).all()


def test_a_piece_moves_by_profiles() -> None:
    assert Piece((0, 2), (3, 5)).moved(4) == Piece((4, 6), (3, 5))
