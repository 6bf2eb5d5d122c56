"""Whatever is run for an answer is run by a question (`docs/decisions/0045-only-questions-run.md`)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import standoff

_ROOT = Path(standoff.__file__).parent
_RUNS = frozenset({
    "Job", "PathsJob", "Switching", "filter_lanes", "follow_futures", "look_ahead", "run_design", "run_jobs",
    "run_lanes", "run_paths", "temper", "weigh_cells", "weigh_design",
})  # fmt: skip
"""What makes futures, by name: jobs for a runner, and the filters that weigh futures by what was seen."""
_RUNNERS = ("ensemble", "program", "questions")
_STAND_IN = "workbench/working/worker.py"
"""It is a runner itself, which hands over a run that is kept."""


def runs(tree: ast.AST) -> Iterator[str]:
    """What a module imports that makes futures."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
            ("standoff.ensemble", "standoff.program")
        ):
            yield from (alias.name for alias in node.names if alias.name in _RUNS)


def test_only_questions_make_futures() -> None:
    found = {
        path.relative_to(_ROOT).as_posix(): names
        for path in _ROOT.rglob("*.py")
        if path.relative_to(_ROOT).parts[0] not in _RUNNERS and (names := set(runs(ast.parse(path.read_text("utf-8")))))
    }
    assert set(found) == {_STAND_IN}, found


def test_a_run_is_seen() -> None:
    assert list(runs(ast.parse("from standoff.ensemble.runner import Local, PathsJob"))) == ["PathsJob"]
