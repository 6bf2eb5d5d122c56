"""How the decider's strategies do: every outcome by strategy, under each view of what the others play.

A view is a set of profiles of the others with equal weight: all of them, or those that a named partial profile of
the study allows. Worlds and luck are common to all strategies, so differences are taken world by world.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from standoff.analysis.findings import FEWEST_WORLDS, Figure, Floats, Inputs
from standoff.analysis.robustness.metrics import Metrics, measure_robustness
from standoff.analysis.robustness.robustness import Robustness, UnderView
from standoff.analysis.robustness.satisficing import Bound, Satisficing, satisficing
from standoff.analysis.runs.payoffs import Payoffs
from standoff.analysis.statistics.ranking import Ranking, rank
from standoff.ensemble.design import choose_profiles
from standoff.ensemble.ensemble import Ensemble
from standoff.language.model import Instance

__all__ = ["Cell", "Measure", "Performance", "Standing", "View", "performance"]

_SURE = 1.96


@dataclass(frozen=True, slots=True)
class View:
    """What the others are taken to play: `name` is None for all their strategies with equal weight."""

    name: str | None
    about: str | None
    n_profiles: int


@dataclass(frozen=True, slots=True)
class Measure:
    """A column: an outcome, or the decider's payoff (which has no limit)."""

    kind: Literal["outcome", "payoff"]
    name: str
    better: Literal["lower", "higher"]
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One strategy and one measure.

    Attributes:
        figure: Mean over worlds, with the standard error over worlds and its 95 % interval.
        error_of_worlds, error_of_luck: The parts of that error; luck is None with fewer than two replications.
        low, high: The 10th and 90th percentile of worlds, luck's part of the spread taken out.
        within: Share of worlds within the limit; None without one.
        present: Share of weight in which the measure exists, below 1 only for dates of a first event.
    """

    figure: Figure
    error_of_worlds: float
    error_of_luck: float | None
    low: float
    high: float
    within: Figure | None
    present: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """The table under one view.

    Attributes:
        view: What the others play.
        cells: For each strategy (in the order of `Performance.strategies`) one cell per measure.
        rankings: For each measure, best first; None where fewer than `FEWEST_WORLDS` worlds have it.
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


def performance(ensemble: Ensemble, held: Robustness | None = None) -> Performance:
    """Answer from an ensemble of all the decider's strategies against some profiles of the others.

    Args:
        ensemble: Of the run.
        held: What holds up in the same run, where that was computed: its rankings and regrets of the decider's payoff
            are taken as they are.

    Worlds in which some profile has no sound future are left out for all, so that strategies are compared on the
    same worlds. With none left, `standings` is empty.
    """
    program, model = ensemble.program, ensemble.model
    decider = program.players.index(model.decider)
    played = np.unique(ensemble.design.profiles[:, decider])
    sound = (ensemble.counts > 0).all(axis=0)
    paid = any(payoff.actor == model.decider for payoff in program.payoffs)
    measures = (
        *((Measure("payoff", model.decider, "higher"),) if paid else ()),
        *(Measure("outcome", o.name, o.better, o.limit) for o in model.outcomes),
    )
    strategies = tuple(program.instances[decider][j] for j in played)
    data = _Data(ensemble, decider, played, np.flatnonzero(sound))
    views = _views(ensemble, decider, played) if sound.any() else []
    known = {each.view.name or None: each for each in (held.under if held else ())
             if each.view.kind in ("uniform", "profile")}  # fmt: skip
    return Performance(
        model.decider,
        strategies,
        measures,
        tuple(_standing(data, view, members, strategies, measures, known.get(view.name)) for view, members in views),
        int(sound.sum()),
        int((~sound).sum()),
        ensemble.design.replications,
    )


