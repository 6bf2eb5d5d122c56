"""Maps over the terms of a deal: cells coloured and written in, the zone of agreement outlined."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from markupsafe import Markup

from standoff.analysis.deals.hinges import Mover
from standoff.analysis.games.normalform import Truths
from standoff.brief.pictures.drawing.svg import nice_ticks
from standoff.words.numbers import figure_percent, plain
from standoff.words.text import shortened

__all__ = ["Axes", "MapCells", "as_grid", "draw_map_of", "draw_movers", "gain_fill", "share_fill", "word_mark"]

_Scalar = TypeVar("_Scalar", bound=np.generic)
_MARKS = {"keeps its word": "●", "would breach": "×"}


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


def draw_map_of(axes: Axes, cells: MapCells, *, cell: tuple[float, float] = (58.0, 34.0)) -> Markup:
    """One map, with the first term's lowest level at the foot."""
    wide, high = cell
    n_rows, n_columns = len(cells.fills), len(cells.fills[0])
    has_up = bool(axes.up)
    left, top = (44.0 if has_up else 6.0), (18.0 if cells.title else 2.0) + (16.0 if has_up else 0.0)
    width, height = max(left + wide * n_columns + 8.0, 150.0), top + high * n_rows + 32.0

    def x(j: int) -> float:
        return left + wide * j

    def y(i: int) -> float:
        return top + high * (n_rows - i)  # the foot of row i

    parts = [f'<text class="head" x="2" y="12">{escape(cells.title)}</text>'] if cells.title else []
    if has_up:
        parts.append(f'<text class="axis tick" x="2" y="{top - 6:.0f}">{escape(axes.up)} ↑</text>')
    for i in range(n_rows):
        if has_up:
            middle = y(i) - high / 2 + 3.5
            parts.append(f'<text class="tick end" x="{left - 5:.0f}" y="{middle:.1f}">{plain(axes.rows[i])}</text>')
        for j in range(n_columns):
            parts.append(
                f'<rect class="cell" x="{x(j):.1f}" y="{y(i) - high:.1f}" width="{wide:.1f}" height="{high:.1f}" '
                f'fill="{cells.fills[i][j]}"/>'
            )
            if cells.texts:
                parts.append(
                    f'<text class="middle" x="{x(j) + wide / 2:.1f}" y="{y(i) - high / 2 + 3.5:.1f}" '
                    f'fill="#000">{escape(cells.texts[i][j])}</text>'
                )
    parts += [f'<path class="edge open" d="{d}"/>' for d in _outline(cells.zone & ~cells.shown, cells.zone, x, y, high)]
    parts += [f'<path class="edge" d="{d}"/>' for d in _outline(cells.shown, cells.shown, x, y, high)]
    for j, level in enumerate(axes.columns):
        parts.append(f'<text class="tick middle" x="{x(j) + wide / 2:.1f}" y="{y(0) + 13:.1f}">{plain(level)}</text>')
    parts.append(
        f'<text class="axis tick end" x="{x(n_columns):.0f}" y="{y(0) + 27:.1f}">{escape(axes.across)} →</text>'
    )
    return Markup(
        f'<svg class="zone-map" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" role="img" '
        f'aria-label="{escape(cells.said)}">{"".join(parts)}</svg>'
    )


def share_fill(share: float) -> str:
    """White to blue, from no world to all."""
    return _mixed("#56B4E9", 0.85 * min(max(share, 0.0), 1.0) ** 1.5) if np.isfinite(share) else "#eeeeee"


def gain_fill(gain: float, scale: float) -> str:
    """Blue where a party gains, orange where it loses, the darker the more."""
    if not scale > 0.0:
        return "#ffffff"
    return _mixed("#56B4E9" if gain > 0.0 else "#E69F00", 0.1 + 0.7 * min(abs(gain) / scale, 1.0))


def draw_movers(movers: Sequence[Mover], titles: Sequence[str]) -> Markup:
    """For each assumption the size of the zone in its lowest third of worlds (open) and in its highest (filled)."""
    width, left, step, top = 460.0, 16.0, 36.0, 4.0
    base = top + step * len(movers)
    plot = width - left - 24.0

    def x(value: float) -> float:
        return left + plot * min(max(value, 0.0), 1.0)

    parts = []
    for tick in nice_ticks((0.0, 1.0)):
        parts.append(f'<line class="grid" x1="{x(tick):.1f}" x2="{x(tick):.1f}" y1="{top:.0f}" y2="{base:.0f}"/>')
        parts.append(f'<text class="tick middle" x="{x(tick):.1f}" y="{base + 13:.0f}">{100 * tick:.0f} %</text>')
    said = []
    for k, (mover, title) in enumerate(zip(movers, titles, strict=True)):
        y = top + step * (k + 0.7)
        told = " told" if mover.is_significant else ""
        parts.append(f'<text class="about{told}" x="{left:.0f}" y="{y - 11:.1f}">{escape(shortened(title, 58))}</text>')
        low, high = x(mover.low.value), x(mover.high.value)
        parts.append(f'<line class="join" x1="{low:.1f}" x2="{high:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>')
        for figure, at in ((mover.low, y - 3.5), (mover.high, y + 3.5)):
            parts.append(
                f'<line class="error" x1="{x(figure.low):.1f}" x2="{x(figure.high):.1f}" y1="{at:.1f}" y2="{at:.1f}"/>'
            )
        parts.append(f'<circle class="low" cx="{low:.1f}" cy="{y:.1f}" r="4"/>')
        parts.append(f'<circle class="high" cx="{high:.1f}" cy="{y:.1f}" r="4"/>')
        said.append(f"{title}: {figure_percent(mover.low)} to {figure_percent(mover.high)}")
    text = escape("Size of the zone where an assumption is low and where it is high. " + "; ".join(said))
    return Markup(
        f'<svg class="movers" viewBox="0 0 {width:.0f} {base + 20:.0f}" role="img" aria-label="{text}">'
        f"{''.join(parts)}</svg>"
    )


def word_mark(said: Sequence[str]) -> str:
    """What the parties' words come to in one cell: ● all keep, × one breaks, nothing where that is open."""
    if all(word == "keeps its word" for word in said):
        return _MARKS["keeps its word"]
    return _MARKS["would breach"] if "would breach" in said else ""


def _outline(
    part: Truths, whole: Truths, x: Callable[[int], float], y: Callable[[int], float], high: float
) -> list[str]:
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
    return ["".join(paths)] if paths else []


def _mixed(colour: str, strength: float) -> str:
    parts = [int(colour[k : k + 2], 16) for k in (1, 3, 5)]
    return "#" + "".join(f"{round(255 + strength * (part - 255)):02x}" for part in parts)


def as_grid(values: npt.NDArray[_Scalar]) -> npt.NDArray[_Scalar]:
    """(levels up, levels across): two terms as they are, one term as a single row."""
    return np.atleast_2d(values)
