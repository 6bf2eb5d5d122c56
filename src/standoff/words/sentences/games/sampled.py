"""What the others will do where only a part of the profiles was run, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from standoff.analysis.others.sampled import CheckedProfile, SampledGame
from standoff.language.model import Instance, Model
from standoff.words.names import strategy_words, who
from standoff.words.numbers import measured, number, percent, whole
from standoff.words.text import capital, join

__all__ = ["held_words", "learned_words", "sampled_lead", "sampled_title"]

_SHOWN = 12


def sampled_title(found: SampledGame) -> str:
    """The answer in a line."""
    if not any(one.is_open for one in found.held):
        return "No profile was found that nobody gains by leaving"
    return (
        "A profile that nobody is shown to gain by leaving"
        if sum(one.is_open for one in found.held) == 1
        else "Profiles that nobody is shown to gain by leaving"
    )


def sampled_lead(model: Model, found: SampledGame) -> tuple[str, ...]:
    """What was run, what is told of it, and how well."""
    pairs = f"{whole(found.least)} to {whole(found.most)}" if found.least < found.most else whole(found.least)
    sentences = [
        f"{whole(found.n_run)} of {whole(found.n_all)} profiles were run, chosen so that each pair of strategies of "
        f"two actors stands in {pairs} of them.",
        "What was found by best replies from them was run with every profile that one actor can make of it by itself, "
        f"{whole(found.n_beside)} more; there may be others.",
    ]
    if found.unsettled > 0.0:
        sentences.append(f"From {percent(found.unsettled)} of the profiles tried, best replies go round.")
    if found.unpaid:
        named = join([who(model, actor) for actor in found.unpaid])
        sentences.append(f"{capital(named)} want nothing, and play what they began with.")
    return tuple(sentences)


def held_words(model: Model, found: SampledGame, one: CheckedProfile) -> Iterator[str]:
    """A profile, and what everybody gains by leaving it."""
    shown = list(zip(found.players, one.strategies, strict=True))
    played = [f"{who(model, actor)}: {strategy_words(_instance(model, actor, label))}" for actor, label in shown]
    more = f"; and {whole(len(played) - _SHOWN)} more" if len(played) > _SHOWN else ""
    state = "nobody is shown to gain by leaving it" if one.is_open else "somebody gains by leaving it"
    yield f"{'; '.join(played[:_SHOWN])}{more}: {state} (reached from {percent(one.share)} of the profiles tried)"
    for gain in one.gains[:3]:
        if gain.value > 0.0:
            other = strategy_words(_instance(model, gain.actor, gain.strategy))
            yield f"{capital(who(model, gain.actor))} would gain {measured(gain.value, gain.error)} by {other}"
    if one.gains and one.gains[0].value <= 0.0:
        gain = one.gains[0]
        yield f"Whoever leaves it loses, {who(model, gain.actor)} least: {measured(-gain.value, gain.error)}"


def learned_words(model: Model, found: SampledGame) -> Iterator[str]:
    """How well each actor's payoff is told in profiles left out."""
    ordered = sorted(found.learned, key=lambda one: one.share)
    for one in ordered[:_SHOWN]:
        yield (
            f"{capital(who(model, one.actor))}: {percent(max(0.0, one.share))} of the differences between profiles, "
            f"off by {number(one.error, 2)}"
        )
    if len(ordered) > _SHOWN:
        yield f"and {whole(len(ordered) - _SHOWN)} more, told better"


def _instance(model: Model, actor: str, label: str) -> Instance:
    return next(instance for instance in model.instances(actor) if instance.label == label)
