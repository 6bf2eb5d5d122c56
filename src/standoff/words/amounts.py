"""Amounts in print: figures of the model with their units, dates and shares, and how likely an event is."""

from __future__ import annotations

import math
import re

from standoff.base.units import Unit
from standoff.language.clock import date_of
from standoff.language.expressions.tree import Binary, Call, Conditional, Expr, Membership, Number, Reference, Unary
from standoff.language.model import Model, Outcome, Parameter
from standoff.words.numbers import counted, exact, measured, number, percent
from standoff.words.numbers import error as error_alone
from standoff.words.text import words

__all__ = [
    "SURE",
    "amount",
    "apart",
    "came_to",
    "certainty_words",
    "difference",
    "drawn_words",
    "is_chance",
    "is_chance_of_event",
    "is_date",
    "likelihood",
    "likelihood_span",
    "outcome_unit",
    "quantity",
    "unit_words",
    "value_words",
    "with_unit",
    "worlds_share",
]  # fmt: skip

SURE: tuple[tuple[str, float, float], ...] = (
    ("almost certain", 0.95, 0.99),
    ("very likely", 0.80, 0.95),
    ("likely", 0.55, 0.80),
    ("even chance", 0.45, 0.55),
    ("unlikely", 0.20, 0.45),
    ("very unlikely", 0.05, 0.20),
    ("remote", 0.01, 0.05),
)
"""Words of certainty and what they mean, as chances."""

_APART = {"day": ("day", 365.2425), "week": ("day", 365.2425), "month": ("month", 12.0)}
"""By a clock's step, the unit in which dates are apart, and how many of it a year has."""
_ALIKE = frozenset(
    ("aircraft", "baht", "cattle", "fish", "people", "per cent", "percent", "personnel", "rand", "won", "yen", "yuan")
)
"""Units that are the same for one and for many."""
_IRREGULAR = {"person": "people", "man": "men", "woman": "women", "child": "children", "century": "centuries"}
_RAISED = str.maketrans("-.0123456789", "⁻·⁰¹²³⁴⁵⁶⁷⁸⁹")


def worlds_share(share: float, error: float, n_worlds: int) -> str:
    """A share of worlds in words: `41 % of worlds (± 3)`, or none or all of those that were run."""
    if share <= 0.0:
        return f"none of the {counted(n_worlds, 'world')}"
    if share >= 1.0:
        return f"all {counted(n_worlds, 'world')}" if n_worlds != 1 else "the one world"
    return f"{percent(share, error)} of worlds"


def amount(model: Model, name: str, value: float, error: float | None = None) -> str:
    """An outcome's value (a chance as per cent, a first event's date as one) with unit and error.

    Any other name is a payoff in points.
    """
    outcome = next((o for o in model.outcomes if o.name == name), None)
    if outcome is not None and is_date(outcome):
        if not math.isfinite(value):
            return "never"
        clock = model.clock
        label = clock.label(math.floor(clock.place(date_of(value))))
        if error is None or not error > 0.0:
            return label
        return f"{label}\u00a0±\u00a0{apart(model, error)}"
    return difference(model, name, value, error)


def apart(model: Model, years: float) -> str:
    """How far two dates lie apart, or may: in days where steps are days or weeks, in months, else in years."""
    unit, of_a_year = _APART.get(model.clock.step, ("year", 1.0))
    return with_unit(error_alone(years * of_a_year), unit)


def difference(model: Model, name: str, value: float, error: float | None = None) -> str:
    """As `amount`, of the difference between two: dates are apart by years."""
    outcome = next((o for o in model.outcomes if o.name == name), None)
    if outcome is not None and is_chance(model, outcome):
        return percent(value, error)
    unit = "points" if outcome is None else "year" if is_date(outcome) else outcome_unit(model, outcome)
    return quantity(value, unit, error)


def quantity(value: float, unit: Unit | str = "", error: float | None = None) -> str:
    """A number with its error and unit: `0.083 a year`, `7.0 ± 0.4 warheads`."""
    shown = number(value) if error is None else measured(value, error)
    if not math.isfinite(value):
        return shown
    return with_unit(shown, unit if isinstance(unit, str) and "/" not in unit else unit_words(unit))


def unit_words(unit: Unit | str) -> str:
    """A unit as read aloud: `a year`, `missile`, `warhead a year`, `m³/s`; empty without one."""
    if isinstance(unit, Unit) and unit.is_dimensionless:
        return ""
    above, *below = (re.sub(r"\^([-.\d]+)", _raised, part) for part in str(unit).split("/"))
    head = "" if above == "1" else above.replace("·", " ")
    if any(_is_sign(part) for part in below):
        return "/".join([above, *below])
    return " ".join([head, *(f"{_article(part)} {part}" for part in below)]).strip()


def outcome_unit(model: Model, outcome: Outcome) -> str:
    """An outcome's unit as read aloud: of what counts the steps since something, the clock's step (`quarter`)."""
    if not _counts_steps(model, outcome.measure.tree):
        return unit_words(outcome.unit)
    return model.clock.step if model.clock.substeps == 1 else "step"


