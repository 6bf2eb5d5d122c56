"""Many beliefs, tilted along the assumptions that move the players' choices most.

Nobody knows what the actors believe. A draw of beliefs leans each actor's weights on the worlds towards low or high
values of the chosen assumptions: the weight of a world at the share u of an assumption's distribution is multiplied by
exp(κ (u − 1/2)), the exponential tilt, with κ such that the believed mean of u is m (1/2 is the actor's own belief).
Half of a draw's lean is common to all actors (everyone may be wrong together) and half is the actor's own: m = 1/2 +
0.25 (common + own), each uniform on [−1/2, 1/2], by Latin hypercube, so that m lies between 0.25 and 0.75.

Assumptions are ranked by the share of the variance of payoff differences between a player's strategies, over worlds,
that terciles of the assumption explain, beyond what as many random groups would (adjusted R²), averaged over players.

Reference: B. Efron, Nonparametric standard errors and confidence intervals (1981), section on exponential tilting;
M. McKay, R. Beckman and W. Conover, A comparison of three methods for selecting values (1979), for the design.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from standoff.analysis.findings import Floats, Inputs
from standoff.base.chance.sampling import unit_columns

__all__ = ["BeliefDraws", "draw_beliefs", "rank_movers", "tilt"]

MOST_TILTED = 6
"""With more the weights would rest on few worlds."""
_WIDTH = 0.25
_LEAST = 0.01
_ROUNDING = 1e-13  # of the payoffs: differences that vary by less are equal but for rounding
_TERCILES = 3


@dataclass(frozen=True, slots=True, eq=False)
class BeliefDraws:
    """Beliefs to solve a game under.

    Attributes:
        names: assumptions that lean.
        movers: every assumption with the share of payoff differences it explains, largest first.
        weights: (draws, players, worlds), each summing to 1.
        leans: (draws, names), the believed mean of an assumption's percentile, over the players it concerns.
        means: believed mean of each assumption, in its unit, averaged over the players whose payoff differences it
            explains a hundredth of: what discovery describes.
        effective_worlds: (draws, players).
    """

    names: tuple[str, ...]
    movers: tuple[tuple[str, float], ...]
    weights: Floats
    leans: Floats
    means: Inputs
    effective_worlds: Floats


def rank_movers(payoffs: Floats, inputs: Inputs) -> Floats:
    """(inputs, players), the share of each player's payoff differences between strategies that each input explains.

    Args:
        payoffs: (players, s1, …, sn, worlds).
        inputs: of the worlds.

    Returns:
        Adjusted shares; 0 for a player with one strategy or nothing at stake.
    """
    n_worlds = payoffs.shape[-1]
    found = np.zeros((len(inputs.names), len(payoffs)))
    if not inputs.names:
        return found
    bins = [_terciles(inputs.column(name)) for name in inputs.names]
    sizes = [int(own.max()) + 1 for own in bins]
    member = np.concatenate(
        [own[:, None] == np.arange(n) for own, n in zip(bins, sizes, strict=True)], axis=1, dtype=np.float64
    )
    firsts, held = np.cumsum([0, *sizes[:-1]]), member.sum(axis=0)
    for i, own in enumerate(payoffs):
        table = np.moveaxis(own, i, 0)
        apart = (table - table.mean(axis=0)).reshape(-1, n_worlds)
        apart = apart - apart.mean(axis=1, keepdims=True)
        total = float((apart**2).sum())
        if total <= (_ROUNDING * float(np.abs(own).max())) ** 2 * apart.size:
            continue
        between = ((apart @ member) ** 2).sum(axis=0) / held
        found[:, i] = np.add.reduceat(between, firsts) / total - (np.array(sizes) - 1) / (n_worlds - 1)
    return found


def tilt(mean: float) -> float:
    """The κ at which exp(κ u) on (0, 1), scaled to sum to 1, has this mean, strictly between 0 and 1."""

    def miss(k: float) -> float:
        at = 0.5 + k / 12.0 if abs(k) < 1e-4 else -1.0 / np.expm1(-k) - 1.0 / k
        return float(at) - mean

    return 0.0 if mean == 0.5 else float(brentq(miss, -500.0, 500.0))


def draw_beliefs(payoffs: Floats, base: Floats, inputs: Inputs, draws: int = 256, *, seed: int = 1,
                 names: tuple[str, ...] | None = None) -> BeliefDraws:  # fmt: skip
    """Draw beliefs around the actors' own.

    Args:
        payoffs: (players, s1, …, sn, worlds), for the ranking of assumptions.
        base: (players, worlds), the actors' own beliefs, each summing to 1.
        inputs: of the worlds.
        draws: how many.
        seed: of the draws.
        names: the assumptions that lean; by default those, six at most, that explain a hundredth of some difference.
    """
    explained = rank_movers(payoffs, inputs)
    overall = dict(zip(inputs.names, explained.mean(axis=1).tolist(), strict=True))
    movers = tuple(sorted(overall.items(), key=lambda pair: (-pair[1], pair[0])))
    chosen = names if names is not None else tuple(name for name, share in movers[:MOST_TILTED] if share >= _LEAST)
    n_players, n_worlds = base.shape
    labels = [f"{who} {name}" for who in ("all", *(str(i) for i in range(n_players))) for name in chosen]
    units = unit_columns(labels, draws, seed, "latin hypercube").reshape(1 + n_players, len(chosen), draws)
    weights = np.broadcast_to(base, (draws, n_players, n_worlds)).copy()
    leans = np.full((n_players, len(chosen), draws), 0.5)
    for j, name in enumerate(chosen):
        for i in range(n_players):
            share = _shares(inputs.column(name), base[i])
            leans[i, j] = 0.5 + _WIDTH * (units[0, j] + units[1 + i, j] - 1.0)
            exponent = np.array([tilt(float(m)) for m in leans[i, j]])[:, None] * (share - 0.5)
            weights[:, i] *= np.exp(exponent)
    weights /= weights.sum(axis=2, keepdims=True)
    cares = {name: explained[inputs.names.index(name)] >= _LEAST for name in chosen}
    minded = {name: who if who.any() else np.ones(n_players, dtype=np.bool_) for name, who in cares.items()}
    values = [(weights[:, minded[name]] @ inputs.column(name)).mean(axis=1) for name in chosen]
    return BeliefDraws(
        chosen,
        movers,
        weights,
        np.array([leans[minded[name], j].mean(axis=0) for j, name in enumerate(chosen)]).reshape(len(chosen), draws).T,
        means=Inputs(chosen, np.array(values).reshape(len(chosen), draws).T, {},
               {name: unit for name, unit in inputs.units.items() if name in chosen}),
        effective_worlds=1.0 / (weights**2).sum(axis=2),
    )  # fmt: skip


def _terciles(column: Floats) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    levels, code = np.unique(column, return_inverse=True)
    if levels.size <= _TERCILES:
        return code.astype(np.int64)
    cuts = np.quantile(column, np.arange(1, _TERCILES) / _TERCILES)
    return np.unique(np.searchsorted(cuts, column), return_inverse=True)[1].astype(np.int64)


def _shares(column: Floats, weights: Floats) -> Floats:
    """(worlds,), the share of an actor's belief below each world's value, ties halved."""
    values, code = np.unique(column, return_inverse=True)
    mass = np.bincount(code, weights, values.size)
    below = np.cumsum(mass) - mass / 2.0
    return np.asarray(below[code] / mass.sum())
