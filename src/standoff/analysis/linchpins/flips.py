"""Flip points: where along an uncertainty the best strategy changes, to what, and where nobody can tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt

from standoff.analysis.findings import Figure, Floats, Inputs
from standoff.analysis.linchpins.worth_kernel import sum_resampled

__all__ = ["Flip", "Flips", "Zone", "find_flips"]

_LEVEL = 0.95
_FINE = 4
_BINS_NEAR = 3.0


@dataclass(frozen=True, slots=True)
class Zone:
    """A stretch of an input, and the strategies that may be best there: one where it is told."""

    low: float
    high: float
    strategies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flip:
    """The best strategy changes from `before` to `after` at `at`, in the input's unit, with a bootstrap interval.

    `is_significant` is whether both are best beyond doubt on their own sides; `seen_in` is the share of resamples that
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
        "local straight lines over ranks of payoff differences, which do not overshoot at a jump; zones from a "
        "simultaneous 95 % band over the input and all pairs; flip points by resampling worlds"
    )
    reference: str = (
        "Fan 1992, Design-adaptive nonparametric regression, Journal of the American Statistical Association 87"
    )


def find_flips(
    inputs: Inputs,
    index: int,
    figures: Floats,
    w: Floats,
    names: Sequence[str],
    copies: Floats,
    cell: npt.NDArray[np.int64],
) -> Flips:
    """Find where the best strategy given one input changes.

    Args:
        inputs: of the worlds.
        index: of the input.
        figures: payoff differences, shape (worlds, strategies).
        w: weights of the worlds.
        names: of the strategies.
        copies: how often each world is in each resample, shape (resamples, worlds).
        cell: the worlds' bins along the input, from `cut_cells`.
    """
    n_cells = int(cell.max()) + 1
    discrete = inputs.is_discrete(index)
    places, smoother = _places(inputs.values[:, index], n_cells, discrete)
    once = _means(sum_resampled(cell, n_cells, np.ones((1, w.size)), w, figures))[0]
    point = smoother @ once
    drawn = np.einsum("gc,bcs->bgs", smoother, _means(sum_resampled(cell, n_cells, copies, w, figures), once))
    may = _contenders(point, drawn)
    labels = [tuple(name for name, is_in in zip(names, row, strict=True) if is_in) for row in may]
    zones = []
    for strategies, run in groupby(range(len(labels)), key=lambda g: labels[g]):
        stretch = list(run)
        zones.append(Zone(float(places[stretch[0]]), float(places[stretch[-1]]), strategies))
    flips = () if discrete else _crossings(places, point, drawn, labels, names)
    return Flips(inputs.names[index], tuple(zones), flips, tuple(places.tolist()) if discrete else ())


def _means(sums: Floats, otherwise: Floats | None = None) -> Floats:
    """Cell means; a cell that a resample left empty keeps the mean of all worlds in it."""
    weight = sums[..., -1:]
    means: Floats = sums[..., :-1] / np.maximum(weight, 1e-300)
    return means if otherwise is None else np.where(weight > 0.0, means, otherwise)


def _places(column: Floats, n_cells: int, discrete: bool) -> tuple[Floats, Floats]:
    """Where to look along the input, and the matrix that takes cell means there, shape (places, cells)."""
    if discrete:
        return np.unique(column), np.eye(n_cells)
    middle = (np.arange(n_cells) + 0.5) / n_cells
    fine = np.linspace(0.5 / n_cells, 1.0 - 0.5 / n_cells, _FINE * (n_cells - 1) + 1)
    apart = middle[None, :] - fine[:, None]
    near = np.maximum(1.0 - np.abs(apart) / (_BINS_NEAR / n_cells), 0.0)
    first, second = (near * apart).sum(axis=1, keepdims=True), (near * apart**2).sum(axis=1, keepdims=True)
    local = near * (second - apart * first)
    return np.quantile(column, fine), local / local.sum(axis=1, keepdims=True)


def _contenders(point: Floats, drawn: Floats) -> npt.NDArray[np.bool_]:
    """Which strategies may be best at each place, shape (places, strategies): a band that holds everywhere at once."""
    n = point.shape[1]
    if n == 1:
        return np.ones(point.shape, dtype=bool)
    errors = np.zeros((point.shape[0], n, n))
    largest = np.zeros(drawn.shape[0])
    for a in range(n):
        for b in range(a):
            apart = drawn[:, :, a] - drawn[:, :, b] - (point[:, a] - point[:, b])
            error = np.sqrt((apart**2).mean(axis=0))
            errors[:, a, b] = errors[:, b, a] = error
            away = np.divide(np.abs(apart), error, out=np.zeros_like(apart), where=error > 0.0)
            largest = np.maximum(largest, away.max(axis=1))
    reach = float(np.quantile(largest, _LEVEL))
    best = point.argmax(axis=1)
    rows = np.arange(best.size)
    near: npt.NDArray[np.bool_] = point[rows, best][:, None] - point <= reach * errors[rows, best]
    return near


def _crossings(
    places: Floats, point: Floats, drawn: Floats, labels: Sequence[tuple[str, ...]], names: Sequence[str]
) -> tuple[Flip, ...]:
    """Every change of the best strategy of the fitted lines."""
    best = point.argmax(axis=1)
    flips = []
    for g in np.flatnonzero(best[1:] != best[:-1]).tolist():
        a, b = int(best[g]), int(best[g + 1])
        at = _crossing(places, point[:, a] - point[:, b], g)
        found = [_nearest(places, draw[:, a] - draw[:, b], at) for draw in drawn]
        seen = np.array([value for value in found if value is not None])
        low, high = np.quantile(seen, [0.025, 0.975]) if seen.size else (places[0], places[-1])
        error = float(seen.std()) if seen.size else float("nan")
        told = (names[a],) in labels[: g + 1] and (names[b],) in labels[g + 1 :]
        figure = Figure(at, error, float(min(low, at)), float(max(high, at)))
        flips.append(Flip(names[a], names[b], figure, told, seen.size / max(len(drawn), 1)))
    return tuple(flips)


def _crossing(places: Floats, lead: Floats, g: int) -> float:
    """Where a straight line between two places crosses zero."""
    step = lead[g] - lead[g + 1]
    part = lead[g] / step if step > 0.0 else 0.5
    return float(places[g] + part * (places[g + 1] - places[g]))


def _nearest(places: Floats, lead: Floats, at: float) -> float | None:
    """The crossing from above to below zero nearest to `at`; None where there is none."""
    falls = np.flatnonzero((lead[:-1] >= 0.0) & (lead[1:] < 0.0))
    crossings = [_crossing(places, lead, int(g)) for g in falls]
    return min(crossings, key=lambda x: abs(x - at)) if crossings else None
