"""Logit quantal response along the principal branch.

Each player plays each strategy with probability proportional to exp(precision × expected payoff). At precision 0
everybody randomises evenly; the principal branch is the curve of equilibria that starts there. It may turn back, and
then has several points at one precision: the first met on the way from 0 is reported, and that it turned.

Precision is per unit of the player's payoff range (so that units do not matter) unless `scaled` is false.

Reference: R. McKelvey and T. Palfrey, Quantal response equilibria for normal form games (1995), equation (4) and
theorem 3; T. Turocy, A dynamic homotopy interpretation of the logistic quantal response equilibrium correspondence
(2005).
"""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from standoff.analysis.games.bayesian import BayesianGame
from standoff.analysis.games.normalform import Floats, Integers, Truths, checked_games, mixed_regrets
from standoff.analysis.games.quantal import kernel

_CAUTION = 0.5  # share of the step control's limits that is used; 1 agreed with 0.01 on 12,000 points, to be safe
_RESIDUAL = 1e-9
_LIMIT_REGRET = 1e-6  # of the payoff range
_LAST_PRECISION = 1e7
_GAMES_A_CHUNK = 32


@dataclass(frozen=True, slots=True)
class QuantalResponses:
    """Logit equilibria of many games at a list of precisions.

    An agent is a player, or a player at one of its bins where actors are informed; agents are ordered by player, bin.

    Attributes:
        precisions: (n_precisions,), ascending.
        mixes: for each agent (n_games, n_precisions, s_i); NaN where not reached.
        residual: (n_games, n_precisions), greatest difference between a probability and the logit of its payoffs.
        is_reached: (n_games, n_precisions); false where the budget ended, or the curve was lost, before.
        first_turn: (n_games,), precision at which the branch first turns back, NaN where it does not on the way.
        n_turns: (n_games,), how often it turned from rising to falling precision.
        n_bifurcations: (n_games,), crossings of other branches, which symmetries bring; the path goes straight on.
        n_steps: (n_games,), the work done.
        is_attempted: (n_games,); false where the time was spent before.
    """

    precisions: Floats
    mixes: tuple[Floats, ...]
    residual: Floats
    is_reached: Truths
    first_turn: Floats
    n_turns: Integers
    n_bifurcations: Integers
    n_steps: Integers
    is_attempted: Truths


@dataclass(frozen=True, slots=True)
class BranchLimits:
    """Where the principal branches end: approximate equilibria, each with its regret.

    Attributes:
        mixes: for each agent (n_games, s_i).
        regret: (n_games, n_players), best gain from leaving, payoff units (expected over a player's bins).
        is_settled: (n_games,), true where the mixture was refined on its support; otherwise the last point as it is.
        precision: (n_games,), how far the branch was followed, in the caller's units.
        is_complete: (n_games,), false where steps, time or the curve gave out before regret was under 1e-6 of range.
        first_turn: (n_games,), see `QuantalResponses`.
        n_bifurcations: (n_games,), see `QuantalResponses`.
    """

    mixes: tuple[Floats, ...]
    regret: Floats
    is_settled: Truths
    precision: Floats
    is_complete: Truths
    first_turn: Floats
    n_bifurcations: Integers


