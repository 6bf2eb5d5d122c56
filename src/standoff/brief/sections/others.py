"""The section on what the others will do: who plays what, what changes when the decider moves, and what moves it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jinja2 import Environment

from standoff.analysis.graph_model.wished import Changeable
from standoff.analysis.others.others import Others
from standoff.analysis.others.sampled import SampledGame
from standoff.brief.parts import Listing
from standoff.brief.pictures.plays import (
    RARELY,
    best_leads,
    lead_rows,
    lead_table,
    play_columns,
    play_table,
    profile_table,
    reply_table,
)
from standoff.brief.section import Chip, Method, Picture, Section
from standoff.language.model import Model
from standoff.questions.question import Unanswered
from standoff.words.names import title_of
from standoff.words.sections import others as said
from standoff.words.sections.page import CALLED
from standoff.words.sentences.courses import courses_sentences, courses_title
from standoff.words.sentences.games.sampled import held_words, learned_words, sampled_lead, sampled_title
from standoff.words.sentences.others import condition_words, others_lead, others_sure, others_title
from standoff.words.text import capital
from standoff.words.unanswered import unanswered_words

__all__ = ["others_section"]


def others_section(
    model: Model,
    found: Others | SampledGame | Unanswered,
    environment: Environment,
    courses: Changeable | Unanswered | None = None,
) -> Section:
    """Question 3; a study without others, or a run that cannot tell, says so."""
    if isinstance(found, Unanswered):
        return Section("others", CALLED["others"], said.NOT_ANSWERED,
                       lead=(f"{capital(unanswered_words(found.reason, found.data, model))}.",))  # fmt: skip
    if isinstance(found, SampledGame):
        return _sampled_section(model, found)
    parts: Any = environment.get_template("games.html.j2").module
    columns = play_columns(model, found)
    pictures = [
        Picture(
            parts.play_part(columns),
            said.play_caption(found),
            said.play_key(RARELY),
            said.PLAY,
            table=profile_table(model, found),
            instead=(play_table(columns),),
        )
    ]
    if found.replies is not None and found.replies.leads:
        others, rows = [model.title_of(actor) for actor in found.replies.others], lead_rows(model, found)
        pictures.append(
            Picture(
                parts.leads_part(others, rows),
                said.lead_caption(model, best_leads(model, found)),
                said.LEAD_KEY,
                said.lead_title(model, found, best_leads(model, found)),
                table=lead_table(model, found),
                instead=(reply_table(others, rows),),
            )
        )
    return Section(
        "others",
        CALLED["others"],
        others_title(model, found),
        lead=others_lead(model, found),
        pictures=tuple(pictures),
        parts=(*_if_courses_change(model, courses), *_moved_by(model, found)),
        sure=others_sure(model, found),
        why=tuple(Chip(name, title_of(model, name)) for name, _ in found.beliefs.assumptions),
        method=Method(said.others_method(model, found), said.REFERENCES),
    )


def _sampled_section(model: Model, found: SampledGame) -> Section:
    """The same where a part of the profiles was run."""
    held = tuple(line for one in found.held for line in held_words(model, found, one))
    return Section(
        "others",
        CALLED["others"],
        sampled_title(found),
        lead=sampled_lead(model, found),
        parts=(
            *((Listing(said.HELD, held, prose=True),) if held else ()),
            Listing(said.LEARNED, tuple(learned_words(model, found)), prose=True),
        ),
        method=Method((said.SAMPLED,), said.SAMPLED_REFERENCES),
    )


def _if_courses_change(model: Model, courses: Changeable | Unanswered | None) -> Iterator[Listing]:
    """What holds if nobody can change course, if they can, and what would have to change."""
    if isinstance(courses, Changeable):
        yield Listing(courses_title(model, courses), courses_sentences(model, courses), prose=True)


def _moved_by(model: Model, found: Others) -> Iterator[Listing]:
    if lines := tuple(condition_words(model, found)):
        yield Listing(said.MOVED_BY, lines)
