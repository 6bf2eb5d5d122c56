"""Files are read when they are plain, bounded, UTF-8 and in the folder; else it is said where and why not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from standoff.base.files import open_plain, read_source
from standoff.base.problems import StudyError


def refusal(path: Path, most: int = 1_000) -> tuple[str, int, int, str]:
    with pytest.raises(StudyError) as refused:
        read_source(path, f"case/{path.name}", most=most)
    problem = refused.value.problems[0]
    return problem.code, problem.span.line, problem.span.column, problem.message


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a,b\ncaf\xe9,1\n", (2, 4, "`case/table.csv` is not UTF-8 text: the byte 0xE9 stands here")),
        ("é,b\r\n\u00fc,".encode() + b"\xff", (2, 3, "`case/table.csv` is not UTF-8 text: the byte 0xFF stands here")),
        ("a,b".encode("utf-16"), (1, 1, "`case/table.csv` is UTF-16 text")),
    ],
)  # fmt: skip
def test_another_encoding_is_told_at_its_first_byte(
    tmp_path: Path, data: bytes, expected: tuple[int, int, str]
) -> None:
    (tmp_path / "table.csv").write_bytes(data)
    assert refusal(tmp_path / "table.csv") == ("file-unreadable", *expected)


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert refusal(tmp_path / "pipe")[0] == "file-unreadable"


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_bytes(b"\xef\xbb\xbfa\r\n")
    assert read_source(tmp_path / "table.csv", "table.csv").text == "a\n"


@pytest.mark.parametrize("kind", ["a pipe", "a device", "a folder"])
def test_what_could_be_read_for_ever_is_not_opened(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "manifest.json"
    make = {"a pipe": os.mkfifo, "a device": lambda p: p.symlink_to("/dev/zero"), "a folder": Path.mkdir}
    make[kind](path)
    with pytest.raises(OSError, match=f"it is not a plain file, but {kind}"):
        open_plain(path)
