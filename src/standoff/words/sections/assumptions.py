"""What a study assumes, in words: how much and on what grounds, ranges, facts of its table, what was run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from standoff.base.tables import Row
from standoff.ensemble.ensemble import Ensemble
from standoff.language.clock import Clock
from standoff.language.model import Parameter, Spread
from standoff.words.mathematics import range_ends
from standoff.words.numbers import counted, number, plain
from standoff.words.text import capital, join, words

__all__ = [
    "GROUPS", "LEFT_OUT", "METHOD", "NO_REASON", "OWNED_UP", "assumptions_title", "day_words", "fact_words",
    "length_words", "rare_ends", "run_title", "size_words", "spread_words",
]  # fmt: skip

GROUPS = (("uncertainty", "What nobody knows"), ("value", "What someone wants"), ("constant", "Taken as given"))
METHOD = (
    "A range means that nobody claims more than its ends; worlds are drawn evenly from it unless a distribution is "
    "named. A number that nobody disputes is taken as given."
)
LEFT_OUT = "What the model leaves out"
NO_REASON = "No reason is given"
OWNED_UP = "What this run has to own up to"
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def assumptions_title(kinds: Sequence[str], n_judged: int, *, is_any_private: bool) -> str:
    """How much is assumed, and how much of it rests on judgement alone.

    Args:
        kinds: Of each assumption: uncertainty, value or constant.
        n_judged: How many rest on judgement alone.
        is_any_private: Whether some actor knows what others do not.
    """
    counts = (
        (kinds.count("uncertainty"), "that not everybody knows" if is_any_private else "that nobody knows"),
        (kinds.count("value"), "about what someone wants"),
        (kinds.count("constant"), "taken as given"),
    )
    parts = [f"{n} {what}" for n, what in counts if n]
    alone = f"; {n_judged} {'rests' if n_judged == 1 else 'rest'} on the author’s judgement alone" if n_judged else ""
    return f"The answer rests on {counted(len(kinds), 'assumption')}: {join(parts)}{alone}"


def spread_words(parameter: Parameter) -> tuple[str, str]:
    """The range in numbers, and what its ends mean where the study says."""
    spread = parameter.spread
    if spread is None:
        return plain(parameter.value if parameter.value is not None else 0.0), ""
    ends = ""
    if spread.low_words and spread.high_words:
        ends = f"low: {spread.low_words}; high: {spread.high_words}"
    return _distribution(spread) + _cut(spread), ends


def fact_words(row: Row) -> str:
    """A row of the table of facts; columns that a study leaves out are passed over."""
    value, unit, low, high, when = map(row.text, ("value", "unit", "low", "high", "as_of"))
    spread = f" ({low} to {high})" if low and high and low != high else ""
    return f"{capital(row.text('quantity'))}: {value}{spread} {unit}" + (f", {when}" if when else "")


def run_title(n_futures: int, n_owned: int) -> str:
    """How much was run, and how much of that is to be owned up to."""
    owned = f", with {counted(n_owned, 'thing')} to own up to" if n_owned else ", none of them faulty"
    return f"What was run: {counted(n_futures, 'future')}{owned}"


def rare_ends(ensemble: Ensemble) -> str:
    """How rare ends came into the run."""
    return "drawn" if ensemble.realised else "weighted by their chance"


def size_words(ensemble: Ensemble, clock: Clock) -> str:
    """Profiles, worlds, replications, and what they come to."""
    design = ensemble.design
    profiles, worlds = ensemble.counts.shape
    return (
        f"{counted(profiles, 'profile')} × {counted(worlds, 'world')} × {counted(design.replications, 'replication')} "
        f"= {counted(design.n_futures, 'future')} of {length_words(clock)}"
    )


def length_words(clock: Clock) -> str:
    """How long a future is."""
    if clock.substeps == 1:
        return counted(clock.steps, clock.step)
    return f"{counted(clock.steps, 'step')} of a {clock.length}"


def day_words(as_of: str | None) -> str:
    """`2025-02-28` as `28 February 2025`; anything else as it stands."""
    try:
        day = date.fromisoformat(as_of or "")
    except ValueError:
        return capital(as_of or "")
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _distribution(spread: Spread) -> str:
    if spread.kinds:
        kinds = zip(spread.kinds, spread.weights, strict=True)
        return join([f"{words(kind)} ({number(100 * weight)} %)" for kind, weight in kinds], "or")
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
