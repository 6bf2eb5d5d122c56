"""Views of the others: which of their profiles count against each of the decider's strategies, and how much.

The same worlds and luck serve every strategy and every view, so that differences between them are differences of play.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from jaxtyping import Float

from standoff.analysis.findings import Floats
from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.profiles.chosen import is_of

__all__ = ["View", "answer_worst", "doubt_of_replies", "named_weights"]

_SURE = 1.96
_MOST = 0.95

Kind = Literal["uniform", "profile", "adversarial", "replies"]


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What the others are taken to play.

    Attributes:
        kind: `uniform`: every strategy of theirs alike; `profile`: a named profile of the study's, what it leaves open
            alike; `adversarial`: what is worst for the decider's strategy on average over worlds; `replies`: as given.
        name: Of the profile; empty otherwise.
        title: What the study calls the profile in prose; empty otherwise.
        about: Of the profile, in the study's words.
        n_profiles: How many profiles of the others have weight, on average over the decider's strategies.
        weights: (strategies, profiles of the others), each row summing to 1.
    """

    kind: Kind
    name: str
    title: str
    about: str
    n_profiles: float
    weights: Float[Floats, "strategies others"]


def named_weights(ensemble: Ensemble, name: str, place: npt.NDArray[np.int64]) -> Floats | None:
    """A named profile's weights; None where the run lacks it, or where it settles the decider's own strategy.

    Args:
        ensemble: What was run.
        name: Of a profile of the study.
        place: (strategies, profiles of the others), rows of the ensemble.

    Returns:
        shape (strategies, profiles of the others), each row summing to 1.
    """
    member = is_of(ensemble.program, ensemble.design.profiles, name)[place]
    if not member.any(axis=1).all():
        return None
    weights: Floats = member / member.sum(axis=1, keepdims=True)
    return weights


def answer_worst(payoff: Floats, w: Floats) -> Floats:
    """The others' one profile that is worst on average for each of the decider's strategies, as weights.

    They know the strategy but not the world. The least of several means is too low by chance, by at most two standard
    errors of a difference if thirty profiles do the same; were it picked on other worlds than those it is valued on, an
    even design (McKay, Beckman & Conover 1979) would make what is low in some high in the rest, which errs by more.

    Args:
        payoff: The decider's, shape (strategies, profiles of the others, worlds).
        w: (worlds,), weights that sum to one.

    Returns:
        shape (strategies, profiles of the others), a one in each row.
    """
    worst = (payoff @ w).argmin(axis=1)
    weights: Floats = np.eye(payoff.shape[1])[worst]
    return weights


def doubt_of_replies(means: Floats, weights: Floats) -> Floats:
    """Standard error of a mean over replies, one of which is played and the weights of which say which may be.

    A 1.96th of the distance to the farthest of the likeliest replies that together have 95 % of the weight, or their
    standard deviation where that is more.

    Args:
        means: (…, profiles of the others), the decider's expected payoff.
        weights: Like `means`, summing to 1 over the profiles.

    Returns:
        shape (…).
    """
    away = np.abs(means - (means * weights).sum(axis=-1, keepdims=True))
    order = np.argsort(-weights, axis=-1, kind="stable")
    likeliest = np.take_along_axis(weights, order, axis=-1)
    # the last one needed may be one of several as likely
    needed = (np.cumsum(likeliest, axis=-1) - likeliest < _MOST) & (likeliest > 0.0)
    farthest = np.where(needed, np.take_along_axis(away, order, axis=-1), 0.0).max(axis=-1)
    return np.asarray(np.maximum(farthest / _SURE, np.sqrt((weights * away**2).sum(axis=-1))))
