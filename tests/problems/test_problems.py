"""Each folder here is a small study with something wrong, and all that is printed for it.

With `STANDOFF_REWRITE=1` the expected texts are written anew; read them aloud before committing.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from shutil import copytree

import pytest

from standoff.base.codes import CODES
from standoff.base.problems import render
from standoff.evidence.claims import check_claims, read_ledger
from standoff.evidence.sources import sources
from standoff.language.load import read_study
from standoff.language.reference import PAGES

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CASES = sorted(path.parent.name for path in HERE.glob("*/study.yaml"))
CODE = re.compile(r"\[([a-z-]+)\]$", re.MULTILINE)


def printed(folder: Path) -> str:
    """What a person sees: the problems of the study, of its variants, its claims and its documents."""
    loaded = read_study(folder, every_variant=True)
    problems = [*loaded.problems, *check_claims(folder, loaded.model)]
    if (folder / "claims.yaml").exists():
        ledger, _ = read_ledger(folder / "claims.yaml", f"{folder.name}/claims.yaml")
        if ledger is not None:
            problems += sources(ledger, folder / "sources").problems
    return render(problems)


def grown(folder: Path, tmp_path: Path) -> Path:
    """A copy in which the files named in `sizes.txt` have the size that stands there."""
    copy = tmp_path / folder.name
    copytree(folder, copy)
    for line in (folder / "sizes.txt").read_text(encoding="utf-8").splitlines():
        name, size = line.split()
        with (copy / name).open("ab") as file:
            file.truncate(int(size))
    return copy


@pytest.mark.parametrize("case", CASES)
def test_what_is_printed_is_what_should_be(case: str, tmp_path: Path) -> None:
    folder = HERE / case
    text = printed(grown(folder, tmp_path) if (folder / "sizes.txt").exists() else folder) + "\n"
    expected = HERE / case / "expected.txt"
    if os.environ.get("STANDOFF_REWRITE"):
        expected.write_text(text, encoding="utf-8")
    assert text == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES)
def test_a_folder_is_named_after_what_it_shows(case: str) -> None:
    shown = CODE.findall((HERE / case / "expected.txt").read_text(encoding="utf-8"))
    assert max((code for code in CODES if case.startswith(code)), key=len) in shown


def test_every_code_has_a_folder() -> None:
    shown = {
        code for case in CASES for code in CODE.findall((HERE / case / "expected.txt").read_text(encoding="utf-8"))
    }
    assert set(CODES) - shown == set()


@pytest.mark.parametrize("page", PAGES)
def test_the_committed_pages_are_those_made_from_the_tables(page: str) -> None:
    assert (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8") == PAGES[page]()


@pytest.mark.parametrize("code", CODES)
def test_every_code_stands_on_the_page_of_problems(code: str) -> None:
    assert f"| `{code}` |" in (ROOT / "docs" / "problems.md").read_text(encoding="utf-8")
