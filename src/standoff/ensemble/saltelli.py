"""Saltelli's design: for each base row A, then A with one column from B in turn, then B.

The rows of a base row share their stream of luck, so that differences between them are the assumptions' doing.
Base rows are of `SCRAMBLES` independently scrambled Sobol' sequences, one after another, so that what these differ by
says how far their mean errs: one sequence by itself integrates better than anything that it shows.

Reference: Saltelli et al. 2010, Variance based sensitivity analysis of model output, Computer Physics Communications
181, section 3 (radial rows; A and B are the two halves of the columns of one Sobol' sequence); Owen 1997, Scrambled
net variance for integrals of smooth functions, Annals of Statistics 25 (replicates).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from standoff.base.chance.sampling import unit_columns

__all__ = ["FEWEST_ROWS", "SCRAMBLES", "saltelli_units"]

FEWEST_ROWS = 64
"""Base rows, eight of each sequence."""
SCRAMBLES = 8
"""Sequences of base rows: the fewer, the better each integrates; for fewer than these Student's interval grows wide."""

Floats = npt.NDArray[np.float64]


def saltelli_units(names: Sequence[str], n_base: int, seed: int) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Rows of the unit cube, and the base row that each belongs to.

    Args:
        names: Of the assumptions, at least one; all must be independent.
        n_base: Base rows, a power of two, at least `FEWEST_ROWS`.
        seed: Of the scrambles.

    Returns:
        (names, rows) with rows = n_base · (names + 2), and (rows,).

    Raises:
        ValueError: Another number of base rows, or no names.
    """
    if n_base < FEWEST_ROWS or n_base & (n_base - 1):
        raise ValueError(
            f"a Saltelli design needs a power of two, at least {FEWEST_ROWS}, as its number of base rows; not {n_base}"
        )
    if not names:
        raise ValueError("a Saltelli design needs at least one uncertainty or value that is not held")
    n = len(names)
    columns = [*names, *(f"{name} again" for name in names)]
    both = np.hstack([
        unit_columns([f"{column} {scramble}" for column in columns], n_base // SCRAMBLES, seed, "sobol")
        for scramble in range(SCRAMBLES)
    ])  # fmt: skip
    first, second = both[:n], both[n:]
    rows = np.repeat(first[:, :, None], n + 2, axis=2)
    for j in range(n):
        rows[j, :, j + 1] = second[j]
    rows[:, :, -1] = second
    return rows.reshape(n, -1), np.repeat(np.arange(n_base), n + 2)
