"""What the choice turns on, which way, and what to look for, as the first screen says them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from standoff.analysis.linchpins.linchpins import Assumption
from standoff.analysis.robustness.performance import Performance
from standoff.analysis.watch.signposts import Signpost, Signposts
from standoff.language.model import Instance, Model, Parameter
from standoff.words.amounts import quantity, unit_words, with_unit
from standoff.words.language import Language
from standoff.words.names import family_quoted, family_words, quoted, view_words
from standoff.words.numbers import interval, number, plain
from standoff.words.sentences.flips import End, ends_of_flips, level_words
from standoff.words.sentences.watching.signposts import first_of_each
from standoff.words.text import words

__all__ = ["Turning", "families", "level_of", "meaning_of"]

_MOST_AT_AN_END = 3


def families(results: Performance, labels: Sequence[str]) -> list[str]:
    """Families of strategies by name, each once, in the order of the labels."""
    named = {instance.label: instance for instance in results.strategies}
    return list(dict.fromkeys(family_quoted(named[label].strategy) for label in labels))


def level_of(language: Language, instance: Instance, name: str, *, alone: bool = False) -> str:
    """A level of a setting as a thing: `a firm guarantee`, `patience at 2`; a number may stand `alone`."""
    setting = next((each for each in instance.strategy.named if each.name == name), None)
    level, title = dict(instance.settings)[name], _setting_title(instance, name)
    called = dict(setting.levels).get(level) if setting else None
    if called is not None and not called.isalpha():
        return f"“{called}”"  # `retire at 64` goes before no noun
    if called is not None or isinstance(level, str):
        return language.one(f"{called or words(str(level))} {title}")
    if alone:
        return _bare_level(instance, name)
    if setting is None or not unit_words(setting.unit) or " " in title:
        named = f"“{title}”" if " " in title else title
        return language.part("opening.level_at", setting=named, level=_bare_level(instance, name))
    return language.one(language.part("opening.level_of", setting=title, level=_bare_level(instance, name)))


def meaning_of(instance: Instance, name: str, *, is_bare: bool) -> tuple[str, str] | None:
    """A setting, and what it is; what its strategy is, where the study says no more of a bare number.

    None where nothing is said of it; and of levels with names, which may speak for themselves, where all it is asked
    for `is_bare` numbers.
    """
    setting = next((each for each in instance.strategy.named if each.name == name), None)
    level = dict(instance.settings)[name]
    has_names = isinstance(level, str) or (setting is not None and dict(setting.levels).get(level) is not None)
    if has_names and is_bare:
        return None
    if setting is not None and setting.about:
        return (setting.title or words(name)), setting.about.strip().rstrip(".")
    if has_names or (setting is not None and unit_words(setting.unit)) or not instance.strategy.about:
        return None
    return family_words(instance.strategy), instance.strategy.about.strip().rstrip(".")


def _setting_title(instance: Instance, name: str) -> str:
    """A setting as the study calls it."""
    setting = next((each for each in instance.strategy.named if each.name == name), None)
    return (setting and setting.title) or words(name)


def _bare_level(instance: Instance, name: str) -> str:
    """A level alone: `firm`, `2 months`."""
    setting = next((each for each in instance.strategy.named if each.name == name), None)
    level = dict(instance.settings)[name]
    called = dict(setting.levels).get(level) if setting else None
    if called is not None or isinstance(level, str):
        return called or words(str(level))
    return with_unit(plain(level), unit_words(setting.unit) if setting else "")


@dataclass(frozen=True, slots=True, eq=False)
class Turning:
    """Its sentences; of what makes them long, `left_out` are "where", "watch" and "ends"."""

    model: Model
    results: Performance
    language: Language
    left_out: frozenset[str] = frozenset()

    def flip(self, pin: Assumption, *, others_turn: bool = False) -> str:
        """What it turns on, and which way: who may be best at either end.

        Where only a setting turns, that is said; and whether the approach itself turns on what the others do.
        """
        say, name, ends = self.language.say, quoted(self.model, pin.name), ends_of_flips(pin.flips)
        if ends is None:
            return say("opening.turns_nowhere", pin=name)
        if "ends" in self.left_out:
            return say("opening.turns", pin=name)
        places = [self._where(pin.parameter, end, is_low=end is ends[0]) for end in ends]
        where = {"pin": name, "low_where": places[0], "high_where": places[1]}
        sides = [end.strategies for end in ends]
        if setting := self._setting_between(*sides):
            title, low, high = setting
            key = "turns_both" if others_turn else "turns_setting"
            others = view_words(self.model, self.language)["others"]
            return say(f"opening.{key}", setting=title, low=low, high=high, others=others, **where)
        called = self._apart(*sides)
        if called is None:
            return say("opening.turns", pin=name)
        return say("opening.turns_ends", low=called[0], high=called[1], **where)

    def _setting_between(self, *ends: Sequence[str]) -> tuple[str, str, str] | None:
        """The setting whose level alone tells the strategies at two ends apart, and its levels; None if none does."""
        sides = [families(self.results, end) for end in ends]
        if set(sides[0]).isdisjoint(sides[1]):
            return None
        named = {instance.label: instance for instance in self.results.strategies}
        for setting in dict.fromkeys(name for label in ends[0] for name, _ in named[label].settings):
            levels = [{dict(named[label].settings).get(setting) for label in end} for end in ends]
            if all(len(one) == 1 and None not in one for one in levels) and levels[0] != levels[1]:
                low, high = (_bare_level(named[end[0]], setting) for end in ends)
                return _setting_title(named[ends[0][0]], setting), low, high
        return None

    def _apart(self, *ends: Sequence[str]) -> tuple[str, str] | None:
        """What tells the strategies at two ends apart: their families, or those that stand at one end alone, or else
        their settings too."""
        sides = [families(self.results, end) for end in ends]
        own = [[name for name in side if name not in other] for side, other in zip(sides, sides[::-1], strict=True)]
        if all(own):
            low, high = (self.language.join(names, "or") for names in own)
            return low, high
        named = {instance.label: instance for instance in self.results.strategies}
        both = set(sides[0]) & set(sides[1])
        called = [[self._with_settings(named[label], both) for label in end] for end in ends]
        if any(len(names) > _MOST_AT_AN_END for names in called):
            return None
        low, high = (self.language.join(list(dict.fromkeys(names)), "or") for names in called)
        return low, high

    def _with_settings(self, instance: Instance, some: Collection[str]) -> str:
        """A strategy by its family, with its settings where it is of some families."""
        (name,) = families(self.results, [instance.label])
        if name not in some:
            return name
        levels = self.language.join([level_of(self.language, instance, setting) for setting, _ in instance.settings])
        return self.language.part("opening.with", one=name, level=levels)

    def _where(self, parameter: Parameter, end: End, *, is_low: bool) -> str:
        """Where a stretch lies: what the study calls that end of the range, or its edge."""
        part, spread = self.language.part, parameter.spread
        if end.level is not None:
            return part("opening.where_at", level=level_words(parameter, end.level))
        is_edge = end.low is None or end.high is None
        called = None if spread is None or not is_edge else spread.low_words if is_low else spread.high_words
        if called and "where" not in self.left_out:
            return part("opening.where_towards", words=called)
        if parameter.unit.is_dimensionless:  # a bare number tells a newcomer nothing; it stands with its reason
            return part("opening.where_low" if is_low else "opening.where_high")
        if end.low is not None and end.high is not None:
            low, _, high = interval(end.low, end.high).partition(" to ")
            if not high or low == high:
                return part("opening.where_at", level=quantity(end.low, parameter.unit))
            return part("opening.where_between", low=low, high=with_unit(high, unit_words(parameter.unit)))
        if end.low is None:
            return part("opening.where_below", high=quantity(end.high or 0.0, parameter.unit))
        return part("opening.where_above", low=quantity(end.low, parameter.unit))

    def sign(self, found: Signposts | None) -> str:
        """The first thing to be seen that would change the choice, by when, and to what; empty where none would.

        What to look for is never told without what follows from it.
        """
        told = [] if found is None else first_of_each(found)
        if not told or "watch" in self.left_out:
            return ""
        first = told[0]
        sign, day = self._sign_words(first), self.model.clock.label(first.date)
        then, other = (families(self.results, [label]) for label in (first.then, first.other))
        if then == other:
            setting = self._setting_between([first.then], [first.other])
            if setting is None:
                return ""
            then, other = ([self.language.part("opening.with", one=then[0], level=x)] for x in setting[1:])
        key = "watch_choice_open" if len(self.model.players) > 1 else "watch_choice"
        return self.language.say(f"opening.{key}", sign=sign, day=day, then=then[0], other=other[0])

    def _sign_words(self, sign: Signpost) -> str:
        """That a thing that is seen has come about: `“Washington and Pyongyang sit down” has happened`."""
        of = next(one for one in self.model.observed if one.name == sign.observable)
        at = "" if sign.at is None else number(sign.at, 3)
        state = ""
        if of.kind == "mode":
            state = words(next(mode for mode in self.model.modes if mode.name == of.name).states[int(sign.at)])
        kind = of.kind if of.kind in ("event", "mode", "count") else "level"
        return self.language.part(f"opening.sign_{kind}", thing=self._seen(sign), at=at, state=state)

    def _seen(self, sign: Signpost) -> str:
        """What is seen, as the study calls it."""
        of = next(one for one in self.model.observed if one.name == sign.observable)
        return f"“{of.about}”" if of.about else quoted(self.model, of.name)
