"""Regret against the best strategy of each world, with its noise taken out.

No figure is the largest of the numbers that also value it: what is best in a world is picked from other worlds
(`regression.py`) and other replications, and valued on replications that had no part in the pick.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from standoff.analysis.findings import Figure, Floats
from standoff.analysis.robustness.tails import extreme, mean_of_tail
from standoff.analysis.runs.payoffs import SURE, Payoffs, Posteriors, champions, find_posteriors, mean_figure

__all__ = ["Regret", "measure_regret"]

_FAR = 3.5
"""Standard errors that a mean regret must be from zero: several are looked at, and folds share their data."""


@dataclass(frozen=True, slots=True, eq=False)
class Regret:
    """Savage's regret, world by world, with the noise taken out, and as it looks before that.

    `mean` and `evpi` are lower bounds that approach the truth as the pick gets better; their intervals hold for
    all strategies at once. `by_world` has shape (strategies, worlds). `worst` is the regret in the worst world,
    `worst_decile` the mean over the worst tenth. `surely_best` is the share of worlds in which a strategy is best
    beyond the noise; `cannot_tell` the share in which none is.
    """

    mean: dict[str, Figure]
    worst: dict[str, Figure]
    worst_decile: dict[str, Figure]
    mean_raw: dict[str, float]
    worst_raw: dict[str, float]
    by_world: Floats
    by_world_raw: Floats
    surely_best: dict[str, float]
    cannot_tell: float
    evpi: Figure
    method: str
    reference: str = (
        "Savage 1951, The theory of statistical decision, Journal of the American Statistical Association 46"
    )


def measure_regret(payoffs: Payoffs, posteriors: Posteriors | None = None) -> Regret:
    """Regret of each strategy in each world against the best strategy there.

    Raw regret takes the largest of noisy payoffs and is biased upwards. Here the best strategy of a world is
    picked by the posterior that left out a batch, and valued on that batch; batches are averaged.
    """
    known = posteriors or find_posteriors(payoffs)
    w, names = payoffs.w, payoffs.names
    reach = float(norm.isf(norm.sf(_FAR) / len(names)))
    pick = known.picked.argmax(axis=1)
    best = np.take_along_axis(known.valued, pick[:, None, :], axis=1)
    lost = best - known.valued
    figures = lost.mean(axis=0)
    foreseen = known.picked.max(axis=1, keepdims=True) - known.picked
    raw = payoffs.mean.max(axis=0) - payoffs.mean
    by_world = known.difference.max(axis=0) - known.difference
    champion = champions(payoffs.mean, w, known.folds)
    gain = figures[champion, np.arange(champion.size)]
    surely, cannot = _surely_best(names, known, w)
    n_batches = known.valued.shape[0]
    method = (
        f"best strategy of each world picked by a regression over the other {known.folds.max() + 1} folds' worlds"
        f" and by the other replications, valued on held-out replications ({n_batches} batches); "
        "intervals of means 3.5 standard errors wide, wider for many strategies, so that they hold for all at once"
    )
    return Regret(
        {name: _not_negative(mean_figure(figures[s], w, reach)) for s, name in enumerate(names)},
        {name: _not_negative(extreme(lost[:, s], foreseen[:, s])) for s, name in enumerate(names)},
        {name: _not_negative(mean_of_tail(lost[:, s], foreseen[:, s], w)) for s, name in enumerate(names)},
        {name: float(raw[s] @ w) for s, name in enumerate(names)},
        {name: float(raw[s].max()) for s, name in enumerate(names)},
        by_world,
        raw,
        surely,
        cannot,
        _not_negative(mean_figure(gain, w, _FAR)),
        method,
    )


def _surely_best(names: tuple[str, ...], known: Posteriors, w: Floats) -> tuple[dict[str, float], float]:
    """Share of worlds in which each strategy is best by more than two posterior standard errors, and of none."""
    if len(names) == 1:
        return {names[0]: 1.0}, 0.0
    top = known.difference.argmax(axis=0)
    worlds = np.arange(top.size)
    gap = known.difference[top, worlds] - known.difference
    spread = np.sqrt(known.variance + known.variance[top, worlds])
    gap[top, worlds] = np.inf
    sure = (gap > SURE * spread).all(axis=0)
    shares = {name: float(w[sure & (top == s)].sum()) for s, name in enumerate(names)}
    return shares, float(w[~sure].sum())


def _not_negative(figure: Figure) -> Figure:
    """A regret is never negative; an estimate can be."""
    return Figure(max(figure.value, 0.0), figure.error, max(figure.low, 0.0), max(figure.high, 0.0))
