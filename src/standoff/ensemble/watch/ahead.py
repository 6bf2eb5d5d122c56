"""Futures in which the decider plays one strategy for a while, and then any: what waiting and switching are worth.

All futures of a strategy that is held are followed once, with what can be seen in each step. At each date that is asked
for they branch: the decider goes on with each of its strategies, in the same worlds, against the same others, with
the same luck. A strategy that is taken up late looks back on what happened before, as it would have from the start.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.base.chance import streams
from standoff.base.numbers.arithmetic import normal_quantile
from standoff.ensemble.design import Design
from standoff.ensemble.profiles.chosen import some_profiles
from standoff.ensemble.run import lanes_of
from standoff.ensemble.running import Running
from standoff.language.expressions.tree import Reference, walk
from standoff.language.model import Observable
from standoff.program.lanes import Lanes, State, empty, picked
from standoff.program.program import Program
from standoff.program.stepper import advance, begin, finish

__all__ = ["Ahead", "Continuation", "Follower", "look_ahead", "profiles_at_random", "remembering"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_HELD = 3
"""How many strategies are held where none is named."""


@dataclass(frozen=True, slots=True, eq=False)
class Continuation:
    """What comes of holding a strategy, and of leaving it.

    Attributes:
        strategy: That is held, as an index among the decider's.
        payoffs: Date (a step; 0 is the start) → (strategies, futures): the decider's payoff where it holds on until
            then and goes on with each; NaN where a future faults.
        seen: (observables, steps, futures) what is there to be seen in each step, noise in it.
    """

    strategy: int
    payoffs: dict[int, Floats]
    seen: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Ahead:
    """Futures with what can be seen in them.

    Attributes:
        program: What was run.
        design: Worlds, one replication each.
        profiles: (futures,) which profile the others play, as rows of the design's.
        dates: Steps before which one can choose again.
        held: For each strategy that is held.
        best: The strategy of the decider that is best at the start, as an index.
    """

    program: Program
    design: Design
    profiles: Ints
    dates: tuple[int, ...]
    held: tuple[Continuation, ...]
    best: int

    @property
    def observables(self) -> tuple[Observable, ...]:
        """Rows of what is seen."""
        return self.program.model.observed

    @property
    def labels(self) -> tuple[str, ...]:
        """Of the decider's strategies."""
        program = self.program
        return tuple(i.label for i in program.instances[program.players.index(program.model.decider)])

    @property
    def n_futures(self) -> int:
        """How many."""
        return int(self.profiles.size)


def profiles_at_random(program: Program, n: int, seed: int) -> Ints:
    """(n,) rows of `some_profiles`, each about as often as any other."""
    n_profiles = len(some_profiles(program))
    order = streams.permutation(n_profiles, seed, "profiles ahead")
    return order[streams.permutation(n, seed, "futures ahead") % n_profiles]


def look_ahead(
    program: Program,
    design: Design,
    profiles: Ints,
    dates: Sequence[int],
    *,
    hold: Sequence[int] | None = None,
    running: Running = Running(),
) -> Ahead:
    """Follow strategies that are held, and branch at dates.

    Args:
        program: The compiled study.
        design: All profiles, in worlds that are used once each.
        profiles: (worlds,) what the others play in each; the decider's own part of it is not read.
        dates: Steps before which one can choose again, from 1.
        hold: Strategies to hold, as indices; by default the best at the start and of other kinds, three in all.
        running: How many threads, and who is told how far it is.
    """
    follower = Follower(remembering(program), design, profiles)
    at_once = follower.branched()
    means = np.nanmean(at_once, axis=1)
    chosen = tuple(hold) if hold is not None else _leaders(follower, means, _HELD)
    held = []
    with ThreadPoolExecutor(running.workers) as pool:
        followed = list(pool.map(lambda strategy: follower.follow(strategy, dates), chosen))
        work = [(k, date) for k in range(len(chosen)) for date in dates]
        found = []
        for payoffs in pool.map(lambda w: follower.branched(followed[w[0]][0][w[1]]), work):
            found.append(payoffs)
            if running.progress is not None:
                running.progress(len(found), len(work))
    for k, strategy in enumerate(chosen):
        own = {date: x for (j, date), x in zip(work, found, strict=True) if j == k}
        held.append(Continuation(strategy, {0: at_once, **own}, followed[k][1]))
    return Ahead(program, design, profiles, tuple(dates), held=tuple(held), best=int(np.argmax(means)))


