"""Small pictures drawn as inline SVG: bars of the table, fans over time, strategies under each view.

Text stays text and colours come from the page's style sheet (`--c` is the strategy's), so that a picture prints,
scales and reads like the page around it. Nothing here depends on anything but its arguments.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from standoff.analysis.findings import Figure, Floats
from standoff.brief.pictures.drawing.svg import Scale, framed, group, line_of, nice_ticks, tag
from standoff.words.numbers import interval, plain, rounded
from standoff.words.text import shortened

__all__ = ["DotRow", "FanFrame", "FanPanel", "bar", "dots", "fan", "squares"]

_BAR_WIDTH, _BAR_HEIGHT = 72.0, 14.0


def bar(
    value: float,
    spread: tuple[float, float],
    limit: float | None,
    better: str,
    *,
    domain: tuple[float, float],
    hollow: bool,
) -> Markup:
    """One cell's bar, its heights in the style sheet: the 10–90 % range over worlds, the mean as a dot, the limit as a
    line, beyond it shaded."""
    if not all(map(math.isfinite, (value, *spread))):
        return Markup("")
    place = Scale(domain, (0.0, _BAR_WIDTH))
    parts = []
    if limit is not None:
        at = place(limit)
        left, width = (at, _BAR_WIDTH - at) if better == "lower" else (0.0, at)
        parts.append(tag("rect", kind="beyond", x=left, width=max(width, 0.0)))
        parts.append(tag("path", kind="limit", d=f"M{at:.1f} 0v{_BAR_HEIGHT:.0f}"))
    low, high = map(place, spread)
    parts.append(tag("rect", kind="range", x=low, width=max(high - low, 1.0)))
    parts.append(tag("circle", kind="hollow" if hollow else "mean", cx=place(value)))
    return framed("bar", (_BAR_WIDTH, _BAR_HEIGHT), "", parts)


_SQUARE, _ACROSS, _DOWN = 5, 20, 5
"""Of a picture of a hundred squares: a square's side with the gap, how many stand in a row, and the rows."""


def squares(chance: float) -> Markup:
    """A chance as squares out of a hundred, the last of them in part: dashed lines, a dash a square."""
    side, whole = _SQUARE - 1, 100.0 * min(max(chance, 0.0), 1.0)
    rows, filled = [], []
    for row in range(_DOWN):
        y, n = _SQUARE * row + side / 2, min(max(whole - _ACROSS * row, 0.0), _ACROSS)
        rows.append(f"M0 {y:g}h{_SQUARE * _ACROSS - 1}")
        if n > 0.0:
            filled.append(f"M0 {y:g}h{_SQUARE * int(n) + side * (n - int(n)):.3g}")
    parts = [tag("path", kind="off", d="".join(rows)), tag("path", kind="on", d="".join(filled))]
    return framed("hundred", (_SQUARE * _ACROSS - 1, _SQUARE * _DOWN - 1), "", parts)


@dataclass(frozen=True, slots=True, eq=False)
class FanPanel:
    """What one panel shows.

    Attributes:
        label: Of the strategy.
        colour: Index of its colour.
        quantiles: (5, points) quantiles, or None where only a line is drawn.
        line: (points,) median, or the share.
        others: Lines to compare it with, in grey; empty where an earlier panel has drawn them.
        readings: (points,) in words; the last is printed, the page's slider shows the rest.
        lines: Id of the grey lines that the panels of one thing share; empty for a panel alone.
    """

    label: str
    colour: int
    quantiles: Floats | None
    line: Floats
    others: tuple[Floats, ...]
    readings: tuple[str, ...]
    lines: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class FanFrame:
    """What the panels of one thing share.

    Attributes:
        domain: Of its values.
        first: Step at the left edge: 0, or the first that was seen before.
        dates: At the left edge, at the start where that is another, and at the end.
        seen: (points, 2) steps and values before the start; none where nothing is known.
        per_cent: Whether values are shares.
    """

    domain: tuple[float, float]
    first: float
    dates: tuple[str, str, str]
    seen: Floats
    per_cent: bool = False


_FAN_WIDTH, _FAN_HEIGHT = 176, 142
_FAN_LEFT, _FAN_RIGHT, _FAN_TOP, _FAN_FOOT = 32, 171, 34, 124
_LETTER, _GAP = 6.0, 6.0
"""How wide a letter of a tick is at most, and what must lie between two."""


