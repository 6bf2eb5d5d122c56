"""What the choice hinges on: ranked bars, flip lines, and boxes of worlds on parallel axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from standoff.analysis.findings import Inputs
from standoff.analysis.linchpins.linchpins import Assumption, Linchpins
from standoff.analysis.linchpins.regions import Region
from standoff.brief.pictures.boxes import box_picture
from standoff.brief.pictures.drawing.colours import colour_of, is_second
from standoff.brief.pictures.flips import PinRow, flip_row, on_lines
from standoff.brief.section import Chip, Method, Picture, Section, Table
from standoff.evidence.claims import Ledger
from standoff.language.model import Model
from standoff.words.names import known_words, quoted, strategy_words, title_of
from standoff.words.numbers import interval, measured, number, percent
from standoff.words.sentences.linchpins import linchpin_words, pin_sentence
from standoff.words.text import capital, few, join

__all__ = ["first_hinge", "hinges_on", "unanswered"]

_MOST_PINS = 8
_MOST_AXES = 5
_MOST_LINES = 110
_SHORT = 100
_ROOM = 62
"""Letters over an axis."""


def hinges_on(model: Model, found: Linchpins, inputs: Inputs, ledger: Ledger, environment: Environment) -> Section:
    """The section."""
    shown = [*found.linchpins, *_untold(found)][:_MOST_PINS]
    top = max((pin.worth.evppi.high for pin in shown), default=1.0) or 1.0
    groups = [
        (title, [flip_row(model, found, pin, inputs, top) for pin in shown if pin.parameter.kind == kind])
        for title, kind in ((_facts_title(model, shown), "uncertainty"), ("What somebody wants", "value"))
    ]
    words = linchpin_words(model, found)
    module: Any = environment.get_template("robust.html.j2").module
    key = [(strategy_words(i), colour_of(model, i), is_second(i)) for i in on_lines(found, shown)]
    pictures = [
        Picture(
            Markup(module.pins_part([(title, rows) for title, rows in groups if rows], key)),
            "What knowing it before choosing would be worth, and which strategies may be best along its range.",
            "Bars: the worth in points, each with its own 95 % interval, above zero only where a test of all at "
            "once says so. Lines: along the range, the strategies "
            "that may be best; grey where more than four may. A mark is a flip point with its interval.",
            table=_table(model, found),
            instead=(_pins_table([row for _, rows in groups for row in rows]),),
        )
    ]
    pictures += [
        box_picture(model, found, region, inputs, [pin.name for pin in shown], has_key=not k)
        for k, region in enumerate(_boxed(found))
    ]
    return Section(
        "hinges-on",
        "What it hinges on",
        _title(model, found),
        lead=(f"{capital(words.nothing)}.",) if words.nothing else _paragraphs(words.named),
        pictures=tuple(pictures),
        sure=_sure(model, found, ledger),
        why=tuple(Chip(pin.name, title_of(model, pin.name)) for pin in found.linchpins),
        method=_method(found) if found.facts or found.values else None,
        sentence=first_hinge(model, found),
    )


def unanswered(why: str) -> Section:
    """The section where the study or the run leaves nothing to ask."""
    return Section("hinges-on", "What it hinges on", "What it hinges on cannot be said", lead=(f"{capital(why)}.",))


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


def _facts_title(model: Model, shown: Sequence[Assumption]) -> str:
    facts = [pin.parameter for pin in shown if pin.parameter.kind == "uncertainty"]
    return f"Facts {known_words(model, facts)}"


def _boxed(found: Linchpins) -> list[Region]:
    return [region for region in found.regions if region.found.recommended is not None]


def _untold(found: Linchpins) -> list[Assumption]:
    rest = [pin for pin in (*found.facts, *found.values) if not pin.worth.is_significant]
    return sorted(rest, key=lambda pin: -pin.worth.evppi.value)[:3]


def _title(model: Model, found: Linchpins) -> str:
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


def _paragraphs(sentences: Sequence[str]) -> tuple[str, ...]:
    """Sentences, the short ones joined to the one before."""
    paragraphs: list[str] = []
    for sentence in sentences:
        if paragraphs and len(sentence) < _SHORT:
            paragraphs[-1] += f" {sentence}"
        else:
            paragraphs.append(sentence)
    return tuple(paragraphs)


def _table(model: Model, found: Linchpins) -> Table:
    rows = [
        (
            title_of(model, pin.name),
            "fact" if pin.parameter.kind == "uncertainty" else "want",
            measured(pin.worth.evppi.value, pin.worth.evppi.error),
            interval(pin.worth.evppi.low, pin.worth.evppi.high),
            "not known" if pin.worth.share is None else percent(pin.worth.share),
            number(pin.worth.p_value),
            pin_sentence(found, pin),
        )
        for pin in sorted((*found.facts, *found.values), key=lambda pin: -pin.worth.evppi.value)
    ]
    rows += [
        (" and ".join(quoted(model, name) for name in pair.names), "pair",
         measured(pair.worth.evppi.value, pair.worth.evppi.error),
         interval(pair.worth.evppi.low, pair.worth.evppi.high),
         "not known" if pair.worth.share is None else percent(pair.worth.share), number(pair.worth.p_value),
         "" if pair.worth.beyond is None else f"{number(pair.worth.beyond.value)} beyond the better alone")
        for pair in found.pairs
    ]  # fmt: skip
    return Table(
        "What knowing each assumption before choosing would be worth, in points",
        ("Assumption", "Kind", "Worth", "95 % interval", "Of knowing everything", "p by permutation", "Flip"),
        tuple(rows),
    )


def _pins_table(rows: Sequence[PinRow]) -> Table:
    return Table(
        "",
        ("Assumption", "Worth", "Where the best strategy changes"),
        tuple(
            (row.about, row.worth if row.told else f"{row.worth}, not told from nothing", row.sentence) for row in rows
        ),
    )


def _sure(model: Model, found: Linchpins, ledger: Ledger) -> tuple[str, ...]:
    lines = [
        f"Knowing everything first would be worth {measured(found.evpi.value, found.evpi.error)} points. Each "
        "interval holds by itself, and an assumption is named only where shuffling the worlds seldom does as well."
    ]
    if _boxed(found):
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


def _method(found: Linchpins) -> Method:
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
    return Method(tuple(text), tuple(references))
