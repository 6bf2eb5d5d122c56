"""Which tests for faults a kernel needs, so that no future in which something goes wrong passes for sound.

A kernel sums up tests: numbers that are 0 where nothing went wrong. What it finds wrong is run again by the reference,
which says what went wrong and where; so a kernel may test late, once for many, and too much, but never too little.
What is not finite mostly stays so: x + y is not finite where x is not, nor is a payoff that takes it in. So a test of
x is dropped for one of x + y, and a test in each step for one after the last.
"""

from __future__ import annotations

from collections.abc import Iterator

from standoff.program.lowering.graph import Graph
from standoff.program.lowering.lower import Lowered

__all__ = ["fault_tests"]

# How many of an operation's operands, from the first, make its result not finite where they are not.
_SPREADING = {"add": 2, "sub": 2, "mul": 2, "div": 1, "neg": 1, "floor": 1, "sqrt": 1, "log": 1}

Place = tuple[int, int]  # a node, and the truth that says where it counts


def fault_tests(lowered: Lowered) -> dict[str, list[int]]:
    """Nodes that are 0 where nothing went wrong, by the phase in which they are to be computed."""
    g = lowered.graph
    found: dict[str, list[int]] = {phase.name: [] for phase in lowered.phases}
    infinite: dict[Place, str] = {}
    for phase in lowered.phases:
        for bad, active in phase.tests:
            if g.op[bad] == "infinite":
                infinite.setdefault((g.args[bad][0], active), phase.name)
            else:
                found[phase.name].append(g.number(g.both(bad, active)))
    caught: set[Place] = set()
    for write, at_end in _lasting(lowered):
        reached = _reached(g, (write, g.true))
        if (reached - caught) & infinite.keys():
            found[lowered.phases[-1].name].append(_residue(g, at_end, g.true))
            caught |= reached
    for place in sorted(infinite, key=lambda p: (-p[0], p[1])):  # what takes in others comes after them
        node, _ = place
        if place not in caught and (node, g.true) not in caught:
            found[infinite[place]].append(_residue(g, *place))
            caught |= _reached(g, place)
    return found


def _residue(g: Graph, x: int, active: int) -> int:
    """0 where x is finite or does not count; else no number."""
    return g.select(active, g.apply("sub", x, x), g.constant(0.0))


def _lasting(lowered: Lowered) -> Iterator[Place]:
    """What is carried and stays not finite once it is not: what it becomes in a step, and what it is at the end."""
    g, (_, step, end) = lowered.graph, lowered.phases
    delayed = {line.state for line in lowered.lines}
    for state, write in reversed(step.writes.items()):
        now = g.input(("state", state, step.name), needs=0)
        if state not in delayed and (now, g.true) in _reached(g, (g.node[write], g.true)):
            yield g.node[write], g.input(("state", state, end.name), g.needs[now])


def _reached(g: Graph, place: Place) -> set[Place]:
    """The place, and all places that are not finite only where it is not."""
    reached, stack = {place}, [place]
    while stack:
        node, active = stack.pop()
        operands = [(a, active) for a in g.args[node][: _SPREADING.get(g.op[node], 0)]]
        if g.op[node] == "select":
            test, then, otherwise = g.args[node]
            operands = [(then, g.node[g.both(active, test)]), (otherwise, g.node[g.both(active, g.no(test))])]
        stack += [operand for operand in operands if operand not in reached]
        reached.update(operands)
    return reached
