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
from standoff.words.language import ENGLISH, Language
from standoff.words.names import name_labels, title_of
from standoff.words.numbers import number, percent, rounded, shown
from standoff.words.sections import watching as said
from standoff.words.sections.page import CALLED
from standoff.words.sentences.watching.signposts import (
    evidence_words,
    first_of_each,
    leader_words,
    sign_words,
    signpost_sentences,
    told_apart,
    trigger_words,
    watch_title,
)
from standoff.words.sentences.watching.watch import posterior_sentences, sighting_words, since_title
from standoff.words.text import capital
from standoff.words.unanswered import unanswered_words

__all__ = ["since_section", "watch_section"]

_SIGNS = 3
_MOST_SHOWN = 12
_MOST_MOVED = 10


def watch_section(model: Model, found: Signposts | Unanswered | None, language: Language = ENGLISH) -> Section | None:
    """Question 5; None where the study lists nothing that can be seen."""
    if found is None or not model.observed:
        return None
    if isinstance(found, Unanswered):
        why = capital(unanswered_words(found.reason, found.data, model))
        return Section("watch", CALLED["watch"], language.say("watch.not_answered"), lead=(f"{why}.",))
    sentences = signpost_sentences(model, found)
    n_signs = max(1, min(_SIGNS, len(first_of_each(found))))
    ends = dict.fromkeys(row.about for row in found.matrix.rows if row.kind == "end")
    return Section(
        "watch",
        CALLED["watch"],
        watch_title(model, found),
        lead=sentences,
        pictures=tuple(
            Picture(Markup(""), "", "", title, table=table)
            for title, table in (
                (language.say("watch.signposts"), _signposts(model, found, language)),
                (language.say("watch.matrix"), _matrix(model, found.matrix, language)),
                (language.say("watch.triggers"), _triggers(model, found, language)),
            )
        ),
        parts=tuple(
            Listing(title, lines)
            for title, lines in (
                (language.say("watch.calendar"), said.calendar_lines(model, found, language)),
                (language.say("watch.seen_against"), tuple(leader_words(model, x) for x in found.matrix.leaders)),
            )
            if lines
        ),
        sure=(said.watch_sure(model, found, language),),
        why=tuple(Chip(name, title_of(model, name)) for name in ends),
        method=Method((capital(found.method) + ".",), found.references),
        sentence=" ".join(sentences[:n_signs]),
    )  # fmt: skip


def since_section(model: Model, found: Posterior | None, language: Language = ENGLISH) -> Section | None:
    """What changed since the study's date; None where nothing was seen."""
    if found is None:
        return None
    rows = tuple(
        (title_of(model, one.name), number(one.before[1], 3), number(one.after[1], 3), shown(one.shift))
        for one in found.moved[:_MOST_MOVED]
    )
    ranks = tuple(
        (name_labels([name], model.instances(model.decider)), number(before, 3), shown(after))
        for name, before, after in found.values
    )
    seen = tuple(capital(sighting_words(model, one)) for one in found.sightings)
    return Section(
        "since",
        CALLED["since"],
        since_title(model, found),
        lead=posterior_sentences(model, found),
        pictures=(
            _table("moved", rows, language),
            _table("ranks", ranks, language),
        ),
        parts=(Listing(language.say("since.seen"), seen),),
        sure=(language.say("since.sure"),),
        why=tuple(Chip(one.name, title_of(model, one.name)) for one in found.moved if one.is_told),
        method=Method((capital(found.method) + ".",), found.references),
    )  # fmt: skip


def _table(name: str, rows: tuple[tuple[str, ...], ...], language: Language) -> Picture:
    """A table of what changed, by the name of its texts."""
    key = f"since.{name}"
    table = Table(language.say(f"{key}_table"), language.row(f"{key}_head"), rows)
    return Picture(Markup(""), "", "", language.say(key), table=table)


def _signposts(model: Model, found: Signposts, language: Language) -> Table:
    rows = tuple(_signpost(model, one, language) for one in found.found[:_MOST_SHOWN] if one.how is not None)
    return Table(language.say("watch.signposts_table"), language.row("watch.signposts_head"), rows)


def _signpost(model: Model, one: Signpost, language: Language) -> tuple[str, ...]:
    instances = model.instances(model.decider)
    assert one.how is not None
    return (
        capital(sign_words(model, one.observable, one.how, one.at)), model.clock.label(one.date), percent(one.share),
        said.told_words(one.evsi, language, is_told=one.is_told), shown(one.late),
        name_labels([one.then], instances), name_labels([one.other], instances),
        told_apart(model, one.diagnoses[0]) if one.diagnoses else language.part("watch.nothing"),
    )  # fmt: skip


def _matrix(model: Model, matrix: Matrix, language: Language) -> Table:
    """A row for each piece of evidence, a column for each hypothesis; ratios that are told from 1 alone are numbers."""
    names = tuple(said.hypothesis_words(model, row.kind, row.about, row.name) for row in matrix.rows)
    rows = tuple(
        (
            capital(evidence_words(model, one)),
            *(
                rounded(r.value, r.error) if r.low > 1.0 or r.high < 1.0 else "–"
                for r in (row.ratios[j] for row in matrix.rows)
            ),
        )
        for j, one in enumerate(matrix.evidence)
    )
    return Table(language.say("watch.matrix_table"), (language.part("watch.evidence"), *names), rows)


def _triggers(model: Model, found: Signposts, language: Language) -> Table:
    instances = model.instances(model.decider)
    rows = tuple(
        (
            name_labels([one.strategy], instances), shown(one.alone), trigger_words(model, one), percent(one.share),
            said.told_words(one.gain, language, is_told=one.is_told),
        )
        for one in found.triggers
    )  # fmt: skip
    return Table(language.say("watch.triggers_table"), language.row("watch.triggers_head"), rows)
