"""Whether what is printed of a study of known truth holds it: every interval, and every call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from shapes import Drawn, Floats, Shape, draw, equal_strategies
from truths import REPLICATIONS, ZERO, Truth, sobol_truth, truth_of, units_of

from standoff.analysis.deals.agreement import Gains, zone_of
from standoff.analysis.discovery.discover import discover
from standoff.analysis.findings import Figure, Inputs
from standoff.analysis.linchpins.effort import Effort
from standoff.analysis.linchpins.flips import Zone
from standoff.analysis.linchpins.worth import measure_worths
from standoff.analysis.robustness.metrics import explain, measure_robustness
from standoff.analysis.robustness.regret import find_lost
from standoff.analysis.robustness.satisficing import Bound, Measured, Satisficing, satisficing
from standoff.analysis.runs.payoffs import Payoffs, find_posteriors
from standoff.analysis.sensitivity import measure_indices
from standoff.analysis.statistics.errors import without_additive
from standoff.analysis.statistics.kinds import Against, Kind
from standoff.analysis.statistics.ranking import Ranking, rank
from standoff.analysis.statistics.regression import assign_folds
from standoff.analysis.statistics.resampling import resample_worlds
from standoff.ensemble.saltelli import saltelli_units

__all__ = ["PARTS", "Held", "hold", "hold_events", "hold_nulls"]

PARTS = ("robustness", "limits", "hinges", "boxes", "deals", "indices")

_DIVIDED = (0.05, 0.95)
_BASE = 1024
_CLOSE = 3e-4
"""Of an index: what the points that its truth is told by miss."""


@dataclass(frozen=True, slots=True)
class Held:
    """One printed quantity of one study: whether its interval held the truth, and whether it was told at all.

    Attributes:
        quantity: Its column in the table.
        misses: 0 where it holds; -1 where the truth lies below the interval, 1 where above (of a call: where it errs).
        is_told: Whether the finding says that it can tell.
        at_bound: Whether the truth is the least or most that it can be, so that an interval misses to one side only.
        bracket: Of what lies between two estimates whatever is hidden: the interval, and the two estimates.
        of: Which strategy's it is, where it has a bracket.
    """

    quantity: str
    misses: int
    is_told: bool = True
    at_bound: bool = False
    bracket: tuple[float, float, float, float] | None = None
    of: int = 0

    @property
    def holds(self) -> bool:
        """Whether the interval held the truth, or the call was right."""
        return self.misses == 0


def _call(quantity: str, is_right: bool) -> Held:
    return Held(quantity, 0 if is_right else 1)


def _in(quantity: str, figure: Figure, truth: float, slack: float = 1e-9, **more: Any) -> Held:
    return Held(quantity, int(truth > figure.high + slack) - int(truth < figure.low - slack), **more)


def _share(quantity: str, figure: Figure, truth: float, **more: Any) -> Held:
    return _in(quantity, figure, truth, at_bound=truth in (0.0, 1.0), **more)


def hold(shape: Shape, seed: int, part: str) -> Iterator[Held]:
    """Every printed quantity of one part of what is said of one study."""
    drawn, truth = draw(shape, seed), truth_of(shape)
    if part == "robustness":
        yield from _robust(drawn, truth)
    elif part == "limits":
        yield from _within(drawn, truth)
    elif part == "hinges":
        yield from _hinges(shape, drawn, truth)
    elif part == "boxes":
        yield from _boxes(shape, drawn)
    elif part == "deals":
        yield from _deal(drawn, truth)
    elif not shape.is_tied:
        yield from _indices(shape, seed)


def _robust(drawn: Drawn, truth: Truth) -> Iterator[Held]:
    """Means, tails and regret of every strategy; none of them impossible beside another; and who is called best."""
    known = find_posteriors(drawn.payoffs)
    found, lost, w = measure_robustness(drawn.payoffs, None, known), find_lost(drawn.payoffs, known), drawn.payoffs.w
    for s, name in enumerate(drawn.payoffs.names):
        low, worst = found.tails.worst_decile[name], found.tails.worst_world[name]
        regrets = (found.regret.mean[name], found.regret.worst_decile[name], found.regret.worst[name])
        largest = (drawn.truth.max(axis=0) - drawn.truth)[s].max()
        yield _in("mean payoff", found.expected[name].payoff, truth.mean[s])
        yield _in("worst tenth", low, truth.worst_tenth[s])
        yield _in("worst world", worst, drawn.truth[s].min())
        for of, (which, own) in enumerate((("mean", truth.regret[s]), ("worst tenth", truth.regret_tenth[s]))):
            figure = regrets[of]
            ends = (figure.low, figure.high, lost.least(s, of, w).value, lost.most(s, of, w).value)
            yield _in(f"regret, {which}", figure, own, at_bound=bool(own == 0.0), bracket=ends, of=s)
        yield _in("regret, worst world", regrets[2], largest, at_bound=bool(largest == 0.0))
        pairs = (*pairwise(regrets), (worst, low))
        yield _call("possible", all(a.value <= b.value and a.low <= b.low and a.high <= b.high for a, b in pairs))
    yield _in("gain from knowing", found.regret.evpi, truth.evpi, at_bound=bool(truth.evpi == 0.0))
    yield from _surely(drawn, found.regret.surely_best)
    yield from _ranked(found.ranking, truth)


def _surely(drawn: Drawn, surely: dict[str, float]) -> Iterator[Held]:
    """Worlds called: of a hundred calls of all, at most five may be wrong; of none, none is."""
    best = drawn.truth >= drawn.truth.max(axis=0) - 1e-12
    called = sum(surely.values())
    wrong = sum(max(share - float(best[s].mean()), 0.0) for s, share in enumerate(surely.values()))
    yield _call("surely best", wrong <= 0.05 * called + 1e-12)


def _ranked(ranking: Ranking, truth: Truth) -> Iterator[Held]:
    top = [name for name, mean in zip("abcdef", truth.mean, strict=False) if mean >= truth.mean.max() - 1e-9]
    yield _call("best named", ranking.best in (None, *top[: 2 - len(top)]))
    if ranking.best is not None and ranking.is_settled:
        yield _call("more futures would not change that", [ranking.best] == top)


def _kept(payoffs: Payoffs, limit: float, better: str = "lower") -> Satisficing:
    assert payoffs.halves is not None
    return satisficing(
        payoffs.names,
        (Bound("u", limit, better),),
        Measured(payoffs.mean[None], payoffs.inputs, halves=payoffs.halves[None], stratified=payoffs.stratified),
    )


def _within(drawn: Drawn, truth: Truth) -> Iterator[Held]:
    found = _kept(drawn.payoffs, truth.limit)
    for s, name in enumerate(drawn.payoffs.names):
        (own,) = found.alone[name]
        yield _share("share within a limit", own.share, float(truth.within[s]), is_told=own.is_told)


def _hinges(shape: Shape, drawn: Drawn, truth: Truth) -> Iterator[Held]:
    found = measure_worths(drawn.payoffs, effort=Effort(pairs=False, permutations=99, resamples=100))
    known = {worth.names[0]: worth for worth in found.alone}
    # of what is worth nothing the low end is zero unless it is called, and then the interval misses to that side alone
    worth = "worth of knowing" if truth.evppi[0] >= ZERO else "worth of none"
    yield _in(worth, known["x0"].evppi, truth.evppi[0], ZERO, at_bound=bool(truth.evppi[0] < ZERO))
    idle = [f"x{j}" for j, worth in enumerate(truth.evppi) if worth < ZERO and not (shape.is_tied and j == 1)]
    if idle:
        yield _call("no false linchpin", not any(known[name].is_significant for name in idle))
    for j, wanted in shape.flips.items():
        flips = found.flips[f"x{j}"]
        for flip in flips.flips:
            near = min(wanted, key=lambda at: abs(at - flip.at.value))
            yield _in("flip", flip.at, near, is_told=flip.is_significant)
        yield _zones(shape, drawn, flips.zones, j)


def _zones(shape: Shape, drawn: Drawn, zones: Sequence[Zone], j: int) -> Held:
    """Where one strategy is called best along an input, whether it truly is, everywhere."""
    middle = np.median(drawn.payoffs.inputs.values, axis=0)
    wrong = False
    for zone in zones:
        if len(zone.strategies) == 1:
            inputs = np.tile(np.r_[middle, [0.5] * shape.n_hidden], (21, 1))
            inputs[:, j] = np.linspace(zone.low, zone.high, 21)
            u = shape.truth(inputs)
            wrong |= bool((u["abcdef".index(zone.strategies[0])] < u.max(axis=0) - 1e-9).any())
    return _call("best along an input", not wrong)


def _boxes(shape: Shape, drawn: Drawn) -> Iterator[Held]:
    """Worlds in which the second strategy brings more than the first, as boxes."""
    payoffs = drawn.payoffs
    assert payoffs.halves is not None
    known = find_posteriors(payoffs)
    lead, prediction, halves = (each[1] - each[0] for each in (payoffs.mean, known.between, payoffs.halves))
    ahead = Against(lead, prediction, halves, float(np.finfo(np.float64).tiny), -1.0)
    y = ahead.judged(np.arange(lead.size))[0]
    if not _DIVIDED[0] <= y.mean() <= _DIVIDED[1]:
        return
    found = discover(payoffs.inputs, y, resamples=10, kind=Kind((ahead,)))
    if not found.is_told:
        yield Held("box, density", 1, is_told=False)
        yield Held("box, coverage", 1, is_told=False)
    boxes = () if found.recommended is None else (found.recommended, *found.further)
    x = shape.inputs(units_of(shape.n_inputs, 16))
    u = shape.truth(x)
    others, left = Inputs(payoffs.inputs.names, x[:, : len(payoffs.inputs.names)]), np.ones(len(x), dtype=bool)
    for box, held in zip(boxes, found.holds, strict=True):
        inside = box.holds(others) & left
        left &= ~inside
        of_kind = (u[1] > u[0])[inside]
        yield _share("box, density", held.density, float(of_kind.mean()))
        yield _share("box, coverage", held.coverage, float(of_kind.sum()) / max(float((u[1] > u[0]).sum()), 1.0))


def _deal(drawn: Drawn, truth: Truth) -> Iterator[Held]:
    """As if every strategy but the first were what a deal brings one party, at two levels of a term."""
    payoffs = drawn.payoffs
    assert payoffs.halves is not None
    by_term = np.array([1.0, 0.5])[:, None]
    gain = (payoffs.mean[1:] - payoffs.mean[0])[:, None] * by_term
    halves = np.moveaxis((payoffs.halves[1:] - payoffs.halves[0])[:, None] * by_term[..., None], -1, 0)
    n_worlds = payoffs.mean.shape[1]
    even = np.full(n_worlds, 1.0 / n_worlds)
    found = zone_of("", Gains(
        payoffs.names[1:], ((0.0, 1.0),), gain, halves, np.tile(even, (len(gain), 1)), even, payoffs.inputs,
        settled=without_additive(payoffs.stratified, gain, assign_folds(payoffs.inputs)),
        stratified=payoffs.stratified,
    ), resample_worlds(n_worlds, 100, 1).astype(np.float64))  # fmt: skip
    exact = truth.mean[1:] - truth.mean[0]
    for i, own in enumerate(exact):
        yield _in("deal, gain", _even(found.gains[i, 0], found.errors[i, 0]), own)
    for at, share in enumerate(found.all_gain):
        yield _share("deal, all gain", _even(share, found.all_gain_error[at]), truth.all_gain)
    shown, excluded = bool((exact > ZERO).all()), bool((exact <= ZERO).any())
    yield _call("deal, called", (shown or not found.is_shown.any()) and (excluded or not found.is_excluded.any()))


def _even(value: float, error: float) -> Figure:
    return Figure(value, error, value - 1.96 * error, value + 1.96 * error)


def _indices(shape: Shape, seed: int) -> Iterator[Held]:
    """Sobol indices of the second strategy's payoff."""
    seen = shape.n_inputs - shape.n_hidden
    units, row = saltelli_units([f"x{j}" for j in range(seen)], _BASE if seen < 10 else _BASE // 4, seed)
    random = np.random.default_rng([seed, 7])
    n_base = int(row.max()) + 1
    hidden = random.random((n_base, shape.n_hidden))
    x = shape.inputs(np.column_stack([units.T, hidden[row]]))
    luck = shape.spread * shape.luck(random, (n_base, REPLICATIONS)).mean(axis=1)
    y = shape.truth(x)[1] + luck[row]
    names = tuple(f"x{j}" for j in range(seen))
    found = measure_indices(Inputs(names, np.ascontiguousarray(x[:, :seen])), y)
    first, total = sobol_truth(shape)
    for j in range(min(seen, 3)):
        if total[j] > 0.0 or not found.is_told:
            yield _in("Sobol, first", found.first[names[j]], first[j], _CLOSE, is_told=found.is_told)
            yield _in("Sobol, total", found.total[names[j]], total[j], _CLOSE, is_told=found.is_told)
        else:  # what moves nothing differs in no row: known without error, and no interval
            yield _call("Sobol, none", found.total[names[j]].high == 0.0)


def hold_nulls(n_strategies: int, seed: int) -> Iterator[Held]:
    """Strategies that do the same: none is best."""
    payoffs = equal_strategies(n_strategies, seed)
    ranking = rank(payoffs.names, payoffs.mean, explained=explain(payoffs, assign_folds(payoffs.inputs)))
    yield _call("called best", ranking.best is not None)
    yield _call("more futures would not change that", ranking.is_settled)


def hold_events(seed: int, n_base: int, chance: float) -> Iterator[Held]:
    """Sobol indices of an event that inputs make likelier, the mean of replications that the rows of a base share."""
    random = np.random.default_rng([seed, n_base])
    a, b = random.random((2, n_base, 3))
    rows = np.stack([a, *(np.where(np.arange(3) == j, b, a) for j in range(3)), b], axis=1)
    y = _event(rows, random.random((n_base, 1, REPLICATIONS)), chance).reshape(-1)
    inputs = Inputs(("x0", "x1", "x2"), rows.reshape(-1, 3))
    found = measure_indices(inputs, y)
    first, total = _event_truth(chance)
    for j, name in enumerate(inputs.names):
        yield _in("Sobol, first", found.first[name], first[j], is_told=found.is_told)
        yield _in("Sobol, total", found.total[name], total[j], is_told=found.is_told)


def _event(x: Floats, luck: Floats, chance: float) -> Floats:
    p = chance * (0.5 + x[..., 0] * (0.5 + x[..., 1]))
    return np.asarray((luck < p[..., None]).mean(axis=-1))


_EVENTS: dict[float, tuple[Floats, Floats]] = {}


def _event_truth(chance: float) -> tuple[Floats, Floats]:
    """First and total indices; what is luck's, the rows of a base have in common."""
    if chance not in _EVENTS:
        random = np.random.default_rng(5)
        a, b = random.random((2, 400_000, 3))
        luck = random.random((400_000, REPLICATIONS))
        base, other = _event(a, luck, chance), _event(b, luck, chance)
        moved = [_event(np.where(np.arange(3) == j, b, a), luck, chance) for j in range(3)]
        variance = float(np.concatenate([base, other]).var())
        _EVENTS[chance] = (
            np.array([float((other * (y - base)).mean()) / variance for y in moved]),
            np.array([0.5 * float(((base - y) ** 2).mean()) / variance for y in moved]),
        )
    return _EVENTS[chance]
