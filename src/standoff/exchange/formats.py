"""The table of formats that are imported: what is kept of each, and what is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from standoff.exchange.dynamics.study import Imported, import_model

__all__ = ["FORMATS", "Format", "format_of", "formats_lines"]


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name, its files' endings, what is kept and lost, and its reader."""

    name: str
    suffixes: tuple[str, ...]
    kept: str
    lost: str
    read: Callable[[Path, Mapping[str, tuple[float, float]]], Imported]


_DYNAMICS = (
    "stocks, flows, auxiliaries, lookups, delays and smooths of any order, fixed delays, TREND and FORECAST, arrays "
    "(each element by itself), the time step as parts of a step; documentation and units in `about`"
)
_NOT = (
    "refused at its line: GAME, SAMPLE IF TRUE, random functions, allocation, matrices, sorting, inverse trigonometry, "
    "data in other files, non-negative stocks, Runge-Kutta. Not read: sketches, ranges; units are not checked"
)
FORMATS = (
    Format("XMILE (Stella, iThink)", (".xmile", ".stmx"), _DYNAMICS, f"{_NOT}, modules, macros", import_model),
    Format("Vensim", (".mdl",), f"{_DYNAMICS}; macros, written out at each use", _NOT, import_model),
)


def format_of(path: Path) -> Format:
    """The format of a file, by its ending.

    Raises:
        ValueError: No format has this ending.
    """
    for row in FORMATS:
        if path.suffix.lower() in row.suffixes:
            return row
    known = ", ".join(suffix for row in FORMATS for suffix in row.suffixes)
    raise ValueError(f"`{path.name}` ends like no format that is imported: {known}")


def formats_lines() -> Iterator[str]:
    """The table as Markdown."""
    yield "| format | files | kept | lost |"
    yield "| --- | --- | --- | --- |"
    for row in FORMATS:
        yield f"| {row.name} | {', '.join(row.suffixes)} | {row.kept} | {row.lost} |"
