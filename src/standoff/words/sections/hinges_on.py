"""What the choice hinges on, in words: title, captions, heads of tables, how sure, how it was computed."""

from __future__ import annotations

from collections.abc import Sequence

from standoff.analysis.linchpins.linchpins import Assumption, Linchpins
from standoff.analysis.linchpins.regions import Region
from standoff.analysis.linchpins.worth import Worth
from standoff.evidence.claims import Ledger
from standoff.language.model import Model
from standoff.words.names import known_words, quoted
from standoff.words.numbers import measured, number, percent
from standoff.words.sentences.linchpins import linchpin_words, pin_sentence
from standoff.words.text import capital, few, join

__all__ = [
    "BOXES", "BOXES_HEAD", "BOXES_KEY", "BOXES_MORE", "BOX_KINDS", "COVERAGE", "DENSITY", "NOT_SAID", "PINS_CAPTION",
    "PINS_HEAD", "PINS_KEY", "WANTS", "WORTH", "WORTH_HEAD", "beyond_words", "facts_title", "first_hinge",
    "hinges_on_lead", "hinges_on_method", "hinges_on_sure", "hinges_on_title", "trade_off_words", "worth_words",
]  # fmt: skip

NOT_SAID = "What it hinges on cannot be said"
WANTS = "What somebody wants"
PINS_CAPTION = "What knowing it before choosing would be worth, and which strategies may be best along its range."
PINS_KEY = (
    "Bars: the worth in points, each with its own 95 % interval, above zero only where a test of all at once says so. "
    "Lines: along the range, the strategies that may be best; grey where more than four may. A mark is a flip point "
    "with its interval."
)
PINS_HEAD = ("Assumption", "Worth", "Where the best strategy changes")
WORTH = "What knowing each assumption before choosing would be worth, in points"
WORTH_HEAD = ("Assumption", "Kind", "Worth", "95 % interval", "Of knowing everything", "p by permutation", "Flip")
BOXES_KEY = (
    "Each bar is the whole range of an assumption, orange the part that the box takes. Folded: each line is a world, "
    "orange, of this kind, and the band on an axis is the box. Below, blue: boxes that PRIM passed "
    "on its way from large to small; orange: the one recommended; green: CART’s "
    "leaves, the large one without limits that chance explains; dashed: all worlds."
)
BOXES_MORE = "All worlds on parallel axes, and what other boxes trade"
BOXES = "Boxes from large to small, the one recommended, and CART’s leaves"
BOXES_HEAD = (
    "Box", "Assumptions named", "Of these worlds it holds", "Of its worlds are of this kind", "Of all worlds",
)  # fmt: skip
BOX_KINDS = ("PRIM, on its way", "PRIM, recommended", "CART, a leaf", "PRIM, left out")
COVERAGE, DENSITY = "of these worlds it holds →", "↑ of its worlds are of this kind"
_SHORT = 100


def hinges_on_title(model: Model, found: Linchpins) -> str:
    """How many facts and wants decide, and how much the first is worth of knowing everything."""
    told = found.linchpins
    if not told:
        return "Nothing can be named that the choice hinges on"
    facts = [pin for pin in told if pin.parameter.kind == "uncertainty"]
    wants = [pin for pin in told if pin.parameter.kind == "value"]
    parts = []
    if facts:
        count = "one fact" if len(facts) == 1 else f"{few(len(facts))} facts"
        parts.append(f"{count} {known_words(model, [pin.parameter for pin in facts])}")
    if wants:
        parts.append("one want" if len(wants) == 1 else f"{few(len(wants))} wants")
    verb = "decides" if len(told) == 1 else "decide"
    first = told[0].worth
    named = quoted(model, told[0].parameter.name)
    share = "" if first.share is None else f"; {named} is worth {percent(first.share)} of knowing everything"
    return f"{capital(join(parts))} {verb} what is best{share}"


def hinges_on_lead(model: Model, found: Linchpins) -> tuple[str, ...]:
    """The linchpins by name, or that there is none; short sentences are joined to the one before."""
    words = linchpin_words(model, found)
    if words.nothing:
        return (f"{capital(words.nothing)}.",)
    paragraphs: list[str] = []
    for sentence in words.named:
        if paragraphs and len(sentence) < _SHORT:
            paragraphs[-1] += f" {sentence}"
        else:
            paragraphs.append(sentence)
    return tuple(paragraphs)


