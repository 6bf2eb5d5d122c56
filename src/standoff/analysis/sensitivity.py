"""Which uncertainties move an outcome: Sobol' indices on a Saltelli design."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from SALib.analyze import sobol as sobol_analysis
from SALib.sample import sobol as sobol_sample

from standoff.analysis.findings import Figure, Floats, Inputs

__all__ = ["Indices", "SaltelliDesign", "design_saltelli", "measure_indices"]


@dataclass(frozen=True, slots=True, eq=False)
class SaltelliDesign:
    """Rows for variance-based indices: for each base row A, then A with one column from B in turn, then B.

    `units` has shape (rows, uncertainties), in [0, 1); `group` (rows,) numbers the base rows: the rows of a group
    are to share their luck, so that differences between them are the inputs' doing.
    """

    names: tuple[str, ...]
    units: Floats
    group: npt.NDArray[np.int64]

    def transform(self, quantiles: Mapping[str, Callable[[Floats], Floats]]) -> Inputs:
        """The inputs' own values, from each input's quantile function.

        Raises:
            ValueError: an input without a quantile function.
        """
        missing = [name for name in self.names if name not in quantiles]
        if missing:
            raise ValueError(f"no quantile function for {', '.join(missing)}")
        columns = [quantiles[name](self.units[:, j]) for j, name in enumerate(self.names)]
        return Inputs(self.names, np.column_stack(columns))


@dataclass(frozen=True, slots=True)
class Indices:
    """For each input, the share of an outcome's variance it explains alone, and with all its interactions.

    Intervals are 95 %, from a bootstrap of the base rows. `variance` is the outcome's, in its unit squared; where
    it is zero all indices are zero.
    """

    first: dict[str, Figure]
    total: dict[str, Figure]
    variance: float
    n_base: int
    method: str
    references: tuple[str, ...] = (
        "Saltelli et al. 2010, Variance based sensitivity analysis of model output, Computer Physics "
        "Communications 181, equations (b) of table 2 (first) and (f) (total, Jansen)",
        "Sobol' 2001, Global sensitivity indices for nonlinear mathematical models, Mathematics and Computers in "
        "Simulation 55",
    )


def design_saltelli(names: Sequence[str], n_base: int, seed: int = 0) -> SaltelliDesign:
    """Make a Saltelli design of n_base · (uncertainties + 2) rows from a scrambled Sobol' sequence.

    Args:
        names: of the uncertainties.
        n_base: a power of two, at least 64.
        seed: of the scramble.

    Raises:
        ValueError: n_base that is not such a power, or no names.
    """
    if n_base < 64 or n_base & (n_base - 1):
        raise ValueError(f"a Saltelli design needs a power of two, at least 64, as its base; not {n_base}")
    if not names:
        raise ValueError("a Saltelli design needs at least one uncertainty")
    units = sobol_sample.sample(_problem(names), n_base, calc_second_order=False, seed=seed)
    return SaltelliDesign(tuple(names), units, np.repeat(np.arange(n_base), len(names) + 2))


def _problem(names: Sequence[str]) -> dict[str, Any]:
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def measure_indices(inputs: Inputs, outcome: Floats, *, resamples: int = 200, seed: int = 0) -> Indices:
    """First-order and total indices of one outcome.

    The inputs must be independent: an index of correlated inputs has no such meaning, and their rows are refused.

    Args:
        inputs: the rows of a Saltelli design, in its order.
        outcome: shape (rows,).
        resamples: of the bootstrap.
        seed: of the bootstrap.

    Raises:
        ValueError: rows that are not a Saltelli design, or an outcome that is not finite for every row.
    """
    n_base = _check_design(inputs, outcome)
    names = inputs.names
    variance = float(outcome.var())
    method = f"Saltelli design, {n_base} base rows, {resamples} resamples"
    if np.ptp(outcome) <= 1e-12 * max(float(np.abs(outcome).max()), 1e-300):
        nothing = {name: Figure(0.0, 0.0, 0.0, 0.0) for name in names}
        return Indices(nothing, dict(nothing), 0.0, n_base, method)
    # SALib takes a seed of zero for none
    found = sobol_analysis.analyze(
        _problem(names), outcome, calc_second_order=False, num_resamples=resamples, seed=seed + 1
    )  # fmt: skip
    first = {name: _figure(found["S1"][j], found["S1_conf"][j]) for j, name in enumerate(names)}
    total = {name: _figure(found["ST"][j], found["ST_conf"][j]) for j, name in enumerate(names)}
    return Indices(first, total, variance, n_base, method)


def _figure(value: float, half_width: float) -> Figure:
    return Figure(float(value), float(half_width) / 1.96, float(value - half_width), float(value + half_width))


def _check_design(inputs: Inputs, outcome: Floats) -> int:
    """The number of base rows; the rows must be A, A with each column of B in turn, B, and again."""
    rows, n = inputs.values.shape
    advice = "variance-based indices need the rows of a Saltelli design, in its order"
    if n == 0 or rows == 0 or rows % (n + 2):
        raise ValueError(f"{rows} rows are no multiple of {n + 2} (uncertainties + 2): {advice}")
    blocks = inputs.values.reshape(rows // (n + 2), n + 2, n)
    for j in range(n):
        expected = blocks[:, 0].copy()
        expected[:, j] = blocks[:, -1, j]
        if not np.array_equal(blocks[:, j + 1], expected):
            raise ValueError(
                f"the rows that should change `{inputs.names[j]}` alone do not (another order, or correlated "
                f"inputs): {advice}"
            )
    if np.array_equal(blocks[:, 0], blocks[:, -1]):
        raise ValueError(f"no input differs between the rows: {advice}")
    if outcome.shape != (rows,):
        raise ValueError(f"{rows} rows but an outcome of shape {outcome.shape}")
    if not np.isfinite(outcome).all():
        bad = int(np.flatnonzero(~np.isfinite(outcome))[0])
        raise ValueError(f"the outcome of row {bad} is not a number; a Saltelli design cannot do without any row")
    return len(blocks)
