"""The section on what to watch: three signposts, the matrix folded below, a calendar; and what was seen, in front."""

from __future__ import annotations

from markupsafe import Markup

from standoff.analysis.watch.matrix import Matrix
from standoff.analysis.watch.posterior import Posterior
from standoff.analysis.watch.signposts import Signpost, Signposts
from standoff.brief.parts import Listing
from standoff.brief.section import Chip, Method, Picture, Section, Table
from standoff.language.model import Model
from standoff.questions.question import Unanswered
from standoff.words.names import name_labels, title_of
from standoff.words.numbers import counted, number, percent, shown
from standoff.words.sentences.watching.signposts import (
    evidence_words,
    first_of_each,
    leader_words,
    sign_words,
    signpost_sentences,
    told_apart,
    trigger_words,
    watch_title,
    when,
)
from standoff.words.sentences.watching.watch import posterior_sentences, sighting_words, since_title
from standoff.words.text import capital
from standoff.words.unanswered import unanswered_words

__all__ = ["since_section", "watch_section"]

_SIGNS = 3
_MOST_SHOWN = 12
_MOST_MOVED = 10


def watch_section(model: Model, found: Signposts | Unanswered | None) -> Section | None:
    """Question 5; None where the study lists nothing that can be seen."""
    if found is None or not model.observed:
        return None
    if isinstance(found, Unanswered):
        why = capital(unanswered_words(found.reason, found.data, model))
        return Section("watch", "What to watch", "What to watch: not answered here", lead=(f"{why}.",))
    sentences = signpost_sentences(model, found)
    n_signs = max(1, min(_SIGNS, len(first_of_each(found))))
    ends = dict.fromkeys(row.about for row in found.matrix.rows if row.kind == "end")
    return Section(
        "watch",
        "What to watch",
        watch_title(model, found),
        lead=sentences,
        pictures=tuple(
            Picture(Markup(""), "", "", title, table)
            for title, table in (
                ("Every signpost", _signposts(model, found)),
                ("Hypotheses against evidence", _matrix(model, found.matrix)),
                ("Plans with a trigger", _triggers(model, found)),
            )
        ),
        parts=tuple(
            Listing(title, lines)
            for title, lines in (
                ("When to look for what", _calendar(model, found)),
                ("What was seen, against hypotheses", tuple(leader_words(model, x) for x in found.matrix.leaders)),
            )
            if lines
        ),
        sure=(
            f"From {counted(found.futures, 'future')}, each of another world and another profile of the others, "
            f"in which {name_labels([found.hold], model.instances(model.decider))} is held until one chooses again. A "
            "value counts only where it is told from what shuffled signs would give, for all signs and dates at once. "
            "What a sign is worth is worth it in this model.",
        ),
        why=tuple(Chip(name, title_of(model, name)) for name in ends),
        method=Method((capital(found.method) + ".",), found.references),
        sentence=" ".join(sentences[:n_signs]),
    )  # fmt: skip


def since_section(model: Model, found: Posterior | None) -> Section | None:
    """What changed since the study's date; None where nothing was seen."""
    if found is None:
        return None
    rows = tuple(
        (title_of(model, one.name), number(one.before[1], 3), number(one.after[1], 3), shown(one.shift))
        for one in found.moved[:_MOST_MOVED]
    )
    head = ("assumption", "median before", "median now", "shift in standard deviations")
    ranks = tuple(
        (name_labels([name], model.instances(model.decider)), number(before, 3), shown(after))
        for name, before, after in found.values
    )
    return Section(
        "since",
        "What was seen",
        since_title(model, found),
        lead=posterior_sentences(model, found),
        pictures=(
            Picture(Markup(""), "", "", "Assumptions before and now",
                    Table("Assumptions, those that moved most first", head, rows)),
            Picture(Markup(""), "", "", "Strategies now",
                    Table("Payoffs before and now", ("strategy", "before", "now"), ranks)),
        ),
        parts=(Listing("What was seen", tuple(capital(sighting_words(model, one)) for one in found.sightings)),),
        sure=("Every section below is of worlds as what was seen weighs them.",),
        why=tuple(Chip(one.name, title_of(model, one.name)) for one in found.moved if one.is_told),
        method=Method((capital(found.method) + ".",), found.references),
    )  # fmt: skip


def _signposts(model: Model, found: Signposts) -> Table:
    rows = tuple(_signpost(model, one) for one in found.found[:_MOST_SHOWN] if one.how is not None)
    head = ("if", "by", "chance", "worth of seeing it", "lost by waiting", "then", "else", "tells best")
    return Table("Signposts by worth, soonest first among equals", head, rows)


def _signpost(model: Model, one: Signpost) -> tuple[str, ...]:
    instances = model.instances(model.decider)
    assert one.how is not None
    return (
        capital(sign_words(model, one.observable, one.how, one.at)), model.clock.label(one.date), percent(one.share),
        shown(one.evsi) if one.is_told else f"{shown(one.evsi)}, not told from nothing", shown(one.late),
        name_labels([one.then], instances), name_labels([one.other], instances),
        told_apart(model, one.diagnoses[0]) if one.diagnoses else "nothing",
    )  # fmt: skip


def _matrix(model: Model, matrix: Matrix) -> Table:
    """A row for each piece of evidence, a column for each hypothesis; ratios that are told from 1 alone are numbers."""
    names = tuple(_hypothesis(model, row.kind, row.about, row.name) for row in matrix.rows)
    rows = tuple(
        (
            capital(evidence_words(model, one)),
            *(number(r.value) if r.low > 1.0 or r.high < 1.0 else "–" for r in (row.ratios[j] for row in matrix.rows)),
        )
        for j, one in enumerate(matrix.evidence)
    )
    return Table(
        "How many times likelier the evidence is under a hypothesis than under its alternative; – where that is "
        "not told from 1", ("evidence", *names), rows,
    )  # fmt: skip


def _hypothesis(model: Model, kind: str, about: str, name: str) -> str:
    if kind == "strategy":
        return f"{model.title_of(about)}: {name_labels([name], model.instances(about))}"
    if kind == "end":
        return f"{title_of(model, about)}: {name}"
    return about.replace("_", " ")


def _triggers(model: Model, found: Signposts) -> Table:
    instances = model.instances(model.decider)
    rows = tuple(
        (
            name_labels([one.strategy], instances), shown(one.alone), trigger_words(model, one), percent(one.share),
            shown(one.gain) if one.is_told else f"{shown(one.gain)}, not told from nothing",
        )
        for one in found.triggers
    )  # fmt: skip
    return Table("Strategies with their best trigger", ("strategy", "alone", "trigger", "how often", "adds"), rows)


def _calendar(model: Model, found: Signposts) -> tuple[str, ...]:
    """For each date what to look for by it, of what is worth something."""
    lines = []
    for date in found.dates:
        own = [one for one in found.found if one.date == date and one.is_told and one.how is not None]
        signs = "; ".join(sign_words(model, one.observable, one.how or "", one.at) for one in own)
        lines.append(f"By {when(model, date)}: {signs or 'nothing that would change the choice'}.")
    sources = {of.name: of.source for of in model.observed}
    names = dict.fromkeys(one.observable for one in first_of_each(found))
    return (*lines, *(f"{title_of(model, name)}: {sources[name]}." for name in names))
