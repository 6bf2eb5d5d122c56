"""How far gains of a deal may be off because only some profiles of play were run.

Reference: Cochran 1977, Sampling Techniques, sections 2.6 (finite population) and 7.8 (regression estimates).
"""

from __future__ import annotations

import numpy as np

from standoff.analysis.findings import Floats
from standoff.analysis.games.normalform import Integers

__all__ = ["sampling_error"]

_FEWEST_LEFT = 3
"""Profiles beyond the effects fitted, for what is left to say how large it is."""


def sampling_error(by_profile: Floats, profiles: Integers, chances: tuple[Floats, ...]) -> Floats:
    """Standard error of a mean over sampled profiles, of that over all that may be played.

    What each actor's strategy adds by itself counts as far as the sample holds a strategy more or less often than it is
    played; what strategies add only together counts as sampled without balance. Zero where every profile was run.

    Args:
        by_profile: (…, profiles), figures of the sampled profiles.
        profiles: (profiles, players), the strategies.
        chances: For each player, of its strategies; they sum to one.

    Returns:
        shape (…).
    """
    n = len(profiles)
    everything = int(np.prod([np.count_nonzero(own) for own in chances]))
    run = len(np.unique(profiles, axis=0))
    columns = [np.ones((n, 1))]
    wanted = [np.zeros(1)]
    for player, own in enumerate(chances):
        played = (profiles[:, player][:, None] == np.arange(own.size)[None, :]).astype(np.float64)
        columns.append(played - played.mean(axis=0))
        wanted.append(own - played.mean(axis=0))
    design, off = np.column_stack(columns), np.concatenate(wanted)
    figures = by_profile.reshape(-1, n).T
    effects, _, rank, _ = np.linalg.lstsq(design, figures, rcond=None)
    left = n - int(rank)
    unbalanced = np.zeros(figures.shape[1])
    spread = np.asarray(figures.var(axis=0, ddof=1)) if n > 1 else np.zeros(figures.shape[1])
    if left >= _FEWEST_LEFT:
        spread = ((figures - design @ effects) ** 2).sum(axis=0) / left
        unbalanced = np.asarray((off @ effects) ** 2)
    error = np.sqrt(spread / n * max(1.0 - run / everything, 0.0) + unbalanced)
    return np.asarray(error.reshape(by_profile.shape[:-1]))
