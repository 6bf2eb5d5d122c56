"""What things of the model are called in a sentence: actors, strategies alone and together, assumptions, outcomes."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from standoff.language.model import Instance, Model, Parameter, Setting, Strategy
from standoff.words.amounts import unit_words, with_unit
from standoff.words.language import Language
from standoff.words.numbers import plain
from standoff.words.text import capital, closed, join, words

__all__ = [
    "agree",
    "decider_words",
    "described",
    "family_quoted",
    "family_words",
    "known_words",
    "level_group",
    "level_words",
    "name_group",
    "name_labels",
    "own_words",
    "profile_words",
    "quoted",
    "setting_title",
    "setting_words",
    "spelled",
    "strategy_words",
    "title_of",
    "view_words",
    "who",
]

_COMMON_NOUNS = frozenset((
    "Alliance", "Bloc", "Coalition", "Commission", "Council", "Emirates", "Federation", "Forces", "Front", "Government",
    "Islands", "Kingdom", "League", "Maldives", "Ministry", "Nations", "Netherlands", "Philippines", "Powers",
    "Republic", "States", "Union",
))  # fmt: skip
"""Last words of the names of actors that take an article."""
_ONE = frozenset(("Emirates", "Maldives", "Nations", "Netherlands", "Philippines", "States"))
"""Those that stand for one, though they are plurals."""
_MANY = re.compile(
    r"(ies|ists|(?<!orle)(?<!ev)(?<!m)ans|ants|ees|ors|(?<!reut)(?<!fland)(?<!algi)(?<!rog)(?<!pet)(?<!sand)(?<!my)ers|men)$|"
    r"^(allies|banks|clans|firms|gangs|parents|people|police|rebels|residents|students|tribes|unions|women)$"
)
"""Last words, in small letters, that are plurals without an article too; other names in -s may be of one: Honduras."""


_SMALL_MANY = re.compile(r"^[a-z].*[^sui]s$(?<!ics)(?<!news)")
"""Last words that begin with a small letter are no proper names: `pilots`."""
_OF_MANY = ("les", "Les", "los", "las", "gli")
"""Of Spanish ones only with a small letter: `Los Angeles` is one."""
_ARTICLES = re.compile(rf"([lL]['’]|([lL]e|[lL]a|[eE]l|[iI]l|[lL]o|[dD]er|[dD]as|{'|'.join(_OF_MANY)}) )")
"""Articles of other languages, which tell one from many; not `die`, which is both."""
_COMPLEMENT = re.compile(r" (?:of|for|against|without|de|des|du|del|der|von) ")


def who(model: Model, actor: str) -> str:
    """An actor in a sentence: its title as the study writes it, with the article that English wants.

    Names of one place have none (`North Korea`); names made of a common noun do (`the United States`, `the Gulf
    Cooperation Council`).
    """
    title = model.title_of(actor)
    if title.startswith("The "):
        return f"the {title[4:]}"
    return f"the {title}" if title.split()[-1] in _COMMON_NOUNS and not title.startswith("the ") else title


def decider_words(model: Model, language: Language) -> str:
    """The decider in a sentence of a language: outside English, its title as it stands."""
    return actor_words(model, model.decider, language)


def actor_words(model: Model, actor: str, language: Language) -> str:
    """An actor in a sentence of a language: outside English, its title as it stands."""
    return who(model, actor) if language.code == "en" else model.title_of(actor)


def view_words(model: Model, language: Language) -> dict[str, str]:
    """How two views of the others are told, and who they are: by name where there is but one."""
    named = [actor_words(model, actor, language) for actor in model.players if actor != model.decider]
    if len(named) != 1:
        return {key: language.part(f"opening.{key}") for key in ("average", "interest", "others")}
    (other,) = named
    views = {key: language.part(f"opening.{key}_one", other=other) for key in ("average", "interest")}
    return views | {"others": other}


def agree(model: Model, actors: Sequence[str], one: str, many: str) -> str:
    """The form of a verb or pronoun that goes with actors: `plays`, or `play` with several or a plural name."""
    return many if len(actors) != 1 or _is_plural(who(model, actors[0])) else one


def own_words(names: Sequence[str]) -> str:
    """The pronoun of those named in a sentence: `its`, `their`."""
    return "their" if len(names) != 1 or _is_plural(names[0]) else "its"


def _is_plural(name: str) -> bool:
    """Whether an actor's name in a sentence is a plural: `the Houthis`, `the Rapid Support Forces`, `les syndicats`.

    Of a name with a complement its head tells: `the Association of Pilots` is one.
    """
    if article := _ARTICLES.match(name):
        return article[0].strip() in _OF_MANY
    head = _COMPLEMENT.split(name, maxsplit=1)[0]
    last = head.rsplit(maxsplit=1)[-1]
    if last not in _ONE and (_MANY.search(last.lower()) or _SMALL_MANY.search(last) or name.startswith("those ")):
        return True
    return name.startswith("the ") and last.endswith("s") and not last.endswith("ss") and last not in _ONE


def title_of(model: Model, name: str) -> str:
    """What the study calls a thing of this name: its name in prose, what it is about, else its name in plain words."""
    return _called(model, name) or capital(words(name))


def quoted(model: Model, name: str) -> str:
    """A thing of the model in a sentence: `“Chance that a crisis becomes war”`; its name where it has no more."""
    called = _called(model, name)
    return f"“{called}”" if called else words(name)


def profile_words(model: Model, name: str) -> str:
    """A named profile: its name in prose, else its own in plain words."""
    return next((one.title for one in model.profiles if one.name == name), None) or words(name)


def known_words(model: Model, parameters: Collection[Parameter]) -> str:
    """Who knows facts, to stand behind them: `that nobody knows`, `that only North Korea knows`."""
    known = {actor for parameter in parameters for actor in parameter.known_to}
    if not known:
        return "that nobody knows"
    if len(parameters) > 1:
        return "that not everybody knows"
    if model.decider in known:
        return f"that {who(model, model.decider)} is said to know"
    actors = [who(model, actor.name) for actor in model.actors if actor.name in known]
    return f"that only {join(actors)} {'knows' if len(known) == 1 else 'know'}"


def spelled(model: Model, text: str) -> str:
    """A line whose names of the model stand between backticks, with what the study calls them instead."""
    titles = {o.name for group in _titled_groups(model) for o in group}
    parts = text.split("`")
    return "".join(
        (quoted(model, part) if part in titles else words(part)) if k % 2 else part for k, part in enumerate(parts)
    )


def family_words(strategy: Strategy) -> str:
    """A strategy without its settings: its name in prose, else its own in plain words."""
    return strategy.title or words(strategy.name)


def family_quoted(strategy: Strategy) -> str:
    """The same inside a sentence that could be misread: `“tough love, then freeze”`."""
    name = family_words(strategy)
    return f"“{name}”" if "," in name else name


def described(model: Model) -> tuple[tuple[str, str], ...]:
    """The decider's strategies, each with what the study says it is and what its settings are."""
    return tuple(
        (capital(family_words(strategy)), _described(strategy))
        for strategy in model.strategies
        if strategy.actor == model.decider
    )


