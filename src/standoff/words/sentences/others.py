"""What the others will do, in sentences: the verdict, the likeliest profiles, what moves them, how sure it is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from standoff.analysis.others.others import Others, Play, Profile
from standoff.analysis.others.shares import error_of_beliefs, play_shares
from standoff.language.model import Instance, Model
from standoff.words.names import agree, quoted, strategy_words, who
from standoff.words.numbers import counted, number, percent
from standoff.words.sentences.boxes import box_words
from standoff.words.text import capital, join

__all__ = [
    "condition_words", "instance_of", "others_lead", "others_sentence", "others_sure", "others_title", "profile_words",
    "share_of_beliefs", "tolerance_words", "verdict_words",
]  # fmt: skip

_SETTLED = 0.8
_LIKELIEST = 3
_STABLE = "Stable means: among the listed strategies, chosen at the start."


def others_sentence(model: Model, found: Others) -> str:
    """The verdict, with the profile that it is about."""
    if found.verdict == "unique and stable":
        profile = next(iter(np.argwhere(found.standing == 1)))
        return f"One profile is stable, and shown to be the only one: {_placed(model, found, tuple(profile))}."
    if found.verdict == "several stable":
        n = counted(int((found.standing == 1).sum()), "profile")
        return f"{n} are shown to be stable; which comes about, the model cannot say."
    if found.verdict == "none stable":
        return "No profile is stable: whatever is played, someone gains by leaving it."
    best = np.unravel_index(int(found.probability.argmax()), found.probability.shape)
    most = float(found.probability[best])
    if most == 0.0:
        likeliest = "none is so in any resample of the worlds"
    else:
        place = tuple(int(k) for k in best)
        likeliest = (
            f"the likeliest, {_placed(model, found, place)}, is so in {percent(most)} of resamples of the worlds"
        )
    return f"Cannot tell: {_open(found)} may be stable; {likeliest}{_near(found)}."


def tolerance_words(model: Model, found: Others) -> str:
    """How much of the payoffs in play an actor may forgo in what is called stable, and how much that is for each."""
    each = [
        f"{number(found.tolerance * float(scale), 2)} for {who(model, player)}"
        for player, scale in zip(found.players, found.scales, strict=True)
    ]
    return f"{percent(found.tolerance)} of the payoffs in play ({join(each)})"


def verdict_words(found: Others) -> str:
    """The verdict as a sentence, without the profile."""
    if found.verdict == "unique and stable":
        return "It is shown to be stable, and to be the only one that is."
    if found.verdict == "several stable":
        n = int((found.standing == 1).sum())
        return f"{counted(n, 'profile')} are shown to be stable; which comes about, the model cannot say."
    if found.verdict == "none stable":
        return "No profile is stable: every one is shown to be left by someone."
    return f"The verdict is “cannot tell”: {_open(found)} may be stable{_near(found)}."


def profile_words(
    model: Model, found: Others, strategies: tuple[str, ...], which: Sequence[bool] = (), *, has_verb: bool = False
) -> str:
    """`United States “tough love” and North Korea “lie low”`.

    Args:
        model: The study's.
        found: Whose players.
        strategies: A label for each player.
        which: Only these players; all by default.
        has_verb: Whether the first of them has one: `plays`.
    """
    said: list[str] = []
    for k, (player, label) in enumerate(zip(found.players, strategies, strict=True)):
        if not which or which[k]:
            instance = instance_of(model, player, label)
            verb = agree(model, [player], "plays ", "play ") if has_verb and not said else ""
            said.append(f"{who(model, player)} {verb}“{strategy_words(instance)}”")
    return join(said)


def _placed(model: Model, found: Others, place: tuple[int, ...]) -> str:
    return profile_words(model, found, tuple(names[k] for names, k in zip(found.strategies, place, strict=True)))


def _open(found: Others) -> str:
    return counted(int((found.standing >= 0).sum()), "profile")


def _near(found: Others) -> str:
    if not found.n_indistinct:
        return ""
    return f"; {counted(found.n_indistinct, 'pair')} of them differ by less than the error"


def share_of_beliefs(found: Others, profile: Profile) -> str:
    """In what share of the beliefs drawn a profile is stable, with its error."""
    return percent(profile.share_of_beliefs, error_of_beliefs(found, profile))


def instance_of(model: Model, player: str, label: str) -> Instance:
    """The strategy of a player with this label."""
    return next(instance for instance in model.instances(player) if instance.label == label)


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
            settled.append((player, strategy_words(instance_of(model, player, names[top]))))
        else:
            open_.append(who(model, player))
    rest = "Which profile comes about, the model cannot tell"
    if not settled:
        return rest
    told = capital(
        join(
            [
                f"{who(model, one)} {'' if k else agree(model, [one], 'plays ', 'play ')}“{what}”"
                for k, (one, what) in enumerate(settled)
            ]
        )
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
    common = profile_words(model, found, stable[0], alike, has_verb=True)
    return f"{title}: {common} in {'both' if len(stable) == 2 else 'all'}"


def others_lead(model: Model, found: Others) -> tuple[str, ...]:
    """The verdict, and the likeliest profiles or what stands for them."""
    likely = [p for p in found.profiles if p.is_equilibrium and p.probability >= 0.1][:_LIKELIEST]
    verdict = verdict_words(found)
    said = [f"In this model {verdict[0].lower()}{verdict[1:]} {_STABLE}"]
    alike = _alike([profile.strategies for profile in likely])
    if len(likely) > 1 and any(alike):
        said[0] += (
            f" In all of the likeliest {profile_words(model, found, likely[0].strategies, alike, has_verb=True)}."
        )
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
        f"points of a range of {number(float(found.ranges[worst]))}.{_symmetric(end)}"
    )


def _symmetric(play: Play) -> str:
    """That other branches cross the one that was followed."""
    if not play.n_bifurcations:
        return ""
    return (
        " On the way the game’s symmetry lets them settle otherwise, one against the other: this is where they end if "
        "none does."
    )


def condition_words(model: Model, found: Others) -> list[str]:
    """What makes profiles stable; what all of them have in common is not said again."""
    conditions = found.beliefs.conditions
    alike = _alike([condition.profile for condition in conditions])
    which = [not same for same in alike] if len(conditions) > 1 else [True] * len(alike)
    said = []
    if len(conditions) > 1 and any(alike):
        said.append(f"In all of these {profile_words(model, found, conditions[0].profile, alike, has_verb=True)}.")
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


def others_sure(model: Model, found: Others) -> tuple[str, ...]:
    """How far beliefs, luck and what each knows change the answer."""
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
            sees = agree(model, [belief.actor], "sees", "see")
            said.append(
                f"{capital(who(model, belief.actor))} {sees} {quoted(model, belief.uncertainty)} differently; the "
                f"worlds drawn carry {percent(belief.covered)} of that belief."
            )
    if found.unpaid:
        names = capital(join([who(model, actor) for actor in found.unpaid]))
        have, their = agree(model, found.unpaid, "has", "have"), agree(model, found.unpaid, "its", "their")
        said.append(f"{names} {have} no payoff; {their} strategies count evenly.")
    used = [fact for fact in found.informed.facts if fact.is_used] if found.informed else []
    if used:
        told = [f"{who(model, fact.actor)} by {quoted(model, fact.name)}" for fact in used]
        said.append(f"What actors know of their own lets them choose better: {join(told)}.")
    elif found.informed is not None:
        said.append("Letting actors choose by what they alone know brings them nothing that can be told from luck.")
    return tuple(said)
