"""Flip lines: for each assumption a bar of its worth, and along its range which strategies may be best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from standoff.analysis.findings import Inputs
from standoff.analysis.linchpins.flips import Zone
from standoff.analysis.linchpins.linchpins import Assumption, Linchpins
from standoff.brief.pictures.drawing.colours import colour_of, is_second
from standoff.brief.pictures.drawing.ranges import place_in, range_of
from standoff.language.model import Instance, Model
from standoff.words.amounts import unit_words
from standoff.words.names import title_of
from standoff.words.numbers import exact, measured
from standoff.words.sentences.linchpins import pin_sentence

__all__ = ["PinRow", "Stretch", "flip_row", "on_lines"]

_MOST_STRIPES = 4


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


def on_lines(found: Linchpins, pins: Sequence[Assumption]) -> list[Instance]:
    """Strategies that stand on some line, in the study's order."""
    seen = {label for pin in pins for zone in pin.flips.zones if len(zone.strategies) <= _MOST_STRIPES
            for label in zone.strategies}  # fmt: skip
    return [instance for instance in found.strategies if instance.label in seen]


def flip_row(model: Model, found: Linchpins, pin: Assumption, inputs: Inputs, *, top: float) -> PinRow:
    """An assumption's bar and line; `top` is the worth at the bar's end."""
    ends = range_of(pin.parameter, inputs)
    worth = pin.worth.evppi
    spread = pin.parameter.spread
    unit = unit_words(pin.parameter.unit)
    shown = [f"{exact(end)} {unit}".strip() for end in ends]
    if spread is not None:
        shown = [f"{text}: {word}" if word else text for text, word in
                 zip(shown, (spread.low_words, spread.high_words), strict=True)]  # fmt: skip
    told = [flip for flip in pin.flips.flips if flip.is_significant]
    return PinRow(
        pin.name,
        title_of(model, pin.name),
        pin.parameter.kind,
        pin.worth.is_significant,
        worth=f"{measured(worth.value, worth.error)} points",
        bar=place_in(worth.value, 0.0, top),
        low=place_in(worth.low, 0.0, top),
        high=place_in(worth.high, 0.0, top),
        stretches=tuple(_stretches(model, found, pin.flips.zones, ends)),
        flips=tuple((place_in(f.at.value, *ends), place_in(f.at.low, *ends), place_in(f.at.high, *ends)) for f in told),
        ends=(shown[0], shown[1]),
        sentence=pin_sentence(found, pin),
    )


def _stretches(model: Model, found: Linchpins, zones: Sequence[Zone], ends: tuple[float, float]) -> list[Stretch]:
    named = {instance.label: instance for instance in found.strategies}
    stretches = []
    for place, zone in enumerate(zones):
        low = ends[0] if place == 0 else (zones[place - 1].high + zone.low) / 2.0
        high = ends[1] if place == len(zones) - 1 else (zone.high + zones[place + 1].low) / 2.0
        left = place_in(low, *ends)
        stripes = tuple((colour_of(model, named[s]), is_second(named[s])) for s in zone.strategies)
        stretches.append(
            Stretch(left, round(place_in(high, *ends) - left, 2), stripes if len(stripes) <= _MOST_STRIPES else ())
        )
    return stretches