def strategy_words(instance: Instance) -> str:
    """`freeze for relief (cool guarantee)`, `reciprocate (patience 2)`."""
    settings = setting_words(instance)
    return family_words(instance.strategy) + (f" ({settings})" if settings else "")


def name_group(chosen: Collection[Instance], all_of: Sequence[Instance], last: str = "and") -> str:
    """Several strategies, in the order of `chosen`; families with all their settings come first, by their names alone.

    Settings that all of them share are said once: `tough love and freeze for relief (both cool guarantee)`, or
    `any strategy (cool guarantee)` where no family is missing.
    """
    named = {instance.strategy.name: instance.strategy for instance in chosen}
    families = list(dict.fromkeys(instance.strategy.name for instance in chosen))
    whole = {
        name
        for name in families
        if sum(i.strategy.name == name for i in chosen) == sum(i.strategy.name == name for i in all_of) > 1
    }
    settings = {instance.settings for instance in chosen}
    families_of_all = {instance.strategy.name for instance in all_of}
    shared = {setting_words(instance) for instance in chosen}
    if len(chosen) == len(families) > 1 and not whole and len(settings) == len(shared) == 1 and settings != {()}:
        (said,) = shared
        if families_of_all == set(families) and len(families) > 2:
            return f"any strategy ({said})"
        number = "both" if len(chosen) == 2 else "all"
        return f"{join([family_words(named[name]) for name in families], last)} ({number} {said})"
    unsettled = [family_words(named[name]) for name in families if name in whole]
    names = (
        [f"{join(unsettled, last)} (whatever {'its' if len(unsettled) == 1 else 'their'} settings)"] if whole else []
    )
    for name in families:
        if name not in whole:
            names += [strategy_words(instance) for instance in chosen if instance.strategy.name == name]
    return join(names, last)


