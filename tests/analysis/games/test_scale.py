import numpy as np
import pytest

from standoff.analysis.games.dominance import iterated_dominance
from standoff.analysis.games.scale import ROUNDING, payoff_scale

CHICKEN = np.array([[[0.0, 7.0], [2.0, 6.0]], [[0.0, 2.0], [7.0, 6.0]]])
DILEMMA = np.array([[[3.0, 0.0], [5.0, 1.0]], [[3.0, 5.0], [0.0, 1.0]]])
PENNIES = np.array([[[1.0, -1.0], [-1.0, 1.0]], [[-1.0, 1.0], [1.0, -1.0]]])
MIXED = np.array([[[4.0, 0.0], [0.0, 4.0], [1.5, 1.5]], [[1.0, 0.0], [0.0, 1.0], [3.0, 0.0]]])


def with_a_dreadful_strategy(game: np.ndarray, payoff: float) -> np.ndarray:
    """Each player may also ruin everybody."""
    larger = np.full((2, game.shape[1] + 1, game.shape[2] + 1), payoff)
    larger[:, :-1, :-1] = game
    return larger


@pytest.mark.parametrize("unit", [1e-12, 1e-9, 1e-3, 1.0, 1e6, 1e15])
@pytest.mark.parametrize("game", [CHICKEN, DILEMMA, PENNIES, MIXED])
def test_the_unit_of_payoffs_changes_nothing(game: np.ndarray, unit: float) -> None:
    assert payoff_scale(unit * game).unit == pytest.approx(unit * payoff_scale(game).unit)
    plain, other = iterated_dominance(game), iterated_dominance(unit * game)
    assert other.strategies == plain.strategies
    for one, same in zip(other.eliminated, plain.eliminated, strict=True):
        assert one.dominated_by == pytest.approx(same.dominated_by)
        assert one.margin == pytest.approx(unit * same.margin)


@pytest.mark.parametrize("shift", [-1e6, 1e3, 1e9])
@pytest.mark.parametrize("game", [CHICKEN, DILEMMA, PENNIES, MIXED])
def test_a_shift_changes_nothing(game: np.ndarray, shift: float) -> None:
    moved, plain = payoff_scale(game + shift), payoff_scale(game)
    assert moved.unit == pytest.approx(plain.unit)
    assert moved.of(game + shift) == pytest.approx(plain.of(game))
    assert iterated_dominance(game + shift).strategies == iterated_dominance(game).strategies


@pytest.mark.parametrize("payoff", [-10.0, -1e3, -1e9])
@pytest.mark.parametrize("game", [CHICKEN, DILEMMA])
def test_a_dreadful_strategy_does_not_set_the_scale(game: np.ndarray, payoff: float) -> None:
    assert (payoff_scale(with_a_dreadful_strategy(game, payoff)).unit <= 2 * np.ptp(game)).all()
    crash = game.copy()
    crash[:, 0, 0] = payoff
    assert (payoff_scale(crash).unit <= 2 * np.ptp(game)).all()


def test_one_who_has_no_stake_or_no_choice_has_a_scale() -> None:
    assert payoff_scale(np.zeros((2, 2, 2))).unit.tolist() == [1.0, 1.0]
    assert payoff_scale(np.full((1, 1), 3.0)).unit.tolist() == [1.0]
    assert payoff_scale(np.array([[0.0, 4.0, 10.0]])).unit.tolist() == [6.0]


def test_rounding_is_no_dominance() -> None:
    twins = np.array([[[1.0, 1.0], [1.0 + 1e-16, 1.0 + 3e-16]], [[0.0, 1.0], [0.0, 1.0]]])
    assert iterated_dominance(twins, rounding=ROUNDING).strategies == ((0, 1), (1,))
