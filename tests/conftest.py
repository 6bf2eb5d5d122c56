"""What tests of more than one part share."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from standoff.ensemble.study import Study, load

HEAD = """\
standoff: 1
title: A test
question: Does it hold?
decider: north
clock: {start: 2025-01, step: quarter, steps: 8}
actors: {north: {name: North}}
choices: {north: [act, rest]}
strategies: {north: {acts: {choose: act}}}
payoffs: {north: {each: "0"}}
"""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With several processes the costly come first, so that none waits for them in the end, and not at once those that
    compile the same; what looks at the Korean brief in passing comes when another process has made it."""
    if hasattr(config, "workerinput"):
        waits = {item.path for item in items if "korea" in getattr(item, "fixturenames", ())}
        items.sort(key=lambda item: (_COSTLY.get(_group(item.nodeid), len(_COSTLY)), item.path in waits))


def pytest_collection_finish() -> None:
    """What was collected stays to the end, so that no collection of garbage looks at it again; and garbage is looked
    for seldom, since tests make much that is gone at once and little that only a collection would free."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores, since a process often waits: for a browser, a server, or another's fixture."""
    return len(os.sched_getaffinity(0)) + 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) + 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With several processes, the tests of one group go to one of them, which makes their fixtures once.

    xdist's own groups are written into the tests' names, which Pytest 9.2 does not take.
    """
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415

    class ByGroup(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return _group(nodeid)

    return ByGroup(config, log)


_FIRST = (
    "the Korean brief", "tests/program/llvm/test_kernel.py", "tests/ensemble/cluster/test_cluster.py",
    "tests/ensemble/storing/test_store.py", "tests/studies/test_korea_mutants.py", "briefs",
)  # fmt: skip
"""Groups in their order: other briefs when what all briefs need is compiled."""
_COSTLY = {group: place for place, group in enumerate(_FIRST)}


def _group(nodeid: str) -> str:
    """Tests of a file, but that those of one brief go together."""
    path = nodeid.split("::", maxsplit=1)[0]
    if "tests/brief/" not in path:
        return path
    return "the Korean brief" if "korea" in nodeid else "briefs"


@pytest.fixture
def study_of(tmp_path: Path) -> Callable[..., Study]:
    """Load a study from text; sections that a test does not give come from a small head."""

    def build(text: str, *variants: str) -> Study:
        body = dedent(text)
        given = {line.split(":")[0] for line in body.splitlines() if line[:1].isalpha()}
        head = "\n".join(line for line in HEAD.splitlines() if line.split(":")[0] not in given)
        (tmp_path / "study.yaml").write_text(f"{head}\n{body}", encoding="utf-8")
        return load(tmp_path, variants)

    return build


_WATCHERS: list[list[str]] = []


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook stays for good, so there is one for all tests, which tells those that listen."""
    if event == "open" and _WATCHERS:
        for watcher in _WATCHERS:
            watcher.append(str(arguments[0]))


@pytest.fixture(scope="session")
def _audit() -> None:
    sys.addaudithook(_watch)


@pytest.fixture
def opened(_audit: None) -> Iterator[list[str]]:
    """The paths of all files that are opened while a test runs, by whatever means; clear it to begin anew."""
    watcher: list[str] = []
    _WATCHERS.append(watcher)
    yield watcher
    _WATCHERS.remove(watcher)


@pytest.fixture(autouse=True, scope="session")
def _kept_apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """No test reads a finding that an earlier session kept; kernels are kept where they always are."""
    folder = tmp_path_factory.mktemp("findings")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("standoff.questions.kept._FOLDER", str(folder))
        yield folder


@pytest.fixture(autouse=True)
def _kept_by_test(_kept_apart: Path, request: pytest.FixtureRequest) -> Iterator[None]:
    """Nor one that another test kept."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("standoff.questions.kept._FOLDER", str(_kept_apart / f"{id(request):x}"))
        yield
