"""The one table of built-in functions, used by checker, evaluators and documentation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["CLOCK_NAMES", "FUNCTIONS", "SEASONS", "Function"]

Argument = Literal[
    "number",  # any unit
    "same",  # a number in the unit of the first `same` argument
    "plain",  # a dimensionless number
    "whole",  # a constant whole number of steps, at least 0
    "points",  # constant numbers x0, y0, x1, y1, …: x in the unit of the first argument
    "truth",  # a truth, or an event that is one
    "event",  # an event or move; a count stands for its number
    "happening",  # likewise, or a truth
    "mode",  # the name of a mode
    "any",  # number, truth or option
    "like",  # the type and unit of the first argument
]
Result = Literal["plain", "number", "truth", "year", "like", "step", "ratio"]
Family = Literal["arithmetic", "calendar", "memory", "chance", "reducer"]


@dataclass(frozen=True, slots=True)
class Function:
    """A built-in function.

    `arguments` are the required ones, `optional` may follow, and `points` repeats. `memory` functions look
    back over earlier steps (and over all steps inside an outcome), `reducer`s stand in outcomes only.
    """

    name: str
    family: Family
    arguments: tuple[Argument, ...]
    result: Result
    meaning: str
    optional: tuple[Argument, ...] = ()
    repeats: bool = False


_ROWS = (
    Function("min", "arithmetic", ("same", "same"), "like", meaning="the smallest", repeats=True),
    Function("max", "arithmetic", ("same", "same"), "like", meaning="the largest", repeats=True),
    Function("abs", "arithmetic", ("same",), "like", meaning="the size without its sign"),
    Function("exp", "arithmetic", ("plain",), "plain", meaning="e to the power of x; overflow is a fault"),
    Function("log", "arithmetic", ("plain",), "plain", meaning="the natural logarithm; a fault at 0 and below"),
    Function("sqrt", "arithmetic", ("number",), "ratio", meaning="the square root; a fault below 0"),
    Function("logistic", "arithmetic", ("plain",), "plain", meaning="1 / (1 + exp(−x)), defined for all numbers"),
    Function("clip", "arithmetic", ("same", "same", "same"), "like",
             meaning="x, but at least the second and at most the third"),
    Function("round", "arithmetic", ("same",), "like", meaning="to the nearest whole number, halves upward"),
    Function("floor", "arithmetic", ("same",), "like", meaning="down to a whole number"),
    Function("table", "arithmetic", ("number", "points"), "number",
             meaning="straight lines through the points x0, y0, x1, y1, … with rising x, flat outside"),
    Function("table_extended", "arithmetic", ("number", "points"), "number",
             meaning="likewise; outside, the first and the last of the lines go on"),
    Function("table_stepped", "arithmetic", ("number", "points"), "number",
             meaning="the y of the last point whose x is reached; before the first, its y"),
    Function("sin", "arithmetic", ("plain",), "plain", meaning="the sine of an angle in radians"),
    Function("cos", "arithmetic", ("plain",), "plain", meaning="the cosine of an angle in radians"),
    Function("years", "arithmetic", ("plain",), "year", meaning="n steps as years"),
    Function("year", "calendar", (), "plain", meaning="the year in which the step begins, such as 2025"),
    Function("quarter", "calendar", (), "plain", meaning="the quarter in which the step begins, 1 to 4"),
    Function("month", "calendar", (), "plain", meaning="the month in which the step begins, 1 to 12"),
    Function("weekday", "calendar", (), "plain",
        meaning="the day of the week on which the step begins, 1 for Monday to 7"),
    Function("seasonal", "calendar", ("same", "same", "same", "same"), "like",
             meaning="the one of 4 values for the step's quarter, of 12 for its month, or of 7 for its weekday",
             repeats=True),
    Function("previous", "memory", ("any",), "like",
             meaning="the value one step ago; before that 0, false, no option, or `start`", optional=("like",)),
    Function("since", "memory", ("truth",), "step",
             meaning="steps since it last held (1 in the step after); before it ever did, steps so far + clock's "
             "length"),
    Function("count", "memory", ("happening",), "plain",
             meaning="in how many earlier steps it happened or held; a count adds its numbers"),
    Function("ever", "memory", ("happening",), "truth", meaning="whether it happened or held in an earlier step"),
    Function("age", "memory", ("mode",), "step", meaning="steps spent in the present state, 0 in the first"),
    Function("delay", "memory", ("number", "whole"), "number",
             meaning="the value n steps ago; before the start, the first value"),
    Function("smooth", "memory", ("number", "whole"), "number",
             meaning="smoothing over n steps, from the first value or from `start`: of first order, or a chain of "
             "`order` stages of n / order steps each, which is also the material delay of that order",
             optional=("like", "whole")),
    Function("chance", "chance", ("event",), "plain",
             meaning="the chance of an event in this step, over all that the events it hangs on can turn out to be"),
    Function("final", "reducer", ("number",), "number",
             meaning="on the state after the last step that the future lived, the one that ends it included"),
    Function("mean", "reducer", ("number",), "number", meaning="the average over the steps that the future lived"),
    Function("total", "reducer", ("number",), "number", meaning="the sum over the steps that the future lived"),
    Function("peak", "reducer", ("number",), "number", meaning="the largest over the steps that the future lived"),
    Function("minimum", "reducer", ("number",), "number", meaning="the smallest over the steps that the future lived"),
    Function("first", "reducer", ("happening",), "plain",
             meaning="the date of the first step in which it happened or held, missing where there is none"),
)  # fmt: skip

SEASONS = {4: "quarter", 7: "weekday", 12: "month"}
"""How many values `seasonal` takes, and the function of the calendar that chooses between them."""

FUNCTIONS: dict[str, Function] = {row.name: row for row in _ROWS}
CLOCK_NAMES: dict[str, str] = {
    "step": "the step's index, from 0",
    "date": "the step's start as a decimal year",
}
