"""What the others do, in words: titles, captions, keys, heads of tables, how it was computed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from standoff.analysis.others.others import Others
from standoff.analysis.others.replies import Lead
from standoff.language.model import Model
from standoff.words.names import agree, strategy_words, who
from standoff.words.numbers import counted, percent
from standoff.words.sentences.others import instance_of, tolerance_words
from standoff.words.text import join

__all__ = [
    "GONE",
    "HELD",
    "LEAD_HEAD",
    "LEAD_KEY",
    "LEARNED",
    "MOVED_BY",
    "NOT_ANSWERED",
    "PLAY",
    "PLAY_HEAD",
    "PROFILES",
    "REFERENCES",
    "SAMPLED",
    "SAMPLED_REFERENCES",
    "lead_caption",
    "lead_table_caption",
    "lead_title",
    "others_method",
    "play_caption",
    "play_key",
    "profiles_head",
    "reply_head",
]  # fmt: skip

NOT_ANSWERED = "What the others will do: not answered here"
PLAY = "Who plays what, over what the actors may believe"
PLAY_HEAD, GONE = ("Actor", "Strategy", "Share"), ", never pays"
PROFILES = "Profiles that may be stable, the likeliest first"
LEAD_KEY = (
    "Dark: where a reply departs from the usual one. The line spans the worst to the best reply as estimated, the dot "
    "is over all replies by their weights."
)
LEAD_HEAD = (
    "Strategy", "Replies", "No reply settled", "Worst reply", "Best reply", "Over replies",
    "Others choosing noisily", "Others evenly", "Others harming most",
)  # fmt: skip
MOVED_BY = "What moves it: beliefs"
REFERENCES = (
    "Wellman 2006, Methods for empirical game-theoretic analysis",
    "McKelvey & Palfrey 1995, Quantal response equilibria for normal form games",
    "von Stengel & Zamir 2010, Leadership games with convex strategy sets",
    "Bryant & Lempert 2010, Thinking inside the box",
    "Fang, Hipel & Kilgour 1993, Interactive decision making: the graph model for conflict resolution",
)
HELD = "What best replies lead to, as it was run"
LEARNED = "How well each payoff is told in profiles that were left out, worst first"
SAMPLED = (
    "Of each actor’s payoff, what its own choice bears on is learned by least squares over the profiles that were run: "
    "its strategies by themselves, and with each strategy of each other actor. Best replies in that game only say "
    "where to look. What they lead to is run with every profile that one actor can make of it by itself, in the same "
    "worlds with the same luck, and where somebody is shown to gain there, it goes on from what it gains most by, "
    "ten times at most. Shown: beyond what chance explains in all of these differences together, at 95 %."
)
SAMPLED_REFERENCES = (
    "Janovskaya 1968, Equilibrium points in polymatrix games",
    "Wellman 2006, Methods for empirical game-theoretic analysis",
    "Meyer & Nachtsheim 1995, The coordinate-exchange algorithm for constructing exact optimal experimental designs",
)
_TOLD = 1.96


def play_caption(found: Others) -> str:
    """What the shares are of."""
    return (
        f"Of the stable profiles found under {counted(found.beliefs.draws, 'draw')} of beliefs, the share in which "
        "an actor plays so, ± one standard error."
    )


def play_key(rarely: float) -> str:
    """What is struck through."""
    return f"Struck through: ruled out by dominance in {percent(1.0 - rarely)} of beliefs or more."


def profiles_head(model: Model, found: Others) -> tuple[str, ...]:
    """The heads of the table of profiles."""
    return (
        *(model.title_of(player) for player in found.players),
        "Equilibrium in resamples", f"within {percent(found.tolerance)} of range", "Stable in beliefs", "Shown",
        "What each would gain by leaving",
    )  # fmt: skip


def reply_head(others: Sequence[str]) -> tuple[str, ...]:
    """The heads of the table of replies."""
    return ("If this is played", *others, "In resamples", "Payoff, points")


def lead_title(model: Model, found: Others, leads: Sequence[Lead]) -> str:
    """Who changes course when the decider moves."""
    assert found.replies is not None
    columns = zip(*[lead.replies[0].strategies for lead in leads if lead.replies], strict=True)
    moved = [
        actor for actor, column in zip(found.replies.others, columns, strict=False) if len(set(column)) > 1
    ]  # fmt: skip
    decider = who(model, model.decider)
    if not moved:
        others = [who(model, actor) for actor in found.replies.others]
        whose = (
            "the others’" if len(others) > 1 else f"{others[0]}’s" if not others[0].endswith("s") else f"{others[0]}’"
        )
        return f"Whatever {decider} {agree(model, [model.decider], 'does', 'do')}, {whose} likeliest reply is the same"
    still = len(found.replies.others) - len(moved)
    rest = "" if not still else "; the rest do not" if still > 1 else "; the other does not"
    moves, change = agree(model, [model.decider], "moves", "move"), agree(model, moved, "changes", "change")
    named = join([who(model, actor) for actor in moved])
    return f"When {decider} {moves} first, {named} {change} course{rest}"


def lead_caption(model: Model, leads: Sequence[Lead]) -> str:
    """What to look at, and which strategy does best once the others reply; `leads` from best to worst."""
    top = leads[0].expected
    level = [
        lead
        for lead in leads
        if top.value - lead.expected.value <= _TOLD * float(np.hypot(top.error, lead.expected.error))
    ]
    names = [f"“{strategy_words(instance_of(model, model.decider, lead.strategy))}”" for lead in level]
    best = f"{names[0]} does best" if len(names) == 1 else f"{join(names)} cannot be told apart at the top"
    return (
        f"With the others replying, {best}. Each row is a strategy announced and kept to, in its better setting; "
        "beside it the others’ likeliest reply, in how many resamples of the worlds that is an equilibrium among "
        f"them, and the payoff of {who(model, model.decider)} over all replies."
    )


def lead_table_caption(model: Model) -> str:
    """Whose payoff, and when."""
    moves = agree(model, [model.decider], "it moves", "they move")
    return f"Payoff of {who(model, model.decider)} when {moves} first, points"


def others_method(model: Model, found: Others) -> tuple[str, ...]:
    """How it was computed."""
    n, r = counted(found.n_worlds, "world"), counted(found.replications, "replication")
    return (
        f"Payoffs of all profiles come from the run of {n} with {r} each, weighted by each actor’s own beliefs: "
        "u_i(s) = Σ_w b_i(w) u_i(s, w). A profile is an equilibrium where nobody gains by leaving it alone, and "
        f"counts as stable within a tolerance of {tolerance_words(model, found)}. Its probability "
        "is the share of resamples of the worlds in which it is one; it is shown stable or unstable only where all "
        "gains of leaving are told from zero at 95 % together.",
        f"The game is solved again for {counted(found.beliefs.draws, 'draw')} of beliefs over the assumptions that "
        "move payoff differences most. Shares over beliefs count every stable profile of every draw; their errors "
        "take profiles as independent.",
        "A reply is an equilibrium of what a strategy of the decider leaves to the others. Where there is no pure "
        "one, the others’ logit responses stand in.",
        "If courses can change: a profile holds by foresight (sequential stability) if after every gain the others "
        "can lead, by moves that each gain who makes them, to where the actor is no better off. What an actor "
        "would have to want or believe is the least part of its belief that must move to an assumption’s highest "
        "or lowest fifth.",
    )
