"""What to watch and what was seen, in words: titles of tables, heads, a calendar, how sure."""

from __future__ import annotations

from standoff.analysis.findings import Figure
from standoff.analysis.watch.signposts import Signposts
from standoff.language.model import Model
from standoff.words.language import Language
from standoff.words.names import name_labels, profile_words, title_of
from standoff.words.numbers import shown, whole
from standoff.words.sentences.watching.signposts import first_of_each, sign_words, when

__all__ = ["calendar_lines", "hypothesis_words", "told_words", "watch_sure"]


def watch_sure(model: Model, found: Signposts, language: Language) -> str:
    """From which futures, and when a value counts."""
    hold = name_labels([found.hold], model.instances(model.decider))
    return language.say("watch.sure", futures=whole(found.futures), hold=hold)


def told_words(value: Figure, language: Language, *, is_told: bool) -> str:
    """A worth, and whether it is told from nothing."""
    return shown(value) if is_told else language.part("watch.not_told", worth=shown(value))


def hypothesis_words(model: Model, kind: str, about: str, name: str) -> str:
    """What heads a hypothesis's column: a strategy of an actor, how something ends, or another by its name."""
    if kind == "strategy":
        return f"{model.title_of(about)}: {name_labels([name], model.instances(about))}"
    if kind == "end":
        return f"{title_of(model, about)}: {name}"
    return profile_words(model, about)


def calendar_lines(model: Model, found: Signposts, language: Language) -> tuple[str, ...]:
    """For each date what to look for by it, of what is worth something; and where it is found."""
    lines = []
    for date in found.dates:
        own = [one for one in found.found if one.date == date and one.is_told and one.how is not None]
        signs = "; ".join(sign_words(model, one.observable, one.how or "", one.at) for one in own)
        told = signs or language.part("watch.calendar_nothing")
        lines.append(language.say("watch.calendar_line", day=when(model, date), signs=told))
    sources = {of.name: of.source for of in model.observed}
    names = dict.fromkeys(one.observable for one in first_of_each(found))
    return (*lines, *(f"{title_of(model, name)}: {sources[name]}." for name in names))
