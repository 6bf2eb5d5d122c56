"""How the decider's strategies do: every outcome by strategy, under each view of what the others play.

A view is a set of profiles of the others with equal weight: all of them, or those that a named partial profile of
the study allows. Worlds and luck are common to all strategies, so differences are taken world by world.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from standoff.analysis.findings import FEWEST_WORLDS, Figure, Floats
from standoff.analysis.robustness.limits import hold_limits
from standoff.analysis.robustness.metrics import Metrics, measure_robustness
from standoff.analysis.robustness.robustness import Robustness
from standoff.analysis.robustness.satisficing import Satisficing, Within
from standoff.analysis.runs.decision_table import DecisionTable, Figures
from standoff.analysis.runs.payoffs import SURE
from standoff.analysis.runs.views import View
from standoff.analysis.statistics.errors import additive_part, error_of_mean
from standoff.analysis.statistics.ranking import Ranking, rank
from standoff.analysis.statistics.regression import assign_folds
from standoff.language.model import Instance

__all__ = ["Cell", "Measure", "Performance", "Standing", "performance"]


_ALIKE = 0.02
"""By how much the shares of futures in which an event comes may differ, for its dates to be compared."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A column: an outcome, or the decider's payoff (which has no limit); `matters` is the least that does, if told."""

    kind: Literal["outcome", "payoff"]
    name: str
    better: Literal["lower", "higher"]
    limit: float | None = None
    matters: float | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One strategy and one measure.

    Attributes:
        figure: Mean over worlds, with the standard error over worlds and its 95 % interval.
        error_of_worlds, error_of_luck: The parts of that error; luck is None with fewer than two replications.
        low, high: The 10th and 90th percentile of worlds, luck's part of the spread taken out.
        within: Share of worlds within the limit; None without one.
        wanted: How many times as many replications would tell that share; None where these do.
        present: Share of weight in which the measure exists, below 1 only for dates of a first event.
    """

    figure: Figure
    error_of_worlds: float
    error_of_luck: float | None
    low: float
    high: float
    within: Figure | None
    present: float = 1.0
    wanted: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """The table under one view.

    Attributes:
        view: What the others play.
        cells: For each strategy (in the order of `Performance.strategies`) one cell per measure.
        rankings: For each measure, best first; None where fewer than `FEWEST_WORLDS` worlds have it, and for dates of a
            first event that comes more often with one strategy than with another: their means are of other futures.
        together: For each strategy the share of worlds within all limits at once; None without limits.
        kept: For each strategy how many limits a world keeps on average; None without limits.
        metrics: Of the decider's payoff; None without a payoff or with too few worlds.
    """

    view: View
    cells: tuple[tuple[Cell, ...], ...]
    rankings: tuple[Ranking | None, ...]
    together: tuple[Figure, ...] | None
    kept: tuple[Figure, ...] | None
    metrics: Metrics | None


@dataclass(frozen=True, slots=True, eq=False)
class Performance:
    """The answer to "how do the decider's strategies do?".

    Attributes:
        decider: The actor.
        strategies: Those of the decider that were run.
        measures: The decider's payoff first, if it has one, then the outcomes in the study's order.
        standings: All the others' strategies first, then each named profile that leaves a choice to nobody else.
        n_worlds: Worlds in which every profile had a sound future.
        n_dropped: Worlds that were left out because some profile had none.
        replications: In each world.
    """

    decider: str
    strategies: tuple[Instance, ...]
    measures: tuple[Measure, ...]
    standings: tuple[Standing, ...]
    n_worlds: int
    n_dropped: int
    replications: int

    @property
    def labels(self) -> tuple[str, ...]:
        """Of the strategies."""
        return tuple(instance.label for instance in self.strategies)

    @property
    def order(self) -> tuple[int, ...]:
        """Strategies from best to worst by the first measure under the first view; as in the study if unranked."""
        first = self.standings[0].rankings[0] if self.standings and self.measures else None
        return tuple(range(len(self.strategies))) if first is None else tuple(map(self.labels.index, first.order))


def performance(table: DecisionTable, robust: Robustness | None = None) -> Performance:
    """Answer from a decision table, which may rest on fewer worlds than are needed to rank.

    Args:
        table: Of the run; worlds in which some profile has no sound future are left out for all, so that strategies
            are compared on the same worlds. With none left, `standings` is empty.
        robust: What holds up in the same run, where that was computed: its rankings and regrets of the decider's
            payoff are taken as they are.
    """
    measures = (
        *((Measure("payoff", table.decider, "higher"),) if table.is_paid else ()),
        *(Measure("outcome", o.name, o.better, o.limit, matters=o.matters) for o in table.ensemble.model.outcomes),
    )
    known = {(each.view.kind, each.view.name): each.metrics for each in (robust.under if robust else ())}
    views = [view for view in table.views if view.kind in ("uniform", "profile")] if table.worlds.size else []
    figures = [tuple(table.figures(measure.kind, measure.name, view) for measure in measures) for view in views]
    looked = [
        _Looked(view, measures, of, explained, known=known.get((view.kind, view.name)))
        for view, of, explained in zip(views, figures, _explained(table, figures), strict=True)
    ]
    return Performance(
        table.decider,
        table.strategies,
        measures,
        tuple(_standing(table, one) for one in looked),
        n_worlds=table.worlds.size,
        n_dropped=table.ensemble.design.worlds.size - table.worlds.size,
        replications=table.ensemble.design.replications,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Looked:
    """What is looked at under a view: measures, their figures, what the design explains of them, and what is known."""

    view: View
    measures: Sequence[Measure]
    figures: Sequence[Figures]
    explained: Sequence[Floats | None]
    known: Metrics | None


def _standing(table: DecisionTable, looked: _Looked) -> Standing:
    view = looked.view
    cells: list[list[Cell]] = [[] for _ in table.labels]
    rankings: list[Ranking | None] = []
    kept = hold_limits(table, view) if table.worlds.size > 1 else None
    metrics = looked.known
    if metrics is None and table.is_paid and table.worlds.size >= FEWEST_WORLDS:
        metrics = measure_robustness(table.payoffs(view), None, table.posteriors(view))
    for measure, figures, explained in zip(looked.measures, looked.figures, looked.explained, strict=True):
        errors = None if explained is None else error_of_mean(figures.mean, table.w, explained)
        for s, label in enumerate(table.labels):
            error = None if errors is None else float(errors[s])
            own = _within(kept, label, measure.name)
            cell = _cell(measure, figures, s, table.w, within=None if own is None else own.share, error=error)
            if own is not None and not own.is_told:
                cell = replace(cell, wanted=own.replications_wanted)
            if metrics is not None and measure.kind == "payoff":  # one figure has one error, that of the design
                told = metrics.expected[label]
                cell = replace(
                    cell, figure=told.payoff, error_of_worlds=told.error_of_worlds,
                    error_of_luck=told.error_of_replications,
                )  # fmt: skip
            cells[s].append(cell)
        if metrics is not None and measure.kind == "payoff":
            rankings.append(metrics.ranking)
        else:
            come = np.array([own[-1].present for own in cells])
            is_alike = bool(np.ptp(come) <= _ALIKE)
            rankings.append(_rank(table, measure, figures.mean, explained) if is_alike else None)
    return Standing(
        view,
        tuple(map(tuple, cells)),
        tuple(rankings),
        None if kept is None else tuple(kept.together[label] for label in table.labels),
        kept=None if kept is None else tuple(kept.kept[label] for label in table.labels),
        metrics=metrics,
    )


def _within(kept: Satisficing | None, label: str, outcome: str) -> Within | None:
    """An outcome against its limit, if it was judged."""
    found = () if kept is None else kept.alone[label]
    return next((each for each in found if each.outcome == outcome), None)


def _explained(table: DecisionTable, figures: Sequence[Sequence[Figures]]) -> list[list[Floats | None]]:
    """What the design integrates almost exactly of each view's measures, of those that every world has.

    None where it is not spread so. All are learned together, as factors of matrices are then read once for all.
    """
    found: list[list[Floats | None]] = [[None] * len(of) for of in figures]
    if table.stratified is None or table.weights is not None:
        return found
    places = [(v, m) for v, of in enumerate(figures) for m, one in enumerate(of) if np.isfinite(one.mean).all()]
    if not places:
        return found
    n = len(table.labels)
    part = additive_part(
        table.stratified,
        np.concatenate([figures[v][m].mean for v, m in places]),
        assign_folds(table.inputs, seed=table.seed),
        np.repeat(np.arange(len(places)), n),
        settled_on=None,
    )
    if part is not None:
        for k, (v, m) in enumerate(places):
            found[v][m] = part[k * n : (k + 1) * n]
    return found


def _cell(measure: Measure, figures: Figures, s: int, w: Floats, *, within: Figure | None, error: float | None) -> Cell:
    mean, halves = figures.mean[s], None if figures.halves is None else figures.halves[s]
    known = np.isfinite(mean)
    weight = w[known] / max(float(w[known].sum()), 1e-300)
    figure = _figure(mean[known], weight)
    if error is not None:
        figure = Figure(figure.value, error, figure.value - SURE * error, figure.value + SURE * error)
    luck = None if halves is None else float(np.sqrt((_noise(halves) * weight**2).sum()))
    worlds = float(np.sqrt(max(figure.error**2 - (luck or 0.0) ** 2, 0.0))) if known.sum() > 1 else float("nan")
    settled = mean[known] if halves is None else _shrink(mean[known], float(_noise(halves) @ weight), weight)
    low, high = _quantiles(settled, weight, (0.1, 0.9))
    if within is None and measure.limit is not None and known.any():
        # a date is missing in worlds where it never comes, which no limit on it keeps
        inside = mean <= measure.limit if measure.better == "lower" else mean >= measure.limit
        within = _figure(inside.astype(np.float64), w, 0.0, 1.0)
    present = 1.0 if figures.present is None else float(np.nan_to_num(figures.present[s]) @ w)
    return Cell(figure, worlds, luck, low, high=high, within=within, present=present)


def _shrink(mean: Floats, noise: float, w: Floats) -> Floats:
    """World means pulled towards their mean until they spread no more than the worlds' true means do.

    Reference: Louis 1984, Estimating a population of parameter values using Bayes and empirical Bayes methods,
    Journal of the American Statistical Association 79.
    """
    middle = float(mean @ w)
    spread = float((mean - middle) ** 2 @ w) * mean.size / max(mean.size - 1, 1)
    part = np.sqrt(max(spread - noise, 0.0) / spread) if spread > 0.0 else 1.0
    return np.asarray(middle + part * (mean - middle))


def _quantiles(values: Floats, w: Floats, shares: tuple[float, float]) -> tuple[float, float]:
    """Weighted quantiles, straight lines between the worlds' middles (Hyndman & Fan 1996, definition 7 if alike)."""
    if values.size == 0:
        return float("nan"), float("nan")
    order = np.argsort(values, kind="stable")
    sorted_w = w[order]
    after = np.cumsum(sorted_w)
    place = (after - sorted_w) / max(1.0 - float(sorted_w[-1]), 1e-300)
    low, high = np.interp(shares, place, values[order])
    return float(low), float(high)


def _noise(halves: Floats) -> Floats:
    """(worlds,), variance that luck gives each world's mean, from the difference of two halves."""
    return np.asarray((halves[:, 0] - halves[:, 1]) ** 2 / 4.0)


def _rank(table: DecisionTable, measure: Measure, mean: Floats, explained: Floats | None) -> Ranking | None:
    known = np.isfinite(mean).all(axis=0)
    if known.sum() < FEWEST_WORLDS:
        return None
    weights = None if table.weights is None else table.weights[known]
    sign = 1.0 if measure.better == "higher" else -1.0
    return rank(table.labels, sign * mean[:, known], weights, explained=None if explained is None else sign * explained)


def _figure(values: Floats, w: Floats, least: float = -np.inf, most: float = np.inf) -> Figure:
    """Weighted mean over worlds with its standard error and 95 % interval; NaN where it cannot be known."""
    if values.size == 0:
        return Figure(float("nan"), float("nan"), float("nan"), float("nan"))
    value = float(values @ w)
    n = values.size
    error = float(np.sqrt((values - value) ** 2 @ w**2 * n / (n - 1))) if n > 1 else float("nan")
    low, high = value - SURE * error, value + SURE * error
    return Figure(value, error, float(max(low, least)), float(min(high, most)))
