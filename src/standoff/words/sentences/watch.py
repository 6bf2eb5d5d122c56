"""What was seen and what follows from it, in words."""

from __future__ import annotations

import math
from collections.abc import Iterator

from standoff.analysis.watch.posterior import Moved, Posterior
from standoff.evidence.seen import Sighting
from standoff.language.model import Model
from standoff.words.names import name_labels, quoted, who
from standoff.words.numbers import counted, figure_percent, number, percent, shown, whole
from standoff.words.text import join

__all__ = ["posterior_sentences", "shift_words", "sighting_words", "since_title"]

_MOST = 6
_CLEARLY = 0.05
"""A strategy's share moves where the interval leaves out what it was, by more than this."""


def posterior_sentences(model: Model, found: Posterior) -> tuple[str, ...]:
    """The answer first: the choice now; what moved, what the others seem to play, and how far that rests."""
    seen = f"{counted(len(found.sightings), 'observation')} weighed the worlds."
    if found.failed:
        return (
            f"{seen} There is no posterior: {found.failed}. What was seen lies outside what the study holds possible, "
            "or needs more --worlds.",
        )
    return (_choice(model, found), *_moved(model, found), *_fits(model, found), f"{seen} {_rests(found)}")


def sighting_words(model: Model, one: Sighting) -> str:
    """An observation: `Q3 2025: “Missile launches in the quarter”, 4 (reliability 0.8)`."""
    if one.of.kind == "event":
        value = "yes" if one.value else "no"
    elif one.of.kind == "mode":
        value = next(m for m in model.modes if m.name == one.of.name).states[int(one.value)]
    else:
        value = number(one.value, 3)
    doubt = "" if one.reliability == 1.0 else f" (reliability {number(one.reliability)})"
    return f"{model.clock.label(one.step)}: {quoted(model, one.of.name)}, {value}{doubt}"


def since_title(model: Model, found: Posterior) -> str:
    """The finding in a few words."""
    told = [one for one in found.moved if one.is_told]
    until = max((one.step for one in found.sightings), default=0)
    moved = f"{counted(len(told), 'assumption')} moved" if told else "no assumption moved beyond chance"
    return f"What changed by {model.clock.label(until)}: {moved}"


def _choice(model: Model, found: Posterior) -> str:
    instances = model.instances(model.decider)
    ranking = found.ranking
    if ranking is None:
        return f"Hardly any strategy of {who(model, model.decider)} can have made what was seen, so none is ranked."
    first, *others = found.values
    before = max(found.values, key=lambda value: value[1])[0]
    name = name_labels([first[0]], instances)
    changed = (
        f" Before, it was {name_labels([before], instances)}." if before != first[0] else " It was so before, too."
    )
    if ranking.best is not None:
        return f"Now {name} comes first, with {shown(first[2])} points.{changed}"
    rivals = name_labels(list(ranking.may_be_best), instances, "or")
    return f"Now {name} comes first, but it cannot be told from the rest of these: {rivals}.{changed if others else ''}"


def _moved(model: Model, found: Posterior) -> Iterator[str]:
    told = [one for one in found.moved if one.is_told]
    if not told:
        yield f"Of {counted(len(found.moved), 'assumption')} none moved beyond chance."
        return
    yield (
        f"{counted(len(told), 'assumption')} of {whole(len(found.moved))} moved beyond chance, most of all "
        f"{join([shift_words(model, one) for one in told[:_MOST]])}."
    )


def shift_words(model: Model, one: Moved) -> str:
    """An assumption and how far it moved."""
    if one.kinds:
        kind, before, after = max(one.kinds, key=lambda kind: kind[2])
        return f"{quoted(model, one.name)} ({kind} from {percent(before)} to {percent(after)})"
    way = "up" if one.shift.value > 0.0 else "down"
    return (
        f"{quoted(model, one.name)} ({way} from {number(one.before[1])} to {number(one.after[1])}, by "
        f"{number(abs(one.shift.value))} of its standard deviation)"
    )


def _fits(model: Model, found: Posterior) -> Iterator[str]:
    for actor in dict.fromkeys(fit.actor for fit in found.fits):
        own = [fit for fit in found.fits if fit.actor == actor]
        instances = model.instances(actor)
        best, worst = own[0], own[-1]
        if len(own) < 2:
            continue
        if best.after.value - best.before < _CLEARLY:
            yield f"Of {who(model, actor)}, every strategy fits what was seen about as well."
            continue
        yield (
            f"Of {who(model, actor)}, {name_labels([best.strategy], instances)} fits best "
            f"({figure_percent(best.after)}, from {percent(best.before)}), and "
            f"{name_labels([worst.strategy], instances)} least ({figure_percent(worst.after)})."
        )


def _rests(found: Posterior) -> str:
    if found.how == "drawn":
        return (
            f"Too few of the worlds drawn beforehand made it, so {counted(found.worlds, 'world')} were drawn near "
            f"those that do; about {number(found.effective)} of them differ."
        )
    tail = "" if math.isnan(found.k) else f", the tail of their weights has k = {number(found.k)}"
    return (
        f"What follows rests on {number(found.effective, 3)} effective worlds of {whole(found.worlds)}; the heaviest "
        f"has {percent(found.heaviest)} of the weight{tail}."
    )
