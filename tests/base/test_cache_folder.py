"""Things are kept where only their user may write."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from standoff.base.cache_folder import Cache, cache_folder, open_cache


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
    assert kept.folder.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("mode", [0o770, 0o707])
def test_a_folder_that_others_may_write_to_is_not_used(kept: Cache, mode: int) -> None:
    kept.folder.chmod(mode)
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
