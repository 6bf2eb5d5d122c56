"""What tests of claims and mechanisms found, in words."""

from __future__ import annotations

from standoff.analysis.documents.documents import Agreement, Tested
from standoff.words.wording import counted, measured, number, percent, unit_words, with_unit

__all__ = ["answer_counts", "effect_words", "separated", "tested_how"]


def answer_counts(found: Agreement) -> str:
    """`46 borne out, 1 mixed, 6 open`, without what there is none of."""
    return ", ".join(f"{n} {answer}" for answer, n in found.counts.items() if n) or "none"


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
    """The effect with its error, and in what share of worlds the expectation holds, fails or shows nothing."""
    worlds = f"worlds: {percent(test.holds)} hold, {percent(test.fails)} fail, {percent(test.nothing)} show nothing"
    return f"{with_unit(measured(test.effect, test.error), unit_words(test.unit))}; {worlds}"
