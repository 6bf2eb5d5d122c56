"""Whether there is a deal, in a sentence, and what consent to it hangs on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from standoff.analysis.deals.agreement import Zone
from standoff.analysis.deals.deals import Deals
from standoff.language.model import Deal, Model
from standoff.words.names import agree, own_words, quoted, who
from standoff.words.numbers import counted, measured, number, percent, plain
from standoff.words.text import capital, join, words

__all__ = [
    "breaching", "deal_lead", "deal_sure", "deal_title", "deals_sentence", "hinge_words", "kept_in", "small",
    "without_words",
]  # fmt: skip

_OPENING = (
    "a", "all", "an", "any", "as", "both", "each", "every", "few", "if", "in", "it", "most", "no", "nobody", "nothing",
    "once", "only", "some", "that", "the", "there", "they", "under", "what", "when", "where", "while", "with",
)  # fmt: skip
"""Words of ours that a sentence may begin with; any other may be a name."""
_VERDICTS = {
    "no deal": "no terms let every party gain",
    "cannot tell": "cannot tell whether any terms let every party gain",
}


def deals_sentence(model: Model, found: Deals) -> str:
    """The answer, each meaning of no deal by itself."""
    said = [f"Against {words(zone.without)}, {_gain(zone)}" for zone in found.zones]
    in_zone = found.zones[0].zone
    broken, kept = breaching(model, found, found.zones[0]), kept_in(found, found.zones[0])
    if broken:
        said.append(f"where all gain, {join(broken)} would break {own_words(broken)} word on any of these terms")
    elif kept:
        would = "would be kept by all"
        said.append(f"{kept} of the {counted(int(in_zone.sum()), 'combination')} where all gain {would}")
    elif broken_by_some(found, found.zones[0]):
        said.append("where all gain, one party or another would break its word on any of these terms")
    elif in_zone.any():
        said.append("cannot tell of any terms where all gain whether all would keep them")
    return "; ".join(said) + "."


def breaching(model: Model, found: Deals, zone: Zone) -> list[str]:
    """Parties shown to break their word on all terms of the zone."""
    cells = [tuple(map(int, cell)) for cell in np.argwhere(zone.zone)]
    return [
        who(model, one.party) for one in found.keeping
        if cells and all(one.word(cell) == "would breach" for cell in cells)
    ]  # fmt: skip


def broken_by_some(found: Deals, zone: Zone) -> bool:
    """Whether on all terms of the zone some party, not always the same, is shown to break its word."""
    return bool(zone.zone.any() and found.is_broken[zone.zone].all())


def kept_in(found: Deals, zone: Zone) -> int:
    """On how many of the combinations where all gain every party is shown to keep its word."""
    return int((zone.zone & found.is_kept).sum())


def _gain(zone: Zone) -> str:
    if zone.verdict == "a deal":
        return f"every party gains in {percent(zone.share.value)} of the terms’ combinations"
    return _VERDICTS[zone.verdict]


def deal_title(model: Model, found: Deals) -> str:
    """The finding: how much of the terms all parties gain on, and whether the word would be kept."""
    zone = found.zones[0]
    name = f"“{words(found.deal)}”"
    if zone.verdict == "no deal":
        return f"No terms of {name} let every party gain"
    if zone.verdict == "cannot tell":
        return f"Whether any terms of {name} let every party gain, the model cannot tell"
    share = f"All parties gain on {percent(zone.area.value, zone.area.error)} of the terms of {name}"
    broken, kept = breaching(model, found, zone), kept_in(found, zone)
    if broken:
        return f"{share}, but {join(broken)} would break {own_words(broken)} word on all of them"
    if kept:
        return f"{share}, and all would keep their word on {kept} of {counted(int(zone.zone.sum()), 'combination')}"
    if broken_by_some(found, zone):
        return f"{share}, but one party or another would break its word on all of them"
    return f"{share}; whether all would keep their word cannot be told"


def deal_lead(model: Model, deal: Deal, found: Deals) -> tuple[str, ...]:
    """On what terms all gain, the best for all, and who would keep its word."""
    zone = found.zones[0]
    about = capital((deal.about or words(deal.name)).rstrip("."))
    said = [
        f"{about}, between {join([who(model, p) for p in found.parties])}. In this model, against "
        f"{without_words(model, zone.without)}, every party gains on {percent(zone.area.value, zone.area.error)} of "
        f"the range of the terms, {_shown_cells(zone)}."
    ]
    if zone.nash is not None:
        terms = _terms_words(deal, found.terms, zone.nash.levels)
        gains = join(
            [
                f"{who(model, p)} {measured(g.value, g.error)}"
                for p, g in zip(found.parties, zone.nash.gains, strict=True)
            ]
        )
        said.append(f"The gains multiply to most with {terms}: {gains} points{_third(model, found, zone)}.")
    said.append(_word_said(model, found, zone))
    return tuple(text for text in said if text)


def _other_rules(model: Model, found: Deals, zone: Zone) -> list[str]:
    """Where other rules of bargaining put the terms."""
    deal = next(deal for deal in model.deals if deal.name == found.deal)
    rules = (
        ("what each gains, as a part of the most it could, is least uneven", zone.kalai_smorodinsky),
        ("the party that gains least gains most", zone.egalitarian),
    )
    return [
        f"{capital(what)} with {_terms_words(deal, found.terms, point.levels)}."
        for what, point in rules
        if point is not None
    ]


def _terms_words(deal: Deal, terms: Sequence[str], levels: Sequence[float]) -> str:
    """`“Share of all sanctions that is suspended” at 0.5`, and the other terms."""
    about = {term.name: capital((term.about or words(term.name)).rstrip(".")) for term in deal.terms}
    return join([f"“{about[name]}” at {plain(level)}" for name, level in zip(terms, levels, strict=True)])


def _shown_cells(zone: Zone) -> str:
    n, shown = int(zone.zone.sum()), int(zone.is_shown.sum())
    if not n:
        return "at none of the levels tried"
    return f"at {n} of the {zone.zone.size} combinations tried; {shown} of them beyond doubt"


def _third(model: Model, found: Deals, zone: Zone) -> str:
    """What the deal brings those whose consent it does not take, at the same terms."""
    if not found.third or zone.nash is None:
        return ""
    cell = tuple(levels.index(v) for levels, v in zip(found.levels, zone.nash.levels, strict=True))
    said = [
        f"{who(model, actor)} "
        + measured(float(found.third_gains[(0, i, *cell)]), float(found.third_errors[(0, i, *cell)]))
        for i, actor in enumerate(found.third)
    ]  # fmt: skip
    return f"; of those outside it {join(said)}"


def _word_said(model: Model, found: Deals, zone: Zone) -> str:
    """Who would keep its word where all gain, on how much of it all would, and what breach brings at the best terms."""
    cells = [tuple(map(int, cell)) for cell in np.argwhere(zone.zone)]
    if not cells:
        return ""
    said = []
    for one in found.keeping:
        party, verdicts = who(model, one.party), [one.word(cell) for cell in cells]
        own = agree(model, [one.party], "its", "their")
        if not one.rules:
            said.append(
                f"{party} {agree(model, [one.party], 'has', 'have')} no way to break {own} word that could be tried"
            )
            continue
        told = [
            f"{text} on {'all' if verdicts.count(word) == len(cells) else verdicts.count(word)}"
            for word, text in (
                ("keeps its word", f"would keep {own} word"),
                ("would breach", f"would break {own} word"),
            )
            if word in verdicts
        ]
        n_open = verdicts.count("cannot tell")
        unsure = f"whether {party} would keep {own} word cannot be told"
        said.append(f"{party} {join(told)}{f' ({_open(n_open)})' if n_open else ''}" if told else unsure)
    kept = kept_in(found, zone)
    whole = f"On {kept or 'none'} of them would all keep their word."
    if not kept and not found.is_broken[zone.zone].all():
        whole = "Of none of them is it known that all would keep their word."
    return (
        f"Of the {counted(len(cells), 'combination')} where all gain, {'; '.join(said)}. {whole}"
        f"{_temptation(model, found, zone)}"
    )


def _open(n: int) -> str:
    return f"on {n} it cannot be told"


def _temptation(model: Model, found: Deals, zone: Zone) -> str:
    """What breach brings a party at the Nash point, begun when it brings most."""
    if zone.nash is None:
        return ""
    cell = tuple(levels.index(v) for levels, v in zip(found.levels, zone.nash.levels, strict=True))
    said = []
    for one in found.keeping:
        value = one.value[cell]
        if one.word(cell) == "would breach" and np.isfinite(value).any():
            k = int(np.nanargmax(value))
            when = model.clock.label(one.moments[k])
            gain = measured(float(value[k]), float(one.error[cell][k]))
            said.append(f"begun in {when}, breach brings {who(model, one.party)} {gain} points")
    return f" At the best terms, {join(said)} over keeping." if said else ""


def hinge_words(model: Model, found: Deals) -> list[str]:
    """What a party's consent hangs on, where that is told."""
    deal = next(one for one in model.deals if one.name == found.deal)
    at = _terms_words(deal, found.terms, found.contested)
    said = []
    for hinge in found.hinges:
        if not hinge.is_significant:
            continue
        flips = ""
        if hinge.flips:
            points = [f"{measured(f.value, f.error)} (95 %: {number(f.low)} to {number(f.high)})" for f in hinge.flips]
            flips = f"; consent changes at {join(points)}"
        said.append(
            f"With {at}, where consent is most in doubt, that of {who(model, hinge.party)} hangs on "
            f"{quoted(model, hinge.assumption)}: knowing it first would be worth "
            f"{measured(hinge.evppi.value, hinge.evppi.error)} points{flips}."
        )
    return said


