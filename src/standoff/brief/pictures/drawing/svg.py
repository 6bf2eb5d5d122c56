"""What all drawn pictures share: scales, round ticks, tags with values escaped, and the frame with its sentence."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from markupsafe import Markup

from standoff.analysis.findings import Floats

__all__ = ["Scale", "framed", "group", "line_of", "nice_ticks", "path_of", "place", "tag"]


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


def tag(name: str, text: str | None = None, *, title: str = "", **values: str | float) -> str:
    """An element with a text or nothing inside; text and values are escaped, numbers have a decimal at most.

    `kind` is its class, and underscores in names of attributes stand for hyphens; `title` is what is said where the
    pointer rests on it.
    """
    if text is None and not title:
        return f"<{name}{_attributes(values)}/>"
    return group([escape(text or "")], name=name, title=title, **values)


def group(parts: Sequence[str], *, name: str = "g", title: str = "", **values: str | float) -> str:
    """Elements inside another; `title` and `values` as for `tag`."""
    inner = [tag("title", title), *parts] if title else parts
    return f"<{name}{_attributes(values)}>{''.join(inner)}</{name}>"


def _attributes(values: Mapping[str, str | float]) -> str:
    named = {("class" if key == "kind" else key.replace("_", "-")): value for key, value in values.items()}
    return "".join(f' {key}="{escape(v) if isinstance(v, str) else place(v)}"' for key, v in named.items())


def place(value: float) -> str:
    """A coordinate as it is written: to a tenth."""
    return f"{value:.1f}".removesuffix(".0")


def path_of(across: Sequence[float], values: Floats, x: Scale, y: Scale) -> str:
    """A line through points that are finite, as the `d` of a path."""
    return line_of([(x(a), y(float(v))) for a, v in zip(across, values, strict=True) if math.isfinite(v)])


def line_of(points: Sequence[tuple[float, float]]) -> str:
    """A line through places, as the `d` of a path: each to a tenth, told from the one before, without what is spare."""
    tenths = [(round(10.0 * px), round(10.0 * py)) for px, py in points]
    if not tenths:
        return ""
    (px, py), *_ = tenths
    steps = [d for (a, b), (c, e) in itertools.pairwise(tenths) for d in (c - a, e - b)]
    text, last = f"M{_tenth(px)} {_tenth(py)}" + ("l" if steps else ""), "."
    for k, step in enumerate(steps):
        short = _tenth(step)
        joins = not k or short.startswith("-") or (short.startswith(".") and "." in last)
        text += short if joins else f" {short}"
        last = short
    return text


def _tenth(tenths: int) -> str:
    """A number of tenths: `.5`, `-12.3`, `7`."""
    whole, rest = divmod(abs(tenths), 10)
    size = f"{whole or ''}.{rest}" if rest else str(whole)
    return f"-{size}" if tenths < 0 else size


def framed(kind: str, size: tuple[float, float], said: str, parts: Sequence[str], **values: str | float) -> Markup:
    """A picture of a size, told in a sentence; what adds nothing to the text beside it has none, and is passed over.

    `values` are further attributes, as for `tag`.
    """
    width, height = size
    told: dict[str, str | float] = {"role": "img", "aria_label": said} if said else {"aria_hidden": "true"}
    frame: dict[str, str | float] = {"kind": kind, "viewBox": f"0 0 {width:.0f} {height:.0f}"}
    return Markup(f"<svg{_attributes(frame | told | values)}>{''.join(parts)}</svg>")
