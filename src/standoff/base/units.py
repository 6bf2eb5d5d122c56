"""Units as products of named powers.

A study's units are names (`missile`, `USD`, `year`): two are equal when their powers are. Nothing is
converted silently, not even week to year; a conversion is written, as `years(1)` or `1000 [kg/tonne]`, or once for the
whole study, as a scale (`MEUR: 1e6 EUR`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

__all__ = ["DIMENSIONLESS", "YEAR", "Scales", "Unit", "in_base", "parse_scale", "parse_unit"]

_FACTOR = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*|1)\s*(?:(?:\^|\*\*)\s*(-?\d{1,2}))?\s*")
_SCALE = re.compile(r"\s*\+?(\d+(?:\.\d*)?(?:[eE][+-]?\d{1,3})?|\.\d+)\s*\*?\s*((?<=[\s*])[A-Za-z_].*)?")
_TIMES = re.compile(r"(\*(?!\*)|/|\bper\b)")
_MOST_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class Unit:
    """A product of powers of unit names, in the order of the names; a power is never 0."""

    powers: tuple[tuple[str, float], ...] = ()

    def __mul__(self, other: Unit) -> Unit:
        theirs = dict(other.powers)
        return _unit({name: self.power(name) + theirs.get(name, 0.0) for name in {**dict(self.powers), **theirs}})

    def __truediv__(self, other: Unit) -> Unit:
        return self * other**-1

    def __pow__(self, power: float) -> Unit:
        return _unit({name: own * power for name, own in self.powers})

    @property
    def is_dimensionless(self) -> bool:
        """Whether it has no unit at all."""
        return not self.powers

    def power(self, name: str) -> float:
        """The power of one name in the unit; 0 where it does not occur."""
        return dict(self.powers).get(name, 0.0)

    @property
    def written(self) -> str:
        """As `parse_unit` reads it."""
        return "*".join(name if power == 1 else f"{name}^{power:g}" for name, power in self.powers) or "1"

    def __str__(self) -> str:
        if self.is_dimensionless:
            return "no unit"
        above = [_shown(name, power) for name, power in self.powers if power > 0]
        below = [_shown(name, -power) for name, power in self.powers if power < 0]
        return "/".join(["·".join(above) or "1", *below])


DIMENSIONLESS = Unit()


@cache
def parse_unit(text: str) -> Unit:
    """Read a unit such as `missile`, `USD/year`, `km^2` or `1/year`.

    Raises:
        ValueError: The text is not a product or quotient of names and whole powers.
    """
    if len(text) > _MOST_CHARACTERS:
        raise ValueError(f"a unit has at most {_MOST_CHARACTERS} characters")
    unit, sign = DIMENSIONLESS, 1
    for i, piece in enumerate(_TIMES.split(text)):
        if i % 2:
            sign = 1 if piece == "*" else -1
            continue
        found = _FACTOR.fullmatch(piece)
        if found is None:
            raise ValueError(f"`{piece.strip() or text}` is not a unit's name, with or without a whole power")
        name, power = found.groups()
        if name != "1":
            unit *= _unit({name: float(sign * int(power or 1))})
    return unit


Scales = Mapping[str, tuple[float, Unit]]
"""What one of a unit is in others: `{"MEUR": (1e6, EUR)}`."""


def in_base(unit: Unit, scales: Scales) -> tuple[float, Unit]:
    """How many of the base's unit one of a unit is, and that unit, which has no scale of its own."""
    factor, base = 1.0, DIMENSIONLESS
    for name, power in unit.powers:
        size, own = scales.get(name, (1.0, _unit({name: 1.0})))
        factor, base = factor * size**power, base * own**power
    return factor, base


def parse_scale(text: str) -> tuple[float, Unit]:
    """Read what a unit is worth: a number above 0 and another unit, such as `1e6 EUR`, or a number alone.

    Raises:
        ValueError: It is neither.
    """
    found = _SCALE.fullmatch(text)
    size = float(found.group(1)) if found is not None else 0.0
    if found is None or not 0.0 < size < math.inf:
        raise ValueError(f"`{text.strip()[:_MOST_CHARACTERS]}` is not a number above 0 and another unit")
    rest = (found.group(2) or "").strip()
    return size, parse_unit(rest) if rest else DIMENSIONLESS


def _unit(powers: Mapping[str, float]) -> Unit:
    return Unit(tuple((name, powers[name]) for name in sorted(powers) if powers[name] != 0))


def _shown(name: str, power: float) -> str:
    return name if power == 1 else f"{name}^{power:g}"


YEAR = parse_unit("year")
