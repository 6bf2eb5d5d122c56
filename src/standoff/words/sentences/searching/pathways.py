"""Adaptation pathways in words: when each strategy stops keeping which limit, and by when to change to what."""

from __future__ import annotations

from standoff.analysis.searching.pathways import Leg, Limited, Pathway, Pathways, Tipping
from standoff.language.model import Instance, Model
from standoff.words.amounts import unit_words
from standoff.words.names import quoted, strategy_words, who
from standoff.words.numbers import counted, figure_percent, number, shown
from standoff.words.text import capital, join

__all__ = [
    "PATHWAYS", "PATHWAYS_HEAD", "PATHWAYS_KEY", "change_words", "first_left", "limit_words", "pathways_caption",
    "pathways_rows", "pathways_sentences", "pathways_title",
]  # fmt: skip

PATHWAYS = "Each course, and until when it keeps the limits"
PATHWAYS_HEAD = ("Course", "First limit left", "All limits kept to the end", "More limits kept than by staying")
PATHWAYS_KEY = (
    "A line is whole until the first limit is left in the median world, then broken; a stroke is where a limit is "
    "left; a ring is a change of course."
)
_MOST_TOLD = 3


def pathways_title(model: Model, found: Pathways) -> str:
    """What the map says first: how many strategies are better left, or which keeps most."""
    ways = [one for one in found.pathways if one.more_kept is not None and one.more_kept.low > 0.0]
    starts = [one for one in found.pathways if len(one.legs) == 1]
    if not ways:
        return f"No change of course that was tried is shown to keep more limits for {who(model, found.actor)}"
    keep = "keeps" if len(ways) == 1 else "keep"
    return f"{len(ways)} of {len(starts)} strategies of {who(model, found.actor)} {keep} more limits if left in time"


def pathways_sentences(model: Model, found: Pathways) -> tuple[str, ...]:
    """A sentence for each strategy alone, and one for each way on that is shown to keep more limits."""
    said = tuple(_alone(model, one.legs[0]) if len(one.legs) == 1 else _way(model, found, one)
                 for one in found.pathways)  # fmt: skip
    return (*said, _sure(model, found))


def pathways_caption(found: Pathways) -> str:
    """What the map shows, and on what."""
    told = f"{counted(found.n_worlds, 'world')} of {counted(found.replications, 'future')} each"
    return (
        "Until when each strategy keeps the limits, and by when to change to which other, as `standoff pathways` last "
        f"found it. Dates are medians over {told}, with the 5th and 95th percentile in brackets."
    )


def pathways_rows(model: Model, found: Pathways) -> tuple[tuple[str, ...], ...]:
    """A row for each course."""
    rows = []
    for one in found.pathways:
        first, *rest = one.legs
        course = capital(leg_words(model, found.actor, first.strategy))
        turns = [change_words(model, found.actor, leg) for leg in rest]
        tipping = one.legs[-1].tipping
        more = "—" if one.more_kept is None else shown(one.more_kept)
        rows.append((", ".join([course, *turns]), tipped_by(model, tipping), figure_percent(tipping.kept), more))
    return tuple(rows)


def leg_words(model: Model, actor: str, label: str) -> str:
    """A strategy as it is called in prose."""
    return strategy_words(next(i for i in model.instances(actor) if i.label == label))


def tipped_by(model: Model, tipping: Tipping | Limited) -> str:
    """When a limit, or the first of all, is left: the median over worlds, and from when to when in 90 of 100."""
    early, middle, late = (None if date is None else model.clock.label(date - 1) for date in tipping.dates)
    on = "on" if model.clock.is_by_day else "in"
    if early is None:
        return "not before the end in 19 of 20 worlds"
    if early == middle == late:
        return f"{on} {middle}"
    return f"{f'{on} {middle}' if middle else 'after the end'} ({early} to {late or 'after the end'})"


def first_left(model: Model, instance: Instance, tipping: Tipping) -> str:
    """When the first limit is left by a strategy."""
    return f"{capital(strategy_words(instance))}: the first limit is left {tipped_by(model, tipping)}"


def change_words(model: Model, actor: str, leg: Leg) -> str:
    """A change of course."""
    return f"to {leg_words(model, actor, leg.strategy)} by {model.clock.label(leg.since)}"


def limit_words(model: Model, one: Limited) -> str:
    """One limit: when it is left, and how often it is kept."""
    kept = figure_percent(one.kept)
    return f"{quoted(model, one.outcome)} {tipped_by(model, one)}, kept to the end in {kept} of worlds"


def _alone(model: Model, leg: Leg) -> str:
    actor = next(s.actor for s in model.strategies for i in s.instances if i.label == leg.strategy)
    name = capital(leg_words(model, actor, leg.strategy))
    tipping = leg.tipping
    going = sorted((one for one in tipping.limits if one.kept.value < 1.0), key=lambda one: one.kept.value)
    if not going:
        return f"{name} keeps every limit to the end in all worlds."
    told = "; ".join(f"{limit_words(model, one)}" for one in going[:_MOST_TOLD])
    rest = len(going) - _MOST_TOLD
    more = f"; {counted(rest, 'other')} less often" if rest > 0 else ""
    which = "its limit" if len(tipping.limits) == 1 else "limits, the most often left first"
    where = _where(model, tipping) if len(tipping.limits) == 1 else ""
    return f"{name} leaves {which}: {told}{more}{where}."


def _where(model: Model, tipping: Tipping) -> str:
    """The state at which the limits are left."""
    units = {stock.name: unit_words(stock.unit) for stock in model.stocks}
    found = [
        f"{quoted(model, name)} at {number(middle)} ({number(low)} to {number(high)}) {units.get(name, '')}".rstrip()
        for name, (low, middle, high) in tipping.states
    ]
    return f", with {join(found)} then" if found else ""


def _way(model: Model, found: Pathways, one: Pathway) -> str:
    first, *rest = one.legs
    name = leg_words(model, found.actor, first.strategy)
    turns = join([change_words(model, found.actor, leg) for leg in rest])
    assert one.more_kept is not None
    if len(found.outcomes) == 1:
        more = f"keeps the limit in {figure_percent(one.more_kept)} of worlds more"
    else:
        more = f"keeps {shown(one.more_kept)} more limits of {len(found.outcomes)}"
    sure = "" if one.more_kept.low > 0.0 else ", which the worlds that did not pick it do not show"
    paid = "" if one.gain is None else f", and changes its payoff by {shown(one.gain)}"
    return f"From {name} {turns}: {more} than staying{sure}{paid}."


def _sure(model: Model, found: Pathways) -> str:
    dates = join([model.clock.label(date) for date in found.dates], "or")
    told = f"{counted(found.n_worlds, 'world')} of {counted(found.replications, 'future')} each"
    return (
        "Dates are medians over worlds, with the 5th and 95th percentile in brackets. "
        f"Told by {told}, others than those that picked the ways on; {counted(found.tried, 'course')} tried, with "
        f"changes before {dates}. Outcomes are taken as if the clock ended there, after {len(found.marks)} of "
        f"{counted(found.n_steps, 'step')}."
    )
