"""Stationary equilibria of stochastic games, by logit responses.

Players choose in states, and what they choose moves the state; a strategy says what to play in each state. In a logit
equilibrium of precision λ each plays in each state with odds that go with the exponent of λ times what an action pays
from there on, given that all go on so. At λ = 0 all play evenly; from there a path of equilibria is followed, by
pseudo-arclength: a step along the tangent, then Newton's method across it. Where λ is large enough that no player gains
more than a tolerance by any other strategy, the path ends.

Reference:
    S. Eibelshäuser and D. Poensgen, Markov quantal response equilibrium and a homotopy method for computing and
    selecting Markov perfect equilibria of dynamic stochastic games (2019).
    T. Turocy, A dynamic homotopy interpretation of the logistic quantal response equilibrium correspondence, Games and
    Economic Behavior 51 (2005), 243-263.
    E. Allgower and K. Georg, Numerical continuation methods (1990), chapters 2 and 6.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

__all__ = ["MarkovPlay", "StochasticGame", "follow_logit", "gains"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class StochasticGame:
    """A discounted stochastic game.

    Attributes:
        payoffs: (states, players, a1, …, an), paid in the state.
        transitions: (states, a1, …, an, states), chances of the next state, summing to 1.
        discounts: (players,), what the next step counts for, at least 0 and below 1.

    Raises:
        ValueError: Shapes do not fit, or a number cannot be.
    """

    payoffs: Floats
    transitions: Floats
    discounts: Floats

    def __post_init__(self) -> None:
        states, players = self.payoffs.shape[:2]
        if len(self.actions) != players or self.transitions.shape != (states, *self.actions, states):
            raise ValueError(f"payoffs of shape {self.payoffs.shape} beside transitions of {self.transitions.shape}")
        if self.discounts.shape != (players,) or not ((self.discounts >= 0.0) & (self.discounts < 1.0)).all():
            raise ValueError("every player needs a discount of at least 0 and below 1")
        if not np.isfinite(self.payoffs).all():
            raise ValueError("payoffs must be finite")
        if not (self.transitions >= 0.0).all() or not np.allclose(self.transitions.sum(axis=-1), 1.0):
            raise ValueError("chances of the next state must be at least 0 and sum to 1")

    @property
    def actions(self) -> tuple[int, ...]:
        """How many each player has."""
        return self.payoffs.shape[2:]


@dataclass(frozen=True, slots=True, eq=False)
class MarkovPlay:
    """Where the path ends.

    Attributes:
        strategies: Of each player (states, actions), chances.
        values: (states, players), what each gets from a state on.
        precision: λ reached, per unit of payoff.
        regret: (states, players), what a player could gain from a state on by any other strategy.
        residual: Of the equations, the largest, in shares of the range of payoffs.
        is_reached: Whether the path came to where it was to end; else it could not be followed so far.
        steps: How many were taken.
    """

    strategies: tuple[Floats, ...]
    values: Floats
    precision: float
    regret: Floats
    residual: float
    is_reached: bool
    steps: int


def follow_logit(game: StochasticGame, tolerance: float = 1e-6, most: float = math.inf) -> MarkovPlay:
    """Follow the path of logit equilibria from even play.

    Args:
        game: The game.
        tolerance: Share of the range of payoffs that a player may gain by another strategy at the end.
        most: λ at which to stop, per unit of payoff, if that comes before.
    """
    from standoff.analysis.games.markov_kernel import residual, trace  # noqa: PLC0415 - Numba is slow to import

    states, players = game.payoffs.shape[:2]
    scale = float(np.ptp(game.payoffs)) or 1.0
    first = np.concatenate([[0], np.cumsum(game.actions)]).astype(np.int64)
    arrays = (
        np.ascontiguousarray(game.payoffs.reshape(states, players, -1) / scale),
        np.ascontiguousarray(game.transitions.reshape(states, -1, states)),
        np.stack(np.unravel_index(np.arange(math.prod(game.actions)), game.actions), axis=1).astype(np.int64),
        first,
        np.asarray(game.discounts, dtype=np.float64),
    )
    y, steps = trace(*arrays, _even(game, scale), tolerance, most * scale)
    logs = y[: states * first[-1]].reshape(states, first[-1])
    strategies = tuple(np.exp(logs[:, a:b]) for a, b in pairwise(first))
    left = gains(game, strategies)
    return MarkovPlay(
        strategies, y[states * first[-1] : -1].reshape(states, players) * scale, float(y[-1]) / scale, left,
        residual=float(residual(*arrays, y)),
        is_reached=bool(left.max() <= tolerance * scale or y[-1] >= most * scale * (1.0 - 1e-9)),
        steps=int(steps),
    )  # fmt: skip


def gains(game: StochasticGame, strategies: tuple[Floats, ...]) -> Floats:
    """(states, players), what each could gain from a state on by its best strategy, the others' given.

    Policy iteration on the decision problem that the others leave (R. Howard, Dynamic programming and Markov processes
    1960).
    """
    states, players = game.payoffs.shape[:2]
    found = np.empty((states, players))
    for i, discount in enumerate(game.discounts):
        pays = _averaged(game.payoffs[:, i], strategies, i)
        leads = _averaged(game.transitions, strategies, i)
        own = best = _worth(strategies[i], pays, leads, discount)
        while True:
            policy = np.eye(pays.shape[1])[(pays + discount * leads @ best).argmax(axis=1)]
            better = _worth(policy, pays, leads, discount)
            if (better <= best + 1e-12 * (1.0 + np.abs(best))).all():
                break
            best = np.maximum(best, better)
        found[:, i] = np.maximum(best - own, 0.0)
    return found


def _worth(chances: Floats, pays: Floats, leads: Floats, discount: float) -> Floats:
    """(states,) what a strategy pays from each state on."""
    step = np.einsum("sa,sat->st", chances, leads)
    return np.asarray(np.linalg.solve(np.eye(len(step)) - discount * step, (chances * pays).sum(axis=1)))


def _averaged(table: Floats, strategies: tuple[Floats, ...], but: int | None) -> Floats:
    """A table by state and everybody's actions (and more), averaged over the actions of all, or of all but one."""
    for k in reversed(range(len(strategies))):
        if k != but:
            moved = np.moveaxis(table, 1 + k, 1)
            table = (moved * strategies[k].reshape(*strategies[k].shape, *[1] * (moved.ndim - 2))).sum(axis=1)
    return table


def _even(game: StochasticGame, scale: float) -> Floats:
    """Even play, its values, and λ = 0, in a row."""
    states = len(game.payoffs)
    even = tuple(np.full((states, n), 1.0 / n) for n in game.actions)
    step = _averaged(game.transitions, even, None)
    values = [
        np.linalg.solve(np.eye(states) - d * step, _averaged(game.payoffs[:, i], even, None) / scale)
        for i, d in enumerate(game.discounts)
    ]
    return np.concatenate([np.log(np.concatenate(even, axis=1)).ravel(), np.stack(values, axis=1).ravel(), [0.0]])
