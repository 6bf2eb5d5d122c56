"""The size of the payoffs that are in play, by which tolerances are measured.

A tolerance in shares of the whole range of payoffs can be set by one dreadful profile that nobody comes near. What is
in play is what good replies pay: over the others' profiles that survive strict dominance, twice the median deviation
of the best reply's payoff from its median, or, where good replies all pay alike, what the best one has over the next
best. The scale moves with the unit of payoffs, and not with a shift; fewer than half of the others' profiles, however
dreadful, do not move it beyond the rest.

Reference: F. Hampel, The influence curve and its role in robust estimation (1974), section 5 (median deviation).
"""

from dataclasses import dataclass

import numpy as np

from standoff.analysis.games.dominance import iterated_dominance
from standoff.analysis.games.normalform import Floats

ROUNDING = 1e-9  # in units of the scale: smaller differences are the rounding of sums over worlds

_LOW = 0.25  # quantile, over the others' profiles, of what the best reply has over the next best


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """Each player's payoffs in units of what is in play, counted from their median.

    Attributes:
        middle, unit: (players,), payoff units; a unit is never 0.
    """

    middle: Floats
    unit: Floats

    def of(self, payoffs: Floats, player_axis: int = 0) -> Floats:
        """Payoffs, with players along one axis, in units of the scale."""
        shape = [1] * payoffs.ndim
        shape[player_axis] = -1
        scaled: Floats = (payoffs - self.middle.reshape(shape)) / self.unit.reshape(shape)
        return scaled


def payoff_scale(game: Floats) -> Scale:
    """The scale of one game.

    Args:
        game: (n_players, s1, …, sn).
    """
    left = iterated_dominance(game, by_mixtures=False).strategies
    units = []
    for i, own in enumerate(game):
        kept = own[np.ix_(*(range(own.shape[k]) if k == i else left[k] for k in range(own.ndim)))]
        table = np.moveaxis(kept, i, 0).reshape(own.shape[i], -1)
        units.append(_in_play(table) or float(np.ptp(table)) or float(np.ptp(own)) or 1.0)
    middle = np.array([float(np.median(own)) for own in game])
    return Scale(middle, np.array(units))


def _in_play(table: Floats) -> float:
    """Of one player: strategies by the others' profiles."""
    best = table.max(axis=0)
    spread = 2.0 * float(np.median(np.abs(best - np.median(best))))
    noise = 1e-12 * float(np.abs(table - np.median(table)).max())
    gaps = best - np.where(table < best - noise, table, -np.inf).max(axis=0)
    gaps = gaps[np.isfinite(gaps)]
    lead = float(np.quantile(gaps, _LOW, method="lower")) if gaps.size else 0.0
    size = max(spread, lead)
    return size if size > noise else 0.0
