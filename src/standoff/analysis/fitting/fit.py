"""What a fit finds: parameters, and how fitted futures stand to the data."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Checked", "Estimate", "Fit"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A parameter: its 5 %, 50 % and 95 % quantiles, and what the study has: a number, or the ends of a range."""

    name: str
    is_constant: bool
    quantiles: tuple[float, float, float]
    committed: tuple[float, ...]

    @property
    def holds_committed(self) -> bool:
        """Whether what the study has lies within the interval, or overlaps it."""
        return self.committed[0] <= self.quantiles[2] and self.committed[-1] >= self.quantiles[0]


@dataclass(frozen=True, slots=True)
class Checked:
    """A statistic of fitted or held-out steps: as seen, and the mean and 90 % interval of fitted futures."""

    thing: str
    statistic: str
    is_held_out: bool
    seen: float
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Fit:
    """What was fitted.

    Attributes:
        estimates: Of the parameters.
        checked: Statistics of the steps that were fitted, and of the rest.
        span: The steps that were fitted, in words.
        file: Of the data.
        tolerance, accepted, rounds, simulated: As in `Fitted`.
    """

    estimates: tuple[Estimate, ...]
    checked: tuple[Checked, ...]
    span: str
    file: str
    tolerance: float
    accepted: float
    rounds: int
    simulated: int
