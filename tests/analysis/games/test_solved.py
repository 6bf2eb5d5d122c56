import numpy as np
import pytest
from numbered import named_game

from standoff.analysis.games.exchange import GameError, read_nfg
from standoff.analysis.games.solved import solve

HEAD = 'NFG 1 R "t" { "a" "b" } { 2 2 }\n\n'


def test_the_dilemma_of_the_prisoners() -> None:
    found = solve(named_game([[[3, 0], [5, 1]], [[3, 5], [0, 1]]]))
    assert [one.strategies for one in found.pure] == [("2", "2")]
    assert [(one.player, one.strategy, one.by) for one in found.struck] == [
        ("Player 1", "1", (("2", 1.0),)),
        ("Player 2", "1", (("2", 1.0),)),
    ]
    assert [mix.round(6).tolist() for mix in found.mixes] == [[0.0, 1.0], [0.0, 1.0]]


def test_pennies_have_no_pure_equilibrium_and_one_player_alone_no_branch() -> None:
    found = solve(named_game([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]]))
    assert (found.pure, found.struck) == ((), ())
    np.testing.assert_allclose(found.mixes, 0.5)
    assert solve(named_game([[1.0, 2.0]])).mixes == ()


@pytest.mark.parametrize(
    ("payoffs", "expected"),
    [
        ("1 1 2 " + "9" * 5000, "at most 1000 signs"),
        ("1 1 2 1e999", "a double holds"),
        ("1 1 2 1/" + "9" * 400, "a double holds"),
        ("1 1 2 inf", "a whole number, a decimal or a fraction"),
    ],
)
def test_what_is_no_payoff_is_told_with_its_place(payoffs: str, expected: str) -> None:
    with pytest.raises(GameError, match=r"line 3, column 7: .*" + expected) as caught:
        read_nfg(f"{HEAD}{payoffs} 3 3 4 4")
    assert caught.value.at == len(HEAD) + 6


def test_a_game_that_cannot_be_there_is_refused_at_once() -> None:
    with pytest.raises(GameError, match=r"1000000000000 profiles"):
        read_nfg('NFG 1 R "t" { "a" "b" } { 1000000 1000000 }\n\n1 1')
