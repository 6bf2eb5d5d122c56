"""Program to source: a Numba module that computes what the reference computes, bit for bit.

The module has one entry, `run`, which takes blocks of futures through the whole clock with the interpreter's lock
released. Its text is deterministic and holds nothing that a study chose but numbers: every name in it is made here.
What stands for what is said by remarks, with which `standoff show STUDY --kernel` prints it and which are never run.
Results do not depend on the number of lanes, of threads, or of registers, as no operation is reordered within a future.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from functools import cache
from importlib import resources

from standoff._version import __version__
from standoff.base.escaping import visible
from standoff.program.lowering.lower import lower_program
from standoff.program.lowering.places import Places, Source, source_of
from standoff.program.lowering.plan import plan_program
from standoff.program.lowering.rows import Heavy, Loop, find_row
from standoff.program.program import Program

__all__ = ["LANES", "arithmetic_digest", "emit_kernel"]

LANES = 128  # futures in a block: enough to hide a loop's cost, few enough that rows stay in the cache; 2^n
_BINARY = {
    "add": "+", "sub": "-", "mul": "*", "div": "/", "lt": "<", "le": "<=", "eq": "==", "ne": "!=", "and": "&", "or": "|"
}  # fmt: skip
_ARITHMETIC = {
    "standoff.base.numbers": ("arithmetic.py", "arithmetic_lanes.py"),
    "standoff.base.chance": ("streams.py", "streams_lanes.py", "distributions_lanes.py", "counts.py"),
    "standoff.program.numba": ("kernel_parts.py",),
}

_HEAD = '''\
"""A kernel, made by Standoff {version} (arithmetic {arithmetic}). Do not edit: it is made anew.