def quantal_responses(
    games: npt.ArrayLike | BayesianGame,
    precisions: npt.ArrayLike,
    *,
    scaled: bool = True,
    max_steps: int = 3000,
    seconds: float | None = None,
    threads: int = 1,
) -> QuantalResponses:
    """Logit equilibria at the first crossing of each precision.

    Args:
        games: (n_games, n_players, s1, …, sn), two players or more; or one Bayesian game.
        precisions: (n_precisions,), at least 0; they are sorted.
        scaled: precision per unit of each player's payoff range; otherwise per payoff unit.
        max_steps: steps along a branch before its remaining precisions are given up.
        seconds: no game is begun after this time; without it the answer does not depend on the machine's speed.
        threads: games are shared out among this many threads; the answer does not depend on it.

    Raises:
        ValueError: the array holds no games, or a precision is negative or not finite.

    Example:
        >>> pennies = [[[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]]]
        >>> quantal_responses(pennies, [2.0]).mixes[0].round(6).tolist()
        [[[0.5, 0.5]]]
    """
    wanted = np.sort(np.atleast_1d(np.asarray(precisions, dtype=np.float64)))
    if not np.isfinite(wanted).all() or (wanted < 0).any():
        raise ValueError(f"precisions must be finite and at least 0, got {wanted.tolist()}")
    paths = _follow(_arranged(games, scaled), wanted, -1.0, max_steps, seconds=seconds, threads=threads)
    residual = np.where(paths.attempted[:, None], paths.residuals, np.nan)
    reached = (paths.states == kernel.REACHED) & paths.attempted[:, None] & (residual < _RESIDUAL)
    mixes = np.where(reached[:, :, None], paths.mixes, np.nan)
    return QuantalResponses(
        precisions=wanted,
        mixes=tuple(mixes[:, :, low:high] for low, high in pairwise(paths.offsets)),
        residual=np.where(reached, residual, np.nan),
        is_reached=reached,
        first_turn=paths.facts[:, kernel.FIRST_TURN] / paths.unit,
        n_turns=paths.facts[:, kernel.TURNS].astype(np.int64),
        n_bifurcations=paths.facts[:, kernel.BIFURCATIONS].astype(np.int64),
        n_steps=paths.facts[:, kernel.STEPS].astype(np.int64),
        is_attempted=paths.attempted,
    )


def branch_limits(
    games: npt.ArrayLike | BayesianGame,
    *,
    scaled: bool = True,
    max_steps: int = 3000,
    seconds: float | None = None,
    threads: int = 1,
) -> BranchLimits:
    """The end of each principal branch as precision grows without bound.

    Args:
        games, scaled, max_steps, seconds, threads: see `quantal_responses`.

    Raises:
        ValueError: the array holds no games.
    """
    source = games if isinstance(games, BayesianGame) else checked_games(games)
    arranged = _arranged(source, scaled)
    paths = _follow(arranged, np.zeros(1), _LIMIT_REGRET, max_steps, seconds=seconds, threads=threads)
    mixes = tuple(paths.limits[:, low:high] for low, high in pairwise(paths.offsets))
    if isinstance(source, BayesianGame):
        regret = _agent_regrets(source, tuple(mix[0] for mix in mixes))[None]
    else:
        regret = np.stack([mixed_regrets(game, tuple(mix[g] for mix in mixes)) for g, game in enumerate(source)])
    is_small = (regret <= _LIMIT_REGRET * arranged.span * (1 + 1e-6)).all(axis=1)
    is_complete = (paths.facts[:, kernel.STATUS] == kernel.REACHED) & is_small
    return BranchLimits(
        mixes=mixes,
        regret=np.maximum(regret, 0.0),
        is_settled=(paths.facts[:, kernel.SETTLED] > 0) & paths.attempted,
        precision=paths.facts[:, kernel.PRECISION] / paths.unit,
        is_complete=is_complete & paths.attempted,
        first_turn=paths.facts[:, kernel.FIRST_TURN] / paths.unit,
        n_bifurcations=paths.facts[:, kernel.BIFURCATIONS].astype(np.int64),
    )


@dataclass(frozen=True, slots=True)
class _Arranged:
    """Games as the kernel wants them; unit turns the caller's precision into the kernel's, span its payoffs back."""

    tables: Floats
    strategies: Integers
    agent_of: Integers
    offsets: Integers
    unit: Floats
    span: Floats


@dataclass(frozen=True, slots=True)
class _Paths:
    """What the kernel found."""

    mixes: Floats
    residuals: Floats
    states: Integers
    limits: Floats
    facts: Floats
    attempted: Truths
    offsets: list[int]
    unit: Floats


