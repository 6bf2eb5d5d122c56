"""What the choice hinges on: ranked bars, flip lines, and boxes of worlds on parallel axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from jinja2 import Environment
from markupsafe import Markup

from standoff.analysis.findings import Inputs
from standoff.analysis.flips import Zone
from standoff.analysis.hinging import Hinging, Pin
from standoff.analysis.regions import Region
from standoff.brief.section_holds import is_second
from standoff.brief.sections import Chip, Method, Picture, Section, Table, colour_of
from standoff.brief.wording import (
    capital,
    few,
    join,
    measured,
    number,
    percent,
    quoted,
    shortened,
    strategy_words,
    title_of,
    unit_words,
    words,
)
from standoff.evidence.claims import Ledger
from standoff.language.model import Instance, Model, Parameter

__all__ = ["PinRow", "Stretch", "first_hinge", "hinges_on", "range_of", "unanswered"]

_MOST_PINS = 8
_MOST_AXES = 5
_MOST_LINES = 110
_MOST_STRIPES = 4
_SHORT = 100
_ROOM = 62
"""Letters over an axis."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of an assumption's range in per cent, and the strategies (colour, hollow) that may be best there."""

    left: float
    width: float
    stripes: tuple[tuple[int, bool], ...]


@dataclass(frozen=True, slots=True)
class PinRow:
    """One assumption: what knowing it would be worth (per cent of the longest bar), and its line."""

    name: str
    about: str
    kind: str
    told: bool
    worth: str
    bar: float
    low: float
    high: float
    stretches: tuple[Stretch, ...]
    flips: tuple[tuple[float, float, float], ...]
    ends: tuple[str, str]
    sentence: str


def hinges_on(model: Model, found: Hinging, inputs: Inputs, ledger: Ledger, environment: Environment) -> Section:
    """The section."""
    shown = [*found.pins, *_untold(found)][:_MOST_PINS]
    top = max((pin.worth.evppi.high for pin in shown), default=1.0) or 1.0
    groups = [
        (title, [_row(model, found, pin, inputs, top) for pin in shown if pin.parameter.kind == kind])
        for title, kind in (("Facts that nobody knows", "uncertainty"), ("What somebody wants", "value"))
    ]
    module: Any = environment.get_template("robust.html.j2").module
    key = [(strategy_words(i), colour_of(model, i), is_second(i)) for i in _drawn(found, shown)]
    pictures = [
        Picture(
            Markup(module.pins_part([(title, rows) for title, rows in groups if rows], key)),
            "What knowing it before choosing would be worth, and which strategies may be best along its range.",
            "Bars: the worth in points, with a 95 % interval for all at once. Lines: along the range, the strategies "
            "that may be best; grey where more than four may. A mark is a flip point with its interval.",
            table=_table(model, found),
            instead=(_pins_table([row for _, rows in groups for row in rows]),),
        )
    ]
    pictures += [_region_picture(model, found, region, inputs) for region in found.regions if region.found.recommended]
    return Section(
        "hinges-on",
        "What it hinges on",
        _title(found),
        lead=_paragraphs(
            [capital(text.removeprefix(f"{_title(found)}: ")) for text in found.sentences[: _n_leads(found)]]
        ),
        pictures=tuple(pictures),
        sure=_sure(model, found, ledger),
        why=tuple(Chip(pin.name, capital(pin.parameter.about)) for pin in found.pins),
        method=_method(found),
    )


def unanswered(why: str) -> Section:
    """The section where the study or the run leaves nothing to ask."""
    return Section("hinges-on", "What it hinges on", "What it hinges on cannot be said", lead=(f"{capital(why)}.",))


def first_hinge(model: Model, found: Hinging) -> str:
    """For the first screen: the top linchpin among the facts (or else the wants), with its flip point."""
    told = [pin for pin in found.facts if pin.worth.is_told] or list(found.pins)
    if not told:
        return "No single assumption is known to decide the choice."
    top = told[0]
    kind = "a fact that nobody knows" if top.parameter.kind == "uncertainty" else "what somebody wants"
    flip = top.sentence.replace("cannot tell", "the model cannot tell")
    return f"What it hinges on most is {kind}, {quoted(model, top.name)}. {flip}"


