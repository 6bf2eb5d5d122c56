"""Zones of agreement and Nash points against brute force, and deals whose enforcement is known by construction."""

from itertools import product
from math import prod

import numpy as np
import pytest

from standoff.analysis.deals.bargaining import (
    Word,
    deal_table,
    egalitarian_point,
    kalai_smorodinsky_point,
    nash_point,
    self_enforcement,
    weighted_mean,
)


@pytest.mark.parametrize("seed", range(50))
def test_agrees_with_brute_force(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n_parties, shape = int(rng.integers(2, 5)), tuple(rng.integers(1, 6, int(rng.integers(1, 4))))
    gains = rng.normal(0.5, 1, (n_parties, *shape))
    cell_weights = rng.uniform(size=shape)
    table = deal_table(gains, cell_weights=cell_weights)
    best, best_terms, inside, total = -1.0, None, 0.0, 0.0
    for terms in product(*map(range, shape)):
        own = [float(gains[(i, *terms)]) for i in range(n_parties)]
        total += cell_weights[terms]
        assert table.zone[terms] == all(gain > 0 for gain in own)
        if all(gain > 0 for gain in own):
            inside += cell_weights[terms]
            if prod(own) > best:
                best, best_terms = prod(own), terms
    np.testing.assert_allclose(table.share, inside / total, atol=1e-9)
    if best_terms is None:
        assert table.nash is None
    else:
        assert table.nash is not None
        assert table.nash.terms == best_terms
        np.testing.assert_allclose(table.nash.product, best, atol=1e-9)
        np.testing.assert_allclose(table.nash.gains, gains[:, *best_terms], atol=1e-9)


def test_splitting_a_pie_ends_in_the_middle() -> None:
    # J. Nash (1950): equal utilities, equal shares
    share = np.linspace(0, 1, 11)
    table = deal_table(np.stack([share, 1 - share]))
    assert table.nash is not None
    assert table.nash.terms == (5,)
    np.testing.assert_allclose(table.nash.product, 0.25)
    assert table.share == 9 / 11
    assert table.spans == ((1, 9),)
    np.testing.assert_array_equal(table.blockers, [1, 1])


def test_nash_point_ignores_units_and_party_order() -> None:
    gains = np.random.default_rng(1).normal(0.5, 1, (3, 5, 4))
    found = nash_point(gains)
    other = nash_point(gains[[2, 0, 1]] * np.array([0.5, 4.0, 8.0])[:, None, None])
    assert found is not None
    assert other is not None
    assert other.terms == found.terms


def test_ties_are_told() -> None:
    found = nash_point(np.array([[1.0, 2.0, 4.0], [4.0, 2.0, 1.0]]))
    assert found is not None
    assert (found.terms, found.ties) == ((0,), ((1,), (2,)))


def test_zone_in_two_pieces_and_no_zone() -> None:
    table = deal_table(np.array([[[1.0, -1, 1], [1, -1, 1]], [[1, 1, 1], [1, 1, 1]]]))
    assert table.n_pieces == 2
    assert table.spans == ((0, 1), (0, 2))
    none = deal_table(-np.ones((2, 3)))
    assert (none.nash, none.share, none.n_pieces, none.spans) == (None, 0.0, 0, ())


def test_a_cell_is_shown_excluded_or_open() -> None:
    gains, errors = np.array([[2.0, 0.1, -2.0], [2.0, 2.0, 2.0]]), np.full((2, 3), 0.1)
    table = deal_table(gains, errors)
    assert table.is_shown.tolist() == [True, False, False]
    assert table.is_excluded.tolist() == [False, False, True]
    assert table.zone.tolist() == [True, True, False]


def test_a_gain_of_exactly_nothing_is_no_gain() -> None:
    table = deal_table([[0.0], [1.0]])
    assert not table.zone.any()
    assert table.is_excluded.all()


def test_weighted_mean_error_covers() -> None:
    rng = np.random.default_rng(2)
    values, weights = rng.normal(size=(2000, 80)), rng.uniform(size=80)
    mean, error = weighted_mean(values, weights)
    assert 0.92 < np.mean(np.abs(mean) < 1.96 * error) < 0.97


def _halves(n_worlds: int) -> tuple[np.ndarray, np.ndarray]:
    """Columns: each world twice, once for each half of its replications."""
    return np.tile([0, 1], n_worlds), np.repeat(np.arange(n_worlds), 2)


def test_a_deal_nobody_gains_by_breaching_is_kept() -> None:
    half, world = _halves(100)
    temptation = -1.0 + np.random.default_rng(3).normal(size=(3, 4, 200))
    found = self_enforcement(temptation, np.ones(200), half, world)
    assert found.word is Word.KEPT
    assert (found.value < 0).all()
    assert (found.hindsight > 0).all()


def test_a_deal_with_a_profitable_breach_is_broken() -> None:
    half, world = _halves(100)
    temptation = -1.0 + np.random.default_rng(4).normal(size=(3, 4, 200))
    temptation[1, 2] += 2.0
    found = self_enforcement(temptation, np.ones(200), half, world)
    assert found.word is Word.BROKEN
    assert found.chosen[:, 2, 0].tolist() == [1, 1]
    np.testing.assert_allclose(found.value[2, 0], 1.0, atol=0.3)
    assert (np.delete(found.value, 2, axis=0) < 0).all()


@pytest.mark.parametrize("seed", range(20))
def test_a_breach_that_pays_only_with_hindsight_is_not_called_breach(seed: int) -> None:
    # in every world one of the rules pays and the others cost more, and nobody can know which
    rng = np.random.default_rng(seed)
    half, world = _halves(100)
    lucky = np.repeat(rng.integers(0, 4, (5, 100)), 2, axis=1)
    temptation = np.where(np.arange(4)[:, None, None] == lucky, 2.0, -1.0) + rng.normal(0, 0.3, (4, 5, 200))
    found = self_enforcement(temptation, np.ones(200), world % 2, world)
    assert (found.hindsight > 1.5).all()
    assert found.word is not Word.BROKEN
    by_replications = self_enforcement(temptation, np.ones(200), half, world)
    assert by_replications.word is not Word.BROKEN


def test_equal_rules_without_gain_are_seldom_called_breach() -> None:
    half, world = _halves(60)
    words = [
        self_enforcement(np.random.default_rng(seed).normal(size=(5, 3, 120)), np.ones(120), half, world).word
        for seed in range(100)
    ]
    assert sum(word is Word.BROKEN for word in words) <= 8  # nominal at most 2.5 in 100
    assert sum(word is Word.KEPT for word in words) <= 8


def test_what_the_party_knows_opens_a_breach() -> None:
    half, world = _halves(100)
    known = np.repeat(np.arange(100) % 4 == 0, 2).astype(int)
    temptation = (np.where(known, 1.0, -1.0) + np.random.default_rng(5).normal(0, 0.5, 200))[None, None]
    blind = self_enforcement(temptation, np.ones(200), half, world)
    informed = self_enforcement(temptation, np.ones(200), half, world, information=known)
    assert blind.word is Word.KEPT
    assert informed.word is Word.BROKEN
    np.testing.assert_allclose(informed.value, [[-1, 1]], atol=0.2)


def test_steps_no_longer_reached_say_nothing() -> None:
    half, world = _halves(50)
    weights = np.ones((3, 100))
    weights[2] = 0.0
    temptation = np.full((2, 3, 100), -1.0)
    temptation[:, 2] = 5.0
    found = self_enforcement(temptation, weights, half, world)
    assert found.word is Word.KEPT
    assert np.isnan(found.value[2]).all()
    assert (found.chosen[:, 2] == -1).all()
    assert self_enforcement(temptation, np.zeros(100), half, world).word is Word.OPEN


def test_one_world_tells_nothing() -> None:
    assert self_enforcement(np.full((1, 1, 2), 9.0), np.ones(2), [0, 1], [0, 0]).word is Word.OPEN


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"temptation": np.zeros((2, 8))}, "rules, steps, columns"),
        ({"temptation": np.full((1, 1, 8), np.nan)}, "must be finite"),
        ({"half": np.full(8, 2)}, "halves 0 or 1"),
        ({"world": np.zeros(3)}, "one entry for each of 8 columns"),
        ({"weights": -np.ones(8)}, "weights must be at least 0"),
        ({"confidence": 0.2}, "confidence must be"),
    ],
)
def test_what_does_not_fit_is_refused(change: dict, message: str) -> None:
    given = {"temptation": np.zeros((1, 1, 8)), "weights": np.ones(8), "half": np.arange(8) % 2, "world": np.arange(8)}
    with pytest.raises(ValueError, match=message):
        self_enforcement(**(given | change))


