"""What can be used on the page, in words: worlds narrowed, and the model run again."""

from __future__ import annotations

from standoff.words.numbers import counted

__all__ = [
    "ANY_PLAY", "EXPLORE_LEAD", "EXPLORE_TITLE", "GIVEN_UP", "LIVE_LEAD", "LIVE_TITLE", "explore_method",
    "live_method",
]  # fmt: skip

EXPLORE_TITLE = "Narrow the worlds, and see who leads in those that are left"
EXPLORE_LEAD = "Narrow any assumption, and the figures are those of the worlds that are left."
GIVEN_UP = "Given up against the best strategy"
LIVE_TITLE = "Change an assumption, and the model runs again here"
LIVE_LEAD = (
    "Nothing leaves this page: it carries the study’s model. What is live has a coloured edge; all else stays as "
    "printed."
)
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
        "it is held there. The arithmetic is that of the printed run, bit for bit; futures in which the model may have "
        "divided by zero or the like are left out and counted."
    )
