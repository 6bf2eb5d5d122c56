"""One browser, and one brief of each bundled study, for all tests that look at pages."""

from __future__ import annotations

import fcntl
import os
import pickle
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cloudpickle
import pytest
import yaml

import standoff
from standoff.brief.findings import Findings
from standoff.brief.page import Page as Sections
from standoff.brief.page import make_page
from standoff.brief.write import run_brief, write_brief
from standoff.ensemble.running import Size

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
WORKINGS = "document.querySelectorAll('details.working').forEach(details => { details.open = true; })"
PHONE, LAPTOP, PAPER = (375, 812), (1366, 768), (688, 1001)
"""Widths and heights in CSS pixels; the paper is A4 within the page's margins."""


@dataclass(frozen=True, eq=False)
class Brief:
    """A page and what it was made from."""

    path: Path
    findings: Findings

    @cached_property
    def page(self) -> Sections:
        """What the templates show; made once for all that look at it."""
        return make_page(self.findings)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of all processes that run these tests."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "briefs"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def rivals(shared: Path) -> Brief:
    """The rivals' brief, with a named profile so that every section is there, the one on deals with none."""
    return _made_once(shared / "rivals", _copy_rivals, Size(64, 2))


@pytest.fixture(scope="session")
def lake(shared: Path) -> Brief:
    """The lake's brief: one actor, and no claims."""
    return _made_once(shared / "lake", _copy_lake, Size(32, 2))


@pytest.fixture(scope="session")
def korea(shared: Path) -> Brief:
    """The Korean study's brief, whose page is the richest, from few worlds, profiles and tests of claims."""
    return _made_once(shared / "korea", _copy_korea, Size(32, 2))


def _made_once(folder: Path, copy: Callable[[Path], None], size: Size) -> Brief:
    """The brief of a folder's study, made by the first process that asks for it."""
    kept = folder.with_suffix(".pickle")
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            copy(folder)
            findings = run_brief(standoff.load(folder), size)
            kept.write_bytes(cloudpickle.dumps(Brief(write_brief(findings, folder / "out"), findings)))
    brief: Brief = pickle.loads(kept.read_bytes())
    return brief


def _copy_rivals(folder: Path) -> None:
    folder.mkdir()
    for name in ("study.yaml", "claims.yaml"):
        shutil.copy(standoff.load("rivals").model.folder / name, folder)
    with (folder / "study.yaml").open("a", encoding="utf-8") as file:
        file.write("\nprofiles:\n  trusting: {about: South keeps its word, south: honest}\n")


def _copy_lake(folder: Path) -> None:
    shutil.copytree(standoff.load("lake").model.folder, folder)


def _copy_korea(folder: Path) -> None:
    shutil.copytree(standoff.load("korea").model.folder, folder)
    _prune(folder / "study.yaml", "profiles", lambda profiles: dict(list(profiles.items())[:2]))
    _prune(folder / "study.yaml", "mechanisms", _with_fewer_expectations)
    _prune(folder / "claims.yaml", "claims", _with_fewer_expectations)


def _prune(path: Path, key: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    text = yaml.safe_load(path.read_text(encoding="utf-8"))
    text[key] = change(text[key])
    path.write_text(yaml.safe_dump(text, sort_keys=False, allow_unicode=True), encoding="utf-8")


def _with_fewer_expectations(entries: dict[str, Any]) -> dict[str, Any]:
    """A mechanism keeps one of its expectations, and only the first claims keep theirs: each costs a run."""
    for i, entry in enumerate(entries.values()):
        if isinstance(entry.get("expect"), list):
            entry["expect"] = entry["expect"][:1]
        elif "document" in entry and i >= 6:
            entry.pop("expect", None)
    return entries


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window; where it or its driver is missing, tests are skipped with a word.

    Its driver runs an event loop in this thread, in which no other can run: it ends with the module.
    """
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is missing: pip install -e '.[dev]'")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("Chromium is missing: apt install chromium")
    with sync_api.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page at a size, on paper if asked, its workings unfolded unless asked; it must have nothing to complain
    of and fetch nothing."""
    pages: list[Page] = []
    complaints: list[str] = []

    def go(
        brief: Brief, size: tuple[int, int] = LAPTOP, *, paper: bool = False, folded: bool = False
    ) -> Page:  # fmt: skip
        page = browser.new_page(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
        page.set_default_timeout(10_000)
        pages.append(page)
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("warning", "error") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda sent: complaints.append(sent.url) if sent.url.startswith("http") else None)
        if paper:
            page.emulate_media(media="print")
        if not folded:
            page.add_init_script(f"addEventListener('DOMContentLoaded', () => {{ {WORKINGS} }})")
        page.goto(brief.path.as_uri())
        page.wait_for_selector("html[data-started]", state="attached")
        return page

    yield go
    for page in pages:
        page.close()
    assert complaints == []
