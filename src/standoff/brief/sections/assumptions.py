"""Assumptions as rows: what each is, how far it is known, in what unit, and why; and those behind an equation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from standoff.base.tables import Row
from standoff.brief.parts import Assumption, AssumptionTable, Why
from standoff.brief.section import Chip, Method, Section
from standoff.evidence.claims import Ledger
from standoff.language.expressions.tree import Symbol
from standoff.language.model import Model, Parameter
from standoff.language.model.reads import symbols_read
from standoff.language.text.fields import typeset
from standoff.language.text.files import FACTS_FILE
from standoff.words.amounts import unit_words, with_unit
from standoff.words.names import title_of, who
from standoff.words.sections import assumptions as said
from standoff.words.sections.assumptions import NO_REASON, fact_words, spread_words
from standoff.words.sections.page import CALLED
from standoff.words.text import capital, join, words

__all__ = ["assumption_rows", "assumptions_behind", "assumptions_section", "read_facts"]


def read_facts(model: Model) -> dict[str, Why]:
    """The study's `facts.csv` by id; empty where it has none."""
    files = model.written.files
    if FACTS_FILE not in files:
        return {}
    return {row["id"].text: _fact(row) for row in files.table(FACTS_FILE, needs=("id",)).rows}


def assumptions_section(model: Model, ledger: Ledger, facts: Mapping[str, Why]) -> Section | None:
    """All of them, by kind; None where the model has none."""
    rows = assumption_rows(model, ledger, facts)
    if not rows:
        return None
    groups = [(title, kind, tuple(row for row in rows if row.kind == kind)) for kind, title in said.GROUPS]
    tables = tuple(
        AssumptionTable(f"{title} ({len(of)})",
                        ("Assumption", "Number" if kind == "constant" else "Range", "Why"), of, kind != "constant")
        for title, kind, of in groups if of
    )  # fmt: skip
    judged = sum(all(why.kind == "judgement" for why in row.why) for row in rows)
    title = said.assumptions_title(
        [row.kind for row in rows], judged, is_any_private=any(row.known_to for row in rows)
    )  # fmt: skip
    return Section(
        "assumptions", CALLED["assumptions"], title, parts=tables, method=Method((said.METHOD,)),
    )  # fmt: skip


def assumption_rows(model: Model, ledger: Ledger, facts: Mapping[str, Why]) -> tuple[Assumption, ...]:
    """Every parameter of the model with its reasons, in the study's order."""
    return tuple(_row(model, parameter, ledger, facts) for parameter in model.parameters)


def assumptions_behind(model: Model, parts: Sequence[object]) -> tuple[Chip, ...]:
    """Uncertainties and values that equations read directly or through quantities, in the study's order."""
    quantities = {quantity.name: quantity for quantity in model.quantities}
    seen: set[Symbol] = set()
    waiting: list[object] = list(parts)
    while waiting:
        for symbol in symbols_read(waiting.pop()) - seen:
            seen.add(symbol)
            if symbol.kind == "quantity":
                waiting.append(quantities[symbol.name])
    read = {symbol.name for symbol in seen if symbol.kind in ("uncertainty", "value")}
    return tuple(Chip(p.name, title_of(model, p.name)) for p in model.uncertain if p.name in read)


def _row(model: Model, parameter: Parameter, ledger: Ledger, facts: Mapping[str, Why]) -> Assumption:
    spread, ends = spread_words(parameter)
    known = join([who(model, actor) for actor in parameter.known_to])
    return Assumption(
        parameter.name,
        parameter.kind,
        capital(parameter.about or parameter.title or words(parameter.name)),
        spread,
        ends=ends,
        unit=with_unit(spread, unit_words(parameter.unit)).removeprefix(spread).strip(),
        known_to=known,
        why=tuple(_whys(parameter, ledger, facts)),
    )


def _whys(parameter: Parameter, ledger: Ledger, facts: Mapping[str, Why]) -> list[Why]:
    reason = parameter.reason
    claims = {claim.name: claim for claim in ledger.claims}
    documents = {document.name: document.metadata.title or document.name for document in ledger.documents}
    found = []
    for name in reason.cites:
        claim = claims.get(name)
        if claim is None:
            found.append(Why("claim", name, ""))
        else:
            found.append(Why("claim", name, claim.says, f"{documents.get(claim.document, '')}, {claim.passage}"))
    found += [facts.get(name, Why("fact", name, "")) for name in reason.facts]
    if reason.judgement:
        found.append(Why("judgement", "", capital(reason.judgement)))
    return found or [Why("judgement", "", NO_REASON)]


def _fact(row: Row) -> Why:
    url = row.text("source_url")
    said, source = typeset(fact_words(row)), typeset(row.text("source_title"))
    return Why("fact", row.text("id"), said, source, url=url if url.startswith("http") else "")
