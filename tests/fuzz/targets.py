"""Each format with a sound input and what reads it; whatever is not a problem of ours with its place is a fault."""

from __future__ import annotations

import json
import shutil
import signal
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

import standoff
from standoff.analysis.games.exchange import read_nfg
from standoff.analysis.runs.weighings import read_weightings
from standoff.base.problems import StudyError, render
from standoff.cli import main
from standoff.ensemble.manifest import RunError
from standoff.ensemble.shards import pack_shard
from standoff.ensemble.store import _digest
from standoff.ensemble.study import open_run
from standoff.evidence.claims import check_claims
from standoff.evidence.history import read_past
from standoff.evidence.reading.documents import read_document
from standoff.language.load import load_model, read_study

__all__ = ["TARGETS", "Bench", "Target", "read"]

SECONDS = 5.0
PAGE = b"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>A treaty</title></head><body><article>
<h1>A treaty</h1><p>Both sides said on Monday that they would stop. Nobody counted what was left.</p>
<p>On Tuesday, <b>three</b> of them went on; &amp; the fourth, it is said, waited for an answer.</p>
</article></body></html>
"""
MARKDOWN = b"""---
title: A treaty
date: 2025-01-01
---
# A treaty

Both sides said on *Monday* that they would stop.

* one
* two
"""


@dataclass(frozen=True, slots=True)
class Bench:
    """Sound files to put inputs among."""

    korea: Path
    run: Path
    scratch: Path

    @classmethod
    def make(cls, folder: Path) -> Bench:
        """Lay them out in a folder."""
        shutil.copytree(standoff.load("korea").model.folder, folder / "korea")
        standoff.load("rivals").run(worlds=8, replications=2, out=folder / "run")
        (folder / "scratch").mkdir()
        return cls(folder / "korea", folder / "run", folder / "scratch")


@dataclass(frozen=True, slots=True)
class Target:
    """A format: its sound input, and what reads an input."""

    sound: Callable[[Bench], bytes]
    read: Callable[[Bench, bytes], object]


def read(target: Target, bench: Bench, data: bytes) -> None:
    """Read an input; problems of ours are no fault.

    Raises:
        Exception: What a user would see as a traceback, or `TimeoutError` beyond five seconds of the processor.
    """
    with _bounded():
        try:
            target.read(bench, data)
        except (StudyError, RunError) as error:
            text = str(error)
            assert len(text) < 50_000
            assert "\x1b" not in text


def _study(bench: Bench, data: bytes) -> None:
    with _in_place(bench.korea / "study.yaml", data):
        render(read_study(bench.korea, every_variant=True).problems)


def _claims(bench: Bench, data: bytes) -> None:
    with _in_place(bench.korea / "claims.yaml", data):
        loaded = read_study(bench.korea)
        render((*loaded.problems, *check_claims(bench.korea, loaded.model)))


def _table(name: str) -> Callable[[Bench, bytes], object]:
    def look(bench: Bench, data: bytes) -> None:
        with _in_place(bench.korea / name, data):
            read_past(load_model(bench.korea))

    return look


def _weights(bench: Bench, data: bytes) -> None:
    (bench.scratch / "weights.csv").write_bytes(data)
    read_weightings(bench.scratch / "weights.csv", 8)


def _manifest(bench: Bench, data: bytes) -> None:
    with _in_place(bench.run / "manifest.json", data):
        open_run(bench.run)


def _shard(bench: Bench, data: bytes) -> None:
    manifest = json.loads((bench.run / "manifest.json").read_text())
    name = next(iter(manifest["shards"]))
    manifest["shards"][name] = _digest(data)
    with _in_place(bench.run / name, data), _in_place(bench.run / "manifest.json", json.dumps(manifest).encode()):
        open_run(bench.run)


def _document(name: str) -> Callable[[Bench, bytes], object]:
    def look(bench: Bench, data: bytes) -> None:
        (bench.scratch / name).write_bytes(data)
        read_document(bench.scratch / name)

    return look


def _game(_: Bench, data: bytes) -> None:
    try:
        read_nfg(data.decode("utf-8", "replace"))
    except ValueError as error:
        assert "line" in str(error), f"no place: {error}"


def _options(_: Bench, data: bytes) -> None:
    text = data.decode("utf-8", "replace").replace("\0", "")
    for option, command in (("--set", "trace"), ("--variant", "show"), ("--profile", "trace"), ("--histogram", "run")):
        size = ["--worlds", "2", "--replications", "1"] if command != "show" else []
        result = CliRunner().invoke(main, [command, "rivals", *size, option, text])
        if not isinstance(result.exception, SystemExit | None):
            raise result.exception


@contextmanager
def _in_place(path: Path, data: bytes) -> Any:
    before = path.read_bytes()
    path.write_bytes(data)
    try:
        yield
    finally:
        path.write_bytes(before)


def _late(*_: object) -> None:
    raise TimeoutError(f"more than {SECONDS} seconds")


@contextmanager
def _bounded() -> Any:
    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _late)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _packed(_: Bench) -> bytes:
    return pack_shard(standoff.load("rivals").run(worlds=8, replications=2))


GAMBIT = Path(__file__).parents[1] / "data" / "gambit" / "three.nfg"
TARGETS: dict[str, Target] = {
    "study": Target(lambda bench: (bench.korea / "study.yaml").read_bytes(), _study),
    "claims": Target(lambda bench: (bench.korea / "claims.yaml").read_bytes(), _claims),
    "facts": Target(lambda bench: (bench.korea / "facts.csv").read_bytes(), _table("facts.csv")),
    "history": Target(lambda bench: (bench.korea / "history.csv").read_bytes(), _table("history.csv")),
    "weights": Target(lambda _: b"war,peace\n" + b"1,2.5\n" * 8, _weights),
    "manifest": Target(lambda bench: (bench.run / "manifest.json").read_bytes(), _manifest),
    "shard": Target(_packed, _shard),
    "page": Target(lambda _: PAGE, _document("page.html")),
    "markdown": Target(lambda _: MARKDOWN, _document("page.md")),
    "game": Target(lambda _: GAMBIT.read_bytes(), _game),
    "options": Target(lambda _: b"fear=0.3,north=reciprocate:0:1:5", _options),
}
