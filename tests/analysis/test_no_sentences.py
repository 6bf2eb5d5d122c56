"""Findings hold figures: no sentence is made in `analysis`, whose words are those of `standoff.words`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import standoff.analysis

_ROOT = Path(standoff.analysis.__file__).parent
_FEWEST_WORDS = 4
_TOLD = {"method", "reference", "references", "_REFERENCES", "STUDY_AND_BELIEFS", "advice", "message"}
"""What names a method and whose it is: noun phrases, printed as they stand; `advice` and `message` are an error's."""
_PROBLEMS = {"Problem", "not_a"}
"""What makes a problem of a file, which says what was found where."""
_READERS = {"exchange.py"}
"""They read a foreign format, and their texts say what was expected where."""


def sentences(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Texts of four words or more that are neither documentation, nor an error's message, nor a method's name."""
    passed: set[int] = set()
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Raise | ast.Assert)
            or (isinstance(node, ast.FunctionDef) and (node.name == "__repr__" or _is_error(node)))
            or isinstance(node, ast.Subscript)
            or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _PROBLEMS)
            or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
            or (isinstance(node, ast.keyword) and node.arg in _TOLD)
            or (isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and _names(node) & _TOLD)
        ):
            passed |= {id(inner) for inner in ast.walk(node)}
        if isinstance(node, ast.JoinedStr):
            passed |= {id(part) for part in node.values}
    for node in ast.walk(tree):
        if id(node) not in passed and isinstance(node, ast.JoinedStr | ast.Constant):
            parts = node.values if isinstance(node, ast.JoinedStr) else [node]
            text = " _ ".join(p.value for p in parts if isinstance(p, ast.Constant) and isinstance(p.value, str))
            if len(re.findall(r"[^\W\d_]{2,}", text)) >= _FEWEST_WORDS:
                yield node.lineno, text


def _names(node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _is_error(node: ast.FunctionDef) -> bool:
    """Whether a function makes an error to raise."""
    return isinstance(node.returns, ast.Name) and node.returns.id.endswith("Error")


@pytest.mark.parametrize(
    "path",
    sorted(path for path in _ROOT.rglob("*.py") if path.name not in _READERS),
    ids=lambda path: str(path.relative_to(_ROOT)),
)
def test_no_sentence_is_made_in_analysis(path: Path) -> None:
    found = [f"{path.name}:{line}: {text}" for line, text in sentences(ast.parse(path.read_text("utf-8")))]
    assert not found, "make them in `standoff.words`: " + "; ".join(found)


def test_a_sentence_is_seen() -> None:
    text = '"""All of it is documentation."""\ndef say(n: int) -> str:\n    return f"Of these, {n} worlds are kept."\n'
    assert [line for line, _ in sentences(ast.parse(text))] == [3]
