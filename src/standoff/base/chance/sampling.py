"""Worlds: points of the unit cube, one column for each uncertainty.

* `plain`: independent numbers.
* `latin hypercube`: one point in each of n equal slices of every column, the slices in a random order of the
  column's own. For n a power of two the points of n/2 come first: each doubling fills the other half of every
  slice in a new random order (Sallaberry, Helton & Hora, "Extension of Latin hypercube samples with correlated
  variables", Reliability Engineering & System Safety 93, 2008). Sums of functions of one uncertainty are
  integrated with an error of order n^-1.5, all else as by plain numbers.
* `sobol`: Sobol' points with Joe and Kuo's direction numbers, scrambled by a random lower triangular matrix and a
  digital shift (Matousek, "On the L2-discrepancy for anchored boxes", Journal of Complexity 14, 1998). What
  depends on two or three uncertainties together is integrated better too. The points of n/2 come first.

A column of the first two methods depends on its name, the seed and n alone, so another uncertainty moves none.
A Sobol' column depends on its place among the names besides: only a name added at the end moves no other. It cannot
be otherwise. Where columns are made independently of one another, the mean square error for a product of two
of them is at least that of a Latin hypercube; and a Sobol' dimension chosen by a hash of the name makes, for
30 names and 1,024 points, a pair of columns correlated by 0.75 in most designs.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from standoff.base.chance import streams
from standoff.base.chance.directions import DIRECTIONS
from standoff.base.numbers.arithmetic import normal_cdf, normal_quantile

Array = npt.NDArray[np.float64]

DIGITS = 52
MOST_POINTS = 1 << 32
MOST_KEPT = 4096
GRID_ENDS = (2.0**-53, 1.0 - 2.0**-53)
SINE = (1.0, -1 / 6, 1 / 120, -1 / 5040, 1 / 362880, -1 / 39916800, 1 / 6227020800, -1 / 1307674368000)
PI_6 = 0.5235987755982988


def unit_columns(names: Sequence[str], n: int, seed: int, method: str) -> Array:
    """Points of the unit cube, strictly inside it.

    Args:
        names: The uncertainties, all different.
        n: Number of points; for `sobol` a power of two.
        seed: The run's seed. Another seed is an independent design; the spread over seeds is its error.
        method: One of `METHODS`.

    Returns:
        Array of shape (names, n).

    Raises:
        ValueError: for an unknown method, a repeated name, an n out of range, or too many names for `sobol`.
    """
    if method not in METHODS:
        raise ValueError(f"no sampling method is named {method!r}: use one of {', '.join(METHODS)}")
    if len(set(names)) != len(names):
        raise ValueError("two columns have the same name")
    if not 1 <= n <= MOST_POINTS:
        raise ValueError(f"the number of points is from 1 to 2^32, not {n}")
    columns = np.empty((len(names), n))
    draw = _kept if n <= MOST_KEPT else _drawn
    for place, name in enumerate(names):
        columns[place] = draw(method, name, seed, place, n=n)
    return columns


def _drawn(method: str, name: str, seed: int, place: int, *, n: int) -> Array:
    return METHODS[method](_Column(name, seed), place, n)


_kept = lru_cache(maxsize=512)(_drawn)  # the arms of a deal and a study's variants have most columns alike


def correlate(columns: Array, names: Sequence[str], ranks: Array) -> Array:
    """Give columns the stated rank correlations, by a Gaussian copula.

    Columns without a stated correlation, and the first of each connected group, stay as they are to the bit. The
    points of the others move within the unit cube; each column stays uniform, but no longer one to a slice.

    Args:
        columns: Shape (names, n), values in (0, 1), independent.
        names: The columns' names, for messages.
        ranks: Spearman's rank correlations, shape (names, names), symmetric with ones on the diagonal.

    Returns:
        Array of the shape of `columns`.

    Raises:
        ValueError: if the matrix is malformed, or no distribution has these correlations together.

    Reference:
        Pearson, "On further methods of determining correlation" (1907): r = 2 sin(pi rank / 6) for normals.
    """
    size = len(names)
    if columns.shape[:1] != (size,) or ranks.shape != (size, size):
        raise ValueError(f"{size} names need {size} columns and a {size} by {size} matrix of correlations")
    if not (np.array_equal(ranks, ranks.T) and (np.diag(ranks) == 1).all() and (np.abs(ranks) <= 1).all()):
        raise ValueError("rank correlations lie between -1 and 1, are symmetric, and are 1 on the diagonal")
    result = columns.copy()
    for group in _connected(ranks):
        factor = _cholesky(_pearson(ranks[np.ix_(group, group)]), [names[i] for i in group], ranks, group)
        scores = [normal_quantile(columns[i]) for i in group]
        for row, member in enumerate(group[1:], start=1):
            score = factor[row, 0] * scores[0]
            for column in range(1, row + 1):
                score = score + factor[row, column] * scores[column]
            result[member] = np.clip(normal_cdf(score), *GRID_ENDS)
    return result


class _Column:
    """The random words of one column."""

    def __init__(self, name: str, seed: int) -> None:
        self._stream = np.uint64(streams.key(name))
        self._seed = seed

    def words(self, purpose: str, first: int, last: int) -> streams.Words:
        """Words number `first` to `last` - 1 for a purpose, shape (last - first,)."""
        numbers = np.arange(first, last, dtype=np.uint64)
        keys = streams.lane_keys(self._seed, np.broadcast_to(self._stream, numbers.shape), numbers)
        return streams.words(keys, streams.key(f"sampling: {purpose}"), 0)


def _plain(column: _Column, _place: int, n: int) -> Array:
    return streams.unit(column.words("point", 0, n))


def _latin_hypercube(column: _Column, _place: int, n: int) -> Array:
    if n & (n - 1) == 0:
        return _doubled_hypercube(column, n)
    slices = np.argsort(column.words("order", 0, n), kind="stable")
    return np.clip((slices + streams.unit(column.words("point", 0, n))) / n, *GRID_ENDS)


def _doubled_hypercube(column: _Column, n: int) -> Array:
    """Double from one point: the new points take the empty halves of the slices, in random order."""
    points = (column.words("point", 0, 1) >> np.uint64(64 - DIGITS)).astype(np.int64)
    for level in range(n.bit_length() - 1):
        size = points.size
        owner = np.empty(size, dtype=np.int64)
        owner[points >> (DIGITS - level)] = np.arange(size)
        slices = np.argsort(column.words("order", size, 2 * size), kind="stable")
        half = (points[owner[slices]] >> (DIGITS - 1 - level) & 1) ^ 1
        rest = (column.words("point", size, 2 * size) >> np.uint64(65 - DIGITS + level)).astype(np.int64)
        new = slices << (DIGITS - level) | half << (DIGITS - 1 - level) | rest
        points = np.concatenate([points, new])
    return _on_grid(points)


def _sobol(column: _Column, place: int, n: int) -> Array:
    if n & (n - 1):
        raise ValueError(f"sobol needs a power of two of points, not {n}")
    if place > len(DIRECTIONS):
        raise ValueError(f"sobol has room for {len(DIRECTIONS) + 1} columns: use latin hypercube")
    scramble = [int(word) >> 64 - DIGITS for word in column.words("scramble", 0, DIGITS + 1)]
    points = np.full(n, scramble[DIGITS], dtype=np.int64)
    index = np.arange(n)
    for digit, direction in enumerate(_directions(place, n.bit_length() - 1)):
        scrambled = 0
        for row in range(DIGITS):
            if direction >> (DIGITS - 1 - row) & 1:  # the matrix's column: one on the diagonal, random below
                below = (1 << (DIGITS - 1 - row)) - 1
                scrambled ^= (below + 1) | (scramble[row] & below)
        points ^= np.where(index >> digit & 1, np.int64(scrambled), np.int64(0))
    return _on_grid(points)


def _directions(place: int, count: int) -> list[int]:
    """The first direction numbers of a dimension as 52-bit fractions (Joe & Kuo 2008, equation 2)."""
    if place == 0:
        return [1 << (DIGITS - 1 - k) for k in range(count)]
    polynomial, numbers = DIRECTIONS[place - 1]
    degree = len(numbers)
    m = list(numbers)
    for k in range(degree, count):
        value = m[k - degree] ^ (m[k - degree] << degree)
        for i in range(1, degree):
            if polynomial >> (degree - i) & 1:
                value ^= m[k - i] << i
        m.append(value)
    return [m[k] << (DIGITS - 1 - k) for k in range(count)]


def _on_grid(points: npt.NDArray[np.int64]) -> Array:
    return (points.astype(np.float64) + 0.5) * 2.0**-DIGITS


METHODS: dict[str, Callable[[_Column, int, int], Array]] = {
    "sobol": _sobol,
    "latin hypercube": _latin_hypercube,
    "plain": _plain,
}


def _connected(ranks: Array) -> list[list[int]]:
    """Groups of two or more columns joined by non-zero correlations, each in the order of the columns."""
    groups: list[list[int]] = []
    left = np.flatnonzero((ranks != 0).sum(axis=1) > 1).tolist()
    while left:
        group, frontier = [], [left[0]]
        while frontier:
            member = frontier.pop()
            group.append(member)
            left.remove(member)
            frontier += [other for other in left if ranks[member, other] != 0 and other not in frontier]
        groups.append(sorted(group))
    return groups


def _pearson(ranks: Array) -> Array:
    """2 sin(pi rank / 6) by the sine's series, whose bits are the same everywhere; error 1e-15."""
    angle = ranks * PI_6
    square = angle * angle
    total = np.full_like(angle, SINE[-1])
    for coefficient in SINE[-2::-1]:
        total = total * square + coefficient
    return np.where(ranks == 1, 1.0, 2.0 * (angle * total))


def _cholesky(matrix: Array, names: list[str], ranks: Array, group: list[int]) -> Array:
    """The lower triangular factor, sums in the order of the columns."""
    size = len(matrix)
    factor = np.zeros_like(matrix)
    for row in range(size):
        for column in range(row + 1):
            rest = float(matrix[row, column])
            for k in range(column):
                rest -= float(factor[row, k]) * float(factor[column, k])
            if row > column:
                factor[row, column] = rest / float(factor[column, column])
            elif rest > 1e-10:
                factor[row, row] = np.sqrt(rest)
            else:
                pairs = ", ".join(
                    f"{names[a]} with {names[b]} {ranks[group[a], group[b]]:g}"
                    for b in range(row + 1)
                    for a in range(b)
                )
                raise ValueError(f"these rank correlations cannot all hold together: {pairs}")
    return factor
