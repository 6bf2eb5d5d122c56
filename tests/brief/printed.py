"""What a page prints: every text of it, by section; and the data's own texts of a number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
from lxml import html

from standoff.words import numbers

NUMBER = re.compile(r"−?\d+(?:[\u202f,]\d{3})*(?:\.\d+)?")
MEASURED = re.compile(rf"({NUMBER.pattern})\s*±\s*({NUMBER.pattern})")
BLOCKS = "p|li|td|th|h1|h2|h3|h4|dt|dd|figcaption|summary|caption|blockquote|output|legend|option"
NO_FIGURES = (
    r"\b[0-9a-f]{32}\b|^\d+\.\d+\.\d+$",  # digests, and the program's version
    r"Q[1-4] \d{4}|\b\d{1,2} [A-Z][a-z]+ \d{4}|\b(19|20)\d\d(-\d\d){0,2}\b",  # dates, which the data has as steps
    r"\bp\d+\.s\d+|\bF\d+\b",  # places in documents, and facts by their names
    r"\d+–\d+\s%|over 99\.5|under 0\.05",  # shares that are nearly all or nothing, and what a word of likelihood means
    r"\b(50|80|90|95|97|10–90|10–50–90)\s%( interval| of worlds)?",  # levels, which stand in the words of a heading
    r"That .*? was left out: chance alone would do as well with probability \d\.\d+",  # kept as the sentence only
)
_NO_TEXT = "//script|//style|//svg[@aria-hidden='true']//title"
_AUTHORED = frozenset((
    "about", "author", "document", "heading", "judgement", "low_words", "high_words", "method", "note", "passage",
    "question", "reason", "references", "says", "source", "title", "unit", "url",
))  # fmt: skip
"""Keys whose texts are the author's, a document's or a method's: numbers in them are no figures of this run."""


def texts_by_section(page: str) -> Iterator[tuple[str, str]]:
    """Every text of a page with its section's anchor (the first screen's is "answer"): of blocks, of pictures, of what
    their marks and controls say."""
    tree = html.fromstring(page)
    for node in tree.xpath(_NO_TEXT):
        node.drop_tree()
    for part in tree.xpath("//section|//header|//*[@id='story']"):
        anchor = str(part.get("id"))
        block = " or ".join(f"self::{name}" for name in BLOCKS.split("|"))
        for node in part.xpath(f".//*[{block}][not(.//*[{block}])]"):
            yield anchor, _one_line(" ".join(node.itertext()))
        for node in part.xpath(".//*[local-name()='text' or local-name()='title']"):
            if not re.search(r"\btick\b", node.get("class") or ""):  # a scale's round numbers are no figures
                yield anchor, _one_line(" ".join(node.itertext()))
        for name in ("aria-label", "title", "data-readings"):
            yield from ((anchor, _one_line(text.replace("\t", " ; "))) for text in part.xpath(f".//@{name}"))


def readings(page: str) -> Iterator[tuple[str, list[tuple[str, ...]]]]:
    """Of every panel over time, with its section's anchor, its columns: the numbers that it tells step by step."""
    for section in html.fromstring(page).xpath("//section"):
        for text in section.xpath(".//@data-readings"):
            steps = [[value for value, _ in figures_of(_one_line(step))] for step in text.split("\t")]
            yield str(section.get("id")), list(zip(*steps, strict=True))


def series_of(part: Any) -> Iterator[list[float]]:
    """Every list of numbers in a part of the data."""
    if isinstance(part, list) and part and all(map(_is_number, part)):
        yield part
    elif isinstance(part, list | dict):
        for one in part.values() if isinstance(part, dict) else part:
            yield from series_of(one)


def is_series(column: Sequence[str], series: Sequence[float]) -> bool:
    """Whether numbers in print are those of a series, step by step."""
    pairs = zip(reversed(column), reversed(series), strict=False)  # they differ most in the end
    return len(column) == len(series) and all(value in _reading_texts(x) for value, x in pairs)


def figures_of(text: str) -> list[tuple[str, str | None]]:
    """The numbers in a text, each with its error where one stands beside it, without thousands' spaces."""
    for pattern in NO_FIGURES:
        text = re.sub(pattern, " ", text)
    pairs = [(_bare(m[1]), _bare(m[2])) for m in MEASURED.finditer(text)]
    return [*pairs, *((_bare(n), None) for n in NUMBER.findall(MEASURED.sub(" ", text)))]


def _one_line(text: str) -> str:
    return re.sub(r"[ \n]+", " ", text)


