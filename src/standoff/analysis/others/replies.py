"""The decider moves first: what the others reply to each of its strategies, and how sure that is.

A reply is an equilibrium of the game that a strategy of the decider leaves to the others. Which one it is depends on
estimates, so each has the share of resamples of the worlds in which it is one. Those shares, equilibria of one resample
counting equally, are the weights of the others' profiles in the view "the others reply"; a resample without a pure
equilibrium counts with the others' logit mixture.

Reference: B. von Stengel and S. Zamir, Leadership games with convex strategy sets (2010), section 2; A. Davison and
D. Hinkley, Bootstrap Methods and their Application (1997), section 3.8.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from standoff.analysis.deals.bargaining import weighted_mean
from standoff.analysis.findings import Figure, Floats
from standoff.analysis.games.leader import leader_table
from standoff.analysis.games.pure import stable_profiles
from standoff.analysis.games.quantal.responses import quantal_responses
from standoff.analysis.games.scale import ROUNDING
from standoff.analysis.runs.game_table import GameTable
from standoff.analysis.runs.views import doubt_of_replies

__all__ = ["Lead", "Replies", "Reply", "find_replies"]

PRECISION = 20.0
"""Of the logit mixture that stands in where there is no pure reply: per unit of payoff range."""
_SURE = 1.96
_MOST_SHOWN = 5
_LEAST_SHOWN = 0.05


@dataclass(frozen=True, slots=True)
class Reply:
    """What the others may play against one strategy of the decider.

    Attributes:
        strategies: of the others, in the order of `Replies.others`.
        probability: share of resamples in which it is an equilibrium among them.
        is_estimated: whether it is one as estimated.
        value: the decider's payoff then.
    """

    strategies: tuple[str, ...]
    probability: float
    is_estimated: bool
    value: Figure


@dataclass(frozen=True, slots=True)
class Lead:
    """One strategy of the decider, committed to.

    Attributes:
        strategy: its label.
        replies: the likeliest first.
        without: share of resamples in which the others have no pure equilibrium.
        worst, best: over the replies as estimated; None where there is none.
        expected: over all replies by their weights; the error carries that it is in doubt which is played.
        quantal: under the others' logit mixture at `PRECISION`; NaN where it was not reached.
        uniform: if the others choose evenly.
        adversarial: if they did the decider the greatest harm, not knowing the world.
    """

    strategy: str
    replies: tuple[Reply, ...]
    without: float
    worst: Figure | None
    best: Figure | None
    expected: Figure
    quantal: float
    uniform: Figure
    adversarial: Figure


@dataclass(frozen=True, slots=True, eq=False)
class Replies:
    """What each strategy of the decider comes to.

    Attributes:
        others: the other players.
        leads: one for each strategy of the decider.
        weights: (strategies of the decider, profiles of the others), summing to 1 over each row: the weights of the
            view in which the others reply.
    """

    others: tuple[str, ...]
    leads: tuple[Lead, ...]
    weights: Floats


def find_replies(table: GameTable, leader: int, game: Floats, resampled: Floats, *, belief: Floats) -> Replies:
    """The others' replies.

    Args:
        table: the game in each world.
        leader: index of the decider among the players.
        game: (players, s1, …, sn), expected payoffs.
        resampled: (resamples, players, s1, …, sn), the same for resampled worlds, in units of what is in play.
        belief: (worlds,), the decider's weights.
    """
    solved = leader_table(game, leader, precisions=(PRECISION,))
    others = [i for i in range(len(table.players)) if i != leader]
    labels = [table.strategies[i] for i in others]
    own = np.moveaxis(table.payoffs[leader], leader, 0)
    shape = own.shape[1:-1]
    leads, rows = [], []
    for a, strategy in enumerate(table.strategies[leader]):
        rest = np.delete(np.take(resampled, a, axis=2 + leader), leader, axis=1)
        marked = stable_profiles(rest, ROUNDING).reshape(len(rest), -1)
        count = marked.sum(axis=1)
        weight = (marked / np.maximum(count, 1)[:, None]).mean(axis=0)
        without = float((count == 0).mean())
        if without > 0.0:
            weight = weight + without * _mixture(game, leader, a)
        values = own[a].reshape(-1, own.shape[-1])
        estimated = {_flat(reply.profile, leader, shape) for reply in solved.replies[a]}
        shown = [k for k in np.argsort(-marked.mean(axis=0), kind="stable")[:_MOST_SHOWN].tolist()
                 if marked[:, k].mean() >= _LEAST_SHOWN]  # fmt: skip
        shown += sorted(estimated - set(shown))
        replies = tuple(
            Reply(
                tuple(names[j] for names, j in zip(labels, np.unravel_index(k, shape), strict=True)),
                float(marked[:, k].mean()), k in estimated, _figure(values[k], belief),
            )
            for k in shown
        )  # fmt: skip
        found = _Answered(replies, without, values, weight)
        leads.append(_lead(strategy, found, belief, float(solved.quantal[a, 0])))
        rows.append(weight)
    return Replies(tuple(table.players[i] for i in others), tuple(leads), np.array(rows))


@dataclass(frozen=True, slots=True, eq=False)
class _Answered:
    """How the others answer one strategy: `values` are the decider's (replies, worlds), `weight` how likely each is."""

    replies: tuple[Reply, ...]
    without: float
    values: Floats
    weight: Floats


def _lead(strategy: str, found: _Answered, belief: Floats, quantal: float) -> Lead:
    values, weight = found.values, found.weight
    estimated = [reply.value for reply in found.replies if reply.is_estimated]
    harmful = int((values @ belief).argmin())
    return Lead(
        strategy,
        found.replies,
        found.without,
        min(estimated, key=lambda figure: figure.value, default=None),
        best=max(estimated, key=lambda figure: figure.value, default=None),
        expected=_figure(weight @ values, belief, float(doubt_of_replies(values @ belief / belief.sum(), weight))),
        quantal=quantal,
        uniform=_figure(values.mean(axis=0), belief),
        adversarial=_figure(values[harmful], belief),
    )


def _figure(values: Floats, weights: Floats, besides: float = 0.0) -> Figure:
    """A mean over worlds; its error is the worlds' and what is `besides` in doubt."""
    mean, own = weighted_mean(values, weights)
    error = np.hypot(own, besides)
    return Figure(float(mean), float(error), float(mean - _SURE * error), float(mean + _SURE * error))


def _flat(profile: tuple[int, ...], leader: int, shape: tuple[int, ...]) -> int:
    return int(np.ravel_multi_index((*profile[:leader], *profile[leader + 1 :]), shape))


def _mixture(game: Floats, leader: int, strategy: int) -> Floats:
    """(profiles of the others,), their logit mixture against one strategy of the decider; even if not reached."""

    rest = np.delete(np.take(game, strategy, axis=1 + leader), leader, axis=0)
    found = quantal_responses(rest[None], [PRECISION])
    if not found.is_reached[0, 0]:
        return np.full(rest[0].size, 1.0 / rest[0].size)
    weight = np.ones(1)
    for mix in found.mixes:
        weight = np.multiply.outer(weight, mix[0, 0]).ravel()
    return weight