def deal_sure(model: Model, found: Deals) -> tuple[str, ...]:
    """How far worlds, resamples and beliefs move the zone."""
    zone = found.zones[0]
    most = "Nearly all worlds" if zone.some_terms > 0.995 else f"At most {percent(zone.some_terms)} of worlds"
    said = [
        f"{most} have some terms on which all gain; nobody knows which world it is, so the zone is drawn under each "
        "party’s beliefs."
    ]
    if zone.nash is not None:
        said.append(f"The best point is picked again in {percent(zone.nash.repeated)} of resamples of the worlds.")
    said += _other_rules(model, found, zone)
    blocked = [(p, n) for p, n in zip(found.parties, zone.blockers, strict=True) if n]
    if blocked:
        told = join([f"{who(model, p)} alone {agree(model, [p], 'keeps', 'keep')} out {n}" for p, n in blocked])
        said.append(f"Of the combinations outside the zone {told}.")
    least, longest = (percent(float(end(found.in_force))) for end in (np.nanmin, np.nanmax))
    said.append(
        f"With all keeping their word the deal stands in {least if least == longest else f'{least} to {longest}'} of "
        f"the {model.clock.step}s: what ends deals in the study can end this one."
    )
    for belief in found.dissent:
        puts = agree(model, [belief.actor], "puts", "put")
        said.append(
            f"{capital(who(model, belief.actor))} {puts} {quoted(model, belief.uncertainty)} at {number(belief.mean)} "
            f"on average, the study at {number(belief.study_mean)}."
        )
    return tuple(said)


def without_words(model: Model, name: str) -> str:
    """A meaning of no deal with the study's words on it: `“no talks” (they never sit down)`."""
    about = next((v.about for v in model.variants if v.name == name), None)
    return f"“{words(name)}” ({small(about.rstrip('.'))})" if about else f"“{words(name)}”"


def small(text: str) -> str:
    """A sentence to go on with inside another, its first letter small only where it begins with a word of ours."""
    first = text.partition(" ")[0]
    return text[:1].lower() + text[1:] if first.lower() in _OPENING else text
