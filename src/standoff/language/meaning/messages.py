"""How messages say trees and units."""

from __future__ import annotations

from difflib import get_close_matches

from standoff.base.units import Unit, parse_unit
from standoff.language.clock import PER_YEAR
from standoff.language.expressions.tree import Expr

__all__ = ["disagreement", "in_unit", "quoted"]

_SHOWN = 60
_EVENT = parse_unit("event")
_PERIODS = tuple((name, parse_unit(name)) for name in PER_YEAR)


def quoted(node: Expr) -> str:
    """A tree as it stands in the file, shortened, for messages."""
    text = " ".join(node.span.text.split())
    return f"`{text}`" if len(text) <= _SHOWN else f"`{text[: _SHOWN - 1]}…`"


def in_unit(unit: Unit) -> str:
    """`[missile]`, or words where there is none."""
    return "(no unit)" if unit.is_dimensionless else f"[{unit}]"


def disagreement(left: Unit, right: Unit, left_text: str, right_text: str) -> tuple[str, str | None]:
    """The code and the advice for two units that should be the same."""
    for rate, other, text in ((left, right, left_text), (right, left, right_text)):
        for name, period in _PERIODS:
            per_period = other / period
            if rate.power(name) < 0 and rate in (per_period, per_period * _EVENT):
                if name == "year":
                    return "rate-per-step", f"multiply {text} by `years(1)`"
                return "rate-per-step", f"give {text} per year instead of per {name}, and multiply it by `years(1)`"
    return "wrong-unit", _slip(left, right)


def _slip(left: Unit, right: Unit) -> str | None:
    """Whether two units differ by a slip of the hand, such as a plural."""
    ours, theirs = dict(left.powers).keys() - dict(right.powers), dict(right.powers).keys() - dict(left.powers)
    for name in sorted(ours):
        for other in get_close_matches(name, theirs, n=1, cutoff=0.75):
            return f"`{name}` and `{other}` are two units here; write both alike if they are one"
    return None
