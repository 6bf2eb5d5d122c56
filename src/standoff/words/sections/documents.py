"""Whether the documents agree, in words: title, lead, how sure, how it was computed."""

from __future__ import annotations

from standoff.analysis.documents.documents import Agreement, ClaimAnswer
from standoff.evidence.sources import AnchorRow, Sources
from standoff.language.model import Instance, Model
from standoff.words.names import spelled, strategy_words
from standoff.words.numbers import counted, percent
from standoff.words.sentences.evidence import answer_counts, separated, tested_how
from standoff.words.text import are_or_is, join

__all__ = [
    "CONTRADICT", "IN_DIFFERENT", "IN_ONE", "KEY", "MEANINGS", "MOVED_HEAD", "NONE_MOVES", "NO_PART", "REFERENCES",
    "TABLE_HEAD", "UNCITED", "anchor_words", "claims_caption", "documents_lead", "documents_method", "documents_sure",
    "documents_title", "moved_heading", "ties_words", "uncited_sentence",
]  # fmt: skip

KEY = "Lines tie a claim to the parts of the model that rest on it; under the pointer, or in focus, alone."
MEANINGS: dict[ClaimAnswer, str] = {
    "borne out": "the model does what must follow if the claim is right",
    "contradicted": "the model does the opposite",
    "mixed": "it depends on an assumption",
    "no visible effect": "any effect is too small to be seen",
    "not represented": "nothing in the model could show it",
    "open": "nothing is expected of the model that would test it",
}
"""What each answer to a claim means."""
NO_PART = "No part of the model rests on these"
CONTRADICT = "Claims that contradict each other"
IN_DIFFERENT, IN_ONE = "In different documents", "In one document"
TABLE_HEAD = ("Claim", "Document", "Passage", "Answer", "What rests on it")
MOVED_HEAD = ("Outcome", "Mean", "Moved most by (rank correlation over worlds)")
NONE_MOVES = "no claim that can be told from luck"
UNCITED = "Assumptions without a source"
REFERENCES = (
    "Fieller, Hartley & Pearson 1957, Tests for rank correlation coefficients, Biometrika 44",
    "Pearl 2009, Causality, 2nd edition, chapter 3 (do-experiments)",
)


def documents_title(found: Agreement) -> str:
    """Whether documents contradict each other, and what the model makes of their claims."""
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


def documents_lead(found: Agreement) -> str:
    """When a claim is borne out, and what became of the rest."""
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


def documents_sure(model: Model, found: Agreement, at_hand: Sources | None) -> tuple[str, ...]:
    """What bearing out does not mean, what mixed claims depend on, and which documents are not at hand."""
    lines = [
        "That the model bears a claim out does not make it true: the model may have been built on it. Where it "
        "contradicts one, either may be wrong."
    ]
    for claim in found.claims:
        cuts = [cut for test in claim.tests if (cut := separated(test))]
        if claim.answer == "mixed" and cuts:
            lines.append(f"“{claim.says}”: {spelled(model, cuts[0])}.")
    if at_hand is None:
        titles = join([f"“{document.title}”" for document in found.documents])
        are = are_or_is(found.documents)
        lines.append(
            f"{titles} {are} not at hand for this page, which has only our own words. Who has the documents "
            "can have them shown: standoff brief … --sources DIR."
        )
    else:
        absent = [row.metadata.title or row.name for row in at_hand.rows if not row.is_at_hand]
        if absent:
            titles = join([f"“{title}”" for title in absent])
            lines.append(f"{titles} {are_or_is(absent)} not at hand.")
    return tuple(lines)


def documents_method(found: Agreement) -> tuple[str, ...]:
    """How claims are tested."""
    return (
        f"Claims are tested by {tested_how(found)}: what a claim speaks of is set to the upper against the lower "
        "quartile of its distribution, all else as drawn, and what must follow is compared world by world. "
        "A change is visible in a world if it exceeds two standard errors and 1 % of the measure’s spread.",
        "What moves a number: the rank correlation, over worlds, of the number with the assumptions that a claim "
        "bears on; only those are named whose 95 % intervals, for all assumptions at once, leave zero out.",
    )


def claims_caption(found: Agreement) -> str:
    """The table of claims: how many there are of each answer."""
    return f"Claims: {answer_counts(found)}"


def ties_words(found: Agreement) -> str:
    """What the picture shows."""
    return (
        f"{counted(len(found.claims), 'claim')} of {counted(len(found.documents), 'document')}, each tied to the "
        "mechanisms of the model that rest on it; the table lists them all."
    )


def anchor_words(anchor: AnchorRow) -> str:
    """What became of a claim's passage; empty where it stands as it did."""
    return {
        "found": "",
        "moved": f"moved here from {anchor.was}, confidence {percent(anchor.confidence)}",
        "changed": f"its words have changed, confidence {percent(anchor.confidence)}",
        "lost": f"it was at {anchor.was}, and is not in this text",
        "unanchored": "not anchored, so the passage is unverified",
    }[anchor.status]


def moved_heading(instance: Instance) -> str:
    """Whose numbers claims are said to move."""
    return f"Which claims move the numbers of {strategy_words(instance)} most"


def uncited_sentence(n_uncertain: int, n_constants: int) -> str:
    """How many assumptions rest on judgement alone, before they are listed."""
    also = counted(n_constants, "constant")
    if n_uncertain:
        return "These rest on the author’s judgement, on no claim and no fact" + (
            f", and so {'does' if n_constants == 1 else 'do'} {also}." if n_constants else "."
        )
    return f"{also} {'rests' if n_constants == 1 else 'rest'} on the author’s judgement, on no claim and no fact."
