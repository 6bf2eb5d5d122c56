"""The reference evaluator: NumPy over blocks of futures, an expression at a time.

It is the definition of the semantics. A lane is one future (world × replication × profile). A step goes:

1. what is imposed on stocks and modes is put in their place;
2. the step's equations are evaluated in order, all from the state at its start;
3. the author's checks are tested;
4. payoffs `each` are paid, weighted by survival S and discount; outcomes take in the step;
5. endings split S: S · chance is paid its worth, then S loses the ending's own chance where its `given`
   happened (in `realised` mode the drawn event takes the place of both chances);
6. stocks, modes and memories move together to what their equations say.

After the last step `final` payoffs are paid, and outcomes are measured. A reducer's value is its
expectation over the end's time: with w_t the weight that ends in step t, it is the sum of w_t R_t and
S_T R_T, where R_t is the reducer of the path up to step t.

Only + − × ÷, square roots, comparisons and the recipes of `standoff.base.numbers.arithmetic` are used, so that the
bits of a result depend on no processor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.base.chance import streams
from standoff.language.expressions.tree import Expr, Symbol
from standoff.program.operations import Evaluator, Value, as_number
from standoff.program.program import Memory, Program, Reduced

__all__ = ["Lanes", "Observer", "Results", "run_lanes"]

Floats = npt.NDArray[np.float64]
Observer = Callable[[int, Mapping[Symbol, Value]], None]


@dataclass(frozen=True, slots=True)
class Lanes:
    """What tells futures apart. All arrays have one entry per lane.

    Args:
        columns: Uncertainties and values, by name.
        instances: For each player the index of its strategy (with settings) among the program's instances.
        levels: Levels of deals' terms by `deal.term`, where they differ from the usual ones.
        keys: Keys of the streams of luck, from `standoff.base.chance.streams.lane_keys`.
    """

    columns: Mapping[str, Floats]
    instances: tuple[npt.NDArray[np.int64], ...]
    levels: Mapping[str, Floats]
    keys: npt.NDArray[np.uint64]

    @property
    def size(self) -> int:
        """How many futures."""
        return int(self.keys.size)


@dataclass(frozen=True, slots=True)
class Results:
    """What the futures came to.

    Attributes:
        outcomes: (outcomes, lanes), NaN where the future faulted or the outcome is missing.
        weights: (outcomes, lanes) in [0, 1]: below 1 only for an outcome that can be missing (`first`).
        payoffs: (payoffs, lanes), NaN where the future faulted.
        survival: (lanes) the weight S that is left after the last step.
        fault: (lanes) 0, or 1 + equation · n_kinds + kind of the first fault.
        fault_step: (lanes) the step of the first fault.
        clipped: For each carried thing, in how many steps of how many lanes `within` clipped it.
        clamped: For each count, in how many steps of how many lanes `at_most` clamped it.
        broken: (checks, lanes) the first step in which a check did not hold, or -1.
    """

    outcomes: Floats
    weights: Floats
    payoffs: Floats
    survival: Floats
    fault: npt.NDArray[np.int32]
    fault_step: npt.NDArray[np.int32]
    clipped: npt.NDArray[np.int64]
    clamped: Mapping[str, int]
    broken: npt.NDArray[np.int32]


def run_lanes(program: Program, lanes: Lanes, *, realised: bool = False, observe: Observer | None = None) -> Results:
    """Run a block of futures through the whole clock.

    Args:
        program: From `standoff.program.compile.compile_model`.
        lanes: The futures.
        realised: Draw the ends instead of splitting the weight.
        observe: Called at each step with everything known by symbol (before the state moves), and once after
            the last step with the state alone.
    """
    with np.errstate(all="ignore"):
        return _Run(program, lanes, realised, observe).results()


class _Run:
    def __init__(self, program: Program, lanes: Lanes, realised: bool, observe: Observer | None) -> None:
        self.program = program
        self.lanes = lanes
        self.realised = realised
        self.observe = observe
        self.evaluator = Evaluator(lanes.size, program)
        self.known = self.evaluator.known
        self.lines: dict[Symbol, npt.NDArray[Any]] = {}
        n_payoffs, n_reduced = len(program.payoffs), len(program.reduced)
        self.payoffs = np.zeros((n_payoffs, lanes.size))
        self.discounts: list[Value] = [1.0] * n_payoffs
        self.survival: Floats = np.ones(lanes.size)
        self.living: Floats = self.survival  # the weight at the start of the step before
        self.sums = np.zeros((n_reduced, lanes.size))
        self.weights = np.zeros((n_reduced, lanes.size))
        self.running: list[Value] = [0.0] * n_reduced
        self.clipped = np.zeros(len(program.carried), dtype=np.int64)
        self.broken = np.full((len(program.checks), lanes.size), -1, dtype=np.int32)
        sizes = (len(program.step), len(program.carried), len(program.memories), len(program.checks),
                 len(program.endings), n_payoffs, n_reduced)  # fmt: skip
        self.first = [int(n) for n in np.cumsum((0, *sizes))]

    def results(self) -> Results:
        self._begin()
        for step in range(self.program.n_steps):
            self._step(step)
        self._end()
        outcomes, weights = self._measure()
        failed = self.evaluator.fault != 0
        outcomes[:, failed] = np.nan
        self.payoffs[:, failed] = np.nan
        return Results(
            outcomes, weights, self.payoffs, self.survival, self.evaluator.fault, self.evaluator.fault_step,
            self.clipped, self.evaluator.clamped, self.broken,
        )  # fmt: skip

    def _begin(self) -> None:
        program, known = self.program, self.known
        for name, column in self.lanes.columns.items():
            known[Symbol("uncertainty", name)] = known[Symbol("value", name)] = column
        for name, usual in program.levels:
            known[Symbol("level", name)] = self.lanes.levels.get(name, usual)
        for player, instances, chosen in zip(program.players, program.instances, self.lanes.instances, strict=True):
            strategies = list(dict.fromkeys(i.strategy.name for i in instances))
            played = np.array([strategies.index(i.strategy.name) for i in instances], dtype=np.float64)
            known[Symbol("strategy", player)] = played[chosen]
            for instance in instances:
                for name, _ in instance.settings:
                    symbol = Symbol("setting", f"{player}.{instance.strategy.name}.{name}")
                    if symbol not in known:
                        known[symbol] = self._setting(player, instance.strategy.name, name, instances)[chosen]
        self._clock(0)
        for i, carried in enumerate(program.carried):
            known[carried.symbol] = self._value(carried.start, self.first[1] + i)
        for i, memory in enumerate(program.memories):
            start = self._value(memory.start, self.first[2] + i)
            if memory.kind == "line":
                self.lines[memory.symbol] = np.full((memory.length, self.lanes.size), start)
            known[memory.symbol] = start

    def _setting(self, player: str, strategy: str, name: str, instances: tuple[Any, ...]) -> npt.NDArray[Any]:
        """The setting's level by instance; options as indices; 0 where the strategy is not played."""
        levels = [dict(i.settings).get(name, 0.0) if i.strategy.name == strategy else 0.0 for i in instances]
        words = tuple(level for level in levels if isinstance(level, str))
        if not words:
            return np.array(levels, dtype=np.float64)
        family = self.program.model.setting_family(player, words)
        options = self.program.model.families()[family or ""]
        return np.array([options.index(x) if isinstance(x, str) else 0 for x in levels], dtype=np.int64)

    def _clock(self, step: int) -> None:
        known, program = self.known, self.program
        known[Symbol("clock", "step")] = float(step)
        known[Symbol("clock", "date")] = program.model.clock.date(step)
        for name, values in program.series:
            if values:
                known[Symbol("series", name)] = values[min(step, len(values) - 1)]
        for i, carried in enumerate(program.carried):
            if carried.held is not None:
                known[carried.symbol] = self._value(carried.held, self.first[1] + i)
        for memory in program.memories:
            if memory.kind == "line" and step:
                known[memory.symbol] = self.lines[memory.symbol][step % memory.length].copy()

    def _value(self, node: Expr, equation: int, where: Expr | None = None) -> Value:
        return self.evaluator.evaluate(node, equation, where)

    def _step(self, step: int) -> None:
        self.evaluator.step = step
        self._clock(step)
        before = self.survival
        if step > 0:
            self._leave(before)
        for name in self.program.luck:
            uniform = streams.uniform(self.lanes.keys, streams.key(name), step)
            self.known[Symbol("luck", name)] = uniform
        for i, assignment in enumerate(self.program.step):
            self.known[assignment.target] = self._value(assignment.value, i, assignment.where)
        for i, (_, condition, _) in enumerate(self.program.checks):
            held = np.broadcast_to(self._value(condition, self.first[3] + i), self.lanes.size)
            self.broken[i][~held & (self.broken[i] < 0)] = step
        if self.observe is not None:
            self.observe(step, self.known)
        self._pay(before)
        masses = self._split()
        for i, reduced in enumerate(self.program.reduced):
            self._take_in(i, reduced, step, before, masses)
        self._move(step)

    def _pay(self, survival: Floats) -> None:
        for i, paid in enumerate(self.program.payoffs):
            if paid.each is not None:
                worth = as_number(self._value(paid.each, self.first[5] + i))
                self.payoffs[i] += survival * (self.discounts[i] * worth)

    def _split(self) -> list[Floats]:
        """Pay the ends what they are worth, and split the weight; the weight that each end takes."""
        masses: list[Floats] = []
        for i, ending in enumerate(self.program.endings):
            happened = as_number(self.known_value(ending.happened))
            chance = happened if self.realised else as_number(self.known_value(ending.chance))
            mass = np.broadcast_to(self.survival * chance, self.lanes.size)
            for payoff, worth in ending.worth:
                paid = as_number(self._value(worth, self.first[4] + i))
                self.payoffs[payoff] += mass * (self.discounts[payoff] * paid)
            own = happened if self.realised else as_number(self.known_value(ending.own))
            if ending.given is not None and not self.realised:
                given = as_number(self._value(ending.given, self.first[4] + i))
                own = own * given
            self.survival = self.survival * (1.0 - own)
            masses.append(mass)
        return masses

    def known_value(self, node: Expr) -> Value:
        return self.evaluator.value(node, None)

    def _take_in(self, i: int, reduced: Reduced, step: int, before: Floats, masses: list[Floats]) -> None:
        """Add a step to a reducer; `before` is S at the step's start, so `before − S` ends in it."""
        if reduced.ending is not None and reduced.kind in ("ever", "count", "first"):
            mass = masses[reduced.ending]
            date = self.program.model.clock.date(step) if reduced.kind == "first" else 1.0
            self.sums[i] += mass * date
            self.weights[i] += mass
            return
        if reduced.kind == "final":
            return
        x = as_number(self._value(reduced.argument, self.first[6] + i))
        if reduced.kind == "mean":
            self.running[i] = self.running[i] + x
            if self.program.endings:
                self.sums[i] += (before - self.survival) * (self.running[i] / (step + 1.0))
        elif reduced.kind in ("total", "count"):
            self.sums[i] += before * x
        elif reduced.kind in ("peak", "minimum"):
            beyond = x > self.running[i] if reduced.kind == "peak" else x < self.running[i]
            extreme = x if step == 0 else np.where(beyond, x, self.running[i])
            self.sums[i] += before * (extreme if step == 0 else extreme - self.running[i])
            self.running[i] = extreme
        else:  # ever, first
            now = np.where(x > 0.0, 1.0, 0.0)
            fresh = now * (1.0 - self.running[i])
            self.running[i] = self.running[i] + fresh
            date = self.program.model.clock.date(step) if reduced.kind == "first" else 1.0
            self.sums[i] += (before * fresh) * date
            self.weights[i] += before * fresh

    def _leave(self, survival: Floats) -> None:
        """What is final of the futures that ended in the step before: read on the state that it led to."""
        if not self.program.endings:
            return
        for i, reduced in enumerate(self.program.reduced):
            if reduced.kind == "final":
                x = as_number(self._value(reduced.argument, self.first[6] + i))
                self.sums[i] += (self.living - survival) * x
        self.living = survival

    def _move(self, step: int) -> None:
        program, moved = self.program, {}
        for i, carried in enumerate(program.carried):
            moved[carried.symbol] = self._clip(i, self._value(carried.next, self.first[1] + i))
        for i, memory in enumerate(program.memories):
            following = self._remember(memory, self.first[2] + i)
            if memory.kind == "line":
                line = self.lines[memory.symbol]
                line[slice(None) if step == 0 else step % memory.length] = following
            else:
                moved[memory.symbol] = following
        for i, paid in enumerate(program.payoffs):
            if paid.discount is not None:
                self.discounts[i] = self.discounts[i] * as_number(self._value(paid.discount, self.first[5] + i))
        self.known.update(moved)

    def _remember(self, memory: Memory, equation: int) -> Value:
        following = self._value(memory.next, equation, memory.where)
        if memory.where is None:
            return following
        return np.where(self.known_value(memory.where), following, self.known[memory.symbol])

    def _clip(self, i: int, x: Value) -> Value:
        low, high = self.program.carried[i].within
        live = self.evaluator.fault == 0
        for outside, bound in ((None if low is None else x < low, low), (None if high is None else x > high, high)):
            if outside is not None and np.any(outside):
                self.clipped[i] += int(np.count_nonzero(outside & live))
                x = np.where(outside, bound, x)
        return x

    def _end(self) -> None:
        steps = self.program.n_steps
        self.evaluator.step = steps
        self._clock(steps)
        if self.observe is not None:
            self.observe(steps, {c.symbol: self.known[c.symbol] for c in self.program.carried})
        for i, paid in enumerate(self.program.payoffs):
            if paid.final is not None:
                worth = as_number(self._value(paid.final, self.first[5] + i))
                self.payoffs[i] += self.survival * (self.discounts[i] * worth)
        for i, reduced in enumerate(self.program.reduced):
            if reduced.kind == "final":
                # those that end in the last step are on this state too
                self.sums[i] += self.living * as_number(self._value(reduced.argument, self.first[6] + i))
            elif reduced.kind == "mean":
                self.sums[i] += self.survival * (self.running[i] / float(steps))
            elif reduced.kind == "first":
                self.sums[i] = np.where(self.weights[i] > 0.0, self.sums[i] / self.weights[i], np.nan)

    def _measure(self) -> tuple[Floats, Floats]:
        n, size = len(self.program.measured), self.lanes.size
        outcomes, weights = np.zeros((n, size)), np.ones((n, size))
        for i in range(len(self.program.reduced)):
            self.known[Symbol("hidden", f"reduced:{i}")] = self.sums[i]
        for i, measured in enumerate(self.program.measured):
            if measured.first is None:
                outcomes[i] = as_number(self._value(measured.measure, self.first[7] + i))
            else:
                outcomes[i] = as_number(self.known_value(measured.measure))
                weights[i] = self.weights[measured.first]
        return outcomes, weights
