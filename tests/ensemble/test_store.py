"""Run folders: kept, resumed, refused."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import standoff
from standoff.ensemble.store import RunError, read_run, run_to_folder
from standoff.ensemble.study import Study


@pytest.fixture(scope="module")
def rivals() -> Study:
    return standoff.load("rivals")


def keep(study: Study, folder: Path, **more: int) -> standoff.Ensemble:
    return run_to_folder(study.program, study.design(8, 3), folder, cells_per_shard=16, **more)  # type: ignore[arg-type]


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
    from standoff.ensemble import store  # noqa: PLC0415

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


def test_an_altered_or_missing_shard_is_reported(rivals: Study, tmp_path: Path) -> None:
    keep(rivals, tmp_path)
    shard = sorted((tmp_path / "shards").iterdir())[1]
    data = shard.read_bytes()
    shard.write_bytes(data[:-9])
    with pytest.raises(RunError, match="truncated or altered"):
        keep(rivals, tmp_path)
    shard.unlink()
    with pytest.raises(RunError, match="is missing"):
        read_run(tmp_path, rivals.program)


def test_a_folder_of_another_run_or_of_something_else_is_refused(rivals: Study, tmp_path: Path) -> None:
    keep(rivals, tmp_path / "run")
    with pytest.raises(RunError, match="holds another run: another replications"):
        run_to_folder(rivals.program, rivals.design(8, 4), tmp_path / "run")
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "letter.txt").write_text("dear reader")
    with pytest.raises(RunError, match="not empty and holds no run"):
        keep(rivals, tmp_path / "notes")
    with pytest.raises(RunError, match="holds no run"):
        read_run(tmp_path / "notes", rivals.program)


def test_a_full_disk_is_said_plainly(rivals: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from standoff.ensemble import store  # noqa: PLC0415

    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "atomic_write", full)
    with pytest.raises(RunError, match="No space left on device; what was complete before is kept"):
        keep(rivals, tmp_path / "run")


KILLED = """
import sys, time
from pathlib import Path
import standoff
from standoff.ensemble import store
write = store._write_shard
store._write_shard = lambda *parts: (time.sleep(0.05), write(*parts))[1]
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
