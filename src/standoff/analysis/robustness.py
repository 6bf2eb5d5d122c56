"""What holds up: expected payoff, regret, worst cases and the frontier, each with its noise taken out.

No figure is the largest of the numbers that also value it: what is best, or worst, in a world is picked from
other worlds (`regression.py`) and other replications, and valued on replications that had no part in the pick.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from standoff.analysis.findings import Figure, Floats, Inputs
from standoff.analysis.ranking import Ranking, rank, world_weights
from standoff.analysis.regression import assign_folds, predict, shrink

__all__ = [
    "Expected",
    "FrontierPoint",
    "Payoffs",
    "Regret",
    "Robustness",
    "Tails",
    "champions",
    "expected",
    "explain",
    "frontier",
    "learn",
    "measure_regret",
    "measure_tails",
    "robustness",
]

WORST_SHARE = 0.1
_SURE = 1.96
_FAR = 3.5
"""Standard errors that a mean regret must be from zero: several are looked at, and folds share their data."""


@dataclass(frozen=True, slots=True, eq=False)
class Payoffs:
    """The decider's payoff in each world, for strategies with the same worlds and the same luck.

    Args:
        names: of the strategies.
        mean: shape (strategies, worlds), over all replications.
        inputs: what differs between the worlds.
        halves: shape (strategies, worlds, batches), means over disjoint batches of equal size, two or more. Absent:
            the noise is not known, and a world's own figure only values, never picks. Figures without luck:
            give the means twice.
        weights: shape (worlds,); absent: all the same.
        stratified: inputs whose columns are independent and spread evenly, as a Latin hypercube's are; errors of means
            are then those of such a design.

    Raises:
        ValueError: shapes that do not agree, fewer than two worlds, or values that are not finite.
    """

    names: tuple[str, ...]
    mean: Floats
    inputs: Inputs
    halves: Floats | None = None
    weights: Floats | None = None
    stratified: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        n_worlds = self.inputs.values.shape[0]
        if self.mean.shape != (len(self.names), n_worlds) or n_worlds < 2 or not self.names:
            raise ValueError(
                f"payoffs of shape {self.mean.shape} for {len(self.names)} strategies and {n_worlds} worlds"
            )
        halves = self.halves
        if halves is not None and (halves.shape[:2] != self.mean.shape or halves.ndim != 3 or halves.shape[2] < 2):
            raise ValueError(f"halves of shape {halves.shape} beside payoffs of shape {self.mean.shape}")
        if not np.isfinite(self.mean).all() or (halves is not None and not np.isfinite(halves).all()):
            raise ValueError("payoffs must be finite: leave out the worlds with faults first")
        world_weights(self.weights, n_worlds)

    @property
    def w(self) -> Floats:
        """Weights that sum to one, shape (worlds,)."""
        return world_weights(self.weights, self.mean.shape[1])


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """What other worlds and other replications say about each world.

    `picked[b]` are posterior means of payoff differences to one reference strategy that leave out batch b, shape
    (batches, strategies, worlds); `valued` the batch means they are to be valued on, in the same shape;
    `difference` and `variance` (cautious) the posterior from all replications, shape (strategies, worlds); `level` as
    `picked`, of payoffs themselves.
    """

    folds: npt.NDArray[np.int64]
    picked: Floats
    valued: Floats
    level: Floats
    difference: Floats
    variance: Floats


@dataclass(frozen=True, slots=True)
class Expected:
    """Mean payoff over worlds, and how much of its error is the worlds' and how much the replications'."""

    payoff: Figure
    error_of_worlds: float
    error_of_replications: float | None


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


@dataclass(frozen=True, slots=True)
class Tails:
    """Payoff in the worst tenth of the worlds (CVaR) and in the worst world, picked apart from valuing; raw beside."""

    worst_decile: dict[str, Figure]
    worst_world: dict[str, Figure]
    worst_decile_raw: dict[str, float]
    worst_world_raw: dict[str, float]
    method: str
    reference: str = "Rockafellar & Uryasev 2000, Optimization of conditional value-at-risk, Journal of Risk 2"


@dataclass(frozen=True, slots=True)
class FrontierPoint:
    """A strategy's place: on the frontier, surely `beaten_by` others in both measures, or cannot tell (neither)."""

    name: str
    performance: float
    robustness: float
    on_frontier: bool
    beaten_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Robustness:
    """All of the above for one view of the others, with the ranking under stated other weightings of the worlds."""

    names: tuple[str, ...]
    expected: dict[str, Expected]
    ranking: Ranking
    regret: Regret
    tails: Tails
    frontier: tuple[FrontierPoint, ...]
    weightings: dict[str, Ranking]


