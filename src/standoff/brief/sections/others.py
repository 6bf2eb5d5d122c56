"""The section on what the others will do: who plays what, what changes when the decider moves, and what moves it."""

from __future__ import annotations

from typing import Any

import numpy as np
from jinja2 import Environment

from standoff.analysis.others.others import Others, Profile
from standoff.brief.parts import Listing
from standoff.brief.pictures.plays import (
    RARELY,
    instance_of,
    lead_caption,
    lead_rows,
    lead_table,
    lead_title,
    play_columns,
    play_shares,
    play_table,
    profile_table,
    reply_table,
    share_of_beliefs,
)
from standoff.brief.playing import Unanswered
from standoff.brief.sections.grid import Chip, Method, Picture, Section
from standoff.language.model import Model
from standoff.words.boxes import box_words
from standoff.words.others import profile_words, verdict_words
from standoff.words.wording import (
    capital,
    counted,
    join,
    number,
    percent,
    quoted,
    strategy_words,
    title_of,
    who,
)

__all__ = ["others_section", "others_title"]

_SETTLED = 0.8
_LIKELIEST = 3
_STABLE = "Stable means: among the listed strategies, chosen at the start."
_LEAD_KEY = (
    "Dark: where a reply departs from the usual one. The line spans the worst to the best reply as estimated, the dot "
    "is over all replies by their weights."
)
_REFERENCES = (
    "Wellman 2006, Methods for empirical game-theoretic analysis",
    "McKelvey & Palfrey 1995, Quantal response equilibria for normal form games",
    "von Stengel & Zamir 2010, Leadership games with convex strategy sets",
    "Bryant & Lempert 2010, Thinking inside the box",
)


def others_section(model: Model, found: Others | Unanswered, environment: Environment) -> Section:
    """Question 3; a study without others, or a run that cannot tell, says so."""
    if isinstance(found, Unanswered):
        return Section("others", "What the others do", "What the others will do: not answered here",
                       lead=(f"{capital(found.why)}.",))  # fmt: skip
    parts: Any = environment.get_template("games.html.j2").module
    columns = play_columns(model, found)
    pictures = [
        Picture(
            parts.play_part(columns),
            f"Of the stable profiles found under {counted(found.beliefs.draws, 'draw')} of beliefs, the share in which "
            "an actor plays so, ± one standard error.",
            f"Struck through: ruled out by dominance in {percent(1.0 - RARELY)} of beliefs or more.",
            "Who plays what, over what the actors may believe",
            profile_table(model, found),
            (play_table(columns),),
        )
    ]
    if found.replies is not None and found.replies.leads:
        others, rows = [model.title_of(actor) for actor in found.replies.others], lead_rows(model, found)
        pictures.append(
            Picture(
                parts.leads_part(others, rows),
                lead_caption(model, found),
                _LEAD_KEY,
                lead_title(model, found),
                lead_table(model, found),
                (reply_table(others, rows),),
            )
        )
    return Section(
        "others",
        "What the others do",
        others_title(model, found),
        lead=_lead_words(model, found),
        pictures=tuple(pictures),
        parts=tuple([Listing("What moves it: beliefs", said)] if (said := tuple(_conditions(model, found))) else ()),
        sure=_sure(model, found),
        why=tuple(Chip(name, title_of(model, name)) for name, _ in found.beliefs.assumptions),
        method=_method(found),
    )


def others_title(model: Model, found: Others) -> str:
    """The finding: the profile that is stable, or which actors' play is settled and whose cannot be told."""
    if found.verdict == "unique and stable":
        return f"One profile is stable: {profile_words(model, found, found.profiles[0].strategies)}"
    if found.verdict == "none stable":
        return "No profile is stable: whatever is played, someone gains by leaving it"
    if found.verdict == "several stable":
        return _several(model, found)
    settled, open_ = [], []
    for player, names, share in zip(found.players, found.strategies, play_shares(found)[0], strict=True):
        top = int(np.nanargmax(share)) if np.isfinite(share).any() else 0
        if np.isfinite(share).any() and share[top] >= _SETTLED:
            settled.append((who(model, player), strategy_words(instance_of(model, player, names[top]))))
        else:
            open_.append(who(model, player))
    rest = "Which profile comes about, the model cannot tell"
    if not settled:
        return rest
    told = capital(
        join([f"{one} plays “{what}”" if k == 0 else f"{one} “{what}”" for k, (one, what) in enumerate(settled)])
    )
    if not open_:
        return f"{told} in most stable profiles; {rest[0].lower()}{rest[1:]}"
    return f"{told}, nearly whatever is believed; what {join(open_)} will do cannot be told"


def _several(model: Model, found: Others) -> str:
    """How many are shown to be stable, and what they have in common."""
    stable = [profile.strategies for profile in found.profiles if profile.standing == "stable"]
    title = f"{int((found.standing == 1).sum())} profiles are stable"
    alike = _alike(stable)
    if not any(alike):
        return f"{title}; which comes about, the model cannot say"
    common = profile_words(model, found, stable[0], alike, "plays ")
    return f"{title}: {common} in {'both' if len(stable) == 2 else 'all'}"


