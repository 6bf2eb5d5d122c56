"""Maps over the terms of a deal: cells coloured and written in, the zone of agreement outlined."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from markupsafe import Markup

from standoff.analysis.deals.hinges import Mover
from standoff.analysis.findings import Figure
from standoff.analysis.games.normalform import Truths
from standoff.brief.pictures.drawing.colours import COLOURS
from standoff.brief.pictures.drawing.svg import Scale, framed, nice_ticks, tag
from standoff.words.numbers import plain
from standoff.words.text import shortened

__all__ = [
    "Axes",
    "MapCells",
    "as_grid",
    "draw_cases",
    "draw_map_of",
    "draw_movers",
    "draw_sizes",
    "gain_fill",
    "share_fill",
    "word_mark",
]

_Scalar = TypeVar("_Scalar", bound=np.generic)
_MARKS = {"keeps its word": "●", "would breach": "×"}
_LETTER, _MOST_LETTERS = 5.9, 44
"""About how wide a letter of an axis is, and how many of its name a telephone holds."""


@dataclass(frozen=True, slots=True)
class Axes:
    """The main terms: across, and up where there are two."""

    across: str
    columns: tuple[float, ...]
    up: str
    rows: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class MapCells:
    """What a map shows. Arrays are (levels up, levels across).

    Attributes:
        title: Above it.
        said: All of it in a sentence.
        fills: Colour of each cell.
        texts: In each cell; empty for a map without text.
        zone: Outlined, dashed.
        shown: The part of it beyond doubt, outlined in full.
    """

    title: str
    said: str
    fills: Sequence[Sequence[str]]
    texts: Sequence[Sequence[str]]
    zone: Truths
    shown: Truths


def draw_map_of(
    axes: Axes,
    cells: MapCells,
    *,
    cell: tuple[float, float] = (58.0, 34.0),
    outlines: Sequence[tuple[Truths, str, float]] = (),
) -> Markup:
    """One map, the first term's lowest level at the foot; `outlines` are zones, their colours and how far inside."""
    wide, high = cell
    n_rows, n_columns = len(cells.fills), len(cells.fills[0])
    has_up = bool(axes.up)
    left, top = (44.0 if has_up else 6.0), (18.0 if cells.title else 2.0) + (16.0 if has_up else 0.0)
    across, up = (f"{shortened(name, _MOST_LETTERS)} {arrow}" for name, arrow in ((axes.across, "→"), (axes.up, "↑")))
    longest = max(len(text) for text in (cells.title, across, up if has_up else ""))
    width, height = max(left + wide * n_columns + 8.0, _LETTER * longest + 4.0), top + high * n_rows + 32.0

    def x(j: int) -> float:
        return left + wide * j

    def y(i: int) -> float:
        return top + high * (n_rows - i)  # the foot of row i

    parts = [tag("text", cells.title, kind="head", x=2, y=12)] if cells.title else []
    if has_up:
        parts.append(tag("text", up, kind="axis tick", x=2, y=top - 6.0))
    for i in range(n_rows):
        middle = y(i) - high / 2 + 3.5
        if has_up:
            parts.append(tag("text", plain(axes.rows[i]), kind="tick end", x=left - 5.0, y=middle))
        for j in range(n_columns):
            fill = cells.fills[i][j]
            parts.append(tag("rect", kind="cell", x=x(j), y=y(i) - high, width=wide, height=high, fill=fill))
            if cells.texts:
                parts.append(tag("text", cells.texts[i][j], kind="middle", x=x(j) + wide / 2, y=middle, fill="#000"))
    for kind, part, whole in (
        ("edge open", cells.zone & ~cells.shown, cells.zone), ("edge", cells.shown, cells.shown),
    ):  # fmt: skip
        outline = _outline(part, whole, x, y, high=high)
        parts += [tag("path", kind=kind, d=outline)] if outline else []
    for zone, colour, inside in outlines:
        d = _inside(zone, x, y, high=high, by=inside)
        parts += [tag("path", kind="case", d=d, stroke=colour)] if d else []
    for j, level in enumerate(axes.columns):
        parts.append(tag("text", plain(level), kind="tick middle", x=x(j) + wide / 2, y=y(0) + 13.0))
    is_wide = _LETTER * len(across) > x(n_columns)  # then it begins at the edge
    at, kind = (2.0, "axis tick") if is_wide else (x(n_columns), "axis tick end")
    parts.append(tag("text", across, kind=kind, x=at, y=y(0) + 27.0))
    return framed("zone-map", (width, height), cells.said, parts, width=width)


