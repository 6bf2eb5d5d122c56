"""Whether there is a deal, in words: what is asked, captions, keys, heads of tables, how it was computed."""

from __future__ import annotations

from collections.abc import Sequence

from standoff.analysis.deals.agreement import Zone
from standoff.analysis.deals.deals import Deals
from standoff.analysis.deals.hinges import Contrast, Part
from standoff.language.model import Model
from standoff.words.names import quoted, title_of, who
from standoff.words.numbers import counted, figure_percent, measured, number, percent
from standoff.words.sentences.deals import small, without_words
from standoff.words.text import capital, join, words

__all__ = [
    "BY_MEANING", "MAP", "MAP_TABLE", "MOVERS", "MOVERS_HEAD", "MOVERS_KEY", "MULTIPLES_HEAD", "MULTIPLES_KEY",
    "NONE", "NO_DEAL", "REFERENCES", "SPACE", "SPACE_KEY", "ZONE_CHANGED", "deals_method", "gains_words",
    "group_words", "map_words", "mini_words", "movers_caption", "movers_title", "movers_words", "multiples_caption",
    "multiples_title", "not_answered", "part_words", "sizes_words", "space_caption", "space_title", "variant_words",
]  # fmt: skip

NONE = "The study judges no deal"
NO_DEAL = (
    "This study names no deal, so there is nothing to agree on. A deal has parties, terms with levels, a state in "
    "which it is in force and what its absence would mean; see “deals” in docs/language.md."
)
MAP = "Worlds in which all gain"
MAP_TABLE = "Worlds in which all gain; * where all gain on average"
SPACE = "Every combination of the main terms; gains in points"
SPACE_KEY = (
    "Full outline: every party is shown to gain, 95 % for the whole map; dashed: they gain as estimated. Beside it "
    "what each party expects to gain, in points, ± one standard error."
)
BY_MEANING = ("By what no deal means", "what no deal means")
ZONE_CHANGED = "The zone, changed"
MULTIPLES_HEAD = ("No deal means", "Changed", "How", "Worlds", "Size of the zone", "Verdict")
MULTIPLES_KEY = (
    "Each line goes round the terms on which every party gains in its case; without a line there are none. "
    "Dots are the sizes, thin lines intervals of 95 %."
)
MOVERS = "Size of the zone, share of the range of the terms"
MOVERS_HEAD = ("Assumption", "Lowest third", "Highest third", "Beyond doubt")
MOVERS_KEY = (
    "Open: lowest, filled: highest, with 95 % intervals; bold: the change is beyond doubt for all assumptions at once."
)
REFERENCES = (
    "Nash 1950, The bargaining problem",
    "Fearon 1995, Rationalist explanations for war",
    "Efron & Tibshirani 1993, An Introduction to the Bootstrap",
)
_THIRDS = {"low": "in its lowest third", "middle": "in its middle third", "high": "in its highest third"}


def not_answered(deal: str) -> str:
    """The title where a run cannot tell."""
    return f"Whether “{words(deal)}” is a deal: not answered here"


def space_title(model: Model, found: Deals) -> str:
    """What the map shows, with the parties where they are two."""
    if len(found.parties) == 2:
        return f"Where {join([who(model, p) for p in found.parties])} both gain"
    return "Where all parties gain"


def space_caption(model: Model, zone: Zone) -> str:
    """Against what is gained, and what the signs mean."""
    return (
        f"Share of worlds in which all gain, against {without_words(model, zone.without)}. ● all would keep their "
        "word, × someone would break it, no sign: cannot tell."
    )


def map_words(zone: Zone, least: float, most: float) -> str:
    """The map as a sentence; `least` and `most` are of the share of worlds in which all gain."""
    return (
        f"Of {zone.zone.size} combinations of terms, every party gains in {int(zone.zone.sum())}, beyond doubt "
        f"in {int(zone.is_shown.sum())}; the share of worlds in which all gain is between {percent(least)} and "
        f"{percent(most)}."
    )


def gains_words(model: Model, party: str, least: float, most: float) -> tuple[str, str]:
    """Above the map of a party's gains, and all of it in a sentence."""
    whose = who(model, party)
    return f"Gain of {whose}", (
        f"Expected gain of {whose} over no deal, from {number(least)} to {number(most)} points over the terms."
    )


def mini_words(title: str, size: str, n_inside: int, n_all: int) -> str:
    """A small map as a sentence."""
    return f"{title}: the zone covers {size} of the terms, {n_inside} of {n_all} combinations."


