"""The decider's strategies against the limits that the study states, under a view of the others; once a view."""

from __future__ import annotations

import numpy as np

from standoff.analysis.robustness.satisficing import Bound, Measured, Satisficing, satisficing
from standoff.analysis.runs.decision_table import DecisionTable
from standoff.analysis.runs.views import View

__all__ = ["find_bounds", "hold_limits", "keep_limits"]


def find_bounds(table: DecisionTable) -> tuple[Bound, ...]:
    """Limits that the study states on outcomes that every future has."""
    of = table.ensemble
    return tuple(
        Bound(o.name, o.limit, o.better) for o in of.model.outcomes if o.limit is not None and o.name not in of.present
    )


def hold_limits(table: DecisionTable, view: View) -> Satisficing | None:
    """In which worlds each strategy keeps which limits under a view; None where the study states none."""
    bounds = find_bounds(table)
    found: Satisficing | None = table.once(_key(table, view), lambda: _hold(table, view, bounds) if bounds else None)
    return found


def keep_limits(table: DecisionTable, view: View, found: Satisficing) -> None:
    """Keep what was found of a copy of the table."""
    table.once(_key(table, view), lambda: found)


def _key(table: DecisionTable, view: View) -> tuple[str, int]:
    return "limits", table.views.index(view)


def _hold(table: DecisionTable, view: View, bounds: tuple[Bound, ...]) -> Satisficing:
    figures = [table.figures("outcome", bound.outcome, view) for bound in bounds]
    halves = [each.halves for each in figures if each.halves is not None]
    return satisficing(
        table.labels,
        bounds,
        Measured(
            np.stack([each.mean for each in figures]),
            table.inputs,
            halves=np.stack(halves) if len(halves) == len(figures) else None,
            weights=table.weights,
            stratified=table.stratified,
        ),
        seed=table.seed,
    )
