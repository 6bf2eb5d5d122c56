"""Numbers that are settled before anything is run: faults, chances, rates and starts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from standoff.base.chance.distributions import DISTRIBUTIONS
from standoff.base.problems import Problem
from standoff.language.expressions.tree import Call, Reference, walk
from standoff.language.meaning.folding import constants_of, fold
from standoff.language.model import Expression, Model, Parameter
from standoff.language.model.contents import entries_of

__all__ = ["check_faults", "check_ordered", "check_rates", "check_starts", "support"]


def check_faults(model: Model) -> Iterator[Problem]:
    """No equation divides by a constant zero, or has a constant part without a finite value."""
    constants = constants_of(model)
    for entry in entries_of(model):
        for fault in fold(entry.expression.tree, constants).faults:
            yield Problem(
                "constant-fault",
                fault.span,
                fault.message,
                "change the number, or ask for it only where it has a value",
            )


def check_rates(model: Model) -> Iterator[Problem]:
    """Chances lie in [0, 1], hazards and counts are not negative, shapes and dispersions are positive."""
    parameters = {p.name: p for p in model.parameters}
    constants = constants_of(model)
    for entry in entries_of(model):
        limit = _LIMITS.get((entry.section, entry.key))
        bounds = None if limit is None else _bounds(entry.expression, constants, parameters)
        if limit is None or bounds is None or (limit.allows(bounds[0]) and limit.allows(bounds[1])):
            continue
        worst = bounds[0] if not limit.allows(bounds[0]) else bounds[1]
        what = f"the {entry.key} {_OF.get(entry.section, 'of')} `{entry.thing}`"
        if bounds[0] == bounds[1]:
            message = f"{what} is {worst:g}, and {limit.phrase}"
        else:
            message = f"{what} goes to {worst:g} in some worlds, and {limit.phrase}"
        yield Problem(limit.code, entry.expression.span, message, _ADVICE[limit.code])


def check_ordered(model: Model) -> Iterator[Problem]:
    """Where arguments must be in an order, constants are."""
    constants = constants_of(model)
    for entry in entries_of(model):
        for node in walk(entry.expression.tree):
            if isinstance(node, Call) and node.function in _IN_ORDER:
                yield from _in_order(node, constants)
    for draw in model.draws:
        values = [fold(argument.tree, constants).value for argument in draw.arguments]
        numbers = [value for value in values if isinstance(value, float)]
        row = DISTRIBUTIONS[draw.distribution]
        complaint = row.problem(*numbers) if len(numbers) == len(values) else None
        if complaint is not None:
            advice = f"write `{row.name}({', '.join(row.parameters)})`"
            message = f"`{draw.name}` has no distribution: {complaint}"
            yield Problem("distribution", draw.arguments[0].span, message, advice)


def _in_order(node: Call, constants: dict[str, float]) -> Iterator[Problem]:
    first, step, may_be_equal, what, advice = _IN_ORDER[node.function]
    points = [(x, fold(x, constants).value) for x in node.arguments[first::step]]
    for (_, before), (x, value) in pairwise(points):
        if not isinstance(before, float) or not isinstance(value, float):
            continue
        if value > before or (may_be_equal and value == before):
            continue
        how = "stands here again" if value == before else f"stands after {before:g}"
        message = f"{what} of `{node.function}` must rise, and {value:g} {how}"
        yield Problem("wrong-arguments", x.span, message, advice)
        return


def check_starts(model: Model) -> Iterator[Problem]:
    """A stock starts inside its `within`, in every world."""
    parameters = {p.name: p for p in model.parameters}
    constants = constants_of(model)
    for stock in model.stocks:
        bounds = _bounds(stock.start, constants, parameters)
        low, high = stock.within
        if bounds is None or ((low is None or bounds[0] >= low) and (high is None or bounds[1] <= high)):
            continue
        worst = bounds[0] if low is not None and bounds[0] < low else bounds[1]
        verb = "starts at" if bounds[0] == bounds[1] else "can start at"
        message = f"`{stock.name}` {verb} {worst:g}, outside its `within` of {_shown(stock.within)}"
        yield Problem("start-outside", stock.start.span, message, "change the start, or widen `within`")


def support(parameter: Parameter) -> tuple[float, float] | None:
    """The least and the greatest value of a parameter, where both are finite and stand in the study."""
    if parameter.value is not None:
        return parameter.value, parameter.value
    spread = parameter.spread
    if spread is None:
        return None
    low: float | None = None
    high: float | None = None
    if spread.levels:
        low, high = min(spread.levels), max(spread.levels)
    elif spread.distribution == "uniform" and len(spread.arguments) == 2:
        low, high = spread.arguments
    elif spread.distribution == "beta" and len(spread.arguments) == 2:
        low, high = 0.0, 1.0
    ends = [e for e in (low, spread.within[0]) if e is not None], [e for e in (high, spread.within[1]) if e is not None]
    return (max(ends[0]), min(ends[1])) if all(ends) else None


def _bounds(
    expression: Expression, constants: dict[str, float], parameters: dict[str, Parameter]
) -> tuple[float, float] | None:
    """The least and greatest value of a constant, or of a parameter that stands alone."""
    value = fold(expression.tree, constants).value
    if value is not None and not isinstance(value, (bool, tuple)):
        return value, value
    tree = expression.tree
    if isinstance(tree, Reference) and tree.symbol.kind in ("uncertainty", "value"):
        return support(parameters[tree.symbol.name])
    return None


def _shown(within: tuple[float | None, float | None]) -> str:
    low, high = within
    if high is None:
        return f"at least {low:g}"
    return f"at most {high:g}" if low is None else f"{low:g} to {high:g}"


@dataclass(frozen=True, slots=True)
class _Limit:
    """Where a number of this kind lies; `is_open` excludes the least itself."""

    code: str
    phrase: str
    most: float = math.inf
    is_open: bool = False

    def allows(self, value: float) -> bool:
        return 0 <= value <= self.most and not (self.is_open and value == 0)


_CHANCE = _Limit("chance-range", "a chance lies between 0 and 1", most=1.0)
_HAZARD = _Limit("negative-rate", "a hazard is 0 or more")
_LIMITS: dict[tuple[str, str], _Limit] = {
    ("events", "chance"): _CHANCE,
    ("modes", "chance"): _CHANCE,
    ("events", "hazard"): _HAZARD,
    ("modes", "hazard"): _HAZARD,
    ("events", "count"): _Limit("negative-rate", "a mean count is 0 or more"),
    ("events", "dispersion"): _Limit("negative-rate", "a dispersion is above 0", is_open=True),
    ("modes", "shape"): _Limit("negative-rate", "a shape is above 0", is_open=True),
    ("quantities", "noise"): _Limit("negative-rate", "the noise of a report is 0 or more"),
    ("payoffs", "discount"): _Limit("wrong-value", "a discount lies between 0 and 1", most=1.0),
}
_IN_ORDER: dict[str, tuple[int, int, bool, str, str]] = {
    # the first of the arguments and the step to the next, whether equal ones may follow, what they are, advice
    "table": (1, 2, False, "the x", "write the points in the order of x, each x once; a jump is `a if x < 2 else b`"),
    "table_extended": (1, 2, False, "the x", "write the points in the order of x, each x once"),
    "table_stepped": (1, 2, False, "the x", "write the points in the order of x, each x once"),
    "clip": (1, 1, True, "the ends", "write the smaller end first: `clip(x, least, most)`"),
}
_OF = {"modes": "of the move", "payoffs": "in the payoff of"}
_ADVICE = {
    "chance-range": "write a share, such as 0.05; for a rate that may pass 1 there is `hazard`",
    "wrong-value": "write what a payment is worth that comes a time of `per` later, such as 0.97",
    "negative-rate": "change the number, or keep it above 0 with `max`",
}
