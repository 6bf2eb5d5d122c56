"""Assumptions as rows: what each is, how far it is known, in what unit, and why; and those behind an equation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from standoff.base.tables import Row
from standoff.brief.parts import Assumption, Why
from standoff.brief.section import Chip
from standoff.evidence.claims import Ledger
from standoff.language.expressions.tree import Symbol
from standoff.language.model import Model, Parameter, Spread
from standoff.language.model.reads import symbols_read
from standoff.language.text.files import FACTS_FILE
from standoff.words.amounts import unit_words, with_unit
from standoff.words.mathematics import range_ends
from standoff.words.names import title_of, who
from standoff.words.numbers import counted, number, plain
from standoff.words.text import capital, join, words

__all__ = ["assumption_rows", "assumptions_behind", "assumptions_title", "read_facts"]


def read_facts(model: Model) -> dict[str, Why]:
    """The study's `facts.csv` by id; empty where it has none."""
    files = model.written.files
    if FACTS_FILE not in files:
        return {}
    return {row["id"].text: _fact(row) for row in files.table(FACTS_FILE, needs=("id",)).rows}


def assumption_rows(model: Model, ledger: Ledger, facts: Mapping[str, Why]) -> tuple[Assumption, ...]:
    """Every parameter of the model with its reasons, in the study's order."""
    return tuple(_row(model, parameter, ledger, facts) for parameter in model.parameters)


def assumptions_title(rows: tuple[Assumption, ...]) -> str:
    """How much is assumed, and how much of it rests on judgement alone."""
    kinds = [row.kind for row in rows]
    judged = sum(all(why.kind == "judgement" for why in row.why) for row in rows)
    counts = (
        (
            kinds.count("uncertainty"),
            "that not everybody knows" if any(row.known_to for row in rows) else "that nobody knows",
        ),
        (kinds.count("value"), "about what someone wants"),
        (kinds.count("constant"), "taken as given"),
    )
    parts = [f"{n} {what}" for n, what in counts if n]
    alone = f"; {judged} {'rests' if judged == 1 else 'rest'} on the author’s judgement alone" if judged else ""
    return f"The answer rests on {counted(len(rows), 'assumption')}: {join(parts)}{alone}"


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
    spread, ends = _spread_words(parameter)
    known = join([who(model, actor) for actor in parameter.known_to])
    return Assumption(
        parameter.name,
        parameter.kind,
        capital(parameter.about or words(parameter.name)),
        spread,
        ends,
        with_unit(spread, unit_words(parameter.unit)).removeprefix(spread).strip(),
        known,
        tuple(_whys(parameter, ledger, facts)),
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
    return found or [Why("judgement", "", "No reason is given")]


def _spread_words(parameter: Parameter) -> tuple[str, str]:
    """The range in numbers, and what its ends mean where the study says."""
    spread = parameter.spread
    if spread is None:
        return plain(parameter.value if parameter.value is not None else 0.0), ""
    ends = ""
    if spread.low_words and spread.high_words:
        ends = f"low: {spread.low_words}; high: {spread.high_words}"
    return _distribution(spread) + _cut(spread), ends


def _distribution(spread: Spread) -> str:
    if spread.levels:
        pairs = zip(spread.levels, spread.weights, strict=True)
        return "one of " + join([f"{plain(level)} ({number(100 * weight)} %)" for level, weight in pairs], "or")
    arguments = list(range_ends(spread)) if spread.edges else [plain(a) for a in spread.arguments]
    if spread.distribution in ("uniform", "loguniform"):
        how = ", even in orders of magnitude" if spread.distribution == "loguniform" else ""
        return f"{arguments[0]} to {arguments[1]}{how}"
    return f"{spread.distribution} ({', '.join(arguments)})"


def _cut(spread: Spread) -> str:
    low, high = spread.within
    if low is None and high is None:
        return ""
    parts = [f"at least {plain(low)}"] if low is not None else []
    parts += [f"at most {plain(high)}"] if high is not None else []
    return f", {join(parts)}"


def _fact(row: Row) -> Why:
    """A row in words; columns that a study leaves out are passed over."""
    value, unit, low, high, when = map(row.text, ("value", "unit", "low", "high", "as_of"))
    spread = f" ({low} to {high})" if low and high and low != high else ""
    says = f"{capital(row.text('quantity'))}: {value}{spread} {unit}" + (f", {when}" if when else "")
    url = row.text("source_url")
    return Why("fact", row.text("id"), says, row.text("source_title"), url if url.startswith("http") else "")
