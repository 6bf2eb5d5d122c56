"""What to watch, in words: signposts, triggers, and when to look for what."""

from __future__ import annotations

import math
from collections.abc import Iterator

from standoff.analysis.watch.hypotheses import Diagnosis, inverse
from standoff.analysis.watch.matrix import Evidence, Leader
from standoff.analysis.watch.signposts import Signpost, Signposts
from standoff.analysis.watch.triggers import Trigger
from standoff.language.model import Model
from standoff.words.amounts import unit_words, with_unit
from standoff.words.names import name_labels, quoted, who
from standoff.words.numbers import counted, number, percent, rounded, shown

__all__ = [
    "evidence_words",
    "first_of_each",
    "leader_words",
    "sign_words",
    "signpost_sentences",
    "told_apart",
    "trigger_words",
    "watch_title",
    "when",
]

_MOST = 3


def signpost_sentences(model: Model, found: Signposts) -> tuple[str, ...]:
    """The answer first: up to three signposts, then what waiting costs, then the best trigger."""
    instances = model.instances(model.decider)
    hold = name_labels([found.hold], instances)
    told = first_of_each(found)
    opening: tuple[str, ...]
    if not told:
        opening = (
            f"Nothing that can be seen before {when(model, found.dates[-1])} is worth waiting for: no sign changes the "
            f"choice beyond chance, while {hold} is held.",
        )
    else:
        opening = tuple(_signpost(model, one) for one in told[:_MOST])
    return (*opening, *_waiting(model, found), *_triggers(model, found))


def watch_title(model: Model, found: Signposts) -> str:
    """The finding in a few words."""
    told = first_of_each(found)
    if not told:
        return "Nothing that can be seen is worth waiting for"
    first = told[0]
    of = next(one for one in model.observed if one.name == first.observable)
    return f"Look first for this by {when(model, first.date)}: {of.about or quoted(model, of.name)}"


def first_of_each(found: Signposts) -> list[Signpost]:
    """The signposts that are told from nothing, of each observable the first in rank."""
    best: dict[str, Signpost] = {}
    for one in found.found:
        if one.is_told and one.how is not None:
            best.setdefault(one.observable, one)
    return list(best.values())


def when(model: Model, step: int) -> str:
    """The date before which one will have seen what was in earlier steps: `the start of Q3 2026`, `27 Apr 2026`."""
    label = model.clock.label(step)
    return label if model.clock.is_by_day else f"the start of {label}"


def sign_words(model: Model, name: str, how: str, at: float, *, holds: bool = True) -> str:
    """A side of a sign: `“Missile launches in the quarter” comes to 14 or more`, `“channel” is not at talks`."""
    of = next(one for one in model.observed if one.name == name)
    thing = f"“{of.about}”" if of.about else quoted(model, name)
    if of.kind == "event":
        return f"{thing} {'has happened' if holds else 'has not happened'}"
    if of.kind == "mode":
        state = next(m for m in model.modes if m.name == name).states[int(at)].replace("_", " ")
        return f"{thing} {'is' if holds else 'is not'} {state}"
    if of.kind == "count":
        total = "comes to" if holds else "stays below"
        return f"{thing}, in all, {total} {number(at, 3)}{' or more' if holds else ''}"
    return f"{thing} is {'at least' if holds else 'below'} {with_unit(number(at, 3), _unit(model, name))}"


def _unit(model: Model, name: str) -> str:
    """Of a number that is observed."""
    of = next((report.of.name for report in model.reports if report.name == name), name)
    units = {stock.name: stock.unit for stock in model.stocks} | {each.name: each.unit for each in model.quantities}
    return unit_words(units[of]) if of in units else ""


def told_apart(model: Model, one: Diagnosis) -> str:
    """What a sign says of a hypothesis: `2.1 times as likely if North Korea plays the leverage cycle`."""
    is_more = one.ratio.value >= 1.0
    times = one.ratio if is_more else inverse(one.ratio)
    likely = f"{rounded(times.value, times.error)} times {'as' if is_more else 'less'} likely"
    if one.kind == "strategy":
        instances = model.instances(one.about)
        return f"{likely} if {who(model, one.about)} plays {name_labels([one.name], instances)}"
    if one.kind == "end":
        return f"{likely} if {quoted(model, one.about)} is {one.name}"
    named = next((p for p in model.profiles if p.name == one.about), None)
    return f"{likely} if {(named.about if named and named.about else one.about.replace('_', ' '))}"


