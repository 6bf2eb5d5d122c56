"""Worlds: even columns that do not depend on one another, nested sizes, errors as theory has them, correlations."""

import itertools
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats
from scipy.stats import qmc

from standoff.base.chance import sampling
from standoff.base.chance.sampling import correlate, unit_columns

Array = npt.NDArray[np.float64]
METHODS = list(sampling.METHODS)
each_method = pytest.mark.parametrize("method", METHODS)


def names(count: int, start: int = 0) -> list[str]:
    return [f"fact_{i}" for i in range(start, start + count)]


@each_method
@pytest.mark.parametrize("n", [1, 2, 256])
def test_columns_lie_strictly_inside(method: str, n: int) -> None:
    columns = unit_columns(names(3), n, 5, method)
    assert columns.shape == (3, n)
    assert columns.min() > 0 and columns.max() < 1


@pytest.mark.parametrize(("method", "n"), [("sobol", 1024), ("latin hypercube", 1024), ("latin hypercube", 1000)])
def test_each_column_has_one_point_in_each_slice(method: str, n: int) -> None:
    columns = unit_columns(names(150), n, 3, method)
    for column in columns:
        np.testing.assert_array_equal(np.sort(np.floor(column * n)), np.arange(n))


@pytest.mark.parametrize("method", ["latin hypercube", "plain"])
def test_a_column_depends_on_its_name_only(method: str) -> None:
    columns = unit_columns(["a", "b", "c"], 256, 8, method)
    np.testing.assert_array_equal(unit_columns(["new", "c", "a"], 256, 8, method)[1:], columns[[2, 0]])


def test_a_sobol_column_depends_on_its_name_and_place() -> None:
    columns = unit_columns(["a", "b", "c"], 256, 8, "sobol")
    np.testing.assert_array_equal(unit_columns(["a", "b", "c", "new"], 256, 8, "sobol")[:3], columns)
    np.testing.assert_array_equal(unit_columns(["new", "b"], 256, 8, "sobol")[1], columns[1])


@each_method
def test_the_first_half_is_the_design_of_half_the_size(method: str) -> None:
    large = unit_columns(names(5), 512, 2, method)
    for n in (1, 64, 256):
        np.testing.assert_array_equal(unit_columns(names(5), n, 2, method), large[:, :n])


@each_method
def test_seeds_are_independent_designs(method: str) -> None:
    """Two Sobol' columns of one place may move together; over seeds that happens with either sign."""
    one = unit_columns(["a"], 256, 1000, method)[0]
    correlations = [np.corrcoef(one, unit_columns(["a"], 256, seed, method)[0])[0, 1] for seed in range(300)]
    assert abs(np.mean(correlations)) < 4 * np.std(correlations) / np.sqrt(300)


@each_method
def test_every_point_is_uniform_over_seeds(method: str) -> None:
    """What makes each estimate unbiased: any one point is uniform over the seeds."""
    points = np.array([unit_columns(["a"], 8, seed, method)[0] for seed in range(400)])
    for column in points.T:
        assert stats.kstest(column, "uniform").pvalue > 1e-3


def test_unscrambled_directions_are_joe_and_kuos() -> None:
    """Against SciPy's table of the same numbers; SciPy visits the points in the order of Gray's code."""
    index = np.arange(256)
    theirs = qmc.Sobol(160, scramble=False, bits=52).random(256)
    gray = index ^ (index >> 1)
    for place in range(160):
        points = np.zeros(256, dtype=np.int64)
        for digit, direction in enumerate(sampling._directions(place, 8)):
            points ^= np.where(gray >> digit & 1, direction, 0)
        np.testing.assert_array_equal(points / 2.0**52, theirs[:, place])


def test_scrambled_pairs_keep_the_net_of_the_first_two_dimensions() -> None:
    """Dimensions 1 and 2 are a (0, 2)-sequence: one point in each elementary box (Sobol' 1967)."""
    x, y = unit_columns(["a", "b"], 256, 4, "sobol")
    for level in range(9):
        boxes = np.floor(x * 2**level) * 2 ** (8 - level) + np.floor(y * 2 ** (8 - level))
        assert np.unique(boxes).size == 256


def additive(x: Array) -> Array:
    return np.asarray((np.exp(x) - np.e + 1).sum(axis=0))


def pairs(x: Array) -> Array:
    z = x - 0.5
    return np.asarray((z.sum(axis=0) ** 2 - (z * z).sum(axis=0)) / 2)


def root_mean_square_error(function: Callable[[Array], Array], method: str, dimensions: int, n: int) -> float:
    designs = (unit_columns(names(dimensions), n, seed, method) for seed in range(20))
    return float(np.sqrt(np.mean([function(design).mean() ** 2 for design in designs])))


def test_stratified_columns_integrate_sums_far_better() -> None:
    """Stein, "Large sample properties of simulations using Latin hypercube sampling", Technometrics 29 (1987)."""
    plain = root_mean_square_error(additive, "plain", 30, 1024)
    assert plain == pytest.approx(np.sqrt(30 * ((np.e**2 - 1) / 2 - (np.e - 1) ** 2) / 1024), rel=0.5)
    assert root_mean_square_error(additive, "latin hypercube", 30, 1024) < plain / 300
    assert root_mean_square_error(additive, "sobol", 30, 1024) < plain / 300


def test_sobol_integrates_pairs_better_and_latin_hypercube_as_plain() -> None:
    plain = root_mean_square_error(pairs, "plain", 30, 1024)
    assert plain == pytest.approx(np.sqrt(435 / 144 / 1024), rel=0.5)
    assert root_mean_square_error(pairs, "latin hypercube", 30, 1024) == pytest.approx(plain, rel=0.6)
    assert root_mean_square_error(pairs, "sobol", 30, 1024) < plain / 5