def _untold(found: Hinging) -> list[Pin]:
    rest = [pin for pin in (*found.facts, *found.values) if not pin.worth.is_told]
    return sorted(rest, key=lambda pin: -pin.worth.evppi.value)[:3]


def _drawn(found: Hinging, pins: Sequence[Pin]) -> list[Instance]:
    """Strategies that stand on some line, in the study's order."""
    seen = {label for pin in pins for zone in pin.flips.zones if len(zone.strategies) <= _MOST_STRIPES
            for label in zone.strategies}  # fmt: skip
    return [instance for instance in found.strategies if instance.label in seen]


def _title(found: Hinging) -> str:
    told = found.pins
    if not told:
        return "Nothing can be named that the choice hinges on"
    facts = [pin for pin in told if pin.parameter.kind == "uncertainty"]
    wants = [pin for pin in told if pin.parameter.kind == "value"]
    parts = []
    if facts:
        count = "one fact" if len(facts) == 1 else f"{few(len(facts))} facts"
        parts.append(f"{count} that nobody knows")
    if wants:
        parts.append("one want" if len(wants) == 1 else f"{few(len(wants))} wants")
    verb = "decides" if len(told) == 1 else "decide"
    first = told[0].worth
    share = "" if first.share is None else f"; the first is worth {percent(first.share)} of knowing everything"
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


def _n_leads(found: Hinging) -> int:
    """Sentences before those about boxes, which stand with their pictures."""
    return len(found.sentences) - sum(region.found.recommended is not None for region in found.regions)


def _row(model: Model, found: Hinging, pin: Pin, inputs: Inputs, top: float) -> PinRow:
    ends = range_of(pin.parameter, inputs)
    worth = pin.worth.evppi
    spread = pin.parameter.spread
    unit = unit_words(pin.parameter.unit)
    shown = [f"{number(end)} {unit}".strip() for end in ends]
    if spread is not None:
        shown = [f"{text}: {word}" if word else text for text, word in
                 zip(shown, (spread.low_words, spread.high_words), strict=True)]  # fmt: skip
    told = [flip for flip in pin.flips.flips if flip.is_told]
    return PinRow(
        pin.name,
        (pin.parameter.about or words(pin.name)).rstrip("."),
        pin.parameter.kind,
        pin.worth.is_told,
        f"{measured(worth.value, worth.error)} points",
        _part(worth.value, 0.0, top),
        _part(worth.low, 0.0, top),
        _part(worth.high, 0.0, top),
        tuple(_stretches(model, found, pin.flips.zones, ends)),
        tuple((_part(f.at.value, *ends), _part(f.at.low, *ends), _part(f.at.high, *ends)) for f in told),
        (shown[0], shown[1]),
        pin.sentence,
    )


def range_of(parameter: Parameter, inputs: Inputs) -> tuple[float, float]:
    """The ends of an assumption: its range where it has one, else the least and largest of the worlds."""
    spread = parameter.spread
    if spread is not None and spread.distribution == "uniform" and len(spread.arguments) == 2:
        return spread.arguments[0], spread.arguments[1]
    column = inputs.column(parameter.name)
    return float(column.min()), float(column.max())


def _stretches(model: Model, found: Hinging, zones: Sequence[Zone], ends: tuple[float, float]) -> list[Stretch]:
    named = {instance.label: instance for instance in found.strategies}
    stretches = []
    for place, zone in enumerate(zones):
        low = ends[0] if place == 0 else (zones[place - 1].high + zone.low) / 2.0
        high = ends[1] if place == len(zones) - 1 else (zone.high + zones[place + 1].low) / 2.0
        left = _part(low, *ends)
        stripes = tuple((colour_of(model, named[s]), is_second(named[s])) for s in zone.strategies)
        stretches.append(
            Stretch(left, round(_part(high, *ends) - left, 2), stripes if len(stripes) <= _MOST_STRIPES else ())
        )
    return stretches


