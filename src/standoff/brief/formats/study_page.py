"""A study's page in the documentation: prose by hand, tables from the study and from what was measured on it.

A table stands between `<!-- table: NAME -->` and `<!-- end -->`. Those of `study_tables` come from the study's files
alone. Others come from a file of measurements beside the page (`PAGE_measured.json`), which names the digest of the
study it was made on, so that figures of an older study are noticed.

Run as `python -m standoff.brief.formats.study_page korea docs/studies/korea.md`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from standoff.base.tables import Row
from standoff.evidence.claims import Ledger, load_ledger
from standoff.language.experiments.expectations import read_expectations
from standoff.language.load import load_model
from standoff.language.model import Model, Parameter, Strategy
from standoff.language.text.files import FACTS_FILE
from standoff.words.amounts import unit_words, with_unit
from standoff.words.mathematics import range_ends
from standoff.words.numbers import plain

__all__ = ["Measured", "fill_page", "read_measured", "study_tables"]

Rows = Sequence[Sequence[str]]
_BLOCK = re.compile(r"(<!-- table: ([\w ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured on a study: its digest, and tables of words, the first row of each the head."""

    digest: str
    tables: Mapping[str, Rows]
    answers: Mapping[str, str]


def read_measured(path: Path) -> Measured:
    """The measurements in a file; none where there is no file."""
    if not path.exists():
        return Measured("", {}, {})
    found = json.loads(path.read_text(encoding="utf-8"))
    return Measured(found["digest"], found["tables"], found["answers"])


def fill_page(text: str, tables: Mapping[str, Rows]) -> str:
    """The page with each marked table written anew.

    Raises:
        KeyError: The page asks for a table that there is none of.
    """

    def filled(match: re.Match[str]) -> str:
        return f"{match.group(1)}\n{_markdown(tables[match.group(2)])}\n{match.group(3)}"

    return _BLOCK.sub(filled, text)


def study_tables(model: Model, ledger: Ledger, measured: Measured) -> dict[str, Rows]:
    """Every table by name: those of the study, then those that were measured."""
    files = model.written.files
    facts = files.table(FACTS_FILE).rows if FACTS_FILE in files else ()
    made: dict[str, Rows] = {
        "strategies": _strategies(model),
        "disputed signs": _disputed(model),
        "constants": _parameters(model, "constant"),
        "uncertainties": _parameters(model, "uncertainty"),
        "values": _parameters(model, "value"),
        "outcomes": _outcomes(model),
        "mechanisms": _mechanisms(model, ledger, measured.answers),
        "variants": [["variant", "what it changes"], *([f"`{v.name}`", v.about or ""] for v in model.variants)],
        "facts": _fact_rows(model, facts),
    }
    return made | dict(measured.tables)


def _strategies(model: Model) -> Rows:
    rows = [["actor", "strategy", "what it does"]]
    for strategy in model.strategies:
        rows.append([model.title_of(strategy.actor), _labelled(strategy), strategy.about or ""])
    return rows


def _labelled(strategy: Strategy) -> str:
    settings = "; ".join(f"{name}: {', '.join(map(str, levels))}" for name, levels in strategy.settings)
    return f"`{strategy.name}`" + (f" ({settings})" if settings else "")


def _disputed(model: Model) -> Rows:
    rows = [["assumption", "range", "low end", "high end"]]
    for p in model.uncertain:
        spread = p.spread
        if spread is not None and len(spread.arguments) == 2 and spread.arguments[0] < 0 < spread.arguments[1]:
            rows.append([f"`{p.name}`", _numbers(p), spread.low_words or "", spread.high_words or ""])
    return rows


def _parameters(model: Model, kind: Literal["constant", "uncertainty", "value"]) -> Rows:
    rows = [["name", "what it is", "number" if kind == "constant" else "range or distribution", "why"]]
    for p in model.parameters:
        if p.kind == kind:
            rows.append([f"`{p.name}`", p.about, _numbers(p), _why(p)])
    return rows


def _numbers(parameter: Parameter) -> str:
    """A value, `low to high`, or a distribution, with the unit."""
    unit, spread = unit_words(parameter.unit), parameter.spread
    if spread is None:
        return with_unit(plain(parameter.value or 0.0), unit)
    if spread.levels:
        return with_unit(", ".join(map(plain, spread.levels)), unit)
    ends = list(range_ends(spread)) if spread.edges else [plain(x) for x in spread.arguments]
    if spread.distribution == "uniform":
        return with_unit(f"{ends[0]} to {ends[1]}", unit)
    return with_unit(f"{spread.distribution}({', '.join(ends)})", unit)


def _why(parameter: Parameter) -> str:
    reason = parameter.reason
    named = [f"`{name}`" for name in reason.cites] + list(reason.facts)
    said = [", ".join(named)] if named else []
    return ". ".join([*said, *([reason.judgement] if reason.judgement else [])])


def _outcomes(model: Model) -> Rows:
    rows = [["outcome", "what it is", "better", "limit", "why that limit", "least difference that matters"]]
    for o in model.outcomes:
        limit, matters = (
            "" if value is None else with_unit(plain(value), unit_words(o.unit)) for value in (o.limit, o.matters)
        )
        rows.append([f"`{o.name}`", o.about or "", o.better, limit, o.why or "", matters])
    return rows


def _mechanisms(model: Model, ledger: Ledger, answers: Mapping[str, str]) -> Rows:
    passages = {claim.name: f"{claim.document} {claim.passage}" for claim in ledger.claims}
    rows = [["mechanism", "claims", "equation", "what must follow", "answer"]]
    for mechanism in model.mechanisms:
        expectations, _ = read_expectations(mechanism.expect, model)
        says = [expectation.says for expectation in expectations]
        rows.append([
            f"**{mechanism.name.split('_')[0].upper()}** {mechanism.title}",
            "<br>".join(f"`{name}` ({passages[name]})" for name in mechanism.cites),
            ", ".join(f"`{name}`" for name in mechanism.equation),
            "<br>".join(says),
            "<br>".join(answers.get(f"{mechanism.name}: {said}", "not run") for said in says),
        ])  # fmt: skip
    return rows


def _fact_rows(model: Model, facts: Sequence[Row]) -> Rows:
    used: dict[str, list[str]] = {}
    for p in model.parameters:
        for fact in p.reason.facts:
            used.setdefault(fact, []).append(f"`{p.name}`")
    rows = [["fact", "what", "value", "as of", "source", "used for"]]
    for row in facts:
        low, high = row.text("low"), row.text("high")
        spread = f" ({low} to {high})" if low and high else ""
        value = f"{row.text('value')}{spread} {row.text('unit')}".strip()
        rows.append([row.text("id"), row.text("quantity"), value, row.text("as_of"), row.text("source_title"),
                     ", ".join(used.get(row.text("id"), []))])  # fmt: skip
    return rows


def _markdown(rows: Rows) -> str:
    head, *body = [[cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows]
    lines = [_line(head), _line(["---"] * len(head)), *map(_line, body)]
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |".replace("  ", " ")


def _main(study: str, page: Path) -> None:
    model = load_model(study)
    measured = read_measured(page.with_name(f"{page.stem}_measured.json"))
    if measured.digest not in ("", model.digest):
        print(f"note: {page.stem}_measured.json was made on another version of the study; measure again")
    tables = study_tables(model, load_ledger(study), measured)
    page.write_text(fill_page(page.read_text(encoding="utf-8"), tables), encoding="utf-8")


if __name__ == "__main__":
    _main(sys.argv[1], Path(sys.argv[2]))