def sizes_words(heading: str, titles: Sequence[str], sizes: Sequence[str]) -> str:
    """The sizes of a group's zones as a sentence."""
    told = "; ".join(f"{title}: {size}" for title, size in zip(titles, sizes, strict=True))
    return f"Size of the zone. {heading}. {told}."


def multiples_title(model: Model, shown: list[Contrast]) -> str:
    """What makes the zone smaller or larger beyond doubt."""
    told = [c for c in shown if not c.change.holds_zero]
    if not told:
        return "The size of the zone changes with none of these beyond doubt"
    said = []
    for c in told:
        way = "smaller" if c.change.value < 0 else "larger"
        first, last = _ends_words(model, c)
        said.append(f"{way} where {last} than where {first}")
    return f"The zone is {join(said)}"


def multiples_caption(model: Model, shown: list[Contrast]) -> str:
    """By how much the zone's size differs, contrast by contrast."""
    said = " ".join(_contrast_words(model, c) for c in shown)
    return f"{said} The size is the share of the range of the terms, ± one standard error.".lstrip()


def group_words(model: Model, contrast: Contrast) -> str:
    """By what the worlds are parted."""
    if contrast.by == "circumstances":
        return "By circumstances"
    return f"By “{title_of(model, contrast.by)}” without the deal"


def part_words(model: Model, contrast: Contrast, part: Part) -> str:
    """One part of the worlds."""
    if contrast.by == "circumstances":
        return variant_words(model, part.label)
    return f"{capital(_THIRDS[part.label])} ({number(part.middle)})"


def variant_words(model: Model, name: str) -> str:
    """A variant in the study's words."""
    about = next((v.about for v in model.variants if v.name == name), None)
    return capital((about or words(name)).rstrip("."))


def movers_title(model: Model, found: Deals) -> str:
    """What opens and closes the zone."""
    told = [m for m in found.movers if m.is_significant]
    ways = [f"{quoted(model, m.assumption)} {'opens' if m.change.value > 0 else 'closes'} it" for m in told[:3]]
    return f"What moves the zone: {join(ways)}" if ways else "No one assumption moves the zone beyond doubt"


def movers_caption(model: Model, found: Deals) -> str:
    """Against what, and in which worlds."""
    return (
        f"Size of the zone against {without_words(model, found.zones[0].without)} in the third of worlds where the "
        "assumption is lowest and where it is highest."
    )


def movers_words(model: Model, found: Deals) -> str:
    """The picture as sentences."""
    ends = "; ".join(
        f"{title_of(model, m.assumption)}: {figure_percent(m.low)} to {figure_percent(m.high)}" for m in found.movers
    )
    return f"Size of the zone where an assumption is low and where it is high. {ends}"


def deals_method(found: Deals) -> tuple[str, ...]:
    """How it was computed."""
    return (
        f"The deal is in force at the outset or, with the same worlds and luck, what no deal means is imposed: "
        f"{counted(found.n_worlds, 'world')} with {counted(found.replications, 'replication')} and "
        f"{counted(found.samples, 'profile')} of play, all strategies of the others evenly, parties playing those "
        "that keep the deal. Every assumption is as drawn. A gain is "
        "g_i(t) = Σ_w b_i(w) [u_i(t, w) − u_i(no deal, w)]; the zone is where all are above zero, its size "
        "read off straight lines between the levels.",
        "Breach is a rule chosen beforehand on one half of the luck and valued on the other, never with hindsight; "
        "the other party answers with its own strategy.",
        "The share of worlds in which all gain comes from a regression over worlds that takes luck out.",
    )


def _ends_words(model: Model, contrast: Contrast) -> tuple[str, str]:
    """What sets the first and the last part apart, to stand after “where”; what they share is said with the last."""
    first, last = contrast.parts[0], contrast.parts[-1]
    if contrast.by == "circumstances":
        return small(variant_words(model, first.label)), small(variant_words(model, last.label))
    ends = [f"{_THIRDS[part.label]} ({number(part.middle)})" for part in (first, last)]
    return f"it is {ends[0]}", f"{quoted(model, contrast.by)} is {ends[1]}"


def _contrast_words(model: Model, contrast: Contrast) -> str:
    change = measured(100 * contrast.change.value, 100 * contrast.change.error)
    told = ", which is not beyond doubt" if contrast.change.holds_zero else ""
    first, last = _ends_words(model, contrast)
    return f"Where {last}, its size differs by {change} percentage points from where {first}{told}."
