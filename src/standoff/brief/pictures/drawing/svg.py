"""What all drawn pictures share: scales, round ticks, tags with values escaped, and the frame with its sentence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from markupsafe import Markup

from standoff.analysis.findings import Floats

__all__ = ["Scale", "framed", "nice_ticks", "path_of", "tag"]


@dataclass(frozen=True, slots=True)
class Scale:
    """Where values from `domain` stand between two `ends`, in the picture's own unit; what lies outside is drawn in."""

    domain: tuple[float, float]
    ends: tuple[float, float]

    def __call__(self, value: float) -> float:
        """The place of a value; the middle where the domain is one point."""
        (low, high), (first, last) = self.domain, self.ends
        part = 0.5 if not high > low else min(max((value - low) / (high - low), 0.0), 1.0)
        return first + part * (last - first)


def nice_ticks(domain: tuple[float, float], most: int = 4) -> list[float]:
    """Round numbers inside a domain, at most so many and at least one."""
    low, high = domain
    if not high > low:
        return [low]
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(s * power for s in (1.0, 2.0, 2.5, 5.0, 10.0) if s * power >= rough)
    first = math.ceil(low / step - 1e-9) * step
    ticks = np.arange(first, high + 1e-9 * step, step)
    return [0.0 if abs(t) < 1e-9 * step else float(f"{t:.10g}") for t in ticks]


def tag(name: str, text: str | None = None, **values: str | float) -> str:
    """An element; values are escaped, numbers have one decimal, and `kind` is its class.

    Underscores in names of attributes stand for hyphens.
    """
    named = {("class" if key == "kind" else key.replace("_", "-")): value for key, value in values.items()}
    told = "".join(
        f' {key}="{escape(value) if isinstance(value, str) else f"{value:.1f}"}"' for key, value in named.items()
    )
    return f"<{name}{told}/>" if text is None else f"<{name}{told}>{escape(text)}</{name}>"


def path_of(across: Sequence[float], values: Floats, x: Scale, y: Scale) -> str:
    """A line through points that are finite, as the `d` of a path."""
    points = [f"{x(a):.1f} {y(float(v)):.1f}" for a, v in zip(across, values, strict=True) if math.isfinite(v)]
    return f"M{'L'.join(points)}" if points else ""


def framed(kind: str, size: tuple[float, float], said: str, parts: Sequence[str], data: str = "") -> Markup:
    """A picture of a size, told in a sentence."""
    width, height = size
    return Markup(
        f'<svg class="{kind}" viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{escape(said)}" {data}>'
        f"{''.join(parts)}</svg>"
    )
