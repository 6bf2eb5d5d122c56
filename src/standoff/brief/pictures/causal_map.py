"""The causal map as a picture and as text.

Nodes stand in columns from what is chosen to what follows; within a column they are ordered to cross few links.

Reference:
    MacKay, Johnson & Sansom 2020, How directed is a directed network?, Royal Society Open Science 7, equation 2.1
    (trophic levels, which need no acyclic graph); Sugiyama, Tagawa & Toda 1981, Methods for visual understanding of
    hierarchical system structures, IEEE Transactions on Systems, Man, and Cybernetics 11 (barycentre ordering).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from markupsafe import Markup

from standoff.analysis.structure.causal import CausalMap, Edge, Node
from standoff.brief.pictures.drawing.svg import framed, group, place, tag
from standoff.language.model import Model
from standoff.words.sections.holds_up import map_words
from standoff.words.text import capital, words

__all__ = ["draw_map", "list_map", "map_text"]

_BOX_WIDTH, _BOX_HEIGHT, _GAP, _COLUMN, _TOP = 140.0, 26.0, 24.0, 202.0, 20.0
_PITCH = _BOX_HEIGHT + _GAP
_SWEEPS = 24
_MOST_COLUMNS = 6
_MOST_LETTERS = 17
_KINDS = {"stock": "stock", "mode": "mode", "event": "event", "move": "event", "choice": "choice"}
_STYLE = (
    ".map text{font:13px system-ui,sans-serif;fill:#222}.map .box{fill:#fff;stroke:#8a8a8a}"
    ".map .choice .box{fill:#e8e8e8;stroke:#8a8a8a}.map .event .box{stroke-dasharray:3 2}"
    ".map .mode .box{stroke-width:2.4}.map .link{fill:none;stroke:#8c8c8c;stroke-width:1.1;opacity:.55}"
    ".map .link.more{stroke:#0072B2}.map .link.less{stroke:#D55E00;stroke-dasharray:6 3}"
)


def map_text(causes: CausalMap) -> str:
    """One line for each node: what raises, lowers and otherwise moves it, and what choices look at."""
    return "\n".join(f"{name}: {said}" for name, said in _moved_by(causes, lambda name: name))


def list_map(causes: CausalMap, model: Model) -> Markup:
    """The same as a list in words, for where the map is too wide to be drawn."""

    def called(name: str) -> str:
        actor, _, dimension = name.partition(".")
        kinds = {node.name: node.kind for node in causes.nodes}
        if kinds.get(name) != "choice":
            return words(name)
        return f"{model.title_of(actor)} ({words(dimension)})" if dimension else model.title_of(actor)

    items = (Markup("<li><b>{}</b>: {}</li>").format(capital(name), said) for name, said in _moved_by(causes, called))
    return Markup('<ul class="listed-map">{}</ul>').format(Markup("").join(items))


def _moved_by(causes: CausalMap, called: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    for node in causes.nodes:
        world = [e for e in causes.edges if e.target == node.name and not e.rule]
        seen = [e for e in causes.edges if e.target == node.name and e.rule]
        parts = [
            f"{verb} {', '.join(called(e.source) for e in world if e.sign == sign)}"
            for sign, verb in (("+", "raised by"), ("−", "lowered by"), ("", "moved by"))
            if any(e.sign == sign for e in world)
        ]
        if seen:
            parts.append(f"decided on {', '.join(called(e.source) for e in seen)}")
        if parts:
            yield called(node.name), "; ".join(parts)


def draw_map(causes: CausalMap, model: Model) -> Markup:
    """The map as one SVG that stands alone; links that rules look along are left to the text."""
    links = [e for e in causes.edges if not e.rule]
    linked = {name for e in links for name in (e.source, e.target)}
    nodes = [node for node in causes.nodes if node.name in linked]
    columns = _columns(nodes, links)
    tallest = max((len(column) for column in columns), default=1)
    width = _COLUMN * max(len(columns) - 1, 0) + _BOX_WIDTH + 56.0
    height = _TOP + tallest * _PITCH
    tops = [_TOP + (tallest - len(column)) * _PITCH / 2 for column in columns]
    places = {name: (c, tops[c] + i * _PITCH) for c, column in enumerate(columns) for i, name in enumerate(column)}
    inside = [
        tag("style", _STYLE), group(_arrows(), name="defs"),
        *(_link(edge, i, places, tops) for i, edge in enumerate(links)),
        *(_box(node, places[node.name], model) for node in nodes),
    ]  # fmt: skip
    said, style = map_words(model, len(nodes), len(links)), f"max-width:{1.1 * width:.0f}px"
    return framed("linked map", (width, height), said, inside, xmlns="http://www.w3.org/2000/svg", style=style)


def _columns(nodes: list[Node], links: list[Edge]) -> list[list[str]]:
    """Names by column, choices first."""
    names = [node.name for node in nodes]
    if not names:
        return []
    levels = _levels(names, links)
    is_choice = {node.name: node.kind == "choice" for node in nodes}
    rest = [name for name in names if not is_choice[name]]
    columns = [[name for name in names if is_choice[name]]]
    count = min(_MOST_COLUMNS - 1, max(1, round(len(rest) ** 0.5)))
    ranked = sorted(rest, key=lambda name: (levels[name], names.index(name)))
    columns += [list(part) for part in np.array_split(np.array(ranked, dtype=object), count) if len(part)]
    return _untangle([column for column in columns if column], links)


def _levels(names: list[str], links: list[Edge]) -> dict[str, float]:
    """Heights that put each thing one above what moves it, as nearly as cycles allow."""
    n = len(names)
    weights = np.zeros((n, n))
    for e in links:
        weights[names.index(e.source), names.index(e.target)] = 1.0
    inward, outward = weights.sum(axis=0), weights.sum(axis=1)
    laplacian = np.diag(inward + outward) - weights - weights.T
    heights = np.linalg.lstsq(laplacian, inward - outward, rcond=None)[0]
    return {name: round(float(height), 9) for name, height in zip(names, heights, strict=True)}


def _untangle(columns: list[list[str]], links: list[Edge]) -> list[list[str]]:
    """Order each column by the mean place of what its members are linked to, sweep after sweep."""
    near: dict[str, list[str]] = {name: [] for column in columns for name in column}
    for e in links:
        near[e.source].append(e.target)
        near[e.target].append(e.source)

    def centre(name: str, place: dict[str, float]) -> float:
        linked = near[name]
        return sum(place[other] for other in linked) / len(linked) if linked else place[name]

    for sweep in range(_SWEEPS):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            place = {name: (i + 0.5) / len(c) for c in columns for i, name in enumerate(c)}
            column.sort(key=lambda name: (centre(name, place), name))
    return columns


def _link(edge: Edge, index: int, places: dict[str, tuple[int, float]], tops: list[float]) -> str:
    path = _path(places[edge.source], places[edge.target], tops, (index % 5 - 2) * 3.0)
    kind = {"+": "more", "−": "less"}.get(edge.sign, "some")
    verb = {"+": "raises", "−": "lowers"}.get(edge.sign, "moves")
    via = f", through {', '.join(map(words, edge.through))}" if edge.through else ""
    said = f"{words(edge.source)} {verb} {words(edge.target)}{via}"
    return tag(
        "path", title=said, kind=f"link {kind}", data_a=edge.source, data_b=edge.target, d=path,
        marker_end=f"url(#tip-{kind})",
    )  # fmt: skip


def _path(a: tuple[int, float], b: tuple[int, float], tops: list[float], aside: float) -> str:
    """From box to box; past the columns between, it runs in the gaps between their boxes, a little `aside`."""
    (from_column, ay), (to_column, by) = (a[0], a[1] + _BOX_HEIGHT / 2), (b[0], b[1] + _BOX_HEIGHT / 2)
    if from_column == to_column:
        side = _x(to_column) + _BOX_WIDTH
        bulge = 20.0 + abs(by - ay) / 9
        return f"M{side:.0f} {ay:.0f}C{side + bulge:.0f} {ay:.0f} {side + bulge:.0f} {by:.0f} {side + 4:.0f} {by:.0f}"
    way = 1 if to_column > from_column else -1
    out, into = (_BOX_WIDTH, 0.0) if way > 0 else (0.0, _BOX_WIDTH)
    x, y = _x(from_column) + out, ay
    path = f"M{x:.0f} {y:.0f}"
    for column in range(from_column + way, to_column, way):
        share = (column - from_column) / (to_column - from_column)
        row = round((ay + share * (by - ay) + _GAP / 2 - tops[column]) / _PITCH)
        gap = tops[column] + row * _PITCH - _GAP / 2 + aside
        path += _bend(x, y, _x(column) + into, gap) + f"H{_x(column) + out:.0f}"
        x, y = _x(column) + out, gap
    return path + _bend(x, y, _x(to_column) + into - 4.0 * way, by)


def _bend(x: float, y: float, to_x: float, to_y: float) -> str:
    middle = (x + to_x) / 2
    return f"C{middle:.0f} {y:.0f} {middle:.0f} {to_y:.0f} {to_x:.0f} {to_y:.0f}"


def _x(column: int) -> float:
    return 12.0 + column * _COLUMN


def _box(node: Node, at: tuple[int, float], model: Model) -> str:
    x, y = _x(at[0]), at[1]
    text = words(node.name)
    if node.kind == "choice":
        actor, _, dimension = node.name.partition(".")
        text = f"{model.title_of(actor)}{': ' + words(dimension) if dimension else ''}"
    radius = {"stock": 3, "mode": 3, "choice": 3}.get(_KINDS[node.kind], 12)
    squeezed = {"textLength": place(_BOX_WIDTH - 10), "lengthAdjust": "spacingAndGlyphs"}
    squeeze = squeezed if len(text) > _MOST_LETTERS else {}
    parts = [
        tag("rect", kind="box", x=x, y=y, width=_BOX_WIDTH, height=_BOX_HEIGHT, rx=radius),
        tag("text", text, x=x + _BOX_WIDTH / 2, y=y + 17.5, text_anchor="middle", **squeeze),
    ]
    about = capital(node.about or text)
    return group(parts, title=about, kind=f"node {_KINDS[node.kind]}", data_node=node.name)


def _arrows() -> list[str]:
    return [
        group(
            [tag("path", d="M0 0L8 4L0 8z", fill=colour)], name="marker", id=f"tip-{kind}", viewBox="0 0 8 8", refX=4,
            refY=4, markerWidth=6, markerHeight=6, orient="auto",
        )
        for kind, colour in (("more", "#0072B2"), ("less", "#D55E00"), ("some", "#8c8c8c"))
    ]  # fmt: skip
