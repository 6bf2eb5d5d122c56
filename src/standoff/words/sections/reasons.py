"""How sure a section is, apart from how likely anything in it is: low, moderate or high, from three things it states.

Reference: Office of the Director of National Intelligence 2015, Intelligence Community Directive 203, Analytic
Standards, section D.6.e (2): confidence in the basis of a judgement is not the likelihood of an event.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from standoff.words.language import ENGLISH, Language

__all__ = ["Grounds", "confidence_words", "level_of"]

Level = Literal["low", "moderate", "high"]

_MOST_JUDGED = 1 / 3
_LEAST_BORNE = 0.8
_FEWEST_TESTS = 5


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a section's confidence rests on.

    Attributes:
        judged, assumptions: How many of the assumptions behind it rest on judgement, with neither claim nor fact.
        flips, tried: How many of the things that were tried turn its finding round.
        borne, tested: How many of the claims that the model was tested against it bears out.
        is_level: Whether the finding is that strategies are level: then no one finding stands firm.
    """

    judged: int
    assumptions: int
    flips: int
    tried: int
    borne: int
    tested: int
    is_level: bool = False


def level_of(grounds: Grounds) -> Level:
    """High where few assumptions are judged, nothing of what was tried flips it and tests bear it out; low for one."""
    good = (
        grounds.judged <= _MOST_JUDGED * grounds.assumptions,
        grounds.tried > 0 and grounds.flips == 0 and not grounds.is_level,
        grounds.tested >= _FEWEST_TESTS and grounds.borne >= _LEAST_BORNE * grounds.tested,
    )
    levels: tuple[Level, ...] = ("low", "low", "moderate", "high")
    return levels[sum(good)]


def confidence_words(grounds: Grounds, language: Language = ENGLISH) -> tuple[str, str]:
    """The level in two words, and what it rests on in a sentence."""
    part = language.part
    judged = part("confidence.judged", n=str(grounds.judged), of=str(grounds.assumptions))
    if not grounds.judged:
        judged = part("confidence.judged_none")
    flips = part("confidence.flips", n=str(grounds.flips), of=str(grounds.tried))
    if not grounds.tried:
        flips = part("confidence.flips_untried")
    elif grounds.is_level:
        flips = part("confidence.flips_level", n=str(grounds.flips), of=str(grounds.tried))
    elif not grounds.flips:
        flips = part("confidence.flips_none")
    tested = part("confidence.tested", n=str(grounds.borne), of=str(grounds.tested))
    if not grounds.tested:
        tested = part("confidence.tested_none")
    stated = "; ".join((judged, flips, tested))
    return part(f"confidence.{level_of(grounds)}"), f"{stated[:1].upper()}{stated[1:]}."