def robustness(payoffs: Payoffs, weightings: Mapping[str, Floats] | None = None, seed: int = 0) -> Robustness:
    """Answer "what holds up?" for payoffs; satisficing, which needs outcomes, is in `satisficing.py`.

    Args:
        payoffs: of the decider's strategies.
        weightings: other weights of the worlds under which to rank again, by name.
        seed: of the folds.
    """
    learned = learn(payoffs, seed)
    settled = explain(payoffs, learned.folds)
    tails = measure_tails(payoffs, learned)
    return Robustness(
        payoffs.names,
        expected(payoffs, settled),
        rank(payoffs.names, payoffs.mean, payoffs.weights, explained=settled),
        measure_regret(payoffs, learned),
        tails,
        frontier(payoffs, learned),
        {name: rank(payoffs.names, payoffs.mean, w) for name, w in (weightings or {}).items()},
    )


def explain(payoffs: Payoffs, folds: npt.NDArray[np.int64]) -> Floats | None:
    """The part of the payoffs that a stratified design integrates almost without error, shape (strategies, worlds).

    None where no input is stratified, or the worlds don't count alike. The common part and the differences between
    strategies are fitted apart, since the differences are much the smaller.

    Reference: Stein 1987, Large sample properties of simulations using Latin hypercube sampling, Technometrics 29,
    equation (6); Owen 1992, A central limit theorem for Latin hypercube sampling, Journal of the Royal Statistical
    Society B 54.
    """
    if not payoffs.stratified or payoffs.weights is not None:
        return None
    inputs = payoffs.inputs.only(payoffs.stratified)
    common = payoffs.mean.mean(axis=0, keepdims=True)
    between = predict(inputs, payoffs.mean - common, folds, additive=True)
    return between + predict(inputs, common, folds, additive=True)


def expected(payoffs: Payoffs, explained: Floats | None = None) -> dict[str, Expected]:
    """Mean payoff of each strategy over the worlds.

    Args:
        payoffs: of the strategies.
        explained: from `explain`, where the design is stratified; else the error is that of independent worlds.
    """
    w = payoffs.w
    answer = {}
    for s, name in enumerate(payoffs.names):
        figure = _mean_figure(payoffs.mean[s], w, _SURE)
        if explained is not None:
            error = _mean_figure(payoffs.mean[s] - explained[s], w, _SURE).error
            figure = Figure(figure.value, error, figure.value - _SURE * error, figure.value + _SURE * error)
        luck = None
        if payoffs.halves is not None:
            noise = payoffs.halves[s].var(axis=1, ddof=1) / payoffs.halves.shape[2]
            luck = float(np.sqrt(noise @ w**2))
        worlds = np.sqrt(max(figure.error**2 - (luck or 0.0) ** 2, 0.0))
        answer[name] = Expected(figure, float(worlds), luck)
    return answer


def learn(payoffs: Payoffs, seed: int = 0) -> Learned:
    """Fit the cross-fitted regression and hold out each batch in turn."""
    mean, halves = payoffs.mean, payoffs.halves
    folds = assign_folds(payoffs.inputs, seed=seed)
    # centred on all strategies the common part of payoffs cancels; which strategy is the reference cannot matter
    between = predict(payoffs.inputs, mean - mean.mean(axis=0), folds)
    level = predict(payoffs.inputs, mean, folds)
    reference = int(np.argmax(mean @ payoffs.w))
    between = between - between[reference]
    if halves is None:
        return Learned(folds, between[None], mean[None], level[None], between, np.zeros_like(between))
    n = halves.shape[2]
    apart = halves - halves[reference]
    posterior = [shrink(between[s], apart[s].mean(axis=1), _noise(apart[s]), folds) for s in range(len(mean))]
    held_out = (n - 1) / n
    picked = np.empty((n, *mean.shape))
    levels = np.empty((n, *mean.shape))
    for b in range(n):
        rest = [k for k in range(n) if k != b]
        for s in range(len(mean)):
            own = apart[s][:, rest].mean(axis=1)
            picked[b, s] = shrink(between[s], own, _noise(apart[s]), folds, held_out).mean
            own = halves[s][:, rest].mean(axis=1)
            levels[b, s] = shrink(level[s], own, _noise(halves[s]), folds, held_out).mean
    return Learned(
        folds,
        picked,
        np.moveaxis(halves, 2, 0),
        levels,
        np.array([p.mean for p in posterior]),
        np.array([p.cautious for p in posterior]),
    )


