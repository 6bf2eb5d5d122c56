"""The first screen in five sentences, by rules: a rule looks at one fact of the findings and says one thing of it.

What no approach changes; who leads, when the others may do anything and when they reply in their own interest; whether
a deal would hold; what a setting changes; what it turns on, and what would show it. Strategies stand by their families,
settings folded. No sign but %, and nothing that the rest of the page does not say with its error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace

import numpy as np

from standoff.analysis.deals.deals import Deals
from standoff.analysis.linchpins.linchpins import Assumption, Linchpins
from standoff.analysis.robustness.performance import Performance
from standoff.analysis.robustness.practical import (
    best_settings,
    find_setting_effect,
    is_practically_level,
    practically_best,
    spread_of,
    unmoved,
)
from standoff.analysis.robustness.robustness import Robustness
from standoff.analysis.watch.signposts import Signposts
from standoff.language.model import Instance, Model
from standoff.words.amounts import amount as with_error
from standoff.words.amounts import is_chance, is_date, unit_words, with_unit
from standoff.words.language import ENGLISH, Language
from standoff.words.names import family_words, quoted, who
from standoff.words.numbers import plain, rounded
from standoff.words.sentences.answer import answer
from standoff.words.sentences.deals import breaching, broken_by_some, kept_in
from standoff.words.sentences.flips import zones_apart
from standoff.words.sentences.watching.signposts import first_of_each
from standoff.words.text import words

__all__ = ["Opening", "Sides", "opening", "outcome_figure"]

_MOST_NAMED = 4
_MOST_WORDS = 120
"""Of the first screen, with its question; beyond it, leaders that are level are counted instead of named."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The five sentences; one that a study gives no reason for is empty. `title` is the second as a heading."""

    same: str
    leads: str
    deal: str
    setting: str
    turns: str
    title: str = ""

    @property
    def sentences(self) -> tuple[str, ...]:
        """Those that are there."""
        return tuple(sentence for sentence in astuple(self)[:-1] if sentence)


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """The findings that the first screen reads beside the results; None where a question was not answered.

    `deals` are the study's: empty where it names none.
    """

    robust: Robustness | None = None
    pins: Linchpins | None = None
    deals: tuple[Deals | None, ...] = ()
    watch: Signposts | None = None


def opening(model: Model, results: Performance, sides: Sides = Sides(), language: Language = ENGLISH) -> Opening:
    """The first screen's sentences, in a language."""
    first = answer(model, results)
    if first.verdict in ("failed", "small"):
        return Opening("", first.sentences[0], "", "", "")
    said = _Said(model, results, sides, language)
    room = _MOST_WORDS - len(model.question.split())
    # names of those that lead matter more than what to look for, which stands among the reasons too
    for shorter in (said, replace(said, sides=replace(sides, watch=None))):
        found = shorter.opening()
        if sum(len(sentence.split()) for sentence in found.sentences) <= room:
            return found
    return replace(said, most_named=1).opening()


def outcome_figure(model: Model, results: Performance, s: int, m: int, *, unit: bool = True) -> str:
    """A strategy's mean of a measure, rounded by its error as everywhere, without it."""
    figure = results.standings[0].cells[s][m].figure
    outcome = next((o for o in model.outcomes if o.name == results.measures[m].name), None)
    if outcome is None:
        shown = rounded(figure.value, figure.error)
        return with_unit(shown, "points") if unit else shown
    if is_chance(model, outcome) or is_date(outcome):
        value, sign, rest = with_error(model, outcome.name, figure.value, figure.error).partition("±")
        return f"{value.rstrip()}\u202f%" if sign and rest.endswith("%") else value.rstrip()
    shown = rounded(figure.value, figure.error)
    return with_unit(shown, unit_words(outcome.unit)) if unit else shown


