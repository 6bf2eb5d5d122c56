"""Where along an input a lead changes hands, with an interval that holds for lines, kinks and jumps alike.

A place is left out of the interval where some stretch of worlds that ends there on the left has the later strategy
ahead, or some stretch that begins there on the right has the earlier one ahead, by more than a critical value. If the
lead truly changes hands at the place, both are chance's doing. Nothing is smoothed, so that a jump is not moved.

How large such sums grow by chance hangs on the lead's shape: where there is none for a while they are largest, and
`rule_out` takes that for granted, so that its interval holds of any shape, and more often than it says. `find_break`
then looks at the worlds around that interval: a curve is fitted to their leads, with a break or without, whichever
misses held-out worlds by less, and the critical value is that at which the interval holds the place at which such
curves change hands in 95 of 100 studies drawn from it. So the curve calibrates the interval, and is no part of it.

Reference: Dümbgen & Spokoiny 2001, Multiscale testing of qualitative hypotheses, Annals of Statistics 29 (stretches of
many lengths); Neyman's inversion of tests; Beran 1987, Prepivoting to reduce level error of confidence sets, Biometrika
74 (the calibration); Andrews & Soares 2010, Inference for parameters defined by moment inequalities using generalized
moment selection, Econometrica 78 (why the worst case is too careful).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.ndimage import uniform_filter1d
from scipy.special import ndtri

from standoff.analysis.findings import Floats
from standoff.base.chance import streams

__all__ = ["find_break", "has_heavy_luck", "rule_out"]

_SHORTEST = 8
_SHORTEST_HEAVY = 128
_NOISE_OVER = 65
_HEAVY = 6.0
"""Fourth moment of differences between neighbours, as a part of the squared second; of normal ones it is 3."""
_LEVEL = 0.95
_SIMULATED = 20_000
_STUDIES = 200
_AT_ONCE = 1 << 15
"""Figures of studies that are looked at together."""
_TABLED = 1024
"""Worlds for which luck is drawn once."""
_FEWEST_AROUND = 96
"""Worlds to either side of an interval that are looked at with it."""
_WORLDS_A_TERM = 20
_LEAST = 1e-12
_FOLDS = 5
_CURVES = ((1, False), (2, False), (3, False), (0, True), (1, True))
"""Degrees of curves, and whether they break."""


def find_break(lead: Floats, w: Floats) -> tuple[int, int, int]:
    """The place at which a lead turns from positive to negative, as the number of worlds before it.

    Args:
        lead: (worlds,), of the strategy before over that after, in the order of the input.
        w: (worlds,), weights.

    Returns:
        that at which choosing by it would gain most, and the first and last of an interval of 95 %; the first is 0 and
        the last the number of worlds where no place is ruled out.
    """
    best, first, last = rule_out(lead, w)
    around = max(last - first, _FEWEST_AROUND)
    near = slice(max(first - around, 0), min(last + around, lead.size))
    seen = _Seen(lead[near], w[near])
    if has_heavy_luck(lead) or seen.lead.size < 2 * _FEWEST_AROUND or not _noise(seen.lead).min() > 0.0:
        return best, first, last
    left = np.flatnonzero(seen.against(seen.lead[None])[0] <= _calibrated(seen)) + near.start
    if left.size == 0:
        return best, best, best
    return best, min(int(left[0]), best), max(int(left[-1]), best)


def rule_out(lead: Floats, w: Floats) -> tuple[int, int, int]:
    """Like `find_break`, of any shape, and more often than in 95 of 100.

    Args:
        lead, w: As there.
    """
    n = lead.size
    total = np.r_[0.0, np.cumsum(w * lead)]
    # of heavy-tailed luck the mean of a few worlds is not normal, nor do a few say how it spreads
    is_heavy = has_heavy_luck(lead)
    noise = np.full(n, _jumps(lead).mean() / 2.0) if is_heavy else _noise(lead)
    spread = np.r_[0.0, np.cumsum(w**2 * noise)]
    shortest = _SHORTEST_HEAVY if is_heavy else _SHORTEST
    lengths = _lengths(n, shortest)
    place = np.arange(n + 1)
    away = np.full(n + 1, -np.inf)
    for length in lengths:
        for start, end in ((np.maximum(place - length, 0), place), (place, np.minimum(place + length, n))):
            sign = -1.0 if end is place else 1.0
            size = np.sqrt(np.maximum(spread[end] - spread[start], 0.0))
            against = sign * (total[end] - total[start])
            ratio = np.divide(against, size, out=np.where(against > 0.0, np.inf, -np.inf), where=size > 0.0)
            # a stretch of a few worlds has no normal mean
            away = np.maximum(away, np.where(end - start >= shortest, ratio, -np.inf))
    left = np.flatnonzero(away <= _critical(len(lengths)))
    best = int(total.argmax())
    if left.size == 0:
        return best, best, best
    return best, min(int(left[0]), best), max(int(left[-1]), best)


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """Worlds in the order of an input: leads and weights, shape (worlds,)."""

    lead: Floats
    w: Floats

    def against(self, leads: Floats) -> Floats:
        """What speaks most against each place, in standard errors.

        Args:
            leads: (studies, worlds).

        Returns:
            shape (studies, worlds + 1).
        """
        total, n = _cumulated(self.w * leads), leads.shape[1]
        spread = _cumulated(self.w**2 * np.maximum(_noise(leads), _LEAST * leads.var()))
        away = np.full(total.shape, -np.inf)
        for length in _lengths(n, _SHORTEST):
            ahead = (total[:, length:] - total[:, :-length]) / np.sqrt(spread[:, length:] - spread[:, :-length])
            np.maximum(away[:, length:], -ahead, out=away[:, length:])
            np.maximum(away[:, : n + 1 - length], ahead, out=away[:, : n + 1 - length])
        return away

    def turns(self, leads: Floats) -> npt.NDArray[np.int64]:
        """(studies,), the places at which choosing by them would gain most."""
        found: npt.NDArray[np.int64] = _cumulated(self.w * leads).argmax(axis=-1)
        return found


def _cumulated(figures: Floats) -> Floats:
    total = np.zeros((*figures.shape[:-1], figures.shape[-1] + 1))
    np.cumsum(figures, axis=-1, out=total[..., 1:])
    return total


def _lengths(n: int, shortest: int) -> list[int]:
    """Of stretches of n worlds, each twice the one before."""
    return [shortest << k for k in range(max(int(np.log2(max(n, 1) / shortest)) + 1, 1))]


def _calibrated(seen: _Seen) -> float:
    """The critical value at which the interval holds in 95 of 100 studies that are like this one.

    They differ from it by luck, as uneven as it is here, and their curves by what luck leaves in doubt of its curve.
    """
    n = seen.lead.size
    basis, _ = _terms(n, int(seen.turns(seen.lead)), *_curve(seen))
    curve, root = basis @ (seen.lead @ basis), np.sqrt(_noise(seen.lead))
    luck = np.sort((seen.lead - curve) / root)
    luck = (luck - luck.mean()) / luck.std()
    place, needed = np.arange(n + 1), []
    some = max(_AT_ONCE // n, 1)
    for first in range(0, _STUDIES, some):
        drawn = root * luck[(_uniform(first, min(first + some, _STUDIES), n) * n).astype(np.int64)]
        curves = curve + drawn[0] @ basis @ basis.T
        away, turn = seen.against(curves + drawn[1]), seen.turns(curves)[:, None]
        before, after = (np.where(side, away, np.inf).min(axis=1) for side in (place <= turn, place >= turn))
        needed.append(np.maximum(before, after))
    # of so many studies: the place at which one more would be below in 95 of 100
    return float(np.quantile(np.concatenate(needed), _LEVEL, method="weibull"))


def _uniform(first: int, end: int, n: int) -> Floats:
    """(2, studies, n), of the studies from the first to the one before the end; the same at any time."""
    return _table()[:, first:end, :n] if n <= _TABLED else _draw(np.arange(first, end), n)


@cache
def _table() -> Floats:
    return _draw(np.arange(_STUDIES), _TABLED)


def _draw(studies: npt.NDArray[np.int64], n: int) -> Floats:
    keys = streams.lane_keys(0, studies.astype(np.uint64)[:, None], np.arange(n, dtype=np.uint64))
    return np.array([streams.uniform(keys, streams.key("luck of leads"), step) for step in (0, 1)])


def _curve(seen: _Seen) -> tuple[int, bool]:
    """Degree of the curve, and whether it breaks: that which misses held-out worlds by least."""
    n = seen.lead.size
    missed = dict.fromkeys(_CURVES, 0.0)
    for fold in range(_FOLDS):
        held = np.arange(n) % _FOLDS == fold
        own = seen.lead[~held]
        turn = int(_cumulated(seen.w[~held] * own).argmax())
        nearest = np.minimum(np.flatnonzero(held) - np.arange(held.sum()), own.size - 1)
        for breaks in (False, True):
            terms, degrees = _terms(own.size, turn, 3, breaks)
            parts = terms[nearest] * (own @ terms)
            for degree, of in _CURVES:
                if of is breaks:
                    fitted = parts[:, degrees <= degree].sum(axis=1)
                    missed[degree, of] += float(((seen.lead[held] - fitted) ** 2).sum())
    return min(_CURVES, key=missed.__getitem__)


def _terms(n: int, turn: int, degree: int, breaks: bool) -> tuple[Floats, npt.NDArray[np.int64]]:
    """(worlds, terms), orthonormal polynomials over the places, apart on each side of a break; and their degrees."""
    sides = [(0, turn), (turn, n)] if breaks else [(0, n)]
    columns, degrees = [], []
    for start, end in sides:
        if size := end - start:
            own = np.zeros((n, min(degree, size // _WORLDS_A_TERM) + 1))
            own[start:end] = np.linalg.qr(
                np.polynomial.legendre.legvander(np.linspace(-1.0, 1.0, size), own.shape[1] - 1)
            )[0]
            columns.append(own)
            degrees.append(np.arange(own.shape[1]))
    return np.hstack(columns), np.concatenate(degrees)


def _noise(leads: Floats) -> Floats:
    """(…, worlds), variance of luck about leads, by what neighbours differ."""
    jumps = _jumps(leads)
    noise = uniform_filter1d(jumps / 2.0, min(_NOISE_OVER, jumps.shape[-1]), axis=-1)
    noise_of_all: Floats = np.concatenate([noise, noise[..., -1:]], axis=-1)[..., : leads.shape[-1]]
    return noise_of_all


def has_heavy_luck(lead: Floats) -> bool:
    """Whether differences between neighbours have heavier tails than sums of them can be told by.

    Args:
        lead: (worlds,), in the order of the input, of which a twentieth at each end has no say.
    """
    # at the ends of an input with long tails neighbours lie far apart, and their leads with them
    jumps = _jumps(lead[lead.size // 20 : lead.size - lead.size // 20])
    return bool((jumps**2).mean() > _HEAVY * jumps.mean() ** 2)


def _jumps(lead: Floats) -> Floats:
    return np.diff(lead, axis=-1) ** 2 if lead.shape[-1] > 1 else np.zeros(1)


@cache
def _critical(n_lengths: int) -> float:
    """What the largest of standardised sums, over doubling stretches on two sides, exceeds in one of twenty."""
    at = (0.5 + np.outer(np.arange(1, _SIMULATED + 1), np.sqrt(_primes(2 * n_lengths)))) % 1.0
    steps = ndtri(np.clip(at, 1e-9, 1.0 - 1e-9)).reshape(_SIMULATED, 2, n_lengths)
    growth = np.sqrt(np.r_[1.0, 2.0 ** np.arange(n_lengths - 1)])
    sums = np.cumsum(steps * growth, axis=2) / np.sqrt(2.0 ** np.arange(n_lengths))
    return float(np.quantile(sums.max(axis=(1, 2)), _LEVEL))


def _primes(n: int) -> Floats:
    """The first primes, whose roots make a lattice (Richtmyer 1951)."""
    found: list[int] = []
    candidate = 2
    while len(found) < n:
        if all(candidate % p for p in found):
            found.append(candidate)
        candidate += 1
    return np.array(found, dtype=np.float64)
