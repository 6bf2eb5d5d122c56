"""The meaning of a step: futures begin, advance by a step, and come to something.

`standoff.program.reference` is a fold over `advance`, and so are traces and whoever plays a study by hand. To
advance a state changes nothing in it, so that one can go on from it in several ways.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from standoff.base.chance import streams
from standoff.language.expressions.tree import Expr, Symbol
from standoff.program.lanes import Lanes, Results, State, empty, what_is_held
from standoff.program.operations import Evaluator, Mask, Value, as_number
from standoff.program.program import Memory, Program, Reduced, Varied

__all__ = ["State", "advance", "begin", "finish"]

Floats = npt.NDArray[np.float64]
Known = dict[Symbol, Value]
Part = tuple[Floats, Value]  # a value with the weight for which it stands


def begin(program: Program, lanes: Lanes, *, realised: bool = False) -> State:
    """The futures before their first step.

    Args:
        program: From `standoff.program.compile.compile_model`.
        lanes: The futures.
        realised: Draw the ends instead of splitting the weight.
    """
    with np.errstate(all="ignore"):
        return _Working(program, empty(program, lanes, realised=realised)).start()


def advance(program: Program, state: State, held: Mapping[Symbol, Value] | None = None) -> State:
    """The futures a step later; the old state is as it was.

    Args:
        program: The one that the state began with.
        state: At the start of a step of the clock.
        held: Choices (index of an option) and events or moves (a truth) that are set in this step, whatever the
            strategies say and the luck. One for all lanes, or one for each.

    Raises:
        ValueError: Something else is held.
    """
    with np.errstate(all="ignore"):
        return _Working(program, state, what_is_held(program, held or {})).advance()


def finish(program: Program, state: State) -> Results:
    """What the futures came to, after the last step."""
    with np.errstate(all="ignore"):
        return _Working(program, state).finish()


class _Working:
    """A state that is being changed into the next."""

    def __init__(self, program: Program, state: State, held: Mapping[Symbol, Value] | None = None) -> None:
        self.program = program
        self.state = state
        self.held = held or {}
        self.step = state.step
        self.evaluator = Evaluator(state.lanes.size, program)
        self.evaluator.fault, self.evaluator.fault_step = state.fault.copy(), state.fault_step.copy()
        self.evaluator.clamped = dict(state.clamped)
        self.evaluator.step = state.step
        self.known = self.evaluator.known
        self.known.update(state.known)
        self.lines = dict(state.lines)
        self.survival = state.survival
        self.payoffs, self.discounts = list(state.payoffs), list(state.discounts)
        self.sums, self.weights, self.running = list(state.sums), list(state.weights), list(state.running)
        self.clipped = state.clipped.copy()
        self.broken = list(state.broken)
        sizes = (len(program.step), len(program.carried), len(program.memories), len(program.checks),
                 len(program.endings), len(program.payoffs), len(program.reduced))  # fmt: skip
        self.first = [0, *accumulate(sizes)]
        carried = [*(c.symbol for c in program.carried), *(m.symbol for m in program.memories)]
        self.place = {symbol: self.first[1] + i for i, symbol in enumerate(carried)}

    def start(self) -> State:
        """The state before the first step."""
        known = dict(self.known)
        self._clock(known)
        self.known.update(known)
        self._draw(self.program.start_luck)
        for i, carried in enumerate(self.program.carried):
            known[carried.symbol] = self.known[carried.symbol] = self._value(carried.start, self.first[1] + i)
        for i, memory in enumerate(self.program.memories):
            start = self._value(memory.start, self.first[2] + i)
            if memory.kind == "line":
                self.lines[memory.symbol] = (start,) * memory.length
            known[memory.symbol] = self.known[memory.symbol] = start
        self._clock(known)
        return self._next(known, {})

    def advance(self) -> State:
        """The state a step later: everything of the step, then what is carried moves."""
        self._leave()
        self._work_out()
        for i, (_, condition, _) in enumerate(self.program.checks):
            holds = np.broadcast_to(self._value(condition, self.first[3] + i), self.state.lanes.size)
            self.broken[i] = np.where(~holds & (self.broken[i] < 0), np.int32(self.step), self.broken[i])
        seen = dict(self.known)
        taken = self._split()
        self._pay(taken)
        for i, reduced in enumerate(self.program.reduced):
            self._take_in(i, reduced, taken)
        left = self._left()
        known = dict(self.state.known) | self._moved()
        self.step += 1
        self._clock(known)
        return self._next(known, seen, left)

    def _next(self, known: Known, seen: Known, left: tuple[tuple[Floats, Known], ...] = ()) -> State:
        evaluator = self.evaluator
        return State(
            self.state.lanes, self.state.realised, self.step, known, seen=seen, survival=self.survival,
            living=self.state.survival, left=left,
            payoffs=tuple(self.payoffs), discounts=tuple(self.discounts), sums=tuple(self.sums),
            weights=tuple(self.weights), running=tuple(self.running),
            lines=self.lines, fault=evaluator.fault, fault_step=evaluator.fault_step, clipped=self.clipped,
            clamped=evaluator.clamped, broken=tuple(self.broken),
        )  # fmt: skip

    def _clock(self, known: Known) -> None:
        """At a step's start: the clock, data by date, what is imposed, and what delays let through."""
        program, step = self.program, self.step
        known[Symbol("clock", "step")] = float(step)
        known[Symbol("clock", "date")] = program.model.clock.date(step)
        for name, values in program.series:
            if values:
                known[Symbol("series", name)] = values[min(step, len(values) - 1)]
        for i, carried in enumerate(program.carried):
            if carried.held is not None:
                self.known.update(known)
                known[carried.symbol] = self._value(carried.held, self.first[1] + i)
        for memory in program.memories:
            if memory.kind == "line" and step:
                known[memory.symbol] = self.lines[memory.symbol][step % memory.length]

    def _value(self, node: Expr, equation: int, where: Expr | None = None) -> Value:
        return self.evaluator.evaluate(node, equation, where)

    def _draw(self, names: tuple[str, ...]) -> None:
        for name in names:
            uniform = streams.uniform(self.state.lanes.keys, streams.key(name), self.step)
            self.known[Symbol("luck", name)] = uniform

    def _work_out(self) -> None:
        """Evaluate the step's equations in order, all from the state at its start."""
        self._draw(self.program.luck)
        for i, assignment in enumerate(self.program.step):
            target = assignment.target
            if target in self.held:
                self.known[target] = self.held[target]
            elif assignment.chance_of is not None and assignment.chance_of in self.held:
                self.known[target] = as_number(self.held[assignment.chance_of])
            else:
                self.known[target] = self._value(assignment.value, i, assignment.where)

    def _split(self) -> list[tuple[Floats, Mask]]:
        """Split the weight: for each ending what it takes of it, and in which lanes it takes anything."""
        program, size, before = self.program, self.state.lanes.size, self.survival
        taken: list[tuple[Floats, Mask]] = []
        if self.state.realised:
            for ending in program.endings:
                happened = self._number(ending.happened)
                taken.append((np.broadcast_to(self.survival * happened, size), self._positive(happened)))
                self.survival = self.survival * (1.0 - happened)
            return taken
        for i in range(len(program.endings)):
            share: Value = sum(self._number(branch.shares[i]) for branch in program.branches)
            taken.append((np.broadcast_to(before * share, size), self._positive(share)))
        if program.going_on is not None:
            self.survival = before * self._number(program.going_on)
        return taken

    def _pay(self, taken: list[tuple[Floats, Mask]]) -> None:
        """Pay what the step is worth, and then what ends are worth."""
        for i, paid in enumerate(self.program.payoffs):
            if paid.each is not None:
                for weight, worth in self._parts(paid.each, self.first[5] + i):
                    self.payoffs[i] = self.payoffs[i] + weight * (self.discounts[i] * worth)
        for i, ending in enumerate(self.program.endings):
            for payoff, worth in ending.worth:
                for weight, amount in self._worths(i, worth, *taken[i]):
                    self.payoffs[payoff] = self.payoffs[payoff] + weight * (self.discounts[payoff] * amount)

    def _worths(self, i: int, worth: Varied, mass: Floats, active: Mask) -> Iterator[Part]:
        """What an ending is worth, with the weight for which it is: as drawn, or in each branch."""
        if self.state.realised or not worth.branches:
            yield mass, as_number(self.evaluator.evaluate_in(worth.drawn, self.first[4] + i, active))
            return
        shares = [self._number(branch.shares[i]) for branch in self.program.branches]
        yield from self._in_branches(worth, shares, self.first[4] + i)

    def _parts(self, tree: Varied, equation: int) -> Iterator[Part]:
        """What an expression is, with its weight: as drawn, or for what goes on and in each branch for what ends."""
        drawn = as_number(self._value(tree.drawn, equation))
        if self.state.realised or not tree.branches:
            yield self.state.survival, drawn
        else:
            yield self.survival, drawn
            yield from self._ending_parts(tree, equation)

    def _ending_parts(self, tree: Varied, equation: int) -> Iterator[Part]:
        yield from self._in_branches(tree, [self._number(branch.ends) for branch in self.program.branches], equation)

    def _in_branches(self, tree: Varied, shares: list[Value], equation: int) -> Iterator[Part]:
        for share, branch in zip(shares, tree.branches, strict=True):
            value = self.evaluator.evaluate_in(branch, equation, self._positive(share))
            yield self.state.survival * share, as_number(value)

    def _number(self, node: Expr) -> Value:
        return as_number(self.evaluator.value(node, None))

    def _positive(self, x: Value) -> Mask:
        return np.broadcast_to(np.greater(x, 0.0), self.state.lanes.size)

    def _take_in(self, i: int, reduced: Reduced, taken: list[tuple[Floats, Mask]]) -> None:
        """Add a step to a reducer."""
        if reduced.ending is not None:
            mass, _ = taken[reduced.ending]
            self.sums[i] = self.sums[i] + mass * (self._date if reduced.kind == "first" else 1.0)
            self.weights[i] = self.weights[i] + mass
            return
        equation = self.first[6] + i
        if reduced.kind == "mean":
            self._average(i, reduced.argument, equation)
        elif reduced.kind in ("total", "count"):
            for weight, x in self._parts(reduced.argument, equation):
                self.sums[i] = self.sums[i] + weight * x
        elif reduced.kind in ("peak", "minimum"):
            self._extreme(i, reduced, equation)
        elif reduced.kind != "final":
            self._happen(i, reduced, equation)

    def _average(self, i: int, argument: Varied, equation: int) -> None:
        x = as_number(self._value(argument.drawn, equation))
        before, self.running[i] = self.running[i], self.running[i] + x
        if not self.program.endings:
            return
        ended: Iterable[Part] = ((self.state.survival - self.survival, x),)
        if argument.branches and not self.state.realised:
            ended = self._ending_parts(argument, equation)
        for weight, x in ended:
            self.sums[i] = self.sums[i] + weight * ((before + x) / (self.step + 1.0))

    def _extreme(self, i: int, reduced: Reduced, equation: int) -> None:
        before, after = self.running[i], None
        for weight, x in self._parts(reduced.argument, equation):
            beyond = x > before if reduced.kind == "peak" else x < before
            extreme = x if self.step == 0 else np.where(beyond, x, before)
            after = extreme if after is None else after  # what goes on comes first
            self.sums[i] = self.sums[i] + weight * (extreme if self.step == 0 else extreme - before)
        self.running[i] = after

    def _happen(self, i: int, reduced: Reduced, equation: int) -> None:
        before, after = self.running[i], None
        date = self._date if reduced.kind == "first" else 1.0
        for weight, x in self._parts(reduced.argument, equation):
            fresh = np.where(x > 0.0, 1.0, 0.0) * (1.0 - before)
            after = before + fresh if after is None else after
            self.sums[i] = self.sums[i] + (weight * fresh) * date
            self.weights[i] = self.weights[i] + weight * fresh
        self.running[i] = after

    @property
    def _date(self) -> float:
        return self.program.model.clock.date(self.step)

    def _left(self) -> tuple[tuple[Floats, Known], ...]:
        """For each branch the weight that ended in it, and what it made of what `final` reads."""
        if self.state.realised or not any(reduced.in_branches for reduced in self.program.reduced):
            return ()
        found = []
        for branch in self.program.branches:
            share = self._number(branch.ends)
            moved = {
                symbol: self.evaluator.evaluate_in(tree, self.place[symbol], self._positive(share))
                for symbol, tree in branch.moved
            }
            found.append((np.broadcast_to(self.state.survival * share, self.state.lanes.size), moved))
        return tuple(found)

    def _leave(self) -> None:
        """What is final of the futures that ended in the step before: read on the state that it led to."""
        finals = [(i, reduced) for i, reduced in enumerate(self.program.reduced) if reduced.kind == "final"]
        if self.step == 0 or not self.program.endings:
            return
        for i, reduced in finals:
            equation = self.first[6] + i
            if reduced.in_branches and not self.state.realised:
                self._leave_branches(i, reduced, equation)
            elif self.step < self.program.n_steps:
                x = as_number(self._value(reduced.argument.drawn, equation))
                self.sums[i] = self.sums[i] + (self.state.living - self.survival) * x

    def _leave_branches(self, i: int, reduced: Reduced, equation: int) -> None:
        here = dict(self.known)
        for weight, moved in self.state.left:
            self.known.update(moved)
            x = as_number(self.evaluator.evaluate_in(reduced.argument.drawn, equation, self._positive(weight)))
            self.sums[i] = self.sums[i] + weight * x
            self.known.update(here)

    def _moved(self) -> Known:
        """What is carried, after the step."""
        program, moved = self.program, dict[Symbol, Value]()
        for i, carried in enumerate(program.carried):
            moved[carried.symbol] = self._clip(i, self._value(carried.next, self.first[1] + i))
        for i, memory in enumerate(program.memories):
            following = self._remember(memory, self.first[2] + i)
            if memory.kind == "line":
                line = self.lines[memory.symbol]
                at = self.step % memory.length
                kept = (following,) * memory.length if self.step == 0 else (*line[:at], following, *line[at + 1 :])
                self.lines[memory.symbol] = kept
            else:
                moved[memory.symbol] = following
        for i, paid in enumerate(program.payoffs):
            if paid.discount is not None:
                self.discounts[i] = self.discounts[i] * as_number(self._value(paid.discount, self.first[5] + i))
        return moved

    def _remember(self, memory: Memory, equation: int) -> Value:
        following = self._value(memory.next, equation, memory.where)
        if memory.where is None:
            return following
        return np.where(self.evaluator.value(memory.where, None), following, self.known[memory.symbol])

    def _clip(self, i: int, x: Value) -> Value:
        low, high = self.program.carried[i].within
        live = self.evaluator.fault == 0
        for outside, bound in ((None if low is None else x < low, low), (None if high is None else x > high, high)):
            if outside is not None and np.any(outside):
                self.clipped[i] += int(np.count_nonzero(outside & live))
                x = np.where(outside, bound, x)
        return x

    def finish(self) -> Results:
        """Pay and measure what is after the last step."""
        program, state, size = self.program, self.state, self.state.lanes.size
        self._leave()
        for i, paid in enumerate(program.payoffs):
            if paid.final is not None:
                worth = as_number(self._value(paid.final, self.first[5] + i))
                self.payoffs[i] = self.payoffs[i] + self.survival * (self.discounts[i] * worth)
        for i, reduced in enumerate(program.reduced):
            self.known[Symbol("hidden", f"reduced:{i}")] = self._reduced(i, reduced)
        outcomes, weights = np.zeros((len(program.measured), size)), np.ones((len(program.measured), size))
        for i, measured in enumerate(program.measured):
            if measured.first is None:
                outcomes[i] = as_number(self._value(measured.measure, self.first[7] + i))
            else:
                outcomes[i] = self._number(measured.measure)
                weights[i] = _share(self.weights[measured.first])
        payoffs = np.zeros((len(program.payoffs), size))
        for i, payoff in enumerate(self.payoffs):
            payoffs[i] = payoff
        failed = self.evaluator.fault != 0
        outcomes[:, failed] = np.nan
        payoffs[:, failed] = np.nan
        survival = np.where(failed, np.nan, self.survival)
        broken = np.array(state.broken, dtype=np.int32).reshape(-1, size)
        return Results(
            outcomes, weights, payoffs, survival, fault=self.evaluator.fault,
            fault_step=self.evaluator.fault_step, clipped=state.clipped, clamped=state.clamped, broken=broken,
        )  # fmt: skip

    def _reduced(self, i: int, reduced: Reduced) -> Floats:
        found = self.sums[i]
        if reduced.kind == "final":  # futures that ended in the last step are on this state too, unless in branches
            apart = reduced.in_branches and not self.state.realised
            weight = self.survival if apart else self.state.living
            found = found + weight * as_number(self._value(reduced.argument.drawn, self.first[6] + i))
        elif reduced.kind == "mean":
            found = found + self.survival * (self.running[i] / float(self.program.n_steps))
        elif reduced.kind == "first":
            found = np.where(self.weights[i] > 0.0, found / self.weights[i], np.nan)
        elif reduced.kind == "ever":
            found = _share(found)
        return found


def _share(x: Floats) -> Floats:
    """A share of a future, whatever its last bits."""
    return np.where(x > 1.0, 1.0, x)
