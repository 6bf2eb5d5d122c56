"""What every finding is made of: a figure with its error, named inputs, and a plain form for JSON."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["FEWEST_WORLDS", "Figure", "Floats", "Inputs", "Reason", "UnanswerableError"]

Floats = npt.NDArray[np.float64]

FEWEST_WORLDS = 16
"""With fewer sound worlds an error over worlds says too little to compare anything by."""

_FEWEST_CONTINUOUS = 13
"""An input with fewer distinct values than this is taken level by level."""


class Reason(StrEnum):
    """Why a study or a run does not answer a question; beside each, the names of its data."""

    ONLY_PLAYER = "only player"  # actor
    NOBODY_PAID = "nobody paid"
    NOT_PAID = "not paid"  # actor
    FEW_WORLDS = "few worlds"  # worlds, least
    FEW_REPLICATIONS = "few replications"  # replications, least
    OTHER_PROFILES = "other profiles"  # actor
    NOT_ALL_PROFILES = "not all profiles"
    MANY_PROFILES = "many profiles"  # profiles, most
    BELIEFS_OUTSIDE = "beliefs outside"  # actor, worlds
    NO_SUCH_DEAL = "no such deal"  # deal, deals
    DEAL_NAMES_NO_STATE = "no state named"  # deal, during
    MODE_IMPOSED = "mode imposed"  # deal, mode
    NOBODY_KEEPS = "nobody keeps"  # deal, actor
    VARIANT_APPLIED = "variant applied"  # variant
    NOTHING_OBSERVED = "nothing observed"
    FEW_STEPS = "few steps"  # steps
    NO_LIMITS = "no limits"
    OTHER_DECIDER = "other decider"  # before, after
    OUT_OF_SCALE = "out of scale"  # actor, most
    MANY_ACTORS = "many actors"  # actors, most


class UnanswerableError(ValueError):
    """A question cannot be answered; a sentence of it is made in `standoff.words.unanswered`."""

    def __init__(self, reason: Reason, **data: str | int | tuple[str, ...]) -> None:
        super().__init__(f"{reason}: {', '.join(f'{name}={value}' for name, value in data.items())}".rstrip(": "))
        self.reason = reason
        self.data = data


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its standard error and interval, all in the number's own unit."""

    value: float
    error: float
    low: float
    high: float

    @property
    def holds_zero(self) -> bool:
        """Whether the interval includes zero."""
        return self.low <= 0.0 <= self.high


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """What differs between worlds: one column an uncertainty or value.

    Args:
        names: the uncertainties, one a column.
        values: shape (worlds, uncertainties), finite; a categorical column holds codes 0, 1, …
        levels: for categorical columns only, the words that the codes stand for.
        units: for numeric columns, the unit to print after a number; absent means dimensionless.

    Raises:
        ValueError: shapes that do not agree, values that are not finite, codes without a word.
    """

    names: tuple[str, ...]
    values: Floats
    levels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    _made: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        shape = self.values.shape
        if len(shape) != 2 or shape[1] != len(self.names):
            raise ValueError(f"{len(self.names)} names were given for inputs of shape {shape}")
        if len(set(self.names)) != len(self.names):
            raise ValueError("two inputs have the same name")
        if not np.isfinite(self.values).all():
            raise ValueError("the inputs contain a value that is not finite")
        for name, words in self.levels.items():
            if name not in self.names:
                raise ValueError(f"levels are given for `{name}`, which is not an input")
            codes = self.values[:, self.names.index(name)]
            if not np.isin(codes, np.arange(len(words))).all():
                raise ValueError(f"`{name}` has codes that stand for no level (0 to {len(words) - 1})")

    def once(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What depends on the inputs alone, made at the first call and kept with them."""
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    @property
    def canonical(self) -> npt.NDArray[np.int64]:
        """(worlds,), an order of the worlds that depends on their inputs and not on the order they came in."""
        columns = self.values.T[::-1]
        made: npt.NDArray[np.int64] = self.once(
            "canonical", lambda: np.lexsort(columns) if len(columns) else np.arange(self.values.shape[0])
        )
        return made

    def column(self, name: str) -> Floats:
        """The values of one input, shape (worlds,)."""
        column: Floats = self.values[:, self.names.index(name)]
        return column

    def is_discrete(self, index: int) -> bool:
        """Whether a column is categorical or takes only a few values."""
        return self.names[index] in self.levels or np.unique(self.values[:, index]).size < _FEWEST_CONTINUOUS

    def rows(self, order: npt.NDArray[np.int64]) -> Inputs:
        """The same inputs for the worlds in `order`."""
        return Inputs(self.names, self.values[order], self.levels, self.units)

    def only(self, names: Collection[str]) -> Inputs:
        """Some of the inputs, in their order here; all of them are these."""
        kept = tuple(j for j, name in enumerate(self.names) if name in names)
        if len(kept) == len(self.names):
            return self
        levels = {name: words for name, words in self.levels.items() if name in names}
        made: Inputs = self.once(
            ("only", kept),
            lambda: Inputs(tuple(self.names[j] for j in kept), self.values[:, kept], levels, self.units),
        )
        return made

    def say(self, name: str, value: float, digits: int = 3) -> str:
        """One value of an input in words: its level, or its number with the unit."""
        if name in self.levels:
            return self.levels[name][round(value)]
        unit = self.units.get(name, "")
        return f"{value:.{digits}g} {unit}".rstrip()
