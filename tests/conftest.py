"""What tests of more than one part share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

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


_COSTLY = ("korea", "rivals")
"""Fixtures of `tests/brief` that are worth making in one process only, asked for by name or as a parameter."""


@pytest.hookimpl(tryfirst=True)  # before xdist's own, which writes the groups into the tests' names
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With several processes, tests of one costly fixture go to one of them, and else those of one file.

    The costly come first, so that no process waits for them in the end: their groups are begun in the order of the
    tests (`--no-loadscope-reorder`).
    """
    if not hasattr(config, "workerinput"):
        return
    groups = {item: _group(item) for item in items}
    for item, group in groups.items():
        item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: _COSTLY.index(groups[item]) if groups[item] in _COSTLY else len(_COSTLY))


def _group(item: pytest.Item) -> str:
    if not item.path.is_relative_to(Path(__file__).parent / "brief"):
        return str(item.path)
    given = item.callspec.params.values() if hasattr(item, "callspec") else ()
    names = {*getattr(item, "fixturenames", ()), *(name for name in given if isinstance(name, str))}
    return next((name for name in _COSTLY if name in names), str(item.path))


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