def with_unit(shown: str, unit: str) -> str:
    """A number in print with its unit, in the plural: `79 warheads`, `5.4 a quarter`; `1 warhead`."""
    head, space, rest = unit.partition(" ")
    if shown != "1" and head not in ("a", "an") and not rest.startswith("of "):
        head = _plural(head)
    return f"{shown} {head}{space}{rest}".replace("_", " ").rstrip()


def value_words(value: float | bool | str, unit: Unit | str = "") -> str:
    """A value of one future that has no error: `yes`, an option's name, or a number with its unit."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else with_unit(exact(value), unit_words(unit))


def came_to(model: Model, name: str, value: float) -> str:
    """An outcome of one future, which has no error: a date or `never`, `yes` or `no`, or a number with its unit."""
    outcome = next(o for o in model.outcomes if o.name == name)
    if is_date(outcome):
        return amount(model, name, value)
    if value in (0.0, 1.0) and is_chance_of_event(model, outcome):
        return value_words(bool(value))
    return with_unit(exact(value), outcome_unit(model, outcome))


def drawn_words(parameter: Parameter, value: float) -> str:
    """What an assumption is in one world: a number with its unit, or a kind."""
    if parameter.spread is not None and parameter.spread.kinds:
        return words(parameter.spread.kinds[round(value)])
    return with_unit(exact(value), unit_words(parameter.unit))


def is_chance(model: Model, outcome: Outcome) -> bool:
    """Whether an outcome is a chance, or a share of time or futures, and so is written as per cent."""
    tree = outcome.measure.tree
    if _is_test(tree):
        return True
    if not isinstance(tree, Call) or not outcome.unit.is_dimensionless:
        return False
    if tree.function == "total":
        return _is_chance_of_once(model, tree.arguments[0])
    return tree.function == "ever" or (tree.function in ("final", "mean") and _is_truth(tree.arguments[0]))


def is_chance_of_event(model: Model, outcome: Outcome) -> bool:
    """Whether an outcome is the chance that something happens, and no share of time."""
    tree = outcome.measure.tree
    return is_chance(model, outcome) and not (isinstance(tree, Call) and tree.function == "mean")


def is_date(outcome: Outcome) -> bool:
    """Whether an outcome is the date of a first event."""
    tree = outcome.measure.tree
    return isinstance(tree, Call) and tree.function == "first"


def likelihood(chance: float) -> str | None:
    """The word for the chance of an event, of nothing else, and never for a share of worlds; None beyond all words."""
    return next((word for word, low, high in SURE if low <= chance < high), None)


def likelihood_span(word: str) -> str:
    """What a word of likelihood means: `5–20 %`."""
    return next(_span(low, high) for each, low, high in SURE if each == word)


def certainty_words() -> str:
    """What each word of certainty means, in one line."""
    return ", ".join(f"{word} {_span(low, high)}" for word, low, high in SURE)


def _span(low: float, high: float) -> str:
    return f"{number(100.0 * low)}–{percent(high)}"


def _counts_steps(model: Model, node: Expr) -> bool:
    """`since(thing)` at some time, or a quantity that is it."""
    if isinstance(node, Reference) and node.symbol.kind == "quantity":
        quantity = next(one for one in model.quantities if one.name == node.symbol.name)
        return _counts_steps(model, quantity.value.tree)
    if not isinstance(node, Call):
        return False
    return node.function == "since" or (len(node.arguments) == 1 and _counts_steps(model, node.arguments[0]))


def _is_chance_of_once(model: Model, node: Expr) -> bool:
    """`chance(move)` of a move that can happen only once, into a state that may not be left."""
    if not (isinstance(node, Call) and node.function == "chance" and isinstance(node.arguments[0], Reference)):
        return False
    name = node.arguments[0].symbol.name
    return any(move.name == name and move.target in mode.final for mode in model.modes for move in mode.moves)


def _is_truth(node: Expr) -> bool:
    if isinstance(node, Conditional):
        ends = (node.then, node.otherwise)
        return all(isinstance(end, Number) and end.value in (0.0, 1.0) for end in ends)
    return _is_test(node)


def _is_test(node: Expr) -> bool:
    """Whether an expression says whether something holds."""
    if isinstance(node, Binary):
        return node.operator in ("==", "!=", "<", "<=", ">", ">=", "and", "or")
    return isinstance(node, Membership) or (isinstance(node, Unary) and node.operator == "not")


def _raised(power: re.Match[str]) -> str:
    return power.group(1).translate(_RAISED)


def _is_sign(unit: str) -> bool:
    """Whether a unit is a sign or abbreviation (`s`, `km`, `MW`, `bcm`), not a word."""
    return not unit.islower() or not unit.isalpha() or len(unit) < 3 or not re.search("[aeiouy]", unit)


def _article(unit: str) -> str:
    return "an" if unit[0] in "aeio" or unit.startswith("hour") else "a"


def _plural(unit: str) -> str:
    if "_" in unit:  # `million_person`: the last word is many
        above, _, last = unit.rpartition("_")
        return f"{above} {_plural(last)}"
    if _is_sign(unit) or unit in _ALIKE or unit.endswith("s"):
        return unit
    if unit in _IRREGULAR:
        return _IRREGULAR[unit]
    if unit.endswith(("ch", "sh", "x")):
        return f"{unit}es"
    return f"{unit[:-1]}ies" if unit.endswith("y") and unit[-2] not in "aeiou" else f"{unit}s"