@dataclass(frozen=True, slots=True, eq=False)
class _Said:
    """One sentence a method."""

    model: Model
    results: Performance
    sides: Sides
    language: Language
    most_named: int = _MOST_NAMED

    def opening(self) -> Opening:
        """All of them."""
        return Opening(self.same(), self.leads(), self.deal(), self.setting(), self.turns(), self.title())

    def same(self) -> str:
        """The first outcome that the choice leaves where it is."""
        say, results, main = self.language.say, self.results, self.results.standings[0]
        everyone = range(len(results.strategies))
        if len(results.strategies) == 1:
            return ""
        stays = unmoved(results, main)
        if not stays:
            return say("opening.nothing_same", who=self._decider)
        m = stays[0]
        ordered = sorted(everyone, key=lambda s: main.cells[s][m].figure.value)
        low, high = (self._figure(s, m) for s in (ordered[0], ordered[-1]))
        key = "same_exact" if low == high else "same"
        if low != high and is_practically_level(results, main, m, everyone):
            key = "same_level"
        bare = outcome_figure(self.model, results, ordered[0], m, unit=False)
        return say(f"opening.{key}", who=self._decider, outcome=self._outcome(m), low=bare if low != high else low,
                   high=high)  # fmt: skip

    def leads(self) -> str:
        """Who may be best if the others may do anything, and if they act in their own interest."""
        say, results = self.language.say, self.results
        if len(results.strategies) == 1:
            return say("opening.alone", one=family_words(results.strategies[0].strategy))
        best = self._families(practically_best(results, results.standings[0], 0))
        n_all = len({instance.strategy.name for instance in results.strategies})
        ending = "_open" if len(self.model.players) > 1 else ""
        sentence = self._named("leads", "level", best, n_all, ending)
        robust = self.sides.robust
        replying = None if robust is None else next((u for u in robust.under if u.view.kind == "replies"), None)
        if replying is None:
            return sentence
        then = self._families(replying.metrics.ranking.may_be_best)
        if set(then) == set(best):
            return f"{sentence} {say('opening.replies_same')}"
        return f"{sentence} {self._named('replies', 'replies', then, n_all)}"

    def title(self) -> str:
        """Who may be best, as a heading."""
        results, say = self.results, self.language.say
        if len(results.strategies) == 1:
            return self.leads()
        best = self._families(practically_best(results, results.standings[0], 0))
        ending = "_open" if len(self.model.players) > 1 else ""
        if len(best) == 1:
            return say(f"opening.title_one{ending}", one=best[0])
        n_all = len({instance.strategy.name for instance in results.strategies})
        return say(f"opening.title_level{ending}", n=str(len(best)), all=str(n_all))

    def deal(self) -> str:
        """Whether the study's first deal would be struck and kept."""
        say = self.language.say
        if not self.sides.deals:
            return say("opening.no_deal_named") if len(self.model.players) > 1 else ""
        found = self.sides.deals[0]
        if found is None:
            return say("opening.deal_not_asked")
        zone, name = found.zones[0], self.language.one(words(found.deal))
        if zone.verdict == "no deal":
            return say("opening.no_deal", deal=name)
        if zone.verdict == "cannot tell":
            return say("opening.deal_unknown", deal=name)
        parts = {"deal": name, "part": self.language.part(f"opening.part_{_part(zone.area.value)}")}
        broken, kept = breaching(self.model, found, zone), kept_in(found, zone)
        if broken:
            return say("opening.deal_broken", breakers=self.language.join(broken), **parts)
        if kept:
            return say("opening.deal_kept", kept=str(kept), of=str(int(zone.zone.sum())), **parts)
        return say("opening.deal_broken_by_some" if broken_by_some(found, zone) else "opening.deal_open", **parts)

    def setting(self) -> str:
        """What a setting changes whatever the approach; without one, what the approach changes most."""
        results, language = self.results, self.language
        if len(results.strategies) == 1:
            return ""
        found = find_setting_effect(results, results.standings[0])
        if found is None:
            return self._moved_most()
        place = {s: k for k, s in enumerate(results.order)}
        one, other = min(found.pairs, key=lambda pair: min(place[pair[0]], place[pair[1]]))
        key = "opening.setting" if found.in_every and len(found.pairs) > 1 else "opening.setting_one"
        levels = [self._level(results.strategies[s], found.setting) for s in (one, other)]
        return language.say(
            key, a=levels[0], b=levels[1], moves=language.part(f"opening.{'raises' if found.raises else 'lowers'}"),
            outcome=self._outcome(found.measure), one=family_words(results.strategies[one].strategy),
            x=self._figure(one, found.measure), y=self._figure(other, found.measure),
        )  # fmt: skip

    def turns(self) -> str:
        """The first linchpin, at which end which strategies may be best, and what would show it."""
        pins, say = self.sides.pins, self.language.say
        if pins is None or len(self.results.strategies) == 1:
            return ""
        told = [pin for pin in pins.facts if pin.worth.is_significant] or list(pins.linchpins)
        if not told:
            same = self._leaders_stay()
            text = say("opening.turns_on_nothing" if same else "opening.turns_on_ways")
            return f"{text} {self._sign()}".rstrip()
        top = told[0]
        if top.parameter.kind == "value":
            return f"{self._flip(top)} {say('opening.want')}"
        if sign := self._sign():
            return f"{self._flip(top)} {sign}"
        if not top.moves:
            return self._flip(top)
        m = next(k for k, measure in enumerate(self.results.measures) if measure.name == top.moves[0])
        return f"{self._flip(top)} {say('opening.watch', outcome=self._outcome(m))}"

    def _sign(self) -> str:
        """The first thing to be seen that would change the choice, and by when; empty where none would."""
        found = self.sides.watch
        told = [] if found is None else first_of_each(found)
        if not told:
            return ""
        first = told[0]
        about = next(one.about for one in self.model.observed if one.name == first.observable)
        sign = f"“{about}”" if about else quoted(self.model, first.observable)
        return self.language.say("opening.watch_sign", sign=sign, day=self.model.clock.label(first.date))

    def _flip(self, pin: Assumption) -> str:
        name, zones = quoted(self.model, pin.name), pin.flips.zones
        apart = [] if pin.flips.levels else zones_apart(zones)
        if not apart:
            return self.language.say("opening.turns_nowhere", pin=name)
        ends = [self._families(zones[k].strategies) for k in (apart[0], apart[-1])]
        if set(ends[0]) & set(ends[1]):
            return self.language.say("opening.turns", pin=name)
        low, high = (self.language.join(end, "or") for end in ends)
        return self.language.say("opening.turns_ends", pin=name, low=low, high=high)

    def _leaders_stay(self) -> bool:
        """Whether one of the leaders may be best under every view that was looked at."""
        robust = self.sides.robust
        if robust is None:
            return True
        best = set(robust.under[0].metrics.ranking.may_be_best)
        return all(not best.isdisjoint(each.metrics.ranking.may_be_best) for each in robust.under[1:])

    def _named(self, one: str, many: str, names: Sequence[str], n_all: int, ending: str = "") -> str:
        """`one` leads, `many` are level, or there are too many to name."""
        say, place = self.language.say, {"who": self._decider}
        if len(names) == 1:
            return say(f"opening.{one}{ending}", one=names[0], **place)
        if len(names) <= self.most_named:
            key = f"{many}_level" if one == many else many
            return say(f"opening.{key}{ending}", many=self.language.join(names, "or"), **place)
        return say(f"opening.{many}_many{ending}", n=str(len(names)), all=str(n_all), **place)

    def _moved_most(self) -> str:
        results, main = self.results, self.results.standings[0]
        shown = best_settings(results)
        best = None
        for m, measure in enumerate(results.measures):
            if measure.kind == "payoff" or any(not np.isfinite(main.cells[s][m].figure.value) for s in shown):
                continue
            ordered = sorted(shown, key=lambda s, m=m: main.cells[s][m].figure.value)  # type: ignore[misc]
            low, high = (main.cells[s][m].figure for s in (ordered[0], ordered[-1]))
            gap = high.value - low.value
            if gap <= 3.0 * float(np.hypot(low.error, high.error)):
                continue
            size = gap / (measure.matters or spread_of(main, m, shown) or gap)
            if best is None or size > best[0]:
                best = size, m, ordered[-1], ordered[0]
        if best is None:
            return self.language.say("opening.moved_nothing")
        _, m, top, bottom = best
        a, b = (family_words(results.strategies[s].strategy) for s in (top, bottom))
        return self.language.say(
            "opening.moved_most", outcome=self._outcome(m), x=self._figure(top, m), a=a, y=self._figure(bottom, m), b=b
        )

    def _families(self, labels: Sequence[str]) -> list[str]:
        """Families of strategies by name, each once, in the order of the labels."""
        named = {instance.label: instance for instance in self.results.strategies}
        names = dict.fromkeys(family_words(named[label].strategy) for label in labels)
        return [f"“{name}”" if "," in name else name for name in names]

    def _level(self, instance: Instance, name: str) -> str:
        """A level of a setting as a thing: `a firm guarantee`, `patience 2`."""
        setting = next((each for each in instance.strategy.named if each.name == name), None)
        level = dict(instance.settings)[name]
        title = (setting and setting.title) or words(name)
        called = dict(setting.levels).get(level) if setting else None
        if called is None and not isinstance(level, str):
            return f"{title} {plain(level)}"
        return self.language.one(f"{called or words(str(level))} {title}")

    def _figure(self, s: int, m: int) -> str:
        return outcome_figure(self.model, self.results, s, m)

    def _outcome(self, m: int) -> str:
        return quoted(self.model, self.results.measures[m].name)

    @property
    def _decider(self) -> str:
        return who(self.model, self.model.decider)


def _part(share: float) -> str:
    return "all" if share > 0.995 else "most" if share >= 0.5 else "some" if share >= 0.2 else "few"
