"""Which profiles are stable, when payoffs are estimates.

The payoff of a profile is a mean over worlds and luck, and the best of several noisy means is best by chance often
enough: so a profile is called stable only if every unilateral gain is shown to be at most ε, and unstable only if
some gain is shown to exceed ε. "Shown" uses one band for all comparisons of the game together: with t the greatest
deviation, in standard errors, of any resampled payoff difference from its estimate, half-widths are the chosen
quantile of t times each standard error. What the band leaves open is told as open.

Reference: J. Hsu, Multiple Comparisons: Theory and Methods (1996), chapter 4; J. Romano and M. Wolf, Stepwise multiple
testing as formalized data snooping (2005), section 4 (studentised maximum); A. Davison and D. Hinkley, Bootstrap
Methods and their Application (1997), section 3.8 (resampling the outer level of nested data).
"""

from dataclasses import dataclass
from enum import Enum
from itertools import combinations

import numpy as np
import numpy.typing as npt

from standoff.analysis.games.normalform import Floats, Integers, Truths, checked_game, checked_tolerance, regrets
from standoff.analysis.games.pure import mark_checked

_BLOCK = 64  # resamples weighted at a time, to bound memory


class Verdict(Enum):
    """What can be said about the equilibria of an estimated game."""

    UNIQUE = "unique and stable"
    SEVERAL = "several stable"
    NONE = "none stable"
    OPEN = "cannot tell"


@dataclass(frozen=True, slots=True)
class Stability:
    """The equilibria of an estimated game and how sure they are.

    Attributes:
        game: (n_players, s1, …, sn), the estimated payoffs.
        regret: same shape, estimated.
        error: same shape, standard error of the gain from the player's best deviation as estimated; 0 where the
            player has no other strategy.
        probability: (s1, …, sn), share of resamples in which the profile is an equilibrium (ε = 0).
        tolerant: same, an ε-equilibrium.
        is_stable: (s1, …, sn), every gain is shown to be at most ε.
        is_unstable: same, some gain is shown to exceed ε.
        band: half-width of the simultaneous band, in standard errors.
        verdict: about the game as a whole.
        indistinct: pairs of profiles, neither shown unstable, that differ in one player's strategy, with a payoff
            difference of that player the band cannot tell from 0.
    """

    game: Floats
    regret: Floats
    error: Floats
    probability: Floats
    tolerant: Floats
    is_stable: Truths
    is_unstable: Truths
    band: float
    verdict: Verdict
    indistinct: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]


def stability(
    payoffs: npt.ArrayLike,
    weights: npt.ArrayLike,
    counts: npt.ArrayLike,
    *,
    epsilon: float = 0.0,
    confidence: float = 0.99,
    rounding: float = 0.0,
) -> Stability:
    """Equilibria of the game under the actors' beliefs, with what resampling says about them.

    Worlds carry their own luck, so resampling worlds covers the noise of replications too. To resample replications
    apart, give each group of replications of a world its own column of payoffs, weights and counts.

    Args:
        payoffs: (n_players, s1, …, sn, n_worlds), means over luck.
        weights: (n_players, n_worlds), each player's belief, at least 0.
        counts: (n_resamples, n_worlds), how often each world is in each resample; see `bootstrap_counts`.
        epsilon: tolerance in payoff units.
        confidence: chance that all statements of the band hold together. At the default a single false "unique" is
            rarer than 1 in 100 even where one actor alone chooses between two equal strategies.
        rounding: payoff units; smaller gains are ties, in what is called an equilibrium of a resample.

    Raises:
        ValueError: shapes disagree, fewer than 20 resamples, or a belief puts no weight on some resample.
    """
    table, belief, drawn = _checked(payoffs, weights, counts)
    tolerance = checked_tolerance(epsilon)
    if not 0.5 <= confidence < 1:
        raise ValueError(f"confidence must be at least 0.5 and below 1, got {confidence}")
    game = weighted_games(table, belief[None])[0]
    resampled = np.concatenate(
        [weighted_games(table, drawn[k : k + _BLOCK, None, :] * belief) for k in range(0, len(drawn), _BLOCK)]
    )
    bands = _deviations(game, resampled)
    band = float(np.quantile(_greatest_deviation(bands, resampled), confidence, method="higher"))
    regret = regrets(game)
    is_stable = np.ones(game.shape[1:], dtype=np.bool_)
    is_unstable = np.zeros(game.shape[1:], dtype=np.bool_)
    error = np.zeros_like(game)
    top = np.full(game.shape, -np.inf)
    for one in bands:
        for sign, at in ((1.0, one.first), (-1.0, one.second)):  # leaving `first` for `second` gains the difference
            gain, width = sign * one.difference, band * one.error
            view = (one.player, *at)
            is_stable[at] &= gain + width <= tolerance
            is_unstable[at] |= gain - width > tolerance
            better = gain > top[view]
            error[view] = np.where(better, one.error, error[view])
            top[view] = np.where(better, gain, top[view])
    return Stability(
        game=game,
        regret=regret,
        error=error,
        probability=mark_checked(resampled, checked_tolerance(rounding)).mean(axis=0),
        tolerant=mark_checked(resampled, tolerance).mean(axis=0),
        is_stable=is_stable,
        is_unstable=is_unstable,
        band=band,
        verdict=_verdict(is_stable, is_unstable),
        indistinct=_indistinct(bands, band, is_unstable),
    )