def draw_cases(axes: Axes, zones: Sequence[Truths], said: str) -> Markup:
    """One map of the terms with the outline of each case's zone, in its colour; later ones lie further inside."""
    n_rows, n_columns = max(len(axes.rows), 1), len(axes.columns)
    blank = np.zeros((n_rows, n_columns), dtype=bool)
    wide, high = 56.0, 44.0  # five levels fit a telephone
    fills = [["#f4f4f1"] * n_columns] * n_rows
    cells = MapCells("", said, fills, (), zone=blank, shown=blank)
    outlines = tuple((zone, COLOURS[k % len(COLOURS)], 2.0 + 2.6 * k) for k, zone in enumerate(zones))
    return draw_map_of(axes, cells, cell=(wide, high), outlines=outlines)


def share_fill(share: float) -> str:
    """White to blue, from no world to all."""
    return _mixed("#56B4E9", 0.85 * min(max(share, 0.0), 1.0) ** 1.5) if np.isfinite(share) else "#eeeeee"


def gain_fill(gain: float, scale: float) -> str:
    """Blue where a party gains, orange where it loses, the darker the more."""
    if not scale > 0.0:
        return "#ffffff"
    return _mixed("#56B4E9" if gain > 0.0 else "#E69F00", 0.1 + 0.7 * min(abs(gain) / scale, 1.0))


def draw_movers(movers: Sequence[Mover], titles: Sequence[str], said: str) -> Markup:
    """For each assumption the size of the zone in its lowest third of worlds (open) and in its highest (filled)."""
    width, left, step, top = 460.0, 16.0, 36.0, 4.0
    base = top + step * len(movers)
    x = Scale((0.0, 1.0), (left, width - 24.0))
    parts = []
    for tick in nice_ticks(x.domain):
        parts.append(tag("line", kind="grid", x1=x(tick), x2=x(tick), y1=top, y2=base))
        parts.append(tag("text", f"{100 * tick:.0f} %", kind="tick middle", x=x(tick), y=base + 13.0))
    for k, (mover, title) in enumerate(zip(movers, titles, strict=True)):
        y = top + step * (k + 0.7)
        told = " told" if mover.is_significant else ""
        parts.append(tag("text", shortened(title, 58), kind=f"about{told}", x=left, y=y - 11.0))
        low, high = x(mover.low.value), x(mover.high.value)
        parts.append(tag("line", kind="join", x1=low, x2=high, y1=y, y2=y))
        for figure, at in ((mover.low, y - 3.5), (mover.high, y + 3.5)):
            parts.append(tag("line", kind="error", x1=x(figure.low), x2=x(figure.high), y1=at, y2=at))
        parts.append(tag("circle", kind="low", cx=low, cy=y, r=4))
        parts.append(tag("circle", kind="high", cx=high, cy=y, r=4))
    return framed("movers", (width, base + 20.0), said, parts)


