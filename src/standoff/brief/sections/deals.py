"""The section on deals: the zone of agreement over the terms, who would keep it, what closes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from jinja2 import Environment

from standoff.analysis.deals.agreement import Zone
from standoff.analysis.deals.deals import Deals
from standoff.brief.parts import Listing
from standoff.brief.pictures.deal_pictures import movers_picture, multiples_picture, space_picture, without_words
from standoff.brief.playing import Unanswered
from standoff.brief.sections.grid import Chip, Method, Section
from standoff.language.model import Deal, Model
from standoff.words.deals import breaching, kept_in
from standoff.words.wording import (
    capital,
    counted,
    join,
    measured,
    number,
    percent,
    plain,
    quoted,
    title_of,
    who,
    words,
)

__all__ = ["deal_title", "deals_section"]

_REFERENCES = (
    "Nash 1950, The bargaining problem",
    "Fearon 1995, Rationalist explanations for war",
    "Efron & Tibshirani 1993, An Introduction to the Bootstrap",
)


def deals_section(model: Model, found: Sequence[Deals | Unanswered], environment: Environment) -> Section:
    """Question 4: the study's first deal, its others below it, or a word that there is none."""
    if not found:
        text = (
            "This study names no deal, so there is nothing to agree on. A deal has parties, terms with levels, a "
            "state in which it is in force and what its absence would mean; see “deals” in docs/language.md."
        )
        return Section("deals", "Is there a deal?", "No deal is on the table in this study", lead=(text,))
    first, *rest = (_answered(model, one, environment) for one in found)
    if not rest:
        return first
    return replace(
        first,
        title=". ".join(one.title for one in (first, *rest)),
        lead=tuple(text for one in (first, *rest) for text in one.lead),
        pictures=tuple(picture for one in (first, *rest) for picture in one.pictures),
        parts=tuple(part for one in (first, *rest) for part in one.parts),
        sure=tuple(text for one in (first, *rest) for text in one.sure),
        why=tuple(dict.fromkeys(chip for one in (first, *rest) for chip in one.why)),
    )


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
        return f"{share}, but {join(broken)} would break {'its' if len(broken) == 1 else 'their'} word on all of them"
    if kept:
        return f"{share}, and all would keep their word on {kept} of {counted(int(zone.zone.sum()), 'combination')}"
    return f"{share}; whether all would keep their word cannot be told"


def _answered(model: Model, found: Deals | Unanswered, environment: Environment) -> Section:
    if isinstance(found, Unanswered):
        name = words(found.about)
        return Section("deals", "Is there a deal?", f"Whether “{name}” is a deal: not answered here",
                       lead=(f"{capital(found.why)}.",))  # fmt: skip
    deal = next(one for one in model.deals if one.name == found.deal)
    parts: Any = environment.get_template("games.html.j2").module
    pictures = [space_picture(model, deal, found, parts)]
    if len(found.zones) > 1 or found.contrasts:
        pictures.append(multiples_picture(model, deal, found, parts))
    if found.movers:
        pictures.append(movers_picture(model, found))
    names = dict.fromkeys(
        [m.assumption for m in found.movers] + [h.assumption for h in found.hinges if h.is_significant]
    )
    return Section(
        "deals",
        "Is there a deal?",
        deal_title(model, found),
        lead=_lead_words(model, deal, found),
        pictures=tuple(pictures),
        parts=tuple([Listing("", said)] if (said := tuple(_hinge_words(model, found))) else ()),
        sure=_sure(model, found),
        why=tuple(Chip(name, title_of(model, name)) for name in names),
        method=_method(found),
    )


def _lead_words(model: Model, deal: Deal, found: Deals) -> tuple[str, ...]:
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
        if not one.rules:
            said.append(f"{party} has no way to break its word that could be tried")
            continue
        told = [
            f"{text} on {'all' if verdicts.count(word) == len(cells) else verdicts.count(word)}"
            for word, text in (("keeps its word", "would keep its word"), ("would breach", "would break its word"))
            if word in verdicts
        ]
        n_open = verdicts.count("cannot tell")
        unsure = f"whether {party} would keep its word cannot be told"
        said.append(f"{party} {join(told)}{f' ({_open(n_open)})' if n_open else ''}" if told else unsure)
    kept = kept_in(found, zone)
    whole = f"On {kept or 'none'} of them would all keep their word."
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


def _hinge_words(model: Model, found: Deals) -> list[str]:
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


def _sure(model: Model, found: Deals) -> tuple[str, ...]:
    zone = found.zones[0]
    most = "Nearly all worlds" if zone.some_terms > 0.995 else f"At most {percent(zone.some_terms)} of worlds"
    said = [
        f"{most} have some terms on which all gain; nobody knows which world it is, so the zone is drawn under each "
        "party’s beliefs."
    ]
    if zone.nash is not None:
        said.append(f"The best point is picked again in {percent(zone.nash.repeated)} of resamples of the worlds.")
    blocked = [(p, n) for p, n in zip(found.parties, zone.blockers, strict=True) if n]
    if blocked:
        told = join([f"{who(model, p)} alone keeps out {n}" for p, n in blocked])
        said.append(f"Of the combinations outside the zone {told}.")
    least, longest = (percent(float(end(found.in_force))) for end in (np.nanmin, np.nanmax))
    said.append(
        f"With all keeping their word the deal stands in {least if least == longest else f'{least} to {longest}'} of "
        f"the {model.clock.step}s: what ends deals in the study can end this one."
    )
    for belief in found.dissent:
        said.append(
            f"{capital(who(model, belief.actor))} puts {quoted(model, belief.uncertainty)} at {number(belief.mean)} on "
            f"average, the study at {number(belief.study_mean)}."
        )
    return tuple(said)


def _method(found: Deals) -> Method:
    return Method(
        (
            f"The deal is in force at the outset or, with the same worlds and luck, what no deal means is imposed: "
            f"{counted(found.n_worlds, 'world')} with {counted(found.replications, 'replication')} and "
            f"{counted(found.samples, 'profile')} of play, all strategies of the others evenly, parties playing those "
            "that keep the deal. Every assumption is as drawn. A gain is "
            "g_i(t) = Σ_w b_i(w) [u_i(t, w) − u_i(no deal, w)]; the zone is where all are above zero, its size "
            "read off straight lines between the levels.",
            "Breach is a rule chosen beforehand on one half of the luck and valued on the other, never with hindsight; "
            "the other party answers with its own strategy.",
            "The share of worlds in which all gain comes from a regression over worlds that takes luck out.",
        ),
        _REFERENCES,
    )
