"""Gambit's .nfg files: both versions, round trips, and what is said about files that are not games."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numbered import named_game

from standoff.analysis.games.exchange import NamedGame, read_nfg, write_nfg
from standoff.analysis.games.pure import pure_equilibria

BY_GAMBIT = Path(__file__).parents[2] / "data" / "gambit" / "three.nfg"

# Gambit's documentation of the format, payoff version: the first player's strategy changes fastest
PAYOFFS = """NFG 1 R "Selten (IJGT, 75), Figure 2, normal form"
{ "Player 1" "Player 2" } { 3 2 }

1 1 0 2 0 2 1 1 0 3 2 0
"""


def test_payoff_version_from_gambits_documentation() -> None:
    game = read_nfg(PAYOFFS)
    assert game.title == "Selten (IJGT, 75), Figure 2, normal form"
    assert game.players == ("Player 1", "Player 2")
    assert game.strategies == (("1", "2", "3"), ("1", "2"))
    np.testing.assert_array_equal(game.payoffs[0], [[1, 1], [0, 0], [0, 2]])
    np.testing.assert_array_equal(game.payoffs[1], [[1, 1], [2, 3], [2, 0]])


def test_outcome_version_written_by_gambit() -> None:
    game = read_nfg(BY_GAMBIT.read_text(encoding="utf-8"))
    assert game.title == 'A "small" game'
    assert game.players == ("north", "south", "east")
    assert game.payoffs.shape == (3, 2, 3, 2)
    np.testing.assert_array_equal(game.payoffs[:, 0, 0, 0], [-8, 3, 5])
    np.testing.assert_array_equal(game.payoffs[:, 1, 0, 0], [4, 4, 9])
    np.testing.assert_array_equal(game.payoffs[:, 1, 2, 1], [-4, -5, 5])


def test_outcome_zero_pays_nothing_and_numbers_may_be_fractions() -> None:
    text = 'NFG 1 D "" { "a" "b" } { { "x" "y" } { "z" } } "why" { { "one" 1/3 -2.5e1 } } 1 0'
    game = read_nfg(text)
    assert game.comment == "why"
    assert game.strategies == (("x", "y"), ("z",))
    np.testing.assert_array_equal(game.payoffs, [[[1 / 3], [0]], [[-25], [0]]])


@pytest.mark.parametrize("outcomes", [False, True])
@given(
    payoffs=st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 2)).flatmap(
        lambda shape: arrays(float, (3, *shape), elements=st.floats(allow_nan=False, allow_infinity=False))
    ),
    title=st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=20),
)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_round_trip_loses_nothing(outcomes: bool, payoffs: np.ndarray, title: str) -> None:
    game = named_game(payoffs, title, ("a", 'b "quoted"', "c \\ d"))
    again = read_nfg(write_nfg(game, outcomes=outcomes))
    np.testing.assert_array_equal(again.payoffs, game.payoffs)
    assert (again.title, again.players, again.strategies) == (game.title, game.players, game.strategies)


def test_a_file_is_solved_like_an_array() -> None:
    game = read_nfg(BY_GAMBIT.read_text(encoding="utf-8"))
    again = read_nfg(write_nfg(game))
    assert [found.profile for found in pure_equilibria(game.payoffs)] == [
        found.profile for found in pure_equilibria(again.payoffs)
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("EFG 2 R", 'line 1, column 1: expected a strategic game starts with "NFG 1", found'),
        ('NFG 1 X "t"', "line 1, column 7: expected R or D"),
        ("NFG 1 R { }", "expected the game's title, in quotation marks"),
        ('NFG 1 R "t', "expected a closing quotation mark"),
        ('NFG 1 R "t" { }', "expected the names of the players"),
        ('NFG 1 R "t" { "a" "b" } { 2 }', "expected strategies of 2 players, not 1"),
        ('NFG 1 R "t" { "a" "b" } { 2 0 }', "the number of a player's strategies, 1 or more"),
        ('NFG 1 R "t" { "a" "b" } { 1 1 }\n\n1 x', "line 3, column 3: expected a payoff: a whole number"),
        ('NFG 1 R "t" { "a" "b" } { 1 1 } 1', "expected a payoff, found 'the end of the file'"),
        ('NFG 1 R "t" { "a" "b" } { 1 1 } 1 2 3', "expected nothing more after the payoffs of 1 profiles"),
        ('NFG 1 R "t" { "a" "b" } { 1 1 } 1/0 2', "does not divide by 0"),
        ('NFG 1 R "t" { "a" "b" } { 1 1 } { { "" 1 2 } } 2', "expected the number of an outcome, 0 to 1"),
        ('NFG 1 R "t" { "a" "b" } { 1 1 } { { "" 1 } } 1', "expected a payoff, found '} } 1'"),
        ('NFG 1 R "t" { "a" } { 1 } 1e999', "a double holds"),
    ],
)
def test_what_is_not_a_game_is_told_where(text: str, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        read_nfg(text)
    assert message in str(caught.value)


def test_names_must_match_payoffs() -> None:
    with pytest.raises(ValueError, match="are named, but the payoffs have shape"):
        write_nfg(NamedGame("", ("a",), (("x",),), np.zeros((2, 1, 1))))
