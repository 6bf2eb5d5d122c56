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
from standoff.words.sections import deals as said
from standoff.words.sections.page import CALLED
from standoff.words.sentences.deals import deal_lead, deal_sure, deal_title, hinge_words
from standoff.words.text import capital
from standoff.words.unanswered import unanswered_words

__all__ = ["deals_section"]


def deals_section(model: Model, found: Sequence[Deals | Unanswered], environment: Environment) -> Section:
    """Question 4: the study's first deal, its others below it, or a word that there is none."""
    if not found:
        return Section("deals", CALLED["deals"], said.NONE, lead=(said.NO_DEAL,))
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
        why = capital(unanswered_words(found.reason, found.data, model))
        return Section("deals", CALLED["deals"], said.not_answered(found.about), lead=(f"{why}.",))
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
        CALLED["deals"],
        deal_title(model, found),
        lead=deal_lead(model, deal, found),
        pictures=tuple(pictures),
        parts=tuple([Listing("", hinges)] if (hinges := tuple(hinge_words(model, found))) else ()),
        sure=deal_sure(model, found),
        why=tuple(Chip(name, title_of(model, name)) for name in names),
        method=Method(said.deals_method(found), said.REFERENCES),
    )