def _region_picture(model: Model, found: Hinging, region: Region, inputs: Inputs) -> Picture:
    box = region.found.recommended
    assert box is not None
    rows = [
        ("; ".join(title_of(model, name) for name in one.names) or "all worlds", percent(one.coverage),
         percent(one.density), percent(one.mass))
        for one in region.found.trajectory[1 :: max(1, len(region.found.trajectory) // 12)]
    ]  # fmt: skip
    reasons = tuple(("Why this box", reason, "", "") for reason in region.found.reasons)
    table = Table(
        "Boxes on the way, from large to small, and why this one",
        ("Assumptions named", "Of these worlds it holds", "Of its worlds are of this kind", "Of all worlds"),
        (*rows, *reasons),
    )
    drawn = Markup('<div class="box">{}{}</div>').format(_axes(model, found, region, inputs), _trade_off(region))
    return Picture(
        drawn,
        f"Each line is a world; coloured, of this kind. The band on an axis is the box. Small: boxes from large to "
        f"small, by the share of these worlds they hold (right) and how pure they are (up). "
        f"{capital(_again(region))}",
        title=region.sentence,
        table=table,
    )


def _again(region: Region) -> str:
    tested = region.found.resampling
    if tested is None:
        return ""
    return (
        f"on worlds that had no part in the search, such boxes held {percent(tested.coverage)} of these worlds, and "
        f"{percent(tested.density)} of theirs were of this kind."
    )


def _axes(model: Model, found: Hinging, region: Region, inputs: Inputs) -> Markup:
    """Axes side by side, one below the other; a line joins a world's places on them."""
    box = region.found.recommended
    assert box is not None
    names = list(box.names)
    names += [pin.name for pin in (*found.pins, *_untold(found)) if pin.name not in names]
    names = names[:_MOST_AXES]
    parameters = {pin.name: pin.parameter for pin in (*found.facts, *found.values)}
    width, left, step, top = 340.0, 8.0, 46.0, 22.0
    plot, height = width - 2 * left, top + step * (len(names) - 1) + 14.0
    ends = [range_of(parameters[name], inputs) for name in names]
    places = np.array(
        [(inputs.column(name) - end[0]) / (end[1] - end[0]) for name, end in zip(names, ends, strict=True)]
    )
    chosen = np.unique(np.linspace(0, places.shape[1] - 1, _MOST_LINES).astype(int))
    lines: dict[bool, list[str]] = {False: [], True: []}
    for w in chosen:
        points = "L".join(f"{left + plot * places[a, w]:.0f} {top + step * a:.0f}" for a in range(len(names)))
        lines[bool(region.chance[w] > 0.5)].append(f"M{points}")
    parts = [f'<path class="other" d="{"".join(lines[False])}"/><path class="kind" d="{"".join(lines[True])}"/>']
    for a, name in enumerate(names):
        y = top + step * a
        low, high = ends[a]
        title, unit = title_of(model, name), unit_words(parameters[name].unit)
        unit = f" ({unit})" if unit else ""
        parts.append(f'<line class="axis" x1="{left}" x2="{width - left}" y1="{y}" y2="{y}"/>')
        limits = [limit for limit in box.limits if limit.name == name]
        if limits:
            inner = [max((li.low for li in limits if li.low is not None), default=low),
                     min((li.high for li in limits if li.high is not None), default=high)]  # fmt: skip
            at = [left + plot * _part(end, low, high) / 100.0 for end in inner]
            parts.append(
                f'<rect class="limits" x="{at[0]:.1f}" y="{y - 4}" width="{max(at[1] - at[0], 1):.1f}" height="8"/>'
            )
        parts.append(
            f'<text class="halo middle" x="{width / 2}" y="{y - 7}"><title>{escape(title)}</title>'
            f"{escape(shortened(title, _ROOM - len(unit)) + unit)}</text>"
            f'<text class="tick halo" x="{left}" y="{y + 13}">{number(low)}</text>'
            f'<text class="tick end halo" x="{width - left}" y="{y + 13}">{number(high)}</text>'
        )
    return Markup(
        f'<svg class="axes" viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{escape(region.sentence)}">'
        f"{''.join(parts)}</svg>"
    )


def _trade_off(region: Region) -> Markup:
    """Density against coverage for every box on the way; the recommended one marked."""
    size, left, top = 126.0, 38.0, 6.0
    plot = size - left - 8.0

    def at(coverage: float, density: float) -> str:
        return f'cx="{left + plot * coverage:.1f}" cy="{top + plot * (1.0 - density):.1f}"'

    box = region.found.recommended
    assert box is not None
    dots = "".join(f'<circle {at(one.coverage, one.density)} r="1.6"/>' for one in region.found.trajectory)
    base = top + plot
    return Markup(
        f'<svg class="trade" viewBox="0 0 {size:.0f} {size:.0f}" role="img" aria-label="The box holds '
        f'{percent(box.coverage)} of these worlds; {percent(box.density)} of its worlds are of this kind">'
        f'<path class="axis" d="M{left} {top}V{base}H{left + plot}"/>{dots}<circle class="chosen" '
        f'{at(box.coverage, box.density)} r="4"/>'
        f'<text class="tick end" x="{left - 3}" y="{top + 6}">100 %</text>'
        f'<text class="tick end" x="{left - 3}" y="{base}">0</text>'
        f'<text class="tick end" x="{left + plot}" y="{base + 12}">100 % held</text>'
        f'<text class="tick" x="{left + 3}" y="{top + 6}">pure</text></svg>'
    )


def _table(model: Model, found: Hinging) -> Table:
    rows = [
        (
            title_of(model, pin.name),
            "fact" if pin.parameter.kind == "uncertainty" else "want",
            measured(pin.worth.evppi.value, pin.worth.evppi.error),
            f"{number(pin.worth.evppi.low)} to {number(pin.worth.evppi.high)}",
            "not known" if pin.worth.share is None else percent(pin.worth.share),
            number(pin.worth.p_value),
            pin.sentence,
        )
        for pin in sorted((*found.facts, *found.values), key=lambda pin: -pin.worth.evppi.value)
    ]
    rows += [
        (" and ".join(quoted(model, name) for name in pair.names), "pair",
         measured(pair.worth.evppi.value, pair.worth.evppi.error),
         f"{number(pair.worth.evppi.low)} to {number(pair.worth.evppi.high)}",
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


def _sure(model: Model, found: Hinging, ledger: Ledger) -> tuple[str, ...]:
    lines = [
        f"Knowing everything first would be worth {measured(found.evpi.value, found.evpi.error)} points. Intervals "
        "hold for all assumptions at once, and an assumption is named only where shuffling the worlds seldom does as "
        "well."
    ]
    if found.claims:
        says = {claim.name: claim.says for claim in ledger.claims}
        rests = [
            f"{join([quoted(model, pin) for pin in rest.pins])} on the claim “{says.get(rest.name, rest.name)}”"
            for rest in found.claims[:3]
        ]
        lines.append(f"They rest on what documents say: {join(rests, '; and')}.")
    if found.judged:
        verb = "rests" if len(found.judged) == 1 else "rest"
        lines.append(f"{join([quoted(model, name) for name in found.judged])} {verb} on judgement alone.")
    return tuple(lines)


def _method(found: Hinging) -> Method:
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
        text.append(f"Boxes: {found.regions[0].found.method}.")
        references += list(found.regions[0].found.references)
    return Method(tuple(text), tuple(references))


def _part(value: float, low: float, high: float) -> float:
    return round(100.0 * min(max((value - low) / (high - low), 0.0), 1.0), 2) if high > low else 50.0
