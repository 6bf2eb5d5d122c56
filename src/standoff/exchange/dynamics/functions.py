"""Functions of system dynamics written in the language, and what has no counterpart there.

Each function takes the time, the time step, and its arguments, as text that binds as one thing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from standoff.exchange.dynamics.unrolled import NotImportedError

__all__ = ["FUNCTIONS", "NO_COUNTERPART", "REDUCED", "group", "is_number", "joined", "number_text"]


def group(text: str) -> str:
    """A text in brackets, unless it binds as one thing already."""
    return text if text.isidentifier() or is_number(text) else f"({text})"


def is_number(text: str) -> bool:
    """Whether a text is a plain number."""
    return text.replace(".", "", 1).isdecimal()


def number_text(value: float) -> str:
    """A number as it is written."""
    if not math.isfinite(value):
        raise NotImportedError("a number that is not finite")
    text = repr(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
    return f"({text})" if value < 0 else text


def joined(operator: str, parts: Sequence[str]) -> str:
    """Parts joined by an operator, in brackets by halves, so that many do not nest deep."""
    if len(parts) <= 8:
        return f" {operator} ".join(parts)
    half = len(parts) // 2
    return f"({joined(operator, parts[:half])}) {operator} ({joined(operator, parts[half:])})"


def _extreme(function: str) -> Callable[[Sequence[str]], str]:
    return lambda parts: parts[0] if len(parts) == 1 else f"{function}({', '.join(parts)})"


def _whole(x: str) -> str:
    return f"(floor({x}) if {x} >= 0 else -floor(-{x}))"


def _pulse(time: str, dt: str, start: str, width: str) -> str:
    return f"(1 if {time} + {dt} / 2 > {start} and {time} + {dt} / 2 < {start} + max({width}, {dt}) else 0)"


def _pulses(time: str, dt: str, start: str, interval: str, *, width: str, end: str) -> str:
    since = f"({time} - {start} + {dt} / 2)"
    place = f"{since} - {interval} * floor({since} / {interval})"
    return f"(1 if {since} > 0 and {time} + {dt} / 2 < {end} and {place} < max({width}, {dt}) else 0)"


FUNCTIONS: dict[str, Callable[..., str]] = {
    "min": lambda t, dt, a, b: f"min({a}, {b})",
    "max": lambda t, dt, a, b: f"max({a}, {b})",
    "abs": lambda t, dt, x: f"abs({x})",
    "exp": lambda t, dt, x: f"exp({x})",
    "ln": lambda t, dt, x: f"log({x})",
    "sqrt": lambda t, dt, x: f"sqrt({x})",
    "sin": lambda t, dt, x: f"sin({x})",
    "cos": lambda t, dt, x: f"cos({x})",
    "tan": lambda t, dt, x: f"(sin({x}) / cos({x}))",
    "sinh": lambda t, dt, x: f"((exp({x}) - exp(-{x})) / 2)",
    "cosh": lambda t, dt, x: f"((exp({x}) + exp(-{x})) / 2)",
    "tanh": lambda t, dt, x: f"(2 * logistic(2 * {x}) - 1)",
    "log": lambda t, dt, x, base: f"(log({x}) / log({base}))",
    "power": lambda t, dt, x, y: f"({x} ** {y})",
    "pi": lambda t, dt: repr(math.pi),
    "integer": lambda t, dt, x: _whole(x),
    "quantum": lambda t, dt, a, b: f"({a} if {b} < 0.000001 else {b} * {_whole(f'({a} / {b})')})",
    "modulo": lambda t, dt, a, b: f"(0 if {b} < 0.000001 else {a} - {b} * {_whole(f'({a} / {b})')})",
    "zidz": lambda t, dt, a, b: f"({a} / {b} if abs({b}) >= 0.000001 else 0)",
    "xidz": lambda t, dt, a, b, x: f"({a} / {b} if abs({b}) >= 0.000001 else {x})",
    "step": lambda t, dt, height, at: f"({height} if {t} + {dt} / 2 > {at} else 0)",
    "ramp": lambda t, dt, slope, at, end: f"({slope} * (min({t}, {end}) - {at}) if {t} > {at} else 0)",
    "xramp": lambda t, dt, slope, at: f"({slope} * ({t} - {at}) if {t} > {at} else 0)",
    "pulse": _pulse,
    "pulse_train": lambda time, dt, start, interval, width, end: _pulses(
        time, dt, start, interval, width=width, end=end
    ),
    "xpulse": lambda t, dt, start, size: f"({size} / {dt} * {_pulse(t, dt, start, dt)})",
    "xpulse_train": lambda t, dt, start, gap, size: (
        f"({size} / {dt} * {_pulses(t, dt, start, gap, width=dt, end='1000000000')})"
    ),
}
REDUCED: dict[str, Callable[[Sequence[str]], str]] = {
    "sum": lambda parts: joined("+", parts),
    "prod": lambda parts: joined("*", parts),
    "vmin": _extreme("min"),
    "vmax": _extreme("max"),
}
NO_COUNTERPART = {
    "GameStructure": "GAME: a player's hand, which is a choice in a study",
    "SampleIfTrueStructure": "SAMPLE IF TRUE",
    "AllocateAvailableStructure": "ALLOCATE AVAILABLE",
    "AllocateByPriorityStructure": "ALLOCATE BY PRIORITY",
    "GetConstantsStructure": "constants that stand in another file",
    "GetDataStructure": "data that stand in another file",
    "GetLookupsStructure": "a table that stands in another file",
    "DataStructure": "data that stand in another file",
}