def _lead_words(model: Model, found: Others) -> tuple[str, ...]:
    likely = [p for p in found.profiles if p.is_equilibrium and p.probability >= 0.1][:_LIKELIEST]
    verdict = verdict_words(found)
    said = [f"In this model {verdict[0].lower()}{verdict[1:]} {_STABLE}"]
    alike = _alike([profile.strategies for profile in likely])
    if len(likely) > 1 and any(alike):
        said[0] += f" In all of the likeliest {profile_words(model, found, likely[0].strategies, alike, 'plays ')}."
    apart = [len(likely) == 1 or not same for same in alike]
    for k, profile in enumerate(likely):
        head = "Likeliest" if k == 0 and len(likely) > 1 else "The likely one" if k == 0 else "Next"
        said.append(f"{head}: {profile_words(model, found, profile.strategies, apart)}; {_chances(found, profile)}.")
    if not likely:
        said.append(_without_equilibrium(model, found))
    return tuple(said)


def _chances(found: Others, profile: Profile) -> str:
    return (
        f"an equilibrium in {percent(profile.probability)} of resamples of the worlds, and stable in "
        f"{share_of_beliefs(found, profile)} of the beliefs drawn"
    )


def _alike(profiles: list[tuple[str, ...]]) -> list[bool]:
    """For each player whether it plays the same in all of these profiles."""
    return [len(set(column)) == 1 for column in zip(*profiles, strict=True)]


def _without_equilibrium(model: Model, found: Others) -> str:
    """No pure profile is likely: the end of the branch of logit responses, with its regret."""
    end = found.play[-1]
    told = [
        f"{who(model, player)} “{strategy_words(instance_of(model, player, names[int(mix.argmax())]))}” "
        f"({percent(float(mix.max()), float(errors[int(mix.argmax())]))})"
        for player, names, mix, errors in zip(found.players, found.strategies, end.mixes, end.errors, strict=True)
        if np.isfinite(mix).all()
    ]
    if not told:
        return "No profile is likely to be stable, and no mixture of strategies was found to be."
    worst = max(range(len(found.players)), key=lambda i: end.regret[i] / found.ranges[i])
    return (
        f"No single profile is likely to be stable. Players who choose better the more it matters would mostly end at "
        f"{join(told)}; there {who(model, found.players[worst])} could still gain {number(end.regret[worst])} "
        f"points of a range of {number(float(found.ranges[worst]))}."
    )


def _conditions(model: Model, found: Others) -> list[str]:
    """What makes profiles stable; what all of them have in common is not said again."""
    conditions = found.beliefs.conditions
    alike = _alike([condition.profile for condition in conditions])
    which = [not same for same in alike] if len(conditions) > 1 else [True] * len(alike)
    said = []
    if len(conditions) > 1 and any(alike):
        said.append(f"In all of these {profile_words(model, found, conditions[0].profile, alike, 'plays ')}.")
    for condition in conditions:
        who = capital(profile_words(model, found, condition.profile, which))
        share = percent(condition.share)
        if condition.box is None:
            said.append(f"{who}: stable in {share} of beliefs; no few assumptions set them apart.")
            continue
        said.append(
            f"{who}: stable in {share} of beliefs, mostly where {box_words(model, condition.box)}. So it is in "
            f"{percent(condition.density)} of beliefs of that kind, which make up {percent(condition.coverage)} of "
            "those in which it is stable."
        )
    return said


def _sure(model: Model, found: Others) -> tuple[str, ...]:
    known, over = found.everyone_knew, found.beliefs
    said = [
        f"Over {counted(over.draws, 'draw')} of beliefs, {percent(over.several.value, over.several.error)} leave more "
        f"than one stable profile and {percent(over.none.value, over.none.error)} leave none.",
        f"If everyone knew the world, {percent(known.one.value, known.one.error)} of worlds would have one stable "
        f"profile, {percent(known.several.value, known.several.error)} several and "
        f"{percent(known.none.value, known.none.error)} none. Nobody knows it, so this is not the answer.",
    ]
    if known.repeated is not None and known.repeated < 1.0:
        said[-1] += f" Two halves of the luck agree on it in {percent(known.repeated)} of worlds."
    for belief in found.dissent:
        if belief.covered < 0.995:
            said.append(
                f"{capital(who(model, belief.actor))} sees {quoted(model, belief.uncertainty)} differently; the worlds "
                f"drawn carry {percent(belief.covered)} of its belief."
            )
    if found.unpaid:
        said.append(
            f"{capital(join([who(model, a) for a in found.unpaid]))} has no payoff; its strategies count evenly."
        )
    used = [fact for fact in found.informed.facts if fact.is_used] if found.informed else []
    if used:
        told = [f"{who(model, fact.actor)} by {quoted(model, fact.name)}" for fact in used]
        said.append(f"What actors know of their own lets them choose better: {join(told)}.")
    elif found.informed is not None:
        said.append("Letting actors choose by what they alone know brings them nothing that can be told from luck.")
    return tuple(said)


def _method(found: Others) -> Method:
    n, r = counted(found.n_worlds, "world"), counted(found.replications, "replication")
    return Method(
        (
            f"Payoffs of all profiles come from the run of {n} with {r} each, weighted by each actor’s own beliefs: "
            "u_i(s) = Σ_w b_i(w) u_i(s, w). A profile is an equilibrium where nobody gains by leaving it alone, and "
            f"counts as stable within a tolerance of {percent(found.tolerance)} of its payoff range. Its probability "
            "is the share of resamples of the worlds in which it is one; it is shown stable or unstable only where all "
            "gains of leaving are told from zero at 95 % together.",
            f"The game is solved again for {counted(found.beliefs.draws, 'draw')} of beliefs over the assumptions that "
            "move payoff differences most. Shares over beliefs count every stable profile of every draw; their errors "
            "take profiles as independent.",
            "A reply is an equilibrium of what a strategy of the decider leaves to the others. Where there is no pure "
            "one, the others’ logit responses stand in.",
        ),
        _REFERENCES,
    )
