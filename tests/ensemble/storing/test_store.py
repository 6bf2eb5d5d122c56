"""Run folders: kept, resumed, refused."""

from __future__ import annotations

import errno
import gc
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import standoff
from standoff.ensemble.folding.spreads import want
from standoff.ensemble.run import run_design
from standoff.ensemble.running import Running
from standoff.ensemble.storing import store
from standoff.ensemble.storing.manifest import RunError
from standoff.ensemble.storing.store import read_run, run_to_folder
from standoff.ensemble.study import Study, open_run


@pytest.fixture(scope="module")
def rivals() -> Study:
    return standoff.load("rivals")


def keep(study: Study, folder: Path, **more: int) -> standoff.Ensemble:
    return run_to_folder(study.program, study.design(8, 3), folder, cells_per_shard=16, **more)  # type: ignore[arg-type]


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows with each shard that is run."""
    calls: list[int] = []
    whole = store.run_design

    def count(*args: object, **kwargs: object) -> object:
        calls.append(1)
        return whole(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "run_design", count)
    return calls


def test_a_kept_run_is_the_run_and_reads_back_bit_for_bit(rivals: Study, tmp_path: Path) -> None:
    kept = keep(rivals, tmp_path / "run")
    assert kept.digest == rivals.run(worlds=8, replications=3).digest
    again = read_run(tmp_path / "run", rivals.program)
    assert again.digest == kept.digest
    assert np.array_equal(again.halves, kept.halves, equal_nan=True)
    assert again.diagnostics.clipped == pytest.approx(kept.diagnostics.clipped)
    names = sorted(p.name for p in (tmp_path / "run").iterdir())
    assert names == ["manifest.json", "profiles.parquet", "shards", "study", "worlds.parquet"]
    assert not list((tmp_path / "run").rglob("*.part"))


def test_a_stopped_run_goes_on_where_it_was(rivals: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    whole = store.run_design

    def stops(*args: object, **kwargs: object) -> object:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return whole(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "run_design", stops)
    with pytest.raises(KeyboardInterrupt):
        keep(rivals, tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert len(manifest["shards"]) == 2
    assert not manifest["complete"]
    with pytest.raises(RunError, match="not complete"):
        read_run(tmp_path, rivals.program)
    assert keep(rivals, tmp_path).digest == rivals.run(worlds=8, replications=3).digest
    assert len(calls) == 3 + 3


@pytest.mark.parametrize("alter", [lambda data: data[:-9], lambda data: data[:200] + b"x" + data[201:], lambda _: b""])
def test_an_altered_shard_is_named_set_aside_and_run_again(
    rivals: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alter: Callable[[bytes], bytes]
) -> None:
    expected = keep(rivals, tmp_path)
    shards = sorted((tmp_path / "shards").iterdir())
    before = {path: path.read_bytes() for path in shards}
    spoilt = alter(before[shards[1]])
    shards[1].write_bytes(spoilt)
    with pytest.raises(RunError, match=rf"{shards[1].name}` was truncated or altered; the same `standoff run`"):
        read_run(tmp_path, rivals.program)
    runs = counted(monkeypatch)
    said: list[str] = []
    again = run_to_folder(
        rivals.program, rivals.design(8, 3), tmp_path, running=Running(announce=said.append), cells_per_shard=16
    )
    assert again.digest == expected.digest == read_run(tmp_path, rivals.program).digest
    assert len(runs) == 1
    aside = shards[1].with_name(f"{shards[1].name}.altered-1")
    assert said == [
        f"the shard `{shards[1]}` was truncated or altered: it is run again, and the altered file set aside as "
        f"`{aside.name}`"
    ]
    assert aside.read_bytes() == spoilt
    assert {path: path.read_bytes() for path in shards} == before


def test_a_lost_shard_or_table_is_run_again(rivals: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = keep(rivals, tmp_path)
    shard = sorted((tmp_path / "shards").iterdir())[2]
    shard.unlink()
    with pytest.raises(RunError, match=rf"{shard.name}` is missing"):
        read_run(tmp_path, rivals.program)
    runs = counted(monkeypatch)
    with pytest.warns(UserWarning, match=rf"{shard.name}` is missing: it is run again$"):
        keep(rivals, tmp_path)
    assert len(runs) == 1
    (tmp_path / "worlds.parquet").write_bytes(b"PAR1")
    with pytest.raises(RunError, match=r"tables of worlds or profiles in .* were lost or altered"):
        read_run(tmp_path, rivals.program)
    keep(rivals, tmp_path)
    assert read_run(tmp_path, rivals.program).digest == expected.digest


def test_a_folder_of_another_run_or_of_something_else_is_refused(rivals: Study, tmp_path: Path) -> None:
    keep(rivals, tmp_path / "run")
    with pytest.raises(RunError, match="holds a run with another number of replications; choose another folder"):
        run_to_folder(rivals.program, rivals.design(8, 4), tmp_path / "run")
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "letter.txt").write_text("dear reader")
    with pytest.raises(RunError, match="not empty and holds no run"):
        keep(rivals, tmp_path / "notes")
    with pytest.raises(RunError, match="holds no run"):
        read_run(tmp_path / "notes", rivals.program)


@pytest.mark.parametrize("writes", [0, 1, 7, 11])
def test_a_full_disk_is_said_plainly_and_keeps_what_was_complete(
    rivals: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    left = iter(range(writes))

    def sync(_: int) -> None:
        if next(left, None) is None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    folder = tmp_path / "run"
    with monkeypatch.context() as patch, pytest.raises(
        RunError, match=r"cannot write to .*: No space left on device; what was complete before is kept"
    ):  # fmt: skip
        patch.setattr(os, "fsync", sync)
        keep(rivals, folder)
    assert not list(folder.rglob("*.part"))
    kept = len(list(folder.rglob("shards/*")))
    runs = counted(monkeypatch)
    assert keep(rivals, folder).digest == rivals.run(worlds=8, replications=3).digest
    assert len(runs) in (5 - kept, 6 - kept)  # the last one's line in the manifest may be what found no place


KILLED = """
import sys, time
from pathlib import Path
import standoff
from standoff.ensemble.storing import store
from standoff.ensemble.run import run_design
pack = store.pack_shard
store.pack_shard = lambda part: (time.sleep(0.05), pack(part))[1]
study = standoff.load("rivals")
store.run_to_folder(study.program, study.design(40, 4), Path(sys.argv[1]), cells_per_shard=40)
"""


def test_a_run_killed_three_times_goes_on_and_is_the_run(rivals: Study, tmp_path: Path) -> None:
    folder, manifest = tmp_path / "run", tmp_path / "run" / "manifest.json"
    for complete in (1, 3, 6):
        process = subprocess.Popen([sys.executable, "-c", KILLED, str(folder)])
        while not (manifest.exists() and len(json.loads(manifest.read_text())["shards"]) >= complete):
            assert process.poll() is None
            time.sleep(0.003 * complete)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        with pytest.raises(RunError, match="not complete"):
            read_run(folder, rivals.program)
    kept = run_to_folder(rivals.program, rivals.design(40, 4), folder, cells_per_shard=40)
    assert kept.digest == rivals.run(worlds=40, replications=4).digest
    assert read_run(folder, rivals.program).digest == kept.digest
    assert not list(folder.rglob("*.part"))


def test_a_run_keeps_the_study_as_it_was_loaded(rivals: Study, tmp_path: Path) -> None:
    shutil.copytree(rivals.model.folder, tmp_path / "study")
    study = standoff.load(tmp_path / "study")
    (tmp_path / "study" / "study.yaml").write_text("title: another study", encoding="utf-8")
    run = study.run(worlds=8, replications=2, out=tmp_path / "run")
    kept = open_run(tmp_path / "run")
    assert (kept.digest, kept.model.digest) == (run.digest, rivals.model.digest)


def test_a_piece_may_have_a_part_of_the_worlds(study_of: Callable[..., Study], tmp_path: Path) -> None:
    """Cut along worlds too, nothing changes: figures, quantiles, histograms, and where first a fault or check fails."""
    study = study_of("""\
        uncertainties: {a: {range: [0, 1], judgement: none}}
        stocks: {x: {start: 1, next: "sqrt(a - 0.02) + x"}}
        checks: {low: "a < 0.9"}
        events: {storm: {chance: 0.1}}
        outcomes: {end: {measure: "final(x)", better: lower}, when: {measure: "first(storm)", better: lower}}
        """)
    design, wanted = study.design(200, 4), want(study.program, (0.5,), {"end": (0.0, 2.0, 9.0)})
    whole = run_design(study.program, design, wanted)
    kept = run_to_folder(study.program, design, tmp_path / "run", wanted, cells_per_shard=64)
    names = sorted(path.name for path in (tmp_path / "run" / "shards").iterdir())
    assert names[:2] == ["000000-000001-000000-000064.parquet", "000000-000001-000064-000128.parquet"]
    for found in (kept, open_run(tmp_path / "run")):
        assert found.digest == whole.digest
        assert found.diagnostics.faults == whole.diagnostics.faults != ()
        assert found.diagnostics.broken == whole.diagnostics.broken != {}
        assert found.present.keys() == whole.present.keys()
        assert np.array_equal(found.present["when"], whole.present["when"])
        assert np.array_equal(found.halves, whole.halves, equal_nan=True)


@pytest.mark.parametrize("replications", [1, 2])
def test_what_no_sound_future_has_is_a_null_on_disk_and_reads_as_nan(
    study_of: Callable[..., Study], tmp_path: Path, replications: int
) -> None:
    study = study_of("""\
        uncertainties: {x: {about: A test, range: [-1, 1], judgement: a test}}
        quantities: {y: {value: "log(x)"}}
        events: {storm: {chance: 0.1}}
        outcomes: {mean_y: {measure: "mean(y)", better: lower}, when: {measure: "first(storm)", better: higher}}
        """)
    kept = run_to_folder(study.program, study.design(8, replications), tmp_path / "run")
    (shard,) = (tmp_path / "run" / "shards").iterdir()
    table = pq.read_table(shard)
    means = table["outcome mean_y mean"]
    assert means.null_count == int(np.isnan(kept.outcome("mean_y")).sum()) == 4
    assert not any(pc.any(pc.is_nan(column)).as_py() for column in table.columns)
    assert pc.mean(means).as_py() == pytest.approx(float(np.nanmean(kept.outcome("mean_y"))))
    again = read_run(tmp_path / "run", study.program)
    assert again.digest == kept.digest
    assert np.isnan(again.outcome("mean_y")).tolist() == np.isnan(kept.outcome("mean_y")).tolist()


def test_a_large_run_that_nobody_keeps_leaves_its_figures_on_the_disk(
    rivals: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = rivals.run(worlds=8, replications=3)
    monkeypatch.setattr(store, "IN_MEMORY", 0)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    large = rivals.run(worlds=8, replications=3)
    assert not isinstance(large.means, np.ndarray)
    assert large.digest == whole.digest
    assert [path.name[:13] for path in tmp_path.iterdir()] == ["standoff-run-"]
    del large
    gc.collect()
    assert list(tmp_path.iterdir()) == []
