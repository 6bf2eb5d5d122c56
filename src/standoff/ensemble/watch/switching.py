"""Courses of strategies: one for a while and then another, with what outcomes come to as of each date.

An outcome as of a date is what it would be if the clock had ended there. Whoever takes up a strategy late looks back on
what happened before, as it would have from the start (`standoff.ensemble.watch.ahead`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from standoff.ensemble.design import Design
from standoff.ensemble.watch.ahead import Follower, remembering
from standoff.language.expressions.tree import Symbol
from standoff.program.lanes import State, picked
from standoff.program.program import Program
from standoff.program.stepper import advance, finish

__all__ = ["Course", "Switching", "ended_after"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """Strategies in turn, the last held to the end.

    Attributes:
        legs: (strategy, first step) of each, strategies as indices among the decider's.
        outcomes: (outcomes, marks, worlds), as of each mark, means over a world's futures.
        seen: (symbols, marks, worlds), means at the start of the step after each mark.
        payoff: (worlds,) of the decider; empty where it has none.
        states: Date → the futures at it, of the dates at which one can go on from here.
    """

    legs: tuple[tuple[int, int], ...]
    outcomes: Floats
    seen: Floats
    payoff: Floats
    states: Mapping[int, State]


class Switching:
    """Futures of some worlds in which the decider changes its strategy at dates.

    Args:
        program: The compiled study.
        design: Its profiles in the worlds.
        profiles: (worlds × replications,) what the others play in each future, replications fastest.
        outcomes: Names of those that are followed.
        symbols: Stocks and modes that are followed.
        marks: Steps after which outcomes are looked at, the last of the clock among them.
    """

    def __init__(
        self, program: Program, design: Design, profiles: Ints, outcomes: Sequence[str], *, symbols: Sequence[Symbol],
        marks: Sequence[int],
    ) -> None:  # fmt: skip
        self.program = remembering(program)
        self.follower = Follower(self.program, design, profiles)
        self.worlds, self.replications = design.worlds.size, design.replications
        names = [measured.name for measured in program.measured]
        self.rows = [names.index(name) for name in outcomes]
        self.symbols, self.marks = tuple(symbols), tuple(marks)
        self.ends = {mark: ended_after(self.program, mark) for mark in marks}

    def hold(self, strategies: Sequence[int], dates: Sequence[int]) -> list[Course]:
        """Strategies from the start to the end, with the futures at the dates."""
        return self._go_on(None, strategies, dates)

    def switch(self, course: Course, date: int, strategies: Sequence[int], dates: Sequence[int]) -> list[Course]:
        """A course until a date, and from then on each of some strategies."""
        return self._go_on((course, date), strategies, [later for later in dates if later > date])

    def _go_on(self, begun: tuple[Course, int] | None, strategies: Sequence[int], dates: Sequence[int]) -> list[Course]:
        size, n, program = self.follower.lanes.size, len(strategies), self.program
        order = np.tile(np.arange(size), n)
        state = self.follower.taken_up(
            np.repeat(np.asarray(strategies), size), order, None if begun is None else begun[0].states[begun[1]]
        )
        outcomes = np.full((len(self.rows), len(self.marks), n, self.worlds), np.nan)
        seen = np.full((len(self.symbols), len(self.marks), n, self.worlds), np.nan)
        legs: tuple[tuple[int, int], ...] = ()
        if begun is not None:
            before, date = begun
            early = np.array([mark <= date for mark in self.marks])
            outcomes[:, early], seen[:, early] = before.outcomes[:, early, None], before.seen[:, early, None]
            legs = before.legs
        states: dict[int, State] = {}
        since = state.step
        while state.step < program.n_steps:
            if state.step in dates:
                states[state.step] = state
            state = advance(program, state)
            if state.step in self.ends:
                at = self.marks.index(state.step)
                outcomes[:, at] = self._by_world(finish(self.ends[state.step], state).outcomes[self.rows])
                for i, symbol in enumerate(self.symbols):
                    here = np.asarray(state.known[symbol], dtype=np.float64)
                    seen[i, at] = self._by_world(np.broadcast_to(here, (n * size,)))
        paid = finish(program, state).payoffs
        own = [k for k, payoff in enumerate(program.payoffs) if payoff.actor == program.model.decider]
        payoffs = self._by_world(paid[own[0]]) if own else np.empty((n, 0))
        one = np.arange(size)
        return [
            Course(
                (*legs, (int(strategy), since)), outcomes[:, :, k], seen[:, :, k], payoffs[k],
                states={date: picked(there, one + k * size) for date, there in states.items()},
            )
            for k, strategy in enumerate(strategies)
        ]  # fmt: skip

    def _by_world(self, values: Floats) -> Floats:
        """(…, strategies, worlds), means over each world's futures that are sound."""
        table = values.reshape(*values.shape[:-1], -1, self.worlds, self.replications)
        sound = np.isfinite(table)
        sums, counts = np.where(sound, table, 0.0).sum(axis=-1), sound.sum(axis=-1)
        found: Floats = np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)
        return found


def ended_after(program: Program, steps: int) -> Program:
    """The program whose clock ends after so many steps."""
    clock = replace(program.model.clock, steps=steps)
    return replace(program, model=replace(program.model, clock=clock))
