"""Where along an input a lead changes hands, with an interval that holds for lines, kinks and jumps alike.

A place is left out of the interval where it cannot be the flip: some stretch of worlds that ends there on the left has
the later strategy ahead beyond chance, or some stretch that begins there on the right has the earlier one ahead. If the
lead truly changes hands at the place, both would be chance's doing, whatever the lead's shape. Nothing is smoothed, so
that a jump is not moved.

Reference: Dümbgen & Spokoiny 2001, Multiscale testing of qualitative hypotheses, Annals of Statistics 29 (stretches of
many lengths); Neyman's inversion of tests.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.ndimage import uniform_filter1d
from scipy.special import ndtri

from standoff.analysis.findings import Floats

__all__ = ["find_break", "has_heavy_luck"]

_SHORTEST = 8
_SHORTEST_HEAVY = 128
_NOISE_OVER = 65
_HEAVY = 6.0
"""Fourth moment of differences between neighbours, as a part of the squared second; of normal ones it is 3."""
_LEVEL = 0.95
_SIMULATED = 20_000


def find_break(lead: Floats, w: Floats) -> tuple[int, int, int]:
    """The place at which a lead turns from positive to negative, as the number of worlds before it.

    Args:
        lead: (worlds,), of the strategy before over that after, in the order of the input.
        w: (worlds,), weights.

    Returns:
        that at which choosing by it would gain most, and the first and last that chance does not rule out at 95 %; the
        first is 0 and the last the number of worlds where none is ruled out.
    """
    n = lead.size
    total = np.r_[0.0, np.cumsum(w * lead)]
    # of heavy-tailed luck the mean of a few worlds is not normal, nor do a few say how it spreads
    jumps, is_heavy = _jumps(lead), has_heavy_luck(lead)
    noise = np.full(jumps.size, jumps.mean() / 2.0)
    if not is_heavy:
        noise = uniform_filter1d(jumps / 2.0, min(_NOISE_OVER, jumps.size))
    spread = np.r_[0.0, np.cumsum(w**2 * np.r_[noise, noise[-1:]][:n])]
    shortest = _SHORTEST_HEAVY if is_heavy else _SHORTEST
    lengths = [shortest << k for k in range(max(int(np.log2(max(n, 1) / shortest)) + 1, 1))]
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


def has_heavy_luck(lead: Floats) -> bool:
    """Whether differences between neighbours have heavier tails than sums of them can be told by.

    Args:
        lead: (worlds,), in the order of the input, of which a twentieth at each end has no say.
    """
    # at the ends of an input with long tails neighbours lie far apart, and their leads with them
    jumps = _jumps(lead[lead.size // 20 : lead.size - lead.size // 20])
    return bool((jumps**2).mean() > _HEAVY * jumps.mean() ** 2)


def _jumps(lead: Floats) -> Floats:
    return np.diff(lead) ** 2 if lead.size > 1 else np.zeros(1)


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
