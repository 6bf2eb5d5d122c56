"""The decider as leader: replies, worst and best, quantal replies, uniform and adversarial others."""

import numpy as np
import pytest
from scipy.special import softmax

from standoff.analysis.games.leader import leader_table

# B. von Stengel and S. Zamir (2010), introduction: moving together the row player gets 2, leading with the other row 3
LEADERSHIP = np.array([[[2.0, 4], [1, 3]], [[1, 0], [0, 1]]])


def test_leading_can_pay_more_than_moving_together() -> None:
    table = leader_table(LEADERSHIP, 0)
    assert [[reply.profile for reply in some] for some in table.replies] == [[(0, 0)], [(1, 1)]]
    np.testing.assert_array_equal(table.best, [2, 3])
    np.testing.assert_array_equal(table.worst, [2, 3])
    np.testing.assert_array_equal(table.uniform, [3, 2])
    np.testing.assert_array_equal(table.adversarial, [2, 1])


def test_a_single_follower_answers_by_plain_logit() -> None:
    table = leader_table(LEADERSHIP, 0, precisions=[0.5, 3.0], scaled=False)
    assert table.is_reached.all()
    for a in range(2):
        for k, precision in enumerate((0.5, 3.0)):
            expected = softmax(precision * LEADERSHIP[1, a]) @ LEADERSHIP[0, a]
            np.testing.assert_allclose(table.quantal[a, k], expected, atol=1e-12)


def test_several_replies_give_worst_and_best_and_none_gives_nan() -> None:
    # After the first strategy the others coordinate, after the second they play matching pennies
    others = np.array([[[2.0, 0], [0, 1]], [[1, 0], [0, 2]]])
    pennies = np.array([[[1.0, -1], [-1, 1]], [[-1, 1], [1, -1]]])
    own = np.array([[[5.0, 9], [9, 7]], [[0, 4], [8, 0]]])
    game = np.stack([own, np.stack([others[0], pennies[0]]), np.stack([others[1], pennies[1]])])
    table = leader_table(game, 0)
    assert [[reply.profile for reply in some] for some in table.replies] == [[(0, 0, 0), (0, 1, 1)], []]
    assert (table.worst[0], table.best[0]) == (5, 7)
    assert np.isnan(table.worst[1])
    assert np.isnan(table.best[1])
    np.testing.assert_allclose(table.limit[1], 3.0, atol=1e-9)
    assert table.limit_regret[1] < 1e-9


def test_the_leader_may_be_any_player() -> None:
    game = np.random.default_rng(8).normal(size=(3, 3, 2, 4))
    table = leader_table(game, 2, epsilon=0.1)
    turned = leader_table(np.transpose(game[[2, 0, 1]], (0, 3, 1, 2)), 0, epsilon=0.1)
    for name in ("worst", "best", "quantal", "limit", "uniform", "adversarial"):
        np.testing.assert_allclose(getattr(table, name), getattr(turned, name), atol=1e-9)
    for some, others in zip(table.replies, turned.replies, strict=True):
        assert [(reply.profile[2], *reply.profile[:2]) for reply in some] == [reply.profile for reply in others]
        assert all(reply.regret[2] == 0 and (reply.regret <= 0.1).all() for reply in some)


@pytest.mark.parametrize(("game", "leader"), [(LEADERSHIP, 2), (LEADERSHIP, -1), (np.zeros((1, 2)), 0)])
def test_a_leader_needs_followers(game: np.ndarray, leader: int) -> None:
    with pytest.raises(ValueError, match="the leader must be one of two players or more"):
        leader_table(game, leader)