`w` is the workspace: rows of {lanes} lanes, one lane for each future of a block. `s` holds what is one number for the
whole block: the profile, the clock, and what hangs on these alone.
"""

import numpy as np
from numba import njit

from standoff_parts_{arithmetic} import *

LANES = {lanes}
SIGNATURE = "{signature}"
'''


def emit_kernel(program: Program, *, remarks: bool = False) -> Source:
    """Generate the kernel of a program.

    Args:
        program: From `standoff.program.compile.compile_model`.
        remarks: Say in comments what of the study each line computes; for reading only.
    """
    places = Places(plan_program(lower_program(program)))
    return source_of(places, _Writer(places, remarks).text())


@cache
def arithmetic_digest() -> str:
    """Of the modules whose compiled code a kernel takes in; Numba's cache looks at the kernel's own file only."""
    state = hashlib.blake2b(digest_size=8)
    for package, names in _ARITHMETIC.items():
        for name in names:
            state.update(resources.files(package).joinpath(name).read_bytes())
    return state.hexdigest()


class _Writer:
    def __init__(self, places: Places, remarks: bool) -> None:
        self.places = places
        self.plan = places.plan
        self.remarks = remarks
        self.g = places.g
        self.lanes = LANES
        self.rows = places.rows
        self.scratch = self.rows.lasting("scratch", 3)
        self.scalars: set[str] = set()  # of these functions, those that do something

    def text(self) -> str:
        plan = self.plan
        program = plan.lowered.program
        about = f"# The kernel of `{visible(program.model.name)}`.\n" if self.remarks else ""
        head = about + _HEAD.format(
            version=__version__,
            arithmetic=arithmetic_digest(),
            lanes=self.lanes,
            signature=ENTRY,
        )
        functions: list[str] = []
        for name, lines in (*((n, [*self._scalars(n)]) for n in ("block", "step", "end")), ("move", [*self._moves()])):
            if lines:
                self.scalars.add(name)
                functions += [_DECORATOR, f"def {name}_scalars(s):", f'    """{_ABOUT[name]}"""', *lines]
                functions += ["    return\n\n"]
        for phase in ("world", "step", "end"):
            for n, item in enumerate(i for i in plan.loops[phase] if isinstance(i, Loop)):
                functions += self._loop(phase, n, item)
        return "\n".join([head, *functions, *self._run()]) + "\n"

    def _scalars(self, name: str) -> Iterator[str]:
        """The body of a function that computes scalars from scalars."""
        for kind, n in self.places.scalars_of(name):
            if kind == "read":
                yield f"    {self._name(n)} = {self._scalar_read(n)}"
            else:
                yield f"    {self._name(n)} = {self._operation(n)}{self._comment(n)}"
        for place, n in self.places.stored_scalars(name):
            yield f"    s[{place}] = {self._as_number(n)}"

    def _moves(self) -> Iterator[str]:
        moved = self.places.moves()
        for k, (_, n) in enumerate(moved):
            yield f"    next_{k} = {self._scalar_value(n)}"
        for k, (state, _) in enumerate(moved):
            yield f"    s[{self.places.state(state)}] = next_{k}{self._remark(state)}"

    def _scalar_read(self, n: int) -> str:
        place = self.places.scalar(n)
        return f"s[{place}] != 0.0" if self.g.truth[n] else f"s[{place}]"

    def _scalar_value(self, n: int) -> str:
        """A scalar as the number that stands in `s`."""
        return self._literal(n) if self.g.op[n] == "const" else f"s[{self.places.scalar(n)}]"

    def _loop(self, phase: str, number: int, loop: Loop) -> Iterator[str]:
        """A function that runs over the lanes once."""
        before, inside = [], []
        for n in self.places.outside(loop):
            if self.places.is_scalar(n):
                before.append(f"    {self._name(n)} = {self._scalar_read(n)}{self._comment(n)}")
            else:
                test = " != 0.0" if self.g.truth[n] else ""
                stored = self._at(find_row(self.g, self.rows, phase, n))
                inside.append(f"        {self._name(n)} = {stored}{test}{self._comment(n)}")
        about = [self.plan.lowered.labels[n] for n in loop.nodes if n in self.plan.lowered.labels]
        for n in loop.nodes:
            inside.append(f"        {self._name(n)} = {self._operation(n)}{self._comment(n)}")
        if loop.tests:
            wrong = self._at(self.places.wrong)
            inside.append(f"        {wrong} = {' + '.join([wrong, *(self._use(n) for n in loop.tests)])}")
        for n, row in loop.stores:
            inside.append(f"        {self._at(row)} = {self._as_number(n)}")
        yield _DECORATOR
        yield f"def {phase}_{number}(w, s):"
        if self.remarks:
            yield f"    # {_shortened(visible(', '.join(about)))}"
        yield from before
        yield "    for i in range(LANES):"
        yield from inside
        yield "    return\n\n"

    def _start(self, kind: str, key: str | int) -> int:
        """Where a lasting row begins."""
        return self.places.start(kind, key) * self.lanes

    def _at(self, row: int) -> str:
        return f"w[{row * self.lanes} + i]"

    def _name(self, n: int) -> str:
        return f"v{n}"

    def _comment(self, n: int) -> str:
        return self._remark(self.plan.lowered.labels.get(n))

    def _remark(self, text: str | None) -> str:
        """What a line means, where that is asked for."""
        return f"  # {visible(text)}" if text and self.remarks else ""

    def _literal(self, n: int) -> str:
        value = self.g.data[n]
        if isinstance(value, bool):
            return "1.0" if value else "0.0"
        if math.isnan(value):
            return "NAN"
        if math.isinf(value):
            return "INF" if value > 0 else "-INF"
        return repr(float(value))

    def _use(self, n: int) -> str:
        """A node in an expression."""
        if self.g.op[n] != "const":
            return self._name(n)
        if self.g.truth[n]:
            return "True" if self.g.data[n] else "False"
        literal = self._literal(n)
        return f"({literal})" if literal.startswith("-") else literal

    def _as_number(self, n: int) -> str:
        if self.g.op[n] == "const":
            return self._literal(n)
        return f"select({self._name(n)}, 1.0, 0.0)" if self.g.truth[n] else self._name(n)

    def _operation(self, n: int) -> str:
        g = self.g
        op, x = g.op[n], [self._use(a) for a in g.args[n]]
        if op in _BINARY:
            return f"{x[0]} {_BINARY[op]} {x[1]}"
        return {
            "neg": "-{0}",
            "not": "not {0}",
            "num": "select({0}, 1.0, 0.0)",
            "infinite": "not ({0} - {0} == 0.0)",
        }.get(op, f"{op}({', '.join(x)})").format(*x)

    def _heavy(self, item: Heavy) -> Iterator[str]:
        """The call of a heavy operation on rows."""
        g, n = self.g, item.node
        for a, row in item.fills:
            yield f"fill_row(w, {row * self.lanes}, {self._scalar_value(a)})"
        sources = ", ".join(str(row * self.lanes) for row in item.sources)
        target = item.target * self.lanes
        if g.op[n] == "input":
            name = g.data[n][1]
            step = 0 if name in self.plan.lowered.program.start_luck else "step"
            yield f"luck_row(keys, counters[{self.plan.luck.index(name)}, {step}], w, {target}){self._remark(name)}"
        elif g.op[n] in ("poisson", "negative_binomial"):
            clamped = (item.clamped if item.clamped >= 0 else self.places.nowhere) * self.lanes
            places = f"{g.data[n]}, {target}, {clamped}, {self.scratch * self.lanes}"
            yield f"{g.op[n]}_row(w, {sources}, {places}){self._comment(n)}"
        else:
            yield f"{g.op[n]}_row(w, {sources}, {target}){self._comment(n)}"

    def _calls(self, phase: str) -> Iterator[str]:
        number = 0
        for item in self.plan.loops[phase]:
            if isinstance(item, Loop):
                yield f"{phase}_{number}(w, s)"
                number += 1
            else:
                yield from self._heavy(item)

    def _scalar_call(self, by: int, name: str) -> Iterator[str]:
        if name in self.scalars:
            yield f"{' ' * by}{name}_scalars(s)"

    def _run(self) -> Iterator[str]:
        plan, wrong = self.plan, self.places.wrong * self.lanes
        steps = plan.lowered.program.n_steps
        lines = self.places.lines()
        leave = [
            f"leave_line(w, {self._start('line', x.state)}, {x.length}, {{step}}, {self._start('state', x.state)})"
            for x in lines
        ]
        yield '@njit(SIGNATURE, error_model="numpy", nogil=True, cache=True)'
        yield "def run(columns, worlds, here, runs, given, counters, clock, out):"
        yield '    """Take runs of futures of one profile each through the clock, a block at a time."""'
        yield f"    w = np.empty({self.rows.size} * LANES)"
        yield f"    s = np.empty({len(plan.scalars)})"
        yield "    keys = np.empty(LANES, np.uint64)"
        yield "    for r in range(given.shape[0]):"
        yield "        for first in range(runs[r], runs[r + 1], LANES):"
        yield "            count = min(LANES, runs[r + 1] - first)"
        for k, key in enumerate(self.places.given):
            yield f"            s[{plan.scalars[key]}] = given[r, {k}]{self._remark(_said(key))}"
        yield from self._scalar_call(12, "block")
        yield "            take_keys(here, first, count, keys)"
        yield f"            fill_row(w, {wrong}, 0.0)"
        columns = plan.lowered.program.columns
        for name in plan.columns:
            place = f"{columns.index(name)}, worlds, first, count, w, {self._start('column', name)}"
            yield f"            gather_row(columns, {place}){self._remark(name)}"
        yield from _indented(12, self._calls("world"))
        yield f"            for step in range({steps}):"
        for k, key in enumerate(self.places.clock):
            yield f"                s[{plan.scalars[key]}] = clock[step, {k}]{self._remark(key[1])}"
        yield from _indented(16, (call.format(step="step") for call in leave))
        yield from self._scalar_call(16, "step")
        yield from _indented(16, self._calls("step"))
        yield from self._scalar_call(16, "move")
        for x in lines:
            places = f"{self._start('enters', x.state)}, {self._start('line', x.state)}"
            yield f"                enter_line(w, {places}, {x.length}, step)"
        yield from _indented(12, (call.format(step=steps) for call in leave))
        yield from self._scalar_call(12, "end")
        yield from _indented(12, self._calls("end"))
        for k, name in enumerate(plan.outputs):
            yield f"            give_row(w, {self._start('output', k)}, out, {k}, first, count){self._remark(name)}"
        yield f"            give_row(w, {wrong}, out, {len(plan.outputs)}, first, count)"
        yield "    return"


# columns, worlds, keys, runs, given, counters, clock, out
ENTRY = (
    "void(float64[:,::1], int64[::1], uint64[::1], int64[::1], float64[:,::1], uint64[:,::1], float64[:,::1],"
    " float64[:,::1])"
)
_DECORATOR = '@njit(error_model="numpy", nogil=True)'
_ABOUT = {
    "block": "What hangs on the profile alone.",
    "step": "What hangs on the profile and the step alone.",
    "end": "Likewise, after the last step.",
    "move": "What is carried and one for the block, at a step's end.",
}


def _indented(by: int, lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield " " * by + line


def _said(key: object) -> str:
    return " ".join(key) if isinstance(key, tuple) else str(key)


def _shortened(text: str) -> str:
    return text if len(text) <= 100 else text[:100].rsplit(",", 1)[0] + ", …"