def name_labels(labels: Collection[str], all_of: Sequence[Instance], last: str = "and") -> str:
    """`name_group` of strategies given by their labels, in that order."""
    named = {instance.label: instance for instance in all_of}
    return name_group([named[label] for label in labels], all_of, last)


def level_group(labels: Collection[str], all_of: Sequence[Instance]) -> str:
    """Strategies that do equally well, as a plural: `the settings of Talking`, where they are all of one strategy's."""
    named = {instance.label: instance for instance in all_of}
    families = {named[label].strategy.name for label in labels}
    whole = [instance for instance in all_of if instance.strategy.name in families]
    if len(families) == 1 and len(whole) == len(labels) > 1:
        return f"the settings of {family_words(whole[0].strategy)}"
    return name_labels(labels, all_of)


def setting_words(instance: Instance) -> str:
    """What tells a strategy from its siblings: `patience 2, firm guarantee`; empty without settings."""
    return ", ".join(level_words(instance.strategy, name, level) for name, level in instance.settings)


def level_words(strategy: Strategy, name: str, level: float | str) -> str:
    """A setting at a level: `patience 2`, `firm guarantee`."""
    setting = next((setting for setting in strategy.named if setting.name == name), None)
    called = dict(setting.levels).get(level) if setting else None
    title = setting_title(strategy, name)
    between = ": " if " " in title else " "  # `patience 2`, but `Days before the storm: 15 days`
    number = f"{title}{between}{_level(setting, level)}" if not isinstance(level, str) else f"{words(level)} {title}"
    return called or number


def setting_title(strategy: Strategy, name: str) -> str:
    """A setting's name in prose, else its own in plain words."""
    setting = next((setting for setting in strategy.named if setting.name == name), None)
    return (setting and setting.title) or words(name)


def _level(setting: Setting | None, level: float) -> str:
    """A level that has no name of its own, with its unit."""
    return with_unit(plain(level), unit_words(setting.unit) if setting else "")


def _described(strategy: Strategy) -> str:
    """`Summits with the demand kept. Patience (how long it waits): 2 or 6.`"""
    named = {setting.name: setting for setting in strategy.named}
    said = [closed(capital(strategy.about))] if strategy.about else []
    for name, levels in strategy.settings:
        setting = named.get(name)
        called = dict(setting.levels) if setting else {}
        each = [called.get(n) or (words(n) if isinstance(n, str) else _level(setting, n)) for n in levels]
        about = f" ({setting.about.strip().rstrip('.')})" if setting and setting.about else ""
        title = (setting and setting.title) or words(name)
        said.append(f"{capital(title)}{about}: {join(each, 'or')}.")
    return " ".join(said) or "The study does not say."


def _called(model: Model, name: str) -> str:
    """The name in prose, or what it is about without its full stop; empty where the study says neither."""
    thing = next((thing for group in _titled_groups(model) for thing in group if thing.name == name), None)
    title = getattr(thing, "title", None)
    return title or capital((getattr(thing, "about", None) or "").strip().rstrip("."))


def _titled_groups(model: Model) -> tuple[Sequence[Any], ...]:
    return (model.outcomes, model.stocks, model.quantities, model.events, model.modes, model.parameters)