def trigger_words(model: Model, one: Trigger) -> str:
    """A trigger: `if … by …, switch to …`."""
    sign = sign_words(model, one.observable, one.how, one.at, holds=one.holds)
    to = name_labels([one.to], model.instances(model.decider))
    return f"if {sign} by {when(model, one.date)}, switch to {to}"


def evidence_words(model: Model, one: Evidence) -> str:
    """A column of the matrix: what was seen, or a side of a sign."""
    of = next(each for each in model.observed if each.name == one.name)
    if not one.was_seen:
        return f"{sign_words(model, one.name, one.how, one.value)} by {when(model, one.step)}"
    if of.kind == "event":
        value = "yes" if one.value else "no"
    elif of.kind == "mode":
        value = next(m for m in model.modes if m.name == one.name).states[int(one.value)]
    else:
        value = number(one.value, 3)
    return f"{model.clock.label(one.step)}: {of.about or one.name}, {value}"


def leader_words(model: Model, one: Leader) -> str:
    """The hypothesis that what was seen speaks least against, and what would overturn it."""
    instances = model.instances(one.about)
    name = name_labels([one.name], instances)
    lead = f"Of {who(model, one.about)}, what was seen speaks least against {name}"
    if len(one.equals) + 1 == len(instances):
        lead = (
            f"Of {who(model, one.about)}, what was seen speaks against no strategy more than another; for {name} most"
        )
    elif one.equals:
        lead += f" (not told from {name_labels(one.equals, instances)})"
    if one.overturned_by is None or one.ratio is None:
        return f"{lead}; nothing ahead would tell against it beyond chance."
    times = inverse(one.ratio)
    return (
        f"{lead}; it would be overturned soonest if {evidence_words(model, one.overturned_by)}, which is "
        f"{rounded(times.value, times.error)} times less likely under it."
    )


def _signpost(model: Model, one: Signpost) -> str:
    instances = model.instances(model.decider)
    assert one.how is not None
    sign = sign_words(model, one.observable, one.how, one.at)
    then, other = (name_labels([label], instances) for label in (one.then, one.other))
    if then == other:
        choice = f"{then} is best whichever way, but by how much differs"
    else:
        choice = f"{then} is best, and else {other}"
    told = f" It is {told_apart(model, one.diagnoses[0])}." if one.diagnoses else ""
    return (
        f"If {sign} by {when(model, one.date)} ({percent(one.share)} of futures), {choice}: seeing it first is worth "
        f"{shown(one.evsi)} points.{told}"
    )


def _waiting(model: Model, found: Signposts) -> Iterator[str]:
    told = first_of_each(found)
    if not told:
        return
    first = told[0]
    if not math.isfinite(first.late.value):
        return
    late = first.late
    if late.low > 0.0:
        yield (
            f"Hearing of the first only by {when(model, first.date)} costs {shown(late)} points of what it would be "
            "worth now."
        )
    else:
        yield f"That the first comes only by {when(model, first.date)} costs nothing that can be told."


def _triggers(model: Model, found: Signposts) -> Iterator[str]:
    told = [one for one in found.triggers if one.is_told]
    if not told:
        return
    best = told[0]
    name = name_labels([best.strategy], model.instances(model.decider))
    if best.alone.value + best.gain.value < max(one.alone.value for one in found.triggers):
        hold = name_labels([found.hold], model.instances(model.decider))
        yield f"No trigger makes another plan better than {hold} alone."
        return
    yield (
        f"The best plan with a trigger is {name}, and {trigger_words(model, best)}: it adds {shown(best.gain)} points "
        f"to {name} alone ({counted(found.futures, 'future')}, picked on others than those that value it)."
    )
