"""Strategies in a sentence: single ones, and several with what they share said once."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from standoff.base.units import Unit
from standoff.language.model import Instance, Model, Outcome, Parameter, Strategy

__all__ = [
    "amount",
    "assumption",
    "capital",
    "family_words",
    "join",
    "name_group",
    "name_labels",
    "name_strategy",
    "per_cent",
    "plain",
    "quoted",
    "setting_words",
    "whole",
]


def plain(name: str) -> str:
    """A name of the model in plain words."""
    return name.replace("_", " ").replace(".", ", ")


def quoted(thing: Parameter | Outcome) -> str:
    """An assumption or outcome as a sentence names it: what the study calls it, else its name in plain words."""
    title = thing.title if isinstance(thing, Parameter) else None
    about = title or (thing.about or "").rstrip(".")
    return f"“{about}”" if about else plain(thing.name)


def assumption(model: Model, name: str) -> str:
    """An uncertainty or value of the model as a sentence names it."""
    return quoted(next(parameter for parameter in model.uncertain if parameter.name == name))


def join(items: Sequence[str], last: str = "and") -> str:
    """`a, b and c`."""
    return "".join(items) if len(items) < 2 else f"{', '.join(items[:-1])} {last} {items[-1]}"


def amount(value: float, unit: Unit | str = "", digits: int = 2) -> str:
    """A number in prose with its unit: `−0.17`, `7 warhead a year`, `0.08 a year`."""
    text = f"{float(f'{value:.{digits}g}'):g}".replace("-", "−")
    above, _, below = ("" if isinstance(unit, Unit) and unit.is_dimensionless else str(unit)).partition("/")
    words = ["" if above == "1" else above.replace("·", " "), *(f"a {part}" for part in below.split("/") if part)]
    return " ".join([text, *filter(None, words)])


def whole(n: int) -> str:
    """A count with thin spaces in its thousands: `24 000`."""
    return f"{n:,}".replace(",", "\u202f")


def per_cent(share: float) -> str:
    """A share in whole per cent."""
    return f"{100.0 * share:.0f} %"


def capital(text: str) -> str:
    """The text with its first letter large."""
    return text[:1].upper() + text[1:]


def family_words(strategy: Strategy) -> str:
    """A strategy without its settings: its name in prose, else its own in plain words."""
    return strategy.title or plain(strategy.name)


def name_strategy(instance: Instance) -> str:
    """`freeze for relief (cool guarantee)`, `reciprocate (patience 2)`."""
    settings = setting_words(instance)
    return family_words(instance.strategy) + (f" ({settings})" if settings else "")


def name_group(chosen: Collection[Instance], all_of: Sequence[Instance], last: str = "and") -> str:
    """Several strategies, in the order of `chosen`; a family with all its settings goes by its name alone.

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
    names = []
    for name in families:
        if name in whole:
            names.append(f"{family_words(named[name])} (whatever its settings)")
        else:
            names += [name_strategy(instance) for instance in chosen if instance.strategy.name == name]
    return join(names, last)


def name_labels(labels: Collection[str], all_of: Sequence[Instance], last: str = "and") -> str:
    """`name_group` of strategies given by their labels, in that order."""
    named = {instance.label: instance for instance in all_of}
    return name_group([named[label] for label in labels], all_of, last)


def setting_words(instance: Instance) -> str:
    """What tells a strategy from its siblings: `patience 2, firm guarantee`; empty without settings."""
    named = {setting.name: setting for setting in instance.strategy.named}
    said = []
    for name, level in instance.settings:
        setting = named.get(name)
        title = (setting and setting.title) or plain(name)
        called = dict(setting.levels).get(level) if setting else None
        said.append(called or (f"{plain(level)} {title}" if isinstance(level, str) else f"{title} {level:g}"))
    return ", ".join(said)