def first_hinge(model: Model, found: Linchpins) -> str:
    """For the reasons: the top linchpin among the facts (or else the wants), with its flip point."""
    told = [pin for pin in found.facts if pin.worth.is_significant] or list(found.linchpins)
    if not told:
        return "No single assumption is known to decide the choice."
    top = told[0]
    is_fact = top.parameter.kind == "uncertainty"
    first = found.linchpins[0] if found.linchpins else top
    if is_fact and first.parameter.kind == "value":
        return (
            f"Of facts {known_words(model, [top.parameter])}, it hinges most on {quoted(model, top.name)}. "
            f"{pin_sentence(found, top)} What is wanted counts for more: {quoted(model, first.name)}."
        )
    kind = f"a fact {known_words(model, [top.parameter])}" if is_fact else "what somebody wants"
    return f"What it hinges on most is {kind}, {quoted(model, top.name)}. {pin_sentence(found, top)}"


def worth_words(worth: str, *, is_told: bool) -> str:
    """A worth, and whether it is told from nothing."""
    return worth if is_told else f"{worth}, not told from nothing"


def beyond_words(worth: Worth) -> str:
    """How much a pair is worth beyond the better of the two alone; empty where that was not asked."""
    return "" if worth.beyond is None else f"{number(worth.beyond.value)} beyond the better alone"


def facts_title(model: Model, shown: Sequence[Assumption]) -> str:
    """The facts among them, and to whom they are known."""
    facts = [pin.parameter for pin in shown if pin.parameter.kind == "uncertainty"]
    return f"Facts {known_words(model, facts)}"


def trade_off_words(region: Region) -> str:
    """What the recommended box holds, and CART's leaves."""
    box = region.found.recommended
    assert box is not None
    return (
        f"{'CART' if region.found.is_leaf else 'PRIM'}’s recommended box holds {percent(box.coverage)} of these "
        f"worlds; {percent(box.density)} of its worlds are of this kind. CART’s {len(region.opinion.leaves)} leaves: "
        + "; ".join(f"{percent(one.coverage)} and {percent(one.density)}" for one in region.opinion.leaves)
    )


def hinges_on_sure(model: Model, found: Linchpins, ledger: Ledger) -> tuple[str, ...]:
    """What knowing everything is worth, what the intervals hold for, and what the linchpins rest on."""
    lines = [
        f"Knowing everything first would be worth {measured(found.evpi.value, found.evpi.error)} points. Each "
        "interval holds by itself, and an assumption is named only where shuffling the worlds seldom does as well."
    ]
    if any(region.found.recommended is not None for region in found.regions):
        lines.append(
            "The boxes are PRIM’s, which looks for one box; CART parts all worlds. The two need not name the same "
            "assumptions; where they do, the more reason to look there."
        )
    if found.claims:
        says = {claim.name: claim.says for claim in ledger.claims}
        rests = [
            f"{join([quoted(model, pin) for pin in rest.linchpins])} on the claim “{says.get(rest.name, rest.name)}”"
            for rest in found.claims[:3]
        ]
        lines.append(f"They rest on what documents say: {join(rests, 'and')}.")
    if found.judged:
        verb = "rests" if len(found.judged) == 1 else "rest"
        lines.append(f"{join([quoted(model, name) for name in found.judged])} {verb} on judgement alone.")
    return tuple(lines)


def hinges_on_method(found: Linchpins) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """How it was computed, and the references."""
    first = (*found.facts, *found.values)[0]
    references = [
        "Strong, Oakley & Brennan 2014, Estimating multiparameter partial expected value of perfect information, "
        "Medical Decision Making 34",
        "Westfall & Young 1993, Resampling-based multiple testing (single-step maximum)",
        first.flips.reference,
    ]
    text = [
        "Worth of knowing x first: EVPPI(x) = E[max over s of E(u(s) | x)] − max over s of E(u(s)), with u the mean "
        f"payoff over luck; {found.method}.",
        f"Flip lines: {first.flips.method}.",
    ]
    if found.regions:
        text.append(
            f"Boxes: {found.regions[0].found.method}. Beside them the leaves of a regression tree (CART, least "
            "squares, at most four splits deep, a twentieth of the worlds or more in a leaf)."
        )
        references.append("Breiman, Friedman, Olshen & Stone 1984, Classification and Regression Trees, chapter 8")
        references += list(found.regions[0].found.references)
    return tuple(text), tuple(references)