@pytest.mark.parametrize(
    ("gains", "errors", "cell_weights", "message"),
    [
        (np.zeros(3), None, None, "parties first"),
        (np.zeros((2, 3)), np.zeros((2, 2)), None, "must match"),
        (np.full((2, 3), np.nan), None, None, "gains must be finite"),
        (np.zeros((2, 3)), -np.ones((2, 3)), None, "errors finite and at least 0"),
        (np.zeros((2, 3)), None, np.zeros(3), "not all 0"),
    ],
)
def test_what_is_no_table_is_refused(
    gains: np.ndarray, errors: np.ndarray | None, cell_weights: np.ndarray | None, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        deal_table(gains, errors, cell_weights=cell_weights)


def test_other_rules_pick_what_their_closed_forms_say() -> None:
    """Along y = 4 (1 − x²), x to 1: Nash at x² = 1/3, equal gains at x = 4 (1 − x²), equal parts at x = 1 − x²."""
    x = np.linspace(0.0, 1.0, 100_001)[1:-1]
    gains = np.stack([x, 4.0 * (1.0 - x**2)])
    nash, parts, equal = nash_point(gains), kalai_smorodinsky_point(gains), egalitarian_point(gains)
    assert nash is not None and parts is not None and equal is not None
    assert nash.gains[0] == pytest.approx(np.sqrt(1.0 / 3.0), abs=1e-4)
    assert parts.gains[0] == pytest.approx((np.sqrt(5.0) - 1.0) / 2.0, abs=1e-4)
    assert equal.gains[0] == pytest.approx((np.sqrt(65.0) - 1.0) / 8.0, abs=1e-4)


def test_equal_parts_ignore_units_and_equal_gains_do_not() -> None:
    gains = np.array([[1.0, 2.0, 4.0], [4.0, 3.0, 1.0]])
    rescaled = gains * np.array([[1.0], [10.0]])
    for rule, same in ((kalai_smorodinsky_point, True), (egalitarian_point, False)):
        one, other = rule(gains), rule(rescaled)
        assert one is not None and other is not None
        assert (one.terms == other.terms) == same


def test_without_a_zone_no_rule_picks() -> None:
    gains = np.array([[1.0, -1.0], [-1.0, 1.0]])
    assert kalai_smorodinsky_point(gains) is None
    assert egalitarian_point(gains) is None
