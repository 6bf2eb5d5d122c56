"""The outputs that are published with a model: tables of printed figures, and how far a run lies from them."""

from __future__ import annotations

import csv
import math
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from standoff.exchange.dynamics.parsed import key_of

SIX = 6  # digits that Vensim prints, without zeros at the end
FIXED = 5  # decimals of the outputs that are printed with a fixed number of them

Steps = Sequence[Mapping[str, Any]]
Names = Mapping[tuple[str, ...], str]


@dataclass(frozen=True, slots=True)
class Figure:
    """A printed number: when, what, and half a unit of its last place."""

    time: float
    value: float
    half: float


@dataclass(frozen=True, slots=True)
class Compared:
    """How far a run lies from an output, in scales: the largest magnitude that is printed of a variable.

    Attributes:
        output: The output's file name.
        bare: The furthest that any figure lies away.
        printed: Likewise beyond half a unit of the figure's last printed place.
        column: Where that is.
        figures: How many were compared.
        same: How many of them are the run's own number, printed to six digits.
    """

    output: str
    bare: float
    printed: float
    column: str
    figures: int
    same: int


def outputs(model: Path) -> Iterator[Path]:
    """The published outputs beside a model."""
    stem = "data" if model.stem == "model_to_generate_data" else "output"
    yield from sorted(p for p in model.parent.iterdir() if p.suffix in (".tab", ".csv") and p.stem.startswith(stem))


def compare(output: Path, steps: Steps, names: Names) -> Compared | None:
    """Hold a run's steps, each with its `time`, against an output; None if they have no variable in common."""
    times = [float(step["time"]) for step in steps]
    gap = min((b - a for a, b in pairwise(times)), default=1.0)
    bare = printed = -math.inf
    column, n, same = "", 0, 0
    for written, figures, halves in columns(output):
        name = names.get(written_key(written))
        pairs = []
        for figure, half in zip(figures, halves, strict=True):
            i = nearest(times, figure.time)
            if name and abs(times[i] - figure.time) <= min(half, gap / 2) + 1e-9 and name in steps[i]:
                pairs.append((figure, float(steps[i][name])))
        scale = max((abs(figure.value) for figure, _ in pairs), default=0.0) or 1.0
        for figure, found in pairs:
            away = abs(figure.value - found) if math.isfinite(found) else math.inf
            bare = max(bare, away / scale)
            if (away - figure.half) / scale > printed:
                printed, column = (away - figure.half) / scale, written
            same += float(f"{found:.{SIX}g}") == figure.value
        n += len(pairs)
    return Compared(output.name, bare, printed, column, n, same) if n else None


def written_key(written: str) -> tuple[str, ...]:
    """A variable's key and its subscripts', from `name[one,two]`."""
    parts = re.fullmatch(r"(.*?)(?:\[(.*)\])?", written)
    assert parts
    return (key_of(parts[1]), *(key_of(s) for s in (parts[2] or "").split(",") if parts[2]))


def nearest(times: Sequence[float], time: float) -> int:
    """Which of some rising times is the nearest."""
    i = bisect_left(times, time)
    return min((k for k in (i - 1, i) if 0 <= k < len(times)), key=lambda k: abs(times[k] - time))


def columns(output: Path) -> Iterator[tuple[str, list[Figure], list[float]]]:
    """An output's variables: the name as written, the figures, and half a unit of the last place of each one's time."""
    table = cells(output)
    clock = next((name for name in table if key_of(name) in ("time", "months", "years", "days")), None)
    if clock is None:
        return
    every = [places(text) for column in table.values() for text in column if is_number(text)]
    fixed = FIXED if max(every, default=0) == FIXED else None
    for name, column in table.items():
        if name != clock:
            shown = [(t, x) for t, x in zip(table[clock], column, strict=True) if is_number(t) and is_number(x)]
            figures = [Figure(float(t), float(x), half_unit(x, fixed)) for t, x in shown]
            yield name, figures, [0.5 * 10.0 ** -places(t) for t, _ in shown]


def cells(output: Path) -> dict[str, list[str]]:
    """An output's columns as they are printed; both ways round are published, and a constant may be printed once."""
    data = output.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:  # as Vensim writes on Windows
        text = data.decode("cp1252")
    tabbed = "\t" in text.split("\n")[0]
    rows = [row for row in csv.reader(text.splitlines(), delimiter="\t" if tabbed else ",") if any(map(str.strip, row))]
    width = max(map(len, rows), default=0)
    rows = [[cell.strip() for cell in row] + [""] * (width - len(row)) for row in rows]
    if rows and width > 1 and is_number(rows[0][1]):
        rows = [list(row) for row in zip(*rows, strict=True)]
    found = {name: [row[i] for row in rows[1:]] for i, name in enumerate(rows[0]) if name} if rows else {}
    return {
        name: column[:1] * len(column) if not any(map(is_number, column[1:])) else column
        for name, column in found.items()
    }


def is_number(text: str) -> bool:
    """Whether a cell is a number."""
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def places(text: str) -> int:
    """The decimal place of a number's last printed digit."""
    mantissa, _, exponent = text.lower().partition("e")
    return len(mantissa.partition(".")[2]) - int(exponent or 0)


def half_unit(text: str, fixed: int | None) -> float:
    """Half a unit of a figure's last place: the sixth digit, a later one that is printed, or a fixed decimal."""
    value = abs(float(text))
    sixth = SIX - 1 - math.floor(math.log10(value)) if value else math.inf
    last = max(sixth, places(text)) if fixed is None else min(sixth, fixed)
    return 0.5 * 10.0**-last