def draw_sizes(sizes: Sequence[Figure], colours: Sequence[str], said: str) -> Markup:
    """The sizes of the zone in the cases of one group on one line, each with its interval."""
    width, left, y, base = 320.0, 14.0, 15.0, 30.0
    x = Scale((0.0, 1.0), (left, width - 22.0))
    parts = []
    for at in (0.0, 0.5, 1.0):
        parts.append(tag("line", kind="grid", x1=x(at), x2=x(at), y1=2, y2=base - 2))
        parts.append(tag("text", f"{100 * at:.0f} %", kind="tick middle", x=x(at), y=base + 10.0))
    ends = [x(pick(size.value for size in sizes)) for pick in (min, max)]
    parts.append(tag("line", kind="join", x1=ends[0], x2=ends[1], y1=y, y2=y))
    for k, (size, colour) in enumerate(zip(sizes, colours, strict=True)):
        beside = y + 5.0 * (k - (len(sizes) - 1) / 2.0)  # intervals that overlap lie beside each other
        parts.append(tag("line", kind="error", x1=x(size.low), x2=x(size.high), y1=beside, y2=beside))
        parts.append(tag("circle", cx=x(size.value), cy=y, r=4.5, fill=colour))
    return framed("movers sizes", (width, base + 14.0), said, parts)


def word_mark(said: Sequence[str]) -> str:
    """What the parties' words come to in one cell: ● all keep, × one breaks, nothing where that is open."""
    if all(word == "keeps its word" for word in said):
        return _MARKS["keeps its word"]
    return _MARKS["would breach"] if "would breach" in said else ""


def _outline(part: Truths, whole: Truths, x: Callable[[int], float], y: Callable[[int], float], *, high: float) -> str:
    """Edges between cells of a part and what is outside the whole."""
    paths = []
    n_rows, n_columns = part.shape
    for i, j in np.argwhere(part).tolist():
        left, right, foot, head = x(j), x(j + 1), y(i), y(i) - high
        sides = (
            (i - 1, j, f"M{left:.1f} {foot:.1f}H{right:.1f}"),
            (i + 1, j, f"M{left:.1f} {head:.1f}H{right:.1f}"),
            (i, j - 1, f"M{left:.1f} {foot:.1f}V{head:.1f}"),
            (i, j + 1, f"M{right:.1f} {foot:.1f}V{head:.1f}"),
        )
        for a, b, d in sides:
            inside = 0 <= a < n_rows and 0 <= b < n_columns
            if not (inside and whole[a, b]):
                paths.append(d)
    return "".join(paths)


def _inside(zone: Truths, x: Callable[[int], float], y: Callable[[int], float], *, high: float, by: float) -> str:
    """The outline of a zone drawn so far inside it that outlines of other zones stay in sight."""
    n_rows, n_columns = zone.shape
    paths = []

    def has(i: int, j: int) -> bool:
        return 0 <= i < n_rows and 0 <= j < n_columns and bool(zone[i, j])

    def end(i: int, j: int, along: tuple[int, int], out: tuple[int, int]) -> float:
        """How far an edge is drawn beyond its cell's corner: back at a corner of the zone, on where the zone turns."""
        if not has(i + along[0], j + along[1]):
            return -by
        return by if has(i + along[0] + out[0], j + along[1] + out[1]) else 0.0

    for i, j in np.argwhere(zone).tolist():
        for out in ((1, 0), (-1, 0)):  # the head and the foot of a cell
            if not has(i + out[0], j):
                level = y(i) - high + by if out[0] > 0 else y(i) - by
                left, right = x(j) - end(i, j, (0, -1), out), x(j + 1) + end(i, j, (0, 1), out)
                paths.append(f"M{left:.1f} {level:.1f}H{right:.1f}")
        for out in ((0, 1), (0, -1)):
            if not has(i, j + out[1]):
                at = x(j + 1) - by if out[1] > 0 else x(j) + by
                foot, head = y(i) + end(i, j, (-1, 0), out), y(i) - high - end(i, j, (1, 0), out)
                paths.append(f"M{at:.1f} {foot:.1f}V{head:.1f}")
    return "".join(paths)


def _mixed(colour: str, strength: float) -> str:
    parts = [int(colour[k : k + 2], 16) for k in (1, 3, 5)]
    return "#" + "".join(f"{round(255 + strength * (part - 255)):02x}" for part in parts)


def as_grid(values: npt.NDArray[_Scalar]) -> npt.NDArray[_Scalar]:
    """(levels up, levels across): two terms as they are, one term as a single row."""
    return np.atleast_2d(values)
