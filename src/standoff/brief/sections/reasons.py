"""The reasons: a section a question, each a title, one picture, one sentence, and how sure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from standoff.analysis.deals.deals import Deals
from standoff.analysis.documents.documents import Agreement, ClaimAnswer
from standoff.analysis.linchpins.linchpins import Linchpins
from standoff.analysis.robustness.robustness import Robustness
from standoff.brief.section import Chip, Picture, Section
from standoff.language.model import Model
from standoff.words.language import ENGLISH, Language
from standoff.words.sections.reasons import Grounds, confidence_words, level_of

__all__ = ["QUESTIONS_SHOWN", "Reason", "Tried", "grounds_of", "make_reason"]

QUESTIONS_SHOWN = ("since", "holds-up", "hinges-on", "others", "deals", "watch", "over-time", "documents")
"""Sections that have a reason, by anchor, in the order of the page."""
_OWN_PICTURE = ("holds-up", "watch", "over-time")
"""Sections whose reason is not shown by their first picture."""
_LEADS = ("holds-up", "over-time")
"""Sections whose finding is who leads."""
_MOST_CHIPS = 5


@dataclass(frozen=True, slots=True)
class Reason:
    """A question in short; `anchor` is that of its section in the workings, whose first picture it may have taken.

    `sure` and `stated` are empty where the question was not answered.
    """

    anchor: str
    short: str
    title: str
    sentence: str
    picture: Picture | None
    is_taken: bool
    grounds: Grounds
    level: str
    sure: str
    stated: str
    chips: tuple[Chip, ...]

    @property
    def place(self) -> str:
        """Its own id on the page."""
        return f"why-{self.anchor}"


@dataclass(frozen=True, slots=True, eq=False)
class Tried:
    """The findings that say what would turn a section round; None where there is none."""

    robust: Robustness | None
    pins: Linchpins | None
    deals: Deals | None
    claims: Agreement | None


def make_reason(
    model: Model, section: Section, tried: Tried, picture: Picture | None = None, *, language: Language = ENGLISH
) -> Reason:
    """The reason of a section.

    Args:
        model: The study's.
        section: In full.
        tried: What its confidence is told by.
        picture: Its own; without one the section's first.
        language: Of the page's own words.
    """
    grounds = grounds_of(model, section, tried)
    # what was not answered leaves nothing to be sure of
    sure, stated = confidence_words(grounds, language) if section.pictures or section.method else ("", "")
    is_own = section.anchor in _OWN_PICTURE
    first = None if is_own or not section.pictures else section.pictures[0]
    return Reason(
        section.anchor, section.short, section.headline or section.title,
        section.sentence or (section.lead[0] if section.lead else ""),
        picture=picture or first, is_taken=picture is None and first is not None,
        grounds=grounds, level=level_of(grounds), sure=sure, stated=stated, chips=section.why[:_MOST_CHIPS],
    )  # fmt: skip


def grounds_of(model: Model, section: Section, tried: Tried) -> Grounds:
    """What is judged behind a section, what was tried against it, and what it was tested against."""
    names = {chip.name for chip in section.why}
    behind = [p for p in model.uncertain if p.name in names] or list(model.uncertain)
    judged = sum(not p.reason.cites and not p.reason.facts for p in behind)
    flips, n_tried = _flips(section.anchor, tried)
    counts: Mapping[ClaimAnswer, int] = {} if tried.claims is None else tried.claims.counts
    tested = sum(n for answer, n in counts.items() if answer not in ("open", "not represented"))
    is_level = section.anchor in _LEADS and tried.robust is not None and _is_level(tried.robust)
    return Grounds(
        judged, len(behind), flips, n_tried, borne=counts.get("borne out", 0), tested=tested, is_level=is_level
    )


def _is_level(robust: Robustness) -> bool:
    """Whether strategies of more than one family may be best."""
    named = {instance.label: instance.strategy.name for instance in robust.strategies}
    return len({named[label] for label in robust.under[0].metrics.ranking.may_be_best}) > 1


def _flips(anchor: str, tried: Tried) -> tuple[int, int]:
    """How many of the things that were tried turn a section's finding round, and how many were tried."""
    if anchor in _LEADS and tried.robust is not None:
        main, *others = tried.robust.under
        best = set(main.metrics.ranking.may_be_best)
        rankings = [each.metrics.ranking for each in others] + list(main.metrics.weightings.values())
        return sum(not best <= set(ranking.may_be_best) for ranking in rankings), len(rankings)
    if anchor in ("hinges-on", "others") and tried.pins is not None:
        return len(tried.pins.linchpins), len(tried.pins.facts) + len(tried.pins.values)
    if anchor == "deals" and tried.deals is not None:
        return sum(mover.is_significant for mover in tried.deals.movers), len(tried.deals.movers)
    if anchor == "documents" and tried.claims is not None:
        return tried.claims.counts.get("contradicted", 0), sum(tried.claims.counts.values())
    return 0, 0
