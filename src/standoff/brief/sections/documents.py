"""The section `Do the documents agree?`: claims and mechanisms, what opposes what, and what moves the numbers."""

from __future__ import annotations

from standoff.analysis.documents.documents import Agreement, ClaimAnswer
from standoff.brief.pictures.drawing.marks import mark_styles
from standoff.brief.pictures.ties import draw_ties
from standoff.brief.section import Method, Picture, Section, Table
from standoff.brief.sections.claim_parts import evidence_parts
from standoff.language.model import Model
from standoff.questions.documents import Evidence
from standoff.words.names import spelled
from standoff.words.numbers import counted
from standoff.words.sentences.evidence import answer_counts, answer_words, separated, tested_how
from standoff.words.text import are_or_is, join

__all__ = ["documents_section", "documents_style"]

_KEY = "Lines tie a claim to the parts of the model that rest on it; under the pointer, or in focus, alone."


def documents_section(model: Model, evidence: Evidence) -> Section | None:
    """The section; None where the study has no claims."""
    found = evidence.found
    if not found.claims:
        return None
    drawn = draw_ties(found)
    return Section(
        "documents",
        "Do the documents agree?",
        _title(found),
        (_lead(found),),
        () if drawn is None else (Picture(drawn, key=_KEY, table=_table(found)),),
        sure=_sure(model, found, evidence),
        method=_method(found),
        parts=evidence_parts(model, found, evidence.headlines, evidence.at_hand),
    )


def documents_style() -> str:
    """The section's style rules for its marks."""
    return mark_styles()


def _title(found: Agreement) -> str:
    clash = found.opposed
    across = [pair for pair in clash if pair.is_across]
    if len(found.documents) > 1:
        agree = "The documents do not contradict each other"
        if across:
            agree = f"The documents contradict each other in {counted(len(across), 'pair')} of claims"
    else:
        agree = "The document does not contradict itself"
        if clash:
            agree = f"The document contradicts itself in {counted(len(clash), 'pair')} of claims"
    borne, against = found.counts["borne out"], found.counts["contradicted"] or "none"
    return f"{agree}; the model bears out {borne} of {counted(len(found.claims), 'claim')} and contradicts {against}"


def _lead(found: Agreement) -> str:
    said: tuple[tuple[ClaimAnswer, str, str], ...] = (
        ("mixed", "depends on an assumption", "depend on an assumption"),
        ("no visible effect", "has an effect too small to see", "have an effect too small to see"),
        ("not represented", "stands for nothing in the model", "stand for nothing in the model"),
        ("open", "stays open, as nothing would test it", "stay open, as nothing would test them"),
    )
    counts = found.counts
    parts = [f"{counts[answer]} {one if counts[answer] == 1 else more}" for answer, one, more in said if counts[answer]]
    rest = f" Of the others, {join(parts)}." if parts else ""
    return f"A claim is borne out where the model does what must follow from it.{rest} Each opens below."


def _sure(model: Model, found: Agreement, evidence: Evidence) -> tuple[str, ...]:
    lines = [
        "That the model bears a claim out does not make it true: the model may have been built on it. Where it "
        "contradicts one, either may be wrong."
    ]
    for claim in found.claims:
        cuts = [cut for test in claim.tests if (cut := separated(test))]
        if claim.answer == "mixed" and cuts:
            lines.append(f"“{claim.says}”: {spelled(model, cuts[0])}.")
    if evidence.at_hand is None:
        titles = join([f"“{document.title}”" for document in found.documents])
        are = are_or_is(found.documents)
        lines.append(
            f"{titles} {are} not at hand for this page, which has only our own words. Who has the documents "
            "can have them shown: standoff brief … --sources DIR."
        )
    else:
        absent = [row.metadata.title or row.name for row in evidence.at_hand.rows if not row.is_at_hand]
        if absent:
            titles = join([f"“{title}”" for title in absent])
            lines.append(f"{titles} {are_or_is(absent)} not at hand.")
    return tuple(lines)


def _method(found: Agreement) -> Method:
    return Method(
        (
            f"Claims are tested by {tested_how(found)}: what a claim speaks of is set to the upper against the lower "
            "quartile of its distribution, all else as drawn, and what must follow is compared world by world. "
            "A change is visible in a world if it exceeds two standard errors and 1 % of the measure’s spread.",
            "What moves a number: the rank correlation, over worlds, of the number with the assumptions that a claim "
            "bears on; only those are named whose 95 % intervals, for all assumptions at once, leave zero out.",
        ),
        (
            "Fieller, Hartley & Pearson 1957, Tests for rank correlation coefficients, Biometrika 44",
            "Pearl 2009, Causality, 2nd edition, chapter 3 (do-experiments)",
        ),
    )


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
    return Table(
        f"Claims: {answer_counts(found)}", ("Claim", "Document", "Passage", "Answer", "What rests on it"), rows
    )
