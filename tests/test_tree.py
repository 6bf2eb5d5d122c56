"""The tree stays one that a stranger finds things in: small files, small folders, tests where the source is."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import standoff

PACKAGE = Path(standoff.__file__).parent
TESTS = Path(__file__).parent
CODE = sorted(PACKAGE.rglob("*.py"))
NOT_MIRRORED = {"data", "fuzz", "problems", "tools"}
"""Folders of tests that are of no package: inputs, and what is beside it."""


def test_no_folder_of_code_has_more_than_15_files() -> None:
    files = Counter(path.parent for path in CODE)
    assert {str(folder): n for folder, n in files.items() if n > 15} == {}


def test_no_file_of_code_has_more_than_400_lines() -> None:
    lines = {str(path): len(path.read_text(encoding="utf-8").splitlines()) for path in CODE}
    assert {path: n for path, n in lines.items() if n > 400} == {}


def test_every_folder_of_tests_is_one_of_the_source() -> None:
    folders = {path.parent.relative_to(TESTS) for path in TESTS.rglob("test_*.py")}
    mirrored = [folder for folder in folders if folder.parts and folder.parts[0] not in NOT_MIRRORED]
    assert len(mirrored) > 10
    assert [str(folder) for folder in mirrored if not (PACKAGE / folder).is_dir()] == []


def test_every_package_says_what_it_is() -> None:
    said = {path: path.read_text(encoding="utf-8").startswith('"""') for path in CODE if path.name == "__init__.py"}
    assert [str(path) for path, is_said in said.items() if not is_said] == []


def test_nothing_but_runs_and_runners_runs_a_model() -> None:
    """All else hands jobs to a `Runner`, or asks a `Study`."""
    runs = {"run_design", "run_jobs", "run_paths", "run_lanes"}
    outside = [path for path in CODE if path.relative_to(PACKAGE).parts[0] not in ("ensemble", "program")]
    imported = {
        str(path.relative_to(PACKAGE)): {name.name for name in node.names} & runs
        for path in outside
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and {name.name for name in node.names} & runs
    }
    assert imported == {}
