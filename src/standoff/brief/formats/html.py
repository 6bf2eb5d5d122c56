"""One HTML page from the results: the answer first, then a section for each question, then what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from standoff._version import __version__
from standoff.analysis.deals.deals import Deals
from standoff.analysis.fans import Fan
from standoff.analysis.graph_model.wished import Changeable
from standoff.analysis.others.others import Others
from standoff.analysis.robustness.performance import Performance
from standoff.analysis.robustness.robustness import Robustness
from standoff.analysis.structure.causal import causal_map
from standoff.analysis.watch.posterior import Posterior
from standoff.analysis.watch.signposts import Signposts
from standoff.brief.live.section import live_section
from standoff.brief.parts import AssumptionTable, Facts, Listing, Why
from standoff.brief.pictures.courses import courses_picture
from standoff.brief.pictures.grid import grid_tables, make_grid
from standoff.brief.section import Method, Picture, Section
from standoff.brief.sections.assumptions import assumption_rows
from standoff.brief.sections.deals import deals_section
from standoff.brief.sections.documents import documents_section, documents_style
from standoff.brief.sections.explore import explore
from standoff.brief.sections.first_screen import Glance, glance
from standoff.brief.sections.gives_up import gives_up
from standoff.brief.sections.hinges_on import hinges_on, unanswered
from standoff.brief.sections.holds_up import first_picture, holds_up, map_section, views
from standoff.brief.sections.others import others_section
from standoff.brief.sections.over_time import over_time
from standoff.brief.sections.reasons import QUESTIONS_SHOWN, Reason, Tried, make_reason
from standoff.brief.sections.watching import since_section, watch_section
from standoff.ensemble.ensemble import Ensemble
from standoff.evidence.claims import Ledger, ledger_of
from standoff.language.model import Model
from standoff.questions.documents import Evidence
from standoff.questions.question import Unanswered
from standoff.questions.results import Robust
from standoff.words.faults import owned_up
from standoff.words.language import ENGLISH, Language
from standoff.words.names import described
from standoff.words.sections import assumptions as said
from standoff.words.sections.assumptions import day_words
from standoff.words.sections.page import CALLED, certainty_line, footer_line
from standoff.words.sentences.opening import Sides, opening
from standoff.words.unanswered import unanswered_words

__all__ = ["SECTIONS", "Findings", "Form", "Page", "make_page", "render_page", "render_section", "section_of"]

Form = Literal["page", "whole", "short"]

_SHEETS = ("page.css", "reading.css", "documents.css", "games.css", "robust.css", "live.css")
_SCRIPTS = ("shared.js", "page.js", "reading.js", "explore.js", "over_time.js", "live.js")


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """All that the page is made from; nothing here runs the model."""

    model: Model
    ensemble: Ensemble
    performance: Performance
    fans: tuple[Fan, ...]
    ledger: Ledger
    facts: Mapping[str, Why]
    evidence: Evidence
    robust: Robust | Unanswered
    others: Others | Unanswered
    deals: tuple[Deals | Unanswered, ...]
    watch: Signposts | Unanswered | None = None
    since: Posterior | None = None
    courses: Changeable | Unanswered | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """What the templates show, in HTML and in Markdown; `strategies` are the decider's, each with what it is.

    Three depths: `answer` with the table `glance`, `reasons`, and `sections` with all there is.
    """

    title: str
    question: str
    as_of: str
    answer: tuple[str, ...]
    glance: Glance | None
    strategies: tuple[tuple[str, str], ...]
    reasons: tuple[Reason, ...]
    sections: tuple[Section, ...]
    language: Language = ENGLISH
    version: str = __version__

    @property
    def taken(self) -> frozenset[str]:
        """Anchors of the sections whose first picture stands with their reason."""
        return frozenset(reason.anchor for reason in self.reasons if reason.is_taken)

    @property
    def sure_words(self) -> str:
        """What the words of certainty mean, once for the page."""
        return certainty_line()

    @property
    def footer(self) -> str:
        """The last word."""
        return footer_line(self.version, self.title)


def make_page(findings: Findings, language: Language = ENGLISH) -> Page:
    """Put the sections together; a question that the study does not raise has no section."""
    model, results = findings.model, findings.performance
    sections = {section.anchor: section for make in SECTIONS if (section := make(findings)) is not None}
    robust = None if isinstance(findings.robust, Unanswered) else findings.robust
    deals = tuple(None if isinstance(deal, Unanswered) else deal for deal in findings.deals)
    held, pins = (None, None) if robust is None else (robust.robustness, robust.linchpins)
    watch = findings.watch if isinstance(findings.watch, Signposts) else None
    said = opening(model, results, Sides(held, pins, deals, watch), language)
    tried = Tried(held, pins, deals[0] if deals else None, findings.evidence.found)
    held_up = sections["holds-up"]
    sections["holds-up"] = replace(held_up, headline=said.title or said.leads, sentence=f"{held_up.title}.")
    pictures = {
        "holds-up": first_picture(model, results), "over-time": courses_picture(model, results, findings.fans),
    }  # fmt: skip
    return Page(
        model.title,
        model.question,
        day_words(model.as_of),
        said.sentences,
        glance(model, results, language),
        described(model),
        tuple(
            make_reason(model, sections[anchor], tried, pictures.get(anchor), language)
            for anchor in QUESTIONS_SHOWN if anchor in sections
        ),
        tuple(sections.values()),
        language,
    )  # fmt: skip


def render_page(page: Page, form: Form = "page") -> str:
    """The page as one self-contained HTML file.

    Args:
        page: To render.
        form: `page` with the workings folded, `whole` with them open, as for paper, or `short`: the answer and the
            reasons without pictures, on two sheets.
    """
    environment = _environment()
    sheets = [_text(environment, name) for name in _SHEETS]
    css = Markup("").join([*sheets, Markup(documents_style())])
    script = Markup("").join(_text(environment, name) for name in _SCRIPTS)
    return environment.get_template("page.html.j2").render(page=page, css=css, script=script, form=form)


def section_of(model: Model, found: object) -> Section | None:
    """The section of one finding alone; None where the page has none for it."""
    match found:
        case Others():
            return others_section(model, found, _environment())
        case Deals():
            return deals_section(model, (found,), _environment())
        case tuple() if all(isinstance(one, Deals | Unanswered) for one in found):
            return deals_section(model, found, _environment())
        case Robustness():
            return gives_up(model, found, _environment())
        case Robust():
            ledger = ledger_of(model.written.files)
            return hinges_on(model, found.linchpins, found.table.inputs, ledger, _environment())
        case Evidence():
            return documents_section(model, found)
        case _:
            return None


def render_section(section: Section) -> str:
    """One section as a page of its own, for notebooks."""
    environment = _environment()
    sheets = [_text(environment, name) for name in _SHEETS]
    css = Markup("").join([*sheets, Markup(documents_style())])
    parts: Any = environment.get_template("parts.html.j2").module
    body = parts.section_part(section, ENGLISH, "")
    return f"<!DOCTYPE html><html lang='en'><head><style>{css}</style></head><body><main>{body}</main></body></html>"


def _holds_up(findings: Findings) -> Section:
    results = findings.performance
    if not results.standings:
        return holds_up(findings.model, results)
    grid = make_grid(findings.model, results, results.standings[0])
    parts: Any = _environment().get_template("parts.html.j2").module
    return holds_up(findings.model, results, (Picture(parts.grid_part(grid), instead=grid_tables(grid)),))


def _views(findings: Findings) -> Section | None:
    return views(findings.model, findings.performance)


def _gives_up(findings: Findings) -> Section | None:
    robust = findings.robust
    return gives_up(findings.model, robust.robustness, _environment()) if isinstance(robust, Robust) else None


def _hinges_on(findings: Findings) -> Section:
    robust = findings.robust
    if isinstance(robust, Unanswered):
        return unanswered(unanswered_words(robust.reason, robust.data, findings.model))
    return hinges_on(findings.model, robust.linchpins, robust.table.inputs, findings.ledger, _environment())


def _explore(findings: Findings) -> Section | None:
    robust = findings.robust
    if isinstance(robust, Unanswered) or not (robust.linchpins.facts or robust.linchpins.values):
        return None
    return explore(findings.model, robust, findings.performance, _environment())


def _live(findings: Findings) -> Section | None:
    robust = findings.robust
    if isinstance(robust, Unanswered):
        return None
    return live_section(robust.table, robust.robustness, robust.linchpins, _environment())


def _others(findings: Findings) -> Section:
    return others_section(findings.model, findings.others, _environment(), findings.courses)


def _deals(findings: Findings) -> Section:
    return deals_section(findings.model, findings.deals, _environment())


def _since(findings: Findings) -> Section | None:
    return since_section(findings.model, findings.since)


def _watch(findings: Findings) -> Section | None:
    return watch_section(findings.model, findings.watch)


def _over_time(findings: Findings) -> Section | None:
    return over_time(findings.model, findings.performance, findings.fans)


def _documents(findings: Findings) -> Section | None:
    return documents_section(findings.model, findings.evidence)


def _map(findings: Findings) -> Section:
    return map_section(findings.model, causal_map(findings.model))


def _assumptions(findings: Findings) -> Section | None:
    rows = assumption_rows(findings.model, findings.ledger, findings.facts)
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


def _leaves_out(findings: Findings) -> Section | None:
    things = findings.model.leaves_out
    if not things:
        return None
    return Section("leaves-out", CALLED["leaves-out"], said.LEFT_OUT, parts=(Listing("", things),))


def _run(findings: Findings) -> Section:
    ensemble, model = findings.ensemble, findings.model
    design = ensemble.design
    facts = (
        ("Study", f"{model.title} ({model.name})"),
        ("Study’s date", day_words(model.as_of) or "not given"),
        ("Variants", ", ".join(model.applied) or "none"),
        ("Study digest", model.digest),
        ("Result digest", ensemble.digest),
        ("Sizes", said.size_words(ensemble, model.clock)),
        ("Seed", str(design.seed)),
        ("Worlds", f"{design.worlds.method}, seed {design.worlds.seed}"),
        ("Rare ends", said.rare_ends(ensemble)),
        ("Standoff", __version__),
    )  # fmt: skip
    lines = owned_up(ensemble)
    owned = (Listing(said.OWNED_UP, tuple(lines)),) if lines else ()
    return Section("run", CALLED["run"], said.run_title(design.n_futures, len(lines)), parts=(Facts(facts), *owned))


SECTIONS: tuple[Callable[[Findings], Section | None], ...] = (
    _since,
    _holds_up,
    _gives_up,
    _hinges_on,
    _explore,
    _live,
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


def _environment() -> Environment:
    loader = PackageLoader("standoff.brief", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _text(environment: Environment, name: str) -> Markup:
    """A file of the package as it is: it is ours, and must not be escaped."""
    assert environment.loader is not None
    return Markup(environment.loader.get_source(environment, name)[0])
