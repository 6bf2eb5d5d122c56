"""What holds up for payoffs: expected payoff, regret, worst cases and the frontier, each with its noise taken out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from jaxtyping import Float, Int

from standoff.analysis.findings import Figure, Floats
from standoff.analysis.robustness.regret import Regret, measure_regret
from standoff.analysis.robustness.tails import FrontierPoint, Tails, find_lowest, frontier, measure_tails
from standoff.analysis.runs.payoffs import SURE, Payoffs, Posteriors, find_posteriors, mean_figure
from standoff.analysis.statistics.errors import additive_part
from standoff.analysis.statistics.ranking import Ranking, rank
from standoff.analysis.statistics.regression import assign_folds

__all__ = ["Expected", "Metrics", "Standing", "expected", "explain", "measure_robustness", "standing"]


@dataclass(frozen=True, slots=True)
class Expected:
    """Mean payoff over worlds, and how much of its error is the worlds' and how much the replications'."""

    payoff: Figure
    error_of_worlds: float
    error_of_replications: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Metrics:
    """Robustness metrics under one view of the others, and the ranking under stated other weightings of the worlds."""

    names: tuple[str, ...]
    expected: dict[str, Expected]
    ranking: Ranking
    regret: Regret
    tails: Tails
    frontier: tuple[FrontierPoint, ...]
    weightings: dict[str, Ranking]


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """Mean payoff of each strategy over worlds, and the ranking."""

    payoffs: Mapping[str, Figure]
    ranking: Ranking


def measure_robustness(
    payoffs: Payoffs, weightings: Mapping[str, Floats] | None = None, posteriors: Posteriors | None = None
) -> Metrics:
    """Answer "what holds up?" for payoffs; satisficing, which needs outcomes, is in `satisficing.py`.

    Args:
        payoffs: of the decider's strategies.
        weightings: other weights of the worlds under which to rank again, by name.
        posteriors: what `find_posteriors` made of these payoffs, where it was asked before.
    """
    known = posteriors or find_posteriors(payoffs)
    settled = explain(payoffs, known.folds)
    lowest = find_lowest(payoffs, known)
    return Metrics(
        payoffs.names,
        expected(payoffs, settled),
        rank(payoffs.names, payoffs.mean, payoffs.weights, explained=settled, doubt=payoffs.doubt),
        measure_regret(payoffs, known),
        tails=measure_tails(payoffs, known, lowest),
        frontier=frontier(payoffs, lowest),
        weightings={
            name: rank(payoffs.names, payoffs.mean, w, doubt=payoffs.doubt) for name, w in (weightings or {}).items()
        },
    )


def standing(payoffs: Payoffs, seed: int = 0) -> Standing:
    """The mean payoffs and their ranking alone, which are the first that is known of a run."""
    settled = explain(payoffs, assign_folds(payoffs.inputs, seed=seed))
    ranking = rank(payoffs.names, payoffs.mean, payoffs.weights, explained=settled, doubt=payoffs.doubt)
    return Standing({name: each.payoff for name, each in expected(payoffs, settled).items()}, ranking)


def explain(
    payoffs: Payoffs, folds: Int[npt.NDArray[np.int64], " worlds"]
) -> Float[Floats, "strategies worlds"] | None:
    """The part of the payoffs that a stratified design integrates almost without error.

    None where no input is stratified, or the worlds don't count alike. The common part and the differences between
    strategies are fitted apart, since the differences are much the smaller.

    Reference: Stein 1987, Large sample properties of simulations using Latin hypercube sampling, Technometrics 29,
    equation (6); Owen 1992, A central limit theorem for Latin hypercube sampling, Journal of the Royal Statistical
    Society B 54.
    """
    if payoffs.stratified is None or payoffs.weights is not None:
        return None
    common = payoffs.mean.mean(axis=0, keepdims=True)
    between, shared = (additive_part(payoffs.stratified, part, folds) for part in (payoffs.mean - common, common))
    return None if between is None or shared is None else between + shared


def expected(payoffs: Payoffs, explained: Float[Floats, "strategies worlds"] | None = None) -> dict[str, Expected]:
    """Mean payoff of each strategy over the worlds.

    Args:
        payoffs: of the strategies.
        explained: from `explain`, where the design is stratified; else the error is that of independent worlds.
    """
    w = payoffs.w
    answer = {}
    for s, name in enumerate(payoffs.names):
        figure = mean_figure(payoffs.mean[s], w, SURE, None if explained is None else explained[s])
        if payoffs.doubt is not None:
            error = float(np.hypot(figure.error, payoffs.doubt[s]))
            figure = Figure(figure.value, error, figure.value - SURE * error, figure.value + SURE * error)
        luck = None
        if payoffs.halves is not None:
            noise = payoffs.halves[s].var(axis=1, ddof=1) / payoffs.halves.shape[2]
            luck = float(np.sqrt(noise @ w**2))
        worlds = np.sqrt(max(figure.error**2 - (luck or 0.0) ** 2, 0.0))
        answer[name] = Expected(figure, float(worlds), luck)
    return answer
