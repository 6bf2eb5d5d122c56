"""Who plays what: shares of the stable profiles over beliefs, with their errors."""

from __future__ import annotations

import numpy as np

from standoff.analysis.findings import Floats
from standoff.analysis.others.others import Others, Profile

__all__ = ["error_of_beliefs", "play_shares"]


def play_shares(found: Others) -> tuple[tuple[Floats, ...], tuple[Floats, ...]]:
    """For each player the share of stable profiles over beliefs in which it plays each strategy, and its error.

    Errors of profiles are taken as independent (Cochran 1977, section 6.3, for the ratio).
    """
    weight, error = found.beliefs.share, found.beliefs.error
    total = float(weight.sum())
    shares, errors = [], []
    for i, names in enumerate(found.strategies):
        along = tuple(j for j in range(weight.ndim) if j != i)
        if total == 0.0:
            shares.append(np.full(len(names), np.nan))
            errors.append(np.full(len(names), np.nan))
            continue
        own, noise = weight.sum(axis=along) / total, (error**2).sum(axis=along)
        rest = (error**2).sum() - noise
        shares.append(own)
        errors.append(np.sqrt((1.0 - own) ** 2 * noise + own**2 * rest) / total)
    return tuple(shares), tuple(errors)


def error_of_beliefs(found: Others, profile: Profile) -> float:
    """The standard error of the share of beliefs in which a profile is stable."""
    place = tuple(names.index(s) for names, s in zip(found.strategies, profile.strategies, strict=True))
    return float(found.beliefs.error[place])