def _views(ensemble: Ensemble, decider: int, played: npt.NDArray[np.int64]) -> list[tuple[View, npt.NDArray[np.bool_]]]:
    """Each view with its profiles; named profiles that settle the decider's own strategy are left out."""
    profiles = ensemble.design.profiles
    every = np.ones(profiles.shape[0], dtype=bool)
    views = [(View(None, None, profiles.shape[0] // played.size), every)]
    for named in ensemble.model.profiles:
        allowed = choose_profiles(ensemble.program, named.name)
        members = (profiles[:, None, :] == allowed[None, :, :]).all(axis=2).any(axis=1)
        if all(members[profiles[:, decider] == j].any() for j in played):
            views.append((View(named.name, named.about, int(members.sum()) // played.size), members))
    return views


@dataclass(frozen=True, slots=True, eq=False)
class _Data:
    """The ensemble, and how to read one measure of it by strategy and world."""

    ensemble: Ensemble
    decider: int
    played: npt.NDArray[np.int64]
    worlds: npt.NDArray[np.int64]

    def read(self, measure: Measure, members: npt.NDArray[np.bool_]) -> tuple[Floats, Floats | None, Floats | None]:
        """Means (strategies, worlds), batches (strategies, worlds, 2) if any, and the weight in which it exists."""
        of = self.ensemble
        means = of.payoff(measure.name) if measure.kind == "payoff" else of.outcome(measure.name)
        present = of.present.get(measure.name) if measure.kind == "outcome" else None
        weight = np.ones_like(means) if present is None else present
        mean = self._over(means, weight, members)
        halves = None
        if of.design.replications > 1 and present is None:
            batches = of.half(measure.kind, measure.name)
            halves = np.stack([self._over(batch, weight, members) for batch in batches], axis=2)
            halves = halves if np.isfinite(halves).all() else None
        return mean, halves, None if present is None else self._over(weight, np.ones_like(weight), members)

    def _over(self, values: Floats, weight: Floats, members: npt.NDArray[np.bool_]) -> Floats:
        """(strategies, worlds): the weighted mean over a view's profiles; NaN where nothing has weight."""
        chosen = self.ensemble.design.profiles[:, self.decider]
        out = np.full((self.played.size, self.worlds.size), np.nan)
        for s, j in enumerate(self.played):
            here = members & (chosen == j)
            w = weight[here][:, self.worlds]
            x = np.where(w > 0.0, values[here][:, self.worlds], 0.0)
            total = w.sum(axis=0)
            np.divide((w * x).sum(axis=0), total, out=out[s], where=total > 0.0)
        return out


def _standing(
    data: _Data,
    view: View,
    members: npt.NDArray[np.bool_],
    strategies: Sequence[Instance],
    measures: Sequence[Measure],
    held: UnderView | None,
) -> Standing:
    labels = tuple(instance.label for instance in strategies)
    cells: list[list[Cell]] = [[] for _ in labels]
    rankings: list[Ranking | None] = []
    seen = [data.read(measure, members) for measure in measures]
    robust = None if held is None else held.metrics
    kept = held.satisficing if held is not None else _satisfice(labels, measures, seen)
    for measure, (mean, halves, present) in zip(measures, seen, strict=True):
        for s, label in enumerate(labels):
            share = 1.0 if present is None else float(np.nan_to_num(present[s]).mean())
            figures = None if halves is None else halves[s]
            cells[s].append(_cell(measure, mean[s], figures, share, _within(kept, label, measure.name)))
        is_held = held is not None and measure.kind == "payoff"
        rankings.append(held.metrics.ranking if held and is_held else _rank(labels, measure, mean))
        if robust is None and measure.kind == "payoff" and mean.shape[1] >= FEWEST_WORLDS:
            robust = measure_robustness(Payoffs(labels, mean, Inputs((), np.zeros((mean.shape[1], 0))), halves))
    return Standing(
        view,
        tuple(map(tuple, cells)),
        tuple(rankings),
        None if kept is None else tuple(kept.together[label] for label in labels),
        None if kept is None else tuple(kept.kept[label] for label in labels),
        robust,
    )


_Read = tuple[Floats, Floats | None, Floats | None]


def _satisfice(labels: tuple[str, ...], measures: Sequence[Measure], seen: Sequence[_Read]) -> Satisficing | None:
    """Limits judged without the worlds' inputs; None without any, or where they were not run enough."""
    judged = [
        (Bound(measure.name, measure.limit, measure.better), mean, mean if halves is None else halves)
        for measure, (mean, halves, present) in zip(measures, seen, strict=True)
        if measure.limit is not None and present is None and np.isfinite(mean).all()
    ]
    if not judged or judged[0][1].shape[1] < 2:
        return None
    means = np.array([mean for _, mean, _ in judged])
    # figures whose luck is not known are taken as they are
    batches = [own if own.ndim == 3 else np.stack([own, own], axis=2) for _, _, own in judged]
    inputs = Inputs((), np.zeros((means.shape[2], 0)))
    return satisficing(labels, [bound for bound, _, _ in judged], means, inputs, np.array(batches))


def _within(kept: Satisficing | None, label: str, outcome: str) -> Figure | None:
    """The share of worlds within an outcome's limit, if it was judged."""
    found = () if kept is None else kept.alone[label]
    return next((each.share for each in found if each.outcome == outcome), None)


def _cell(measure: Measure, mean: Floats, halves: Floats | None, present: float, within: Figure | None) -> Cell:
    known = mean[np.isfinite(mean)]
    figure = _figure(known)
    luck = None
    if halves is not None:
        luck = float(np.sqrt(_noise(halves) / known.size))
    worlds = float(np.sqrt(max(figure.error**2 - (luck or 0.0) ** 2, 0.0))) if known.size > 1 else float("nan")
    settled = _settle(mean, halves)
    settled = settled[np.isfinite(settled)]
    low, high = np.quantile(settled, [0.1, 0.9]) if settled.size else (np.nan, np.nan)
    if within is None and measure.limit is not None and known.size:
        # a date is missing in worlds where it never comes, which no limit on it keeps
        inside = mean <= measure.limit if measure.better == "lower" else mean >= measure.limit
        within = _figure(inside.astype(np.float64), 0.0, 1.0)
    return Cell(figure, worlds, luck, float(low), float(high), within, present)


def _settle(mean: Floats, halves: Floats | None) -> Floats:
    """World means pulled towards their mean until they spread no more than the truth does."""
    return mean if halves is None else _shrink(mean, _noise(halves))


def _shrink(mean: Floats, noise: float) -> Floats:
    """Constrained empirical Bayes: what is left has the variance of the worlds' true means.

    Reference: Louis 1984, Estimating a population of parameter values using Bayes and empirical Bayes methods,
    Journal of the American Statistical Association 79.
    """
    spread = float(mean.var(ddof=1)) if mean.size > 1 else 0.0
    part = np.sqrt(max(spread - noise, 0.0) / spread) if spread > 0.0 else 1.0
    return np.asarray(mean.mean() + part * (mean - mean.mean()))


def _noise(halves: Floats) -> float:
    """Variance that luck gives a world's mean, averaged over worlds, from the difference of two halves."""
    return float(((halves[..., 0] - halves[..., 1]) ** 2).mean() / 4.0)


def _rank(labels: tuple[str, ...], measure: Measure, mean: Floats) -> Ranking | None:
    known = np.isfinite(mean).all(axis=0)
    if known.sum() < FEWEST_WORLDS:
        return None
    return rank(labels, mean[:, known] if measure.better == "higher" else -mean[:, known])


def _figure(values: Floats, least: float = -np.inf, most: float = np.inf) -> Figure:
    """Mean over worlds with its standard error and 95 % interval; NaN where it cannot be known."""
    if values.size == 0:
        return Figure(float("nan"), float("nan"), float("nan"), float("nan"))
    value = float(values.mean())
    error = float(values.std(ddof=1) / np.sqrt(values.size)) if values.size > 1 else float("nan")
    low, high = value - _SURE * error, value + _SURE * error
    return Figure(value, error, float(max(low, least)), float(min(high, most)))
