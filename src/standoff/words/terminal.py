"""What stands on the terminal above, below and beside its tables: headings, and lines that say one thing."""

from __future__ import annotations

from collections.abc import Sequence

from standoff.analysis.deals.agreement import Zone
from standoff.analysis.deals.hinges import Mover
from standoff.analysis.documents.gaps import Gaps
from standoff.analysis.games.solved import Solved
from standoff.analysis.others.others import Others
from standoff.language.model import Model
from standoff.words.names import agree, quoted, who
from standoff.words.numbers import counted, figure_percent, number, percent
from standoff.words.sentences.others import tolerance_words
from standoff.words.text import labelled

# of runs and of one future
MEANS = "mean over the others' strategies and all worlds, ± its standard error over worlds"
PERCENTILES = "percentiles of a world's replications, mean over the others' strategies and all worlds"
HISTOGRAM = "share of all futures by bin, mean over the others' strategies"
STATES, STOCKS = "states at the start", "stocks at the start"
AFTER_THE_LAST = "after the last step"
CAME_TO = "What it came to"


def future_words(model: Model, world: int, replication: int) -> str:
    """Which of the futures is followed."""
    return labelled(model.title, f"one future (world {world}, replication {replication})")


# of courses that can change
STABLE = "profiles that are stable, and of them shown to be"
SEQUENTIALLY_STABLE = "sequentially stable: in beliefs, in worlds; Nash in beliefs"
NONE_STABLE = "no state is stable for everybody by any notion"


def barred_words(n: int) -> str:
    """How many changes of strategy the study rules out."""
    return f"the study bars {counted(n, 'change')} of strategy"


# of evidence
NO_PATH = "no path leads from the one to the other"


def uncited_words(gaps: Gaps) -> tuple[str, list[str]]:
    """How many numbers nothing is cited for, and each with its reason; constants are only counted."""
    unknown = [one for one in gaps.uncited if one.kind != "constant"]
    given = len(gaps.uncited) - len(unknown)
    return (
        f"{len(unknown)} uncertain{'ty or value' if len(unknown) == 1 else 'ties and values'} without a claim or fact"
        + (f"; and {counted(given, 'constant')}, which --json lists" if given else ""),
        [f"{one.name} ({one.kind}): {one.judgement or 'no reason is given'}" for one in unknown],
    )


def untested_words(gaps: Gaps) -> str:
    """How many claims expect nothing."""
    return f"{len(gaps.untested)} of {counted(gaps.claims, 'claim')} open: nothing is expected of the model"


def opposed_words(gaps: Gaps) -> str:
    """How many claims speak against one another."""
    return f"{counted(len(gaps.opposed), 'pair')} of claims that contradict each other"


def uncovered_words(gaps: Gaps) -> str:
    """How many sentences of the documents ask for a claim."""
    return f"{counted(len(gaps.uncovered), 'passage')} that look like claims and have none"


def absent_words(gaps: Gaps) -> str:
    """Which documents could not be looked through, and what to do."""
    return f"not at hand, so not looked through: {', '.join(gaps.absent)}; give their folder with --sources DIR"


def unanchored_words(study: str, n: int) -> str:
    """How many claims have no anchor, and what writes one."""
    return f"{counted(n, 'claim')} without an anchor: `standoff sources {study} --anchor` writes it"


# of games and deals
LEFT_OUT = "told of payoffs in profiles that were left out"
PROFILES = "profiles: equilibrium in resamples, stable in beliefs"
NO_MOVER = "no one assumption moves the zone beyond doubt"


def stable_words(model: Model, found: Others) -> str:
    """What it means that a profile is stable."""
    return f"stable: nobody gains more than a tolerance of {tolerance_words(model, found)}"


def first_mover_words(model: Model) -> str:
    """Above the decider's strategies, each with what the others reply."""
    moves = agree(model, [model.decider], "moves", "move")
    return f"if {who(model, model.decider)} {moves} first: payoff over replies, likeliest reply"


def belief_movers_words(model: Model, found: Others) -> str:
    """Which beliefs the payoffs turn on."""
    movers = [f"{quoted(model, name)} {percent(share)}" for name, share in found.beliefs.assumptions]
    return f"beliefs that move it, by the share of payoff differences: {', '.join(movers)}"


def everyone_knew_words(found: Others) -> str:
    """In how many worlds one, several and no profiles are stable, if the world is known to all."""
    one, several, none = (
        figure_percent(share)
        for share in (found.everyone_knew.one, found.everyone_knew.several, found.everyone_knew.none)
    )
    return f"if everyone knew the world: one stable profile in {one} of worlds, several in {several}, none in {none}"


def zone_words(zone: Zone) -> str:
    """On how many of the terms all parties gain."""
    return (
        f"against {zone.without}: {zone.verdict}; all gain on {percent(zone.area.value, zone.area.error)} of the "
        f"terms, {int(zone.zone.sum())} of {zone.zone.size} combinations, {int(zone.is_shown.sum())} beyond doubt"
    )


def nash_words(terms: str, gains: str) -> str:
    """The terms on which the parties' gains have the largest product."""
    return f"best for all at {terms}: {gains} points"


def mover_words(model: Model, mover: Mover) -> str:
    """How an assumption moves the zone."""
    return (
        f"where {quoted(model, mover.assumption)} is low the zone covers {percent(mover.low.value, mover.low.error)}, "
        f"where it is high {percent(mover.high.value, mover.high.error)}"
    )


# of games that are read from files
CROSSED = "other branches cross it on the way, as a symmetry breaks there; this one goes straight on"


def more_words(n: int) -> str:
    """How many rows were left out."""
    return f"and {n} more, which --json lists"


def struck_words(found: Solved) -> str:
    """How many strategies iterated dominance strikes out."""
    by = "pure strategies and mixtures" if found.by_mixtures else "pure strategies"
    n = len(found.struck)
    return f"{n} {'strategy' if n == 1 else 'strategies'} struck out by iterated strict dominance, by {by}"


def branch_words(found: Solved) -> str:
    """Above the end of the principal branch of logit equilibria."""
    return "the principal logit branch leads to" + ("" if found.is_complete else " (not followed to its end)")


def left_to_gain_words(found: Solved) -> str:
    """How near the branch's end is to an equilibrium."""
    most = max(found.regret, default=0.0)
    return f"nobody gains more than {number(most, 2)} there by playing something else"


def types_words(counts: Sequence[int]) -> str:
    """That players know different things, and how many each may know."""
    types = ", ".join(counted(n, "type") for n in counts)
    return f"a Bayesian game: each moves once, knowing its type ({types}); a strategy says what each type plays"


# of a game that people play
SINCE = "Since the last step: "


def judged_words(lucks: int) -> str:
    """Above an actor's choices, each with what the best would have gained."""
    return f"Your choices, looked at again ({lucks} streams of luck from each, in this world)"


def undecided_words(gain: str) -> str:
    """That no choice is shown to have been better."""
    return f"Whether another did better cannot be told ({gain})"
