"""What the terminal shows of games and deals."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from standoff.analysis.deals.deals import Deals
from standoff.analysis.others.others import Others
from standoff.analysis.others.sampled import SampledGame
from standoff.language.model import Model
from standoff.questions.question import Unanswered
from standoff.words.amounts import unit_words, with_unit
from standoff.words.names import agree, strategy_words, who
from standoff.words.numbers import counted, measured, percent, plain
from standoff.words.sentences.deals import deal_title
from standoff.words.sentences.games.sampled import held_words, learned_words, sampled_lead, sampled_title
from standoff.words.sentences.others import others_title, profile_words, verdict_words
from standoff.words.terminal import (
    LEFT_OUT,
    NO_MOVER,
    PROFILES,
    belief_movers_words,
    everyone_knew_words,
    first_mover_words,
    mover_words,
    nash_words,
    stable_words,
    zone_words,
)
from standoff.words.text import capital, join, words
from standoff.words.unanswered import unanswered_words

__all__ = ["deals_lines", "others_lines", "sampled_lines"]


def others_lines(model: Model, found: Others) -> Iterator[str]:
    """The answer, the likely profiles, the replies to each of the decider's strategies, and what moves it."""
    yield f"{model.name}: {others_title(model, found)}"
    yield verdict_words(found)
    yield (
        f"{counted(found.n_worlds, 'world')} × {counted(found.replications, 'replication')}; "
        f"{counted(found.beliefs.draws, 'draw')} of beliefs"
    )
    yield f"\n{PROFILES}"
    for one in found.profiles:
        yield (
            f"  {percent(one.probability):>7} {percent(one.share_of_beliefs):>7}  "
            f"{profile_words(model, found, one.strategies)}"
        )
    yield f"  {stable_words(model, found)}"
    if found.replies is not None:
        yield f"\n{first_mover_words(model)}"
        for lead in sorted(found.replies.leads, key=lambda lead: -lead.expected.value):
            reply = ", ".join(
                strategy_words(next(i for i in model.instances(actor) if i.label == label))
                for actor, label in zip(
                    found.replies.others, lead.replies[0].strategies if lead.replies else (), strict=False
                )
            )
            name = strategy_words(next(i for i in model.instances(model.decider) if i.label == lead.strategy))
            yield f"  {measured(lead.expected.value, lead.expected.error):>12}  {name}: {reply or 'none settled'}"
    if found.beliefs.assumptions:
        yield f"\n{belief_movers_words(model, found)}"
    yield everyone_knew_words(found)


def sampled_lines(model: Model, found: SampledGame) -> Iterator[str]:
    """The game on a part of the profiles."""
    yield f"{model.name}: {sampled_title(found)}"
    yield from sampled_lead(model, found)
    for one in found.held:
        first, *gains = held_words(model, found, one)
        yield f"\n  {first}"
        yield from (f"    {line}" for line in gains)
    yield f"\n{LEFT_OUT}"
    yield from (f"  {line}" for line in learned_words(model, found))


def deals_lines(model: Model, found: Deals | Unanswered) -> Iterator[str]:
    """The answer and, for each meaning of no deal, the zone with its best terms; then what moves it."""
    if isinstance(found, Unanswered):
        yield f"{found.about}: not answered, {unanswered_words(found.reason, found.data, model)}"
        return
    yield f"{model.name}: {deal_title(model, found)}"
    yield f"{counted(found.n_worlds, 'world')} × {counted(found.replications, 'replication')}"
    units = {term.name: unit_words(term.unit) for deal in model.deals if deal.name == found.deal for term in deal.terms}
    for zone in found.zones:
        yield f"\n{zone_words(zone)}"
        if zone.nash is not None:
            terms = join(
                [
                    f"{words(t)} {with_unit(plain(v), units.get(t, ''))}"
                    for t, v in zip(found.terms, zone.nash.levels, strict=True)
                ]
            )
            gains = [
                f"{who(model, p)} {measured(g.value, g.error)}"
                for p, g in zip(found.parties, zone.nash.gains, strict=True)
            ]
            yield f"  {nash_words(terms, join(gains))}"
    for kept in found.keeping:
        said = [kept.word(cell) for cell in np.ndindex(*found.zones[0].zone.shape)]
        own = agree(model, [kept.party], "keeps its word", "keep their word")
        counts = [f"{own if word == 'keeps its word' else word} on {said.count(word)}" for word in dict.fromkeys(said)]
        yield f"{capital(who(model, kept.party))}: {join(counts)} of {len(said)}"
    told = [m for m in found.movers if m.is_significant]
    yield from (mover_words(model, one) for one in told)
    if not told:
        yield NO_MOVER
