"""A program as three phases over one graph: the beginning, a step, and the end.

What is carried from step to step are *states*: stocks, modes and memories, and besides them survival, payoffs,
discounts, reducers and counters. A state whose course hangs on the profile and the step alone is a scalar of its
block of futures; which ones those are is found by supposing it of all and dropping what contradicts it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from standoff.language.expressions.tree import Expr, Symbol
from standoff.program.lowering.graph import BLOCK, LANE, MOST, STEP, WORLD, Graph
from standoff.program.lowering.values import Phase, Values
from standoff.program.program import Carried, Program, Reduced

__all__ = ["BEGIN", "Line", "Lowered", "lower_program"]

BEGIN, EACH, END = "begin", "step", "end"
_COUNTED = ("clipped ", "clamped ", "broken ")  # states that tell of each future


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


def lower_program(program: Program) -> Lowered:
    """Lower a program to operations of three phases."""
    scalars: frozenset[str] | None = None
    while True:
        lowering = _Lowering(program, scalars)
        lowered = lowering.run()
        wrong = lowering.contradicted(lowered)
        if not wrong:
            return lowered
        scalars = lowered.scalars - wrong


class _Lowering:
    def __init__(self, program: Program, scalars: frozenset[str] | None) -> None:
        self.program = program
        self.graph = Graph()
        self.values = Values(self.graph)
        self.supposed = scalars
        self.states: dict[str, None] = {}
        self.lines = tuple(Line(_named(m.symbol), m.length) for m in program.memories if m.kind == "line")
        self.bounds: dict[str, tuple[float, float]] = {}
        self.labels: dict[int, str] = {}
        self.outputs: dict[str, int] = {}
        self.realised = self.graph.input("realised", BLOCK, truth=True)
        self.has_endings = bool(program.endings)

    def run(self) -> Lowered:
        begin, step, end = Phase(BEGIN), Phase(EACH), Phase(END)
        self._inputs()
        self._begin(begin)
        self._step(step)
        self._end(end)
        for name in self.states:
            begin.writes.setdefault(name, self.graph.constant(-1.0 if name.startswith("broken ") else 0.0))
        scalars = frozenset(s for s in self.states if self._is_scalar(s))
        phases = begin, step, end
        return Lowered(self.program, self.graph, phases, scalars, self.lines, self.outputs, self.labels)

    def contradicted(self, lowered: Lowered) -> set[str]:
        """States that were supposed to be scalars and take in something of a world or future."""
        g = self.graph
        return {
            name
            for phase in lowered.phases
            for name, node in phase.writes.items()
            if name in lowered.scalars and g.needs[node] & (WORLD | LANE)
        }

    def _is_scalar(self, name: str) -> bool:
        if name.startswith(_COUNTED) or any(line.state == name for line in self.lines):
            return False
        return self.supposed is None or name in self.supposed

    def _state(self, name: str, bounds: tuple[float, float] | None = None) -> int:
        """What a state is at this point: its value at the start of the step, or after the last."""
        self.states[name] = None
        needs = BLOCK | STEP if self._is_scalar(name) else LANE
        return self.graph.input(("state", name, self.values.phase.name), needs, bounds=bounds)

    def _write(self, name: str, node: int) -> None:
        self.states[name] = None
        self.values.phase.writes[name] = self.graph.number(node)

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

    def _begin(self, phase: Phase) -> None:
        self.values.phase = phase
        program, g = self.program, self.graph
        self._clock(0)
        for carried in program.carried:
            start = self.values.evaluate(carried.start)
            self.values.known[carried.symbol] = start
            self._keep_bounds(_named(carried.symbol), start, carried)
            self._write(_named(carried.symbol), start)
        for memory in program.memories:
            start = self.values.evaluate(memory.start)
            self.values.known[memory.symbol] = start
            self._write(_named(memory.symbol), start)
        for i, paid in enumerate(program.payoffs):
            if paid.discount is not None:
                self._write(f"discount {i}", g.constant(1.0))
        if self.has_endings:
            self._write("survival", g.constant(1.0))
            self._write("living", g.constant(1.0))

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
            known[carried.symbol] = self._state(name, self.bounds.get(name, (-MOST, MOST)))
            self.labels[self.graph.node[known[carried.symbol]]] = carried.symbol.name
        for memory in program.memories:
            known[memory.symbol] = self._state(_named(memory.symbol), (-MOST, MOST))
            self.labels[self.graph.node[known[memory.symbol]]] = memory.symbol.name
        self._clock(step)

    def _step(self, phase: Phase) -> None:
        self.values.phase = phase
        program, known, g = self.program, self.values.known, self.graph
        self._enter(None)
        self._leave()
        for name in program.luck:
            luck = g.input(("luck", name), LANE, bounds=(2.0**-53, 1.0 - 2.0**-53))
            known[Symbol("luck", name)] = luck
            self.labels[g.node[luck]] = f"luck of {name}"
        for assignment in program.step:
            self.values.shown = assignment.shown
            value = self.values.evaluate(assignment.value, assignment.where)
            known[assignment.target] = value
            self.labels.setdefault(g.node[value], assignment.shown)
        self._check()
        before = self._survival()
        self._pay(before)
        masses, after = self._split(before)
        for i, reduced in enumerate(program.reduced):
            self._take_in(i, reduced, before, after, masses)
        self._move()
        for name, clamped in self.values.clamped:
            self._add(f"clamped {name}", g.number(clamped))

    def _survival(self) -> int:
        return self._state("survival") if self.has_endings else self.graph.constant(1.0)

    def _discount(self, i: int) -> int:
        has_one = self.program.payoffs[i].discount is not None
        return self._state(f"discount {i}") if has_one else self.graph.constant(1.0)

    def _add(self, name: str, amount: int) -> None:
        """Add to a state that began at 0; twice in a step where need be."""
        so_far = self.values.phase.writes.get(name)
        if so_far is None:
            so_far = self._state(name)
        self._write(name, self.graph.apply("add", so_far, amount))

    def _check(self) -> None:
        g = self.graph
        for i, (_, condition, _) in enumerate(self.program.checks):
            held = g.as_truth(self.values.evaluate(condition))
            name = f"broken {i}"
            first = self._state(name)
            now = g.both(g.no(held), g.apply("lt", first, g.constant(0.0)))
            self._write(name, g.select(now, self.values.known[Symbol("clock", "step")], first))

    def _pay(self, survival: int) -> None:
        g = self.graph
        for i, paid in enumerate(self.program.payoffs):
            if paid.each is not None:
                worth = g.number(self.values.evaluate(paid.each))
                discounted = g.apply("mul", self._discount(i), worth)
                self._add(f"payoff {i}", g.apply("mul", survival, discounted))

    def _split(self, survival: int) -> tuple[list[int], int]:
        """Pay the ends what they are worth, and split the weight; what each end takes, and what is left."""
        g, masses = self.graph, []
        for ending in self.program.endings:
            happened = g.number(self._known(ending.happened))
            chance = g.select(self.realised, happened, g.number(self._known(ending.chance)))
            mass = g.apply("mul", survival, chance)
            for payoff, worth in ending.worth:
                paid = g.number(self.values.evaluate(worth))
                discounted = g.apply("mul", self._discount(payoff), paid)
                self._add(f"payoff {payoff}", g.apply("mul", mass, discounted))
            own = g.number(self._known(ending.own))
            if ending.given is not None:
                given = g.number(self.values.value(ending.given, g.no(self.realised)))
                own = g.apply("mul", own, given)
            own = g.select(self.realised, happened, own)
            survival = g.apply("mul", survival, g.apply("sub", g.constant(1.0), own))
            masses.append(mass)
        if self.has_endings:
            self._write("survival", survival)
        return masses, survival

    def _known(self, node: Expr) -> int:
        return self.values.value(node, self.graph.true)

    def _take_in(self, i: int, reduced: Reduced, before: int, after: int, masses: list[int]) -> None:
        g = self.graph
        one = g.constant(1.0)
        date = self.values.known[Symbol("clock", "date")] if reduced.kind == "first" else one
        if reduced.ending is not None and reduced.kind in ("ever", "count", "first"):
            mass = masses[reduced.ending]
            self._add(f"sum {i}", g.apply("mul", mass, date))
            self._add(f"weight {i}", mass)
            return
        if reduced.kind == "final":
            return
        x = g.number(self.values.evaluate(reduced.argument))
        ended = g.apply("sub", before, after)
        if reduced.kind == "mean":
            running = g.apply("add", self._state(f"running {i}"), x)
            self._write(f"running {i}", running)
            if self.has_endings:
                so_far = g.apply("div", running, g.apply("add", self.values.known[Symbol("clock", "step")], one))
                self._add(f"sum {i}", g.apply("mul", ended, so_far))
        elif reduced.kind in ("total", "count"):
            self._add(f"sum {i}", g.apply("mul", before, x))
        elif reduced.kind in ("peak", "minimum"):
            self._extreme(i, reduced.kind, before, x)
        else:
            self._first(i, before, x, date)

    def _leave(self) -> None:
        """What is final of the futures that ended in the step before; in the first step that is none."""
        g = self.graph
        finals = [(i, r) for i, r in enumerate(self.program.reduced) if r.kind == "final"]
        if not (self.has_endings and finals):
            return
        survival = self._survival()
        ended = g.apply("sub", self._state("living"), survival)
        for i, reduced in finals:
            x = g.number(self.values.evaluate(reduced.argument))
            self._add(f"sum {i}", g.apply("mul", ended, x))
        self._write("living", survival)

    def _extreme(self, i: int, kind: str, before: int, x: int) -> None:
        g = self.graph
        is_first = g.apply("eq", self.values.known[Symbol("clock", "step")], g.constant(0.0))
        running = self._state(f"running {i}")
        beyond = g.apply("lt", *((running, x) if kind == "peak" else (x, running)))
        further = g.apply("select", beyond, x, running)
        extreme = g.apply("select", is_first, x, further)
        self._write(f"running {i}", extreme)
        change = g.apply("select", is_first, extreme, g.apply("sub", extreme, running))
        self._add(f"sum {i}", g.apply("mul", before, change))

    def _first(self, i: int, before: int, x: int, date: int) -> None:
        g = self.graph
        now = g.number(g.apply("lt", g.constant(0.0), x))
        running = self._state(f"running {i}")
        fresh = g.apply("mul", now, g.apply("sub", g.constant(1.0), running))
        self._write(f"running {i}", g.apply("add", running, fresh))
        lived = g.apply("mul", before, fresh)
        self._add(f"sum {i}", g.apply("mul", lived, date))
        self._add(f"weight {i}", lived)

    def _move(self) -> None:
        g, program = self.graph, self.program
        for carried in program.carried:
            following = self._clip(carried, self.values.evaluate(carried.next))
            self._write(_named(carried.symbol), following)
        for memory in program.memories:
            following = self.values.evaluate(memory.next, memory.where)
            if memory.where is not None:
                played = g.as_truth(self._known(memory.where))
                following = g.select(played, following, self.values.known[memory.symbol])
            self._write(_named(memory.symbol), following)
        for i, paid in enumerate(program.payoffs):
            if paid.discount is not None:
                discount = g.number(self.values.evaluate(paid.discount))
                self._write(f"discount {i}", g.apply("mul", self._state(f"discount {i}"), discount))

    def _clip(self, carried: Carried, x: int) -> int:
        """Bound what is carried, and count where."""
        g, clipped = self.graph, x
        low, high = carried.within
        for bound, below in ((low, True), (high, False)):
            if bound is not None:
                limit = g.constant(bound)
                outside = g.apply("lt", *((x, limit) if below else (limit, x)))
                self._add(f"clipped {_named(carried.symbol)}", g.number(outside))
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
            payoff = self._state(f"payoff {i}")
            if paid.final is not None:
                worth = g.number(self.values.evaluate(paid.final))
                discounted = g.apply("mul", self._discount(i), worth)
                payoff = g.apply("add", payoff, g.apply("mul", survival, discounted))
            self.outputs[f"payoff {i}"] = payoff
        for i, reduced in enumerate(program.reduced):
            self.values.known[Symbol("hidden", f"reduced:{i}")] = self._reduced(i, reduced, survival)
        for i, measured in enumerate(program.measured):
            if measured.first is None:
                self.outputs[f"outcome {i}"] = g.number(self.values.evaluate(measured.measure))
            else:
                self.outputs[f"outcome {i}"] = g.number(self._known(measured.measure))
                self.outputs[f"weight {i}"] = self._state(f"weight {measured.first}")
        for name in tuple(self.states):
            if name.startswith(_COUNTED):
                self.outputs[name] = self._state(name)

    def _reduced(self, i: int, reduced: Reduced, survival: int) -> int:
        g = self.graph
        if reduced.kind == "final":
            x = g.number(self.values.evaluate(reduced.argument))
            last = g.apply("mul", self._state("living"), x) if self.has_endings else x
            so_far = self._state(f"sum {i}") if self.has_endings else g.constant(0.0)
            return g.apply("add", so_far, last)
        if reduced.kind == "mean":
            mean = g.apply("div", self._state(f"running {i}"), g.constant(float(self.program.n_steps)))
            last = g.apply("mul", survival, mean)
            so_far = self._state(f"sum {i}") if self.has_endings else g.constant(0.0)
            return g.apply("add", so_far, last)
        total = self._state(f"sum {i}")
        if reduced.kind != "first":
            return total
        weight = self._state(f"weight {i}")
        known = g.apply("lt", g.constant(0.0), weight)
        return g.apply("select", known, g.apply("div", total, weight), g.constant(math.nan))


def _named(symbol: Symbol) -> str:
    return f"{symbol.kind} {symbol.name}"
