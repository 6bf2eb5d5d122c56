"""The first screen in five sentences, by rules: a rule looks at one fact of the findings and says one thing of it.

What no approach changes; who leads, on average over all that the others may do and when they reply in their own
interest, and what the leader gives up; whether a deal would hold; what a setting changes; what it turns on and
which way, and what would show it. Strategies stand by their families, settings folded. No sign but %, and nothing that
the rest of the page does not say with its error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace

import numpy as np

from standoff.analysis.deals.deals import Deals
from standoff.analysis.linchpins.linchpins import Linchpins
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
from standoff.language.model import Model
from standoff.words.language import ENGLISH, Language
from standoff.words.measures import outcome_figure
from standoff.words.names import decider_words, family_quoted, family_words, quoted, view_words
from standoff.words.sentences.answer import answer
from standoff.words.sentences.asked import Asked, asked_of, asked_sentence, prices
from standoff.words.sentences.deals import breaching, broken_by_some, kept_in
from standoff.words.text import words
from standoff.words.turning import Turning, families, level_of, meaning_of

__all__ = ["Opening", "Sides", "opening", "replying_leaders"]

_MOST_NAMED = 4
_LEAVES = ("where", "meaning", "kept", "price", "words", "watch", "ends")
"""What is left out, in this order, where the first screen would be too long; all of it stands further down too."""
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
        return Opening("", first.sentences[0], "", "", turns="")
    said = _Said(model, results, sides, language)
    room = _MOST_WORDS - len(model.question.split())
    # names of those that lead matter more than what they are worst at, and than what to look for, which stands below
    shorter = [frozenset(_LEAVES[:n]) for n in range(len(_LEAVES) + 1)]
    for left_out in shorter:
        found = replace(said, left_out=left_out).opening()
        if sum(len(sentence.split()) for sentence in found.sentences) <= room:
            return found
    return replace(said, left_out=frozenset(_LEAVES), most_named=1).opening()


def replying_leaders(robust: Robustness | None) -> tuple[str, ...] | None:
    """Labels of who may be best if the others act in their own interest; None where that is not known."""
    under = () if robust is None else robust.under
    return next((each.metrics.ranking.may_be_best for each in under if each.view.kind == "replies"), None)


@dataclass(frozen=True, slots=True, eq=False)
class _Said:
    """One sentence a method."""

    model: Model
    results: Performance
    sides: Sides
    language: Language
    most_named: int = _MOST_NAMED
    left_out: frozenset[str] = frozenset()

    def opening(self) -> Opening:
        """All of them."""
        return Opening(self.same(), self.leads(), self.deal(), self.setting(), turns=self.turns(), title=self.title())

    def same(self) -> str:
        """The first outcome that the choice leaves where it is."""
        say, results, main = self.language.say, self.results, self.results.standings[0]
        everyone = range(len(results.strategies))
        if len(results.strategies) == 1:
            return ""
        stays = unmoved(results, main)
        asked = asked_sentence(
            self.model, results, self.language, is_named=bool(stays), is_short="kept" in self.left_out
        )
        if asked or not stays:
            return asked or say("opening.nothing_same", who=self._decider)
        m = stays[0]
        ordered = sorted(everyone, key=lambda s: main.cells[s][m].figure.value)
        low, high = (self._figure(s, m) for s in (ordered[0], ordered[-1]))
        key = "same_exact" if low == high else "same"
        if low != high and is_practically_level(results, main, m, everyone):
            key = "same_level"
        bare = self._figure(ordered[0], m, unit=False)
        return say(f"opening.{key}", who=self._decider, outcome=self._outcome(m), low=bare if low != high else low,
                   high=high)  # fmt: skip

    def leads(self) -> str:
        """Who may be best on average over the others' choices, and if they act in their own interest."""
        say, results = self.language.say, self.results
        if len(results.strategies) == 1:
            return say("opening.alone", one=family_words(results.strategies[0].strategy))
        best = self._families(practically_best(results, results.standings[0], 0))
        n_all = len({instance.strategy.name for instance in results.strategies})
        ending = "_open" if len(self.model.players) > 1 else ""
        one = "leads_yet" if self._breaks_what_is_asked(best) else "leads"
        said, views = [self._named(one, "level", best, n_all, ending=ending), self._price(best)], self._views
        replying = replying_leaders(self.sides.robust)
        then = [] if replying is None else self._families(replying)
        if replying is not None and set(then) == set(best):
            said.insert(1, say("opening.replies_same", **views))
        elif replying is not None:
            is_level = len(best) > 1 and 1 < len(then) <= self.most_named
            said.append(self._named("replies", "replies", then, n_all, ending="_or" if is_level else ""))
        return " ".join(filter(None, said))

    def _breaks_what_is_asked(self, best: Sequence[str]) -> bool:
        """Whether the one that leads is the worst in what is asked, or breaks a limit there that others keep."""
        asked = self._asked()
        if asked is None or len(best) != 1:
            return False
        named = [family_quoted(instance.strategy) for instance in self.results.strategies]
        keeping = {named[s] for s in asked.keeping}
        return named[asked.worst] == best[0] or bool(keeping and best[0] not in keeping)

    def _asked(self) -> Asked | None:
        """What the first sentence is of, where it answers what is asked."""
        return asked_of(self.model, self.results, is_named=bool(unmoved(self.results, self.results.standings[0])))

    def _price(self, best: Sequence[str]) -> str:
        """The outcomes in which the one that leads gives up most; empty where in none but what was told already."""
        if len(best) != 1 or "price" in self.left_out:
            return ""
        part, results = self.language.part, self.results
        told = self._asked() if self._breaks_what_is_asked(best) else None
        found = prices(results, best[0])
        if all(told is not None and price.measure == told.measure for price in found):
            return ""
        said = [
            part("opening.price_said", outcome=self._outcome(price.measure))
            if told is not None and price.measure == told.measure
            else part(
                "opening.price_in", outcome=self._outcome(price.measure), x=self._figure(price.own, price.measure),
                y=self._figure(price.best, price.measure, unit=False),
                one=family_quoted(results.strategies[price.best].strategy),
            )
            for price in found
        ]  # fmt: skip
        return self.language.say("opening.price", prices="; ".join(said))

    def title(self) -> str:
        """Who may be best, as a heading."""
        results, say = self.results, self.language.say
        if len(results.strategies) == 1:
            return self.leads()
        best = self._families(practically_best(results, results.standings[0], 0))
        ending = "_open" if len(self.model.players) > 1 else ""
        if len(best) == 1:
            key = "title_yet" if self._breaks_what_is_asked(best) else "title_one"
            return say(f"opening.{key}{ending}", one=best[0], who=self._decider, **self._views)
        n_all = len({instance.strategy.name for instance in results.strategies})
        return say(f"opening.title_level{ending}", n=str(len(best)), all=str(n_all), **self._views)

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
        pairs, raises, shown = found.pairs, found.raises, best_settings(results)
        if sum(other in shown for _, other in pairs) > sum(one in shown for one, _ in pairs):
            pairs, raises = tuple((other, one) for one, other in pairs), not raises  # to what the table shows
        one, other = min(pairs, key=lambda pair: min(place[pair[0]], place[pair[1]]))
        key = "opening.setting" if found.in_every and len(found.pairs) > 1 else "opening.setting_one"
        levels = [
            level_of(language, results.strategies[s], found.setting, alone=alone)
            for s, alone in ((one, False), (other, True))
        ]
        said = language.say(
            key, a=levels[0], b=levels[1], moves=language.part(f"opening.{'raises' if raises else 'lowers'}"),
            outcome=self._outcome(found.measure), one=family_quoted(results.strategies[one].strategy),
            x=self._figure(one, found.measure),
            y=self._figure(other, found.measure, unit=False),
        )  # fmt: skip
        means = "" if "meaning" in self.left_out else meaning_of(results.strategies[one], found.setting, is_bare=True)
        return f"{said} {language.say('opening.means', thing=means[0], means=means[1])}" if means else said

    def turns(self) -> str:
        """The first linchpin, at which end which strategies may be best, and what would show it."""
        pins, say = self.sides.pins, self.language.say
        if pins is None or len(self.results.strategies) == 1:
            return ""
        turning = Turning(self.model, self.results, self.language, self.left_out)
        told = [pin for pin in pins.facts if pin.worth.is_significant] or list(pins.linchpins)
        if not told:
            return f"{self._turns_on_no_one(pins)} {turning.sign(self.sides.watch)}".rstrip()
        top = told[0]
        if top.parameter.kind == "value":
            return f"{turning.flip(top)} {say('opening.want')}"
        flip = turning.flip(top, others_turn=not self._leaders_stay())
        if sign := turning.sign(self.sides.watch):
            return f"{flip} {sign}"
        if not top.moves or "watch" in self.left_out:
            return flip
        m = next(k for k, measure in enumerate(self.results.measures) if measure.name == top.moves[0])
        return f"{flip} {say('opening.watch', outcome=self._outcome(m))}"

    def _turns_on_no_one(self, pins: Linchpins) -> str:
        """That no one assumption is known to change who is best: for none does, or for it cannot be told."""
        say, tried, ways = self.language.say, (*pins.facts, *pins.values), not self._leaders_stay()
        if not tried and not ways:
            return say("opening.turns_untried")
        leader = self._families([pins.leader])
        is_solid = bool(pins.ranking.best) and all(
            self._families(zone.strategies) == leader for pin in tried for zone in pin.flips.zones
        )
        key = ("turns_on_ways_solid" if is_solid else "turns_on_ways") if ways else (
            "turns_solid" if is_solid else "turns_untold"
        )  # fmt: skip
        return say(f"opening.{key}", one=leader[0], n=str(len(tried)), **self._views)

    def _leaders_stay(self) -> bool:
        """Whether one of the leaders may be best under every view that was looked at."""
        robust = self.sides.robust
        if robust is None:
            return True
        best = set(robust.under[0].metrics.ranking.may_be_best)
        return all(not best.isdisjoint(each.metrics.ranking.may_be_best) for each in robust.under[1:])

    def _named(self, one: str, many: str, names: Sequence[str], n_all: int, *, ending: str = "") -> str:
        """`one` leads, `many` are level, or there are too many to name."""
        say, place = self.language.say, {"who": self._decider, **self._views}
        if len(names) == 1:
            return say(f"opening.{one}{ending}", one=names[0], **place)
        if len(names) <= self.most_named:
            key = f"{many}_level" if many == "replies" and not ending else many
            if many == "level" and "words" in self.left_out:
                key = "level_short"
            return say(f"opening.{key}{ending}", many=self.language.join(names, "or"), **place)
        return say(f"opening.{many}_many{ending}", n=str(len(names)), all=str(n_all), **place)

    def _moved_most(self) -> str:
        results, main = self.results, self.results.standings[0]
        shown = best_settings(results)
        best = None
        for m, measure in enumerate(results.measures):
            is_known = all(np.isfinite(main.cells[s][m].figure.value) for s in shown)
            if measure.kind == "payoff" or main.rankings[m] is None or not is_known:
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
        a, b = (family_quoted(results.strategies[s].strategy) for s in (top, bottom))
        return self.language.say(
            "opening.moved_most", outcome=self._outcome(m), x=self._figure(top, m), a=a, y=self._figure(bottom, m), b=b
        )

    def _families(self, labels: Sequence[str]) -> list[str]:
        return families(self.results, labels)

    def _figure(self, s: int, m: int, *, unit: bool = True) -> str:
        return outcome_figure(self.model, self.results, s, m, unit=unit, language=self.language)

    def _outcome(self, m: int) -> str:
        return quoted(self.model, self.results.measures[m].name)

    @property
    def _decider(self) -> str:
        return decider_words(self.model, self.language)

    @property
    def _views(self) -> dict[str, str]:
        return view_words(self.model, self.language)


def _part(share: float) -> str:
    return "all" if share > 0.995 else "most" if share >= 0.5 else "some" if share >= 0.2 else "few"