def test_sobol_is_as_good_as_scipys() -> None:
    theirs = [pairs(qmc.Sobol(30, rng=seed).random(1024).T).mean() for seed in range(20)]
    assert root_mean_square_error(pairs, "sobol", 30, 1024) < 1.5 * np.sqrt(np.mean(np.square(theirs)))


@pytest.mark.parametrize(("method", "bound"), [("sobol", 0.1), ("latin hypercube", 0.14)])
def test_no_two_columns_are_aliased(method: str, bound: float) -> None:
    """A pair of columns that moves together would hide which of the two a result hinges on."""
    for seed in range(5):
        correlations = np.corrcoef(unit_columns(names(40), 1024, seed, method)) - np.eye(40)
        assert np.abs(correlations).max() < bound


def ranks_of(size: int, given: dict[tuple[int, int], float]) -> Array:
    matrix = np.eye(size)
    for (i, j), rank in given.items():
        matrix[i, j] = matrix[j, i] = rank
    return matrix


def test_correlated_columns_have_the_stated_ranks_and_stay_uniform() -> None:
    ranks = ranks_of(4, {(0, 1): 0.7, (1, 2): -0.4, (0, 2): 0.1})
    columns = unit_columns(names(4), 1 << 14, 3, "latin hypercube")
    moved = correlate(columns, names(4), ranks)
    np.testing.assert_allclose(stats.spearmanr(moved.T).statistic, ranks, atol=0.02)
    for column in moved:
        assert stats.kstest(column, "uniform").pvalue > 1e-3


def test_columns_outside_a_group_and_first_in_it_never_move() -> None:
    columns = unit_columns(names(6), 128, 3, "sobol")
    moved = correlate(columns, names(6), ranks_of(6, {(1, 4): 0.5, (4, 3): 0.5}))
    np.testing.assert_array_equal(moved[[0, 1, 2, 5]], columns[[0, 1, 2, 5]])
    assert (moved[[3, 4]] != columns[[3, 4]]).any(axis=1).all()
    alone = correlate(columns[[1, 3, 4]], ["a", "b", "c"], ranks_of(3, {(0, 2): 0.5, (2, 1): 0.5}))
    np.testing.assert_array_equal(alone, moved[[1, 3, 4]])


def test_points_stay_inside_at_extreme_correlation() -> None:
    columns = np.array([[2.0**-53, 1 - 2.0**-53], [2.0**-53, 1 - 2.0**-53]])
    moved = correlate(columns, ["a", "b"], ranks_of(2, {(0, 1): 0.9}))
    assert moved.min() > 0 and moved.max() < 1


def test_contradictory_correlations_are_named() -> None:
    contradiction = ranks_of(4, {(1, 2): 0.9, (2, 3): 0.9, (1, 3): -0.9})
    with pytest.raises(ValueError, match=r"b with c 0\.9, b with d -0\.9, c with d 0\.9"):
        correlate(np.full((4, 3), 0.5), ["a", "b", "c", "d"], contradiction)
    with pytest.raises(ValueError, match="a with b 1"):
        correlate(np.full((2, 3), 0.5), ["a", "b"], ranks_of(2, {(0, 1): 1.0}))


@pytest.mark.parametrize("entry", [(0, 1, 0.5), (0, 0, 0.9), (0, 1, 2.0)])
def test_a_malformed_matrix_is_refused(entry: tuple[int, int, float]) -> None:
    matrix = np.eye(2)
    matrix[entry[0], entry[1]] = entry[2]
    with pytest.raises(ValueError, match="rank correlations lie between -1 and 1"):
        correlate(np.full((2, 3), 0.5), ["a", "b"], matrix)


def test_pearson_of_ranks_is_twice_the_sine() -> None:
    ranks = np.linspace(-1, 1, 201)[:-1]
    np.testing.assert_allclose(sampling._pearson(ranks), 2 * np.sin(np.pi * ranks / 6), rtol=2e-15, atol=1e-16)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((["a"], 100, 1, "sobol"), "sobol needs a power of two of points, not 100"),
        ((["a"], 8, 1, "halton"), "use one of sobol, latin hypercube, plain"),
        ((["a", "a"], 8, 1, "plain"), "two columns have the same name"),
        ((["a"], 0, 1, "plain"), "the number of points is from 1"),
        ((names(162), 8, 1, "sobol"), "sobol has room for 160 columns"),
    ],
)
def test_a_wrong_call_is_refused(arguments: tuple[list[str], int, int, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        unit_columns(*arguments)


def test_points_are_those_of_every_version() -> None:
    found = [unit_columns(["a"], 4, 1, method)[0].tolist() for method in METHODS]
    assert found == [
        [0.17972252351875617, 0.6140158226443942, 0.44723399658556506, 0.7551194916844842],
        [0.47486200117020905, 0.8918543953655772, 0.6050596484442922, 0.11368768715557886],
        [0.47486200117020905, 0.7837087907311543, 0.4202385937771683, 0.45475074862231557],
    ]


def test_unequal_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="2 names need 2 columns"):
        correlate(np.full((3, 3), 0.5), ["a", "b"], np.eye(2))


def test_no_pair_of_columns_repeats_another() -> None:
    columns = unit_columns(names(40), 64, 6, "latin hypercube")
    assert all((a != b).any() for a, b in itertools.combinations(columns, 2))
