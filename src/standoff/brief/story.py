"""The story for those who meet the study for the first time: six screens of a few sentences, of what the page says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from markupsafe import Markup

from standoff.analysis.robustness.performance import Performance
from standoff.brief.pictures.charts import squares
from standoff.brief.section import Section, Table
from standoff.language.model import Model
from standoff.language.model.reads import symbols_read
from standoff.program.trace import Step, Trace
from standoff.words.amounts import is_chance_of_event
from standoff.words.language import Language
from standoff.words.measures import outcome_figure
from standoff.words.names import decider_words, family_quoted, family_words, quoted, title_of
from standoff.words.sentences.opening import Opening
from standoff.words.text import capital, words

__all__ = ["Screen", "story"]

_MOST_WANTS, _MOST_STEPS = 4, 8
_WANTED = ("stock", "quantity", "event", "value", "mode")


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen: its title, sentences, and what shows it; `drawn`, with how to read it, and `table` may be empty."""

    title: str
    lines: tuple[str, ...]
    drawn: Markup = field(default_factory=Markup)
    key: str = ""
    table: Table | None = None


def story(
    model: Model,
    results: Performance,
    one: Trace | None,
    said: Opening,
    *,
    sections: Mapping[str, Section],
    language: Language,
) -> tuple[Screen, ...]:
    """Six screens; none where no world has a result.

    Args:
        model: The study's.
        results: Of the run.
        one: One of its futures, step by step; None where the study is too large for that, which its screen then says.
        said: The first screen.
        sections: By anchor.
        language: Of the page's own words.
    """
    if not results.standings:
        return ()
    found = [Screen(language.say("story.wants"), tuple(_wants(model, language)))]
    if one is None:
        found.append(Screen(language.say("story.one"), (language.say("story.one_left_out"),)))
    elif one.fault is None:
        found.append(_one(model, one, language))
    found.append(_hundred(model, results, sections, language))
    found.append(Screen(language.say("story.approaches"), tuple(filter(None, (said.same, said.leads)))))
    found.append(Screen(language.say("story.what_if"), tuple(filter(None, (said.setting, said.turns)))))
    others = sections.get("others")
    lines = () if others is None else others.lead[:1]
    found.append(Screen(language.say("story.would_do"), tuple(filter(None, (*lines, said.deal)))))
    return tuple(screen for screen in found if screen.lines or screen.table or screen.drawn)


def _wants(model: Model, language: Language) -> Iterator[str]:
    """For each actor what it may do, and what its payoff looks at."""
    for actor in model.actors:
        may = [family_quoted(strategy) for strategy in model.strategies if strategy.actor == actor.name]
        if not may:
            continue
        read = {s for payoff in model.payoffs if payoff.actor == actor.name for s in symbols_read(payoff)}
        looked = [symbol.name for kind in _WANTED for symbol in sorted(read, key=str) if symbol.kind == kind]
        things = [quoted(model, name) for name in dict.fromkeys(looked)][:_MOST_WANTS]
        who = decider_words(model, language) if actor.name == model.decider else actor.title
        key = "story.actor" if things else "story.actor_alone"
        yield language.say(key, who=who, may=language.join(may, "or"), things=language.join(things))


def _one(model: Model, one: Trace, language: Language) -> Screen:
    """One future: in each step what was chosen that was not chosen before, and what happened."""
    rows, before = [], None
    for step in one.steps:
        row = _row(model, before, step, language)
        before = step
        if row is not None:
            rows.append(row)
    head = tuple(language.say(f"story.{name}") for name in ("date", "chosen", "happened"))
    strategies = [
        family_quoted(strategy)
        for player, played in one.profile.items()
        for strategy in model.strategies
        if strategy.actor == player and strategy.name == played.partition("(")[0]
    ]
    line = language.say("story.one_line", strategies=language.join(strategies))
    more = (language.say("story.one_more", n=str(_MOST_STEPS)),) if len(rows) > _MOST_STEPS else ()
    title = language.say("story.one")
    return Screen(title, (line, *more), table=Table(title, head, tuple(rows[:_MOST_STEPS])))


def _row(model: Model, before: Step | None, step: Step, language: Language) -> tuple[str, str, str] | None:
    chosen: dict[str, list[str]] = {}
    for choice in model.choices:
        option = step.things.get("choice", {}).get(choice.family)
        if option is None or (before is not None and before.things["choice"].get(choice.family) == option):
            continue
        chosen.setdefault(model.title_of(choice.actor), []).append(words(str(option)))
    events = {**step.things.get("event", {}), **step.things.get("move", {})}
    happened = [title_of(model, name) for name, value in events.items() if value is True]
    if not chosen and not happened:
        return None
    told = "; ".join(f"{actor}: {', '.join(options)}" for actor, options in chosen.items())
    return step.date, told or "–", "; ".join(map(capital, happened)) or language.part("story.nothing")


def _hundred(model: Model, results: Performance, sections: Mapping[str, Section], language: Language) -> Screen:
    """The chance of the first event among the outcomes, as squares; else what happens over time, in a sentence."""
    leader, title = results.order[0], language.say("story.hundred")
    outcomes = {outcome.name: outcome for outcome in model.outcomes}
    name = family_words(results.strategies[leader].strategy)
    for m, measure in enumerate(results.measures):
        value = results.standings[0].cells[leader][m].figure.value
        if measure.kind == "outcome" and is_chance_of_event(model, outcomes[measure.name]) and np.isfinite(value):
            figure = outcome_figure(model, results, leader, m)
            line = language.say("story.hundred_line", one=name, outcome=quoted(model, measure.name), figure=figure)
            return Screen(title, (line,), squares(value), language.say("story.hundred_key"))
    over_time = sections.get("over-time")
    return Screen(title, () if over_time is None else over_time.lead[:1])
