"""The zone of agreement of a table of gains in each world, with an error on everything.

Reference: J. Nash, The bargaining problem (1950); B. Efron and R. Tibshirani, An Introduction to the Bootstrap (1993),
chapter 6 (standard errors by resampling worlds).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from standoff.analysis.deals.bargaining import (
    NashPoint,
    deal_table,
    egalitarian_point,
    kalai_smorodinsky_point,
    nash_point,
    weighted_mean,
)
from standoff.analysis.findings import Figure, Floats, Inputs
from standoff.analysis.games.normalform import Truths
from standoff.analysis.robustness.satisficing import Bound, Measured, satisficing

__all__ = ["BestTerms", "Gains", "Zone", "figure_of", "resampled_gains", "zone_area", "zone_of"]

_SURE = 1.96
_FINE = 40
_SOMETHING = float(np.finfo(np.float64).tiny)
"""A gain of exactly nothing is none."""


@dataclass(frozen=True, slots=True, eq=False)
class Gains:
    """What a deal brings over no deal, in each world.

    Attributes:
        parties: whose consent it takes.
        levels: of each main term.
        gain: (parties, levels of term 1, …, worlds), paired differences, means over luck and over who plays what.
        halves: (2, parties, levels of term 1, …, worlds), over each half of the replications.
        beliefs: (parties, worlds), weights, each row summing to 1.
        study: (worlds,), the study's weights.
        inputs: of the worlds.
        sampling: (parties, levels of term 1, …), standard error from not having run every profile of play.
        settled: Like `gain`, what the design integrates almost exactly put at its mean: errors and resamples are of
            these; None where worlds are independent.
        stratified: Independent columns of which worlds are made, spread evenly; None where they are not, or do not
            count alike.
    """

    parties: tuple[str, ...]
    levels: tuple[tuple[float, ...], ...]
    gain: Floats
    halves: Floats
    beliefs: Floats
    study: Floats
    inputs: Inputs
    sampling: Floats | float = 0.0
    settled: Floats | None = None
    stratified: Inputs | None = None

    @property
    def spread(self) -> Floats:
        """Like `gain`, what differs between worlds as if these were independent."""
        return self.gain if self.settled is None else self.settled


@dataclass(frozen=True, slots=True)
class BestTerms:
    """Where a rule of bargaining (Nash's: the greatest product of gains) puts the terms.

    Attributes:
        levels: of each main term.
        gains: of each party, valued on the half of the replications that did not pick the terms.
        repeated: share of resamples of the worlds that pick the same terms.
    """

    levels: tuple[float, ...]
    gains: tuple[Figure, ...]
    repeated: float


@dataclass(frozen=True, slots=True, eq=False)
class Zone:
    """What one meaning of "no deal" leaves to agree on. Arrays over terms have shape (levels of term 1, …).

    Attributes:
        without: the variant that no deal means.
        gains, errors: (parties, levels of term 1, …), expected under each party's belief.
        zone: every party gains, as estimated.
        is_shown, is_excluded: every party is shown to gain, some party is shown not to: 95 % for the whole table.
        share: of the terms' combinations that lie in the zone.
        area: of the range of the terms that lies in it, gains being read off straight lines between the levels.
        all_gain, all_gain_error: share of worlds in which every party gains, noise taken out.
        all_gain_raw: the same as it looks before that.
        some_terms: share of worlds in which some terms let every party gain, raw: an upper bound.
        nash, kalai_smorodinsky, egalitarian: where the product of gains is greatest, where the least gain is as a part
            of the most that the party could have in the zone, and where the least gain is; None where it is empty.
        n_pieces: connected pieces of the zone.
        spans: for each main term its lowest and highest level in the zone; empty where there is no zone.
        blockers: for each party the combinations that it alone keeps out of the zone.
        verdict: `a deal`, `no deal` or `cannot tell`.
    """

    without: str
    gains: Floats
    errors: Floats
    zone: Truths
    is_shown: Truths
    is_excluded: Truths
    share: Figure
    area: Figure
    all_gain: Floats
    all_gain_error: Floats
    all_gain_raw: Floats
    some_terms: float
    nash: BestTerms | None
    kalai_smorodinsky: BestTerms | None
    egalitarian: BestTerms | None
    n_pieces: int
    spans: tuple[tuple[float, float], ...]
    blockers: tuple[int, ...]
    verdict: str


def zone_of(without: str, gains: Gains, counts: Floats, *, by_world: bool = True, seed: int = 0) -> Zone:
    """Estimate the zone.

    Args:
        without: what no deal means.
        gains: in each world.
        counts: (resamples, worlds), how often each world is in each resample.
        by_world: whether to estimate the share of worlds in which all gain, which takes a regression.
        seed: of the folds of that regression.
    """
    means, errors = _expected(gains.gain, gains.beliefs)[0], _expected(gains.spread, gains.beliefs)[1]
    errors = np.hypot(errors, gains.sampling)
    table = deal_table(means, errors)
    area = float(zone_area(means[None], gains.levels)[0])
    again = resampled_gains(gains, counts) + _sampled_again(gains, len(counts))
    in_zone = (again > 0.0).all(axis=1).reshape(len(again), -1)
    shares = in_zone.mean(axis=1)
    shape = table.zone.shape
    everyone = (gains.gain > 0.0).all(axis=0)
    alone, alone_error = np.full(shape, np.nan), np.full(shape, np.nan)
    if by_world:
        alone, alone_error = _all_gain(gains, seed)
    return Zone(
        without, table.gains, table.errors, table.zone, is_shown=table.is_shown, is_excluded=table.is_excluded,
        share=_share(table.share, shares), area=_share(area, zone_area(again, gains.levels)),
        all_gain=alone, all_gain_error=alone_error, all_gain_raw=everyone @ gains.study,
        some_terms=float(everyone.reshape(-1, gains.study.size).any(axis=0) @ gains.study),
        nash=_best_terms(nash_point, gains, means, again),
        kalai_smorodinsky=_best_terms(kalai_smorodinsky_point, gains, means, again),
        egalitarian=_best_terms(egalitarian_point, gains, means, again),
        n_pieces=table.n_pieces,
        spans=tuple((levels[a], levels[b]) for levels, (a, b) in zip(gains.levels, table.spans, strict=False)),
        blockers=tuple(int(n) for n in table.blockers),
        verdict="a deal" if table.is_shown.any() else "no deal" if table.is_excluded.all() else "cannot tell",
    )  # fmt: skip


def resampled_gains(gains: Gains, counts: Floats) -> Floats:
    """(resamples, parties, levels of term 1, …), expected gains on resampled worlds."""
    found = []
    for own, belief in zip(gains.spread, gains.beliefs, strict=True):
        weights = counts * belief
        weights = np.where(weights.sum(axis=1, keepdims=True) > 0.0, weights, belief)  # a resample that it rules out
        weights = weights / weights.sum(axis=1, keepdims=True)
        found.append((weights @ own.reshape(-1, belief.size).T).reshape(len(counts), *own.shape[:-1]))
    return np.stack(found, axis=1)


def zone_area(gains: Floats, levels: tuple[tuple[float, ...], ...]) -> Floats:
    """(sets,), the share of the range of the terms in which every party gains.

    Args:
        gains: (sets, parties, levels of term 1, …).
        levels: of each term; gains between them lie on straight lines, and a term of one level has no range.
    """
    fine = gains
    for axis, own in enumerate(levels):
        order = np.argsort(own)
        at = np.array(own)[order]
        places = at[:1] if at.size == 1 else at[0] + (at[-1] - at[0]) * (np.arange(_FINE) + 0.5) / _FINE
        lines = np.stack([np.interp(places, at, row) for row in np.eye(at.size)], axis=1)
        fine = np.moveaxis(np.moveaxis(fine, 2 + axis, -1)[..., order] @ lines.T, -1, 2 + axis)
    return np.asarray((fine > 0.0).all(axis=1).reshape(len(gains), -1).mean(axis=1))


def _sampled_again(gains: Gains, resamples: int) -> Floats | float:
    """(resamples, parties, 1, …), how far gains lie off if other profiles had been run: alike at all terms."""
    sampling = np.broadcast_to(gains.sampling, gains.gain.shape[:-1])
    if not sampling.any():
        return 0.0
    at = (0.5 + np.outer(np.arange(1, resamples + 1), np.sqrt([2.0, 3.0, 5.0, 7.0, 11.0, 13.0][: len(sampling)]))) % 1.0
    scores = np.asarray(ndtri(at))
    again: Floats = scores.reshape(*scores.shape, *(1,) * (sampling.ndim - 1)) * sampling[None]
    return again


def figure_of(values: Floats, weights: Floats, besides: float = 0.0) -> Figure:
    """A weighted mean over worlds with its standard error, and that which is `besides` the worlds', and interval."""
    mean, own = weighted_mean(values, weights)
    error = np.hypot(own, besides)
    return Figure(float(mean), float(error), float(mean - _SURE * error), float(mean + _SURE * error))


def _expected(gain: Floats, beliefs: Floats) -> tuple[Floats, Floats]:
    found = [weighted_mean(own, belief) for own, belief in zip(gain, beliefs, strict=True)]
    return np.stack([mean for mean, _ in found]), np.stack([error for _, error in found])


def _all_gain(gains: Gains, seed: int) -> tuple[Floats, Floats]:
    """Share of worlds in which every party's true gain is above zero, with its error."""
    n_parties, shape, n_worlds = len(gains.parties), gains.gain.shape[1:-1], gains.study.size
    names = [str(k) for k in range(int(np.prod(shape)))]
    halves = np.moveaxis(gains.halves, 0, -1).reshape(n_parties, -1, n_worlds, 2)
    found = satisficing(
        names,
        [Bound(party, _SOMETHING, "higher") for party in gains.parties],
        Measured(
            gains.gain.reshape(n_parties, -1, n_worlds),
            gains.inputs,
            halves=halves,
            weights=None if gains.stratified is not None else gains.study,
            stratified=gains.stratified,
        ),
        seed=seed,
    )
    figures = [found.together[name] for name in names]
    value = np.array([figure.value for figure in figures]).reshape(shape)
    return value, np.array([figure.error for figure in figures]).reshape(shape)


def _best_terms(
    rule: Callable[[Floats], NashPoint | None], gains: Gains, means: Floats, again: Floats
) -> BestTerms | None:
    """The terms picked on all worlds; their gains where one half of the luck picks and the other values."""
    point = rule(means)
    if point is None:
        return None
    picks = [rule(_expected(half, gains.beliefs)[0]) for half in gains.halves]
    cells = [point.terms if pick is None else pick.terms for pick in picks]
    valued = [(gains.halves[1][i][cells[0]] + gains.halves[0][i][cells[1]]) / 2.0 for i in range(len(gains.parties))]
    sampling = np.broadcast_to(gains.sampling, gains.gain.shape[:-1])
    others = [rule(table) for table in again]
    return BestTerms(
        tuple(levels[k] for levels, k in zip(gains.levels, point.terms, strict=True)),
        tuple(
            figure_of(own, belief, float(off[point.terms]))
            for own, belief, off in zip(valued, gains.beliefs, sampling, strict=True)
        ),
        float(np.mean([other is not None and other.terms == point.terms for other in others])),
    )


def _share(value: float, again: Floats) -> Figure:
    low, high = np.quantile(again, [0.025, 0.975])
    return Figure(value, float(again.std(ddof=1)), float(min(low, value)), float(max(high, value)))
