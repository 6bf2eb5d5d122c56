"""Which uncertainties move an outcome: Sobol' indices on a Saltelli design."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from SALib.analyze import sobol as sobol_analysis
from scipy.special import stdtrit

from standoff.analysis.findings import Figure, Floats, Inputs
from standoff.analysis.runs.decision_table import decision_table
from standoff.analysis.statistics.heaviness import tail_exponent
from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.saltelli import SCRAMBLES

__all__ = ["Indices", "Sensitivity", "measure_indices", "sensitivity"]

_FEWEST = 40.0
"""Base rows on which a variance must rest for its indices' intervals to cover."""
_LIGHT = 4.0
"""Exponent of the tails beyond which a variance has an error that can be told: its fourth moment exists."""


@dataclass(frozen=True, slots=True)
class Indices:
    """For each input, the share of an outcome's variance it explains alone, and with all its interactions.

    Intervals are 95 %, by what independent scrambles of the base rows differ by. Where the variance rests on fewer than
    `_FEWEST` rows, as where an outcome seldom differs, they would not cover: `is_told` is False, every interval is all
    that an index can be, and `rows_wanted` base rows would do; None where tails are so heavy that a few rows hold most
    of it. `variance` is the outcome's, in its unit squared. Where it is zero in these rows it need not be so in others:
    nothing is told, nor how many rows would do.
    """

    first: dict[str, Figure]
    total: dict[str, Figure]
    variance: float
    n_base: int
    is_told: bool
    rows_wanted: int | None
    method: str
    references: tuple[str, ...] = (
        "Saltelli et al. 2010, Variance based sensitivity analysis of model output, Computer Physics "
        "Communications 181, equations (b) of table 2 (first) and (f) (total, Jansen)",
        "Sobol' 2001, Global sensitivity indices for nonlinear mathematical models, Mathematics and Computers in "
        "Simulation 55",
    )


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What moves each measure, under each of the decider's strategies, against the others taken alike.

    Attributes:
        indices: By measure (outcomes, then `payoff of <actor>` of the decider) and strategy label.
    """

    indices: dict[str, dict[str, Indices]]


def sensitivity(ensemble: Ensemble, measures: Sequence[str] = ()) -> Sensitivity:
    """Which assumptions move outcomes, from a run on a Saltelli design.

    Args:
        ensemble: From `run --design saltelli`.
        measures: Outcomes to look at; all, and the decider's payoff, by default.

    Raises:
        ValueError: Another design, a world without a sound future, or an unknown outcome.
    """
    worlds = ensemble.design.worlds
    if worlds.method != "saltelli":
        raise ValueError(
            f"this run's worlds are a {worlds.method} design, and Sobol indices need a Saltelli design: run the study "
            "again with --design saltelli"
        )
    table = decision_table(ensemble)
    if table.worlds.size < worlds.size:
        raise ValueError(
            f"{worlds.size - table.worlds.size} worlds have no sound future in some profile, and a Saltelli design can "
            "do without none; mend the faults, or hold with --set what leads to them"
        )
    present = [o.name for o in ensemble.model.outcomes if o.name not in ensemble.present]
    for name in measures:
        if name not in present:
            raise ValueError(f"no outcome of every future is named `{name}`; there are {', '.join(present)}")
    wanted = [("outcome", name, name) for name in measures or present]
    if table.is_paid and not measures:
        wanted.append(("payoff", table.decider, f"payoff of {table.decider}"))
    indices = {}
    for kind, name, shown in wanted:
        mean = table.figures(kind, name).mean
        indices[shown] = {label: measure_indices(table.inputs, mean[s]) for s, label in enumerate(table.labels)}
    return Sensitivity(indices)


def _problem(names: Sequence[str]) -> dict[str, Any]:
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def measure_indices(inputs: Inputs, outcome: Floats) -> Indices:
    """First-order and total indices of one outcome.

    The inputs must be independent: an index of correlated inputs has no such meaning, and their rows are refused.

    Args:
        inputs: the rows of a Saltelli design, in its order.
        outcome: shape (rows,).

    Raises:
        ValueError: rows that are not a Saltelli design, or an outcome that is not finite for every row.
    """
    n_base = _check_design(inputs, outcome)
    names = inputs.names
    variance = float(outcome.var())
    method = f"Saltelli design, {n_base} base rows; errors by {SCRAMBLES} independent scrambles"
    if np.ptp(outcome) <= 1e-12 * max(float(np.abs(outcome).max()), 1e-300):
        nothing = {name: _figure(0.0, 0.0, None) for name in names}
        return Indices(nothing, dict(nothing), 0.0, n_base, is_told=False, rows_wanted=None, method=method)
    # of SALib only the indices themselves: its bootstrap takes the variance for known
    with warnings.catch_warnings():
        # that some resample is constant, which is not asked
        warnings.simplefilter("ignore", UserWarning)
        found = sobol_analysis.analyze(_problem(names), outcome, calc_second_order=False, num_resamples=2, seed=1)
    first, total, rows = _errors(outcome.reshape(n_base, -1))
    is_told = rows >= _FEWEST
    reach = float(stdtrit(SCRAMBLES - 1, 0.975)) if is_told else None
    return Indices(
        {name: _figure(found["S1"][j], first[j], reach) for j, name in enumerate(names)},
        {name: _figure(found["ST"][j], total[j], reach) for j, name in enumerate(names)},
        variance,
        n_base,
        is_told=is_told,
        rows_wanted=None if is_told or not rows else 1 << int(np.ceil(np.log2(1.5 * n_base * _FEWEST / rows))),
        method=method,
    )


def _errors(y: Floats) -> tuple[Floats, Floats, float]:
    """Standard errors of the first and total indices, shape (inputs,), and on how many rows the variance rests.

    The latter is (Σ v)² / Σ v², with v a base row's part of the variance; none where tails are heavy. An index is a
    ratio of two means: what a base row moves it by, to the first order, is averaged over each scramble, and the
    scrambles are independent (Owen 1997).

    Args:
        y: (base rows, inputs + 2): A, A with each column of B, B; the scrambles one after another.
    """
    a, b, mixed = y[:, 0], y[:, -1], y[:, 1:-1]
    if not np.ptp(np.r_[a, b]):  # what differs, differs in none of A and B
        return np.full(mixed.shape[1], np.nan), np.full(mixed.shape[1], np.nan), 1.0
    middle = float(a.mean() + b.mean()) / 2.0
    own = ((a - middle) ** 2 + (b - middle) ** 2) / 2.0
    errors = []
    for part in ((b - middle)[:, None] * (mixed - a[:, None]), 0.5 * (a[:, None] - mixed) ** 2):
        moved = (part - part.mean(axis=0) / own.mean() * own[:, None]) / own.mean()
        each = moved.reshape(SCRAMBLES, -1, mixed.shape[1]).mean(axis=1)
        errors.append(each.std(axis=0, ddof=1) / np.sqrt(SCRAMBLES))
    # errors of a variance need a fourth moment
    is_light = tail_exponent(np.r_[a, b] - middle) > _LIGHT
    return errors[0], errors[1], float(own.sum() ** 2 / (own**2).sum()) if is_light else 0.0


def _figure(value: float, error: float, reach: float | None) -> Figure:
    if reach is None:
        known = float(np.clip(value, 0.0, 1.0)) if np.isfinite(value) else 0.5
        return Figure(known, max(known, 1.0 - known) / 1.96, 0.0, 1.0)
    return Figure(float(value), float(error), float(value - reach * error), float(value + reach * error))


def _check_design(inputs: Inputs, outcome: Floats) -> int:
    """The number of base rows; the rows must be A, A with each column of B in turn, B, and again."""
    rows, n = inputs.values.shape
    advice = "variance-based indices need the rows of a Saltelli design, in its order"
    if n == 0 or rows == 0 or rows % (n + 2):
        raise ValueError(f"{rows} rows are no multiple of {n + 2} (uncertainties + 2): {advice}")
    if rows // (n + 2) % SCRAMBLES:
        raise ValueError(f"{rows // (n + 2)} base rows are no multiple of {SCRAMBLES}, its scrambles: {advice}")
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
