"""Where values lie in the range of an assumption."""

from __future__ import annotations

from standoff.analysis.findings import Inputs
from standoff.brief.pictures.drawing.svg import Scale
from standoff.language.model import Parameter

__all__ = ["place_in", "range_of"]


def range_of(parameter: Parameter, inputs: Inputs) -> tuple[float, float]:
    """The ends of an assumption: its range where it has one, else the least and largest of the worlds."""
    spread = parameter.spread
    if spread is not None and spread.distribution == "uniform" and len(spread.arguments) == 2:
        return spread.arguments[0], spread.arguments[1]
    column = inputs.column(parameter.name)
    return float(column.min()), float(column.max())


def place_in(value: float, low: float, high: float) -> float:
    """Where a value lies between two ends, in per cent."""
    return round(Scale((low, high), (0.0, 100.0))(value), 2)