def _noise(batches: Floats) -> Floats:
    """Variance of the mean over batches, shape (worlds,)."""
    noise: Floats = batches.var(axis=1, ddof=1) / batches.shape[1]
    return noise


def measure_regret(payoffs: Payoffs, learned: Learned | None = None) -> Regret:
    """Regret of each strategy in each world against the best strategy there.

    Raw regret takes the largest of noisy payoffs and is biased upwards. Here the best strategy of a world is
    picked by the posterior that left out a batch, and valued on that batch; batches are averaged.
    """
    known = learned or learn(payoffs)
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
    return Regret(
        {name: _not_negative(_mean_figure(figures[s], w, reach)) for s, name in enumerate(names)},
        {name: _not_negative(_extreme(lost[:, s], foreseen[:, s])) for s, name in enumerate(names)},
        {name: _not_negative(_decile(lost[:, s], foreseen[:, s], w)) for s, name in enumerate(names)},
        {name: float(raw[s] @ w) for s, name in enumerate(names)},
        {name: float(raw[s].max()) for s, name in enumerate(names)},
        by_world,
        raw,
        surely,
        cannot,
        _not_negative(_mean_figure(gain, w, _FAR)),
        f"best strategy of each world picked by a regression over the other {known.folds.max() + 1} folds' worlds"
        f" and by the other replications, valued on held-out replications ({n_batches} batches); "
        "intervals of means 3.5 standard errors wide, wider for many strategies, so that they hold for all at once",
    )


