"""What to watch and what was seen, in words: titles of tables, heads, a calendar, how sure."""

from __future__ import annotations

from standoff.analysis.findings import Figure
from standoff.analysis.watch.signposts import Signposts
from standoff.language.model import Model
from standoff.words.names import name_labels, title_of
from standoff.words.numbers import counted, shown
from standoff.words.sentences.watching.signposts import first_of_each, sign_words, when

__all__ = [
    "CALENDAR", "MATRIX", "MATRIX_CAPTION", "MOVED", "MOVED_HEAD", "MOVED_TABLE", "NOT_ANSWERED", "RANKS",
    "RANKS_HEAD", "RANKS_TABLE", "SEEN", "SEEN_AGAINST", "SIGNPOSTS", "SIGNPOSTS_HEAD", "SIGNPOSTS_TABLE",
    "SINCE_SURE", "TRIGGERS", "TRIGGERS_HEAD", "TRIGGERS_TABLE", "calendar_lines", "hypothesis_words", "told_words",
    "watch_sure",
]  # fmt: skip

NOT_ANSWERED = "What to watch: not answered here"
SIGNPOSTS = "Every signpost"
SIGNPOSTS_TABLE = "Signposts by worth, soonest first among equals"
SIGNPOSTS_HEAD = ("if", "by", "chance", "worth of seeing it", "lost by waiting", "then", "else", "tells best")
MATRIX = "Hypotheses against evidence"
MATRIX_CAPTION = (
    "How many times likelier the evidence is under a hypothesis than under its alternative; – where that is not told "
    "from 1"
)
TRIGGERS = "Plans with a trigger"
TRIGGERS_TABLE = "Strategies with their best trigger"
TRIGGERS_HEAD = ("strategy", "alone", "trigger", "how often", "adds")
CALENDAR = "When to look for what"
SEEN_AGAINST = "What was seen, against hypotheses"
SEEN = "What was seen"
MOVED = "Assumptions before and now"
MOVED_TABLE = "Assumptions, those that moved most first"
MOVED_HEAD = ("assumption", "median before", "median now", "shift in standard deviations")
RANKS = "Strategies now"
RANKS_TABLE = "Payoffs before and now"
RANKS_HEAD = ("strategy", "before", "now")
SINCE_SURE = "Every section below is of worlds as what was seen weighs them."


def watch_sure(model: Model, found: Signposts) -> str:
    """From which futures, and when a value counts."""
    return (
        f"From {counted(found.futures, 'future')}, each of another world and another profile of the others, "
        f"in which {name_labels([found.hold], model.instances(model.decider))} is held until one chooses again. A "
        "value counts only where it is told from what shuffled signs would give, for all signs and dates at once. "
        "What a sign is worth is worth it in this model."
    )


def told_words(value: Figure, *, is_told: bool) -> str:
    """A worth, and whether it is told from nothing."""
    return shown(value) if is_told else f"{shown(value)}, not told from nothing"


def hypothesis_words(model: Model, kind: str, about: str, name: str) -> str:
    """What heads a hypothesis's column: a strategy of an actor, how something ends, or another by its name."""
    if kind == "strategy":
        return f"{model.title_of(about)}: {name_labels([name], model.instances(about))}"
    if kind == "end":
        return f"{title_of(model, about)}: {name}"
    return about.replace("_", " ")


def calendar_lines(model: Model, found: Signposts) -> tuple[str, ...]:
    """For each date what to look for by it, of what is worth something; and where it is found."""
    lines = []
    for date in found.dates:
        own = [one for one in found.found if one.date == date and one.is_told and one.how is not None]
        signs = "; ".join(sign_words(model, one.observable, one.how or "", one.at) for one in own)
        lines.append(f"By {when(model, date)}: {signs or 'nothing that would change the choice'}.")
    sources = {of.name: of.source for of in model.observed}
    names = dict.fromkeys(one.observable for one in first_of_each(found))
    return (*lines, *(f"{title_of(model, name)}: {sources[name]}." for name in names))
