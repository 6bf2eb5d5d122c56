"""What tests of claims and mechanisms found, in words."""

from __future__ import annotations

import re

from standoff.analysis.documents.documents import WAITED, Agreement, ClaimFinding, Tested
from standoff.words.amounts import unit_words, with_unit
from standoff.words.numbers import counted, measured, number, percent

__all__ = ["answer_counts", "answer_words", "effect_words", "separated", "tested_how"]

_SIZE = re.compile(
    r"(?<![\d-])(?!(?:19|20)\d\d(?!\d))\d|%|\b(?:per ?cent|half|halv\w+|thirds?|quarter of|fifths?|tenths?|hundredths?|"
    r"doubl\w+|twice|thrice|tripl\w+|tenfold|dozens?|hundreds?|thousands?|millions?|billions?|trillions?)\b",
    re.IGNORECASE,
)
"""A number that is no year, a fraction, or a multiple."""
_OF_SIZE = ("stays", "leaves")
"""Verbs that state how large a change may be; the others state its direction."""


def answer_counts(found: Agreement) -> str:
    """`46 borne out, 1 mixed, 6 open`, without what there is none of."""
    return ", ".join(f"{n} {answer}" for answer, n in found.counts.items() if n) or "none"


def answer_words(claim: ClaimFinding) -> str:
    """What the model makes of a claim: one that names a size is borne out no further than it was tested."""
    if claim.answer != "borne out" or not _SIZE.search(claim.says):
        return claim.answer
    if any(test.verb in _OF_SIZE for test in claim.tests):
        return claim.answer
    return "borne out in direction; the size that it names was not tested"


def tested_how(found: Agreement) -> str:
    """How claims were tested."""
    worlds = counted(found.n_worlds, "world")
    return f"paired do-experiments in {worlds}, the same luck on both sides, over all strategies alike"


def separated(test: Tested) -> str:
    """Where a mixed expectation holds; empty for any other."""
    cut = test.separator
    if cut is None:
        return ""
    words = {"holds": "it holds", "fails": "it fails", "no visible effect": "nothing is seen"}
    return f"where `{cut.name}` is at most {number(cut.value)} {words[cut.below]}; above, {words[cut.above]}"


def effect_words(test: Tested) -> str:
    """The effect with its error, and in what share of worlds the expectation holds, fails or shows nothing.

    An effect that is too small for the luck in one world may be told from all of them together.
    """
    alone = f"{percent(test.holds)} hold, {percent(test.fails)} fail, {percent(test.nothing)} show nothing"
    worlds = f"each world alone: {alone}"
    if test.answer in ("holds", "fails") and test.holds == test.fails == 0.0:
        worlds = "no world shows it alone, all together do"
    if test.unit == WAITED:
        return f"the wait changes by {percent(test.effect, test.error)} of the time followed; {worlds}"
    return f"{with_unit(measured(test.effect, test.error), unit_words(test.unit))}; {worlds}"
