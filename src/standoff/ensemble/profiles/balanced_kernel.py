"""Compiled search for balanced tables: rows that meet every pair of two columns' levels about equally often."""

import numpy as np
import numpy.typing as npt

from standoff.base.numbers.compiled import compiled

Integers = npt.NDArray[np.int64]


@compiled(error_model="numpy")
def improve(table: Integers, sizes: Integers, ties: Integers, passes: int, stand: Integers) -> None:
    """Fill a table, each cell with the level whose pairs in its row were rarest so far; then look at every cell again.

    What falls is the sum over pairs of columns of count² / even share, as in coordinate exchange; the first pass is
    Pocock and Simon's minimisation. A row that stands already is taken only where no other level is left.

    Args:
        table: (rows, columns), −1 where nothing stands yet; written.
        sizes: (columns,), levels of each.
        ties: (rows,), a permutation that settles ties.
        passes: How often each cell is looked at, at most.
        stand: (rows that are possible,), zeros, to count each in; empty where these are too many to.

    Reference:
        R. Meyer and C. Nachtsheim, The coordinate-exchange algorithm for constructing exact optimal experimental
        designs, Technometrics 37 (1995), 60-69; S. Pocock and R. Simon, Sequential treatment assignment with balancing
        for prognostic factors in the controlled clinical trial, Biometrics 31 (1975), 103-115.
    """
    n_rows, n_columns = table.shape
    first = np.zeros(n_columns + 1, dtype=np.int64)
    for j in range(n_columns):
        first[j + 1] = first[j] + sizes[j]
    met = np.zeros((first[n_columns], first[n_columns]), dtype=np.int64)
    radix = np.ones(n_columns, dtype=np.int64)
    for j in range(n_columns - 1, 0, -1):
        radix[j - 1] = radix[j] * sizes[j] if stand.size else 0
    for _ in range(passes):
        moved = 0
        for r in range(n_rows):
            row = table[r]
            for turn in range(n_columns):
                j = (turn + ties[r]) % n_columns
                before = row[j]
                if before >= 0:
                    _count(met, row, first, j, -1)
                row[j] = -1
                rest = _rest(row, radix, j) if stand.size else -1
                if rest >= 0 and before >= 0:
                    stand[rest + before * radix[j]] -= 1
                row[j] = _rarest(met, row, first, sizes, j, ties[r] + turn, stand, rest, radix[j])
                _count(met, row, first, j, 1)
                if rest >= 0:
                    stand[rest + row[j] * radix[j]] += 1
                moved += row[j] != before
        if moved == 0:
            break


@compiled(error_model="numpy")
def _rest(row: Integers, radix: Integers, j: int) -> int:
    """The place of a row among all that are possible, without its column j; -1 where another is empty yet."""
    place = 0
    for a in range(row.size):
        if a != j:
            if row[a] < 0:
                return -1
            place += row[a] * radix[a]
    return place


@compiled(error_model="numpy")
def _rarest(
    met: Integers,
    row: Integers,
    first: Integers,
    sizes: Integers,
    j: int,
    tie: int,
    stand: Integers,
    rest: int,
    radix: int,
) -> int:
    """The level of column j whose pairs with what stands in a row are rarest, and which is rarest itself."""
    best, least = 0, np.int64(9223372036854775807)
    for step in range(sizes[j]):
        v = (step + tie) % sizes[j]
        at = first[j] + v
        cost = met[at, at]
        if rest >= 0:
            cost += stand[rest + v * radix] << 40  # above all that pairs can come to
        for a in range(row.size):
            if a != j and row[a] >= 0:
                cost += met[at, first[a] + row[a]] * sizes[a]
        if cost < least:
            best, least = v, cost
    return best


@compiled(error_model="numpy")
def _count(met: Integers, row: Integers, first: Integers, j: int, by: int) -> None:
    """Count a cell in or out: itself, and its pairs with the rest of the row."""
    at = first[j] + row[j]
    met[at, at] += by
    for a in range(row.size):
        if a != j and row[a] >= 0:
            other = first[a] + row[a]
            met[at, other] += by
            met[other, at] += by