def _arranged(games: npt.ArrayLike | BayesianGame, scaled: bool) -> _Arranged:
    """Scale payoffs to a range of 1 and weight them by the chance of each cell given the player's bin."""
    if isinstance(games, BayesianGame):
        shape, bins, chances = games.payoffs.shape[2:], games.bins, games.chances
        flat = games.payoffs.reshape(1, *games.payoffs.shape[:2], -1)
        n_bins = np.array([len(names) for names in games.labels])
    else:
        payoffs = checked_games(games)
        shape, n_players = payoffs.shape[2:], payoffs.shape[1]
        flat = payoffs.reshape(len(payoffs), n_players, 1, -1)
        bins, chances, n_bins = (
            np.zeros((1, n_players), dtype=np.int64),
            np.ones((n_players, 1)),
            np.ones(n_players, int),
        )
    first_agent = np.concatenate([[0], np.cumsum(n_bins)[:-1]])
    possible = (chances > 0)[None, :, :, None]
    mean = np.divide(flat, chances[None, :, :, None], out=np.zeros_like(flat), where=possible)
    low = np.where(possible, mean, np.inf).min(axis=(2, 3))
    span = np.where(possible, mean, -np.inf).max(axis=(2, 3)) - low
    unit = np.ones(len(flat))
    if not scaled:
        unit = np.where(span.max(axis=1) > 0, span.max(axis=1), 1.0)
        span = np.broadcast_to(unit[:, None], span.shape)
    span = np.where(span > 0, span, 1.0)
    given = np.zeros_like(chances)  # chance of the cell given the player's bin
    for i, row in enumerate(chances):
        of_bin = np.bincount(bins[:, i], weights=row, minlength=n_bins[i])[bins[:, i]]
        given[i] = np.divide(row, of_bin, out=np.zeros_like(row), where=of_bin > 0)
    tables = np.where(possible, (mean - low[:, :, None, None]) / span[:, :, None, None], 0.0) * given[None, :, :, None]
    return _Arranged(
        tables=np.ascontiguousarray(tables),
        strategies=np.array(list(np.ndindex(*shape)), dtype=np.int64),
        agent_of=np.ascontiguousarray(first_agent + bins, dtype=np.int64),
        offsets=np.concatenate([[0], np.cumsum(np.repeat(shape, n_bins))]).astype(np.int64),
        unit=unit,
        span=span,
    )


def _follow(
    games: _Arranged, wanted: Floats, limit_regret: float, max_steps: int, *, seconds: float | None, threads: int
) -> _Paths:
    """Run the kernel over chunks of games, on threads, until done or out of time."""
    n_games, n = len(games.tables), int(games.offsets[-1])
    targets = wanted[None, :] * games.unit[:, None]
    mixes, residuals = np.full((n_games, len(wanted), n), np.nan), np.full((n_games, len(wanted)), np.nan)
    states = np.full((n_games, len(wanted)), kernel.OUT_OF_STEPS, dtype=np.int64)
    limits = np.tile(np.repeat(1.0 / np.diff(games.offsets), np.diff(games.offsets)), (n_games, 1))
    facts = np.zeros((n_games, kernel.N_FACTS))
    facts[:, kernel.STATUS] = kernel.OUT_OF_STEPS
    facts[:, kernel.FIRST_TURN] = np.nan
    attempted = np.zeros(n_games, dtype=np.bool_)
    last = _LAST_PRECISION if limit_regret >= 0 else np.inf
    deadline = None if seconds is None else time.monotonic() + seconds

    def follow(start: int) -> None:
        if deadline is not None and time.monotonic() > deadline:
            return
        part = slice(start, min(start + _GAMES_A_CHUNK, n_games))
        kernel.follow_branches(
            games.tables[part], games.strategies, games.agent_of, games.offsets, targets[part], limit_regret, last,
            max_steps, _CAUTION, mixes[part], residuals[part], states[part], limits[part], facts[part],
        )  # fmt: skip
        attempted[part] = True

    starts = range(0, n_games, _GAMES_A_CHUNK)
    if threads == 1:
        for start in starts:
            follow(start)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(follow, starts))
    offsets = [int(k) for k in games.offsets]
    return _Paths(mixes, residuals, states, limits, facts=facts, attempted=attempted, offsets=offsets, unit=games.unit)


def _agent_regrets(game: BayesianGame, mixes: tuple[Floats, ...]) -> Floats:
    """Expected gain of each player from the best rule against mixtures at every bin: (n_players,)."""
    n_bins = [len(names) for names in game.labels]
    first = np.concatenate([[0], np.cumsum(n_bins)[:-1]])
    regret = np.zeros(len(n_bins))
    for i, count in enumerate(n_bins):
        values = np.zeros((count, game.payoffs.shape[2 + i]))
        for c, bins in enumerate(game.bins):
            table = np.moveaxis(game.payoffs[i, c], i, 0)
            for k in reversed([k for k in range(len(n_bins)) if k != i]):
                table = table @ mixes[first[k] + bins[k]]
            values[bins[i]] += table
        own = np.stack(mixes[first[i] : first[i] + count])
        regret[i] = (values.max(axis=1) - (values * own).sum(axis=1)).sum()
    return regret
