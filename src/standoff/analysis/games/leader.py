"""The decider moves first: what the others reply to each of its strategies.

Once the leader's strategy is settled the others play the game that is left. Where that has several pure equilibria
the leader can hope for the best and must fear the worst of them; both are given.

Reference: H. von Stackelberg, Marktform und Gleichgewicht (1934); B. von Stengel and S. Zamir, Leadership games with
convex strategy sets (2010), section 2.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from standoff.analysis.games.normalform import Floats, Truths, checked_game
from standoff.analysis.games.pure import PureEquilibrium, pure_equilibria
from standoff.analysis.games.quantal.responses import branch_limits, quantal_responses


@dataclass(frozen=True, slots=True)
class LeaderTable:
    """What each strategy of the leader comes to, by how the others answer.

    Attributes:
        replies: for each strategy the others' pure equilibria, as profiles of all players; regrets are the others',
            the leader's own is 0 since its strategy is given.
        worst, best: (s_leader,), the leader's payoff over those replies; NaN where there is none.
        quantal: (s_leader, n_precisions), its expected payoff under the others' logit equilibrium.
        is_reached: same shape, see `QuantalResponses`; quantal is NaN where it is false.
        limit: (s_leader,), its payoff at the end of the others' principal branch.
        limit_regret: (s_leader,), the others' greatest regret there: the limit is an equilibrium no better than that.
        uniform: (s_leader,), its payoff if the others choose evenly among all strategies.
        adversarial: (s_leader,), its payoff if the others did it the greatest harm.
    """

    replies: tuple[tuple[PureEquilibrium, ...], ...]
    worst: Floats
    best: Floats
    quantal: Floats
    is_reached: Truths
    limit: Floats
    limit_regret: Floats
    uniform: Floats
    adversarial: Floats


def leader_table(
    game: npt.ArrayLike,
    leader: int,
    *,
    epsilon: float = 0.0,
    precisions: npt.ArrayLike = (1.0, 5.0, 20.0),
    scaled: bool = True,
) -> LeaderTable:
    """The others' replies to each strategy of one player.

    Args:
        game: (n_players, s1, …, sn) payoffs, two players or more.
        leader: index of the player that moves first.
        epsilon: tolerance of the others' equilibria, payoff units.
        precisions: (n_precisions,), of the others' logit replies.
        scaled: see `quantal_responses`; ranges are those of the game that is left.

    Raises:
        ValueError: the array is not a game of two players or more, or has no such player.
    """
    payoffs = checked_game(game)
    if not (len(payoffs) > 1 and 0 <= leader < len(payoffs)):
        raise ValueError(f"the leader must be one of two players or more, got player {leader} of {len(payoffs)}")
    own = np.moveaxis(payoffs[leader], leader, 0)
    rest = np.moveaxis(np.delete(payoffs, leader, axis=0), leader + 1, 0)
    replies = tuple(_replies(payoffs, rest[a], leader, a, epsilon=epsilon) for a in range(len(own)))
    values = [[float(reply.payoffs[leader]) for reply in some] for some in replies]
    answers = quantal_responses(rest, precisions, scaled=scaled)
    limits = branch_limits(rest, scaled=scaled)
    quantal = np.stack(
        [_expected(own, tuple(mix[:, k] for mix in answers.mixes)) for k in range(len(answers.precisions))], axis=1
    )
    flat = own.reshape(len(own), -1)
    return LeaderTable(
        replies=replies,
        worst=np.array([min(some, default=np.nan) for some in values]),
        best=np.array([max(some, default=np.nan) for some in values]),
        quantal=quantal,
        is_reached=answers.is_reached,
        limit=_expected(own, limits.mixes),
        limit_regret=limits.regret.max(axis=1),
        uniform=flat.mean(axis=1),
        adversarial=flat.min(axis=1),
    )


def _replies(
    payoffs: Floats, rest: Floats, leader: int, strategy: int, *, epsilon: float
) -> tuple[PureEquilibrium, ...]:
    """Pure equilibria of the game that a strategy of the leader leaves, told as profiles of all players."""
    whole = []
    for found in pure_equilibria(rest, epsilon):
        profile = (*found.profile[:leader], strategy, *found.profile[leader:])
        whole.append(
            PureEquilibrium(profile, np.insert(found.regret, leader, 0.0), np.array([own[profile] for own in payoffs]))
        )
    return tuple(whole)


def _expected(own: Floats, mixes: tuple[Floats, ...]) -> Floats:
    """The leader's payoff, row by row, against each row's mixtures of the others: (s_leader,)."""
    values = []
    for a, table in enumerate(own):
        expected = table
        for mix in reversed(mixes):
            expected = expected @ mix[a]
        values.append(float(expected))
    return np.array(values)
