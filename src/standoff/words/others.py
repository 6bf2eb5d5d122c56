"""What the others will do, in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from standoff.analysis.others.others import Others
from standoff.language.model import Model
from standoff.words.names import join
from standoff.words.wording import counted, percent, strategy_words, who

__all__ = ["others_sentence", "profile_words", "verdict_words"]


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


def profile_words(model: Model, found: Others, strategies: tuple[str, ...], which: Sequence[bool] = (), verb: str = ""
                  ) -> str:  # fmt: skip
    """`United States “tough love” and North Korea “lie low”`.

    Args:
        model: The study's.
        found: Whose players.
        strategies: A label for each player.
        which: Only these players; all by default.
        verb: Stands with the first of them.
    """
    said: list[str] = []
    for k, (player, label) in enumerate(zip(found.players, strategies, strict=True)):
        if not which or which[k]:
            instance = next(one for one in model.instances(player) if one.label == label)
            said.append(f"{who(model, player)} {'' if said else verb}“{strategy_words(instance)}”")
    return join(said)


def _placed(model: Model, found: Others, place: tuple[int, ...]) -> str:
    return profile_words(model, found, tuple(names[k] for names, k in zip(found.strategies, place, strict=True)))


def _open(found: Others) -> str:
    return counted(int((found.standing >= 0).sum()), "profile")


def _near(found: Others) -> str:
    if not found.n_indistinct:
        return ""
    return f"; {counted(found.n_indistinct, 'pair')} of them differ by less than the error"
