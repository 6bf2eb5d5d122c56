"""Program to LLVM's text: a kernel that computes what the reference computes, bit for bit.

The kernel has one entry, `run`, which takes blocks of futures through the whole clock. Its text is deterministic and
holds nothing that a study chose but numbers: every name in it is made here. What stands for what is said by remarks,
with which `standoff show STUDY --kernel` prints it. Results hang neither on the number of lanes nor of registers, as no
operation is reordered within a future, and no two are made one.

    run(columns, n_worlds, worlds, keys, runs, n_runs, given, counters, clock, out, n_out, workspace)
        columns    double [columns of the study][n_worlds]    assumptions of each world, all finite
        worlds     i64 [futures]                              each future's world
        keys       i64 [futures]                              its key of luck (`streams.lane_keys`)
        runs       i64 [n_runs + 1]                           where each run of futures of one profile begins
        given      double [n_runs][`Source.given`]            what each plays
        counters   i64 [`Source.luck`][steps]                 `streams.counter` of each draw and step
        clock      double [steps][`Source.clock`]             the clock and series
        out        double [`Source.outputs` + 1][n_out]       results; the last row tells of faults
        workspace  double [@workspace], at a multiple of 64 bytes
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from standoff._version import __version__
from standoff.base.escaping import visible
from standoff.program.llvm.instructions import ONE, SIDE, Types, number, types
from standoff.program.llvm.parts import AT_ONCE, PARTS, loop_function, power_row, scalar_function, splat
from standoff.program.lowering.lower import lower_program
from standoff.program.lowering.places import Places, Source, source_of
from standoff.program.lowering.plan import plan_program
from standoff.program.lowering.rows import Heavy, Loop, find_row
from standoff.program.program import Program

__all__ = ["LANES", "emit_kernel"]

LANES = 64  # futures in a block: enough to hide a loop's cost, few enough that rows stay in the first cache; 2^n
ROW = 8 * LANES
V = types(SIDE)
Statement = list[str]  # lines that hang together, and on no others
PART = 128  # statements of a part: code takes more than in proportion to make where one function holds much of it
_SIZES = {"columns": ", i64 %n_worlds", "runs": ", i64 %n_runs", "out": ", i64 %n_out"}
_TABLES = ", ".join(
    f"ptr %{table}{_SIZES.get(table, '')}"
    for table in ("columns", "worlds", "keys", "runs", "given", "counters", "clock", "out", "w")
)
_INSIDE = f"{_TABLES}, ptr %s, i64 %r, i64 %first, i64 %n, i64 %end, i64 %t"


def emit_kernel(program: Program, *, remarks: bool = False) -> Source:
    """Generate the kernel of a program, as text.

    Args:
        program: From `standoff.program.compile.compile_model`.
        remarks: Say in comments what of the study each line computes; for reading only.
    """
    places = Places(plan_program(lower_program(program)))
    return source_of(places, _Writer(places, remarks).text())


class _Writer:
    def __init__(self, places: Places, remarks: bool) -> None:
        self.places = places
        self.plan = places.plan
        self.g = places.g
        self.remarks = remarks
        self.keys = places.rows.lasting("keys")
        self.parts: dict[str, None] = {}  # functions that are called, in the order of their first call
        self.scalar_parts: dict[str, None] = {}
        self.powers: dict[float, str] = {}  # functions by their exponent
        self.scalars: set[str] = set()  # of these functions, those that do something
        self.rows: dict[int, None] = {}  # whose addresses a part needs

    def text(self) -> str:
        name = visible(self.plan.lowered.program.model.name)
        functions = [*self._scalar_functions(), *self._loop_functions()]
        phases = {
            "begin": self._parts("begin", self._begin()),
            "step": self._parts("step", self._step()),
            "finish": self._parts("finish", self._finish()),
        }
        run = self._run({name: len(parts) for name, parts in phases.items()})
        if {"enter_line", "leave_line"} & {*self.parts}:
            self.parts["copy_row"] = None
        size = self.places.rows.size * LANES + len(self.plan.scalars)
        return "\n".join([
            f"; Made by Standoff {__version__}: {LANES} futures to a block, {SIDE} side by side in a vector.",
            *([f"; The kernel of `{name}`."] if self.remarks else ()),
            f"@workspace = constant i64 {size}",
            *(f"declare {t.number} @llvm.{one}.{suffix}({t.number})"
              for t, suffix in ((ONE, "f64"), (V, f"v{SIDE}f64")) for one in ("floor", "sqrt")),
            *(PARTS[part]() for part in self.parts),
            *(power_row(part, exponent) for exponent, part in self.powers.items()),
            *(scalar_function(part) for part in self.scalar_parts),
            *functions,
            *(part for parts in phases.values() for part in parts),
            *run,
            "",
        ])  # fmt: skip

    def _scalar_functions(self) -> Iterator[str]:
        """Of scalars: what is worked out from others, and what is carried at a step's end."""
        bodies = {name: [*self._scalars(name)] for name in ("block", "step", "end")} | {"move": [*self._moves()]}
        for name, lines in bodies.items():
            if lines:
                self.scalars.add(name)
                yield f"define internal void @{name}_scalars(ptr %s) {{"
                yield from (f"  {line}" for line in lines)
                yield "  ret void\n}"

    def _scalars(self, name: str) -> Iterator[str]:
        for kind, n, place in self.places.scalars_of(name):
            if kind == "store":
                yield from self._stored(n, ONE, f"%to{place}", [_scalar_at(f"to{place}", place)])
            else:
                yield from self._scalar_read(n) if kind == "read" else self._operation(n, ONE)

    def _moves(self) -> Iterator[str]:
        for moved in self.places.moves():
            for state, n in moved:
                yield from self._scalar_value(n, f"next{self.places.state(state)}")
            for state, n in moved:
                place = self.places.state(state)
                value = number(self.g.data[n]) if self.places.is_const(n) else f"%next{place}"
                yield _scalar_at(f"to{place}", place) + self._remark(state)
                yield f"store double {value}, ptr %to{place}"

    def _scalar_read(self, n: int) -> Iterator[str]:
        """A scalar node, from its place."""
        raw = f"r{n}" if self.g.truth[n] else f"v{n}"
        yield from self._scalar_value(n, raw)
        if self.g.truth[n]:
            yield f"%v{n} = {ONE.dialect.operations['truth'].format(f'%{raw}')}"

    def _scalar_value(self, n: int, name: str) -> Iterator[str]:
        """The number that stands in a scalar node's place."""
        if not self.places.is_const(n):
            yield _scalar_at(f"at_{name}", self.places.scalar(n)) + self._remark(self._label(n))
            yield f"%{name} = load double, ptr %at_{name}"

    def _stored(self, n: int, of: Types, to: str, place: Iterable[str]) -> Iterator[str]:
        """A node to its place, truths as numbers."""
        yield from place
        if self.g.truth[n] and not self.places.is_const(n):
            yield f"%n{to[1:]} = {of.dialect.operations['num'].format(f'%v{n}')}"
            value = f"%n{to[1:]}"
        else:
            value = of.literal(float(self.g.data[n])) if self.places.is_const(n) else f"%v{n}"
        yield f"store {of.number} {value}, ptr {to}, align 8"

    def _label(self, n: int) -> str | None:
        return self.plan.lowered.labels.get(n)

    def _remark(self, text: str | None) -> str:
        """What a line means, where that is asked for."""
        return f"  ; {visible(text)}" if text and self.remarks else ""

    def _use(self, n: int, of: Types) -> str:
        """A node in an instruction."""
        if not self.places.is_const(n):
            return f"%v{n}"
        if self.g.truth[n]:
            return of.true if self.g.data[n] else of.false
        return of.literal(self.g.data[n])

    def _operation(self, n: int, of: Types) -> Iterator[str]:
        op, x = self.g.op[n], [self._use(a, of) for a in self.g.args[n]]
        if op == "infinite":
            yield f"%d{n} = {of.dialect.operations['sub'].format(x[0], x[0])}"
            yield f"%v{n} = {of.dialect.operations['truth'].format(f'%d{n}')}{self._remark(self._label(n))}"
        elif op in of.dialect.operations:
            yield f"%v{n} = {of.dialect.operations[op].format(*x)}{self._remark(self._label(n))}"
        else:
            self.scalar_parts[op] = None
            arguments = ", ".join(f"double {a}" for a in x)
            yield f"%v{n} = call double @{op}({arguments}){self._remark(self._label(n))}"

    def _loop_functions(self) -> Iterator[str]:
        for phase, items in self.plan.loops.items():
            for k, loop in enumerate(item for item in items if isinstance(item, Loop)):
                labels = [self.plan.lowered.labels[n] for n in loop.nodes if n in self.plan.lowered.labels]
                if self.remarks and labels:
                    yield f"; {_shortened(visible(', '.join(labels)))}"
                before, inside = self._loop(phase, loop)
                inside = ["%w_i = getelementptr double, ptr %w, i64 %i", *inside]
                yield loop_function(f"{phase}_{k}", ["ptr %w", "ptr %s"], before, inside, SIDE)

    def _loop(self, phase: str, loop: Loop) -> tuple[list[str], list[str]]:
        before: list[str] = []
        inside: list[str] = []
        for n in self.places.outside(loop):
            raw = f"r{n}" if self.g.truth[n] else f"v{n}"
            if self.places.is_scalar(n):
                before += [*self._scalar_value(n, f"s{n}"), *splat(raw, f"double %s{n}", V.number)]
            else:
                inside += self._load(raw, find_row(self.g, self.places.rows, phase, n), self._label(n))
            if self.g.truth[n]:
                to = before if self.places.is_scalar(n) else inside
                to.append(f"%v{n} = {V.dialect.operations['truth'].format(f'%{raw}')}")
        for n in loop.nodes:
            inside += self._operation(n, V)
        if loop.tests:
            inside += self._load("wrong0", self.places.wrong, None)
            for k, n in enumerate(loop.tests):
                inside.append(f"%wrong{k + 1} = {V.dialect.operations['add'].format(f'%wrong{k}', self._use(n, V))}")
            inside.append(f"store {V.number} %wrong{len(loop.tests)}, ptr %at_wrong0, align 8")
        for k, (n, row) in enumerate(loop.stores):
            inside += self._stored(n, V, f"%to{k}", [_row_at(f"to{k}", row)])
        return before, inside

    def _load(self, name: str, row: int, label: str | None) -> list[str]:
        remark = self._remark(label)
        return [_row_at(f"at_{name}", row), f"%{name} = load {V.number}, ptr %at_{name}, align 8{remark}"]

    def _row(self, row: int) -> str:
        self.rows[row] = None
        return f"ptr %row{row}"

    def _call(self, part: str, *arguments: str) -> str:
        self.parts[part] = None
        return f"call void @{part}({', '.join([*arguments, 'i64 %end'])})"

    def _heavy(self, item: Heavy, at: str) -> Iterator[str]:
        """The call of a heavy operation on rows."""
        g, n = self.g, item.node
        if g.op[n] == "power" and self.places.is_const(g.args[n][1]):
            part = self.powers.setdefault(float(g.data[g.args[n][1]]), f"power_row_{len(self.powers)}")
            yield f"call void @{part}({self._row(item.sources[0])}, {self._row(item.target)}, i64 %end)"
            return
        for k, (a, row) in enumerate(item.fills):
            value = number(float(g.data[a])) if self.places.is_const(a) else f"%{at}_{k}"
            yield from self._scalar_value(a, f"{at}_{k}")
            yield self._call("fill_row", self._row(row), f"double {value}")
        sources, target = [self._row(row) for row in item.sources], self._row(item.target)
        if g.op[n] == "input":
            name, steps = g.data[n][1], self.plan.lowered.program.n_steps
            place = steps * self.plan.luck.index(name)
            yield f"%{at}_p = getelementptr i64, ptr %counters, i64 {place}"
            step = "0" if name in self.plan.lowered.program.start_luck else "%t"
            yield f"%{at}_q = getelementptr i64, ptr %{at}_p, i64 {step}"
            yield f"%{at}_c = load i64, ptr %{at}_q"
            yield self._call("luck_row", self._row(self.keys), target, f"i64 %{at}_c") + self._remark(name)
        elif g.op[n] in ("poisson", "negative_binomial"):
            clamped = self._row(item.clamped if item.clamped >= 0 else self.places.nowhere)
            call = self._call(f"{g.op[n]}_row", *sources, target, clamped, f"i64 {int(g.data[n])}")
            yield call + self._remark(self._label(n))
        else:
            yield self._call(f"{g.op[n]}_row", *sources, target) + self._remark(self._label(n))

    def _calls(self, phase: str) -> Iterator[Statement]:
        number_of_loop = 0
        for k, item in enumerate(self.plan.loops[phase]):
            if isinstance(item, Loop):
                yield [f"call void @{phase}_{number_of_loop}(ptr %w, ptr %s, i64 %end)"]
                number_of_loop += 1
            else:
                yield [*self._heavy(item, f"{phase}{k}")]

    def _scalar_call(self, name: str) -> Iterator[Statement]:
        if name in self.scalars:
            yield [f"call void @{name}_scalars(ptr %s)"]

    def _given(self, table: str, row: str, keys: Sequence[object]) -> Iterator[Statement]:
        """A row of a table of scalars to their places."""
        for k, key in enumerate(keys):
            yield [
                f"%{table}{k}_r = mul i64 %{row}, {len(keys)}",
                f"%{table}{k}_i = add i64 %{table}{k}_r, {k}",
                f"%{table}{k}p = getelementptr double, ptr %{table}, i64 %{table}{k}_i",
                f"%{table}{k} = load double, ptr %{table}{k}p",
                _scalar_at(f"{table}{k}q", self.plan.scalars[key]),
                f"store double %{table}{k}, ptr %{table}{k}q{self._remark(_said(key))}",
            ]

    def _begin(self) -> Iterator[Statement]:
        yield from self._given("given", "r", self.places.given)
        yield from self._scalar_call("block")
        yield [
            "%keys_at = getelementptr i64, ptr %keys, i64 %first",
            self._call("take_row", "ptr %keys_at", self._row(self.keys), "i64 %n"),
        ]
        yield [self._call("fill_row", self._row(self.places.wrong), f"double {number(0.0)}")]
        place = {name: k for k, name in enumerate(self.plan.lowered.program.columns)}
        for k, name in enumerate(self.plan.columns):
            row = self._row(self.places.start("column", name))
            yield [
                f"%worlds{k} = getelementptr i64, ptr %worlds, i64 %first",
                f"%column{k}_n = mul i64 %n_worlds, {place[name]}",
                f"%column{k} = getelementptr double, ptr %columns, i64 %column{k}_n{self._remark(name)}",
                self._call("gather_row", f"ptr %column{k}", f"ptr %worlds{k}", row, "i64 %n"),
            ]
        yield from self._calls("world")

    def _leave(self, step: str) -> Iterator[Statement]:
        for x in self.places.lines():
            line, state = (self._row(self.places.start(kind, x.state)) for kind in ("line", "state"))
            yield [self._call("leave_line", line, f"i64 {x.length}", f"i64 {ROW}", f"i64 {step}", state)]

    def _step(self) -> Iterator[Statement]:
        yield from self._given("clock", "t", self.places.clock)
        yield from self._leave("%t")
        yield from self._scalar_call("step")
        yield from self._calls("step")
        yield from self._scalar_call("move")
        for x in self.places.lines():
            enters, line = (self._row(self.places.start(kind, x.state)) for kind in ("enters", "line"))
            yield [self._call("enter_line", enters, line, f"i64 {x.length}", f"i64 {ROW}", "i64 %t")]

    def _finish(self) -> Iterator[Statement]:
        yield from self._leave(str(self.plan.lowered.program.n_steps))
        yield from self._scalar_call("end")
        yield from self._calls("end")
        rows = [*(self.places.start("output", k) for k in range(len(self.plan.outputs))), self.places.wrong]
        self.parts["give_row"] = None
        for k, (row, name) in enumerate(zip(rows, (*self.plan.outputs, "whether something went wrong"), strict=True)):
            yield [
                f"%out{k}_n = mul i64 %n_out, {k}",
                f"%out{k}_i = add i64 %out{k}_n, %first",
                f"%out{k} = getelementptr double, ptr %out, i64 %out{k}_i",
                f"call void @give_row({self._row(row)}, ptr %out{k}, i64 %n){self._remark(name)}",
            ]

    def _parts(self, phase: str, statements: Iterator[Statement]) -> list[str]:
        """Functions that do a phase of a block, one after another."""
        found: list[str] = []
        while part := [*islice(statements, PART)]:
            rows = [f"%row{row} = getelementptr i8, ptr %w, i64 {row * ROW}" for row in self.rows]
            self.rows.clear()
            lines = [*rows, *(line for statement in part for line in statement), "ret void"]
            body = "\n".join(f"  {line}" for line in lines)
            found.append(f"define internal void @{phase}_part_{len(found)}({_INSIDE}) {{\n{body}\n}}")
        return found

    def _run(self, parts: Mapping[str, int]) -> list[str]:
        """The entry, which calls each phase's parts: so many of each."""

        def phase(name: str, t: str) -> list[str]:
            arguments = _INSIDE.replace("%t", t)
            return [f"  call void @{name}_part_{k}({arguments})" for k in range(parts[name])]

        return [
            f"define void @run({_TABLES}) {{",
            "entry:",
            f"  %s = getelementptr i8, ptr %w, i64 {self.places.rows.size * ROW}",
            "  br label %runs_left",
            "runs_left:",
            "  %r = phi i64 [ 0, %entry ], [ %r_next, %run_done ]",
            "  %is_run = icmp ult i64 %r, %n_runs",
            "  br i1 %is_run, label %each_run, label %done",
            "each_run:",
            "  %run_at = getelementptr i64, ptr %runs, i64 %r",
            "  %run_first = load i64, ptr %run_at",
            "  %run_last_at = getelementptr i64, ptr %run_at, i64 1",
            "  %run_last = load i64, ptr %run_last_at",
            "  br label %each_block",
            "each_block:",
            "  %first = phi i64 [ %run_first, %each_run ], [ %first_next, %finish ]",
            "  %left = sub i64 %run_last, %first",
            f"  %is_last = icmp ult i64 %left, {LANES}",
            f"  %n = select i1 %is_last, i64 %left, i64 {LANES}",
            f"  %n_up = add i64 %n, {AT_ONCE - 1}",
            f"  %end = and i64 %n_up, {-AT_ONCE}",
            *phase("begin", "0"),
            "  br label %each_step",
            "each_step:",
            "  %t = phi i64 [ 0, %each_block ], [ %t_next, %each_step ]",
            *phase("step", "%t"),
            "  %t_next = add i64 %t, 1",
            f"  %is_step = icmp ult i64 %t_next, {self.plan.lowered.program.n_steps}",
            "  br i1 %is_step, label %each_step, label %finish",
            "finish:",
            *phase("finish", "0"),
            f"  %first_next = add i64 %first, {LANES}",
            "  %is_block = icmp ult i64 %first_next, %run_last",
            "  br i1 %is_block, label %each_block, label %run_done",
            "run_done:",
            "  %r_next = add i64 %r, 1",
            "  br label %runs_left",
            "done:",
            "  ret void",
            "}",
        ]


def _scalar_at(name: str, place: int) -> str:
    return f"%{name} = getelementptr i8, ptr %s, i64 {8 * place}"


def _row_at(name: str, row: int) -> str:
    return f"%{name} = getelementptr i8, ptr %w_i, i64 {row * ROW}"


def _said(key: object) -> str:
    return " ".join(key) if isinstance(key, tuple) else str(key)


def _shortened(text: str) -> str:
    return text if len(text) <= 100 else text[:100].rsplit(",", 1)[0] + ", …"
