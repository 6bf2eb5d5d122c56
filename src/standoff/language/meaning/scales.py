"""Units with a scale: what one of a unit is in units that have none."""

from __future__ import annotations

from standoff.base.problems import Problem
from standoff.base.units import Scales, Unit, in_base, parse_scale
from standoff.language.text.fields import mapping
from standoff.language.text.reader import Mapping, Scalar

__all__ = ["read_scales"]

_FIXED = ("year", "event")
"""Units that the language itself gives a meaning."""


def read_scales(study: Mapping, problems: list[Problem]) -> Scales:
    """The study's `units`, each in units without a scale; what hangs on itself is reported and left out."""
    written: dict[str, tuple[float, Unit]] = {}
    places: dict[str, Scalar] = {}
    for name, node in mapping(study, "units").items:
        if name.text in _FIXED:
            message = f"`{name.text}` has a meaning of its own, and no scale"
            problems.append(Problem("unit-scale", name.span, message, "define the other unit by it"))
        elif isinstance(node, Scalar):
            try:
                written[name.text] = parse_scale(node.text)
            except ValueError:  # reported with the shape
                continue
            places[name.text] = name
    settled: dict[str, tuple[float, Unit]] = {}
    while True:
        left = [one for one in written if one not in settled]
        ready = [one for one in left if not {of for of, _ in written[one][1].powers} & set(left)]
        if not ready:
            break
        for one in ready:
            size, unit = written[one]
            factor, base = in_base(unit, settled)
            settled[one] = (size * factor, base)
    for one in left:
        message = f"`{one}` is defined by units that hang on it in turn"
        problems.append(Problem("unit-scale", places[one].span, message, "define one of them by no other"))
    return settled
