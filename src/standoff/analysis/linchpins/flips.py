"""Flip points: where along an uncertainty the best strategy changes, to what, and where nobody can tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np
import numpy.typing as npt

from standoff.analysis.findings import Figure, Floats, Inputs
from standoff.analysis.linchpins.breaks import find_break, has_heavy_luck, rule_out
from standoff.analysis.linchpins.worth_kernel import sum_resampled

__all__ = ["Flip", "Flips", "Resampled", "Zone", "find_flips"]

_LEVEL = 0.95
_SURE = 1.96
_FINE = 2
_BINS_NEAR = 3.0
"""Bins on each side that say what holds at a place."""


@dataclass(frozen=True, slots=True)
class Zone:
    """A stretch of an input, and the strategies that may be best there: one where it is told."""

    low: float
    high: float
    strategies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flip:
    """The best strategy changes from `before` to `after` at `at`, in the input's unit, with an interval.

    The interval holds what no stretch of worlds rules out (`breaks.py`), so that it covers a jump as it does a line.
    `is_significant` is whether both are best beyond doubt on their own sides, and luck is even enough for the interval
    to hold; `seen_in` is the share of resamples that
    have the change at all.
    """

    before: str
    after: str
    at: Figure
    is_significant: bool
    seen_in: float


@dataclass(frozen=True, slots=True)
class Flips:
    """Zones along one input and the changes between them; `levels` are its values where they are few, else empty."""

    name: str
    zones: tuple[Zone, ...]
    flips: tuple[Flip, ...]
    levels: tuple[float, ...] = ()
    method: str = (
        "zones where the worlds before a place, those after it and a local straight line agree, by a simultaneous 95 % "
        "band over the input and all pairs; flip points where the lines cross if no stretch of worlds rules that out, "
        "else where choosing by the input would gain most, with what no stretch rules out at 95 %"
    )
    reference: str = (
        "Fan 1992, Design-adaptive nonparametric regression, Journal of the American Statistical Association 87; "
        "Dümbgen & Spokoiny 2001, Multiscale testing of qualitative hypotheses, Annals of Statistics 29"
    )


@dataclass(frozen=True, slots=True, eq=False)
class Resampled:
    """Worlds that are looked at again.

    Attributes:
        inputs: of the worlds.
        names: of the strategies.
        w: weights of the worlds.
        copies: how often each world is in each resample, shape (resamples, worlds).
    """

    inputs: Inputs
    names: Sequence[str]
    w: Floats
    copies: Floats


def find_flips(of: Resampled, index: int, figures: Floats, cell: npt.NDArray[np.int64]) -> Flips:
    """Find where the best strategy given one input changes.

    Args:
        of: the worlds.
        index: of the input.
        figures: payoff differences, shape (worlds, strategies).
        cell: the worlds' bins along the input, from `cut_cells`.
    """
    inputs, names, w, copies = of.inputs, of.names, of.w, of.copies
    n_cells = int(cell.max()) + 1
    discrete = inputs.is_discrete(index)
    places, smoothers = _places(inputs.values[:, index], n_cells, discrete)
    smoother = smoothers.reshape(-1, n_cells)
    once = _means(sum_resampled(cell, n_cells, np.ones((1, w.size)), w, figures))[0]
    point = smoother @ once
    drawn = smoother @ _means(sum_resampled(cell, n_cells, copies, w, figures), once)
    # the best where the worlds before, those after and the line agree; else what any of them has for the best
    may = np.logical_or.reduce(_contenders(point, drawn).reshape(len(smoothers), places.size, -1), axis=0)
    labels = [tuple(name for name, is_in in zip(names, row, strict=True) if is_in) for row in may]
    zones = []
    for strategies, run in groupby(range(len(labels)), key=lambda g: labels[g]):
        stretch = list(run)
        zones.append(Zone(float(places[stretch[0]]), float(places[stretch[-1]]), strategies))
    order = np.argsort(inputs.values[:, index], kind="stable")
    along = _Along(inputs.values[order, index], figures[order], w[order])
    lines = places, point[: places.size], drawn[:, : places.size]
    flips = () if discrete else _crossings(lines, along, labels, names)
    return Flips(inputs.names[index], tuple(zones), flips, tuple(places.tolist()) if discrete else ())


def _means(sums: Floats, otherwise: Floats | None = None) -> Floats:
    """Cell means; a cell that a resample left empty keeps the mean of all worlds in it."""
    weight = sums[..., -1:]
    means: Floats = sums[..., :-1] / np.maximum(weight, 1e-300)
    return means if otherwise is None else np.where(weight > 0.0, means, otherwise)


def _places(column: Floats, n_cells: int, discrete: bool) -> tuple[Floats, Floats]:
    """Where to look along the input, and the matrices that take cell means there, shape (matrices, places, cells).

    Of levels one; else a local straight line, the mean of the bins before and that of the bins after. If the truth
    rises or falls over both, it is between the two means, however it bends or jumps. At an end the line stands for the
    side that has no bin.
    """
    if discrete:
        return np.unique(column), np.eye(n_cells)[None]
    middle = (np.arange(n_cells) + 0.5) / n_cells
    fine = np.linspace(0.5 / n_cells, 1.0 - 0.5 / n_cells, _FINE * (n_cells - 1) + 1)
    apart = middle[None, :] - fine[:, None]
    reach = _BINS_NEAR / n_cells
    near = np.maximum(1.0 - np.abs(apart) / reach, 0.0)
    first, second = (near * apart).sum(axis=1, keepdims=True), (near * apart**2).sum(axis=1, keepdims=True)
    local = near * (second - apart * first)
    local /= local.sum(axis=1, keepdims=True)
    sides = []
    for start, end in ((fine - reach, fine), (fine, fine + reach)):
        edge = middle - 0.5 / n_cells
        inside = np.clip(
            np.minimum(edge + 1.0 / n_cells, end[:, None]) - np.maximum(edge, start[:, None]), 0.0, 1.0 / n_cells
        )
        whole = inside.sum(axis=1, keepdims=True)
        sides.append(np.where(whole >= 1.0 / n_cells, inside / np.maximum(whole, 1e-300), local))
    return np.quantile(column, fine), np.stack([local, *sides])


def _contenders(point: Floats, drawn: Floats) -> npt.NDArray[np.bool_]:
    """Which strategies may be best at each place, shape (places, strategies): a band that holds everywhere at once."""
    n = point.shape[1]
    if n == 1:
        return np.ones(point.shape, dtype=bool)
    errors = np.zeros((point.shape[0], n, n))
    largest = np.zeros(drawn.shape[0])
    by = np.ascontiguousarray(np.moveaxis(drawn, 2, 0))
    for a in range(n):
        for b in range(a):
            apart = by[a] - by[b] - (point[:, a] - point[:, b])
            error = np.sqrt((apart**2).mean(axis=0))
            errors[:, a, b] = errors[:, b, a] = error
            largest = np.maximum(largest, np.abs(apart / np.where(error > 0.0, error, np.inf)).max(axis=1))
    reach = float(np.quantile(largest, _LEVEL))
    best = point.argmax(axis=1)
    rows = np.arange(best.size)
    near: npt.NDArray[np.bool_] = point[rows, best][:, None] - point <= reach * errors[rows, best]
    return near


@dataclass(frozen=True, slots=True, eq=False)
class _Along:
    """Worlds in the order of an input: its values (worlds,), payoff differences (worlds, strategies), weights."""

    values: Floats
    figures: Floats
    w: Floats


@dataclass(frozen=True, slots=True)
class _Change:
    """The best strategy of the fitted lines changes from one to another: by their numbers, between the places `first`
    and `last` + 1, where the lines cross at `crossed`.
    """

    before: int
    after: int
    first: int
    last: int
    crossed: tuple[float, ...]


def _crossings(
    lines: tuple[Floats, Floats, Floats], along: _Along, labels: Sequence[tuple[str, ...]], names: Sequence[str]
) -> tuple[Flip, ...]:
    """Every change of the best strategy of the fitted lines; each between the middles to its neighbours."""
    places, point, drawn = lines
    changes = _changes(places, point, labels)
    middles = [(one.crossed[-1] + then.crossed[0]) / 2.0 for one, then in pairwise(changes)]
    starts, ends = [along.values[0], *middles], [*middles, along.values[-1]]
    flips = []
    for change, start, end in zip(changes, starts, ends, strict=False):  # without changes there is still one stretch
        a, b = change.before, change.after
        stretch = slice(*(int(np.searchsorted(along.values, *at)) for at in ((start, "left"), (end, "right"))))
        lead = along.figures[stretch, a] - along.figures[stretch, b]
        gains, low, high = change.crossed[0], float(start), float(end)
        told = not has_heavy_luck(along.figures[:, a] - along.figures[:, b])
        told = told and (names[a],) in labels[: change.first + 1] and (names[b],) in labels[change.last + 1 :]
        if lead.size:  # else two changes lie closer than worlds do
            look = find_break if told else rule_out
            gains, low, high = _places_of(along.values[stretch], look(lead, along.w[stretch]))
        crossed = min(change.crossed, key=lambda at: abs(at - gains))
        at = crossed if low <= crossed <= high else gains
        seen = _falling(drawn[:, :, a] - drawn[:, :, b])
        figure = Figure(at, (high - low) / (2.0 * _SURE), low, high)
        flips.append(Flip(names[a], names[b], figure, told, seen_in=seen / max(len(drawn), 1)))
    return tuple(flips)


def _changes(places: Floats, point: Floats, labels: Sequence[tuple[str, ...]]) -> list[_Change]:
    """Changes in order; of two strategies that change to and fro where neither is surely best, one."""
    best = point.argmax(axis=1)
    found: list[list[_Change]] = []
    for g in np.flatnonzero(best[1:] != best[:-1]).tolist():
        crossed = _crossing(places, point[:, best[g]] - point[:, best[g + 1]], g)
        change = _Change(int(best[g]), int(best[g + 1]), g, g, crossed=(crossed,))
        if found and all(len(label) > 1 for label in labels[found[-1][-1].last + 1 : g + 1]):
            found[-1].append(change)
        else:
            found.append([change])
    return [change for run in found for change in _as_one(run)]


def _as_one(run: list[_Change]) -> list[_Change]:
    one, last = run[0], run[-1]
    if one.before == last.after or {each.before for each in run} | {last.after} != {one.before, last.after}:
        return run
    crossed = tuple(at for each in run for at in each.crossed)
    return [_Change(one.before, last.after, one.first, last.last, crossed=crossed)]


def _places_of(values: Floats, counts: tuple[int, int, int]) -> tuple[float, float, float]:
    """A place and the ends of its interval, by how many worlds lie before each.

    A flip lies between the last world before it and the first after, anywhere.
    """
    place, first, last = counts
    at = float(values[max(place - 1, 0) : place + 1].mean())
    return at, float(values[max(first - 1, 0)]), float(values[min(last, values.size - 1)])


def _crossing(places: Floats, lead: Floats, g: int) -> float:
    """Where a straight line between two places crosses zero."""
    step = lead[g] - lead[g + 1]
    part = lead[g] / step if step > 0.0 else 0.5
    return float(places[g] + part * (places[g + 1] - places[g]))


def _falling(leads: Floats) -> int:
    """In how many of the leads, shape (leads, places), the lead is lost somewhere."""
    return int(np.count_nonzero(((leads[:, :-1] >= 0.0) & (leads[:, 1:] < 0.0)).any(axis=1)))
