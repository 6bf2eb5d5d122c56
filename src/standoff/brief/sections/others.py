"""The section on what the others will do: who plays what, what changes when the decider moves, and what moves it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jinja2 import Environment

from standoff.analysis.graph_model.wished import Changeable
from standoff.analysis.others.others import Others
from standoff.brief.parts import Listing
from standoff.brief.pictures.plays import (
    RARELY,
    lead_caption,
    lead_rows,
    lead_table,
    lead_title,
    play_columns,
    play_table,
    profile_table,
    reply_table,
)
from standoff.brief.section import Chip, Method, Picture, Section
from standoff.language.model import Model
from standoff.questions.question import Unanswered
from standoff.words.names import title_of
from standoff.words.numbers import counted, percent
from standoff.words.sentences.courses import courses_sentences, courses_title
from standoff.words.sentences.others import condition_words, others_lead, others_sure, others_title, tolerance_words
from standoff.words.text import capital
from standoff.words.unanswered import unanswered_words

__all__ = ["others_section"]

_LEAD_KEY = (
    "Dark: where a reply departs from the usual one. The line spans the worst to the best reply as estimated, the dot "
    "is over all replies by their weights."
)
_REFERENCES = (
    "Wellman 2006, Methods for empirical game-theoretic analysis",
    "McKelvey & Palfrey 1995, Quantal response equilibria for normal form games",
    "von Stengel & Zamir 2010, Leadership games with convex strategy sets",
    "Bryant & Lempert 2010, Thinking inside the box",
    "Fang, Hipel & Kilgour 1993, Interactive decision making: the graph model for conflict resolution",
)


def others_section(
    model: Model, found: Others | Unanswered, environment: Environment, courses: Changeable | Unanswered | None = None
) -> Section:
    """Question 3; a study without others, or a run that cannot tell, says so."""
    if isinstance(found, Unanswered):
        return Section("others", "What the others do", "What the others will do: not answered here",
                       lead=(f"{capital(unanswered_words(found.reason, found.data, model))}.",))  # fmt: skip
    parts: Any = environment.get_template("games.html.j2").module
    columns = play_columns(model, found)
    pictures = [
        Picture(
            parts.play_part(columns),
            f"Of the stable profiles found under {counted(found.beliefs.draws, 'draw')} of beliefs, the share in which "
            "an actor plays so, ± one standard error.",
            f"Struck through: ruled out by dominance in {percent(1.0 - RARELY)} of beliefs or more.",
            "Who plays what, over what the actors may believe",
            profile_table(model, found),
            (play_table(columns),),
        )
    ]
    if found.replies is not None and found.replies.leads:
        others, rows = [model.title_of(actor) for actor in found.replies.others], lead_rows(model, found)
        pictures.append(
            Picture(
                parts.leads_part(others, rows),
                lead_caption(model, found),
                _LEAD_KEY,
                lead_title(model, found),
                lead_table(model, found),
                (reply_table(others, rows),),
            )
        )
    return Section(
        "others",
        "What the others do",
        others_title(model, found),
        lead=others_lead(model, found),
        pictures=tuple(pictures),
        parts=(*_if_courses_change(model, courses), *_moved_by(model, found)),
        sure=others_sure(model, found),
        why=tuple(Chip(name, title_of(model, name)) for name, _ in found.beliefs.assumptions),
        method=_method(model, found),
    )


def _if_courses_change(model: Model, courses: Changeable | Unanswered | None) -> Iterator[Listing]:
    """What holds if nobody can change course, if they can, and what would have to change."""
    if isinstance(courses, Changeable):
        yield Listing(courses_title(model, courses), courses_sentences(model, courses), prose=True)


def _moved_by(model: Model, found: Others) -> Iterator[Listing]:
    said = tuple(condition_words(model, found))
    if said:
        yield Listing("What moves it: beliefs", said)


def _method(model: Model, found: Others) -> Method:
    n, r = counted(found.n_worlds, "world"), counted(found.replications, "replication")
    return Method(
        (
            f"Payoffs of all profiles come from the run of {n} with {r} each, weighted by each actor’s own beliefs: "
            "u_i(s) = Σ_w b_i(w) u_i(s, w). A profile is an equilibrium where nobody gains by leaving it alone, and "
            f"counts as stable within a tolerance of {tolerance_words(model, found)}. Its probability "
            "is the share of resamples of the worlds in which it is one; it is shown stable or unstable only where all "
            "gains of leaving are told from zero at 95 % together.",
            f"The game is solved again for {counted(found.beliefs.draws, 'draw')} of beliefs over the assumptions that "
            "move payoff differences most. Shares over beliefs count every stable profile of every draw; their errors "
            "take profiles as independent.",
            "A reply is an equilibrium of what a strategy of the decider leaves to the others. Where there is no pure "
            "one, the others’ logit responses stand in.",
            "If courses can change: a profile holds by foresight (sequential stability) if after every gain the others "
            "can lead, by moves that each gain who makes them, to where the actor is no better off. What an actor "
            "would have to want or believe is the least part of its belief that must move to an assumption’s highest "
            "or lowest fifth.",
        ),
        _REFERENCES,
    )
