"""Strategies that were found, beside those that are listed."""

from __future__ import annotations

from collections.abc import Iterator

from standoff.analysis.searching.searched import Candidate, Searched
from standoff.analysis.searching.valued import Valued
from standoff.language.model import Model
from standoff.words.amounts import amount
from standoff.words.names import who
from standoff.words.numbers import figure_percent, interval, plain, shown, whole

__all__ = ["searched_lines"]


def searched_lines(model: Model, found: Searched) -> Iterator[str]:
    """The best found beside the best listed, what it gains, and each as it can be pasted."""
    yield f"{model.name}: {_strategies(len(found.found))} found for {who(model, found.actor)}"
    yield f"{_strategies(found.evaluations)} looked at; values on other worlds and luck"
    yield f"views: {', '.join(found.views)}"
    yield f"\nbest listed: {found.listed.label}: {_values(model, found.listed)}"
    yield f"best found:  {found.found[0].label}: {_values(model, found.found[0])}"
    yield f"  which gains {', '.join(_value(model, one, '') for one in found.gains)}"
    for one in found.found:
        yield f"\n# {one.label}: {_values(model, one)}"
        for name, low, high in one.ranges:
            yield f"# as good for all that was seen: {name} {interval(low, high) if high > low else plain(low)}"
        yield one.text.rstrip()


def _values(model: Model, one: Candidate) -> str:
    return ", ".join(_value(model, value, "worlds within the limit of ") for value in one.values)


def _value(model: Model, one: Valued, share: str) -> str:
    if one.aim.kind == "limit":
        return f"{share or 'in worlds within the limit of '}{one.aim.name} {figure_percent(one.figure)}"
    if one.aim.kind == "payoff":
        return f"payoff {shown(one.figure)}"
    return f"{one.aim.name} {amount(model, one.aim.name, one.figure.value, one.figure.error)}"


def _strategies(n: int) -> str:
    return "1 strategy" if n == 1 else f"{whole(n)} strategies"
