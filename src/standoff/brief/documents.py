"""The section `Do the documents agree?`: claims and mechanisms, what opposes what, and what moves the numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from standoff.analysis.documents import Agreement, ClaimAnswer, ClaimFinding, Headline, Mover, Tested
from standoff.brief.marks import MARKS, mark_styles
from standoff.brief.sections import Method, Picture, Section, Table
from standoff.brief.terminal_evidence import answer_counts, effect_words, separated
from standoff.brief.ties import draw_ties
from standoff.brief.wording import amount, capital, counted, join, measured, strategy_words, title_of, words
from standoff.evidence.opposed import Opposed
from standoff.evidence.sources import Sources
from standoff.language.model import Model

__all__ = ["Evidence", "documents_section", "documents_style"]

_MOST_MOVERS = 3
_CAPTION = "Lines tie a claim to the parts of the model that rest on it; under the pointer, or in focus, alone."


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What the section is made from; `at_hand` only where the reader asked for the documents' own words."""

    found: Agreement
    headlines: tuple[Headline, ...]
    at_hand: Sources | None = None


@dataclass(frozen=True, slots=True)
class _Card:
    """A claim as the page lists it. `passage` is the document's own sentence, where it was asked for."""

    claim: ClaimFinding
    sign: str
    style: str
    source: str
    url: str
    passage: str
    state: str
    tests: tuple[str, ...]
    assumptions: tuple[tuple[str, str], ...]
    moves: tuple[tuple[str, str], ...]


def documents_section(model: Model, evidence: Evidence, environment: Environment) -> Section | None:
    """The section; None where the study has no claims."""
    found = evidence.found
    if not found.claims:
        return None
    drawn = draw_ties(found)
    module: Any = environment.get_template("documents.html.j2").module
    body: Markup = module.documents_part(
        [(document, [_card(model, evidence, claim) for claim in found.claims if claim.document == document.name])
         for document in found.documents],
        _opposed(model, found),
        _moved(model, evidence.headlines),
        _strategy(model, evidence.headlines),
        [(name, words(name)) for name in found.uncited if any(p.name == name for p in model.uncertain)],
        sum(p.kind == "constant" and p.name in found.uncited for p in model.parameters),
        [(answer, mark) for answer, mark in MARKS.items() if found.counts[answer]],
    )  # fmt: skip
    return Section(
        "documents",
        "Do the documents agree?",
        _title(found),
        (_lead(found),),
        () if drawn is None else (Picture(drawn, _CAPTION, table=_table(found)),),
        sure=_sure(found, evidence),
        method=_method(found),
        body=body,
    )


def documents_style() -> str:
    """The section's style rules for its marks."""
    return mark_styles()


def _title(found: Agreement) -> str:
    clash = [pair for pair in found.opposed if pair.is_contradiction]
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


def _sure(found: Agreement, evidence: Evidence) -> tuple[str, ...]:
    lines = [
        "That the model bears a claim out does not make it true: the model may have been built on it. Where it "
        "contradicts one, either may be wrong."
    ]
    for claim in found.claims:
        cuts = [cut for test in claim.tests if (cut := separated(test))]
        if claim.answer == "mixed" and cuts:
            lines.append(f"“{claim.says}”: {_plain(cuts[0])}.")
    if evidence.at_hand is None:
        titles = join([document.title for document in found.documents])
        lines.append(
            f"Not at hand for this page, which has only our own words: {titles}. Who has the documents can have them "
            "shown: standoff brief … --sources DIR."
        )
    else:
        absent = [row.metadata.title or row.name for row in evidence.at_hand.rows if not row.is_at_hand]
        if absent:
            lines.append(f"Not at hand: {join(absent)}.")
    return tuple(lines)


def _method(found: Agreement) -> Method:
    return Method(
        (
            f"Claims are tested by {found.method}: what a claim speaks of is set to the upper against the lower "
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
            claim.answer,
            "; ".join(titles[name] for name in claim.mechanisms) or "none",
        )
        for claim in found.claims
    )
    return Table(
        f"Claims: {answer_counts(found)}", ("Claim", "Document", "Passage", "Answer", "What rests on it"), rows
    )


def _card(model: Model, evidence: Evidence, claim: ClaimFinding) -> _Card:
    document = next(d for d in evidence.found.documents if d.name == claim.document)
    said = ", ".join(part for part in (document.author, document.title, document.publisher, document.date) if part)
    row = evidence.at_hand.passage(claim.name) if evidence.at_hand is not None else None
    state = ""
    if row is not None and row.status != "found":
        state = row.status if row.now in (None, row.was) else f"{row.status}, now {row.now}"
    titles = {p.name: capital(p.about or words(p.name)) for p in model.uncertain}
    moved = [(h.outcome, mover) for h in evidence.headlines for mover in h.movers if mover.claim == claim.name]
    return _Card(
        claim,
        MARKS[claim.answer].sign,
        MARKS[claim.answer].style,
        said,
        document.url if document.url.startswith("http") else "",
        (row.text or "") if row is not None else "",
        state,
        tuple(_tested(test) for test in claim.tests),
        tuple((name, titles[name]) for name in claim.assumptions),
        tuple((capital(title_of(model, outcome)), _correlation(mover)) for outcome, mover in moved),
    )


def _opposed(model: Model, found: Agreement) -> list[tuple[str, list[tuple[str, ClaimFinding, ClaimFinding]]]]:
    """Pairs in three lists, the gravest first."""
    groups: tuple[tuple[str, Callable[[Opposed], bool]], ...] = (
        ("One cause, opposite effects", lambda pair: pair.is_contradiction),
        ("Different causes, in different documents", lambda pair: pair.is_across and not pair.is_contradiction),
        ("Different causes, in one document", lambda pair: not pair.is_across and not pair.is_contradiction),
    )
    outcomes = {f"`{outcome.name}`": capital(title_of(model, outcome.name)) for outcome in model.outcomes}
    return [
        (
            title,
            [
                (
                    outcomes.get(pair.measure, words(_plain(pair.measure))),
                    found.claim(pair.raising),
                    found.claim(pair.lowering),
                )
                for pair in found.opposed
                if belongs(pair)
            ],
        )
        for title, belongs in groups
        if any(map(belongs, found.opposed))
    ]


def _strategy(model: Model, headlines: Sequence[Headline]) -> str:
    """The strategy whose numbers these are, in words."""
    instances = {instance.label: instance for instance in model.instances(model.decider)}
    return strategy_words(instances[headlines[0].strategy]) if headlines else ""


def _moved(model: Model, headlines: Sequence[Headline]) -> list[tuple[str, str, list[tuple[Mover, str]]]]:
    return [
        (
            capital(title_of(model, h.outcome)),
            amount(model, h.outcome, h.value, h.error),
            [(mover, _correlation(mover)) for mover in h.movers[:_MOST_MOVERS]],
        )
        for h in headlines
    ]


def _correlation(mover: Mover) -> str:
    sign = "+" if mover.correlation.value > 0 else ""
    return f"{words(mover.assumption)} {sign}{measured(mover.correlation.value, mover.correlation.error)}"


def _tested(test: Tested) -> str:
    parts = (f"{test.says}: {test.answer}", effect_words(test) if test.worlds else "", separated(test))
    return _plain("; ".join(part for part in parts if part))


def _plain(text: str) -> str:
    return text.replace("`", "")
