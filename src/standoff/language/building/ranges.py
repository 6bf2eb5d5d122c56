"""Ranges whose ends depend on other assumptions: in which order they are drawn, and within which bounds they lie."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from standoff.base.chance.distributions import DISTRIBUTIONS
from standoff.language.building.draft import Draft
from standoff.language.expressions.expression import Expression
from standoff.language.meaning.linear import MOST_NAMES, NotLinearError, Terms, corners, linear_terms, value_of
from standoff.language.meaning.messages import quoted
from standoff.language.model import Parameter, Spread

__all__ = ["settle_belief", "settle_ranges", "support_of"]

Ends = tuple[float, float]


def settle_ranges(draft: Draft, parameters: tuple[Parameter, ...]) -> tuple[Parameter, ...]:
    """Parameters with the outer bounds of every range that depends on others; what has none is reported."""
    constants = {p.name: p.value for p in parameters if p.value is not None}
    spreads = {p.name: p.spread for p in parameters if p.spread is not None}
    settled = {name: spread for name, spread in spreads.items() if not spread.edges}
    waiting = [p for p in parameters if p.spread is not None and p.spread.edges]
    while waiting:
        ready = [p for p in waiting if not _reads(p.spread) & {other.name for other in waiting}]
        if not ready:
            _report_circle(draft, waiting)
            break
        for parameter in ready:
            assert parameter.spread is not None
            settled[parameter.name] = _settled(draft, parameter.name, parameter.spread, settled, constants=constants)
        waiting = [p for p in waiting if p not in ready]
    return tuple(replace(p, spread=settled.get(p.name, p.spread)) for p in parameters)


def settle_belief(draft: Draft, name: str, spread: Spread, parameters: tuple[Parameter, ...]) -> Spread:
    """An actor's own range likewise, within the bounds that the study gives the others."""
    if not spread.edges:
        return spread
    if name in _reads(spread):
        place = next(edge for edge in spread.edges if edge is not None)
        draft.report("cycle", place.span, f"the range of `{name}` depends on itself", "name another assumption")
        return spread
    settled = {p.name: p.spread for p in parameters if p.spread is not None}
    return _settled(
        draft, name, spread, settled, constants={p.name: p.value for p in parameters if p.value is not None}
    )


def support_of(spread: Spread) -> Ends:
    """The least and the greatest value; infinite where there is none."""
    if spread.levels:
        return min(spread.levels), max(spread.levels)
    low, high = (float(end) for end in DISTRIBUTIONS[spread.distribution].support(*spread.arguments))
    least, most = spread.within
    return low if least is None else max(low, least), high if most is None else min(high, most)


def _reads(spread: Spread | None) -> frozenset[str]:
    return frozenset() if spread is None else spread.depends_on


def _settled(
    draft: Draft, name: str, spread: Spread, others: Mapping[str, Spread], *, constants: Mapping[str, float]
) -> Spread:
    """With its outer bounds in place of ends that depend on others."""
    terms: list[Terms] = []
    for number, edge in zip(spread.arguments, spread.edges, strict=True):
        found: Terms | None = {(): number} if edge is None else _terms(draft, edge, constants)
        if found is None:
            return spread
        terms.append(found)
    place = next(edge for edge in spread.edges if edge is not None)
    names = spread.depends_on
    if len(names) > MOST_NAMES:
        message = f"the range of `{name}` depends on {len(names)} others, and at most {MOST_NAMES} are read"
        draft.report("too-many", place.span, message, "name fewer")
        return spread
    ends = {other: support_of(others[other]) for other in names if other in others}
    if len(ends) < len(names):
        return spread  # what is wrong with the other was reported
    for other, (low, high) in sorted(ends.items()):
        if not (math.isfinite(low) and math.isfinite(high)):
            message = f"the range of `{name}` depends on `{other}`, which has no ends"
            draft.report("range-open", place.span, message, f"give `{other}` a `range`, or a `within`")
            return spread
    values = [(at, float(value_of(terms[0], at)), float(value_of(terms[1], at))) for at in corners(names, ends)]
    for at, low, high in values:
        if not low < high:
            where = ", ".join(f"`{other}` is {value:g}" for other, value in at.items())
            message = f"the ends of `range` are reversed or equal where {where}: {low:g} and {high:g}"
            draft.report("range-reversed", place.span, message, "keep the smaller one below the larger everywhere")
            return spread
    return replace(spread, arguments=(min(low for _, low, _ in values), max(high for *_, high in values)))


def _terms(draft: Draft, edge: Expression, constants: Mapping[str, float]) -> Terms | None:
    try:
        return linear_terms(edge.tree, constants)
    except NotLinearError as error:
        message = f"an end of a range is a sum of numbers and multiples of others, and {quoted(error.node)} {error}"
        draft.report("range-open", error.node.span, message, "write it as `0.2 * other + 1`")
    except KeyError:  # a constant about which a problem was reported
        pass
    return None


def _report_circle(draft: Draft, waiting: list[Parameter]) -> None:
    names = {p.name: p for p in waiting}
    path = [waiting[0].name]
    while len(set(path)) == len(path):
        path.append(min(_reads(names[path[-1]].spread) & names.keys(), default=path[0]))
    path = path[path.index(path[-1]) :]
    spread = names[path[0]].spread
    assert spread is not None
    place = next(edge for edge in spread.edges if edge is not None)
    shown = " → ".join(f"`{name}`" for name in path)
    draft.report("cycle", place.span, f"ranges depend on each other in a circle: {shown}", "settle one by numbers")
