"""Kernels are kept where only their user may write, and a compiled file that was altered is not loaded."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from standoff.program.numba.cache import Cache, cache_folder, open_cache


def compiled(folder: Path, stem: str = "kernel_a", data: bytes = b"code") -> Path:
    path = folder / "__pycache__" / f"{stem}.run-1.py311.1.nbc"
    path.write_bytes(data)
    return path


@pytest.fixture
def kept(tmp_path: Path) -> Cache:
    return open_cache(tmp_path / "cache")


def test_the_cache_folder_is_the_users_unless_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("STANDOFF_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv("STANDOFF_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert cache_folder() == tmp_path / "cache" / "standoff"


def test_a_new_folder_is_closed_to_others(kept: Cache, tmp_path: Path) -> None:
    assert kept == Cache(tmp_path / "cache")
    assert [path.stat().st_mode & 0o077 for path in (kept.folder, kept.folder / "__pycache__")] == [0, 0]


@pytest.mark.parametrize("place", [".", "__pycache__"])
@pytest.mark.parametrize("mode", [0o770, 0o707])
def test_a_folder_that_others_may_write_to_is_not_used(kept: Cache, place: str, mode: int) -> None:
    (kept.folder / place).chmod(mode)
    other = open_cache(kept.folder)
    assert other.folder != kept.folder
    assert "others may write to" in other.lacking


def test_a_folder_of_somebody_else_is_not_used(kept: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 12_345)
    assert "belongs to somebody else" in open_cache(kept.folder).lacking


def test_without_a_place_the_cache_goes_with_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    other = open_cache(tmp_path / "file" / "cache")
    assert other.lacking == f"`{tmp_path / 'file' / 'cache'}`: Not a directory"
    assert other.folder.stat().st_mode & 0o077 == 0

    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    for name in ("STANDOFF_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    assert "home" in open_cache().lacking


def test_what_was_compiled_and_noted_counts(kept: Cache) -> None:
    compiled(kept.folder)
    assert not kept.has("kernel_a")
    kept.note("kernel_a")
    assert kept.has("kernel_a")
    assert not kept.has("kernel_b")


@pytest.mark.parametrize("noted", ["null", "[]", '"x"', "{", "[" * 10_000, '{"kernel_a.run-1.py311.1.nbc": "0"}'])
def test_a_compiled_file_with_another_digest_is_removed(kept: Cache, noted: str) -> None:
    path = compiled(kept.folder)
    kept.note("kernel_a")
    kept.source("kernel_a", "text")
    assert path.exists()
    (kept.folder / "kernel_a.json").write_text(noted)
    assert not kept.has("kernel_a")
    kept.source("kernel_a", "text")
    assert not path.exists()


def test_an_altered_file_is_removed_and_an_altered_source_written_anew(kept: Cache) -> None:
    path = compiled(kept.folder)
    kept.note("kernel_a")
    path.write_bytes(b"other code")
    (kept.folder / "kernel_a.py").write_text("import os")
    assert kept.source("kernel_a", "text").read_text() == "text"
    assert not path.exists()
