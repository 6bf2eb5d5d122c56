"""Where a section is added: the table of all sections, in their order on the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from standoff.analysis.deals.deals import Deals
from standoff.analysis.others.others import Others
from standoff.analysis.robustness.robustness import Robustness
from standoff.analysis.structure.causal import causal_map
from standoff.brief.environment import make_environment
from standoff.brief.findings import Findings
from standoff.brief.live.section import live_section
from standoff.brief.pictures.grid import grid_tables, make_grid
from standoff.brief.section import Picture, Section
from standoff.brief.sections.assumptions import assumptions_section
from standoff.brief.sections.deals import deals_section
from standoff.brief.sections.documents import documents_section
from standoff.brief.sections.explore import explore
from standoff.brief.sections.gives_up import gives_up
from standoff.brief.sections.hinges_on import hinges_on, unanswered
from standoff.brief.sections.holds_up import holds_up, map_section, views
from standoff.brief.sections.others import others_section
from standoff.brief.sections.over_time import over_time
from standoff.brief.sections.run import leaves_out, run_section
from standoff.brief.sections.watching import since_section, watch_section
from standoff.evidence.claims import ledger_of
from standoff.language.model import Model
from standoff.questions.documents import Evidence
from standoff.questions.question import Unanswered
from standoff.questions.results import Robust
from standoff.words.language import Language
from standoff.words.unanswered import unanswered_words

__all__ = ["SECTIONS", "live", "section_of"]


def section_of(model: Model, found: object) -> Section | None:
    """The section of one finding alone; None where the page has none for it."""
    match found:
        case Others():
            return others_section(model, found, make_environment())
        case Deals():
            return deals_section(model, (found,), make_environment())
        case tuple() if all(isinstance(one, Deals | Unanswered) for one in found):
            return deals_section(model, found, make_environment())
        case Robustness():
            return gives_up(model, found, make_environment())
        case Robust():
            ledger = ledger_of(model.written.files)
            return hinges_on(model, found.linchpins, found.table.inputs, ledger, environment=make_environment())
        case Evidence():
            return documents_section(model, found)
        case _:
            return None


def _holds_up(findings: Findings, _: Language) -> Section:
    results = findings.performance
    if not results.standings:
        return holds_up(findings.model, results, (), found=findings.found, pathways=findings.pathways)
    grid = make_grid(findings.model, results, results.standings[0])
    parts: Any = make_environment().get_template("parts.html.j2").module
    pictures = (Picture(parts.grid_part(grid), instead=grid_tables(grid)),)
    return holds_up(findings.model, results, pictures, found=findings.found, pathways=findings.pathways)


def _views(findings: Findings, _: Language) -> Section | None:
    return views(findings.model, findings.performance)


def _gives_up(findings: Findings, _: Language) -> Section | None:
    robust = findings.robust
    return gives_up(findings.model, robust.robustness, make_environment()) if isinstance(robust, Robust) else None


def _hinges_on(findings: Findings, _: Language) -> Section:
    robust = findings.robust
    if isinstance(robust, Unanswered):
        return unanswered(unanswered_words(robust.reason, robust.data, findings.model))
    return hinges_on(
        findings.model, robust.linchpins, robust.table.inputs, findings.ledger, environment=make_environment()
    )


def _explore(findings: Findings, _: Language) -> Section | None:
    robust = findings.robust
    if isinstance(robust, Unanswered) or not (robust.linchpins.facts or robust.linchpins.values):
        return None
    return explore(findings.model, robust, findings.performance, make_environment())


def live(findings: Findings, language: Language) -> Section | None:
    """The section that carries the model, which takes longest."""
    robust = findings.robust
    if isinstance(robust, Unanswered):
        return None
    return live_section(robust.table, robust.robustness, robust.linchpins, make_environment(), language=language)


def _others(findings: Findings, _: Language) -> Section:
    return others_section(findings.model, findings.others, make_environment(), findings.courses)


def _deals(findings: Findings, _: Language) -> Section:
    return deals_section(findings.model, findings.deals, make_environment())


def _since(findings: Findings, language: Language) -> Section | None:
    return since_section(findings.model, findings.since, language)


def _watch(findings: Findings, language: Language) -> Section | None:
    return watch_section(findings.model, findings.watch, language)


def _over_time(findings: Findings, _: Language) -> Section | None:
    return over_time(findings.model, findings.performance, findings.fans)


def _documents(findings: Findings, _: Language) -> Section | None:
    return documents_section(findings.model, findings.evidence)


def _map(findings: Findings, _: Language) -> Section:
    return map_section(findings.model, causal_map(findings.model))


def _assumptions(findings: Findings, _: Language) -> Section | None:
    return assumptions_section(findings.model, findings.ledger, findings.facts)


def _leaves_out(findings: Findings, _: Language) -> Section | None:
    return leaves_out(findings.model)


def _run(findings: Findings, _: Language) -> Section:
    return run_section(findings.ensemble)


SECTIONS: tuple[Callable[[Findings, Language], Section | None], ...] = (
    _since,
    _holds_up,
    _gives_up,
    _hinges_on,
    _explore,
    live,
    _views,
    _others,
    _deals,
    _watch,
    _documents,
    _over_time,
    _map,
    _assumptions,
    _leaves_out,
    _run,
)
"""The sections in their order on the page; a further question's section goes in its place here."""
