"""The section `Do the documents agree?`: claims and mechanisms, what opposes what, and what moves the numbers."""

from __future__ import annotations

from standoff.analysis.documents.documents import Agreement
from standoff.brief.pictures.drawing.marks import mark_styles
from standoff.brief.pictures.ties import draw_ties
from standoff.brief.section import Method, Picture, Section, Table
from standoff.brief.sections.claim_parts import evidence_parts
from standoff.language.model import Model
from standoff.questions.documents import Evidence
from standoff.words.sections import documents as said
from standoff.words.sections.page import CALLED
from standoff.words.sentences.evidence import answer_words

__all__ = ["documents_section", "documents_style"]


def documents_section(model: Model, evidence: Evidence) -> Section | None:
    """The section; None where the study has no claims."""
    found = evidence.found
    if not found.claims:
        return None
    drawn = draw_ties(found)
    return Section(
        "documents",
        CALLED["documents"],
        said.documents_title(found),
        (said.documents_lead(found),),
        pictures=() if drawn is None else (Picture(drawn, key=said.KEY, table=_table(found)),),
        sure=said.documents_sure(model, found, evidence.at_hand),
        method=Method(said.documents_method(found), said.REFERENCES),
        parts=evidence_parts(model, found, evidence.headlines, evidence.at_hand),
    )


def documents_style() -> str:
    """The section's style rules for its marks."""
    return mark_styles()


def _table(found: Agreement) -> Table:
    titles = {m.name: m.title for m in found.mechanisms}
    rows = tuple(
        (
            claim.says,
            claim.document,
            claim.passage,
            answer_words(claim),
            "; ".join(titles[name] for name in claim.mechanisms) or "none",
        )
        for claim in found.claims
    )
    return Table(said.claims_caption(found), said.TABLE_HEAD, rows)
