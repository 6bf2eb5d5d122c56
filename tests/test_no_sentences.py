"""One package makes sentences: none is made where findings are worked out, asked for, laid out or drawn."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import standoff

_ROOT = Path(standoff.__file__).parent
_SILENT = ("analysis", "brief", "cli/shown", "playing", "public", "questions")
_FEWEST_WORDS = 4
_TOLD = {"method", "reference", "references", "_REFERENCES", "STUDY_AND_BELIEFS", "advice", "message"}
"""What names a method and whose it is: noun phrases, printed as they stand; `advice` and `message` are an error's."""
_PROBLEMS = {"Problem", "not_a", "announce", "say"}
"""What makes a problem of a file, which says what was found where, and what tells of work that is under way."""
_OTHERS = {"exchange.py", "page.py", "study_page.py"}
"""They read a foreign format, and say what was expected where; or write a page of the documentation."""
_MARKUP = re.compile(r"<[^>]*>|\{[^}]*\}|\.map [.\w]*|[-\w.:/]+//\S+")
"""Tags, rules of style and addresses."""


def sentences(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Texts of four words or more that are neither documentation, nor an error's message, nor a method's name."""
    passed: set[int] = set()
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Raise | ast.Assert)
            or (isinstance(node, ast.FunctionDef) and (node.name in ("__repr__", "_advice") or _is_error(node)))
            or isinstance(node, ast.Subscript)
            or (isinstance(node, ast.Call) and _called(node.func) in _PROBLEMS)
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
            words = re.findall(r"(?<![-\w])[^\W\d_]{2,}(?!\w)", _MARKUP.sub(" ", text))
            if len(words) >= _FEWEST_WORDS:
                yield node.lineno, text


def _names(node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _called(function: ast.expr) -> str:
    """What is called, by its last name."""
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _is_error(node: ast.FunctionDef) -> bool:
    """Whether a function makes an error to raise."""
    return isinstance(node.returns, ast.Name) and node.returns.id.endswith("Error")


@pytest.mark.parametrize(
    "path",
    sorted(path for room in _SILENT for path in (_ROOT / room).rglob("*.py") if path.name not in _OTHERS),
    ids=lambda path: str(path.relative_to(_ROOT)),
)
def test_no_sentence_is_made_outside_words(path: Path) -> None:
    found = [f"{path.name}:{line}: {text}" for line, text in sentences(ast.parse(path.read_text("utf-8")))]
    assert not found, "make them in `standoff.words`: " + "; ".join(found)


def test_a_sentence_is_seen() -> None:
    text = '"""All of it is documentation."""\ndef say(n: int) -> str:\n    return f"Of these, {n} worlds are kept."\n'
    assert [line for line, _ in sentences(ast.parse(text))] == [3]
