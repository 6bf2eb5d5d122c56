"""Numbers, names and shares as the brief writes them: two significant figures, units, words with a fixed meaning."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from scipy.special import ndtr

from standoff.base.units import Unit
from standoff.language.clock import date_of
from standoff.language.expressions.tree import Call, Conditional, Expr, Number, Reference
from standoff.language.model import Model, Outcome
from standoff.words.names import name_strategy as strategy_words
from standoff.words.names import setting_words, whole

__all__ = [
    "SURE",
    "amount",
    "are_or_is",
    "capital",
    "counted",
    "difference",
    "few",
    "is_chance",
    "is_date",
    "join",
    "measured",
    "number",
    "percent",
    "plain",
    "quoted",
    "setting_words",
    "shortened",
    "spelled",
    "strategy_words",
    "sureness",
    "title_of",
    "unit_words",
    "who",
    "with_unit",
    "words",
    "worlds_share",
]

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

_COMMON_NOUNS = frozenset((
    "Alliance", "Bloc", "Coalition", "Commission", "Council", "Emirates", "Federation", "Forces", "Front", "Government",
    "Islands", "Kingdom", "League", "Maldives", "Ministry", "Nations", "Netherlands", "Philippines", "Powers",
    "Republic", "States", "Union",
))  # fmt: skip
"""Last words of the names of actors that take an article."""
_FEW = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_THIN = "\u202f"  # narrow and does not break
_MINUS = "−"
_PLUS_MINUS = "\u00a0±\u00a0"


def number(value: float, figures: int = 2) -> str:
    """A number to two significant figures, thousands apart; a whole number below 100 stays whole."""
    if math.isnan(value):
        return "not known"
    if value == 0.0:
        return "0"
    if figures > 1 and value == round(value) and abs(value) < 100.0:
        return _placed(value, 0)
    return _placed(value, _place(value, figures) + figures - 1)


def measured(value: float, error: float, figures: int = 2) -> str:
    """A number and its standard error: `79 ± 0.4`.

    The error has one figure; the number no finer place than that, and the error at most one finer than the number.
    """
    if math.isnan(error):
        return number(value, figures)
    if error == 0.0:
        return f"{number(value, figures)}{_PLUS_MINUS}0"
    if value == 0.0:
        return f"0{_PLUS_MINUS}{number(error, 1)}"
    first = _place(value, figures)
    places = min(first + figures - 1, _place(error))
    finest = first + figures
    shown = number(error, 1) if _place(error) <= finest else _placed(10.0**-finest, finest)
    whole = value == round(value) and abs(value) < 100.0
    return f"{_placed(value, 0 if whole else places)}{_PLUS_MINUS}{shown}"


def plain(value: float) -> str:
    """A number as the study's author wrote it."""
    return f"{value:g}".replace("-", _MINUS)


def percent(share: float, error: float | None = None) -> str:
    """A share as per cent, with its error in points of per cent."""
    if math.isnan(share):
        return "not known"
    shown = _percent_number(share)
    if error is None or math.isnan(error):
        return f"{shown}{_THIN}%"
    return f"{shown}{_THIN}%{_PLUS_MINUS}{'0' if error == 0.0 else number(100.0 * error, 1)}"


def worlds_share(share: float, error: float, n_worlds: int) -> str:
    """A share of worlds in words: `41 % of worlds (± 3)`, or none or all of those that were run."""
    if share <= 0.0:
        return f"none of the {counted(n_worlds, 'world')}"
    if share >= 1.0:
        return f"all {counted(n_worlds, 'world')}"
    return f"{percent(share)} of worlds (±\u00a0{number(100.0 * error, 1)})"


def counted(n: int, what: str) -> str:
    """`1 world`, `1 024 worlds`, with a thin space."""
    return f"{whole(n)} {what}{'' if n == 1 else 's'}"


def amount(model: Model, name: str, value: float, error: float | None = None) -> str:
    """An outcome's value (a chance as per cent, a first event's date as one) with unit and error.

    Any other name is a payoff in points.
    """
    outcome = next((o for o in model.outcomes if o.name == name), None)
    if outcome is not None and is_date(outcome) and math.isfinite(value):
        clock = model.clock
        label = clock.label(math.floor(clock.place(date_of(value))))
        return label if error is None or math.isnan(error) else f"{label}{_PLUS_MINUS}{number(error, 1)} years"
    return difference(model, name, value, error)


def difference(model: Model, name: str, value: float, error: float | None = None) -> str:
    """As `amount`, of the difference between two: dates are apart by years."""
    outcome = next((o for o in model.outcomes if o.name == name), None)
    if outcome is not None and is_chance(model, outcome):
        return percent(value, error)
    unit = "points" if outcome is None else "year" if is_date(outcome) else unit_words(outcome.unit)
    return with_unit(number(value) if error is None else measured(value, error), unit)