def bootstrap_counts(uniforms: npt.ArrayLike) -> Integers:
    """How often each world is drawn when as many are drawn as there are, with replacement.

    Args:
        uniforms: (n_resamples, n_worlds), in [0, 1).

    Returns:
        (n_resamples, n_worlds), each row summing to n_worlds.
    """
    shares = np.asarray(uniforms, dtype=np.float64)
    if shares.ndim != 2 or not ((shares >= 0) & (shares < 1)).all():
        raise ValueError("uniforms must be (resamples, worlds) numbers from 0 up to but not including 1")
    n_resamples, n_worlds = shares.shape
    picked = (shares * n_worlds).astype(np.int64) + np.arange(n_resamples)[:, None] * n_worlds
    return np.bincount(picked.ravel(), minlength=shares.size).reshape(shares.shape)


def weighted_games(payoffs: Floats, weights: Floats) -> Floats:
    """Expected payoffs under several sets of beliefs.

    Args:
        payoffs: (n_players, s1, …, sn, n_worlds).
        weights: (n_sets, n_players, n_worlds), at least 0, not all 0; scaled to sum to 1.

    Returns:
        (n_sets, n_players, s1, …, sn).

    Raises:
        ValueError: some player's weights sum to 0.
    """
    total = weights.sum(axis=2)
    if not (total > 0).all():
        raise ValueError(
            "a player's belief gives no weight to any world drawn: more worlds or fewer beliefs are needed"
        )
    n_players, n_worlds = payoffs.shape[0], payoffs.shape[-1]
    games = [(weights[:, i] / total[:, i, None]) @ payoffs[i].reshape(-1, n_worlds).T for i in range(n_players)]
    return np.ascontiguousarray(np.stack(games, axis=1)).reshape(len(weights), *payoffs.shape[:-1])


@dataclass(frozen=True, slots=True)
class _Deviation:
    """Gain of a player from leaving one strategy for another, whatever the others play, with its standard error."""

    player: int
    first: tuple[slice | int, ...]
    second: tuple[slice | int, ...]
    difference: Floats
    error: Floats


def _checked(payoffs: npt.ArrayLike, weights: npt.ArrayLike, counts: npt.ArrayLike) -> tuple[Floats, Floats, Floats]:
    table, belief = np.asarray(payoffs, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    drawn = np.asarray(counts, dtype=np.float64)
    checked_game(table[..., 0])
    if not np.isfinite(table).all():
        raise ValueError("payoffs must be finite: leave out or replace faulty futures before solving")
    if belief.shape != (len(table), table.shape[-1]) or (belief < 0).any():
        raise ValueError(f"weights must be (players, worlds) = {(len(table), table.shape[-1])}, at least 0")
    if drawn.ndim != 2 or drawn.shape[1] != table.shape[-1] or len(drawn) < 20:
        raise ValueError(f"counts must be (resamples, worlds), at least 20 by {table.shape[-1]}, got {drawn.shape}")
    return table, belief, drawn


def _deviations(game: Floats, resampled: Floats) -> list[_Deviation]:
    """Every pair of strategies of every player, the others' strategies left open."""
    n_players = len(game)
    found = []
    for i, size in enumerate(game.shape[1:]):
        for a, b in combinations(range(size), 2):
            first = tuple(a if k == i else slice(None) for k in range(n_players))
            second = tuple(b if k == i else slice(None) for k in range(n_players))
            difference = game[i][second] - game[i][first]
            spread = (resampled[:, i][:, *second] - resampled[:, i][:, *first]).std(axis=0, ddof=1)
            size_of_payoffs = np.abs(game[i][second]) + np.abs(game[i][first])
            error = np.where(spread > 1e-13 * size_of_payoffs, spread, 0.0)  # less is rounding of equal payoffs
            exact = (error == 0.0) & (np.abs(difference) <= 1e-13 * size_of_payoffs)
            found.append(_Deviation(i, first, second, np.where(exact, 0.0, difference), error=error))
    return found


def _greatest_deviation(deviations: list[_Deviation], resampled: Floats) -> Floats:
    """For each resample the greatest studentised difference from the estimate, over all comparisons."""
    greatest = np.zeros(len(resampled))
    for one in deviations:
        moved = resampled[:, one.player][:, *one.second] - resampled[:, one.player][:, *one.first] - one.difference
        scaled = np.divide(np.abs(moved), one.error, out=np.zeros_like(moved), where=one.error > 0)
        greatest = np.maximum(greatest, scaled.reshape(len(resampled), -1).max(axis=1))
    return greatest


def _verdict(is_stable: Truths, is_unstable: Truths) -> Verdict:
    if not (is_stable | is_unstable).all():
        return Verdict.OPEN
    n_stable = int(is_stable.sum())
    return Verdict.NONE if n_stable == 0 else Verdict.UNIQUE if n_stable == 1 else Verdict.SEVERAL


def _indistinct(
    deviations: list[_Deviation], band: float, is_unstable: Truths
) -> tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]:
    """Pairs of profiles that may both be equilibria, one deviation apart and no further than the error."""
    profiles = np.moveaxis(np.indices(is_unstable.shape), 0, -1)
    pairs = []
    for one in deviations:
        close = np.abs(one.difference) <= band * one.error
        close &= ~is_unstable[one.first] & ~is_unstable[one.second]
        firsts, seconds = profiles[one.first][close], profiles[one.second][close]
        pairs += [(tuple(int(k) for k in a), tuple(int(k) for k in b)) for a, b in zip(firsts, seconds, strict=True)]
    return tuple(sorted(pairs))
