import numpy as np
import pytest

from standoff.analysis.findings import Inputs
from standoff.analysis.graph_model.wishes import Needs, leans_of, smallest_lean, smallest_leans

_LEANS = 2


def random_needs(n, seed=1):
    """Needs of random games: up to three moves away, each with up to three answers."""
    rng = np.random.default_rng(seed)
    for _ in range(n):
        n_moves = int(rng.integers(1, 4))
        gains = tuple(rng.normal(0.3, 1.0, 1 + _LEANS) for _ in range(n_moves))
        answers = tuple(rng.normal(0.5, 1.0, (int(rng.integers(0, 4)), 1 + _LEANS)) for _ in range(n_moves))
        yield Needs(gains, answers, 0.0)


def along(needs, lean):
    """The same with one lean alone."""
    kept = [0, 1 + lean]
    return Needs(tuple(g[kept] for g in needs.gains), tuple(a[:, kept] for a in needs.sanctions), needs.tolerance)


def test_the_smallest_change_is_that_of_the_mixed_integer_program_and_of_no_point_before_it_on_a_grid():
    moved = 0
    for needs in random_needs(50):
        for lean in range(_LEANS):
            alone = along(needs, lean)
            least, solved = smallest_lean(needs, lean), smallest_leans(alone)
            if least is None:
                assert solved is None
                assert not any(alone.holds(np.array([x])) for x in np.linspace(0.0, 1.0, 401))
                continue
            assert solved is not None and solved.sum() == pytest.approx(least, abs=1e-6)
            assert alone.holds(np.array([least]))
            assert not any(alone.holds(np.array([x])) for x in np.arange(0.0, least - 1e-6, 0.0025))
            moved += least > 0.0
    assert moved > 10


def test_several_leans_together_need_no_more_than_one_and_no_less_than_a_grid_finds():
    steps = np.linspace(0.0, 1.0, 41)
    for needs in random_needs(50, seed=2):
        solved = smallest_leans(needs)
        each = [least for lean in range(_LEANS) if (least := smallest_lean(needs, lean)) is not None]
        on_grid = [a + b for a in steps for b in steps if a + b <= 1.0 and needs.holds(np.array([a, b]))]
        if solved is None:
            assert not each and not on_grid
            continue
        assert needs.holds(np.clip(solved, 0.0, 1.0))
        assert solved.sum() <= min([*each, *on_grid], default=1.0) + 1e-6


def test_a_lean_moves_the_believed_mean_to_that_of_a_fifth():
    inputs = Inputs(("x",), np.arange(10.0)[:, None])
    low, high = leans_of(inputs, np.full(10, 0.1))
    assert (low.now, low.then, high.then) == pytest.approx((4.5, 0.5, 8.5))
    assert low.weights @ inputs.column("x") == pytest.approx(0.5)


def test_a_kind_is_leant_to_by_its_chance():
    inputs = Inputs(("who",), np.array([[0.0], [0.0], [1.0], [1.0]]), {"who": ("hawk", "dove")})
    hawk, dove = leans_of(inputs, np.array([0.1, 0.2, 0.3, 0.4]))
    assert (hawk.towards, hawk.now, hawk.then) == ("hawk", pytest.approx(0.3), 1.0)
    assert dove.weights.tolist() == pytest.approx([0.0, 0.0, 3 / 7, 4 / 7])
