"""In which loops a program's operations run, and where their results stand.

Operations on lanes are cut into short loops of light operations, which the compiler turns into vector code, and
calls of the heavy ones (`exp`, counts, luck), which run as loops of their own over a row. An operation's *level* is
the number of heavy ones that must come before it. What one loop leaves for another stands in a row of the
workspace; rows of passing results are used again.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

from standoff.program.lowering.faults import fault_tests
from standoff.program.lowering.graph import BLOCK, LANE, STEP, Graph
from standoff.program.lowering.lower import BEGIN, Lowered
from standoff.program.lowering.rows import Heavy, Loop, Rows, Schedule

__all__ = ["Plan", "kind_of", "plan_program"]

WORLD_PHASE, STEP_PHASE, END_PHASE = "world", "step", "end"


def kind_of(g: Graph, node: int) -> str:
    """Where a node is computed: nowhere, once for a block, once a step, once for a world, or in each lane and step."""
    if g.op[node] == "const":
        return "const"
    needs = g.needs[node]
    if needs & LANE:
        return "lane"
    if needs & ~(BLOCK | STEP):
        return "lane" if needs & STEP else "world"
    return "step" if needs & STEP else "block"


@dataclass(slots=True)
class Plan:
    """The whole kernel.

    Attributes:
        rows: Where lasting and passing results stand, by phase.
        scalars: Key of a scalar (an input, a node, a state) to its place.
        computed: Scalar nodes in order: once for a block, in each step, at the end.
        loops: Loops and calls: before the first step, in each, and at the end.
        columns: Columns of the table of worlds that are read.
        luck: Names of the draws of a step.
        starts, moves: What scalar states are first, and become at a step's end.
    """

    lowered: Lowered
    rows: Rows
    scalars: dict[Hashable, int] = field(default_factory=dict)
    computed: dict[str, list[int]] = field(default_factory=dict)
    exported: set[int] = field(default_factory=set)
    loops: dict[str, list[Loop | Heavy]] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)
    luck: list[str] = field(default_factory=list)
    starts: list[tuple[str, int]] = field(default_factory=list)
    moves: list[tuple[str, int]] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)

    def scalar(self, key: Hashable) -> int:
        """The place of a scalar, made where it is new."""
        return self.scalars.setdefault(key, len(self.scalars))


def plan_program(lowered: Lowered) -> Plan:
    """Cut a lowered program into loops, and give each result its place."""
    return _Planner(lowered).plan()


class _Planner:
    def __init__(self, lowered: Lowered) -> None:
        self.lowered = lowered
        self.g = lowered.graph
        self.made = Plan(lowered, Rows())
        self.lanes: dict[str, set[int]] = {WORLD_PHASE: set(), STEP_PHASE: set(), END_PHASE: set()}
        self.scalar_nodes: dict[str, set[int]] = {"block": set(), STEP_PHASE: set(), END_PHASE: set()}
        self.tests: dict[str, list[int]] = {WORLD_PHASE: [], STEP_PHASE: [], END_PHASE: []}
        self.live: dict[str, None] = {}
        self._seen: set[tuple[int, str]] = set()

    def plan(self) -> Plan:
        made, lowered = self.made, self.lowered
        for key in ("realised", ("clock", "step"), ("clock", "date")):
            made.scalar(key)
        self._place_tests()
        made.outputs = list(lowered.outputs)
        for node in lowered.outputs.values():
            self._demand(node, END_PHASE)
        self._follow_states()
        self._columns()
        made.computed = {name: sorted(nodes) for name, nodes in self.scalar_nodes.items()}
        for nodes in made.computed.values():
            for node in nodes:
                if self.g.op[node] == "input":
                    self._input(node)
                elif node in made.exported:
                    made.scalar(node)
        self._schedule()
        return made

    def _place_tests(self) -> None:
        """Tests for faults that hang on the world alone are made once."""
        for name, tests in fault_tests(self.lowered).items():
            for test in dict.fromkeys(self.g.node[t] for t in tests):
                kind = kind_of(self.g, test)
                where = WORLD_PHASE if name == BEGIN or kind in ("const", "block", "world") else name
                self.tests[where].append(test)
                self._demand(test, where, export=kind != "world")

    def _follow_states(self) -> None:
        """What is carried is carried only if something reads it."""
        begin, step, _ = self.lowered.phases
        lines = {line.state: line.length for line in self.lowered.lines}
        done: set[str] = set()
        while len(done) < len(self.live):
            for name in [n for n in self.live if n not in done]:
                done.add(name)
                start, following = begin.writes[name], step.writes.get(name)
                is_scalar = name in self.lowered.scalars
                self._demand(start, WORLD_PHASE, export=kind_of(self.g, self.g.node[start]) != "world")
                if following is not None:
                    self._demand(following, STEP_PHASE)
                if is_scalar:
                    self.made.starts.append((name, self.g.node[start]))
                    if following is not None:
                        self.made.moves.append((name, self.g.node[following]))
                else:
                    self.made.rows.lasting(("state", name))
                if name in lines:
                    self.made.rows.lasting(("enters", name))
                    self.made.rows.lasting(("line", name), lines[name])

    def _demand(self, root: int, phase: str, *, export: bool = True) -> None:
        g = self.g
        stack = [(g.node[root], phase, export)]
        while stack:
            node, where, exported = stack.pop()
            kind = kind_of(g, node)
            if kind == "const":
                continue
            home = {"block": "block", "world": WORLD_PHASE, "lane": where, "step": where}[kind]
            if exported:
                self.made.exported.add(node)
            if (node, home) in self._seen:
                continue
            self._seen.add((node, home))
            if kind in ("block", "step"):
                self.scalar_nodes[home].add(node)
            else:
                self.lanes[home].add(node)
            if g.op[node] == "input" and isinstance(g.data[node], tuple) and g.data[node][0] == "state":
                self.live[g.data[node][1]] = None
            stack += [(g.node[a], home if kind != "block" else where, kind_of(g, a) != kind) for a in g.args[node]]

    def _columns(self) -> None:
        for node in sorted(self.lanes[WORLD_PHASE]):
            if self.g.op[node] == "input" and self.g.data[node][0] == "column":
                name = self.g.data[node][1]
                self.made.columns.append(name)
                self.made.rows.lasting(("column", name))

    def _input(self, node: int) -> None:
        data = self.g.data[node]
        key = data if not (isinstance(data, tuple) and data[0] == "state") else ("state", data[1])
        self.made.scalar(key)

    def _schedule(self) -> None:
        made, g, lowered = self.made, self.g, self.lowered
        begin, step, _ = lowered.phases
        lasting = {n for n in self.lanes[WORLD_PHASE] if g.op[n] != "input" and n in made.exported}
        for node in sorted(lasting):
            made.rows.lasting(node)
        for i in range(len(made.outputs)):
            made.rows.lasting(("output", i))
        lane_states = [name for name in self.live if name not in lowered.scalars]
        lines = {line.state for line in lowered.lines}
        world = [(begin.writes[name], ("state", name)) for name in lane_states]
        self._loops(WORLD_PHASE, world)
        following = [
            (step.writes[name], ("enters" if name in lines else "state", name))
            for name in lane_states
            if name in step.writes
        ]
        self._loops(STEP_PHASE, following)
        self._loops(END_PHASE, [(node, ("output", i)) for i, node in enumerate(lowered.outputs.values())])
        made.luck = [
            g.data[item.node][1]
            for phase in (WORLD_PHASE, STEP_PHASE)
            for item in made.loops[phase]
            if isinstance(item, Heavy) and g.op[item.node] == "input"
        ]

    def _loops(self, phase: str, writes: Iterable[tuple[int, tuple[str, Hashable]]]) -> None:
        schedule = Schedule(self.g, self.made.rows, phase, kind_of)
        self.made.loops[phase] = schedule.make(
            sorted(self.lanes[phase]), self.tests[phase], [(self.g.node[n], key) for n, key in writes]
        )
