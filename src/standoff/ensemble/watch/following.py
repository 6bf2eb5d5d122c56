"""Single futures followed step by step, each of another world and another profile, with ends drawn as they come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from standoff.ensemble.design import Design
from standoff.ensemble.run import BLOCK, lanes_of
from standoff.ensemble.running import Running
from standoff.ensemble.spreading import spread
from standoff.language.expressions.tree import Symbol
from standoff.program.program import Program
from standoff.program.stepper import advance, begin
from standoff.program.watched import DEAD, SO_FAR

__all__ = ["Followed", "follow_futures"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """Futures.

    Attributes:
        symbols: What was followed.
        values: (symbols, steps, futures): stocks and modes at a step's start, all else in it.
        weights: (futures,) summing to 1: all alike, unless the program was told what was seen.
    """

    symbols: tuple[Symbol, ...]
    values: Floats
    weights: Floats

    def path(self, symbol: Symbol) -> Floats:
        """(steps, futures) of one thing."""
        found: Floats = self.values[self.symbols.index(symbol)]
        return found

    @property
    def effective(self) -> float:
        """How many futures carry the weight (Kish)."""
        return float(1.0 / (self.weights @ self.weights)) if self.weights.any() else 0.0


def follow_futures(
    program: Program,
    design: Design,
    profiles: npt.NDArray[np.int64],
    symbols: Sequence[Symbol],
    *,
    running: Running = Running(),
) -> Followed:
    """Follow one future of each world of a design.

    Args:
        program: The compiled study, or one that was told what was seen.
        design: Worlds, each with one replication.
        profiles: (worlds,) rows of the design's profiles.
        symbols: What to follow.
        running: How many threads.
    """
    n = profiles.size
    values = np.full((len(symbols), program.n_steps, n), np.nan)
    logs = np.zeros(n)
    starts = range(0, n, BLOCK // 2)
    work = _Following(program, design, profiles, tuple(symbols))
    for start, (followed, weights) in zip(starts, spread(work, starts, running), strict=True):
        places = slice(start, start + BLOCK // 2)
        values[:, :, places], logs[places] = followed, weights
    logs = np.where(logs > DEAD, logs, -np.inf)
    shares = np.exp(logs - logs.max()) if np.isfinite(logs).any() else np.zeros(n)
    return Followed(tuple(symbols), values, shares / shares.sum() if shares.any() else shares)


@dataclass(frozen=True, slots=True, eq=False)
class _Following:
    """The work of following the futures from a place on: values, and the logarithms of their weights."""

    program: Program
    design: Design
    profiles: npt.NDArray[np.int64]
    symbols: tuple[Symbol, ...]

    def begin(self, _: Running) -> Callable[[int], tuple[Floats, Floats]]:
        return self.follow

    def follow(self, start: int) -> tuple[Floats, Floats]:
        program, symbols = self.program, self.symbols
        places = np.arange(start, min(start + BLOCK // 2, self.profiles.size))
        values = np.full((len(symbols), program.n_steps, places.size), np.nan)
        lanes = lanes_of(program, self.design, self.profiles[places], places, replications=np.zeros_like(places))
        state = begin(program, lanes, realised=True)
        for step in range(program.n_steps):
            state = advance(program, state)
            for i, symbol in enumerate(symbols):
                if symbol in state.seen:
                    values[i, step] = state.seen[symbol]
        logs = np.broadcast_to(np.asarray(state.known.get(SO_FAR, 0.0), dtype=np.float64), (places.size,))
        return values, np.where(state.fault == 0, logs, -np.inf)