def unit_words(unit: Unit | str) -> str:
    """A unit as read aloud: `a year`, `missile`, `warhead a year`; empty without one."""
    if isinstance(unit, Unit) and unit.is_dimensionless:
        return ""
    text = str(unit)
    above, _, below = text.partition("/")
    head = "" if above == "1" else above.replace("·", " ")
    return " ".join([head, *(f"a {part}" for part in below.split("/") if part)]).strip()


def with_unit(shown: str, unit: str) -> str:
    """A number in print with its unit, in the plural: `79 warheads`, `5.4 a quarter`; `1 warhead`."""
    head, space, rest = unit.partition(" ")
    if shown != "1" and head.islower() and head.isalpha() and head != "a" and not head.endswith("s"):
        head += "s"
    return f"{shown} {head}{space}{rest}".rstrip()


def words(name: str) -> str:
    """A name of the model in plain words."""
    return name.replace("_", " ").replace(".", ", ")


def capital(text: str) -> str:
    """The text with its first letter large."""
    return text[:1].upper() + text[1:]


def join(items: Sequence[str], last: str = "and") -> str:
    """`a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def who(model: Model, actor: str) -> str:
    """An actor in a sentence: its title as the study writes it, with the article that English wants.

    Names of one place have none (`North Korea`); names made of a common noun do (`the United States`, `the Gulf
    Cooperation Council`).
    """
    title = model.title_of(actor)
    if title.startswith("The "):
        return f"the {title[4:]}"
    return f"the {title}" if title.split()[-1] in _COMMON_NOUNS and not title.startswith("the ") else title


def quoted(model: Model, name: str) -> str:
    """A thing of the model in a sentence, by what the study calls it: `“Chance that a crisis becomes war”`."""
    return f"“{title_of(model, name)}”"


def spelled(model: Model, text: str) -> str:
    """A line whose names of the model stand between backticks, with what the study calls them instead."""
    titles = {o.name for group in _titled_groups(model) for o in group}
    parts = text.split("`")
    return "".join(
        (quoted(model, part) if part in titles else words(part)) if k % 2 else part for k, part in enumerate(parts)
    )


def shortened(text: str, most: int) -> str:
    """A label cut after a whole word where there is no room for more."""
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0].rstrip(',;:')}…"


def few(n: int) -> str:
    """A count at the head of a sentence or in it: `two`, `13`."""
    return _FEW[n] if n < len(_FEW) else str(n)


def are_or_is(items: Sequence[object]) -> str:
    """The verb for so many things."""
    return "is" if len(items) == 1 else "are"


def title_of(model: Model, name: str) -> str:
    """What the study calls a thing of this name, else the name in plain words."""
    for group in _titled_groups(model):
        for thing in group:
            if thing.name == name and getattr(thing, "title", None):
                return str(thing.title)
            if thing.name == name and thing.about:
                return capital(thing.about.rstrip("."))
    return capital(words(name))


def is_chance(model: Model, outcome: Outcome) -> bool:
    """Whether an outcome is a chance, or a share of time or futures, and so is written as per cent."""
    tree = outcome.measure.tree
    if not isinstance(tree, Call) or not outcome.unit.is_dimensionless:
        return False
    if tree.function == "total":
        return _is_chance_of_once(model, tree.arguments[0])
    return tree.function == "ever" or (tree.function in ("final", "mean") and _is_truth(tree.arguments[0]))


def is_date(outcome: Outcome) -> bool:
    """Whether an outcome is the date of a first event."""
    tree = outcome.measure.tree
    return isinstance(tree, Call) and tree.function == "first"


def sureness(difference: float, error: float) -> str:
    """The word for the chance that a difference has the sign it seems to have, with what the word means."""
    if error == 0.0 or math.isnan(error):
        return "cannot tell"
    chance = float(ndtr(difference / error))
    for word, low, high in SURE:
        if chance >= low:
            return f"{word} ({100 * low:.0f}–{100 * high:.0f}{_THIN}%)"
    return "remote"


def _titled_groups(model: Model) -> tuple[Sequence[Any], ...]:
    return (model.outcomes, model.stocks, model.quantities, model.events, model.modes, model.parameters)


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
    return False


def _place(value: float, figures: int = 1) -> int:
    """The decimal place of a number's first figure, once it is rounded to so many: 2 for 0.051, −1 for 79."""
    return -int(f"{value:.{figures - 1}e}".partition("e")[2])


def _placed(value: float, places: int) -> str:
    rounded = round(value, places)
    size = abs(rounded)
    text = f"{size:,.{max(places, 0)}f}".replace(",", _THIN) if size < 1e9 else f"{size:.1e}"
    return (_MINUS if rounded < 0 else "") + text  # a zero that was rounded keeps its places: 0.0


def _percent_number(share: float) -> str:
    if share <= 0.0 or share >= 1.0:
        return f"{100 * share:.0f}"
    if share < 0.0005:
        return "under 0.05"
    if share > 0.995:
        return "over 99.5"
    return _placed(100 * share, 1) if share < 0.0095 else number(100 * share)
