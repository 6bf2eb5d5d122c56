"""A page from the findings: the answer first, then the reasons, then a section for each question."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from standoff._version import __version__
from standoff.analysis.watch.signposts import Signposts
from standoff.base.beside import beside
from standoff.brief.findings import Findings
from standoff.brief.pictures.courses import courses_picture
from standoff.brief.registry import SECTIONS, live
from standoff.brief.section import Section
from standoff.brief.sections.first_screen import Glance, column_meanings, glance
from standoff.brief.sections.holds_up import first_picture
from standoff.brief.sections.reasons import QUESTIONS_SHOWN, Reason, Tried, make_reason
from standoff.brief.story import Screen, story
from standoff.questions.question import Unanswered
from standoff.words.language import ENGLISH, Language
from standoff.words.names import described
from standoff.words.sections.assumptions import day_words
from standoff.words.sections.page import certainty_line
from standoff.words.sentences.opening import Sides, opening

__all__ = ["Page", "make_page"]


@dataclass(frozen=True, slots=True)
class Page:
    """What the templates show, in HTML and in Markdown; `strategies` are the decider's, each with what it is, and
    then what the columns of `glance` are.

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
    story: tuple[Screen, ...]
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
        return self.language.say("page.made", version=self.version, title=self.title)


def make_page(findings: Findings, language: Language = ENGLISH) -> Page:
    """Put the sections together; a question that the study does not raise has no section."""
    model, results = findings.model, findings.performance
    sections = {
        one.anchor: replace(one, short=language.say(f"section.{one.anchor}")) for one in _made(findings, language)
    }
    robust = None if isinstance(findings.robust, Unanswered) else findings.robust
    deals = tuple(None if isinstance(deal, Unanswered) else deal for deal in findings.deals)
    held, pins = (None, None) if robust is None else (robust.robustness, robust.linchpins)
    watch = findings.watch if isinstance(findings.watch, Signposts) else None
    sides = Sides(held, pins, deals, watch)
    said = opening(model, results, sides, language)
    tried = Tried(held, pins, deals[0] if deals else None, findings.evidence.found)
    held_up = sections["holds-up"]
    sections["holds-up"] = replace(held_up, headline=said.title or said.leads, sentence=f"{held_up.title}.")
    pictures = {
        "holds-up": first_picture(model, results), "over-time": courses_picture(model, results, findings.fans),
    }  # fmt: skip
    beside = glance(model, results, sides, language, told=said.sentences)
    return Page(
        model.title,
        model.question,
        day_words(model.as_of),
        said.sentences,
        glance=beside,
        strategies=described(model) + column_meanings(model, beside),
        reasons=tuple(
            make_reason(model, sections[anchor], tried, pictures.get(anchor), language=language)
            for anchor in QUESTIONS_SHOWN if anchor in sections
        ),
        sections=tuple(sections.values()),
        story=story(model, results, findings.one, said, sections=sections, language=language),
        language=language,
    )  # fmt: skip


def _made(findings: Findings, language: Language) -> list[Section]:
    """The sections in their order; the one that carries the model takes longest, and is made beside the others."""
    with beside(partial(live, findings, language)) as carried:
        others = {make: make(findings, language) for make in SECTIONS if make is not live}
        made = [carried() if make is live else others[make] for make in SECTIONS]
    return [section for section in made if section is not None]
