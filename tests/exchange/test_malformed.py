"""Broken files of every format: one clear error with its place, and nothing written."""

import re

import pytest
from click.testing import CliRunner
from malformed import BROKEN, broken, sound

from standoff.cli import main
from standoff.exchange.formats import FORMATS


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return sound(tmp_path_factory.mktemp("sound"))


def imported(file, options, out):
    return CliRunner().invoke(main, ["import", str(file), "--out", str(out), *options])


def test_there_is_a_sound_file_of_every_format_and_it_is_read(files, tmp_path):
    endings = {file.name.partition(".")[2] if file.name.endswith(".tar.gz") else file.suffix.removeprefix(".")
               for file, _ in files.values()}  # fmt: skip
    assert all(any(suffix.removeprefix(".") in endings for suffix in row.suffixes) for row in FORMATS)
    for suffix, (file, options) in files.items():
        done = imported(file, options, tmp_path / suffix.strip("."))
        assert done.exit_code == 0, (suffix, done.output)


def test_there_are_sixty_ways_to_break_them():
    assert len(BROKEN) >= 60


@pytest.mark.parametrize(("suffix", "how"), BROKEN)
def test_a_broken_file_is_refused_with_its_place_and_nothing_is_written(suffix, how, files, tmp_path):
    file, options = files[suffix]
    data = file.read_bytes()
    try:
        file.write_bytes(broken(suffix, how, data))
        done = imported(file, options, tmp_path / "new")
    finally:
        file.write_bytes(data)
    assert done.exit_code == 1, done.output
    assert re.search(r"^\S.*:\d+:\d+: error: \S.*\[[a-z-]+\]$", done.output, re.MULTILINE), done.output
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("suffix", sorted({suffix for suffix, _ in BROKEN}))
def test_a_file_beyond_all_bounds_is_refused_unread(suffix, files, tmp_path):
    file, options = files[suffix]
    data = file.read_bytes()
    try:
        with file.open("ab") as grown:
            grown.truncate(8_000_000_000)  # a hole, which takes no room
        done = imported(file, options, tmp_path / "new")
    finally:
        file.write_bytes(data)
    assert done.exit_code == 1, done.output
    assert "bytes" in done.output or suffix == ".csv"  # tables of events are read in pieces, however long
    assert not (tmp_path / "new").exists()
