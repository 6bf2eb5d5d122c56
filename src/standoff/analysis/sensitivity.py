"""Which uncertainties move an outcome: Sobol' indices on a Saltelli design."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from SALib.analyze import sobol as sobol_analysis

from standoff.analysis.findings import Figure, Floats, Inputs
from standoff.analysis.runs.views import decision_table, find_views
from standoff.ensemble.ensemble import Ensemble

__all__ = ["Indices", "Sensitivity", "measure_indices", "sensitivity"]


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


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What moves each measure, under each of the decider's strategies, against the others taken alike.

    Attributes:
        indices: By measure (outcomes, then `payoff of <actor>` of the decider) and strategy label.
    """

    indices: dict[str, dict[str, Indices]]


def sensitivity(
    ensemble: Ensemble, measures: Sequence[str] = (), *, resamples: int = 200, seed: int = 0
) -> Sensitivity:
    """Which assumptions move outcomes, from a run on a Saltelli design.

    Args:
        ensemble: From `run --design saltelli`.
        measures: Outcomes to look at; all, and the decider's payoff, by default.
        resamples: Of the bootstrap.
        seed: Of the bootstrap.

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
    uniform = find_views(table)[0]
    wanted = [("outcome", name, name) for name in measures or present]
    if table.is_paid and not measures:
        wanted.append(("payoff", table.decider, f"payoff of {table.decider}"))
    indices = {}
    for kind, name, shown in wanted:
        mean = uniform.average(table.means(kind, name))
        indices[shown] = {
            label: measure_indices(table.inputs, mean[s], resamples=resamples, seed=seed)
            for s, label in enumerate(table.labels)
        }
    return Sensitivity(indices)


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