def fan(panel: FanPanel, frame: FanFrame, said: str) -> Markup:
    """A fan: what was seen in grey, bands of 90 and 50 per cent, the median, the other strategies' in thin grey."""
    step = (_FAN_RIGHT - _FAN_LEFT) / max(panel.line.size - 1 - frame.first, 1.0)
    steps = list(range(panel.line.size))

    def x(i: float) -> float:
        return _FAN_LEFT + step * (i - frame.first)

    y = Scale(frame.domain, (_FAN_FOOT, _FAN_TOP))

    def line(at: Sequence[float], values: Floats) -> list[tuple[float, float]]:
        return [(x(i), y(float(v))) for i, v in zip(at, values, strict=True) if math.isfinite(v)]

    label = shortened(panel.label, _LONGEST - 1)
    place = min(_FAN_LEFT, max(_FAN_WIDTH - _LETTER * len(label), 0.0))  # a long name begins further left
    parts = [
        tag("text", label, kind="name", x=place, y=12),
        tag("text", panel.readings[-1], kind="reading", x=_FAN_LEFT, y=26),
        *_fan_axes(frame, x(0), y),
    ]
    if panel.quantiles is not None:
        for low, high, kind in ((0, 4, "wide"), (1, 3, "narrow")):
            edges = line(steps, panel.quantiles[high]) + line(steps[::-1], panel.quantiles[low][::-1])
            parts.append(tag("path", kind=kind, d=line_of(edges)))
    grey = [tag("path", d=line_of(line(steps, other))) for other in panel.others]
    if grey:
        parts.append(group(grey, kind="other", **({"id": panel.lines} if panel.lines else {})))
    elif panel.lines:
        parts.append(tag("use", kind="other", href=f"#{panel.lines}"))
    if frame.seen.size:
        parts.append(tag("path", kind="seen", d=line_of(line(frame.seen[:, 0].tolist(), frame.seen[:, 1]))))
    parts.append(tag("path", kind="median", d=line_of(line(steps, panel.line))))
    parts.append(tag("line", kind="at", y1=_FAN_TOP, y2=_FAN_FOOT))
    told = {"data_start": f"{x(0):.2f}", "data_step": f"{step:.3f}", "data_readings": "\t".join(panel.readings)}
    return framed(f"fan s{panel.colour}", (_FAN_WIDTH, _FAN_HEIGHT), said, parts, **told)


def _fan_axes(frame: FanFrame, start: float, y: Callable[[float], float]) -> list[str]:
    """Values at the left; dates at the foot: where the panel begins, where the run does, and the end."""
    parts = []
    for tick in nice_ticks(frame.domain):
        shown = f"{100 * tick:.0f} %" if frame.per_cent else plain(tick)
        parts.append(tag("line", kind="grid", x1=_FAN_LEFT, x2=_FAN_RIGHT, y1=y(tick), y2=y(tick)))
        parts.append(tag("text", shown, kind="tick end", x=_FAN_LEFT - 4, y=y(tick) + 3.5))
    if frame.seen.size:
        parts.append(tag("line", kind="now", x1=start, x2=start, y1=_FAN_TOP, y2=_FAN_FOOT))
    for text, _, kind, at in date_places(frame.dates, start if frame.seen.size else None):
        parts.append(tag("text", text, kind=f"tick{kind}", x=at, y=_FAN_HEIGHT - 4))
    return parts


def date_places(dates: tuple[str, str, str], start: float | None) -> list[tuple[str, float, str, float]]:
    """The dates at the foot of a fan that have room: (text, its left edge, how it is anchored, where).

    The last always stands. Where something was seen before, that of the start stands under its line, or as near as
    the last lets it, and that of the first thing seen only left of it.
    """
    widths = [_LETTER * len(text) for text in dates]
    last = _FAN_WIDTH - 1.0 - widths[2]
    placed = [(dates[2], last, " end", _FAN_WIDTH - 1.0)]
    if start is None:
        if _FAN_LEFT + widths[1] + _GAP <= last:
            placed.append((dates[1], _FAN_LEFT, "", _FAN_LEFT))
        return placed
    left = min(start - widths[1] / 2.0, last - _GAP - widths[1])
    if left >= 0.0:
        placed.append((dates[1], left, "", left))
        if widths[0] + _GAP <= left:
            placed.append((dates[0], 0.0, "", 0.0))
    return placed


@dataclass(frozen=True, slots=True)
class DotRow:
    """One strategy under one view: its `lead` over the best of the others; `best` if none can be told better."""

    label: str
    colour: int
    lead: Figure
    best: bool


_LONGEST, _LETTER = 24, 7.5
"""Of a label: the most letters, and the width of one when it is bold."""


def dots(rows: Sequence[DotRow], domain: tuple[float, float], unit: str, said: str) -> Markup:
    """Strategies under one view: a dot with its 95 % interval, 0 where it is as good as the best of the others."""
    width, step, top = 284.0, 19.0, 4.0
    longest = max((min(len(row.label), _LONGEST) for row in rows), default=0)
    left = max(144.0, _LETTER * longest + 10.0)
    height = top + step * len(rows) + 20.0
    plot = width - left - 10.0

    x = Scale(domain, (left, left + plot))
    base = top + step * len(rows)
    parts = [tag("line", kind="zero", x1=x(0), x2=x(0), y1=top, y2=base)]
    for tick in nice_ticks(domain, 3):
        parts.append(tag("text", plain(tick), kind="tick middle", x=x(tick), y=base + 13.0))
    parts.append(tag("text", unit, kind="tick", x=0, y=base + 13.0))
    for i, row in enumerate(rows):
        y = top + step * (i + 0.5)
        reach = f"{rounded(row.lead.value, row.lead.error)} ({interval(row.lead.low, row.lead.high)}) {unit}".strip()
        drawn = [
            tag("text", shortened(row.label, _LONGEST), kind="name", x=left - 8.0, y=y + 4.0),
            tag("line", kind="error", x1=x(row.lead.low), x2=x(row.lead.high), y1=y, y2=y),
            tag("circle", kind="mean", cx=x(row.lead.value), cy=y, r=4),
        ]
        strength = " best" if row.best else ""
        parts.append(group(drawn, kind=f"s{row.colour}{strength}", title=f"{row.label}: {reach}"))
    return framed("dots", (width, height), said, parts)