def champions(mean: Floats, w: Floats, folds: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """For each world, the strategy that is best on average over the other folds' worlds, shape (worlds,)."""
    champion = np.empty(folds.size, dtype=np.int64)
    for k in range(int(folds.max()) + 1):
        others = folds != k
        champion[~others] = int(np.argmax(mean[:, others] @ w[others]))
    return champion


def _surely_best(names: tuple[str, ...], known: Learned, w: Floats) -> tuple[dict[str, float], float]:
    """Share of worlds in which each strategy is best by more than two posterior standard errors, and of none."""
    if len(names) == 1:
        return {names[0]: 1.0}, 0.0
    top = known.difference.argmax(axis=0)
    worlds = np.arange(top.size)
    gap = known.difference[top, worlds] - known.difference
    spread = np.sqrt(known.variance + known.variance[top, worlds])
    gap[top, worlds] = np.inf
    sure = (gap > _SURE * spread).all(axis=0)
    shares = {name: float(w[sure & (top == s)].sum()) for s, name in enumerate(names)}
    return shares, float(w[~sure].sum())


def measure_tails(payoffs: Payoffs, learned: Learned | None = None) -> Tails:
    """Mean payoff over the worst tenth of a strategy's worlds, and payoff in its worst world."""
    known = learned or learn(payoffs)
    w, names = payoffs.w, payoffs.names
    deciles, worst, raw, raw_worst = {}, {}, {}, {}
    for s, name in enumerate(names):
        loss = _decile(-known.valued[:, s], -known.level[:, s], w)
        deciles[name] = _negated(loss)
        worst[name] = _negated(_extreme(-known.valued[:, s], -known.level[:, s]))
        raw[name] = float(payoffs.mean[s] @ _tail_weights(-payoffs.mean[s], w))
        raw_worst[name] = float(payoffs.mean[s].min())
    method = (
        "the worst worlds are picked from other worlds and other replications and valued on held-out "
        "replications; the true tail is at most this"
    )
    return Tails(deciles, worst, raw, raw_worst, method)


def frontier(payoffs: Payoffs, learned: Learned | None = None) -> tuple[FrontierPoint, ...]:
    """Performance (expected payoff) against robustness (mean payoff in the worst tenth of the worlds).

    A strategy is beaten where another is at least as good in both and better in one by two standard errors of
    the paired difference; it is on the frontier where none is at least as good in both.
    """
    known = learned or learn(payoffs)
    w, n = payoffs.w, len(payoffs.names)
    tails = np.array([-_tail_influence(-known.valued[:, s], -known.level[:, s], w) for s in range(n)])
    measures = np.array([payoffs.mean, tails])
    means = measures @ w
    points = []
    for s, name in enumerate(payoffs.names):
        gap = means - means[:, s : s + 1]
        apart = measures - measures[:, s : s + 1] - gap[:, :, None]
        error = np.sqrt(apart**2 @ w**2)
        as_good = (gap >= 0.0).all(axis=0) & (gap > 0.0).any(axis=0)
        surely = as_good & (gap > _SURE * error).any(axis=0)
        beaten = tuple(other for j, other in enumerate(payoffs.names) if surely[j])
        points.append(FrontierPoint(name, float(means[0, s]), float(means[1, s]), not as_good.any(), beaten))
    return tuple(points)


def _mean_figure(figures: Floats, w: Floats, reach: float) -> Figure:
    """Weighted mean over worlds with its standard error (the ratio estimator's)."""
    value = float(figures @ w)
    n = figures.size
    error = float(np.sqrt(((figures - value) ** 2) @ w**2 * n / (n - 1)))
    return Figure(value, error, value - reach * error, value + reach * error)


def _not_negative(figure: Figure) -> Figure:
    """A regret is never negative; an estimate can be."""
    return Figure(max(figure.value, 0.0), figure.error, max(figure.low, 0.0), max(figure.high, 0.0))


def _negated(figure: Figure) -> Figure:
    return Figure(-figure.value, figure.error, -figure.high, -figure.low)


def _tail_weights(foreseen: Floats, w: Floats) -> Floats:
    """Weights of the worlds with the largest `foreseen`, a tenth of all weight, scaled to sum to one."""
    order = np.argsort(-foreseen, kind="stable")
    before = np.cumsum(w[order]) - w[order]
    kept = np.empty_like(w)
    kept[order] = np.clip(WORST_SHARE - before, 0.0, w[order])
    scaled: Floats = kept / kept.sum()
    return scaled


def _tail_influence(valued: Floats, foreseen: Floats, w: Floats) -> Floats:
    """A figure per world whose weighted mean is the tail mean, with the tail mean's error; shape (worlds,)."""
    figures = np.zeros(w.size)
    for value, guess in zip(valued, foreseen, strict=True):
        tail = _tail_weights(guess, w)
        inside = np.divide(tail, w, out=np.zeros_like(w), where=w > 0.0)
        edge = _edge(value, guess, w)
        figures += ((value - edge) * inside + edge) / len(valued)
    return figures


def _edge(value: Floats, guess: Floats, w: Floats) -> float:
    """Level at the edge of the tail: the mean of the worlds foreseen nearest to it."""
    order = np.argsort(-guess, kind="stable")
    place = int(np.searchsorted(np.cumsum(w[order]), WORST_SHARE))
    width = max(w.size // 100, 1)
    near = order[max(place - width, 0) : place + width + 1]
    return float(value[near].mean())


def _decile(valued: Floats, foreseen: Floats, w: Floats) -> Figure:
    """Mean of `valued` over the tenth of worlds with the largest `foreseen`; both of shape (batches, worlds)."""
    return _mean_figure(_tail_influence(valued, foreseen, w), w, _SURE)


def _extreme(valued: Floats, foreseen: Floats) -> Figure:
    """`valued` in the world with the largest `foreseen`; the error is that of the world's replications."""
    worst = foreseen.argmax(axis=1)
    n = valued.shape[0]
    values = valued[np.arange(n), worst]
    noise = [valued[:, world].std(ddof=1) / np.sqrt(n) for world in worst] if n > 1 else [np.nan]
    error = float(np.mean(noise))
    value = float(values.mean())
    return Figure(value, error, value - _SURE * error, value + _SURE * error)
