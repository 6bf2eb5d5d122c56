import numpy as np
import pytest
from conflicts import Conflict, by_definition, random_games

from standoff.analysis.graph_model.moves import Moves, free_moves
from standoff.analysis.graph_model.notions import NOTIONS, Notion, stable_for_each


def stable(game, moves=None):
    found = stable_for_each(np.asarray(game, dtype=float)[None], moves)[0].all(axis=1)
    kept = found if moves is None else found & moves.can_be
    return dict(zip(NOTIONS, kept, strict=True))


@pytest.mark.parametrize("name", ["prisoners", "chicken", "cuba", "elmira", "garrison"])
def test_published_conflicts_have_the_published_stable_states(name):
    conflict = Conflict(name)
    found = stable(conflict.game, conflict.moves)
    for notion, states in conflict.data["stable"].items():
        assert conflict.states(found[Notion(notion)]) == states, notion


@pytest.mark.parametrize("name", ["prisoners", "chicken", "cuba", "elmira", "garrison"])
def test_published_conflicts_agree_with_the_definitions(name):
    """Of all notions, also those whose printed states were not at hand: GMR and SMR of Garrison, most of Cuba."""
    conflict = Conflict(name)
    found = stable(conflict.game, conflict.moves)
    for notion, expected in by_definition(conflict.game, conflict.moves).items():
        assert set(np.flatnonzero(found[Notion(notion)]).tolist()) == expected, notion


def test_small_games_agree_with_the_definitions():
    for game, moves in random_games(120):
        found = stable(game, moves)
        for notion, expected in by_definition(game, moves).items():
            assert set(np.flatnonzero(found[Notion(notion)]).tolist()) == expected, notion


def test_each_notion_holds_what_it_must_on_random_games():
    for game, moves in random_games(500, seed=2, players=(2, 3, 4)):
        found = stable(game, moves)
        for inner, outer in (
            (Notion.NASH, Notion.SEQ), (Notion.SEQ, Notion.GMR), (Notion.NASH, Notion.SMR), (Notion.SMR, Notion.GMR),
            (Notion.COALITIONS, Notion.NASH),
        ):  # fmt: skip
            assert not (found[inner] & ~found[outer]).any(), (inner, outer)


def test_the_order_of_players_does_not_matter():
    game, _ = next(random_games(1, seed=3, players=(3,)))
    turned = game.transpose(0, 3, 1, 2)[[2, 0, 1]]
    for notion, expected in stable(game).items():
        found = stable(turned)[notion].reshape(turned.shape[1:]).transpose(1, 2, 0)
        assert (found == expected.reshape(game.shape[1:])).all(), notion


def test_a_gain_within_the_tolerance_is_none():
    game = [[[1.0], [1.4]], [[0.0], [0.0]]]
    strict = stable_for_each([game], tolerance=0.0)[0, 0].all(axis=0)
    loose = stable_for_each([game], tolerance=0.5)[0, 0].all(axis=0)
    assert strict.tolist() == [False, True] and loose.tolist() == [True, True]


def test_games_and_moves_must_be_of_one_shape():
    with pytest.raises(ValueError, match="beside games of"):
        stable_for_each(np.zeros((1, 2, 2, 2)), free_moves((2, 3)))


def test_two_moves_in_a_row_may_be_more_than_one():
    ring = np.array([[False, True, False], [False, False, True], [True, False, False]])
    assert free_moves((3,)).chain and not Moves((ring,)).chain