def _bare(text: str) -> str:
    return re.sub(r"[\u202f,−]", "", text)


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What a part of the data says.

    A number with its error has one text (`numbers.measured`, and `numbers.rounded` where the error is not told); one
    without has its text of two, three or four digits; ends of a range have that of `numbers.interval`.

    Attributes:
        measured, ends, bare: (n, 2), (n, 2) and (n, 1), in order of the first column's sizes, and of the last's.
        said: Numbers in texts that are not the run's.
    """

    measured: Any
    ends: Any
    bare: Any
    said: frozenset[str]

    @staticmethod
    def of(*parts: Any) -> Known:
        """Read parts of the data."""
        walk = _Walk()
        for part in parts:
            walk.through(part)
        return Known(*map(_in_order, (walk.measured, walk.ends, walk.bare)), frozenset(walk.said))

    def has(self, value: str, error: str | None = None) -> bool:
        """Whether a number in print is the text of one that is known, as a share or in per cent."""
        if error is not None:
            return any(_parts(numbers.measured(*pair)) == [value, error] for pair in _near(self.measured, value))
        return (
            value in self.said
            or any(value in _texts(x) for (x,) in _near(self.bare, value))
            or any(value == _bare(numbers.rounded(*pair)) for pair in _near(self.measured, value))
            or any(value in _parts(numbers.interval(*pair)) for pair in _near(self.ends, value))
        )

    def number_of(self, value: str) -> float | None:
        """The one number without error that a number in print stands for; None where several may, or a figure."""
        stands = {x for (x,) in _near(self.bare, value) if value in _texts(x)}
        is_figure = any(True for _ in _near(self.measured, value))
        return None if is_figure or len(stands) != 1 else stands.pop()


class _Walk:
    """Through JSON: what stands beside its error, what are ends, and all else."""

    def __init__(self) -> None:
        self.measured: set[tuple[float, ...]] = set()
        self.ends: set[tuple[float, ...]] = set()
        self.bare: set[tuple[float, ...]] = set()
        self.said: set[str] = set()

    def through(self, part: Any, key: str = "") -> None:
        """Of lists and objects also how many there are."""
        if isinstance(part, dict):
            self._object(part)
            for name, item in part.items():
                if not (name == "value" and _is_number(part.get("error"))):  # it is told by its error
                    self.through(item, name)
        elif isinstance(part, list):
            self.bare.add((float(len(part)),))
            self.ends |= {(a, b) for a, b in pairwise(part) if _is_number(a) and _is_number(b)}
            for item in part:
                self.through(item, key)
        elif _is_number(part):
            self.bare.add((float(part),))
        elif isinstance(part, str) and key in _AUTHORED:
            self.said |= {_bare(number) for number in NUMBER.findall(part)}

    def _object(self, part: dict[str, Any]) -> None:
        self.bare.add((float(len(part)),))
        errors = [part[name] for name in part if name.endswith(("error", "errors"))]
        for name, one in part.items():
            if not name.endswith(("error", "errors")):
                self.measured |= {pair for error in errors for pair in _side_by_side(one, error)}
        for low, high in (("low", "high"), ("least", "most")):
            self.ends |= set(_side_by_side(part.get(low), part.get(high)))


def _side_by_side(one: Any, other: Any) -> Iterator[tuple[float, float]]:
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for a, b in zip(one, other, strict=True):
            yield from _side_by_side(a, b)
    elif _is_number(one) and _is_number(other):
        yield float(one), float(other)


def _is_number(part: Any) -> bool:
    return isinstance(part, int | float) and not isinstance(part, bool)


def _in_order(found: set[tuple[float, ...]]) -> Any:
    """As rows, each once more in per cent, in order of the first column's size; and so by the last one's."""
    rows = np.array(sorted(found)) if found else np.empty((0, 1))
    rows = np.unique(np.concatenate([rows, 100.0 * rows]), axis=0)
    return tuple(rows[np.argsort(np.abs(rows[:, k]))] for k in (0, -1))


def _near(orders: Any, text: str) -> Iterator[tuple[float, ...]]:
    """Rows that begin or end with what a number in print may stand for: within the rounding of its last digit."""
    places = len(text.partition(".")[2]) or -(len(text) - len(text.rstrip("0")))
    reach = 0.5000001 * 10.0**-places
    for k, rows in zip((0, -1), orders, strict=True):
        first, last = np.searchsorted(np.abs(rows[:, k]), (float(text) - reach, float(text) + reach))
        yield from map(tuple, rows[first:last].tolist())


def _texts(x: float) -> set[str]:
    """Of a number without error."""
    shown = (numbers.number(x), numbers.number(x, 3), numbers.exact(x), numbers.plain(x), numbers.error(abs(x)))
    return {_bare(text) for text in shown}


@cache
def _reading_texts(x: float) -> frozenset[str]:
    """Of a number as it is, and in per cent."""
    return frozenset((*_texts(x), *_texts(100.0 * x), *_parts(numbers.percent(x))))


def _parts(text: str) -> list[str]:
    """The numbers of a text."""
    return [_bare(number) for number in NUMBER.findall(text)]
