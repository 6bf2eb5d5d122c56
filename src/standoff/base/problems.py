"""Problems in the user's files, and the one template that shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache
from heapq import nlargest
from itertools import pairwise
from typing import Any, Literal

from standoff.base.codes import CODES
from standoff.base.escaping import visible
from standoff.base.source import Span

__all__ = [
    "MOST_COLLECTED",
    "MOST_SHOWN",
    "Collected",
    "Problem",
    "StudyError",
    "has_errors",
    "render",
    "suggest",
    "to_json",
]

MOST_SHOWN = 10
MOST_LETTERS = 500
"""Characters of a message, which may quote the study."""
MOST_COLLECTED = 100
_MANY_NAMES = 50
_WIDEST_LINE = 110
_MOST_LINES = 6
_SHOWN = {"\t": "\N{RIGHTWARDS ARROW}"}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where, what was found against what was expected, and what to do.

    `code` is a key of `standoff.base.codes.CODES`, which also says whether it is an error or a warning.
    """

    code: str
    span: Span
    message: str
    help: str | None = None

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise ValueError(f"no problem code is named {self.code!r}")

    @property
    def severity(self) -> Literal["error", "warning"]:
        """`error` or `warning`, as the table of codes has it."""
        return CODES[self.code].severity


class StudyError(Exception):
    """A study cannot be used; `problems` says why, in the order of the file."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return render(self.problems)


class Collected(list[Problem]):
    """Problems as they are found, until there are more errors than anybody reads.

    Raises:
        StudyError: From whatever adds the error with which there are `MOST_COLLECTED` problems.
    """

    def append(self, problem: Problem) -> None:
        """Add one."""
        super().append(problem)
        if len(self) >= MOST_COLLECTED and problem.severity == "error":
            raise StudyError(self)

    def extend(self, problems: Iterable[Problem]) -> None:
        """Add several."""
        for problem in problems:
            self.append(problem)

    def __iadd__(self, problems: Iterable[Problem]) -> Collected:  # type: ignore[misc, override]
        self.extend(problems)
        return self


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether any of the problems is an error."""
    return any(problem.severity == "error" for problem in problems)


def render(problems: Sequence[Problem], most: int = MOST_SHOWN) -> str:
    """All problems in the one template, errors before warnings, at most `most` of them."""
    ordered = _gathered(in_order(problems))
    blocks = [_block(problem) for problem in ordered[:most]]
    if len(ordered) > most:
        blocks.append(f"and {len(ordered) - most} more")
    return "\n".join(blocks)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Without repetitions, errors first, then by file and place."""
    unique = {(p.code, p.span.source.path, p.span.start, p.message): p for p in problems}
    return sorted(unique.values(), key=lambda p: (p.severity != "error", p.span.source.path, p.span.start, p.code))


def to_json(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """The template's fields as plain data."""
    return [
        {
            "path": problem.span.source.path,
            "line": problem.span.line,
            "column": problem.span.column,
            "length": max(1, problem.span.stop - problem.span.start),
            "severity": problem.severity,
            "code": problem.code,
            "message": problem.message,
            "help": problem.help,
        }
        for problem in in_order(problems)
    ]


def suggest(name: str, known: Iterable[str], kind: str = "names") -> str | None:
    """One action for an unknown name: the nearest known one, or all where there are few."""
    candidates = sorted(set(known))
    compared = candidates
    if len(candidates) > _MANY_NAMES:
        compared = nlargest(_MANY_NAMES, candidates, key=lambda candidate: len(_pairs(name) & _pairs(candidate)))
    nearest = get_close_matches(name, compared, n=1, cutoff=0.6)
    if nearest:
        return f"did you mean `{nearest[0]}`?"
    if 0 < len(candidates) <= 8:
        return f"the {kind} here are " + ", ".join(f"`{candidate}`" for candidate in candidates)
    return None


@lru_cache(maxsize=8192)
def _pairs(name: str) -> frozenset[str]:
    """Neighbouring letters, to sort out quickly which of many names are worth comparing."""
    return frozenset(a + b for a, b in pairwise(name[:100]))


def _gathered(ordered: Sequence[Problem]) -> list[Problem]:
    """One name that is unknown in many places is one problem: the first place, with the lines of the others."""
    others: dict[tuple[str, str, str], list[Problem]] = {}
    for problem in ordered:
        if problem.code.startswith("unknown-"):
            others.setdefault((problem.code, problem.span.source.path, problem.message), []).append(problem)
    gathered: list[Problem] = []
    for problem in ordered:
        alike = others.get((problem.code, problem.span.source.path, problem.message), [problem])
        if problem is alike[0]:
            lines = sorted({other.span.line for other in alike} - {problem.span.line})
            gathered.append(replace(problem, message=problem.message + _elsewhere(lines)))
    return gathered


def _elsewhere(lines: Sequence[int]) -> str:
    if not lines:
        return ""
    shown = ", ".join(str(line) for line in lines[:_MOST_LINES])
    more = f" and {len(lines) - _MOST_LINES} more" if len(lines) > _MOST_LINES else ""
    return f", also on line{'s' * (len(lines) > 1)} {shown}{more}"


def _block(problem: Problem) -> str:
    span = problem.span
    line, column = span.source.position(span.start)
    path, message = visible(span.source.path, MOST_LETTERS), visible(problem.message, MOST_LETTERS)
    head = f"{path}:{line}:{column}: {problem.severity}: {message} [{problem.code}]"
    advice = "" if problem.help is None else f"\n  help: {visible(problem.help, MOST_LETTERS)}"
    if not span.source.text:
        return head + advice
    text = span.source.line(line)
    length = max(1, min(span.stop - span.start, len(text) - column + 1))
    shown, shift = _window(text, column - 1)
    gutter = f"{line:>5} | "
    caret = f"{'':>5} | " + " " * (column - 1 - shift) + "^" * min(length, _WIDEST_LINE)
    return f"{head}\n{gutter}{shown}\n{caret}{advice}"


def _window(text: str, start: int) -> tuple[str, int]:
    """A piece of a long line around the caret, control characters made visible; and its offset."""
    first = 0 if len(text) <= _WIDEST_LINE else max(0, min(start - 20, len(text) - _WIDEST_LINE))
    piece = text[first : first + _WIDEST_LINE]
    return "".join(c if c.isprintable() else _SHOWN.get(c, "\N{REPLACEMENT CHARACTER}") for c in piece), first
