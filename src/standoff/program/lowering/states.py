"""What is carried from step to step besides stocks, modes and memories: how the weight is split, and reducers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from standoff.language.expressions.tree import Symbol
from standoff.program.lowering.graph import BLOCK, LANE, STEP, Graph
from standoff.program.lowering.values import Values
from standoff.program.program import Program, Reduced, Varied

__all__ = ["COUNTED", "FOLLOWED", "Reducers", "Split", "States"]

COUNTED = ("clipped ", "clamped ", "broken ")  # states that tell of each future
FOLLOWED = "followed "  # likewise, of what is kept of every step


class States:
    """States by name: read as they are at the start of a step or after the last, and written for the next."""

    def __init__(self, graph: Graph, values: Values, scalars: frozenset[str] | None) -> None:
        self.graph = graph
        self.values = values
        self.scalars = scalars
        self.names: dict[str, None] = {}
        self.lines: frozenset[str] = frozenset()

    def is_scalar(self, name: str) -> bool:
        """Whether it is supposed to be one number for a block."""
        if name.startswith((*COUNTED, FOLLOWED)) or name in self.lines:
            return False
        return self.scalars is None or name in self.scalars

    def read(self, name: str, bounds: tuple[float, float] | None = None) -> int:
        """What a state is at this point: its value at the start of the step, or after the last."""
        self.names[name] = None
        needs = BLOCK | STEP if self.is_scalar(name) else LANE
        return self.graph.input(("state", name, self.values.phase.name), needs, bounds=bounds)

    def write(self, name: str, node: int) -> None:
        """What a state becomes."""
        self.names[name] = None
        self.values.phase.writes[name] = self.graph.number(node)

    def add(self, name: str, amount: int) -> None:
        """Add to a state that began at 0; twice in a step where need be."""
        so_far = self.values.phase.writes.get(name)
        if so_far is None:
            so_far = self.read(name)
        self.write(name, self.graph.apply("add", so_far, amount))


@dataclass(frozen=True, slots=True)
class Split:
    """A step's weight: before it and after, what each ending takes (as a share and in all), and each branch's share."""

    before: int
    after: int
    taken: tuple[int, ...]
    masses: tuple[int, ...]
    ends: tuple[int, ...]


class Reducers:
    """Takes steps into reducers, and says what they come to."""

    def __init__(self, program: Program, states: States) -> None:
        self.program = program
        self.states = states
        self.values = states.values
        self.graph = states.graph
        self.realised = self.graph.input("realised", BLOCK, truth=True)
        self.sums: dict[int, int] = {}  # of `final` reducers, at this point of the phase

    def parts(self, tree: Varied, split: Split) -> Iterator[tuple[int, int]]:
        """What an expression is, with its weight: as drawn, or for what goes on and in each branch for what ends."""
        drawn = self.graph.number(self.values.evaluate(tree.drawn))
        if not tree.branches:
            yield split.before, drawn
            return
        yield self.graph.select(self.realised, split.before, split.after), drawn
        yield from self._ending(tree, split)

    def take_in(self, i: int, reduced: Reduced, split: Split) -> None:
        """Add a step to a reducer."""
        g = self.graph
        date = self.values.known[Symbol("clock", "date")] if reduced.kind == "first" else g.constant(1.0)
        if reduced.ending is not None:
            mass = split.masses[reduced.ending]
            self.states.add(f"sum {i}", g.apply("mul", mass, date))
            self.states.add(f"weight {i}", mass)
        elif reduced.kind == "mean":
            self._average(i, reduced.argument, split)
        elif reduced.kind in ("total", "count"):
            for weight, x in self.parts(reduced.argument, split):
                self.states.add(f"sum {i}", g.apply("mul", weight, x))
        elif reduced.kind in ("peak", "minimum"):
            self._extreme(i, reduced, split)
        elif reduced.kind != "final":
            self._happen(i, reduced.argument, split, date)

    def keep_branches(self, split: Split) -> None:
        """For each branch the weight that ends in it, and what it makes of what `final` reads."""
        g = self.graph
        if not any(reduced.in_branches for reduced in self.program.reduced):
            return
        for b, (branch, share) in enumerate(zip(self.program.branches, split.ends, strict=True)):
            active = g.both(g.no(self.realised), g.apply("lt", g.constant(0.0), share))
            weight = g.select(self.realised, g.constant(0.0), g.apply("mul", split.before, share))
            self.states.write(f"left {b}", weight)
            for symbol, tree in branch.moved:
                self.states.write(f"left {b} {symbol.kind} {symbol.name}", self.values.evaluate_in(tree, active))

    def leave(self, survival: int, *, last: bool = False) -> None:
        """What is final of the futures that ended in the step before; in the first step that is none."""
        g = self.graph
        finals = [(i, reduced) for i, reduced in enumerate(self.program.reduced) if reduced.kind == "final"]
        if not finals:
            return
        ended = g.apply("sub", self.states.read("living"), survival)
        for i, reduced in finals:
            self.sums[i] = self.states.read(f"sum {i}")
            if reduced.in_branches:
                self._leave_branches(i, reduced, None if last else ended)
            elif not last:
                x = g.number(self.values.evaluate(reduced.argument.drawn))
                self.sums[i] = g.apply("add", self.sums[i], g.apply("mul", ended, x))
            if not last:
                self.states.write(f"sum {i}", self.sums[i])
        if not last:
            self.states.write("living", survival)

    def _leave_branches(self, i: int, reduced: Reduced, ended: int | None) -> None:
        g, known, zero = self.graph, self.values.known, self.graph.constant(0.0)
        if ended is not None:
            x = g.number(self.values.evaluate_in(reduced.argument.drawn, self.realised))
            weight = g.select(self.realised, ended, zero)
            self.sums[i] = g.apply("add", self.sums[i], g.apply("mul", weight, x))
        here = dict(known)
        for b, branch in enumerate(self.program.branches):
            weight = self.states.read(f"left {b}")
            for symbol, _ in branch.moved:
                known[symbol] = self.states.read(f"left {b} {symbol.kind} {symbol.name}")
            x = g.number(self.values.evaluate_in(reduced.argument.drawn, g.apply("lt", zero, weight)))
            self.sums[i] = g.apply("add", self.sums[i], g.apply("mul", weight, x))
            known.update(here)

    def reduced(self, i: int, reduced: Reduced, survival: int) -> int:
        """What a reducer comes to."""
        g = self.graph
        so_far = self.states.read(f"sum {i}") if self.program.endings else g.constant(0.0)
        if reduced.kind == "final":
            x = g.number(self.values.evaluate(reduced.argument.drawn))
            if not self.program.endings:
                return g.apply("add", so_far, x)
            living = self.states.read("living")
            weight = g.select(self.realised, living, survival) if reduced.in_branches else living
            return g.apply("add", self.sums.get(i, so_far), g.apply("mul", weight, x))
        if reduced.kind == "mean":
            mean = g.apply("div", self.states.read(f"running {i}"), g.constant(float(self.program.n_steps)))
            return g.apply("add", so_far, g.apply("mul", survival, mean))
        total = self.states.read(f"sum {i}")
        if reduced.kind == "ever":
            return self.at_most_one(total)
        if reduced.kind != "first":
            return total
        weight = self.states.read(f"weight {i}")
        known = g.apply("lt", g.constant(0.0), weight)
        return g.apply("select", known, g.apply("div", total, weight), g.constant(math.nan))

    def at_most_one(self, share: int) -> int:
        """A share, whatever its last bits."""
        one = self.graph.constant(1.0)
        return self.graph.apply("select", self.graph.apply("lt", one, share), one, share)

    def _ending(self, tree: Varied, split: Split) -> Iterator[tuple[int, int]]:
        g, zero = self.graph, self.graph.constant(0.0)
        for share, branch in zip(split.ends, tree.branches, strict=True):
            active = g.both(g.no(self.realised), g.apply("lt", zero, share))
            weight = g.select(self.realised, zero, g.apply("mul", split.before, share))
            yield weight, g.number(self.values.evaluate_in(branch, active))

    def _average(self, i: int, argument: Varied, split: Split) -> None:
        g, step = self.graph, self.values.known[Symbol("clock", "step")]
        x = g.number(self.values.evaluate(argument.drawn))
        before = self.states.read(f"running {i}")
        self.states.write(f"running {i}", g.apply("add", before, x))
        if not self.program.endings:
            return
        ended = g.apply("sub", split.before, split.after)
        parts = [(g.select(self.realised, ended, g.constant(0.0)) if argument.branches else ended, x)]
        if argument.branches:
            parts += self._ending(argument, split)
        for weight, value in parts:
            so_far = g.apply("div", g.apply("add", before, value), g.apply("add", step, g.constant(1.0)))
            self.states.add(f"sum {i}", g.apply("mul", weight, so_far))

    def _extreme(self, i: int, reduced: Reduced, split: Split) -> None:
        g = self.graph
        is_first = g.apply("eq", self.values.known[Symbol("clock", "step")], g.constant(0.0))
        before, after = self.states.read(f"running {i}"), None
        for weight, x in self.parts(reduced.argument, split):
            beyond = g.apply("lt", *((before, x) if reduced.kind == "peak" else (x, before)))
            extreme = g.apply("select", is_first, x, g.apply("select", beyond, x, before))
            after = extreme if after is None else after  # what goes on comes first
            change = g.apply("select", is_first, extreme, g.apply("sub", extreme, before))
            self.states.add(f"sum {i}", g.apply("mul", weight, change))
        assert after is not None
        self.states.write(f"running {i}", after)

    def _happen(self, i: int, argument: Varied, split: Split, date: int) -> None:
        g = self.graph
        before, after = self.states.read(f"running {i}"), None
        for weight, x in self.parts(argument, split):
            now = g.number(g.apply("lt", g.constant(0.0), x))
            fresh = g.apply("mul", now, g.apply("sub", g.constant(1.0), before))
            after = g.apply("add", before, fresh) if after is None else after
            lived = g.apply("mul", weight, fresh)
            self.states.add(f"sum {i}", g.apply("mul", lived, date))
            self.states.add(f"weight {i}", lived)
        assert after is not None
        self.states.write(f"running {i}", after)
