"""Games that grow by best replies, against equilibria that are known."""

import numpy as np
import pytest
from scipy.optimize import linprog

from standoff.analysis.searching.oracle import Until, double_oracle


def by_linear_program(game):
    """The equilibrium of a zero-sum game, by the two linear programs."""

    def maximin(a):
        rows, columns = a.shape
        found = linprog(
            [*np.zeros(rows), -1.0], A_ub=np.column_stack([-a.T, np.ones(columns)]), b_ub=np.zeros(columns),
            A_eq=[[*np.ones(rows), 0.0]], b_eq=[1.0], bounds=[(0, None)] * rows + [(None, None)],
        )  # fmt: skip
        return found.x[:rows]

    return [maximin(game[0]), maximin(game[1].T)]


def oracle(a):
    """Of a zero-sum game by its row player's payoffs, of which only replies are told."""

    def payoffs(profiles):
        values = np.array([a[profile] for profile in profiles])
        return np.stack([values, -values], axis=1)[:, :, None]

    def reply(i, at_hand, mixes):
        other = np.asarray(mixes[1 - i])
        own = a[:, list(at_hand[1])] @ other if i == 0 else -(other @ a[list(at_hand[0]), :])
        return int(np.argmax(own))

    return payoffs, reply


@pytest.mark.parametrize("seed", range(5))
def test_the_equilibrium_of_a_matrix_game_is_reached_whose_best_replies_were_hidden(seed: int) -> None:
    a = np.random.default_rng(seed).normal(size=(40, 30))
    exact = by_linear_program(np.stack([a, -a]))
    value = float(exact[0] @ a @ exact[1])
    grown = double_oracle(*oracle(a), [[0], [0]], Until(1e-9), solve=by_linear_program)
    assert grown.is_ended
    assert grown.regret.max() <= 1e-9
    assert grown.values == pytest.approx([value, -value], abs=1e-8)
    assert len(grown.strategies[0]) < 40


def test_rock_paper_and_scissors_are_found_from_a_rock() -> None:
    a = np.array([[0.0, -1.0, 1.0], [1.0, 0.0, -1.0], [-1.0, 1.0, 0.0]])
    grown = double_oracle(*oracle(a), [[0], [0]], Until(1e-9), solve=by_linear_program)
    for mix in grown.mixes:
        np.testing.assert_allclose(np.sort(mix), 1 / 3, atol=1e-9)


def test_what_could_still_be_gained_is_told_where_rounds_run_out() -> None:
    a = np.array([[0.0, -1.0, 1.0], [1.0, 0.0, -1.0], [-1.0, 1.0, 0.0]])
    grown = double_oracle(*oracle(a), [[0], [0]], Until(1e-9, rounds=1), solve=by_linear_program)
    assert not grown.is_ended
    assert grown.regret == pytest.approx([1.0, 1.0])


def test_gains_within_the_error_add_nothing() -> None:
    a = np.array([[0.0, 0.0], [0.01, 0.0]])
    grown = double_oracle(*oracle(a), [[0], [0]], Until(0.02), solve=by_linear_program)
    assert grown.strategies == ((0,), (0,))
    assert grown.regret.max() <= 0.02


def test_a_player_without_a_strategy_is_refused() -> None:
    with pytest.raises(ValueError, match="to begin with"):
        double_oracle(*oracle(np.zeros((2, 2))), [[0], []])


def test_a_gain_within_its_error_adds_nothing_however_large() -> None:
    a = np.array([[0.0, 0.0], [5.0, 0.0]])
    payoffs, reply = oracle(a)
    grown = double_oracle(payoffs, reply, [[0], [0]], Until(), mean=lambda _, x: (float(x.mean()), 6.0),
                          solve=by_linear_program)  # fmt: skip
    assert grown.is_ended and grown.strategies == ((0,), (0,))
    assert grown.regret[0] == 5.0 and grown.errors[0] == 6.0
