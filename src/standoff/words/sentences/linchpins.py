"""What the choice hinges on, in sentences: facts and wants apart, pairs, what moves outcomes alone, boxes of worlds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from standoff.analysis.linchpins.linchpins import Assumption, Linchpins
from standoff.language.model import Model
from standoff.words.names import known_words, quoted
from standoff.words.numbers import percent, shown
from standoff.words.sentences.boxes import region_sentence
from standoff.words.sentences.flips import say_zones
from standoff.words.text import capital, join

__all__ = ["LinchpinWords", "linchpin_words", "pin_sentence"]


@dataclass(frozen=True, slots=True)
class LinchpinWords:
    """The answer to "what does it hinge on?".

    Attributes:
        nothing: Why nothing can be named; empty where something can.
        facts, wants: The linchpins of each kind: the first in full, the others by name.
        pairs: The pair that is worth most to know together.
        outcomes_only: What moves outcomes but not the choice.
        boxes: The boxes of worlds, one each.
    """

    nothing: str
    facts: tuple[str, ...]
    wants: tuple[str, ...]
    pairs: str
    outcomes_only: str
    boxes: tuple[str, ...]

    @property
    def named(self) -> tuple[str, ...]:
        """All but the boxes, most important first."""
        said = (self.nothing and f"Nothing can be named that the choice hinges on: {self.nothing}.", *self.facts,
                *self.wants, self.pairs, self.outcomes_only)  # fmt: skip
        return tuple(sentence for sentence in said if sentence)

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of them, most important first."""
        return (*self.named, *self.boxes)


def linchpin_words(model: Model, found: Linchpins) -> LinchpinWords:
    """What the choice hinges on, in sentences."""
    facts = [pin for pin in found.linchpins if pin.parameter.kind == "uncertainty"]
    wants = [pin for pin in found.linchpins if pin.parameter.kind == "value"]
    return LinchpinWords(
        "" if found.linchpins else _nothing(found),
        _named(
            model,
            facts,
            found,
            f"Of facts {known_words(model, [pin.parameter for pin in facts])}",
            too=("would be worth knowing too",) * 2,
        ),
        _named(model, wants, found, "Of what is wanted, which no fact can settle", too=("matters too", "matter too")),
        _pairs(model, found),
        outcomes_only=_outcomes_only(model, found),
        boxes=tuple(region_sentence(model, region) for region in found.regions if region.found.recommended is not None),
    )


def pin_sentence(found: Linchpins, pin: Assumption) -> str:
    """Where along an assumption the best strategy changes."""
    return say_zones(pin.parameter, pin.flips, found.strategies)


def _nothing(found: Linchpins) -> str:
    if found.evpi.low > 0.0:
        return "no assumption taken alone is known to be worth knowing first"
    if len(found.strategies) == 1:
        return "there is one strategy"
    if not found.facts and not found.values:
        return "no assumption differs between worlds"
    return "knowing the world first is not known to be worth anything"


def _named(
    model: Model, pins: Sequence[Assumption], found: Linchpins, of: str, *, too: tuple[str, str]
) -> tuple[str, ...]:
    """The first in full, the others by name."""
    if not pins:
        return ()
    first, worth = pins[0], pins[0].worth
    part = "" if worth.share is None else f", {percent(worth.share)} of what knowing everything would be"
    full = (
        f"{of}, the choice hinges most on {quoted(model, first.name)}. {pin_sentence(found, first)} Knowing it first "
        f"would be worth {shown(worth.evppi)} points{part}."
    )
    if len(pins) == 1:
        return (full,)
    others = capital(join([quoted(model, pin.name) for pin in pins[1:]]))
    return full, f"{others} {too[len(pins) > 2]}."


def _pairs(model: Model, found: Linchpins) -> str:
    if not found.pairs:
        return ""
    best = max(found.pairs, key=lambda pair: pair.worth.evppi.value)
    return f"Together {join([quoted(model, name) for name in best.names])} tell more than either alone."


def _outcomes_only(model: Model, found: Linchpins) -> str:
    names = found.state_only
    if not names:
        return ""
    shown = [quoted(model, name) for name in names[:3]]
    more = f" and {len(names) - 3} other{'s' * (len(names) > 4)}" if len(names) > 3 else ""
    said = capital(", ".join(shown) if more else join(shown))
    move, are = ("moves", "is") if len(names) == 1 else ("move", "are")
    return f"{said}{more} {move} outcomes, but {are} not known to move the choice."
