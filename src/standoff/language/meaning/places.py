"""Where an expression stands decides what it may read; one row for each kind of place."""

from __future__ import annotations

from dataclasses import dataclass

from standoff.language.expressions.functions import FUNCTIONS
from standoff.language.expressions.tree import Kind

__all__ = [
    "CONSTANTS",
    "FINAL",
    "OUTCOME",
    "PARAMETERS",
    "PAYOFF",
    "RANGE",
    "REDUCED",
    "START",
    "STEP",
    "STRATEGY",
    "Place",
]

_PARAMETERS: tuple[Kind, ...] = ("constant", "uncertainty", "value")
_STATE: tuple[Kind, ...] = (*_PARAMETERS, "stock", "mode", "quantity", "report", "term", "offered", "series", "clock")
_STEP: tuple[Kind, ...] = (*_STATE, "draw", "event", "move", "choice")


def _of(*families: str) -> frozenset[str]:
    return frozenset(name for name, function in FUNCTIONS.items() if function.family in families)


@dataclass(frozen=True, slots=True)
class Place:
    """A kind of place: how messages call it, what it reads, and the functions that have a meaning there."""

    name: str
    kinds: frozenset[Kind]
    reads: str
    functions: frozenset[str]


CONSTANTS = Place("a distribution's argument", frozenset(("constant",)), "constants", _of("arithmetic"))
PARAMETERS = Place(
    "this", frozenset(_PARAMETERS), "constants, uncertainties and values", _of("arithmetic")
)  # fmt: skip
RANGE = Place("an end of a range", frozenset(_PARAMETERS), "constants, uncertainties and values", frozenset())
START = Place(
    "a start",
    frozenset((*_PARAMETERS, "series", "draw")),
    "constants, uncertainties, values, series and draws",
    _of("arithmetic", "calendar"),
)
STEP = Place("an equation", frozenset(_STEP), "what belongs to a step", _of("arithmetic", "calendar", "memory"))
STRATEGY = Place(
    "a strategy", frozenset((*_STEP, "setting")), "what belongs to a step", _of("arithmetic", "calendar", "memory")
)
PAYOFF = Place(
    "a payoff", frozenset(_STEP), "what belongs to a step", _of("arithmetic", "calendar", "memory", "chance")
)
FINAL = Place(
    "what is final", frozenset(_STATE), "the state after the last step, when nothing is chosen and nothing happens",
    _of("arithmetic", "calendar", "memory"),
)  # fmt: skip
OUTCOME = Place(
    "an outcome", frozenset(_PARAMETERS),
    "parameters, and all else through `final`, `mean`, `total`, `peak` or `minimum`",
    _of("arithmetic", "reducer") | {"ever", "count"},
)  # fmt: skip
REDUCED = Place(
    "a reducer",
    frozenset(_STEP),
    "what belongs to a step",
    _of("arithmetic", "calendar", "memory", "chance") - {"ever", "count"},
)