def _leaders(follower: Follower, means: Floats, n: int) -> tuple[int, ...]:
    """The best strategies of different kinds: a setting alone makes no other."""
    found: dict[str, int] = {}
    for i in np.argsort(-means, kind="stable"):
        found.setdefault(follower.own[i].strategy.name, int(i))
    return tuple(found.values())[:n]


class Follower:
    """Futures of a design, in which the decider plays now one strategy and now another.

    Args:
        program: From `remembering`.
        design: All profiles in its worlds.
        profiles: (futures,) what the others play, replications fastest.
    """

    def __init__(self, program: Program, design: Design, profiles: Ints) -> None:
        self.program = program
        self.decider = program.players.index(program.model.decider)
        self.own = program.instances[self.decider]
        self.payoff = [p.actor for p in program.payoffs].index(program.model.decider)
        worlds, replications = np.divmod(np.arange(profiles.size), design.replications)
        lanes = lanes_of(program, design, profiles, worlds, replications=replications)
        self.lanes = replace(lanes, columns=dict(lanes.columns.items()))

    def lanes_with(self, strategy: int | Ints, order: Ints | None = None) -> Lanes:
        """The futures, or copies of them in an order, with this strategy of the decider."""
        lanes = self.lanes
        places = np.arange(lanes.size) if order is None else order
        played = [chosen[places] for chosen in lanes.instances]
        played[self.decider] = np.broadcast_to(np.asarray(strategy), (places.size,))
        columns = {name: column[places] for name, column in lanes.columns.items()}
        return Lanes(columns, tuple(played), lanes.levels, lanes.keys[places])

    def taken_up(self, strategies: Ints, order: Ints, state: State | None = None) -> State:
        """Copies of futures, in an order, that go on with these strategies; from a state, or from the start."""
        lanes = self.lanes_with(strategies, order)
        if state is None:
            return begin(self.program, lanes)
        known = empty(self.program, lanes, realised=False).known
        played = {symbol: x for symbol, x in known.items() if symbol.kind in ("strategy", "setting")}
        many = picked(state, order)
        return replace(many, lanes=lanes, known={**many.known, **played})

    def branched(self, state: State | None = None) -> Floats:
        """(strategies, futures) the decider's payoff from each of its strategies, from a state on or from the start."""
        n, size = len(self.own), self.lanes.size
        order = np.tile(np.arange(size), n)
        many = self.taken_up(np.repeat(np.arange(n), size), order, state)
        while many.step < self.program.n_steps:
            many = advance(self.program, many)
        found: Floats = finish(self.program, many).payoffs[self.payoff]
        return found.reshape(n, size)

    def follow(self, strategy: int, dates: Sequence[int]) -> tuple[dict[int, State], Floats]:
        """The states at the dates, and what is there to be seen in each step."""
        program, observed = self.program, self.program.model.observed
        state = begin(program, self.lanes_with(strategy))
        states = {}
        seen = np.full((len(observed), program.n_steps, self.lanes.size), np.nan)
        for step in range(program.n_steps):
            if step in dates:
                states[step] = state
            state = advance(program, state)
            for i, one in enumerate(observed):
                if one.symbol in state.seen:
                    seen[i, step] = self._noisy(one, np.asarray(state.seen[one.symbol], dtype=np.float64), step)
        return states, seen

    def _noisy(self, one: Observable, x: Floats, step: int) -> Floats:
        if one.noise == 0.0:
            return np.broadcast_to(x, (self.lanes.size,))
        z = normal_quantile(streams.uniform(self.lanes.keys, streams.key(f"noise of {one.name}"), step))
        return np.asarray(x * np.exp(one.noise * z) if one.is_log else x + one.noise * z)


def remembering(program: Program) -> Program:
    """The program whose decider remembers for each of its strategies what it has seen, whichever it plays."""

    def is_own(where: Any) -> bool:
        return any(
            isinstance(node, Reference) and node.symbol.kind == "strategy" and node.symbol.name == program.model.decider
            for node in walk(where)
        )

    kept = (replace(m, where=None) if m.where is not None and is_own(m.where) else m for m in program.memories)
    return replace(program, memories=tuple(kept))
