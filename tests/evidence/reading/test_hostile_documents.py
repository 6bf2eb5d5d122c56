"""Documents made to exhaust or confuse the readers: each is read, or refused with a problem, never a traceback."""

from __future__ import annotations

import os
import plistlib
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from standoff.base.problems import StudyError
from standoff.evidence.reading.documents import Document, read_document

SENTENCES = (
    "The first talks were held in spring, and both of the sides came to them. A second round followed in autumn."
)
PARAGRAPH = f"<p>{SENTENCES}</p>"


def page(body: str) -> str:
    return f"<html><head><title>t</title></head><body><article>{body}</article></body></html>"


def nested_mhtml(depth: int) -> str:
    kind = "Content-Type: multipart/related; boundary=b"
    opened = "".join(f"--b{i - 1}\r\n{kind}{i}\r\n\r\n" for i in range(1, depth))
    head = f"From: <Saved by Blink>\r\nMIME-Version: 1.0\r\n{kind}0\r\n\r\n"
    return f"{head}{opened}--b{depth - 1}\r\nContent-Type: text/html\r\n\r\n{page(PARAGRAPH)}\r\n--b{depth - 1}--\r\n"


def archive(encoding: object = "utf-8", fmt: plistlib.PlistFormat = plistlib.FMT_BINARY, **more: object) -> bytes:
    main = {"WebResourceData": page(PARAGRAPH).encode(), "WebResourceMIMEType": "text/html"}
    return plistlib.dumps({"WebMainResource": {**main, "WebResourceTextEncodingName": encoding, **more}}, fmt=fmt)


READ: dict[str, tuple[str, str | bytes]] = {
    "brackets in front matter": ("a.md", f"---\ntitle: {'[' * 20_000}\n---\n{SENTENCES}"),
    "braces in front matter": ("a.md", f"---\n{'{a: ' * 20_000}\n---\n{SENTENCES}"),
    "arrays in TOML": ("a.md", f"+++\ntitle = {'[' * 20_000}{']' * 20_000}\n+++\n{SENTENCES}"),
    "a dotted key in TOML": ("a.md", f"+++\n{'.'.join('a' * 3_000)} = 1\n+++\n{SENTENCES}"),
    "an archive of an unknown encoding": ("a.webarchive", archive("klingon")),
    "an archive with a number for an encoding": ("a.webarchive", archive(8)),
    "an archive with a number for an address": ("a.webarchive", archive(WebResourceURL=7)),
    "an archive without an address": ("a.webarchive", archive()),
    "an archive that is XML": ("a.webarchive", archive(fmt=plistlib.FMT_XML)),
    "unclosed comments after the text": ("a.html", page(PARAGRAPH + "<!-- x " * 5_000)),
    "many nested elements": ("a.html", page("<div>" * 20_000 + PARAGRAPH + "</div>" * 20_000)),
    "nested parts of a saved page": ("a.mhtml", nested_mhtml(400)),
}
REFUSED: dict[str, tuple[str, str | bytes]] = {
    "nothing": ("a.html", b""),
    "an archive that is broken XML": ("a.webarchive", archive(fmt=plistlib.FMT_XML)[:-40]),
    "an archive that names entities": (
        "a.webarchive",
        archive(fmt=plistlib.FMT_XML).replace(b"<plist", b"<!DOCTYPE p [<!ENTITY a 'b'>]><plist", 1),
    ),
    "unclosed comments before the text": ("a.html", "<html><body>" + "<!-- x " * 5_000),
}


def read(tmp_path: Path, name: str, data: str | bytes) -> Document:
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return read_document(path)


@pytest.mark.parametrize("case", READ)
def test_the_text_is_read_whatever_stands_around_it(case: str, tmp_path: Path) -> None:
    document = read(tmp_path, *READ[case])
    assert any(SENTENCES in block.text for block in document.body)


@pytest.mark.parametrize("case", REFUSED)
def test_a_document_without_text_is_refused(case: str, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"no paragraph of running text|\[document-unreadable\]"):
        read(tmp_path, *REFUSED[case])


@pytest.mark.parametrize("address", ["url: https://", "url:", "url: not an address", "url: 7", "url: []"])
def test_what_is_no_address_in_the_front_matter_breaks_nothing(address: str, tmp_path: Path) -> None:
    document = read(tmp_path, "a.md", f"---\ntitle: Talks\n{address}\n---\n{SENTENCES}\n")
    assert document.metadata.title == "Talks"
    assert [block.text for block in document.body] == [SENTENCES]


def test_a_pipe_is_refused_and_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(StudyError, match=r"is not a plain file, but a pipe .*\n  help: save its text as a file"):
        read_document(tmp_path / "pipe.txt")


def calls(work: Callable[[], object]) -> int:
    """How many functions, Python's and C's, are called: a measure of work that no other process disturbs."""
    n = 0

    def count(_: object, event: str, __: object) -> None:
        nonlocal n
        n += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return n


@pytest.mark.parametrize("what", [PARAGRAPH, "<!-- x ", f"{PARAGRAPH}<div>"], ids=["same", "comments", "nested"])
def test_eight_times_the_page_is_at_most_ten_times_the_work(what: str, tmp_path: Path) -> None:
    def work(times: int) -> int:
        path = tmp_path / f"{times}.html"
        path.write_text(page(PARAGRAPH + what * times), encoding="utf-8")
        return calls(lambda: read_document(path))

    work(10)  # what is made once is not counted
    assert work(8_000) < 10 * work(1_000)
