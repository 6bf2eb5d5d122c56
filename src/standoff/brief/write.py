"""Run what a brief needs, and write it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from standoff.analysis.findings import Reason, UnanswerableError
from standoff.analysis.graph_model.wished import Changeable
from standoff.analysis.others.others import Others
from standoff.analysis.others.sampled import SampledGame
from standoff.analysis.watch.signposts import Signposts
from standoff.brief.findings import Findings
from standoff.brief.formats.data import brief_data
from standoff.brief.formats.html import render_page
from standoff.brief.formats.markdown import render_markdown
from standoff.brief.formats.pdf import print_pdf
from standoff.brief.page import Page, make_page
from standoff.brief.sections.assumptions import read_facts
from standoff.ensemble.runner import Local, Runner
from standoff.ensemble.running import Size
from standoff.ensemble.storing.store import atomic_write
from standoff.ensemble.study import Study
from standoff.evidence.seen import Seen
from standoff.evidence.sources import sources as look
from standoff.questions.answer import Findings as Answers
from standoff.questions.answer import answer
from standoff.questions.courses import COURSES
from standoff.questions.deals import DEALS
from standoff.questions.documents import DOCUMENTS
from standoff.questions.kept import Kept
from standoff.questions.others import OTHERS, SAMPLED
from standoff.questions.question import Question, Unanswered
from standoff.questions.results import OVER_TIME, RESULTS, ROBUST, leading_future
from standoff.questions.searching.kept import kept_found, kept_pathways
from standoff.questions.watching.signposts import WATCH
from standoff.questions.watching.watch import find_posterior, study_as_seen
from standoff.words.language import load_language

__all__ = [
    "DATA", "MARKDOWN", "PAGE", "PDF", "SHORT", "SIZE", "Forms", "make_brief", "run_brief", "write_brief",
]  # fmt: skip

PAGE = "brief.html"
MARKDOWN = "brief.md"
DATA = "brief.json"
SHORT = "brief-short.html"
PDF = "brief.pdf"
SIZE = Size(1024, 4)
_WEIGHED, _LUCK = 256, 8
Finding = TypeVar("Finding")
_ASKED = (RESULTS, ROBUST, OTHERS, COURSES, DEALS, WATCH, DOCUMENTS, OVER_TIME)


@dataclass(frozen=True, slots=True)
class Forms:
    """What a brief is written as.

    Attributes:
        language: Code of the language of the page's own words (`standoff.words.language.LANGUAGES`).
        is_short: Write the two pages too, and print them where a PDF is wanted.
        is_whole: With the workings in Markdown and on paper.
        has_pdf: Print a PDF too.
    """

    language: str = "en"
    is_short: bool = False
    is_whole: bool = False
    has_pdf: bool = False


def make_brief(study: Study, folder: Path, size: Size = SIZE, **wanted: Any) -> Path:
    """Run a study and write its brief; `wanted` are the options of `run_brief`. Returns the path of the page."""
    return write_brief(run_brief(study, size, **wanted), folder)


def run_brief(
    study: Study,
    size: Size = SIZE,
    runner: Runner = Local(),
    kept: Kept | None = None,
    *,
    sources: Path | None = None,
    seen: Seen | None = None,
) -> Findings:
    """Run a study and answer all that its brief asks.

    Args:
        study: The study.
        size: Deals and expectations are run on at most 256 worlds, expectations with more replications, up to 16.
        runner: Who runs it; each part that takes time is announced.
        kept: Findings that were worked out before; none by default.
        sources: A folder of documents whose own words the page is to show; none by default.
        seen: What was seen since the study was written: all is then of the worlds as that weighs them.

    Raises:
        ValueError: What was seen has no posterior.
        UnanswerableError: Payoffs are out of scale, or there is nothing else that could be compared.
        StudyError: The study's claims do not fit its model.
    """
    since = None
    if seen is not None:
        since, weighted = find_posterior(study, seen, size.at_most(_WEIGHED, _LUCK), runner)
        study = study_as_seen(study, since, weighted)
    asked = (*_ASKED, *(() if size.profiles is None else (SAMPLED,)))
    found = answer(study, asked, size, runner, kept=kept, announce=runner.running.announce)
    ledger = found.runs.ledger
    results, evidence = _needed(found, RESULTS), _needed(found, DOCUMENTS)
    fans, deals = _needed(found, OVER_TIME), _needed(found, DEALS)
    robust = found.of(ROBUST)
    others: Others | SampledGame | Unanswered = found.of(OTHERS)
    if isinstance(others, Unanswered) and others.reason is Reason.NOT_ALL_PROFILES and SAMPLED in asked:
        others = found.of(SAMPLED)
    watch: Signposts | Unanswered = found.of(WATCH)
    courses: Changeable | Unanswered = found.of(COURSES)
    return Findings(
        study.model,
        found.ensemble,
        results,
        fans,
        ledger=ledger,
        facts=read_facts(study.model),
        evidence=evidence if sources is None else replace(evidence, at_hand=look(ledger, sources)),
        robust=robust,
        others=others,
        deals=deals,
        watch=watch,
        since=since,
        courses=courses,
        found=kept_found(study, kept) if seen is None else None,
        pathways=kept_pathways(study, kept) if seen is None else None,
        one=leading_future(study, found.ensemble, results),
    )


def _needed(answers: Answers, question: Question[Finding]) -> Finding:
    """An answer without which there is no brief."""
    found = answers.of(question)
    if isinstance(found, Unanswered):
        raise UnanswerableError(found.reason, **found.data)
    return found


def write_brief(findings: Findings, folder: Path, forms: Forms = Forms()) -> Path:
    """Write the brief as a page, as Markdown and as data, all from the same sections; the path of the page.

    Args:
        findings: From `run_brief`.
        folder: Made if it is not there; `brief.html`, `brief.md` and `brief.json` in it are replaced.
        forms: In which language, how much, and whether on paper too.

    Raises:
        NoBrowserError: A PDF is wanted, and no Chromium is there to print it; all else is written.
    """
    page = make_page(findings, load_language(forms.language))
    data = msgspec.json.format(msgspec.json.encode(brief_data(findings, page)), indent=1)
    atomic_write(folder / DATA, data + b"\n")
    atomic_write(folder / MARKDOWN, render_markdown(page, is_whole=forms.is_whole).encode())
    atomic_write(folder / PAGE, render_page(page).encode())
    if forms.is_short:
        atomic_write(folder / SHORT, render_page(page, "short").encode())
    if forms.has_pdf:
        _print(page, folder, forms)
    return folder / PAGE


def _print(page: Page, folder: Path, forms: Forms) -> None:
    """The PDF of the form that is wanted; what is printed whole is a page with all of it open."""
    if forms.is_short:
        print_pdf(folder / SHORT, folder / PDF)
        return
    with tempfile.TemporaryDirectory() as place:
        there = Path(place) / PAGE
        there.write_text(render_page(page, "whole" if forms.is_whole else "page"), encoding="utf-8")
        print_pdf(there, folder / PDF)
