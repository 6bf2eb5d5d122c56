"""Curves as operations of the graph: tables of points, and the waves, each from operations that every writer has."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from standoff.base.numbers.trigonometry import COSINE, HALF_PI, SINE, TWO_OVER_PI
from standoff.program.lowering.graph import Graph

__all__ = ["line_through", "steps_through", "wave"]


def line_through(g: Graph, x: Sequence[int], *, flat: bool) -> int:
    """Straight lines through points: outside them flat, or as the first and the last line go on."""
    at, points = x[0], x[1:]
    pairs = list(zip(points[::2], points[1::2], strict=True))
    value = pairs[0][1] if flat else None
    for (x0, y0), (x1, y1) in pairwise(pairs):
        slope = g.apply("div", g.apply("sub", y1, y0), g.apply("sub", x1, x0))
        line = g.apply("add", y0, g.apply("mul", g.apply("sub", at, x0), slope))
        value = line if value is None else g.apply("select", g.apply("le", x0, at), line, value)
    assert value is not None
    return g.apply("select", g.apply("le", pairs[-1][0], at), pairs[-1][1], value) if flat else value


def steps_through(g: Graph, x: Sequence[int]) -> int:
    """The value of the last point at or before x; of the first before it."""
    at, points = x[0], x[1:]
    value = points[1]
    for x0, y0 in list(zip(points[::2], points[1::2], strict=True))[1:]:
        value = g.apply("select", g.apply("le", x0, at), y0, value)
    return value


def wave(g: Graph, x: int, quarter: float) -> int:
    """`standoff.base.numbers.trigonometry.wave`, operation by operation."""
    number = g.constant
    n = g.apply("floor", g.apply("add", g.apply("mul", x, number(TWO_OVER_PI)), number(0.5)))
    r = x
    for part in HALF_PI:
        r = g.apply("sub", r, g.apply("mul", n, number(part)))
    z = g.apply("mul", r, r)
    sine = g.apply("add", r, g.apply("mul", g.apply("mul", r, z), _polynomial(g, z, SINE)))
    falling = g.apply("sub", number(1.0), g.apply("mul", number(0.5), z))
    cosine = g.apply("add", falling, g.apply("mul", g.apply("mul", z, z), _polynomial(g, z, COSINE)))
    n = g.apply("add", n, number(quarter))
    turn = g.apply("sub", n, g.apply("mul", number(4.0), g.apply("floor", g.apply("mul", n, number(0.25)))))
    twos = g.apply("mul", number(2.0), g.apply("floor", g.apply("mul", turn, number(0.5))))
    is_odd = g.apply("eq", g.apply("sub", turn, twos), number(1.0))
    size = g.apply("select", is_odd, cosine, sine)
    return g.apply("select", g.apply("le", number(2.0), turn), g.apply("neg", size), size)


def _polynomial(g: Graph, x: int, coefficients: Sequence[float]) -> int:
    total = g.constant(coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        total = g.apply("add", g.apply("mul", total, x), g.constant(coefficient))
    return total
