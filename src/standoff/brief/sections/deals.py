"""The section on deals: the zone of agreement over the terms, who would keep it, what closes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from jinja2 import Environment

from standoff.analysis.deals.deals import Deals
from standoff.brief.parts import Listing
from standoff.brief.pictures.deal_pictures import movers_picture, multiples_picture, space_picture
from standoff.brief.section import Chip, Method, Section
from standoff.language.model import Model
from standoff.questions.question import Unanswered
from standoff.words.names import title_of
from standoff.words.numbers import counted
from standoff.words.sentences.deals import deal_lead, deal_sure, deal_title, hinge_words
from standoff.words.text import capital, words
from standoff.words.unanswered import unanswered_words

__all__ = ["deals_section"]

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


def _answered(model: Model, found: Deals | Unanswered, environment: Environment) -> Section:
    if isinstance(found, Unanswered):
        name = words(found.about)
        return Section("deals", "Is there a deal?", f"Whether “{name}” is a deal: not answered here",
                       lead=(f"{capital(unanswered_words(found.reason, found.data, model))}.",))  # fmt: skip
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
        lead=deal_lead(model, deal, found),
        pictures=tuple(pictures),
        parts=tuple([Listing("", said)] if (said := tuple(hinge_words(model, found))) else ()),
        sure=deal_sure(model, found),
        why=tuple(Chip(name, title_of(model, name)) for name in names),
        method=_method(found),
    )


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
