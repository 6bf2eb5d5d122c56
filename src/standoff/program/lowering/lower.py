"""A program as three phases over one graph: the beginning, a step, and the end.

What is carried from step to step are *states*: stocks, modes and memories, and besides them survival, payoffs,
discounts, reducers and counters. A state whose course hangs on the profile and the step alone is a scalar of its
block of futures; which ones those are is found by supposing it of all and dropping what contradicts it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from standoff.base.collecting import uncollected
from standoff.language.expressions.tree import Expr, Symbol
from standoff.program.lowering.graph import BLOCK, LANE, MOST, STEP, WORLD, Graph
from standoff.program.lowering.states import COUNTED, FOLLOWED, Reducers, Split, States
from standoff.program.lowering.values import Phase, Values
from standoff.program.program import Carried, Program, Varied

__all__ = ["BEGIN", "Line", "Lowered", "lower_program"]

BEGIN, EACH, END = "begin", "step", "end"


@dataclass(frozen=True, slots=True)
class Line:
    """A delay line: `state` is what is read in a step; `length` places of the past are kept."""

    state: str
    length: int


@dataclass(frozen=True, slots=True)
class Lowered:
    """What the emitter writes down.

    Attributes:
        graph: All operations.
        phases: The beginning, a step, and the end.
        scalars: Names of what is carried and one number for a block.
        lines: Delay lines; their states' writes in a step are what enters the line.
        outputs: Name of a result to its node in the end phase, or state.
        labels: What a reader knows a node as.
    """

    program: Program
    graph: Graph
    phases: tuple[Phase, Phase, Phase]
    scalars: frozenset[str]
    lines: tuple[Line, ...]
    outputs: dict[str, int]
    labels: dict[int, str]


@uncollected()
def lower_program(program: Program, *, held: bool = False, followed: tuple[Symbol, ...] = ()) -> Lowered:
    """Lower a program to operations of three phases.

    Args:
        program: From `standoff.program.compile.compile_model`.
        held: Whether choices can be held in a step: an input `("held", choice)` of each, the index of an option, or
            less than 0 where the strategy chooses.
        followed: Stocks, modes, quantities and counts to keep of every step, as results `followed 0`, …: what is
            carried as a step leaves it, all else as it was in the step.
    """
    scalars: frozenset[str] | None = None
    while True:
        lowering = _Lowering(program, scalars, held, followed)
        lowered = lowering.run()
        wrong = lowering.contradicted(lowered)
        if not wrong:
            return lowered
        scalars = lowered.scalars - wrong


class _Lowering:
    def __init__(
        self, program: Program, scalars: frozenset[str] | None, held: bool, followed: tuple[Symbol, ...]
    ) -> None:
        self.program = program
        self.held = held
        self.followed = followed
        self.graph = Graph()
        self.values = Values(self.graph)
        self.states = States(self.graph, self.values, scalars)
        self.reducers = Reducers(program, self.states)
        self.lines = tuple(Line(_named(m.symbol), m.length) for m in program.memories if m.kind == "line")
        self.states.lines = frozenset(line.state for line in self.lines)
        self.bounds: dict[str, tuple[float, float]] = {}
        self.labels: dict[int, str] = {}
        self.outputs: dict[str, int] = {}
        self.realised = self.graph.input("realised", BLOCK, truth=True)
        self.values.known[Symbol("hidden", "realised")] = self.realised
        self.has_endings = bool(program.endings)

    def run(self) -> Lowered:
        begin, step, end = Phase(BEGIN), Phase(EACH), Phase(END)
        self._inputs()
        self._begin(begin)
        self._step(step)
        self._end(end)
        for name in self.states.names:
            begin.writes.setdefault(name, self.graph.constant(-1.0 if name.startswith("broken ") else 0.0))
        scalars = frozenset(s for s in self.states.names if self.states.is_scalar(s))
        phases = begin, step, end
        return Lowered(
            self.program, self.graph, phases, scalars, lines=self.lines, outputs=self.outputs, labels=self.labels
        )

    def contradicted(self, lowered: Lowered) -> set[str]:
        """States that were supposed to be scalars and take in something of a world or future."""
        g = self.graph
        return {
            name
            for phase in lowered.phases
            for name, node in phase.writes.items()
            if name in lowered.scalars and g.needs[node] & (WORLD | LANE)
        }

    def _inputs(self) -> None:
        g, known, program = self.graph, self.values.known, self.program
        everything = (-MOST, MOST)
        for name in program.columns:
            column = g.input(("column", name), WORLD, bounds=everything)
            known[Symbol("uncertainty", name)] = known[Symbol("value", name)] = column
            self.labels[g.node[column]] = name
        for name, _ in program.levels:
            known[Symbol("level", name)] = g.input(("level", name), BLOCK, bounds=everything)
        for player, instances in zip(program.players, program.instances, strict=True):
            known[Symbol("strategy", player)] = g.input(("strategy", player), BLOCK, bounds=everything)
            for instance in instances:
                for name, _ in instance.settings:
                    symbol = Symbol("setting", f"{player}.{instance.strategy.name}.{name}")
                    known[symbol] = g.input(("setting", symbol.name), BLOCK, bounds=everything)

    def _clock(self, step: int | None) -> None:
        """The clock and the series: constants in the beginning and the end, scalars in a step."""
        g, known, program = self.graph, self.values.known, self.program
        clock = program.model.clock
        names = [("clock", "step"), ("clock", "date"), *(("series", n) for n, v in program.series if v)]
        for kind, name in names:
            symbol = Symbol(kind, name)  # type: ignore[arg-type]
            if step is not None:
                values = dict(program.series).get(name, ())
                at = float(step) if name == "step" else clock.date(step)
                known[symbol] = g.constant(values[min(step, len(values) - 1)] if kind == "series" else at)
            else:
                known[symbol] = g.input((kind, name), STEP, bounds=self._range(kind, name))
        for carried in program.carried:
            if carried.held is not None:
                known[carried.symbol] = self.values.evaluate(carried.held)

    def _range(self, kind: str, name: str) -> tuple[float, float] | None:
        if kind == "series":
            values = dict(self.program.series)[name]
        elif name == "step":
            values = (0.0, float(self.program.n_steps))
        else:
            values = (self.program.model.clock.date(0), self.program.model.clock.date(self.program.n_steps))
        return (min(values), max(values)) if all(math.isfinite(v) for v in values) else None

    def _lucky(self, names: tuple[str, ...]) -> None:
        for name in names:
            luck = self.graph.input(("luck", name), LANE, bounds=(2.0**-53, 1.0 - 2.0**-53))
            self.values.known[Symbol("luck", name)] = luck
            self.labels[self.graph.node[luck]] = f"luck of {name}"

    def _begin(self, phase: Phase) -> None:
        self.values.phase = phase
        program, g = self.program, self.graph
        self._clock(0)
        self._lucky(program.start_luck)
        for carried in program.carried:
            start = self.values.evaluate(carried.start)
            self.values.known[carried.symbol] = start
            self._keep_bounds(_named(carried.symbol), start, carried)
            self.states.write(_named(carried.symbol), start)
        for memory in program.memories:
            start = self.values.evaluate(memory.start)
            self.values.known[memory.symbol] = start
            self.states.write(_named(memory.symbol), start)
        for i, paid in enumerate(program.payoffs):
            if paid.discount is not None:
                self.states.write(f"discount {i}", g.constant(1.0))
        if self.has_endings:
            self.states.write("survival", g.constant(1.0))
            self.states.write("living", g.constant(1.0))
        self._follow()

    def _keep_bounds(self, name: str, start: int, carried: Carried) -> None:
        low, high = carried.within
        bounds = self.graph.bounds[start]
        if low is not None and high is not None and bounds is not None:
            self.bounds[name] = (min(low, bounds[0]), max(high, bounds[1]))

    def _enter(self, step: int | None) -> None:
        """At a step's start, and after the last: carried things as they are, and the clock."""
        known, program = self.values.known, self.program
        for carried in program.carried:
            name = _named(carried.symbol)
            known[carried.symbol] = self.states.read(name, self.bounds.get(name, (-MOST, MOST)))
            self.labels[self.graph.node[known[carried.symbol]]] = carried.symbol.name
        for memory in program.memories:
            known[memory.symbol] = self.states.read(_named(memory.symbol), (-MOST, MOST))
            self.labels[self.graph.node[known[memory.symbol]]] = memory.symbol.name
        self._clock(step)

    def _step(self, phase: Phase) -> None:
        self.values.phase = phase
        program, known, g = self.program, self.values.known, self.graph
        self._enter(None)
        if self.has_endings:
            self.reducers.leave(self._survival())
        self._lucky(program.luck)
        for assignment in program.step:
            self.values.shown = assignment.shown
            value = self.values.evaluate(assignment.value, assignment.where)
            if self.held and assignment.target.kind == "choice":
                value = self._unless_held(assignment.target.name, value)
            known[assignment.target] = value
            self.labels.setdefault(g.node[value], assignment.shown)
        self._check()
        split = self._split(self._survival())
        self._pay(split)
        for i, reduced in enumerate(program.reduced):
            self.reducers.take_in(i, reduced, split)
        self._move()
        counts = {event.name for event in program.model.events if event.kind == "count"}
        for name, clamped in self.values.clamped:
            if name not in counts:  # a branch, which is none of what is drawn
                continue
            self.states.add(f"clamped {name}", g.number(clamped))

    def _follow(self) -> None:
        """Keep what is followed: what is carried as this phase leaves it, all else as it is in the step."""
        carried = {one.symbol for one in self.program.carried}
        for i, symbol in enumerate(self.followed):
            if symbol in carried:
                self.states.write(f"{FOLLOWED}{i}", self.values.phase.writes[_named(symbol)])
            elif self.values.phase.name == EACH:
                self.states.write(f"{FOLLOWED}{i}", self.values.known[symbol])

    def _unless_held(self, choice: str, value: int) -> int:
        g = self.graph
        option = g.input(("held", choice), BLOCK | STEP, bounds=(-1.0, MOST))
        return g.select(g.apply("lt", option, g.constant(0.0)), value, option)

    def _survival(self) -> int:
        return self.states.read("survival") if self.has_endings else self.graph.constant(1.0)

    def _discount(self, i: int) -> int:
        has_one = self.program.payoffs[i].discount is not None
        return self.states.read(f"discount {i}") if has_one else self.graph.constant(1.0)

    def _add(self, name: str, amount: int) -> None:
        """Add to a state that began at 0; twice in a step where need be."""
        so_far = self.values.phase.writes.get(name)
        if so_far is None:
            so_far = self.states.read(name)
        self.states.write(name, self.graph.apply("add", so_far, amount))

    def _check(self) -> None:
        g = self.graph
        for i, (_, condition, _) in enumerate(self.program.checks):
            held = g.as_truth(self.values.evaluate(condition))
            name = f"broken {i}"
            first = self.states.read(name)
            now = g.both(g.no(held), g.apply("lt", first, g.constant(0.0)))
            self.states.write(name, g.select(now, self.values.known[Symbol("clock", "step")], first))

    def _pay(self, split: Split) -> None:
        """Pay what the step is worth, and then what ends are worth."""
        g = self.graph
        for i, paid in enumerate(self.program.payoffs):
            if paid.each is not None:
                for weight, worth in self.reducers.parts(paid.each, split):
                    discounted = g.apply("mul", self._discount(i), worth)
                    self.states.add(f"payoff {i}", g.apply("mul", weight, discounted))
        for i, ending in enumerate(self.program.endings):
            for payoff, varied in ending.worth:
                for weight, amount in self._worths(i, varied, split):
                    discounted = g.apply("mul", self._discount(payoff), amount)
                    self.states.add(f"payoff {payoff}", g.apply("mul", weight, discounted))

    def _worths(self, i: int, worth: Varied, split: Split) -> Iterator[tuple[int, int]]:
        """What an ending is worth, with the weight for which it is: as drawn, or in each branch."""
        g, zero = self.graph, self.graph.constant(0.0)
        mass, active = split.masses[i], g.apply("lt", zero, split.taken[i])
        if worth.branches:
            mass, active = g.select(self.realised, mass, zero), g.both(self.realised, active)
        yield mass, g.number(self.values.evaluate_in(worth.drawn, active))
        for branch, tree in zip(self.program.branches, worth.branches, strict=False):
            share = g.number(self._known(branch.shares[i]))
            active = g.both(g.no(self.realised), g.apply("lt", zero, share))
            weight = g.select(self.realised, zero, g.apply("mul", split.before, share))
            yield weight, g.number(self.values.evaluate_in(tree, active))

    def _split(self, before: int) -> Split:
        """Split the weight among ends and what goes on."""
        g, program = self.graph, self.program
        taken: list[int] = []
        masses: list[int] = []
        drawn = before
        for i, ending in enumerate(program.endings):
            happened = g.number(self._known(ending.happened))
            share = self._sum([g.number(self._known(branch.shares[i])) for branch in program.branches])
            taken.append(g.select(self.realised, happened, share))
            masses.append(g.select(self.realised, g.apply("mul", drawn, happened), g.apply("mul", before, share)))
            drawn = g.apply("mul", drawn, g.apply("sub", g.constant(1.0), happened))
        going_on = before
        if program.going_on is not None:
            going_on = g.apply("mul", before, g.number(self._known(program.going_on)))
        after = g.select(self.realised, drawn, going_on)
        if self.has_endings:
            self.states.write("survival", after)
        ends = [g.number(self._known(branch.ends)) for branch in program.branches]
        split = Split(before, after, tuple(taken), tuple(masses), ends=tuple(ends))
        self.reducers.keep_branches(split)
        return split

    def _sum(self, nodes: list[int]) -> int:
        total = nodes[0] if nodes else self.graph.constant(0.0)
        for node in nodes[1:]:
            total = self.graph.apply("add", total, node)
        return total

    def _known(self, node: Expr) -> int:
        return self.values.value(node, self.graph.true)

    def _move(self) -> None:
        g, program = self.graph, self.program
        for carried in program.carried:
            following = self._clip(carried, self.values.evaluate(carried.next))
            self.states.write(_named(carried.symbol), following)
        for memory in program.memories:
            following = self.values.evaluate(memory.next, memory.where)
            if memory.where is not None:
                played = g.as_truth(self._known(memory.where))
                following = g.select(played, following, self.values.known[memory.symbol])
            self.states.write(_named(memory.symbol), following)
        for i, paid in enumerate(program.payoffs):
            if paid.discount is not None:
                discount = g.number(self.values.evaluate(paid.discount))
                self.states.write(f"discount {i}", g.apply("mul", self.states.read(f"discount {i}"), discount))
        self._follow()

    def _clip(self, carried: Carried, x: int) -> int:
        """Bound what is carried, and count where."""
        g, clipped = self.graph, x
        low, high = carried.within
        for bound, below in ((low, True), (high, False)):
            if bound is not None:
                limit = g.constant(bound)
                outside = g.apply("lt", *((x, limit) if below else (limit, x)))
                self.states.add(f"clipped {_named(carried.symbol)}", g.number(outside))
                clipped = g.apply("select", outside, limit, clipped)
        if low is not None and high is not None and g.bounds[x] is not None:
            return g.bounded(clipped, low, high)
        return clipped

    def _end(self, phase: Phase) -> None:
        self.values.phase = phase
        program, g = self.program, self.graph
        self._enter(program.n_steps)
        survival = self._survival()
        self.outputs["survival"] = survival
        for i, paid in enumerate(program.payoffs):
            payoff = self.states.read(f"payoff {i}")
            if paid.final is not None:
                worth = g.number(self.values.evaluate(paid.final))
                discounted = g.apply("mul", self._discount(i), worth)
                payoff = g.apply("add", payoff, g.apply("mul", survival, discounted))
            self.outputs[f"payoff {i}"] = payoff
        if self.has_endings:
            self.reducers.leave(survival, last=True)
        for i, reduced in enumerate(program.reduced):
            self.values.known[Symbol("hidden", f"reduced:{i}")] = self.reducers.reduced(i, reduced, survival)
        for i, measured in enumerate(program.measured):
            if measured.first is None:
                self.outputs[f"outcome {i}"] = g.number(self.values.evaluate(measured.measure))
            else:
                self.outputs[f"outcome {i}"] = g.number(self._known(measured.measure))
                self.outputs[f"weight {i}"] = self.reducers.at_most_one(self.states.read(f"weight {measured.first}"))
        for name in tuple(self.states.names):
            if name.startswith((*COUNTED, FOLLOWED)):
                self.outputs[name] = self.states.read(name)


def _named(symbol: Symbol) -> str:
    return f"{symbol.kind} {symbol.name}"
