"""Which strategies the actors follow whom no person plays: drawn from stated odds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from standoff.ensemble.profiles.chosen import allowed_strategies
from standoff.ensemble.running import Size
from standoff.ensemble.study import Study
from standoff.questions.answer import answer
from standoff.questions.others import OTHERS
from standoff.questions.question import Unanswered

__all__ = ["EQUILIBRIUM", "UNIFORM", "draw_profile"]

UNIFORM, EQUILIBRIUM = "uniform", "equilibrium"
SIZE = Size(worlds=128, replications=4)


def draw_profile(study: Study, odds: str, fixed: str | None, seed: int) -> dict[str, str]:
    """A strategy for every actor that chooses.

    Args:
        study: The study.
        odds: `uniform`, `equilibrium` (the logit response at the end of the branch, of 128 worlds), or the name of a
            profile of the study or `actor=strategy,…`, of which each allowed strategy is equally likely.
        fixed: As `--profile` takes it: what is played whatever the odds; None for nothing.
        seed: Of the draw.

    Raises:
        ValueError: There is no such profile, or no equilibrium is known.
    """
    program = study.program
    luck = np.random.Generator(np.random.Philox(seed))
    allowed = allowed_strategies(program, fixed)
    if odds == EQUILIBRIUM:
        shares: Sequence[npt.NDArray[np.float64]] = _equilibrium(study)
    else:
        named = allowed_strategies(program, None if odds == UNIFORM else odds)
        shares = [_even(named[i], len(of)) for i, of in enumerate(program.instances)]
    drawn: dict[str, str] = {}
    for i, player in enumerate(program.players):
        share = np.where(_even(allowed[i], shares[i].size) > 0.0, shares[i], 0.0)
        if share.sum() == 0.0:
            share = _even(allowed[i], shares[i].size)
        drawn[player] = program.instances[i][int(luck.choice(share.size, p=share / share.sum()))].label
    return drawn


def _even(played: Sequence[int], size: int) -> npt.NDArray[np.float64]:
    """Each strategy that occurs, equally likely."""
    share = np.zeros(size)
    share[list(played)] = 1.0
    share /= share.sum()
    return share


def _equilibrium(study: Study) -> Sequence[npt.NDArray[np.float64]]:
    found = answer(study, (OTHERS,), SIZE).of(OTHERS)
    if isinstance(found, Unanswered):
        raise ValueError("no equilibrium is known of this study: `standoff games` says why; choose other odds")
    reached = [play for play in found.play if play.is_reached]
    if not reached:
        raise ValueError("the logit branch of this study could not be followed: choose other odds")
    mixes: Mapping[str, npt.NDArray[np.float64]] = dict(zip(found.players, reached[-1].mixes, strict=True))
    return [
        mixes[player] if player in mixes and mixes[player].size == len(of) else np.full(len(of), 1.0 / len(of))
        for player, of in zip(study.program.players, study.program.instances, strict=True)
    ]
