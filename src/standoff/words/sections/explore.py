"""What can be used on the page, in words: worlds narrowed, and the model run again."""

from __future__ import annotations

from standoff.analysis.fans import Followed
from standoff.language.model import Deal, Model, Term
from standoff.words.amounts import unit_words
from standoff.words.names import title_of
from standoff.words.numbers import counted
from standoff.words.text import capital, words

__all__ = [
    "ANY_PLAY", "EXPLORE_LEAD", "EXPLORE_TITLE", "GIVEN_UP", "deal_share", "explore_method",
    "followed_words", "in_force", "live_method", "term_title",
]  # fmt: skip

EXPLORE_TITLE = "Narrow the worlds, and see who leads in those that are left"
EXPLORE_LEAD = "Narrow any assumption, and the figures are those of the worlds that are left."
GIVEN_UP = "Given up against the best strategy"
ANY_PLAY = "any of their strategies"


def explore_method(n_worlds: int) -> str:
    """What the figures of some worlds are."""
    return (
        f"Means over the {counted(n_worlds, 'world')} of the run, against all the others’ strategies "
        "alike. Those of all worlds are the tables’, whose error leaves out what the assumptions explain; those of "
        "some are ± one standard error over the worlds kept. Picking worlds by what they hold is no finding of its "
        "own: few worlds tell little, and boxes found by looking are seldom as pure elsewhere."
    )


def live_method(n_worlds: int, n_replications: int) -> str:
    """What is run in the page, and when."""
    return (
        f"While a control moves, 64 worlds of 4 replications are run for each strategy; when it rests, all "
        f"{counted(n_worlds, 'world')}, with {n_replications} replications where the others’ strategies are fixed and "
        f"{4 * n_replications} where each future draws them, all strategies against the same. Figures are means over "
        "worlds ± one standard error; differences are taken world by world, so that luck and assumptions that both "
        "share cancel. A narrowed range draws each world’s number at the same place within what is left; at one point "
        "it is held there. What is over time rests on the first replications of each world, some 2,000 futures a "
        "strategy where there are as many; its bands hold the middle 50 and 90\u202f%. The arithmetic is that of the "
        "printed run, bit for bit; futures in which the model may have divided by zero or the like are left out and "
        "counted."
    )


def in_force(deal: Deal) -> str:
    """How much of the time a deal is in force, as an outcome."""
    return f"Share of the time with {words(deal.name)} in force"


def deal_share(deal: Deal) -> tuple[str, str]:
    """In how many futures a deal is in force, over time, and the unit."""
    return f"Share of futures with {words(deal.name)} in force", "%"


def term_title(deal: Deal, term: Term) -> str:
    """A term of a deal, above its slider."""
    return f"{capital(words(deal.name))}: {(term.about or words(term.name)).strip().rstrip('.')}"


def followed_words(model: Model, one: Followed) -> tuple[str, str]:
    """What is followed over time, and its unit."""
    if one.state is not None:
        mode = next(m for m in model.modes if m.name == one.symbol.name)
        return f"Share of futures with {words(mode.name)} at {words(mode.states[one.state])}", "%"
    units = {thing.name: unit_words(thing.unit) for group in (model.stocks, model.quantities) for thing in group}
    unit = f"a {model.clock.length}" if one.symbol.kind == "event" else units.get(one.symbol.name, "")
    return title_of(model, one.symbol.name), unit
